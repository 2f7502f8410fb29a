"""Which examples are trained on, and which are kept to validate on."""
from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from pynn.validation import check_weights, real_number

Array = np.ndarray[Any, np.dtype[Any]]


class Examples(NamedTuple):
    """Checked examples: those to train on with their weights, and those to validate on."""

    X: Array
    y: Array
    weights: Array | None
    validation: tuple[Array, Array] | None


def set_aside(X: Array, y: Array, weights: Array | None, validation: tuple[Array, Array] | None, share: Any) -> Examples:
    """Keep the last examples to validate on, if a share of them is wanted; all arrays are checked."""
    share = real_number(share, "validation_split", 0, 1, high_included=False)
    if share and validation is not None:
        raise ValueError(f"validation_split: expected 0 where validation_data is given, got {share}; give one of them")
    if share:
        if len(X) == 1:
            raise ValueError(f"validation_split: expected at least 2 examples to split, got 1 example and a share of {share}")
        first = len(X) - min(max(math.floor(share * len(X) + 0.5), 1), len(X) - 1)
        X, y, validation = X[:first], y[:first], (X[first:], y[first:])
    if weights is not None:             # their mean over the rows to train on is 1
        weights = check_weights(weights[:len(X)], "sample_weight", len(X))
    return Examples(X, y, weights, validation)
