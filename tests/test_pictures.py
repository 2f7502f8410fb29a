"""Activations, descent, maps of units and loss landscapes: what is drawn is what the engine computes."""
from __future__ import annotations

import itertools

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from mpl_toolkits.mplot3d import Axes3D

import pynn
from pynn.reference import HIDDEN

pytestmark = pytest.mark.usefixtures("clean_figures")


@pytest.fixture(scope="module")
def data() -> tuple[np.ndarray, np.ndarray]:
    return pynn.datasets.circles(80, rng=0)


@pytest.fixture(scope="module")
def trained(data) -> tuple[pynn.Network, pynn.callbacks.Recorder]:
    net, recorder = pynn.Network([2, 4, 3, 1], rng=1), pynn.callbacks.Recorder()
    recorder.record(net)
    net.fit(*data, epochs=12, learning_rate=0.3, callbacks=[recorder], progress=False)
    return net, recorder


def nothing_is_clipped(figure) -> bool:
    figure.canvas.draw()
    box, page = figure.get_tightbbox(), figure.bbox_inches
    return box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page.x1 and box.y1 <= page.y1


# ---- activations

DERIVATIVES = {     # written down here, apart from the engine
    "linear": lambda z: np.ones_like(z),
    "sigmoid": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
    "relu": lambda z: np.where(z > 0, 1.0, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, 1.0, 0.01),
}


def test_every_activation_that_pynn_knows_is_drawn():
    axes = pynn.plot.activations()
    assert [ax.get_title() for ax in axes] == [name.replace("_", " ") for name in HIDDEN]
    assert nothing_is_clipped(axes[0].figure)


@pytest.mark.parametrize("name", HIDDEN)
def test_g_and_its_derivative_are_drawn_at_their_values(name):
    (ax,) = pynn.plot.activations(name)
    g, slope = ax.lines[-2:]
    z, a = g.get_data()
    net = pynn.Network([1, 1, 1], hidden=name, rng=0)
    net.parameters = [1, 0, 1, 0]
    np.testing.assert_allclose(a, net.forward(z[:, np.newaxis]).A[1][0], rtol=1e-14)
    z, drawn = slope.get_data()
    there = ~np.isnan(drawn)
    h = 1e-6
    away = there & (np.abs(z) > 2 * h)      # from the folds at 0
    ahead, behind = (net.forward((z[away] + step)[:, np.newaxis]).A[1][0] for step in (h, -h))
    np.testing.assert_allclose(drawn[away], (ahead - behind) / (2 * h), atol=1e-8)
    if name in DERIVATIVES:
        np.testing.assert_allclose(drawn[there], DERIVATIVES[name](z[there]), rtol=1e-12)


def test_no_line_joins_the_two_sides_of_a_jump():
    for name, jumps in (("relu", 1), ("leaky_relu", 1), ("tanh", 0), ("linear", 0)):
        (ax,) = pynn.plot.activations([name])
        assert np.isnan(ax.lines[-1].get_ydata()).sum() == jumps


def test_activations_use_given_axes_and_hand_keywords_on():
    figure, grid = plt.subplots(1, 2)
    axes = pynn.plot.activations(["tanh", "relu"], grid, lw=5)
    assert list(axes) == list(grid)
    assert plt.get_fignums() == [figure.number]
    assert {line.get_linewidth() for ax in axes for line in ax.lines[-2:]} == {5}


@pytest.mark.parametrize(("arguments", "error", "message"), [
    ({"names": ["softmax"]}, ValueError, "^names: unknown name 'softmax'"),
    ({"names": []}, ValueError, "^names: "),
    ({"names": [3]}, TypeError, "^names: "),
    ({"axes": 3}, TypeError, "^ax: "),
    ({"names": ["relu", "tanh"], "axes": [plt.Figure().subplots()]}, ValueError, "^axes: expected 2"),
])
def test_activations_say_what_is_wrong(arguments, error, message):
    with pytest.raises(error, match=message):
        pynn.plot.activations(**arguments)
    assert plt.get_fignums() == []


# ---- descent

def bowl(p: float, q: float) -> float:
    return p**2 + 3 * q**2


