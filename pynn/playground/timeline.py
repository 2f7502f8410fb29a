"""The timeline: states of the network at some epochs, from which every other epoch is run again, and the record of losses."""
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pynn.playground.building import Stage
from pynn.state import Snapshot

Array = np.ndarray[Any, np.dtype[Any]]

_MOST_BYTES = 1 << 24       # of all states
_MOST_MARKS = 512
_FEWEST_MARKS = 16
_DENSE = 8              # bits: the losses of the first 256 epochs are all kept, then 128 each time that the epochs double


class Mark(NamedTuple):
    """The beginning of an epoch, before the events of this moment."""

    stage: Stage
    state: Snapshot
    applied: int            # events that were made before


class Timeline:
    """Marks and losses, both thinned.

    When there are too many marks, every other one is dropped and the distance is doubled.  The losses are the sparser the later
    they are, so that the beginning of a long training stays visible.
    """

    def __init__(self) -> None:
        self._marks: dict[int, Mark] = {}
        self._rows: list[tuple[float, ...]] = []        # epoch, loss and metric, and those of the test set
        self._last: tuple[float, ...] | None = None     # the newest row, also if it is not among the kept ones
        self._mark_every = 8

    def wants_mark(self, epoch: int) -> bool:
        """Whether the state at this epoch is to be kept."""
        return epoch % self._mark_every == 0 and epoch not in self._marks

    def next_mark(self, epoch: int) -> int:
        """The next epoch at which training has to stop for a mark."""
        return (epoch // self._mark_every + 1) * self._mark_every

    def put_mark(self, epoch: int, mark: Mark) -> None:
        """Keep a state."""
        self._marks[epoch] = mark
        size = mark.state.parameters.nbytes + mark.state.vectors.nbytes
        if len(self._marks) > max(_FEWEST_MARKS, min(_MOST_MARKS, _MOST_BYTES // size)):
            self._mark_every *= 2
            self._marks = {at: kept for at, kept in self._marks.items() if at % self._mark_every == 0}

    def mark_before(self, epoch: int) -> tuple[int, Mark]:
        """The last mark that is not after the epoch."""
        at = max(key for key in self._marks if key <= epoch)
        return at, self._marks[at]

    def put_row(self, epoch: int, values: tuple[float, ...]) -> None:
        """Record the losses of an epoch, unless it is known already."""
        if self._last is not None and epoch <= self._last[0]:
            return
        self._last = (float(epoch), *values)
        if epoch % (1 << max(0, epoch.bit_length() - _DENSE)) == 0:
            self._rows.append(self._last)

    def forget_after(self, epoch: int) -> None:
        """Drop what came after this epoch."""
        self._marks = {at: mark for at, mark in self._marks.items() if at <= epoch}
        self._rows = [row for row in self._rows if row[0] <= epoch]
        if self._last is not None and self._last[0] > epoch:
            self._last = self._rows[-1] if self._rows else None

    def curves(self) -> Array:
        """The record, (columns, n)."""
        rows = self._rows if not self._rows or self._rows[-1] is self._last else [*self._rows, self._last]
        return np.array(rows).T if rows else np.empty((5, 0))

    @property
    def path(self) -> tuple[list[int], list[Mark]]:
        """The marks in the order of their epochs."""
        epochs = sorted(self._marks)
        return epochs, [self._marks[epoch] for epoch in epochs]
