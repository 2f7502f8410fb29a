"""How much each example counts: sample_weight times the weight of its class."""
from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from pynn.architecture import Architecture
from pynn.validation import check_weights, choice, real_number

Array = np.ndarray[Any, np.dtype[Any]]


def weigh(architecture: Architecture, y: Array, sample_weight: Any, class_weight: Any) -> Array | None:
    """The product of both kinds of weights (m,), or None if neither is given; y is checked."""
    weights = check_weights(sample_weight, "sample_weight", len(y))
    if class_weight is None:
        return weights
    if architecture.is_regression or (architecture.output == "sigmoid" and architecture.sizes[-1] > 1):
        raise ValueError("class_weight: expected a network that tells classes apart, got one with "
                         f"{'values' if architecture.is_regression else 'several labels'} as outputs; use sample_weight")
    classes = (y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(len(y))).astype(np.int64)
    soft = y[(y != 0) & (y != 1)]
    if architecture.output == "sigmoid" and len(soft):
        raise ValueError(f"class_weight: expected a y of the classes 0 and 1, got {soft[0]:g} in it; a target between 0 and 1 "
                         "has no class, so use sample_weight")
    of_class = _class_weights(class_weight, classes, weights, architecture.labels)
    return check_weights(of_class[classes] * (1 if weights is None else weights), "class_weight", len(y))


def _class_weights(class_weight: Mapping[int, float] | Literal["balanced"], classes: Array, weights: Array | None,
                   K: int) -> Array:
    """The weight of each of the K classes."""
    if isinstance(class_weight, str):
        choice(class_weight, "class_weight", ("balanced",))
        of_class = 1 / np.maximum(np.bincount(classes, weights, K), np.finfo(np.float64).tiny)
        of_class[np.bincount(classes, minlength=K) == 0] = 1
        return of_class
    if not isinstance(class_weight, Mapping):
        raise TypeError(f"class_weight: expected a mapping from class numbers to weights or 'balanced', got {class_weight!r}")
    of_class = np.ones(K)
    for k, weight in class_weight.items():
        if isinstance(k, bool) or not isinstance(k, numbers.Integral) or not 0 <= int(k) < K:
            raise ValueError(f"class_weight: expected class numbers 0 … {K - 1} as keys, got {k!r}")
        of_class[int(k)] = real_number(weight, f"class_weight[{k}]", 0)
    return of_class
