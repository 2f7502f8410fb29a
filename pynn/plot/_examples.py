"""Examples as points in the plane: classes by colour and marker, values by a colour scale."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import cbook
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.markers import MarkerStyle

from pynn.plot._colours import CLASS_COLOURS, MARKERS, VALUES_MAP
from pynn.plot._names import ClassName, add_legend
from pynn.plot._panels import has_room

_CLASSES = len(CLASS_COLOURS) * len(MARKERS)
_MANY = 5000            # with more points the search for a legend's best place takes too long


def class_names(y: np.ndarray, label_names: Sequence[str] | None) -> dict[int, ClassName]:
    """The classes in y, in order, with their names."""
    classes = np.unique(y)
    if (classes != np.floor(classes)).any():
        raise ValueError(f"y: expected whole class numbers with label_names, got {classes[classes % 1 != 0][0]}")
    if len(classes) > _CLASSES:
        raise ValueError(f"y: expected at most {_CLASSES} classes, got {len(classes)}; values to draw are floats")
    if label_names is None:
        return {int(k): ClassName(f"y = {int(k)}", is_formula=True) for k in classes}
    if isinstance(label_names, str):
        raise TypeError(f"label_names: expected a sequence of names, got the str {label_names!r}")
    names = [str(name) for name in label_names]
    if classes[0] < 0 or classes[-1] >= len(names):
        wrong = classes[0] if classes[0] < 0 else classes[-1]
        raise ValueError(f"label_names: expected a name for every class, got {len(names)} names and class {wrong:g}")
    return {int(k): ClassName(names[int(k)]) for k in classes}


def draw_classes(ax: Axes, X: np.ndarray, y: np.ndarray, names: Mapping[int, ClassName],
                 **scatter: Any) -> list[PathCollection]:
    """One scatter for each class; class k has the same colour and marker in every picture."""
    numbered = all(0 <= k < _CLASSES for k in names)
    drawn = []
    for place, (k, name) in enumerate(names.items()):
        at = k if numbered else place
        style = _scatter_style(scatter, color=CLASS_COLOURS[at % len(CLASS_COLOURS)], marker=MARKERS[at % len(MARKERS)],
                               label=name.label)
        drawn.append(ax.scatter(X[y == k, 0], X[y == k, 1], **style))
    return drawn


def draw_values(ax: Axes, X: np.ndarray, y: np.ndarray, **scatter: Any) -> PathCollection:
    """One scatter coloured by value."""
    return ax.scatter(X[:, 0], X[:, 1], c=y, **_scatter_style(scatter, cmap=VALUES_MAP))


def draw_curve(ax: Axes, x: np.ndarray, y: np.ndarray, colour: str, **scatter: Any) -> PathCollection:
    """One scatter of values y over one feature x."""
    return ax.scatter(x, y, **_scatter_style(scatter, color=colour))


def place_legend(ax: Axes, drawn: Sequence[PathCollection], names: Mapping[int, ClassName]) -> None:
    """A legend beside the panel if there is room, or within it, where the fewest points are."""
    if has_room(ax):
        add_legend(ax, drawn, names, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    else:
        few = sum(np.shape(points.get_offsets())[0] for points in drawn) <= _MANY
        add_legend(ax, drawn, names, loc="best" if few else "upper right")


def _scatter_style(given: dict[str, Any], **defaults: Any) -> dict[str, Any]:
    """Keywords for scatter: the given ones, under whichever of their names, replace the defaults."""
    renamed = {"edgecolor": "edgecolors", "linewidth": "linewidths", "c": "color"}
    given = {renamed.get(name, name): value for name, value in cbook.normalize_kwargs(given, PathCollection).items()}
    if MarkerStyle(given.get("marker", "o")).is_filled():       # a cross has no edge to colour
        defaults = {"edgecolors": "white", "linewidths": 0.4, **defaults}
    return {"s": 24, **defaults, **given}
