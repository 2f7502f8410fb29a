"""A step of training against independent truth: numbers worked by hand, the NumPy reference, central differences."""
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import pynn
from pynn import reference

from .conftest import assert_close, networks, problem


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
    assume(np.abs(truth[f"dZ[{len(ours)}]"]).max() > 1e-2)      # so does ŷ − y where an output is right by chance
    for name, array in arrays_of_a_step(ours, X, y).items():
        # an array that is a difference of nearly equal numbers has lost digits on both sides: db, Σ dZ, may vanish
        assert_close(array, truth[name], 1e-12, name)


def near_a_kink(name, Z):
    """Whether g′ jumps within 1e-4 of some z, as that of relu does at 0."""
    g, g_prime = reference.ACTIVATIONS[name].function, reference.ACTIVATIONS[name].derivative
    left, right = (g_prime(z, g(z)) for z in (Z - 1e-4, Z + 1e-4))
    return np.abs(right - left).max() > 0.01


@given(networks(widest=6), st.integers(1, 8), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_central_differences(keywords, m, seed):
    for engine in ("cython", "numpy"):
        net = pynn.Network(**keywords, engine=engine)
        net.parameters += 0.1 * np.random.default_rng(seed).normal(size=net.parameters.shape)
        X, y = problem(net, m, seed)
        Z = net.forward(X).Z
        assume(not any(near_a_kink(net[l].activation, Z[l]) for l in range(1, len(net))))
        report = pynn.check_gradients(net, X, y)
        assert report.max_error <= 1e-6, str(report)
