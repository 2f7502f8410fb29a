"""What a network answers over the plane of two features."""
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
from pynn.plot._panels import COLOURS, VALUES_MAP, add_colorbar, panel, plain, say, styled
from pynn.plot._plane import check_network, plane_of
from pynn.plot.figure1_dataset import class_names, draw_classes, draw_values, place_legend

if TYPE_CHECKING:
    from pynn.network import Network
    from pynn.plot._plane import Plane

TENTHS = np.linspace(0.0, 1.0, 11)      # what parts the bands of colour


def tint(colour: str, strength: float) -> tuple[float, float, float]:
    """A colour mixed with white."""
    red, green, blue = to_rgb(colour)
    return 1 - strength * (1 - red), 1 - strength * (1 - green), 1 - strength * (1 - blue)


def shades(*colours: str | tuple[float, float, float]) -> Colormap:
    """A map of colours from the first to the last."""
    return LinearSegmentedColormap.from_list("pynn", list(colours))


SCALES = {"linear": r"$\hat{y}$", "sigmoid": "$P(y = 1)$", "softmax": "lead of the likeliest class over the next"}
PROBABILITIES = shades(tint(COLOURS[0], 0.5), "white", tint(COLOURS[1], 0.5))
LEADS = shades(tint("black", 0.1), tint("black", 0.5))


def class_shades(k: int) -> Colormap:
    """The colours of class k, stronger the surer."""
    colour = COLOURS[k % len(COLOURS)]
    return shades(tint(colour, 0.15), tint(colour, 0.5))


@styled
def decision_surface(net: Network, X: ArrayLike | None = None, y: ArrayLike | None = None, ax: Axes | None = None, *,
                     grid: int = 200, extent: Sequence[float] | None = None, features: Sequence[int] | None = None,
                     held: ArrayLike | None = None, label_names: Sequence[str] | None = None, **contourf: Any) -> Axes:
    """Draw what a network answers over the plane of two features, and the examples on it.

    One sigmoid unit: P(y = 1), with a line where it is 0.5. Softmax: the region of every class, stronger the more its
    probability leads the next one's. Regression with one unit: the value.

    Parameters
    ----------
    net : Network
        It is only asked, never trained.
    X : array-like of shape (m, n[0]), optional
        Examples: the picture reaches a tenth of their range beyond them.
    y : array-like of shape (m,), optional
        The targets of X, in any form that `net.fit` takes; the examples are drawn if they are given.
    ax : matplotlib Axes, optional
        The panel to draw in; None makes a new figure.
    grid : int
        Points along each axis, at least 2; the network answers grid² examples.
    extent : (x1_min, x1_max, x2_min, x2_max), optional
        What the picture shows; without it and without X it is (−1.5, 1.5, −1.5, 1.5).
    features : (i, j), optional
        The two columns of X along the axes, counted from 0; of two features (0, 1).
    held : array-like of shape (n[0],) or (n[0] − 2,), optional
        With more than two features: a point that the plane goes through, such as X.mean(axis=0) or X[7], or only the values
        of the other features in their order.  The examples are drawn where their two features are, in the plane or not.
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
    output, _ = kind_of(net)
    plane = plane_of(net, X, grid, extent, features, held)
    answers, names = answers_of(net, plane.points, y, label_names)
    x1, x2, values = plane.x1, plane.x2, values_over(net, plane)

    ax = panel(ax)
    if output == "linear":
        filled = _draw_values(ax, x1, x2, values, answers, contourf)
    elif output == "sigmoid":
        filled = _draw_probability(ax, x1, x2, values, contourf)
    else:
        filled = _draw_regions(ax, x1, x2, values, contourf)
    if plane.points is not None and answers is not None:
        if output == "linear":
            draw_values(ax, plane.points, answers, cmap=filled.cmap, norm=filled.norm, edgecolors="black")
        else:
            draw_classes(ax, plane.points, answers, names)
            place_legend(ax, len(answers))
    add_colorbar(ax, filled, SCALES[output])
    plane.frame(ax)
    shown = {"linear": "The value", "sigmoid": "The probability of y = 1", "softmax": "The likeliest class"}[output]
    on_it = "" if answers is None else f", with {len(answers)} examples on it"
    say(ax, f"{shown} that the network {'-'.join(map(str, net.sizes))} answers for {plane.in_words()}{on_it}.")
    return ax


def kind_of(net: Network) -> tuple[str, int]:
    """The output layer's activation and width, where one surface can show them."""
    check_network(net)
    output, units = net[len(net)].activation, net.sizes[-1]
    if output != "softmax" and units != 1:
        raise ValueError(f"net: expected one output unit or softmax, got {units} units of {output!r}")
    return output, units


