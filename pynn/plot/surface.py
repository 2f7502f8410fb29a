"""What a network answers over the plane of its two features."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot.panels import COLOURS, VALUES_MAP, add_colorbar, panel, say, styled
from pynn.plot.points import class_names, draw_classes, draw_values, place_legend

if TYPE_CHECKING:
    from pynn.network import Network

_TENTHS = np.linspace(0.0, 1.0, 11)
_MARGIN = 0.1           # of the range of X, on every side


@styled
def decision_surface(net: Network, X: ArrayLike | None = None, y: ArrayLike | None = None, ax: Axes | None = None, *,
                     grid: int = 200, extent: Sequence[float] | None = None, label_names: Sequence[str] | None = None,
                     **contourf: Any) -> Axes:
    """Draw what a network of two features answers over the plane, and the examples on it.

    One sigmoid unit: P(y = 1), with a line where it is 0.5. Softmax: the region of every class, stronger the more its
    probability leads the next one's. Regression with one unit: the value.

    Parameters
    ----------
    net : Network
        With two features; it is only asked, never trained.
    X : array-like of shape (m, 2), optional
        Examples: the picture reaches a tenth of their range beyond them.
    y : array-like of shape (m,), optional
        The targets of X, in any form that `net.fit` takes; the examples are drawn if they are given.
    ax : matplotlib Axes, optional
        The panel to draw in; None makes a new figure.
    grid : int
        Points along each axis, at least 2; the network answers grid² examples.
    extent : (x1_min, x1_max, x2_min, x2_max), optional
        What the picture shows; without it and without X it is (−1.5, 1.5, −1.5, 1.5).
    label_names : sequence of str, optional
        The name of class k at position k, for the legend.
    **contourf
        Keywords for `matplotlib.axes.Axes.contourf`, such as levels, cmap or alpha.

    Returns
    -------
    matplotlib Axes

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
    >>> ax = pynn.plot.decision_surface(net, X, y, grid=50)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('$x_1$', '$x_2$')
    """
    output, units = _kind(net)
    grid = validation.positive_int(grid, "grid", 2)
    points = None if X is None else validation.examples(X, "X", 2, np.dtype(np.float64))
    x1_min, x1_max, x2_min, x2_max = _extent(extent, points)
    answers, names = None, {}
    if y is not None:
        if points is None:
            raise ValueError("y: expected X along with y, got X=None")
        answers = validation.targets(y, "y", len(points), units, output, np.dtype(np.float64))
        answers = answers.argmax(axis=1) if output == "softmax" and answers.ndim == 2 else answers.reshape(len(points))
        if output != "linear":
            names = class_names(answers, label_names)

    x1, x2 = np.linspace(x1_min, x1_max, grid), np.linspace(x2_min, x2_max, grid)
    plane = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)       # row i·grid + j is (x1[j], x2[i])
    values = np.asarray(net.predict(plane) if output == "linear" else net.predict_proba(plane), dtype=np.float64)
    values = values.reshape(grid, grid, -1)

    ax = panel(ax)
    if output == "linear":
        filled = _draw_values(ax, x1, x2, values[:, :, 0], answers, contourf)
    elif output == "sigmoid":
        filled = _draw_probability(ax, x1, x2, values[:, :, 1], contourf)
    else:
        filled = _draw_regions(ax, x1, x2, values, contourf)
    if points is not None and answers is not None:
        if output == "linear":
            draw_values(ax, points, answers, cmap=filled.cmap, norm=filled.norm, edgecolors="black")
        else:
            draw_classes(ax, points, answers, names)
            place_legend(ax, len(points))
    label = {"linear": r"$\hat{y}$", "sigmoid": "$P(y = 1)$", "softmax": "lead of the likeliest class over the next"}
    add_colorbar(ax, filled, label[output])
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(x1_min, x1_max), ylim=(x2_min, x2_max))
    shown = {"linear": "The value", "sigmoid": "The probability of y = 1", "softmax": "The likeliest class"}[output]
    on_it = "" if answers is None else f", with {len(answers)} examples on it"
    say(ax, f"{shown} that the network {'-'.join(map(str, net.sizes))} answers for x1 from {x1_min:.3g} to {x1_max:.3g} "
            f"and x2 from {x2_min:.3g} to {x2_max:.3g}{on_it}.")
    return ax


def _kind(net: Network) -> tuple[str, int]:
    """The output layer's activation and width, where one surface can show them."""
    if not all(hasattr(net, name) for name in ("sizes", "predict", "predict_proba")):
        raise TypeError(f"net: expected a pynn.Network, got {type(net).__name__}")
    if net.sizes[0] != 2:
        raise ValueError(f"net: expected a network of 2 features, got {net.sizes[0]} (sizes {tuple(net.sizes)})")
    output, units = net[len(net)].activation, net.sizes[-1]
    if output != "softmax" and units != 1:
        raise ValueError(f"net: expected one output unit or softmax, got {units} units of {output!r}")
    return output, units


