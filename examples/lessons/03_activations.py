"""
3. Activations, and why they are needed
=======================================

Every neuron bends its sum with an activation function g. It looks like a detail, but without the bend any number of layers
can do no more than one. And how g is bent decides whether a deep network learns at all, because learning goes by slopes.

*What you learn:* what the usual activations look like; why layers without them collapse into one; what hidden units compute
with them; and why the small slope of the sigmoid is a problem for many layers.
"""

# %%
# Four functions and their slopes
# -------------------------------
#
# The solid lines are the functions. The sigmoid goes from 0 to 1 and tanh, the same curve on another scale, from −1 to 1.
# relu, the rectified linear unit (also written ReLU), lets a positive z through as it is and makes 0 of any other. leaky
# relu lets one hundredth of the negative z through. The dashed lines are the derivatives g′: the slope of g, by how much
# a = g(z) changes where z changes a little.
import matplotlib.pyplot as plt
import numpy as np

import pynn

figure, axes = plt.subplots(2, 2, figsize=(8, 6.4), layout="constrained")
pynn.plot.activations(["sigmoid", "tanh", "relu", "leaky_relu"], axes)

# %%
# Two layers without a bend are one layer
# ---------------------------------------
#
# Leave the activation out, or take g(z) = z, which is called linear. Then a second layer adds nothing, for a product of
# matrices is again a matrix:
#
# .. math:: W^{[2]} (W^{[1]} x + b^{[1]}) + b^{[2]} = (W^{[2]} W^{[1]}) x + (W^{[2]} b^{[1]} + b^{[2]})
#
# Here are the three units of lesson 2 with one more unit behind them, all linear, and the single unit that does the same:
two = pynn.Network([2, 3, 1], hidden="linear", output="linear", rng=0)
two[1].W, two[1].b = [[2, 1], [-1, 1], [0, -2]], [[0.5], [0], [1]]
two[2].W, two[2].b = [[1, -1, 1]], [[-1]]
one = pynn.Network([2, 1], output="linear", rng=0)
one[1].W = two[2].W @ two[1].W
one[1].b = two[2].W @ two[1].b + two[2].b
print("W[2] W[1]        =", one[1].W)
print("W[2] b[1] + b[2] =", one[1].b)

X = [[0.5, -1.0], [2.0, 0.0], [1.0, 1.0], [-1.0, 2.0]]
print("two layers:", two(X).T)
print("one layer: ", one(X).T)

# %%
# With relu in the hidden layer the same weights give other answers, and no single linear unit gives these:
bent = pynn.Network([2, 3, 1], hidden="relu", output="linear", rng=0)
bent.parameters = two.parameters
print("with relu: ", bent(X).T)

# %%
# The same on data
# ----------------
#
# The points of *xor* lie in a square, and the class is 1 where exactly one of x₁ and x₂ is positive. No line parts the
# classes. So a network with linear hidden units must fail, whatever its size, and one with relu need not. Both have eight
# hidden units, the same weights to start with and the same training (orange is class 1, blue class 0):
X, y = pynn.datasets.xor(400, rng=0)
figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
for ax, hidden in zip(axes, ["linear", "relu"], strict=True):
    net = pynn.Network([2, 8, 1], hidden=hidden, rng=0)
    net.fit(X, y, epochs=200, learning_rate=0.5)
    pynn.plot.decision_surface(net, X, y, ax=ax)
    ax.get_legend().remove()            # there is no room for it
    ax.set_title(f"hidden units {hidden}: accuracy {net.score(X, y):.2f}")

# %%
# That was one start. Here are six, and two more activations. Guessing gives about one half; 1 is out of reach for so few
# units, since the data's noise mixes the classes a little where they meet.
print("seed      " + "".join(f"{seed:7}" for seed in range(6)))
for hidden in ("linear", "sigmoid", "tanh", "relu"):
    scores = []
    for seed in range(6):
        net = pynn.Network([2, 8, 1], hidden=hidden, rng=seed)
        net.fit(X, y, epochs=200, learning_rate=0.5)
        scores.append(net.score(X, y))
    print(f"{hidden:10}" + "".join(f"{score:7.3f}" for score in scores))

# %%
# What the hidden units compute
# -----------------------------
#
# Four hidden units are enough for this data, though not from every start; this one works. ``plot.unit_maps`` shows what
# each unit makes of every point of the plane. A relu unit is 0 (white) on one side of its line z = 0, and on the other
# side it rises like a ramp. The output unit weighs the four ramps and adds them up, and where the sum is 0 is no longer a
# line: it has a corner at each fold that it crosses.
net = pynn.Network([2, 4, 1], hidden="relu", rng=2)
net.fit(X, y, epochs=200, learning_rate=0.5)
print(f"accuracy: {net.score(X, y):.3f}")
print(f"weights of the ramps: {net[2].W[0].round(1)}, bias {net[2].b[0, 0]:.1f}")
pynn.plot.unit_maps(net, X, y)

