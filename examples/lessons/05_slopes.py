"""
5. Slopes
=========

Training moves every weight a little and asks what happens to the loss. The answer is one number for each weight: a slope.
This lesson measures slopes first. Then it finds the rules that give them without measuring. You need no calculus for it.

*What you learn:* what a slope is and how to measure it; what the slope of a loss tells you about a weight; six rules, for a
square, eˣ, the logarithm, a sum, a product and a chain; the slope of the sigmoid, built from these rules; how to read Σ.
"""

# %%
# Measure a slope
# ---------------
#
# Take f(x) = x² at x = 3. Move x by a small h. By how much does f change, for each unit that x changes?
#
# .. math:: \text{slope} \approx \frac{f(x + h) - f(x)}{h}
import math

import matplotlib.pyplot as plt
import numpy as np

import pynn.plot
from pynn.translation import _  # puts the words of this lesson into your language


def square(x):
    return x * x


for h in (1, 0.1, 0.01, 0.001):
    print(_("h = {h:5}: slope {slope:.6f}", h=h, slope=(square(3 + h) - square(3)) / h))

# %%
# The smaller h is, the nearer the ratio is to 6. This number is the *slope* of f at x = 3, also called the *derivative*. It
# is written f′(3).
#
# The ratio is too large each time, because f gets steeper to the right. A step to each side is better: the error of the
# right side and the error of the left side nearly cancel. This is a *central difference*:
#
# .. math:: f'(x) \approx \frac{f(x + h) - f(x - h)}{2 h}


