"""Where seeds come from, and what is drawn from them: the order of an epoch, the units that dropout keeps."""
from __future__ import annotations

import numbers

import numpy as np

from pynn.translation import Sentence

_BITS = (1 << 64) - 1


def seed_from(rng: object) -> int:
    """Return a 64-bit seed: a fresh one for None, an int itself, a Generator's next draw."""
    if rng is None:
        rng = np.random.default_rng()
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(1 << 64, dtype=np.uint64))
    if isinstance(rng, bool) or not isinstance(rng, numbers.Integral):
        raise TypeError(Sentence("rng: expected None, an int or a numpy Generator, got {kind}", kind=type(rng).__name__))
    if not 0 <= int(rng) <= _BITS:
        raise ValueError(Sentence("rng: expected an int from 0 to 2**64 - 1, got {rng}", rng=rng))
    return int(rng)


def generator_from(rng: object) -> np.random.Generator:
    """Return a Generator that depends on seed_from(rng) alone."""
    return np.random.default_rng(seed_from(rng))


def epoch_order(seed: int, epoch: int, m: int) -> np.ndarray:
    """The order of the m examples in epoch `epoch`: the shuffle of cnn_core/batches.pyx, in NumPy."""
    key = key_of(seed, epoch)
    i = np.arange(1, m, dtype=np.uint64)
    draws = ((splitmix64(key + i) >> np.uint64(32)) * (i + np.uint64(1))) >> np.uint64(32)
    order = list(range(m))
    for at, other in enumerate(draws.tolist(), start=1):
        order[at], order[other] = order[other], order[at]
    return np.array(order, dtype=np.int64)


def kept_units(seed: int, step: int, l: int, units: int, m: int, p: float) -> np.ndarray:
    """Which units (units, m) of layer l a step keeps, each with probability 1 − p: the draws of cnn_core/dropout.pyx."""
    key = splitmix64(key_of(seed, _BITS - step) ^ np.uint64(l))
    number = (np.arange(units, dtype=np.uint64)[:, None] << np.uint64(32)) + np.arange(m, dtype=np.uint64)
    return splitmix64(key + number) >> np.uint64(32) >= np.uint64(int(p * 2**32))


def key_of(seed: int, number: int) -> np.ndarray:
    """The key (1,) of an epoch or a step."""
    return splitmix64(np.uint64(seed) ^ splitmix64(np.array([number], np.uint64)))


def splitmix64(x: np.ndarray) -> np.ndarray:
    """The hash splitmix64 (Steele, Lea, Flood 2014) of every element of a uint64 array."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
