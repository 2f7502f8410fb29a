"""sample_weight and class_weight."""
from __future__ import annotations

import numpy as np
import pytest

import pynn
from pynn import datasets

from ..conftest import assert_close


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_a_weighted_score_is_at_most_one(dtype, seed, output, engine):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(999, 2))
    net = pynn.Network([2, 3, 1 if output == "sigmoid" else 3], rng=seed, dtype=dtype, engine=engine)
    weights = rng.exponential(size=999) ** 3
    score = net.score(X, net.predict(X), weights)
    assert 1 - 1e-12 <= score <= 1


def test_a_weight_of_two_is_the_example_twice(engine):
    X, y = datasets.moons(60, rng=0)
    weights = np.random.default_rng(0).integers(0, 3, 60)
    twice = pynn.Network([2, 5, 1], rng=0, engine=engine)
    weighted = twice.copy()
    twice.fit(np.repeat(X, weights, axis=0), np.repeat(y, weights), epochs=5, batch_size=None, learning_rate=0.5)
    weighted.fit(X, y, epochs=5, batch_size=None, learning_rate=0.5, sample_weight=weights)
    assert_close(weighted.parameters, twice.parameters, 1e-10, "parameters")
    repeated = twice.evaluate(np.repeat(X, weights, axis=0), np.repeat(y, weights))
    assert weighted.evaluate(X, y, weights) == pytest.approx(repeated, rel=1e-10)


def test_class_weights(engine):
    X, y = datasets.moons(90, rng=0)
    keep = (y == 0) | (np.arange(90) % 3 == 0)
    X, y = X[keep], y[keep]
    share = np.bincount(y) / len(y)
    nets = [pynn.Network([2, 5, 1], rng=0, engine=engine) for _ in range(3)]
    nets[0].fit(X, y, epochs=3, class_weight="balanced")
    nets[1].fit(X, y, epochs=3, class_weight={0: 1 / share[0], 1: 1 / share[1]})
    nets[2].fit(X, y, epochs=3, sample_weight=1 / share[y])
    for other in nets[1:]:
        assert_close(other.parameters, nets[0].parameters, 1e-12, "parameters")
    softmax = [pynn.Network([2, 5, 2], rng=0, engine=engine) for _ in range(2)]
    softmax[0].fit(X, y, epochs=3, class_weight={1: 2.0}, sample_weight=np.ones(len(y)))
    softmax[1].fit(X, np.eye(2)[y], epochs=3, class_weight={1: 2.0})
    assert softmax[0].parameters.tobytes() == softmax[1].parameters.tobytes()
