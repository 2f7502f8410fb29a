"""
3. Activations, and why they are needed
=======================================

Every neuron applies an activation function g to its sum. The graph of g is bent, and this bend looks like a detail. But
without it, many layers can do no more than one layer. And the slope of g decides whether a deep network learns at all.

*What you learn:* what the usual activations look like; why layers without them are the same as one layer; what hidden units
compute with them; why the small slope of the sigmoid is a problem for many layers.
"""

# %%
# Four functions and their slopes
# -------------------------------
#
# The solid lines are the functions.
#
# - The *sigmoid* goes from 0 to 1. *tanh* is the same curve on another scale, from −1 to 1.
# - *relu*, the rectified linear unit (also written ReLU), leaves a positive z as it is and turns every other z into 0.
# - *leaky relu* leaves a positive z as it is and multiplies a negative z by one hundredth.
#
# The dashed lines are the slopes, written g′. The slope says how much a = g(z) changes when z changes a little: a slope of 2
# means twice as much as z. Lesson 5 is about slopes.
import matplotlib.pyplot as plt
import numpy as np

import pynn
from pynn.translation import _  # puts the words of this lesson into your language

figure, axes = plt.subplots(2, 2, figsize=(8, 6.4), layout="constrained")
pynn.plot.activations(["sigmoid", "tanh", "relu", "leaky_relu"], axes)

# %%
# Two layers without a bend are one layer
# ---------------------------------------
#
# Leave the activation out, that is, take g(z) = z, which is called linear. Then a second layer adds nothing, because a
# product of matrices is again a matrix:
#
# .. math:: W^{[2]} (W^{[1]} x + b^{[1]}) + b^{[2]} = (W^{[2]} W^{[1]}) x + (W^{[2]} b^{[1]} + b^{[2]})
#
# Here are the three units of lesson 2, followed by one more unit, all linear. A single unit does the same:
two = pynn.Network([2, 3, 1], hidden="linear", output="linear", rng=0)
two[1].W, two[1].b = [[2, 1], [-1, 1], [0, -2]], [[0.5], [0], [1]]
two[2].W, two[2].b = [[1, -1, 1]], [[-1]]
one = pynn.Network([2, 1], output="linear", rng=0)
one[1].W = two[2].W @ two[1].W
one[1].b = two[2].W @ two[1].b + two[2].b
print("W[2] W[1]        =", one[1].W)
print("W[2] b[1] + b[2] =", one[1].b)

X = [[0.5, -1.0], [2.0, 0.0], [1.0, 1.0], [-1.0, 2.0]]
print(_("two layers:"), two(X).T)
print(_("one layer: "), one(X).T)

# %%
# With relu in the hidden layer, the same weights give other answers. No single linear unit gives these answers:
bent = pynn.Network([2, 3, 1], hidden="relu", output="linear", rng=0)
bent.parameters = two.parameters
print(_("with relu: "), bent(X).T)

# %%
# The same on data
# ----------------
#
# The points of *xor* lie in a square. The class is 1 where exactly one of x₁ and x₂ is positive. No straight line separates
# the classes. So a network with linear hidden units must fail, whatever its size. A network with relu can succeed. Both
# networks here have eight hidden units and the same training (blue is class 1, orange is class 0):
X, y = pynn.datasets.xor(400, rng=0)
figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
for ax, hidden in zip(axes, ["linear", "relu"], strict=True):
    net = pynn.Network([2, 8, 1], hidden=hidden, rng=0)
    net.fit(X, y, epochs=200, learning_rate=0.5)
    pynn.plot.decision_surface(net, X, y, ax=ax)
    ax.get_legend().remove()            # there is no room for it
    ax.set_title(_("hidden units {hidden}: accuracy {accuracy:.2f}", hidden=hidden, accuracy=net.score(X, y)))

# %%
# That was one start. Here are six starts, and two more activations. Guessing gives about one half. An accuracy of 1 is out of
# reach for so few units, because the noise of the data mixes the classes a little where they meet.
print(_("seed      ") + "".join(f"{seed:7}" for seed in range(6)))
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
# Four hidden units are enough for this data. ``plot.unit_maps`` shows the output of each unit for every point of the plane. A
# relu unit is 0 (white) on one side of its line z = 0. On the other side it rises like a ramp. The output unit multiplies the
# four ramps by its weights and adds them up. The set of points where this sum is 0 is no longer a straight line: it has a
# corner wherever it crosses the line of a hidden unit.
net = pynn.Network([2, 4, 1], hidden="relu", rng=2)
net.fit(X, y, epochs=200, learning_rate=0.5)
print(_("accuracy: {accuracy:.3f}", accuracy=net.score(X, y)))
print(_("weights of the ramps: {weights}, bias {bias:.1f}", weights=net[2].W[0].round(1), bias=net[2].b[0, 0]))
pynn.plot.unit_maps(net, X, y)

