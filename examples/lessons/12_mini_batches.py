"""
12. Mini-batches, and why they are shuffled
===========================================

The gradient over all examples takes a pass over all of them, for a single step. The gradient over a few examples is cheap, but
only about right. This lesson measures the costs and the gains of both. It shows why the few examples must be drawn at random.

*What you learn:* the words batch, step, iteration and epoch; how the size of the batches changes the training; in which sense
the gradient of a batch is right, and how far it is off; why a small last batch can spoil an epoch; what goes wrong if the
examples are sorted by class; why a training can be repeated bit for bit, and needs little memory.
"""

# %%
# The words
# ---------
#
# - A *batch* is the set of examples that one step of gradient descent uses. A small batch is also called a mini-batch.
# - A *step*, or iteration, is one forward pass, one backward pass and one change of the parameters.
# - An *epoch* is as many steps as are needed to use every example once. With m examples in batches of B, these are m/B steps,
#   rounded up: the last batch may be smaller.
import tracemalloc

import matplotlib.pyplot as plt
import numpy as np

import pynn
from pynn.translation import _  # puts the words of this lesson into your language

X, y = pynn.datasets.moons(1000, noise=0.2, rng=0)
for B in (1000, 32, 1):
    print(_("batches of {B:4}: {steps:4} steps an epoch", B=B, steps=-(-len(X) // B)))

# %%
# The first is gradient descent as in lesson 6, also called full batch. The last takes a step after every single example.
#
# Three sizes, three winners
# --------------------------
#
# Which size is the fastest? As in lesson 11, each size gets the best of several learning rates: the one that brings the loss
# below 0.1 in the fewest epochs. All have the same start. For a fair comparison we need the loss over all examples after each
# epoch. The training loss of ``fit`` is something else: a mean over the batches, while the parameters change. So we pass the
# training set as ``validation_data``, for which ``fit`` computes the loss after every epoch.
RATES = {1000: (0.1, 0.3, 1, 3), 32: (0.1, 0.3, 1, 3), 1: (0.01, 0.03, 0.1, 0.3)}


def train(B, alpha, epochs):
    net = pynn.Network([2, 16, 16, 1], rng=0)
    return net.fit(X, y, epochs=epochs, batch_size=B, learning_rate=alpha,
                   validation_data=(X, y))


def epochs_needed(history):
    below = history.val_loss < 0.1
    return below.argmax() + 1 if below.any() else np.inf


# %%
figure, axes = plt.subplots(1, 2, figsize=(8.5, 4.2), layout="constrained", sharey=True)
print(_("batch  alpha   epochs   steps   seconds   to a loss below 0.1"))
for B, rates in RATES.items():
    epochs = 150 if B == 1000 else 40
    histories = {alpha: train(B, alpha, epochs) for alpha in rates}
    alpha = min(rates, key=lambda alpha: epochs_needed(histories[alpha]))
    history, n = histories[alpha], epochs_needed(histories[alpha])
    seconds = history.epoch_seconds.cumsum()
    print(f"{B:5} {alpha:6} {n:8} {n * -(-len(X) // B):7} {seconds[n - 1]:9.4f}")
    name = _("batches of {B}, α = {alpha}", B=B, alpha=alpha)
    axes[0].loglog(range(1, epochs + 1), history.val_loss, label=name)
    axes[1].loglog(seconds, history.val_loss)
axes[0].set(xlabel=_("epochs"), ylabel=_("loss over all examples"), title=_("the loss against epochs"))
axes[1].set(xlabel=_("seconds"), title=_("and against time"))
figure.legend(loc="outside lower center", ncols=3, frameon=False)

# %%
# The full batch needs the fewest steps, because each step is a good one. Single examples need the fewest epochs, because an
# epoch has a thousand steps. The shortest time usually belongs to something in between. A step with 32 examples takes far
# less time than 32 steps with one example, because a processor computes several examples at once (lesson 14). And its
# direction is much better, as the next section shows.
#
# Right on average
# ----------------
#
# Take a network after three epochs, and keep its parameters fixed. The gradient ∇J over all 1000 examples is the mean of the
# gradients of the single examples. The gradient of a batch is the mean over a few of them. In which sense is it right?
#
# Draw a batch at random, so that every example has the same chance to be in it. Then, on average over all possible batches,
# every example counts the same. So the average of the batch gradients is the mean over all examples, and this is ∇J:
#
# .. math:: E[\text{gradient of a batch}] = \nabla J
#
# This is exact, for a batch of any size, under two conditions: the parameters do not depend on which examples are in the
# batch, and every example is equally likely. (The page of derivations computes it for three examples.)
#
# The noise of a gradient
# -----------------------
#
# A single batch is wrong by some error. Draw 400 batches of each size, where an example may occur twice. How long is the
# error compared with ∇J? (We take the root of its mean square.) And in how many of the 400 cases does the step go roughly in
# the right direction, at an angle of less than 90° to the full step?
net = pynn.Network([2, 16, 16, 1], rng=0)
net.fit(X, y, epochs=3, learning_rate=0.1)
full = net.backward(X, y).flat
rng = np.random.default_rng(0)
gradients = {}
print(_("batch   error / |g|   times sqrt(batch)   below 90 degrees"))
for B in (1, 4, 16, 64, 256):
    batches = rng.integers(len(X), size=(400, B))
    g = np.array([net.backward(X[rows], y[rows]).flat for rows in batches])
    error = np.sqrt(np.mean(np.sum((g - full) ** 2, axis=1))) / np.linalg.norm(full)
    print(f"{B:5} {error:13.2f} {error * np.sqrt(B):19.2f} {np.mean(g @ full > 0):18.0%}")
    gradients[B] = g

# %%
# The third column hardly changes: the error is proportional to 1/√B for batches of B examples. Four times the work halves the
# error, as in every mean of independent draws. So large batches are soon not worth their work: from 16 to 256 examples the
# error falls to a quarter, but the same work could make 16 steps. It is also the reason why small batches need a smaller α.
# The errors of many short steps largely cancel, and the errors of a few long steps do not.
#
# In the picture, a dot is the gradient of one batch. Only two of its entries are shown, those of the weights of unit 4 in
# layer 1. The star is ∇J.
i, j = 6, 7                             # their places in the vector of all parameters
figure, axes = plt.subplots(1, 3, figsize=(9, 3.6), layout="constrained", sharex=True,
                            sharey=True)
for ax, B in zip(axes, (4, 16, 64), strict=True):
    ax.plot(gradients[B][:, i], gradients[B][:, j], ".", markersize=3)
    ax.plot(full[i], full[j], "*", markersize=14, color="#E69F00", markeredgecolor="black")
    ax.set(title=_("batches of {B}", B=B), xlabel=_("dW[1], row 4, column 1"))
axes[0].set_ylabel(_("dW[1], row 4, column 2"))

# %%
# The small last batch
# --------------------
#
# In lesson 9, one step at the end of an epoch spoiled a trained network. There were 900 examples in batches of 32: 28 batches
# of 32, and a last batch of 4. On average the gradient of the last batch is right too, but its error is √8 = 2.8 times as
# large as that of the other batches, and its step has the same α. In a batch of 4, a single bad example counts for a quarter
# of the gradient. In a batch of 32 it counts for one part in 32, and the other 31 examples pull back.
#
# Is this really the cause? We train 50 of the starts of lesson 9 with batches of other sizes, and count how many are spoiled
# at least once: the validation loss at least doubles from one epoch to the next, to more than 0.1.
C, c = pynn.datasets.circles(1000, factor=0.3, noise=0.1, rng=0)
C_train, C_test, c_train, c_test = pynn.datasets.split(C, c, test_size=0.1, rng=0)
for B in (30, 31, 32, 33, 36):
    spoiled = 0
    for seed in range(50):
        net = pynn.Network([2, 4, 6, 6, 4, 1], initializer="he", rng=seed)
        loss = net.fit(C_train, c_train, epochs=50, batch_size=B, learning_rate=0.1,
                       validation_data=(C_test, c_test)).val_loss
        spoiled += np.any((loss[1:] > 2 * loss[:-1]) & (loss[1:] > 0.1))
    print(_("batches of {B}: the last batch has {last:2}, {spoiled:2} of 50 trainings are spoiled",
            B=B, last=(900 - 1) % B + 1, spoiled=spoiled))

# %%
# With 30 or 36, all batches have the same size, and it never happens. With 31, the last batch is a single example, and it
# happens in half of the trainings. So choose a batch size that divides the number of examples, or leaves a large rest. A
# lower learning rate at the end of the training helps too (lesson 11).
#
# There is a second way to look at it. The sum of the steps of an epoch should be a step along ∇J. If all batches have the
# same size, every example counts the same in this sum. With a last batch of 4, its examples count 8 times as much as the
# others. (And even with equal batches it is not exact, because the parameters change from step to step.)
#
# Why the order matters
# ---------------------
#
# All this holds for batches that are drawn at random. Tables are often sorted, for instance by class. Then nearly every batch
# has examples of one class only. Its gradient asks for more of this class, and after half an epoch the next batches ask for
# the opposite. So ``fit`` shuffles: every epoch has its own random order. ``shuffle=False`` leaves the examples in the given
# order.
order = np.argsort(y, kind="stable")
X_sorted, y_sorted = X[order], y[order]
runs = {
    _("sorted by class, not shuffled     "): (X_sorted, y_sorted, False),
    _("sorted by class, shuffled by fit  "): (X_sorted, y_sorted, True),
    _("mixed once, not shuffled again    "): (X, y, False),
}


def start():
    return pynn.Network([2, 16, 16, 1], rng=0)


print(_("after one epoch                    called class 1   accuracy"))
for name, (X_run, y_run, shuffle) in runs.items():
    net = start()
    net.fit(X_run, y_run, epochs=1, learning_rate=0.05, shuffle=shuffle)
    print(f"{name} {net.predict(X).mean():14.0%} {net.score(X, y):10.3f}")

# %%
# Half of the examples are class 1. The network that has seen class 1 last finds far more of them. And later?
figure, ax = plt.subplots(figsize=(8, 4.2), layout="constrained")
for name, (X_run, y_run, shuffle) in runs.items():
    history = start().fit(X_run, y_run, epochs=60, learning_rate=0.05, shuffle=shuffle,
                          validation_data=(X, y))
    line, = ax.semilogy(np.arange(1, 61), history.val_loss, label=name.strip())
    if X_run is X_sorted and not shuffle:
        ax.semilogy(np.arange(1, 61), history.loss, "--", color=line.get_color(),
                    label=_("the same, the loss that fit reports"))
ax.set(xlabel=_("epoch"), ylabel=_("loss over all examples"), title=_("What the order does"))
ax.legend(fontsize=9)

# %%
# The sorted examples stay behind through all 60 epochs. And it is hard to notice: the loss that ``fit`` reports for them
# (dashed) is lower than it should be, because each batch meets a network that has just seen other examples of the same class.
# Mixed examples do well in both cases. The order must have nothing to do with the answers. A new order for every epoch adds
# little here.
#
# The same order again
# --------------------
#
# The orders are random, but a training can be repeated. The order of an epoch is computed from the network's seed, its
# ``rng``, and the number of epochs trained so far, and from nothing else. So a training can also be interrupted: thirty
# epochs and thirty more give the same bits as sixty, on one machine. (If the optimiser has a memory, as in lesson 11, name it
# in the first call only. If it is named again, it starts with an empty memory.)
once, twice = start(), start()
once.fit(X, y, epochs=60, learning_rate=0.05)
twice.fit(X, y, epochs=30, learning_rate=0.05)
twice.fit(X, y, epochs=30, learning_rate=0.05)
print(_("equal bit for bit:"), np.array_equal(once.parameters, twice.parameters))

# %%
# Memory
# ------
#
# ``forward`` returns Z[l] and A[l] of all examples, so its arrays grow with their number. ``fit`` needs only the gradient of
# a batch, which is a sum over its examples. So the batch, even a full batch, goes through the network in blocks of 64
# examples: forward, backward, add to the gradient. Then the next block overwrites this one. How many megabytes does each
# need, in addition to the data?


def peak(work, *data, **options):
    tracemalloc.start()
    work(*data, **options)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


print(_("examples   forward   full batch   full batch, not shuffled"))
for m in (2_000, 20_000, 200_000):
    data = pynn.datasets.moons(m, rng=0)
    print(f"{m:8} {peak(start().forward, data[0]):9.1f}"
          f" {peak(start().fit, *data, epochs=1, batch_size=None):12.1f}"
          f" {peak(start().fit, *data, epochs=1, batch_size=None, shuffle=False):26.1f}")
plt.show()

# %%
# With shuffling, only the order itself grows, 8 bytes for each example. So pynn can train on millions of examples, in batches
# of any size.
#
# Exercises
# ---------
#
# 1. Take your ``train`` of lesson 9 and write it with shuffled mini-batches. Check it again:
#    ``pynn.workbook.check("train", your_function)``. ``rng.permutation`` gives a random order.
# 2. Train three epochs with ``batch_size=None`` on ``X, y`` and on ``X_sorted, y_sorted``, both without shuffling, and
#    compare the parameters. Does the order matter for a full batch? Why are the parameters not equal to the last bit?
# 3. The table of the noise lets you predict how large a batch must be for an error of a tenth of ``|∇J|``. Predict it, then
#    measure it. What changes if no example may occur twice in a batch? What is the error for 1000 then?
#
# *In the playground:* ``pynn playground --lesson 12`` opens a setting for this lesson. Go batch by batch, then example by
# example. Then compare batch sizes, and train without shuffling.
#
# Answers: docs/answers/12_mini_batches.md
