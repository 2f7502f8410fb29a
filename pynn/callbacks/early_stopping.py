"""EarlyStopping: when a fit ends before its last epoch."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pynn import validation
from pynn.callbacks.monitor import Best
from pynn.history import History

if TYPE_CHECKING:
    from pynn.network import Network


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
        self._best = Best(monitor, min_delta)
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
