"""
16. Out into the world
======================

A trained network is a list of numbers and a short formula. So it can leave the program that trained it. A thermostat, a
toy or a web page can compute its predictions without pynn and without Python. This lesson trains a network, writes it as
a file in C, compiles the file, and checks that the result computes the same numbers.

*What you learn:* what a network needs outside of its training, and what it does not need; how the equations of the
forward propagation look in C; why the scaling of the inputs must travel with the network; how many digits of the weights
matter.
"""

# %%
# A network to take out
# ---------------------
#
# Two sensors measure the position of a part on a table, in millimetres. The parts in the middle are good, the parts
# around them are not. These are the circles of lesson 9 in another unit. As in lesson 13, a standardizer scales the
# inputs.
import ctypes
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

import pynn
from pynn.translation import _  # puts the words of this lesson into your language

X, y = pynn.datasets.circles(1000, factor=0.3, noise=0.1, rng=0)
X = 150 + 80 * X
X_train, X_test, y_train, y_test = pynn.datasets.split(X, y, test_size=0.1, rng=0)

net = pynn.Network([2, 8, 8, 1], hidden="tanh", rng=0)
net.standardizer = pynn.Standardizer.fit(X_train)
net.feature_names, net.label_names = [_("x in mm"), _("y in mm")], [_("reject"), _("good")]
net.fit(X_train, y_train, epochs=60, learning_rate=0.3)
print(_("test accuracy {accuracy:.3f}", accuracy=net.score(X_test, y_test)))

# %%
# What travels, and what stays
# ----------------------------
#
# To predict, we need W[l] and b[l] of each layer, the names of the activations, and the mean and the scale of each input.
# The loss, the gradients, the learning rate and the optimiser's memory stay at home: they belong to the training.
numbers = len(net.parameters) + 2 * net.sizes[0]
print(_("{parameters} parameters and {scaling} numbers of the scaling",
        parameters=len(net.parameters), scaling=2 * net.sizes[0]))
print(_("{double} bytes in float64, {single} bytes in float32", double=8 * numbers, single=4 * numbers))

# %%
# This fits into the smallest processors that there are. ``to_c`` writes it as a file in the language C.
folder = Path(tempfile.mkdtemp())
pynn.export.to_c(net, folder / "predict.c")
text = (folder / "predict.c").read_text()
print(re.search(r"/\* z = W a \+ b \*/.*?\n}\n", text, re.DOTALL)[0])

# %%
# This is the equation Z[l] = W[l] A[l−1] + b[l] for one example. The two loops are the product of matrix and vector of
# lesson 2: the outer loop takes one unit after the other, the inner loop adds up its weighted inputs. The whole forward
# propagation is a function that calls it once for each layer:
print(re.search(r"void predict\(const double \*x, double \*y\)\n{.*?\n}\n", text, re.DOTALL)[0])

# %%
# First the inputs are scaled. Then come three layers, each with its activation. Two arrays are enough for all layers,
# because a layer needs only the outputs of the layer before it. The backward pass of lesson 7 needs all A[l], so training
# takes more memory than prediction.
#
# Compile and compare
# -------------------
#
# A C compiler makes a library of the file, and Python can call its function directly. (If you have no compiler, the
# lesson goes on with the network written as a module of NumPy, which has the same equations.)
compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
if compiler is None:
    pynn.export.to_numpy(net, folder / "model.py")
    names = {}
    exec((folder / "model.py").read_text(), names)
    outside = names["predict"]
else:
    command = [compiler, "-O2", "-shared", "-fPIC", "predict.c", "-o", "predict.so", "-lm"]
    subprocess.run(command, cwd=folder, check=True)
    function = ctypes.CDLL(str(folder / "predict.so")).predict

    def outside(X):
        results = np.empty((len(X), 1))
        for row, result in zip(np.ascontiguousarray(X, float), results, strict=True):
            function(row.ctypes, result.ctypes)
        return results


