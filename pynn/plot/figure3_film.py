"""The training process: the decision surface, loss and accuracy, epoch by epoch."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot._movie import Movie
from pynn.plot._panels import COLOURS, VALUES_MAP, say, styled
from pynn.plot._plane import Plane, check_network, plane_of
from pynn.plot._rows import in_rows
from pynn.plot.beyond_decision_surface import (
    LEADS,
    PROBABILITIES,
    SCALES,
    TENTHS,
    answers_of,
    class_shades,
    draw_line,
    kind_of,
    leads,
    values_over,
)
from pynn.plot.figure1_dataset import draw_classes, draw_values

if TYPE_CHECKING:
    from pynn.callbacks import Recorder
    from pynn.history import History
    from pynn.network import Network

_LABELS = {"loss": "loss", "accuracy": "accuracy", "r2": "$R^2$"}
_STILLS = 6


class Surface:
    """A panel with the examples on a surface that is redrawn for a network again and again."""

    def __init__(self, ax: Axes, net: Network, plane: Plane, y: np.ndarray, names: dict[int, str],
                 imshow: dict[str, Any], size: float = 24) -> None:
        self.ax, self.plane, self.output = ax, plane, kind_of(net)[0]
        self._lines: list[Any] = []
        assert plane.points is not None
        if self.output == "linear":
            bands = MaxNLocator(20).tick_values(y.min(), y.max())
            style: dict[str, Any] = {"cmap": VALUES_MAP, "norm": BoundaryNorm(bands, 256)}
            draw_values(ax, plane.points, y, **style, edgecolors="black", s=size)
        else:
            style = {"cmap": PROBABILITIES, "norm": BoundaryNorm(TENTHS, 256)}
            draw_classes(ax, plane.points, y, names, s=size)
        nothing = np.zeros((len(plane.x2), len(plane.x1), 3) if self.output == "softmax" else (len(plane.x2), len(plane.x1)))
        self._image = ax.imshow(nothing, **{"origin": "lower", "extent": plane.pixels, "aspect": "auto", "zorder": 0,
                                            "interpolation": "bilinear", "interpolation_stage": "data", **style, **imshow})
        self.scale = ScalarMappable(cmap=LEADS) if self.output == "softmax" else self._image
        plane.frame(ax)

    def show(self, net: Network) -> None:
        """Redraw the surface for the network as it is."""
        for line in self._lines:
            line.remove()
        x1, x2, values = self.plane.x1, self.plane.x2, values_over(net, self.plane)
        if self.output == "softmax":
            ahead = leads(values)
            self._image.set_data(_class_colours(ahead))
            self._lines = [line for k in range(ahead.shape[2]) for line in draw_line(self.ax, x1, x2, ahead[:, :, k], 0.0)]
        else:
            self._image.set_data(values)
            self._lines = draw_line(self.ax, x1, x2, values, 0.5) if self.output == "sigmoid" else []


def _class_colours(ahead: np.ndarray) -> np.ndarray:
    """The colours of the likeliest classes, (grid, grid, 3), in bands of a tenth of their lead."""
    likeliest, lead = ahead.argmax(axis=2), np.digitize(ahead.max(axis=2), TENTHS[1:-1]) / 9
    colours = np.empty((*likeliest.shape, 3))
    for k in np.unique(likeliest):
        colours[likeliest == k] = class_shades(int(k))(lead[likeliest == k])[:, :3]
    return colours


class Scene:
    """The film's picture: the surface with the examples, and beside it the curves up to an epoch."""

    @styled
    def __init__(self, net: Network, X: ArrayLike, y: ArrayLike, curves: Sequence[str], *, grid: int = 100,
                 extent: Sequence[float] | None = None, features: Sequence[int] | None = None, held: ArrayLike | None = None,
                 label_names: Sequence[str] | None = None, **imshow: Any) -> None:
        from matplotlib import pyplot

        plane, answers, names = _asked(net, X, y, grid, extent, features, held, label_names)
        self.figure = pyplot.figure(figsize=(9.0, 4.5), layout="constrained")
        left, *right = self.figure.subplot_mosaic([["surface", "loss"], ["surface", "metric"]], width_ratios=[1.4, 1]).values()
        pyplot.sca(left)
        left.set_box_aspect(1)
        self.surface = Surface(left, net, plane, answers, names, imshow)
        self.figure.colorbar(self.surface.scale, ax=left, label=SCALES[self.surface.output])
        if names:
            self.figure.legend(handles=left.get_legend_handles_labels()[0], loc="outside lower center", ncols=6, frameon=False)
        self._right = dict(zip(("loss", "r2" if net.is_regression else "accuracy"), right, strict=True))
        self._curves = {}
        for (name, ax), colour in zip(self._right.items(), (COLOURS[0], COLOURS[3]), strict=True):
            for key, style, label in ((name, "-", "training"), (f"val_{name}", "--", "validation")):
                if key in curves:
                    self._curves[key] = ax.plot([], [], style, color=colour, label=label, marker="o", markevery=[-1])[0]
            ax.set_ylabel(_LABELS[name])
            ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
        right[0].tick_params(labelbottom=False)
        right[1].set_xlabel("epoch")
        if "val_loss" in curves:
            for line in right[0].legend(loc="upper right").get_lines():
                line.set_marker("")

    def show(self, net: Network, history: History, epoch: int) -> None:
        """Draw the network as it is, and the first epochs of the history."""
        self.surface.show(net)
        self.surface.ax.set_title(f"epoch {epoch}")
        for key, line in self._curves.items():
            values = history[key][:epoch]
            line.set_data(np.arange(1, len(values) + 1), values)
        for ax in self._right.values():
            ax.relim()
            ax.autoscale_view()

    def freeze(self) -> None:
        """Let the curves' panels show from now on what they show."""
        for ax in self._right.values():
            ax.set_xlim(left=0)
            ax.autoscale(False)


