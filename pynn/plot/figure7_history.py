"""Figure 7, the history of a training: loss and accuracy over the epochs."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import cbook
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import AutoLocator, MaxNLocator

from pynn.plot._colours import BLUE, VERMILION
from pynn.plot._names import label_of
from pynn.plot._panels import keep_strip, panel
from pynn.plot._style import styled
from pynn.plot.description import say
from pynn.translation import _

if TYPE_CHECKING:
    from pynn.history import History

@styled
def history(history: History, ax: Axes | None = None, **line: Any) -> Axes:
    """Draw loss and accuracy, or R², over the epochs, with a scale for the loss at the left and for the other at the right.

    Training is solid, validation is dashed.

    Parameters
    ----------
    history : History
        The result of `Network.fit`, of at least one epoch.
    ax : matplotlib Axes, optional
    **line
        Keywords for `matplotlib.axes.Axes.plot`, such as linewidth.

    Returns
    -------
    matplotlib Axes
        The Axes of the loss. The accuracy is drawn in its twin.

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(100, rng=0)
    >>> history = pynn.Network([2, 4, 1], rng=0).fit(X, y, epochs=5)
    >>> ax = pynn.plot.history(history)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['loss', 'accuracy']
    """
    if not (hasattr(history, "keys") and hasattr(history, "loss")):
        raise TypeError(f"history: expected a pynn History, got {type(history).__name__}")
    if len(history.loss) == 0:
        raise ValueError("history: expected at least one epoch, got none")
    line = cbook.normalize_kwargs(line, Line2D)
    present = set(history.keys())
    ax = panel(ax)
    drawn = _draw(ax, history, "loss", present, {"color": BLUE, **line})
    ax.set(xlabel=_("epoch"), ylabel=_("loss of standardised targets") if history.standardized_targets else label_of("loss"))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    both = [ax]
    for name in ("accuracy", "r2"):
        if name in present:
            right = _twin(ax)
            drawn += _draw(right, history, name, present, {"color": VERMILION, **line})
            right.set_ylabel(label_of(name))
            right.yaxis.set_major_locator(_UpToOne())
            both.append(right)
    legend = ax.legend(handles=drawn, loc="upper center", ncols=2, frameon=False)
    if legend.get_window_extent().width > ax.get_window_extent().width:
        legend = ax.legend(handles=drawn, loc="upper center", ncols=2, frameon=False, fontsize="x-small", columnspacing=1)
    keep_strip(legend, *both)
    ends = [(curve.get_label(), np.asarray(curve.get_ydata())[[0, -1]]) for curve in drawn]
    changes = [_("{curve} from {first:.3g} to {last:.3g}", curve=label, first=first, last=last)
               for label, (first, last) in ends]
    say(ax, _("Curves over {epochs} epochs: {changes}.", epochs=len(history.loss), changes=_(", ").join(changes))
        .replace("$R^2$", "R²"))
    return ax


def _draw(ax: Axes, history: History, name: str, present: set[str], line: dict[str, Any]) -> list[Line2D]:
    drawn = []
    label = label_of(name)
    for key, text, style in ((name, label, "-"), (f"val_{name}", _("validation {curve}", curve=label), "--")):
        if key in present:
            values = np.asarray(getattr(history, key))
            marker = "o" if len(values) == 1 else None              # a line through one point is invisible
            epochs = np.arange(1, len(values) + 1)
            drawn += ax.plot(epochs, values, **{"linestyle": style, "marker": marker, "label": text, **line})
    return drawn


def _twin(ax: Axes) -> Axes:
    current = ax.figure.gca()
    right = ax.twinx()
    ax.figure.sca(current)                          # twinx makes the twin the current Axes
    right.yaxis.label.set_fontsize(ax.yaxis.label.get_fontsize())       # a given panel may have smaller letters
    right.tick_params(labelsize=ax.yaxis.get_ticklabels()[0].get_fontsize())
    return right


class _UpToOne(AutoLocator):
    """Ticks up to 1, the largest accuracy and R²; the legend's strip above it has none."""

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        return [tick for tick in super().tick_values(vmin, vmax) if tick < 1 + 1e-9]