@pytest.mark.parametrize("kind", ["surface", "contour"])
@pytest.mark.parametrize("gradient", [None, lambda p, q: (2 * p, 6 * q)])
def test_the_path_is_that_of_gradient_descent(kind, gradient):
    axes = pynn.plot.descent(bowl, start=(2, -1), learning_rates=[0.02, 0.1], steps=5, kind=kind, gradient=gradient)
    assert axes.shape == (2,)
    for ax, rate in zip(axes, (0.02, 0.1), strict=True):
        expected = np.array([[2 * (1 - 2 * rate) ** k, -((1 - 6 * rate) ** k)] for k in range(6)])
        path, start, end = ax.lines
        if kind == "surface":
            p, q, cost = path.get_data_3d()
            np.testing.assert_allclose(cost, [bowl(*at) for at in expected], rtol=1e-6)
            np.testing.assert_allclose(np.ravel(end.get_data_3d())[:2], expected[-1], rtol=1e-6)
        else:
            p, q = path.get_data()
            np.testing.assert_array_equal(np.ravel(start.get_data()), [2, -1])
            np.testing.assert_allclose(np.ravel(end.get_data()), expected[-1], rtol=1e-6)
        np.testing.assert_allclose(np.column_stack([p, q]), expected, rtol=1e-6, atol=1e-9)
        assert f"{bowl(*expected[-1]):.3g}" in ax.get_title()


def test_the_articles_rates_are_too_small_good_and_too_large():
    small, good, large = pynn.plot.descent()
    costs = {}
    for name, ax in (("small", small), ("good", good), ("large", large)):
        p, q, cost = ax.lines[0].get_data_3d()
        assert len(cost) == 41
        costs[name] = cost
        word = {"small": "too small", "good": "good", "large": "too large"}[name]
        assert ax.get_title().startswith(word)
    p, q, _ = good.lines[0].get_data_3d()
    assert abs(p[-1] - 1.2) < 0.05
    assert abs(q[-1] - 2.5) < 0.05
    assert (np.diff(costs["small"]) < 0).all()
    assert costs["small"][-1] > 0.1                 # on its way still
    assert (np.diff(costs["large"])[-10:] > 0).any()
    assert costs["large"][-10:].min() > 0.5         # leaps about
    assert nothing_is_clipped(small.figure)
    assert small.get_xlabel() == "$a$"


def test_the_surface_is_the_cost(monkeypatch):
    axes = pynn.plot.descent(bowl, start=(1, 1), kind="contour", extent=(-1, 2, -3, 1), grid=4, levels=[0, 1, 2, 30])
    assert axes[0].get_xlim() == (-1, 2)
    assert axes[0].get_ylim() == (-3, 1)
    drawn = []
    plot_surface = Axes3D.plot_surface
    monkeypatch.setattr(Axes3D, "plot_surface",
                        lambda self, *args, **keywords: drawn.append(args) or plot_surface(self, *args, **keywords))
    pynn.plot.descent(bowl, start=(1, 1), grid=4, extent=(-1, 2, -3, 1))
    ((p, q, cost),) = drawn
    x, y = np.meshgrid(np.linspace(-1, 2, 4), np.linspace(-3, 1, 4))
    np.testing.assert_array_equal(p, x)
    np.testing.assert_array_equal(q, y)
    np.testing.assert_array_equal(cost, bowl(x, y))


def test_a_rate_that_diverges_leaves_the_picture_and_breaks_nothing():
    axes = pynn.plot.descent(bowl, start=(2, 1), learning_rates=[0.05, 40], steps=2000)
    assert axes[0].get_xlim() == axes[1].get_xlim()
    p, q, _ = axes[1].lines[0].get_data_3d()
    (low, high), (bottom, top) = axes[1].get_xlim(), axes[1].get_ylim()
    assert len(p) == 2
    at_edge = np.isclose([p[-1], p[-1], q[-1], q[-1]], [low, high, bottom, top])
    assert at_edge.any()
    axes[0].figure.canvas.draw()
    pynn.plot.descent(lambda p, q: np.exp(p * p) + q * q, start=(3, 1), learning_rates=[5], kind="contour")


def test_two_parameters_of_a_network_descend_as_backward_says(data, trained):
    net = trained[0]
    before = net.parameters.copy()
    (ax,) = pynn.plot.descent(net, *data, entries=(3, 8), learning_rates=0.5, steps=3, kind="contour", grid=10)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$W^{[1]}_{2,2}$", "$b^{[1]}_{1}$")
    twin, expected = net.copy(), [net.parameters[[3, 8]].copy()]
    for _ in range(3):
        twin.parameters[[3, 8]] -= 0.5 * twin.backward(*data).flat[[3, 8]]
        expected.append(twin.parameters[[3, 8]].copy())
    np.testing.assert_allclose(ax.lines[0].get_xydata(), expected, rtol=1e-12)
    assert f"{twin.evaluate(*data)['loss']:.3g}" in ax.get_title()
    np.testing.assert_array_equal(net.parameters, before)


def test_descent_draws_in_given_axes():
    figure = plt.figure()
    solid, flat = figure.add_subplot(1, 2, 1, projection="3d"), figure.add_subplot(1, 2, 2)
    assert pynn.plot.descent(bowl, start=(1, 1), axes=solid)[0] is solid
    assert pynn.plot.descent(bowl, start=(1, 1), axes=[flat], kind="contour")[0] is flat
    assert plt.get_fignums() == [figure.number]


