"""Ctrl-C during a fit: it returns at once and leaves a usable network."""
from __future__ import annotations

import signal
import sys
import time

import numpy as np
import pytest

import pynn

from ..conftest import circles_net, run_script

INTERRUPT = """
    import os, signal, threading, time
    import numpy as np, pynn
    m = {m}
    X = np.random.default_rng(0).random((m, 2), dtype=np.float32)
    y = (X[:, 0] > 0.5).astype(np.int64)
    net = pynn.Network([2, 25, 50, 50, 25, 1], dtype="float32", rng=0)
    sent = []
    def interrupt():
        sent.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)
    timer = threading.Timer({after}, interrupt)
    timer.start()
    history = net.fit(X, y, epochs=1, batch_size=None, learning_rate=0.1)
    late = time.perf_counter() - sent[0]
    assert history.interrupted and history.epochs == 0
    assert np.isfinite(net.predict_proba(X[:10])).all()
    assert net.fit(X[:100], y[:100], epochs=2).epochs == 2
    print(late)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_ctrl_c_inside_an_epoch():
    assert float(run_script(INTERRUPT.format(m=3_000_000, after=0.5))) < 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
@pytest.mark.parametrize("after", [0.3, 0.6, 1, 1.5])
def test_ctrl_c_inside_a_long_epoch_returns_at_once(after):
    assert float(run_script(INTERRUPT.format(m=10_000_000, after=after))) < 0.1


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::pynn.DivergenceWarning")
def test_ctrl_c_never_leaves_a_ruined_network(engine, circles):
    X, _, y, _ = circles
    net = circles_net(engine)
    before = net.parameters.copy()

    def ruin_and_press(network, history):
        network.parameters[:] = np.nan
        signal.raise_signal(signal.SIGINT)
        time.sleep(0.01)

    with pytest.raises(pynn.DivergenceError, match=r"W\[1\]\[0, 0\] is nan") as raised:
        net.fit(X, y, epochs=10, callbacks=[ruin_and_press])
    assert raised.value.history.interrupted
    assert np.array_equal(net.parameters, before)


def test_ctrl_c_between_epochs_keeps_the_history(engine, circles):
    X, _, y, _ = circles
    net = circles_net(engine)

    def press(network, history):
        if history.epochs == 3:
            signal.raise_signal(signal.SIGINT)
            time.sleep(0.01)

    history = net.fit(X, y, epochs=10, callbacks=[press])
    assert history.interrupted
    assert history.epochs == 3