def film(recorder: Recorder, net: Network, X: ArrayLike, y: ArrayLike, *, fps: float = 10.0, **scene: Any) -> Movie:
    """Show the training again: the surface with the examples, loss and accuracy growing beside it, epoch by epoch.

    Parameters
    ----------
    recorder : Recorder
        What was handed to `net.fit` in callbacks; the film has a frame for every record.
    net : Network
        The one that was recorded, or one like it; it stays as it is.
    X : array-like of shape (m, n[0])
    y : array-like of shape (m,)
        The examples to draw on the surface: those of the training, or the test's.
    fps : float
        Frames a second.
    **scene
        grid (100 points along each axis), extent, features, held and label_names as of `decision_surface`, and keywords for
        `matplotlib.axes.Axes.imshow`, such as cmap or alpha.

    Returns
    -------
    matplotlib Animation
        Its ``save`` goes by the file's name: .gif with Pillow, .html a page with play, pause and a slider that loads nothing,
        .mp4 and others with ffmpeg.  A progress bar is shown on a terminal and in a notebook; progress=False or True
        overrules that.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pynn
    >>> X, y = pynn.datasets.circles(100, rng=0)
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> recorder = pynn.callbacks.Recorder()
    >>> recorder.record(net)
    >>> history = net.fit(X, y, epochs=3, callbacks=[recorder])
    >>> film = pynn.plot.film(recorder, net, X, y, grid=30)
    >>> film.save("circles.gif")            # doctest: +SKIP
    >>> player = film.to_jshtml()           # what a notebook shows
    >>> pynn.plot.describe(film)
    'A film of the training of the network 2-4-1 from epoch 0 to 3: its decision surface, and curves of loss and accuracy.'
    """
    fps = validation.real_number(fps, "fps", 0, low_included=False)
    epochs, thetas, history, twin = _records(recorder, net)
    last = history.epochs
    picture = Scene(twin, X, y, tuple(history), **scene)
    picture.show(twin, history, last)
    picture.freeze()

    def show(k: int) -> None:
        twin.parameters = thetas[k]
        picture.show(twin, history, epochs[k])
        picture.surface.ax.set_title(f"epoch {epochs[k]} of {last}")

    movie = Movie(picture.figure, show, len(thetas), fps)
    say(movie, f"A film of the training of the network {'-'.join(map(str, net.sizes))} from epoch {epochs[0]} to {epochs[-1]}: "
               f"its decision surface, and curves of loss and {'R²' if net.is_regression else 'accuracy'}.")
    return movie


