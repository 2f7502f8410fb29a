"""Every figure beside a picture that was looked at: `pytest --mpl tests/plot/test_images.py`.

`--mpl-generate-path=tests/plot/images` makes the pictures again. Without --mpl these tests are not collected.
"""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pynn

from .helpers import network

pytestmark = pytest.mark.usefixtures("clean_figures")


@pytest.fixture(scope="module")
def circles() -> tuple[np.ndarray, np.ndarray]:
    return pynn.datasets.circles(200, rng=0)


@pytest.fixture(scope="module")
def trained(circles) -> tuple[pynn.Network, pynn.callbacks.Recorder, pynn.History]:
    net, recorder = pynn.Network([2, 4, 3, 1], hidden=["relu", "tanh"], rng=1), pynn.callbacks.Recorder()
    recorder.record(net)
    history = net.fit(*circles, epochs=30, learning_rate=0.3, validation_data=circles, callbacks=[recorder], progress=False)
    return net, recorder, history


def image(name: str) -> Any:
    return pytest.mark.mpl_image_compare(filename=f"{name}.png", baseline_dir="images", style="default", tolerance=12,
                                         savefig_kwargs={"dpi": 50})


@image("figure1_dataset")
def test_dataset(circles) -> Any:
    return pynn.plot.dataset(*circles).figure


@image("figure2_network")
def test_network() -> Any:
    return pynn.plot.network(network(2, 4, 6, 6, 4, 1)).figure


@image("figure3_film")
def test_film(circles, trained) -> Any:
    film = pynn.plot.film(trained[1], trained[0], *circles, grid=60)
    film._func(8)
    return film.figure


@image("figure3_stills")
def test_stills(circles, trained) -> Any:
    return pynn.plot.stills(trained[1], trained[0], *circles, grid=60)[0].figure


@image("figure4_neuron")
def test_neuron() -> Any:
    return pynn.plot.neuron(network(2, 4, 1), [0.5, -1.0], unit=3).figure


@image("figure5_layer")
def test_layer() -> Any:
    return pynn.plot.layer(network(4, 6, 1), [0.5, -1.0, 0.25, 2.0]).figure


@image("figure5_layer_in_symbols")
def test_layer_in_symbols() -> Any:
    return pynn.plot.layer().figure


@image("figure6_activations")
def test_activations() -> Any:
    return pynn.plot.activations(["sigmoid", "tanh", "relu", "leaky_relu"])[0].figure


@image("figure7_history")
def test_history(trained) -> Any:
    return pynn.plot.history(trained[2]).figure


@image("figure8_descent")
def test_descent() -> Any:
    return pynn.plot.descent(grid=30)[0].figure


@image("figure8_descent_contour")
def test_descent_contour() -> Any:
    return pynn.plot.descent(kind="contour", grid=30)[0].figure


@image("figure9_propagation")
def test_propagation() -> Any:
    return pynn.plot.propagation(network(2, 4, 6, 6, 4, 1), [[0.5, -1.0]], [1]).figure


@image("beyond_decision_surface")
def test_decision_surface(circles, trained) -> Any:
    ax = pynn.plot.decision_surface(trained[0], *circles)
    ax.set_aspect("equal")
    return ax.figure


@image("beyond_decision_surface_of_four_features")
def test_decision_surface_of_four_features() -> Any:
    X = np.random.default_rng(0).normal(size=(60, 4))
    net = pynn.Network([4, 6, 3], hidden="tanh", rng=0)
    return pynn.plot.decision_surface(net, X, net.predict(X), features=(0, 2), held=[0, 0]).figure


@image("beyond_unit_maps")
def test_unit_maps(circles, trained) -> Any:
    return pynn.plot.unit_maps(trained[0], *circles)[0].figure


@image("beyond_landscape")
def test_loss_landscape(circles, trained) -> Any:
    return pynn.plot.loss_landscape(trained[0], *circles, trained[1], grid=31).figure


@image("beyond_range_test")
def test_range_test(circles) -> Any:
    found = pynn.find_learning_rate(pynn.Network([2, 4, 1], rng=0), *circles)
    return pynn.plot.range_test(found).figure
