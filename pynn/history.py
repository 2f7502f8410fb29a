"""History: the record of a fit, epoch by epoch."""
from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class History(Mapping[str, "np.ndarray[Any, np.dtype[np.float64]]"]):
    """The record of a fit: a mapping from names such as ``loss``, ``accuracy`` and ``val_loss`` to arrays, one value per epoch.

    Attributes
    ----------
    loss : ndarray, (epochs,)
        The mean over the batches of the epoch, each measured before its step.
    accuracy : ndarray, (epochs,)
        Likewise; in regression the column is ``r2`` (R²).
    val_loss : ndarray, (epochs,)
        On the validation data after the epoch; only if the fit had validation data.
    val_accuracy : ndarray, (epochs,)
        Likewise, in regression ``val_r2``.
    epoch_seconds : ndarray, (epochs,)
        Wall time of the training of each epoch, in seconds.
    epochs : int
        The number of epochs in this record.
    interrupted : bool
        Whether Ctrl-C ended the fit.
    standardized_targets : bool
        Whether the network had a target_standardizer: then the losses are those of standardised targets, so a mean squared
        error of 1 is that of always predicting the mean.  R² is the same in both units.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(200, rng=0)
    >>> history = pynn.Network([2, 8, 1], rng=0).fit(X, y, epochs=3, learning_rate=0.1)
    >>> history.epochs, list(history)
    (3, ['loss', 'accuracy', 'epoch_seconds'])
    >>> bool((history["loss"] == history.loss).all())
    True
    """

    def __init__(self, names: tuple[str, ...], *, standardized_targets: bool = False) -> None:
        self._columns: dict[str, list[float]] = {name: [] for name in names}
        self.interrupted, self.standardized_targets = False, standardized_targets

    def append(self, entry: dict[str, float]) -> None:
        """Add one epoch: a value for every name."""
        for name, column in self._columns.items():
            column.append(float(entry[name]))

    def replace_last(self, entry: dict[str, float]) -> None:
        """Fill in values of the last epoch that were not known when it was added."""
        for name, value in entry.items():
            self._columns[name][-1] = float(value)

    def last(self) -> dict[str, float]:
        """The values of the last epoch; empty before the first."""
        return {name: column[-1] for name, column in self._columns.items() if column}

    @property
    def epochs(self) -> int:
        """The number of epochs in this record."""
        return len(self._columns["loss"])

    def __iter__(self) -> Iterator[str]:
        """The names of the columns."""
        return iter(self._columns)

    def __len__(self) -> int:
        """The number of columns; `epochs` is the number of epochs."""
        return len(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __eq__(self, other: object) -> bool:
        """Whether both have the same values under the same names."""
        if not isinstance(other, History):
            return NotImplemented
        return self.interrupted == other.interrupted and all(
            len(self) == len(other) and name in other and np.array_equal(self[name], other[name], equal_nan=True)
            for name in self)

    __hash__ = None         # type: ignore[assignment]      # as of every mapping that changes

    def __getitem__(self, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        if name not in self._columns:
            raise KeyError(f"no {name!r} in this history; there are {', '.join(self._columns)}")
        return np.array(self._columns[name])

    def __getattr__(self, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        columns = self.__dict__.get("_columns", {})
        if name not in columns:
            raise AttributeError(f"this History has no {name!r}; it has {', '.join(columns)}")
        return self[name]

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {value:.4g}" for name, value in self.last().items())
        return f"History({self.epochs} epochs{': last ' + last if last else ''}{', interrupted' * self.interrupted})"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the curves: pynn.plot.history(self, ax)."""
        from pynn import plot
        return plot.history(self, ax)

    def to_csv(self, path: Any) -> None:
        """Write one row per epoch, which begins with the epoch's number, to the file `path`."""
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["epoch", *self._columns])
            for number, row in enumerate(zip(*self._columns.values(), strict=True), start=1):
                writer.writerow([number, *map(repr, row)])
