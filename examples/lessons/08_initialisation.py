"""
8. How to start: initialisation and symmetry
============================================

Gradient descent walks downhill from where it is put. The biases may start at 0, but the weights may not: how they are drawn
decides whether the first gradients say anything at all.

*What you learn:* why equal units stay equal; what too small and too large weights do to the signals in a deep network;
where the variances of ``he`` and ``glorot`` come from; how ReLUs die, at the start and later.
"""

# %%
# All zero
# --------
#
# Zero for everything would be the natural choice. Take the circles and one hidden layer of 4 units with tanh, and look at
# the gradients of the first step, then at the parameters after 100 epochs:
import matplotlib.pyplot as plt
import numpy as np

import pynn

X, y = pynn.datasets.circles(500, rng=0)
net = pynn.Network([2, 4, 1], hidden="tanh", initializer="zeros", rng=0)
gradients = net.backward(X, y)
for l in (1, 2):
    print(f"largest |dW[{l}]|: {np.abs(gradients.dW[l]).max():.3f}")
net.fit(X, y, epochs=100, learning_rate=0.5)
moved = np.count_nonzero(net.parameters)
print(f"not 0 after 100 epochs: {moved} of {len(net.parameters)} parameters")
print(f"b[2] = {net[2].b[0, 0]:.3f}")

# %%
# The equations of lesson 7 say why. A[1] = g(0) = 0, so dW[2] = (1/m) dZ[2] A[1]ᵀ = 0. And W[2] = 0, so dA[1] = W[2]ᵀ
# dZ[2] = 0, and with it dW[1] and db[1]. Only b[2] can learn, and it learns nothing but the mean of y.
#
# All equal
# ---------
#
# Zero fails because it multiplies. Does any other number do? With 0.5 for every weight there are gradients. But all four
# units compute the same from the same inputs, and the output treats them alike, so their gradients are the same too:
net[1].W, net[2].W = np.full((4, 2), 0.5), np.full((1, 4), 0.5)
net[2].b = [[0.0]]
print("dW[1] =\n", net.backward(X, y).dW[1])
net.fit(X, y, epochs=200, learning_rate=0.5)
print("W[1] after 200 epochs =\n", net[1].W)

# %%
# Four units, and the work of one. This is called symmetry: exchange two of the units, and nothing changes; no step of
# gradient descent can tell them apart. ``diagnose`` sees it in the rows of W:
print(pynn.diagnose(net, X, y))

# %%
# Random numbers make every unit different from the first step on, and that breaks the symmetry. Here is the same network
# from equal weights (left) and from random ones (right), each after 200 epochs.
drawn = pynn.Network([2, 4, 1], hidden="tanh", initializer="glorot", rng=0)
drawn.fit(X, y, epochs=200, learning_rate=0.5)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
for ax, trained, start in zip(axes, (net, drawn), ("equal", "random"), strict=True):
    pynn.plot.decision_surface(trained, X, y, ax=ax)
    ax.set_title(f"{start} weights: accuracy {trained.score(X, y):.3f}")
    ax.get_legend().remove()

# %%
# How large?
# ----------
#
# Random, then; but how large? In a deep network that matters a great deal. Here is one of ten hidden layers of 100 units
# with ReLU. The data are made up: 100 features from a standard normal distribution, and the class is whether the first is
# positive. The weights of ``initializer="he"`` are explained below; take them as they are, half as large and twice as large.
#
# The size of a whole array is told here by its root mean square, the square root of the mean of its squares.
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
# One pass forward and one pass backward through each of the three, layer by layer:
layers = np.arange(1, 11)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
for factor in (2, 1, 0.5):
    net = deep(factor)
    A, dZ = net.forward(X_deep).A, net.backward(X_deep, y_deep).dZ
    for ax, arrays in zip(axes, (A, dZ), strict=True):
        size = [rms(arrays[l]) for l in layers]
        ax.semilogy(layers, size, "o-", label=f"weights × {factor}")
    print(f"weights × {factor:<3}:  A[1] {rms(A[1]):.2g}, A[10] {rms(A[10]):.2g};"
          f"  dZ[10] {rms(dZ[10]):.2g}, dZ[1] {rms(dZ[1]):.2g}")
