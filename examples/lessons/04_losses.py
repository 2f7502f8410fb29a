"""
4. How wrong? Loss functions
============================

To make a network better one has to say how bad it is, and in one number: the loss J. It compares the predictions ŷ with
what should have come out, the targets y. Which loss is taken decides which mistakes count, and whether training can find
its way.

*What you learn:* the cross-entropy for two classes and for several; why the squared error and the accuracy are no
replacement for it; three losses for values, and what one wrong value does to each; how a loss is computed where numbers
round.
"""

# %%
# Binary cross-entropy by hand
# ----------------------------
#
# A sigmoid output ŷ is the probability of class 1 that the network states, so 1 − ŷ is that of class 0. Take the
# probability that it gave to the class that is right; the loss of this example is minus the (natural) logarithm of it.
# A probability of 1 costs nothing, and the smaller it was, the more it costs. Over m examples the mean is taken:
#
# .. math:: J = - \frac{1}{m} \sum \left( y \log \hat{y} + (1-y) \log (1-\hat{y}) \right)
#
# With y = 1 only the first term is there, with y = 0 only the second. Five predictions:
import math

import matplotlib.pyplot as plt
import numpy as np

import pynn

Y = np.array([[1, 1, 1, 0, 0]])
Y_hat = np.array([[0.9, 0.5, 0.1, 0.1, 0.99]])
losses = []
for y, y_hat in zip(Y[0], Y_hat[0], strict=True):
    right = y_hat if y == 1 else 1 - y_hat
    loss = -math.log(right)
    losses.append(loss)
    print(f"y = {y}, ŷ = {y_hat:.2f}: the right class got {right:.2f}, loss {loss:.3f}")
print(f"their mean:     {sum(losses) / 5:.3f}")
print(f"pynn.reference: {pynn.reference.binary_cross_entropy(Y, Y_hat):.3f}")

# %%
# The last example alone makes up more than half of the sum: it was wrong and sure of itself. A network that says ½ to
# everything has the loss log 2 = 0.693. Where the classes are equally frequent, a loss that stays there means that
# nothing is learned.
#
# Why not the squared error?
# --------------------------
#
# (ŷ − y)² measures a distance too. But it is never above 1, however sure the mistake, while the cross-entropy has no
# upper end. More important is the slope that training goes by. It is the slope by z, the sum before the sigmoid, because
# that is what weights and bias change. On the right are these slopes for an example with y = 1, from ``net.backward`` of
# a network that is one neuron with w = 1 and b = 0, so that z is its input:
z = np.linspace(-8, 4, 241)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
y_hat = np.linspace(0.005, 1, 200)
left.plot(y_hat, -np.log(y_hat), label="cross-entropy")
left.plot(y_hat, (y_hat - 1) ** 2, "--", label="squared error")
left.set(xlabel="ŷ", ylabel="loss where y = 1", title="Wrong and sure: costly, or not")
for loss, style in (("binary_cross_entropy", "-"), ("mean_squared_error", "--")):
    net = pynn.Network([1, 1], output="sigmoid", loss=loss, rng=0)
    net.parameters = [1, 0]                     # w, b
    right.plot(z, net.backward(z[:, np.newaxis], np.ones(len(z))).dZ[1][0], style)
right.set(xlabel="z", ylabel="slope of loss by z", title="Wrong and sure: steep, or flat")
left.legend()

# %%
# For z far below 0 the neuron is sure of class 0, which is wrong. The cross-entropy then has the slope −1 and pushes z up
# with full force. The squared error is nearly flat: its slope contains that of the sigmoid, which is saturated there
# (lesson 3). The worst mistakes would be the slowest to be corrected. In the cross-entropy the logarithm cancels the
# sigmoid's slope, and what remains is ŷ − y.
#
# Why not the accuracy?
# ---------------------
#
# The accuracy, the share of right answers, is what one wants in the end. But training asks where the loss falls if a
# weight moves a little, and a small move hardly ever turns an answer round. Here is one neuron with w = (1, 1) on 20
# points, for every bias from −4 to 4:
X, y = pynn.datasets.blobs(20, centers=[[-1, -1], [1, 1]], spread=1.2, rng=0)
net = pynn.Network([2, 1], output="sigmoid", rng=0)
net[1].W = [[1, 1]]
biases = np.linspace(-4, 4, 801)
results = []
for b in biases:
    net[1].b = [[b]]
    results.append(net.evaluate(X, y))
figure, axes = plt.subplots(2, 1, figsize=(7, 5), sharex=True, layout="constrained")
for ax, name in zip(axes, ("accuracy", "loss"), strict=True):
    ax.plot(biases, [result[name] for result in results])
    ax.set_ylabel(name)
axes[0].set_title("Accuracy goes in steps, the loss has a slope")
axes[1].set_xlabel("b")

# %%
# Each step of the accuracy is one point that changes sides, and between the steps its slope is 0, which says nothing
# about where to go. The loss has a slope at every b but the best. So the loss is what training lowers, and the accuracy
# is what one reads off afterwards. The two need not be best at the same place:
least = min(results, key=lambda result: result["loss"])
b = biases[results.index(least)]
most = max(result["accuracy"] for result in results)
print(f"least loss {least['loss']:.3f} at b = {b:.2f}, accuracy {least['accuracy']:.2f}")
print(f"best accuracy anywhere: {most:.2f}")