difference = np.abs(outside(X_test) - net(X_test)).max()
print(_("largest difference in {m} examples: below 1e-14: {small}", m=len(X_test), small=difference < 1e-14))

# %%
# The numbers are the same up to the last digits. The last digits differ because C adds up the products in another order,
# and each addition rounds. So a test for equality to the last bit would be wrong here. A test that allows an error of 1
# percent would be wrong too: it would not notice a small mistake, such as a weight that is rounded.
#
# The scaling must travel too
# ---------------------------
#
# A frequent mistake is to export the weights alone and to forget what was done to the inputs before the training. The
# network then receives millimetres where it expects numbers around 0:
without = net.copy()
without.standardizer = None
print(_("with the scaling:    accuracy {accuracy:.3f}", accuracy=net.score(X_test, y_test)))
print(_("without the scaling: accuracy {accuracy:.3f}", accuracy=without.score(X_test, y_test)))

# %%
# The program does not stop and there is no message. The answers are simply wrong. In pynn the standardizer is a part of
# the network, so every export contains it.
#
# How many digits matter?
# -----------------------
#
# A float64 has 16 digits, a float32 has 7. Small processors often compute with even fewer. We round all parameters to a
# number of decimals and count how many predictions on the plane change.
grid = np.stack(np.meshgrid(np.linspace(20, 280, 120), np.linspace(20, 280, 120)), axis=-1)
points = grid.reshape(-1, 2)
expected = net.predict(points)
print(_("decimals   changed predictions   test accuracy"))
rounded = {}
for decimals in (6, 3, 2, 1, 0):
    rounded[decimals] = net.copy()
    rounded[decimals].parameters = net.parameters.round(decimals)
    changed = np.mean(rounded[decimals].predict(points) != expected)
    print(f"{decimals:8} {changed:21.2%} {rounded[decimals].score(X_test, y_test):15.3f}")

# %%
# Two decimals are enough for this network. The training needs many more digits than the prediction: its steps are small
# changes of the weights, and with two decimals most of them would be rounded away. The pictures show the plane as the
# exported function sees it, and what is left of it with whole numbers as weights.
classes = LinearSegmentedColormap.from_list("classes", ["#E69F00", "white", "#0072B2"])     # class 0, ½, class 1
figure, axes = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained", sharey=True)
for ax, outputs, title in ((axes[0], outside(points), _("computed outside of pynn")),
                           (axes[1], rounded[0](points), _("weights rounded to whole numbers"))):
    ax.contourf(grid[..., 0], grid[..., 1], outputs.reshape(grid.shape[:2]),
                levels=np.linspace(0, 1, 11), cmap=classes, alpha=0.6)
    ax.scatter(*X_test.T, c=np.where(y_test, "#0072B2", "#E69F00"), edgecolors="black", s=18)
    ax.set(title=title, xlabel=_("x in mm"), aspect="equal")
axes[0].set_ylabel(_("y in mm"))
shutil.rmtree(folder, ignore_errors=True)
plt.show()

# %%
# C is one way out of several. The page :doc:`Take a network out, or bring one in </export>` has an example of each:
# JavaScript for a web page, ONNX, NumPy, PyTorch, Keras and safetensors.
#
# Exercises
# ---------
#
# 1. Write the function ``predict`` in Python without NumPy, with loops as in the C file, and compare it with ``net``.
#    Take the numbers from ``net[l].W``, ``net[l].b`` and ``net.standardizer``.
# 2. Export the network with ``dtype="float32"`` and look at the file. What changed besides the numbers? Why is the mean
#    of an input there twice?
# 3. An 8-bit integer has 256 values. Replace each weight of a layer by the nearest of 255 equally spaced numbers between
#    −w and w, where w is the largest weight of the layer in absolute value. How many predictions change?
#
# *In the playground:* ``pynn playground --lesson 16`` opens a setting for this lesson. Train, then export the network as C,
# and as a script that makes the same network.
#
# Answers: docs/answers/16_out_into_the_world.md
