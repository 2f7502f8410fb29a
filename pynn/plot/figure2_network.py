"""A whole network as columns of units, joined by its weights."""
from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D

from pynn.network import Network
from pynn.plot._drawing import (
    CAPTION,
    GREY,
    NEGATIVE,
    POSITIVE,
    Places,
    canvas,
    check_network,
    circle,
    column,
    index_labels,
    join,
    points,
    prediction,
    sizes_of,
    width_of,
    write,
)
from pynn.plot._panels import say, styled

_BIASES = LinearSegmentedColormap.from_list("pynn", [NEGATIVE, "white", POSITIVE])


@styled
def network(net: Network, ax: Axes | None = None, **lines: Any) -> Axes:
    """Draw a network: a column of units a layer, and every weight as a line.

    Blue is above 0, orange below. The width of a line goes with the size of its weight, the strength of a unit's colour with
    that of its bias, each beside the largest of the network; white is b = 0. Over each column stands its activation, under
    it n[l]. Of more than 16 units the first and the last 8 are drawn.

    Parameters
    ----------
    net : Network
    ax : matplotlib Axes, optional
        The panel to draw in; None makes a new figure.
    **lines
        Keywords for the `matplotlib.collections.LineCollection` of each layer, such as alpha or linewidths.

    Returns
    -------
    matplotlib Axes
        Its collections are the lines of W[1], …, W[L], thinnest first.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pynn
    >>> ax = pynn.plot.network(pynn.Network([2, 4, 1], rng=0))
    >>> [len(lines.get_segments()) for lines in ax.collections]
    [8, 4]
    """
    check_network(net)
    columns = [index_labels(n, 8, 8) for n in net.sizes]
    names = ["input", *net.activations]
    counts = [f"$n^{{[{l}]}} = {n}$" for l, n in enumerate(net.sizes)]
    slots = max(map(len, columns))
    spacing = min(2.8, 20 / slots)
    radius, size = 0.36 * spacing, min(1.0, 0.8 * spacing)
    height = spacing * slots + 5.2
    step = max(*(width_of(text) + 0.8 for text in names + counts), (max(26, 4 / 3 * height) - 4) / len(columns))
    width = step * len(columns) + 4
    ax = canvas(ax, width, height)
    W, b = [layer.W for layer in net], [layer.b[:, 0] for layer in net]
    widest, strongest = (max(np.abs(array).max() for array in arrays) or 1.0 for arrays in (W, b))
    before: Places = {}
    for l, indices in enumerate(columns):
        x = 2 + step * (l + 0.5)
        units = column(ax, x, 3.2 + spacing * slots / 2, indices, spacing)
        for i, (_, y) in units.items():
            circle(ax, x, y, radius, facecolor="0.85" if l == 0 else _BIASES(0.5 + b[l - 1][int(i) - 1] / strongest / 2))
            if l == 0:
                write(ax, x - radius - 0.4, y, f"$x_{{{i}}}$", size, ha="right")
            elif l == len(net):
                write(ax, x + radius + 0.4, y, f"${prediction(i, net)}$", size, ha="left")
        if l > 0:
            join(ax, before, units, W[l - 1], widest, **lines)
        write(ax, x, height - 1, names[l])
        write(ax, x, 2.4, counts[l])
        before = units
    left = width / 2 - 11.3
    write(ax, left, 0.8, "weights and biases:", CAPTION, ha="left", color=GREY)
    for x, colour, sign in ((left + 10, POSITIVE, "positive"), (left + 16.8, NEGATIVE, "negative")):
        ax.add_line(Line2D([x, x + 1.4], [0.8, 0.8], color=colour, linewidth=points(ax, 0.2)))
        circle(ax, x + 0.7, 0.8, 0.35, facecolor=colour)
        write(ax, x + 1.8, 0.8, sign, CAPTION, ha="left")
    say(ax, f"The network {sizes_of(net)} as columns of units ({', '.join(names)}), joined by its "
            f"{sum(array.size for array in W)} weights, from {min(array.min() for array in W):.3g} to "
            f"{max(array.max() for array in W):.3g}: blue above 0, orange below, the wider the larger.")
    return ax