# %%
# Where the slope goes to 0
# -------------------------
#
# To learn, a network asks for every weight: by how much does the error change when this weight changes a little? (Lessons 6
# and 7 explain this.) If the slope of an activation is nearly 0, the answer is "hardly at all", and the weight stays as it
# is. The sigmoid has its largest slope, ¼, at z = 0. Further out, the slope soon becomes tiny. A unit there is called
# saturated.
z = np.array([0.0, 1.0, 2.0, 5.0, 10.0])
a = pynn.reference.sigmoid(z)
print(_("   z    sigmoid      slope"))
for row in zip(z, a, pynn.reference.sigmoid_prime(z, a), strict=True):
    print("{:4.0f} {:10.6f} {:10.6f}".format(*row))

# %%
# A factor of ¼ does little harm in one layer. But layers follow one another, and then their slopes multiply. (If z moves u
# twice as fast, and u moves v three times as fast, then z moves v six times as fast. This is the chain rule, lesson 5.) In a
# chain of sigmoids, where each takes the output of the one before, every link leaves at most a quarter:
a, slope = 0.0, 1.0
for link in range(1, 11):
    z = np.array(a)
    a = pynn.reference.sigmoid(z)
    slope *= pynn.reference.sigmoid_prime(z, a)
    if link in (1, 2, 5, 10):
        print(_("{link:2} links: slope {slope:.1e}, at most {most:.1e}", link=link, slope=slope, most=0.25**link))

# %%
# In a network, the weights are factors of the product too. Large weights could make up for the ¼. But they also make z large,
# and then the sigmoid is saturated.
#
# ``net.backward`` computes the slope of the loss with respect to every weight. (The loss measures the error, lesson 4.)
# ``dW[l]`` contains the slopes of layer l. Here is their size, the root of their mean square, in an untrained network of
# eight hidden layers of 16 units. The weights are the same each time, and only the activation differs:
figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for hidden, marker in (("sigmoid", "o"), ("tanh", "s"), ("relu", "^")):
    net = pynn.Network([2, *[16] * 8, 1], hidden=hidden, rng=0)
    gradients = net.backward(X, y)
    sizes = [np.sqrt(np.mean(dW**2)) for dW in gradients.dW[1:]]
    ax.semilogy(range(1, 10), sizes, marker=marker, label=hidden)
    print(_("{hidden:8} layer 1: {first:.0e}, layer 9: {last:.0e}", hidden=hidden, first=sizes[0], last=sizes[-1]))
ax.set(xlabel=_("layer"), ylabel=_("size of dW"), title=_("Through sigmoids the slopes vanish"))
ax.legend()

# %%
# With the sigmoid, almost nothing of the error reaches the first layer: from the last layer to the first, the slopes become
# more than a million times smaller. tanh, with a slope of up to 1, and relu, with a slope of 1 wherever z is positive, keep
# their size within a factor of two. This is what it means for training:
print(_("hidden layers") + "".join(f"{depth:7}" for depth in (1, 2, 4, 8)))
for hidden in ("sigmoid", "tanh", "relu"):
    line = f"{hidden:13}"
    for depth in (1, 2, 4, 8):
        net = pynn.Network([2, *[16] * depth, 1], hidden=hidden, rng=0)
        net.fit(X, y, epochs=200, learning_rate=0.5)
        line += f"{net.score(X, y):7.3f}"
    print(line)
print(_("share of class 1: {share:.3f}", share=y.mean()))
plt.show()

# %%
# With four and eight layers of sigmoids, the network has only learned to answer "class 1" everywhere. (This is so for each of
# six seeds.) It is a reason why hidden layers today mostly have relu or one of its relatives. relu has a weakness of its own:
# a unit whose z is negative for every example has the slope 0 for all of them, so its weights do not change. Such a unit is
# called dead, and leaky relu is the usual remedy. For the output, the sigmoid remains right, because a probability lies
# between 0 and 1.
#
# Exercises
# ---------
#
# 1. Write relu and its slope: ``print(pynn.workbook.describe("relu"))`` and ``("relu_prime")`` show the tasks. Then write the
#    ``("sigmoid")``. Where z is −1000, e^−z is too large for a float. Multiply numerator and denominator of 1/(1 + e^−z) by
#    e^z: this gives a second form, which is safe where z is negative. (``np.where`` computes both of its forms for every z, so
#    use a power of e that is never too large: e to the power of minus the absolute value of z.) Then write a whole network,
#    ``("forward")``.
# 2. How many hidden units with relu separate ``pynn.datasets.circles(500, rng=0)``? Train networks with 1, 2, 3 and 4 hidden
#    units, from several seeds each. Look at the ``unit_maps`` of the smallest network that gets nearly all points right. Why
#    can two units not enclose the inner circle?
# 3. Look at ``pynn.plot.activations(["softplus", "silu"])``. Do you expect eight layers of them to train like the sigmoid or
#    like relu? Then add both to the picture of the slopes and to the last table.
#
# *In the playground:* ``pynn playground --lesson 3`` opens a setting for this lesson. Train. Then choose tanh for both layers
# and train on: what can the network do now?
#
# Answers: docs/answers/03_activations.md
