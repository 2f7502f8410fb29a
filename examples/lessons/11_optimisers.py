"""
11. Optimisers
==============

Gradient descent takes the direction of each step from the gradient, and its length too. In a cost that is steep in one
direction and flat in another neither is a good choice. Optimisers are rules that make a better step out of the same
gradients. There are many; this lesson compares them as fairly as a few seconds allow.

*What you learn:* why plain gradient descent zigzags; the rules of momentum, RMSprop, Adam and their relatives, a line each;
how to compare optimisers, and what such a comparison is worth; how a learning rate that falls during training helps.
"""

# %%
# A narrow valley
# ---------------
#
# Take a cost of two parameters p and q, the simplest that is steeper in one direction than in the other, and its
# derivatives:
#
# .. math:: J(p, q) = \frac{1}{2} \left( p^2 + 100 q^2 \right), \qquad
#           \frac{\partial J}{\partial p} = p, \qquad \frac{\partial J}{\partial q} = 100 q
#
# Its contours are long ellipses: a valley along p. A step of gradient descent takes α times the derivatives away, so
#
# .. math:: p \leftarrow (1 - \alpha) p, \qquad q \leftarrow (1 - 100 \alpha) q
#
# Both factors must be between −1 and 1, or their parameter grows. That of q asks for α below 0.02. Then that of p is
# above 0.98: not even 2 % nearer in a step. Just below the limit the factor of q is negative, and the path jumps from one
# side of the valley to the other.
import warnings

import matplotlib.pyplot as plt
import numpy as np

import pynn
from pynn.optimizers import SGD, Adagrad, Adam, Adamax, AdamW, RMSprop
from pynn.registry import Coefficients
from pynn.schedules import Cosine, Exponential, Step

for alpha in (0.002, 0.018, 0.0202):
    print(f"α = {alpha:<6}  a step: p → {1 - alpha:.4f} p,  q → {1 - 100 * alpha:5.2f} q")
pynn.plot.descent(lambda p, q: (p**2 + 100 * q**2) / 2, start=(-10, 1), kind="contour",
                  learning_rates=[0.002, 0.018, 0.0202], extent=(-12, 12, -2.5, 2.5))

# %%
# None of the three is near the minimum in the middle after 40 steps. (The axes have different scales: drawn to one scale,
# the valley would be ten times as long as it is wide.) The loss of a network has such valleys too, in many dimensions.
#
# Four rules
# ----------
#
# Write θ for all parameters in one vector and g for the gradient at θ; in this lesson g is no activation, and m no number
# of examples. Everything below is done element by element.
#
# Gradient descent, called SGD (stochastic, that is random, gradient descent) where g comes from a random batch of the
# examples:
#
# .. math:: \theta \leftarrow \theta - \alpha g
#
# Momentum keeps a running sum m of the gradients, in which older ones fade by the factor μ a step. What changes its sign
# from step to step largely cancels out in it. What keeps its sign adds up: the steps become up to 1/(1 − μ) times as
# long.
#
# .. math:: m \leftarrow \mu m + g, \qquad \theta \leftarrow \theta - \alpha m
#
# RMSprop keeps a running mean v of the squares of the gradients, and divides by its root: each parameter has a step
# length of its own, and on a steep slope moves no faster than on a flat one. The tiny ε prevents a division by 0:
#
# .. math:: v \leftarrow \beta v + (1 - \beta) g^2, \qquad
#           \theta \leftarrow \theta - \alpha \frac{g}{\sqrt{v} + \varepsilon}
#
# Adam does both, with means that are divided by 1 − βᵗ at step t, as they start from 0 and would be too small at first:
#
# .. math:: m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \qquad
#           \theta \leftarrow \theta - \alpha \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \varepsilon}
#
# ``reference.update`` is one such step in NumPy. In ``walk`` it goes down a valley ½ θᵀKθ, whose gradient is Kθ: ours has
# the matrix K with 1 and 100 on its diagonal. ``walk`` returns its points up to where J stays below 1.
RULES = {       # μ or β₁, and β or β₂
    "sgd": (0, 0), "momentum": (0.9, 0), "rmsprop": (0, 0.9), "adam": (0.9, 0.999),
}


@np.errstate(all="ignore")              # where α is too large, θ grows beyond all floats
def walk(rule, alpha, K, start):
    theta, state = np.array(start, float), np.zeros((2, 2))     # the state is m and v
    points = [theta.copy()]
    for t in range(1, 301):
        g = K @ theta
        coefficients = Coefficients(*RULES[rule], epsilon=1e-8)
        pynn.reference.update(rule, theta, g, state, alpha, t, coefficients)
        points.append(theta.copy())
    points = np.array(points)
    J = np.sum(points @ K * points, axis=1) / 2
    last = np.flatnonzero(~(J < 1))[-1]         # where J is not below 1 for the last time
    return points[:last + 2]


