"""Figure 4, one neuron, in symbols or in numbers: the weighted sum, the bias, the activation."""
from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from pynn import validation
from pynn.network import Network
from pynn.plot._drawing import (
    CAPTION,
    GREY,
    arrow,
    canvas,
    circle,
    column,
    join,
    prediction,
    width_of,
    write,
)
from pynn.plot._input_names import say_names
from pynn.plot._known_layer import RADIUS, SPACING, KnownLayer
from pynn.plot._names import sizes_of
from pynn.plot._style import styled
from pynn.plot.description import say
from pynn.translation import _

_LARGE = 2.0            # ems, the radius of the circles of z and g


@styled
def neuron(net: Network | None = None, x: ArrayLike | None = None, ax: Axes | None = None, *, layer: int = 1, unit: int = 1,
           **circles: Any) -> Axes:
    """Draw one neuron: its inputs with their weights, the bias, the sum z, the activation g and the output.

    Without a network the neuron is drawn in symbols, with a network with the numbers of its weights and bias, and with an
    example x with all numbers. Positive weights are blue, negative ones orange and dashed. Of more than 6 inputs the first
    4 and the last 2 are drawn. Inputs have their names, if the network knows them.

    Parameters
    ----------
    net : Network, optional
    x : array-like of shape (n[0],), optional
        One example.
    ax : matplotlib Axes, optional
    layer, unit : int
        The place of the neuron in the network. Both count from 1 as in the article: unit i is row i − 1 of
        ``net[layer].W``.
    **circles
        Keywords for the `matplotlib.patches.Circle` of inputs, sum, activation and output, such as facecolor.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError, IndexError

    Examples
    --------
    >>> import pynn
    >>> ax = pynn.plot.neuron(pynn.Network([2, 4, 1], rng=0), [0.5, -1.0], layer=1, unit=2)
    >>> [text.get_text() for text in ax.texts if text.get_text().startswith("$w_{")]
    ['$w_{1} = -1.20$', '$w_{2} = 0.746$']
    """
    known = KnownLayer(net, x, layer)
    if net is None and unit != 1:
        raise ValueError(f"net: expected a network along with unit {unit}, got None")
    if net is not None and validation.positive_int(unit, "unit") > net.sizes[layer]:
        raise ValueError(f"unit: expected 1 to {net.sizes[layer]}, as many as layer {layer} has, got {unit}")
    i, before = str(unit), "x" if layer == 1 else f"a^{{[{layer - 1}]}}"
    at, row_at, g, output, of_z = "", "^T", "g", r"\hat{y}", "g(z)"
    if net is not None:
        at, row_at, g = f"_{{{i}}}^{{[{layer}]}}", f"_{{{i}}}^{{[{layer}]T}}", f"g^{{[{layer}]}}"
        output, of_z = f"a{at}" if layer < len(net) else prediction(i, net), known.of_z(i)
    indices = known.inputs if net is not None else ["1", "2", "", "n"]
    weights = {j: known.equal(f"w_{{{j}}}", "W", i, j) for j in indices if j}
    z, result = known.equal(f"z{at}", "z", i), known.value("a", i)

    x_in = RADIUS + 1.2 + known.width_of_inputs()
    x_z = x_in + 8 + max(map(width_of, weights.values()))
    x_g = x_z + 2 * _LARGE + 2 + width_of(z)
    x_out = x_g + _LARGE + RADIUS + 2.6
    half = SPACING / 2 * len(indices)
    middle = 3 + max(half, _LARGE + 1.4)
    y_b = middle + _LARGE + 1.8 + RADIUS
    top = max(middle + half, y_b + RADIUS) + 0.6
    ax = canvas(ax, x_out + RADIUS + 1.4 + max(1.0, width_of(result)), top + 1)
    places = column(ax, x_in, middle, indices, SPACING)
    join(ax, places, {i: (x_z, middle)}, known.arrays.get("W"))
    known.write_inputs(ax, places)
    share = 0.42                                # of the line is before its weight
    for j, (_x, y) in places.items():
        circle(ax, x_in, y, RADIUS, f"${before[0]}_{{{j}}}{before[1:]}$", **circles)
        write(ax, x_in + share * (x_z - x_in), y + share * (middle - y), weights[j], rotation_mode="anchor",
              rotation=math.degrees(math.atan2(middle - y, x_z - x_in)),
              bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"})
    arrow(ax, (x_z, y_b - RADIUS), (x_z, middle + _LARGE))
    arrow(ax, (x_z + _LARGE, middle), (x_g - _LARGE, middle))
    arrow(ax, (x_g + _LARGE, middle), (x_out - RADIUS, middle))
    circle(ax, x_z, y_b, RADIUS, "$b$", **circles)
    circle(ax, x_z, middle, _LARGE, r"$\Sigma$", 1.6, **circles)
    circle(ax, x_g, middle, _LARGE, f"${g}$", 1.3, **circles)
    circle(ax, x_out, middle, RADIUS, f"${output}$", **circles)
    write(ax, x_z + RADIUS + 0.5, y_b, known.value("b", i), ha="left")
    write(ax, (x_z + x_g) / 2, middle + 1, z)
    write(ax, x_out + RADIUS + 0.5, middle, result, ha="left")
    write(ax, x_g, middle - _LARGE - 1, known.activation, CAPTION)
    for place, word in ((x_in, _("inputs")), (x_in + share * (x_z - x_in), _("weights")), (x_z, _("bias, sum")),
                        (x_g, _("activation")), (x_out, _("output"))):
        write(ax, place, top, word, CAPTION, color=GREY)
    write(ax, (x_in + x_out) / 2, 1.2, rf"$z{at} = w{row_at} {before} + b{at}, \qquad {output} = {of_z}$")

    which = _("One neuron") if net is None else _("Unit {unit} of layer {layer} ({activation}) of the network {sizes}", unit=i,
                                                  layer=layer, activation=known.activation, sizes=sizes_of(net))
    what = _("{unit}: the inputs times their weights and the bias b add up to z, and the activation turns z into the output.",
             unit=which)
    found = [f"{name} = {known.arrays[name][unit - 1, 0]:.3g}" for name in ("b", "z", "a") if name in known.arrays]
    what = " ".join((what, f"{', '.join(found)}.")) if found else what
    say(ax, what + (say_names(net) if layer == 1 else ""))
    return ax
