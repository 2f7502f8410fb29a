"""
14. How the Cython engine is fast
=================================

Everything so far could be written in NumPy, and pynn has that version: ``pynn/reference.py``. The compiled engine,
``cnn_core``, computes the same numbers in a fraction of the time. This lesson measures where the time goes, and what the
engine does about it.

*What you learn:* why a small network in NumPy is mostly overhead; how data should lie in memory; what vector instructions and
register tiles are; why threads need not change the result. Every time printed here is your machine's.
"""

# %%
# The same numbers, sooner
# ------------------------
#
# ``engine="numpy"`` trains with the reference, ``engine="cython"`` with the engine: the same batches in the same order.
# After 20 epochs of the article's problem the parameters agree to the last few digits, but not the times:
import importlib
import timeit

import matplotlib.pyplot as plt
import numpy as np

import cnn_core
import pynn
from pynn.translation import _  # puts the words of this lesson into your language

X, y = pynn.datasets.circles(900, rng=0)
trained, seconds = {}, {}
for engine in ("numpy", "cython"):
    net = pynn.Network([2, 4, 6, 6, 4, 1], rng=2, engine=engine)
    history = net.fit(X, y, epochs=20, batch_size=32, learning_rate=0.1)
    trained[engine], seconds[engine] = net.parameters, np.median(history.epoch_seconds)
    print(_("{engine:>6}: {time:7.1f} us a step", engine=engine, time=1e6 * seconds[engine] / 29))
print(_("ratio: {ratio:.0f}", ratio=seconds["numpy"] / seconds["cython"]))
difference = np.abs(trained["numpy"] - trained["cython"]).max()
print(_("largest difference: {difference:.1e}", difference=difference))

# %%
# Overhead, not arithmetic
# ------------------------
#
# A step of this network on 32 examples is about 20 000 multiplications and additions. A processor does some billions of
# them in a second, so a few microseconds would do. NumPy's time hardly depends on the arithmetic: every operation is a
# call from Python, which looks at types and shapes and makes room for the result. Here is a matrix product alone, for
# more and more examples:
W = np.ones((6, 6))
for m in (1, 32, 1024, 32768):
    A = np.ones((6, m))
    each = min(timeit.repeat(lambda A=A: W @ A, number=20, repeat=10)) / 20
    print(_("m = {m:6}: {time:7.2f} us, {share:7.3f} ns a multiplication",
            m=m, time=1e6 * each, share=1e9 * each / (36 * m)))

# %%
# For few examples, nearly all of the time is the call itself. A step has dozens of such calls, whatever they compute. So
# Python calls the engine only once for many epochs: ``fit`` hands it the data, and no Python runs until the engine has
# finished. In a wider network, each call has more to compute, so the gain is smaller:
widths, times = [4, 8, 16, 32, 64, 128, 256], {"numpy": [], "cython": []}
for width in widths:
    for engine, measured in times.items():
        net = pynn.Network([2, width, width, 1], rng=0, engine=engine)
        history = net.fit(X, y, epochs=3, learning_rate=0.01, n_threads=1)
        measured.append(1e6 * history.epoch_seconds.min() / 29)

figure, ax = plt.subplots(layout="constrained")
for engine, measured in times.items():
    ax.loglog(widths, measured, "o-", base=2, label=engine)
ax.set(xlabel=_("units of each hidden layer"), ylabel=_("µs a step"))
ax.set_title(_("A step on 32 examples"))
ax.legend()

# %%
# Neighbours in memory
# --------------------
#
# A processor fetches memory in lines. On most processors a line has 64 bytes, which is eight numbers in float64. If a
# program uses the numbers in the order in which they lie in memory, it fetches one number and gets the next seven with it.
# Here we sum a large array along its rows, and then along its columns. Only the order differs:
large = np.ones((4000, 4000))
layouts = {_("rows, which lie together"): large, _("columns, which do not"): large.T}
for name, array in layouts.items():
    each = min(timeit.repeat(lambda a=array: sum(row.sum() for row in a), number=1, repeat=3))
    print(_("{name}: {time:.0f} ms", name=name, time=1e3 * each))

