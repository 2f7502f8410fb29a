"""Figure 5, one layer, in symbols or in numbers: its units, and their equations stacked into matrices."""
from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from pynn.network import Network
from pynn.plot._drawing import (
    CAPTION,
    GREY,
    Cells,
    Part,
    canvas,
    cells_of,
    circle,
    column,
    extent,
    join,
    number_cells,
    row,
    width_of,
    write,
)
from pynn.plot._input_names import say_names
from pynn.plot._known_layer import RADIUS, SPACING, KnownLayer
from pynn.plot._names import sizes_of
from pynn.plot._style import styled
from pynn.plot.description import say
from pynn.translation import _


@styled
def layer(net: Network | None = None, x: ArrayLike | None = None, ax: Axes | None = None, *, layer: int = 1,
          **circles: Any) -> Axes:
    """Draw one layer: its units, the equations of one example stacked into matrices, and those of all examples.

    Without a network the layer is drawn in symbols, with a network with the numbers of W[l] and b[l], and with an example x
    with all numbers. Positive weights are blue, negative ones orange and dashed. Of more than 6 inputs or units the first 4
    and the last 2 are drawn. Inputs have their names, if the network knows them.

    Parameters
    ----------
    net : Network, optional
    x : array-like of shape (n[0],), optional
        One example.
    ax : matplotlib Axes, optional
    layer : int
        The number of the layer in the network, from 1.
    **circles
        Keywords for the `matplotlib.patches.Circle` of inputs and units, such as facecolor.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError, IndexError

    Examples
    --------
    >>> import pynn
    >>> ax = pynn.plot.layer(pynn.Network([2, 4, 1], rng=0), [0.5, -1.0], layer=1)
    >>> len(ax.collections[0].get_segments())
    8
    """
    known = KnownLayer(net, x, layer)
    l, previous, n, n_before = known.l, known.previous, known.n, known.n_before

    def vector(name: str, of: str, indices: list[str]) -> Part:
        letter = name.lower()
        texts = cells_of(indices, ["1"], lambda i, _: known.value(name, i) or f"${letter}_{{{i}}}^{{[{of}]}}$")
        return texts, f"${letter}^{{[{of}]}}$"

    W: Cells = cells_of(known.units, ["1"], lambda i, _: f"$-\\; w_{{{i}}}^{{[{l}]T}} -$")
    if net is not None:
        W = number_cells(net[layer].W, known.units, known.inputs)
    one_example: list[Part] = [
        vector("z", l, known.units), ("$=$", ""), (W, f"$W^{{[{l}]}}$"), vector("A", previous, known.inputs), ("$+$", ""),
        vector("b", l, known.units), (r"$\qquad$", ""), vector("a", l, known.units), (f"$= g^{{[{l}]}}(z^{{[{l}]}})$", "")]
    all_examples: list[Part] = [
        (f"$Z^{{[{l}]}}$", f"$({n}, m)$"), ("$=$", ""), (f"$W^{{[{l}]}}$", f"$({n}, {n_before})$"),
        (f"$A^{{[{previous}]}}$", f"$({n_before}, m)$"), ("$+$", ""), (f"$b^{{[{l}]}}$", f"$({n}, 1)$"), (r"$\qquad$", ""),
        (f"$A^{{[{l}]}}$", f"$({n}, m)$"), (f"$= g^{{[{l}]}}(Z^{{[{l}]}})$", "")]
    equations = {i: known.equations(i) for i in known.units if i}

    left, between = RADIUS + 1 + known.width_of_inputs(), 2 * RADIUS + 9
    wide = left + between + RADIUS + 1 + max(map(width_of, equations.values()))
    matrices, high = extent(one_example), SPACING * max(len(known.inputs), len(known.units))
    width = 1.6 + max(wide, matrices[0], extent(all_examples)[0])
    y_all, y_one = 2.6, 7.2 + matrices[1] / 2
    y_units = y_one + matrices[1] / 2 + 2.8 + high / 2
    top = y_units + high / 2 + 0.6
    ax = canvas(ax, width, top + 1.2)
    x_in = (width - wide) / 2 + left
    x_units = x_in + between
    before = column(ax, x_in, y_units, known.inputs, SPACING)
    after = column(ax, x_units, y_units, known.units, SPACING)
    join(ax, before, after, known.arrays.get("W"))
    known.write_inputs(ax, before)
    for j, (_x, y) in before.items():
        circle(ax, x_in, y, RADIUS, f"$a_{{{j}}}^{{[{previous}]}}$", **circles)
    for i, (_x, y) in after.items():
        circle(ax, x_units, y, RADIUS, f"$a_{{{i}}}^{{[{l}]}}$", **circles)
        write(ax, x_units + RADIUS + 0.6, y, equations[i], ha="left")
    for place, y, words in (
            (x_in, top, _("layer {layer}", layer=f"${previous}$")),
            (x_units, top, _("layer {layer}", layer=f"${l}$") + (": " if net else "") + known.activation),
            (width / 2, y_one + matrices[1] / 2 + 1.2, _("one example: the equations of all units, stacked")),
            (width / 2, y_all + 1.8, _("{m} examples: a column each", m="$m$"))):
        write(ax, place, y, words, CAPTION, color=GREY)
    row(ax, width / 2, y_one, one_example)
    row(ax, width / 2, y_all, all_examples)
    which = _("One layer") if net is None else _("Layer {layer} ({activation}) of the network {sizes}", layer=layer,
                                                 activation=known.activation, sizes=sizes_of(net))
    say(ax, _("{layer}: every unit is joined to every input. Below are the equations of one example in matrices, z = W a + b "
              "and a = g(z), and those of m examples, Z = W A + b and A = g(Z).", layer=which)
        + (say_names(net) if layer == 1 else ""))
    return ax
