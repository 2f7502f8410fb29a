"""Figure 3, the training process: the decision surface, loss and accuracy epoch by epoch, as a film or as stills."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot._movie import Movie
from pynn.plot._names import add_legend, sizes_of
from pynn.plot._panels import panels
from pynn.plot._scene import Scene, trained_view
from pynn.plot._style import styled
from pynn.plot._surface import Surface, output_of, scale_label, values_over
from pynn.plot.description import say
from pynn.translation import _

if TYPE_CHECKING:
    from pynn.callbacks import Recorder
    from pynn.history import History
    from pynn.network import Network

_STILLS = 6


def film(recorder: Recorder, net: Network, X: ArrayLike, y: ArrayLike, *, fps: float = 10.0, **scene: Any) -> Movie:
    """Replay a training epoch by epoch: the surface with the examples, and beside it the growing curves of the history.

    Parameters
    ----------
    recorder : Recorder
        The callback that `net.fit` had. The film has a frame for every record.
    net : Network
        The one that was recorded, or one like it.
    X : array-like of shape (m, n[0])
    y : array-like of shape (m,)
        The examples to draw on the surface, of the training or of the test.
    fps : float
        Frames a second.
    **scene
        grid (100 points along each axis), extent, features, held and label_names as in `decision_surface`, and keywords for
        `matplotlib.axes.Axes.imshow`, such as cmap or alpha.

    Returns
    -------
    matplotlib Animation
        Its ``save`` writes what the name of the file says: .gif with Pillow, .html a page with play, pause and a slider that
        loads nothing, .mp4 and others with ffmpeg. It shows a progress bar on a terminal and in a notebook, with
        progress=True always and with progress=False never.

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
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
        picture.surface.ax.set_title(_("epoch {epoch} of {last}", epoch=epochs[k], last=last))

    movie = Movie(picture.figure, show, len(thetas), fps)
    metric = "R²" if net.is_regression else _("accuracy")
    say(movie, _("A film of the training of the network {sizes} from epoch {first} to {last}: its decision surface, and curves "
                 "of loss and {metric}.", sizes=sizes_of(net), first=epochs[0], last=epochs[-1], metric=metric))
    return movie


@styled
def stills(recorder: Recorder, net: Network, X: ArrayLike, y: ArrayLike, axes: Any = None, *,
           epochs: Sequence[int] | None = None, grid: int = 100, extent: Sequence[float] | None = None,
           features: Sequence[int] | None = None, held: ArrayLike | None = None,
           label_names: Sequence[str] | None = None, **imshow: Any) -> np.ndarray:
    """Draw some epochs of a training side by side: the film on paper.

    Parameters
    ----------
    recorder, net, X, y, **imshow
        As in `film`.
    axes : array of matplotlib Axes, optional
        One for each epoch.
    epochs : sequence of int, optional
        Recorded ones; None takes up to six from the first to the last, more of them at the beginning, where more happens.
    grid, extent, features, held, label_names
        As in `decision_surface`.

    Returns
    -------
    ndarray of matplotlib Axes, (epochs,)

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(100, rng=0)
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> recorder = pynn.callbacks.Recorder()
    >>> history = net.fit(X, y, epochs=20, callbacks=[recorder])
    >>> axes = pynn.plot.stills(recorder, net, X, y, epochs=[1, 5, 20], grid=30)
    >>> [ax.get_title() for ax in axes]
    ['epoch 1', 'epoch 5', 'epoch 20']
    """
    recorded, thetas, _history, twin = _records(recorder, net)
    chosen = _positions(recorded, epochs)
    view, targets = trained_view(net, X, y, grid, extent, features, held, label_names)
    drawn = panels(axes, len(chosen), 3, figsize=(9.0, 2.9 * -(-len(chosen) // 3) + 0.6), sharex=True, sharey=True)
    for ax, k in zip(drawn, chosen, strict=True):
        twin.parameters = thetas[k]
        surface = Surface(ax, output_of(net), view, values_over(twin, view.plane), targets, imshow, size=12)
        ax.set_title(_("epoch {epoch}", epoch=recorded[k]))
        say(ax, _("The decision surface of the network {sizes} after {epochs} epochs of training.", sizes=sizes_of(net),
                  epochs=recorded[k]))
    if axes is None:
        for ax in drawn:
            ax.label_outer()
        figure = drawn[0].figure
        figure.colorbar(surface.scale, ax=drawn.tolist(), label=scale_label(surface.output))
        if surface.points:
            add_legend(figure, surface.points, view.names, loc="outside lower center", ncols=6, frameon=False)
    elif surface.points:
        add_legend(drawn[0], surface.points, view.names, loc="upper right")
    return drawn


def _positions(recorded: list[int], epochs: Sequence[int] | None) -> list[int]:
    """Where in the records the wanted epochs are."""
    if epochs is None:
        return np.unique(np.rint(np.linspace(0, 1, _STILLS) ** 2 * (len(recorded) - 1)).astype(int)).tolist()
    wanted = [validation.positive_int(epoch, "epochs", 0) for epoch in epochs]
    missing = sorted(set(wanted) - set(recorded))
    if missing or not wanted:
        raise ValueError(f"epochs: expected recorded ones, from {recorded[0]} to {recorded[-1]}, got {missing or wanted}")
    return [recorded.index(epoch) for epoch in wanted]


def _records(recorder: Recorder, net: Network) -> tuple[list[int], np.ndarray, History, Network]:
    """Epochs, parameters, the history, and a copy of the network to show them with."""
    if not all(hasattr(type(recorder), name) for name in ("epochs", "parameters", "history")):
        raise TypeError(f"recorder: expected a pynn.callbacks.Recorder, got {type(recorder).__name__}")
    validation.check_network(net)
    thetas = recorder.parameters
    if len(thetas) == 0:
        raise ValueError("recorder: expected at least one record, got none; hand it to fit: callbacks=[recorder]")
    if thetas.shape[1:] != net.parameters.shape:
        raise ValueError(f"recorder: expected records of net's {net.parameters.size} parameters, got {thetas.shape[1]}")
    return recorder.epochs.tolist(), thetas, recorder.history, net.copy()
