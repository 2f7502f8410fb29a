"""Beyond the article: the loss of a network over a plane in the space of its parameters."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from pynn import validation
from pynn.landscape import plane_of_path, random_plane
from pynn.plot._costs import END, LINE, START, bands, label_levels
from pynn.plot._names import sizes_of
from pynn.plot._panels import add_colorbar, panel
from pynn.plot._style import styled
from pynn.plot.description import say
from pynn.randomness import seed_from
from pynn.translation import _

if TYPE_CHECKING:
    from pynn.network import Network

@styled
def loss_landscape(net: Network, X: ArrayLike, y: ArrayLike, path: Any = None, ax: Axes | None = None, *, grid: int = 51,
                   span: float = 1.0, rng: Any = None, **contourf: Any) -> Axes:
    """Draw the loss of a network over two directions in the space of its parameters, and the path of a training on it.

    Without a path the plane goes through the network's parameters along two random directions. They are filter-normalised:
    the weights and the bias of every unit have the same norm in a direction as in the network. With a path the first
    direction is the line from its start to its end. The second one is at right angles to it and as long; the path leaves
    the line most in this direction. Every value is the loss of the network with the parameters of that point. The start and
    the end of the path are in the plane, and its other records are projected on the plane.

    Parameters
    ----------
    net : Network
    X : array-like of shape (m, n[0])
    y : array-like
        The examples whose loss is drawn, in any form that `net.fit` takes.
    path : Recorder or array-like of shape (n, P), optional
        Parameters, one row for each record.
    ax : matplotlib Axes, optional
    grid : int
        Points along each axis, at least 2; the loss is computed grid² times.
    span : float
        Without a path: the picture shows −span to span along both directions.
    rng : None, int or numpy Generator
        The source of the random directions.
    **contourf
        Keywords for `matplotlib.axes.Axes.contourf`, such as levels or cmap.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError

    Notes
    -----
    Filter normalisation: H. Li et al., "Visualizing the Loss Landscape of Neural Nets" (2018).

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(100, rng=0)
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> recorder = pynn.callbacks.Recorder()
    >>> recorder.record(net)
    >>> history = net.fit(X, y, epochs=20, learning_rate=0.5, callbacks=[recorder])
    >>> ax = pynn.plot.loss_landscape(net, X, y, recorder, grid=21)
    >>> x, y = ax.lines[0].get_data()
    >>> [round(float(x[k]), 6) for k in (0, -1)]        # the start is at 0, the end at 1
    [0.0, 1.0]
    """
    validation.check_network(net)
    grid, span = validation.positive_int(grid, "grid", 2), validation.real_number(span, "span", 0, low_included=False)
    twin = net.copy()
    twin.evaluate(X, y)             # checks X and y before there is a figure
    generator = np.random.default_rng(seed_from(rng))
    plane = (random_plane(net, grid, span, generator) if path is None
             else plane_of_path(_checked_path(path, net), grid, generator))
    s, t, on_plane = plane.s, plane.t, plane.path
    losses = np.empty((grid, grid))
    for i, j in np.ndindex(grid, grid):
        twin.parameters = plane.theta(i, j)
        losses[i, j] = twin.evaluate(X, y)["loss"]

    ax = panel(ax)
    filled = ax.contourf(s, t, losses, **bands(losses, contourf))
    ax.contour(filled, colors="white", linewidths=0.4, alpha=0.6)
    add_colorbar(ax, filled, "$J$")
    label_levels(filled.colorbar)
    if path is None:
        ax.plot(0, 0, **END, label=_("this network"))
        ax.set(xlabel=_("first random direction"), ylabel=_("second random direction"))
    else:
        ax.plot(*on_plane.T, **LINE)
        ax.plot(*on_plane[0], **START, label=_("start"))
        ax.plot(*on_plane[-1], **END, label=_("end"))
        ax.set(xlabel=_("from the start (0) to the end (1)"), ylabel=_("across"))
    ax.legend(loc="upper left")
    if path is None:
        sentence = _("The loss of the network {sizes} around its parameters: from {least:.3g} to {most:.3g}.")
    else:
        sentence = _("The loss of the network {sizes} over the plane of its path: from {least:.3g} to {most:.3g}.")
    say(ax, sentence.format(sizes=sizes_of(net), least=losses.min(), most=losses.max()))
    return ax


def _checked_path(path: Any, net: Network) -> np.ndarray:
    thetas = validation.finite_array(getattr(path, "parameters", path), "path").astype(np.float64)
    if thetas.ndim != 2 or thetas.shape[1] != net.parameters.size or len(thetas) < 2:
        raise ValueError(f"path: expected a Recorder or an array of shape (n, {net.parameters.size}), n at least 2, got shape "
                         f"{thetas.shape}")
    if (thetas[0] == thetas[-1]).all():
        raise ValueError("path: expected one that leads from one place to another, got one that ends at its start")
    return thetas
