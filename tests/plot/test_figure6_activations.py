"""Figure 6, activations: what is drawn is what the engine computes."""
from __future__ import annotations

import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import pytest

import pynn
from pynn.reference import ACTIVATIONS, HIDDEN

from .helpers import nothing_is_clipped

pytestmark = pytest.mark.usefixtures("clean_figures")

DERIVATIVES = {     # written down here, apart from the engine
    "linear": lambda z: np.ones_like(z),
    "sigmoid": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
    "relu": lambda z: np.where(z > 0, 1.0, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, 1.0, 0.01),
}


def test_every_activation_that_pynn_knows_is_drawn():
    axes = pynn.plot.activations()
    assert [ax.get_title() for ax in axes] == [name.replace("_", " ") for name in HIDDEN]
    assert nothing_is_clipped(axes[0].figure)


@pytest.mark.parametrize("name", HIDDEN)
def test_g_and_its_derivative_are_drawn_at_their_values(name):
    (ax,) = pynn.plot.activations(name)
    g, slope = ax.lines[-2:]
    z, a = g.get_data()
    net = pynn.Network([1, 1, 1], hidden=name, rng=0)
    net.parameters = [1, 0, 1, 0]
    np.testing.assert_allclose(a, net.forward(z[:, np.newaxis]).A[1][0], rtol=1e-14)
    z, drawn = slope.get_data()
    there = ~np.isnan(drawn)
    h = 1e-6
    away = there & (np.abs(np.subtract.outer(z, [0.0, *ACTIVATIONS[name].kinks])) > 2 * h).all(axis=1)      # from the kinks
    ahead, behind = (net.forward((z[away] + step)[:, np.newaxis]).A[1][0] for step in (h, -h))
    np.testing.assert_allclose(drawn[away], (ahead - behind) / (2 * h), atol=1e-8)
    if name in DERIVATIVES:
        np.testing.assert_allclose(drawn[there], DERIVATIVES[name](z[there]), rtol=1e-12)


def test_no_line_joins_the_two_sides_of_a_jump():
    for name, jumps in (("relu", 1), ("leaky_relu", 1), ("tanh", 0), ("linear", 0)):
        (ax,) = pynn.plot.activations([name])
        assert np.isnan(ax.lines[-1].get_ydata()).sum() == jumps


@pytest.mark.parametrize(("kinks", "reach"), [((0.0,), 4), ((0.0, 6.0), 8)])
def test_every_kink_is_within_the_panel(kinks, reach, monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "relu", dataclasses.replace(ACTIVATIONS["relu"], kinks=kinks))
    (ax,) = pynn.plot.activations("relu")
    z = ax.lines[-2].get_xdata()
    assert (z[0], z[-1]) == (-reach, reach)
    assert f"for z from -{reach} to {reach}" in pynn.plot.describe(ax)


def test_activations_use_given_axes_and_hand_keywords_on():
    figure, grid = plt.subplots(1, 2)
    axes = pynn.plot.activations(["tanh", "relu"], grid, lw=5)
    assert list(axes) == list(grid)
    assert plt.get_fignums() == [figure.number]
    assert {line.get_linewidth() for ax in axes for line in ax.lines[-2:]} == {5}


@pytest.mark.parametrize(("arguments", "error", "message"), [
    ({"names": ["softmax"]}, ValueError, "^names: unknown name 'softmax'"),
    ({"names": []}, ValueError, "^names: "),
    ({"names": [3]}, TypeError, "^names: "),
    ({"axes": 3}, TypeError, "^ax: "),
    ({"names": ["relu", "tanh"], "axes": [plt.Figure().subplots()]}, ValueError, "^axes: expected 2"),
])
def test_activations_say_what_is_wrong(arguments, error, message):
    with pytest.raises(error, match=message):
        pynn.plot.activations(**arguments)
    assert plt.get_fignums() == []
