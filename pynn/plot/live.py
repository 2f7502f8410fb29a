"""LivePlot, a callback that draws the training process while a fit runs."""
from __future__ import annotations

import importlib
import io
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot._scene import Scene

if TYPE_CHECKING:
    from pynn.history import History
    from pynn.network import Network


class LivePlot:
    """Draws the picture of `pynn.plot.film` while `fit` runs: under the cell of a notebook, or in a window.

    Without a notebook and a window, as with matplotlib's backend Agg, only `figure` is updated.

    Parameters
    ----------
    X : array-like of shape (m, n[0])
    y : array-like of shape (m,)
        The examples on the surface.
    every : int
        Epochs from one picture to the next. Drawing takes longer than most epochs.
    **scene
        Keywords of `pynn.plot.film` except fps: grid, extent, features, held, label_names and those of imshow.

    Attributes
    ----------
    figure : matplotlib Figure
        None before the first picture.

    Raises
    ------
    ValueError, TypeError
        The message names the argument. The arguments of the picture are checked when the first picture is drawn.

    Examples
    --------
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
        self._drawn_for: Any = None     # the layers and the curves that the scene has panels for
        self._shown: Any = None         # the handle of the picture in a notebook

    def __call__(self, net: Network, history: History) -> None:
        """Draw if it is time; `fit` calls this after every epoch."""
        if history.epochs % self.every:
            return
        drawn_for = net.sizes, net.activations, tuple(history)
        if self._scene is None or drawn_for != self._drawn_for:
            from matplotlib import pyplot
            self._drawn_for, self._shown = drawn_for, None
            self._scene = Scene(net, *self._arguments, tuple(history), **self._keywords)
            self.figure = self._scene.figure
            if self._scene.figure.canvas.required_interactive_framework is None:
                pyplot.close(self.figure)       # no window will show it, so pyplot need not keep it
            else:
                self._scene.figure.show()
        self._scene.show(net, history, history.epochs)
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
