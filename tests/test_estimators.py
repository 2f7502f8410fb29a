"""The scikit-learn estimators: scikit-learn's own checks, and what its users do with an estimator."""
from __future__ import annotations

import inspect
import os
import pickle
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

import pynn

pytest.importorskip("sklearn", reason="the extra 'sklearn' is not installed")

import joblib
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris, make_regression
from sklearn.exceptions import ConvergenceWarning
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from pynn import NetworkClassifier, NetworkRegressor, datasets, optimizers, schedules

EXAMPLE = Path(__file__).parent.parent / "examples" / "search.py"
pytestmark = pytest.mark.filterwarnings("ignore:max_iter=:sklearn.exceptions.ConvergenceWarning")    # most tests train briefly
BOTH = pytest.mark.parametrize("kind", [NetworkClassifier, NetworkRegressor])


def classes(m=200):
    X, y = pynn.datasets.moons(m, rng=0)
    return X, np.array(["lower", "upper"])[y]


def data_for(kind, m=200):
    return classes(m) if kind is NetworkClassifier else pynn.datasets.plane(m, rng=0)


def parameters(estimator):
    return estimator.network_.parameters.tobytes()


@parametrize_with_checks([NetworkClassifier(), NetworkRegressor()])
def test_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


# ------------------------------------------------------------------------------------------------------- what is learned


