"""
10. Overfitting and regularisation
==================================

We train a network on some examples, but we want to use it for others. A large network can learn a few examples by heart,
together with their noise. Then it is worse with new examples. This is overfitting.

*What you learn:* how to see overfitting; what training, validation and test examples are for; what weight penalties (l2 and
l1), dropout, early stopping and more data do against it, in pictures and in numbers.
"""

# %%
# Three sets of examples
# ----------------------
#
# The data are two half moons with so much noise that they overlap: nobody can separate all of their points. There are
#
# - 60 *training* examples: the network learns its parameters from them;
# - 200 *validation* examples: we use them to choose, for example when to stop, or how strong a penalty is;
# - 5000 *test* examples: we use them once, when nothing is chosen any more, to measure how good the result is.
#
# Why is the test set a third set? Because a choice fits the validation examples too: the best of many networks is partly the
# luckiest. In practice there is one table, and we split it into three. These data are artificial, so we can afford a large
# test set, which measures an accuracy to about half a percent.
import matplotlib.pyplot as plt
import numpy as np

import pynn
from pynn.translation import _  # puts the words of this lesson into your language


def draw(m, seed):
    return pynn.datasets.moons(m, noise=0.3, rng=seed)


train, validation, test = draw(60, 0), draw(200, 1000), draw(5000, 2000)

# %%
# The network has two hidden layers of 32 units. These are 1185 parameters for 60 examples.
net, recorder = pynn.Network([2, 32, 32, 1], rng=0), pynn.callbacks.Recorder()
history = net.fit(*train, epochs=1000, batch_size=16, learning_rate=0.2,
                  validation_data=validation, callbacks=[recorder])
best = int(history.val_loss.argmin()) + 1
print(_("epoch  training loss  accuracy  validation loss  accuracy"))
for epoch in (1, 50, best, 500, 1000):
    k = epoch - 1
    print(f"{epoch:5}  {history.loss[k]:13.3f}  {history.accuracy[k]:8.3f}"
          f"  {history.val_loss[k]:15.3f}  {history.val_accuracy[k]:8.3f}")

# %%
# The training loss keeps falling. The validation loss falls at first, is least in the third of these epochs, and then rises.
# This is how overfitting looks in numbers.
ax = pynn.plot.history(history, linewidth=1)
ax.axvline(best, ymax=0.8, color="grey", linewidth=1)
ax.set_title(_("The validation loss is least in epoch {best}", best=best))

# %%
# This is how it looks in the plane, with the training examples. The line begins to wind around single points, and the network
# becomes sure of its answers even close to the line:
pynn.plot.stills(recorder, net, *train, epochs=[50, best, 1000])

# %%
# The loss suffers more than the accuracy. The line has moved in a few places only. But a wrong answer costs more when the
# network is surer of it (lesson 4). Where the classes overlap, an overfitted network is sure and often wrong.
#
# Weight penalties
# ----------------
#
# A steep, winding surface needs large weights. So we make large weights expensive and add a penalty to the loss:
#
# .. math:: J_{l2} = J + \frac{\lambda}{2} \sum W^2, \qquad J_{l1} = J + \lambda \sum |W|
#
# The sums go over all weights of all layers. Biases have no penalty. λ (lambda) is the strength of the penalty, a
# hyper-parameter. What do the penalties do in a step? Look at their slopes (lesson 5).
#
# - *l2:* the slope of λ/2 · w² is λw, so the gradient becomes dW + λW. Each step pulls every weight towards 0. A large weight
#   is pulled strongly, and a small one hardly at all.
# - *l1:* the slope of λ|w| is λ for a positive w and −λ for a negative one, so the gradient becomes dW + λ sign(W). All
#   weights are pulled with the same force. A weight that helps little cannot resist, and ends near 0.
#
# How strong should the penalty be? The validation examples decide this.
print(_("l2      training loss  validation loss"))
losses = {}
for l2 in (0, 0.001, 0.003, 0.01, 0.03, 0.1):
    net = pynn.Network([2, 32, 32, 1], rng=0)
    net.fit(*train, epochs=1000, batch_size=16, learning_rate=0.2, l2=l2)
    losses[l2] = net.evaluate(*validation)["loss"]
    print(f"{l2:5}   {net.evaluate(*train)['loss']:13.3f}  {losses[l2]:15.3f}")
print(_("chosen: {chosen}", chosen=min(losses, key=losses.get)))

