"""The charts of a report, as SVG to stand in a page.  They have no text of the user's."""
from __future__ import annotations

import html
import io
import re
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pynn import plot
from pynn.history import History
from pynn.report.measures import Calibration
from pynn.translation import _

Array = np.ndarray[Any, np.dtype[Any]]

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#767676"
_SIZE = (4.6, 3.4)          # inches; in a column of this width its letters are those of the page
_MOST_POINTS = 2000
_STYLE: Any = {"font.size": 12.0, "svg.hashsalt": "pynn", "axes.spines.top": False, "axes.spines.right": False}


def learning_curves(history: History) -> str:
    """The loss, blue, and the accuracy or R², orange, over the epochs; dashed for validation rows."""
    with matplotlib.rc_context({**_STYLE, "axes.spines.right": True}):
        ax = _axes()
        plot.history(history, ax)
        legend = ax.get_legend()
        if legend is not None:          # its letters would be too small on a phone: the page says the same in words
            legend.remove()
        for each in ax.figure.axes:
            each.autoscale(axis="y")
        return _svg(ax, "curves", plot.describe(ax))


def calibration(found: Calibration) -> str:
    """The share that is right over the probability that was said, with the size of each bin as the size of its point."""
    with matplotlib.rc_context(_STYLE):
        ax = _axes()
        ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1)
        sizes = 20 + 180 * found.counts / found.counts.max()
        ax.plot(found.said, found.found, color=BLUE, linewidth=1)
        ax.scatter(found.said, found.found, sizes, color=BLUE, zorder=3, clip_on=False)
        ax.set(xlim=(0, 1), ylim=(0, 1), xlabel=_("probability that the model says"), ylabel=_("share that is so"))
        points = _(", ").join(_("{share:.2f} at {said:.2f}", share=share, said=said)
                              for said, share in zip(found.said, found.found, strict=True))
        description = _("Share that is so, over the probability that the model says: {points}.", points=points)
        return _svg(ax, "calibration", description)


def predicted_against_true(y: Array, predicted: Array) -> str:
    """A point for each row, at most _MOST_POINTS; on the diagonal if the prediction is right."""
    chosen = np.random.default_rng(0).permutation(len(y))[:_MOST_POINTS]
    with matplotlib.rc_context(_STYLE):
        ax = _axes()
        ends = [min(y.min(), predicted.min()), max(y.max(), predicted.max())]
        ax.plot(ends, ends, color=GREY, linestyle="--", linewidth=1)
        ax.scatter(y[chosen], predicted[chosen], 14, color=BLUE, alpha=0.5, linewidth=0)
        ax.set(xlabel=_("true value"), ylabel=_("predicted value"))
        return _svg(ax, "predicted", _("{count} points: predicted against true values, from {least:.4g} to {most:.4g}.",
                                       count=len(chosen), least=ends[0], most=ends[1]))


def errors(y: Array, predicted: Array) -> str:
    """How often errors of each size occur."""
    difference = predicted - y
    with matplotlib.rc_context(_STYLE):
        ax = _axes()
        ax.hist(difference, bins=min(30, max(5, round(len(y)**0.5))), color=BLUE)
        ax.axvline(0, color=GREY, linestyle="--", linewidth=1)
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set(xlabel=_("predicted value − true value"), ylabel=_("rows"))
        return _svg(ax, "errors", _("A histogram of the errors, from {least:.4g} to {most:.4g}.", least=difference.min(),
                                    most=difference.max()))


def _axes() -> Axes:
    ax = Figure(figsize=_SIZE, layout="constrained").subplots()
    ax.xaxis.set_major_locator(MaxNLocator(4))      # numbers such as −240000 stand side by side
    ax.yaxis.set_major_locator(MaxNLocator(5))
    return ax


def _svg(ax: Axes, name: str, description: str) -> str:
    """The figure as an element of a page: it is as wide as its place, and its ids are its own."""
    file = io.StringIO()
    figure: Any = ax.figure
    figure.savefig(file, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")), transparent=True)
    text = file.getvalue()
    text = re.sub(r"(?s)<metadata>.*?</metadata>|<style.*?</style>", "", text[text.index("<svg"):])
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text).replace("url(#", f"url(#{name}-")
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    return text.replace("<svg", f'<svg role="img" aria-label="{html.escape(description)}"', 1)
