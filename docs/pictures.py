"""The pictures of the READMEs and of the site's front page: `python docs/pictures.py` writes them to docs/pictures.

`PYNN_LANGUAGE=zh_CN python docs/pictures.py` writes those of the Chinese ones: Sphinx takes learn.zh_CN.png for learn.png.
"""
from __future__ import annotations

import contextlib
import os
import re
import tempfile
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from PIL import Image, ImageDraw, ImageFont

import pynn
from pynn.article_figures import write_figures

matplotlib.use("Agg")           # pictures go to files: no screen is needed

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
FIGURES = ["1-dataset", "2-network", "3-training", "4-neuron", "5-layer", "6-activations", "7-history", "8-descent",
           "9-propagation"]


ENGINE = {      # the words of the picture of the engine
    "en": ("units", "a column is an example; a block of columns stays in cache", "forward", "loss", "backward", "descent"),
    "zh_CN": ("单元", "每列一个样本；一组列始终留在缓存里", "前向传播", "损失", "反向传播", "更新"),
}


def main() -> None:
    ending = "" if pynn.language() == "en" else f".{pynn.language()}"
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        write_figures(folder)
        compress_film(Path(folder, "3-training.gif"), PICTURES / f"circles{ending}.gif")
        join([Path(folder, f"{name}.png") for name in FIGURES], PICTURES / f"nine-figures{ending}.png")
        if not ending:
            run_the_readme(folder)
    draw_learn(PICTURES / f"learn{ending}.png")
    draw_use(PICTURES / f"use{ending}.png")
    draw_engine(PICTURES / f"engine{ending}.png")
    for path in sorted(PICTURES.iterdir()):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.2f} MB")


def compress_film(film: Path, out: Path, colours: int = 128, pause: int = 3000) -> None:
    """Write a film again with one short palette for all frames, and with a pause of so many milliseconds at its end."""
    with Image.open(film) as gif:
        delay = gif.info["duration"]
        frames = []
        for k in range(gif.n_frames):
            gif.seek(k)
            frames.append(gif.convert("RGB"))
    pair = Image.new("RGB", (frames[0].width, 2 * frames[0].height))       # the first frame and the last have all colours
    pair.paste(frames[0], (0, 0))
    pair.paste(frames[-1], (0, frames[0].height))
    palette = pair.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=8)
    first, *others = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    first.save(out, save_all=True, append_images=others, duration=[delay] * len(others) + [pause], loop=0, optimize=True)


def join(pictures: list[Path], out: Path, columns: int = 3, width: int = 600, height: int = 400) -> None:
    """Write several pictures as one, each as large as its cell allows; several are numbered from 1."""
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (columns * width, rows * height), "white")
    for k, path in enumerate(pictures):
        with Image.open(path) as picture:
            small = picture.convert("RGB")
        small.thumbnail((width - 24, height - 24), Image.Resampling.LANCZOS)
        left, top = k % columns * width, k // columns * height
        whole.paste(small, (left + (width - small.width) // 2, top + (height - small.height) // 2))
        if len(pictures) > 1:
            ImageDraw.Draw(whole).text((left + 8, top + 8), str(k + 1), "#777777", ImageFont.load_default(28))
    whole.quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, optimize=True)


def run_the_readme(folder: str) -> None:
    """Run the README's lines of Python, which write surface.png."""
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    with contextlib.chdir(folder):
        exec(code[1], {})
    os.replace(Path(folder, "surface.png"), PICTURES / "surface.png")


def draw_learn(path: Path) -> None:
    """One neuron with the numbers of one example."""
    X, y = pynn.datasets.circles(200, rng=0)
    net = pynn.Network([2, 3, 1], rng=0)
    net.fit(X, y, epochs=100, learning_rate=0.1)
    _save(pynn.plot.neuron(net, X[0], layer=1, unit=2), path)


def draw_use(path: Path) -> None:
    """Three classes in the plane, and what a network makes of them."""
    X, y = pynn.datasets.spirals(600, classes=3, rng=0)
    net = pynn.Network([2, 32, 32, 3], rng=0)
    net.fit(X, y, epochs=300, optimizer="adam")
    _save(pynn.plot.decision_surface(net, X, y), path)


def draw_engine(path: Path) -> None:
    """A batch whose columns are examples; one block of columns goes through the three steps."""
    _, ax = plt.subplots(figsize=(6.4, 4.4), layout="constrained")
    ax.set(xlim=(-3, 33), ylim=(-1, 26), aspect="equal")
    ax.set_axis_off()
    for k in range(4):
        colour = "#e69f00" if k == 1 else "#56b4e9"
        for i, j in np.ndindex(4, 8):
            ax.add_patch(Rectangle((8 * k + j, 20 + i), 0.85, 0.85, color=colour))
    units, columns, *names = ENGINE[pynn.language()]
    ax.annotate(units, (-0.6, 22), ha="right", va="center", rotation=90, fontsize=13)
    ax.annotate(columns, (16, 24.8), ha="center", fontsize=13)
    equations = ["Z[l] = W[l] A[l−1] + b[l]", "dZ[L] = A[L] − Y", "dW[l] = dZ[l] A[l−1]ᵀ / m", "θ ← θ − α ∇J"]
    for k, (name, equation) in enumerate(zip(names, equations, strict=True)):
        y = 14.5 - 4.6 * k
        ax.annotate(f"{name}    {equation}", (16, y), ha="center", va="center", fontsize=14,
                    bbox={"boxstyle": "round,pad=0.5", "facecolor": "#fdf3dc" if k < 3 else "white", "edgecolor": "#e69f00"})
        ax.annotate("", (16, y + 1.4), (16, y + 3.4) if k else (12, 19.6), arrowprops={"arrowstyle": "->", "color": "#777777"})
    _save(ax, path)


def _save(ax: Axes, path: Path) -> None:
    """Write a picture of 640 by 420 points, as each door has it."""
    figure = ax.figure
    figure.savefig(path, dpi=200, bbox_inches="tight", pad_inches=0.05)
    plt.close(figure)
    join([path], path, columns=1, width=640, height=420)


if __name__ == "__main__":
    main()
