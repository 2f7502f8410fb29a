"""What every unit of a network computes over the plane."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import Normalize
from numpy.typing import ArrayLike

from pynn.plot._panels import COLOURS, panels, say, styled
from pynn.plot._plane import check_network, plane_of
from pynn.plot.beyond_decision_surface import PROBABILITIES, answers_of, draw_line, leads, shades, tint
from pynn.plot.figure1_dataset import draw_classes, draw_values

if TYPE_CHECKING:
    from pynn.network import Network

_MOST = 16                                                      # units of a layer that are shown
_SIGNS = shades(tint(COLOURS[0], 0.8), "white", tint(COLOURS[1], 0.8))      # below, at and above 0
_FROM_0_TO_1 = ("sigmoid", "softmax")


@styled
def unit_maps(net: Network, X: ArrayLike | None = None, y: ArrayLike | None = None, axes: Any = None, *, grid: int = 100,
              extent: Sequence[float] | None = None, features: Sequence[int] | None = None, held: ArrayLike | None = None,
              **imshow: Any) -> np.ndarray:
    """Draw what each unit computes over the plane of two features, one small map a unit, laid out as the network.

    Blue is below 0, white 0 and orange above, up to the unit's largest value; of sigmoid and softmax white is 0.5.  The line
    is where z = 0, for relu the fold and for an output of sigmoid the decision; of softmax it bounds where the class wins.
    Of layers with more than 16 units the first 16 are shown.

    Parameters
    ----------
    net : Network
        It is only asked, never trained.
    X : array-like of shape (m, n[0]), optional
        Examples: the maps reach a tenth of their range beyond them.
    y : array-like of shape (m,), optional
        The targets of X; the examples are drawn on the output unit's map, and with softmax on each.
    axes : array of matplotlib Axes, optional
        One for each unit, layer by layer; None makes a new figure with a column a layer.
    grid, extent, features, held
        The plane, as of `decision_surface`.
    **imshow
        Keywords for `matplotlib.axes.Axes.imshow`, such as cmap.

    Returns
    -------
    ndarray of matplotlib Axes, (units,)
        Layer by layer.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pynn
    >>> net = pynn.Network([2, 4, 3, 1], rng=0)
    >>> axes = pynn.plot.unit_maps(net, grid=30)
    >>> len(axes), axes[-1].get_ylabel()
    (8, '$a^{[3]}_{1}$')
    """
    check_network(net)
    plane = plane_of(net, X, grid, extent, features, held)
    answers, names = answers_of(net, plane.points, y, None)
    shown = [min(n, _MOST) for n in net.sizes[1:]]
    drawn = _columns(shown) if axes is None else panels(axes, 1, sum(shown)).ravel()
    step = net.forward(plane.examples)
    places = iter(drawn)
    for l, (layer, units) in enumerate(zip(net, shown, strict=True), start=1):
        A, Z = (np.asarray(rows[l], dtype=np.float64).reshape(-1, grid, grid) for rows in (step.A, step.Z))
        borders = Z if layer.activation != "softmax" else np.moveaxis(leads(np.moveaxis(A, 0, 2)), 2, 0)
        for i in range(units):
            ax = next(places)
            largest = np.abs(A[i]).max() or 1.0
            scale = Normalize(0, 1) if layer.activation in _FROM_0_TO_1 else Normalize(-largest, largest)
            is_probability = l == len(net) and layer.activation in _FROM_0_TO_1
            ax.imshow(A[i], **{"origin": "lower", "extent": plane.pixels, "aspect": "auto", "interpolation": "bilinear",
                               "cmap": PROBABILITIES if is_probability else _SIGNS, "norm": scale, **imshow})
            draw_line(ax, plane.x1, plane.x2, borders[i], 0.0)
            if l == len(net) and answers is not None and plane.points is not None:
                if names:
                    draw_classes(ax, plane.points, answers, names, s=5, linewidths=0)
                else:
                    draw_values(ax, plane.points, answers, s=5, linewidths=0)
            plane.frame(ax, labels=False)
            ax.set(xticks=[], yticks=[])
            ax.set_ylabel(f"$a^{{[{l}]}}_{{{i + 1}}}$", rotation=0, ha="right", va="center")
            say(ax, f"Unit {i + 1} of layer {l} ({layer.activation}) over {plane.in_words()}: from {A[i].min():.3g} to "
                    f"{A[i].max():.3g}.")
            if i == 0:
                title = ax.annotate(f"layer {l}\n{layer.activation.replace('_', ' ')}", (0.5, 1), xytext=(0, 4), ha="center",
                                    va="bottom", xycoords="axes fraction", textcoords="offset points")
                title.set_in_layout(units == max(shown))        # a shorter column has room for it anyway
        if net.sizes[l] > units:
            ax.set_xlabel(f"⋮\n{net.sizes[l] - units} more")
    return drawn


def _columns(units: list[int]) -> np.ndarray:
    """Axes of a new figure, a column for every layer with its units in the middle."""
    from matplotlib import pyplot

    most = max(units)
    figure = pyplot.figure(figsize=(1.7 * len(units), 1.35 * most + 0.8), layout="constrained")
    grid = figure.add_gridspec(2 * most, len(units))
    drawn = [figure.add_subplot(grid[most - n + 2 * i:most - n + 2 * i + 2, l]) for l, n in enumerate(units) for i in range(n)]
    for ax in drawn:
        ax.set_box_aspect(1)
    return np.array(drawn, dtype=object)
