"""The products over tiles of every instruction set that this CPU has, against NumPy's."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnn_core

from .conftest import probe_of

DTYPES = ("float32", "float64")


def check_products(probe, W, A, dZ):
    eps = np.finfo(W.dtype).eps
    for name, left, right, first, second in (("W·A", W, A, W, A), ("Wᵀ·dZ", W, dZ, W.T, dZ), ("dZ·Aᵀ", dZ, A, dZ, A.T)):
        found, _ = probe.product(name, left, right)
        truth = first.astype(np.longdouble) @ second.astype(np.longdouble)
        # the error of any order of summation: length · eps · Σ |a b|
        bound = (first.shape[1] + 2) * eps * (abs(first.astype(np.float64)) @ abs(second.astype(np.float64)))
        assert found.dtype == W.dtype
        assert found.shape == truth.shape
        assert (abs(found - truth) <= bound).all(), name


@given(units=st.integers(1, 40), inputs=st.integers(1, 40), m=st.integers(1, 140), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("level", cnn_core.instruction_sets)
def test_products_are_those_of_numpy(level, dtype, units, inputs, m, seed):
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((units, inputs)).astype(dtype)
    A = rng.standard_normal((inputs, m)).astype(dtype)
    dZ = rng.standard_normal((units, m)).astype(dtype)
    check_products(probe_of(level), W, A, dZ)


@given(units=st.integers(1, 40), inputs=st.integers(1, 300), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("level", cnn_core.instruction_sets)
def test_products_with_a_single_column(level, dtype, units, inputs, seed):
    rng = np.random.default_rng(seed)
    shapes = (units, inputs), (inputs, 1), (units, 1)
    check_products(probe_of(level), *(rng.standard_normal(shape).astype(dtype) for shape in shapes))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("units", "inputs"), [(1, 1000), (1000, 1), (257, 513), (511, 256), (7, 255)])
def test_products_longer_than_a_chunk(probe, dtype, units, inputs):
    rng = np.random.default_rng(0)
    W = rng.standard_normal((units, inputs)).astype(dtype)
    A = rng.standard_normal((inputs, 70)).astype(dtype)
    dZ = rng.standard_normal((units, 70)).astype(dtype)
    check_products(probe, W, A, dZ)
