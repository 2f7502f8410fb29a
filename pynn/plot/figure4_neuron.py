"""One neuron and one layer, in symbols or in numbers: the weighted sums, the bias, the activation."""
from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from pynn import validation
from pynn.network import Network
from pynn.plot._drawing import (
    CAPTION,
    GREY,
    Cells,
    Part,
    arrow,
    canvas,
    cells_of,
    check_network,
    circle,
    column,
    extent,
    index_labels,
    join,
    numbers,
    prediction,
    row,
    sizes_of,
    width_of,
    write,
)
from pynn.plot._panels import say, styled
from pynn.writing import number_mathtext

_RADIUS, _LARGE, _SPACING = 1.4, 2.0, 3.2       # of the circles, in ems


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
    >>> [text.get_text() for text in ax.texts if text.get_text().startswith("$w_{")]
    ['$w_{1} = -1.20$', '$w_{2} = 0.746$']
    """
    known = _Known(net, x, layer)
    if net is None and unit != 1:
        raise ValueError(f"net: expected a network along with unit {unit}, got None")
    if net is not None and validation.positive_int(unit, "unit") > net.sizes[layer]:
        raise ValueError(f"unit: expected 1 to {net.sizes[layer]}, as many as layer {layer} has, got {unit}")
    i, before = str(unit), "x" if layer == 1 else f"a^{{[{layer - 1}]}}"
    at, row_at, g, output, of_z = "", "^T", "g", r"\hat{y}", "g(z)"
    if net is not None:
        at, row_at, g = f"_{{{i}}}^{{[{layer}]}}", f"_{{{i}}}^{{[{layer}]T}}", f"g^{{[{layer}]}}"
        output, of_z = f"a{at}" if layer < len(net) else prediction(i, net), known.of_z(i)
    inputs = {j: known.value("A", j) for j in known.inputs if j}
    weights = {j: known.equal(f"w_{{{j}}}", "W", i, j) for j in inputs}
    z, result = known.equal(f"z{at}", "z", i), known.value("a", i)

    x_in = _RADIUS + 1.2 + max(map(width_of, inputs.values()))
    x_z = x_in + 8 + max(map(width_of, weights.values()))
    x_g = x_z + 2 * _LARGE + 2 + width_of(z)
    x_out = x_g + _LARGE + _RADIUS + 2.6
    half = _SPACING / 2 * len(known.inputs)
    middle = 3 + max(half, _LARGE + 1.4)
    y_b = middle + _LARGE + 1.8 + _RADIUS
    top = max(middle + half, y_b + _RADIUS) + 0.6
    ax = canvas(ax, x_out + _RADIUS + 1.4 + max(1.0, width_of(result)), top + 1)
    places = column(ax, x_in, middle, known.inputs, _SPACING)
    join(ax, places, {i: (x_z, middle)}, known.arrays.get("W"))
    share = 0.42                                # of the way along the line stands its weight
    for j, (_, y) in places.items():
        circle(ax, x_in, y, _RADIUS, f"${before[0]}_{{{j}}}{before[1:]}$", **circles)
        write(ax, x_in - _RADIUS - 0.5, y, inputs[j], ha="right")
        write(ax, x_in + share * (x_z - x_in), y + share * (middle - y), weights[j], rotation_mode="anchor",
              rotation=math.degrees(math.atan2(middle - y, x_z - x_in)),
              bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"})
    arrow(ax, (x_z, y_b - _RADIUS), (x_z, middle + _LARGE))
    arrow(ax, (x_z + _LARGE, middle), (x_g - _LARGE, middle))
    arrow(ax, (x_g + _LARGE, middle), (x_out - _RADIUS, middle))
    circle(ax, x_z, y_b, _RADIUS, "$b$", **circles)
    circle(ax, x_z, middle, _LARGE, r"$\Sigma$", 1.6, **circles)
    circle(ax, x_g, middle, _LARGE, f"${g}$", 1.3, **circles)
    circle(ax, x_out, middle, _RADIUS, f"${output}$", **circles)
    write(ax, x_z + _RADIUS + 0.5, y_b, known.value("b", i), ha="left")
    write(ax, (x_z + x_g) / 2, middle + 1, z)
    write(ax, x_out + _RADIUS + 0.5, middle, result, ha="left")
    write(ax, x_g, middle - _LARGE - 1, known.activation, CAPTION)
    for place, word in ((x_in, "inputs"), (x_in + share * (x_z - x_in), "weights"), (x_z, "bias, sum"), (x_g, "activation"),
                        (x_out, "output")):
        write(ax, place, top, word, CAPTION, color=GREY)
    write(ax, (x_in + x_out) / 2, 1.2, rf"$z{at} = w{row_at} {before} + b{at}, \qquad {output} = {of_z}$")

    which = "One neuron" if net is None else f"Unit {i} of layer {layer} ({known.activation}) of the network {sizes_of(net)}"
    found = [f"{name} = {known.arrays[name][unit - 1, 0]:.3g}" for name in ("b", "z", "a") if name in known.arrays]
    say(ax, f"{which}: its inputs times their weights and the bias b sum up to z, of which the activation makes the output"
            f"{': ' if found else ''}{', '.join(found)}.")
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
    >>> len(ax.collections[0].get_segments())
    8
    """
    known = _Known(net, x, layer)
    l, previous, n, n_before = known.l, known.previous, known.n, known.n_before

    def vector(name: str, of: str, indices: list[str]) -> Part:
        letter = name.lower()
        texts = cells_of(indices, ["1"], lambda i, _: known.value(name, i) or f"${letter}_{{{i}}}^{{[{of}]}}$")
        return texts, f"${letter}^{{[{of}]}}$"

    W: Cells = cells_of(known.units, ["1"], lambda i, _: f"$-\\; w_{{{i}}}^{{[{l}]T}} -$")
    if net is not None:
        W = numbers(net[layer].W, known.units, known.inputs)
    one_example: list[Part] = [
        vector("z", l, known.units), ("$=$", ""), (W, f"$W^{{[{l}]}}$"), vector("A", previous, known.inputs), ("$+$", ""),
        vector("b", l, known.units), (r"$\qquad$", ""), vector("a", l, known.units), (f"$= g^{{[{l}]}}(z^{{[{l}]}})$", "")]
    all_examples: list[Part] = [
        (f"$Z^{{[{l}]}}$", f"$({n}, m)$"), ("$=$", ""), (f"$W^{{[{l}]}}$", f"$({n}, {n_before})$"),
        (f"$A^{{[{previous}]}}$", f"$({n_before}, m)$"), ("$+$", ""), (f"$b^{{[{l}]}}$", f"$({n}, 1)$"), (r"$\qquad$", ""),
        (f"$A^{{[{l}]}}$", f"$({n}, m)$"), (f"$= g^{{[{l}]}}(Z^{{[{l}]}})$", "")]
    given = {j: known.value("A", j) for j in known.inputs if j}
    equations = {i: known.equations(i) for i in known.units if i}

    left, between = _RADIUS + 1 + max(map(width_of, given.values())), 2 * _RADIUS + 9
    wide = left + between + _RADIUS + 1 + max(map(width_of, equations.values()))
    matrices, high = extent(one_example), _SPACING * max(len(known.inputs), len(known.units))
    width = 1.6 + max(wide, matrices[0], extent(all_examples)[0])
    y_all, y_one = 2.6, 7.2 + matrices[1] / 2
    y_units = y_one + matrices[1] / 2 + 2.8 + high / 2
    top = y_units + high / 2 + 0.6
    ax = canvas(ax, width, top + 1.2)
    x_in = (width - wide) / 2 + left
    x_units = x_in + between
    before = column(ax, x_in, y_units, known.inputs, _SPACING)
    after = column(ax, x_units, y_units, known.units, _SPACING)
    join(ax, before, after, known.arrays.get("W"))
    for j, (_, y) in before.items():
        circle(ax, x_in, y, _RADIUS, f"$a_{{{j}}}^{{[{previous}]}}$", **circles)
        write(ax, x_in - _RADIUS - 0.4, y, given[j], ha="right")
    for i, (_, y) in after.items():
        circle(ax, x_units, y, _RADIUS, f"$a_{{{i}}}^{{[{l}]}}$", **circles)
        write(ax, x_units + _RADIUS + 0.6, y, equations[i], ha="left")
    for place, y, words in (
            (x_in, top, f"layer ${previous}$"), (x_units, top, f"layer ${l}${': ' if net else ''}{known.activation}"),
            (width / 2, y_one + matrices[1] / 2 + 1.2, "one example: the equations of all units, stacked"),
            (width / 2, y_all + 1.8, "$m$ examples: a column each")):
        write(ax, place, y, words, CAPTION, color=GREY)
    row(ax, width / 2, y_one, one_example)
    row(ax, width / 2, y_all, all_examples)
    which = "One layer" if net is None else f"Layer {layer} ({known.activation}) of the network {sizes_of(net)}"
    say(ax, f"{which}: every unit joined to every input, the equations of one example as z = W a + b and a = g(z) in matrices, "
            f"and those of m examples as Z = W A + b and A = g(Z).")
    return ax


