"""A network in the making: what an importer has read so far, checked as it comes."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pynn.export.checks import compare, examples_of
from pynn.network import Network
from pynn.reference import ACTIVATIONS, HIDDEN, OUTPUT
from pynn.standardizer import Standardizer
from pynn.validation import choice, finite_array

Array = np.ndarray[Any, np.dtype[Any]]

FLOAT32 = np.dtype(np.float32)


@dataclass
class Draft:
    """Layers in their order.  Every method takes a label, which says in messages what is read: "layer 3 (ReLU)"."""

    weights: list[Array] = field(default_factory=list)              # (n[l], n[l−1]) each
    biases: list[Array] = field(default_factory=list)
    activations: list[str | None] = field(default_factory=list)     # None: no activation so far
    dropout: list[float] = field(default_factory=list)
    standardizer: Standardizer | None = None
    target_standardizer: Standardizer | None = None

    def add_dense(self, W: Any, b: Any, label: str) -> None:
        """A dense layer with the weights (units, inputs) and the biases (units,), or None for zeros."""
        if self.target_standardizer is not None:
            raise ValueError(f"{label}: expected nothing after the outputs have been scaled back")
        W = finite_array(W, f"{label}: weights")
        if W.ndim != 2 or 0 in W.shape:
            raise ValueError(f"{label}: expected weights of shape (units, inputs), got {W.shape}")
        b = np.zeros(len(W), W.dtype) if b is None else finite_array(b, f"{label}: biases")
        if b.shape not in ((len(W),), (len(W), 1), (1, len(W))):
            raise ValueError(f"{label}: expected weights (units, inputs) and biases (units,), got shapes {W.shape} and "
                             f"{b.shape}")
        if self.weights and W.shape[1] != len(self.weights[-1]):
            raise ValueError(f"{label}: expected weights for the {len(self.weights[-1])} units of the layer before it, "
                             "got shape "
                             f"{W.shape}")
        self.weights.append(W)
        self.biases.append(b.reshape(-1, 1))
        self.activations.append(None)
        self.dropout.append(0.0)

    def add_activation(self, name: str, label: str) -> None:
        """The activation of the layer before it."""
        if name == "linear":
            return
        if not self.weights or self.activations[-1] is not None or self.target_standardizer is not None:
            raise ValueError(f"{label}: expected an activation right after a dense layer, one for each")
        self.activations[-1] = name

    def add_dropout(self, p: float) -> None:
        """Dropout after the layer before it; on the inputs it is left out, since it does nothing to predictions."""
        if self.weights:
            self.dropout[-1] = float(p)

    def fold_batch_norm(self, mean: Any, variance: Any, gamma: Any, beta: Any, epsilon: float, label: str) -> None:
        """γ (z − mean) / √(variance + ε) + β right after a dense layer becomes part of its W and b."""
        if not self.weights or self.activations[-1] is not None or self.dropout[-1] > 0 or self.target_standardizer is not None:
            raise ValueError(f"{label}: expected a batch normalisation only right after a dense layer, before its activation")
        kind = self.weights[-1].dtype
        factor = np.float64(1) / np.sqrt(np.asarray(variance, np.float64) + epsilon)
        factor = factor if gamma is None else factor * np.asarray(gamma, np.float64)
        shift = 0.0 if beta is None else np.asarray(beta, np.float64)
        b = (self.biases[-1][:, 0].astype(np.float64) - np.asarray(mean, np.float64)) * factor + shift
        self.weights[-1] = finite_array(self.weights[-1] * factor[:, None], f"{label}: weights").astype(kind)
        self.biases[-1] = finite_array(b[:, None], f"{label}: biases").astype(kind)

    def add_standardizer(self, mean: Any, scale: Any, label: str) -> None:
        """(x − mean) / scale before the first layer; two in a row become one."""
        if self.weights:
            raise ValueError(f"{label}: expected a standardisation only before the first dense layer")
        added = Standardizer(mean, scale)
        before = self.standardizer
        self.standardizer = added if before is None else Standardizer(before.mean + before.scale * added.mean,
                                                                      before.scale * added.scale)

    def add_target_standardizer(self, mean: Any, scale: Any, label: str) -> None:
        """y scale + mean after the last layer."""
        if not self.weights or self.activations[-1] is not None or self.target_standardizer is not None:
            raise ValueError(f"{label}: expected outputs to be scaled back once, after a last layer without an activation")
        self.target_standardizer = Standardizer(mean, scale)

    def finish(self, output: str | None = None, *, loss: str | None = None, feature_names: Iterable[str] | None = None,
               label_names: Iterable[str] | None = None) -> Network:
        """The network; `output` is the activation of the output layer where the layers have none."""
        if not self.weights:
            raise ValueError("expected at least one dense layer, got none")
        own = self.activations[-1]
        last = choice(own or choice(output or "linear", "output", OUTPUT), "the activation of the output layer", OUTPUT)
        if output not in (None, last):
            raise ValueError(f"output: expected None or {own!r}, which the last layer has, got {output!r}")
        names = [name or "linear" for name in self.activations[:-1]]
        for l, name in enumerate(names, start=1):
            choice(name, f"the activation of layer {l}", HIDDEN)
        if self.target_standardizer is not None and last != "linear":
            raise ValueError(f"output: expected 'linear', since the outputs are scaled back to values, got {output!r}")
        dtype = np.result_type(*self.weights, *self.biases)
        net = Network([self.weights[0].shape[1], *map(len, self.weights)], hidden=names, output=last, loss=loss,
                      initializer="zeros", dropout=self.dropout[:-1], dtype=dtype if dtype == FLOAT32 else "float64", rng=0)
        for layer, W, b in zip(net, self.weights, self.biases, strict=True):
            layer.W, layer.b = W, b
        if self.standardizer is not None and len(self.standardizer.mean) == 1:      # one for all inputs
            self.standardizer = Standardizer(*(np.broadcast_to(array, net.sizes[0]) for array in (
                self.standardizer.mean, self.standardizer.scale)))
        net.standardizer, net.target_standardizer = self.standardizer, self.target_standardizer
        net.feature_names, net.label_names = feature_names, label_names
        return net


def check_activations(value: object, layers: int, output: str | None) -> list[str]:
    """g[1] … g[L] of `layers` layers from L names, or from L − 1 or one for all hidden layers and `output`."""
    if value is None or (isinstance(value, str) and output is None):
        raise ValueError(f"activations: expected {layers} names, g[1] … g[L], or those of the hidden layers and output=, since "
                         f"arrays have no activations; got {value!r}")
    names = [value] * (layers - 1) if isinstance(value, str) else value
    if not isinstance(names, Sequence | np.ndarray):
        raise TypeError(f"activations: expected a name or a sequence of names, got {value!r}")
    names = [choice(name, f"activations[{i}]", ACTIVATIONS) for i, name in enumerate(names)]
    if output is not None and len(names) == layers - 1:
        names.append(choice(output, "output", OUTPUT))
    if output is not None and len(names) == layers and names[-1] != output:
        raise ValueError(f"output: expected None or {names[-1]!r}, which activations has, got {output!r}")
    if len(names) != layers:
        raise ValueError(f"activations: expected {layers} names, g[1] … g[L], or {layers - 1} and output=, got {len(names)}")
    return names


def check_predictions(net: Network, original: Callable[[Array], Any], what: str) -> None:
    """ArithmeticError if the original predicts something else than the network on examples."""
    X, Y = examples_of(net)
    compare(original(X.astype(net.dtype)), Y, FLOAT32, what, "It computes something that its layers do not say")
