"""
12. Mini-batches, and why they are shuffled
===========================================

The gradient of the loss over all examples costs a pass over all of them, for a single step. The gradient over a few of them
is cheap, and only about right. This lesson measures what each costs and what it gains, and why the few should be drawn at
random.

*What you learn:* the words batch, step, iteration and epoch; how the size of the batches changes the training; how far
the gradient of a batch is from that of all examples; what goes wrong where the examples are sorted by class; why a
training can be repeated bit for bit on one machine, and needs little memory.
"""

# %%
# The words
# ---------
#
# A batch is the set of examples that one step of gradient descent is computed from; a small one is also called a
# mini-batch. A step, or iteration, is one forward pass, one backward pass and one change of the parameters. An epoch is
# as many steps as it takes to meet every example once. With m examples in batches of B that is m/B steps, rounded up: the
# last batch may be smaller.
import tracemalloc

import matplotlib.pyplot as plt
import numpy as np

import pynn

X, y = pynn.datasets.moons(1000, noise=0.2, rng=0)
for B in (1000, 32, 1):
    print(f"batches of {B:4}: {-(-len(X) // B):4} steps an epoch")

# %%
# The first is gradient descent as in lesson 6, also called full batch. The last takes a step after every single example.
#
# Three sizes, three winners
# --------------------------
#
# Which is the fastest? As in lesson 11, each size gets the best of several learning rates, the one that brings the loss
# below 0.1 in the fewest epochs. All have the same start. For a fair comparison it has to be the loss over all examples,
# after the epoch. The loss that ``fit`` reports for training is a mean over the batches as they were met, while the
# parameters changed; but of ``validation_data`` it computes the loss after every epoch, and we may give it the training
# set.
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
print("batch    α   epochs   steps   seconds   to a loss below 0.1")
for B, rates in RATES.items():
    epochs = 150 if B == 1000 else 40
    histories = {alpha: train(B, alpha, epochs) for alpha in rates}
    alpha = min(rates, key=lambda alpha: epochs_needed(histories[alpha]))
    history, n = histories[alpha], epochs_needed(histories[alpha])
    seconds = history.epoch_seconds.cumsum()
    print(f"{B:5} {alpha:4} {n:8} {n * -(-len(X) // B):7} {seconds[n - 1]:9.4f}")
    name = f"batches of {B}, α = {alpha}"
    axes[0].loglog(range(1, epochs + 1), history.val_loss, label=name)
    axes[1].loglog(seconds, history.val_loss)
axes[0].set(xlabel="epochs", ylabel="loss over all examples", title="the loss by epochs")
axes[1].set(xlabel="seconds", title="and by time")
figure.legend(loc="outside lower center", ncols=3, frameon=False)

# %%
# The full batch needs the fewest steps: each is a good one. Single examples need the fewest epochs: they make a thousand
# steps of each look at the data. The least time, as a rule, is for something between: a step with 32 examples takes far
# less time than 32 steps with one, since a processor computes several examples at once with the same instructions (lesson
# 14), and its direction is much better, which comes next.
#
# The noise of a gradient
# -----------------------
#
# Take a network after three epochs, and leave its parameters as they are. The gradient g of the loss over all 1000
# examples is the mean of the gradients of the single examples. The gradient of a batch drawn at random is a mean of
# fewer: right on average, and wrong by some error each time. Draw 400 batches of each size (an example may come twice).
# How long is the error vector beside g? (We take the root of the mean of its square.) And in how many of the 400 cases is
# the step at least roughly in the direction of the full one, at an angle of less than 90° to it?
net = pynn.Network([2, 16, 16, 1], rng=0)
net.fit(X, y, epochs=3, learning_rate=0.1)
full = net.backward(X, y).flat
rng = np.random.default_rng(0)
gradients = {}
print("batch   error / |g|   times √batch   below 90°")
for B in (1, 4, 16, 64, 256):
    batches = rng.integers(len(X), size=(400, B))
    g = np.array([net.backward(X[rows], y[rows]).flat for rows in batches])
    error = np.sqrt(np.mean(np.sum((g - full) ** 2, axis=1))) / np.linalg.norm(full)
    print(f"{B:5} {error:13.2f} {error * np.sqrt(B):14.2f} {np.mean(g @ full > 0):11.0%}")
    gradients[B] = g

# %%
# The third column hardly changes: the error falls like one over the root of the size. Four times the work halves it, as
# it does in every mean of independent draws. That is why large batches do not pay for long: from 16 to 256 the error
# falls to a quarter, but the same work could make 16 steps. It is also why small batches bear less: α = 3 works with the
# full batch, not with 32, and 0.3 not with single examples. The errors of many short steps largely cancel out, those of a
# few long ones do not.
#
# In the picture a dot is the gradient of a batch, or rather the two of its entries that belong to the weights of the
# fourth unit in layer 1; the star is g.
i, j = 6, 7                             # their places in the vector of all parameters
figure, axes = plt.subplots(1, 3, figsize=(9, 3.6), layout="constrained", sharex=True,
                            sharey=True)
