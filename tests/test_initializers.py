"""Initial weights: their distributions are those of the literature, and every machine draws the same bits."""
from __future__ import annotations

import numpy as np
import pytest

import pynn
from pynn.initializers import INITIALIZERS

RECTIFIERS = ("relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus")
FIRST_ROW = ["0x1.339da3a1a20d2p+0", "-0x1.7dcf1c540255fp-1"]


@pytest.mark.parametrize(("name", "variance", "normal"), [
    ("he", 2 / 300, True), ("lecun", 1 / 300, True), ("glorot", 2 / (300 + 200), False), ("small_normal", 0.01, True)])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_moments_are_those_of_the_literature(name, variance, normal, activation):
    W = INITIALIZERS[name](200, 300, activation, np.random.default_rng(0))
    assert W.shape == (200, 300)
    assert abs(W.mean()) < 4 * np.sqrt(variance / W.size)
    assert W.var() == pytest.approx(variance, rel=0.03)
    # rows are independent: no unit is the mirror of another
    correlations = np.corrcoef(W) - np.eye(200)
    assert np.abs(correlations).max() < 0.35
    if normal:
        assert np.mean(np.abs(W) < np.sqrt(variance)) == pytest.approx(0.6827, abs=0.01)
    else:
        assert np.abs(W).max() <= np.sqrt(3 * variance)


@pytest.mark.parametrize("activation", RECTIFIERS)
@pytest.mark.parametrize(("units", "inputs"), [(1, 3), (2, 2), (4, 2), (5, 1), (8, 4), (8, 3), (7, 50)])
def test_paired_weights_of_a_narrow_layer(activation, units, inputs):
    W = INITIALIZERS["paired"](units, inputs, activation, np.random.default_rng(1))
    assert W.shape == (units, inputs)
    np.testing.assert_array_equal(W[1::2], -W[: units - units % 2 : 2])
    np.testing.assert_allclose(np.linalg.norm(W, axis=1), np.sqrt(2), rtol=1e-14)
    directions = W[::2]
    for first in range(0, len(directions), inputs):         # as many as fill the space are orthogonal, then it begins again
        some = directions[first:first + inputs]
        np.testing.assert_allclose(some @ some.T, 2 * np.eye(len(some)), atol=1e-13)


@pytest.mark.parametrize(("units", "activation"), [(9, "relu"), (8, "tanh"), (4, "sigmoid"), (3, "softmax"), (1, "linear")])
def test_paired_is_glorot_where_pairs_do_not_help(units, activation):
    drawn = [INITIALIZERS[name](units, 6, activation, np.random.default_rng(2)) for name in ("paired", "glorot")]
    np.testing.assert_array_equal(*drawn)


def test_the_default_is_paired_and_its_bits_do_not_change():
    net, named = pynn.Network([2, 4, 1], rng=0), pynn.Network([2, 4, 1], initializer="paired", rng=0)
    np.testing.assert_array_equal(net.parameters, named.parameters)
    assert [value.hex() for value in net[1].W[0].tolist()] == FIRST_ROW


def test_weights_do_not_share_their_stream_with_data_of_the_same_seed():
    X = np.random.default_rng(0).normal(size=(50, 3))
    Z = pynn.Network([3, 7, 5, 2], rng=0).forward(X).Z[1]
    assert np.abs(Z).min() > 1e-6


def test_no_layer_of_pairs_starts_dead():
    X, _ = pynn.datasets.circles(500, rng=0)
    for seed in range(50):
        net = pynn.Network([2, 4, 6, 6, 4, 1], rng=seed)
        for A in net.forward(X).A[1:-1]:
            assert (A.max(axis=0) > 0).all()


def test_zeros_learn_nothing_but_one_unit(circles):
    """Symmetry: from zero weights all units of a layer stay equal."""
    X, _, y, _ = circles
    net = pynn.Network([2, 4, 3, 1], hidden="sigmoid", initializer="zeros", rng=0)
    net.fit(X, y, epochs=20, learning_rate=0.5)
    for layer in net:
        assert np.array_equal(layer.W, np.broadcast_to(layer.W[:1], layer.W.shape))
