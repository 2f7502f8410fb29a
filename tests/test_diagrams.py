"""The diagrams, by their structure: every line is a weight, every number is the engine's, and no text covers another."""
from __future__ import annotations

import itertools
import re
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

import pynn
from pynn.plot._panels import COLOURS
from pynn.writing import number_mathtext

BLUE, ORANGE = (to_rgba(colour) for colour in COLOURS[:2])


pytestmark = pytest.mark.usefixtures("clean_figures")


def network(*sizes: int, **keywords: Any) -> pynn.Network:
    """A network whose weights and biases are all different, and of both signs."""
    net = pynn.Network(sizes, rng=0, **keywords)
    net.parameters = np.random.default_rng(1).normal(scale=0.7, size=net.parameters.shape)
    return net


def texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts]


def value(text: str) -> float:
    """What a number in mathtext is."""
    return float(text.strip("$").replace(r"\infty", "inf").replace(r" \cdot 10^{", "e").replace("}", ""))


def is_number(text: str) -> bool:
    return re.fullmatch(r"\$-?[\d.]+( \\cdot 10\^\{-?\d+\})?\$", text) is not None


def written_numbers(ax: Any) -> np.ndarray:
    return np.sort([value(text) for text in texts(ax) if is_number(text)])


def assert_written(ax: Any, *arrays: np.ndarray) -> None:
    """The numbers in the diagram are those of the arrays, to three digits, and there are no others."""
    expected = np.sort(np.concatenate([np.ravel(array) for array in arrays]))
    np.testing.assert_allclose(written_numbers(ax), expected, rtol=5.001e-3)


def place(ax: Any, wanted: float) -> tuple[float, float]:
    """Where the one number is written that is this to three digits."""
    (found,) = [text for text in ax.texts if is_number(text.get_text()) and text.get_text() == f"${number_mathtext(wanted)}$"]
    return found.get_position()


def unit_columns(ax: Any, least: float = 0.4) -> list[list[tuple[float, float]]]:
    """The centres of the units, from left to right and each column from its top; the ellipsis and the key are smaller."""
    centres = sorted((round(x, 6), -y) for patch in ax.patches if isinstance(patch, Circle) and patch.radius > least
                     for x, y in [patch.center])
    return [[(x, -y) for x, y in group] for _, group in itertools.groupby(centres, key=lambda centre: centre[0])]


def shown(n: int) -> list[int]:
    return [*range(n)] if n <= 16 else [*range(8), *range(n - 8, n)]


# ---- numbers

@pytest.mark.parametrize("number_of", [0.5, -0.12345, 123.4, 1234.5, -6.789e-7, 0.00012345, 784, 3e12, 0.9996, -999.7, 1e-300])
def test_a_number_is_written_to_three_digits(number_of):
    assert value(number_mathtext(number_of)) == pytest.approx(number_of, rel=5.001e-3)


@pytest.mark.parametrize(("number_of", "text"), [
    (0.0, "0"), (-0.0, "0"), (2.0, "2"), (-1.0, "-1"), (0.5, "0.500"), (999.0, "999"), (123.4, "123"),
    (1000.0, r"1.00 \cdot 10^{3}"), (np.inf, r"\infty"), (-np.inf, r"-\infty"), (np.nan, r"\mathrm{nan}")])
def test_whole_and_infinite_numbers(number_of, text):
    assert number_mathtext(number_of) == text


# ---- network

@pytest.mark.parametrize("sizes", [(2, 4, 6, 6, 4, 1), (1, 1), (16, 17, 3), (784, 256, 128, 10), (3, 2)])
def test_the_network_has_a_line_for_every_shown_weight_with_its_colour_and_width(sizes):
    net = network(*sizes)
    ax = pynn.plot.network(net)
    columns = unit_columns(ax)
    assert [len(column) for column in columns] == [min(n, 16) for n in sizes]
    assert len(ax.collections) == len(net)
    sizes_of_weights, widths = [], []
    for l, lines in enumerate(ax.collections, start=1):
        before = dict(zip(columns[l - 1], shown(sizes[l - 1]), strict=True))
        after = dict(zip(columns[l], shown(sizes[l]), strict=True))
        seen = set()
        for segment, colour, width in zip(lines.get_segments(), lines.get_colors(), lines.get_linewidths(), strict=True):
            (x_0, y_0), (x_1, y_1) = segment
            j, i = before[round(x_0, 6), y_0], after[round(x_1, 6), y_1]
            seen.add((i, j))
            w = net[l].W[i, j]
            assert tuple(colour) == (BLUE if w > 0 else ORANGE)
            sizes_of_weights.append(abs(w))
            widths.append(width)
        assert seen == {(i, j) for i in shown(sizes[l]) for j in shown(sizes[l - 1])}
    if len(widths) > 1:
        slope, least = np.polyfit(sizes_of_weights, widths, 1)
        np.testing.assert_allclose(widths, slope * np.array(sizes_of_weights) + least, rtol=1e-6)
        assert slope * max(np.abs(layer.W).max() for layer in net) + least == pytest.approx(12 * least, rel=1e-6)


