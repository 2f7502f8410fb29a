"""A layer in symbols, with the numbers that are known of it: for the figures of one neuron and of one layer."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot._drawing import Places, check_finite, index_labels, width_of, write
from pynn.plot._input_names import input_names
from pynn.writing import number_mathtext

if TYPE_CHECKING:
    from pynn.network import Network

RADIUS, SPACING = 1.4, 3.2      # of the circles of inputs and units, in ems
_GAP, _COLUMN_GAP = 0.5, 1.0    # ems: left of a circle, and between the name of an input and its number


class KnownLayer:
    """The symbols of a layer, the names of its inputs, and its known arrays.

    The arrays are W and b of a network, and A[l−1], z and a of an example.
    """

    def __init__(self, net: Network | None, x: ArrayLike | None, layer: int) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.l, self.previous, self.n, self.n_before, self.activation = "l", "l-1", "n^{[l]}", "n^{[l-1]}", ""
        self.inputs, self.units = ["1", "2", "", self.n_before], ["1", "2", "", self.n]
        self._names: dict[str, str] = {}
        if net is None:
            if x is not None or layer != 1:
                raise ValueError(f"net: expected a network along with {'x' if layer == 1 else f'layer {layer}'}, got None")
            return
        check_finite(net)
        self.arrays = {"W": net[layer].W, "b": net[layer].b}
        n_before, n = net.sizes[layer - 1:layer + 1]
        self.l, self.previous, self.n, self.n_before = str(layer), str(layer - 1), str(n), str(n_before)
        self.inputs, self.units, self.activation = index_labels(n_before, 4, 2), index_labels(n, 4, 2), net[layer].activation
        if layer == 1:
            self._names = input_names(net, self.inputs)
        if x is not None:
            example = validation.finite_array(x, "x")
            if example.shape != (net.sizes[0],):
                raise ValueError(f"x: expected one example of shape ({net.sizes[0]},), got {example.shape}")
            step = net.forward(example.reshape(1, -1))
            self.arrays |= {"A": step.A[layer - 1], "z": step.Z[layer], "a": step.A[layer]}

    def value(self, name: str, i: str, j: str = "1") -> str:
        """A number, or nothing if it is not known."""
        return f"${number_mathtext(self.arrays[name][int(i) - 1, int(j) - 1])}$" if name in self.arrays else ""

    def width_of_inputs(self) -> float:
        """What the names and the numbers of the inputs need to the left of their circles, in ems; 0 if none are known."""
        columns = [self._names.values(), [self.value("A", j) for j in self.inputs if j]]
        widths = [width for column in columns if (width := max(map(width_of, column), default=0.0))]
        return sum(widths) + _COLUMN_GAP * max(0, len(widths) - 1)

    def write_inputs(self, ax: Axes, places: Places) -> None:
        """Write the names and the numbers of the inputs to the left of their circles."""
        given = {j: self.value("A", j) for j in places}
        wide = max(map(width_of, given.values()))
        for j, (x, y) in places.items():
            write(ax, x - RADIUS - _GAP, y, given[j], ha="right")
            write(ax, x - RADIUS - _GAP - (wide + _COLUMN_GAP if wide else 0), y, self._names.get(j, ""), ha="right")

    def equal(self, symbol: str, name: str, i: str, j: str = "1") -> str:
        """A symbol, and its number if it is known."""
        value = self.value(name, i, j)
        return f"${symbol} = {value[1:]}" if value else f"${symbol}$"

    def of_z(self, i: str) -> str:
        """g of unit i; softmax is a function of all units."""
        if self.activation == "softmax":
            return f"g_{{{i}}}^{{[{self.l}]}}(z^{{[{self.l}]}})"
        return f"g^{{[{self.l}]}}(z_{{{i}}}^{{[{self.l}]}})"

    def equations(self, i: str) -> str:
        """z and a of unit i: their equations, or their numbers."""
        z, a, b = (f"{letter}_{{{i}}}^{{[{self.l}]}}" for letter in "zab")
        if "a" in self.arrays:
            return self.equal(z, "z", i)[:-1] + r", \quad " + self.equal(a, "a", i)[1:]
        return rf"${z} = w_{{{i}}}^{{[{self.l}]T}} a^{{[{self.previous}]}} + {b}, \quad {a} = {self.of_z(i)}$"
