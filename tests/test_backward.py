"""A step of training against independent truth: numbers worked by hand, central differences, the NumPy reference."""
from __future__ import annotations

import inspect
import math

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import pynn
from pynn import reference
from pynn.reference import HIDDEN

from .conftest import PAIRS, problem


@st.composite
def networks(draw, widest=70, dtypes=("float64",)):
    """A random architecture of 1 to 6 layers with every activation and loss pair, as keywords of Network."""
    output, loss = draw(st.sampled_from(PAIRS))
    sizes = draw(st.lists(st.integers(1, widest), min_size=2, max_size=7))
    if output == "softmax":
        sizes[-1] = max(2, sizes[-1])
    hidden = draw(st.lists(st.sampled_from(HIDDEN), min_size=len(sizes) - 2, max_size=len(sizes) - 2))
    return {"sizes": sizes, "hidden": hidden, "output": output, "loss": loss, "dtype": draw(st.sampled_from(dtypes)),
            "rng": draw(st.integers(0, 2**32)), "initializer": draw(st.sampled_from(["he", "glorot", "small_normal"]))}


def assert_close(ours, truth, tolerance, name):
    """‖ours − truth‖∞ ≤ tolerance · ‖truth‖∞, infinities in the same places."""
    assert ours.shape == truth.shape, name
    finite = np.isfinite(truth)
    assert np.array_equal(ours[~finite], truth[~finite]), name
    scale = np.abs(truth[finite]).max(initial=0)
    assert np.abs(ours[finite] - truth[finite]).max(initial=0) <= tolerance * scale, name


def arrays_of_a_step(net, X, y):
    forward, backward = net.forward(X), net.backward(X, y)
    arrays = {"loss": np.array(backward.loss), "gradient": backward.flat}
    for l in range(len(net) + 1):
        arrays[f"A[{l}]"], arrays[f"dA[{l}]"] = forward.A[l], backward.dA[l]
        if l:
            arrays |= {f"Z[{l}]": forward.Z[l], f"dZ[{l}]": backward.dZ[l], f"dW[{l}]": backward.dW[l],
                       f"db[{l}]": backward.db[l]}
    return arrays


def test_a_step_worked_by_hand(engine):
    """2 → 2 → 1, ReLU and sigmoid, two examples; every number below was worked out on paper."""
    net = pynn.Network([2, 2, 1], rng=0, engine=engine)
    net[1].W, net[1].b = [[1, -1], [0.5, 2]], [[0.5], [-1]]
    net[2].W, net[2].b = [[2, -1]], [[0.5]]
    X, y = [[1, 2], [3, 1]], [1, 0]
    # example 1: z1 = (1−2+0.5, 0.5+4−1) = (−0.5, 3.5), a1 = (0, 3.5), z2 = −3.5+0.5 = −3
    # example 2: z1 = (3−1+0.5, 1.5+2−1) = (2.5, 2.5),  a1 = (2.5, 2.5), z2 = 5−2.5+0.5 = 3
    p = 1 / (1 + math.exp(3))           # ŷ = (p, 1−p), dz2 = ŷ − y = (p−1, 1−p)
    forward, backward = net.forward(X), net.backward(X, y)
    np.testing.assert_allclose(forward.Z[1], [[-0.5, 2.5], [3.5, 2.5]], rtol=1e-15)
    np.testing.assert_allclose(forward.A[1], [[0, 2.5], [3.5, 2.5]], rtol=1e-15)
    np.testing.assert_allclose(forward.Z[2], [[-3, 3]], rtol=1e-15)
    np.testing.assert_allclose(forward.A[2], [[p, 1 - p]], rtol=1e-14)
    assert backward.loss == pytest.approx(3 + math.log1p(math.exp(-3)), rel=1e-14)
    d = 1 - p
    np.testing.assert_allclose(backward.dZ[2], [[-d, d]], rtol=1e-14)
    np.testing.assert_allclose(backward.dA[2], [[-1 / p, 1 / p]], rtol=1e-13)
    np.testing.assert_allclose(backward.dW[2], [[1.25 * d, -0.5 * d]], rtol=1e-14)   # (2.5 d, −3.5 d + 2.5 d) / 2
    np.testing.assert_allclose(backward.db[2], [[0]], atol=1e-16)
    np.testing.assert_allclose(backward.dA[1], [[-2 * d, 2 * d], [d, -d]], rtol=1e-14)
    np.testing.assert_allclose(backward.dZ[1], [[0, 2 * d], [d, -d]], rtol=1e-14)    # relu′(−0.5) = 0
    np.testing.assert_allclose(backward.dW[1], [[3 * d, d], [-d, 0.5 * d]], rtol=1e-14)
    np.testing.assert_allclose(backward.db[1], [[d], [0]], rtol=1e-14, atol=1e-16)
    np.testing.assert_allclose(backward.dA[0], [[0.5 * d, 1.5 * d], [2 * d, -4 * d]], rtol=1e-14)
    net.descend(backward, 0.5)
    np.testing.assert_allclose(net[1].W, [[1 - 1.5 * d, -1 - 0.5 * d], [0.5 + 0.5 * d, 2 - 0.25 * d]], rtol=1e-14)
    np.testing.assert_allclose(net[1].b, [[0.5 - 0.5 * d], [-1]], rtol=1e-14)
    np.testing.assert_allclose(net[2].W, [[2 - 0.625 * d, -1 + 0.25 * d]], rtol=1e-14)


