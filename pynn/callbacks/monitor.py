"""What some callbacks watch: a column of History, and its best value so far."""
from __future__ import annotations

import numpy as np

from pynn import validation
from pynn.history import History


class Best:
    """The best value of the watched column, and the number of epochs since then."""

    def __init__(self, monitor: str, min_delta: float) -> None:
        if not isinstance(monitor, str):
            raise TypeError(f"monitor: expected the name of a column of History, got {monitor!r}")
        self.monitor = monitor
        self._min_delta = validation.real_number(min_delta, "min_delta", 0)
        self._sign = -1.0 if monitor.endswith(("accuracy", "r2")) else 1.0      # the best of these is the largest
        self.start()

    def prepare(self, history: History) -> None:
        """Check that the fit reports the column, and forget the last fit."""
        _check_monitor(history, self.monitor)
        self.start()

    def start(self) -> None:
        """Forget all epochs."""
        self.waited, self._least = 0, np.inf

    def improved(self, history: History) -> bool:
        """Whether the last epoch is the best so far."""
        if history.epochs == 1:           # a new fit
            self.start()
        _check_monitor(history, self.monitor)
        value = self._sign * history.last()[self.monitor]
        better = bool(value < self._least - self._min_delta)
        self._least = value if better else self._least
        self.waited = 0 if better else self.waited + 1
        return better


def _check_monitor(history: History, monitor: str) -> None:
    if monitor not in history:
        unvalidated = monitor.startswith("val_") and "val_loss" not in history
        raise ValueError(f"monitor: expected one of {', '.join(history)}, got {monitor!r}"
                         + "; give fit validation_data or validation_split" * unvalidated)
