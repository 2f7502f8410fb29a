"""The parts of diagrams: text, circles, arrows and matrices. Their unit is the em, so that they keep their proportions."""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib import cbook
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrow
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from pynn import validation
from pynn.plot._colours import NEGATIVE, POSITIVE
from pynn.plot._panels import panel
from pynn.writing import elided, number_mathtext

if TYPE_CHECKING:
    from pynn.network import Network

GREY = "0.35"
PAGE = 6.4              # inches: the least width of a new figure
THIN = 0.08             # ems, of a line
CAPTION = 0.85
DASHED: Any = (0, (4, 1.5))         # negative weights, in widths of their line
PITCH = 1.75            # ems, from row to row of a matrix

Point = tuple[float, float]
Places = dict[str, Point]           # the units of a column by their indices, which count from 1
Cells = list[list[str]]
Part = tuple[str | Cells, str]      # a text or a matrix, and the caption under it


class Label(Text):
    """Text whose size is in ems, the data units of a diagram: it grows and shrinks with the panel."""

    def __init__(self, x: float, y: float, text: str, size: float, **text_keywords: Any) -> None:
        super().__init__(x, y, text, **text_keywords)
        self._ems = size

    def _fit(self) -> None:
        assert isinstance(self.axes, Axes)
        size = points(self.axes, self._ems)
        if size != self.get_fontsize():
            self.set_fontsize(size)

    def draw(self, renderer: Any) -> None:
        """Draw at the size that the panel has now."""
        self._fit()
        super().draw(renderer)

    def get_window_extent(self, renderer: Any = None, dpi: float | None = None) -> Any:
        """The box in pixels at the size that the panel has now."""
        self._fit()
        return super().get_window_extent(renderer, dpi)


def canvas(ax: Axes | None, width: float, height: float) -> Axes:
    """A panel of width × height ems without axes; in a new figure an em is a line of text or more."""
    inches = max(PAGE, width * matplotlib.rcParams["font.size"] / 72)
    ax = panel(ax, figsize=(inches, inches * height / width))
    if ax.name == "3d":
        raise ValueError("ax: expected a flat Axes, got one with projection '3d'")
    ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.set_axis_off()
    return ax


def points(ax: Axes, ems: float) -> float:
    """A number of ems in points, in the panel as it is now."""
    pixels = np.ptp(ax.transData.transform([(0, 0), (ems, ems)]), axis=0)
    return 72 * float(pixels.min()) / ax.figure.dpi         # the equal aspect shrinks the longer side to the shorter one


def width_of(text: str) -> float:
    """The width of a text in ems."""
    return _width_of(text, FontProperties(size=10))


@functools.lru_cache(maxsize=1000)
def _width_of(text: str, font: FontProperties) -> float:
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=cbook.is_math_text(text))[0]) / 10


def write(ax: Axes, x: float, y: float, text: str, size: float = 1.0, **keywords: Any) -> None:
    """Write a text, unless it is empty, around (x, y). All texts with the same y share a baseline."""
    keywords = {"ha": "center", "va": "baseline", "zorder": 4, "clip_on": True, **keywords}
    if text:
        ax.add_artist(Label(x, y - 0.28 * size, text, size, **keywords))


def circle(ax: Axes, x: float, y: float, radius: float, text: str = "", size: float = 1.0, **patch: Any) -> None:
    """Draw a circle with a text in it, which shrinks until it fits."""
    patch = cbook.normalize_kwargs(patch, Circle)
    ax.add_patch(Circle((x, y), radius, **{"facecolor": "white", "edgecolor": "black", "linewidth": points(ax, THIN),
                                           "zorder": 3, **patch}))
    write(ax, x, y, text, min(size, 1.6 * radius / (width_of(text) or 1)))


def arrow(ax: Axes, start: Point, end: Point, colour: str = "black", thickness: float = 0.1) -> None:
    """Draw an arrow with its head at the end."""
    (x, y), (to_x, to_y) = start, end
    ax.add_patch(FancyArrow(x, y, to_x - x, to_y - y, width=thickness, head_width=0.6 + thickness, head_length=0.8,
                            length_includes_head=True, color=colour, linewidth=0, zorder=2))


def index_labels(n: int, head: int, tail: int) -> list[str]:
    """The indices 1 … n of a column or row as texts: all, or the first and the last with "" for those between."""
    return ["" if i is None else str(i + 1) for i in elided(n, head, tail)]


def column(ax: Axes, x: float, y: float, indices: list[str], spacing: float) -> Places:
    """Place the units of a column around (x, y), by their indices, and draw its ellipsis."""
    places: Places = {}
    for slot, index in enumerate(indices):
        at = y + ((len(indices) - 1) / 2 - slot) * spacing
        if index:
            places[index] = (x, at)
        else:
            for offset in (-0.27, 0, 0.27):
                circle(ax, x, at + offset * spacing, 0.13, facecolor="black", linewidth=0)
    return places


