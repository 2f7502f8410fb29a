"""A network to a file and back: it continues bit for bit, in another process, and from files of older versions."""
from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import pynn
from pynn import optimizers, schedules

from .conftest import RECIPES
from .test_storage import X, Y, state, trained

ONCE_MORE = {"epochs": 50, "learning_rate": schedules.Cosine(0.02, epochs=100), "validation_split": 0.2, "l2": 0.01}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.rule)
def test_a_network_comes_back_as_it_was(recipe, dtype, engine, tmp_path):
    net = trained(recipe, dtype=dtype, engine=engine)
    net.save(tmp_path / "model.of.mine")
    assert [path.name for path in tmp_path.iterdir()] == ["model.of.mine"]
    twin = pynn.load(str(tmp_path / "model.of.mine"))
    assert state(twin) == state(net)
    for other in (net.copy(), copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert state(other) == state(net)
    for each in (net, twin):
        each.fit(X, Y, epochs=2)
    assert state(twin) == state(net)


@pytest.mark.parametrize("keywords", [
    {"sizes": [3, 1]}, {"sizes": [3, 2], "output": "sigmoid"}, {"sizes": [3, 4, 5], "hidden": "gelu"},
    {"sizes": [1, 2, 2, 2], "output": "linear", "loss": "huber", "hidden": ["selu", "tanh"]}], ids=str)
def test_any_architecture(keywords, engine, tmp_path):
    net = pynn.Network(**keywords, engine=engine)
    net.save(tmp_path / "model")
    assert state(pynn.load(tmp_path / "model")) == state(net)


def test_100_epochs_are_50_then_50_in_a_new_process(engine, tmp_path):
    whole = {}
    for recipe in RECIPES:
        net = pynn.Network([2, 6, 5, 1], dropout=0.2, rng=3, engine=engine)
        half = net.copy()
        whole[recipe.rule] = net, net.fit(X, Y, **{**ONCE_MORE, "epochs": 100}, optimizer=recipe)
        half.fit(X, Y, **ONCE_MORE, optimizer=recipe)
        half.save(tmp_path / recipe.rule)
    script = """
import sys, pathlib, numpy, pynn
from pynn import schedules
X, Y = pynn.datasets.moons(120, rng=0)
for path in map(pathlib.Path, sys.argv[1:]):
    net = pynn.load(path)
    history = net.fit(X, Y, epochs=50, learning_rate=schedules.Cosine(0.02, epochs=100), validation_split=0.2, l2=0.01)
    net.save(path)
    numpy.save(path.with_suffix(".npy"), [history.loss, history.val_loss])
"""
    subprocess.run([sys.executable, "-P", "-W", "error", "-c", script, *(tmp_path / name for name in whole)], check=True)
    for name, (net, history) in whole.items():
        assert state(pynn.load(tmp_path / name)) == state(net), name
        later = np.load(tmp_path / f"{name}.npy")
        assert later.tobytes() == np.array([history.loss[50:], history.val_loss[50:]]).tobytes(), name


@pytest.mark.parametrize(("name", "probe", "outputs", "trained_outputs"), [
    ("classifier", [[0.5, -0.25], [-1, 1]], [[0.7063549792525808], [0.4812647271508583]],
     [[0.7702503938920033], [0.38825300181255185]]),
    ("regressor", [[0.5], [-1]], [[-0.3611336052417755, 0.48759445548057556], [0.8297789692878723, -0.8861436247825623]],
     [[0.5048642158508301, 0.014195859432220459], [-0.33244240283966064, 0.1875721961259842]])])
def test_files_of_older_versions_load_and_go_on(name, probe, outputs, trained_outputs):
    """The files and numbers were written by the first version of the format."""
    net = pynn.load(Path(__file__).parent / "models" / f"version1-{name}.model")
    np.testing.assert_allclose(net(probe), outputs, rtol=1e-5)
    assert net.state.last_fit is None
    if name == "classifier":
        assert (net.feature_names, net.label_names, net.dropout) == (("east", "north"), ("no", "yes"), (0.1,))
        assert net.optimizer == optimizers.AdamW(0.02, weight_decay=0.1)
        X, y = pynn.datasets.moons(40, rng=0)
        net.fit(X, y, epochs=2, batch_size=8, progress=False)
        assert net.epoch == 5
    else:
        assert net.optimizer == optimizers.SGD(0.1, momentum=0.5, nesterov=True)
        x = np.linspace(-1, 1, 20)[:, None]
        net.fit(x, np.hstack([x, x**2]), epochs=2, batch_size=5, progress=False)
        assert net.epoch == 6
    np.testing.assert_allclose(net(probe), trained_outputs, rtol=1e-4)
