"""What several test files share."""
from __future__ import annotations

import gc
import importlib
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

import cnn_core
import pynn
from pynn import datasets, optimizers, reference

gc.set_threshold(100_000, 50, 100)      # looking for garbage as often as usual takes a seventh of the time of all tests
os.environ["PYNN_LANGUAGE"] = "en"     # whatever the language of the machine
os.environ["MPLBACKEND"] = "Agg"        # before matplotlib is imported: the tests, doctests and subprocesses need no screen
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:       # as in a shell's background job: tests would wait for ever
    signal.signal(signal.SIGINT, signal.default_int_handler)

PAIRS = [(output, loss) for output, losses in reference.OUTPUT.items() for loss in losses]
RECIPES = [*(recipe() for recipe in optimizers.RECIPES.values()),       # the first is plain SGD
           optimizers.SGD(momentum=0.9), optimizers.SGD(momentum=0.9, nesterov=True)]


def circles_net(engine: str = "cython", **keywords: Any) -> pynn.Network:
    """The article's network."""
    return pynn.Network([2, 4, 6, 6, 4, 1], rng=1, engine=engine, **keywords)


@pytest.fixture(scope="session")
def circles() -> tuple[np.ndarray, ...]:
    """The article's problem, small: X_train, X_test, y_train, y_test."""
    return datasets.split(*datasets.circles(300, rng=0), test_size=0.1, rng=0)


def problem(net: pynn.Network, m: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Random X and y of the form that the network takes; for a third of the seeds, sigmoid units have soft targets."""
    rng = np.random.default_rng(seed)
    X, K = rng.normal(size=(m, net.sizes[0])), net.sizes[-1]
    if net.is_regression:
        return X, rng.normal(size=(m, K))
    if net.activations[-1] == "softmax":
        return X, rng.integers(K, size=m)
    return X, rng.random((m, K)) if seed % 3 == 2 else rng.integers(2, size=(m, K))


@st.composite
def networks(draw, widest=70, dtypes=("float64",)):
    """A random architecture of 1 to 6 layers with every activation and loss pair, as keywords of Network."""
    output, loss = draw(st.sampled_from(PAIRS))
    sizes = draw(st.lists(st.integers(1, widest), min_size=2, max_size=7))
    if output == "softmax":
        sizes[-1] = max(2, sizes[-1])
    hidden = draw(st.lists(st.sampled_from(reference.HIDDEN), min_size=len(sizes) - 2, max_size=len(sizes) - 2))
    return {"sizes": sizes, "hidden": hidden, "output": output, "loss": loss, "dtype": draw(st.sampled_from(dtypes)),
            "rng": draw(st.integers(0, 2**32)), "initializer": draw(st.sampled_from(["he", "glorot", "small_normal"]))}


def assert_close(ours, truth, tolerance, name):
    """‖ours − truth‖∞ ≤ tolerance · ‖truth‖∞, infinities and NaN in the same places."""
    assert ours.shape == truth.shape, name
    finite = np.isfinite(truth)
    assert np.array_equal(ours[~finite], truth[~finite], equal_nan=True), name
    scale = np.abs(truth[finite]).max(initial=0)
    assert np.abs(ours[finite] - truth[finite]).max(initial=0) <= tolerance * scale, name


def probe_of(level):
    """The probe of an instruction set.  The build in the source tree has it; a wheel has it only if built with PYNN_PROBE=1."""
    if not (Path(cnn_core.__file__).parent.parent / "setup.py").exists():
        pytest.importorskip(f"cnn_core.{level}.probe", reason="an installed wheel has no probe")
    return importlib.import_module(f"cnn_core.{level}.probe")


@pytest.fixture(params=cnn_core.instruction_sets)
def probe(request):
    return probe_of(request.param)


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


@pytest.fixture(scope="session")
def two_circles() -> tuple[np.ndarray, np.ndarray]:
    """X and y, for pictures."""
    return datasets.circles(80, rng=0)


@pytest.fixture(scope="session")
def trained(two_circles: tuple[np.ndarray, np.ndarray]) -> tuple[pynn.Network, pynn.callbacks.Recorder]:
    """A network that learned the two circles, and the recorder of its training."""
    net, recorder = pynn.Network([2, 4, 3, 1], rng=1), pynn.callbacks.Recorder()
    recorder.record(net)
    net.fit(*two_circles, epochs=12, learning_rate=0.3, callbacks=[recorder], progress=False)
    return net, recorder


@pytest.fixture(scope="session")
def disc() -> tuple[np.ndarray, np.ndarray]:
    """Normally distributed points: class 0 within the unit circle, class 1 outside."""
    X = np.random.default_rng(0).normal(size=(60, 2))
    return X, (np.hypot(X[:, 0], X[:, 1]) > 1).astype(np.int64)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Compare images only with --mpl: without it those tests would draw and assert nothing."""
    return True if collection_path.name == "test_images.py" and not config.getoption("--mpl", default=False) else None


def run_script(script: str) -> str:
    """Run a script in a process of its own; what it printed."""
    done = subprocess.run([sys.executable, "-P", "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def recorded(two_circles, *, epochs: int = 6, output: str = "sigmoid", every: int = 1, **fit):
    """A network, its recorder and its history after a fit on the two circles, and its X and y."""
    X, y = two_circles
    if output == "linear":
        y = X[:, 0] * 3
    elif output == "softmax":
        y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    net, recorder = pynn.Network([2, 5, 3 if output == "softmax" else 1], output=output, rng=2), pynn.callbacks.Recorder(every)
    recorder.record(net)
    history = net.fit(X, y, epochs=epochs, learning_rate=0.1, callbacks=[recorder], progress=False, **fit)
    return net, recorder, history, X, y