# %%
# Values instead of classes
# -------------------------
#
# If the target is a number, such as a price or a temperature, the output is linear and the loss depends on the difference
# d
# = ŷ − y. Three losses are usual: d², the squared error; the size of d without its sign, the absolute error; and the Huber
# loss, which is ½ d² up to a size of 1 and from there on a straight line. They differ in what they make of an outlier, a
# target far off all others. Sixty points of a sine, of which the first three were "measured wrong" and read 6:
X, y = pynn.datasets.sine(60, noise=0.1, rng=0)
spoiled = y.copy()
spoiled[:3] = 6
x = np.linspace(-np.pi, np.pi, 200)
ax = pynn.plot.dataset(X, spoiled)
styles = {"mean_squared_error": "-", "mean_absolute_error": "--", "huber": ":"}
for loss, style in styles.items():
    net = pynn.Network([1, 8, 1], hidden="tanh", output="linear", loss=loss, rng=0)
    net.fit(X, spoiled, epochs=1000, learning_rate=0.05)
    fitted = net(x[:, np.newaxis])[:, 0]
    ax.plot(x, fitted, style, label=loss.replace("_", " "), linewidth=2)
    print(f"{loss:20} mean distance from the sine {np.abs(fitted - np.sin(x)).mean():.3f}")
ax.set_title("Three points in sixty are wrong")
ax.legend()

# %%
# A distance of 6 counts 36, so the squared error bends the curve towards three points. The absolute error counts an
# outlier only by its distance, and Huber's loss does the same from 1 on, while near 0 it is smooth, as the squared error
# is. Without outliers, with noise as in the other 57 points, the squared error is a good choice, and it is what pynn
# takes if not told otherwise.
#
# Several classes
# ---------------
#
# With K classes there are K output units, one for each. Softmax turns their sums z into K probabilities a, which are the
# prediction ŷ: it takes e to the power of each z, which is positive, and divides by the total, so that they add up to 1.
# The loss is again minus the logarithm of the probability that the right class got, and is called categorical
# cross-entropy:
#
# .. math:: a_i = \frac{e^{z_i}}{\sum_k e^{z_k}}, \qquad J = - \frac{1}{m} \sum \log a_{right}
z = np.array([[2.0], [1.0], [-1.0]])        # of three units for one example: a column
a = pynn.reference.softmax(z)
for k in range(3):
    loss = -math.log(a[k, 0])
    print(f"class {k}: z = {z[k, 0]:4}, a = {a[k, 0]:.3f}, loss if it is right: {loss:.3f}")
print(f"sum of a: {a.sum():.3f}")

# %%
# In pynn the classes are the numbers 0 to K − 1 in y, and a network with more than one output unit has softmax and this
# loss from the start.
X, y = pynn.datasets.blobs(300, centers=3, spread=0.8, rng=0)
net = pynn.Network([2, 3], rng=0)
print(f"loss of ⅓ for every class: {math.log(3):.3f}")
print(f"loss before: {net.evaluate(X, y)['loss']:.3f}")
net.fit(X, y, epochs=50, learning_rate=0.1)
print(f"loss after:  {net.evaluate(X, y)['loss']:.3f}, accuracy {net.score(X, y):.3f}")
for k, p in enumerate(net.predict_proba(X[:3])):
    stated = ", ".join(f"{p_k:.3f}" for p_k in p)
    print(f"example {k}: probabilities {stated}; right is class {y[k]}")
pynn.plot.decision_surface(net, X, y)

# %%
# When ŷ rounds to 1
# ------------------
#
# The formula has a weak spot on a computer. A float64 holds about 16 digits, and from z = 37 on the sigmoid is so near 1
# that it is rounded to 1. If y is 0, the loss should be about z. The formula takes the logarithm of 1 − ŷ = 0 instead.
# But z itself is not rounded, and the loss can be written with it:
#
# .. math:: - \log (1 - \hat{y}) = \log (1 + e^{z}) = \max (0, z) + \log (1 + e^{-|z|})
#
# The last form never takes e to a large power, so nothing overflows either. ``reference.stable_loss`` computes it so, and
# the engine does as well:
print("     z    formula     stable")
for z in (10.0, 30.0, 36.0, 37.0, 800.0):
    Y, Z = np.array([[0.0]]), np.array([[z]])
    Y_hat = pynn.reference.sigmoid(Z)
    with np.errstate(divide="ignore"):          # NumPy would warn of log 0
        formula = pynn.reference.binary_cross_entropy(Y, Y_hat)
    stable = pynn.reference.stable_loss("binary_cross_entropy", Y, Z, Y_hat)
    print(f"{z:6.0f} {formula:10.5f} {stable:10.5f}")
plt.show()

# %%
# At 36 the formula is already off in the second decimal, and at 37 it is infinite. One such example would make the mean
# over all of them infinite, and the loss would tell nothing about the others.
#
# Exercises
# ---------
#
# 1. Write the binary cross-entropy of many examples at once: ``print(pynn.workbook.describe("binary_cross_entropy"))``.
#    Then its derivative by ŷ, with which lesson 7 begins: ``print(pynn.workbook.describe("loss_derivative"))``.
# 2. Give the neuron of lesson 1 a start that is wrong and sure: train it on the two clouds from W = (−5, −5) with each of
#    the losses of the second section, for 20 epochs at learning rate 0.1, and print the accuracy after every few. What
#    does the picture of the slopes have to do with what you see?
# 3. A question is answered by yes in 7 of 10 cases, and nothing else is known. Compute for ŷ = 0.01, 0.02, …, 0.99 the
#    mean cross-entropy, the mean squared error and the mean absolute error over the ten. Where is each least? Which of
#    them makes a network state an honest probability?