# %%
# Where the slope goes to 0
# -------------------------
#
# Learning, the matter of lessons 6 and 7, asks of every weight how much the error changes when the weight changes a
# little. If the slope of an activation is nearly 0, the answer is "nearly not at all", and the weight stays where it is.
# The slope of the sigmoid is largest at z = 0, where it is ¼, and it is soon gone. A unit with z far out is called
# saturated.
z = np.array([0.0, 1.0, 2.0, 5.0, 10.0])
a = pynn.reference.sigmoid(z)
print("   z    sigmoid      slope")
for row in zip(z, a, pynn.reference.sigmoid_prime(z, a), strict=True):
    print("{:4.0f} {:10.6f} {:10.6f}".format(*row))

# %%
# One layer can live with a factor of ¼. But layers stand one behind the other, and by the chain rule the slope of a
# function of a function is the product of the slopes. In a chain of sigmoids, each fed with what the one before puts out,
# every link leaves at most a quarter of the product:
a, slope = 0.0, 1.0
for link in range(1, 11):
    z = np.array(a)
    a = pynn.reference.sigmoid(z)
    slope *= pynn.reference.sigmoid_prime(z, a)
    if link in (1, 2, 5, 10):
        print(f"{link:2} links: slope {slope:.1e}, at most {0.25**link:.1e}")

# %%
# In a network weights are factors of the product too. Large weights could make up for the ¼, but they also make z large,
# and then the sigmoid is saturated. ``net.backward`` computes the slope of the loss, which measures the error (lesson 4),
# by every weight; ``dW[l]`` has those of layer l. Here is their size, the root of the mean square, in a network of eight
# hidden layers of 16 units before any training. The weights are the same each time, only the activation differs:
figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for hidden, marker in (("sigmoid", "o"), ("tanh", "s"), ("relu", "^")):
    net = pynn.Network([2, *[16] * 8, 1], hidden=hidden, rng=0)
    gradients = net.backward(X, y)
    sizes = [np.sqrt(np.mean(dW**2)) for dW in gradients.dW[1:]]
    ax.semilogy(range(1, 10), sizes, marker=marker, label=hidden)
    print(f"{hidden:8} layer 1: {sizes[0]:.0e}, layer 9: {sizes[-1]:.0e}")
ax.set(xlabel="layer", ylabel="size of dW", title="Through sigmoids the slopes vanish")
ax.legend()

# %%
# With the sigmoid the first layer hears almost nothing of the error. Where the sigmoid loses a factor of 400 000, tanh,
# whose slope is up to 1, loses one of eight, and relu, whose slope is 1 wherever z is positive, none. What that does to
# training:
print("hidden layers" + "".join(f"{depth:7}" for depth in (1, 2, 4, 8)))
for hidden in ("sigmoid", "tanh", "relu"):
    line = f"{hidden:13}"
    for depth in (1, 2, 4, 8):
        net = pynn.Network([2, *[16] * depth, 1], hidden=hidden, rng=0)
        net.fit(X, y, epochs=200, learning_rate=0.5)
        line += f"{net.score(X, y):7.3f}"
    print(line)
print(f"share of class 1: {y.mean():.3f}")
plt.show()

# %%
# With four and eight layers of sigmoids the network has learned to say "class 1" to everything, and no more. (From other
# seeds four layers sometimes learn more; eight did not in any of six.) This is a reason why hidden layers today mostly
# have relu or one of its relatives. relu has a weakness of its own: a unit whose z is negative for every example has
# slope 0 for all of them, so that its weights stay as they are. It is called dead, and leaky relu is the usual cure. For
# the output the sigmoid remains right, since a probability has to lie between 0 and 1.
#
# Exercises
# ---------
#
# 1. Write relu and its slope, and have them checked: ``print(pynn.workbook.describe("relu"))`` and ``("relu_prime")``
#    have the tasks. Then ``("sigmoid")``: e^−z is too large for a float where z is −1000, so choose a power of e that
#    never is. With it and the rules of calculus, ``("sigmoid_prime")``; and with all of these a whole network,
#    ``("forward")``.
# 2. How many hidden units with relu part ``pynn.datasets.circles(500, rng=0)``? Train networks with 1, 2, 3 and 4, from
#    several seeds each, and look at the ``unit_maps`` of the smallest that gets nearly all points right. Why can two
#    units not enclose the inner circle?
# 3. Look at ``pynn.plot.activations(["softplus", "silu"])`` and say whether eight layers of them will train like those of
#    the sigmoid or like those of relu. Then put both into the picture of the slopes and into the last table.
