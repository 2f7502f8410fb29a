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


# ------------------------------------------------------------------------------------------------ the targets of a network


VALUES = np.column_stack([400_000 + 90_000 * np.sin(X[:, 0] / 1000), 0.001 * X[:, 1]])


def regressor(engine="cython", **keywords):
    """A network of two values with scaled inputs and targets."""
    net = pynn.Network([2, 6, 2], **{"output": "linear", "rng": 0, "engine": engine, **keywords})
    net.standardizer, net.target_standardizer = pynn.Standardizer.fit(X), pynn.Standardizer.fit(VALUES)
    return net


def test_a_standardised_target_by_hand(engine):
    """ŷ = (2 · 3 + 1) · 10 + 100 = 170, R² and the losses of y = 160 and 200, which standardised are 6 and 10."""
    net = pynn.Network([1, 1], output="linear", initializer="zeros", engine=engine)
    net[1].W, net[1].b = [[2]], [[1]]
    net.target_standardizer = pynn.Standardizer([100], [10])
    assert net([[3]]).tolist() == [[170]]
    assert net.predict([[3], [0]]).tolist() == [170, 110]
    assert net.forward([[3]]).A[1].tolist() == [[7]]
    step = net.backward([[3], [4]], [160, 200])             # Ŷ = 7, 9 against 6, 10
    assert step.loss == 1
    assert step.dZ[1].tolist() == [[2, -2]]
    assert step.dW[1].tolist() == [[-1]]                    # (2 · 3 − 2 · 4) / 2
    found = net.evaluate([[3], [4]], [160, 200])            # errors of 10 and −10 about a mean of 180
    assert found == {"loss": 1, "r2": pytest.approx(1 - 200 / 800)}
    assert net.score([[3], [4]], [160, 200]) == found["r2"]


