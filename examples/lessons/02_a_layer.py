"""
2. A layer, and many examples at once
=====================================

A neuron answers one question about one example. A layer has several neurons with the same inputs, and a data set has many
examples. One product of two matrices computes all neurons for all examples. This is how a network is written down, and also
how it is computed.

*What you learn:* why neurons are the rows of a matrix W and examples are the columns of a matrix X; the shapes in
Z = W X + b; how much faster this is than loops; how layers follow one another.
"""

# %%
# Several neurons
# ---------------
#
# Take the input of lesson 1 again, and three neurons. The first is the neuron of lesson 1. The other two have their own
# weights and biases. Each of them computes its sum:
import timeit

import matplotlib.pyplot as plt
import numpy as np

import pynn
from pynn.translation import _  # puts the words of this lesson into your language

x = np.array([0.5, -1.0])
neurons = [([2.0, 1.0], 0.5), ([-1.0, 1.0], 0.0), ([0.0, -2.0], 1.0)]       # (w, b) of each
for i, (w, b) in enumerate(neurons, start=1):
    print(f"z{i} = {w[0]:4} * {x[0]} + {w[1]:4} * ({x[1]}) + {b} = {np.dot(w, x) + b:4}")

# %%
# Put the weights of each neuron into a row of a matrix W, and its bias into a row of a column b. The product W x multiplies
# each row of W by x. Then b is added. This gives the three lines above:
#
# .. math:: W = \begin{bmatrix} w_1^T \\ w_2^T \\ w_3^T \end{bmatrix}, \qquad z = W x + b
#
# These neurons together are a layer. In a layer, a neuron is called a unit. In pynn, ``net[1]`` is the first layer, and its
# ``W`` and ``b`` are exactly these matrices.
W = np.array([weights for weights, bias in neurons])        # (3, 2): 3 units, 2 inputs
b = np.array([[bias] for weights, bias in neurons])         # (3, 1): a column
net = pynn.Network([2, 3], output="sigmoid", rng=0)
net[1].W, net[1].b = W, b
print(net[1].W)
print(net[1].b)

# %%
# ``plot.layer`` shows the units with their numbers. Below, it shows the same as an equation of matrices. The small [1] means
# layer 1. Layer 0 is the input, so a[0] is x.
pynn.plot.layer(net, x)

# %%
# Each unit has its own line z = 0 in the plane of the two inputs. In these maps, blue is where the sigmoid of the unit is
# above ½, and orange is where it is below ½. (x₁ goes to the right and x₂ goes up, both from −3 to 3.)
figure, axes = plt.subplots(1, 3, figsize=(9, 3.2), layout="constrained")
pynn.plot.unit_maps(net, axes=axes, extent=(-3, 3, -3, 3))

# %%
# Several examples
# ----------------
#
# Now there are four examples instead of one. They become the columns of a matrix X. Column j of W X is W times example j. So
# the sums of all units for all examples are
#
# .. math:: Z = W X + b, \qquad A = g(Z)
#
# where g is applied to every entry of Z. ``pynn.reference`` contains the equations of the whole course in plain NumPy. Its
# function ``layer`` is this equation.
X = np.array([[0.5, 2.0, 1.0, -1.0],            # feature 1 of the four examples
              [-1.0, 0.0, 1.0, 2.0]])           # feature 2
Z, A = pynn.reference.layer(W, b, X, pynn.reference.sigmoid)
for name, matrix in {"W": W, "X": X, "b": b, "Z": Z, "A": A}.items():
    print(name, matrix.shape)
print(Z)                                        # its first column is the example from above

# %%
# One entry of the product is a row of W that meets a column of X: the two lists of numbers are multiplied entry by entry, and
# the products are added up. Row 2 belongs to unit 2, and column 4 to example 4:
i, j = 1, 3                                     # Python counts from 0
figure, ax = plt.subplots(figsize=(8, 2.8), layout="constrained")
for name, left, matrix, row, column in (("W", 0, W, i, None), ("X", 3, X, None, j), ("W X", 8, W @ X, i, j)):
    for (r, c), value in np.ndenumerate(matrix):
        meets = (row is None or r == row) and (column is None or c == column)
        color = "#bcd9ef" if meets else "#f4f4f4"
        ax.add_patch(plt.Rectangle((left + c, -r), 0.95, 0.95, facecolor=color))
        ax.text(left + c + 0.47, 0.47 - r, f"{value:g}", ha="center", va="center", fontsize=13)
    ax.text(left + matrix.shape[1] / 2, 1.2, f"{name}, {matrix.shape}", ha="center")
ax.text(7.5, 0.4, "=", ha="center", va="center", fontsize=16)
terms = " + ".join(f"({W[i, k]:g}) · ({X[k, j]:g})" for k in range(2))
ax.text(6, -2.7, _("row {i} meets column {j}:   {terms} = {entry:g}",
                   i=i + 1, j=j + 1, terms=terms, entry=(W @ X)[i, j]), ha="center", fontsize=12)
ax.set(xlim=(-0.1, 12.1), ylim=(-3, 1.6))
ax.set_axis_off()

# %%
# The shapes fit: (3, 2) times (2, 4) is (3, 4), a row for every unit and a column for every example. The two numbers in the
# middle must be equal, and they disappear. But b has only one column, and W X has four. NumPy adds b to every column; this is
# called broadcasting. The difference of Z and W X is the same b four times:
print(Z - W @ X)

