"""Recorder: θ of a network, epoch by epoch."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pynn import validation
from pynn.history import History

if TYPE_CHECKING:
    from pynn.network import Network

_MOST_BYTES = 1 << 28


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
