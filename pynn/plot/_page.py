"""A film as one page of HTML with play, pause and a slider. The pictures are in the page, and it loads nothing."""
from __future__ import annotations

import base64
import html
import io
from pathlib import Path
from typing import Any

from matplotlib.animation import AbstractMovieWriter

from pynn.translation import _, language

_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ margin: 0 auto; max-width: {width}px; font: 16px sans-serif; background: white; color: black; }}
img {{ width: 100%; display: block; }}
form {{ display: flex; gap: 0.7em; align-items: center; padding: 0.5em; }}
button {{ font: inherit; min-width: 5em; }}
input {{ flex: 1; }}
output {{ min-width: 5em; text-align: right; font-variant-numeric: tabular-nums; }}
</style>
</head>
<body>
<img id="picture" alt="{title}">
<form onsubmit="return false">
<button type="button" id="play"></button>
<input type="range" id="slider" min="0" max="{last}" value="0" aria-label="{frame}">
<output id="number"></output>
</form>
<script>
"use strict";
const frames = [
{frames}
];
const [picture, play, slider, number] = ["picture", "play", "slider", "number"].map(id => document.getElementById(id));
let timer = null;

function show(k) {{
  slider.value = k;
  picture.src = "data:image/png;base64," + frames[k];
  number.textContent = (k + 1) + " / " + frames.length;
}}

function pause() {{
  clearInterval(timer);
  timer = null;
  play.textContent = "{play}";
}}

function run() {{
  if (Number(slider.value) === frames.length - 1) show(0);
  timer = setInterval(() => {{
    if (Number(slider.value) === frames.length - 1) pause();
    else show(Number(slider.value) + 1);
  }}, {milliseconds});
  play.textContent = "{pause}";
}}

picture.onload = () => {{ if (window.frameElement) frameElement.style.height = document.body.offsetHeight + "px"; }};
play.onclick = () => timer === null ? run() : pause();
slider.oninput = () => {{ pause(); show(Number(slider.value)); }};
show(0);
if (matchMedia("(prefers-reduced-motion: reduce)").matches) pause(); else run();
</script>
</body>
</html>
"""


class PageWriter(AbstractMovieWriter):
    """Collects the frames of an animation and writes them as a page; `title` is their alt text."""

    def __init__(self, fps: float, title: str) -> None:
        super().__init__(fps=fps)  # type: ignore[arg-type]     # any number of frames a second
        self.title = title
        self._frames: list[str] = []

    def setup(self, fig: Any, outfile: Any, dpi: float | None = None) -> None:
        """Begin."""
        super().setup(fig, outfile, dpi)
        self._frames.clear()

    def grab_frame(self, **savefig_kwargs: Any) -> None:
        """Keep the figure as it is."""
        buffer = io.BytesIO()
        self.fig.savefig(buffer, **{**savefig_kwargs, "format": "png", "dpi": self.dpi})
        self._frames.append(base64.b64encode(buffer.getvalue()).decode("ascii"))

    def finish(self) -> None:
        """Write the page."""
        frames = ",\n".join(f'"{frame}"' for frame in self._frames)
        page = _PAGE.format(title=html.escape(self.title), width=self.frame_size[0], last=len(self._frames) - 1,
                            frames=frames, milliseconds=1000 / self.fps, lang=language().replace("_", "-"),
                            frame=_("frame"), play=_("Play"), pause=_("Pause"))
        Path(self.outfile).write_text(page, encoding="utf-8")
