"""Beyond the article: the range test of the learning rate."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib import cbook
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from pynn.plot._colours import BLUE, VERMILION
from pynn.plot._panels import panel
from pynn.plot._style import styled
from pynn.plot.description import say
from pynn.translation import _

if TYPE_CHECKING:
    from pynn.range_test import RangeTest


@styled
def range_test(found: RangeTest, ax: Axes | None = None, **line: Any) -> Axes:
    """Draw the loss over the learning rate of a range test, and the learning rate that it suggests.

    Parameters
    ----------
    found : RangeTest
        The result of `pynn.find_learning_rate`.
    ax : matplotlib Axes, optional
    **line
        Keywords for `matplotlib.axes.Axes.plot`.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(200, rng=0)
    >>> found = pynn.find_learning_rate(pynn.Network([2, 4, 1], rng=0), X, y)
    >>> pynn.plot.range_test(found).get_xscale()
    'log'
    """
    if not hasattr(found, "suggestion"):
        raise TypeError(f"found: expected the result of find_learning_rate, got {type(found).__name__}")
    ax = panel(ax)
    ax.plot(found.learning_rates, found.losses, **{"color": BLUE, **cbook.normalize_kwargs(line, Line2D)})
    suggested = _("suggested: {rate}", rate=rf"$\alpha = {found.suggestion:.2g}$")
    ax.axvline(found.suggestion, color=VERMILION, linestyle="--", label=suggested)
    ax.set(xscale="log", xlabel=_("learning rate {symbol}", symbol=r"$\alpha$"), ylabel=_("loss, smoothed"))
    ax.legend(frameon=False)
    say(ax, _("The loss while the learning rate grows from {first:.2g} to {last:.2g}. It is least at {best:.2g}, and a tenth "
              "of that is suggested.", first=found.learning_rates[0], last=found.learning_rates[-1],
              best=10 * found.suggestion))
    return ax
