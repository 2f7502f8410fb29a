"""
10. Overfitting and regularisation
==================================

A network is trained on some examples, but it is wanted for others. A large network can learn few examples by heart, their
noise included, and be the worse for it with new ones. That is overfitting.

*What you learn:* how to see overfitting; what training, validation and test examples are each for; what weight penalties
(l2 and l1), dropout, early stopping and more data do against it, in pictures and in numbers.
"""

# %%
# Three sets of examples
# ----------------------
#
# The data are two half moons that reach into each other, with so much noise that they overlap: nobody can tell all of
# their points apart. There are
#
# - 60 *training* examples, from which the parameters are learned;
# - 200 *validation* examples, by which we choose: when to stop, how strong a penalty is to be;
# - 5000 *test* examples, which are looked at when nothing is chosen any more, to say how good the result is.
#
# The test set has to be a third one, because a choice fits the validation examples too: the best of many is in part the
# luckiest. In practice one has a single table and splits it in three. These data are made up, so we can afford a test set
# that tells an accuracy to about half a percent.
import matplotlib.pyplot as plt
import numpy as np

import pynn


def draw(m, seed):
    return pynn.datasets.moons(m, noise=0.3, rng=seed)


train, validation, test = draw(60, 0), draw(200, 1000), draw(5000, 2000)

# %%
# The network has two hidden layers of 32 units, and so 1185 parameters, for 60 examples.
net, recorder = pynn.Network([2, 32, 32, 1], rng=0), pynn.callbacks.Recorder()
history = net.fit(*train, epochs=1000, batch_size=16, learning_rate=0.2,
                  validation_data=validation, callbacks=[recorder])
best = int(history.val_loss.argmin()) + 1
print("epoch  training loss  accuracy  validation loss  accuracy")
for epoch in (1, 50, best, 500, 1000):
    k = epoch - 1
    print(f"{epoch:5}  {history.loss[k]:13.3f}  {history.accuracy[k]:8.3f}"
          f"  {history.val_loss[k]:15.3f}  {history.val_accuracy[k]:8.3f}")

# %%
# The training loss keeps falling. The validation loss falls at first, is least in the third of these epochs, and then
# rises: that is what overfitting looks like in numbers.
ax = pynn.plot.history(history, linewidth=1)
ax.axvline(best, ymax=0.8, color="grey", linewidth=1)
ax.set_title(f"The validation loss is least in epoch {best}")

# %%
# And in the plane, with the training examples. The line comes to wind around single points, and the network becomes sure
# of its answers right up to it:
pynn.plot.stills(recorder, net, *train, epochs=[50, best, 1000])

# %%
# The loss suffers more than the accuracy. The line has moved only here and there. But a wrong answer costs the more, the
# surer it is given (lesson 4), and where the classes overlap, an overfitted network is sure and often wrong.
#
# Weight penalties
# ----------------
#
# A steep, winding surface takes large weights. So make large weights cost something: add a penalty to the loss,
#
# .. math:: J_{l2} = J + \frac{\lambda}{2} \sum W^2, \qquad J_{l1} = J + \lambda \sum |W|
#
# where the sums are over all weights of all layers, and λ is the strength, a hyper-parameter. The biases go free. In each
# step the gradient dW becomes dW + λ W with l2: every weight is pulled towards 0 in proportion to its size. With l1 it is
# dW + λ sign(W): all weights are pulled alike, and those that help little end near 0.
#
# How strong? That is a choice, so the validation examples make it.
print("l2      training loss  validation loss")
losses = {}
for l2 in (0, 0.001, 0.003, 0.01, 0.03, 0.1):
    net = pynn.Network([2, 32, 32, 1], rng=0)
    net.fit(*train, epochs=1000, batch_size=16, learning_rate=0.2, l2=l2)
    losses[l2] = net.evaluate(*validation)["loss"]
    print(f"{l2:5}   {net.evaluate(*train)['loss']:13.3f}  {losses[l2]:15.3f}")
print("chosen:", min(losses, key=losses.get))