# %%
# The training loss rises with the strength of the penalty. The validation loss has a minimum in between. If the penalty is
# too weak, the network overfits. If it is too strong, the network cannot even fit the training examples (underfitting).
#
# Three other ways
# ----------------
#
# *Dropout* switches off each hidden unit with a probability p. The units are drawn again for every example in every step of
# the training. The outputs of the other units are divided by 1 − p, so that sums keep their size on average. So no unit can
# rely on another single unit. When the trained network answers, all units take part.
#
# *Early stopping* uses the parameters of the epoch in which the validation loss was least. ``EarlyStopping`` ends the fit
# when no epoch has been better for a while, here for 100 epochs.
#
# *More data*, if we can get them, are harder to learn by heart. Here we take ten times as many examples and ten times fewer
# epochs, so that the number of steps stays about the same.
#
# All of these, and the penalties, are called regularisation: they keep a network from following its training examples too
# closely. p = 0.5 and l1 = 0.003 were chosen in the same way as l2.
ways = {
    _("none          "): {},
    "l2 = 0.01     ": {"l2": 0.01},
    "l1 = 0.003    ": {"l1": 0.003},
    "dropout 0.5   ": {"dropout": 0.5},
    _("early stopping"): {"callbacks": [pynn.callbacks.EarlyStopping(patience=100)]},
    _("600 examples  "): {"m": 600, "epochs": 100},
}


def trained(seed, m=60, epochs=1000, dropout=0.0, **options):
    """Return a network with this seed, trained on its own draw of m examples, and these examples."""
    data, net = draw(m, seed), pynn.Network([2, 32, 32, 1], dropout=dropout, rng=seed)
    if "callbacks" in options:
        options["validation_data"] = draw(200, 1000 + seed)
    net.fit(*data, epochs=epochs, batch_size=16, learning_rate=0.2, **options)
    return net, data


# %%
# A draw of 60 points can be lucky or unlucky, and so can a start. Therefore each row is a mean over ten seeds, and each seed
# draws its own training examples and its own first weights. The ten seeds are the same in each row.
print(_("                  training        test         weights"))
print(_("                loss  accuracy  loss  accuracy  < 0.01"))
for way, options in ways.items():
    rows = []
    for seed in range(10):
        net, data = trained(seed, **options)
        small = np.mean(abs(np.concatenate([layer.W.ravel() for layer in net])) < 0.01)
        rows.append([*net.evaluate(*data).values(), *net.evaluate(*test).values(), small])
    means = np.mean(rows, axis=0)
    print("{}  {:.3f}  {:.3f}   {:.3f}  {:.3f}   {:5.0%}".format(way, *means))
net, data = trained(0, m=20000, epochs=20)
print(_("\nfor comparison, 20 000 examples: test accuracy {accuracy:.3f}", accuracy=net.score(*test)))

# %%
# What does the table say?
#
# - *No regularisation:* the training examples are answered nearly perfectly, and the test loss is the highest. This is
#   overfitting, in one row.
# - *The test loss:* every way lowers it. More data lowers it most, then l2 and early stopping.
# - *The accuracy:* how much can we hope for? The moons overlap, so 100 % is impossible. 20 000 examples give 92 %, about 4
#   percentage points more than no regularisation. More data gains three of these points, l2 and early stopping two, dropout
#   one, l1 none.
# - *The weights:* l1 leaves 98 % of the 1120 weights close to 0, so some two dozen weights do all the work.
#
# Another problem may give another order. And if you choose a row by its test loss, the test set becomes a second validation
# set. Early stopping, like every choice, has a price: the validation examples cannot be used for training.
#
# Here is the first of the ten draws in the plane:
figure, axes = plt.subplots(2, 3, figsize=(9, 6.4), layout="constrained")
for ax, (way, options) in zip(axes.flat, ways.items(), strict=True):
    net, data = trained(0, **options)
    pynn.plot.decision_surface(net, *data, ax=ax, grid=100, extent=(-1.8, 2.8, -1.5, 2))
    ax.set_title(way.strip())
    ax.label_outer()
    ax.get_legend().remove()
for scale in set(figure.axes) - set(axes.flat):
    scale.remove()                              # six colour scales would be too many
plt.show()

# %%
# Without regularisation, the line makes detours around single points. With l2, early stopping and 600 examples, most of these
# points are on the wrong side of the line, which is right if they are noise. l2 has the widest pale band: near its line, the
# network does not claim to know the answer.
#
# Exercises
# ---------
#
# 1. How much data is enough? Train the network without regularisation on 30, 60, 120, … 1920 examples, for 60 000 / m epochs
#    each. Take the mean over five seeds, and plot the training loss and the test loss against m. What do the two curves
#    approach?
# 2. Would a smaller network have been a better remedy? Try one hidden layer of 2, 4 and 8 units, and two of 8 and of 128
#    units, on 60 examples with ten seeds each. Compare their test losses with the table.
# 3. Why do we need a test set? Train 100 networks 2-4-1 from different seeds for 100 epochs on the same 60 examples. Choose
#    the network with the best accuracy on a validation set of only 20 examples. By how much is it better than the mean of the
#    100 networks on these 20 examples, and by how much on the test set? Repeat this with 1000 validation examples.
#
# *In the playground:* ``pynn playground --lesson 10`` opens a setting for this lesson. Train for 300 epochs and watch the
# loss of the test set. Then restart with l2 = 0.01, or with dropout 0.3.
#
# Answers: docs/answers/10_overfitting.md
