"""
15. An activation of your own, in the engine
============================================

The best way to understand an engine is to change it. This lesson adds an activation that pynn does not have, to the reference
and to the engine, builds the result and trains with it. It works on a copy, so nothing of yours is touched.

*What you learn:* which places an activation has in the sources; how g and g′ are written in Cython; how the change is
checked against mathematics that does not depend on it.

It needs a clone of the repository, a C compiler, and ``pip install cython setuptools``.
"""

# %%
# The function
# ------------
#
# *Softsign* is an S-shaped curve like tanh, without a power of e. Its slope can be written with a = g(z) alone, which is
# convenient: a is at hand in the backward pass.
#
# .. math:: g(z) = \frac{z}{1 + |z|}, \qquad g'(z) = \frac{1}{(1 + |z|)^2} = (1 - |a|)^2
#
# Before it goes anywhere, the derivative is checked by central differences, as in lesson 7:
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from pynn.translation import _, language  # puts the words of this lesson into your language
from pynn.writing import printable


def softsign(Z):
    return Z / (1 + np.abs(Z))


def softsign_prime(Z, A):
    return (1 - np.abs(A)) ** 2


Z, h = np.linspace(-6, 6, 200), 1e-6
slopes = (softsign(Z + h) - softsign(Z - h)) / (2 * h)
error = np.abs(slopes - softsign_prime(Z, softsign(Z))).max()
print(_("largest error of g': {error:.1e}", error=error))

figure, ax = plt.subplots(layout="constrained")
ax.plot(Z, softsign(Z), label="g, softsign")
ax.plot(Z, softsign_prime(Z, softsign(Z)), "--", label="g′")
ax.plot(Z, np.tanh(Z), ":", color="grey", label=_("tanh, to compare"))
ax.set_xlabel("z")
ax.legend()

# %%
# A copy to work on
# -----------------
#
# The sources are copied to a temporary folder. ``add`` inserts lines into a file of the copy, directly after a given text,
# and prints what it changed: a line with + is new, a line with − is gone. CONTRIBUTING.md lists the places; this lesson
# visits them in the same order.
here = Path(globals().get("__file__", "lesson")).resolve()          # a notebook has no file
folders = [*here.parents, Path.cwd(), *Path.cwd().parents]
root = next((f for f in folders if (f / "cnn_core" / "activations.pyx").exists()), None)
if root is None or not (root / "setup.py").exists():
    sys.exit(_("run this lesson inside a clone of pynn's repository"))
temporary = tempfile.TemporaryDirectory()
copy = Path(temporary.name)
compiled = shutil.ignore_patterns("baseline", "avx*", "cpu.*.so", "*.pyd", "__pycache__")
for name in ("cnn_core", "pynn"):
    shutil.copytree(root / name, copy / name, ignore=compiled)
for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
    shutil.copy(root / name, copy)


def add(file, after, new):
    path = copy / file
    old, found, rest = path.read_text(encoding="utf-8").partition(after)
    assert found, f"{file} has no {after!r}"
    path.write_text(old + found + new + rest, encoding="utf-8")
    before, now = ((old + found + end).split("\n") for end in (rest, new + rest))
    for line in difflib.unified_diff(before, now, file, n=1, lineterm=""):
        if not line.startswith(("+++", "@@")):
            print(printable(line))


# %%
# In the reference
# ----------------
#
# First comes the reference in NumPy, since the engine is tested against it. It gets both functions, and its registry
# ``ACTIVATIONS`` gets an entry: the two functions, and their formulas as ``explain`` writes them. (A name such as max in a
# formula would need ``words=("max",)``.)
add("pynn/reference.py", "    return sigmoid(Z)\n", '''

def softsign(Z: Array) -> Array:
    """g(z) = z / (1 + |z|)."""
    return Z / (1 + np.abs(Z))


def softsign_prime(Z: Array, A: Array) -> Array:
    """g′(z) = (1 − |a|)²."""
    return (1 - np.abs(A)) ** 2
''')
add("pynn/reference.py", '"log(1 + e^z)", "σ(z)", words=("log",), rectifier=True),\n',
    '    "softsign": Activation(softsign, softsign_prime, "z / (1 + |z|)", "(1 − |a|)²"),\n')

# %%
# In the engine
# -------------
#
# ``activations.pxd`` has g and g′ side by side, each a function of single numbers. ``real`` stands for float and double:
# Cython makes one function for each. A plain 1 would be a whole number, hence ``<real>1``. NaN marks a number that could not
# be computed. It must stay NaN, or a diverging network would look sound; here it does, since every branch computes with z.
add("cnn_core/activations.pxd", "    SOFTPLUS\n", "    SOFTSIGN\n")
add("cnn_core/activations.pxd", "    return sigmoid(z)\n", '''

# softsign(z) = z / (1 + |z|);  softsign′ = (1 − |a|)².
cdef inline real softsign(real z) noexcept nogil:
    return z / (<real>1 + (-z if z < 0 else z))

cdef inline real softsign_prime(real z, real a) noexcept nogil:
    cdef real slope = <real>1 - (-a if a < 0 else a)
    return slope * slope
''')