@pytest.mark.parametrize("loss", ["mean_squared_error", "mean_absolute_error", "huber"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_verb_sees_standardised_targets(loss, dtype, engine):
    """The network with a target_standardizer on y is the one without on the standardised y, and its ŷ scaled back."""
    net, plain = (regressor(engine, loss=loss, dtype=dtype) for _ in range(2))
    plain.target_standardizer = None
    mean, scale = VALUES.mean(axis=0), VALUES.std(axis=0)
    standard = (VALUES - net.target_standardizer.mean) / net.target_standardizer.scale
    np.testing.assert_allclose(standard, (VALUES - mean) / scale, atol=1e-9)
    histories = [each.fit(X, y, epochs=5, learning_rate=0.05, validation_data=(X[:50], y[:50]))
                 for each, y in ((net, VALUES), (plain, standard))]
    assert histories[0].val_loss.tobytes() == histories[1].val_loss.tobytes()
    assert histories[0].val_r2.tobytes() == histories[1].val_r2.tobytes()
    assert [history.standardized_targets for history in histories] == [True, False]
    assert net.parameters.tobytes() == plain.parameters.tobytes()
    assert net.forward(X).A[-1].tobytes() == plain.forward(X).A[-1].tobytes()
    assert net.backward(X, VALUES).flat.tobytes() == plain.backward(X, standard).flat.tobytes()
    assert net.evaluate(X, VALUES) == plain.evaluate(X, standard)
    expected = plain(X).astype(np.float64) * scale + mean
    assert net(X).dtype == net.dtype
    np.testing.assert_allclose(net(X), expected, rtol=1e-6 if dtype == "float32" else 1e-12)
    assert net.predict(X).tobytes() == net(X).tobytes() == net(np.asfortranarray(X)).tobytes()
    truth = 1 - ((expected - VALUES) ** 2).sum(axis=0) / ((VALUES - mean) ** 2).sum(axis=0)      # in the user's units
    assert net.score(X, VALUES) == pytest.approx(truth.mean(), rel=1e-5 if dtype == "float32" else 1e-9)


def test_both_engines_standardise_to_the_same_bits():
    nets = [regressor(engine, hidden="relu") for engine in ("cython", "numpy")]
    twins = [[net.check_targets(VALUES, "y", len(X)), net.restore_targets(np.ones((3, 2)))] for net in nets]
    assert [array.tobytes() for array in twins[0]] == [array.tobytes() for array in twins[1]]
    histories = [net.fit(X, VALUES, epochs=3) for net in nets]
    np.testing.assert_allclose(histories[0].loss, histories[1].loss, rtol=1e-12)
    np.testing.assert_allclose(nets[0](X), nets[1](X), rtol=1e-12)


def test_targets_of_any_size_are_learnt(engine):
    for size in (1e-9, 1.0, 5e8, 1e150):
        y = size * (5 + X[:, 0] / 1000)
        net = pynn.Network([2, 8, 1], output="linear", rng=0, engine=engine)
        net.standardizer, net.target_standardizer = pynn.Standardizer.fit(X), pynn.Standardizer.fit(y.reshape(-1, 1))
        net.fit(X, y, epochs=30, learning_rate=0.1)
        assert net.score(X, y) > 0.99
        assert np.abs(net.predict(X) / y - 1).max() < 0.2


def test_copies_keep_the_scale_of_the_targets(tmp_path):
    net = regressor()
    net.save(tmp_path / "model")
    for twin in (net.copy(), pickle.loads(pickle.dumps(net)), copy.deepcopy(net), pynn.load(tmp_path / "model")):
        assert twin.target_standardizer.scale.tobytes() == net.target_standardizer.scale.tobytes()
        assert twin(X).tobytes() == net(X).tobytes()
        for each in (net.copy(), twin):
            each.fit(X, VALUES, epochs=2)
    assert "targets are standardised" in net.summary()
    net.standardizer = None
    net.save(tmp_path / "model")
    assert pynn.load(tmp_path / "model").target_standardizer.mean.tobytes() == net.target_standardizer.mean.tobytes()


def test_tools_know_the_scale_of_the_targets():
    """Gradients are right, a learning rate is found, and what diagnose says of y is in the user's units."""
    assert pynn.check_gradients(regressor("numpy", hidden="tanh"), X, VALUES).ok
    net, plain = regressor(hidden="tanh"), regressor(hidden="tanh")
    assert pynn.check_gradients(net, X, VALUES).ok
    plain.target_standardizer, standard = None, net.check_targets(VALUES, "y", len(X))
    found, same = (pynn.find_learning_rate(*each) for each in ((net, X, VALUES), (plain, X, standard)))
    assert found.losses.tobytes() == same.losses.tobytes()
    net.learning_rate = 0.1
    assert pynn.diagnose(net, X, VALUES).ok
    net.target_standardizer = None
    assert "net.target_standardizer = pynn.Standardizer.fit(y)" in next(iter(pynn.diagnose(net, X, VALUES))).remedy
    net.target_standardizer = pynn.Standardizer.fit(VALUES)
    finding, = pynn.diagnose(net, X, np.full((120, 2), [400_000, 7]))
    assert finding.message == "y is 400000, 7 for all of 120 examples"


def test_the_step_that_is_explained_has_standardised_targets(engine):
    net = regressor(engine)
    explanation = pynn.explain(net, X[:2], VALUES[:2])
    numbers, text = explanation.to_dict(), str(explanation)
    assert text.index("Scaling\n") < text.index("Scaling of the targets\n") < text.index("Input and target\n")
    np.testing.assert_allclose(numbers["Y"], ((VALUES[:2] - VALUES.mean(axis=0)) / VALUES.std(axis=0)).T, rtol=1e-9)
    np.testing.assert_allclose(numbers["J"], np.mean((numbers["A"][2] - numbers["Y"]) ** 2), rtol=1e-12)
    assert "Scaling of the targets" in str(pynn.explain(net, X[0], VALUES[0], layer=2, unit=1))
    assert "Scaling of the targets" not in str(pynn.explain(net, X[0], VALUES[0], layer=1))


def test_pictures_say_that_the_loss_is_of_standardised_targets(clean_figures):
    net, y = pynn.Network([2, 4, 1], output="linear", rng=0), VALUES[:, 0]
    net.standardizer, net.target_standardizer = pynn.Standardizer.fit(X), pynn.Standardizer.fit(y.reshape(-1, 1))
    live = pynn.callbacks.LivePlot(X, y, grid=5)
    history = net.fit(X, y, epochs=2, callbacks=[live])
    assert history.plot().get_ylabel() == "loss of standardised targets"
    assert live.figure.axes[1].get_ylabel() == "loss of\nstandardised targets"
    low, high = pynn.plot.decision_surface(net, X, y, grid=5).get_children()[0].get_clim()
    assert 50_000 < low < high < 900_000          # in the user's units
    net.target_standardizer = None
    assert net.fit(X, y, epochs=1, learning_rate=1e-9).plot().get_ylabel() == "loss"


@pytest.mark.parametrize(("name", "error", "call"), [
    ("target_standardizer", TypeError, lambda: setattr(regressor(), "target_standardizer", VALUES)),
    ("target_standardizer", ValueError, lambda: setattr(regressor(), "target_standardizer", pynn.Standardizer([0], [1]))),
    ("target_standardizer", ValueError, lambda: setattr(network(), "target_standardizer", pynn.Standardizer([0], [1]))),
    ("y", ValueError, lambda: regressor().fit(X, VALUES[:, 0])),
    ("y", ValueError, lambda: regressor().evaluate(X, VALUES * np.nan)),
    ("validation_data[1]", ValueError, lambda: regressor().fit(X, VALUES, validation_data=(X, VALUES[:5]))),
    ("y, standardised", ValueError, lambda: tiny_scale().backward(X, VALUES)),
    ("X", ValueError, lambda: pynn.Standardizer.fit(VALUES[:, 0])),
])
def test_bad_targets(name, error, call):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value).startswith(f"{name}:")


def tiny_scale():
    """A network of float32 whose target_standardizer makes numbers of y that float32 cannot hold."""
    net = regressor(dtype="float32")
    net.target_standardizer = pynn.Standardizer([0, 0], [1e-40, 1])
    return net
