"""
4. How wrong? Loss functions
============================

To make a network better, we must say in one number how bad it is. This number is the loss J. It compares the predictions ŷ
with the right answers, the targets y. The choice of the loss decides which mistakes count most, and whether training can find
its way.

*What you learn:* the cross-entropy for two classes and for several; where its logarithm comes from; why the squared error
and the accuracy are no replacement for it; three losses for values, and what wrong values do to each; how a loss is computed
on a computer, which rounds.
"""

# %%
# Binary cross-entropy by hand
# ----------------------------
#
# The sigmoid output ŷ is the network's probability of class 1. So 1 − ŷ is its probability of class 0. Take the probability
# that the network gave to the right class. The loss of this example is minus its natural logarithm. If the probability was 1,
# the loss is 0. The smaller the probability was, the larger the loss. The loss of m examples is the mean:
#
# .. math:: J = - \frac{1}{m} \sum \left( y \log \hat{y} + (1-y) \log (1-\hat{y}) \right)
#
# (Σ means: add this up for all m examples. Lesson 5 says more about Σ.) With y = 1, only the first term is left, because 1 −
# y is 0. With y = 0, only the second term is left. Five predictions:
import math

import matplotlib.pyplot as plt
import numpy as np

import pynn.plot
from pynn.translation import _  # puts the words of this lesson into your language

Y = np.array([[1, 1, 1, 0, 0]])
Y_hat = np.array([[0.9, 0.5, 0.1, 0.1, 0.99]])
losses = []
for y, y_hat in zip(Y[0], Y_hat[0], strict=True):
    right = y_hat if y == 1 else 1 - y_hat
    loss = -math.log(right)
    losses.append(loss)
    print(_("y = {y}, y_hat = {y_hat:.2f}: the right class got {right:.2f}, loss {loss:.3f}",
            y=y, y_hat=y_hat, right=right, loss=loss))
print(_("their mean:     {mean:.3f}", mean=sum(losses) / 5))
print(f"pynn.reference: {pynn.reference.binary_cross_entropy(Y, Y_hat):.3f}")

# %%
# The last example alone is more than half of the sum: the network was wrong and sure. A network that answers ½ for every
# example has the loss log 2 = 0.693. If the classes are equally frequent and the loss stays at 0.693, the network learns
# nothing.
#
# Why a logarithm?
# ----------------
#
# The network states a probability for every example. If the examples are independent, the probability of *all* the right
# answers together is the product of the single probabilities. This product is called the *likelihood*. The best network is
# the one with the greatest likelihood.
#
# A product of many numbers below 1 is soon too small for a computer, and it is hard to find its slope. The logarithm turns
# the product into a sum and does not change which network is best, because a larger number has a larger logarithm. Minus
# makes it a loss, which should be small. Division by m makes it a mean, which does not grow with the number of examples. The
# result is J:
right = np.where(Y == 1, Y_hat, 1 - Y_hat)[0]
likelihood = np.prod(right)
print(_("probabilities of the right answers:"), right.round(2))
print(_("likelihood, their product:          {likelihood:.6f}", likelihood=likelihood))
print(_("-(1/5) log of it:                   {mean:.3f}", mean=-math.log(likelihood) / 5))
print(_("a product of 2000 factors of 1/2:   {product}", product=0.5**2000))
print(_("the sum of their logarithms:        {total:.1f}", total=2000 * math.log(0.5)))

# %%
# In the picture, the tangents show how fast −log p falls. The slope is −1/p: the smaller the probability of the right answer,
# the harder the loss pushes.
p = np.linspace(0.03, 1, 200)
figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.plot(p, -np.log(p), color="black", label="−log p")
for point in (0.1, 0.5, 0.9):
    near = np.array([max(0.02, point - 0.12), min(1.05, point + 0.12)])
    ax.plot(near, -math.log(point) - (near - point) / point, linewidth=2.5,
            label=_("tangent at {point}: slope −{slope:.2f}", point=point, slope=1 / point))
    ax.plot(point, -math.log(point), "k.")
ax.set(xlabel=_("p, the probability of the right answer"), ylabel=_("loss"), ylim=(-0.3, 3.7))
ax.legend()

