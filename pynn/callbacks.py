"""Callbacks: what a fit calls after every epoch.  Any callable (net, history) can be one; these are ready-made."""
from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pynn import validation
from pynn.history import History
from pynn.storage import check_place

if TYPE_CHECKING:
    from pynn.network import Network
    from pynn.plot.live import LivePlot as LivePlot

_MOST_BYTES = 1 << 28


def __getattr__(name: str) -> Any:
    """Load LivePlot when it is first used, because it needs matplotlib."""
    if name == "LivePlot":
        from pynn.plot.live import LivePlot
        return LivePlot
    raise AttributeError(f"module 'pynn.callbacks' has no attribute {name!r}")


class Recorder:
    """Records θ, the network's parameters, during training, for `pynn.plot.film` and `loss_landscape` to draw.

    The records take at most 256 MB: when the next one does not fit, every other record is dropped and `every` is doubled.

    Parameters
    ----------
    every : int
        The number of epochs from one record to the next.

    Attributes
    ----------
    every : int
        Doubled whenever the memory is full.
    epochs : ndarray, (n,)
        The number of epochs before each record; the count continues in the next fit.
    parameters : ndarray, (n, P)
        θ of every record.
    history : History
        Of the recorded fits, one after another.

    Raises
    ------
    ValueError, TypeError
        If `every` is not an int of at least 1; later if a network has another size.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(100, rng=0)
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> recorder = pynn.callbacks.Recorder(every=5)
    >>> recorder.record(net)                    # the start
    >>> history = net.fit(X, y, epochs=20, callbacks=[recorder])
    >>> recorder.epochs.tolist(), recorder.parameters.shape
    ([0, 5, 10, 15, 20], (5, 17))
    """

    def __init__(self, every: int = 1) -> None:
        self.every = validation.positive_int(every, "every")
        self._epochs: list[int] = []
        self._parameters: list[np.ndarray] = []
        self._histories: list[History] = []
        self._before = 0        # epochs of the fits before this one

    def __call__(self, net: Network, history: History) -> None:
        """Record if it is time; `fit` calls this after every epoch."""
        self.replay(net, history, net.parameters[None])

    def replay(self, net: Network, history: History, trace: np.ndarray) -> None:
        """The same for several epochs, with θ of each (k, P); `fit` calls this if nothing has to happen between them."""
        if not self._histories or history is not self._histories[-1]:
            self._before += self._histories[-1].epochs if self._histories else 0
            self._histories.append(history)
        for epoch, theta in enumerate(trace, start=self._before + history.epochs - len(trace) + 1):
            if epoch % self.every == 0:
                self._keep(theta, epoch)

    def record(self, net: Network) -> None:
        """Record the network now, whatever `every` is: before `fit` where it starts, after `fit` where it ended."""
        epoch = self._before + (self._histories[-1].epochs if self._histories else 0)
        if not self._epochs or epoch > self._epochs[-1]:
            self._keep(net.parameters, epoch)

    def _keep(self, theta: np.ndarray, epoch: int) -> None:
        kept = len(self._parameters)
        if kept:
            if theta.shape != self._parameters[0].shape:
                raise ValueError(f"net: expected the recorded network, with {self._parameters[0].size} parameters, got one "
                                 f"with {theta.size}")
            if (kept + 1) * theta.nbytes > _MOST_BYTES and kept > 2:
                self.every *= 2
                stay = [i for i, e in enumerate(self._epochs) if e % self.every == 0]
                self._epochs = [self._epochs[i] for i in stay]
                self._parameters = [self._parameters[i] for i in stay]
                if epoch % self.every:
                    return
        self._epochs.append(epoch)
        self._parameters.append(theta.copy())

    @property
    def epochs(self) -> np.ndarray:
        """The number of epochs before each record."""
        return np.array(self._epochs, dtype=np.int64)

    @property
    def parameters(self) -> np.ndarray:
        """θ of every record, (n, P): a copy."""
        return np.array(self._parameters)

    @property
    def history(self) -> History:
        """What `fit` reported about every epoch; several fits are joined one after another."""
        if not self._histories:
            raise ValueError("history: nothing recorded yet; hand the recorder to fit: callbacks=[recorder]")
        if len(self._histories) == 1:
            return self._histories[0]
        names = tuple(name for name in self._histories[0] if all(name in others for others in self._histories))
        joined = History(names)
        for history in self._histories:
            for row in zip(*(history[name] for name in names), strict=True):
                joined.append(dict(zip(names, row, strict=True)))
        return joined


