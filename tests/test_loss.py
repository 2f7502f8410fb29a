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