def test_an_animated_descent_grows_from_frame_to_frame(tmp_path):
    film = pynn.plot.descent(bowl, start=(2, -1), learning_rates=[0.1, 0.2], steps=4, kind="contour", grid=5, animated=True)
    lengths = []
    ax = film.figure.axes[0]
    film.save(tmp_path / "film.gif", progress=False,
              progress_callback=lambda *_: lengths.append(len(ax.lines[0].get_xdata())))
    assert lengths == [1, 2, 3, 4, 5]
    assert "4 steps" in pynn.plot.describe(film)


@pytest.mark.parametrize(("arguments", "error", "message"), [
    ({"cost": 3}, TypeError, "^cost: expected a callable"),
    ({"cost": bowl}, ValueError, "^start: expected two numbers"),
    ({"cost": bowl, "start": (1, 2, 3)}, ValueError, "^start: "),
    ({"cost": lambda p, q: np.nan, "start": (1, 2)}, ValueError, "^cost: expected a finite number at start"),
    ({"cost": bowl, "start": (1, 2), "gradient": lambda p, q: 3}, ValueError, "^gradient: expected two numbers"),
    ({"gradient": 3}, TypeError, "^gradient: "),
    ({"X": [[1]]}, ValueError, "^X: expected None"),
    ({"entries": (0, 1)}, ValueError, "^entries: expected None"),
    ({"learning_rates": []}, ValueError, "^learning_rates: "),
    ({"learning_rates": [0]}, ValueError, "^learning_rates: "),
    ({"learning_rates": ["a"]}, TypeError, "^learning_rates: "),
    ({"steps": 0}, ValueError, "^steps: "),
    ({"grid": 1}, ValueError, "^grid: "),
    ({"kind": "flat"}, ValueError, "^kind: "),
    ({"animated": 1}, TypeError, "^animated: "),
    ({"fps": 0}, ValueError, "^fps: "),
    ({"extent": (1, 0, 0, 1)}, ValueError, "^extent: "),
    ({"learning_rates": [0.1], "axes": plt.Figure().subplots()}, ValueError, "^axes: expected Axes made with projection='3d'"),
    ({"learning_rates": [0.1], "kind": "contour", "axes": plt.Figure().add_subplot(projection="3d")}, ValueError,
     "^axes: expected Axes that are flat"),
    ({"learning_rates": [0.1, 0.2], "axes": plt.Figure().add_subplot(projection="3d")}, ValueError, "^axes: expected 2"),
    ({"cost": pynn.Network([1, 1], output="linear", rng=0), "X": [[1]], "y": [1]}, ValueError, "^entries: expected two"),
    ({"cost": pynn.Network([1, 1], output="linear", rng=0), "X": [[1]], "y": [1], "entries": (0, 2)}, ValueError, "^entries: "),
    ({"cost": pynn.Network([1, 1], output="linear", rng=0), "entries": (0, 1)}, TypeError, "^X: "),
])
def test_descent_says_what_is_wrong_and_leaves_no_figure(arguments, error, message):
    with pytest.raises(error, match=message):
        pynn.plot.descent(**arguments)
    assert plt.get_fignums() == []


# ---- the plane of more than two features

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


# ---- unit_maps

def test_every_unit_has_a_map_of_its_own_values(data, trained):
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


def test_the_examples_are_on_the_output_units_map(data, trained):
    axes = pynn.plot.unit_maps(trained[0], *data, grid=10)
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


# ---- loss_landscape

def spied_losses(net: pynn.Network, monkeypatch) -> list[np.ndarray]:
    asked = []
    ask = pynn.Network.evaluate
    monkeypatch.setattr(pynn.Network, "evaluate", lambda self, X, y: asked.append(self.parameters.copy()) or ask(self, X, y))
    return asked