# %%
# The article writes an example in a column, and the engine lays A[l] out so: the values of unit 1 for all examples, then
# those of unit 2. Every inner loop runs over examples, which are neighbours. A batch passes through in *blocks* of 64
# columns, which are small enough to stay in a small fast memory, the cache, while forward, loss and backward use them.
#
# Many at once
# ------------
#
# A processor has *vector instructions*, which do the same to 2, 4, 8 or 16 neighbouring numbers at once. Which ones it
# has depends on its model, so the engine is compiled for several sets of them, and ``import cnn_core`` takes the best:
print(_("this processor:"), *cnn_core.instruction_sets, _("- in use:"), cnn_core.instruction_set)

# %%
# ``W A`` is computed in *register tiles*: the sums of up to 6 units over a few vectors of examples stay in the
# processor's registers, the few places where it computes, until they are finished. So each number that is fetched serves
# many multiplications. The tile is in ``cnn_core/tiles.pxd``, some twenty lines of plain loops, which the compiler turns
# into vector instructions. How many billions of multiplications and additions in a second does each set reach? Eight linear
# layers of 48 units compute little besides W A:
sizes, m = [48] * 9, 6400
rng = np.random.default_rng(0)
figure, ax = plt.subplots(layout="constrained")
for shift, dtype in ((-0.2, "float32"), (0.2, "float64")):
    theta = rng.normal(scale=0.1, size=8 * (48 * 48 + 48)).astype(dtype)
    inputs = rng.normal(size=(m, 48)).astype(dtype)
    speeds = []
    for name in cnn_core.instruction_sets:
        module = importlib.import_module(f"cnn_core.{name}.engine")
        engine = module.Engine(sizes, ["linear"] * 8, "mean_squared_error", dtype)
        each = min(timeit.repeat(lambda e=engine, p=theta, x=inputs: e.predict(p, x, n_threads=1),
                                 number=3, repeat=5)) / 3
        speeds.append(2e-9 * 8 * 48 * 48 * m / each)
    ax.bar(np.arange(len(speeds)) + shift, speeds, 0.4, label=dtype)
ax.set_xticks(range(len(cnn_core.instruction_sets)), cnn_core.instruction_sets)
ax.set_ylabel(_("10⁹ operations a second"))
ax.set_title(_("Eight layers of 48 units, one thread"))
ax.legend()

# %%
# Vectors twice as wide need not be twice as fast: some processors compute them in two halves.
#
# Two at once, and the same bits
# ------------------------------
#
# Sums of floating-point numbers depend on their order: (a + b) + c and a + (b + c) may differ in the last digit.
print((0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3))

# %%
# If each thread added up its share of the examples, the number of threads would decide the order, and with it the last
# digits. The engine splits a batch into at most 16 partial sums, how many and which depending on the sizes alone, and
# adds them up in order. Threads take partial sums, so any number of them gives the same bits. (Another instruction set
# rounds differently, and its last digits differ.)
X, y = pynn.datasets.circles(20_000, rng=0)
results = []
for n_threads in (1, 2):
    net = pynn.Network([2, 25, 50, 50, 25, 1], dtype="float32", rng=0)
    history = net.fit(X, y, epochs=10, batch_size=None, learning_rate=0.1,
                      n_threads=n_threads)
    results.append(net.parameters)
    print(_("threads: {n_threads}, {time:.1f} ms a step",
            n_threads=n_threads, time=1e3 * history.epoch_seconds.min()))
print(_("the same, bit for bit:"), np.array_equal(*results))
plt.show()

# %%
# The page on performance has the comparison with the frameworks, what was tried, and what each idea is worth. The page
# "The engine" has the code itself. Begin with ``forward.pyx``.
#
# Exercises
# ---------
#
# 1. Set the environment variable ``PYNN_INSTRUCTION_SET`` to ``baseline`` before Python starts, and run this script again.
#    Which part of the first ratio comes from wide vectors, and which part remains?
# 2. Measure a step of ``Network([2, 25, 50, 50, 25, 1])`` for batches of 8, 32, 128 and 512 examples, with both engines,
#    and divide by the size of the batch. Where does an example take the least time, and why does it take more in small
#    batches?
# 3. Time ``by_loops`` of lesson 2 beside NumPy for 6 × 6 weights and 1024 examples. What does a compiler save?
#
# *In the playground:* ``pynn playground --lesson 14`` opens a setting for this lesson. Play at full speed and read the epochs
# a second. Double the units of a layer: how does the pace change?
#
# Answers: docs/answers/14_the_engine.md
