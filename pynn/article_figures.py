"""The article's nine figures, of its own problem, as files."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from pynn import datasets, plot
from pynn.callbacks import Recorder
from pynn.network import Network

_EPOCHS = 50


def write_figures(out: str | os.PathLike[str], *, progress: bool | None = None) -> list[Path]:
    """Train the article's network on its two circles, and write its nine figures as PNG and SVG.

    Figure 3, the training, is written as a GIF and as a page with a slider too, and figure 8, the descent, as a GIF.

    Parameters
    ----------
    out : path
        The folder to write to, made if missing.
    progress : bool, optional
        Show progress bars; None: on a terminal and in a notebook.

    Returns
    -------
    list of Path
        What was written.

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
                      callbacks=[recorder], progress=progress)
    data = plot.dataset(X_train, y_train)
    data.set_aspect("equal")            # circles are to look round
    written = _save(folder / "1-dataset", data)
    written += _save(folder / "2-network", plot.network(net))
    written += _save(folder / "3-training", plot.stills(recorder, net, X_train, y_train))
    film = plot.film(recorder, net, X_train, y_train)
    written += _film(film, [folder / "3-training.gif", folder / "3-training.html"], progress)
    written += _save(folder / "4-neuron", plot.neuron())
    written += _save(folder / "5-layer", plot.layer())
    written += _save(folder / "6-activations", plot.activations())
    written += _save(folder / "7-history", plot.history(history))
    written += _save(folder / "8-descent", plot.descent())
    written += _film(plot.descent(animated=True, grid=30), [folder / "8-descent.gif"], progress)
    written += _save(folder / "9-propagation", plot.propagation(net))
    return written


def _save(stem: Path, axes: Any) -> list[Path]:
    """Write the figure of one Axes or several as PNG and SVG, and close it."""
    figure = np.ravel(axes)[0].figure
    paths = [stem.with_name(stem.name + ".png"), stem.with_name(stem.name + ".svg")]
    for path in paths:
        figure.savefig(path, dpi=150)
    _close(figure)
    return paths


def _film(film: Any, paths: list[Path], progress: bool | None) -> list[Path]:
    for path in paths:
        film.save(path, progress=progress)
    _close(film.figure)
    return paths


def _close(figure: Any) -> None:
    from matplotlib import pyplot

    pyplot.close(figure)
