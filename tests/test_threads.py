"""Threads: the same numbers for any count, within the limits that others set, and safe after a fork."""
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnn_core
import pynn
from pynn.optimizers import RECIPES

from .conftest import PAIRS, problem

needs_openmp = pytest.mark.skipif(not cnn_core.OPENMP, reason="built without OpenMP")


def bits(net, X, y, threads, batch_size, **keywords):
    twin = net.copy()
    history = twin.fit(X, y, epochs=2, batch_size=batch_size, learning_rate=0.01, n_threads=threads,
                       validation_data=(X, y), **keywords)
    columns = set(history.keys()) - {"epoch_seconds"}
    return [twin.parameters.tobytes(), *(history[name].tobytes() for name in sorted(columns))]


@given(pair=st.sampled_from(PAIRS), hidden=st.lists(st.integers(1, 40), max_size=3), m=st.integers(1, 3000),
       dtype=st.sampled_from(["float32", "float64"]), share=st.floats(0.1, 1), seed=st.integers(0, 100))
@settings(max_examples=25, deadline=None)
def test_any_number_of_threads_gives_the_same_bits(pair, hidden, m, dtype, share, seed):
    output, loss = pair
    net = pynn.Network([3, *hidden, 3 if output == "softmax" else 1], output=output, loss=loss, dtype=dtype, rng=seed)
    X, y = problem(net, m, seed)
    batch_size = max(1, int(share * m))
    alone = bits(net, X, y, 1, batch_size)
    for threads in (2, 3, 7, None):
        assert bits(net, X, y, threads, batch_size) == alone


@pytest.mark.parametrize("rule", RECIPES)
@pytest.mark.parametrize("penalty", [{}, {"l1": 0.01, "l2": 0.1}, {"clip_norm": 0.1}])
def test_optimisers_and_dropout_too(rule, penalty):
    net = pynn.Network([3, 60, 60, 2], dropout=0.3, hidden="tanh", rng=0)
    X, y = problem(net, 2500, 0)
    weights = np.random.default_rng(0).uniform(size=2500)
    alone, *others = (bits(net, X, y, threads, 1100, optimizer=rule, sample_weight=weights, **penalty) for threads in (1, 2, 5))
    assert others == [alone, alone]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("sizes", "m"), [([40, 300, 200, 3], 300), ([20, 1000, 600, 2], 200), ([2, 25, 50, 25, 1], 20_000)])
def test_large_steps_too(sizes, m, dtype):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((m, sizes[0])), rng.integers(0, max(2, sizes[-1]), m)
    net = pynn.Network(sizes, dtype=dtype, rng=0)
    alone = bits(net, X, y, 1, None)
    assert bits(net, X, y, 2, None) == alone
    assert bits(net, X, y, 4, None) == alone
    engine = cnn_core.Engine(net.sizes, net.activations, net.loss, net.dtype)
    outputs = engine.predict(net.parameters, X, n_threads=1)
    assert outputs.tobytes() == engine.predict(net.parameters, X, n_threads=3).tobytes() == net(X).tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sizes", [[7, 33, 5], [40, 400, 300, 3]])
def test_steps_by_one_example_are_the_same_without_a_gradient_in_memory(sizes, dtype):
    net = pynn.Network(sizes, dropout=0.3, dtype=dtype, rng=0)
    X, y = problem(net, 20, 0)
    weights = np.random.default_rng(0).uniform(size=20)
    # the norm that clips nothing needs the gradient in memory
    with_gradient = bits(net, X, y, 1, 1, sample_weight=weights, clip_norm=1e30)
    for threads in (1, 2, 3):
        assert bits(net, X, y, threads, 1, sample_weight=weights) == with_gradient


# ------------------------------------------------------------------------------ limits of others, forks, workers

WORK = """
    import os, sys, threading
    import numpy as np, pynn
    X = np.random.default_rng(0).standard_normal((20_000, 2))
    y = (X[:, 0] > 0).astype(int)
    def threads_of_a_fit(n_threads=None):
        net = pynn.Network([2, 64, 64, 1], rng=0)
        net.fit(X, y, epochs=2, batch_size=None, n_threads=n_threads)
        tasks = "/proc/self/task"
        return len(os.listdir(tasks)) if os.path.exists(tasks) else 0, net.parameters.tobytes()
"""


