"""How the weights W[l] start; biases start at zero.

A unit sums n[l−1] terms, so the scale of its weights decides whether signals grow or fade from layer to layer.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]


def he(units: int, inputs: int, rng: np.random.Generator) -> Array:
    """N(0, 2/n[l−1]), which keeps the variance through ReLUs (He et al. 2015); every second unit mirrors the one before it.

    For any input, one ReLU of each pair is active, so no layer starts dead: docs/decisions.md has the measurement.
    """
    W = rng.standard_normal((units, inputs)) * np.sqrt(2 / inputs)
    W[1::2] = -W[: units - units % 2 : 2]
    return W


def glorot(units: int, inputs: int, rng: np.random.Generator) -> Array:
    """U(−r, r) with r = √(6 / (n[l−1] + n[l])): for tanh and sigmoid (Glorot and Bengio 2010)."""
    limit = np.sqrt(6 / (inputs + units))
    return rng.uniform(-limit, limit, (units, inputs))


def small_normal(units: int, inputs: int, rng: np.random.Generator) -> Array:
    """0.1 · N(0, 1), as in the article's sequel."""
    return 0.1 * rng.standard_normal((units, inputs))


def zeros(units: int, inputs: int, rng: np.random.Generator) -> Array:
    """All zero: all units of a layer then compute and learn the same, which shows why symmetry must be broken."""
    return np.zeros((units, inputs))


INITIALIZERS: dict[str, Callable[[int, int, np.random.Generator], Array]] = {
    "he": he,
    "glorot": glorot,
    "small_normal": small_normal,
    "zeros": zeros,
}
