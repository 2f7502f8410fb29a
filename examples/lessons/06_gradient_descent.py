"""
6. Gradient descent, and the learning rate
==========================================

The loss says how wrong a network is. Training makes it smaller, and the way it does is the same for one weight and for a
million: ask for the slope, take a step downhill, ask again. How long the steps are is set by one number, the learning rate,
and few numbers matter more for whether training succeeds.

*What you learn:* gradient descent with one parameter, with two and with all of a network; what a learning rate too small or
too large looks like; how to find a good one; what to do when training diverges.
"""

# %%
# One parameter, by hand
# ----------------------
#
# Take a loss that depends on one weight, J = (w − 3)². The least loss is at w = 3, but imagine that nobody knows. What
# one can compute wherever one stands is the slope, dJ/dw = 2 (w − 3). Where it is negative, J falls to the right, where
# it is positive, to the left. So go against the slope, and the further the steeper it is:
#
# .. math:: w \leftarrow w - \alpha \, \frac{dJ}{dw}
#
# α is the learning rate. Four steps from w = 0 with α = 0.1:
import textwrap

import matplotlib.pyplot as plt
import numpy as np

import pynn

w, alpha = 0.0, 0.1
for step in range(1, 5):
    slope = 2 * (w - 3)
    print(f"step {step}: w = {w:.3f} − {alpha} · ({slope:.3f})", end="")
    w -= alpha * slope
    print(f" = {w:.3f}, J = {(w - 3) ** 2:.3f}")

# %%
# The steps get shorter by themselves, because the slope gets smaller on the way: α stays the same. Each of these steps
# leaves
# 0.8 of the distance to the goal. With another α it is another share, for better or worse:


def walk(alpha, steps=10):
    path = [0.0]
    for _ in range(steps):
        path.append(path[-1] - alpha * 2 * (path[-1] - 3))
    return np.array(path)


figure, axes = plt.subplots(1, 3, figsize=(9, 3.4), sharey=True, layout="constrained")
w = np.linspace(-6, 12, 200)
for ax, alpha in zip(axes, (0.02, 0.4, 1.05), strict=True):
    path = walk(alpha)
    ax.plot(w, (w - 3) ** 2, color="0.6")
    ax.plot(path, (path - 3) ** 2, "o-", markersize=4)
    ax.set(xlabel="w", ylim=(-3, 65), title=f"α = {alpha}")
    print(f"α = {alpha}: J = {((path - 3) ** 2)[-1]:.4f} after 10 steps")
axes[0].set_ylabel("J")

# %%
# With α = 0.02 ten steps make a third of the way. With 0.4 a few steps are enough. With 1.05 every step jumps over the
# goal and lands higher up on the other side, where the slope is steeper and the next jump is longer still: the descent
# diverges.
#
# Two parameters
# --------------
#
# With more parameters there is a slope for each, found by moving this one alone; together they are called the gradient.
# Every parameter takes its own step, all at once. ``plot.descent`` shows it on a landscape with hills, a loss that
# depends on two numbers a and b. The path goes from the white dot to the star.
solid = {"projection": "3d"}
figure, axes = plt.subplots(1, 3, figsize=(9, 3.8), layout="constrained", subplot_kw=solid)
pynn.plot.descent(axes=axes)

# %%
# The first is still on its way, the second has arrived. The third left its valley with the first step and ended far off,
# in another one, where its steps are too long to come to rest. No path knows the landscape. Each sees only the slope
# under its feet, and so gradient descent finds a valley near its start, not always the deepest.
#
# Two parameters of a network
# ---------------------------
#
# A network's loss is such a landscape too, over as many directions as it has parameters. Here two of the 17 of a small
# network move, the weight of the first input in unit 1 and the weight of unit 1 in the output; the other 15 stay as they
# are. ``entries`` are their places in ``net.parameters``, where all weights and biases stand in one row.
X, y = pynn.datasets.circles(500, rng=0)
net = pynn.Network([2, 4, 1], rng=1)
figure, axes = plt.subplots(1, 3, figsize=(9, 3.6), layout="constrained", sharey=True)
rates = [1, 10, 40]
pynn.plot.descent(net, X, y, axes, entries=(0, 12), learning_rates=rates, kind="contour")

