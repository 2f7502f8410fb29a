"""check_gradients: it sees a gradient that is wrong."""
from __future__ import annotations

import numpy as np
import pytest

import pynn
from pynn.reference import ACTIVATIONS, HIDDEN, LOSSES

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


# ------------------------------------------------------------------------------------------------------------------- kinks

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


@pytest.mark.parametrize("name", HIDDEN)
def test_the_registry_knows_every_kink(name):
    g = ACTIVATIONS[name]
    z = np.linspace(-8, 8, 160_001)         # 0 is one of them, and all steps are 1e-4
    slope = g.derivative(z, g.function(z))
    jumps = np.flatnonzero(np.abs(np.diff(slope)) > 0.01)
    assert len(jumps) == len(g.kinks)
    np.testing.assert_allclose(z[jumps], sorted(g.kinks), atol=2e-4)


def test_the_registry_knows_what_saturates():
    z = np.array([-20.0, -10, 0, 10, 20])
    for name in HIDDEN:
        slope = ACTIVATIONS[name].derivative(z, ACTIVATIONS[name].function(z))
        assert ACTIVATIONS[name].saturates == (abs(slope[[0, 1, 3, 4]]).max() < 0.01 * slope[2]), name


@pytest.mark.parametrize("loss", ["mean_squared_error", "mean_absolute_error", "huber"])
def test_the_registry_knows_the_kinks_of_losses(loss):
    d = np.linspace(-4, 4, 80_001)[None]
    slope = LOSSES[loss].derivative(np.zeros_like(d), d)[0]
    assert np.any(np.abs(np.diff(slope)) > 0.01) == (LOSSES[loss].kinks == (0.0,))


@pytest.mark.parametrize("seed", range(20))
def test_fresh_networks_on_xor_are_right(seed):
    report = pynn.check_gradients(pynn.Network([2, 4, 1], rng=seed), *XOR)
    assert report.ok, report
    assert report.undecided == tuple((1, unit, 1) for unit in range(1, 5))
    assert "undecided: kink: unit 1 of layer 1 for example 1, unit 2" in str(report)


@pytest.mark.parametrize("name", [name for name in HIDDEN if ACTIVATIONS[name].kinks])
def test_kinks_of_every_activation_that_has_one(name):
    assert pynn.check_gradients(pynn.Network([2, 3, 1], hidden=name, rng=0), *XOR).undecided


def test_kinks_of_a_loss():
    net = pynn.Network([1, 1], output="linear", loss="mean_absolute_error", initializer="zeros")
    report = pynn.check_gradients(net, [[1.0], [2.0], [3.0]], [1e-7, 1.0, 2.0])
    assert report.ok
    assert report.undecided == ((1, 1, 1),)
    assert not pynn.check_gradients(net, [[1.0]], [1e-7]).ok        # nothing was decided


def test_smooth_units_are_never_undecided():
    report = pynn.check_gradients(pynn.Network([2, 4, 1], hidden="elu", rng=0), *XOR)
    assert report.ok
    assert not report.undecided


def test_frames_and_scaled_inputs_have_kinks_too():
    pandas = pytest.importorskip("pandas")
    net = pynn.Network([2, 3, 1], rng=0)
    frame = pandas.DataFrame(XOR[0], columns=["a", "b"]) + 5.0
    net.standardizer = pynn.Standardizer([5.0, 5.0], [1.0, 1.0])
    report = pynn.check_gradients(net, frame, pandas.Series(XOR[1]))
    assert report.ok
    assert len(report.undecided) == 3


def broken_at(net, monkeypatch, l, part, index):
    """Make one element of the gradient of layer l wrong, for whatever examples."""
    right = pynn.Network.backward

    def wrong(self, X, y):
        gradients = right(self, X, y)
        if self is net:
            getattr(gradients, part)[l][index] += 0.01
        return gradients

    monkeypatch.setattr(pynn.Network, "backward", wrong)


@pytest.mark.parametrize(("l", "part", "index"), [
    (1, "db", (2, 0)),          # its step takes unit 3 over the kink in example 1, but not in the other examples
    (1, "dW", (2, 0)),          # its step takes nothing over a kink: x is 0 where z is
    (2, "dW", (0, 2)),          # after the kink
    (2, "db", (0, 0))])
def test_a_kink_excuses_nothing_else(l, part, index, monkeypatch):
    net = pynn.Network([2, 4, 1], rng=0)
    broken_at(net, monkeypatch, l, part, index)
    report = pynn.check_gradients(net, *XOR)
    assert not report.ok
    assert report.worst.startswith(f"{part[1:]}[{l}][{index[0]}, {index[1]}]: ")


def test_a_parameter_that_only_kinked_examples_reach_is_undecided(monkeypatch):
    net = pynn.Network([2, 4, 1], rng=0)
    broken_at(net, monkeypatch, 1, "db", (2, 0))
    assert pynn.check_gradients(net, [[0, 0]], [1]).ok
    broken_at(net, monkeypatch, 2, "db", (0, 0))
    assert not pynn.check_gradients(net, [[0, 0]], [1]).ok
