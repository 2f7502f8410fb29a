"""Figure 4, one neuron: every number is the engine's."""
from __future__ import annotations

import re

import numpy as np
import pytest

import pynn
from pynn.writing import number_mathtext

from .helpers import BLUE, ORANGE, assert_written, network, place, texts, value, written_numbers

pytestmark = pytest.mark.usefixtures("clean_figures")


def test_the_neuron_in_symbols():
    ax = pynn.plot.neuron()
    written = texts(ax)
    for text in ("$x_{1}$", "$x_{2}$", "$x_{n}$", "$w_{1}$", "$w_{2}$", "$w_{n}$", "$b$", "$z$", r"$\Sigma$", "$g$",
                 r"$\hat{y}$", r"$z = w^T x + b, \qquad \hat{y} = g(z)$"):
        assert written.count(text) == 1, text
    assert not len(written_numbers(ax))
    assert len(ax.collections[0].get_segments()) == 3


@pytest.mark.parametrize(("layer", "unit"), [(1, 1), (1, 4), (2, 6), (5, 1)])
def test_the_neuron_shows_the_numbers_of_the_forward_pass(layer, unit):
    net, x = network(2, 4, 6, 6, 4, 1), [0.5, -1.25]
    step = net.forward([x])
    ax = pynn.plot.neuron(net, x, layer=layer, unit=unit)
    W, b = net[layer].W[unit - 1], net[layer].b[unit - 1, 0]
    assert_written(ax, step.A[layer - 1], [b], step.A[layer][unit - 1])
    written = dict(text.strip("$").split(" = ") for text in texts(ax) if text.count(" = ") == 1)
    for j, w in enumerate(W, start=1):
        assert value(written[f"w_{{{j}}}"]) == pytest.approx(w, rel=5.001e-3)
    assert value(written[f"z_{{{unit}}}^{{[{layer}]}}"]) == pytest.approx(step.Z[layer][unit - 1, 0], rel=5.001e-3)
    assert net[layer].activation in texts(ax)
    colours = {tuple(colour) for colour in ax.collections[0].get_colors()}
    assert colours == {BLUE if w > 0 else ORANGE for w in W}
    said = pynn.plot.describe(ax)
    assert f"Unit {unit} of layer {layer}" in said
    assert f"z = {step.Z[layer][unit - 1, 0]:.3g}" in said


def test_the_weights_stand_at_their_own_lines():
    net = network(4, 1)
    ax = pynn.plot.neuron(net, [1.0, 2.0, 3.0, 4.0])
    labels = sorted((text for text in ax.texts if text.get_text().startswith("$w_{")), key=lambda text: -text.get_position()[1])
    assert [text.get_text()[:6] for text in labels] == ["$w_{1}", "$w_{2}", "$w_{3}", "$w_{4}"]
    heights = [place(ax, float(x))[1] for x in (1, 2, 3, 4)]
    assert heights == sorted(heights, reverse=True)


def test_without_an_example_the_neuron_shows_weights_and_bias_alone():
    net = network(3, 2, 1)
    ax = pynn.plot.neuron(net, unit=2)
    assert_written(ax, net[1].b[1])
    assert f"$w_{{3}} = {number_mathtext(net[1].W[1, 2])}$" in texts(ax)
    assert "$z_{2}^{[1]}$" in texts(ax)


def test_a_neuron_of_many_inputs_shows_the_first_and_the_last():
    net = network(30, 1)
    ax = pynn.plot.neuron(net, np.arange(30) / 7)
    labels = [text for text in texts(ax) if text.startswith("$w_{")]
    assert [int(re.findall(r"\d+", label)[0]) for label in labels] == [1, 2, 3, 4, 29, 30]
    assert labels[-1] == f"$w_{{30}} = {number_mathtext(net[1].W[0, 29])}$"


def test_softmax_is_a_function_of_all_units():
    net = network(2, 3)
    assert r"$z_{2}^{[1]} = w_{2}^{[1]T} x + b_{2}^{[1]}, \qquad \hat{y}_{2} = g_{2}^{[1]}(z^{[1]})$" in texts(
        pynn.plot.neuron(net, unit=2))
    assert any("a_{2}^{[1]} = g_{2}^{[1]}(z^{[1]})" in text for text in texts(pynn.plot.layer(net)))
