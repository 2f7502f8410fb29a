"""Run what was exported on examples and compare it with the network."""
from __future__ import annotations

import importlib.util
import shutil
from typing import Any

import numpy as np

from pynn.export.contents import FLOAT32, Array
from pynn.translation import Sentence
from pynn.validation import boolean

_EXAMPLES = 16
TOLERANCE = {np.dtype(np.float64): 1e-9, FLOAT32: 1e-4}       # a wrong export differs by far more


def examples_of(net: Any, dtype: np.dtype[Any] | None = None) -> tuple[Array, Array]:
    """X (16, n[0]) with small, usual and large numbers that fit in dtype, by default the network's, and its Ŷ (16, n[L])."""
    X = np.random.default_rng(0).normal(size=(_EXAMPLES, net.sizes[0]))
    X[:4] *= np.array([[0], [1e-8], [-1e-8], [10]])
    with np.errstate(over="ignore"):
        if net.standardizer is not None:
            X = X * net.standardizer.scale + net.standardizer.mean
        X = X.astype(dtype or net.dtype).astype(np.float64)
    Y = np.asarray(net(X), np.float64) if np.isfinite(X).all() else X
    for name, values in (("standardizer", X), ("target_standardizer", Y)):
        if not np.isfinite(values).all():
            raise ValueError(Sentence("net.{name}: expected one with which examples of usual size can be checked in {dtype}, "
                                      "got a mean or a scale that is too large", name=name, dtype=dtype or net.dtype))
    return X, Y


def is_wanted(check: object, runtime: str | None, needs: str) -> bool:
    """Whether to check: as the user says, or for None if there is a runtime; `needs` says what to install."""
    if check is None:
        return runtime is not None
    if boolean(check, "check") and runtime is None:
        raise ImportError(f"check: True needs {needs}; check=False writes the file without running it")
    return bool(check)


def installed(module: str) -> str | None:
    """The module's name if it can be imported."""
    return module if importlib.util.find_spec(module) else None


def program(*names: str) -> str | None:
    """The first of these programs that is on the PATH."""
    return next((found for found in map(shutil.which, names) if found), None)


def compare(got: Any, expected: Array, dtype: np.dtype[Any], what: str, hint: str | None = None) -> None:
    """ArithmeticError if max |got − expected| is above the tolerance, relative to max |expected|."""
    got = np.asarray(got, np.float64).reshape(expected.shape)
    with np.errstate(invalid="ignore"):
        difference, size = np.abs(got - expected).max(), np.abs(expected).max()
    if not difference <= TOLERANCE[dtype] * size:
        raise ArithmeticError(Sentence("{what} differs from the network by {difference:.2g}, where the largest output is "
                                       "{size:.2g}; expected at most {tolerance:g} of that. {hint}", what=what,
                                       difference=difference, size=size, tolerance=TOLERANCE[dtype],
                                       hint=hint or Sentence("check=False skips this check")))
