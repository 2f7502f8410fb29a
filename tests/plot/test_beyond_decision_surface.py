"""The decision surface: what is drawn is what the network answers."""
from __future__ import annotations

from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

import pynn

from .helpers import legend_texts, network_with, targets

pytestmark = pytest.mark.usefixtures("clean_figures")


def spied(net: pynn.Network, monkeypatch: pytest.MonkeyPatch, name: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """The calls of a method of the network's class: what it was asked, what it answered."""
    calls: list[tuple[np.ndarray, np.ndarray]] = []
    ask = getattr(type(net), name)

    def spy(self: pynn.Network, X: Any) -> np.ndarray:
        answer = ask(self, X)
        calls.append((np.array(X), answer))
        return answer

    monkeypatch.setattr(type(net), name, spy)
    return calls


@pytest.mark.parametrize(("output", "units", "method"), [("sigmoid", 1, "predict_proba"),
                                                         ("softmax", 3, "predict_proba"), ("linear", 1, "predict")])
def test_the_surface_asks_the_network_once_over_the_whole_grid(output, units, method, monkeypatch):
    net = network_with(output, units)
    calls = spied(net, monkeypatch, method)
    pynn.plot.decision_surface(net, extent=(-1, 2, 0, 4), grid=7)
    ((asked, _),) = calls
    x1, x2 = np.meshgrid(np.linspace(-1, 2, 7), np.linspace(0, 4, 7))
    np.testing.assert_array_equal(asked, np.column_stack([x1.ravel(), x2.ravel()]))


@pytest.mark.parametrize(("output", "method"), [("sigmoid", "predict_proba"), ("linear", "predict")])
def test_the_filled_contours_show_the_networks_values_where_they_belong(output, method, monkeypatch):
    net = network_with(output)
    drawn: list[tuple[np.ndarray, ...]] = []
    contourf = matplotlib.axes.Axes.contourf

    def spy(self, x1, x2, z, **keywords):
        drawn.append((x1, x2, z))
        return contourf(self, x1, x2, z, **keywords)

    monkeypatch.setattr(matplotlib.axes.Axes, "contourf", spy)
    pynn.plot.decision_surface(net, extent=(-1, 2, 0, 4), grid=9)
    ((x1, x2, z),) = drawn
    for i in range(9):
        for j in range(9):
            answer = getattr(net, method)([[x1[j], x2[i]]])
            assert z[i, j] == pytest.approx(answer[0, 1] if output == "sigmoid" else answer[0], rel=1e-12)


def test_the_probability_has_a_scale_from_0_to_1_and_a_line_at_one_half():
    net = network_with("sigmoid")
    ax = pynn.plot.decision_surface(net)
    filled, line = ax.collections
    assert filled.get_clim() == (0, 1)
    assert list(line.levels) == [0.5]
    on_line = np.concatenate([path.vertices for path in line.get_paths()])
    np.testing.assert_allclose(net.predict_proba(on_line)[:, 1], 0.5, atol=0.01)
    assert ax.figure.axes[1].get_ylabel() == "$P(y = 1)$"
    assert ax.get_xlim() == ax.get_ylim() == (-1.5, 1.5)


def test_the_regions_of_softmax_are_those_of_predict():
    net = network_with("softmax", 3)
    ax = pynn.plot.decision_surface(net, grid=150)
    points = np.random.default_rng(1).uniform(-1.4, 1.4, size=(300, 2))
    p = np.sort(net.predict_proba(points), axis=1)
    points = points[p[:, -1] - p[:, -2] > 0.02]                 # away from the borders
    winners = net.predict(points)
    regions = [c for c in ax.collections if c.filled]
    assert len(regions) == len(set(net.predict(np.random.default_rng(2).uniform(-1.5, 1.5, (5000, 2)))))
    for k, region in zip(sorted(set(winners)), regions, strict=True):
        inside = [any(path.contains_point(point) for path in region.get_paths()) for point in points]
        np.testing.assert_array_equal(inside, winners == k)


@pytest.mark.parametrize(("output", "units"), [("sigmoid", 1), ("softmax", 3), ("linear", 1)])
def test_the_surface_draws_the_examples_and_reaches_beyond_them(disc, output, units):
    X, _ = disc
    y = targets(X, output)
    ax = pynn.plot.decision_surface(network_with(output, units), X, y, grid=30)
    drawn = np.concatenate([np.asarray(c.get_offsets()) for c in ax.collections if len(c.get_offsets()) > 1])
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, X))
    (x1_min, x1_max), (x2_min, x2_max) = ax.get_xlim(), ax.get_ylim()
    assert x1_min < X[:, 0].min() < X[:, 0].max() < x1_max
    assert x2_min < X[:, 1].min() < X[:, 1].max() < x2_max


def test_the_examples_and_the_surface_share_one_scale_of_values(disc):
    X, _ = disc
    ax = pynn.plot.decision_surface(network_with("linear"), X, 100 * X[:, 0], grid=30)
    filled, points = ax.collections
    assert points.norm is filled.norm
    assert filled.get_clim()[0] <= (100 * X[:, 0]).min()
    assert filled.get_clim()[1] >= (100 * X[:, 0]).max()


def test_one_hot_targets_are_drawn_as_their_classes(disc):
    X, _ = disc
    y = targets(X, "softmax")
    net = network_with("softmax", 3)
    plain, one_hot = (pynn.plot.decision_surface(net, X, form, grid=20) for form in (y, np.eye(3)[y]))
    assert legend_texts(plain) == legend_texts(one_hot)
    for a, b in zip(plain.collections[-3:], one_hot.collections[-3:], strict=True):
        np.testing.assert_array_equal(a.get_offsets(), b.get_offsets())