# %%
# The white lines join points of equal loss, as on a map those of equal height; darker is lower. The first path is slow;
# the second turns into a valley and follows it; the third jumps from side to side of the valley and gets no further. What
# is good depends on the landscape: in the one before, 3 was too large.
#
# All parameters
# --------------
#
# Nothing new is needed for all 17. ``net.backward`` computes the loss and the gradient (lesson 7 shows how), and
# ``net.descend`` takes the step in every layer:
#
# .. math:: W^{[l]} \leftarrow W^{[l]} - \alpha \, dW^{[l]}, \qquad b^{[l]} \leftarrow b^{[l]} - \alpha \, db^{[l]}
for step in range(401):
    gradients = net.backward(X, y)
    if step in (0, 1, 10, 50, 100, 200, 400):
        print(f"step {step:3}: loss {gradients.loss:.4f}, accuracy {net.score(X, y):.3f}")
    net.descend(gradients, learning_rate=1.0)

# %%
# The loss falls from the first step, the accuracy went down before it went up: each step lowers the loss, and the
# accuracy only follows (lesson 4). ``net.fit`` is this loop, with the difference that it takes a step after every few
# examples, 32 if not told otherwise, and not only after all of them; lesson 12 says why. Going once through all examples
# is called an epoch. The same network after 50 epochs with different learning rates, each ten times the one before:
for alpha in (0.001, 0.01, 0.1, 1.0, 10.0):
    net = pynn.Network([2, 4, 1], rng=1)
    net.fit(X, y, epochs=50, learning_rate=alpha)
    found = net.evaluate(X, y)
    print(f"α = {alpha:6}: loss {found['loss']:.4f}, accuracy {found['accuracy']:.3f}")

# %%
# Finding a learning rate
# -----------------------
#
# The table is one way to find a learning rate: try powers of ten, and stay below the first that fails. A quicker way is
# the range test. It trains a copy of the network for up to 200 steps, each with a slightly larger α than the one before,
# and watches the loss. ``find_learning_rate`` does this and suggests a tenth of the α where the loss was least, to keep a
# distance from the edge.
net = pynn.Network([2, 4, 1], rng=1)
found = pynn.find_learning_rate(net, X, y)
print(f"suggestion: {found.suggestion:.2f}")
pynn.plot.range_test(found)

# %%
# Read the curve from the left: nothing moves, then the loss falls, then it shoots up. The falling part has the learning
# rates that work. It agrees with the table, where 0.1 and 1 were good and 10 was not. The suggestion is a start; try a
# larger and a smaller one too.
net.fit(X, y, epochs=50, learning_rate=found.suggestion)
print(f"loss {net.evaluate(X, y)['loss']:.4f}, accuracy {net.score(X, y):.3f}")

# %%
# Divergence
# ----------
#
# In the table α = 10 only learned nothing: its long steps left all four relus at 0 for every example, where their slope
# is 0 (lesson 3). The slope of the cross-entropy by z stays between −1 and 1 (lesson 4), however far a step has jumped,
# which holds the jumps back, though a deep network can overflow with it too. That of the squared error grows with the
# distance, as in the bowl (w − 3)², and the jumps grow with it until the numbers overflow. pynn then stops with a
# ``DivergenceError``, puts the network back to what it was before, and says what to do. The error has the losses so far
# in its ``history``:
X, y = pynn.datasets.sine(300, rng=0)
net = pynn.Network([1, 16, 1], hidden="tanh", output="linear", rng=0)
print(f"before: loss {net.evaluate(X, y)['loss']:.4f}")
try:
    net.fit(X, y, epochs=50, learning_rate=1.0)
except pynn.DivergenceError as error:
    print(textwrap.fill(str(error), 76))
    print("losses:", ", ".join(f"{loss:.0e}" for loss in error.history.loss[:4]), "…")
print(f"after:  loss {net.evaluate(X, y)['loss']:.4f}")

# %%
# With the suggestion of a range test the same network trains:
found = pynn.find_learning_rate(net, X, y)
net.fit(X, y, epochs=500, learning_rate=found.suggestion)
print(f"α = {found.suggestion:.4f}: loss {net.evaluate(X, y)['loss']:.4f}")
plt.show()

# %%
# Exercises
# ---------
#
# 1. Write the step for all layers of a network: ``print(pynn.workbook.describe("descend"))`` has the task, and
#    ``pynn.workbook.check("descend", your_function)`` looks at the result.
# 2. Make the bowl of the first section five times as steep, J = 5 (w − 3)². With which α is the goal reached in a single
#    step, and from which on does the descent diverge? Find both on paper, then try them.
# 3. Multiply the X of the circles by 10 and by 100, run the range test on each, and compare the suggestions. Why does the
#    message of the ``DivergenceError`` say something about the inputs?
