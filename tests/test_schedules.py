"""Learning rates that change from epoch to epoch."""
from __future__ import annotations

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
