"""
9. The circles
==============

The article that this course follows has one problem: a network of five layers has to separate two circles of points in the
plane. Lessons 1 to 8 explained the parts. Here they work together.

*What you learn:* why training and test examples are kept apart; what a whole training looks like in code, in numbers and in
pictures; what each hidden unit contributes; how a single step can go wrong; why some starts fail, and how to find out why.
"""

# %%
# The problem
# -----------
#
# 1000 points lie around two circles with the same centre, one of radius 1 and one of radius 0.3. Each coordinate has some
# noise: a random number from a normal distribution with standard deviation 0.1. The points of the outer circle are class 0,
# and those of the inner circle are class 1.
#
# First, a tenth of the points is drawn at random and put aside. These are the test examples. The network is trained on the
# other 900 only. So its answers for the 100 test examples show what it does with points that it has never seen.
import matplotlib.pyplot as plt
import numpy as np

import pynn
from pynn.translation import _  # puts the words of this lesson into your language

X, y = pynn.datasets.circles(1000, factor=0.3, noise=0.1, rng=0)
X_train, X_test, y_train, y_test = pynn.datasets.split(X, y, test_size=0.1, rng=0)
print(_("training: X {shape}, of class 1: {ones}", shape=X_train.shape, ones=y_train.sum()))
print(_("test:     X {shape}, of class 1: {ones}", shape=X_test.shape, ones=y_test.sum()))
ax = pynn.plot.dataset(X_train, y_train)
ax.set_title(_("The training examples"))
ax.set_aspect("equal")

# %%
# The network
# -----------
#
# The network has two inputs, hidden layers of 4, 6, 6 and 4 units with ReLU, and one output unit with the sigmoid. Its output
# is the probability of class 1. The loss is the binary cross-entropy of lesson 4.
net = pynn.Network([2, 4, 6, 6, 4, 1], hidden="relu", output="sigmoid", rng=0)
print(net.summary())
print(_("\naccuracy on the test examples: {accuracy:.2f}", accuracy=net.score(X_test, y_test)))

# %%
# The weights are random numbers, so the first accuracy is about as good as guessing.
#
# Training
# --------
#
# Some numbers are chosen and not learned: the number of layers, the number of their units, the activations, the learning
# rate, the number of epochs. They are called *hyper-parameters*.
#
# In an epoch, ``fit`` uses each of the 900 examples once, in a new random order and in batches of 32. Each batch makes one
# step of gradient descent: forward, backward, descend. So an epoch has 28 steps with 32 examples, and a last step with the 4
# examples that remain.
#
# ``validation_data`` are examples that ``fit`` evaluates after each epoch and never trains on. Here we may use the test
# examples, because we only watch. If we chose something by these numbers, we would need a third set (lesson 10). The
# ``Recorder`` keeps a copy of all parameters after each epoch.
recorder = pynn.callbacks.Recorder()
recorder.record(net)                            # the start, before any training
history = net.fit(X_train, y_train, epochs=50, batch_size=32, learning_rate=0.1,
                  validation_data=(X_test, y_test), callbacks=[recorder])
print(_("epoch  loss    accuracy  validation loss  validation accuracy"))
for epoch in (1, 2, 4, 8, 12, 25, 50):
    k = epoch - 1
    print(f"{epoch:5}  {history.loss[k]:.4f}  {history.accuracy[k]:.3f}"
          f"     {history.val_loss[k]:.4f}           {history.val_accuracy[k]:.2f}")
print(_("\non the test examples:"), net.evaluate(X_test, y_test))
print(_("time of all epochs: {time:.0f} ms", time=1000 * history.epoch_seconds.sum()))

# %%
# Every test example is answered correctly. (The loss and the accuracy are means over the batches of the epoch, while the
# network is still changing. The validation comes after the epoch, so it is often better.)
ax = pynn.plot.decision_surface(net, X_test, y_test)
ax.set_title(_("What the network answers, and the test examples"))
ax.set_aspect("equal")

# %%
# The line where the probability is ½ consists of straight pieces, because it is made of ReLUs (lesson 3). This is how the
# accuracy and the loss developed:
pynn.plot.history(history)

# %%
# The recorder has the parameters of every epoch, so the surface can be drawn for each of them. ``plot.stills`` draws some of
# them side by side. Epoch 0 is the start.
pynn.plot.stills(recorder, net, X_test, y_test, epochs=[0, 1, 2, 4, 8, 50])

# %%
# ``plot.film`` shows the surface, the loss and the accuracy epoch by epoch. This film is small: its recorder kept every
# fourth epoch. A page or a notebook shows the film here. In a script, ``film.save("training.html")`` writes it, and a name
# that ends in ``.gif`` makes a GIF.
again, few = pynn.Network([2, 4, 6, 6, 4, 1], rng=0), pynn.callbacks.Recorder(every=4)
few.record(again)
again.fit(X_train, y_train, epochs=48, learning_rate=0.1, callbacks=[few])
film = pynn.plot.film(few, again, X_test, y_test, grid=40)
plt.close(film.figure)              # show the film, but not its first frame again
film

# %%
# What the hidden layers see
# --------------------------
#
# Each hidden unit is also a function of the two inputs, so it has its own map. White is 0, blue is above 0, and the line is
# where z = 0. Each column of maps is a layer.
axes = pynn.plot.unit_maps(net, X_test, y_test)

