"""What several test files share."""
from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import pynn
from pynn import datasets, optimizers

os.environ["MPLBACKEND"] = "Agg"        # before matplotlib is imported: the tests, doctests and subprocesses need no screen
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:       # as in a shell's background job: tests would wait for ever
    signal.signal(signal.SIGINT, signal.default_int_handler)

PAIRS = [("sigmoid", "binary_cross_entropy"), ("sigmoid", "mean_squared_error"),
         ("softmax", "categorical_cross_entropy"), ("linear", "mean_squared_error"),
         ("linear", "mean_absolute_error"), ("linear", "huber")]


RECIPES = [optimizers.SGD(), optimizers.SGD(momentum=0.9), optimizers.SGD(momentum=0.9, nesterov=True), optimizers.RMSprop(),
           optimizers.Adagrad(), optimizers.Adam(), optimizers.AdamW(), optimizers.Adamax()]


def circles_net(engine: str = "cython", **keywords: Any) -> pynn.Network:
    """The article's network."""
    return pynn.Network([2, 4, 6, 6, 4, 1], rng=1, engine=engine, **keywords)


@pytest.fixture(scope="session")
def circles() -> tuple[np.ndarray, ...]:
    """The article's problem, small: X_train, X_test, y_train, y_test."""
    return datasets.split(*datasets.circles(300, rng=0), test_size=0.1, rng=0)


def problem(net: pynn.Network, m: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Random X and y of the form that the network takes."""
    rng = np.random.default_rng(seed)
    X, K = rng.normal(size=(m, net.sizes[0])), net.sizes[-1]
    if net.is_regression:
        return X, rng.normal(size=(m, K))
    if net.activations[-1] == "softmax":
        return X, rng.integers(K, size=m)
    return X, rng.integers(2, size=(m, K))


@pytest.fixture(params=["cython", "numpy"])
def engine(request: pytest.FixtureRequest) -> str:
    """Every test of the mathematics runs on both engines."""
    return request.param


@pytest.fixture
def clean_figures() -> Iterator[None]:
    """The test leaves no figure behind, and it leaves the settings of matplotlib as they were."""
    import matplotlib
    from matplotlib import pyplot
    pyplot.close("all")
    before = dict(matplotlib.rcParams)
    yield
    assert dict(matplotlib.rcParams) == before
    pyplot.close("all")