def answers_of(net: Network, points: np.ndarray | None, y: ArrayLike | None,
               label_names: Sequence[str] | None) -> tuple[np.ndarray | None, dict[int, str]]:
    """The targets, (m,), as classes or values, and the names of the classes."""
    if y is None:
        return None, {}
    if points is None:
        raise ValueError("y: expected X along with y, got X=None")
    output, units = kind_of(net)
    answers = validation.check_targets(y, "y", len(points), units, output, np.dtype(np.float64))
    answers = answers.argmax(axis=1) if output == "softmax" and answers.ndim == 2 else answers.reshape(len(points))
    if label_names is None and net.label_names is not None:
        label_names = [plain(name) for name in net.label_names]
    return answers, {} if output == "linear" else class_names(answers, label_names)


def values_over(net: Network, plane: Plane) -> np.ndarray:
    """What the network answers over the plane: (grid, grid), P(y = 1) or ŷ, or of softmax (grid, grid, K)."""
    grid = len(plane.x1)
    if net.is_regression:
        return np.asarray(net.predict(plane.examples), dtype=np.float64).reshape(grid, grid)
    p = np.asarray(net.predict_proba(plane.examples), dtype=np.float64).reshape(grid, grid, -1)
    return p if net.sizes[-1] > 1 else p[:, :, 1]


def leads(p: np.ndarray) -> np.ndarray:
    """By how much each class's probability leads that of the best other one: above 0 where it is the likeliest."""
    return np.stack([p[:, :, k] - np.delete(p, k, axis=2).max(axis=2) for k in range(p.shape[2])], axis=2)


def _draw_probability(ax: Axes, x1: np.ndarray, x2: np.ndarray, p: np.ndarray, given: dict[str, Any]) -> ScalarMappable:
    filled = ax.contourf(x1, x2, p, **_keywords(given, cmap=PROBABILITIES, levels=TENTHS))
    draw_line(ax, x1, x2, p, 0.5)
    return filled


def _draw_values(ax: Axes, x1: np.ndarray, x2: np.ndarray, values: np.ndarray, y: np.ndarray | None,
                 given: dict[str, Any]) -> ScalarMappable:
    both = values if y is None else np.append(values, y)        # one scale for the surface and the points on it
    levels = MaxNLocator(20).tick_values(both.min(), both.max())
    return ax.contourf(x1, x2, values, **_keywords(given, cmap=VALUES_MAP, levels=levels))


def _draw_regions(ax: Axes, x1: np.ndarray, x2: np.ndarray, p: np.ndarray, given: dict[str, Any]) -> ScalarMappable:
    for k, lead in enumerate(np.moveaxis(leads(p), 2, 0)):
        if lead.max() > 0:
            ax.contourf(x1, x2, lead, **_keywords(given, cmap=class_shades(k), levels=TENTHS))
        draw_line(ax, x1, x2, lead, 0.0)
    return ScalarMappable(cmap=LEADS)       # from 0 to 1


def draw_line(ax: Axes, x1: np.ndarray, x2: np.ndarray, values: np.ndarray, level: float) -> list[Any]:
    """The line where the values cross a level, if they do."""
    if values.min() < level < values.max():         # matplotlib warns of a line that is nowhere
        return [ax.contour(x1, x2, values, levels=[level], colors="black", linewidths=1.2)]
    return []


def _keywords(given: dict[str, Any], **defaults: Any) -> dict[str, Any]:
    if "colors" in given:                           # matplotlib takes these or a map, not both
        del defaults["cmap"]
    return {**defaults, **given}
