"""State: everything that a fit changes in a network, and the one place where it is copied out and put back."""
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pynn.optimizers import SGD, Optimizer
from pynn.parameters import new_vector

Array = np.ndarray[Any, np.dtype[Any]]


class Snapshot(NamedTuple):
    """A State at one moment, in arrays of its own."""

    parameters: Array
    seed: int
    epoch: int
    counts: Array
    optimizer: Optimizer
    vectors: Array


class LastFit(NamedTuple):
    """What the last fit was asked for, for diagnose to compare it with other settings."""

    epochs: int
    batch_size: int | None
    learning_rate: float                # if the fit diverged, α of that epoch
    optimizer: Optimizer
    l1: float
    l2: float
    clip_norm: float | None
    weighted: bool = False              # by class_weight or sample_weight
    diverged: bool = False


class State:
    """θ, where the random numbers come from, how far training has come, and the optimiser with its memory.

    Attributes
    ----------
    theta : ndarray, (P,)
        θ; its memory stays the same, so that views into it stay valid.
    seed : int
        The order of an epoch depends on (seed, epoch), a dropout mask on (seed, step).
    epoch : int
        The number of epochs trained so far.
    counts : ndarray, (2,)
        The number of steps of the network, and of its optimiser.
    optimizer : Optimizer
    vectors : ndarray, (k, P)
        What the optimiser keeps between steps.
    scheduled : float or None
        α of the present epoch while a schedule sets it, otherwise None.
    last_fit : LastFit or None
    """

    __slots__ = ("counts", "epoch", "last_fit", "optimizer", "scheduled", "seed", "theta", "vectors")

    def __init__(self, elements: int, dtype: np.dtype[Any]) -> None:
        self.theta = new_vector(elements, dtype)
        self.counts = np.zeros(2, np.int64)
        self.scheduled: float | None = None
        self.last_fit: LastFit | None = None
        self.start_over(0)
        self.use(SGD())

    def start_over(self, seed: int) -> None:
        """Set the seed, and count epochs and steps from 0."""
        self.seed, self.epoch, self.counts[0] = seed, 0, 0

    def use(self, optimizer: Optimizer) -> None:
        """Take an optimiser that has made no step yet."""
        self.optimizer = optimizer
        self.vectors = np.zeros((optimizer.vectors, len(self.theta)), self.theta.dtype)
        self.counts[1] = 0

    def snapshot(self) -> Snapshot:
        """Copy everything."""
        return Snapshot(self.theta.copy(), self.seed, self.epoch, self.counts.copy(), self.optimizer, self.vectors.copy())

    def restore(self, snapshot: Snapshot) -> None:
        """Become what the state was when the snapshot was taken, bit for bit."""
        self.theta[:], self.counts[:] = snapshot.parameters, snapshot.counts
        self.seed, self.epoch = snapshot.seed, snapshot.epoch
        self.optimizer, self.vectors = snapshot.optimizer, snapshot.vectors.copy()
