"""The losses far out, where ŷ rounds to 0 or 1, and dZ[L] beside the article's chain of derivatives."""
from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pynn
from pynn import reference


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("z", [0, 1e-3, 1, 20, 50, 100, 745, 1e3, 1e4])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("y", [0, 1])
def test_sigmoid_loss_is_right_far_out(engine, dtype, z, sign, y):
    net = pynn.Network([1, 1], dtype=dtype, engine=engine)
    net.parameters = [1, 0]
    z = float(np.dtype(dtype).type(sign * z))
    backward = net.backward([[z]], [y])
    with mpmath.workdps(60):
        p = 1 / (1 + mpmath.exp(-mpmath.mpf(z)))
        loss = mpmath.log(1 + mpmath.exp(-z if y else z))
        slope = p - y
    assert backward.loss == pytest.approx(float(loss), rel=1e-14, abs=1e-323)
    eps = float(np.finfo(dtype).eps)
    assert float(backward.dZ[1][0, 0]) == pytest.approx(float(slope), rel=4 * eps, abs=eps)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("scale", [1e-3, 1, 30, 1e3, 1e4])
def test_softmax_loss_is_right_far_out(engine, dtype, scale):
    net = pynn.Network([3, 3], dtype=dtype, engine=engine)
    net.parameters = [*np.eye(3).ravel(), 0, 0, 0]
    z = np.array([0.3, -1, 1], dtype) * np.dtype(dtype).type(scale)
    for y in range(3):
        backward = net.backward([z], [y])
        with mpmath.workdps(60):
            e = [mpmath.exp(mpmath.mpf(float(v))) for v in z]
            truth = mpmath.log(sum(e)) - mpmath.mpf(float(z[y]))
            slopes = [float(v / sum(e)) - (k == y) for k, v in enumerate(e)]
        assert backward.loss == pytest.approx(float(truth), rel=1e-14, abs=3e-16)
        np.testing.assert_allclose(backward.dZ[1][:, 0], slopes, atol=4 * np.finfo(dtype).eps)


@given(st.integers(0, 2**32), st.sampled_from(reference.OUTPUT["sigmoid"]))
@settings(max_examples=30, deadline=None)
def test_the_articles_chained_gradient_agrees_where_defined(seed, loss):
    """dA[L] ∗ g′(Z[L]), step by step as in the article, is what the stable form gives."""
    rng = np.random.default_rng(seed)
    Z = rng.uniform(-5, 5, (3, 7))
    Y, Y_hat = rng.integers(2, size=Z.shape).astype(float), reference.sigmoid(Z)
    chained = reference.chained_output_gradient(loss, "sigmoid", Y, Z, Y_hat)
    np.testing.assert_allclose(reference.output_gradient(loss, "sigmoid", Y, Z, Y_hat), chained, rtol=1e-12)
    assert reference.stable_loss(loss, Y, Z, Y_hat) == pytest.approx(reference.LOSSES[loss].function(Y, Y_hat), rel=1e-12)


# ------------------------------------------------------------------------- soft targets: y between 0 and 1 for a sigmoid


SOFT = [0.0, 0.1, 0.25, 0.5, 0.9, 1.0]


def test_soft_targets_by_hand(engine):
    """ŷ = 1/2 for every example: a loss of log 2 whatever y is, dz = 1/2 − y, da = 2 (1 − y) − 2 y."""
    net = pynn.Network([1, 1], initializer="zeros", engine=engine)
    step = net.backward([[3.0]] * 6, SOFT)
    assert step.loss == pytest.approx(np.log(2), rel=1e-15)
    np.testing.assert_allclose(step.dZ[1], [[0.5, 0.4, 0.25, 0, -0.4, -0.5]], rtol=1e-15)
    np.testing.assert_allclose(step.dA[1], [[2, 1.6, 1, 0, -1.6, -2]], atol=1e-15)
    assert step.db[1].item() == pytest.approx((3 - sum(SOFT)) / 6)
    net.parameters = [1, 0]
    found = net.evaluate([[2.0], [2.0], [-2.0], [-2.0]], [0.9, 0.1, 0.2, 0.5])      # y above 0.5 counts as 1
    assert found["accuracy"] == 0.75
    p = 1 / (1 + np.exp(-2))
    truth = [-(y * np.log(q) + (1 - y) * np.log(1 - q)) for y, q in ((0.9, p), (0.1, p), (0.2, 1 - p), (0.5, 1 - p))]
    assert found["loss"] == pytest.approx(np.mean(truth), rel=1e-14)


