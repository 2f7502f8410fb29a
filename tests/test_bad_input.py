"""Bad calls over the public API: each gets a clear error that names the argument, and the network is unchanged."""
from __future__ import annotations

import pickle

import numpy as np
import pytest

import pynn
from pynn import datasets

X, Y = np.random.default_rng(0).normal(size=(20, 2)), np.arange(20) % 2
NAN, INF = X.copy(), X.copy()
NAN[3, 1], INF[19, 0] = np.nan, np.inf


def new(sizes=(2, 3, 1), **keywords):
    return pynn.Network(sizes, rng=0, **keywords)


CALLS = [
    ("X", ValueError, lambda net: net(X[:, :1])),
    ("X", ValueError, lambda net: net(X[0])),
    ("X", ValueError, lambda net: net(X[None])),
    ("X", ValueError, lambda net: net(X[:0])),
    ("X", ValueError, lambda net: net([])),
    ("X", ValueError, lambda net: net(NAN)),
    ("X", ValueError, lambda net: net(INF)),
    ("X", TypeError, lambda net: net("points")),
    ("X", TypeError, lambda net: net(X.astype(str))),
    ("X", TypeError, lambda net: net(X + 1j)),
    ("X", TypeError, lambda net: net([[object(), 1]])),
    ("X", ValueError, lambda net: net([[1, 2], [3]])),
    ("X", ValueError, lambda net: net(3.0)),
    ("X", TypeError, lambda net: net(np.array([["1", "2"]], object))),
    ("X", ValueError, lambda net: net([[10**400, 1]])),
    ("X", ValueError, lambda net: net(np.ma.masked_array(X, mask=X > 1))),
    ("y", ValueError, lambda net: net.fit(X, np.ma.masked_array(Y, mask=Y == 1))),
    ("learning_rate", ValueError, lambda net: net.fit(X, Y, learning_rate=10**400)),
    ("learning_rate", ValueError, lambda net: (n := new(dtype="float32")).descend(n.backward(X, Y), 1e39)),
    ("X", ValueError, lambda net: net(np.array([[2**63, 1]], np.uint64))),
    ("X", ValueError, lambda net: new(dtype="float32")([[1e300, 1]])),
    ("X", ValueError, lambda net: net.forward(NAN)),
    ("X", ValueError, lambda net: net.backward(X.T, Y)),
    ("X", ValueError, lambda net: net.predict(NAN)),
    ("X", ValueError, lambda net: net.predict_proba(X[:0])),
    ("X", ValueError, lambda net: net.evaluate(NAN, Y)),
    ("X", ValueError, lambda net: net.fit(NAN, Y)),
    ("y", ValueError, lambda net: net.backward(X, Y[:-1])),
    ("y", ValueError, lambda net: net.backward(X, Y + 1)),
    ("y", ValueError, lambda net: net.backward(X, Y * 1.5)),
    ("y", ValueError, lambda net: net.fit(X, np.column_stack([Y, Y]))),
    ("y", ValueError, lambda net: net.fit(X, np.where(Y, np.nan, 0))),
    ("y", TypeError, lambda net: net.fit(X, np.where(Y, "yes", "no"))),
    ("y", TypeError, lambda net: net.fit(X, None)),
    ("y", ValueError, lambda net: net.score(X, Y[:3])),
    ("y", ValueError, lambda net: new([2, 3]).fit(X, Y + 2)),
    ("y", ValueError, lambda net: new([2, 3]).fit(X, Y - 1)),
    ("y", ValueError, lambda net: new([2, 3]).fit(X, Y + 0.5)),
    ("y", ValueError, lambda net: new([2, 3]).fit(X, np.zeros((20, 3)))),
    ("y", ValueError, lambda net: new([2, 3]).fit(X, np.ones((20, 3)))),
    ("y", ValueError, lambda net: new([2, 3], output="sigmoid").fit(X, Y)),
    ("y", ValueError, lambda net: new([2, 1], output="linear").fit(X, np.where(Y, np.inf, 0))),
    ("y", ValueError, lambda net: new([2, 2], output="linear").fit(X, Y)),
    ("y", ValueError, lambda net: new([2, 1], output="linear", dtype="float32").fit(X, Y * 1e200)),
    ("epochs", ValueError, lambda net: net.fit(X, Y, epochs=0)),
    ("epochs", TypeError, lambda net: net.fit(X, Y, epochs=2.5)),
    ("epochs", TypeError, lambda net: net.fit(X, Y, epochs=True)),
    ("batch_size", ValueError, lambda net: net.fit(X, Y, batch_size=0)),
    ("batch_size", TypeError, lambda net: net.fit(X, Y, batch_size="all")),
    ("learning_rate", ValueError, lambda net: net.fit(X, Y, learning_rate=0)),
    ("learning_rate", ValueError, lambda net: net.fit(X, Y, learning_rate=-0.1)),
    ("learning_rate", ValueError, lambda net: net.fit(X, Y, learning_rate=np.nan)),
    ("learning_rate", ValueError, lambda net: net.fit(X, Y, learning_rate=np.inf)),
    ("learning_rate", TypeError, lambda net: net.fit(X, Y, learning_rate="fast")),
    ("validation_split", ValueError, lambda net: net.fit(X, Y, validation_split=1.0)),
    ("validation_split", ValueError, lambda net: net.fit(X, Y, validation_split=-0.1)),
    ("validation_split", ValueError, lambda net: net.fit(X[:1], Y[:1], validation_split=0.5)),
    ("validation_split", ValueError, lambda net: net.fit(X, Y, validation_split=0.5, validation_data=(X, Y))),
    ("validation_data", TypeError, lambda net: net.fit(X, Y, validation_data=X)),
    ("validation_data[0]", ValueError, lambda net: net.fit(X, Y, validation_data=(NAN, Y))),
    ("validation_data[1]", ValueError, lambda net: net.fit(X, Y, validation_data=(X, Y[:5]))),
    ("shuffle", TypeError, lambda net: net.fit(X, Y, shuffle="yes")),
    ("learning_rate(2)", ValueError, lambda net: net.fit(X, Y, learning_rate=lambda epoch: -1.0)),
    ("learning_rate(0)", TypeError, lambda net: net.fit(X, Y, rng=1, learning_rate=lambda epoch: "fast")),
    ("optimizer", ValueError, lambda net: net.fit(X, Y, optimizer="adem")),
    ("optimizer", TypeError, lambda net: net.fit(X, Y, optimizer=pynn.optimizers.Adam)),
    ("sample_weight", ValueError, lambda net: net.fit(X, Y, sample_weight=np.ones(3))),
    ("sample_weight", ValueError, lambda net: net.fit(X, Y, sample_weight=-np.ones(20))),
    ("sample_weight", ValueError, lambda net: net.fit(X, Y, sample_weight=np.zeros(20))),
    ("sample_weight", ValueError, lambda net: net.fit(X, Y, sample_weight=np.full(20, np.nan))),
    ("sample_weight", ValueError, lambda net: net.fit(X, Y, sample_weight=np.arange(20) >= 15, validation_split=0.5)),
    ("sample_weight", ValueError, lambda net: net.score(X, Y, np.ones((20, 1)))),
    ("class_weight", ValueError, lambda net: net.fit(X, Y, class_weight="fair")),
    ("class_weight", ValueError, lambda net: net.fit(X, Y, class_weight={2: 1.0})),
    ("class_weight", ValueError, lambda net: net.fit(X, Y, class_weight={"a": 1.0})),
    ("class_weight[1]", ValueError, lambda net: net.fit(X, Y, class_weight={1: -1.0})),
    ("class_weight", ValueError, lambda net: net.fit(X, Y, class_weight={0: 0, 1: 0})),
    ("class_weight", TypeError, lambda net: net.fit(X, Y, class_weight=[1, 2])),
    ("class_weight", ValueError, lambda net: new([2, 1], output="linear").fit(X, Y, class_weight="balanced")),
    ("l1", ValueError, lambda net: net.fit(X, Y, l1=-1)),
    ("l2", ValueError, lambda net: net.fit(X, Y, l2=np.inf)),
    ("clip_norm", ValueError, lambda net: net.fit(X, Y, clip_norm=0)),
    ("dropout", ValueError, lambda net: new(dropout=1.0)),
    ("dropout", ValueError, lambda net: new(dropout=[0.1, 0.2])),
    ("dropout[0]", TypeError, lambda net: new(dropout=["half"])),
    ("dropout", TypeError, lambda net: new(dropout="half")),
    ("learning_rate", ValueError, lambda net: setattr(net, "learning_rate", 0.0)),
    ("learning_rate", ValueError, lambda net: pynn.optimizers.SGD(learning_rate=-1)),
    ("momentum", ValueError, lambda net: pynn.optimizers.SGD(momentum=1)),
    ("nesterov", ValueError, lambda net: pynn.optimizers.SGD(nesterov=True)),
    ("betas", TypeError, lambda net: pynn.optimizers.Adam(betas=0.9)),
    ("betas[1]", ValueError, lambda net: pynn.optimizers.Adamax(betas=(0.9, 1))),
    ("eps", ValueError, lambda net: pynn.optimizers.Adagrad(eps=-1)),
    ("alpha", TypeError, lambda net: pynn.optimizers.RMSprop(alpha="much")),
    ("weight_decay", ValueError, lambda net: pynn.optimizers.AdamW(weight_decay=-1)),
    ("monitor", ValueError, lambda net: net.copy().fit(X, Y, callbacks=[pynn.callbacks.EarlyStopping()])),
    ("monitor", TypeError, lambda net: pynn.callbacks.EarlyStopping(monitor=3)),
    ("patience", ValueError, lambda net: pynn.callbacks.EarlyStopping(patience=0)),
    ("min_delta", ValueError, lambda net: pynn.callbacks.ReduceOnPlateau(min_delta=-1)),
    ("factor", ValueError, lambda net: pynn.callbacks.ReduceOnPlateau(factor=1.0)),
    ("schedule", TypeError, lambda net: pynn.callbacks.LearningRateSchedule(0.1)),
    ("highest", ValueError, lambda net: pynn.find_learning_rate(net, X, Y, lowest=1.0, highest=0.5)),
    ("steps", ValueError, lambda net: pynn.find_learning_rate(net, X, Y, steps=3)),
    ("net", ValueError, lambda net: pynn.find_learning_rate(new(), X, Y, lowest=1e300, highest=1e301)),
    ("callbacks", TypeError, lambda net: net.fit(X, Y, callbacks=[pynn.callbacks.EarlyStopping])),
    ("every", ValueError, lambda net: pynn.schedules.Step(0.1, every=0)),
    ("factor", ValueError, lambda net: pynn.schedules.Exponential(0.1, factor=0)),
    ("lowest", ValueError, lambda net: pynn.schedules.Cosine(0.1, epochs=5, lowest=1)),
    ("epochs", TypeError, lambda net: pynn.schedules.WarmUp(0.1, epochs=2.0)),
    ("callbacks", TypeError, lambda net: net.fit(X, Y, callbacks=[3])),
    ("callbacks", TypeError, lambda net: net.fit(X, Y, callbacks=print)),
    ("progress", TypeError, lambda net: net.fit(X, Y, progress=1)),
    ("rng", TypeError, lambda net: net.fit(X, Y, rng=[1])),
    ("predict_proba", TypeError, lambda net: new([2, 1], output="linear").predict_proba(X)),
    ("gradients", TypeError, lambda net: net.descend(net.parameters, 0.1)),
    ("gradients", ValueError, lambda net: net.descend(new([2, 2, 1]).backward(X, Y), 0.1)),
    ("gradients", ValueError, lambda net: net.descend(new(dtype="float32").backward(X, Y), 0.1)),
    ("gradients", ValueError, lambda net: net.descend(new([12, 1]).backward(np.ones((20, 12)), Y), 0.1)),  # 13 parameters too
    ("learning_rate", ValueError, lambda net: net.descend(net.backward(X, Y), 0)),
    ("parameters", ValueError, lambda net: setattr(net, "parameters", np.zeros(3))),
    ("parameters", ValueError, lambda net: setattr(net, "parameters", np.full(13, np.nan))),
    ("W[1]", ValueError, lambda net: setattr(net[1], "W", np.zeros((2, 3)))),
    ("W[1]", ValueError, lambda net: setattr(net[1], "W", np.full((3, 2), np.inf))),
    ("b[2]", TypeError, lambda net: setattr(net[2], "b", [["one"]])),
    ("b[1]", ValueError, lambda net: setattr(new(dtype="float32")[1], "b", np.full((3, 1), 1e300))),
    ("feature_names", ValueError, lambda net: setattr(net, "feature_names", ["a", "b", "c"])),
    ("feature_names", ValueError, lambda net: setattr(net, "feature_names", ["a", "a"])),
    ("feature_names", TypeError, lambda net: setattr(net, "feature_names", "ab")),
    ("feature_names", TypeError, lambda net: setattr(net, "feature_names", [0, 1])),
    ("feature_names", TypeError, lambda net: setattr(net, "feature_names", 2)),
    ("label_names", ValueError, lambda net: setattr(net, "label_names", ["yes"])),
    ("label_names", ValueError, lambda net: setattr(new([2, 3]), "label_names", ["yes", "no"])),
    ("label_names", ValueError, lambda net: setattr(new([2, 1], output="linear"), "label_names", ["yes", "no"])),
    ("standardizer", TypeError, lambda net: setattr(net, "standardizer", (0, 1))),
    ("standardizer", ValueError, lambda net: setattr(net, "standardizer", pynn.Standardizer([0], [1]))),
    ("path", TypeError, lambda net: net.save(None)),
    ("path", TypeError, lambda net: pynn.load(3)),
    ("layer", IndexError, lambda net: net[0]),
    ("layer", IndexError, lambda net: net[-1]),
    ("layer", IndexError, lambda net: net[3]),
    ("layer", TypeError, lambda net: net["1"]),
    ("layer", TypeError, lambda net: net[1.0]),
    ("layer", TypeError, lambda net: net[1:2]),
    ("net", TypeError, lambda net: pynn.check_gradients(None, X, Y)),
    ("net", ValueError, lambda net: pynn.check_gradients(new(dtype="float32"), X, Y)),
    ("step", ValueError, lambda net: pynn.check_gradients(net, X, Y, step=0)),
    ("tolerance", ValueError, lambda net: pynn.check_gradients(net, X, Y, tolerance=-1)),
    ("m", ValueError, lambda net: datasets.circles(1)),
    ("m", TypeError, lambda net: datasets.moons(10.0)),
    ("factor", ValueError, lambda net: datasets.circles(10, factor=1)),
    ("noise", ValueError, lambda net: datasets.circles(10, noise=-1)),
    ("noise", ValueError, lambda net: datasets.sine(10, noise=np.nan)),
    ("noise", TypeError, lambda net: datasets.plane(10, noise="much")),
    ("classes", ValueError, lambda net: datasets.spirals(10, classes=1)),
    ("turns", ValueError, lambda net: datasets.spirals(10, turns=0)),
    ("centers", ValueError, lambda net: datasets.blobs(10, centers=0)),
    ("centers", ValueError, lambda net: datasets.blobs(10, centers=[1, 2])),
    ("spread", ValueError, lambda net: datasets.blobs(10, spread=-1)),
    ("rng", TypeError, lambda net: datasets.xor(10, rng="a")),
    ("X, y", ValueError, lambda net: datasets.split(X, Y[:3])),
    ("test_size", ValueError, lambda net: datasets.split(X, Y, test_size=1.0)),
    ("test_size", ValueError, lambda net: datasets.split(X, Y, test_size=20)),
    ("test_size", TypeError, lambda net: datasets.split(X, Y, test_size="half")),
    ("stratify", TypeError, lambda net: datasets.split(X, Y, stratify=Y)),
]


