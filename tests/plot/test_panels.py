"""Pictures of one panel: nothing beside the panel is touched, and nothing is clipped."""
from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

import pynn

from .helpers import assert_draws_in_the_given_panel_alone, network_with, nothing_is_clipped, targets

pytestmark = pytest.mark.usefixtures("clean_figures")


def pictures() -> dict[str, Any]:
    X = np.random.default_rng(0).normal(size=(40, 2))
    net = network_with("sigmoid")
    y = targets(X, "sigmoid")
    history = network_with("sigmoid").fit(X, y, epochs=3, progress=False)
    return {
        "classes": lambda ax: pynn.plot.dataset(X, y, ax),
        "values": lambda ax: pynn.plot.dataset(X, X[:, 0], ax),
        "surface": lambda ax: pynn.plot.decision_surface(net, X, y, ax, grid=20),
        "history": lambda ax: pynn.plot.history(history, ax),
    }


@pytest.mark.parametrize("name", ["classes", "values", "surface", "history"])
def test_a_given_panel_is_used_and_nothing_else_is_touched(name):
    assert_draws_in_the_given_panel_alone(pictures()[name])


@pytest.mark.parametrize("name", ["classes", "values", "surface", "history"])
def test_a_new_figure_is_the_current_one_and_nothing_is_clipped_from_it(name):
    ax = pictures()[name](None)
    assert plt.get_fignums() == [ax.figure.number]
    assert plt.gca() is ax
    assert nothing_is_clipped(ax.figure)


@pytest.mark.parametrize("name", ["classes", "values", "surface", "history"])
def test_a_panel_of_a_figure_without_pyplot_or_of_a_subfigure_serves_too(name):
    draw = pictures()[name]
    figure = Figure(layout="constrained")
    draw(figure.subplots())
    figure.draw_without_rendering()
    parts = Figure().subfigures(1, 2)
    draw(parts[1].subplots())
    parts[1].figure.draw_without_rendering()
    assert plt.get_fignums() == []


@pytest.mark.parametrize("extent", [(-4, 4, -1, 1), (-1, 1, -4, 4)])
@pytest.mark.parametrize("aspect", ["auto", "equal"])
@pytest.mark.parametrize("layout", ["constrained", "tight", None])
def test_the_colour_bar_is_as_tall_as_its_map_and_beside_it(extent, aspect, layout):
    ax = pynn.plot.decision_surface(network_with("sigmoid"), None, None, plt.subplots(layout=layout)[1], extent=extent, grid=5)
    ax.set_aspect(aspect)
    ax.figure.draw_without_rendering()
    panel, bar = ax.get_window_extent(), ax.figure.axes[1].get_window_extent()
    assert (bar.y0, bar.y1) == pytest.approx((panel.y0, panel.y1), abs=0.5)
    assert 0 < bar.x0 - panel.x1 < 0.08 * ax.figure.bbox.width
    assert bar.x1 < ax.figure.bbox.x1
