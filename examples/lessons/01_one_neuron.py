"""
1. One neuron
=============

A network consists of many copies of one part, the neuron. A neuron multiplies each input by a weight, adds everything up,
adds a bias, and applies an activation function to the sum.

*What you learn:* the equation of a neuron, by hand and in NumPy; what weights and bias mean in the plane; how one neuron
decides between two classes, and what it cannot do.
"""

# %%
# The equation
# ------------
#
# A neuron has one weight for each input, and one bias. It computes the weighted sum z, then the activation a = g(z):
#
# .. math:: z = w_1 x_1 + w_2 x_2 + \cdots + w_n x_n + b = w^T x + b, \qquad a = g(z)
#
# (The name comes from biology: a nerve cell receives signals from other cells and sends a signal itself if they are strong
# enough. The likeness ends there. The page on sources says more.)
#
# Here are two inputs, with numbers that are easy to follow on paper. For g we take the sigmoid, which turns any number into
# a number between 0 and 1:
import math

import matplotlib.pyplot as plt
import numpy as np

import pynn
from pynn.translation import _  # puts the words of this lesson into your language

x = np.array([0.5, -1.0])           # the inputs, called features
w = np.array([2.0, 1.0])            # the weights
b = 0.5                             # the bias

z = w[0] * x[0] + w[1] * x[1] + b
a = 1 / (1 + math.exp(-z))
print(f"z = {w[0]} * {x[0]} + {w[1]} * ({x[1]}) + {b} = {z}")
print(f"a = 1 / (1 + e^-{z}) = {a:.4f}")

# %%
# The sum without the bias is a product of two vectors, wᵀx. For two inputs this is only shorter to write. For a thousand
# inputs it replaces a loop:
print(np.dot(w, x), "+", b)

# %%
# In pynn the same neuron is a network with one layer of one unit. Its weights are a matrix ``W`` with one row, and its bias
# is a column ``b`` with one entry. In the next lesson there will be more rows. (A new network starts with random weights.
# ``rng`` is the seed of these random numbers: the same seed gives the same numbers.)
net = pynn.Network([2, 1], output="sigmoid", rng=0)
net[1].W = [w]
net[1].b = [[b]]
print(net([x]))                     # each row is an example: here there is one

# %%
# ``plot.neuron`` draws it with these numbers, from the inputs on the left to the output on the right. (ŷ is the output, here
# the same as a. The small numbers mean layer 1 and unit 1; they are for the next lesson.)
pynn.plot.neuron(net, x)

# %%
# What the numbers mean
# ---------------------
#
# Where is z = 0? In the plane of two inputs this is a straight line, w₁x₁ + w₂x₂ + b = 0. On one side of the line, z is
# positive and the sigmoid is above ½. On the other side, z is negative and the sigmoid is below ½.
#
# - The vector w points in the direction in which z grows fastest. It is at right angles to the line.
# - The longer w is, the steeper the sigmoid is across the line.
# - The bias moves the line away from the origin.
#
# In the pictures, the sigmoid is above ½ in the blue part and below ½ in the orange part. The arrow is w.
choices = [
    ([2, 1], 0.5, "w = (2, 1), b = 0.5"),
    ([6, 3], 1.5, _("all of them times 3: steeper")),
    ([2, 1], -2.0, _("b = −2: the line has moved")),
]
figure, axes = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
for ax, (w, b, title) in zip(axes, choices, strict=True):
    net[1].W, net[1].b = [w], [[b]]
    pynn.plot.decision_surface(net, ax=ax, extent=(-3, 3, -3, 3))
    ax.set_title(title)
    ax.set_aspect("equal")
    ax.quiver(0, 0, *w, scale=25)               # the direction of w

# %%
# A neuron that decides
# ---------------------
#
# If we read a as the probability of class 1, a neuron answers a question with yes (class 1) or no (class 0). Here are two
# clouds of points, one around (−1, −1) and one around (1, 1). The neuron needs a line between them. ``fit`` finds it: it goes
# through all points again and again, here 50 times. Each round is called an epoch. Lessons 4 to 7 explain how ``fit`` works.
# The accuracy is the share of points that are on the right side of the line.
X, y = pynn.datasets.blobs(200, centers=[[-1, -1], [1, 1]], spread=0.7, rng=0)
net = pynn.Network([2, 1], output="sigmoid", rng=0)
print(_("accuracy before: {accuracy:.3f}", accuracy=net.score(X, y)))
net.fit(X, y, epochs=50, learning_rate=0.5)
print(_("accuracy after:  {accuracy:.3f}", accuracy=net.score(X, y)))
print(f"w = {net[1].W[0].round(2)}, b = {net[1].b[0, 0]:.2f}")
pynn.plot.decision_surface(net, X, y)

# %%
# What it cannot do
# -----------------
#
# A neuron can only draw a straight line. Where one class is a ring around the other, no line is good: the best one is right
# for 69 % of these points, and training does not even find that one.
X, y = pynn.datasets.circles(500, rng=0)
net = pynn.Network([2, 1], output="sigmoid", rng=0)
net.fit(X, y, epochs=200, learning_rate=0.5)
print(_("accuracy on the circles: {accuracy:.3f}", accuracy=net.score(X, y)))
pynn.plot.decision_surface(net, X, y)
plt.show()

# %%
# Several neurons together can do more. That is what layers are for.
#
# Exercises
# ---------
#
# 1. Write a neuron yourself: ``print(pynn.workbook.describe("neuron"))`` shows the task, and
#    ``pynn.workbook.check("neuron", your_function)`` tells you what is wrong with your function, if anything is.
# 2. Choose by hand the w and b of a neuron that is above ½ exactly where x₁ > x₂. Check it with
#    ``plot.decision_surface``, and ``plt.show()`` to see it.
# 3. Find w and b so that a neuron computes *and*: the inputs are 0 or 1, and the output is above ½ only for (1, 1). Then do
#    the same for *or*. Why is there no neuron for *exclusive or* (exactly one of the two inputs is 1)?
#
# *In the playground:* ``pynn playground --lesson 1`` opens a setting for this lesson. Click a weight and type another number:
# how does the border between the two colours move? What does the bias do?
#
# Answers: docs/answers/01_one_neuron.md
