"""How loss and accuracy went, epoch by epoch, and over the learning rate."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import cbook
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import AutoLocator, MaxNLocator

from pynn.plot._panels import COLOURS, keep_strip, panel, say, styled

if TYPE_CHECKING:
    from pynn.history import History
    from pynn.range_test import RangeTest

_NAMES = {"accuracy": "accuracy", "r2": "$R^2$"}


@styled
def history(history: History, ax: Axes | None = None, **line: Any) -> Axes:
    """Draw the loss at the left axis and the accuracy, or R², at the right one over the epochs.

    Training is solid, validation dashed.

    Parameters
    ----------
    history : History
        What `Network.fit` returned, of at least one epoch.
    ax : matplotlib Axes, optional
        The panel to draw in; None makes a new figure.
    **line
        Keywords for `matplotlib.axes.Axes.plot`, such as linewidth.

    Returns
    -------
    matplotlib Axes
        That of the loss; the accuracy is drawn in its twin.

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
    drawn = _draw(ax, history, "loss", "loss", present, {"color": COLOURS[0], **line})
    ax.set(xlabel="epoch", ylabel="loss")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    both = [ax]
    for name, label in _NAMES.items():
        if name in present:
            right = _twin(ax)
            drawn += _draw(right, history, name, label, present, {"color": COLOURS[3], **line})
            right.set_ylabel(label)
            right.yaxis.set_major_locator(_UpToOne())
            both.append(right)
    legend = ax.legend(handles=drawn, loc="upper center", ncols=2, frameon=False)
    if legend.get_window_extent().width > ax.get_window_extent().width:
        legend = ax.legend(handles=drawn, loc="upper center", ncols=2, frameon=False, fontsize="x-small", columnspacing=1)
    keep_strip(legend, *both)
    ends = [(curve.get_label(), np.asarray(curve.get_ydata())[[0, -1]]) for curve in drawn]
    went = [f"{label} from {first:.3g} to {last:.3g}" for label, (first, last) in ends]
    say(ax, f"Curves over {len(history.loss)} epochs: {', '.join(went)}.".replace("$R^2$", "R²"))
    return ax


def _draw(ax: Axes, history: History, name: str, label: str, present: set[str], line: dict[str, Any]) -> list[Line2D]:
    drawn = []
    for key, text, style in ((name, label, "-"), (f"val_{name}", f"validation {label}", "--")):
        if key in present:
            values = np.asarray(getattr(history, key))
            marker = "o" if len(values) == 1 else None              # a line through one point is not seen
            epochs = np.arange(1, len(values) + 1)
            drawn += ax.plot(epochs, values, **{"linestyle": style, "marker": marker, "label": text, **line})
    return drawn


def _twin(ax: Axes) -> Axes:
    current = ax.figure.gca()
    right = ax.twinx()
    ax.figure.sca(current)                          # twinx would leave the figure's current Axes on the twin
    right.yaxis.label.set_fontsize(ax.yaxis.label.get_fontsize())       # a panel that was given may be written smaller
    right.tick_params(labelsize=ax.yaxis.get_ticklabels()[0].get_fontsize())
    return right


class _UpToOne(AutoLocator):
    """Ticks up to 1, the most that accuracy and R² can be; the legend's strip above has none."""

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        return [tick for tick in super().tick_values(vmin, vmax) if tick < 1 + 1e-9]


@styled
def range_test(found: RangeTest, ax: Axes | None = None, **line: Any) -> Axes:
    """Draw the loss over the learning rate of a range test, and what it suggests.

    Parameters
    ----------
    found : RangeTest
        What `pynn.find_learning_rate` returned.
    ax : matplotlib Axes, optional
        The panel to draw in; None makes a new figure.
    **line
        Keywords for `matplotlib.axes.Axes.plot`.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError
        If an argument does not fit; the message names it.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pynn
    >>> X, y = pynn.datasets.circles(200, rng=0)
    >>> found = pynn.find_learning_rate(pynn.Network([2, 4, 1], rng=0), X, y)
    >>> pynn.plot.range_test(found).get_xscale()
    'log'
    """
    if not hasattr(found, "suggestion"):
        raise TypeError(f"found: expected what find_learning_rate returned, got {type(found).__name__}")
    ax = panel(ax)
    ax.plot(found.learning_rates, found.losses, **{"color": COLOURS[0], **cbook.normalize_kwargs(line, Line2D)})
    ax.axvline(found.suggestion, color=COLOURS[3], linestyle="--", label=rf"suggested: $\alpha = {found.suggestion:.2g}$")
    ax.set(xscale="log", xlabel=r"learning rate $\alpha$", ylabel="loss, smoothed")
    ax.legend(frameon=False)
    say(ax, f"The loss while the learning rate grows from {found.learning_rates[0]:.2g} to {found.learning_rates[-1]:.2g}: "
            f"it is least at {10 * found.suggestion:.2g}, and a tenth of that is suggested.")
    return ax
