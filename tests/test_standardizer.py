"""Standardizer by itself, and as the part of a network that every X goes through."""
from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import pynn

X, Y = pynn.datasets.moons(120, rng=0)
X = X * [1000.0, 0.01] + [5.0, -300.0]


def network(engine="cython", **keywords):
    net = pynn.Network([2, 6, 1], rng=0, engine=engine, **keywords)
    net.standardizer = pynn.Standardizer.fit(X)
    return net


def test_it_is_scikit_learns():
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    for data in (X, X.astype(np.float32), np.arange(12).reshape(6, 2)):
        ours, theirs = pynn.Standardizer.fit(data), preprocessing.StandardScaler().fit(data.astype(float))
        np.testing.assert_allclose(ours.mean, theirs.mean_, rtol=1e-12)
        np.testing.assert_allclose(ours.scale, theirs.scale_, rtol=1e-12)
        np.testing.assert_allclose(ours.transform(data), theirs.transform(data.astype(float)), atol=1e-11)


def test_a_constant_feature_becomes_zero():
    data = np.column_stack([np.full(7, 0.1), np.arange(7.0), np.full(7, -1e300)])
    ours = pynn.Standardizer.fit(data)
    assert ours.scale[0] == ours.scale[2] == 1
    assert not ours.transform(data)[:, [0, 2]].any()
    assert pynn.Standardizer.fit([[4.0]]).transform([[5.0]]).tolist() == [[1.0]]


def test_it_cannot_be_changed():
    mean = np.array([1.0, 2.0])
    ours = pynn.Standardizer(mean, [1, 1])
    mean[0] = 9
    assert ours.mean.tolist() == [1, 2]
    for twin in (ours, pickle.loads(pickle.dumps(ours)), copy.deepcopy(ours)):
        with pytest.raises(ValueError, match="read-only"):
            twin.mean[0] = 3
        with pytest.raises(AttributeError):
            twin.scale = mean


@pytest.mark.parametrize(("name", "error", "call"), [
    ("X", ValueError, lambda: pynn.Standardizer.fit([[1, np.nan]])),
    ("X", ValueError, lambda: pynn.Standardizer.fit([1, 2])),
    ("X", ValueError, lambda: pynn.Standardizer.fit(np.empty((0, 2)))),
    ("X", ValueError, lambda: pynn.Standardizer.fit([[1e308], [-1e308]])),
    ("X", TypeError, lambda: pynn.Standardizer.fit("table")),
    ("X", ValueError, lambda: pynn.Standardizer([0], [1]).transform([[1, 2]])),
    ("X", ValueError, lambda: pynn.Standardizer([0], [1]).transform([[np.inf]])),
    ("X, standardised", ValueError, lambda: pynn.Standardizer([0], [1e-300]).transform([[1e300]])),
    ("mean", ValueError, lambda: pynn.Standardizer([[0]], [[1]])),
    ("mean", ValueError, lambda: pynn.Standardizer([], [])),
    ("scale", ValueError, lambda: pynn.Standardizer([0], [0])),
    ("scale", ValueError, lambda: pynn.Standardizer([0], [1, 2])),
    ("scale", ValueError, lambda: pynn.Standardizer([0], [np.inf])),
    ("standardizer", TypeError, lambda: setattr(network(), "standardizer", X)),
    ("standardizer", ValueError, lambda: setattr(network(), "standardizer", pynn.Standardizer([0], [1]))),
])
def test_bad_input(name, error, call):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value).startswith(f"{name}:")


def test_every_verb_sees_standardised_inputs(engine):
    """The network with a standardizer on X is the one without on what the standardizer makes of X."""
    net, plain = network(engine), network(engine)
    plain.standardizer = None
    standard = net.standardizer.transform(X)
    assert net.forward(X).A[0].tobytes() == np.ascontiguousarray(standard.T).tobytes()
    histories = [net.fit(X, Y, epochs=3, validation_data=(X[:50], Y[:50])),
                 plain.fit(standard, Y, epochs=3, validation_data=(standard[:50], Y[:50]))]
    assert histories[0].val_loss.tobytes() == histories[1].val_loss.tobytes()
    assert net.parameters.tobytes() == plain.parameters.tobytes()
    assert net.backward(X, Y).flat.tobytes() == plain.backward(standard, Y).flat.tobytes()
    for verb in (type(net).__call__, type(net).predict, type(net).predict_proba):
        assert verb(net, X).tobytes() == verb(plain, standard).tobytes()
    assert net.evaluate(X, Y) == plain.evaluate(standard, Y)
    assert net.score(X, Y) == plain.score(standard, Y)
    assert net(X).tobytes() != plain(X).tobytes()
    assert pynn.check_gradients(network(engine, hidden="tanh"), X, Y).ok


def test_copies_keep_it(tmp_path):
    net = network()
    net.save(tmp_path / "model")
    for twin in (net.copy(), pickle.loads(pickle.dumps(net)), copy.deepcopy(net), pynn.load(tmp_path / "model")):
        assert twin.standardizer.mean.tobytes() == net.standardizer.mean.tobytes()
        assert twin(X).tobytes() == net(X).tobytes()
    assert "standardised" in net.summary()


def test_missing_and_unfit_values_are_refused(engine):
    missing = X.copy()
    missing[3, 1] = np.nan
    with pytest.raises(ValueError, match=r"^X: expected finite numbers, got nan at \[3, 1\]"):
        network(engine).predict(missing)
    with pytest.raises(ValueError, match=r"^validation_data\[0\]: .*nan"):
        network(engine).fit(X, Y, validation_data=(missing, Y))
    with pytest.raises(ValueError, match=r"^X: expected shape \(m, 2\)"):
        network(engine)(X[:, :1])


def test_large_numbers_fit_into_float32_once_standardised(engine):
    net = pynn.Network([2, 3, 1], dtype="float32", rng=0, engine=engine)
    with pytest.raises(ValueError, match="float32"):
        net(X * 1e50)
    net.standardizer = pynn.Standardizer.fit(X * 1e50)
    assert np.isfinite(net(X * 1e50)).all()


ROUNDED = {     # columns that differ by rounding only, or by little more
    "0.3 in two ways": np.where(np.arange(400) % 3, 0.3, 0.1 + 0.2),
    "a sum in two orders": np.where(np.arange(300) % 2, 0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1),
    "negative": np.where(np.arange(400) % 3, -0.3, -(0.1 + 0.2)),
    "large": 1e16 + 2.0 * (np.arange(100) % 2),
    "one unit in the last place": np.where(np.arange(50) < 25, 7.0, np.nextafter(7.0, 8.0)),
    "small but real": 1.0 + 1e-9 * (np.arange(100) % 2),
    "tiny but real": 1e-200 * np.arange(40),
    "time stamps": 1.7e9 + 0.001 * (np.arange(1000) % 7)}


@pytest.mark.parametrize("column", ROUNDED.values(), ids=ROUNDED)
def test_rounding_is_no_deviation_as_in_scikit_learn(column):
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    truth = preprocessing.StandardScaler().fit(column[:, None]).scale_
    assert pynn.Standardizer.fit(column[:, None]).scale == pytest.approx(truth, rel=1e-6)
