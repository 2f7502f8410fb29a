"""
11. Optimisers
==============

In gradient descent, the gradient determines both the direction and the length of each step. If the loss is steep in one
direction and flat in another, neither is a good choice. Optimisers are rules that make better steps from the same gradients.
There are many. This lesson compares them as fairly as a few seconds allow.

*What you learn:* why plain gradient descent zigzags; the rules of momentum, RMSprop, Adam and their relatives; how to compare
optimisers, and what such a comparison is worth; how a learning rate that falls during training helps.
"""

# %%
# A narrow valley
# ---------------
#
# Here is a loss of two parameters p and q that is much steeper in one direction than in the other. Its slopes are:
#
# .. math:: J(p, q) = \frac{1}{2} \left( p^2 + 100 q^2 \right), \qquad
#           \frac{\partial J}{\partial p} = p, \qquad \frac{\partial J}{\partial q} = 100 q
#
# Its contours are long ellipses: a valley along p. A step of gradient descent subtracts α times the slopes:
#
# .. math:: p \leftarrow (1 - \alpha) p, \qquad q \leftarrow (1 - 100 \alpha) q
#
# Each factor must be between −1 and 1, otherwise its parameter grows. For q this means that α must be below 0.02. Then the
# factor of p is above 0.98, so p comes less than 2 % nearer to the minimum in each step. Just below the limit, the factor of
# q is negative, and the path jumps from one side of the valley to the other.
import warnings

import matplotlib.pyplot as plt
import numpy as np

import pynn
from pynn.optimizers import SGD, Adagrad, Adam, Adamax, AdamW, RMSprop
from pynn.registry import Coefficients
from pynn.schedules import Cosine, Exponential, Step
from pynn.translation import _  # puts the words of this lesson into your language

colours = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#000000"]
plt.rcParams["axes.prop_cycle"] = plt.cycler(color=colours)         # colour-blind readers can tell these apart

for alpha in (0.002, 0.018, 0.0202):
    print(_("alpha = {alpha:<6}  a step: p -> {along:.4f} p,  q -> {across:5.2f} q",
            alpha=alpha, along=1 - alpha, across=1 - 100 * alpha))
pynn.plot.descent(lambda p, q: (p**2 + 100 * q**2) / 2, start=(-10, 1), kind="contour",
                  learning_rates=[0.002, 0.018, 0.0202], extent=(-12, 12, -2.5, 2.5))

# %%
# After 40 steps, none of the three is near the minimum in the middle. (The axes have different scales. Drawn to one scale,
# the valley would be ten times as long as it is wide.) The loss of a network has such valleys too, in many dimensions.
#
# Four rules
# ----------
#
# θ stands for all parameters in one vector, and g for the gradient at θ. (In this lesson, g is not an activation, and m is
# not the number of examples.) Everything below is done for each parameter by itself.
#
# *SGD* is gradient descent with the gradient g of a random batch. The name means stochastic, that is random, gradient
# descent:
#
# .. math:: \theta \leftarrow \theta - \alpha g
#
# *Momentum* keeps a running sum m of the gradients. In each step, the old sum is multiplied by μ, for example 0.9, and the
# new gradient is added:
#
# .. math:: m \leftarrow \mu m + g, \qquad \theta \leftarrow \theta - \alpha m
#
# If g stays the same, the sum is g + 0.9 g + 0.81 g + …, which grows up to 10 g, in general up to 1/(1 − μ) times g. So the
# steps become longer. If g changes its sign in every step, most of the sum cancels, so the steps stay short:
for name, signs in ((_("the same sign "), [1] * 50), (_("changing signs"), [1, -1] * 25)):
    m = 0
    for g in signs:
        m = 0.9 * m + g
    print(_("g of size 1, {name}: after 50 steps |m| = {size:.2f}", name=name, size=abs(m)))

# %%
# *RMSprop* keeps a running mean v of the squares g², and divides g by the root of v:
#
# .. math:: v \leftarrow \beta v + (1 - \beta) g^2, \qquad
#           \theta \leftarrow \theta - \alpha \frac{g}{\sqrt{v} + \varepsilon}
#
# The root of v is the usual size of g. So g/√v is about 1 or −1 for every parameter, and each parameter moves by about α,
# whether its slope is steep or flat. The tiny ε prevents a division by 0.
#
# *Adam* does both. It keeps a running mean m of the gradients, and a running mean v of their squares. Both means start at 0,
# so at first they are too small. By how much? With β = 0.9, the mean is 0.1 g₁ after the first step. After the second, it is
# 0.09 g₁ + 0.1 g₂. A mean should have factors that add up to 1, but these add up to 0.1 and to 0.19, which is 1 − 0.9². After
# t steps they add up to 1 − βᵗ. Adam divides by this sum:
#
# .. math:: m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \qquad
#           \theta \leftarrow \theta - \alpha \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \varepsilon}
#
# For example, let g be 5 in every step, and β₁ = 0.9. Then m is too small, and m / (1 − β₁ᵗ) is right from the first step on:
m = 0
for t in range(1, 4):
    m = 0.9 * m + 0.1 * 5
    print(f"t = {t}: m = {m:.3f}, m / (1 - 0.9^{t}) = {m / (1 - 0.9**t):.3f}")

