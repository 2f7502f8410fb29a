"""Examples as points in the plane."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import cbook
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.markers import MarkerStyle
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot._panels import COLOURS, MARKERS, VALUES_MAP, add_colorbar, has_room, keep_strip, panel, say, styled

_CLASSES = len(COLOURS) * len(MARKERS)
_MANY = 5000                                        # from here on looking for a legend's best place takes too long


@styled
def dataset(X: ArrayLike, y: ArrayLike, ax: Axes | None = None, *, label_names: Sequence[str] | None = None,
            **scatter: Any) -> Axes:
    """Draw examples as points: classes by colour and marker, values by a colour scale.

    Parameters
    ----------
    X : array-like of shape (m, 2) or (m, 1)
        The examples. One feature is drawn for values only, as y against x.
    y : array-like of shape (m,) or (m, 1)
        Integers are class numbers, floats are values.
    ax : matplotlib Axes, optional
        The panel to draw in; None makes a new figure.
    label_names : sequence of str, optional
        The name of class k at position k, for the legend; y is then read as classes.
    **scatter
        Keywords for `matplotlib.axes.Axes.scatter`, such as s or alpha.

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
    >>> ax = pynn.plot.dataset(X, y, label_names=["outside", "inside"])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['outside', 'inside']
    """
    features = validation.finite_array(X, "X")
    if features.ndim != 2 or features.shape[1] not in (1, 2):
        raise ValueError(f"X: expected shape (m, 2), or (m, 1) with values for y, got {features.shape}")
    m = len(features)
    if m == 0:
        raise ValueError(f"X: expected at least one example, got shape {features.shape}")
    answers = validation.finite_array(y, "y")
    if answers.shape not in ((m,), (m, 1)):
        raise ValueError(f"y: expected shape ({m},) or ({m}, 1), as many as X has examples, got {answers.shape}")
    answers = answers.reshape(m)
    is_class = answers.dtype.kind == "i" or label_names is not None
    if is_class:
        names = class_names(answers, label_names)
        if features.shape[1] == 1:
            raise ValueError(f"X: expected shape (m, 2) for classes, got {features.shape}; y of floats are values")
    ax = panel(ax)
    say(ax, _in_words(features, answers, names if is_class else None))
    if is_class:
        draw_classes(ax, features, answers, names, **scatter)
        if has_room(ax):
            place_legend(ax, m)
        else:
            keep_strip(ax.legend(loc="upper center", ncols=min(3, len(names)), frameon=False), ax)
    elif features.shape[1] == 1:
        ax.scatter(features[:, 0], answers, **_scatter_style(scatter, color=COLOURS[0]))
        ax.set(xlabel="$x_1$", ylabel="$y$")
        return ax
    else:
        add_colorbar(ax, draw_values(ax, features, answers, **scatter), "$y$")
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    return ax


def _in_words(X: np.ndarray, y: np.ndarray, names: dict[int, str] | None) -> str:
    over = "x1" if X.shape[1] == 1 else "x1 and x2"
    if names is None:
        return f"{len(X)} examples as points over {over}, their values from {y.min():.3g} to {y.max():.3g}."
    classes = ", ".join(f"{(y == k).sum()} of {name.strip('$')}" for k, name in names.items())
    return f"{len(X)} examples as points over {over}: {classes}."


def class_names(y: np.ndarray, label_names: Sequence[str] | None) -> dict[int, str]:
    """The classes in y, in order, with the text of their legend entries."""
    classes = np.unique(y)
    if (classes != np.floor(classes)).any():
        raise ValueError(f"y: expected whole class numbers with label_names, got {classes[classes % 1 != 0][0]}")
    if len(classes) > _CLASSES:
        raise ValueError(f"y: expected at most {_CLASSES} classes, got {len(classes)}; values to draw are floats")
    if label_names is None:
        return {int(k): f"$y = {int(k)}$" for k in classes}
    if isinstance(label_names, str):
        raise TypeError(f"label_names: expected a sequence of names, got the str {label_names!r}")
    names = [str(name) for name in label_names]
    if classes[0] < 0 or classes[-1] >= len(names):
        wrong = classes[0] if classes[0] < 0 else classes[-1]
        raise ValueError(f"label_names: expected a name for every class, got {len(names)} names and class {wrong:g}")
    return {int(k): names[int(k)] for k in classes}


def draw_classes(ax: Axes, X: np.ndarray, y: np.ndarray, names: dict[int, str], **scatter: Any) -> None:
    """One scatter a class; class k has the same colour and marker in every picture."""
    numbered = all(0 <= k < _CLASSES for k in names)
    for place, (k, name) in enumerate(names.items()):
        at = k if numbered else place
        style = _scatter_style(scatter, color=COLOURS[at % len(COLOURS)], marker=MARKERS[at % len(MARKERS)], label=name)
        ax.scatter(X[y == k, 0], X[y == k, 1], **style)


def draw_values(ax: Axes, X: np.ndarray, y: np.ndarray, **scatter: Any) -> PathCollection:
    """One scatter coloured by value."""
    return ax.scatter(X[:, 0], X[:, 1], c=y, **_scatter_style(scatter, cmap=VALUES_MAP))


def place_legend(ax: Axes, m: int) -> None:
    """Beside the panel where there is room, else within, where the fewest points are."""
    if has_room(ax):
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    else:
        ax.legend(loc="best" if m <= _MANY else "upper right")


def _scatter_style(given: dict[str, Any], **defaults: Any) -> dict[str, Any]:
    """Keywords for scatter: the given ones go before the defaults, under whichever of their names."""
    renamed = {"edgecolor": "edgecolors", "linewidth": "linewidths", "c": "color"}
    given = {renamed.get(name, name): value for name, value in cbook.normalize_kwargs(given, PathCollection).items()}
    if MarkerStyle(given.get("marker", "o")).is_filled():       # a cross has no edge to colour
        defaults = {"edgecolors": "white", "linewidths": 0.4, **defaults}
    return {"s": 24, **defaults, **given}