# %%
# Why not the squared error?
# --------------------------
#
# (ŷ − y)² also measures a distance. But it is never above 1, however sure a wrong answer is, while the cross-entropy has no
# upper limit. More important is the slope, because training follows it. We need the slope with respect to z, the sum before
# the sigmoid, because weights and bias act on z. The right picture shows these slopes for an example with y = 1. They come
# from ``net.backward``. The network is one neuron with w = 1 and b = 0, so that z is its input:
z = np.linspace(-8, 4, 241)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
y_hat = np.linspace(0.005, 1, 200)
left.plot(y_hat, -np.log(y_hat), label=_("cross-entropy"))
left.plot(y_hat, (y_hat - 1) ** 2, "--", label=_("squared error"))
left.set(xlabel="ŷ", ylabel=_("loss if y = 1"), title=_("Wrong and sure: costly, or not"))
for loss, style in (("binary_cross_entropy", "-"), ("mean_squared_error", "--")):
    net = pynn.Network([1, 1], output="sigmoid", loss=loss, rng=0)
    net.parameters = [1, 0]                     # w, b
    right.plot(z, net.backward(z[:, np.newaxis], np.ones(len(z))).dZ[1][0], style)
right.set(xlabel="z", ylabel=_("slope of the loss with respect to z"), title=_("Wrong and sure: steep, or flat"))
left.legend()

# %%
# Where z is far below 0, the neuron is sure of class 0, which is wrong. There the cross-entropy has the slope −1 and pushes z
# up with full force. The squared error is nearly flat there: its slope contains the slope of the sigmoid, which is saturated
# (lesson 3). The worst mistakes would be corrected most slowly. In the cross-entropy, the logarithm cancels the slope of the
# sigmoid, and ŷ − y is left. (The page of derivations shows every step.)
#
# Why not the accuracy?
# ---------------------
#
# The accuracy, the share of right answers, is what we want in the end. But training asks whether the loss falls if a weight
# changes a little, and a small change hardly ever changes an answer. Here is one neuron with w = (1, 1) on 20 points, for
# every bias from −4 to 4:
X, y = pynn.datasets.blobs(20, centers=[[-1, -1], [1, 1]], spread=1.2, rng=0)
net = pynn.Network([2, 1], output="sigmoid", rng=0)
net[1].W = [[1, 1]]
biases = np.linspace(-4, 4, 801)
results = []
for b in biases:
    net[1].b = [[b]]
    results.append(net.evaluate(X, y))
figure, axes = plt.subplots(2, 1, figsize=(7, 5), sharex=True, layout="constrained")
for ax, name, label in zip(axes, ("accuracy", "loss"), (_("accuracy"), _("loss")), strict=True):
    ax.plot(biases, [result[name] for result in results])
    ax.set_ylabel(label)
axes[0].set_title(_("Accuracy goes in steps, the loss has a slope"))
axes[1].set_xlabel("b")

# %%
# At each step of the accuracy, one point changes sides. Between the steps the slope is 0, which does not say where to go. The
# loss has a slope at every b except the best one. So training lowers the loss, and we read the accuracy afterwards. The two
# need not be best at the same b:
least = min(results, key=lambda result: result["loss"])
b = biases[results.index(least)]
most = max(result["accuracy"] for result in results)
print(_("least loss {loss:.3f} at b = {b:.2f}, accuracy {accuracy:.2f}",
        loss=least["loss"], b=b, accuracy=least["accuracy"]))
print(_("best accuracy anywhere: {most:.2f}", most=most))

# %%
# Values instead of classes
# -------------------------
#
# If the target is a number, such as a price or a temperature, the output is linear, and the loss depends on the difference
# d = ŷ − y. Three losses are usual:
#
# - the squared error, d²;
# - the absolute error, ``|d|``, the size of d without its sign;
# - the Huber loss: ½ d² where ``|d|`` is at most 1, and a straight line beyond.
#
# They differ in how they treat an outlier, a target far from all others. Here are sixty points of a sine. Three of them were
# "measured wrong": their value is 6.
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
    print(_("{loss:20} mean distance from the sine {distance:.3f}",
            loss=loss, distance=np.abs(fitted - np.sin(x)).mean()))
ax.set_title(_("Three points in sixty are wrong"))
ax.legend()

