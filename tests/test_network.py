"""The verbs of a network beside fit: predictions, scores, descend; and that it learns the article's problem."""
from __future__ import annotations

import copy

import numpy as np
import pytest

import pynn
from pynn import datasets

from .conftest import circles_net, problem


def test_scores_are_scikit_learns(engine):
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    values = pynn.Network([3, 5, 2], output="linear", rng=0, engine=engine)
    y = rng.normal(size=(200, 2)) * [1, 100]
    assert values.score(X, y) == pytest.approx(metrics.r2_score(y, values.predict(X)), rel=1e-12)
    y[:, 1] = 4
    assert values.score(X, y) == pytest.approx(metrics.r2_score(y, values.predict(X)), rel=1e-12)
    labels = pynn.Network([3, 5, 4], output="sigmoid", rng=0, engine=engine)
    y = rng.integers(2, size=(200, 4))
    assert labels.score(X, y) == metrics.accuracy_score(y, labels.predict(X))
    classes = pynn.Network([3, 5, 4], rng=0, engine=engine)
    y = rng.integers(4, size=200)
    assert classes.score(X, y) == metrics.accuracy_score(y, classes.predict(X))
    assert classes.evaluate(X, y)["loss"] == pytest.approx(metrics.log_loss(y, classes.predict_proba(X)), rel=1e-12)


def test_r2_with_weights_is_scikit_learns():
    metrics = pytest.importorskip("sklearn.metrics")
    net = pynn.Network([3, 4, 2], output="linear", rng=0)
    X, y = problem(net, 50, 0)
    w = np.random.default_rng(0).uniform(size=50)
    assert net.score(X, y, w) == pytest.approx(metrics.r2_score(y, net.predict(X), sample_weight=w), rel=1e-10)


def test_r2_of_a_constant():
    """1 if exact, else 0, also where the mean of the constant rounds."""
    X = np.arange(3.0)[:, None]
    net = pynn.Network([1, 1], output="linear", rng=0)
    assert net.score(X, np.full(3, 0.1)) == 0
    net[1].W, net[1].b = [[0]], [[0.1]]
    assert net.score(X, np.full(3, 0.1)) == 1


def test_shapes_of_predictions(engine):
    X = np.random.default_rng(0).normal(size=(7, 3))

    def shapes(units, output):
        net = pynn.Network([3, units], output=output, rng=0, engine=engine, dtype="float32")
        proba = None if output == "linear" else net.predict_proba(X)
        assert net(X).dtype == np.float32
        if proba is not None and (units == 1 or output == "softmax"):
            np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)
        return net(X).shape, net.predict(X).shape, net.predict(X).dtype.kind, None if proba is None else proba.shape

    assert shapes(1, "sigmoid") == ((7, 1), (7,), "i", (7, 2))
    assert shapes(3, "sigmoid") == ((7, 3), (7, 3), "i", (7, 3))
    assert shapes(3, "softmax") == ((7, 3), (7,), "i", (7, 3))
    assert shapes(1, "linear") == ((7, 1), (7,), "f", None)
    assert shapes(3, "linear") == ((7, 3), (7, 3), "f", None)


def test_descend_follows_edited_gradients(engine):
    """Clipping and zeroing by hand: in place, by a new array in the list, and on a copy."""
    X, y = datasets.circles(20, rng=0)
    net = circles_net(engine)
    for edit in (lambda g: g.dW[2].fill(0), lambda g: g.dW.__setitem__(2, 0 * g.dW[2]), lambda g: g.flat[12:36].fill(0)):
        twin, gradients = net.copy(), net.backward(X, y)
        edit(gradients)
        twin.descend(gradients, 0.1)
        assert np.array_equal(twin[2].W, net[2].W)
        assert not np.array_equal(twin[1].W, net[1].W)
    gradients = copy.deepcopy(net.backward(X, y))
    gradients.dW[2][:] = 0
    twin = net.copy()
    twin.descend(gradients, 0.1)
    assert np.array_equal(twin[2].W, net[2].W)


def test_the_article_is_learned_from_38_of_40_seeds():
    """The rest are dead ReLUs: a layer of four can lose them all at the start."""
    learned = 0
    for seed in range(40):
        X, y = datasets.circles(1000, factor=0.3, noise=0.1, rng=seed)
        X_train, X_test, y_train, y_test = datasets.split(X, y, test_size=0.1, rng=seed)
        net = pynn.Network([2, 4, 6, 6, 4, 1], rng=seed)
        net.fit(X_train, y_train, epochs=50, batch_size=32, learning_rate=0.1)
        learned += net.score(X_test, y_test) >= 0.99
    assert learned >= 38
