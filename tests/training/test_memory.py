"""The memory that a fit needs beyond the data."""
from __future__ import annotations

import sys

import pytest

from ..conftest import run_script

# Not ru_maxrss, which begins with the memory of the process that started this one.
MEMORY = r"""
    import re
    from pathlib import Path
    import numpy as np, pynn
    m = 1_000_000
    X = np.random.default_rng(0).random((m, 2))
    y = (X[:, 0] > 0.5).astype(np.int64)
    net = pynn.Network([2, 4, 6, 6, 4, 1], dtype={dtype!r}, rng=0)
    net.fit(X[:1000], y[:1000], epochs=1)
    peak = lambda: int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 2**10
    before = peak()
    net.fit(X, y, epochs=1, batch_size={batch_size}, shuffle={shuffle})
    print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
@pytest.mark.parametrize(("dtype", "batch_size", "shuffle"), [
    ("float32", 32, True), ("float64", None, False),
    pytest.param("float64", 32, True, marks=pytest.mark.slow), pytest.param("float32", None, False, marks=pytest.mark.slow)])
def test_memory_does_not_grow_with_the_examples(dtype, batch_size, shuffle):
    """At most 16 MiB beyond the data, and 8 bytes an example for a shuffled order."""
    grown = float(run_script(MEMORY.format(dtype=dtype, batch_size=batch_size, shuffle=shuffle)))
    assert grown <= 16 + shuffle * 8e6 / 2**20


SMALL = r"""
    import re
    from pathlib import Path
    import numpy as np, pynn
    X = np.random.default_rng(0).integers(0, 2, (40_000, 784), dtype=np.uint8).astype({dtype!r})
    y = X[:, 0].astype(np.int64)
    net = pynn.Network([784, 2, 1], rng=0)
    net.fit(X[:1000], y[:1000], epochs=1)
    peak = lambda: int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 2**10
    before = peak()
    net.fit(X, y, epochs=1, batch_size=200, learning_rate=1e-3)
    net.score(X, y)
    print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
@pytest.mark.parametrize("dtype", [
    "uint8", "int32", pytest.param("bool", marks=pytest.mark.slow), pytest.param("int16", marks=pytest.mark.slow)])
def test_memory_does_not_grow_with_small_integers(dtype):
    assert float(run_script(SMALL.format(dtype=dtype))) <= 16
