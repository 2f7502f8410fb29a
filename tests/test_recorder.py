"""The recorder, which keeps the parameters of a training."""
from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest

import pynn
from pynn import callbacks

from .conftest import recorded

pytestmark = pytest.mark.usefixtures("clean_figures")


def test_the_recorder_copies_theta_at_the_start_and_every_so_many_epochs(two_circles):
    X, y = two_circles
    net, recorder = pynn.Network([2, 3, 1], rng=0), callbacks.Recorder(every=2)
    recorder.record(net)
    thetas = [net.parameters.copy()]
    history = net.fit(X, y, epochs=7, callbacks=[recorder, lambda net, _: thetas.append(net.parameters.copy())])
    assert recorder.epochs.tolist() == [0, 2, 4, 6]
    np.testing.assert_array_equal(recorder.parameters, thetas[::2])
    assert recorder.history is history
    recorder.record(net)
    recorder.record(net)                    # once is enough
    assert recorder.epochs.tolist() == [0, 2, 4, 6, 7]
    np.testing.assert_array_equal(recorder.parameters[-1], thetas[-1])


def test_a_second_fit_counts_on(two_circles):
    net, recorder, first, X, y = recorded(two_circles, epochs=3)
    second = net.fit(X, y, epochs=2, callbacks=[recorder], validation_data=(X, y))
    assert recorder.epochs.tolist() == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(recorder.history.loss, [*first.loss, *second.loss])
    assert recorder.history.keys() == first.keys()


def test_a_full_memory_loses_every_second_record(two_circles, monkeypatch):
    monkeypatch.setattr("pynn.callbacks.recorder._MOST_BYTES", 8 * 21 * 10)       # of 21 parameters ten records
    recorder = recorded(two_circles, epochs=100)[1]
    assert recorder.every == 16
    assert recorder.epochs.tolist() == list(range(0, 100, 16))
    assert recorder.parameters.nbytes <= 8 * 21 * 10


def test_the_recorder_says_what_is_wrong(two_circles):
    with pytest.raises(ValueError, match=r"^every: "):
        callbacks.Recorder(0)
    with pytest.raises(ValueError, match=r"^history: nothing recorded"):
        _ = callbacks.Recorder().history
    recorder = recorded(two_circles)[1]
    with pytest.raises(ValueError, match=r"^net: expected the recorded network, with 21 parameters, got one with 3"):
        pynn.Network([2, 1], rng=0).fit(*two_circles, epochs=1, callbacks=[recorder])


def test_a_record_costs_next_to_nothing(two_circles):
    net, recorder, history, _, _ = recorded(two_circles)
    start = time.perf_counter()
    for _ in range(2000):
        recorder(net, history)
    print(f"{(time.perf_counter() - start) / 2000 * 1e6:.2f} µs a record")
    assert time.perf_counter() - start < 0.2        # 100 µs each, with much room for a busy machine


def test_the_callbacks_module_loads_no_matplotlib():
    script = "import sys, pynn; pynn.callbacks.Recorder(); assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-P", "-c", script], check=True)


def test_records_are_the_same_where_the_engine_keeps_them_and_where_fit_stops_every_epoch(two_circles):
    X, y = two_circles
    nets = [pynn.Network([2, 4, 1], rng=0) for _ in range(2)]
    recorders = [pynn.callbacks.Recorder(every=3) for _ in nets]
    nets[0].fit(X, y, epochs=10, callbacks=[recorders[0]])
    nets[1].fit(X, y, epochs=10, callbacks=[recorders[1], lambda net, history: None])
    assert recorders[0].epochs.tolist() == recorders[1].epochs.tolist() == [3, 6, 9]
    assert recorders[0].parameters.tobytes() == recorders[1].parameters.tobytes()
    assert recorders[0].history.loss.tobytes() == recorders[1].history.loss.tobytes()
