"""What a fit does around the mathematics: resuming, stopping, reporting, and its needs of memory."""
from __future__ import annotations

import copy
import pickle
import threading

import numpy as np
import pytest

import pynn
from pynn import datasets

from ..conftest import circles_net


@pytest.mark.parametrize("twin", [lambda net: net, lambda net: net.copy(), copy.deepcopy, copy.copy,
                                  lambda net: pickle.loads(pickle.dumps(net))],
                         ids=["itself", "copy", "deepcopy", "copy.copy", "pickle"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_thirty_epochs_and_thirty_more_are_sixty(engine, circles, twin, dtype):
    X, X_val, y, y_val = circles
    options = {"learning_rate": 0.1, "batch_size": 32, "validation_data": (X_val, y_val)}
    whole, parts = circles_net(engine, dtype=dtype), circles_net(engine, dtype=dtype)
    at_once = whole.fit(X, y, epochs=60, **options)
    first = parts.fit(X, y, epochs=30, **options)
    parts = twin(parts)
    second = parts.fit(X, y, epochs=30, **options)
    assert whole.parameters.tobytes() == parts.parameters.tobytes()
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert np.array_equal(np.concatenate([first[name], second[name]]), at_once[name])


def test_how_the_engine_is_entered_changes_nothing(circles):
    """Epoch by epoch for a callback, or many at once: the same numbers."""
    X, _, y, _ = circles
    nets = [circles_net() for _ in range(3)]
    nets[0].fit(X, y, epochs=20)
    nets[1].fit(X, y, epochs=20, callbacks=[lambda net, history: None])
    nets[2].fit(X, y, epochs=20, progress=True)
    assert len({net.parameters.tobytes() for net in nets}) == 1


def test_a_copy_shares_nothing(circles):
    X, _, y, _ = circles
    net = circles_net()
    twin, before = net.copy(), net.parameters.copy()
    twin.fit(X, y, epochs=1)
    assert np.array_equal(net.parameters, before)
    assert not np.array_equal(twin.parameters, before)
    assert twin.parameters.ctypes.data % 64 == 0


def test_rng_of_fit_sets_the_seed_and_starts_again(engine, circles):
    X, _, y, _ = circles
    start = circles_net(engine)
    theta = start.parameters.copy()
    losses = []
    for rng in (5, 5, 6, np.random.default_rng(3)):
        start.parameters = theta
        losses.append(start.fit(X, y, epochs=3, rng=rng).loss)
    assert np.array_equal(losses[0], losses[1])
    assert not np.array_equal(losses[0], losses[2])


def test_an_epoch_meets_every_example_once_in_an_order_of_its_own():
    from pynn.randomness import epoch_order
    orders = [epoch_order(7, epoch, 1000) for epoch in range(3)]
    for order in orders:
        assert np.array_equal(np.sort(order), np.arange(1000))
    assert not np.array_equal(orders[0], orders[1])
    # uniform: where example 0 … 9 end up, over many orders of ten, each place about equally often
    places = np.array([epoch_order(seed, 0, 10) for seed in range(4000)])
    counts = np.array([np.bincount(column, minlength=10) for column in places.T])
    assert ((counts - 400) ** 2 / 400).sum() < 150      # chi-squared with 81 degrees of freedom: p = 1e-5 at 146


def test_without_shuffle_the_order_is_the_users(engine):
    """Batches of one, in order: descent done by hand through the three verbs."""
    X, y = datasets.circles(20, rng=0)
    net, hand = circles_net(engine), circles_net(engine)
    net.fit(X, y, epochs=1, batch_size=1, shuffle=False, learning_rate=0.1)
    for x, target in zip(X, y, strict=True):
        hand.descend(hand.backward([x], [target]), 0.1)
    np.testing.assert_allclose(net.parameters, hand.parameters, rtol=1e-13, atol=1e-15)


def test_history_is_of_the_batches_as_they_were_met(engine):
    X, y = datasets.circles(50, rng=0)
    net, hand = circles_net(engine), circles_net(engine)
    history = net.fit(X, y, epochs=1, batch_size=20, shuffle=False, learning_rate=0.1)
    loss = accuracy = 0.0
    for start in range(0, 50, 20):
        rows = slice(start, start + 20)
        result = hand.evaluate(X[rows], y[rows])
        loss += result["loss"] * len(y[rows]) / 50
        accuracy += result["accuracy"] * len(y[rows]) / 50
        hand.descend(hand.backward(X[rows], y[rows]), 0.1)
    assert history.loss[0] == pytest.approx(loss, rel=1e-13)
    assert history.accuracy[0] == pytest.approx(accuracy, rel=1e-13)


def test_huge_sizes_of_a_batch_are_the_full_batch(engine):
    X, y = datasets.moons(20, rng=0)
    histories = [circles_net(engine).fit(X, y, epochs=1, batch_size=size) for size in (10**30, None)]
    assert histories[0].loss == histories[1].loss


# ------------------------------------------------------------------------------------------------------------ callbacks


def test_callbacks(circles):
    X, _, y, _ = circles
    net, seen = circles_net(), []

    def stop_at_three(network, history):
        seen.append((network is net, history.epochs))
        return history.epochs == 3

    assert net.fit(X, y, epochs=10, callbacks=[stop_at_three]).epochs == 3
    assert seen == [(True, 1), (True, 2), (True, 3)]


def test_a_callback_may_answer_with_a_numpy_bool(circles):
    X, _, y, _ = circles
    assert circles_net().fit(X, y, epochs=10, callbacks=[lambda net, history: history.loss[-1] < 100]).epochs == 1


def test_a_callback_that_raises_leaves_the_network_usable(engine, circles):
    X, _, y, _ = circles
    net, calm = circles_net(engine), circles_net(engine)

    def fail(network, history):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        net.fit(X, y, epochs=10, callbacks=[fail])
    net.fit(X, y, epochs=9)
    calm.fit(X, y, epochs=10)
    assert net.parameters.tobytes() == calm.parameters.tobytes()


def test_finish_is_called_once_when_the_fit_ends():
    class Counting:
        calls, finished = 0, 0

        def __call__(self, net, history):
            self.calls += 1
            return self.calls == 3

        def finish(self, net, history):
            self.finished += 1
            assert history.epochs == 3

    counting = Counting()
    pynn.Network([2, 3, 1], rng=0).fit(*datasets.moons(300, rng=0), epochs=9, callbacks=[counting])
    assert (counting.calls, counting.finished) == (3, 1)


def test_a_second_fit_at_the_same_time_is_refused(circles):
    X, _, y, _ = circles
    net, inside, go = circles_net(), threading.Event(), threading.Event()

    def wait(network, history):
        inside.set()
        go.wait(10)
        return True

    first = threading.Thread(target=net.fit, args=(X, y), kwargs={"callbacks": [wait]})
    first.start()
    assert inside.wait(10)
    with pytest.raises(RuntimeError, match="already running"):
        net.fit(X, y)
    go.set()
    first.join()
    net.fit(X, y, epochs=1)


def test_progress_is_shown_only_when_asked(circles, capfd):
    X, _, y, _ = circles
    circles_net().fit(X, y, epochs=5)
    assert capfd.readouterr() == ("", "")
    circles_net().fit(X, y, epochs=5, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "5/5" in err
    assert "loss" in err
