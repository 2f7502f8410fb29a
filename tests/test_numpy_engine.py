"""The plain engine beside the compiled one: the interface, and whole fits."""
from __future__ import annotations

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pynn

from .conftest import RECIPES, assert_close, networks, problem


def test_both_engines_have_one_interface():
    from cnn_core import Engine
    from pynn.numpy_engine import NumpyEngine
    names = {name for name in vars(NumpyEngine) if not name.startswith("_")}
    assert names == {name for name in vars(Engine) if not name.startswith("_")} - {"dtype"}
    for name in names:
        ours = list(inspect.signature(getattr(Engine, name)).parameters)
        assert ours == list(inspect.signature(getattr(NumpyEngine, name)).parameters), name


@pytest.mark.filterwarnings("ignore::pynn.DivergenceWarning")
@given(networks(widest=30, dtypes=("float64", "float32")), st.integers(1, 150), st.integers(1, 160), st.integers(0, 2**32))
@settings(max_examples=80, deadline=None)
def test_fits_of_both_engines_agree(keywords, m, batch_size, seed):
    """The same batches in the same order, sizes that do not divide m included, in both dtypes."""
    ours, theirs = pynn.Network(**keywords), pynn.Network(**keywords, engine="numpy")
    X, y = problem(ours, m, seed)
    histories = [net.fit(X, y, epochs=3, batch_size=batch_size, learning_rate=1e-3) for net in (ours, theirs)]
    tolerance = 1e-9 if ours.dtype == np.float64 else 2e-3
    np.testing.assert_allclose(histories[0].loss, histories[1].loss, rtol=tolerance)
    assert_close(ours.parameters, theirs.parameters, tolerance, "parameters")
    metric = list(histories[0])[1]
    slack = tolerance * (1 + np.abs(histories[1][metric])) if ours.is_regression else 3 / m * (ours.dtype == np.float32)
    assert (np.abs(histories[0][metric] - histories[1][metric]) <= slack + 1e-12).all()


@pytest.mark.filterwarnings("ignore::pynn.DivergenceWarning")
@given(networks(widest=20), st.integers(1, 150), st.integers(1, 60), st.sampled_from(RECIPES),
       st.sampled_from([{}, {"l1": 0.01}, {"l2": 0.1}, {"clip_norm": 0.01}]), st.booleans(), st.floats(0, 0.8))
@settings(max_examples=60, deadline=None)
def test_a_fit_of_both_engines_is_the_same(keywords, m, batch_size, recipe, penalty, weighted, dropout):
    nets = [pynn.Network(**keywords, dropout=dropout, engine=engine) for engine in ("cython", "numpy")]
    X, y = problem(nets[0], m, 0)
    weights = np.random.default_rng(0).uniform(0.1, 2, m) if weighted else None
    histories = []
    for net in nets:
        try:
            histories.append(net.fit(X, y, epochs=2, batch_size=batch_size, optimizer=recipe.with_learning_rate(1e-3),
                                     sample_weight=weights, **penalty))
        except pynn.DivergenceError:
            histories.append(None)
    if None in histories:
        assert histories == [None, None]
        return
    assert_close(nets[0].parameters, nets[1].parameters, 1e-9, "parameters")
    np.testing.assert_allclose(histories[0].loss, histories[1].loss, rtol=1e-9)
    metric = "r2" if nets[0].is_regression else "accuracy"
    np.testing.assert_allclose(histories[0][metric], histories[1][metric], rtol=1e-9, atol=1e-9)
    if weighted:
        assert nets[0].evaluate(X, y, weights) == pytest.approx(nets[1].evaluate(X, y, weights), rel=1e-8, abs=1e-9)


def sequel(engine, iterations):
    X, y = pynn.datasets.moons(1000, noise=0.2, rng=0)
    X_train, _, y_train, _ = pynn.datasets.split(X, y, test_size=0.1, rng=0)
    net = pynn.Network([2, 25, 50, 50, 25, 1], initializer="small_normal", rng=2, engine=engine)
    return net.fit(X_train, y_train, epochs=iterations, batch_size=None, learning_rate=0.01, shuffle=False)


def test_sequel_follows_the_reference_at_first():
    np.testing.assert_allclose(sequel("cython", 30).loss, sequel("numpy", 30).loss, rtol=1e-10)


@pytest.mark.slow
def test_sequel_follows_the_reference_to_the_end():
    np.testing.assert_allclose(sequel("cython", 10_000).loss, sequel("numpy", 10_000).loss, rtol=1e-10)
