"""A network from lists of weights and biases."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pynn.interop.draft import check_activations
from pynn.interop.named_arrays import NamedLayers
from pynn.network import Network
from pynn.validation import choice, finite_array


def from_arrays(weights: Sequence[Any], biases: Sequence[Any] | None, *, activations: Sequence[str],
                order: str = "out,in") -> Network:
    """Return a network with these weights and biases.

    Parameters
    ----------
    weights : sequence of array-like
        L matrices.  All of them float32 make a float32 network, otherwise it is float64.
    biases : sequence of array-like, or None
        L vectors (n[l],); None, for all or in place of one, stands for zeros.
    activations : sequence of str
        L names, g[1] … g[L]: those of `Network.activations`.
    order : {"out,in", "in,out"}
        Whether weights are (n[l], n[l−1]), as in the article and in PyTorch, or (n[l−1], n[l]), as in Keras and scikit-learn.

    Returns
    -------
    Network
        Untrained by pynn: its epoch is 0, and its loss is the usual one of its output.

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.

    Examples
    --------
    >>> import pynn
    >>> net = pynn.interop.from_arrays([[[1.0, -1.0]]], None, activations=["sigmoid"])
    >>> net([[0.0, 0.0]]).tolist()
    [[0.5]]
    """
    for name, value in (("weights", weights), ("biases", biases)):
        if (value is None and name == "weights") or isinstance(value, str) or not isinstance(
                value, Sequence | np.ndarray | type(None)):
            raise TypeError(f"{name}: expected a sequence of arrays, got {type(value).__name__}")
    vectors: Sequence[Any] = [None] * len(weights) if biases is None else biases
    if not len(weights) or len(vectors) != len(weights):
        raise ValueError(f"biases: expected as many as weights, at least one, got {len(vectors)} and {len(weights)}")
    transposed = choice(order, "order", ("out,in", "in,out")) == "in,out"
    matrices = [finite_array(W, f"weights[{i}]") for i, W in enumerate(weights)]
    named = [(f"weights[{i}], biases[{i}]", W.T if transposed else W, b)
             for i, (W, b) in enumerate(zip(matrices, vectors, strict=True))]
    return NamedLayers(named, {}).draft(check_activations(activations, len(named), None)).finish()
