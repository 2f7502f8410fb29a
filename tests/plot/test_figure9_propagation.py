"""Figure 9, propagation: every number is the engine's, and the steps are in order."""
from __future__ import annotations

import re

import numpy as np
import pytest

import pynn
from pynn.writing import number_mathtext

from .helpers import assert_written, network, place, texts, value

pytestmark = pytest.mark.usefixtures("clean_figures")


def test_propagation_in_symbols():
    written = texts(pynn.plot.propagation(network(2, 4, 1)))
    for text in ("$Z^{[1]} = W^{[1]} A^{[0]} + b^{[1]}$", "$A^{[2]} = g^{[2]}(Z^{[2]})$",
                 r"$dZ^{[1]} = dA^{[1]} \ast g^{[1]}{}'(Z^{[1]})$", r"$dW^{[2]} = \frac{1}{m}\, dZ^{[2]} A^{[1]T}$",
                 r"$db^{[1]} = \frac{1}{m}\, \Sigma\, dZ^{[1]}$", "$dA^{[1]} = W^{[2]T} dZ^{[2]}$", r"$Z^{[2]}\!, \; A^{[1]}$",
                 r"$dW^{[1]}\!, \; db^{[1]}$", r"$dA^{[2]} = m \, \partial J / \partial \hat{Y}$",
                 "loss: binary_cross_entropy"):
        assert written.count(text) == 1, text
    assert written.count("$(4, 2)$") == 1
    assert r"$dZ^{[1]} = \hat{Y} - Y$" in texts(pynn.plot.propagation(network(2, 3)))


@pytest.mark.parametrize(("sizes", "m", "keywords"), [
    ((2, 4, 1), 1, {}), ((2, 4, 1), 3, {"dtype": "float32"}), ((3, 2, 3), 2, {}), ((2, 3, 1), 2, {"output": "linear"}),
    ((1, 1, 1, 1, 1, 1), 1, {"hidden": "tanh"}), ((2, 3, 2), 2, {"output": "sigmoid"})])
def test_propagation_shows_the_numbers_of_both_passes(sizes, m, keywords):
    net = network(*sizes, **keywords)
    X = np.random.default_rng(2).normal(size=(m, sizes[0]))
    if net.activations[-1] == "softmax":
        y = np.arange(m) % sizes[-1]
        Y = np.eye(sizes[-1])[y].T
    else:
        y = np.random.default_rng(3).integers(2, size=(m, sizes[-1]))
        Y = y.T
    step, gradients = net.forward(X), net.backward(X, y)
    ax = pynn.plot.propagation(net, X, y)
    assert_written(ax, *step.A, step.A[-1], *step.Z[1:], *gradients.dA, *gradients.dZ[1:], *gradients.dW[1:],
                   *gradients.db[1:], Y)
    (loss,) = [text for text in texts(ax) if text.startswith("$J")]
    assert value(loss.split(" = ")[1]) == pytest.approx(gradients.loss, rel=5.001e-3)
    assert f"J = {gradients.loss:.3g}" in pynn.plot.describe(ax)


def test_matrices_of_propagation_stand_in_rows_and_columns():
    net = network(2, 3, 1, hidden="tanh")
    X, y = [[0.5, -1.25], [0.3, 0.7]], [1, 0]
    ax = pynn.plot.propagation(net, X, y)
    step, gradients = net.forward(X), net.backward(X, y)
    captions = {text.get_text(): text.get_position() for text in ax.texts}
    for name, matrix in (("Z", step.Z[1]), ("A", step.A[1]), ("dA", gradients.dA[1]), ("dZ", gradients.dZ[1]),
                         ("dW", gradients.dW[1])):
        x, height = np.moveaxis([[place(ax, w) for w in row] for row in matrix], 2, 0)
        assert (np.diff(x, axis=1) > 0).all()
        assert (np.diff(height, axis=0) < 0).all()
        at = captions[f"${name}^{{[1]}} \\; (3, 2)$"]
        assert x[0, 0] < at[0] < x[0, 1]
        assert 0 < height[-1, 0] - at[1] < 3


def test_the_steps_go_down_and_up_again():
    ax = pynn.plot.propagation(network(2, 4, 3, 1))
    steps = {int(text.get_text()): text.get_position() for text in ax.texts if text.get_text().isdigit()}
    assert sorted(steps) == [1, 2, 3, 4, 5, 6, 7]
    x, y = np.array([steps[k] for k in sorted(steps)]).T
    assert (np.diff(y[:4]) < 0).all()
    assert (np.diff(y[3:]) > 0).all()
    np.testing.assert_allclose(y[:3], y[:3:-1])
    assert len(set(x[:3])) == len(set(x[4:])) == 1
    assert x[0] < x[4]


@pytest.mark.parametrize("numbers", [False, True])
def test_layers_and_matrices_that_are_too_many_are_elided(numbers):
    net = network(784, 20, *[2] * 7, 3, hidden="sigmoid")
    X, y = np.random.default_rng(0).random((5, 784)), [0, 1, 2, 0, 1]
    written = texts(pynn.plot.propagation(net, X, y) if numbers else pynn.plot.propagation(net))
    names = [text for text in written if text.startswith("layer")]
    kept = [1, 2, 3, 8, 9] if numbers else [1, 2, 9]
    assert sorted(int(re.findall(r"\d+", name)[0]) for name in names) == sorted(2 * kept)
    assert ("$dW^{[1]} \\; (20, 784)$" if numbers else "$(20, 784)$") in written
    if numbers:
        gradients = net.backward(X, y)
        at = np.ix_([0, 1, 19], [0, 1, 783])
        assert {f"${number_mathtext(w)}$" for w in gradients.dW[1][at].ravel()} <= set(written)
        assert f"${number_mathtext(gradients.dW[1][2, 0])}$" not in written


def test_the_arrows_carry_the_layer_before_them():
    written = texts(pynn.plot.propagation(network(2, 4, 6, 6, 4, 1)))
    assert [text for text in written if re.fullmatch(r"\$A\^\{\[\d\]\}\$", text)] == [f"$A^{{[{l}]}}$" for l in (1, 2, 4, 5)]
    assert [int(text[6]) for text in written if text.startswith("$dA^{[") and not text.startswith("$dA^{[0")] == [1, 2, 4, 5]


def test_class_numbers_and_one_hot_targets_make_the_same_picture():
    net, X, y = network(2, 3), [[0.5, -1.25], [1.0, 2.0]], np.array([2, 0])
    assert texts(pynn.plot.propagation(net, X, y)) == texts(pynn.plot.propagation(net, X, np.eye(3)[y]))


def test_an_infinite_derivative_is_drawn():
    net = network(1, 1)
    net[1].W, net[1].b = [[800.0]], [[0.0]]
    assert r"$\infty$" in texts(pynn.plot.propagation(net, [[1.0]], [0]))
