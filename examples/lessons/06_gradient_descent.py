"""
6. Gradient descent, and the learning rate
==========================================

The loss says how wrong a network is. Training makes the loss smaller, and it works in the same way for one weight and for a
million weights: find the slope, take a step downhill, and repeat. One number sets the length of the steps, the learning rate.
Few numbers matter more for the success of the training.

*What you learn:* gradient descent with one parameter, with two, and with all parameters of a network; why it goes *against*
the gradient; what happens if the learning rate is too small or too large; how to find a good one; what to do when training
diverges.
"""

# %%
# One parameter, by hand
# ----------------------
#
# Take a loss that depends on one weight, J = (w − 3)². It is least at w = 3, but imagine that nobody knows this. At any w we
# can compute the slope, dJ/dw = 2 (w − 3). (This is the square and the chain rule of lesson 5.) Where the slope is negative,
# J falls to the right. Where it is positive, J falls to the left. So we go against the slope, and further where it is
# steeper:
#
# .. math:: w \leftarrow w - \alpha \, \frac{dJ}{dw}
#
# α is the learning rate. Here are four steps from w = 0 with α = 0.1:
import textwrap

import matplotlib.pyplot as plt
import numpy as np

import pynn
from pynn.translation import _  # puts the words of this lesson into your language

w, alpha = 0.0, 0.1
for step in range(1, 5):
    slope = 2 * (w - 3)
    print(_("step {step}: w = {w:.3f} - {alpha} * ({slope:.3f})", step=step, w=w, alpha=alpha, slope=slope), end="")
    w -= alpha * slope
    print(f" = {w:.3f}, J = {(w - 3) ** 2:.3f}")

# %%
# The steps get shorter by themselves, because the slope gets smaller on the way. α stays the same. Each of these steps leaves
# 0.8 of the distance to the minimum. Another α leaves another share:


def walk(alpha, steps=10):
    path = [0.0]
    while len(path) <= steps:
        path.append(path[-1] - alpha * 2 * (path[-1] - 3))
    return np.array(path)


figure, axes = plt.subplots(1, 3, figsize=(9, 3.4), sharey=True, layout="constrained")
w = np.linspace(-6, 12, 200)
for ax, alpha in zip(axes, (0.02, 0.4, 1.05), strict=True):
    path = walk(alpha)
    ax.plot(w, (w - 3) ** 2, color="0.6")
    ax.plot(path, (path - 3) ** 2, "o-", markersize=4)
    ax.set(xlabel="w", ylim=(-3, 65), title=f"α = {alpha}")
    print(_("alpha = {alpha}: J = {J:.4f} after 10 steps", alpha=alpha, J=((path - 3) ** 2)[-1]))
axes[0].set_ylabel("J")

# %%
# With α = 0.02, ten steps go a third of the way. With 0.4, a few steps are enough. With 1.05, every step jumps over the
# minimum and lands higher up on the other side. There the slope is steeper, so the next jump is even longer: the descent
# diverges.
#
# Two parameters
# --------------
#
# With more parameters, there is a slope for each: move this parameter and leave the others as they are. Together these slopes
# are the gradient. Every parameter takes its own step, all at the same time. ``plot.descent`` shows this on a landscape with
# hills, a loss that depends on two numbers a and b. The path goes from the white dot to the star.
solid = {"projection": "3d"}
figure, axes = plt.subplots(1, 3, figsize=(9, 3.8), layout="constrained", subplot_kw=solid)
pynn.plot.descent(axes=axes)