# %%
# In layer 1, every unit has a straight line, as every neuron with two inputs has (lesson 1). A unit of layer 2 is a weighted
# sum of these four maps plus a bias, and everything below 0 is cut off. So its line can bend where it crosses a line of layer
# 1, and it can even close. Layer 3 adds up such bent pieces. In layer 4 the problem is solved: units 1 and 4 are 0 on the
# inner circle and above 0 outside. Their weights to the output are negative, so the output is below ½ outside. (Some units
# are 0 almost everywhere and contribute little.)
#
# Nobody gave these tasks to the units. Gradient descent found them, and from another start it finds others.
#
# A step that goes wrong
# ----------------------
#
# Most libraries start from weights of ``he`` or ``glorot`` (lesson 8). Here is one start from ``he``, all else as before:
unlucky = pynn.Network([2, 4, 6, 6, 4, 1], initializer="he", rng=87)
history = unlucky.fit(X_train, y_train, epochs=50, batch_size=32, learning_rate=0.1, validation_data=(X_test, y_test))
for epoch in (45, 46, 47, 48, 49, 50):
    k = epoch - 1
    print(_("epoch {epoch}: loss {loss:.4f}, validation loss {val_loss:.4f}, accuracy {accuracy:.2f}",
            epoch=epoch, loss=history.loss[k], val_loss=history.val_loss[k], accuracy=history.val_accuracy[k]))
pynn.plot.history(history)

# %%
# What happened in epoch 47? Its last batch has only 4 examples, and the network is wrong about one of them. The mean gradient
# of these 4 is about a thousand times as long as the gradient of the batch before. The step goes much too far. In the next
# epochs the network recovers. Lesson 12 explains why it is always the small batch that does this, and how to avoid it.
#
# Starts that fail
# ----------------
#
# The seed determines the random weights of the start. In lesson 8, hardly any of 200 starts from pynn's default weights
# failed. Here are the first 300 seeds of ``he``, with everything else as before:


def train(seed):
    net, recorder = pynn.Network([2, 4, 6, 6, 4, 1], initializer="he", rng=seed), pynn.callbacks.Recorder()
    recorder.record(net)
    net.fit(X_train, y_train, epochs=50, learning_rate=0.1, callbacks=[recorder])
    return net, recorder


nets, recorders = zip(*(train(seed) for seed in range(300)), strict=True)
failed = [seed for seed, net in enumerate(nets) if net.score(X_test, y_test) < 0.99]
print(_("{failed} of {all} do not reach a test accuracy of 0.99:", failed=len(failed), all=len(nets)))
for seed in failed:
    loss, accuracy = nets[seed].evaluate(X_train, y_train).values()
    print(_("seed {seed:3}: training loss {loss:.4f}, accuracy {accuracy:.3f}",
            seed=seed, loss=loss, accuracy=accuracy))

# %%
# They even fail on the examples that they were trained on. Most of them have a loss of 0.693 = log 2: they answer about ½ for
# every example. Seeds 246 and 248 show two ways to fail:
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
for ax, seed in zip(axes, (246, 248), strict=True):
    pynn.plot.decision_surface(nets[seed], X_test, y_test, ax=ax)
    ax.set_title(_("seed {seed}", seed=seed))
    ax.get_legend().remove()                    # it would make both panels narrow

# %%
# Seed 246 has found a wedge, open on one side. It is right for most of the points, and the way from there to a ring is long.
#
# Seed 248 is another case, and ``diagnose`` knows the reason:
print(pynn.diagnose(nets[248], X_train, y_train))

# %%
# All four units of layer 4 give 0 for every example, so the output is g(b[5]) for each of them. (In the upper left corner of
# the picture, where there are no examples, a unit is still above 0.) The slope of ReLU is 0 for z < 0, so no gradient reaches
# the layers before. Only b[5] can still change. Such units are called dead (lessons 3 and 8). When did they die? The recorder
# knows:
recorder, twin = recorders[248], nets[248].copy()
print(_("epoch  dead in layer 4  largest |dW[1]|  loss"))
for epoch, theta in list(zip(recorder.epochs, recorder.parameters, strict=True))[:4]:
    twin.parameters = theta
    dead = (twin.forward(X_train).Z[4].max(axis=1) <= 0).sum()      # no example has z > 0
    gradients = twin.backward(X_train, y_train)
    print(f"{epoch:5}  {dead} of 4           {np.abs(gradients.dW[1]).max():.1e}"
          f"          {gradients.loss:.4f}")
print(_("W[5] at the start:"), recorders[248].parameters[0][-5:-1].round(2))
plt.show()

# %%
# Two of the four units were dead before the training, and the last one died in epoch 2. All four weights of the output
# happened to be positive, so at first every answer was ½ or more. The quickest way to a lower loss was to make all of A[4]
# smaller, and the steps went on until the sums Z[4] were below 0 for all examples. The remedies are another seed, pynn's
# default weights, or an activation whose slope is never 0, such as ``leaky_relu``.
#
# Exercises
# ---------
#
# 1. The article ends by asking its readers to write such a network themselves, and now you have seen all parts of it.
#    ``print(pynn.workbook.describe("train"))`` shows the task, and ``pynn.workbook.check("train", your_function)`` trains and
#    tests your network.
# 2. The network has 117 parameters. A network with one hidden layer of 29 units has as many. Train 100 seeds of both. How
#    many fail, and how many epochs do they need, in the median, to reach a test accuracy of 0.99? What is an advantage of the
#    deep network?
# 3. Train 300 seeds with ``initializer="he"`` and ``hidden="leaky_relu"``, and then with ``hidden="relu"`` and half the
#    learning rate. Which of the failures above does each remedy, and are there new ones? Then give the failures more epochs.
#
# *In the playground:* ``pynn playground --lesson 9`` opens a setting for this lesson. Play until the test accuracy is 99 %.
# Then go back on the timeline, and see how the border closed.
#
# Answers: docs/answers/09_the_circles.md
