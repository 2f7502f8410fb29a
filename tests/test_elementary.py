"""e^x, tanh, log(1 + x) and their like against mpmath, for every instruction set that this CPU has."""
from __future__ import annotations

import mpmath
import numpy as np
import pytest

ULPS = {"exp": 2, "tanh": 4, "log1p": 2}


def everywhere(name, dtype, count, rng):
    """Arguments of every size and sign, those where the function is neither flat nor linear thickest."""
    bits = np.dtype(f"u{np.dtype(dtype).itemsize}")
    info = np.finfo(dtype)
    random_bits = rng.integers(0, np.iinfo(bits).max, count, dtype=bits, endpoint=True).view(dtype)
    narrow, wide = {"exp": (1, -np.log(float(info.smallest_subnormal)) + 2), "tanh": (1, 25), "log1p": (1, 100)}[name]
    x = np.concatenate([
        random_bits[np.isfinite(random_bits)], rng.uniform(-narrow, narrow, count), rng.uniform(-wide, wide, count),
        np.log(2) * np.arange(-40, 41) / 2, np.nextafter(np.arange(-5, 5, dtype=dtype), dtype(9))]).astype(dtype)
    return x[x > -1] if name == "log1p" else x


def errors_in_ulps(found, truth, dtype):
    """|found − truth| in units of the last place of truth; truth: mpmath numbers or float64 for float32."""
    info = np.finfo(dtype)
    result = []
    for value, true in zip(found.tolist(), truth, strict=True):
        if abs(true) > float(info.max):
            result.append(0.0 if value in (np.inf, -np.inf, float(info.max)) else np.inf)
            continue
        exponent = mpmath.frexp(true)[1] if true else -10**6
        ulp = mpmath.ldexp(1, max(exponent - info.nmant - 1, int(np.log2(float(info.smallest_subnormal)))))
        result.append(float(abs(mpmath.mpf(value) - true) / ulp))
    return np.array(result)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ULPS)
def test_elementary_functions_to_the_last_places(probe, name, dtype):
    x = everywhere(name, dtype, 700, np.random.default_rng(0))
    with mpmath.workdps(40):
        truth = [getattr(mpmath, name)(mpmath.mpf(v)) for v in x.tolist()]
        errors = errors_in_ulps(probe.elementary(name, x), truth, dtype)
    assert errors.max() <= ULPS[name], (x[errors.argmax()], errors.max())


@pytest.mark.slow
@pytest.mark.parametrize("name", ULPS)
def test_elementary_functions_over_all_of_float32(probe, name):
    function = getattr(np, name)        # in float64, whose errors are far below an ulp of float32
    for start in range(0, 2**32, 2**25):
        x = np.arange(start, start + 2**25, 31, dtype=np.uint64).astype(np.uint32).view(np.float32)
        x = x[np.isfinite(x) & (x > -1 if name == "log1p" else True)]
        with np.errstate(over="ignore", under="ignore"):
            truth = function(x.astype(np.float64))
            rounded = truth.astype(np.float32)
        finite = np.isfinite(rounded)
        found = probe.elementary(name, x)
        assert np.array_equal(found[~finite], rounded[~finite])
        ulp = np.spacing(np.abs(rounded[finite])).astype(np.float64)
        assert (abs(found[finite] - truth[finite]) / ulp).max(initial=0) <= ULPS[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", ULPS)
def test_elementary_functions_in_float64_at_length(probe, name):
    x = everywhere(name, np.float64, 30_000, np.random.default_rng(1))
    with mpmath.workdps(40):
        truth = [getattr(mpmath, name)(mpmath.mpf(v)) for v in x.tolist()]
        errors = errors_in_ulps(probe.elementary(name, x), truth, np.float64)
    assert errors.max() <= ULPS[name], (x[errors.argmax()], errors.max())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_elementary_functions_at_the_ends(probe, dtype):
    x = np.array([np.nan, np.inf, -np.inf, 0, -0.0, 1e30, -1e30, -1, -2, np.finfo(dtype).smallest_subnormal], dtype)
    with np.errstate(all="ignore"):
        for name in ULPS:
            np.testing.assert_array_equal(probe.elementary(name, x), getattr(np, name)(x).astype(dtype) if name != "exp"
                                          else np.exp(x.astype(np.float64)).astype(dtype), strict=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_elu_and_gelu_are_made_of(probe, dtype):
    """e^x − 1 to a relative, Φ(−|x|) to an absolute error of few units in the last place."""
    rng = np.random.default_rng(0)
    x = -np.concatenate([rng.uniform(0, 3, 500), rng.uniform(0, 100, 500), 10.0 ** rng.uniform(-30, 0, 500)]).astype(dtype)
    with mpmath.workdps(40):
        errors = errors_in_ulps(probe.elementary("expm1", x), [mpmath.expm1(v) for v in x.tolist()], dtype)
        tails = np.array([float(mpmath.ncdf(v)) for v in x.tolist()])
    assert errors.max() <= 3
    assert abs(probe.elementary("normal_tail", x) - tails).max() <= 2 * np.finfo(dtype).eps
    assert np.isnan(probe.elementary("expm1", np.array([np.nan], dtype)))
    assert np.isnan(probe.elementary("normal_tail", np.array([np.nan], dtype)))