# %%
# Which α? It would not be fair to give the same to all: g and g/√v are different things, in different units even. So each
# rule gets the one of 40 between 0.003 and 3 with which it needs the fewest steps. (μ and β are not searched: exercise
# 2.)
def best_walk(rule, K, start):
    walks = {alpha: walk(rule, alpha, K, start) for alpha in np.geomspace(0.003, 3, 40)}
    alpha = min(walks, key=lambda alpha: len(walks[alpha]))
    return alpha, walks[alpha]


K = np.diag([1.0, 100.0])
p, q = np.meshgrid(np.linspace(-12, 12, 80), np.linspace(-1.5, 1.5, 80))
figure, axes = plt.subplots(2, 2, figsize=(9, 6.5), layout="constrained")
for ax, rule in zip(axes.flat, RULES, strict=True):
    alpha, points = best_walk(rule, K, (-10, 1))
    ax.contour(p, q, (p**2 + 100 * q**2) / 2, levels=[1, 5, 18, 40, 72], colors="0.75")
    ax.plot(*points.T, ".-", color="#0072B2")
    ax.plot(0, 0, "*", markersize=14, color="#E69F00")
    ax.set(title=f"{rule}: {len(points) - 1} steps", xlabel="p", ylabel="q")

# %%
# Gradient descent jumps from side to side, then crawls. Momentum swings too, but gathers speed along the valley. RMSprop
# goes down the slope and along the floor at about the same speed. (Its jumps at the end: while q is near 0, v fades,
# until even a small gradient makes a long step.) Adam does something of both.
#
# Is that a fair test? The valley lies along p, as if made for rules that treat every parameter by itself. Turn it by 45°,
# and the start with it:
turn = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
valleys = [(K, (-10, 1)), (turn @ K @ turn.T, turn @ (-10, 1))]
print("              along p         turned")
print("rule         α  steps       α  steps")
for rule in RULES:
    found = [best_walk(rule, *valley) for valley in valleys]
    row = [f"{alpha:5.3f} {len(points) - 1:6}" for alpha, points in found]
    print(f"{rule:8}", "   ".join(row))

# %%
# SGD and momentum take the same steps, turned. RMSprop now meets the steepness in both parameters, and what it had gained
# is gone. Adam loses too, and needs a larger α, but with its momentum it stays ahead of plain gradient descent.
#
# The other optimisers of ``pynn.optimizers`` are relatives of these four. Nesterov's momentum takes its step along g + μm
# instead of m. Adagrad divides by the root of the sum of all g² since the start, so that its steps become shorter and
# shorter:
#
# .. math:: v \leftarrow v + g^2, \qquad \theta \leftarrow \theta - \alpha \frac{g}{\sqrt{v} + \varepsilon}
#
# AdamW first makes all parameters a little smaller, by a factor 1 − αλ, and goes on as Adam. Adamax divides by a maximum
# that fades slowly instead of the root of a mean:
#
# .. math:: v \leftarrow \max(\beta_2 v, |g|), \qquad \theta \leftarrow \theta - \alpha \frac{m / (1 - \beta_1^t)}{v}
#
# A harder task
# -------------
#
# Two spirals of one and a half turns each, a network 2-16-16-1, 60 epochs in batches of 32 (what batches are for is the
# matter of lesson 12), and seven learning rates for every optimiser. A single start may be lucky: there are five, with
# different weights, and what counts is the median, the third of the five results in order. How many epochs does it take
# until the loss is below 0.1? ("–": not within 60 epochs.)
X, y = pynn.datasets.spirals(600, turns=1.5, noise=0.03, rng=0)
RATES = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]
EPOCHS, LEVEL = 60, 0.1


def losses(optimizer, alpha):
    runs = []
    for seed in range(5):
        net = pynn.Network([2, 16, 16, 1], rng=seed)
        with warnings.catch_warnings():         # some α are too large, on purpose
            warnings.simplefilter("ignore", pynn.DivergenceWarning)
            history = net.fit(X, y, epochs=EPOCHS, optimizer=optimizer,
                              learning_rate=alpha, validation_data=(X, y))
        runs.append(history.val_loss)       # after each epoch, over all examples
    return np.array(runs)               # 5 × 60


def epochs_needed(runs):
    below = runs < LEVEL
    first = np.where(below.any(axis=1), below.argmax(axis=1) + 1, np.inf)
    return np.median(first)


# %%
# Eight optimisers with seven rates and five starts each are 280 trainings:
RECIPES = {
    "SGD": SGD(), "momentum": SGD(momentum=0.9),
    "Nesterov": SGD(momentum=0.9, nesterov=True),
    "Adagrad": Adagrad(), "RMSprop": RMSprop(alpha=0.9), "Adam": Adam(), "AdamW": AdamW(),
    "Adamax": Adamax(),
}
runs = {(name, alpha): losses(RECIPES[name], alpha) for name in RECIPES for alpha in RATES}
needed = {key: epochs_needed(run) for key, run in runs.items()}
print("α        ", "".join(f"{alpha:7}" for alpha in RATES))
for name in RECIPES:
    row = [needed[name, alpha] for alpha in RATES]
    print(f"{name:9}", "".join(f"{'–' if n == np.inf else int(n):>7}" for n in row))