for ax, B in zip(axes, (4, 16, 64), strict=True):
    ax.plot(gradients[B][:, i], gradients[B][:, j], ".", markersize=3)
    ax.plot(full[i], full[j], "*", markersize=14, color="#E69F00", markeredgecolor="black")
    ax.set(title=f"batches of {B}", xlabel="dW[1], row 4, column 1")
axes[0].set_ylabel("dW[1], row 4, column 2")

# %%
# Why the order matters
# ---------------------
#
# All this is true of batches that are drawn at random. Tables are often sorted, by class for instance. Then nearly every
# batch has examples of one class only, its gradient asks for more of that class and nothing else, and after half an epoch
# the next ones ask for the opposite. So ``fit`` shuffles: every epoch has an order of its own. ``shuffle=False`` leaves
# the examples in the order they come in.
order = np.argsort(y, kind="stable")
X_sorted, y_sorted = X[order], y[order]
runs = {
    "sorted by class, not shuffled": (X_sorted, y_sorted, False),
    "sorted by class, shuffled by fit": (X_sorted, y_sorted, True),
    "mixed once, not shuffled again": (X, y, False),
}


def start():
    return pynn.Network([2, 16, 16, 1], rng=0)


print("after one epoch                    called class 1   accuracy")
for name, (X_run, y_run, shuffle) in runs.items():
    net = start()
    net.fit(X_run, y_run, epochs=1, learning_rate=0.05, shuffle=shuffle)
    print(f"{name:34} {net.predict(X).mean():14.0%} {net.score(X, y):10.3f}")

# %%
# Half of the examples are of class 1. The network that met them last finds far more. And later?
figure, ax = plt.subplots(figsize=(8, 4.2), layout="constrained")
for name, (X_run, y_run, shuffle) in runs.items():
    history = start().fit(X_run, y_run, epochs=60, learning_rate=0.05, shuffle=shuffle,
                          validation_data=(X, y))
    line, = ax.semilogy(np.arange(1, 61), history.val_loss, label=name)
    if name == "sorted by class, not shuffled":
        ax.semilogy(np.arange(1, 61), history.loss, "--", color=line.get_color(),
                    label="the same, loss as fit reports it")
ax.set(xlabel="epoch", ylabel="loss over all examples", title="What the order does")
ax.legend(fontsize=9)

# %%
# The sorted examples lag behind through all of the 60 epochs. And it is hard to notice: the loss that ``fit`` reports for
# them (dashed) looks much like that of the others, because each batch is shown to a network that has just seen others of
# its class. Mixed examples do well either way. What matters is that the order has nothing to do with the answers; a new
# order for every epoch adds little here.
#
# The same order again
# --------------------
#
# The orders are random, and yet a training can be repeated. The order of an epoch is computed from the network's seed,
# its ``rng``, and the number of epochs that it has behind it, and from nothing else. So a training can also be
# interrupted: thirty epochs and thirty more are sixty, bit for bit on one machine. (With an optimiser that remembers,
# lesson 11, name it in the first call only: named again, it starts anew.)
once, twice = start(), start()
once.fit(X, y, epochs=60, learning_rate=0.05)
twice.fit(X, y, epochs=30, learning_rate=0.05)
twice.fit(X, y, epochs=30, learning_rate=0.05)
print("equal bit for bit:", np.array_equal(once.parameters, twice.parameters))

# %%
# Memory
# ------
#
# ``forward`` returns Z[l] and A[l] of all examples, and the more there are, the larger these arrays. ``fit`` needs of a
# batch only the gradient, which is a sum over its examples. So it lets the batch, even a full one, stream through in
# blocks of 64 examples: forward, backward, add to the gradient, and the next block overwrites the last. How many
# megabytes does each ask for, beyond the data?


def peak(work, *data, **options):
    tracemalloc.start()
    work(*data, **options)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


print("examples   forward   full batch   full batch, not shuffled")
for m in (2_000, 20_000, 200_000):
    data = pynn.datasets.moons(m, rng=0)
    print(f"{m:8} {peak(start().forward, data[0]):9.1f}"
          f" {peak(start().fit, *data, epochs=1, batch_size=None):12.1f}"
          f" {peak(start().fit, *data, epochs=1, batch_size=None, shuffle=False):26.1f}")
plt.show()

# %%
# What still grows with shuffling is the order itself, 8 bytes for each example. So pynn can train on millions of
# examples, in batches of any size.
#
# Exercises
# ---------
#
# 1. Take your ``train`` of lesson 9, write it with shuffled mini-batches, and have it checked again:
#    ``pynn.workbook.check("train", your_function)``. ``rng.permutation`` gives an order.
# 2. Train three epochs with ``batch_size=None`` on ``X, y`` and on ``X_sorted, y_sorted``, both without shuffling, and
#    compare the parameters. Does the order matter to a full batch? Why are they not equal to the last bit?
# 3. Read from the table how large a batch must be for an error of a tenth of the length of g, then measure it. What
#    changes if no example may come twice in a batch, and what is the error at 1000 then?
