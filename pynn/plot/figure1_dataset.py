"""Figure 1, the data set: examples as points in the plane."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot._colours import BLUE
from pynn.plot._examples import class_names, draw_classes, draw_curve, draw_values, place_legend
from pynn.plot._names import ClassName, add_legend, spoken
from pynn.plot._panels import add_colorbar, has_room, keep_strip, panel
from pynn.plot._style import styled
from pynn.plot.description import say
from pynn.translation import _


@styled
def dataset(X: ArrayLike, y: ArrayLike, ax: Axes | None = None, *, label_names: Sequence[str] | None = None,
            **scatter: Any) -> Axes:
    """Draw examples as points: classes by colour and marker, values by a colour scale.

    Parameters
    ----------
    X : array-like of shape (m, 2) or (m, 1)
        The examples. With one feature y must be values, and they are drawn against x.
    y : array-like of shape (m,) or (m, 1)
        Integers are class numbers, floats are values.
    ax : matplotlib Axes, optional
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

    Examples
    --------
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
    names = class_names(answers, label_names) if answers.dtype.kind == "i" or label_names is not None else None
    if names is not None and features.shape[1] == 1:
        raise ValueError(f"X: expected shape (m, 2) for classes, got {features.shape}; y of floats are values")
    ax = panel(ax)
    say(ax, _in_words(features, answers, names))
    if features.shape[1] == 1:
        draw_curve(ax, features[:, 0], answers, BLUE, **scatter)
        ax.set(xlabel="$x_1$", ylabel="$y$")
        return ax
    if names is None:
        add_colorbar(ax, draw_values(ax, features, answers, **scatter), "$y$")
    else:
        drawn = draw_classes(ax, features, answers, names, **scatter)
        if has_room(ax):
            place_legend(ax, drawn, names)
        else:
            keep_strip(add_legend(ax, drawn, names, loc="upper center", ncols=min(3, len(names)), frameon=False), ax)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    return ax


def _in_words(X: np.ndarray, y: np.ndarray, names: Mapping[int, ClassName] | None) -> str:
    over = "x1" if X.shape[1] == 1 else _("x1 and x2")
    if names is None:
        return _("{m} examples as points over {features}, with values from {least:.3g} to {most:.3g}.", m=len(X), features=over,
                 least=y.min(), most=y.max())
    classes = (_("{m} of {name}", m=(y == k).sum(), name=spoken(name.text)) for k, name in names.items())
    return _("{m} examples as points over {features}: {classes}.", m=len(X), features=over, classes=_(", ").join(classes))
