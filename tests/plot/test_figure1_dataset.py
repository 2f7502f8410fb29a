"""Figure 1, the data set: what is drawn equals the data."""
from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

import pynn

from .helpers import legend_texts

pytestmark = pytest.mark.usefixtures("clean_figures")


def test_dataset_draws_every_class_with_its_own_points_colour_and_marker(disc):
    X, y = disc
    ax = pynn.plot.dataset(X, y)
    assert len(ax.collections) == 2
    for k, points in enumerate(ax.collections):
        np.testing.assert_array_equal(points.get_offsets(), X[y == k])
    first, second = ax.collections
    assert not np.array_equal(first.get_facecolor(), second.get_facecolor())
    assert first.get_paths()[0].vertices.shape != second.get_paths()[0].vertices.shape
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x_1$", "$x_2$")
    assert legend_texts(ax) == ["$y = 0$", "$y = 1$"]


def test_a_class_keeps_its_colour_when_another_is_missing(disc):
    X, y = disc
    both = pynn.plot.dataset(X, y)
    one = pynn.plot.dataset(X[y == 1], y[y == 1])
    np.testing.assert_array_equal(one.collections[0].get_facecolor(), both.collections[1].get_facecolor())


def test_fifty_six_classes_are_all_drawn_differently():
    X = np.random.default_rng(0).normal(size=(56, 2))
    ax = pynn.plot.dataset(X, np.arange(56))
    looks = {(tuple(c.get_facecolor()[0]), c.get_paths()[0].vertices.tobytes()) for c in ax.collections}
    assert len(looks) == 56


def test_dataset_names_classes_also_of_float_labels(disc):
    X, y = disc
    ax = pynn.plot.dataset(X, y.astype(float), label_names=["in", "out"])
    assert legend_texts(ax) == ["in", "out"]


def test_dataset_draws_values_on_a_colour_scale(disc):
    X, _ = disc
    ax = pynn.plot.dataset(X.tolist(), X[:, :1] * 2)
    (points,) = ax.collections
    np.testing.assert_array_equal(points.get_offsets(), X)
    np.testing.assert_array_equal(points.get_array(), X[:, 0] * 2)
    assert len(ax.figure.axes) == 2
    assert ax.figure.axes[1].get_ylabel() == "$y$"


def test_dataset_draws_one_feature_against_its_values(disc):
    X, _ = disc
    ax = pynn.plot.dataset(X[:, :1], X[:, 1])
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), X)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x_1$", "$y$")


@pytest.mark.parametrize("keywords", [{"s": 5}, {"marker": "x"}, {"c": "red"}, {"color": "red"}, {"lw": 2},
                                      {"edgecolor": "black"}, {"alpha": 0.5}])
def test_dataset_hands_keywords_to_scatter(disc, keywords):
    ax = pynn.plot.dataset(*disc, **keywords)
    points = ax.collections[0]
    if "s" in keywords:
        assert points.get_sizes() == [5]
    if "c" in keywords or "color" in keywords:
        np.testing.assert_array_equal(points.get_facecolor()[0], to_rgba("red"))
    if "lw" in keywords:
        assert points.get_linewidths() == [2]
    if "edgecolor" in keywords:
        np.testing.assert_array_equal(points.get_edgecolor()[0], to_rgba("black"))
    if "alpha" in keywords:
        assert points.get_alpha() == 0.5


def test_the_legend_covers_no_point_in_a_given_panel(disc):
    X, y = disc
    _, axes = plt.subplots(2, 3)
    ax = pynn.plot.dataset(X, y, axes[1, 1])
    box = ax.get_legend().get_window_extent()
    assert not any(box.contains(*at) for at in ax.transData.transform(X))


def test_the_legend_stands_beside_a_new_panel(disc):
    ax = pynn.plot.dataset(*disc)
    ax.figure.draw_without_rendering()
    box = ax.get_legend().get_window_extent()
    assert box.x0 >= ax.get_window_extent().x1
    assert box.x1 <= ax.figure.bbox.x1


@pytest.mark.parametrize(("X", "y", "keywords", "error", "message"), [
    ([[1, 2, 3]], [0], {}, ValueError, r"^X: expected shape \(m, 2\)"),
    ([1, 2], [0, 1], {}, ValueError, "^X: "),
    (np.empty((0, 2)), [], {}, ValueError, "^X: expected at least one example"),
    ([[1, np.nan]], [0], {}, ValueError, "^X: expected finite"),
    ([["a", "b"]], [0], {}, TypeError, "^X: "),
    ([[1, 2]], [0, 1], {}, ValueError, r"^y: expected shape \(1,\)"),
    ([[1, 2]], ["a"], {}, TypeError, "^y: "),
    ([[1], [2]], [0, 1], {}, ValueError, r"^X: expected shape \(m, 2\) for classes"),
    (np.zeros((99, 2)), np.arange(99), {}, ValueError, "^y: expected at most 56 classes"),
    ([[1, 2]], [2], {"label_names": ["a", "b"]}, ValueError, "^label_names: "),
    ([[1, 2]], [-1], {"label_names": ["a", "b"]}, ValueError, "^label_names: "),
    ([[1, 2]], [0.5], {"label_names": ["a", "b"]}, ValueError, "^y: expected whole"),
    ([[1, 2]], [0], {"label_names": "ab"}, TypeError, "^label_names: "),
    ([[1, 2]], [0], {"ax": "here"}, TypeError, "^ax: "),
])
def test_dataset_says_what_is_wrong_and_leaves_no_figure(X, y, keywords, error, message):
    with pytest.raises(error, match=message):
        pynn.plot.dataset(X, y, **keywords)
    assert plt.get_fignums() == []