def test_examples_without_targets_only_set_the_extent(disc):
    X, _ = disc
    net = network_with("sigmoid")
    ax = pynn.plot.decision_surface(net, X, grid=20)
    assert ax.get_legend() is None
    assert ax.get_xlim() == pynn.plot.decision_surface(net, X, targets(X, "sigmoid"), grid=20).get_xlim()


@pytest.mark.parametrize(("output", "units"), [("sigmoid", 1), ("softmax", 3), ("linear", 1)])
def test_a_network_that_answers_the_same_everywhere_is_drawn_without_a_warning(output, units):
    net = network_with(output, units)
    net.parameters = np.zeros_like(net.parameters)
    pynn.plot.decision_surface(net, [[1, 1]], [1]).figure.draw_without_rendering()


def test_the_surface_never_changes_the_network(disc):
    X, _ = disc
    net = network_with("sigmoid")
    before = net.parameters.copy()
    pynn.plot.decision_surface(net, X, targets(X, "sigmoid"))
    np.testing.assert_array_equal(net.parameters, before)


def test_the_surface_hands_keywords_to_contourf():
    ax = pynn.plot.decision_surface(network_with("sigmoid"), levels=[0, 0.5, 1], cmap="PuOr", alpha=0.3)
    assert list(ax.collections[0].levels) == [0, 0.5, 1]
    assert ax.collections[0].cmap.name == "PuOr"
    pynn.plot.decision_surface(network_with("sigmoid"), levels=[0, 0.5, 1], colors=["white", "grey"])


@pytest.mark.parametrize(("arguments", "error", "message"), [
    ({"net": "net"}, TypeError, "^net: expected a pynn.Network"),
    ({"net": pynn.Network([3, 2, 1], rng=0)}, ValueError, "^net: expected a network of 2 features, got 3"),
    ({"net": pynn.Network([2, 3], output="sigmoid", rng=0)}, ValueError, "^net: expected one output unit or softmax"),
    ({"net": pynn.Network([2, 3], output="linear", rng=0)}, ValueError, "^net: expected one output unit or softmax"),
    ({"X": [[1, 2, 3]]}, ValueError, "^X: "),
    ({"y": [0]}, ValueError, "^y: expected X"),
    ({"X": [[1, 2]], "y": [2]}, ValueError, "^y: "),
    ({"X": [[1, 2]], "y": [0, 1]}, ValueError, "^y: "),
    ({"grid": 1}, ValueError, "^grid: "),
    ({"grid": 2.5}, TypeError, "^grid: "),
    ({"extent": (0, 1)}, ValueError, "^extent: "),
    ({"extent": (1, 0, 0, 1)}, ValueError, "^extent: "),
    ({"ax": 3}, TypeError, "^ax: "),
    ({"X": [[1, 2]], "y": [1], "label_names": ["a"]}, ValueError, "^label_names: "),
])
def test_the_surface_says_what_is_wrong_and_leaves_no_figure(arguments, error, message):
    with pytest.raises(error, match=message):
        pynn.plot.decision_surface(**{"net": network_with("sigmoid"), **arguments})
    assert plt.get_fignums() == []


@pytest.mark.parametrize("held", [[9.0, 0.5, 8.0, -2.0], [0.5, -2.0]])
def test_a_plane_of_four_features_holds_the_others(held, monkeypatch):
    net, asked = pynn.Network([4, 3, 1], rng=0), []
    ask = pynn.Network.predict_proba
    monkeypatch.setattr(pynn.Network, "predict_proba", lambda self, X: asked.append(np.array(X)) or ask(self, X))
    X = np.random.default_rng(0).normal(size=(20, 4))
    ax = pynn.plot.decision_surface(net, X, X[:, 0] > 0, grid=5, features=(2, 0), held=held, extent=(-1, 1, 0, 2))
    (plane,) = asked
    assert plane.shape == (25, 4)
    assert (plane[:, [1, 3]] == [0.5, -2.0]).all()
    x1, x2 = np.meshgrid(np.linspace(-1, 1, 5), np.linspace(0, 2, 5))
    np.testing.assert_array_equal(plane[:, [2, 0]], np.column_stack([x1.ravel(), x2.ravel()]))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x_3$", "$x_1$")
    drawn = np.concatenate([c.get_offsets() for c in ax.collections[-2:]])
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, X[:, [2, 0]]))
    assert "held" in pynn.plot.describe(ax)


@pytest.mark.parametrize("picture", ["decision_surface", "unit_maps"])
@pytest.mark.parametrize(("arguments", "message"), [
    ({}, r"^net: expected a network of 2 features, got 4 .*features=\(i, j\)"),
    ({"features": (0, 1)}, "^held: expected the values of the 2 features"),
    ({"features": (0, 1), "held": [1]}, "^held: expected 2 values"),
    ({"features": (0, 0), "held": [1, 2]}, "^features: "),
    ({"features": (0, 4), "held": [1, 2]}, "^features: "),
    ({"features": 3, "held": [1, 2]}, "^features: "),
    ({"features": (0, 1), "held": [1, np.nan]}, "^held: "),
])
def test_a_plane_that_is_not_chosen_is_asked_for(picture, arguments, message):
    with pytest.raises(ValueError, match=message):
        getattr(pynn.plot, picture)(pynn.Network([4, 3, 1], rng=0), **arguments)
    assert plt.get_fignums() == []


def test_one_feature_makes_no_plane():
    with pytest.raises(ValueError, match=r"^net: expected a network of 2 features or more, got 1"):
        pynn.plot.decision_surface(pynn.Network([1, 3, 1], rng=0))
