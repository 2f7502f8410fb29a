"""What forward and backward return: every array of a pass, under the article's symbols."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pynn.parameters import layer_views
from pynn.validation import finite_array

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, repr=False)
class ForwardPass:
    """Every array of a forward pass: Z[l] = W[l] A[l−1] + b[l], A[l] = g[l](Z[l]).

    Attributes
    ----------
    A : list of ndarray
        A[0] = Xᵀ, A[1], …, A[L] = Ŷ, each (n[l], m).  A[0] and A[L] are standardised where the network has a standardizer or a
        target_standardizer.
    Z : list
        Z[0] is None; Z[1], …, Z[L], each (n[l], m).
    """

    A: list[Any]
    Z: list[Any]

    def __repr__(self) -> str:
        return f"ForwardPass(shapes of A: {_shapes(self.A)}; of Z: {_shapes(self.Z)})"


@dataclass(frozen=True, repr=False)
class Gradients:
    """Every array of a backward pass; the lists are indexed by l, and None at 0 except for dA[0].

    Attributes
    ----------
    loss : float
        J, the mean over the examples.
    dW : list
        ∂J/∂W[l], (n[l], n[l−1]), with the 1/m: views into `flat`.
    db : list
        ∂J/∂b[l], (n[l], 1), likewise.
    dZ : list
        Derivatives of the summed loss by Z[l], (n[l], m), without the 1/m.
    dA : list
        Likewise by A[l].  dA[L] is the article's −(Y/Ŷ − (1−Y)/(1−Ŷ)), or the derivative of another loss; it is infinite
        where ŷ rounds to the wrong end.
    flat : ndarray, (P,)
        ∂J/∂θ, in the order of Network.parameters.  Network.descend uses dW and db.
    """

    loss: float
    dW: list[Any]
    db: list[Any]
    dZ: list[Any]
    dA: list[Any]
    flat: Array

    def __repr__(self) -> str:
        return (f"Gradients(loss {self.loss:.4g}; shapes of dW: {_shapes(self.dW)}; of db: {_shapes(self.db)}; of dZ: "
                f"{_shapes(self.dZ)})")


def split_gradient(sizes: Sequence[int], loss: float, dZ: list[Any], dA: list[Any], flat: Array) -> Gradients:
    """The engine's results as Gradients: dW[l] and db[l] are views into `flat`."""
    parts = list(layer_views(flat, sizes))
    return Gradients(loss=loss, dW=[None, *(dW for dW, _ in parts)], db=[None, *(db for _, db in parts)], dZ=dZ, dA=dA,
                     flat=flat)


def join_gradient(gradients: Any, theta: Array, sizes: Sequence[int]) -> Array:
    """dW[1], db[1], dW[2], db[2], … as one vector like θ, checked."""
    if not isinstance(gradients, Gradients):
        raise TypeError(f"gradients: expected what backward returned, got {type(gradients).__name__}")
    parts = [np.asarray(part) for pair in zip(gradients.dW[1:], gradients.db[1:], strict=False) for part in pair]
    expected = [array.shape for views in layer_views(theta, sizes) for array in views]
    if [part.shape for part in parts] != expected or any(part.dtype != theta.dtype for part in parts):
        raise ValueError(f"gradients: expected dW and db of the shapes {expected} in {theta.dtype}, got "
                         f"{[part.shape for part in parts]} in {', '.join(sorted({str(part.dtype) for part in parts}))}")
    return finite_array(np.concatenate([part.ravel() for part in parts]), "gradients")


def _shapes(arrays: list[Any]) -> str:
    return ", ".join("None" if array is None else str(array.shape) for array in arrays)
