"""ModelCheckpoint: the network saved during a fit."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pynn import validation
from pynn.callbacks.monitor import Best
from pynn.history import History
from pynn.storage import check_place

if TYPE_CHECKING:
    from pynn.network import Network


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
        self._best = None if monitor is None else Best(monitor, 0.0)
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
