"""What pictures share around their content: panels, given or new, colour bars, and room for a legend."""
from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend
from matplotlib.transforms import Bbox


def panel(ax: Axes | None, **figure: Any) -> Axes:
    """The Axes to draw in: the given one, or that of a new figure made with these keywords."""
    if ax is None:
        from matplotlib import pyplot  # here, because a picture in a given Axes does not need pyplot

        return pyplot.subplots(**{"layout": "constrained", **figure})[1]
    if not isinstance(ax, Axes):
        raise TypeError(f"ax: expected a matplotlib Axes or None, got {type(ax).__name__}")
    return ax


def panels(axes: Any, n: int, columns: int, **figure: Any) -> np.ndarray:
    """The n Axes, (n,), of a picture: the given ones in any shape, or those of a new figure in rows of `columns` at most."""
    if axes is None:
        from matplotlib import pyplot

        columns = min(columns, n)
        new = pyplot.subplots(-(-n // columns), columns, squeeze=False, **{"layout": "constrained", **figure})[1].ravel()
        for ax in new[n:]:
            ax.remove()
        return new[:n]
    given = np.array(axes, dtype=object, ndmin=1).ravel()
    for ax in given:
        panel(ax if ax is not None else axes)
    if len(given) != n:
        raise ValueError(f"axes: expected {n} Axes, one for each panel, got {len(given)}")
    return given


def has_room(ax: Axes) -> bool:
    """Whether the figure's layout makes room for what is drawn beside a panel."""
    return isinstance(ax.figure.get_layout_engine(), ConstrainedLayoutEngine)


def keep_strip(legend: Legend, *panels: Axes) -> None:
    """Give a legend a strip of its own at the top within the panels: it covers no data, and a title stays free."""
    strip = min(0.5, legend.get_window_extent().height / panels[0].get_window_extent().height + 0.04)
    for ax in panels:
        low, high = ax.get_ylim()
        ax.set_ylim(low, low + (high - low) / (1 - strip))


def add_colorbar(ax: Axes, mappable: Any, label: str) -> None:
    """A colour bar beside a panel and as tall as it; the current Axes of the figure stays what it was."""
    bar = ax.figure.colorbar(mappable, ax=ax, label=label).ax
    bar.set_axes_locator(_Beside(ax, bar))


class _Beside:
    """Where a colour bar stands when it is drawn: beside its panel, also if an equal aspect makes the panel smaller."""

    def __init__(self, ax: Axes, bar: Axes) -> None:
        self._ax: Any = ax
        self._place: Any = bar.get_axes_locator()

    def __call__(self, bar: Any, renderer: Any) -> Bbox:
        self._ax.apply_aspect()
        room, panel, place = self._ax.get_position(original=True), self._ax.get_position(), self._place(bar, renderer)
        left = place.x0 - (room.x1 - panel.x1)
        return Bbox.from_extents(left, panel.y0, left + place.width, panel.y1)

    def get_subplotspec(self) -> Any:
        """What matplotlib's tight layout asks a locator for."""
        return self._place.get_subplotspec()