def test_units_have_the_colour_of_their_bias():
    net = network(2, 5, 1)
    net[1].b = [[-1.0], [-0.5], [0.0], [0.5], [1.0]]
    net[2].b = [[2.0]]
    units = [patch for patch in pynn.plot.network(net).patches if isinstance(patch, Circle) and patch.radius > 0.4]
    inputs, (strong, weak, none, weak_up, strong_up), (strongest,) = units[:2], units[2:7], units[7:]
    assert len({unit.get_facecolor() for unit in inputs}) == 1
    assert none.get_facecolor() == pytest.approx((1, 1, 1, 1), abs=0.01)
    assert strongest.get_facecolor() == pytest.approx(BLUE, abs=0.01)
    for lesser, greater, colour in ((weak, strong, ORANGE), (weak_up, strong_up, BLUE)):
        for unit, share in ((lesser, 0.25), (greater, 0.5)):
            assert unit.get_facecolor() == pytest.approx(1 + share * (np.array(colour) - 1), abs=0.01)


def test_the_network_names_its_sizes_activations_inputs_and_outputs():
    written = texts(pynn.plot.network(network(784, 20, 10, hidden="leaky_relu")))
    for text in ("input", "leaky_relu", "softmax", "$n^{[0]} = 784$", "$n^{[1]} = 20$", "$n^{[2]} = 10$", "$x_{1}$",
                 "$x_{784}$", r"$\hat{y}_{10}$", "positive", "negative"):
        assert written.count(text) == 1, text
    assert "$x_{9}$" not in written
    assert r"$\hat{y}$" in texts(pynn.plot.network(network(2, 1)))


@pytest.mark.parametrize(("n", "dots"), [(16, 0), (17, 3)])
def test_more_than_16_units_are_elided(n, dots):
    ax = pynn.plot.network(network(n, 2))
    assert [patch.radius < 0.2 for patch in ax.patches if isinstance(patch, Circle)].count(True) == dots
    gaps = -np.diff([y for _, y in unit_columns(ax)[0]])
    np.testing.assert_allclose(gaps / gaps[0], [1 if slot != 7 or n == 16 else 2 for slot in range(15)])


def test_a_network_of_zeros_is_drawn():
    net = pynn.Network([2, 3, 1], initializer="zeros")
    assert [len(lines.get_segments()) for lines in pynn.plot.network(net).collections] == [6, 3]


@pytest.mark.parametrize("keywords", [{"linewidths": 3}, {"lw": 3}, {"alpha": 0.3}, {"color": "red"}, {"colors": "red"}])
def test_network_hands_keywords_to_its_lines(keywords):
    lines = pynn.plot.network(network(2, 3, 1), **keywords).collections[0]
    if "alpha" in keywords:
        assert lines.get_alpha() == 0.3
    elif "lw" in keywords or "linewidths" in keywords:
        assert set(lines.get_linewidths()) == {3}
    else:
        np.testing.assert_array_equal(lines.get_colors(), [to_rgba("red")])


# ---- neuron

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


# ---- layer

def test_the_layer_in_symbols():
    ax = pynn.plot.layer()
    written = texts(ax)
    for text in ("$z_{1}^{[l]}$", "$b_{n}^{[l]}$", "$-\\; w_{2}^{[l]T} -$", "$Z^{[l]}$", "$A^{[l-1]}$",
                 "$(n^{[l]}, n^{[l-1]})$", "$= g^{[l]}(Z^{[l]})$"):
        assert written.count(text) == 1, text
    assert not len(written_numbers(ax))
    assert len(ax.collections[0].get_segments()) == 9


