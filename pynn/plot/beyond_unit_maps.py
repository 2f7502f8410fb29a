"""Beyond the article: maps of what every unit of a network computes over the plane of two features."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot._colours import PROBABILITIES, SIGNS
from pynn.plot._examples import draw_classes, draw_values
from pynn.plot._panels import panels
from pynn.plot._style import styled
from pynn.plot._surface import Pixels, Sheet, View, draw_line, leads, view_of
from pynn.plot.description import say
from pynn.translation import _

if TYPE_CHECKING:
    from pynn.network import Network

_MOST = 16              # units of a layer that are shown
_FROM_0_TO_1 = ("sigmoid", "softmax")


@styled
def unit_maps(net: Network, X: ArrayLike | None = None, y: ArrayLike | None = None, axes: Any = None, *, grid: int = 100,
              extent: Sequence[float] | None = None, features: Sequence[int] | None = None, held: ArrayLike | None = None,
              **imshow: Any) -> np.ndarray:
    """Draw what each unit computes over the plane of two features, in one small map for each, laid out as the network.

    Blue is above 0, white is 0 and orange is below 0. The colour is full at the unit's largest value. For sigmoid and softmax,
    white is 0.5. The line is where z = 0: for relu the fold, and for a sigmoid output the decision. For softmax the line is the
    border of the region where the class is the likeliest. Of a layer with more than 16 units the first 16 are shown.

    Parameters
    ----------
    net : Network
    X : array-like of shape (m, n[0]), optional
        Examples. The maps reach a tenth of their range beyond them.
    y : array-like of shape (m,), optional
        The targets of X. The examples are drawn on the map of the output unit, and with softmax on the map of each.
    axes : array of matplotlib Axes, optional
        One for each unit, layer by layer; None makes a new figure with a column for each layer.
    grid, extent, features, held
        The plane, as in `decision_surface`.
    **imshow
        Keywords for `matplotlib.axes.Axes.imshow`, such as cmap.

    Returns
    -------
    ndarray of matplotlib Axes, (units,)
        Layer by layer.

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> import pynn
    >>> net = pynn.Network([2, 4, 3, 1], rng=0)
    >>> axes = pynn.plot.unit_maps(net, grid=30)
    >>> len(axes), axes[-1].get_ylabel()
    (8, '$a^{[3]}_{1}$')
    """
    validation.check_network(net)
    view = view_of(net, X, y, grid, extent, features, held, None)
    shown = [min(n, _MOST) for n in net.sizes[1:]]
    drawn = _columns(shown) if axes is None else panels(axes, sum(shown), sum(shown))
    step = net.forward(view.plane.examples)
    places = iter(drawn)
    for l, (layer, units) in enumerate(zip(net, shown, strict=True), start=1):
        A, Z = (np.asarray(rows[l], dtype=np.float64).reshape(-1, grid, grid) for rows in (step.A, step.Z))
        borders = Z if layer.activation != "softmax" else np.moveaxis(leads(np.moveaxis(A, 0, 2)), 2, 0)
        for i in range(units):
            ax = next(places)
            _draw_map(ax, view, A[i], borders[i], layer.activation, l == len(net), imshow)
            ax.set_ylabel(f"$a^{{[{l}]}}_{{{i + 1}}}$", rotation=0, ha="right", va="center")
            say(ax, _("Unit {unit} of layer {layer} ({activation}) over {plane}: from {least:.3g} to {most:.3g}.", unit=i + 1,
                      layer=l, activation=layer.activation, plane=view.plane.in_words(), least=A[i].min(), most=A[i].max()))
            if i == 0:
                title = ax.annotate(_("layer {layer}", layer=l) + "\n" + layer.activation.replace("_", " "), (0.5, 1),
                                    xytext=(0, 4), ha="center", va="bottom", xycoords="axes fraction",
                                    textcoords="offset points")
                title.set_in_layout(units == max(shown))        # a shorter column has room above it
        if net.sizes[l] > units:
            ax.set_xlabel("⋮\n" + _("{units} more", units=net.sizes[l] - units))
    return drawn


def _draw_map(ax: Axes, view: View, a: np.ndarray, borders: np.ndarray, activation: str, is_output: bool,
              imshow: dict[str, Any]) -> None:
    largest = np.abs(a).max() or 1.0
    norm = Normalize(0, 1) if activation in _FROM_0_TO_1 else Normalize(-largest, largest)
    cmap = PROBABILITIES if is_output and activation in _FROM_0_TO_1 else SIGNS
    sheet = Sheet(a, cmap, norm, borders, 0.0)
    Pixels(ax, view.plane, imshow, sheet).show([sheet])
    draw_line(ax, view.plane, borders, 0.0)
    if is_output and view.y is not None and view.plane.points is not None:
        if view.names:
            draw_classes(ax, view.plane.points, view.y, view.names, s=5, linewidths=0)
        else:
            draw_values(ax, view.plane.points, view.y, s=5, linewidths=0)
    view.plane.frame(ax, labels=False)
    ax.set(xticks=[], yticks=[])


def _columns(units: list[int]) -> np.ndarray:
    """Axes of a new figure: a column for every layer, with its units in the middle."""
    from matplotlib import pyplot

    most = max(units)
    figure = pyplot.figure(figsize=(1.7 * len(units), 1.35 * most + 0.8), layout="constrained")
    grid = figure.add_gridspec(2 * most, len(units))
    drawn = [figure.add_subplot(grid[most - n + 2 * i:most - n + 2 * i + 2, l]) for l, n in enumerate(units) for i in range(n)]
    for ax in drawn:
        ax.set_box_aspect(1)
    return np.array(drawn, dtype=object)