def join(ax: Axes, before: Places, after: Places, W: np.ndarray | None, widest: float | None = None, **lines: Any) -> None:
    """Draw a line for every weight between two columns, the thinnest first, dashed if negative; without W all are alike."""
    known = [(0.0 if W is None else float(W[int(i) - 1, int(j) - 1]), start, end)
             for i, end in after.items() for j, start in before.items()]
    known.sort(key=lambda edge: abs(edge[0]))
    widest = widest or abs(known[-1][0]) or 1.0
    lines = {{"colors": "color"}.get(name, name): value
             for name, value in cbook.normalize_kwargs(lines, LineCollection).items()}
    ax.add_collection(LineCollection([[start, end] for _, start, end in known], **{
        "color": ["black" if w == 0 else POSITIVE if w > 0 else NEGATIVE for w, _, _ in known],
        "linewidth": [points(ax, THIN if W is None else 0.02 + 0.22 * abs(w) / widest) for w, _, _ in known],
        "linestyle": [DASHED if w < 0 else "-" for w, _, _ in known],
        "zorder": 1, **lines}))


def cells_of(rows: list[str], columns: list[str], text: Callable[[str, str], str]) -> Cells:
    """The texts of a matrix by row and column, with dots for what is left out."""
    dots = {(True, False): r"$\cdots$", (False, True): r"$\vdots$", (False, False): r"$\ddots$"}
    return [[text(i, j) if i and j else dots[bool(i), bool(j)] for j in columns] for i in rows]


def number_cells(values: np.ndarray, rows: list[str], columns: list[str]) -> Cells:
    """The cells of a matrix of numbers."""
    return cells_of(rows, columns, lambda i, j: f"${number_mathtext(values[int(i) - 1, int(j) - 1])}$")


def size_of(cells: Cells) -> tuple[float, float]:
    """Width and height of a matrix with its brackets."""
    return sum(_widths(cells)) + 0.4, len(cells) * PITCH


def matrix(ax: Axes, x: float, y: float, cells: Cells) -> None:
    """Draw a matrix in brackets, with its middle at (x, y)."""
    width, height = size_of(cells)
    for side in (-1, 1):
        edge, inner = x + side * width / 2, x + side * (width / 2 - 0.35)
        ax.add_line(Line2D([inner, edge, edge, inner], np.repeat([y - height / 2, y + height / 2], 2), color="black",
                           linewidth=points(ax, THIN), solid_joinstyle="miter"))
    left = x - width / 2 + 0.2
    for j, wide in enumerate(_widths(cells)):
        for i, texts in enumerate(cells):
            write(ax, left + wide / 2, y + height / 2 - (i + 0.5) * PITCH, texts[j])
        left += wide


def row(ax: Axes, x: float, y: float, parts: list[Part], gap: float = 0.4) -> None:
    """Draw texts and matrices side by side with their captions under them; (x, y) is the middle of the row."""
    width, height = extent(parts, gap)
    left = x - width / 2
    for part in parts:
        content, caption = part
        wide = extent([part])[0]
        if isinstance(content, str):
            write(ax, left + wide / 2, y, content)
        else:
            matrix(ax, left + wide / 2, y, content)
        write(ax, left + wide / 2, y - height / 2 - 0.9, caption, CAPTION, color=GREY)
        left += wide + gap


def extent(parts: list[Part], gap: float = 0.4) -> tuple[float, float]:
    """Width and height of texts and matrices side by side; the height is without the captions."""
    sizes = [(width_of(content), PITCH) if isinstance(content, str) else size_of(content) for content, _ in parts]
    widths = [max(wide, CAPTION * width_of(caption)) for (wide, _), (_, caption) in zip(sizes, parts, strict=True)]
    return sum(widths) + gap * (len(parts) - 1), max(high for _, high in sizes)


def check_finite(net: Network) -> None:
    """Check that net is a network and that all its parameters are finite."""
    validation.check_network(net)
    if not np.isfinite(net.parameters).all():
        raise ValueError("net: expected finite parameters, got NaN or infinities in net.parameters")


def prediction(i: str, net: Network) -> str:
    """ŷ, with an index if there are several output units."""
    return r"\hat{y}" if net.sizes[-1] == 1 else rf"\hat{{y}}_{{{i}}}"


def _widths(cells: Cells) -> list[float]:
    return [max(map(width_of, texts)) + 0.8 for texts in zip(*cells, strict=True)]
