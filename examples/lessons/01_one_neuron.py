"""
1. One neuron
=============

A network is made of one part, used many times. Here is the part: it weighs its inputs, adds a bias, and bends the sum with
an activation function.

*What you learn:* the equation of a neuron, in a loop and in NumPy; what weights and bias mean in the plane; how one neuron
decides between two classes, and what it cannot do.
"""

# %%
# The equation
# ------------
#
# A neuron has a weight for each of its inputs and one bias. It computes the weighted sum z, then the activation a = g(z):
#
# .. math:: z = w_1 x_1 + w_2 x_2 + \cdots + w_n x_n + b = w^T x + b, \qquad a = g(z)
#
# Take two inputs and numbers that are easy to follow on paper, and the sigmoid for g, which makes of any number one
# between 0 and 1:
import math

import matplotlib.pyplot as plt
import numpy as np

import pynn

x = np.array([0.5, -1.0])           # the inputs, called features
w = np.array([2.0, 1.0])            # the weights
b = 0.5                             # the bias

z = w[0] * x[0] + w[1] * x[1] + b
a = 1 / (1 + math.exp(-z))
print(f"z = {w[0]} · {x[0]} + {w[1]} · ({x[1]}) + {b} = {z}")
print(f"a = 1 / (1 + e^−{z}) = {a:.4f}")

# %%
# The sum is a product of two vectors, wᵀx. For two inputs that only saves writing; for a thousand it saves a loop:
print(np.dot(w, x), "+", b)

# %%
# The same neuron in pynn is a network with a single layer of a single unit. Its weights are a matrix ``W`` with one row,
# its bias a column ``b`` with one entry: in the next lesson there will be more rows. (``rng`` is the seed of the random
# numbers that it starts from: the same seed gives the same numbers.)
net = pynn.Network([2, 1], output="sigmoid", rng=0)
net[1].W = [w]
net[1].b = [[b]]
print(net([x]))                     # one example in each row: here there is one

# %%
# ``plot.neuron`` draws it with these numbers, from the inputs on the left to the output on the right. (ŷ is a, the
# output; the small numbers, which say layer 1 and unit 1, are for the next lesson.)
pynn.plot.neuron(net, x)

# %%
# What the numbers mean
# ---------------------
#
# Where is z = 0? In the plane of two inputs that is a straight line, w₁x₁ + w₂x₂ + b = 0. On one side z is positive and
# the sigmoid above ½, on the other it is below. The weights are the direction in which z grows, at right angles to the
# line; the longer the vector w, the steeper the sigmoid; the bias moves the line away from the origin. In the pictures
# the sigmoid is above ½ where they are orange, below where they are blue.
choices = [
    ([2, 1], 0.5, "w = (2, 1), b = 0.5"),
    ([6, 3], 1.5, "all times 3: steeper"),
    ([2, 1], -2.0, "b = −2: the line has moved"),
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
# Read a as the probability of class 1, and a neuron answers a question with yes or no. Two clouds of points, one around
# (−1, −1) and one around (1, 1), need the line between them. Nobody has to find it by hand: ``fit`` does, and how it does
# is the matter of lessons 4 to 7: it goes through the points again and again, here in 50 rounds, called epochs. The
# accuracy is the share of points on their right side.
X, y = pynn.datasets.blobs(200, centers=[[-1, -1], [1, 1]], spread=0.7, rng=0)
net = pynn.Network([2, 1], output="sigmoid", rng=0)
print(f"accuracy before: {net.score(X, y):.3f}")
net.fit(X, y, epochs=50, learning_rate=0.5)
print(f"accuracy after:  {net.score(X, y):.3f}")
print(f"w = {net[1].W[0].round(2)}, b = {net[1].b[0, 0]:.2f}")
pynn.plot.decision_surface(net, X, y)

# %%
# What it cannot do
# -----------------
#
# A straight line is all that a neuron has. For a ring of one class around another no line is good: the best is right for
# 69 % of these points, and training does not find even that one.
X, y = pynn.datasets.circles(500, rng=0)
net = pynn.Network([2, 1], output="sigmoid", rng=0)
net.fit(X, y, epochs=200, learning_rate=0.5)
print(f"accuracy on the circles: {net.score(X, y):.3f}")
pynn.plot.decision_surface(net, X, y)
plt.show()

# %%
# That is what layers are for.
#
# Exercises
# ---------
#
# 1. Write a neuron yourself, and have it checked: ``print(pynn.workbook.describe("neuron"))`` has the task, and
#    ``pynn.workbook.check("neuron", your_function)`` says what is wrong with it, if anything is.
# 2. Choose by hand the w and b of a neuron that is above ½ exactly where x₁ > x₂. Check it with
#    ``plot.decision_surface``, and ``plt.show()`` to see it.
# 3. Find w and b such that a neuron computes *and*: of inputs that are 0 or 1, it is above ½ only for (1, 1). Then *or*.
#    Why is there none for *either, but not both*?
