"""Divergence: what is an error, what is a warning, and what their messages explain."""
from __future__ import annotations

import pickle
from types import SimpleNamespace

import numpy as np
import pytest

import pynn
from pynn import datasets

from ..conftest import circles_net


@pytest.mark.filterwarnings("ignore::pynn.DivergenceWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_divergence_is_an_error_that_explains_and_restores(engine, dtype):
    X, y = datasets.plane(100, rng=0)
    net = pynn.Network([2, 8, 1], output="linear", rng=0, engine=engine, dtype=dtype)
    net.fit(X, y, epochs=2)
    before = pickle.dumps(net)
    fit_before = net.state.last_fit
    with pytest.raises(pynn.DivergenceError, match=r"epoch \d+: .* lower learning_rate") as raised:
        net.fit(100 * X, 100 * y, epochs=200, learning_rate=10.0, rng=9)
    assert net.state.last_fit.diverged          # all that remains of it, for diagnose
    net.state.last_fit = fit_before
    assert pickle.dumps(net) == before
    assert raised.value.history.epochs >= 1
    assert pickle.loads(pickle.dumps(raised.value)).history.keys() == raised.value.history.keys()


def test_a_high_loss_is_warned_of_once():
    X, y = datasets.plane(64, noise=0.0, rng=0)
    net = pynn.Network([2, 1], output="linear", rng=0)
    with pytest.warns(pynn.DivergenceWarning, match=r"epoch \d+: the loss is .*lower learning_rate \(now 1\.9\)") as seen:
        history = net.fit(X, y, epochs=40, batch_size=None, learning_rate=1.9)
    assert len(seen) == 1
    assert seen[0].filename == __file__
    assert history.epochs == 40


def test_nan_planted_in_a_weight_is_reported(engine, circles):
    X, _, y, _ = circles
    net = circles_net(engine)
    net[2].W[3, 1] = np.nan
    with pytest.raises(pynn.DivergenceError, match=r"W\[2\]\[3, 1\] is nan"):
        net.fit(X, y)
    assert np.isnan(net(X)).all()
    for call in (lambda: net.predict(X), lambda: net.evaluate(X, y), lambda: net.score(X, y)):
        with pytest.raises(FloatingPointError, match="NaN"):
            call()


@pytest.mark.parametrize("m", [1, 256, 257, 5000])
def test_the_loss_before_a_fit_is_measured_on_a_sample_of_all_classes(m, engine, monkeypatch):
    X, y = np.random.default_rng(0).standard_normal((m, 2)), np.arange(m) * 4 // m     # sorted by class
    net = pynn.Network([2, 4], rng=0, engine=engine)
    seen, whole = [], vars(net)["_engine"]
    monkeypatch.setattr(net, "_engine", SimpleNamespace(
        train=whole.train,
        evaluate=lambda theta, X, y, *rest, **keywords: seen.append(y) or whole.evaluate(theta, X, y, *rest, **keywords)))
    net.fit(X, y, epochs=1, sample_weight=np.linspace(1, 2, m))
    assert [min(m, 129) <= len(sample) <= 256 for sample in seen] == [True]
    assert set(seen[0]) == set(y)


@pytest.mark.parametrize("factor", [1e160, 1e200, 1e300])
@pytest.mark.parametrize("outputs", [1, 2])
def test_values_whose_squares_overflow_are_named_before_the_first_epoch(factor, outputs, engine):
    X, y = datasets.plane(50, rng=0)
    Y = np.stack([factor * y] * outputs, axis=1)
    net = pynn.Network([2, 4, outputs], output="linear", rng=0, engine=engine)
    before = pickle.dumps(net)
    with pytest.raises(pynn.DivergenceError, match=r"^before epoch 1: the loss is inf: y .* scale y") as raised:
        net.fit(X, Y, epochs=3)
    assert "learning_rate" not in str(raised.value)
    assert raised.value.history.epochs == 0
    assert pickle.dumps(net) == before
    with pytest.raises(FloatingPointError, match="scale y"):
        net.score(X, Y)


@pytest.mark.parametrize(("dtype", "factor"), [("float64", 1e100), ("float32", 1e25), ("float32", 1e36)])
@pytest.mark.filterwarnings("ignore::pynn.DivergenceWarning")
def test_large_values_that_make_a_fit_diverge_are_named(dtype, factor, engine):
    X, y = datasets.plane(50, rng=0)
    net = pynn.Network([2, 4, 1], output="linear", dtype=dtype, rng=0, engine=engine)
    with pytest.raises(pynn.DivergenceError, match=r"lower learning_rate, or scale the inputs and y to about"):
        net.fit(X, factor * y, epochs=100)


@pytest.mark.parametrize(("name", "keywords"), [
    ("l1", {"l1": 1e300}), ("l2", {"l2": 1e300}), ("l2", {"l2": 1e3, "learning_rate": 1.0}),
    ("weight_decay", {"optimizer": pynn.optimizers.AdamW(weight_decay=1e300)})])
@pytest.mark.filterwarnings("ignore::pynn.DivergenceWarning")
def test_a_penalty_that_makes_a_fit_diverge_is_named(name, keywords, engine):
    X, y = datasets.moons(50, rng=0)
    with pytest.raises(pynn.DivergenceError, match=f"times {name} .* is above 2, .*: lower {name}") as raised:
        pynn.Network([2, 4, 1], rng=0, engine=engine).fit(X, y, epochs=300, **keywords)
    assert "scale the inputs" not in str(raised.value)


@pytest.mark.parametrize("output", ["linear", "sigmoid"])
@pytest.mark.parametrize("large", ["X", "parameters"])
def test_outputs_that_overflow_name_the_inputs_and_the_parameters(output, large, engine):
    X, y = datasets.moons(50, rng=0)
    net = pynn.Network([2, 4, 1], hidden="linear", output=output, rng=0, engine=engine)
    net.parameters = np.full(len(net.parameters), 1e160 if large == "parameters" else 10.0)
    with pytest.raises(pynn.DivergenceError, match=r"^before epoch 1: the loss is (inf|nan): the values of X") as raised:
        net.fit(X * (1e307 if large == "X" else 1e10), y, epochs=3)
    assert "learning_rate" not in str(raised.value)


@pytest.mark.parametrize(("optimizer", "dtype"), [
    (pynn.optimizers.Adam(eps=0), "float64"), (pynn.optimizers.RMSprop(eps=0), "float64"),
    (pynn.optimizers.Adagrad(eps=0), "float64"), (pynn.optimizers.AdamW(eps=0), "float32"),
    (pynn.optimizers.Adamax(eps=0), "float64"), (pynn.optimizers.Adam(eps=1e-60), "float32")], ids=str)
def test_an_eps_of_zero_is_named_where_it_divides_zero_by_zero(optimizer, dtype, engine):
    X, y = datasets.moons(50, rng=0)
    X = np.column_stack([X, np.zeros(50)])
    net = pynn.Network([3, 4, 1], rng=0, engine=engine, dtype=dtype)
    name = type(optimizer).__name__
    with pytest.raises(pynn.DivergenceError, match=rf"^epoch 1: .* eps={optimizer.eps:g} of {name} .* eps above 0") as raised:
        net.fit(X, y, epochs=3, optimizer=optimizer)
    assert "learning_rate" not in str(raised.value)