def _extent(extent: Sequence[float] | None, points: np.ndarray | None) -> tuple[float, float, float, float]:
    if extent is not None:
        edges = validation.finite_array(extent, "extent")
        if edges.shape != (4,) or edges[0] >= edges[1] or edges[2] >= edges[3]:
            raise ValueError(f"extent: expected (x1_min, x1_max, x2_min, x2_max), min below max, got {extent!r}")
        return float(edges[0]), float(edges[1]), float(edges[2]), float(edges[3])
    if points is None:
        return -1.5, 1.5, -1.5, 1.5
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    room = np.where(high > low, _MARGIN * (high - low), 1.0)
    low, high = low - room, high + room
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def _draw_probability(ax: Axes, x1: np.ndarray, x2: np.ndarray, p: np.ndarray, given: dict[str, Any]) -> ScalarMappable:
    colours = _shades(_tint(COLOURS[0], 0.5), "white", _tint(COLOURS[1], 0.5))
    filled = ax.contourf(x1, x2, p, **_keywords(given, cmap=colours, levels=_TENTHS))
    _draw_line(ax, x1, x2, p, 0.5)
    return filled


def _draw_values(ax: Axes, x1: np.ndarray, x2: np.ndarray, values: np.ndarray, y: np.ndarray | None,
                 given: dict[str, Any]) -> ScalarMappable:
    both = values if y is None else np.append(values, y)        # one scale for the surface and the points on it
    levels = MaxNLocator(20).tick_values(both.min(), both.max())
    return ax.contourf(x1, x2, values, **_keywords(given, cmap=VALUES_MAP, levels=levels))


def _draw_regions(ax: Axes, x1: np.ndarray, x2: np.ndarray, p: np.ndarray, given: dict[str, Any]) -> ScalarMappable:
    for k in range(p.shape[2]):
        lead = p[:, :, k] - np.delete(p, k, axis=2).max(axis=2)         # above 0 where class k is the likeliest
        colour = COLOURS[k % len(COLOURS)]
        shades = _shades(_tint(colour, 0.15), _tint(colour, 0.5))
        if lead.max() > 0:
            ax.contourf(x1, x2, lead, **_keywords(given, cmap=shades, levels=_TENTHS))
        _draw_line(ax, x1, x2, lead, 0.0)
    return ScalarMappable(cmap=_shades(_tint("black", 0.1), _tint("black", 0.5)))     # from 0 to 1


def _draw_line(ax: Axes, x1: np.ndarray, x2: np.ndarray, values: np.ndarray, level: float) -> None:
    if values.min() < level < values.max():         # matplotlib warns of a line that is nowhere
        ax.contour(x1, x2, values, levels=[level], colors="black", linewidths=1.2)


def _keywords(given: dict[str, Any], **defaults: Any) -> dict[str, Any]:
    if "colors" in given:                           # matplotlib takes these or a map, not both
        del defaults["cmap"]
    return {**defaults, **given}


def _tint(colour: str, strength: float) -> tuple[float, float, float]:
    red, green, blue = to_rgb(colour)
    return 1 - strength * (1 - red), 1 - strength * (1 - green), 1 - strength * (1 - blue)


def _shades(*colours: str | tuple[float, float, float]) -> Colormap:
    return LinearSegmentedColormap.from_list("pynn", list(colours))
