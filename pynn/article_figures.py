"""The article's nine figures for its own problem, as files."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from pynn import datasets, plot, validation
from pynn.callbacks import Recorder
from pynn.network import Network
from pynn.progress import is_watched, new_bar

_EPOCHS, _STEPS = 50, 40        # of the training and of the descent
_PICTURES = 9 + 2 * (_EPOCHS + 1) + (_STEPS + 1)    # nine figures, and the frames of two films of training and one of descent


def write_figures(out: str | os.PathLike[str], *, progress: bool | None = None) -> list[Path]:
    """Train the article's network on its two circles, and write its nine figures as PNG and SVG.

    Figure 3, the training, is also written as a GIF and as a page with a slider, and figure 8, the descent, as a GIF.

    Parameters
    ----------
    out : path
        The folder to write to. It is made if it is missing.
    progress : bool, optional
        Show a progress bar. None shows it on a terminal and in a notebook.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    OSError
        If the folder cannot be made or written to.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    X, y = datasets.circles(1000, factor=0.3, noise=0.1, rng=0)
    X_train, X_test, y_train, y_test = datasets.split(X, y, test_size=0.1, rng=0)
    net, recorder = Network([2, 4, 6, 6, 4, 1], rng=2), Recorder()
    recorder.record(net)
    history = net.fit(X_train, y_train, validation_data=(X_test, y_test), epochs=_EPOCHS, learning_rate=0.1,
                      callbacks=[recorder], progress=False)
    hidden = not (is_watched() if progress is None else validation.boolean(progress, "progress"))
    with new_bar(total=_PICTURES, unit="picture", disable=hidden) as bar:
        writer = _Writer(folder, bar)
        data = plot.dataset(X_train, y_train)
        data.set_aspect("equal")        # so that circles look round
        writer.save("1-dataset", data)
        writer.save("2-network", plot.network(net))
        writer.save("3-training", plot.stills(recorder, net, X_train, y_train))
        writer.save_film("3-training", plot.film(recorder, net, X_train, y_train), ".gif", ".html")
        writer.save("4-neuron", plot.neuron())
        writer.save("5-layer", plot.layer())
        writer.save("6-activations", plot.activations())
        writer.save("7-history", plot.history(history))
        writer.save("8-descent", plot.descent(steps=_STEPS))
        writer.save_film("8-descent", plot.descent(steps=_STEPS, animated=True, grid=30), ".gif")
        writer.save("9-propagation", plot.propagation(net))
    return writer.written


class _Writer:
    """Writes pictures to a folder, closes their figures, and counts them on a progress bar."""

    def __init__(self, folder: Path, bar: Any) -> None:
        self._folder, self._bar = folder, bar
        self.written: list[Path] = []

    def save(self, name: str, axes: Any) -> None:
        """Write the figure of one Axes or several as PNG and SVG."""
        figure = np.ravel(axes)[0].figure
        for kind in (".png", ".svg"):
            self.written.append(self._folder / f"{name}{kind}")
            figure.savefig(self.written[-1], dpi=150)
        self._bar.update()
        _close(figure)

    def save_film(self, name: str, film: Any, *kinds: str) -> None:
        """Write a film in several formats."""
        for kind in kinds:
            self.written.append(self._folder / f"{name}{kind}")
            film.save(self.written[-1], progress=False, progress_callback=lambda done, of: self._bar.update())
        _close(film.figure)


def _close(figure: Any) -> None:
    from matplotlib import pyplot

    pyplot.close(figure)