@pytest.mark.parametrize("layer", [1, 2, 3, 5])
def test_the_layer_shows_the_numbers_of_the_forward_pass(layer):
    net, x = network(2, 4, 6, 6, 4, 1, hidden="tanh"), [0.5, -1.25]
    step = net.forward([x])
    ax = pynn.plot.layer(net, x, layer=layer)
    A, z, a, W = step.A[layer - 1], step.Z[layer], step.A[layer], net[layer].W
    assert_written(ax, A, A, z, a, W, net[layer].b)
    for i in range(len(z)):
        at = f"_{{{i + 1}}}^{{[{layer}]}}"
        assert f"$z{at} = {number_mathtext(z[i, 0])}, \\quad a{at} = {number_mathtext(a[i, 0])}$" in texts(ax)
    assert len(ax.collections[0].get_segments()) == W.size
    n, n_before = W.shape
    assert f"$({n}, {n_before})$" in texts(ax)


def test_the_weights_of_a_layer_stand_in_rows_and_columns():
    net = network(3, 4, 1)
    ax = pynn.plot.layer(net, [0.1, 0.2, 0.3])
    x, y = np.moveaxis([[place(ax, w) for w in row] for row in net[1].W], 2, 0)
    np.testing.assert_allclose(x - x[:1], 0, atol=1e-9)
    np.testing.assert_allclose(y - y[:, :1], 0, atol=1e-9)
    assert (np.diff(x, axis=1) > 0).all()
    assert (np.diff(y, axis=0) < 0).all()


def test_the_lines_of_a_layer_are_its_weights():
    net = network(3, 4, 1)
    ax = pynn.plot.layer(net)
    before, after = unit_columns(ax, 1.0)
    for ((_, y_0), (_, y_1)), colour in zip(ax.collections[0].get_segments(), ax.collections[0].get_colors(), strict=True):
        j, i = ([y for _, y in column].index(at) for column, at in ((before, y_0), (after, y_1)))
        assert tuple(colour) == (BLUE if net[1].W[i, j] > 0 else ORANGE)


def test_a_large_layer_shows_the_first_and_the_last():
    net = network(20, 9)
    ax = pynn.plot.layer(net, np.linspace(0.1, 2, 20))
    rows, columns = np.r_[:4, 7:9], np.r_[:4, 18:20]
    step = net.forward([np.linspace(0.1, 2, 20)])
    A, z, a = step.A[0][columns], step.Z[1][rows], step.A[1][rows]
    assert_written(ax, A, A, z, a, net[1].W[np.ix_(rows, columns)], net[1].b[rows])
    assert texts(ax).count(r"$\ddots$") == 1
    assert "$(9, 20)$" in texts(ax)


# ---- propagation

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


def test_class_numbers_and_one_hot_targets_make_the_same_picture():
    net, X, y = network(2, 3), [[0.5, -1.25], [1.0, 2.0]], np.array([2, 0])
    assert texts(pynn.plot.propagation(net, X, y)) == texts(pynn.plot.propagation(net, X, np.eye(3)[y]))


def test_an_infinite_derivative_is_drawn():
    net = network(1, 1)
    net[1].W, net[1].b = [[800.0]], [[0.0]]
    assert r"$\infty$" in texts(pynn.plot.propagation(net, [[1.0]], [0]))


def test_keywords_reach_circles_and_boxes():
    for ax in (pynn.plot.neuron(fc="pink", lw=3), pynn.plot.layer(fc="pink", lw=3)):
        circles = [patch for patch in ax.patches if isinstance(patch, Circle) and patch.radius > 1]
        assert {(patch.get_facecolor(), patch.get_linewidth()) for patch in circles} == {(to_rgba("pink"), 3)}
    boxes = [patch for patch in pynn.plot.propagation(network(2, 1), fc="pink").patches if isinstance(patch, FancyBboxPatch)]
    assert {box.get_facecolor() for box in boxes} == {to_rgba("pink")}
    assert len(boxes) == 3


# ---- what is refused

NET = pynn.Network([2, 4, 1], rng=0)


def broken() -> pynn.Network:
    net = NET.copy()
    net.parameters[3] = np.nan
    return net


