"""check_gradients: it sees a gradient that is wrong."""
from __future__ import annotations

import numpy as np
import pytest

import pynn

from .conftest import problem


@pytest.mark.parametrize("broken", ["sign", "scale", "transposed", "one element"])
def test_check_gradients_sees_a_broken_gradient(broken, monkeypatch):
    net = pynn.Network([2, 3, 3, 1], hidden="tanh", rng=0)
    X, y = problem(net, 10, 0)
    assert pynn.check_gradients(net, X, y).ok
    right = pynn.Network.backward

    def wrong(self, X, y):
        gradients = right(self, X, y)
        if self is net:
            dW = gradients.dW[2]
            if broken == "sign":
                np.negative(gradients.flat, out=gradients.flat)
            elif broken == "scale":
                np.multiply(gradients.flat, 1.001, out=gradients.flat)
            elif broken == "transposed":
                dW[:] = dW.T.copy()
            else:
                dW[1, 2] *= -1
        return gradients

    monkeypatch.setattr(pynn.Network, "backward", wrong)
    report = pynn.check_gradients(net, X, y)
    assert not report.ok
    assert "WRONG" in str(report)
    if broken == "one element":
        assert report.worst.startswith("W[2][1, 2]: ")


def test_check_gradients_of_nothing_is_not_ok():
    net = pynn.Network([1, 2, 1], output="linear", initializer="zeros")
    assert not pynn.check_gradients(net, [[1.0]], [0.0]).ok
