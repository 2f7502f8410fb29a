"""Figure 2, the network: every line is a weight."""
from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Circle

import pynn

from .helpers import BLUE, ORANGE, network, texts, unit_columns

pytestmark = pytest.mark.usefixtures("clean_figures")


def shown(n: int) -> list[int]:
    return [*range(n)] if n <= 16 else [*range(8), *range(n - 8, n)]


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


def test_negative_weights_are_dashed_and_positive_ones_solid():
    net = network(3, 4, 1)
    for lines, layer in zip(pynn.plot.network(net).collections, net, strict=True):
        order = np.argsort(np.abs(layer.W), axis=None)
        assert [dashes is not None for _, dashes in lines.get_linestyle()] == (layer.W.ravel()[order] < 0).tolist()
    solid = pynn.plot.network(net, linestyles="-").collections[0]
    assert {dashes for _, dashes in solid.get_linestyle()} == {None}


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
