"""One measurement, in this process: `python -m benchmarks.measure REQUEST` prints the answer as a line of JSON."""
from __future__ import annotations

import hashlib
import importlib
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers import CONTESTANTS, Pynn
from benchmarks.processes import keep_to_processors
from benchmarks.workloads import LEARNING_RATE, SMALL, W1, W6_EPOCHS, W11_EPOCHS, Array, Case, data


def seconds_of(run: Callable[[int], object], count: int) -> float:
    began = time.perf_counter()
    run(count)
    return time.perf_counter() - began


def timed(run: Callable[[int], object], runs: int, at_least: float, count: int = 1) -> tuple[int, list[float]]:
    """How often the work is repeated so that a run takes `at_least` seconds, and the seconds of that many runs."""
    while True:
        run(count)                              # the warm-up: JAX compiles for every new count
        elapsed = seconds_of(run, count)
        if elapsed >= at_least:
            return count, [seconds_of(run, count) for _ in range(runs)]
        count = max(2 * count, min(100 * count, int(1.2 * count * at_least / elapsed)))


def contest(name: str, case: dict[str, Any], runs: int, at_least: float) -> list[float]:
    """Seconds of a step of training, or of a call that predicts, in every run."""
    work = Case(**case)
    contestant = CONTESTANTS[name](work, *data(work))
    if work.task == "train":
        epochs, seconds = timed(contestant.train, runs, at_least)
        return [s / (epochs * work.steps) for s in seconds]

    def predict(times: int) -> None:
        for _ in range(times):
            contestant.predict()

    times, seconds = timed(predict, runs, at_least)
    return [s / times for s in seconds]


def peak(dtype: str) -> float:
    """Multiply-adds per second of one core; 0 if pynn was not built in place."""
    import cnn_core
    try:
        probe = importlib.import_module(f"cnn_core.{cnn_core.instruction_set}.probe")
    except ModuleNotFoundError:
        return 0.0
    return max(float(probe.peak(dtype)) for _ in range(100))


def small_fits(kind: str) -> list[float]:
    """Seconds of the processor that a fit of W1 costs beside its epochs: a fit of a few, minus those epochs in a long fit."""
    from pynn import Network, NetworkClassifier
    X, y = data(W1)
    net = Network(W1.sizes, dtype=W1.dtype, rng=0)

    def fit(epochs: int) -> None:
        if kind == "Network":
            net.fit(X, y, epochs=epochs, batch_size=W1.batch, learning_rate=LEARNING_RATE, progress=False)
        else:
            NetworkClassifier(hidden_layer_sizes=W1.sizes[1:-1], batch_size=W1.batch, max_iter=epochs, optimizer="sgd",
                              dtype=W1.dtype, random_state=0).fit(X, y)

    def fastest(epochs: int) -> float:
        times = []
        for _ in range(40):
            began = time.process_time()
            for _ in range(5):
                fit(epochs)
            times.append((time.process_time() - began) / 5)
        return min(times)

    warnings.simplefilter("ignore")         # such short fits do not converge
    fit(1)
    short, long = fastest(W11_EPOCHS), fastest(11 * W11_EPOCHS)
    return [short - (long - short) / 10]


def digest(case: dict[str, Any]) -> str:
    """A fingerprint of pynn's parameters after three epochs, or of what it predicts."""
    work = Case(**case)
    contestant = Pynn(work, *data(work))
    if work.task == "predict":
        return hashlib.sha256(contestant.predict().tobytes()).hexdigest()
    contestant.train(3)
    return hashlib.sha256(contestant.net.parameters.tobytes()).hexdigest()


def whole_task(name: str, case: dict[str, Any], epochs: int) -> float:
    """A peer's whole process: build, train, evaluate; the accuracy."""
    work = Case(**case)
    X, y = data(work)
    contestant = CONTESTANTS[name](work, X, y)
    contestant.train(epochs)
    return float(np.mean((np.asarray(contestant.predict())[:, -1] > 0.5) == y))


def many_examples(m: int, dtype: str, out: Array | None = None) -> tuple[Array, Array]:
    """X (m, 2) and y, made without further memory."""
    X = np.empty((m, 2), dtype) if out is None else out
    np.random.default_rng(0).random(dtype=np.dtype(dtype).type, out=X)
    y = np.empty(m, np.int64)
    np.greater(X[:, 0], 0.5, out=y)
    return X, y


def example(m: int, batch: int | None, runs: int, at_least: float) -> list[float]:
    """pynn's seconds per example and epoch in whole fits, unshuffled."""
    from pynn import Network
    X, y = many_examples(m, "float32")
    net = Network(SMALL, dtype="float32", rng=0)

    def fit(epochs: int) -> None:
        net.fit(X, y, epochs=epochs, batch_size=batch, learning_rate=LEARNING_RATE, shuffle=False, progress=False,
                n_threads=1)

    epochs, seconds = timed(fit, runs, at_least, W6_EPOCHS)
    return [s / (epochs * m) for s in seconds]


def memory(m: int, kind: str, dtype: str, batch: int | None, shuffle: bool) -> float:
    """MiB by which the peak memory of this process grows in a fit of a float32 network, after the data have been loaded."""
    import resource

    from pynn import Network

    def peak() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)

    with tempfile.TemporaryFile() as file:
        X, y = many_examples(m, dtype, np.memmap(file, dtype, "w+", shape=(m, 2)) if kind == "memmap" else None)
        net = Network(SMALL, dtype="float32", rng=0)
        net.fit(X[:1000], y[:1000], epochs=1, progress=False)
        X.max()                                 # so that the pages of a memmap are in memory, and counted
        before = peak()
        net.fit(X, y, epochs=1, batch_size=batch, learning_rate=LEARNING_RATE, shuffle=shuffle, progress=False)
        return peak() - before


MEASUREMENTS: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (contest, peak, small_fits, digest, whole_task, example, memory)}

if __name__ == "__main__":
    request = json.loads(sys.argv[1])
    keep_to_processors(request.pop("threads"))
    print(json.dumps(MEASUREMENTS[request.pop("measure")](**request)))
