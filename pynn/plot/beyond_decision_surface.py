"""Beyond the article: the decision surface, what a network answers over the plane of two features."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from pynn.plot._examples import place_legend
from pynn.plot._names import sizes_of
from pynn.plot._panels import add_colorbar, panel
from pynn.plot._style import styled
from pynn.plot._surface import Surface, View, output_of, scale_label, values_over, view_of
from pynn.plot.description import say
from pynn.translation import _

if TYPE_CHECKING:
    from pynn.network import Network

@styled
def decision_surface(net: Network, X: ArrayLike | None = None, y: ArrayLike | None = None, ax: Axes | None = None, *,
                     grid: int = 200, extent: Sequence[float] | None = None, features: Sequence[int] | None = None,
                     held: ArrayLike | None = None, label_names: Sequence[str] | None = None, **contourf: Any) -> Axes:
    """Draw what a network answers over the plane of two features, and the examples on it.

    With one sigmoid unit this is P(y = 1), blue above 1/2 and orange below, with a line at 1/2. With softmax it is the
    region of every class, stronger where the lead of its probability over the next one's is larger. In a regression with
    one unit it is the value.

    Parameters
    ----------
    net : Network
    X : array-like of shape (m, n[0]), optional
        Examples. The picture reaches a tenth of their range beyond them.
    y : array-like of shape (m,), optional
        The targets of X, in any form that `net.fit` takes. The examples are drawn if y is given.
    ax : matplotlib Axes, optional
    grid : int
        Points along each axis, at least 2. The network answers grid² examples.
    extent : (x1_min, x1_max, x2_min, x2_max), optional
        The limits of the picture; without extent and X they are (−1.5, 1.5, −1.5, 1.5).
    features : (i, j), optional
        The two columns of X along the axes, counted from 0; (0, 1) if there are two features.
    held : array-like of shape (n[0],) or (n[0] − 2,), optional
        With more than two features: a point in the plane, such as X.mean(axis=0) or X[7], or only the values of the other
        features in their order. Examples outside the plane are drawn too, at their two features.
    label_names : sequence of str, optional
        The name of class k at position k, for the legend; None takes `net.label_names`.
    **contourf
        Keywords for `matplotlib.axes.Axes.contourf`, such as levels, cmap or alpha.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(100, rng=0)
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> ax = pynn.plot.decision_surface(net, X, y, grid=50)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('$x_1$', '$x_2$')
    """
    output = output_of(net)
    view = view_of(net, X, y, grid, extent, features, held, label_names)
    values = values_over(net, view.plane)
    ax = panel(ax)
    reach = values if view.y is None else np.append(values, view.y)         # the surface and its points share one scale
    surface = Surface(ax, output, view, values, reach, contourf, contours=True)
    if surface.points:
        place_legend(ax, surface.points, view.names)
    add_colorbar(ax, surface.scale, scale_label(output))
    say(ax, _in_words(net, output, view))
    return ax


def _in_words(net: Network, output: str, view: View) -> str:
    sentence = {
        "linear": _("The value that the network {sizes} answers for {plane}."),
        "sigmoid": _("The probability of y = 1 that the network {sizes} answers for {plane}: blue above 1/2, orange below."),
        "softmax": _("The likeliest class that the network {sizes} answers for {plane}."),
    }[output].format(sizes=sizes_of(net), plane=view.plane.in_words())
    return sentence if view.y is None else " ".join((sentence, _("There are {m} examples on it.", m=len(view.y))))
