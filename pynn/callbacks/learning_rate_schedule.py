"""LearningRateSchedule: α set after every epoch."""
from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pynn import validation
from pynn.history import History

if TYPE_CHECKING:
    from pynn.network import Network


class LearningRateSchedule:
    """Sets the learning rate after every epoch by a schedule; `fit(learning_rate=schedule)` is shorter, and excludes this one.

    Parameters
    ----------
    schedule : callable
        α as a function of the number of epochs trained so far, such as one of pynn.schedules.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.moons(100, rng=0)
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> halve = pynn.callbacks.LearningRateSchedule(pynn.schedules.Exponential(0.4, factor=0.5))
    >>> history = net.fit(X, y, epochs=2, learning_rate=0.4, callbacks=[halve])
    >>> net.learning_rate
    0.1
    """

    sets_learning_rate = True

    def __init__(self, schedule: Callable[[int], float]) -> None:
        if not callable(schedule):
            raise TypeError(f"schedule: expected a callable, got {schedule!r}")
        self.schedule = schedule

    def __call__(self, net: Network, history: History) -> None:
        """Set α for the next epoch."""
        alpha = validation.real_number(self.schedule(net.epoch), f"schedule({net.epoch})", 0)
        net.learning_rate = max(alpha, sys.float_info.min)      # an optimiser's α is above 0; so small a step changes nothing
