"""The learning-rate range test."""
from __future__ import annotations

import pickle

import numpy as np
import pytest

import pynn


def test_the_range_test_finds_a_rate_that_learns_from_almost_every_start():
    X, y = pynn.datasets.circles(1000, rng=0)
    learned = 0
    for seed in range(20):
        net = pynn.Network([2, 4, 6, 6, 4, 1], rng=seed)
        net.fit(X, y, epochs=50, learning_rate=pynn.find_learning_rate(net, X, y).suggestion)
        learned += net.score(X, y) > 0.9
    assert learned >= 19


def test_a_network_that_cannot_learn_has_no_learning_rate():
    net = pynn.Network([2, 4, 1], rng=0)
    net[1].b = np.full((4, 1), -1e6)        # every ReLU is dead, and the output's bias is where it should be
    X, y = pynn.datasets.moons(100, rng=0)
    with pytest.raises(ValueError, match=r"^net: .* at none"):
        pynn.find_learning_rate(net, X, y, highest=1e-5)


def test_the_range_test_leaves_the_network_alone_and_finds_a_rate_that_learns():
    X, y = pynn.datasets.circles(600, rng=0)
    net = pynn.Network([2, 4, 6, 6, 4, 1], rng=0)
    before = pickle.dumps(net)
    found = pynn.find_learning_rate(net, X, y, optimizer="adam")
    assert pickle.dumps(net) == before
    assert (np.diff(found.learning_rates) > 0).all()
    assert found.losses.shape == found.learning_rates.shape
    history = net.fit(X, y, epochs=60, optimizer="adam", learning_rate=found.suggestion)
    assert history.loss[-1] < 0.5 * history.loss[0]
    ax = found.plot()
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), np.column_stack([found.learning_rates, found.losses]))
    assert ax.lines[1].get_xdata()[0] == found.suggestion
    with pytest.raises(TypeError, match=r"^found:"):
        pynn.plot.range_test(net)
