"""A layer in symbols, with the numbers that are known of it: for the figures of one neuron and of one layer."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot._drawing import check_finite, index_labels
from pynn.writing import number_mathtext

if TYPE_CHECKING:
    from pynn.network import Network

RADIUS, SPACING = 1.4, 3.2      # of the circles of inputs and units, in ems


class KnownLayer:
    """The symbols of a layer, and its known arrays: W and b of a network, and A[l−1], z and a of an example."""

    def __init__(self, net: Network | None, x: ArrayLike | None, layer: int) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.l, self.previous, self.n, self.n_before, self.activation = "l", "l-1", "n^{[l]}", "n^{[l-1]}", ""
        self.inputs, self.units = ["1", "2", "", self.n_before], ["1", "2", "", self.n]
        if net is None:
            if x is not None or layer != 1:
                raise ValueError(f"net: expected a network along with {'x' if layer == 1 else f'layer {layer}'}, got None")
            return
        check_finite(net)
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
        """A number, or nothing if it is not known."""
        return f"${number_mathtext(self.arrays[name][int(i) - 1, int(j) - 1])}$" if name in self.arrays else ""

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