@pytest.mark.parametrize("loss", reference.OUTPUT["sigmoid"])
@pytest.mark.parametrize("units", [1, 3])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_soft_targets_agree_with_the_article(engine, loss, units, dtype):
    """Every number of a step from the article's equations in float64: J, dA[L], dZ[L] by the chain, dW, db."""
    rng = np.random.default_rng(0)
    net = pynn.Network([2, units], output="sigmoid", loss=loss, dtype=dtype, rng=1, engine=engine)
    X, Y = rng.normal(size=(60, 2)), rng.choice(SOFT, size=(60, units))
    step = net.backward(X, Y)
    Z = net[1].W.astype(float) @ X.T + net[1].b
    Y_hat = 1 / (1 + np.exp(-Z))
    if loss == "binary_cross_entropy":
        J = -np.mean(Y.T * np.log(Y_hat) + (1 - Y.T) * np.log(1 - Y_hat))
        dA = -(Y.T / Y_hat - (1 - Y.T) / (1 - Y_hat)) / units
    else:
        J, dA = np.mean((Y_hat - Y.T) ** 2), 2 * (Y_hat - Y.T) / units
    dZ = dA * Y_hat * (1 - Y_hat)
    close = {"rtol": 1e-12, "atol": 1e-14} if dtype == "float64" else {"rtol": 1e-4, "atol": 1e-6}
    assert step.loss == pytest.approx(J, rel=close["rtol"])
    np.testing.assert_allclose(step.dA[1], dA, **close)
    np.testing.assert_allclose(step.dZ[1], dZ, **close)
    np.testing.assert_allclose(step.dW[1], dZ @ X / 60, **close)
    np.testing.assert_allclose(step.db[1], dZ.mean(axis=1, keepdims=True), **close)
    if dtype == "float64":
        assert pynn.check_gradients(net, X, Y).ok


@pytest.mark.parametrize("z", [-1e4, -800.0, -40.0, 40.0, 800.0, 1e4])
def test_the_derivative_by_a_rounded_output_is_infinite_or_zero(engine, z):
    """Where ŷ is 0 or 1, only the term that has a numerator is there; dz needs neither."""
    net = pynn.Network([1, 1], engine=engine)
    net.parameters = [1, 0]
    step = net.backward([[z]] * 3, [0, 0.25, 1])
    wrong, right = (np.inf, 1) if z > 37 else (-np.inf, 1)
    if abs(z) > 745 or z == 40:
        expected = [wrong, wrong, -right] if z > 0 else [right, wrong, wrong]
        assert step.dA[1][0].tolist() == expected
    assert np.isfinite(step.dZ[1]).all()
    assert step.loss == pytest.approx(np.mean([max(z, 0) - y * z for y in (0, 0.25, 1)]), rel=1e-12)


def test_engines_train_alike_on_soft_targets():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 2)), rng.uniform(size=200)
    nets = [pynn.Network([2, 5, 1], hidden="tanh", rng=0, engine=engine) for engine in ("cython", "numpy")]
    histories = [net.fit(X, y, epochs=5, learning_rate=0.3, validation_split=0.2) for net in nets]
    for name in ("loss", "val_loss", "accuracy", "val_accuracy"):
        np.testing.assert_allclose(histories[0][name], histories[1][name], rtol=1e-12)
    np.testing.assert_allclose(nets[0].parameters, nets[1].parameters, rtol=1e-11)


def test_a_network_learns_probabilities():
    X = np.linspace(-2, 2, 200)[:, None]
    p = 0.1 + 0.8 / (1 + np.exp(-3 * X[:, 0]))
    net = pynn.Network([1, 8, 1], hidden="tanh", rng=0)
    net.fit(X, p, epochs=200, learning_rate=0.5)
    assert np.abs(net(X)[:, 0] - p).max() < 0.02
    assert net.score(X, p) > 0.97


@pytest.mark.parametrize(("y", "words"), [
    ([0.5, 1.1], "expected numbers from 0 to 1, got 1.1$"), ([-0.1, 0], "expected numbers from 0 to 1, got -0.1$"),
    ([1, 2], r"expected numbers from 0 to 1, got 2; np\.unique\(y, return_inverse=True\)"), ([0.5, np.nan], "finite")])
def test_targets_outside_are_refused(engine, y, words):
    net = pynn.Network([1, 1], engine=engine)
    before = net.parameters.copy()
    for call in (net.fit, net.backward, net.evaluate):
        with pytest.raises(ValueError, match=f"^y: {words}" if words != "finite" else "finite"):
            call([[0], [1]], y)
    assert np.array_equal(net.parameters, before)
    with pytest.raises(ValueError, match=r"^y: expected only 0 and 1, got 0\.5"):
        pynn.Network([1, 2], engine=engine).fit([[0], [1]], [[0.5, 0.5], [1, 0]])
    with pytest.raises(ValueError, match=r"^class_weight: expected a y of the classes 0 and 1, got 0\.25"):
        net.fit([[0], [1]], [0.25, 1], class_weight="balanced")


def test_soft_targets_are_explained_diagnosed_and_drawn(clean_figures):
    X, y = pynn.datasets.moons(100, rng=0)
    soft = 0.1 + 0.8 * y
    net = pynn.Network([2, 4, 1], rng=0)
    text = str(pynn.explain(net, X[0], soft[0], layer=2, unit=1))
    assert "ŷ − y" in text
    assert f"− {soft[0]:g}" in text
    net.learning_rate = 0.3
    assert pynn.diagnose(net, X, soft).ok
    labels = [pynn.plot.decision_surface(net, X, t, grid=5).get_legend_handles_labels()[1] for t in (y, soft)]
    assert labels[0] == labels[1] == ["$y = 0$", "$y = 1$"]
