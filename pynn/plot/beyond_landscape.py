"""The loss of a network over a plane in the space of its parameters."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot._costs import END, LINE, START, bands, name_levels
from pynn.plot._panels import add_colorbar, panel, say, styled
from pynn.plot._plane import check_network
from pynn.randomness import seed_from

if TYPE_CHECKING:
    from pynn.network import Network

_MARGIN = 0.25          # of the path's range, on every side


@styled
def loss_landscape(net: Network, X: ArrayLike, y: ArrayLike, path: Any = None, ax: Axes | None = None, *, grid: int = 51,
                   span: float = 1.0, rng: Any = None, **contourf: Any) -> Axes:
    """Draw the loss of a network over two directions in the space of its parameters, and the path of a training on it.

    Without a path the plane goes through the network's parameters along two random directions, in each of which every unit
    has a vector of weights and bias as long as the network's own (filter-normalised).  With one it goes along the line from
    the path's start to its end, and across, at right angles and as long, the way the path leaves that line most.  Every
    value is the true loss of the network with the parameters of that point.  The start and the end of the path lie in the
    plane; what is between them is projected on it.

    Parameters
    ----------
    net : Network
        It stays as it is.
    X : array-like of shape (m, n[0])
    y : array-like
        The examples whose loss is drawn, in any form that `net.fit` takes.
    path : Recorder or array-like of shape (n, P), optional
        Parameters in the order they were met.
    ax : matplotlib Axes, optional
        The panel to draw in; None makes a new figure.
    grid : int
        Points along each axis, at least 2; the loss is computed grid² times.
    span : float
        How far the picture reaches along the random directions, in each sense; with a path its ends decide.
    rng : None, int or numpy Generator
        What random directions are drawn from.
    **contourf
        Keywords for `matplotlib.axes.Axes.contourf`, such as levels or cmap.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.

    Notes
    -----
    Filter normalisation: H. Li et al., "Visualizing the Loss Landscape of Neural Nets" (2018).

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pynn
    >>> X, y = pynn.datasets.circles(100, rng=0)
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> recorder = pynn.callbacks.Recorder()
    >>> recorder.record(net)
    >>> history = net.fit(X, y, epochs=20, learning_rate=0.5, callbacks=[recorder])
    >>> ax = pynn.plot.loss_landscape(net, X, y, recorder, grid=21)
    >>> x, y = ax.lines[0].get_data()
    >>> [round(float(x[k]), 6) for k in (0, -1)]        # from the start, 0, to the end, 1
    [0.0, 1.0]
    """
    check_network(net)
    grid, span = validation.positive_int(grid, "grid", 2), validation.real_number(span, "span", 0, low_included=False)
    twin = net.copy()
    twin.evaluate(X, y)             # what does not fit is refused before there is a figure
    generator = np.random.default_rng(seed_from(rng))
    if path is None:
        middle = net.parameters.astype(np.float64)
        first, second = _filter_normalised(net, generator), _filter_normalised(net, generator)
        on_plane, s, t = np.zeros((1, 2)), np.linspace(-span, span, grid), np.linspace(-span, span, grid)
    else:
        thetas = _checked_path(path, net)
        middle, first = thetas[0], thetas[-1] - thetas[0]
        second = _across(thetas, generator)
        on_plane = np.stack([(thetas - middle) @ d / (d @ d) for d in (first, second)], axis=1)
        low, high = on_plane.min(axis=0), on_plane.max(axis=0)
        half = (0.5 + _MARGIN) * (high - low).max()             # as far in both directions: the picture is not distorted
        s, t = (np.linspace(centre - half, centre + half, grid) for centre in (low + high) / 2)
    losses = np.empty((grid, grid))
    for i, j in np.ndindex(grid, grid):
        twin.parameters = middle + s[j] * first + t[i] * second
        losses[i, j] = twin.evaluate(X, y)["loss"]

    ax = panel(ax)
    filled = ax.contourf(s, t, losses, **bands(losses, contourf))
    ax.contour(filled, colors="white", linewidths=0.4, alpha=0.6)
    add_colorbar(ax, filled, "$J$")
    name_levels(filled.colorbar)
    if path is None:
        ax.plot(0, 0, **END, label="this network")
        ax.set(xlabel="first random direction", ylabel="second random direction")
    else:
        ax.plot(*on_plane.T, **LINE)
        ax.plot(*on_plane[0], **START, label="start")
        ax.plot(*on_plane[-1], **END, label="end")
        ax.set(xlabel="from the start (0) to the end (1)", ylabel="across")
    ax.legend(loc="upper left")
    around = "around it" if path is None else f"over the plane of a path of {len(on_plane)} records"
    say(ax, f"The loss of the network {'-'.join(map(str, net.sizes))} {around}: from {losses.min():.3g} to {losses.max():.3g}.")
    return ax


def _checked_path(path: Any, net: Network) -> np.ndarray:
    thetas = validation.finite_array(getattr(path, "parameters", path), "path").astype(np.float64)
    if thetas.ndim != 2 or thetas.shape[1] != net.parameters.size or len(thetas) < 2:
        raise ValueError(f"path: expected a Recorder or an array of shape (n, {net.parameters.size}), n at least 2, got shape "
                         f"{thetas.shape}")
    if (thetas[0] == thetas[-1]).all():
        raise ValueError("path: expected one that leads from one place to another, got one that ends where it started")
    return thetas


def _filter_normalised(net: Network, generator: np.random.Generator) -> np.ndarray:
    """A random direction, (P,), in which every unit's weights and bias are as long as those of the network."""
    parts = []
    for layer in net:
        units = np.hstack([layer.W, layer.b]).astype(np.float64)
        drawn = generator.standard_normal(units.shape)
        drawn *= np.linalg.norm(units, axis=1, keepdims=True) / np.linalg.norm(drawn, axis=1, keepdims=True)
        parts += [drawn[:, :-1].ravel(), drawn[:, -1]]
    return np.concatenate(parts)


def _across(thetas: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """The direction, (P,), in which a path leaves the line from its start to its end most: at right angles, as long."""
    line = thetas[-1] - thetas[0]
    length = np.linalg.norm(line)
    beside = _beside(thetas - thetas[0], line)
    if np.linalg.norm(beside) > 1e-9 * length:
        across = np.linalg.svd(beside, full_matrices=False)[2][0]
    else:                           # a straight path leaves every direction as good as any
        across = generator.standard_normal(line.shape)
    across = _beside(across, line)
    return across * (length / np.linalg.norm(across))


def _beside(vectors: np.ndarray, line: np.ndarray) -> np.ndarray:
    """What of the vectors is at right angles to a line."""
    return vectors - np.multiply.outer(vectors @ line / (line @ line), line)
