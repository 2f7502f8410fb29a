"""Figure 8, gradient descent: the paths are those of the engine."""
from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from mpl_toolkits.mplot3d import Axes3D

import pynn

from .helpers import nothing_is_clipped

pytestmark = pytest.mark.usefixtures("clean_figures")


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
    axes[0].figure.draw_without_rendering()
    pynn.plot.descent(lambda p, q: np.exp(p * p) + q * q, start=(3, 1), learning_rates=[5], kind="contour")


def test_two_parameters_of_a_network_descend_as_backward_says(two_circles, trained):
    net = trained[0]
    before = net.parameters.copy()
    (ax,) = pynn.plot.descent(net, *two_circles, entries=(3, 8), learning_rates=0.5, steps=3, kind="contour", grid=10)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$W^{[1]}_{2,2}$", "$b^{[1]}_{1}$")
    twin, expected = net.copy(), [net.parameters[[3, 8]].copy()]
    for _ in range(3):
        twin.parameters[[3, 8]] -= 0.5 * twin.backward(*two_circles).flat[[3, 8]]
        expected.append(twin.parameters[[3, 8]].copy())
    np.testing.assert_allclose(ax.lines[0].get_xydata(), expected, rtol=1e-12)
    assert f"{twin.evaluate(*two_circles)['loss']:.3g}" in ax.get_title()
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
