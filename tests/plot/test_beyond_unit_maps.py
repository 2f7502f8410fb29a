"""Maps of units: every map is the unit's activation."""
from __future__ import annotations

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

import pynn

from .helpers import nothing_is_clipped

pytestmark = pytest.mark.usefixtures("clean_figures")


def test_every_unit_has_a_map_of_its_own_values(two_circles, trained):
    net = trained[0]
    axes = pynn.plot.unit_maps(net, extent=(-1, 1, -2, 2), grid=9)
    assert len(axes) == 8
    x1, x2 = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-2, 2, 9))
    A = net.forward(np.column_stack([x1.ravel(), x2.ravel()])).A
    units = [(l, i) for l in (1, 2, 3) for i in range(net.sizes[l])]
    for ax, (l, i) in zip(axes, units, strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), A[l][i].reshape(9, 9))
        assert ax.get_ylabel() == f"$a^{{[{l}]}}_{{{i + 1}}}$"
    left, right, bottom, top = axes[0].images[0].get_extent()
    assert (left, right) == (-1.125, 1.125)         # the grid's points are in the middles of the pixels
    assert (bottom, top) == (-2.25, 2.25)


def test_the_maps_are_laid_out_as_the_network(trained):
    axes = pynn.plot.unit_maps(trained[0], grid=5)
    figure = axes[0].figure
    assert nothing_is_clipped(figure)
    boxes = [ax.get_position() for ax in axes]
    columns = [boxes[:4], boxes[4:7], boxes[7:]]
    for column in columns:
        assert len({round(box.x0, 6) for box in column}) == 1
        assert all(above.y0 > below.y1 for above, below in itertools.pairwise(column))
    assert columns[0][0].x1 < columns[1][0].x0 < columns[1][0].x1 < columns[2][0].x0
    middles = [np.mean([(box.y0 + box.y1) / 2 for box in column]) for column in columns]
    np.testing.assert_allclose(middles, middles[0], atol=0.01)


def test_the_line_of_a_unit_is_where_z_is_0(trained):
    net = trained[0]
    axes = pynn.plot.unit_maps(net, grid=80)
    checked = 0
    for i in range(4):
        for lines in axes[i].collections:
            on_line = np.concatenate([path.vertices for path in lines.get_paths()])
            np.testing.assert_allclose(net.forward(on_line).Z[1][i], 0, atol=1e-9)
            checked += 1
    assert checked > 0


def test_the_examples_are_on_the_output_units_map(two_circles, trained):
    axes = pynn.plot.unit_maps(trained[0], *two_circles, grid=10)
    counts = [sum(len(c.get_offsets()) for c in ax.collections if len(c.get_offsets()) > 1) for ax in axes]
    assert counts == [0] * 7 + [80]


def test_of_a_wide_layer_the_first_sixteen_units_are_drawn_and_the_others_counted():
    axes = pynn.plot.unit_maps(pynn.Network([2, 20, 3], rng=0), grid=4)
    assert len(axes) == 16 + 3
    assert axes[15].get_xlabel() == "⋮\n4 more"
    assert nothing_is_clipped(axes[0].figure)


def test_unit_maps_use_given_axes(trained):
    figure, grid = plt.subplots(2, 4)
    axes = pynn.plot.unit_maps(trained[0], axes=grid, grid=5, cmap="PuOr")
    assert list(axes) == list(grid.ravel())
    assert axes[0].images[0].cmap.name == "PuOr"
    with pytest.raises(ValueError, match=r"^axes: expected 8"):
        pynn.plot.unit_maps(trained[0], axes=grid[0])
    assert plt.get_fignums() == [figure.number]