def test_labels_of_any_kind():
    X, y = load_iris(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    texts = np.array(["setosa", "versicolor", "virginica"])
    answers = []
    for labels, expected in [(texts[y], texts), (texts[y].astype(object), texts), (texts[y].tolist(), texts),
                             (y * 10 - 5, np.array([-5, 5, 15]))]:
        classifier = NetworkClassifier(learning_rate_init=0.01, max_iter=50, random_state=0).fit(X, labels)
        assert classifier.classes_.tolist() == expected.tolist()
        assert classifier.score(X, labels) > 0.95
        answers.append(np.searchsorted(expected, classifier.predict(X).astype(expected.dtype)))
        assert classifier.predict_proba(X).shape == (150, 3)
    assert all((answer == answers[0]).all() for answer in answers)


def test_two_classes_have_one_unit_and_more_a_softmax():
    X, y = load_iris(return_X_y=True)
    fit = NetworkClassifier(hidden_layer_sizes=(5, 4), activation=("tanh", "gelu"), dropout=[0.1, 0], max_iter=2).fit
    net = fit(X, y).network_
    assert (net.sizes, net.activations, net.dropout) == ((4, 5, 4, 3), ("tanh", "gelu", "softmax"), (0.1, 0.0))
    net = fit(X[:100], y[:100]).network_
    assert (net.sizes, net.activations[-1]) == ((4, 5, 4, 1), "sigmoid")
    assert NetworkClassifier(hidden_layer_sizes=7, max_iter=1).fit(X, y).network_.sizes == (4, 7, 3)
    assert NetworkClassifier(hidden_layer_sizes=(), max_iter=1).fit(X, y).network_.sizes == (4, 3)


def test_several_outputs():
    X, y = make_regression(300, 4, n_informative=4, n_targets=3, random_state=0)
    y = y / y.std(axis=0)
    regressor = NetworkRegressor(hidden_layer_sizes=(20,), learning_rate_init=0.01, random_state=0).fit(X, y)
    assert regressor.predict(X).shape == (300, 3)
    assert regressor.score(X, y) > 0.95
    assert regressor.network_.sizes == (4, 20, 3)
    assert get_tags(regressor).target_tags.multi_output
    column = NetworkRegressor(max_iter=1, random_state=0).fit(X, y[:, :1])
    assert column.predict(X).tolist() == NetworkRegressor(max_iter=1, random_state=0).fit(X, y[:, 0]).predict(X).tolist()


@pytest.mark.parametrize("loss", ["mean_squared_error", "mean_absolute_error", "huber"])
def test_losses_of_regression(loss):
    X, y = pynn.datasets.plane(200, rng=0)
    regressor = NetworkRegressor(loss=loss, learning_rate_init=0.01, random_state=0).fit(X, y)
    assert regressor.network_.loss == loss
    assert regressor.score(X, y) > 0.9


@BOTH
def test_it_is_the_network_that_the_keywords_say(kind):
    """Against Network.fit said by hand."""
    X, y = data_for(kind)
    estimator = kind(hidden_layer_sizes=(6,), initializer="small_normal", l1=1e-3, l2=1e-2,
                     optimizer=optimizers.SGD(momentum=0.9), learning_rate_init=schedules.Exponential(0.05, 0.9), dropout=0.1,
                     clip_norm=0.5, batch_size=16, max_iter=5, shuffle=False, dtype="float32", random_state=3,
                     standardize=False).fit(X, y)
    seed = int(np.random.RandomState(3).randint(2**31 - 1))
    net = pynn.Network([2, 6, 1], output="sigmoid" if kind is NetworkClassifier else "linear", dropout=0.1, dtype="float32",
                       initializer="small_normal", rng=seed)
    if kind is NetworkRegressor:
        net.target_standardizer = pynn.Standardizer.fit(y.reshape(-1, 1))
    history = net.fit(X, y if kind is NetworkRegressor else y == "upper", epochs=5, batch_size=16, shuffle=False,
                      learning_rate=schedules.Exponential(0.05, 0.9), optimizer=optimizers.SGD(momentum=0.9), l1=1e-3, l2=1e-2,
                      clip_norm=0.5)
    assert parameters(estimator) == net.parameters.tobytes()
    assert estimator.loss_curve_ == history.loss.tolist()
    assert estimator.predict(X[:5]).tolist() == (net.predict(X[:5]) if kind is NetworkRegressor else
                                                 np.array(["lower", "upper"])[net.predict(X[:5])]).tolist()


@BOTH
def test_random_state(kind):
    X, y = data_for(kind)
    first, same, other = (kind(max_iter=3, dropout=0.1, early_stopping=True, random_state=seed).fit(X, y) for seed in (0, 0, 1))
    assert parameters(first) == parameters(same) != parameters(other)
    assert parameters(kind(max_iter=3).fit(X, y)) != parameters(kind(max_iter=3).fit(X, y))
    from_state = [kind(max_iter=3, random_state=np.random.RandomState(5)).fit(X, y) for _ in range(2)]
    assert parameters(from_state[0]) == parameters(from_state[1])


# ------------------------------------------------------------------------------------------------------ inputs and targets


@BOTH
def test_inputs_are_standardised_unless_told_otherwise(kind):
    X, y = data_for(kind)
    far = X * [1e6, 1e-6] + [3e6, 7]
    estimator, same = (kind(max_iter=5, random_state=0).fit(data, y) for data in (X, far))
    np.testing.assert_allclose(same.network_.parameters, estimator.network_.parameters, atol=1e-9)
    np.testing.assert_allclose(same.network_.standardizer.mean, far.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(same.network_.standardizer.scale, far.std(axis=0), rtol=1e-12)
    off = kind(max_iter=5, standardize=False, random_state=0)
    assert off.fit(X, y).network_.standardizer is None
    by_pipeline = make_pipeline(StandardScaler(), off).fit(far, y)
    np.testing.assert_allclose(by_pipeline[-1].network_.parameters, same.network_.parameters, atol=1e-9)
    warm = kind(max_iter=1, warm_start=True, random_state=0).fit(X, y)
    before = warm.network_.standardizer
    assert warm.fit(far, y).network_.standardizer is before
    with pytest.raises(ValueError, match="the present network was made with"):
        warm.set_params(standardize=False).fit(X, y)
    with pytest.raises(TypeError, match="standardize: expected True or False"):
        kind(standardize="yes").fit(X, y)


@pytest.mark.parametrize(("offset", "size"), [(5e8, 1e8), (5e8, 1.0), (4e5, 9e4), (0.0, 1e-9)])
@pytest.mark.parametrize("several", [False, True])
def test_values_of_any_size(offset, size, several):
    """R² as scikit-learn computes it from predictions in the units of y, of examples held out."""
    X = np.random.default_rng(0).uniform(-1, 1, (300, 2))
    y = offset + size * (X @ [1.0, -0.5])
    y = np.column_stack([y, X[:, 0]]) if several else y
    regressor = NetworkRegressor(hidden_layer_sizes=(16,), learning_rate_init=0.01, batch_size=20, random_state=0)
    predicted = regressor.fit(X[:200], y[:200]).predict(X[200:])
    assert predicted.shape == y[200:].shape
    errors, spread = ((predicted - y[200:]) ** 2).sum(axis=0), ((y[200:] - y[200:].mean(axis=0)) ** 2).sum(axis=0)
    assert regressor.score(X[200:], y[200:]) == pytest.approx(np.mean(1 - errors / spread), rel=1e-9)
    assert regressor.score(X[200:], y[200:]) > 0.98
    assert regressor.network_.score(X[:200], y[:200]) == pytest.approx(regressor.score(X[:200], y[:200]), rel=1e-5)
    assert regressor.loss_curve_[-1] < 0.02             # of the standardised values
    assert regressor.history_.standardized_targets


# --------------------------------------------------------------------------------------------------------- several labels


def labelled(m=200):
    """Three labels of points in the plane: above, to the right, near the middle."""
    X = np.random.default_rng(0).normal(size=(m, 2))
    return X, np.column_stack([X[:, 1] > 0, X[:, 0] > 0, (X ** 2).sum(axis=1) < 1]).astype(int)


def test_several_labels():
    X, y = labelled()
    classifier = NetworkClassifier(hidden_layer_sizes=(32,), learning_rate_init=0.03, random_state=0).fit(X, y)
    assert classifier.classes_.tolist() == [0, 1, 2]
    assert (classifier.network_.sizes, classifier.network_.activations[-1]) == ((2, 32, 3), "sigmoid")
    predicted, probabilities = classifier.predict(X), classifier.predict_proba(X)
    assert (predicted.shape, predicted.dtype, probabilities.shape) == ((200, 3), y.dtype, (200, 3))
    assert ((probabilities > 0.5) == predicted).all()
    assert classifier.score(X, y) == (predicted == y).all(axis=1).mean() > 0.9
    assert get_tags(classifier).classifier_tags.multi_label
    sparse = pytest.importorskip("scipy.sparse")
    for other in (y.tolist(), y.astype(bool), y.astype(float), sparse.csr_matrix(y), sparse.csr_array(y)):
        twin = NetworkClassifier(hidden_layer_sizes=(32,), learning_rate_init=0.03, random_state=0).fit(X, other)
        assert parameters(twin) == parameters(classifier)
    weighted = NetworkClassifier(max_iter=2, random_state=0).fit(X, y, sample_weight=np.arange(200) % 2, X_val=X, y_val=y)
    assert weighted.history_["val_accuracy"][-1] == weighted.score(X, y)


def test_several_labels_go_on():
    X, y = labelled()
    once = NetworkClassifier(max_iter=4, batch_size=32, random_state=0).fit(X, y)
    for first in ({}, {"classes": [2, 0, 1]}):
        by_parts = NetworkClassifier(batch_size=32, random_state=0).partial_fit(X, y, **first)
        for _ in range(3):
            by_parts.partial_fit(X, y)
        assert parameters(by_parts) == parameters(once)
    warm = NetworkClassifier(max_iter=2, batch_size=32, warm_start=True, random_state=0).fit(X, y)
    assert parameters(warm.fit(X, y)) == parameters(once)
    stopping = NetworkClassifier(max_iter=3, early_stopping=True, random_state=0).fit(X, y)      # rows need not be stratified
    assert len(stopping.history_["val_accuracy"]) == 3


def test_several_labels_that_are_none():
    X, y = labelled()
    for bad, words in ((y + 1, r"^y: expected only 0 and 1 in the columns of several labels, got \[1, 2\]"),
                       (y * 2, r"^y: expected only 0 and 1"), (y * 0.3, "1d array"), (y + np.arange(3), "1d array")):
        with pytest.raises(ValueError, match=words):
            NetworkClassifier().fit(X, bad)
    with pytest.raises(ValueError, match="classes: expected the numbers of the columns of y, 0 … 2, got "):
        NetworkClassifier().partial_fit(X, y, classes=[0, 1])
    with pytest.raises(ValueError, match=r"^class_weight: .* several labels"):
        NetworkClassifier(class_weight="balanced").fit(X, y)
    classifier = NetworkClassifier(max_iter=1).partial_fit(X, y)
    with pytest.raises(ValueError, match=r"^y: expected \(m, 3\), got shape \(200, 2\)"):
        classifier.partial_fit(X, y[:, :2])
    with pytest.raises(ValueError, match=r"^y: expected \(m, 3\), got shape \(200,\)"):
        classifier.partial_fit(X, y[:, 0])


def test_the_documented_example_of_several_labels():
    """The example of the user guide of MLPClassifier: what it predicts, and its probabilities within 0.01."""
    from sklearn.neural_network import MLPClassifier
    X, y = [[0.0, 0.0], [1.0, 1.0]], [[0, 1], [1, 1]]
    theirs = MLPClassifier(solver="lbfgs", alpha=1e-5, hidden_layer_sizes=(15,), random_state=1).fit(X, y)
    ours = NetworkClassifier(learning_rate_init=0.1, l2=1e-5 / 2, hidden_layer_sizes=(15,), random_state=1).fit(X, y)
    points = [[0.0, 0.0], [1.0, 1.0], [1.0, 2.0]]
    assert ours.predict([[1.0, 2.0]]).tolist() == theirs.predict([[1.0, 2.0]]).tolist() == [[1, 1]]
    assert ours.predict([[0.0, 0.0]]).tolist() == theirs.predict([[0.0, 0.0]]).tolist() == [[0, 1]]
    np.testing.assert_allclose(ours.predict_proba(points), theirs.predict_proba(points), atol=0.01)


def test_several_labels_beside_scikit_learn():
    """The same steps as MLPClassifier from the same weights: its loss is a sum over the labels, pynn's a mean."""
    from sklearn.neural_network import MLPClassifier
    X, y = labelled()
    keywords = {"hidden_layer_sizes": (8,), "max_iter": 30, "batch_size": 50, "shuffle": False, "random_state": 0}
    theirs = MLPClassifier(solver="sgd", alpha=0, momentum=0, learning_rate_init=0.1, n_iter_no_change=99, **keywords)
    ours = NetworkClassifier(optimizer="sgd", learning_rate_init=3 * 0.1, standardize=False, **keywords).partial_fit(X, y)
    theirs.partial_fit(X, y, classes=[0, 1, 2])
    for layer, W, b in zip(ours.network_, theirs.coefs_, theirs.intercepts_, strict=True):
        layer.W, layer.b = W.T, b[:, None]
    for _ in range(20):
        ours.partial_fit(X, y)
        theirs.partial_fit(X, y)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-9)
    assert 3 * ours.loss_curve_[-1] == pytest.approx(theirs.loss_curve_[-1], rel=1e-9)


# --------------------------------------------------------------------------------------------------------------- weights


@BOTH
def test_a_weight_of_zero_is_leaving_out(kind):
    X, y = data_for(kind)
    keep = np.arange(len(X)) % 3 > 0
    weighted = kind(max_iter=4, batch_size=16, random_state=0).fit(X, y, sample_weight=keep)
    without = kind(max_iter=4, batch_size=16, random_state=0).fit(X[keep], y[keep])
    np.testing.assert_allclose(weighted.network_.parameters, without.network_.parameters, rtol=1e-12)


def test_a_class_of_no_weight_is_no_class():
    X, y = load_iris(return_X_y=True)
    assert NetworkClassifier(max_iter=1).fit(X, y, sample_weight=y > 0).classes_.tolist() == [1, 2]
    with pytest.raises(ValueError, match="y: expected at least 2 classes, got 1 class"):
        NetworkClassifier().fit(X, y, sample_weight=y == 1)


def test_class_weights():
    X, y = classes()
    keep = (y == "lower") | (np.arange(200) % 4 == 0)
    X, y = X[keep], y[keep]
    share = {label: (y == label).mean() for label in np.unique(y)}
    keywords = {"max_iter": 5, "random_state": 0, "standardize": False}      # weights of examples count in the scale of X too
    by_sample = NetworkClassifier(**keywords).fit(X, y, sample_weight=[1 / share[label] for label in y])
    for class_weight in ("balanced", {label: 1 / share[label] for label in ("upper", "lower")}):
        by_class = NetworkClassifier(class_weight=class_weight, **keywords).fit(X, y)
        np.testing.assert_allclose(by_class.network_.parameters, by_sample.network_.parameters, rtol=1e-9)
    plain = NetworkClassifier(**keywords).fit(X, y)
    assert (by_class.predict(X) == "upper").sum() > (plain.predict(X) == "upper").sum()
    of_objects = NetworkClassifier(class_weight={"upper": 2.0}, **keywords).fit(X, y.astype(object))
    assert parameters(of_objects) == parameters(NetworkClassifier(class_weight={"upper": 2.0}, **keywords).fit(X, y))


# ------------------------------------------------------------------------------------------------------------- going on


@BOTH
def test_epochs_of_partial_fit_are_those_of_fit(kind):
    X, y = data_for(kind)
    once = kind(max_iter=4, random_state=0, batch_size=32, dropout=0.2).fit(X, y)
    by_parts = kind(random_state=0, batch_size=32, dropout=0.2)
    for _ in range(4):
        by_parts.partial_fit(X, y, **({"classes": ["upper", "lower"]} if kind is NetworkClassifier else {}))
    assert parameters(once) == parameters(by_parts)
    assert once.loss_curve_ == by_parts.loss_curve_
    assert (once.n_iter_, by_parts.n_iter_, by_parts.history_.epochs) == (4, 4, 1)


def test_partial_fit_of_batches_without_some_class():
    X, y = load_iris(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    classifier = NetworkClassifier(learning_rate_init=0.03, batch_size=10, random_state=0)
    for _ in range(20):
        for start in (0, 25, 50, 75, 100, 125):         # each has one class only
            classifier.partial_fit(X[start:start + 25], y[start:start + 25], classes=[2, 1, 0])
    assert classifier.classes_.tolist() == [0, 1, 2]
    assert set(classifier.predict(X)) > {2}
    with pytest.raises(ValueError, match="classes: expected those of the first call"):
        classifier.partial_fit(X, y, classes=[0, 1])
    with pytest.raises(ValueError, match=r"y: expected only the labels \[0, 1, 2\], got 7"):
        classifier.partial_fit(X, np.where(y == 0, 7, y))
    with pytest.raises(ValueError, match="classes: expected all labels at the first call"):
        NetworkClassifier().partial_fit(X, y)
    with pytest.raises(ValueError, match="classes: expected at least 2 classes"):
        NetworkClassifier().partial_fit(X, y, classes=[0])


@BOTH
def test_warm_start_goes_on(kind):
    X, y = data_for(kind)
    once = kind(max_iter=6, random_state=0, batch_size=32).fit(X, y)
    warm = kind(max_iter=3, random_state=0, batch_size=32, warm_start=True)
    assert parameters(warm.fit(X, y).fit(X, y)) == parameters(once)
    assert (warm.n_iter_, warm.history_.epochs) == (6, 3)
    cold = kind(max_iter=3, random_state=0, batch_size=32)
    assert parameters(cold.fit(X, y)) == parameters(cold.fit(X, y))
    assert cold.n_iter_ == 3
    warm.set_params(optimizer="sgd", learning_rate_init=0.1).fit(X, y)
    assert warm.network_.optimizer == optimizers.SGD(learning_rate=0.1)
    with pytest.raises(ValueError, match="the present network was made with"):
        warm.set_params(hidden_layer_sizes=(3,)).fit(X, y)
    assert warm.set_params(warm_start=False).fit(X, y).network_.sizes == (2, 3, 1)


def test_warm_start_with_a_new_label():
    X, y = load_iris(return_X_y=True)
    classifier = NetworkClassifier(max_iter=1, warm_start=True).fit(X[:100], y[:100])
    with pytest.raises(ValueError, match=r"y: expected only the labels \[0, 1\], got 2"):
        classifier.fit(X, y)
    assert classifier.predict(X).shape == (150,)


# -------------------------------------------------------------------------------------------------------------- stopping


def test_it_stops_by_the_rule_of_scikit_learn():
    """More than n_iter_no_change epochs in a row that are not tol below the lowest loss before."""
    X, y = classes()
    classifier = NetworkClassifier(learning_rate_init=0.03, max_iter=1000, tol=1e-3, n_iter_no_change=4, random_state=0)
    loss = classifier.fit(X, y).loss_curve_
    stale = [k > 0 and loss[k] > min(loss[:k]) - 1e-3 for k in range(len(loss))]
    assert 10 < classifier.n_iter_ < 1000
    assert stale[-5:] == [True] * 5
    assert not any(all(stale[k:k + 5]) for k in range(len(loss) - 5))


@BOTH
@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_training_that_ends_still_falling_warns(kind, early_stopping):
    """Where scikit-learn's MLP warns, and nowhere else: all epochs were run, and its rule would not have stopped."""
    X, y = data_for(kind)
    keywords = {"learning_rate_init": 0.01, "n_iter_no_change": 3, "tol": 1e-3, "early_stopping": early_stopping,
                "random_state": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        converged = kind(max_iter=1000, **keywords).fit(X, y)
        epochs = converged.n_iter_
        assert 5 < epochs < 1000
        kind(max_iter=epochs, **keywords).fit(X, y)              # the rule is met in the last epoch
        kind(max_iter=1000, callbacks=[lambda net, history: history.epochs == 2], **keywords).fit(X, y)
        kind(max_iter=1).partial_fit(X, y, **({"classes": np.unique(y)} if kind is NetworkClassifier else {}))
    metric = "accuracy" if kind is NetworkClassifier else "r2"
    for epochs_run in (epochs - 1, 1):
        with pytest.warns(ConvergenceWarning) as caught:
            kind(max_iter=epochs_run, **keywords).fit(X, y)
        assert [warning.filename for warning in caught] == [__file__]
        assert str(caught[0].message) == (
            f"max_iter={epochs_run}: training ended before it had converged: in the last 3 epochs the "
            f"{f'val_{metric}' if early_stopping else 'loss'} still improved by tol=0.001 or more; raise max_iter or "
            "learning_rate_init")


def test_early_stopping_without_enough_examples_says_so():
    X, y = classes(20)
    for share, m, cause in ((0.1, 9, "The test_size = 1"), (0.001, 20, "The test_size = 1"), (0.99, 20, "The train_size = 0|")):
        words = f"^early_stopping: cannot set aside validation_fraction={share} of {m} examples to validate on: {cause}"
        with pytest.raises(ValueError, match=words):
            NetworkClassifier(early_stopping=True, validation_fraction=share).fit(X[:m], y[:m])
    y[0] = "third"
    with pytest.raises(ValueError, match=r"^early_stopping: .* The least populated class"):
        NetworkClassifier(early_stopping=True).fit(X, y)
    with pytest.raises(ValueError, match="early_stopping: expected at least 2 examples to validate on, got 1, which is"):
        NetworkRegressor(early_stopping=True).fit(X[:9], X[:9, 0])


@BOTH
def test_early_stopping_ends_with_the_best(kind):
    X, y = data_for(kind, 100)
    y = np.random.default_rng(0).permutation(y)         # nothing to learn but by heart
    estimator = kind(early_stopping=True, learning_rate_init=0.05, max_iter=500, validation_fraction=0.3, random_state=0)
    estimator.fit(X, y)
    score = estimator.history_["val_accuracy" if kind is NetworkClassifier else "val_r2"]
    assert len(score) < 500
    assert score.argmax() < len(score) - 5
    truncated = kind(early_stopping=True, learning_rate_init=0.05, max_iter=int(score.argmax()) + 1, validation_fraction=0.3,
                     random_state=0).fit(X, y)
    assert parameters(estimator) == parameters(truncated)


def test_the_examples_to_validate_on_are_stratified_and_not_trained_on():
    X, y = load_iris(return_X_y=True)
    X, y, weight = X[:60], y[:60], np.where(np.arange(60) < 50, 1.0, 2.0)
    stopping = NetworkClassifier(early_stopping=True, validation_fraction=0.2, max_iter=2, random_state=0)
    for seed in range(5):
        train_X, train_y, train_weight, (X_val, y_val) = stopping._split(X, y, weight, np.random.RandomState(seed))
        assert np.bincount(y_val).tolist() == [10, 2]
        assert sorted(map(tuple, np.vstack([train_X, X_val]))) == sorted(map(tuple, X))
        assert (train_weight == np.where(train_y == 1, 2.0, 1.0)).all()
    stopping.fit(X, y, sample_weight=weight)
    assert "val_loss" in stopping.history_.keys()       # noqa: SIM118 - a History is no mapping


@BOTH
def test_own_examples_to_validate_on(kind):
    X, y = data_for(kind)
    estimator = kind(max_iter=5, random_state=0).fit(X[:150], y[:150], X_val=X[150:], y_val=y[150:])
    metric = "val_accuracy" if kind is NetworkClassifier else "val_r2"
    assert estimator.history_[metric][-1] == pytest.approx(estimator.score(X[150:], y[150:]), rel=1e-12)
    assert parameters(estimator) == parameters(kind(max_iter=5, random_state=0).fit(X[:150], y[:150]))
    with pytest.raises(ValueError, match="expected both or neither, got only X_val"):
        estimator.fit(X, y, X_val=X)


@BOTH
def test_callbacks(kind):
    X, y = data_for(kind)
    recorder = pynn.callbacks.Recorder()
    estimator = kind(max_iter=10, callbacks=[recorder, lambda net, history: history.epochs == 3], random_state=0).fit(X, y)
    assert estimator.n_iter_ == 3
    assert recorder.epochs.tolist() == [1, 2, 3]


# ------------------------------------------------------------------------------------------- failures and interruptions


@BOTH
def test_ctrl_c_raises_on_and_leaves_a_usable_network(kind):
    X, y = data_for(kind)

    def interrupt(net, history):
        if history.epochs == 3:
            raise KeyboardInterrupt

    estimator = kind(max_iter=10, callbacks=[interrupt], random_state=0)
    with pytest.raises(KeyboardInterrupt):
        estimator.fit(X, y)
    assert (estimator.n_iter_, estimator.history_.interrupted) == (3, True)
    assert estimator.predict(X).shape == (200,)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_real_ctrl_c_within_a_search():
    import signal
    X, y = classes(2000)
    search = GridSearchCV(NetworkClassifier(max_iter=10**7, n_iter_no_change=10**7), {"l2": [0.0, 0.1]})
    threading.Timer(0.5, signal.raise_signal, [signal.SIGINT]).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        search.fit(X, y)
    assert time.monotonic() - began < 5


def test_divergence_is_an_error_and_the_last_fit_stays():
    X, y = pynn.datasets.plane(200, rng=0)
    regressor = NetworkRegressor(max_iter=5, random_state=0).fit(X, y)
    before = parameters(regressor)
    regressor.set_params(optimizer="sgd", learning_rate_init=1e6)
    with pytest.raises(pynn.DivergenceError, match="learning_rate"), pytest.warns(pynn.DivergenceWarning):
        regressor.fit(X, 100 * y)
    assert parameters(regressor) == before


@pytest.mark.parametrize(("keywords", "error", "words"), [
    ({"hidden_layer_sizes": (5, 0)}, ValueError, r"hidden_layer_sizes\[1\]: .* at least 1, got 0"),
    ({"hidden_layer_sizes": "5"}, TypeError, r"hidden_layer_sizes\[0\]"),
    ({"hidden_layer_sizes": 2.5}, TypeError, r"hidden_layer_sizes\[0\]"),
    ({"activation": "logistic"}, ValueError, "activation: unknown name 'logistic'; there are"),
    ({"activation": ("relu", "softmax")}, ValueError, "activation: expected 1 names"),
    ({"activation": ["softmax"]}, ValueError, r"activation\[0\]: unknown name"),
    ({"activation": 3}, TypeError, "activation"),
    ({"initializer": "best"}, ValueError, "initializer: unknown name"),
    ({"optimizer": "lbfgs"}, ValueError, "optimizer: unknown name 'lbfgs'; there are"),
    ({"learning_rate_init": 0}, ValueError, "learning_rate_init"),
    ({"learning_rate_init": "constant"}, TypeError, "learning_rate_init"),
    ({"batch_size": 0}, ValueError, "batch_size"),
    ({"batch_size": "all"}, TypeError, "batch_size"),
    ({"max_iter": 0}, ValueError, "max_iter"),
    ({"shuffle": "yes"}, TypeError, "shuffle"),
    ({"l1": -1}, ValueError, "l1"),
    ({"l2": np.nan}, ValueError, "l2"),
    ({"dropout": 1.0}, ValueError, "dropout"),
    ({"clip_norm": 0}, ValueError, "clip_norm"),
    ({"tol": -1}, ValueError, "tol"),
    ({"n_iter_no_change": 0}, ValueError, "n_iter_no_change"),
    ({"early_stopping": 2}, TypeError, "early_stopping"),
    ({"early_stopping": True, "validation_fraction": 1.0}, ValueError, "validation_fraction"),
    ({"warm_start": None}, TypeError, "warm_start"),
    ({"random_state": "seed"}, ValueError, "seed"),
    ({"verbose": "yes"}, TypeError, "verbose"),
    ({"callbacks": [3]}, TypeError, "callbacks"),
    ({"callbacks": len}, TypeError, "callbacks"),
    ({"n_threads": 0}, ValueError, "n_threads"),
    ({"dtype": "float16"}, ValueError, "dtype"),
])
@BOTH
def test_bad_keywords(kind, keywords, error, words):
    with pytest.raises(error, match=words):
        kind(**keywords).fit(*data_for(kind))


def test_bad_keywords_of_one():
    X, y = classes()
    for class_weight, error in (({"left": 2.0}, ValueError), ("equal", ValueError), ([1, 2], TypeError),
                                ({"upper": -1}, ValueError)):
        with pytest.raises(error, match="class_weight"):
            NetworkClassifier(class_weight=class_weight).fit(X, y)
    with pytest.raises(ValueError, match="loss"):
        NetworkRegressor(loss="binary_cross_entropy").fit(X, X[:, 0])
    for kind in (NetworkClassifier, NetworkRegressor):
        X, y = data_for(kind)
        with pytest.raises(ValueError, match="early_stopping: expected False for partial_fit"):
            kind(early_stopping=True).partial_fit(X, y, **({"classes": np.unique(y)} if kind is NetworkClassifier else {}))
        with pytest.raises(ValueError, match="sample_weight: expected no weight below 0"):
            kind().fit(X, y, sample_weight=-np.ones(len(X)))


@pytest.mark.parametrize("class_weight", [
    {0: 1, 1: 1, 2: 2, 3: 9}, {2: 2, 7: 0.5}, {0: 1, 1: 1, 2: 2, 1.5: 3}, {2: 2, -1: 4}], ids=str)
def test_the_weight_of_a_class_that_does_not_occur_is_ignored_in_fit(class_weight):
    X, y = datasets.blobs(60, centers=3, rng=0)
    occurring = NetworkClassifier(class_weight={2: 2}, max_iter=2, random_state=0).fit(X, y)
    classifier = NetworkClassifier(class_weight=class_weight, max_iter=2, random_state=0).fit(X, y)
    assert parameters(classifier) == parameters(occurring)
    with pytest.raises(ValueError, match=r"^class_weight: expected only the labels \[0, 1, 2\], got "):
        NetworkClassifier(class_weight=class_weight).partial_fit(X, y, classes=[0, 1, 2])


def test_a_weight_for_a_rare_class_in_cross_validation():
    X, y = datasets.blobs(60, centers=3, rng=0)
    y[0] = 3
    classifier = NetworkClassifier(class_weight={0: 1, 1: 1, 2: 2, 3: 9}, max_iter=2, random_state=0)
    scores = cross_val_score(classifier, X, y, cv=KFold(3), error_score="raise")
    assert len(scores) == 3


def object_labels():
    return np.array(["lower", "upper"], object)


def text_labels():
    return pytest.importorskip("pandas").Series(["lower", "upper"], dtype="str")


@pytest.mark.parametrize("labels", [object_labels, text_labels, lambda: np.array(["lower", "upper"]), lambda: np.array([3, 4]),
                                    lambda: np.array([False, True])])
def test_weights_and_labels_of_another_kind_get_a_clear_error(labels):
    X, y = datasets.moons(40, rng=0)
    known = labels()
    y, other = known.take(y), [7, 8] if known.dtype.kind not in "iub" else ["lower", "upper"]
    with pytest.raises(ValueError, match=r"^class_weight: expected only the labels \[.*, .*\], got "):
        NetworkClassifier(class_weight={other[0]: 1, other[1]: 2}).fit(X, y)
    with pytest.raises(ValueError, match=r"^class_weight: expected only the labels \[.*, .*\], got "):
        NetworkClassifier(class_weight={known.tolist()[0]: 1, other[1]: 2}).fit(X, y)
    with pytest.raises(ValueError, match=r"^y_val: expected only the labels \[.*, .*\], got "):
        NetworkClassifier(max_iter=1).fit(X, y, X_val=X[:4], y_val=np.array(other).take([0, 1, 0, 1]))


@pytest.mark.parametrize(("labels", "message"), [
    (np.array([1, "a"], object), "expected labels that are all texts or all numbers, got 'a' and 1"),
    (np.array(["a", None], object), r"expected no missing labels, got None at \[1\]"),
    (np.array(["a", np.nan], object), r"expected no missing labels, got nan at \[1\]"),
    (np.array(["a", np.datetime64("NaT")], object), r"expected no missing labels, got .*NaT.* at \[1\]")])
def test_labels_that_are_mixed_or_missing_are_named(labels, message):
    X, y = datasets.moons(40, rng=0)
    y[:2] = 0, 1
    for act in (NetworkClassifier().fit, lambda X, y: NetworkClassifier().partial_fit(X, y, classes=labels)):
        with pytest.raises(ValueError, match=f"^(y|classes): {message}$"):
            act(X, labels[y])
    with pytest.raises(ValueError, match=f"^y: {message}$"):
        NetworkClassifier(max_iter=1).fit(X, y, X_val=X, y_val=labels[y])


def test_texts_of_numpys_own_kind_are_labels():
    X, y = datasets.moons(40, rng=0)
    texts = np.array(["lower", "upper"])[y]
    keywords = {"max_iter": 2, "random_state": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        new = NetworkClassifier(**keywords).fit(X, texts.astype(np.dtypes.StringDType()))
        assert new.predict(X).tolist() == NetworkClassifier(**keywords).fit(X, texts).predict(X).tolist()


@pytest.mark.parametrize("yes", [1, np.int64(1), np.True_])
@BOTH
def test_ones_and_zeros_switch_as_in_scikit_learn(kind, yes):
    X, y = data_for(kind)
    keywords = ("early_stopping", "warm_start", "shuffle")
    estimators = [kind(max_iter=2, random_state=0, **dict.fromkeys(keywords, value)).fit(X, y) for value in (yes, True)]
    assert parameters(estimators[0]) == parameters(estimators[1])
    off = [kind(max_iter=2, random_state=0, verbose=value, **dict.fromkeys(keywords, value)).fit(X, y) for value in (0, False)]
    assert parameters(off[0]) == parameters(off[1])


@pytest.mark.parametrize("verbose", [1, 2, 10])
def test_any_level_of_verbose_shows_a_bar(verbose, capfd):
    NetworkClassifier(max_iter=2, verbose=verbose).fit(*classes())
    assert "2/2" in capfd.readouterr().err


# ------------------------------------------------------------------------------------------------- at work in scikit-learn


@BOTH
def test_clone_pickle_and_joblib(kind, tmp_path):
    X, y = data_for(kind)
    estimator = kind(max_iter=3, optimizer=optimizers.Adam(betas=(0.8, 0.99)), activation=("tanh",), random_state=0).fit(X, y)
    twin = clone(estimator)
    assert not hasattr(twin, "network_")
    assert twin.get_params() == estimator.get_params()
    assert parameters(twin.fit(X, y)) == parameters(estimator)
    joblib.dump(estimator, tmp_path / "estimator")
    for copy in (pickle.loads(pickle.dumps(estimator)), joblib.load(tmp_path / "estimator")):
        assert (copy.predict(X) == estimator.predict(X)).all()
        assert copy.loss_curve_ == estimator.loss_curve_
        assert parameters(copy.partial_fit(X, y)) == parameters(clone(estimator).set_params(max_iter=4).fit(X, y))


def test_search_in_processes_equals_search_in_this_one():
    X, y = load_iris(return_X_y=True)
    model = make_pipeline(StandardScaler(), NetworkClassifier(max_iter=30, learning_rate_init=0.02, random_state=0))
    grid = {"networkclassifier__hidden_layer_sizes": [(4,), (8, 8)], "networkclassifier__activation": ["relu", "gelu"]}
    searches = [GridSearchCV(model, grid, cv=3, n_jobs=n_jobs).fit(X, y) for n_jobs in (None, 2)]
    assert searches[0].best_score_ > 0.9
    assert (searches[0].cv_results_["mean_test_score"] == searches[1].cv_results_["mean_test_score"]).all()


def test_scores_and_importances():
    X, y = load_diabetes(return_X_y=True)
    y = (y - y.mean()) / y.std()
    model = make_pipeline(StandardScaler(), NetworkRegressor(hidden_layer_sizes=(16,), learning_rate_init=0.01, max_iter=30,
                                                             random_state=0))
    assert cross_val_score(model, X, y, cv=3).min() > 0.3
    importances = permutation_importance(model.fit(X, y), X, y, n_repeats=3, random_state=0).importances_mean
    assert set(np.argsort(importances)[-2:]) == {2, 8}          # body mass and a blood value, as ever with these data


def test_names_of_columns():
    pandas = pytest.importorskip("pandas")
    X, y = classes()
    table = pandas.DataFrame(X, columns=["a", "b"])
    classifier = NetworkClassifier(max_iter=1, random_state=0).fit(table, pandas.Series(y))
    assert classifier.feature_names_in_.tolist() == ["a", "b"]
    assert (classifier.predict(table) == NetworkClassifier(max_iter=1, random_state=0).fit(X, y).predict(X)).all()
    with pytest.raises(ValueError, match="feature names"):
        classifier.predict(table[["b", "a"]])


@BOTH
def test_verbose_shows_a_bar_and_nothing_else_prints(kind, capfd):
    X, y = data_for(kind)
    kind(max_iter=3).fit(X, y)
    assert capfd.readouterr() == ("", "")
    kind(max_iter=3, verbose=True).fit(X, y)
    assert "3/3" in capfd.readouterr().err


@BOTH
def test_every_keyword_is_documented(kind):
    documented = inspect.getdoc(kind).split("Parameters\n")[1].split("Attributes\n")[0]
    names = {name for line in documented.splitlines() if " : " in line and not line.startswith(" ")
             for name in line.split(" : ")[0].split(", ")}
    assert names == set(inspect.signature(kind).parameters)
    assert kind.fit.__doc__.count("X_val") == 1


def test_without_scikit_learn():
    script = """
import sys
sys.modules["sklearn"] = None
sys.modules["sklearn.base"] = None
import pynn
from pynn import *
try:
    pynn.NetworkClassifier
except ImportError as error:
    assert "pynn-dense[sklearn]" in str(error), error
else:
    raise AssertionError
"""
    subprocess.run([sys.executable, "-P", "-W", "error", "-c", script], check=True)


# ------------------------------------------------------------------------------------------------------ several machines


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local:
        yield local


def test_a_search_runs_on_the_workers(cluster):
    from distributed import Client
    with Client(cluster), joblib.parallel_config(backend="dask"):
        search = GridSearchCV(NetworkClassifier(max_iter=2), {"l2": [0.0, 1e-4, 1e-3, 1e-2]}, cv=2, refit=False,
                              scoring=lambda estimator, X, y: os.getpid()).fit(*classes())
    processes = {int(search.cv_results_[f"split{i}_test_score"][k]) for i in range(2) for k in range(4)}
    assert processes
    assert os.getpid() not in processes


@pytest.mark.skipif(not EXAMPLE.exists(), reason="away from the sources")
def test_example_search(cluster):
    """The same answer from a cluster of its own and from one that is there already."""
    command = [sys.executable, EXAMPLE, "--candidates", "3", "--epochs", "8"]
    alone, there = (subprocess.run([*command, *more], capture_output=True, text=True, check=True, encoding="utf-8").stdout
                    for more in ([], ["--scheduler", cluster.scheduler_address]))
    assert alone == there
    assert float(alone.split("test images: ")[1]) > 0.9


def test_the_network_keeps_the_names(tmp_path):
    pd = pytest.importorskip("pandas")
    X, y = pynn.datasets.moons(60, rng=0)
    frame, labels = pd.DataFrame(X, columns=["east", "north"]), np.where(y, "lower", "upper")
    net = pynn.NetworkClassifier(hidden_layer_sizes=(4,), max_iter=2, random_state=0).fit(frame, labels).network_
    net.save(tmp_path / "moons.npz")
    for one in (net, pynn.load(tmp_path / "moons.npz")):
        assert (one.feature_names, one.label_names) == (("east", "north"), ("lower", "upper"))
    assert pynn.NetworkRegressor(hidden_layer_sizes=(4,), max_iter=2).fit(X, y.astype(float)).network_.label_names is None