@pytest.mark.parametrize(("name", "error", "call"), CALLS)
def test_call(name, error, call, engine):
    net = new(engine=engine)
    net.fit(X, Y, epochs=2)
    before = pickle.dumps(net)
    with pytest.raises(error) as raised:
        call(net)
    assert str(raised.value).startswith(f"{name}:")
    assert pickle.dumps(net) == before


def test_a_rejected_fit_draws_nothing_from_rng(engine):
    generator = np.random.default_rng(0)
    with pytest.raises(ValueError, match="epochs"):
        new(engine=engine).fit(X, Y, epochs=0, rng=generator)
    assert generator.random() == np.random.default_rng(0).random()


def test_the_door_of_the_engine():
    """cnn_core by itself never reads beyond an array that does not fit."""
    from cnn_core import Engine
    engine = Engine([2, 3, 1], ["relu", "sigmoid"], "binary_cross_entropy", "float64")
    theta, y = np.zeros(13), Y.astype(float)
    stats = np.zeros((1, 3))
    counts, state = np.zeros(2, np.int64), np.zeros((2, 13))
    go = {"batch_size": 4, "learning_rates": np.ones(1), "counts": counts, "seed": 0, "epoch": 0, "shuffle": True}
    bad = [
        lambda: engine.predict(theta[:12], X),
        lambda: engine.predict(theta.astype(np.float32), X),
        lambda: engine.predict(np.zeros(26)[::2], X),
        lambda: engine.predict(theta, X[:, :1]),
        lambda: engine.predict(theta, X[:0]),
        lambda: engine.predict(theta, X.astype(np.float16)),
        lambda: engine.predict(theta, X.astype(">f8")),
        lambda: engine.predict(theta, X.tolist()),
        lambda: engine.predict(theta, np.abs(X).astype(np.uint64)),
        lambda: engine.predict(theta, X.astype(bool)),
        lambda: engine.evaluate(theta, X, y[:-1]),
        lambda: engine.evaluate(theta, X, np.column_stack([y, y])),
        lambda: engine.backward(theta, X, y[None]),
        lambda: engine.descend(theta, np.zeros(12), 0.1),
        lambda: engine.train(theta, X, y, np.zeros((1, 2)), **go),
        lambda: engine.train(theta, X, y, stats, **{**go, "batch_size": 0}),
        lambda: engine.train(theta, X, y, stats, **{**go, "learning_rates": np.ones(2)}),
        lambda: engine.train(theta, X, y, stats, **{**go, "counts": np.zeros(1, np.int64)}),
        lambda: engine.train(theta, X, y, stats, np.ones(19), **go),
        lambda: engine.train(theta, X, y, stats, np.ones((20, 2)), **go),
        lambda: engine.train(theta, X, y, stats, rule="adam", **go),
        lambda: engine.train(theta, X, y, stats, rule="adam", state=state[:1], **go),
        lambda: engine.train(theta, X, y, stats, rule="adam", state=state.astype("f4"), **go),
        lambda: engine.train(theta, X, y, stats, rule="adam", state=np.zeros((13, 2)).T, **go),
        lambda: engine.evaluate(theta, X, y, np.ones(3)),
        lambda: Engine([2], [], "binary_cross_entropy", "float64"),
        lambda: Engine([2, 0], ["relu"], "mean_squared_error", "float64"),
        lambda: Engine([2, 1], ["linear"], "mean_squared_error", "float16"),
    ]
    for call in bad:
        with pytest.raises((ValueError, TypeError)):
            call()
    frozen = theta.copy()
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="writable"):
        engine.descend(frozen, theta, 0.1)


def test_a_name_that_is_not_built_asks_for_a_new_build(monkeypatch):
    """The registry has an activation, a loss or a rule, and the engine was not built again."""
    from pynn import architecture, reference
    monkeypatch.setattr(architecture, "HIDDEN", (*architecture.HIDDEN, "relu7"))
    with pytest.raises(ValueError, match=r"^activations: .*no 'relu7'.*'relu', .*pip install -e \.$"):
        new(hidden="relu7")
    monkeypatch.setitem(architecture.OUTPUT, "sigmoid", (*architecture.OUTPUT["sigmoid"], "new_loss"))
    monkeypatch.setitem(reference.LOSSES, "new_loss", reference.LOSSES["mean_squared_error"])
    with pytest.raises(ValueError, match=r"^loss: .*no 'new_loss'.*pip install -e \.$"):
        new(loss="new_loss")

    class Slow(pynn.optimizers.SGD):
        rule = "slow"
        vectors = 0
    with pytest.raises(ValueError, match=r"^rule: .*no 'slow'.*pip install -e \.$"):
        new().fit(X, Y, epochs=1, optimizer=Slow())