axes[0].set(xlabel="layer l", title="forward: size of A[l]")
axes[1].set(xlabel="layer l", title="backward: size of dZ[l]")
axes[0].legend()

# %%
# Each layer multiplies the signal by its weights, on the way forward (read the left panel from left to right) and on the
# way back (read the right one from right to left). If that makes it half as large, ten layers make it a thousandth; if
# twice, a thousand times as large. One speaks of vanishing and exploding gradients. The consequence for training:
for factor in (2, 1, 0.5):
    net = deep(factor)
    try:
        loss = net.fit(X_deep, y_deep, epochs=20, learning_rate=0.05).loss
        print(f"weights × {factor:<3}: loss from {loss[0]:.3f} to {loss[-1]:.3f}")
    except pynn.DivergenceError:
        print(f"weights × {factor:<3}: the loss becomes infinite or NaN")
print(pynn.diagnose(deep(0.5), X_deep, y_deep))

# %%
# He's variance
# -------------
#
# Where does the right size come from? Take one unit whose n = n[l−1] weights are drawn independently from a distribution
# that is symmetric about 0 and has the variance σ². Square its sum and take the mean, E, over such draws: the products of
# different terms are as often positive as negative and cancel, and what remains is
#
# .. math:: z = \sum_{k=1}^{n} w_k a_k, \qquad E[z^2] = n \, \sigma^2 \, E[a^2]
#
# where E[a²] is the mean of the squares of the inputs. Also z is as likely positive as negative, and ReLU keeps its
# square in one half of the cases: the mean of a² is half that of z². From one layer to the next,
#
# .. math:: E[(a^{[l]})^2] = \frac{1}{2} \, n^{[l-1]} \sigma^2 \, E[(a^{[l-1]})^2]
#
# and the size stays what it is if σ² = 2 / n[l−1]. That is ``he``, after Kaiming He (2015): normally distributed numbers
# of this variance. On the way back, dA[l−1] = W[l]ᵀ dZ[l] is a sum of n[l] terms, and the slope of ReLU lets half of them
# through: the same with n[l] for n[l−1], and just the same in layers of equal width.
#
# Near 0, tanh has the slope 1, and a ≈ z: nothing is cut in half. Forward asks for σ² = 1/n[l−1], backward for 1/n[l],
# and ``glorot``, after Xavier Glorot (2010), takes a value between the two:
#
# .. math:: \sigma^2 = \frac{2}{n^{[l-1]} + n^{[l]}}
#
# It draws uniformly from −r to r, which has the variance r²/3, so r = √(6 / (n[l−1] + n[l])). All four combinations:
print("activation  initializer  A[1]  A[10]  dZ[10]  dZ[1]")
for hidden in ("relu", "tanh"):
    for initializer in ("he", "glorot"):
        net = deep(1, hidden, initializer)
        A, dZ = net.forward(X_deep).A, net.backward(X_deep, y_deep).dZ
        print(f"{hidden:10}  {initializer:11}  {rms(A[1]):.2f}  {rms(A[10]):.2f}"
              f"   {rms(dZ[10]):.3f}   {rms(dZ[1]):.3f}")

# %%
# ReLU with Glorot's weights, which are by √2 too small for it, loses about that factor in each layer. Tanh with either
# keeps its signals at a useful size in ten layers; with Glorot's they shrink slowly, since tanh is flatter everywhere
# else than at 0.
#
# In pairs
# --------
#
# A variance speaks of many weights. A narrow layer has few, and may be unlucky. With independent ReLUs it happens that all
# units of a layer are 0 for an example: in a layer of 4 with probability (½)⁴, about 6 %, in one of 6 with 2 %. Such an example
# passes nothing on, and no gradient back. Or several units look in nearly the same direction, and see little of the plane.
#
# So pynn's default, ``initializer="paired"``, draws pairs in hidden layers of at most 8 ReLUs: every second unit starts as the
# mirror image of the one before, with −w for w, and the directions of the pairs are orthogonal. The rows of W[1]:
print(pynn.Network([2, 4, 1], rng=0)[1].W.round(3))