# %%
# The first path is still on its way, and the second has arrived. The third left its valley with the first step and ended in
# another valley, where its steps are too long to come to rest. No path knows the landscape: at each point, only the slope at
# this point is known. So gradient descent finds a valley near its start, not always the deepest one.
#
# Why against the gradient?
# -------------------------
#
# The gradient is a list of slopes, so it is also a direction: an arrow in the plane of a and b. Some texts say that descent
# moves "in the direction of the gradient". What they mean is *against* it. Along the gradient the loss rises, and it rises
# faster than in any other direction. Here is why. In a small step d, each parameter changes J by its slope times its own
# movement, and the changes add up:
#
# .. math:: J(\theta + d) - J(\theta) \approx \sum_k \frac{\partial J}{\partial \theta_k} \, d_k
#           = |\nabla J| \, |d| \, \cos \varphi
#
# θ stands for all parameters, and φ is the angle between the gradient and the step. For steps of one length, the change is
# greatest for φ = 0 (cos φ = 1, along the gradient), and least for φ = 180° (cos φ = −1, against it). At a right angle, J
# hardly changes. Take J = a² + 2b² at the point (2, 1), where the gradient is (2a, 4b) = (4, 4):
def bowl(point):
    return point[0] ** 2 + 2 * point[1] ** 2


point, length = np.array([2.0, 1.0]), 0.01
along = np.array([4, 4]) / np.sqrt(32)              # the direction of the gradient, of length 1
for degrees in (0, 45, 90, 135, 180, 225):
    angle = np.radians(degrees)
    turned = np.array([np.cos(angle) * along[0] - np.sin(angle) * along[1],
                       np.sin(angle) * along[0] + np.cos(angle) * along[1]])
    change = bowl(point + length * turned) - bowl(point)
    print(_("{degrees:3} degrees from the gradient: J changes by {change:8.5f}, "
            "|grad J| |d| cos phi = {predicted:8.5f}",
            degrees=degrees, change=change, predicted=np.sqrt(32) * length * np.cos(angle)))

# %%
# Two parameters of a network
# ---------------------------
#
# A network's loss is such a landscape too, with as many directions as there are parameters. Here two of the 17 parameters of
# a small network move: the weight from input 1 to unit 1, and the weight from unit 1 to the output. The other 15 stay as they
# are. ``entries`` are their places in ``net.parameters``, which contains all weights and biases in one row.
X, y = pynn.datasets.circles(500, rng=0)
net = pynn.Network([2, 4, 1], rng=1)
figure, axes = plt.subplots(1, 3, figsize=(9, 3.6), layout="constrained", sharey=True)
rates = [1, 8, 15]
pynn.plot.descent(net, X, y, axes, entries=(0, 12), learning_rates=rates, kind="contour")

# %%
# The white lines join points of equal loss, as the lines on a map join points of equal height. Darker is lower. The first
# path is slow. The second turns into a valley and follows it. The third jumps from side to side of the valley. A good
# learning rate depends on the landscape: in the landscape before, 3 was too large.
#
# All parameters
# --------------
#
# For all 17 parameters, nothing new is needed. ``net.backward`` computes the loss and the gradient (lesson 7 shows how).
# ``net.descend`` takes the step in every layer:
#
# .. math:: W^{[l]} \leftarrow W^{[l]} - \alpha \, dW^{[l]}, \qquad b^{[l]} \leftarrow b^{[l]} - \alpha \, db^{[l]}
for step in range(401):
    gradients = net.backward(X, y)
    if step in (0, 1, 10, 50, 100, 200, 400):
        print(_("step {step:3}: loss {loss:.4f}, accuracy {accuracy:.3f}",
                step=step, loss=gradients.loss, accuracy=net.score(X, y)))
    net.descend(gradients, learning_rate=1.0)

# %%
# The loss falls from the first step on. The accuracy goes down at first: training lowers the loss, and the accuracy only
# follows (lesson 4). ``net.fit`` is this loop with one difference. It takes a step after every few examples, by default 32,
# and not only after all of them. Lesson 12 explains why. One pass through all examples is called an epoch. Here is the same
# network after 50 epochs with different learning rates, each ten times the one before:
for alpha in (0.001, 0.01, 0.1, 1.0, 10.0):
    net = pynn.Network([2, 4, 1], rng=1)
    net.fit(X, y, epochs=50, learning_rate=alpha)
    found = net.evaluate(X, y)
    print(_("alpha = {alpha:6}: loss {loss:.4f}, accuracy {accuracy:.3f}",
            alpha=alpha, loss=found["loss"], accuracy=found["accuracy"]))