# %%
# In the squared error, a distance of 6 counts as 36, so three points bend the whole curve. In the absolute error it counts
# as 6. The Huber loss treats large distances in the same way, and it is smooth near 0, as the squared error is. Without
# outliers, with noise as in the other 57 points, the squared error is a good choice. It is pynn's default for a linear
# output.
#
# Several classes
# ---------------
#
# With K classes there are K output units, one for each class. Softmax turns their sums z into K probabilities a, which are
# the prediction ŷ. It takes e to the power of each z, which is positive. Then it divides by the total, so that the
# probabilities add up to 1. The loss is again minus the logarithm of the probability of the right class. It is called
# categorical cross-entropy:
#
# .. math:: a_i = \frac{e^{z_i}}{\sum_k e^{z_k}}, \qquad J = - \frac{1}{m} \sum \log a_{right}
z = np.array([[2.0], [1.0], [-1.0]])        # of three units for one example: a column
a = pynn.reference.softmax(z)
for k in range(3):
    loss = -math.log(a[k, 0])
    print(_("class {k}: z = {z:4}, a = {a:.3f}, loss if it is right: {loss:.3f}",
            k=k, z=z[k, 0], a=a[k, 0], loss=loss))
print(_("sum of a: {total:.3f}", total=a.sum()))

# %%
# In pynn, y contains the numbers of the classes, 0 to K − 1. A network with more than one output unit has softmax and this
# loss by default.
X, y = pynn.datasets.blobs(300, centers=3, spread=0.8, rng=0)
net = pynn.Network([2, 3], rng=0)
print(_("loss if every class gets 1/3: {loss:.3f}", loss=math.log(3)))
print(_("loss before: {loss:.3f}", loss=net.evaluate(X, y)["loss"]))
net.fit(X, y, epochs=50, learning_rate=0.1)
print(_("loss after:  {loss:.3f}, accuracy {accuracy:.3f}",
        loss=net.evaluate(X, y)["loss"], accuracy=net.score(X, y)))
for k, p in enumerate(net.predict_proba(X[:3])):
    stated = ", ".join(f"{p_k:.3f}" for p_k in p)
    print(_("example {k}: probabilities {stated}; the right class is {right}", k=k, stated=stated, right=y[k]))
pynn.plot.decision_surface(net, X, y)

# %%
# When ŷ rounds to 1
# ------------------
#
# On a computer, the formula has a weak point. A float64 holds about 16 digits. From z = 37 on, the sigmoid is so near 1 that
# it is rounded to 1. If y is 0, the loss should be about z. But the formula takes the logarithm of 1 − ŷ = 0. The number z
# itself is not rounded, and the loss can be computed from z:
#
# .. math:: - \log (1 - \hat{y}) = \log (1 + e^{z}) = \max (0, z) + \log (1 + e^{-|z|})
#
# The last form never takes e to a large power, so nothing overflows. ``reference.stable_loss`` and the engine compute the
# loss in this way:
print(_("     z    formula     stable"))
for z in (10.0, 30.0, 36.0, 37.0, 800.0):
    Y, Z = np.array([[0.0]]), np.array([[z]])
    Y_hat = pynn.reference.sigmoid(Z)
    with np.errstate(divide="ignore"):          # NumPy would warn of log 0
        formula = pynn.reference.binary_cross_entropy(Y, Y_hat)
    stable = pynn.reference.stable_loss("binary_cross_entropy", Y, Z, Y_hat)
    print(f"{z:6.0f} {formula:10.5f} {stable:10.5f}")
plt.show()

# %%
# At 36, the second decimal of the formula is wrong already, and at 37 the formula is infinite. One such example would make
# the mean of all examples infinite.
#
# Exercises
# ---------
#
# 1. Write the binary cross-entropy of many examples at once: ``print(pynn.workbook.describe("binary_cross_entropy"))``. (Its
#    slope comes in lesson 7.)
# 2. Give the neuron of lesson 1 a start that is wrong and sure: train it on the two clouds from W = (−5, −5), once with the
#    cross-entropy and once with the squared error, for 20 epochs with learning rate 0.1. Print the accuracy after every few
#    epochs. How does the picture of the slopes explain what you see?
# 3. The answer to a question is yes in 7 of 10 cases, and nothing else is known. For ŷ = 0.01, 0.02, …, 0.99, compute the
#    mean cross-entropy, the mean squared error and the mean absolute error over the ten cases. Where is each least? Which of
#    them makes a network state an honest probability?
#
# *In the playground:* ``pynn playground --lesson 4`` opens a setting for this lesson. Train for 100 epochs. Then choose mean
# squared error, restart from the same weights, and compare the curves.
#
# Answers: docs/answers/04_losses.md
