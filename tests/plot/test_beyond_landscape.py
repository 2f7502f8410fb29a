"""The loss landscape: every value is the loss, and the path is where it was."""
from __future__ import annotations

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

import pynn

from .helpers import nothing_is_clipped

pytestmark = pytest.mark.usefixtures("clean_figures")


def spied_losses(net: pynn.Network, monkeypatch) -> list[np.ndarray]:
    asked = []
    ask = pynn.Network.evaluate
    monkeypatch.setattr(pynn.Network, "evaluate", lambda self, X, y: asked.append(self.parameters.copy()) or ask(self, X, y))
    return asked


def test_the_path_goes_from_the_start_at_0_to_the_end_at_1(two_circles, trained):
    net, recorder = trained
    ax = pynn.plot.loss_landscape(net, *two_circles, recorder, grid=5)
    path, start, end = ax.lines
    s, t = path.get_data()
    assert len(s) == 13
    np.testing.assert_allclose([s[0], t[0], s[-1], t[-1]], [0, 0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(np.ravel(start.get_data()), [0, 0], atol=1e-12)
    np.testing.assert_allclose(np.ravel(end.get_data()), [1, 0], atol=1e-12)
    assert nothing_is_clipped(ax.figure)


def test_the_projection_is_the_nearest_point_of_the_plane(two_circles, trained):
    net, recorder = trained
    thetas = recorder.parameters
    ax = pynn.plot.loss_landscape(net, *two_circles, thetas, grid=5)
    s, t = ax.lines[0].get_data()
    along = thetas[-1] - thetas[0]
    np.testing.assert_allclose(s, (thetas - thetas[0]) @ along / (along @ along), atol=1e-12)
    beside = thetas - thetas[0] - np.outer(s, along)
    _, singular, directions = np.linalg.svd(beside)
    np.testing.assert_allclose(np.abs(t), np.abs(beside @ directions[0]) / np.linalg.norm(along), atol=1e-9)
    assert np.linalg.norm(t) * np.linalg.norm(along) == pytest.approx(singular[0])


def test_the_landscape_of_a_path_is_the_loss_on_its_plane(two_circles, trained, monkeypatch):
    net, recorder = trained
    thetas = recorder.parameters
    asked = spied_losses(net, monkeypatch)
    drawn = []
    contourf = matplotlib.axes.Axes.contourf
    monkeypatch.setattr(matplotlib.axes.Axes, "contourf",
                        lambda self, *args, **keywords: drawn.append(args) or contourf(self, *args, **keywords))
    pynn.plot.loss_landscape(net, *two_circles, thetas, grid=6)
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
        assert losses[i, j] == pytest.approx(twin.evaluate(*two_circles)["loss"], rel=1e-9)


def test_random_directions_are_as_long_as_each_unit(two_circles, trained, monkeypatch):
    net = trained[0]
    asked = spied_losses(net, monkeypatch)
    ax = pynn.plot.loss_landscape(net, *two_circles, grid=3, span=0.5, rng=0)
    plane = np.array(asked[1:]).reshape(3, 3, -1)
    np.testing.assert_allclose(plane[1, 1], net.parameters, rtol=1e-12)
    for direction in (plane[1, 2] - plane[1, 1], plane[2, 1] - plane[1, 1]):
        twin = net.copy()
        twin.parameters = direction / 0.5
        for of, own in zip(twin, net, strict=True):
            np.testing.assert_allclose(np.linalg.norm(np.hstack([of.W, of.b]), axis=1),
                                       np.linalg.norm(np.hstack([own.W, own.b]), axis=1), rtol=1e-9)
    assert ax.get_xlim() == (-0.5, 0.5)


def test_the_landscape_never_changes_the_network_and_a_seed_repeats_it(two_circles, trained):
    net, recorder = trained
    before = net.parameters.copy()
    pynn.plot.loss_landscape(net, *two_circles, recorder, grid=4)
    np.testing.assert_array_equal(net.parameters, before)
    one, same, other = (pynn.plot.describe(pynn.plot.loss_landscape(net, *two_circles, grid=4, rng=seed)) for seed in (1, 1, 2))
    assert one == same != other


def test_a_straight_path_has_a_plane_too(two_circles, trained):
    net = trained[0]
    straight = np.stack([net.parameters, net.parameters * 1.1])
    ax = pynn.plot.loss_landscape(net, *two_circles, straight, grid=4, rng=0)
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
