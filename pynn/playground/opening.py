"""The ways in: `pynn.play` for a network and its data, and the command `pynn playground`."""
from __future__ import annotations

import os
import sys
import threading
import webbrowser
from typing import Any

import numpy as np

from pynn.model import column_names
from pynn.network import Network, load
from pynn.playground import lessons, models, sharing, tables
from pynn.playground.building import Origin
from pynn.playground.choices import MOST_CLASSES, MOST_FEATURES, MOST_SEED, TABLE, Json
from pynn.playground.examples import Source
from pynn.playground.server import Server, allowed_port
from pynn.playground.session import Session
from pynn.playground.table_file import TableFile
from pynn.translation import Sentence
from pynn.validation import boolean, check_examples, check_network, check_targets, finite_array

Array = np.ndarray[Any, np.dtype[Any]]

_FEW = 20               # examples, of which none are put aside for testing


class Playground:
    """A playground that is open.

    Attributes
    ----------
    url : str
        The address of the page, with its token.
    network : Network
        What the page has made of the network so far: a copy.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._last: Network | None = None       # after the end

    @property
    def url(self) -> str:
        """See above."""
        return self._server.url

    @property
    def network(self) -> Network:
        """See above."""
        if self._last is not None:
            return self._last
        copy: Network = self._server.owner.call(lambda session: session.net.copy()).result()
        return copy

    def close(self) -> None:
        """End the session; the page says so."""
        if self._last is None:
            self._last = self.network
        self._server.close()

    def __repr__(self) -> str:
        return f"Playground({self.url!r})"


def play(net: Network | None = None, X: Any = None, y: Any = None, *, port: int = 0, open_browser: bool = True) -> Any:
    """Open the playground in the browser; in a notebook with the package anywidget, show it below the cell.

    The page trains a copy of the network on the examples; nothing leaves this machine.

    Parameters
    ----------
    net : Network, optional
        With up to 8 hidden layers of up to 64 units, and one target per example.  If neither a network nor data are given,
        the article's circles and network.
    X : array-like, (m, n[0]), optional
    y : array-like, (m,), optional
        The examples; of more than 20,000, so many are drawn at random.  A tenth of them is put aside for testing.
    port : int
        The port of the page; 0 takes any that is free.
    open_browser : bool
        Whether to open the page in a browser.

    Returns
    -------
    Playground
        Its `url` is the page's address, its `network` what the page has made of the network; `close()` ends it.  In a notebook,
        a widget with `network` and `close()`.

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.
    OSError
        If the port is taken.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.moons(200, rng=0)
    >>> net = pynn.Network([2, 8, 1], rng=0)
    >>> playground = pynn.play(net, X, y, open_browser=False)
    >>> playground.url.startswith("http://127.0.0.1:")
    True
    >>> playground.network.sizes
    (2, 8, 1)
    >>> playground.close()
    """
    session, allowed = session_of(net, X, y), allowed_port(port)
    if boolean(open_browser, "open_browser") and _in_notebook():
        from pynn.playground.widget import PlaygroundWidget

        session.host = "widget"
        return PlaygroundWidget(session)
    playground = Playground(Server(session, allowed))
    if open_browser:
        webbrowser.open(playground.url)
    return playground


def _in_notebook() -> bool:
    """Whether this runs in a notebook's kernel, and widgets can be made."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None or not hasattr(shell, "kernel"):
        return False
    try:
        import anywidget  # noqa: F401
    except ImportError:
        return False
    return True


def session_of(net: Network | None, X: Any, y: Any) -> Session:
    """The session of a network and its examples."""
    if (X is None) != (y is None):
        raise TypeError(f"X, y: expected both or none, got {'no y' if y is None else 'no X'}")
    if net is not None:
        check_network(net)
    if X is None:
        if net is not None:
            raise TypeError("X: expected the examples of the network, got None")
        return Session()
    source = _source_of(net, X, y)
    data: Json = {"name": TABLE, "standardize": net is None, "test_share": 0.1 if len(source.y) >= _FEW else 0}
    if net is None:
        return Session(Origin(source), {"data": data})
    seed = net.state.seed % MOST_SEED
    return Session(Origin(source, net.copy(), seed), {
        "data": data, "network": models.network_part(net), "training": models.training_part(net), "seed": seed})