def test_the_path_goes_from_the_start_at_0_to_the_end_at_1(data, trained):
    net, recorder = trained
    ax = pynn.plot.loss_landscape(net, *data, recorder, grid=5)
    path, start, end = ax.lines
    s, t = path.get_data()
    assert len(s) == 13
    np.testing.assert_allclose([s[0], t[0], s[-1], t[-1]], [0, 0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(np.ravel(start.get_data()), [0, 0], atol=1e-12)
    np.testing.assert_allclose(np.ravel(end.get_data()), [1, 0], atol=1e-12)
    assert nothing_is_clipped(ax.figure)


def test_the_projection_is_the_nearest_point_of_the_plane(data, trained):
    net, recorder = trained
    thetas = recorder.parameters
    ax = pynn.plot.loss_landscape(net, *data, thetas, grid=5)
    s, t = ax.lines[0].get_data()
    along = thetas[-1] - thetas[0]
    np.testing.assert_allclose(s, (thetas - thetas[0]) @ along / (along @ along), atol=1e-12)
    beside = thetas - thetas[0] - np.outer(s, along)
    _, singular, directions = np.linalg.svd(beside)
    np.testing.assert_allclose(np.abs(t), np.abs(beside @ directions[0]) / np.linalg.norm(along), atol=1e-9)
    assert np.linalg.norm(t) * np.linalg.norm(along) == pytest.approx(singular[0])


def test_the_landscape_of_a_path_is_the_loss_on_its_plane(data, trained, monkeypatch):
    net, recorder = trained
    thetas = recorder.parameters
    asked = spied_losses(net, monkeypatch)
    drawn = []
    contourf = matplotlib.axes.Axes.contourf
    monkeypatch.setattr(matplotlib.axes.Axes, "contourf",
                        lambda self, *args, **keywords: drawn.append(args) or contourf(self, *args, **keywords))
    pynn.plot.loss_landscape(net, *data, thetas, grid=6)
    ((s, t, losses),) = drawn
    along = thetas[-1] - thetas[0]
    plane = np.array(asked[1:]).reshape(6, 6, -1)           # the first is the check of X and y
    np.testing.assert_allclose(plane[:, 1:] - plane[:, :-1], np.broadcast_to((s[1] - s[0]) * along, (6, 5, along.size)),
                               atol=1e-12)
    across = (plane[1, 0] - plane[0, 0]) / (t[1] - t[0])
    assert across @ along == pytest.approx(0, abs=1e-9)
    assert np.linalg.norm(across) == pytest.approx(np.linalg.norm(along))
    twin = net.copy()
    for i, j in np.ndindex(6, 6):
        twin.parameters = thetas[0] + s[j] * along + t[i] * across
        assert losses[i, j] == pytest.approx(twin.evaluate(*data)["loss"], rel=1e-9)


def test_random_directions_are_as_long_as_each_unit(data, trained, monkeypatch):
    net = trained[0]
    asked = spied_losses(net, monkeypatch)
    ax = pynn.plot.loss_landscape(net, *data, grid=3, span=0.5, rng=0)
    plane = np.array(asked[1:]).reshape(3, 3, -1)
    np.testing.assert_allclose(plane[1, 1], net.parameters, rtol=1e-12)
    for direction in (plane[1, 2] - plane[1, 1], plane[2, 1] - plane[1, 1]):
        twin = net.copy()
        twin.parameters = direction / 0.5
        for of, own in zip(twin, net, strict=True):
            np.testing.assert_allclose(np.linalg.norm(np.hstack([of.W, of.b]), axis=1),
                                       np.linalg.norm(np.hstack([own.W, own.b]), axis=1), rtol=1e-9)
    assert ax.get_xlim() == (-0.5, 0.5)


def test_the_landscape_never_changes_the_network_and_a_seed_repeats_it(data, trained):
    net, recorder = trained
    before = net.parameters.copy()
    pynn.plot.loss_landscape(net, *data, recorder, grid=4)
    np.testing.assert_array_equal(net.parameters, before)
    one, same, other = (pynn.plot.describe(pynn.plot.loss_landscape(net, *data, grid=4, rng=seed)) for seed in (1, 1, 2))
    assert one == same != other


def test_a_straight_path_has_a_plane_too(data, trained):
    net = trained[0]
    straight = np.stack([net.parameters, net.parameters * 1.1])
    ax = pynn.plot.loss_landscape(net, *data, straight, grid=4, rng=0)
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [[0, 0], [1, 0]], atol=1e-12)


@pytest.mark.parametrize(("arguments", "error", "message"), [
    ({"net": 3}, TypeError, "^net: "),
    ({"X": [[1, 2, 3]]}, ValueError, "^X: "),
    ({"y": [2]}, ValueError, "^y: "),
    ({"path": np.zeros((3, 4))}, ValueError, "^path: expected a Recorder or"),
    ({"path": np.zeros((1, 9))}, ValueError, "^path: expected"),
    ({"path": np.zeros((3, 9))}, ValueError, "^path: expected one that leads"),
    ({"path": "there"}, TypeError, "^path: "),
    ({"grid": 1}, ValueError, "^grid: "),
    ({"span": 0}, ValueError, "^span: "),
    ({"rng": "x"}, TypeError, "^rng: "),
    ({"ax": 3}, TypeError, "^ax: "),
])
def test_the_landscape_says_what_is_wrong_and_leaves_no_figure(arguments, error, message):
    with pytest.raises(error, match=message):
        pynn.plot.loss_landscape(**{"net": pynn.Network([2, 2, 1], rng=0), "X": [[1, 2]], "y": [1], "grid": 3, **arguments})
    assert plt.get_fignums() == []