# %%
# ``reference.update`` is one step of such a rule in NumPy. ``walk`` uses it in a valley. Let θ be the column of p and q, and
# let the matrix K have 1 and 100 on its diagonal and 0 elsewhere. Then Kθ is the column of p and 100 q: the two slopes from
# above. And J is ½ θᵀKθ, which is ½ (p · p + q · 100 q). With other matrices K, the same lines describe valleys that lie in
# other directions. After some step, J stays below 1; ``walk`` returns the points of the path up to this step.
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
# Which α is fair? The same α for all rules would not be: g and g/√v are different quantities. So for each rule we try 40
# values between 0.003 and 3 and take the one with the fewest steps. (μ and β are not varied. Exercise 2 does this.)
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
    ax.set(title=_("{rule}: {steps} steps", rule=rule, steps=len(points) - 1), xlabel="p", ylabel="q")

# %%
# Gradient descent jumps from side to side and then moves slowly. Momentum swings too, but it becomes faster along the valley.
# RMSprop goes down the side of the valley and along its floor at about the same speed. (Why does it jump at the end? While q
# is near 0, its v becomes smaller and smaller, until even a small gradient makes a long step.) Adam has something of both.
#
# Is this a fair test? The valley lies along p, which suits rules that treat every parameter by itself. We turn the valley and
# the start by 45°:
turn = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
valleys = [(K, (-10, 1)), (turn @ K @ turn.T, turn @ (-10, 1))]
print(_("         along p         turned"))
print(_("rule     alpha  steps   alpha  steps"))
for rule in RULES:
    found = [best_walk(rule, *valley) for valley in valleys]
    row = [f"{alpha:5.3f} {len(points) - 1:6}" for alpha, points in found]
    print(f"{rule:8}", "   ".join(row))

# %%
# SGD and momentum take the same steps, only turned. For RMSprop, both parameters are now steep, and its advantage is gone.
# Adam becomes slower too and needs a larger α, but with its momentum it stays ahead of plain gradient descent.
#
# The other optimisers of ``pynn.optimizers`` are relatives of these four.
#
# - *Nesterov's momentum* moves by α (g + μm) instead of αm.
# - *Adagrad* divides by the root of the sum of all g² since the start, so its steps become shorter and shorter:
#
# .. math:: v \leftarrow v + g^2, \qquad \theta \leftarrow \theta - \alpha \frac{g}{\sqrt{v} + \varepsilon}
#
# - *AdamW* first multiplies all parameters by 1 − αλ, which makes them a little smaller. Then it does the same as Adam.
# - *Adamax* divides by a maximum, which falls slowly, instead of the root of a mean:
#
# .. math:: v \leftarrow \max(\beta_2 v, |g|), \qquad \theta \leftarrow \theta - \alpha \frac{m / (1 - \beta_1^t)}{v}
#
# A harder task
# -------------
#
# The data are two spirals with one and a half turns each. The network is 2-16-16-1, and it is trained for 60 epochs in
# batches of 32. Every optimiser is tried with seven learning rates. A single start may be lucky, so there are five starts,
# with different weights, and we take the median: the third of the five results in order. After how many epochs is the loss
# below 0.1? (A dash means: not within 60 epochs.)
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
# Eight optimisers, seven rates and five starts are 280 trainings:
RECIPES = {
    "SGD": SGD(), "momentum": SGD(momentum=0.9),
    "Nesterov": SGD(momentum=0.9, nesterov=True),
    "Adagrad": Adagrad(), "RMSprop": RMSprop(alpha=0.9), "Adam": Adam(), "AdamW": AdamW(),
    "Adamax": Adamax(),
}
runs = {(name, alpha): losses(RECIPES[name], alpha) for name in RECIPES for alpha in RATES}
needed = {key: epochs_needed(run) for key, run in runs.items()}
print("alpha    ", "".join(f"{alpha:7}" for alpha in RATES))
for name in RECIPES:
    row = [needed[name, alpha] for alpha in RATES]
    print(f"{name:9}", "".join(f"{'-' if n == np.inf else int(n):>7}" for n in row))

