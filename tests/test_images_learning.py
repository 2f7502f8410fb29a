"""Pictures of learning beside images that were looked at: `pytest --mpl`; made anew with --mpl-generate-path=tests/images."""
from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")
pytest.importorskip("pytest_mpl", reason="pytest-mpl is not installed")

import pynn

image = pytest.mark.mpl_image_compare(baseline_dir="images", style="default", tolerance=12, savefig_kwargs={"dpi": 50})


@pytest.fixture(scope="module")
def circles() -> tuple[np.ndarray, np.ndarray]:
    return pynn.datasets.circles(200, rng=0)


@pytest.fixture(scope="module")
def trained(circles) -> tuple[pynn.Network, pynn.callbacks.Recorder]:
    net, recorder = pynn.Network([2, 4, 3, 1], hidden=["relu", "tanh"], rng=1), pynn.callbacks.Recorder()
    recorder.record(net)
    net.fit(*circles, epochs=30, learning_rate=0.3, validation_data=circles, callbacks=[recorder], progress=False)
    return net, recorder


@image
def test_image_activations() -> Any:
    return pynn.plot.activations(["sigmoid", "tanh", "relu", "leaky_relu"])[0].figure


@image
def test_image_descent_surface() -> Any:
    return pynn.plot.descent(grid=30)[0].figure


@image
def test_image_descent_contour() -> Any:
    return pynn.plot.descent(kind="contour", grid=30)[0].figure


@image
def test_image_unit_maps(circles, trained) -> Any:
    return pynn.plot.unit_maps(trained[0], *circles)[0].figure


@image
def test_image_loss_landscape(circles, trained) -> Any:
    return pynn.plot.loss_landscape(trained[0], *circles, trained[1], grid=31).figure


@image
def test_image_stills(circles, trained) -> Any:
    return pynn.plot.stills(trained[1], trained[0], *circles, grid=60)[0].figure


@image
def test_image_film(circles, trained) -> Any:
    film = pynn.plot.film(trained[1], trained[0], *circles, grid=60)
    film._draw_was_started = True       # never saved
    film._func(8)
    return film.figure


@image
def test_image_plane_of_four_features() -> Any:
    X = np.random.default_rng(0).normal(size=(60, 4))
    net = pynn.Network([4, 6, 3], hidden="tanh", rng=0)
    return pynn.plot.decision_surface(net, X, net.predict(X), features=(0, 2), held=[0, 0]).figure
