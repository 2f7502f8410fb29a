"""Figure 2, the network: a column of units for every layer, joined by the weights."""
from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from pynn.network import Network
from pynn.plot._colours import BIASES, NEGATIVE, POSITIVE
from pynn.plot._drawing import (
    CAPTION,
    DASHED,
    GREY,
    Places,
    canvas,
    check_finite,
    circle,
    column,
    index_labels,
    join,
    points,
    prediction,
    width_of,
    write,
)
from pynn.plot._input_names import input_names, say_names
from pynn.plot._names import sizes_of
from pynn.plot._style import styled
from pynn.plot.description import say
from pynn.translation import _


@styled
def network(net: Network, ax: Axes | None = None, **lines: Any) -> Axes:
    """Draw a network: a column of units for each layer, and a line for each weight.

    Positive weights are blue, negative ones orange and dashed. A line is wider where its weight is larger, and the colour of
    a unit is stronger where its bias is larger, both relative to the largest of the network. A unit with b = 0 is white.
    The activation stands over each column, and n[l] under it. Of more than 16 units the first 8 and the last 8 are drawn.
    Inputs have their names, if the network knows them: its `feature_names`, or those of its encoder.

    Parameters
    ----------
    net : Network
    ax : matplotlib Axes, optional
    **lines
        Keywords for the `matplotlib.collections.LineCollection` of each layer, such as alpha or linewidths.

    Returns
    -------
    matplotlib Axes
        Its collections are the lines of W[1], …, W[L], the thinnest first.

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> import pynn
    >>> ax = pynn.plot.network(pynn.Network([2, 4, 1], rng=0))
    >>> [len(lines.get_segments()) for lines in ax.collections]
    [8, 4]
    """
    check_finite(net)
    columns = [index_labels(n, 8, 8) for n in net.sizes]
    names = [_("input"), *net.activations]
    inputs = input_names(net, columns[0]) or {i: f"$x_{{{i}}}$" for i in columns[0] if i}
    counts = [f"$n^{{[{l}]}} = {n}$" for l, n in enumerate(net.sizes)]
    slots = max(map(len, columns))
    spacing = min(2.8, 20 / slots)
    radius, size = 0.36 * spacing, min(1.0, 0.8 * spacing)
    height = spacing * slots + 5.2
    step = max(*(width_of(text) + 0.8 for text in names + counts), (max(26, 4 / 3 * height) - 4) / len(columns))
    margin = max(2, radius + 0.8 + size * max(map(width_of, inputs.values())) - step / 2)
    width = margin + step * len(columns) + 2
    ax = canvas(ax, width, height)
    W, b = [layer.W for layer in net], [layer.b[:, 0] for layer in net]
    widest, strongest = (max(np.abs(array).max() for array in arrays) or 1.0 for arrays in (W, b))
    before: Places = {}
    for l, indices in enumerate(columns):
        x = margin + step * (l + 0.5)
        units = column(ax, x, 3.2 + spacing * slots / 2, indices, spacing)
        for i, (_x, y) in units.items():
            circle(ax, x, y, radius, facecolor="0.85" if l == 0 else BIASES(0.5 + b[l - 1][int(i) - 1] / strongest / 2))
            if l == 0:
                write(ax, x - radius - 0.4, y, inputs[i], size, ha="right")
            elif l == len(net):
                write(ax, x + radius + 0.4, y, f"${prediction(i, net)}$", size, ha="left")
        if l > 0:
            join(ax, before, units, W[l - 1], widest, **lines)
        write(ax, x, height - 1, names[l])
        write(ax, x, 2.4, counts[l])
        before = units
    left = width / 2 - 12.3
    write(ax, left, 0.8, _("weights and biases:"), CAPTION, ha="left", color=GREY)
    line: Any
    for x, colour, line, sign in ((left + 10, POSITIVE, "-", _("positive")), (left + 17.8, NEGATIVE, DASHED, _("negative"))):
        ax.add_line(Line2D([x, x + 1.8], [0.8, 0.8], color=colour, linewidth=points(ax, 0.2), linestyle=line))
        circle(ax, x + 2.4, 0.8, 0.35, facecolor=colour)
        write(ax, x + 3.1, 0.8, sign, CAPTION, ha="left")
    say(ax, _("The network {sizes} as columns of units ({names}), joined by its {weights} weights, from {least:.3g} to "
              "{most:.3g}: positive ones blue, negative ones orange and dashed, larger ones wider.",
              sizes=sizes_of(net), names=_(", ").join(names), weights=sum(array.size for array in W),
              least=min(array.min() for array in W), most=max(array.max() for array in W)) + say_names(net))
    return ax