# %%
# Finding a learning rate
# -----------------------
#
# The table is one way to find a learning rate: try powers of ten, and stay below the first that fails. The range test is
# quicker. It trains a copy of the network for up to 200 steps, each with a slightly larger α than the step before, and
# records the loss. ``find_learning_rate`` does this. It suggests a tenth of the α where the loss was least, to keep a
# distance from the α that fails.
net = pynn.Network([2, 4, 1], rng=1)
found = pynn.find_learning_rate(net, X, y)
print(_("suggestion: {suggestion:.2f}", suggestion=found.suggestion))
pynn.plot.range_test(found)

# %%
# Read the curve from the left: first nothing happens, then the loss falls, then it shoots up. The learning rates of the
# falling part work. This agrees with the table, where 0.1 and 1 were good and 10 was not. The suggestion is a start. Try a
# larger and a smaller α too.
net.fit(X, y, epochs=50, learning_rate=found.suggestion)
print(_("loss {loss:.4f}, accuracy {accuracy:.3f}", loss=net.evaluate(X, y)["loss"], accuracy=net.score(X, y)))

# %%
# Divergence
# ----------
#
# In the table, α = 10 learned nothing: its long steps left all four relus at 0 for every example, where their slope is 0
# (lesson 3). But the numbers did not overflow. The slope of the cross-entropy with respect to z stays between −1 and 1
# (lesson 4), however far a step has jumped, and this limits the jumps. (In a deep network they can overflow too.)
#
# The slope of the squared error has no limit: it grows with the distance, as in the bowl (w − 3)². So the jumps grow, until
# the numbers overflow. Then pynn stops with a ``DivergenceError``. It puts the network back to its state before ``fit``, and
# says what to do. ``history`` of the error contains the losses so far:
X, y = pynn.datasets.sine(300, rng=0)
net = pynn.Network([1, 16, 1], hidden="tanh", output="linear", rng=0)
print(_("before: loss {loss:.4f}", loss=net.evaluate(X, y)["loss"]))
try:
    net.fit(X, y, epochs=50, learning_rate=1.0)
except pynn.DivergenceError as error:
    print(textwrap.fill(str(error), 76))
    print(_("losses:"), ", ".join(f"{loss:.0e}" for loss in error.history.loss[:4]), "...")
print(_("after:  loss {loss:.4f}", loss=net.evaluate(X, y)["loss"]))

# %%
# With the suggestion of a range test the same network trains:
found = pynn.find_learning_rate(net, X, y)
net.fit(X, y, epochs=500, learning_rate=found.suggestion)
print(_("alpha = {suggestion:.4f}: loss {loss:.4f}", suggestion=found.suggestion, loss=net.evaluate(X, y)["loss"]))
plt.show()

# %%
# Exercises
# ---------
#
# 1. Write the step for all layers of a network: ``print(pynn.workbook.describe("descend"))`` shows the task, and
#    ``pynn.workbook.check("descend", your_function)`` checks your function.
# 2. Make the bowl of the first section five times as steep, J = 5 (w − 3)². Which α reaches the minimum in a single step?
#    From which α on does the descent diverge? Find both on paper, then try them.
# 3. Multiply the X of the circles by 10 and by 100. Run the range test on each, and compare the suggestions. Why does the
#    message of the ``DivergenceError`` mention the inputs?
#
# *In the playground:* ``pynn playground --lesson 6`` opens a setting for this lesson. Compare the learning rates 0.01, 0.1, 1
# and 10 from the same start. Which crawls, which learns, which diverges?
#
# Answers: docs/answers/06_gradient_descent.md