def slope(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


for x in (-2, 0, 1, 3):
    print(_("x = {x:2}: measured slope {slope:9.6f}", x=x, slope=slope(square, x)))

# %%
# A slope is a number with a sign. Where it is positive, f grows to the right. Where it is negative, f falls to the right.
# Where it is 0, f is flat: here at the bottom. In the picture, each short line has the slope that was measured at its point.
points = np.linspace(-3, 4, 200)
figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.plot(points, square(points), color="0.6")
for x, style in ((-2, "-"), (0, "--"), (1, "-."), (3, ":")):
    near = np.array([x - 0.7, x + 0.7])
    ax.plot(near, square(x) + slope(square, x) * (near - x), style, linewidth=2,
            label=_("x = {x}: slope {slope:.0f}", x=x, slope=slope(square, x)))
    ax.plot(x, square(x), "k.")
ax.set(xlabel="x", ylabel="f(x) = x²", title=_("A slope for every point"))
ax.legend()

# %%
# The slope of a loss
# -------------------
#
# A network's loss J changes when one of its weights changes. So J has a slope for this weight. Here is a small network, with
# two inputs, two hidden units and one output, and two examples. It will be with us in the next lessons too.
net = pynn.Network([2, 2, 1])
net[1].W, net[1].b = [[1, -1], [0.5, 2]], [[0.5], [-1]]
net[2].W, net[2].b = [[2, -1]], [[1]]
X, y = [[1, 2], [3, 1]], [1, 0]


def loss(w):
    """J of a copy of the network in which the weight from hidden unit 2 to the output is w."""
    copy = net.copy()
    copy[2].W[0, 1] = w
    return copy.evaluate(X, y)["loss"]


w = net[2].W[0, 1]
s = slope(loss, w)
print(_("w = {w}, J = {J:.4f}, measured slope {slope:.4f}", w=w, J=loss(w), slope=s))

# %%
# The slope is negative, so a larger w gives a smaller loss. It also says how much smaller. For a small change of w, the
# change of J is about the slope times the change of w:
for change in (0.01, 0.1, 1.0):
    print(_("w changes by {change:4}: J changes by {moved:8.5f}, slope * change = {predicted:8.5f}",
            change=change, moved=loss(w + change) - loss(w), predicted=s * change))

# %%
# The prediction is good near the point and bad far from it. This is why training goes in small steps and measures again.
values = np.linspace(-3, 2, 200)
figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.plot(values, [loss(value) for value in values], label="J")
ax.plot(values, loss(w) + s * (values - w), "--", label=_("the line with slope {slope:.3f}", slope=s))
ax.plot(w, loss(w), "ko")
ax.set(xlabel=_("w, the weight from hidden unit 2 to the output"), ylabel="J", ylim=(2, 5))
ax.legend()

# %%
# The network has nine parameters, and each has a slope of its own, measured while the other eight stay as they are. Such a
# slope is a *partial derivative*, and it has a round ∂: ∂J/∂w. All nine together are the *gradient* of J, written ∇J.
slopes = []
for p in range(len(net.parameters)):
    up, down = net.copy(), net.copy()
    up.parameters[p] += 1e-5
    down.parameters[p] -= 1e-5
    slopes.append((up.evaluate(X, y)["loss"] - down.evaluate(X, y)["loss"]) / 2e-5)
print(_("gradient, measured:"), np.round(slopes, 4))

# %%
# Nine slopes took eighteen runs of the network. A network with a million parameters would need two million runs for one
# step. So we want rules that give the slope without measuring.
#
# Rules for simple functions
# --------------------------
#
# *A number times x:* f(x) = c x. When x moves by h, f moves by c h. The slope is c. (A number alone never moves: slope 0.)
#
# *A square:* (x + h)² = x² + 2xh + h². Take x² away and divide by h: what is left is 2x + h. For a tiny h this is 2x.
#
# .. math:: (x^2)' = 2 x
#
# *The power* eˣ: e^(x + h) = eˣ · e^h. So the slope is eˣ times the slope of e^h at h = 0. The number e = 2.71828… is chosen
# so that this slope is 1. Therefore eˣ is its own slope:
#
# .. math:: (e^x)' = e^x
#
# *The logarithm* (here always the natural one) undoes this: if y = log x, then x = e^y. When y moves a little, x moves e^y =
# x times as far. Read it from the other end: when x moves a little, y moves 1/x times as far.
#
# .. math:: (\log x)' = \frac{1}{x}
#
# Measured, these rules hold:
rules = {
    "5 x": (lambda x: 5 * x, lambda x: 5.0),
    "x^2": (square, lambda x: 2 * x),
    "e^x": (math.exp, math.exp),
    "log x": (math.log, lambda x: 1 / x),
}
print(_("f       x    measured   by the rule"))
for name, (f, f_prime) in rules.items():
    for x in (0.5, 2.0):
        print(f"{name:6} {x:3}  {slope(f, x):10.6f}  {f_prime(x):10.6f}")

# %%
# Rules for combined functions
# ----------------------------
#
# Let u and v be two numbers that both depend on x.
#
# *A sum:* both parts move, and the movements add up.
#
# .. math:: (u + v)' = u' + v'
#
# *A product:* think of a rectangle with the sides u and v. If the sides grow by u′h and v′h, the area grows by two strips,
# u′h · v and u · v′h. (The small corner, u′h · v′h, has h twice. It is negligible for a tiny h.)
#
# .. math:: (u v)' = u' v + u v'
#
# *A chain:* x moves u, and u moves f. If u moves 3 times as fast as x, and f moves 2 times as fast as u, then f moves 6
# times as fast as x. **Along a chain, slopes multiply.** This is the chain rule, the most important one in this course:
#
# .. math:: \frac{df}{dx} = \frac{df}{du} \cdot \frac{du}{dx}
#
# With several letters, f′ no longer says which one moves. So the slope has a longer name too: df/du is the slope of f *with
# respect to* u, that is, how fast f moves when u moves. It is one number, not a division, but it behaves like a fraction
# here: du seems to cancel.
#
# For example, take u = x² and f = e^u at x = 0.5. The slope of u is 2x = 1, and the slope of f is e^u:
x = 0.5
u = x**2
print(_("df/du = e^u = {f_slope:.6f}, du/dx = 2x = {u_slope}, product {product:.6f}",
        f_slope=math.exp(u), u_slope=2 * x, product=math.exp(u) * 2 * x))
print(_("measured:                                    {slope:.6f}", slope=slope(lambda x: math.exp(x**2), x)))

# %%
# *Two paths:* often x reaches f in two ways, first through u and then through v. Each path is a chain with its own product.
# **Paths add up:**
#
# .. math:: \frac{df}{dx} =
#           \frac{\partial f}{\partial u} \cdot \frac{du}{dx} + \frac{\partial f}{\partial v} \cdot \frac{dv}{dx}
#
# Take f = u · v with u = x² and v = 3x, so that f = 3x³:
x = 2.0
u, v = x**2, 3 * x
through_u = v * (2 * x)             # ∂f/∂u = v, and du/dx = 2x
through_v = u * 3                   # ∂f/∂v = u, and dv/dx = 3
print(_("through u: {through_u}, through v: {through_v}, together {total}",
        through_u=through_u, through_v=through_v, total=through_u + through_v))
print(_("measured:  {slope:.6f}", slope=slope(lambda x: x**2 * 3 * x, x)))

# %%
# *One divided by x:* this needs no new rule. The product x · (1/x) is always 1, so its slope is 0. By the product rule, 0 =
# 1 · (1/x) + x · (1/x)′. Solve this for the last term:
#
# .. math:: \left( \frac{1}{x} \right)' = - \frac{1}{x^2}
print(_("at x = 2: rule {rule}, measured {measured:.6f}", rule=-1 / 2**2, measured=slope(lambda x: 1 / x, 2.0)))

# %%
# The slope of the sigmoid
# ------------------------
#
# Now we can find the slope of a = 1 / (1 + e^−z). It is a chain of three links: t = −z, then u = 1 + e^t, then a = 1/u.
#
# .. math:: \frac{dt}{dz} = -1, \qquad \frac{du}{dt} = e^{t}, \qquad \frac{da}{du} = - \frac{1}{u^2}, \qquad
#           \frac{da}{dz} = \frac{e^{-z}}{(1 + e^{-z})^2}
#
# The two minus signs cancel in the product. The result has a shorter form. The first factor below is a. The second is 1 − a,
# because 1 − 1/u = (u − 1)/u:
#
# .. math:: \frac{da}{dz} = \frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}} = a (1 - a)
z = 0.8
t = -z
u = 1 + math.exp(t)
a = 1 / u
print(f"t = {t:.4f}, u = {u:.4f}, a = {a:.4f}")
print(_("dt/dz = -1, du/dt = {u_slope:.4f}, da/du = {a_slope:.4f}, product {product:.4f}",
        u_slope=math.exp(t), a_slope=-1 / u**2, product=-1 * math.exp(t) * -1 / u**2))
print(f"a (1 - a) = {a * (1 - a):.4f}")
print(_("measured:   {slope:.4f}", slope=slope(lambda z: 1 / (1 + math.exp(-z)), z)))

# %%
# So a network that has computed a already has the slope nearly for free. The same method gives the slope of the loss. If the
# right answer is y = 1, the loss is −log a. The chain has one more link, with the slope −1/a, and a cancels:
#
# .. math:: \frac{dJ}{dz} = - \frac{1}{a} \cdot a (1 - a) = a - 1
#
# If it is y = 0, the loss is −log(1 − a). Now the chain has two more links. The first is u = 1 − a, which has the slope −1,
# because u falls as fast as a grows. The second is −log u, which has the slope −1/u = −1/(1 − a). This time 1 − a cancels:
#
# .. math:: \frac{dJ}{dz} = - \frac{1}{1 - a} \cdot (-1) \cdot a (1 - a) = a
#
# Both results are a − y. Remember this one: it is where backpropagation starts.
print(_("y = 1: rule {rule:.4f}, measured {measured:7.4f}",
        rule=a - 1, measured=slope(lambda z: -math.log(1 / (1 + math.exp(-z))), z)))
print(_("y = 0: rule {rule:7.4f}, measured {measured:7.4f}",
        rule=a - 0, measured=slope(lambda z: -math.log(1 - 1 / (1 + math.exp(-z))), z)))

# %%
# Backpropagation is no more than this: the chain rule and "paths add up", for all weights in a good order.
#
# A corner has no slope
# ---------------------
#
# relu(z) = max(0, z) is flat to the left of 0 and has the slope 1 to the right. At z = 0 there is a corner, and no single
# slope. A central difference gives the mean of both sides:
for z in (-1.0, 0.0, 1.0):
    print(_("z = {z:4}: measured slope {slope:.4f}", z=z, slope=slope(lambda z: max(0.0, z), z)))

# %%
# By convention, pynn takes 0 there, as other libraries do. z is hardly ever exactly 0, so the choice hardly matters.
#
# How to read Σ
# -------------
#
# The sign Σ (sigma) is a loop that adds. Four lines are all that this course needs:
#
# .. math:: \sum_{i=1}^{3} x_i &= x_1 + x_2 + x_3 \\
#           \sum_i c \, x_i &= c \sum_i x_i \\
#           \sum_i (x_i + y_i) &= \sum_i x_i + \sum_i y_i \\
#           \left( \sum_i f_i \right)' &= \sum_i f_i'
#
# The letter under Σ counts, as the variable of a ``for`` loop does. A number without this letter may stand before the sign.
# The last line is the rule for a sum: the slope of a sum is the sum of the slopes. In Python:
numbers, c = [2.0, 5.0, -1.0], 10
total = 0.0
for x_i in numbers:                 # Σ xᵢ
    total += x_i
print(total, sum(numbers), np.sum(numbers))
print(sum(c * x_i for x_i in numbers), c * sum(numbers))
plt.show()

# %%
# Exercises
# ---------
#
# 1. Measure the slope of x³ at x = 1, 2 and 3, and guess the rule. Then derive it: x³ is the product x · x².
# 2. Find the slope of f(z) = log(1 + e^z) with the chain rule. It is a function that you know. Check it at three points.
# 3. Write the slope of the sigmoid for a whole array: ``print(pynn.workbook.describe("sigmoid_prime"))`` has the task. The
#    input is Z, and e^−z is too large for a float where z is −1000: write ``sigmoid`` first (exercise 1 of lesson 3).
#
# *In the playground:* ``pynn playground --lesson 5`` opens a setting for this lesson. Show the gradients. Add 0.01 to the
# weight with the largest one: does the loss change by 0.01 times the gradient?
#
# Answers: docs/answers/05_slopes.md
