"""Figure 5, one layer: every number is the engine's."""
from __future__ import annotations

import numpy as np
import pytest

import pynn
from pynn.writing import number_mathtext

from .helpers import BLUE, ORANGE, assert_written, network, place, texts, unit_columns, written_numbers

pytestmark = pytest.mark.usefixtures("clean_figures")


def test_the_layer_in_symbols():
    ax = pynn.plot.layer()
    written = texts(ax)
    for text in ("$z_{1}^{[l]}$", "$b_{n^{[l]}}^{[l]}$", "$-\\; w_{2}^{[l]T} -$", "$Z^{[l]}$", "$A^{[l-1]}$",
                 "$(n^{[l]}, n^{[l-1]})$", "$= g^{[l]}(Z^{[l]})$"):
        assert written.count(text) == 1, text
    assert written.count("$a_{n^{[l-1]}}^{[l-1]}$") == 2        # in the column of inputs and in the vector
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