class _Known:
    """The symbols of a layer, and its arrays as far as they are known: W and b of a network, A[l−1], z and a of an example."""

    def __init__(self, net: Network | None, x: ArrayLike | None, layer: int) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.l, self.previous, self.n, self.n_before, self.activation = "l", "l-1", "n^{[l]}", "n^{[l-1]}", ""
        self.inputs = self.units = ["1", "2", "", "n"]
        if net is None:
            if x is not None or layer != 1:
                raise ValueError(f"net: expected a network along with {'x' if layer == 1 else f'layer {layer}'}, got None")
            return
        check_network(net)
        self.arrays = {"W": net[layer].W, "b": net[layer].b}
        n_before, n = net.sizes[layer - 1:layer + 1]
        self.l, self.previous, self.n, self.n_before = str(layer), str(layer - 1), str(n), str(n_before)
        self.inputs, self.units, self.activation = index_labels(n_before, 4, 2), index_labels(n, 4, 2), net[layer].activation
        if x is not None:
            example = validation.finite_array(x, "x")
            if example.shape != (net.sizes[0],):
                raise ValueError(f"x: expected one example of shape ({net.sizes[0]},), got {example.shape}")
            step = net.forward(example.reshape(1, -1))
            self.arrays |= {"A": step.A[layer - 1], "z": step.Z[layer], "a": step.A[layer]}

    def value(self, name: str, i: str, j: str = "1") -> str:
        """A number, or nothing where it is not known."""
        return f"${number_mathtext(self.arrays[name][int(i) - 1, int(j) - 1])}$" if name in self.arrays else ""

    def equal(self, symbol: str, name: str, i: str, j: str = "1") -> str:
        """A symbol, and its number where it is known."""
        value = self.value(name, i, j)
        return f"${symbol} = {value[1:]}" if value else f"${symbol}$"

    def of_z(self, i: str) -> str:
        """g of unit i; softmax is one function of all units."""
        if self.activation == "softmax":
            return f"g_{{{i}}}^{{[{self.l}]}}(z^{{[{self.l}]}})"
        return f"g^{{[{self.l}]}}(z_{{{i}}}^{{[{self.l}]}})"

    def equations(self, i: str) -> str:
        """z and a of unit i: where they come from, or their numbers."""
        z, a, b = (f"{letter}_{{{i}}}^{{[{self.l}]}}" for letter in "zab")
        if "a" in self.arrays:
            return self.equal(z, "z", i)[:-1] + r", \quad " + self.equal(a, "a", i)[1:]
        return rf"${z} = w_{{{i}}}^{{[{self.l}]T}} a^{{[{self.previous}]}} + {b}, \quad {a} = {self.of_z(i)}$"