# %%
# The training loss only rises with the strength of the penalty. The validation loss has its minimum between too weak,
# where the network overfits, and too strong, where it cannot even fit what is there (underfitting).
#
# Three other ways
# ----------------
#
# *Dropout* leaves out each hidden unit with a probability p, drawn anew for every example in every step of the training,
# and divides the outputs of the others by 1 − p, so that sums over them keep their size in the mean. No unit can rely on
# a certain other one. When the trained network answers, all units take part.
#
# *Early stopping* takes the parameters of the epoch in which the validation loss was least. ``EarlyStopping`` ends the
# fit when no epoch has been better for a while, here for 100 epochs.
#
# *More data*, where they can be had, leave less to be learned by heart. Here they are ten times as many. There are ten
# times fewer epochs, so that the number of steps stays about the same.
#
# All of these, and the penalties, are called regularisation: whatever keeps a network from following its training
# examples too closely. p = 0.5 and l1 = 0.003 were chosen as l2 was.
ways = {
    "none": {},
    "l2 = 0.01": {"l2": 0.01},
    "l1 = 0.003": {"l1": 0.003},
    "dropout 0.5": {"dropout": 0.5},
    "early stopping": {"callbacks": [pynn.callbacks.EarlyStopping(patience=100)]},
    "600 examples": {"m": 600, "epochs": 100},
}


def trained(seed, m=60, epochs=1000, dropout=0.0, **options):
    """A network of this seed, trained on its own draw of m examples, and these."""
    data, net = draw(m, seed), pynn.Network([2, 32, 32, 1], dropout=dropout, rng=seed)
    if "callbacks" in options:
        options["validation_data"] = draw(200, 1000 + seed)
    net.fit(*data, epochs=epochs, batch_size=16, learning_rate=0.2, **options)
    return net, data


# %%
# A draw of 60 points can be lucky or unlucky, and so can a start. Therefore each row is a mean over ten draws of training
# examples and of first weights, the same ten in each row:
print("                  training        test         weights")
print("                loss  accuracy  loss  accuracy  < 0.01")
for way, options in ways.items():
    rows = []
    for seed in range(10):
        net, data = trained(seed, **options)
        small = np.mean(abs(np.concatenate([layer.W.ravel() for layer in net])) < 0.01)
        rows.append([*net.evaluate(*data).values(), *net.evaluate(*test).values(), small])
    means = np.mean(rows, axis=0)
    print("{:14}  {:.3f}  {:.3f}   {:.3f}  {:.3f}   {:5.0%}".format(way, *means))
net, _ = trained(0, m=20000, epochs=20)
print(f"\nfor comparison, 20 000 examples: test accuracy {net.score(*test):.3f}")

# %%
# Without regularisation the training examples are answered nearly perfectly, and the test loss is the highest. Every way
# lowers it, most of all more data, then l2 and early stopping. In accuracy they gain between 1 and 3 percentage points of
# the 4 that there are to gain, if one takes 20 000 examples to show about what is possible: the moons overlap. l1 leaves
# 97 % of the 1120 weights close to 0, so some three dozen do the work. Dropout helps less here. Another problem may have
# another order. And whoever picks a row by its test loss has made the test set a second validation set.
#
# Early stopping has a price, and so has every choice: validation examples, which could have been trained on.
#
# The first of the ten draws in the plane:
figure, axes = plt.subplots(2, 3, figsize=(9, 6.4), layout="constrained")
for ax, (way, options) in zip(axes.flat, ways.items(), strict=True):
    net, data = trained(0, **options)
    pynn.plot.decision_surface(net, *data, ax=ax, grid=100, extent=(-1.8, 2.8, -1.5, 2))
    ax.set_title(way)
    ax.label_outer()
    ax.get_legend().remove()
for scale in set(figure.axes) - set(axes.flat):
    scale.remove()                              # six colour scales would be too many
plt.show()

# %%
# Without regularisation the line goes out of its way for three single points. In the other panels most of these stay on
# the wrong side, where they belong if they are noise. The pale band of l2 is the widest: near its line it does not claim
# to know.
#
# Exercises
# ---------
#
# 1. How much data is enough? Train the network without regularisation on 30, 60, 120, … 1920 examples, 60 000 / m epochs
#    each, in the mean over five seeds, and plot the training loss and the test loss over m. Towards what do the two
#    curves go?
# 2. Would a smaller network have been the better cure? Try hidden layers of 2, 4, 8, of 8 and 8, and of 128 and 128 units
#    on 60 examples, ten seeds each, and compare their test losses with the table.
# 3. Why a test set? Train 100 networks 2-4-1 from different seeds for 100 epochs on the same 60 examples, and choose the
#    one with the best accuracy on a validation set of only 20 examples. By how much is it better than the mean of the 100
#    on these 20, and by how much on the test set? Repeat it with 1000 validation examples.
