"""Networks, layers and neurons as circles and lines, with their weights."""
from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from pynn import validation
from pynn.network import Network
from pynn.plot.drawing import (
    GREY,
    NEGATIVE,
    POSITIVE,
    Cells,
    Part,
    arrow,
    canvas,
    cells_of,
    check_network,
    circle,
    column,
    extent,
    number,
    numbers,
    points,
    row,
    shown,
    width_of,
    write,
)
from pynn.plot.panels import say, styled

Places = dict[str, tuple[float, float]]

_MOST = 4, 2            # of a longer column of inputs or units the first and the last that are drawn
_BIASES = LinearSegmentedColormap.from_list("pynn", [NEGATIVE, "white", POSITIVE])


@styled
def network(net: Network, ax: Axes | None = None, **lines: Any) -> Axes:
    """Draw a network: a column of units a layer, and every weight as a line.

    Blue is above 0, orange below. The width of a line goes with \\|w\\|, the strength of a unit's colour with \\|b\\|, each
    beside the largest of the network; white is b = 0. Over each column stands its activation, under it n[l]. Of more than
    16 units the first and the last 8 are drawn.

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
    columns = [shown(n, 8, 8) for n in net.sizes]
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
                write(ax, x + radius + 0.4, y, f"${_output(i, net.sizes[-1])}$", size, ha="left")
        if l > 0:
            _join(ax, before, units, W[l - 1], widest, **lines)
        write(ax, x, height - 1, names[l])
        write(ax, x, 2.4, counts[l])
        before = units
    left = width / 2 - 11.3
    write(ax, left, 0.8, "weights and biases:", 0.85, ha="left", color=GREY)
    for x, colour, sign in ((left + 10, POSITIVE, "positive"), (left + 16.8, NEGATIVE, "negative")):
        ax.add_line(Line2D([x, x + 1.4], [0.8, 0.8], color=colour, linewidth=points(ax, 0.2)))
        circle(ax, x + 0.7, 0.8, 0.35, facecolor=colour)
        write(ax, x + 1.8, 0.8, sign, 0.85, ha="left")
    say(ax, f"The network {_sizes(net)} as columns of units ({', '.join(names)}), joined by its "
            f"{sum(array.size for array in W)} weights, from {min(array.min() for array in W):.3g} to "
            f"{max(array.max() for array in W):.3g}: blue above 0, orange below, the wider the larger.")
    return ax


@styled
def neuron(net: Network | None = None, x: ArrayLike | None = None, ax: Axes | None = None, *, layer: int = 1, unit: int = 1,
           **circles: Any) -> Axes:
    """Draw one neuron: its inputs with their weights, the bias, the sum z, the activation g, the output.

    Without a network in symbols, with one with its weights and bias, with an example x with every number. Blue is above 0,
    orange below. Of more than 6 inputs the first 4 and the last 2 are drawn.

    Parameters
    ----------
    net : Network, optional
    x : array-like of shape (n[0],), optional
        One example.
    ax : matplotlib Axes, optional
        The panel to draw in; None makes a new figure.
    layer, unit : int
        Which neuron of the network, both counted from 1 as in the article: unit i is row i − 1 of ``net[layer].W``.
    **circles
        Keywords for the `matplotlib.patches.Circle` of inputs, sum, activation and output, such as facecolor.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError, IndexError
        If an argument does not fit; the message names it.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pynn
    >>> ax = pynn.plot.neuron(pynn.Network([2, 4, 1], rng=0), [0.5, -1.0], layer=1, unit=2)
    >>> pynn.plot.describe(ax)
    ''
    """
    W, b, A, z, a = _known(net, x, layer, unit)
    i, inputs = str(unit), ["1", "2", "", "n"]
    at, row_at, before, output, g, of_z, name = "", "^T", "x", r"\hat{y}", "g", "g(z)", ""
    if net is not None:
        inputs, name = shown(net.sizes[layer - 1], *_MOST), net[layer].activation
        at, row_at, g = f"_{{{i}}}^{{[{layer}]}}", f"_{{{i}}}^{{[{layer}]T}}", f"g^{{[{layer}]}}"
        before = "x" if layer == 1 else f"a^{{[{layer - 1}]}}"
        output = f"a{at}" if layer < len(net) else _output(i, net.sizes[-1])
        of_z = _activated(i, str(layer), name)
    given = {j: _value(A, j) for j in inputs if j}
    weights = {j: _equal(f"w_{{{j}}}", W, i, j) for j in given}
    z_text, result = _equal(f"z{at}", z, i), _value(a, i)
    radius, large = 1.4, 2.0
    x_in = radius + 1.2 + max(map(width_of, given.values()))
    x_z = x_in + 7.5 + max(map(width_of, weights.values()))
    x_g = x_z + 2 * large + 2 + width_of(z_text)
    x_out = x_g + large + radius + 2.6
    middle = 3 + max(1.6 * len(inputs), 3.4)
    top = middle + 0.6 + max(1.6 * len(inputs), 6.6)
    ax = canvas(ax, x_out + radius + 1.4 + max(1.0, width_of(result)), top + 1)

    places = column(ax, x_in, middle, inputs, 3.2)
    _join(ax, places, {i: (x_z, middle)}, W, 1.0 if W is None else np.abs(W[unit - 1]).max())
    for j, (_, y) in places.items():
        circle(ax, x_in, y, radius, f"${before[0]}_{{{j}}}{before[1:]}$", **circles)
        write(ax, x_in - radius - 0.5, y, given[j], ha="right")
        write(ax, x_in + 0.42 * (x_z - x_in), y + 0.42 * (middle - y), weights[j], rotation_mode="anchor",
              rotation=math.degrees(math.atan2(middle - y, x_z - x_in)),
              bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"})
    y_b = middle + large + 1.8 + radius
    arrow(ax, (x_z, y_b - radius), (x_z, middle + large))
    arrow(ax, (x_z + large, middle), (x_g - large, middle))
    arrow(ax, (x_g + large, middle), (x_out - radius, middle))
    circle(ax, x_z, y_b, radius, "$b$", **circles)
    circle(ax, x_z, middle, large, r"$\Sigma$", 1.6, **circles)
    circle(ax, x_g, middle, large, f"${g}$", 1.3, **circles)
    circle(ax, x_out, middle, radius, f"${output}$", **circles)
    write(ax, x_z + radius + 0.5, y_b, _value(b, i), ha="left")
    write(ax, (x_z + x_g) / 2, middle + 1, z_text)
    write(ax, x_out + radius + 0.5, middle, result, ha="left")
    write(ax, x_g, middle - large - 1, name, 0.85)
    for x_at, word in ((x_in, "inputs"), ((x_in + x_z) / 2, "weights"), (x_z, "bias, sum"), (x_g, "activation"),
                       (x_out, "output")):
        write(ax, x_at, top, word, 0.85, color=GREY)
    write(ax, (x_in + x_out) / 2, 1.2, rf"$z{at} = w{row_at} {before} + b{at}, \qquad {output} = {of_z}$")
    found = [f"{letter} = {array[unit - 1, 0]:.3g}" for letter, array in (("b", b), ("z", z), ("a", a)) if array is not None]
    which = "One neuron" if net is None else f"Unit {unit} of layer {layer} ({name}) of the network {_sizes(net)}"
    say(ax, f"{which}: its inputs times their weights and the bias b sum up to z, of which the activation makes the output"
            f"{'; ' if found else ''}{', '.join(found)}.")
    return ax


@styled
def layer(net: Network | None = None, x: ArrayLike | None = None, ax: Axes | None = None, *, layer: int = 1,
          **circles: Any) -> Axes:
    """Draw one layer: its units, the equations of one example stacked into matrices, and those of all examples.

    Without a network in symbols, with one with W[l] and b[l], with an example x with every number. Blue is above 0, orange
    below. Of more than 6 inputs or units the first 4 and the last 2 are drawn.

    Parameters
    ----------
    net : Network, optional
    x : array-like of shape (n[0],), optional
        One example.
    ax : matplotlib Axes, optional
        The panel to draw in; None makes a new figure.
    layer : int
        Which layer of the network, from 1.
    **circles
        Keywords for the `matplotlib.patches.Circle` of inputs and units, such as facecolor.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError, IndexError
        If an argument does not fit; the message names it.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pynn
    >>> ax = pynn.plot.layer(pynn.Network([2, 4, 1], rng=0), [0.5, -1.0], layer=1)
    >>> pynn.plot.describe(ax)
    ''
    """
    W, b, A, z, a = _known(net, x, layer)
    inputs = units = ["1", "2", "", "n"]
    l, l_before, n, n_before, m, name = "l", "l-1", "n^{[l]}", "n^{[l-1]}", "m", ""
    if net is not None:
        inputs, units = (shown(n, *_MOST) for n in net.sizes[layer - 1:layer + 1])
        l, l_before, name = str(layer), str(layer - 1), net[layer].activation
        n_before, n = map(str, net.sizes[layer - 1:layer + 1])
    at = f"^{{[{l}]}}"

    def vector(letter: str, values: np.ndarray | None, l: str, indices: list[str]) -> Cells:
        return cells_of(indices, ["1"], lambda i, j: _value(values, i) or f"${letter}_{{{i}}}^{{[{l}]}}$")

    if W is None:
        weights = cells_of(units, ["1"], lambda i, j: f"$-\\; w_{{{i}}}^{{[{l}]T}} -$")
    else:
        weights = numbers(W, units, inputs)
    one_example: list[Part] = [
        (vector("z", z, l, units), f"$z{at}$"), ("$=$", ""), (weights, f"$W{at}$"),
        (vector("a", A, l_before, inputs), f"$a^{{[{l_before}]}}$"), ("$+$", ""), (vector("b", b, l, units), f"$b{at}$"),
        (r"$\qquad$", ""), (vector("a", a, l, units), f"$a{at}$"), (f"$= g{at}(z{at})$", "")]
    all_examples: list[Part] = [
        (f"$Z{at}$", f"$({n}, m)$"), ("$=$", ""), (f"$W{at}$", f"$({n}, {n_before})$"),
        (f"$A^{{[{l_before}]}}$", f"$({n_before}, m)$"), ("$+$", ""), (f"$b{at}$", f"$({n}, 1)$"),
        (r"$\qquad$", ""), (f"$A{at}$", f"$({n}, m)$"), (f"$= g{at}(Z{at})$", "")]
    equations = {i: (f"{_equal(f'z_{{{i}}}{at}', z, i)[:-1]}, \\quad {_equal(f'a_{{{i}}}{at}', a, i)[1:]}" if a is not None else
                     f"$z_{{{i}}}{at} = w_{{{i}}}^{{[{l}]T}} a^{{[{l_before}]}} + b_{{{i}}}{at}, \\quad "
                     f"a_{{{i}}}{at} = {_activated(i, l, name)}$") for i in units if i}
    given = {j: _value(A, j) for j in inputs if j}

    radius, gap = 1.4, 9.0
    left = 1 + max(map(width_of, given.values()))
    wide = left + 4 * radius + gap + 1 + max(map(width_of, equations.values()))
    (matrix_width, matrix_height), (line_width, _) = extent(one_example), extent(all_examples)
    width = max(wide, matrix_width, line_width) + 1.6
    high = 3.2 * max(len(inputs), len(units))
    y_all, y_one = 2.6, 7.2 + matrix_height / 2
    y_units = y_one + matrix_height / 2 + 2.8 + high / 2
    ax = canvas(ax, width, y_units + high / 2 + 1.8)
    x_in = (width - wide) / 2 + left + radius
    x_units = x_in + 2 * radius + gap
    before = column(ax, x_in, y_units, inputs, 3.2)
    after = column(ax, x_units, y_units, units, 3.2)
    _join(ax, before, after, W, 1.0 if W is None else np.abs(W).max())
    for j, (_, y) in before.items():
        circle(ax, x_in, y, radius, f"$a_{{{j}}}^{{[{l_before}]}}$", **circles)
        write(ax, x_in - radius - 0.4, y, given[j], ha="right")
    for i, (_, y) in after.items():
        circle(ax, x_units, y, radius, f"$a_{{{i}}}{at}$", **circles)
        write(ax, x_units + radius + 0.6, y, equations[i], ha="left")
    top = y_units + high / 2 + 0.6
    write(ax, x_in, top, f"layer {l_before}" if net is not None else "layer $l-1$", 0.85, color=GREY)
    write(ax, x_units, top, f"layer {l}: {name}" if net is not None else "layer $l$", 0.85, color=GREY)
    write(ax, width / 2, y_one + matrix_height / 2 + 1.2, "one example: the equations of all units, stacked", 0.85, color=GREY)
    row(ax, width / 2, y_one, one_example)
    write(ax, width / 2, y_all + 1.8, "$m$ examples: a column each", 0.85, color=GREY)
    row(ax, width / 2, y_all, all_examples)
    which = "A layer" if net is None else f"Layer {layer} ({name}) of the network {_sizes(net)}"
    say(ax, f"{which}: every unit joined to every input, the equations of one example as z = W a + b and a = g(z) in matrices,"
            f" and those of m examples as Z = W A + b and A = g(Z).")
    return ax


def _known(net: Network | None, x: ArrayLike | None, layer: int, unit: int = 1) -> tuple[np.ndarray | None, ...]:
    """W[l] and b[l], where there is a network; A[l−1], Z[l] and A[l], where there is an example; None for the others."""
    if net is None:
        if x is not None or (layer, unit) != (1, 1):
            raise ValueError("net: expected a network along with x, layer or unit, got None")
        return (None,) * 5
    check_network(net)
    W, b = net[layer].W, net[layer].b
    if validation.positive_int(unit, "unit") > len(W):
        raise ValueError(f"unit: expected 1 to {len(W)}, as many as layer {layer} has, got {unit}")
    if x is None:
        return W, b, None, None, None
    example = validation.finite_array(x, "x")
    if example.shape != (net.sizes[0],):
        raise ValueError(f"x: expected one example of shape ({net.sizes[0]},), got {example.shape}")
    step = net.forward(example.reshape(1, -1))
    return W, b, step.A[layer - 1], step.Z[layer], step.A[layer]


def _value(values: np.ndarray | None, i: str, j: str = "1") -> str:
    """A number of an array, or nothing where it is not known."""
    return "" if values is None else f"${number(values[int(i) - 1, int(j) - 1])}$"


def _equal(symbol: str, values: np.ndarray | None, i: str, j: str = "1") -> str:
    """A symbol, and its number where it is known."""
    return f"${symbol}$" if values is None else f"${symbol} = {number(values[int(i) - 1, int(j) - 1])}$"


def _output(i: str, units: int) -> str:
    return r"\hat{y}" if units == 1 else rf"\hat{{y}}_{{{i}}}"


def _join(ax: Axes, before: Places, after: Places, W: np.ndarray | None, widest: float, **lines: Any) -> None:
    """A line for every weight between two columns, the thinnest first; black where it is not known."""
    edges = sorted(((0.0 if W is None else W[int(i) - 1, int(j) - 1]), start, end)
                   for i, end in after.items() for j, start in before.items())
    edges.sort(key=lambda edge: abs(edge[0]))
    colours = ["black" if w == 0 else POSITIVE if w > 0 else NEGATIVE for w, _, _ in edges]
    widths = [0.08 if W is None else 0.02 + 0.22 * abs(w) / widest for w, _, _ in edges]
    ax.add_collection(LineCollection([edge[1:] for edge in edges], **{
        "colors": colours, "linewidths": [points(ax, width) for width in widths], "zorder": 1, **lines}))


def _activated(i: str, l: str, activation: str) -> str:
    """g of unit i; softmax is one function of all units."""
    if activation == "softmax":
        return f"g_{{{i}}}^{{[{l}]}}(z^{{[{l}]}})"
    return f"g^{{[{l}]}}(z_{{{i}}}^{{[{l}]}})"


def _sizes(net: Network) -> str:
    return "-".join(map(str, net.sizes))
