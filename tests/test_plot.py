"""The pictures, by their structure: what is drawn equals the data, and nothing beside the panel is touched."""
from __future__ import annotations

from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

import pynn

pytestmark = pytest.mark.usefixtures("clean_figures")


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(0).normal(size=(60, 2))
    return X, (np.hypot(X[:, 0], X[:, 1]) > 1).astype(np.int64)


def network(output: str, units: int = 1) -> pynn.Network:
    return pynn.Network([2, 5, units], output=output, rng=3)


def targets(X: np.ndarray, output: str) -> np.ndarray:
    if output == "linear":
        return X[:, 0] - 2 * X[:, 1]
    if output == "softmax":
        return (X[:, 0] > 0).astype(np.int64) + (X[:, 1] > 0)
    return (X[:, 0] > X[:, 1]).astype(np.int64)


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


def legend_texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


# ---- dataset

def test_dataset_draws_every_class_with_its_own_points_colour_and_marker(data):
    X, y = data
    ax = pynn.plot.dataset(X, y)
    assert len(ax.collections) == 2
    for k, points in enumerate(ax.collections):
        np.testing.assert_array_equal(points.get_offsets(), X[y == k])
    first, second = ax.collections
    assert not np.array_equal(first.get_facecolor(), second.get_facecolor())
    assert first.get_paths()[0].vertices.shape != second.get_paths()[0].vertices.shape
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x_1$", "$x_2$")
    assert legend_texts(ax) == ["$y = 0$", "$y = 1$"]


def test_a_class_keeps_its_colour_when_another_is_missing(data):
    X, y = data
    both = pynn.plot.dataset(X, y)
    one = pynn.plot.dataset(X[y == 1], y[y == 1])
    np.testing.assert_array_equal(one.collections[0].get_facecolor(), both.collections[1].get_facecolor())


def test_fifty_six_classes_are_all_drawn_differently():
    X = np.random.default_rng(0).normal(size=(56, 2))
    ax = pynn.plot.dataset(X, np.arange(56))
    looks = {(tuple(c.get_facecolor()[0]), c.get_paths()[0].vertices.tobytes()) for c in ax.collections}
    assert len(looks) == 56


def test_dataset_names_classes_also_of_float_labels(data):
    X, y = data
    ax = pynn.plot.dataset(X, y.astype(float), label_names=["in", "out"])
    assert legend_texts(ax) == ["in", "out"]


def test_dataset_draws_values_on_a_colour_scale(data):
    X, _ = data
    ax = pynn.plot.dataset(X.tolist(), X[:, :1] * 2)
    (points,) = ax.collections
    np.testing.assert_array_equal(points.get_offsets(), X)
    np.testing.assert_array_equal(points.get_array(), X[:, 0] * 2)
    assert len(ax.figure.axes) == 2
    assert ax.figure.axes[1].get_ylabel() == "$y$"


def test_dataset_draws_one_feature_against_its_values(data):
    X, _ = data
    ax = pynn.plot.dataset(X[:, :1], X[:, 1])
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), X)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x_1$", "$y$")


@pytest.mark.parametrize("keywords", [{"s": 5}, {"marker": "x"}, {"c": "red"}, {"color": "red"}, {"lw": 2},
                                      {"edgecolor": "black"}, {"alpha": 0.5}])
def test_dataset_hands_keywords_to_scatter(data, keywords):
    ax = pynn.plot.dataset(*data, **keywords)
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


def test_the_legend_covers_no_point_in_a_given_panel(data):
    X, y = data
    _, axes = plt.subplots(2, 3)
    ax = pynn.plot.dataset(X, y, axes[1, 1])
    box = ax.get_legend().get_window_extent()
    assert not any(box.contains(*at) for at in ax.transData.transform(X))


def test_the_legend_stands_beside_a_new_panel(data):
    ax = pynn.plot.dataset(*data)
    ax.figure.canvas.draw()
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


# ---- decision_surface

@pytest.mark.parametrize(("output", "units", "method"), [("sigmoid", 1, "predict_proba"),
                                                         ("softmax", 3, "predict_proba"), ("linear", 1, "predict")])
def test_the_surface_asks_the_network_once_over_the_whole_grid(output, units, method, monkeypatch):
    net = network(output, units)
    calls = spied(net, monkeypatch, method)
    pynn.plot.decision_surface(net, extent=(-1, 2, 0, 4), grid=7)
    ((asked, _),) = calls
    x1, x2 = np.meshgrid(np.linspace(-1, 2, 7), np.linspace(0, 4, 7))
    np.testing.assert_array_equal(asked, np.column_stack([x1.ravel(), x2.ravel()]))


@pytest.mark.parametrize(("output", "method"), [("sigmoid", "predict_proba"), ("linear", "predict")])
def test_the_filled_contours_show_the_networks_values_where_they_belong(output, method, monkeypatch):
    net = network(output)
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
    net = network("sigmoid")
    ax = pynn.plot.decision_surface(net)
    filled, line = ax.collections
    assert filled.get_clim() == (0, 1)
    assert list(line.levels) == [0.5]
    on_line = np.concatenate([path.vertices for path in line.get_paths()])
    np.testing.assert_allclose(net.predict_proba(on_line)[:, 1], 0.5, atol=0.01)
    assert ax.figure.axes[1].get_ylabel() == "$P(y = 1)$"
    assert ax.get_xlim() == ax.get_ylim() == (-1.5, 1.5)