# %%
# ``activations.pyx`` has the names, and the loops over the examples. Each activation has a loop of its own, without a choice
# inside it, so that the compiler can turn the loop into vector instructions.
add("cnn_core/activations.pyx", '"softplus": SOFTPLUS, ', '"softsign": SOFTSIGN, ')
add("cnn_core/activations.pyx", "            A[e] = softplus(Z[e])\n", """\
    elif g == SOFTSIGN:
        for e in range(units * columns):
            A[e] = softsign(Z[e])
""")
add("cnn_core/activations.pyx", "            dZ[e] = dA[e] * softplus_prime(Z[e], A[e])\n", """\
    elif g == SOFTSIGN:
        for e in range(units * columns):
            dZ[e] = dA[e] * softsign_prime(Z[e], A[e])
""")

# %%
# Built and tried
# ---------------
#
# One command builds the engine beside its sources. For a trial one instruction set is enough, so the copy's ``setup.py``
# is told that no machine has others, which on x86-64 saves two thirds of the time.
setup = copy / "setup.py"
text = setup.read_text(encoding="utf-8")
setup.write_text(text.replace('("x86_64", "AMD64")', "()"), encoding="utf-8")
build = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
done = subprocess.run(build, cwd=copy, capture_output=True, text=True, check=False)
if done.returncode:
    sys.exit(done.stderr[-2000:])
print(_("built:"), *sorted(path.name.split(".")[0] for path in (copy / "cnn_core" / "baseline").iterdir()))

# %%
# This process has imported the pynn without softsign, so the new one is tried in another, which finds the copy in the
# folder that it starts in. It checks backpropagation against central differences, the engine against the reference, and
# trains on the circles:
trial = """
import sys

import matplotlib
import numpy as np
import pynn

matplotlib.use("Agg")
difference, accuracy = sys.argv[1:]         # two sentences, in your language
X, y = pynn.datasets.circles(1000, rng=0)
X_train, X_test, y_train, y_test = pynn.datasets.split(X, y, rng=0)
nets = [pynn.Network([2, 8, 8, 1], hidden="softsign", initializer="glorot", rng=0, engine=engine)
        for engine in ("cython", "numpy")]
print(pynn.check_gradients(nets[0], X[:20], y[:20]))

engine, reference = [net.backward(X, y) for net in nets]
print(difference.format(np.abs(engine.flat - reference.flat).max()))
print(*pynn.explain(nets[0], X[0], y[0], layer=1, unit=1).sections[0].items[-1].rows[0])

nets[0].fit(X_train, y_train, epochs=100, learning_rate=0.3)
print(accuracy.format(nets[0].score(X_test, y_test)))
ax = pynn.plot.decision_surface(nets[0], X_test, y_test)
ax.figure.savefig("surface.png", dpi=150)
"""
sentences = _("engine and reference differ by {:.1e}"), _("accuracy on test examples: {:.2f}")
done = subprocess.run([sys.executable, "-c", trial, *sentences], cwd=copy, capture_output=True, encoding="utf-8", check=False,
                      env={**os.environ, "PYNN_INSTRUCTION_SET": "baseline", "PYTHONIOENCODING": "utf-8",
                           "PYNN_LANGUAGE": language()})
if done.returncode:
    sys.exit(done.stderr[-2000:])
print(printable(done.stdout))

# %%
# The surface is round where that of ReLU has corners:
figure, ax = plt.subplots(figsize=(6.4, 4.8), layout="constrained")
ax.imshow(plt.imread(copy / "surface.png"))
ax.set_axis_off()
temporary.cleanup()
plt.show()

# %%
# Three files, some thirty lines. To keep an activation, make the same edits in the clone itself, build all instruction sets
# with ``python setup.py build_ext --inplace``, and run ``pytest``: the tests run for every name in the registry. They compare
# the engine with the reference, in both dtypes, and both with central differences.
#
# Exercises
# ---------
#
# 1. Make a mistake on purpose: write ``return slope`` for ``return slope * slope`` in the engine alone. Which lines of
#    the trial tell? And which remain if the same mistake stands in the reference too?
# 2. Add *ReLU squared*, g(z) = max(0, z)², instead of softsign. Can its g′ be written with a alone? With z alone?
# 3. Compare softsign and tanh on ``datasets.spirals(1000, rng=0)``, over five values of ``rng`` for the network (put it
#    into ``trial``). Is the difference larger than that between two seeds?
#
# *In the playground:* ``pynn playground --lesson 15`` opens a setting for this lesson. Compare activations. The shape of g
# shows in the curve: which ones draw it with corners?
#
# Answers: docs/answers/15_an_activation_of_your_own.md
