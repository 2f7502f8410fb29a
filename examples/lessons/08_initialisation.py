"""
8. How to start: initialisation and symmetry
============================================

Gradient descent needs a point to start from. The biases may start at 0, but the weights may not. The way in which they are
drawn decides whether the first gradients are of any use.

*What you learn:* why equal units stay equal; what too small and too large weights do to the signals in a deep network; where
the variances of ``he`` and ``glorot`` come from, step by step; how ReLUs die, at the start and later.
"""

# %%
# All zero
# --------
#
# Zero for everything seems the natural choice. Take the circles and one hidden layer of 4 units with tanh. Look at the
# gradients of the first step, and at the parameters after 100 epochs:
import matplotlib.pyplot as plt
import numpy as np

import pynn.plot
from pynn.translation import _  # puts the words of this lesson into your language

X, y = pynn.datasets.circles(500, rng=0)
net = pynn.Network([2, 4, 1], hidden="tanh", initializer="zeros", rng=0)
gradients = net.backward(X, y)
for l in (1, 2):
    print(_("largest |dW[{l}]|: {largest:.3f}", l=l, largest=np.abs(gradients.dW[l]).max()))
net.fit(X, y, epochs=100, learning_rate=0.5)
moved = np.count_nonzero(net.parameters)
print(_("not 0 after 100 epochs: {moved} of {all} parameters", moved=moved, all=len(net.parameters)))
print(f"b[2] = {net[2].b[0, 0]:.3f}")

# %%
# The equations of lesson 7 explain this.
#
# - A[1] = g(0) = 0, so dW[2] = (1/m) dZ[2] A[1]ᵀ = 0.
# - W[2] = 0, so dA[1] = W[2]ᵀ dZ[2] = 0. Therefore dW[1] and db[1] are 0 too.
#
# Only b[2] can learn, and all it can learn is the share of class 1.
#
# All equal
# ---------
#
# Zero fails because the gradients are products with a factor 0. Does another number work? With 0.5 for every weight, the
# gradients are not 0. But all four units compute the same from the same inputs, and the output treats them in the same way.
# So their gradients are equal too:
net[1].W, net[2].W = np.full((4, 2), 0.5), np.full((1, 4), 0.5)
net[2].b = [[0.0]]
print("dW[1] =\n", net.backward(X, y).dW[1])
net.fit(X, y, epochs=200, learning_rate=0.5)
print(_("W[1] after 200 epochs =\n"), net[1].W)

# %%
# The four units do the work of one. This is called symmetry: if we exchange two of the units, nothing changes, and no step
# of gradient descent can make them different. ``diagnose`` looks for the usual reasons why a network does not learn. It
# sees that the units are equal:
print(pynn.diagnose(net, X, y))

# %%
# With random numbers, every unit is different from the first step on. This breaks the symmetry. Here is the same network
# after 200 epochs, from equal weights (left) and from random weights (right).
drawn = pynn.Network([2, 4, 1], hidden="tanh", initializer="glorot", rng=0)
drawn.fit(X, y, epochs=200, learning_rate=0.5)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
for ax, trained, start in zip(axes, (net, drawn), (_("equal"), _("random")), strict=True):
    pynn.plot.decision_surface(trained, X, y, ax=ax)
    ax.set_title(_("{start} weights: accuracy {accuracy:.3f}", start=start, accuracy=trained.score(X, y)))
    ax.get_legend().remove()

# %%
# How large?
# ----------
#
# So the weights must be random. But how large? In a deep network this matters very much. Here is a network of ten hidden
# layers of 100 units with ReLU. The data are artificial: 100 features from a standard normal distribution, and the class is 1
# if the first feature is positive. We start from ``initializer="he"``, which is explained below, and from the same weights
# half as large and twice as large.
#
# We measure the size of a whole array by its root mean square, the square root of the mean of its squares.
rng = np.random.default_rng(0)
X_deep = rng.standard_normal((500, 100))
y_deep = (X_deep[:, 0] > 0).astype(int)