@styled
def stills(recorder: Recorder, net: Network, X: ArrayLike, y: ArrayLike, axes: Any = None, *,
           epochs: Sequence[int] | None = None, grid: int = 100, extent: Sequence[float] | None = None,
           features: Sequence[int] | None = None, held: ArrayLike | None = None,
           label_names: Sequence[str] | None = None, **imshow: Any) -> np.ndarray:
    """Some epochs of the training side by side: the film, for paper.

    Parameters
    ----------
    recorder, net, X, y, **imshow
        As of `film`.
    axes : array of matplotlib Axes, optional
        One for each epoch; None makes a new figure.
    epochs : sequence of int, optional
        Recorded ones; if not given up to six from the first to the last, denser at the beginning, where more happens.
    grid, extent, features, held, label_names
        As of `decision_surface`.

    Returns
    -------
    ndarray of matplotlib Axes, (epochs,)

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pynn
    >>> X, y = pynn.datasets.circles(100, rng=0)
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> recorder = pynn.callbacks.Recorder()
    >>> history = net.fit(X, y, epochs=20, callbacks=[recorder])
    >>> axes = pynn.plot.stills(recorder, net, X, y, epochs=[1, 5, 20], grid=30)
    >>> [ax.get_title() for ax in axes]
    ['epoch 1', 'epoch 5', 'epoch 20']
    """
    recorded, thetas, _, twin = _records(recorder, net)
    if epochs is None:
        at = np.unique(np.rint(np.linspace(0, 1, _STILLS) ** 2 * (len(recorded) - 1)).astype(int))
    else:
        wanted = [validation.positive_int(epoch, "epochs", 0) for epoch in epochs]
        missing = sorted(set(wanted) - set(recorded))
        if missing or not wanted:
            raise ValueError(f"epochs: expected recorded ones, from {recorded[0]} to {recorded[-1]}, got {missing or wanted}")
        at = np.array([recorded.index(epoch) for epoch in wanted])
    plane, answers, names = _asked(net, X, y, grid, extent, features, held, label_names)
    rows = -(-len(at) // 3)
    drawn = in_rows(axes, len(at), 3, figsize=(9.0, 2.9 * rows + 0.6), sharex=True, sharey=True)
    for ax, k in zip(drawn, at, strict=True):
        surface = Surface(ax, net, plane, answers, names, imshow, size=12)
        twin.parameters = thetas[k]
        surface.show(twin)
        ax.set_title(f"epoch {recorded[k]}")
        say(ax, f"The decision surface of the network {'-'.join(map(str, net.sizes))} after {recorded[k]} epochs of training.")
    handles = drawn[0].get_legend_handles_labels()[0]
    if axes is None:
        for ax in drawn:
            ax.label_outer()
        figure = drawn[0].figure
        figure.colorbar(surface.scale, ax=drawn.tolist(), label=SCALES[surface.output])
        if names:
            figure.legend(handles=handles, loc="outside lower center", ncols=6, frameon=False)
    elif names:
        drawn[0].legend(handles=handles, loc="upper right")
    return drawn


def _asked(net: Network, X: ArrayLike, y: ArrayLike, grid: int, extent: Sequence[float] | None,
           features: Sequence[int] | None, held: ArrayLike | None,
           label_names: Sequence[str] | None) -> tuple[Plane, np.ndarray, dict[int, str]]:
    """The plane, the targets of the examples on it, and the names of their classes."""
    kind_of(net)
    plane = plane_of(net, X, grid, extent, features, held)
    answers, names = answers_of(net, plane.points, y, label_names)
    if answers is None:
        raise TypeError("y: expected the targets of X, got None")
    return plane, answers, names


def _records(recorder: Recorder, net: Network) -> tuple[list[int], np.ndarray, History, Network]:
    """Epochs, parameters, the history and a copy of the network to show them with."""
    if not all(hasattr(type(recorder), name) for name in ("epochs", "parameters", "history")):
        raise TypeError(f"recorder: expected a pynn.callbacks.Recorder, got {type(recorder).__name__}")
    check_network(net)
    thetas = recorder.parameters
    if len(thetas) == 0:
        raise ValueError("recorder: expected at least one record, got none; hand it to fit: callbacks=[recorder]")
    if thetas.shape[1:] != net.parameters.shape:
        raise ValueError(f"recorder: expected records of net's {net.parameters.size} parameters, got {thetas.shape[1]}")
    return recorder.epochs.tolist(), thetas, recorder.history, net.copy()
