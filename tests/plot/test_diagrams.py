"""The four diagrams together: what is refused, no text covers another, and nothing beside the panel is touched."""
from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

import pynn

from .helpers import assert_draws_in_the_given_panel_alone, assert_texts_are_apart, network

pytestmark = pytest.mark.usefixtures("clean_figures")


def test_keywords_reach_circles_and_boxes():
    for ax in (pynn.plot.neuron(fc="pink", lw=3), pynn.plot.layer(fc="pink", lw=3)):
        circles = [patch for patch in ax.patches if isinstance(patch, Circle) and patch.radius > 1]
        assert {(patch.get_facecolor(), patch.get_linewidth()) for patch in circles} == {(to_rgba("pink"), 3)}
    boxes = [patch for patch in pynn.plot.propagation(network(2, 1), fc="pink").patches if isinstance(patch, FancyBboxPatch)]
    assert {box.get_facecolor() for box in boxes} == {to_rgba("pink")}
    assert len(boxes) == 3


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


@DRAWN
def test_a_new_figure_is_the_current_one_its_texts_are_apart_and_the_network_is_unchanged(draw, monkeypatch):
    drawn: list[tuple[pynn.Network, np.ndarray]] = []

    def remembered(*sizes: int, _network: Any = network, **keywords: Any) -> pynn.Network:
        net = _network(*sizes, **keywords)
        drawn.append((net, net.parameters.copy()))
        return net

    with monkeypatch.context() as patch:
        patch.setitem(globals(), "network", remembered)
        ax = draw(None)
    for net, parameters in drawn:
        np.testing.assert_array_equal(net.parameters, parameters)
    assert plt.get_fignums() == [ax.figure.number]
    assert plt.gca() is ax
    assert ax.figure.get_size_inches()[0] >= 6.39
    assert pynn.plot.describe(ax)
    ax.figure.set_dpi(200)
    assert_texts_are_apart(ax)
    assert min(text.get_fontsize() for text in ax.texts) > 8


@pytest.mark.parametrize("draw", [pytest.param(draw, id=name, marks=() if name in ("network", "layer") else pytest.mark.slow)
                                  for name, draw in CASES.items()])
def test_texts_are_apart_in_one_panel_of_four(draw):
    figure, axes = plt.subplots(2, 2, dpi=300)
    ax = draw(axes[1, 0])
    ax.set_title("title")
    assert_texts_are_apart(ax)
    assert figure.bbox.x0 <= ax.get_window_extent().x0


@DRAWN
def test_a_given_panel_is_used_and_nothing_else_is_touched(draw):
    assert_draws_in_the_given_panel_alone(draw)


@pytest.mark.parametrize("name", ["network", *(pytest.param(name, marks=pytest.mark.slow)
                                               for name in ("neuron", "layer", "propagation"))])
def test_a_panel_of_a_figure_without_pyplot_or_of_a_subfigure_serves_too(name, tmp_path):
    draw, figure = CASES[name], Figure(layout="constrained")
    draw(figure.subplots())
    figure.savefig(tmp_path / "diagram.svg")
    parts = Figure().subfigures(1, 2)
    draw(parts[1].subplots())
    parts[1].figure.draw_without_rendering()
    assert plt.get_fignums() == []


def test_a_diagram_grows_and_shrinks_with_its_panel():
    ax = pynn.plot.neuron()
    ax.figure.draw_without_rendering()
    before = [text.get_fontsize() for text in ax.texts]
    ax.figure.set_size_inches(0.5 * ax.figure.get_size_inches())
    ax.figure.draw_without_rendering()
    np.testing.assert_allclose([text.get_fontsize() for text in ax.texts], 0.5 * np.array(before), rtol=0.05)
