"""Figure 7, the history: the curves are its arrays."""
from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import pynn

from .helpers import legend_texts, network_with, targets

pytestmark = pytest.mark.usefixtures("clean_figures")


@pytest.mark.parametrize(("output", "metric"), [("sigmoid", "accuracy"), ("linear", "r2")])
@pytest.mark.parametrize("validated", [False, True])
def test_the_curves_are_the_arrays_of_the_history(disc, output, metric, validated):
    X, _ = disc
    history = network_with(output).fit(X, targets(X, output), epochs=4, learning_rate=0.01, progress=False,
                                  validation_split=0.2 if validated else 0.0)
    ax = pynn.plot.history(history)
    right = ax.figure.axes[1]
    names = {ax: ["loss"], right: [metric]}
    if validated:
        names = {ax: ["loss", "val_loss"], right: [metric, f"val_{metric}"]}
    for axes, keys in names.items():
        assert len(axes.lines) == len(keys)
        for line, key, style in zip(axes.lines, keys, ["-", "--"], strict=False):
            np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3, 4])
            np.testing.assert_array_equal(line.get_ydata(), history[key])
            assert line.get_linestyle() == style
    assert ax.lines[0].get_color() != right.lines[0].get_color()
    assert ax.get_xlabel() == "epoch"
    assert len(legend_texts(ax)) == (4 if validated else 2)


@pytest.mark.parametrize("given", [False, True])
def test_the_legend_covers_no_curve(disc, given):
    X, _ = disc
    history = network_with("sigmoid").fit(X, targets(X, "sigmoid"), epochs=30, validation_split=0.2, progress=False)
    panel = plt.subplots(2, 2, figsize=(9, 6))[1][0, 1] if given else None
    ax = pynn.plot.history(history, panel)
    ax.figure.draw_without_rendering()
    box = ax.get_legend().get_window_extent()
    for axes in (ax, ax.figure.axes[-1]):
        for line in axes.lines:
            assert (axes.transData.transform(line.get_xydata())[:, 1] < box.y0).all()
    assert max(ax.figure.axes[-1].get_yticks()) <= 1


def test_in_a_narrow_panel_the_legend_stays_within_and_both_scales_are_written_alike(disc):
    X, _ = disc
    history = network_with("sigmoid").fit(X, targets(X, "sigmoid"), epochs=30, validation_split=0.2, progress=False)
    panel = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")[1][0]
    panel.tick_params(labelsize=7)
    ax = pynn.plot.history(history, panel)
    ax.figure.draw_without_rendering()
    box, inside = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert inside.x0 <= box.x0
    assert box.x1 <= inside.x1
    right = ax.figure.axes[-1]
    assert right.yaxis.label.get_size() == ax.yaxis.label.get_size()
    assert {label.get_size() for side in (ax, right) for label in side.get_yticklabels()} == {7}


def test_one_epoch_is_a_visible_point(disc):
    X, _ = disc
    history = network_with("sigmoid").fit(X, targets(X, "sigmoid"), epochs=1, progress=False)
    assert pynn.plot.history(history).lines[0].get_marker() == "o"


def test_history_hands_keywords_to_plot(disc):
    X, _ = disc
    history = network_with("sigmoid").fit(X, targets(X, "sigmoid"), epochs=2, progress=False)
    ax = pynn.plot.history(history, lw=3, color="red")
    assert (ax.lines[0].get_linewidth(), ax.lines[0].get_color()) == (3, "red")


def test_history_says_what_is_wrong_and_leaves_no_figure(disc):
    with pytest.raises(TypeError, match=r"^history: expected a pynn History, got dict"):
        pynn.plot.history({})

    class Empty:
        loss = np.empty(0)

        def keys(self) -> list[str]:
            return ["loss"]

    with pytest.raises(ValueError, match=r"^history: expected at least one epoch"):
        pynn.plot.history(Empty())
    assert plt.get_fignums() == []