@given(networks(), st.integers(1, 200), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_every_array_of_a_step_equals_the_reference(keywords, m, seed):
    ours, theirs = pynn.Network(**keywords), pynn.Network(**keywords, engine="numpy")
    X, y = problem(ours, m, seed)
    truth = arrays_of_a_step(theirs, X, y)
    for l, name in enumerate(ours.activations, start=1):        # 1 − a loses digits where a unit is saturated
        assume(name not in ("tanh", "sigmoid") or (1 - np.abs(truth[f"A[{l}]"])).min() > 1e-3)
    for name, array in arrays_of_a_step(ours, X, y).items():
        # an array that is a difference of nearly equal numbers has lost digits on both sides: db, Σ dZ, may vanish
        assert_close(array, truth[name], 1e-12, name)


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
    metric = histories[0].keys()[1]
    slack = tolerance * (1 + np.abs(histories[1][metric])) if ours.is_regression else 3 / m * (ours.dtype == np.float32)
    assert (np.abs(histories[0][metric] - histories[1][metric]) <= slack + 1e-12).all()


@given(networks(widest=6), st.integers(1, 8), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_central_differences(keywords, m, seed):
    for engine in ("cython", "numpy"):
        net = pynn.Network(**keywords, engine=engine)
        net.parameters += 0.1 * np.random.default_rng(seed).normal(size=net.parameters.shape)
        X, y = problem(net, m, seed)
        Z = net.forward(X).Z
        kinks = [Z[l] for l in range(1, len(net)) if net[l].activation in ("relu", "leaky_relu")]
        assume(all(np.abs(z).min() > 1e-4 for z in kinks))
        report = pynn.check_gradients(net, X, y)
        assert report.max_error <= 1e-6, str(report)


def test_relu_derivative_at_zero_is_zero(engine):
    net = pynn.Network([1, 1, 1], output="linear", rng=0, engine=engine)
    net.parameters = [1, 0, 1, 0]           # z = x
    assert net.backward([[0.0]], [5.0]).dZ[1] == 0


@pytest.mark.parametrize("broken", ["sign", "scale", "transposed", "one element"])
def test_check_gradients_sees_a_broken_gradient(broken, monkeypatch):
    net = pynn.Network([2, 3, 3, 1], hidden="tanh", rng=0)
    X, y = problem(net, 10, 0)
    assert pynn.check_gradients(net, X, y).ok
    right = pynn.Network.backward

    def wrong(self, X, y):
        gradients = right(self, X, y)
        if self is net:
            dW = gradients.dW[2]
            if broken == "sign":
                np.negative(gradients.flat, out=gradients.flat)
            elif broken == "scale":
                np.multiply(gradients.flat, 1.001, out=gradients.flat)
            elif broken == "transposed":
                dW[:] = dW.T.copy()
            else:
                dW[1, 2] *= -1
        return gradients

    monkeypatch.setattr(pynn.Network, "backward", wrong)
    report = pynn.check_gradients(net, X, y)
    assert not report.ok
    assert "WRONG" in str(report)
    if broken == "one element":
        assert report.worst.startswith("W[2][1, 2]: ")


def test_check_gradients_of_nothing_is_not_ok():
    net = pynn.Network([1, 2, 1], output="linear", initializer="zeros")
    assert not pynn.check_gradients(net, [[1.0]], [0.0]).ok


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


@given(st.integers(0, 2**32), st.sampled_from(PAIRS[:2]))
@settings(max_examples=30, deadline=None)
def test_the_articles_chained_gradient_agrees_where_defined(seed, pair):
    """dA[L] ∗ g′(Z[L]), step by step as in the article, is what the stable form gives."""
    rng = np.random.default_rng(seed)
    Z = rng.uniform(-5, 5, (3, 7))
    Y, Y_hat = rng.integers(2, size=Z.shape).astype(float), reference.sigmoid(Z)
    chained = reference.chained_output_gradient(pair[1], pair[0], Y, Z, Y_hat)
    np.testing.assert_allclose(reference.output_gradient(pair[1], pair[0], Y, Z, Y_hat), chained, rtol=1e-12)
    assert reference.stable_loss(pair[1], Y, Z, Y_hat) == pytest.approx(reference.LOSSES[pair[1]].function(Y, Y_hat), rel=1e-12)


def test_reference_layer_is_a_stack_of_neurons():
    rng = np.random.default_rng(0)
    W, b, A = rng.normal(size=(4, 3)), rng.normal(size=(4, 1)), rng.normal(size=(3, 5))
    _, A_next = reference.layer(W, b, A, reference.tanh)
    for i in range(4):
        for c in range(5):
            assert reference.neuron(W[i], b[i, 0], A[:, c], reference.tanh) == pytest.approx(A_next[i, c], rel=1e-14)


def test_both_engines_have_one_interface():
    from cnn_core import Engine
    from pynn.numpy_engine import NumpyEngine
    names = {name for name in vars(NumpyEngine) if not name.startswith("_")}
    assert names == {name for name in vars(Engine) if not name.startswith("_")} - {"dtype"}
    for name in names:
        ours = list(inspect.signature(getattr(Engine, name)).parameters)
        assert ours == list(inspect.signature(getattr(NumpyEngine, name)).parameters), name


def test_nan_is_never_hidden(engine):
    for hidden in HIDDEN:
        net = pynn.Network([2, 3, 2, 1], hidden=hidden, rng=0, engine=engine)
        net[1].W[0, 0] = np.nan
        step = net.forward([[1.0, 1.0]])
        assert np.isnan(step.A[1][0, 0]), hidden
        assert np.isnan(step.A[-1]).all(), hidden


def test_softmax_shows_nan(engine):
    net = pynn.Network([2, 3], rng=0, engine=engine)
    for row in range(3):
        twin = net.copy()
        twin[1].W[row, 0] = np.nan
        assert np.isnan(twin([[1.0, 1.0]])).all()


def sequel(engine, iterations):
    X, y = pynn.datasets.moons(1000, noise=0.2, rng=0)
    X_train, _, y_train, _ = pynn.datasets.split(X, y, test_size=0.1, rng=0)
    net = pynn.Network([2, 25, 50, 50, 25, 1], initializer="small_normal", rng=2, engine=engine)
    return net.fit(X_train, y_train, epochs=iterations, batch_size=None, learning_rate=0.01, shuffle=False)


def test_sequel_follows_the_reference_at_first():
    np.testing.assert_allclose(sequel("cython", 200).loss, sequel("numpy", 200).loss, rtol=1e-10)


@pytest.mark.slow
def test_sequel_follows_the_reference_to_the_end():
    np.testing.assert_allclose(sequel("cython", 10_000).loss, sequel("numpy", 10_000).loss, rtol=1e-10)
