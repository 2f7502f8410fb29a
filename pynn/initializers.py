"""How the weights W[l] start; biases start at zero.

A unit with n[l−1] inputs sums n[l−1] terms, so the scale of its weights decides whether signals grow or fade from layer to
layer.  Every initializer takes n[l], n[l−1], the name of g[l] and a generator, and returns W[l].
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from pynn.reference import ACTIVATIONS

Array = np.ndarray[Any, np.dtype[np.float64]]

_NARROW = 8             # units: a narrow layer is as likely to start badly as its few units


def paired(units: int, inputs: int, activation: str, rng: np.random.Generator) -> Array:
    """Orthogonal pairs w and −w of length √2 in a hidden layer of at most 8 rectifiers, Glorot's weights in every other layer.

    For any input, one ReLU of each pair is active, so no layer starts dead; orthogonal pairs look in different directions.
    √2 is the length that He's variance gives.  docs/decisions.md has the measurements that chose this default.
    """
    if not ACTIVATIONS[activation].rectifier or units > _NARROW:
        return glorot(units, inputs, activation, rng)
    W = np.repeat(math.sqrt(2) * _orthogonal_rows((units + 1) // 2, inputs, rng), 2, axis=0)[:units]
    W[1::2] *= -1
    return W


def he(units: int, inputs: int, activation: str, rng: np.random.Generator) -> Array:
    """N(0, 2/n[l−1]), which keeps the variance through ReLUs (He et al. 2015)."""
    return rng.standard_normal((units, inputs)) * math.sqrt(2 / inputs)


def glorot(units: int, inputs: int, activation: str, rng: np.random.Generator) -> Array:
    """U(−r, r) with r = √(6 / (n[l−1] + n[l])): for tanh and sigmoid (Glorot and Bengio 2010)."""
    limit = math.sqrt(6 / (inputs + units))
    return rng.uniform(-limit, limit, (units, inputs))


def lecun(units: int, inputs: int, activation: str, rng: np.random.Generator) -> Array:
    """N(0, 1/n[l−1]), which keeps the variance through linear units (LeCun et al. 1998), and through selu."""
    return rng.standard_normal((units, inputs)) * math.sqrt(1 / inputs)


def small_normal(units: int, inputs: int, activation: str, rng: np.random.Generator) -> Array:
    """0.1 · N(0, 1): as the article's sequel draws them."""
    return 0.1 * rng.standard_normal((units, inputs))


def zeros(units: int, inputs: int, activation: str, rng: np.random.Generator) -> Array:
    """All zero: every unit of a layer then computes and learns the same, which shows why symmetry must be broken."""
    return np.zeros((units, inputs))


INITIALIZERS: dict[str, Callable[[int, int, str, np.random.Generator], Array]] = {
    "paired": paired,
    "he": he,
    "glorot": glorot,
    "lecun": lecun,
    "small_normal": small_normal,
    "zeros": zeros,
}


def _orthogonal_rows(count: int, inputs: int, rng: np.random.Generator) -> Array:
    """Rows of length 1 in random directions; each is orthogonal to those before it, until they fill the space and begin again.

    Gram and Schmidt's way with exactly rounded sums (fsum), so that every machine draws the same bits.  The stream is a
    child of rng's: an example that the user drew with the same seed would be orthogonal to a row, on the kink of its ReLU.
    """
    rng = rng.spawn(1)[0]
    rows: list[Array] = []
    while len(rows) < count:
        row = rng.standard_normal(inputs)
        for other in rows[len(rows) // inputs * inputs:]:
            row = row - math.fsum(row * other) * other
        rows.append(row / math.sqrt(math.fsum(row * row)))
    return np.array(rows)