# %%
# Read a column: with one α for all, each of the eight can look useless beside others. Read a row: each has a range of
# rates in which it works, and the ranges differ: RMSprop's ends before SGD's begins. So the left panel, where six of them
# have α = 0.1, compares learning rates more than optimisers. Right, each has the best α of its row.
figure, axes = plt.subplots(1, 2, figsize=(8.5, 5), layout="constrained", sharey=True)
for name in ("SGD", "momentum", "Adagrad", "RMSprop", "Adam", "Adamax"):
    own = min(RATES, key=lambda alpha: needed[name, alpha])
    for ax, alpha in zip(axes, (0.1, own), strict=True):
        loss = np.median(runs[name, alpha], axis=0)
        ax.semilogy(np.arange(1, EPOCHS + 1), loss, label=f"{name}, α = {alpha}")
for ax, title in zip(axes, ("the same α for all", "each with its own α"), strict=True):
    ax.axhline(LEVEL, color="black", linestyle=":")
    ax.set(title=title, xlabel="epoch", ylabel="loss, median of five starts")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2, frameon=False)

# %%
# With α of its own, each comes below 0.1 (dotted) after seven to twenty epochs. But look at what follows: the α that
# is the fastest at first can be too large later. SGD and momentum rise again, and stay up for the rest of these 60
# epochs.
#
# Schedules
# ---------
#
# If long steps are good at first and short ones at the end, let α fall during the training. A schedule is a function of
# the number of epochs that are over. ``fit`` takes it as its ``learning_rate``; ``pynn.schedules`` has the usual ones.
SCHEDULES = {
    "constant 0.3": 0.3,
    "constant 1": 1,
    "Step: times 0.3 every 20 epochs": Step(1, every=20, factor=0.3),
    "Exponential: times 0.95 every epoch": Exponential(1, factor=0.95),
    "Cosine: half a wave from 1 to 0": Cosine(1, epochs=EPOCHS),
}
figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 4.8), layout="constrained")
print("SGD, mean loss of the last 10 epochs   median   worst of five starts")
for name, schedule in SCHEDULES.items():
    run = losses(SGD(), schedule)
    ends = run[:, -10:].mean(axis=1)
    print(f"{name:38} {np.median(ends):6.3f} {ends.max():7.3f}")
    rates = [schedule(e) if callable(schedule) else schedule for e in range(EPOCHS)]
    left.plot(rates, label=name)
    right.semilogy(np.median(run, axis=0))
left.set(title="the learning rate", xlabel="epochs that are over", ylabel="α")
right.set(title="the loss of SGD", xlabel="epochs that are over", ylim=(0.01, 1),
          ylabel="loss, median of five starts")
figure.legend(loc="outside lower center", ncols=2, frameon=False)
plt.show()

# %%
# Each schedule falls nearly as fast as α = 1 at first, and its median ends lower than those of both constants. (Its worst
# start does not always: Step stays at 1 for long enough to spoil one of the five.)
#
# What to make of it
# ------------------
#
# In the valley, the rules with momentum were better than plain gradient descent, and RMSprop where the valley lay along a
# parameter. On the spirals, from these five starts, all the seven others were better than SGD (from five others RMSprop
# only equals it, and Adagrad is slower), but α mattered more than the name: the best numbers of the eight rows are closer
# together than the numbers of any one row. And that holds for one small task, one measure and seven rates; on another
# task the order may be another. A claim that one optimiser beats the rest is worth as much as the search for the rates of
# the rest was.
#
# In practice: Adam is a good first try, as it mostly moves a parameter by about α a step or less, on whatever scale the
# gradients are. Then vary α by factors of three, before you change anything else. Then let it fall.
#
# Exercises
# ---------
#
# 1. Train a network on the spirals for 20 steps with a loop of your own: ``gradients = net.backward(X, y)``, momentum
#    with ``gradients.flat``, and a change of ``net.parameters``. Compare the parameters with those of a network of the
#    same ``rng`` after ``fit`` with ``epochs=20, batch_size=None, optimizer=SGD(0.1, momentum=0.9)``: ``np.allclose``
#    should say True.
# 2. In the valley along p, let μ be 0.5, 0.67, 0.8 and 0.95, each with its best α. How many steps does each take? Look at
#    the paths and say what is wrong with a μ that is too small, and with one that is too large.
# 3. Take 0.03 for ``LEVEL``, then 0.3, and run the search again. Does the order of the eight stay the same? Does the best
#    α of each?
