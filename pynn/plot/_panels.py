"""What every picture shares: its panels, their style and colours, the place of a legend, and its description in words."""
from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import matplotlib
import numpy as np
from matplotlib.animation import Animation
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend

# Okabe and Ito's colours for the colour-blind; the first two, blue and orange, also differ in grey.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000")
MARKERS = ("o", "^", "s", "D", "v", "P", "X")       # 7 markers and 8 colours: the first 56 pairs are all different
VALUES_MAP = "viridis"                              # its lightness only grows: read in grey and by the colour-blind
STYLE: Any = {"font.size": 12.0, "mathtext.fontset": "cm"}       # legible from the back of a lecture room

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_DESCRIPTIONS: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def styled(draw: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Let a function draw in pynn's style, which ends with the call."""
    @functools.wraps(draw)
    def drawn(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        before = {key: matplotlib.rcParams[key] for key in STYLE}
        matplotlib.rcParams.update(STYLE)
        try:
            return draw(*args, **kwargs)
        finally:        # not rc_context: it would also take back what a notebook sets when the first figure loads its backend
            matplotlib.rcParams.update(before)
    return drawn


def panel(ax: Axes | None, **figure: Any) -> Axes:
    """The Axes to draw in: the given one, or that of a new figure made with these keywords."""
    if ax is None:
        from matplotlib import pyplot  # here, so that a picture in a given Axes leaves it alone

        return pyplot.subplots(**{"layout": "constrained", **figure})[1]
    if not isinstance(ax, Axes):
        raise TypeError(f"ax: expected a matplotlib Axes or None, got {type(ax).__name__}")
    return ax


def panels(axes: Any, rows: int, columns: int, **figure: Any) -> np.ndarray:
    """The Axes of a picture of several panels, (rows, columns): the given ones, as many of any shape, or new ones."""
    if axes is None:
        from matplotlib import pyplot

        return pyplot.subplots(rows, columns, squeeze=False, **{"layout": "constrained", **figure})[1]
    given = np.array(axes, dtype=object, ndmin=1).ravel()
    for ax in given:
        panel(ax if ax is not None else axes)
    if len(given) != rows * columns:
        raise ValueError(f"axes: expected {rows * columns} Axes, one for each panel, got {len(given)}")
    return given.reshape(rows, columns)


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
    """A colour scale beside the panel; the current Axes of the figure stays what it was."""
    ax.figure.colorbar(mappable, ax=ax, label=label)


def plain(name: str) -> str:
    """A name from somebody's data, in which a $ begins no mathematics."""
    return name.replace("$", r"\$")


def say(picture: Axes | Animation, text: str) -> None:
    """Keep what a picture shows in words, for describe; a later text of the same panel takes its place."""
    _DESCRIPTIONS[picture] = text


def describe(picture: Axes | Figure | Animation | Iterable[Axes]) -> str:
    """A picture of pynn in a sentence or two: the alt text for a page or a slide.

    Parameters
    ----------
    picture : matplotlib Axes, array of Axes, Figure or Animation
        What a function of pynn.plot returned, or the figure it is in.

    Returns
    -------
    str

    Raises
    ------
    TypeError, ValueError
        If it is no picture, or none that pynn drew.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pynn
    >>> X, y = pynn.datasets.circles(100, rng=0)
    >>> pynn.plot.describe(pynn.plot.dataset(X, y))
    '100 examples as points over x1 and x2: 50 of y = 0, 50 of y = 1.'
    """
    if isinstance(picture, Axes | Animation):
        parts: list[Any] = [picture]
    elif isinstance(picture, Figure):
        parts = list(picture.axes)
    else:
        parts = list(np.array(picture, dtype=object, ndmin=1).ravel())
        for part in parts:
            if not isinstance(part, Axes):
                raise TypeError(f"picture: expected what a function of pynn.plot returned, got {type(part).__name__}")
    texts = dict.fromkeys(_DESCRIPTIONS[part] for part in parts if part in _DESCRIPTIONS)
    if not texts:
        raise ValueError("picture: expected one that pynn.plot drew, got one that it knows nothing of")
    return " ".join(texts)