def _monitored(history: History, monitor: str) -> float:
    """The last value of the column that a callback watches."""
    _check_monitor(history, monitor)
    return history.last()[monitor]


def _check_monitor(history: History, monitor: str) -> None:
    if monitor not in history:
        unvalidated = monitor.startswith("val_") and "val_loss" not in history
        raise ValueError(f"monitor: expected one of {', '.join(history)}, got {monitor!r}"
                         + "; give fit validation_data or validation_split" * unvalidated)


class _Best:
    """The best value of the watched column, and the number of epochs since then."""

    def __init__(self, monitor: str, min_delta: float) -> None:
        if not isinstance(monitor, str):
            raise TypeError(f"monitor: expected the name of a column of History, got {monitor!r}")
        self.monitor = monitor
        self._min_delta = validation.real_number(min_delta, "min_delta", 0)
        self._sign = -1.0 if monitor.endswith(("accuracy", "r2")) else 1.0      # the best of these is the largest
        self.start()

    def prepare(self, history: History) -> None:
        _check_monitor(history, self.monitor)
        self.start()

    def start(self) -> None:
        self.waited, self._least = 0, np.inf

    def improved(self, history: History) -> bool:
        if history.epochs == 1:           # a new fit
            self.start()
        value = self._sign * _monitored(history, self.monitor)
        better = bool(value < self._least - self._min_delta)
        self._least = value if better else self._least
        self.waited = 0 if better else self.waited + 1
        return better


class EarlyStopping:
    """Stops a fit that no longer improves, and gives the network the parameters of its best epoch.

    Parameters
    ----------
    monitor : str
        The column of History to watch.  The best accuracy or R² is the largest, the best loss the smallest.
    patience : int
        Stop after this many epochs without improvement.
    min_delta : float
        The smallest improvement that counts.
    restore_best : bool
        Whether θ returns to the best epoch when the fit ends; the optimiser's state stays that of the last epoch.

    Raises
    ------
    ValueError, TypeError
        The message names the argument.  Before the first epoch, if the History has no such column.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.moons(200, rng=0)
    >>> stop = pynn.callbacks.EarlyStopping(patience=5)
    >>> net = pynn.Network([2, 16, 1], rng=0)
    >>> history = net.fit(X, y, epochs=1000, validation_split=0.3, optimizer="adam", learning_rate=0.05, callbacks=[stop])
    >>> history.epochs < 1000, history.epochs - stop.best_epoch
    (True, 5)
    """

    def __init__(self, monitor: str = "val_loss", patience: int = 10, min_delta: float = 0.0,
                 restore_best: bool = True) -> None:
        self._best = _Best(monitor, min_delta)
        self.patience = validation.positive_int(patience, "patience")
        self.restore_best = validation.boolean(restore_best, "restore_best")
        self.best_epoch = 0
        self._parameters: np.ndarray | None = None

    def prepare(self, net: Network, history: History) -> None:
        """Check `monitor`; `fit` calls this before the first epoch."""
        self._best.prepare(history)
        self._parameters = None

    def __call__(self, net: Network, history: History) -> bool:
        """Whether to stop."""
        if self._best.improved(history):
            self.best_epoch = history.epochs
            self._parameters = net.parameters.copy() if self.restore_best else None
        return self._best.waited >= self.patience

    def finish(self, net: Network, history: History) -> None:
        """Restore the best epoch; `fit` calls this when it ends."""
        if self._parameters is not None:
            net.parameters = self._parameters
            self._parameters = None


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


