"""Learning rates that change from epoch to epoch: each is a function of the number of epochs trained so far.

`Network.fit(learning_rate=…)` takes any callable of that number; these are the usual ones.  The count continues from fit to
fit and is saved with the network, so a schedule continues where it was.  It may end in α = 0, where nothing changes any more.
"""
from __future__ import annotations

import math
from dataclasses import dataclass

from pynn.validation import positive_int, real_number

__all__ = ["Constant", "Cosine", "Exponential", "Step", "WarmUp"]


@dataclass(frozen=True)
class Constant:
    """Always α."""

    learning_rate: float

    def __post_init__(self) -> None:
        real_number(self.learning_rate, "learning_rate", 0, low_included=False)

    def __call__(self, epoch: int) -> float:
        return self.learning_rate


@dataclass(frozen=True)
class Step:
    """α · factor^⌊epoch / every⌋: a stair.

    Examples
    --------
    >>> from pynn.schedules import Step
    >>> [Step(0.1, every=2, factor=0.5)(epoch) for epoch in range(5)]
    [0.1, 0.1, 0.05, 0.05, 0.025]
    """

    learning_rate: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        real_number(self.learning_rate, "learning_rate", 0, low_included=False)
        positive_int(self.every, "every")
        real_number(self.factor, "factor", 0, 1, low_included=False)

    def __call__(self, epoch: int) -> float:
        return self.learning_rate * self.factor ** (epoch // self.every)


@dataclass(frozen=True)
class Exponential:
    """α · factor^epoch."""

    learning_rate: float
    factor: float

    def __post_init__(self) -> None:
        real_number(self.learning_rate, "learning_rate", 0, low_included=False)
        real_number(self.factor, "factor", 0, 1, low_included=False)

    def __call__(self, epoch: int) -> float:
        return self.learning_rate * self.factor**epoch


@dataclass(frozen=True)
class Cosine:
    """Half a cosine from α down to `lowest` over `epochs`, then always `lowest` (Loshchilov, Hutter 2016)."""

    learning_rate: float
    epochs: int
    lowest: float = 1e-6

    def __post_init__(self) -> None:
        real_number(self.learning_rate, "learning_rate", 0, low_included=False)
        positive_int(self.epochs, "epochs")
        real_number(self.lowest, "lowest", 0, self.learning_rate)

    def __call__(self, epoch: int) -> float:
        share = min(epoch / self.epochs, 1.0)
        return self.lowest + (self.learning_rate - self.lowest) * (1 + math.cos(math.pi * share)) / 2


@dataclass(frozen=True)
class WarmUp:
    """A straight line up over the first `epochs`, then `after`: a number, or a schedule that counts from epoch 0 then.

    Examples
    --------
    >>> from pynn.schedules import Exponential, WarmUp
    >>> [WarmUp(Exponential(1.0, 0.5), epochs=2)(epoch) for epoch in range(4)]
    [0.5, 1.0, 1.0, 0.5]
    """

    after: object
    epochs: int = 5

    def __post_init__(self) -> None:
        if not callable(self.after):
            real_number(self.after, "after", 0, low_included=False)
        positive_int(self.epochs, "epochs")

    def __call__(self, epoch: int) -> float:
        if epoch >= self.epochs:
            return self._after(epoch - self.epochs)
        return self._after(0) * (epoch + 1) / self.epochs

    def _after(self, epoch: int) -> float:
        return float(self.after(epoch) if callable(self.after) else self.after)     # type: ignore[arg-type]