def rms(array):
    return np.sqrt(np.mean(array**2))


def deep(factor, hidden="relu", initializer="he"):
    sizes = [100] + 10 * [100] + [1]
    net = pynn.Network(sizes, hidden=hidden, initializer=initializer, rng=0)
    for layer in net:
        layer.W = factor * layer.W
    return net


# %%
# Here are one forward pass and one backward pass through each of the three networks:
layers = np.arange(1, 11)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
for factor in (2, 1, 0.5):
    net = deep(factor)
    A, dZ = net.forward(X_deep).A, net.backward(X_deep, y_deep).dZ
    for ax, arrays in zip(axes, (A, dZ), strict=True):
        size = [rms(arrays[l]) for l in layers]
        ax.semilogy(layers, size, "o-", label=_("weights × {factor}", factor=factor))
    print(_("weights times {factor:<3}:  A[1] {A1:.2g}, A[10] {A10:.2g};  dZ[10] {dZ10:.2g}, dZ[1] {dZ1:.2g}",
            factor=factor, A1=rms(A[1]), A10=rms(A[10]), dZ10=rms(dZ[10]), dZ1=rms(dZ[1])))
axes[0].set(xlabel=_("layer l"), title=_("forward: size of A[l]"))
axes[1].set(xlabel=_("layer l"), title=_("backward: size of dZ[l]"))
axes[0].legend()

# %%
# Each layer multiplies the signal by its weights, on the way forward (read the left picture from left to right) and on the
# way back (read the right picture from right to left). If every layer makes the signal half as large, ten layers make it a
# thousand times smaller. If every layer makes it twice as large, ten layers make it a thousand times larger. These are called
# vanishing and exploding gradients. This is what they mean for training:
for factor in (2, 1, 0.5):
    net = deep(factor)
    try:
        loss = net.fit(X_deep, y_deep, epochs=20, learning_rate=0.05).loss
        print(_("weights times {factor:<3}: loss from {first:.3f} to {last:.3f}",
                factor=factor, first=loss[0], last=loss[-1]))
    except pynn.DivergenceError:
        print(_("weights times {factor:<3}: the loss becomes infinite or NaN", factor=factor))
print(pynn.diagnose(deep(0.5), X_deep, y_deep))

# %%
# He's variance
# -------------
#
# Which size is right? We want the signals to have the same size in every layer. Take one unit with n inputs, and write E for
# a mean over many draws of the weights.
#
# *Step 1: the sum.* The weights are drawn around 0, each without regard to the others. The mean of their squares, E[w²], is
# called their *variance*, σ². Begin with two inputs. The sum is z = w₁a₁ + w₂a₂, and its square has three terms:
#
# .. math:: z^2 = w_1^2 a_1^2 + w_2^2 a_2^2 + 2 \, w_1 w_2 \, a_1 a_2
#
# Take the mean over many draws of the weights.
#
# - w₁² is σ² on average, and so is w₂².
# - w₁w₂ is as often positive as negative, so it is 0 on average, and the third term disappears.
#
# What is left is σ² (a₁² + a₂²). With n inputs there are n squares, and every product of two different weights disappears. n
# squares are n times their mean, so
#
# .. math:: E[z^2] = n \, \sigma^2 \, E[a^2]
#
# Let us draw 20 000 times the weights of such a unit, for n = 100 and σ = 0.3, with inputs a of size about 1:
n, sigma = 100, 0.3
a = np.abs(X_deep[0])                   # 100 inputs that are not negative, as behind a ReLU
z = sigma * rng.standard_normal((20000, n)) @ a
print(_("mean of z^2: {left:.3f},  n sigma^2 times the mean of a^2: {right:.3f}",
        left=np.mean(z**2), right=n * sigma**2 * np.mean(a**2)))

# %%
# *Step 2: the ReLU.* z is as often positive as negative. ReLU turns the negative half into 0, and the positive half keeps its
# square. So the mean of the squares becomes half as large:
relu = np.maximum(0, z)
print(_("mean of relu(z)^2: {left:.3f},  half of the mean of z^2: {right:.3f}",
        left=np.mean(relu**2), right=np.mean(z**2) / 2))

