"""Learning rates that change from epoch to epoch."""
from __future__ import annotations

import numpy as np
import pytest

import pynn
from pynn import schedules


def test_schedules():
    assert [schedules.Exponential(1.0, 0.5)(e) for e in range(4)] == [1, 0.5, 0.25, 0.125]
    cosine = schedules.Cosine(1.0, epochs=10, lowest=0.2)
    assert [cosine(0), cosine(5), cosine(10), cosine(99)] == pytest.approx([1, 0.6, 0.2, 0.2])
    assert [schedules.WarmUp(0.3, epochs=3)(e) for e in range(5)] == pytest.approx([0.1, 0.2, 0.3, 0.3, 0.3])
    assert schedules.Constant(0.5)(1000) == 0.5


def test_a_schedule_is_asked_once_an_epoch(engine):
    X, y = pynn.datasets.moons(300, rng=0)
    nets = [pynn.Network([2, 5, 1], rng=0, engine=engine) for _ in range(2)]
    nets[0].fit(X, y, epochs=3, learning_rate=schedules.Step(0.4, every=1, factor=0.5))
    for rate in (0.4, 0.2, 0.1):
        nets[1].fit(X, y, epochs=1, learning_rate=rate)
    assert nets[0].parameters.tobytes() == nets[1].parameters.tobytes()


@pytest.mark.parametrize("schedule", [
    schedules.Exponential(0.5, factor=0.5), schedules.Step(0.1, every=1, factor=0.1), schedules.WarmUp(
        schedules.Exponential(0.1, factor=1e-3), epochs=3), lambda e: 0.1 * max(0, 1 - e / 5), lambda e: np.exp(-e),
    lambda e: schedules.Cosine(0.1, epochs=20, lowest=0)(e)], ids=["exponential", "step", "warm-up", "line", "numpy", "cosine"])
def test_a_schedule_may_end_in_zero_and_then_nothing_changes(schedule, engine):
    X, y = pynn.datasets.moons(20, rng=0)
    net = pynn.Network([2, 2, 1], rng=0, engine=engine)
    rates = []
    history = net.fit(X, y, epochs=1100, learning_rate=schedule, batch_size=None, callbacks=[
        lambda net, history: rates.append(net.learning_rate)])
    assert history.epochs == 1100
    assert rates[-1] == 0
    before = net.parameters.copy()
    net.fit(X, y, epochs=2, learning_rate=schedule)
    assert np.array_equal(net.parameters, before)


@pytest.mark.parametrize("schedule", [
    lambda e: 0.1 if e < 7 else -1.0, lambda e: 0.1 if e < 7 else float("nan"), lambda e: 0.1 / (e < 7),
    lambda e: dict.fromkeys(range(7), 0.1)[e], lambda e: 0.1 if e < 7 else "fast"])
def test_whatever_a_schedule_raises_the_epochs_done_are_kept(schedule, engine):
    X, y = pynn.datasets.moons(50, rng=0)
    net, calm = (pynn.Network([2, 3, 1], rng=0, engine=engine) for _ in range(2))
    with pytest.raises((ValueError, ArithmeticError, LookupError, TypeError)) as raised:
        net.fit(X, y, epochs=20, learning_rate=schedule)
    history = calm.fit(X, y, epochs=7, learning_rate=0.1)
    assert net.epoch == raised.value.history.epochs == 7
    assert np.array_equal(raised.value.history.loss, history.loss)
    assert np.array_equal(net.parameters, calm.parameters)
    assert "7 epochs" in raised.value.__notes__[0]


@pytest.mark.parametrize("callback", [
    pynn.callbacks.ReduceOnPlateau("loss"), pynn.callbacks.LearningRateSchedule(schedules.Exponential(0.4, factor=0.5))],
    ids=["ReduceOnPlateau", "LearningRateSchedule"])
def test_a_schedule_and_a_callback_that_sets_the_learning_rate_are_an_error_that_names_both(callback):
    X, y = pynn.datasets.moons(50, rng=0)
    net = pynn.Network([2, 3, 1], rng=0)
    with pytest.raises(ValueError, match=f"^callbacks: {type(callback).__name__} sets the learning rate.*Exponential"):
        net.fit(X, y, epochs=3, learning_rate=schedules.Exponential(0.1, 0.5), callbacks=[callback])
    assert (net.epoch, net.learning_rate) == (0, 0.01)


@pytest.mark.parametrize("schedule", [schedules.Step(0.1, every=3), lambda epoch: 0.2, schedules.WarmUp(0.1)])
def test_an_assignment_in_a_fit_with_a_schedule_is_an_error(schedule, engine):
    X, y = pynn.datasets.moons(50, rng=0)
    net = pynn.Network([2, 3, 1], rng=0, engine=engine)

    def halve(net, history):
        net.learning_rate /= 2

    with pytest.raises(ValueError, match=r"^learning_rate: .*schedule.*callback") as raised:
        net.fit(X, y, epochs=3, learning_rate=schedule, callbacks=[halve])
    assert raised.value.history.epochs == 1
    assert net.learning_rate == 0.01
    net.learning_rate = 0.5         # after the fit it is possible again
    assert net.learning_rate == 0.5


def test_a_callback_reads_the_learning_rate_in_use_and_a_fit_leaves_that_of_the_optimiser(engine):
    X, y = pynn.datasets.moons(50, rng=0)
    net = pynn.Network([2, 3, 1], rng=0, engine=engine)
    rates = []
    for optimizer in ("adam", None):
        net.fit(X, y, epochs=4, optimizer=optimizer, learning_rate=schedules.Exponential(0.4, factor=0.5), callbacks=[
            lambda net, history: rates.append(net.learning_rate)])
        assert net.learning_rate == net.optimizer.learning_rate == 0.001
    assert rates == [0.4 * 0.5**epoch for epoch in range(8)]


def test_the_schedule_as_a_callback_may_end_in_zero():
    X, y = pynn.datasets.moons(50, rng=0)
    net = pynn.Network([2, 3, 1], rng=0)
    schedule = pynn.callbacks.LearningRateSchedule(lambda epoch: 0.1 * max(0, 1 - epoch / 5))
    assert net.fit(X, y, epochs=8, callbacks=[schedule]).epochs == 8
