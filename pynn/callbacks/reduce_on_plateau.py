"""ReduceOnPlateau: α lowered where the fit no longer improves."""
from __future__ import annotations

from typing import TYPE_CHECKING

from pynn import validation
from pynn.callbacks.monitor import Best
from pynn.history import History

if TYPE_CHECKING:
    from pynn.network import Network


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
        self._best = Best(monitor, min_delta)
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