def test_the_regions_of_softmax_are_those_of_predict():
    net = network("softmax", 3)
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
def test_the_surface_draws_the_examples_and_reaches_beyond_them(data, output, units):
    X, _ = data
    y = targets(X, output)
    ax = pynn.plot.decision_surface(network(output, units), X, y, grid=30)
    drawn = np.concatenate([np.asarray(c.get_offsets()) for c in ax.collections if len(c.get_offsets()) > 1])
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, X))
    (x1_min, x1_max), (x2_min, x2_max) = ax.get_xlim(), ax.get_ylim()
    assert x1_min < X[:, 0].min() < X[:, 0].max() < x1_max
    assert x2_min < X[:, 1].min() < X[:, 1].max() < x2_max


def test_the_examples_and_the_surface_share_one_scale_of_values(data):
    X, _ = data
    ax = pynn.plot.decision_surface(network("linear"), X, 100 * X[:, 0], grid=30)
    filled, points = ax.collections
    assert points.norm is filled.norm
    assert filled.get_clim()[0] <= (100 * X[:, 0]).min()
    assert filled.get_clim()[1] >= (100 * X[:, 0]).max()


def test_one_hot_targets_are_drawn_as_their_classes(data):
    X, _ = data
    y = targets(X, "softmax")
    net = network("softmax", 3)
    plain, one_hot = (pynn.plot.decision_surface(net, X, form, grid=20) for form in (y, np.eye(3)[y]))
    assert legend_texts(plain) == legend_texts(one_hot)
    for a, b in zip(plain.collections[-3:], one_hot.collections[-3:], strict=True):
        np.testing.assert_array_equal(a.get_offsets(), b.get_offsets())


def test_examples_without_targets_only_set_the_extent(data):
    X, _ = data
    net = network("sigmoid")
    ax = pynn.plot.decision_surface(net, X, grid=20)
    assert ax.get_legend() is None
    assert ax.get_xlim() == pynn.plot.decision_surface(net, X, targets(X, "sigmoid"), grid=20).get_xlim()


@pytest.mark.parametrize(("output", "units"), [("sigmoid", 1), ("softmax", 3), ("linear", 1)])
def test_a_network_that_answers_the_same_everywhere_is_drawn_without_a_warning(output, units):
    net = network(output, units)
    net.parameters = np.zeros_like(net.parameters)
    pynn.plot.decision_surface(net, [[1, 1]], [1]).figure.canvas.draw()


def test_the_surface_never_changes_the_network(data):
    X, _ = data
    net = network("sigmoid")
    before = net.parameters.copy()
    pynn.plot.decision_surface(net, X, targets(X, "sigmoid"))
    np.testing.assert_array_equal(net.parameters, before)


def test_the_surface_hands_keywords_to_contourf():
    ax = pynn.plot.decision_surface(network("sigmoid"), levels=[0, 0.5, 1], cmap="PuOr", alpha=0.3)
    assert list(ax.collections[0].levels) == [0, 0.5, 1]
    assert ax.collections[0].cmap.name == "PuOr"
    pynn.plot.decision_surface(network("sigmoid"), levels=[0, 0.5, 1], colors=["white", "grey"])


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
        pynn.plot.decision_surface(**{"net": network("sigmoid"), **arguments})
    assert plt.get_fignums() == []


# ---- history

@pytest.mark.parametrize(("output", "metric"), [("sigmoid", "accuracy"), ("linear", "r2")])
@pytest.mark.parametrize("validated", [False, True])
def test_the_curves_are_the_arrays_of_the_history(data, output, metric, validated):
    X, _ = data
    history = network(output).fit(X, targets(X, output), epochs=4, learning_rate=0.01, progress=False,
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


def test_the_style_ends_with_the_call_and_takes_back_nothing_else(data):
    """What the first figure of a notebook sets as its backend is loaded must stay, or later pictures are not shown."""
    from pynn.plot._panels import STYLE, styled
    before = {key: matplotlib.rcParams[key] for key in STYLE}
    interactive = matplotlib.is_interactive()

    @styled
    def draw():
        assert {key: matplotlib.rcParams[key] for key in STYLE} == STYLE
        matplotlib.interactive(not interactive)

    try:
        draw()
        assert matplotlib.is_interactive() is not interactive
        assert {key: matplotlib.rcParams[key] for key in STYLE} == before != STYLE
    finally:
        matplotlib.interactive(interactive)


def test_names_of_the_network_are_written():
    X, y = pynn.datasets.blobs(60, rng=0)
    net = pynn.Network([2, 3], rng=0)
    net.feature_names, net.label_names = ["width in $", "x12"], ["a", "b", "c"]
    ax = pynn.plot.decision_surface(net, X, y, grid=10)
    assert (ax.get_xlabel(), ax.get_ylabel()) == (r"width in \$", "$x_{12}$")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "c"]
    net.feature_names, net.label_names = ["", "y1"], ["$5 to $10", "$\\bad$", "c"]
    odd = pynn.plot.decision_surface(net, X, y, grid=10)
    odd.figure.canvas.draw()
    assert (odd.get_xlabel(), odd.get_ylabel()) == ("", "y1")
    own = pynn.plot.decision_surface(net, X, y, grid=10, label_names=["d", "e", "f"])
    assert [text.get_text() for text in own.get_legend().get_texts()] == ["d", "e", "f"]
    assert "width in $ from" in pynn.plot.describe(ax)


