"""The activations at their edges: NaN, and the kink of ReLU."""
from __future__ import annotations

import numpy as np

import pynn
from pynn.reference import HIDDEN


def test_nan_is_never_hidden(engine):
    for hidden in HIDDEN:
        net = pynn.Network([2, 3, 2, 1], hidden=hidden, rng=0, engine=engine)
        net[1].W[0, 0] = np.nan
        step = net.forward([[1.0, 1.0]])
        assert np.isnan(step.A[1][0, 0]), hidden
        assert np.isnan(step.A[-1]).all(), hidden


def test_softmax_shows_nan(engine):
    net = pynn.Network([2, 3], rng=0, engine=engine)
    for row in range(3):
        twin = net.copy()
        twin[1].W[row, 0] = np.nan
        assert np.isnan(twin([[1.0, 1.0]])).all()


def test_relu_derivative_at_zero_is_zero(engine):
    net = pynn.Network([1, 1, 1], output="linear", rng=0, engine=engine)
    net.parameters = [1, 0, 1, 0]           # z = x
    assert net.backward([[0.0]], [5.0]).dZ[1] == 0