# %%
# Read a column: with the same α for all, some optimisers look useless, and in another column they look good. Read a row: each
# optimiser has a range of rates in which it works, and the ranges differ. The range of RMSprop ends before the range of SGD
# begins. So the left picture, where six optimisers have α = 0.1, compares learning rates more than optimisers. In the right
# picture, each has the best α of its row.
figure, axes = plt.subplots(1, 2, figsize=(8.5, 5), layout="constrained", sharey=True)
for name in ("SGD", "momentum", "Adagrad", "RMSprop", "Adam", "Adamax"):
    own = min(RATES, key=lambda alpha: needed[name, alpha])
    for ax, alpha in zip(axes, (0.1, own), strict=True):
        loss = np.median(runs[name, alpha], axis=0)
        ax.semilogy(np.arange(1, EPOCHS + 1), loss, label=f"{name}, α = {alpha}")
for ax, title in zip(axes, (_("the same α for all"), _("each with its own α")), strict=True):
    ax.axhline(LEVEL, color="black", linestyle=":")
    ax.set(title=title, xlabel=_("epoch"), ylabel=_("loss, median of five starts"))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2, frameon=False)

# %%
# With its own α, each comes below 0.1 (the dotted line), most of them after 10 to 20 epochs and SGD after 54. But look at the
# curves after that: many of them are not smooth. An α that is the fastest at first can be too large later.
#
# Schedules
# ---------
#
# If long steps are good at first and short steps are good at the end, α should fall during the training. A schedule is a
# function of the number of epochs that are completed. ``fit`` accepts it as its ``learning_rate``. ``pynn.schedules`` has the
# usual ones.
SCHEDULES = {
    _("constant 0.3                          "): 0.3,
    _("constant 1                            "): 1,
    _("Step: times 0.3 every 20 epochs       "): Step(1, every=20, factor=0.3),
    _("Exponential: times 0.95 every epoch   "): Exponential(1, factor=0.95),
    _("Cosine: half a wave from 1 to 0       "): Cosine(1, epochs=EPOCHS),
}
figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 4.8), layout="constrained")
print(_("SGD, mean loss of the last 10 epochs   median   worst of five starts"))
for name, schedule in SCHEDULES.items():
    run = losses(SGD(), schedule)
    ends = run[:, -10:].mean(axis=1)
    print(f"{name} {np.median(ends):6.3f} {ends.max():7.3f}")
    rates = [schedule(e) if callable(schedule) else schedule for e in range(EPOCHS)]
    left.plot(rates, label=name.strip())
    right.semilogy(np.median(run, axis=0))
left.set(title=_("the learning rate"), xlabel=_("completed epochs"), ylabel="α")
right.set(title=_("the loss of SGD"), xlabel=_("completed epochs"), ylim=(0.01, 1),
          ylabel=_("loss, median of five starts"))
figure.legend(loc="outside lower center", ncols=2, frameon=False)
plt.show()

# %%
# The constant 1 is fast at first, and then too large. The constant 0.3 is slow, but reaches a lower loss. With a schedule,
# the loss falls as fast as with 1 at first and goes on falling. The cosine is the best here. (Step stays at 1 for a long
# time, and in one of the five starts the loss never recovers from this.)
#
# What this means
# ---------------
#
# In the valley, the rules with momentum were better than plain gradient descent. RMSprop was better only where the valley
# lay along a parameter. On the spirals, the seven others were better than SGD. But α mattered more than the name: with a
# wrong α, every one of the eight fails. From five other starts (seeds 5 to 9), SGD with α = 1 needs 24 epochs, and Adagrad
# at best 30. And all this holds for one small task, one measure and seven rates. On another task, the order may be
# different. If someone claims that one optimiser is better than the others, ask how the learning rates of the others were
# chosen.
#
# In practice, Adam is a good first choice: it moves each parameter by about α in a step or less, whatever the scale of the
# gradients is. Then vary α by factors of three, before you change anything else. Then let it fall.
#
# Exercises
# ---------
#
# 1. Train a network on the spirals for 20 steps with your own loop: ``gradients = net.backward(X, y)``, momentum with
#    ``gradients.flat``, and a change of ``net.parameters``. Compare the parameters with those of a network with the same
#    ``rng`` after ``fit`` with ``epochs=20, batch_size=None, optimizer=SGD(0.1, momentum=0.9)``. ``np.allclose`` should be
#    True.
# 2. In the valley along p, let μ be 0.5, 0.67, 0.8 and 0.95, each with its best α. How many steps does each need? Look at the
#    paths. What is wrong with a μ that is too small, and with a μ that is too large?
# 3. Change ``LEVEL`` to 0.03, then to 0.3, and run the search again. Does the order of the eight stay the same? Does the best
#    α of each stay the same?
#
# *In the playground:* ``pynn playground --lesson 11`` opens a setting for this lesson. Compare sgd, rmsprop, adam and adamax
# from the same start.
#
# Answers: docs/answers/11_optimisers.md
