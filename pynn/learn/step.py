"""One step of gradient descent with all its arrays: what explain writes down."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pynn.network import Network
from pynn.passes import ForwardPass, Gradients
from pynn.reference import ACTIVATIONS, LOSSES
from pynn.translation import Sentence
from pynn.validation import check_targets, finite_array
from pynn.writing import elided

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Step:
    """A step of gradient descent from one network, `net`, to the next, `new`.

    X (n[0], m) and T (n[L], m), the targets, are not scaled yet; Y (n[L], m) is what the loss compares with Ŷ.  J has the
    loss of each example, but only of those that are written.
    """

    net: Network
    new: Network
    X: Array
    forward: ForwardPass
    gradients: Gradients
    T: Array
    Y: Array
    J: list[float | None]
    new_J: float
    alpha: float

    @property
    def m(self) -> int:
        """The number of examples."""
        return self.Y.shape[1]

    @property
    def is_cross_entropy(self) -> bool:
        """Whether dZ[L] is computed as Ŷ − Y."""
        return LOSSES[self.net.loss].of_z is not None

    @property
    def mean_over(self) -> int:
        """The number of output units that the loss is a mean over."""
        return self.net.sizes[-1] if LOSSES[self.net.loss].mean_over_units else 1

    def slope(self, l: int) -> Array:
        """g′(Z[l]), which the engine has only as a factor of dZ[l]."""
        g_prime = ACTIVATIONS[self.net[l].activation].derivative
        assert g_prime is not None
        return g_prime(self.forward.Z[l], self.forward.A[l])

    def jacobian(self, c: int) -> Array:
        """g′(z) of example c in a softmax layer: ∂a[k]/∂z[i] = a[k] (δ[i,k] − a[i]), which is symmetric."""
        a = self.forward.A[-1][:, c]
        slopes: Array = a * (np.eye(len(a), dtype=a.dtype) - a[:, None])
        return slopes

    def arrays(self) -> dict[str, Any]:
        """All arrays and numbers by name, as Explanation.to_dict describes them."""
        gradients = self.gradients
        return {"W": [None, *(layer.W for layer in self.net)], "b": [None, *(layer.b for layer in self.net)],
                "Z": self.forward.Z, "A": self.forward.A, "Y": self.Y, "J": gradients.loss, "dA": gradients.dA,
                "dZ": gradients.dZ, "dW": gradients.dW, "db": gradients.db, "learning_rate": self.alpha,
                "new_W": [None, *(layer.W for layer in self.new)], "new_b": [None, *(layer.b for layer in self.new)],
                "new_J": self.new_J}


def compute_step(net: Network, x: Any, y: Any, alpha: float) -> Step:
    """Check x and y, and do the step on a copy of the network."""
    net = net.copy()
    x = net.encode(x, "x")
    X, t = finite_array(x, "x"), finite_array(y, "y")
    units = net.sizes[-1]
    if X.shape == net.sizes[:1]:
        x = X = X[None]
        t = t[None] if t.ndim == 0 or (t.shape == (units,) and units > 1) else t
    net.check_examples(x, "x")
    t = check_targets(t, "y", len(X), units, net.activations[-1], net.dtype)
    scaled = net.check_targets(t, "y", len(X))
    gradients, new = net.backward(X, t), net.copy()
    if not np.isfinite(gradients.flat).all():
        raise ValueError(Sentence("x: expected numbers whose gradients {dtype} can hold, got larger ones", dtype=net.dtype))
    with np.errstate(over="ignore", invalid="ignore"):      # α may be absurd
        new.descend(gradients, alpha)
        new_J = new.backward(X, t).loss
    Y = np.eye(units)[t] if net.activations[-1] == "softmax" and t.ndim == 1 else scaled.reshape(len(X), units)
    J = [None if c is None else net.backward(X[c:c + 1], t[c:c + 1]).loss for c in elided(len(X))]
    return Step(net, new, X.T, net.forward(X), gradients, t.reshape(len(X), -1).T, Y.T.astype(net.dtype), J, new_J, alpha)