class ReduceOnPlateau:
    """Multiplies the learning rate by a factor when the fit no longer improves; it excludes a schedule.

    Parameters
    ----------
    monitor : str
        The column of History to watch, as for EarlyStopping.
    factor : float
        Below 1.
    patience : int
        The number of epochs without improvement before each reduction.
    min_delta : float
        The smallest improvement that counts.
    lowest : float
        The smallest α.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.moons(100, rng=0)
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> reduce = pynn.callbacks.ReduceOnPlateau("loss", factor=0.5, patience=2, min_delta=1.0)
    >>> history = net.fit(X, y, epochs=5, learning_rate=0.4, callbacks=[reduce])
    >>> net.learning_rate
    0.1
    """

    sets_learning_rate = True

    def __init__(self, monitor: str = "val_loss", factor: float = 0.1, patience: int = 10, min_delta: float = 0.0,
                 lowest: float = 1e-8) -> None:
        self._best = _Best(monitor, min_delta)
        self.factor = validation.real_number(factor, "factor", 0, 1, low_included=False, high_included=False)
        self.patience = validation.positive_int(patience, "patience")
        self.lowest = validation.real_number(lowest, "lowest", 0, low_included=False)

    def prepare(self, net: Network, history: History) -> None:
        """Check `monitor`; `fit` calls this before the first epoch."""
        self._best.prepare(history)

    def __call__(self, net: Network, history: History) -> None:
        """Lower α if it is time."""
        self._best.improved(history)
        if self._best.waited >= self.patience:
            self._best.waited = 0
            net.learning_rate = max(self.factor * net.learning_rate, min(self.lowest, net.learning_rate))


class ModelCheckpoint:
    """Saves the network during a fit, so that a crash loses little.  The file is always complete, the old one or the new one.

    Parameters
    ----------
    path : path
        The file.  In its name, but not in that of its folder, `{epoch}` and the columns of History in braces are filled in,
        such as ``"{epoch:03d}-{val_loss:.2f}.npz"``; `{epoch}` is `net.epoch`.  A brace itself is written twice.
    every : int
        The number of epochs from one save to the next.
    monitor : str, optional
        Save the epoch of this fit in which this column of History had its best value so far, as for EarlyStopping: after
        every `every` epochs, and when the fit ends.

    Raises
    ------
    ValueError, TypeError, OSError
        Before the first epoch, if the file cannot have this name or its folder does not exist.

    Examples
    --------
    >>> import pathlib, pynn, tempfile
    >>> X, y = pynn.datasets.moons(100, rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "moons.npz")
    ...     keep = pynn.callbacks.ModelCheckpoint(path, every=5)
    ...     history = pynn.Network([2, 4, 1], rng=0).fit(X, y, epochs=12, callbacks=[keep])
    ...     pynn.load(path).epoch
    10
    """

    def __init__(self, path: str | os.PathLike[str], every: int = 1, monitor: str | None = None) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            raise TypeError(f"path: expected a str or path-like, got {path!r} ({type(path).__name__})")
        self.path = os.fsdecode(path)
        self.every = validation.positive_int(every, "every")
        self._best = None if monitor is None else _Best(monitor, 0.0)
        self._unsaved: tuple[Network, dict[str, float]] | None = None       # the best epoch, and its row of the history

    def prepare(self, net: Network, history: History) -> None:
        """Check the path and `monitor`; `fit` calls this before the first epoch."""
        check_place(self._filled_path(net, dict.fromkeys(history, 0.0)))
        self._unsaved = None
        if self._best is not None:
            self._best.prepare(history)

    def __call__(self, net: Network, history: History) -> None:
        """Save if it is time."""
        if self._best is None:
            self._unsaved = net, history.last()
        elif self._best.improved(history):
            self._unsaved = net.copy(), history.last()
        if history.epochs % self.every == 0:
            self._save()

    def finish(self, net: Network, history: History) -> None:
        """Save the best epoch if it is not saved yet; `fit` calls this when it ends."""
        if self._best is not None:
            self._save()

    def _save(self) -> None:
        if self._unsaved is not None:
            net, row = self._unsaved
            net.save(self._filled_path(net, row))
            self._unsaved = None

    def _filled_path(self, net: Network, row: dict[str, float]) -> str:
        folder, name = os.path.split(self.path)
        try:
            return os.path.join(folder, name.format(epoch=net.epoch, **row))
        except (AttributeError, LookupError, ValueError):
            raise ValueError(f"path: expected one of epoch, {', '.join(row)} in braces (a brace itself is written twice), got "
                             f"{name!r}") from None
