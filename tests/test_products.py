"""The products over tiles of every instruction set that this CPU has, against NumPy's."""
from __future__ import annotations

import itertools
import platform
import re
import shutil
import subprocess
from pathlib import Path

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


@pytest.mark.skipif(shutil.which("objdump") is None or platform.machine() != "x86_64", reason="reads x86-64's instructions")
@pytest.mark.parametrize("level", sorted({"avx2", "avx512"} & set(cnn_core.instruction_sets)))
def test_inner_loops_are_loads_and_multiply_adds_only(level):
    # a compiler or flag that spills a tile's sums, or fills them by `rep stos`, makes pynn slower and breaks nothing else
    folder = Path(cnn_core.__file__).parent / level
    files = map(str, folder.glob("products.*"))
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", *files], capture_output=True, text=True, check=True).stdout
    if "__asan" in text:
        pytest.skip("built for debugging")
    assert "rep stos" not in text
    instructions = [line.split("\t")[1] if "\t" in line else "" for line in text.splitlines()]
    register = "zmm" if level == "avx512" else "ymm"
    loops = [at for at, line in enumerate(instructions) if line.startswith("vfmadd") and register in line]
    # 6 rows by 2 registers: 12 multiply-adds and 8 loads, with a few instructions that count and jump
    tight = [at for at in loops if sum(at <= other < at + 21 for other in loops) >= 12]
    assert tight, "no loop of a full tile was found"
    for at in tight:
        body = itertools.takewhile(lambda line: not line.startswith("j"), instructions[at:at + 18])
        stores = [line for line in body if re.search(rf"vmov\w+ +%{register}\d+,.*\((%rsp|%rbp)\)", line)]
        assert not stores, stores
