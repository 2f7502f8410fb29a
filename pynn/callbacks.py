"""What can be done after every epoch of a fit: any callable (net, history) will do; these are ready-made."""
from __future__ import annotations

import importlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from pynn import validation
from pynn.history import History

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pynn.network import Network

_MOST_BYTES = 1 << 28


class Recorder:
    """Keeps θ, the network's parameters, as training goes on: what `pynn.plot.film` and `loss_landscape` draw from.

    The records take at most 256 MB: when the next one would be beyond that, every second goes and `every` doubles.

    Parameters
    ----------
    every : int
        Epochs from one record to the next.

    Attributes
    ----------
    every : int
        Doubled whenever the memory was full.
    epochs : ndarray, (n,)
        The number of epochs before each record; they count on if the recorder sees another fit.
    parameters : ndarray, (n, P)
        θ of every record.
    history : History
        Of the fit, or of all fits recorded, one after another.

    Raises
    ------
    ValueError, TypeError
        If `every` is no int of at least 1; later if a network of another size comes.

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
        """Record, if it is time: what `fit` calls after every epoch."""
        self.replay(net, history, net.parameters[None])

    def replay(self, net: Network, history: History, trace: np.ndarray) -> None:
        """The same after several epochs, with θ of each (k, P): what `fit` calls where nothing must be done between them."""
        if not self._histories or history is not self._histories[-1]:
            self._before += len(self._histories[-1]) if self._histories else 0
            self._histories.append(history)
        for epoch, theta in enumerate(trace, start=self._before + len(history) - len(trace) + 1):
            if epoch % self.every == 0:
                self._keep(theta, epoch)

    def record(self, net: Network) -> None:
        """Record the network as it is: before `fit` its start, after it where it ended, whatever `every` is."""
        epoch = self._before + (len(self._histories[-1]) if self._histories else 0)
        if not self._epochs or epoch > self._epochs[-1]:
            self._keep(net.parameters, epoch)

    def _keep(self, theta: np.ndarray, epoch: int) -> None:
        kept = len(self._parameters)
        if kept:
            if theta.shape != self._parameters[0].shape:
                raise ValueError(f"net: expected the network recorded so far, of {self._parameters[0].size} parameters, got "
                                 f"one of {theta.size}")
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
        """What `fit` reported of every epoch, those of several fits one after another."""
        if not self._histories:
            raise ValueError("history: nothing recorded yet; hand the recorder to fit: callbacks=[recorder]")
        if len(self._histories) == 1:
            return self._histories[0]
        columns = [history.keys() for history in self._histories]
        names = tuple(name for name in columns[0] if all(name in others for others in columns))
        joined = History(names)
        for history in self._histories:
            for row in zip(*(history[name] for name in names), strict=True):
                joined.append(dict(zip(names, row, strict=True)))
        return joined


class LivePlot:
    """Draws the film's picture while `fit` runs: in a notebook under the cell, with a window's backend in a window.

    Where there is neither, as with matplotlib's Agg, only `figure` is kept up to date.

    Parameters
    ----------
    X : array-like of shape (m, n[0])
    y : array-like of shape (m,)
        The examples on the surface.
    every : int
        Epochs from one picture to the next: drawing takes longer than most epochs.
    **scene
        Keywords of `pynn.plot.film` but fps: grid, extent, features, held, label_names and those of imshow.

    Attributes
    ----------
    figure : matplotlib Figure
        None before the first picture.

    Raises
    ------
    ValueError, TypeError
        Naming the argument; those of the picture at the first one.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pynn
    >>> X, y = pynn.datasets.circles(100, rng=0)
    >>> live = pynn.callbacks.LivePlot(X, y, every=10, grid=30)
    >>> history = pynn.Network([2, 4, 1], rng=0).fit(X, y, epochs=20, callbacks=[live])
    >>> live.figure.axes[0].get_title()
    'epoch 20'
    """

    def __init__(self, X: ArrayLike, y: ArrayLike, every: int = 1, **scene: Any) -> None:
        self.every = validation.positive_int(every, "every")
        self.figure: Figure | None = None
        self._arguments, self._keywords = (X, y), scene
        self._scene: Any = None
        self._shown: Any = None         # the handle of the picture in a notebook

    def __call__(self, net: Network, history: History) -> None:
        """Draw, if it is time: what `fit` calls after every epoch."""
        if len(history) % self.every:
            return
        if self._scene is None:
            from matplotlib import pyplot

            from pynn.plot.process import Scene
            self._scene = Scene(net, *self._arguments, history.keys(), **self._keywords)
            self.figure = self._scene.figure
            if self._scene.figure.canvas.required_interactive_framework is None:
                pyplot.close(self.figure)       # no window will show it: pyplot is not to keep it
            else:
                self._scene.figure.show()
        self._scene.show(net, history, len(history))
        self._refresh(self._scene.figure)

    def _refresh(self, figure: Figure) -> None:
        from matplotlib import get_backend, pyplot
        if "inline" in get_backend().lower():
            notebook = importlib.import_module("IPython.display")
            buffer = io.BytesIO()
            figure.savefig(buffer, format="png")
            picture = notebook.Image(buffer.getvalue())
            if self._shown is None:
                self._shown = notebook.display(picture, display_id=True)
            else:
                self._shown.update(picture)
        elif pyplot.fignum_exists(figure.number):       # the window may have been closed
            figure.canvas.draw()
            figure.canvas.flush_events()