def run(script, **environment):
    done = subprocess.run([sys.executable, "-P", "-c", textwrap.dedent(WORK) + textwrap.dedent(script)], text=True,
                          env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment}, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


linux = pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")


@linux
@needs_openmp
def test_the_environment_limits_threads():
    script = "print(threads_of_a_fit(8)[0])"
    assert run(script, OMP_NUM_THREADS="1") == ["1"]
    assert run(script, OMP_NUM_THREADS="3") == ["3"]
    assert run("print(threads_of_a_fit()[0])", OMP_NUM_THREADS="2") == ["2"]
    assert run("print(threads_of_a_fit(1)[0])", OMP_NUM_THREADS="2") == ["1"]


@linux
@needs_openmp
def test_threadpoolctl_sees_and_limits_threads():
    pytest.importorskip("threadpoolctl")
    assert run("""
        from threadpoolctl import threadpool_info, threadpool_limits
        print([pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "openmp"])
        with threadpool_limits(1, user_api="openmp"):
            print(threads_of_a_fit(3)[0])
        print(threads_of_a_fit(3)[0])
    """, OMP_NUM_THREADS="3") == ["[3]", "1", "3"]


@linux
def test_a_child_after_a_fork_works_serially_and_gets_the_same():
    assert run("""
        _, ours = threads_of_a_fit(2)
        read, write = os.pipe()
        if os.fork() == 0:
            count, theirs = threads_of_a_fit(2)
            os.write(write, f"{count} {ours == theirs}".encode())
            os._exit(0)
        os.wait()
        print(os.read(read, 100).decode())
    """, OMP_NUM_THREADS="2") == ["1", "True"]


def test_networks_train_side_by_side_in_threads_of_python():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((5000, 2)), rng.integers(0, 2, 5000)

    def train(seed):
        net = pynn.Network([2, 32, 32, 1], rng=seed)
        net.fit(X, y, epochs=3, batch_size=None, n_threads=2)
        return net.parameters.tobytes()

    with ThreadPoolExecutor(4) as pool:
        side_by_side = list(pool.map(train, range(8)))
    assert side_by_side == [train(seed) for seed in range(8)]


def test_inside_joblib_workers():
    pytest.importorskip("joblib")
    assert run("""
        import joblib
        _, ours = threads_of_a_fit()
        with joblib.parallel_config("loky", n_jobs=2):
            theirs = joblib.Parallel()(joblib.delayed(lambda: threads_of_a_fit()[1])() for _ in range(4))
        print(theirs == 4 * [ours])
    """) == ["True"]


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2", True])
def test_wrong_numbers_of_threads(engine, wrong):
    net = pynn.Network([2, 1], engine=engine)
    with pytest.raises((TypeError, ValueError), match="n_threads"):
        net.fit([[0.0, 1.0]], [1], n_threads=wrong)


def test_a_last_batch_with_more_partial_sums_than_the_others():
    # 17 blocks of 64 go to 9 partial sums, two at a time; the 16 of the last batch to 16
    assert run("""
        X, y = X[:33 * 64], y[:33 * 64]
        net, twin = (pynn.Network([2, 120, 120, 1], rng=0, engine=engine) for engine in ("cython", "numpy"))
        for each in (net, twin):
            each.fit(X, y, epochs=1, batch_size=17 * 64, learning_rate=0.1)
        print(np.allclose(net.parameters, twin.parameters, rtol=1e-9, atol=1e-12))
    """) == ["True"]


@pytest.mark.parametrize("batch_size", [1, 16, 17, 63, 64, 130, 290, None])
def test_a_large_network_takes_the_same_steps_as_in_numpy(batch_size):
    m = min(300, 5 * (batch_size or 60))
    X, y, weights = np.random.default_rng(0).standard_normal((m, 40)), np.arange(m) % 3, np.linspace(0.5, 2, m)
    net, twin = (pynn.Network([40, 300, 400, 3], rng=0, dropout=0.2, hidden="tanh", engine=engine)
                 for engine in ("cython", "numpy"))
    assert len(net.parameters) > 1 << 17
    for each in (net, twin):
        each.fit(X, y, sample_weight=weights, epochs=1, batch_size=batch_size, learning_rate=0.1, n_threads=2)
    assert np.allclose(net.parameters, twin.parameters, rtol=1e-9, atol=1e-12)
