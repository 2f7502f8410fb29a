"""The pace of training: the one that is asked for, and the one that is measured."""
from __future__ import annotations

import time
from collections import deque

DEFAULT_SPEED = 30.0    # epochs a second: slow enough to be watched
_WINDOW = 1.0           # seconds over which the pace is measured
_BATCHES_BELOW = 20.0   # epochs a second: below, single batches are shown


class Pace:
    """Epochs a second, as asked for (None: as many as possible) and as measured."""

    def __init__(self) -> None:
        self.speed: float | None = DEFAULT_SPEED
        self._began, self._from = 0.0, 0.0
        self._seen: deque[tuple[float, float]] = deque()

    def start(self, progress: float) -> None:
        """Begin to train where `progress` epochs are done."""
        self._began, self._from = time.monotonic(), progress
        self._seen.clear()

    def due(self) -> float:
        """How many epochs should be done by now."""
        return float("inf") if self.speed is None else self._from + self.speed * (time.monotonic() - self._began)

    def fall_behind(self, progress: float) -> None:
        """The machine is slower than what was asked for: do not hurry after it."""
        self._began, self._from = time.monotonic(), progress

    @property
    def in_batches(self) -> bool:
        """Whether it is slow enough to show batches."""
        return self.speed is not None and self.speed < _BATCHES_BELOW

    def note(self, progress: float) -> None:
        """Measure the pace: now `progress` epochs are done."""
        now = time.monotonic()
        self._seen.append((now, progress))
        while now - self._seen[0][0] > _WINDOW and len(self._seen) > 2:
            self._seen.popleft()

    @property
    def measured(self) -> float | None:
        """Epochs a second, or None while nothing was measured."""
        if len(self._seen) < 2:
            return None
        (first, done), (last, more) = self._seen[0], self._seen[-1]
        return (more - done) / (last - first) if last > first else None