# %%
# *Step 3: from layer to layer.* Both steps together:
#
# .. math:: E[(a^{[l]})^2] = \frac{1}{2} \, n^{[l-1]} \sigma^2 \, E[(a^{[l-1]})^2]
#
# The size stays the same if the factor is 1, that is, if σ² = 2 / n[l−1]. This is ``he``, named after Kaiming He (2015):
# numbers from a normal distribution with this variance.
#
# *Step 4: the way back.* The two steps occur here too. Each entry of dA[l−1] = W[l]ᵀ dZ[l] is a sum, of n[l] terms this time,
# one for each unit of layer l (step 1). And dZ = dA ∗ g′(Z) is dA for half of the units and 0 for the others (step 2). So σ²
# = 2 / n[l] keeps the size of the gradients. In layers of equal width, it is the same number.
#
# *For tanh,* step 2 is different: near 0, tanh has the slope 1, so a ≈ z, and nothing is cut in half. The way forward asks
# for σ² = 1/n[l−1], and the way back asks for 1/n[l]. ``glorot``, named after Xavier Glorot (2010), takes a value between the
# two:
#
# .. math:: \sigma^2 = \frac{2}{n^{[l-1]} + n^{[l]}}
#
# It draws uniformly between −r and r, so all numbers between them are equally likely. What is the variance of such numbers?
# Spread evenly from 0 to 1, numbers have squares with the mean ⅓. From −r to r, each is r times as large, and its square r²
# times, so the variance is r²/3. This should be σ², hence r = √(6 / (n[l−1] + n[l])).
print(_("mean of the squares from 0 to 1: {mean:.3f}", mean=np.mean(np.linspace(0, 1, 1001) ** 2)))

# %%
# Here are all four combinations in the deep network:
print(_("activation  initializer  A[1]  A[10]  dZ[10]  dZ[1]"))
for hidden in ("relu", "tanh"):
    for initializer in ("he", "glorot"):
        net = deep(1, hidden, initializer)
        A, dZ = net.forward(X_deep).A, net.backward(X_deep, y_deep).dZ
        print(f"{hidden:10}  {initializer:11}  {rms(A[1]):.2f}  {rms(A[10]):.2f}"
              f"   {rms(dZ[10]):.3f}   {rms(dZ[1]):.3f}")

# %%
# Glorot's weights are too small for ReLU by a factor of √2. So ReLU with Glorot's weights loses about this factor in each
# layer. Tanh keeps its signals at a useful size in ten layers with either initializer. With Glorot's weights the signals
# shrink slowly, because the slope of tanh is 1 only at 0 and smaller everywhere else.
#
# In pairs
# --------
#
# In a *narrow* layer of ReLUs, independent weights have another problem. By chance, all units of the layer can be 0 for an
# example. In a layer of 4 units the probability is (½)⁴, about 6 %. In a layer of 6 units it is about 2 %. Nothing of such an
# example reaches the next layer, and no gradient comes back.
#
# pynn's default, ``initializer="paired"``, avoids this. In a hidden layer of at most 8 ReLUs (or relatives of ReLU), the
# units come in pairs with opposite weights, w and −w, and different pairs are at right angles. In all other layers it is
# ``glorot``. Look at the rows of W[1]:
print(pynn.Network([2, 4, 1], rng=0)[1].W.round(3))

