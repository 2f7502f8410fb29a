"""Animations that are saved in the format of the file's name, with a progress bar."""
from __future__ import annotations

import contextlib
import html
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from matplotlib import animation
from matplotlib.figure import Figure

from pynn import validation
from pynn.plot._page import PageWriter
from pynn.plot.description import describe
from pynn.progress import is_watched, new_bar
from pynn.translation import _

_PILLOW = (".gif", ".png", ".apng", ".webp")


@contextlib.contextmanager
def _settled(figure: Figure) -> Iterator[None]:
    """Lay a figure out once for all frames, so that its panels do not move, and let only savefig draw it, which saves time."""
    layout = figure.get_layout_engine()
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    figure.canvas.draw_idle = lambda *args, **keywords: None    # type: ignore[method-assign]   # savefig draws the frame
    try:
        yield
    finally:
        del figure.canvas.draw_idle
        figure.set_layout_engine(layout)


class Movie(animation.FuncAnimation):
    """A matplotlib Animation of frames 0, 1, …, each drawn by show(k)."""

    def __init__(self, figure: Figure, show: Callable[[int], Any], frames: int, fps: float) -> None:
        self.figure, self.frames, self.fps = figure, frames, fps
        super().__init__(figure, show, frames=frames, interval=1000 / fps, cache_frame_data=False)
        figure.canvas._film = self          # type: ignore[attr-defined]    # keeps it alive as long as its window,
        self._draw_was_started = True       # and no warning comes if it is neither shown nor saved

    def save(self, filename: Any, writer: Any = None, fps: Any = None, dpi: Any = None, *args: Any,
             progress: bool | None = None, **keywords: Any) -> None:
        """Write .gif, .webp and .png with Pillow, .html and .htm as a page that loads nothing, and other formats with ffmpeg.

        Parameters
        ----------
        filename : str or path
        writer : str or MovieWriter, optional
            A writer of matplotlib; None takes the one for the file's name.
        fps, dpi, *args, **keywords
            As in `matplotlib.animation.Animation.save`.
        progress : bool, optional
            Show a progress bar. None shows it on a terminal and in a notebook.

        Raises
        ------
        RuntimeError
            If the format needs ffmpeg and there is none.
        """
        if progress is None:
            progress = is_watched()
        if fps is not None:
            fps = validation.real_number(fps, "fps", 0, low_included=False)
        kind = Path(filename).suffix.lower()
        if writer is None and kind in (".html", ".htm"):
            writer, fps = PageWriter(fps or self.fps, describe(self)), None
        elif writer is None:
            writer = "pillow" if kind in _PILLOW else "ffmpeg"
            if not animation.writers.is_available(writer):
                raise RuntimeError(f"filename: {str(filename)!r} needs ffmpeg, which is not on the path; .gif and .html do not")
        with (new_bar(total=self.frames, unit="frame", disable=not validation.boolean(progress, "progress")) as bar,
              _settled(self.figure)):
            super().save(filename, writer, fps, dpi, *args,
                         **{"progress_callback": lambda done, of: bar.update(), **keywords})

    def to_jshtml(self, fps: float | None = None, embed_frames: bool = True, default_mode: str | None = None) -> str:
        """The page of `save`, in a frame for a notebook."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "film.html")
            self.save(path, fps=fps)
            page = html.escape(path.read_text(encoding="utf-8"))
        width, height = self.figure.get_size_inches() * self.figure.dpi
        style = f"width: 100%; max-width: {width:.0f}px; height: {height + 60:.0f}px; border: 0"
        title = _("film")
        return f'<iframe srcdoc="{page}" title="{title}" style="{style}"></iframe>'

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.to_jshtml()
