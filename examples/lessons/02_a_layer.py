"""
2. A layer, and many examples at once
=====================================

A neuron answers one question about one example. A layer is several neurons that look at the same inputs, and a data set is
many examples. Both kinds of "many" fit into one product of two matrices, and that is how a network is written down and how
it is computed.

*What you learn:* how neurons become the rows of a matrix W and examples the columns of a matrix X; the shapes in
Z = W X + b; how much faster that is than loops; how layers follow one another.
"""

# %%
# Several neurons
# ---------------
#
# Take the input of lesson 1 again and three neurons. The first is the one of lesson 1, the other two have weights and a
# bias of their own. One by one, each computes its sum:
import timeit

import matplotlib.pyplot as plt
import numpy as np

import pynn

x = np.array([0.5, -1.0])
neurons = [([2.0, 1.0], 0.5), ([-1.0, 1.0], 0.0), ([0.0, -2.0], 1.0)]       # (w, b) of each
for i, (w, b) in enumerate(neurons, start=1):
    print(f"z{i} = {w[0]:4} · {x[0]} + {w[1]:4} · ({x[1]}) + {b} = {np.dot(w, x) + b:4}")

# %%
# Put the weights of each neuron into a row of a matrix W and its bias into a row of a column b. The product W x takes
# each row of W times x, and adding b completes the three lines above:
#
# .. math:: W = \begin{bmatrix} w_1^T \\ w_2^T \\ w_3^T \end{bmatrix}, \qquad z = W x + b
#
# Such neurons side by side are a layer, and in a layer a neuron is called a unit. In pynn, ``net[1]`` is the first layer,
# and its ``W`` and ``b`` are just these matrices.
W = np.array([weights for weights, bias in neurons])        # (3, 2): 3 units, 2 inputs
b = np.array([[bias] for weights, bias in neurons])         # (3, 1): a column
net = pynn.Network([2, 3], output="sigmoid", rng=0)
net[1].W, net[1].b = W, b
print(net[1].W)
print(net[1].b)

# %%
# ``plot.layer`` shows the units with their numbers and, below, the same as an equation of matrices. The small [1] says
# that something belongs to layer 1; layer 0 is the input, so a[0] is x.
pynn.plot.layer(net, x)

# %%
# Each unit has its own line z = 0 in the plane of the two inputs, and its own side of it. Where the sigmoid is above ½
# the map is orange, where it is below ½ blue (x₁ goes to the right and x₂ up, both from −3 to 3):
figure, axes = plt.subplots(1, 3, figsize=(9, 3.2), layout="constrained")
pynn.plot.unit_maps(net, axes=axes, extent=(-3, 3, -3, 3))

# %%
# Several examples
# ----------------
#
# Now there are four inputs x instead of one. They become the columns of a matrix X. Column j of W X is W times example j,
# so all sums of all units for all examples are
#
# .. math:: Z = W X + b, \qquad A = g(Z)
#
# with the activation g taken of every entry. ``pynn.reference`` has the equations of the whole course in plain NumPy; its
# ``layer`` is this one.
X = np.array([[0.5, 2.0, 1.0, -1.0],            # feature 1 of the four examples
              [-1.0, 0.0, 1.0, 2.0]])           # feature 2
Z, A = pynn.reference.layer(W, b, X, pynn.reference.sigmoid)
for name, matrix in {"W": W, "X": X, "b": b, "Z": Z, "A": A}.items():
    print(name, matrix.shape)
print(Z)                                        # its first column is the example from above

# %%
# The shapes fit: (3, 2) times (2, 4) is (3, 4), a row for every unit, a column for every example. But b has
# only one column, and W X has four. NumPy adds it to every column; this is called broadcasting. What W X lacks to be Z is
# the same b four times:
print(Z - W @ X)

# %%
# That works because b is a column, (3, 1). A flat array of 3 numbers counts as a row. With four examples NumPy would
# refuse to add it to W X; with three it would go through, and be wrong without a word. Of these two, only the first gives
# unit i its own bias:
print(np.zeros((3, 3)) + b)
print(np.zeros((3, 3)) + b.ravel())

# %%
# A loop, or an equation
# ----------------------
#
# Here is Z = W X + b once more in plain Python, with three loops one inside the other:


def by_loops(W, b, X):
    Z = [[b_i for x in X[0]] for [b_i] in b]
    for i in range(len(W)):                     # every unit
        for j in range(len(X[0])):              # every example
            for k in range(len(X)):             # every input
                Z[i][j] += W[i][k] * X[k][j]
    return Z


# %%
# Both ways on a layer of 32 units with 32 inputs and 500 examples, each tried several times of which the shortest counts:
rng = np.random.default_rng(0)
matrices = [rng.standard_normal(shape) for shape in ((32, 32), (32, 1), (32, 500))]
lists = [matrix.tolist() for matrix in matrices]        # loops are faster over plain lists


def by_equation():
    return pynn.reference.layer(*matrices, pynn.reference.linear)[0]        # g(z) = z


difference = np.abs(by_loops(*lists) - by_equation()).max()
loops = min(timeit.repeat(lambda: by_loops(*lists), number=1, repeat=3))
equation = min(timeit.repeat(by_equation, number=1, repeat=30))
print(f"loops:    {1000 * loops:8.3f} ms")
print(f"equation: {1000 * equation:8.3f} ms, {loops / equation:.0f} times as fast")
print(f"largest difference of the results: {difference:.0e}")

# %%
# How much faster depends on the machine. For each of the half million products Python has to read its instructions, look
# up objects and make new ones. With the equation it is asked once, and compiled code runs over the numbers, several in
# one instruction. (The tiny difference of the results is rounding: the terms of a sum are added in another order.)
#
# Rows outside, columns inside
# ----------------------------
#
# In a table of data every example is a row, and Python's libraries for data have it so too. In the equations an example
# is a column. pynn takes rows and gives rows, and turns them in between: A[0], the input as the layers see it, is the
# transpose of what you hand in.
examples = X.T                                  # (4, 2): as a table, an example in each row
step = net.forward(examples)
print("examples in rows:", examples.shape)
print("A[0]:            ", step.A[0].shape)
print("Z[1] and A[1]:   ", step.Z[1].shape, step.A[1].shape)
print("net(examples):   ", net(examples).shape)
print("Z[1] is the Z from above:", np.allclose(step.Z[1], Z))

# %%
# Layer after layer
# -----------------
#
# What a layer puts out, A[1], is again a matrix with a column for every example, so it can be the input of a next layer,
# and so on. For layer l, with n[l] units and m examples:
#
# .. math:: Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}, \qquad A^{[l]} = g^{[l]}(Z^{[l]})
#
# W[l] has a row for each of its own n[l] units and a column for each of the n[l−1] units before. Here are the shapes of
# the network that lesson 9 trains on the circles. Layers between the input and the output are called hidden; ``relu`` is
# an activation of which the next lesson has more.
net = pynn.Network([2, 4, 6, 6, 4, 1], rng=0)
print(net.summary())
step = net.forward(examples)
print()
for l in range(1, len(net) + 1):
    print(f"Z[{l}] = W[{l}] A[{l - 1}] + b[{l}]: {net[l].W.shape} · {step.A[l - 1].shape}"
          f" + {net[l].b.shape} gives {step.Z[l].shape}")

# %%
# ``plot.network`` draws every weight as a line. Nothing is trained yet, so these are the random numbers that it starts
# with.
pynn.plot.network(net)
plt.show()

# %%
# Exercises
# ---------
#
# 1. Write the sums of a layer yourself, without a loop over units or examples:
#    ``print(pynn.workbook.describe("layer_forward"))`` has the task, and ``pynn.workbook.check("layer_forward",
#    your_function)`` says what is wrong, if anything is. Then spoil your function in two ways, by leaving out b and by a
#    flat b, and read what it says then.
# 2. A network has 3 inputs, 5 hidden units and 2 outputs. Write down the shapes of W[1], b[1], W[2] and b[2], those of
#    Z[1] and Z[2] for 7 examples, and the number of parameters. Compare with ``summary()`` and ``forward``.
# 3. Between the three loops and the equation lies one loop: over the examples, with ``W @ x`` for each. Write it and time
#    it on the same matrices: how many times faster is it than the three loops, and how many times slower than the
#    equation? Then try all three with 1 input and 1 unit, and explain the surprise.