# %%
# As long as the biases are 0, one unit of each pair has z > 0 for every input (except where z is exactly 0).
#
# The network of the circles has hidden layers of 4, 6, 6 and 4 units. Here are 200 starts from each initializer. An example
# is silenced if a hidden layer is 0 for it. A start fails if the accuracy is below 0.99 after 100 epochs.
sizes = [2, 4, 6, 6, 4, 1]
for initializer in ("paired", "he", "glorot"):
    silenced, failures = [], 0
    for seed in range(200):
        net = pynn.Network(sizes, initializer=initializer, rng=seed)
        silent = [A.max(axis=0) == 0 for A in net.forward(X).A[1:-1]]
        silenced.append(np.any(silent, axis=0).mean())
        net.fit(X, y, epochs=100, learning_rate=0.1)
        failures += net.score(X, y) < 0.99
    print(_("{initializer:7} {share:5.1%} of the examples are silenced, {failures:2} of 200 starts fail",
            initializer=initializer, share=np.mean(silenced), failures=failures))

# %%
# Dead ReLUs
# ----------
#
# A good start does not guarantee success. A ReLU with z < 0 for every example is dead: its slope is 0 for all of them, so its
# gradients are 0, and its weights and its bias no longer change. Only a change in the layers before can bring it back. A long
# step can kill many units at once. Here the learning rate is reasonable, high, and far too high. We count the dead hidden
# units after each epoch. (``Recorder`` is a callback: ``fit`` calls it after every epoch. It keeps a copy of the parameters.)


def dead_by_layer(net):
    return [int((Z.max(axis=1) <= 0).sum()) for Z in net.forward(X).Z[1:-1]]


figure, ax = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
for alpha in (0.1, 1, 3):
    net, recorder = pynn.Network([2, 8, 8, 8, 1], rng=0), pynn.callbacks.Recorder()
    recorder.record(net)
    loss = net.fit(X, y, epochs=30, learning_rate=alpha, callbacks=[recorder]).loss[-1]
    twin, dead = net.copy(), []
    for theta in recorder.parameters:
        twin.parameters = theta
        dead.append(sum(dead_by_layer(twin)))
    ax.plot(recorder.epochs, dead, ".-", label=_("α = {alpha}, loss {loss:.3f}", alpha=alpha, loss=loss))
ax.set(xlabel=_("epoch"), ylabel=_("dead units"), yticks=range(0, 25, 4))
ax.set_title(_("Dead units, of 24 hidden units"))
ax.legend(loc="upper right")

# %%
# With α = 0.1, one unit is dead at the end, and the network learns. With the two high rates, more than half of the units die,
# and the loss stays near log 2. A lower learning rate afterwards does not help. It helps only from the start:
fresh = pynn.Network([2, 8, 8, 8, 1], rng=0)
for name, start in {_("first 3, then 0.1"): net, _("only 0.1"): fresh}.items():
    start.fit(X, y, epochs=100, learning_rate=0.1)
    loss = start.evaluate(X, y)["loss"]
    print(_("{name:17}  loss {loss:.3f}, dead by layer {dead}", name=name, loss=loss, dead=dead_by_layer(start)))
plt.show()

# %%
# If a layer still has units that are not dead, they can do the work of the dead ones. If all units of a layer are dead, no
# gradient passes through it: all layers before it have stopped learning for ever.
#
# Exercises
# ---------
#
# 1. Write an initialisation yourself: ``print(pynn.workbook.describe("initialize"))`` shows the task, and
#    ``pynn.workbook.check("initialize", your_function)`` checks the weights that you draw.
# 2. How much randomness is needed to break the symmetry? Start from the equal weights of the second section. Add ε times
#    standard normal numbers to W[1], with ε = 0.1, 0.001, 10⁻⁶ and 10⁻⁹, and train for 1000 epochs each. In which epoch does
#    the accuracy pass 0.9? What does that say about the equal weights: are they a valley or a ridge of the loss?
# 3. Repeat the steps of "He's variance" for ``hidden="linear"``, that is g(z) = z. By which factor are He's weights then too
#    large? Check with ``deep``. Then take ``hidden="sigmoid"``, with its largest slope of ¼. By which factor does dZ shrink
#    from layer to layer? Do larger weights help?
#
# *In the playground:* ``pynn playground --lesson 8`` opens a setting for this lesson. Train: why does nothing happen? Ask
# 'Why not?'. Then choose he.
#
# Answers: docs/answers/08_initialisation.md