# %%
# This works because b is a column, (3, 1). NumPy treats a flat array of 3 numbers as a row. With four examples, NumPy refuses
# to add such a row to W X. With three examples it adds the row, and the result is wrong without any error. Of these two, only
# the first gives each unit its own bias:
print(np.zeros((3, 3)) + b)
print(np.zeros((3, 3)) + b.ravel())

# %%
# A loop, or an equation
# ----------------------
#
# Here is Z = W X + b again, in plain Python with three nested loops:


def by_loops(W, b, X):
    Z = [[b_i for x in X[0]] for [b_i] in b]
    for i in range(len(W)):                     # every unit
        for j in range(len(X[0])):              # every example
            for k in range(len(X)):             # every input
                Z[i][j] += W[i][k] * X[k][j]
    return Z


# %%
# We time both on a layer of 32 units with 32 inputs and 500 examples. Each is run several times, and the shortest time
# counts:
rng = np.random.default_rng(0)
matrices = [rng.standard_normal(shape) for shape in ((32, 32), (32, 1), (32, 500))]
lists = [matrix.tolist() for matrix in matrices]        # loops are faster over plain lists


def by_equation():
    return pynn.reference.layer(*matrices, pynn.reference.linear)[0]        # g(z) = z


difference = np.abs(by_loops(*lists) - by_equation()).max()
loops = min(timeit.repeat(lambda: by_loops(*lists), number=1, repeat=3))
equation = min(timeit.repeat(by_equation, number=1, repeat=30))
print(_("loops:    {loops:8.3f} ms", loops=1000 * loops))
print(_("equation: {equation:8.3f} ms, {factor:.0f} times as fast",
        equation=1000 * equation, factor=loops / equation))
print(_("largest difference between the results: {difference:.0e}", difference=difference))

# %%
# The factor depends on the machine. For each of the half million products, Python has to read instructions, look up objects
# and create new ones. The equation is one call from Python; then compiled code goes through the numbers, several in one
# instruction. (The tiny difference between the results is rounding: the terms of a sum are added in another order.)
#
# Rows outside, columns inside
# ----------------------------
#
# In a table of data, every example is a row. Python's data libraries do the same. In the equations, an example is a column.
# The step between them is the *transpose*: rows become columns and columns become rows, so that a matrix of shape (2, 4) gets
# the shape (4, 2). It is written Xᵀ, and in NumPy ``X.T``. pynn takes rows and returns rows, and transposes them in between:
# A[0], the input of layer 1, is the transpose of the X that you pass.
examples = X.T                                  # (4, 2): as a table, an example in each row
step = net.forward(examples)
print(_("examples in rows:"), examples.shape)
print("A[0]:            ", step.A[0].shape)
print(_("Z[1] and A[1]:   "), step.Z[1].shape, step.A[1].shape)
print("net(examples):   ", net(examples).shape)
print(_("Z[1] is the Z from above:"), np.allclose(step.Z[1], Z))

# %%
# Layer after layer
# -----------------
#
# The output of a layer, A[1], is again a matrix with a column for every example. So it can be the input of the next layer.
# For layer l, with n[l] units and m examples:
#
# .. math:: Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}, \qquad A^{[l]} = g^{[l]}(Z^{[l]})
#
# W[l] has a row for each unit of layer l, and a column for each unit of layer l−1. Here are the shapes of the network that
# lesson 9 trains on the circles. The layers between the input and the output are called hidden. ``relu`` is an activation;
# the next lesson explains it.
net = pynn.Network([2, 4, 6, 6, 4, 1], rng=0)
print(net.summary())
step = net.forward(examples)
print()
for l in range(1, len(net) + 1):
    print(_("Z[{l}] = W[{l}] A[{before}] + b[{l}]: {W} * {A} + {b} gives {Z}",
            l=l, before=l - 1, W=net[l].W.shape, A=step.A[l - 1].shape, b=net[l].b.shape, Z=step.Z[l].shape))

# %%
# ``plot.network`` draws every weight as a line. The network is not trained yet, so these are the random numbers that it
# starts with. Blue weights are positive, and orange weights are negative.
pynn.plot.network(net)
plt.show()

# %%
# Exercises
# ---------
#
# 1. Write the sums of a layer yourself, without a loop over units or examples:
#    ``print(pynn.workbook.describe("layer_forward"))`` shows the task, and ``pynn.workbook.check("layer_forward",
#    your_function)`` tells you what is wrong, if anything is. Then make two mistakes on purpose: leave out b, and use a flat
#    b. Read what ``check`` says.
# 2. A network has 3 inputs, 5 hidden units and 2 outputs. Write down the shapes of W[1], b[1], W[2] and b[2], the shapes of
#    Z[1] and Z[2] for 7 examples, and the number of parameters. Compare with ``summary()`` and ``forward``.
# 3. There is a way between the three loops and the equation: one loop over the examples, with ``W @ x`` for each. Write it
#    and time it on the same matrices. How many times faster is it than the three loops, and how many times slower than the
#    equation? Then time all three with 1 input and 1 unit, and explain the surprise.
#
# *In the playground:* ``pynn playground --lesson 2`` opens a setting for this lesson. Look at the maps of the three units.
# Each folds the plane along one line. Add a unit, remove a unit.
#
# Answers: docs/answers/02_a_layer.md