def _source_of(net: Network | None, X: Any, y: Any) -> Source:
    if net is None:
        rows = finite_array(X, "X")
        inputs = rows.shape[1] if rows.ndim == 2 else 1
        targets = finite_array(y, "y")
        classes = int(targets.max()) + 1 if targets.dtype.kind in "iu" and targets.size else None
        units, activation = (1, "linear") if classes is None else (classes, "softmax") if classes > 2 else (1, "sigmoid")
        dtype: Any = np.dtype(np.float64)
    else:
        inputs, units, activation, dtype = net.sizes[0], net.sizes[-1], net.activations[-1], net.dtype
        classes = {"linear": None, "sigmoid": 2}.get(activation, units)
        if units > 1 and activation != "softmax":
            raise ValueError(Sentence("net: the playground shows networks with one target per example, got {units} outputs "
                                      "of {activation}", units=units, activation=activation))
    if not 0 < inputs <= MOST_FEATURES or (classes or 2) > MOST_CLASSES:
        raise ValueError(Sentence("X, y: the playground shows at most {features} features and {most} classes, got {inputs} "
                                  "and {classes}", features=MOST_FEATURES, most=MOST_CLASSES, inputs=inputs, classes=classes))
    names = (net.feature_names if net is not None else None) or column_names(X, inputs)
    X = X if net is None else net.encode(X, "X")
    rows = check_examples(X, "X", inputs, np.dtype(np.float64))
    targets = check_targets(y, "y", len(rows), units, activation, dtype)
    if targets.ndim == 2 and targets.shape[1] > 1:
        targets = targets.argmax(axis=1)
    elif activation == "sigmoid":
        targets = targets > 0.5             # a soft target counts as the class that it is closer to
    targets = targets.reshape(len(rows)).astype(np.float64 if classes is None else np.int64)
    return Source.of("X, y", rows, targets, classes=classes, features=names,
                     labels=net.label_names if net is not None and classes is not None else None,
                     encoder=None if net is None else net.encoder)


def serve(*, port: int = 0, open_browser: bool = True, data: str | None = None, target: str | None = None,
          model: str | None = None, lesson: int | None = None, code: str | None = None) -> None:
    """The command `pynn playground`: open the page and stay until Ctrl-C."""
    session = Session()
    if lesson is not None:
        if not 1 <= lesson <= len(lessons.LESSONS):
            raise ValueError(Sentence("--lesson: expected a number from 1 to {last}, got {lesson}", last=len(lessons.LESSONS),
                                      lesson=lesson))
        lessons.open_lesson(session, lesson)
    if target is not None and data is None:
        raise ValueError(Sentence("--target: expected --data with it, the table that has this column"))
    if data is not None:
        with open(data, "rb") as file:
            table = TableFile(os.path.basename(data), file.read())
        tables.use_table(session, table, target, None)
    if model is not None:
        models.use_network(session, load(model))
    if code is not None:
        sharing.open_code(session, code)
    server = Server(session, allowed_port(port))
    try:
        print(f"The playground is at\n  {server.url}\nCtrl-C ends it.", flush=True)
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(server.url,), daemon=True).start()
        while server.owner.is_alive:
            server.owner.wait(0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.close()


def replay(code: str) -> Network:
    """The network of an address or code that the playground gave: the same training again, with all changes by hand.

    Examples
    --------
    >>> from pynn.playground.opening import replay
    >>> from pynn.playground.session import Session
    >>> from pynn.playground.sharing import code_of
    >>> replay(code_of(Session())).sizes
    (2, 4, 6, 6, 4, 1)
    """
    session = Session()
    sharing.open_code(session, code)
    while session.busy:
        session.advance()
    return session.net