@pytest.mark.parametrize(("draw", "error", "message"), [
    (lambda: pynn.plot.network("net"), TypeError, "^net: expected a pynn.Network, got str"),
    (lambda: pynn.plot.network(broken()), ValueError, "^net: expected finite parameters"),
    (lambda: pynn.plot.network(NET, "here"), TypeError, "^ax: "),
    (lambda: pynn.plot.neuron([2, 4, 1]), TypeError, "^net: "),
    (lambda: pynn.plot.neuron(None, [1, 2]), ValueError, "^net: expected a network along with x, got None"),
    (lambda: pynn.plot.neuron(layer=2), ValueError, "^net: expected a network along with layer 2, got None"),
    (lambda: pynn.plot.neuron(unit=2), ValueError, "^net: expected a network along with unit 2, got None"),
    (lambda: pynn.plot.neuron(NET, unit=0), ValueError, "^unit: expected an int of at least 1, got 0"),
    (lambda: pynn.plot.neuron(NET, unit=5), ValueError, "^unit: expected 1 to 4, as many as layer 1 has, got 5"),
    (lambda: pynn.plot.neuron(NET, unit=1.0), TypeError, "^unit: "),
    (lambda: pynn.plot.neuron(NET, layer=3), IndexError, "^layer: expected 1 to 2"),
    (lambda: pynn.plot.neuron(NET, layer="1"), TypeError, "^layer: "),
    (lambda: pynn.plot.neuron(NET, [1, 2, 3]), ValueError, r"^x: expected one example of shape \(2,\), got \(3,\)"),
    (lambda: pynn.plot.neuron(NET, [[1, 2]]), ValueError, "^x: "),
    (lambda: pynn.plot.neuron(NET, [1, np.nan]), ValueError, "^x: expected finite"),
    (lambda: pynn.plot.layer(NET, layer=0), IndexError, "^layer: "),
    (lambda: pynn.plot.layer(NET, ["a", "b"]), TypeError, "^x: "),
    (lambda: pynn.plot.layer(layer=2), ValueError, "^net: "),
    (lambda: pynn.plot.layer(ax=3), TypeError, "^ax: "),
    (lambda: pynn.plot.propagation(None), TypeError, "^net: "),
    (lambda: pynn.plot.propagation(NET, [[1, 2]]), ValueError, "^y: expected X and y or neither"),
    (lambda: pynn.plot.propagation(NET, y=[1]), ValueError, "^X: expected X and y or neither"),
    (lambda: pynn.plot.propagation(NET, [[1, 2, 3]], [1]), ValueError, "^X: "),
    (lambda: pynn.plot.propagation(NET, [[1, 2]], [2]), ValueError, "^y: "),
    (lambda: pynn.plot.propagation(NET, ax=[1]), TypeError, "^ax: "),
])
def test_what_is_wrong_is_said_and_no_figure_is_left(draw, error, message):
    with pytest.raises(error, match=message):
        draw()
    assert plt.get_fignums() == []


@pytest.mark.parametrize("name", ["network", "neuron", "layer", "propagation"])
def test_a_3d_panel_is_refused(name):
    with pytest.raises(ValueError, match=r"^ax: expected a flat Axes"):
        getattr(pynn.plot, name)(NET, ax=plt.figure().add_subplot(projection="3d"))


# ---- all of them

CASES: dict[str, Any] = {
    "network": lambda ax: pynn.plot.network(network(2, 4, 6, 6, 4, 1), ax),
    "wide network": lambda ax: pynn.plot.network(network(784, 256, 128, 10, hidden="leaky_relu"), ax),
    "smallest network": lambda ax: pynn.plot.network(network(1, 1), ax),
    "deep network": lambda ax: pynn.plot.network(network(*[3] * 12), ax),
    "neuron": lambda ax: pynn.plot.neuron(ax=ax),
    "neuron in numbers": lambda ax: pynn.plot.neuron(network(2, 4, 1), [0.5, -1.0], ax, unit=3),
    "neuron of many": lambda ax: pynn.plot.neuron(network(128, 10), np.linspace(-1e-5, 1e-5, 128), ax, unit=10),
    "layer": lambda ax: pynn.plot.layer(ax=ax),
    "layer in numbers": lambda ax: pynn.plot.layer(network(4, 6, 1), [0.5, -1.0, 0.25, 2.0], ax),
    "layer of many": lambda ax: pynn.plot.layer(network(128, 10), np.linspace(-1e-5, 1e-5, 128), ax),
    "propagation": lambda ax: pynn.plot.propagation(network(2, 4, 6, 6, 4, 1), ax=ax),
    "propagation in numbers": lambda ax: pynn.plot.propagation(network(2, 4, 6, 6, 4, 1), [[0.5, -1.0]], [1], ax),
    "propagation of many": lambda ax: pynn.plot.propagation(network(20, 15, 3), np.full((5, 20), 1e-5), [0] * 5, ax),
}
DRAWN = pytest.mark.parametrize("draw", CASES.values(), ids=CASES.keys())