# %%
# As long as the biases are 0, one unit of each pair has z > 0 for any input (where z is not just 0). The length of a row is √2,
# as He's variance gives it on average. In wider layers luck evens out, and the default is Glorot's.
#
# The network of the circles has two layers of 4 units and two of 6. Here are 200 starts from pairs, and 200 from He's
# independent weights. An example counts as silenced if some hidden layer is 0 for it, a start as failed if the accuracy is
# below 0.99 after 100 epochs.
sizes = [2, 4, 6, 6, 4, 1]
for initializer in ("paired", "he"):
    silenced, failures = [], 0
    for seed in range(200):
        net = pynn.Network(sizes, initializer=initializer, rng=seed)
        silent = [A.max(axis=0) == 0 for A in net.forward(X).A[1:-1]]
        silenced.append(np.any(silent, axis=0).mean())
        net.fit(X, y, epochs=100, learning_rate=0.1)
        failures += net.score(X, y) < 0.99
    print(f"{initializer:11}  {np.mean(silenced):5.1%} of the examples silenced, "
          f"{failures:2} of 200 starts fail")

# %%
# Dead ReLUs
# ----------
#
# A good start is no insurance. A ReLU with z < 0 for every example is dead: its slope is 0 everywhere, so its own
# gradients are 0, and its weights and bias no longer move. Only a change in the layers before can bring it back. A long
# step can kill many at once. Here the learning rate is reasonable, high, and far too high, and dead hidden units are
# counted after each epoch.


def dead_by_layer(net):
    return [int((Z.max(axis=1) <= 0).sum()) for Z in net.forward(X).Z[1:-1]]


figure, ax = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
for alpha in (0.1, 0.5, 3):
    net, recorder = pynn.Network([2, 8, 8, 8, 1], rng=0), pynn.callbacks.Recorder()
    recorder.record(net)
    loss = net.fit(X, y, epochs=30, learning_rate=alpha, callbacks=[recorder]).loss[-1]
    twin, dead = net.copy(), []
    for theta in recorder.parameters:
        twin.parameters = theta
        dead.append(sum(dead_by_layer(twin)))
    ax.plot(recorder.epochs, dead, ".-", label=f"α = {alpha}, loss {loss:.3f}")
ax.set(xlabel="epoch", ylabel="dead units", yticks=range(0, 25, 4))
ax.set_title("Dead ones of 24 hidden units")
ax.legend()

# %%
# Long steps need not do harm: with α = 0.5 one unit is dead at the end, and the loss is the least of the three. With α = 3
# most of them die. Lower the learning rate afterwards, and it does not help; start anew with the low one, and it does:
anew = pynn.Network([2, 8, 8, 8, 1], rng=0)
for name, start in {"first 3, then 0.1": net, "anew with 0.1": anew}.items():
    start.fit(X, y, epochs=100, learning_rate=0.1)
    loss = start.evaluate(X, y)["loss"]
    print(f"{name:17}  loss {loss:.3f}, dead by layer {dead_by_layer(start)}")
plt.show()

# %%
# Where a layer still has living units, they can take over the work of the dead. A layer without any lets no gradient
# through: all layers before it have stopped learning, for good.
#
# Exercises
# ---------
#
# 1. Write an initialisation yourself: ``print(pynn.workbook.describe("initialize"))`` has the task,
#    ``pynn.workbook.check("initialize", your_function)`` looks at what you draw.
# 2. How much randomness is needed to break the symmetry? Start from the equal weights of the second section, add ε times
#    random numbers to W[1] with ε = 0.1, 0.001, 10⁻⁶ and 10⁻⁹, and train for 1000 epochs each. In which epoch does the
#    accuracy pass 0.9? What does that say about the equal weights: are they a valley or a ridge?
# 3. Redo the argument of the third section for ``hidden="linear"``, that is g(z) = z: by which factor are He's weights
#    then too large? Check with ``deep``. Then take ``hidden="sigmoid"`` with its largest slope of ¼: by what factor does
#    dZ shrink from layer to layer, and do larger weights mend it?