@pytest.mark.parametrize("given", [False, True])
def test_the_legend_covers_no_curve(data, given):
    X, _ = data
    history = network("sigmoid").fit(X, targets(X, "sigmoid"), epochs=30, validation_split=0.2, progress=False)
    panel = plt.subplots(2, 2, figsize=(9, 6))[1][0, 1] if given else None
    ax = pynn.plot.history(history, panel)
    ax.figure.canvas.draw()
    box = ax.get_legend().get_window_extent()
    for axes in (ax, ax.figure.axes[-1]):
        for line in axes.lines:
            assert (axes.transData.transform(line.get_xydata())[:, 1] < box.y0).all()
    assert max(ax.figure.axes[-1].get_yticks()) <= 1


def test_in_a_narrow_panel_the_legend_stays_within_and_both_scales_are_written_alike(data):
    X, _ = data
    history = network("sigmoid").fit(X, targets(X, "sigmoid"), epochs=30, validation_split=0.2, progress=False)
    panel = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")[1][0]
    panel.tick_params(labelsize=7)
    ax = pynn.plot.history(history, panel)
    ax.figure.canvas.draw()
    box, inside = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert inside.x0 <= box.x0
    assert box.x1 <= inside.x1
    right = ax.figure.axes[-1]
    assert right.yaxis.label.get_size() == ax.yaxis.label.get_size()
    assert {label.get_size() for side in (ax, right) for label in side.get_yticklabels()} == {7}


def test_one_epoch_is_a_visible_point(data):
    X, _ = data
    history = network("sigmoid").fit(X, targets(X, "sigmoid"), epochs=1, progress=False)
    assert pynn.plot.history(history).lines[0].get_marker() == "o"


def test_history_hands_keywords_to_plot(data):
    X, _ = data
    history = network("sigmoid").fit(X, targets(X, "sigmoid"), epochs=2, progress=False)
    ax = pynn.plot.history(history, lw=3, color="red")
    assert (ax.lines[0].get_linewidth(), ax.lines[0].get_color()) == (3, "red")


def test_history_says_what_is_wrong_and_leaves_no_figure(data):
    with pytest.raises(TypeError, match=r"^history: expected a pynn History, got dict"):
        pynn.plot.history({})

    class Empty:
        loss = np.empty(0)

        def keys(self) -> list[str]:
            return ["loss"]

    with pytest.raises(ValueError, match=r"^history: expected at least one epoch"):
        pynn.plot.history(Empty())
    assert plt.get_fignums() == []


# ---- all of them

def pictures() -> dict[str, Any]:
    X = np.random.default_rng(0).normal(size=(40, 2))
    net = network("sigmoid")
    y = targets(X, "sigmoid")
    history = network("sigmoid").fit(X, y, epochs=3, progress=False)
    return {
        "classes": lambda ax: pynn.plot.dataset(X, y, ax),
        "values": lambda ax: pynn.plot.dataset(X, X[:, 0], ax),
        "surface": lambda ax: pynn.plot.decision_surface(net, X, y, ax, grid=20),
        "history": lambda ax: pynn.plot.history(history, ax),
    }


@pytest.mark.parametrize("name", ["classes", "values", "surface", "history"])
def test_a_given_panel_is_used_and_nothing_else_is_touched(name):
    draw = pictures()[name]
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


@pytest.mark.parametrize("name", ["classes", "values", "surface", "history"])
def test_without_a_panel_there_is_one_new_figure_and_its_axes_are_current(name):
    ax = pictures()[name](None)
    assert plt.get_fignums() == [ax.figure.number]
    assert plt.gca() is ax


@pytest.mark.parametrize("name", ["classes", "values", "surface", "history"])
def test_a_panel_of_a_figure_without_pyplot_or_of_a_subfigure_serves_too(name):
    draw = pictures()[name]
    figure = Figure(layout="constrained")
    draw(figure.subplots())
    figure.canvas.draw()
    parts = Figure().subfigures(1, 2)
    draw(parts[1].subplots())
    parts[1].figure.canvas.draw()
    assert plt.get_fignums() == []


@pytest.mark.parametrize("name", ["classes", "values", "surface", "history"])
def test_nothing_is_clipped_from_a_new_figure(name):
    ax = pictures()[name](None)
    ax.figure.canvas.draw()
    box, page = ax.figure.get_tightbbox(), ax.figure.bbox_inches
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= page.x1
    assert box.y1 <= page.y1