def assert_texts_are_apart(ax: Any) -> None:
    """No text reaches into another, nor out of the panel."""
    ax.figure.canvas.draw()
    page = ax.get_window_extent()
    level = [text for text in ax.texts if text.get_rotation() == 0]
    boxes = [(text.get_text(), text.get_window_extent()) for text in level]
    for text, box in boxes:
        assert min(box.x0 - page.x0, page.x1 - box.x1, box.y0 - page.y0, page.y1 - box.y1) > -1, text
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert wide <= 1 or high <= 1, f"{one} over {other}"


@DRAWN
def test_texts_are_apart_in_a_new_figure(draw):
    ax = draw(None)
    assert ax.figure.get_size_inches()[0] >= 6.39
    ax.figure.set_dpi(200)
    assert_texts_are_apart(ax)
    assert min(text.get_fontsize() for text in ax.texts) > 8


@DRAWN
def test_texts_are_apart_in_one_panel_of_four(draw):
    figure, axes = plt.subplots(2, 2, dpi=300)
    ax = draw(axes[1, 0])
    ax.set_title("title")
    assert_texts_are_apart(ax)
    assert figure.bbox.x0 <= ax.get_window_extent().x0


@DRAWN
def test_a_given_panel_is_used_and_nothing_else_is_touched(draw):
    figure, (ours, other) = plt.subplots(1, 2)
    plt.figure()
    elsewhere = plt.subplot()
    figure.sca(other)
    numbers = plt.get_fignums()
    plt.figure(numbers[1])
    assert draw(ours) is ours
    assert ours.has_data()
    assert plt.get_fignums() == numbers
    assert plt.gca() is elsewhere
    assert figure.gca() is other
    assert not other.has_data()
    assert pynn.plot.describe(ours)


@DRAWN
def test_without_a_panel_there_is_one_new_figure_and_its_axes_are_current(draw):
    ax = draw(None)
    assert plt.get_fignums() == [ax.figure.number]
    assert plt.gca() is ax


@DRAWN
def test_a_panel_of_a_figure_without_pyplot_or_of_a_subfigure_serves_too(draw, tmp_path):
    figure = Figure(layout="constrained")
    draw(figure.subplots())
    figure.savefig(tmp_path / "diagram.svg")
    parts = Figure().subfigures(1, 2)
    draw(parts[1].subplots())
    parts[1].figure.canvas.draw()
    assert plt.get_fignums() == []


def test_a_diagram_grows_and_shrinks_with_its_panel():
    ax = pynn.plot.neuron()
    ax.figure.canvas.draw()
    before = [text.get_fontsize() for text in ax.texts]
    ax.figure.set_size_inches(0.5 * ax.figure.get_size_inches())
    ax.figure.canvas.draw()
    np.testing.assert_allclose([text.get_fontsize() for text in ax.texts], 0.5 * np.array(before), rtol=0.05)


@DRAWN
def test_drawing_never_changes_the_network(draw, monkeypatch):
    drawn: list[tuple[pynn.Network, np.ndarray]] = []

    def remembered(*sizes: int, **keywords: Any) -> pynn.Network:
        net = pynn.Network(sizes, rng=0, **keywords)
        drawn.append((net, net.parameters.copy()))
        return net

    monkeypatch.setitem(globals(), "network", remembered)
    draw(None)
    for net, parameters in drawn:
        np.testing.assert_array_equal(net.parameters, parameters)


# ---- as pictures: pytest --mpl

PICTURE = {"baseline_dir": "images", "tolerance": 12, "style": "default", "savefig_kwargs": {"dpi": 50}}


@pytest.mark.mpl_image_compare(filename="network.png", **PICTURE)
def test_picture_of_a_network() -> Any:
    return CASES["network"](None).figure


@pytest.mark.mpl_image_compare(filename="neuron.png", **PICTURE)
def test_picture_of_a_neuron() -> Any:
    return CASES["neuron in numbers"](None).figure


@pytest.mark.mpl_image_compare(filename="layer.png", **PICTURE)
def test_picture_of_a_layer() -> Any:
    return CASES["layer in numbers"](None).figure


@pytest.mark.mpl_image_compare(filename="propagation.png", **PICTURE)
def test_picture_of_propagation() -> Any:
    return CASES["propagation in numbers"](None).figure
