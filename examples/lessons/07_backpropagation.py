"""
7. Backpropagation, by hand and checked
=======================================

Gradient descent needs the slope of the loss with respect to every weight and every bias. Backpropagation finds all of them in
one pass through the network, from the end to the beginning. It uses two rules of lesson 5: along a chain slopes multiply, and
paths add up.

*What you learn:* where dA, dZ, dW and db come from, in the order in which they are computed; each of them with numbers; why
there is a 1/m and a Wᵀ; how to check a gradient.
"""

# %%
# One unit, one example
# ---------------------
#
# We begin with the last layer of a network, which has a single unit. Its input a comes from the layer before. The unit
# computes z = w a + b and ŷ = σ(z), where σ is the sigmoid. The loss (lesson 4) is J = −( y log ŷ + (1−y) log(1−ŷ) ). How
# does J change when w changes? w moves z, z moves ŷ, and ŷ moves J. So the chain rule multiplies three slopes:
#
# .. math:: \frac{\partial J}{\partial w} =
#           \frac{\partial J}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial z} \cdot
#           \frac{\partial z}{\partial w}
#
# - The first slope is that of the loss. log ŷ has the slope 1/ŷ. log(1−ŷ) is a chain: 1−ŷ has the slope −1, and the logarithm
#   of it has the slope 1/(1−ŷ), so together −1/(1−ŷ). y and 1−y are fixed numbers. So the slope is −( y/ŷ − (1−y)/(1−ŷ) ).
# - The second is the slope of the sigmoid, ŷ(1−ŷ) (lesson 5).
# - The third is a, because z = w a + b grows a times as fast as w.
#
# The products have names. da is ∂J/∂ŷ, dz is ∂J/∂z, dw is ∂J/∂w and db is ∂J/∂b.
import matplotlib.pyplot as plt
import numpy as np

import pynn
from pynn import reference
from pynn.translation import _  # puts the words of this lesson into your language

a, w, b, y = 2.0, 0.5, -0.2, 1
z = w * a + b
y_hat = 1 / (1 + np.exp(-z))

da = -1 / y_hat                     # y is 1, so J is −log ŷ
dz = da * y_hat * (1 - y_hat)
dw = dz * a
db = dz * 1                         # z grows as fast as b
print(f"z  = {z:.4f}   y_hat = {y_hat:.4f}")
print(f"da = {da:.4f}  dz = {dz:.4f}")
print(f"dw = {dw:.4f}  db = {db:.4f}")

# %%
# The picture shows the chain. Forward, the numbers go from left to right. Backward, every arrow has a slope, and the slopes
# are multiplied from right to left.
figure, ax = plt.subplots(figsize=(8.5, 3), layout="constrained")
nodes = {"w": (0, 1), "b": (0, -1), "z": (2.2, 0), "ŷ": (4.4, 0), "J": (6.6, 0)}
values = {"w": w, "b": b, "z": z, "ŷ": y_hat, "J": -np.log(y_hat)}
edges = [("w", "z", f"∂z/∂w = a = {a:g}"), ("b", "z", "∂z/∂b = 1"), ("z", "ŷ", f"∂ŷ/∂z = {y_hat * (1 - y_hat):.4f}"),
         ("ŷ", "J", f"∂J/∂ŷ = {da:.4f}")]
for start, end, text in edges:
    (x1, y1), (x2, y2) = nodes[start], nodes[end]
    ax.annotate("", (x2 - 0.35, y2 + 0.2 * (y1 - y2)), (x1 + 0.35, y1), arrowprops={"arrowstyle": "->"})
    ax.text((x1 + x2) / 2, (y1 + y2) / 2 + (0.35 if y1 >= 0 else -0.35), text,
            ha="center" if y1 == y2 else "left", va="center", color="#B34700")
for name, (x1, y1) in nodes.items():
    ax.text(x1, y1, f"{name}\n{values[name]:.4f}", ha="center", va="center",
            bbox={"boxstyle": "circle", "facecolor": "#dceaf7"})
ax.text(3.3, -1.5, f"dw = {da:.4f} · {y_hat * (1 - y_hat):.4f} · {a:g} = {dw:.4f}", ha="center", color="#B34700")
ax.set(xlim=(-0.7, 7.3), ylim=(-1.9, 1.7))
ax.set_axis_off()

# %%
# Look at dz. The product da · ŷ(1−ŷ) is ŷ − y, for any numbers:
print(f"y_hat - y = {y_hat - y:.4f}")

# %%
# On paper, the factors ŷ and 1−ŷ cancel (lesson 5 has it for y = 1 and for y = 0). pynn computes dZ[L] as Ŷ − Y, because this
# form contains no division. The sign makes sense too: dw is negative, so the loss falls when w grows. A larger w does bring ŷ
# closer to y = 1.
#
# Is dw right? We measure it with a central difference:
h = 1e-6


def J(w):
    return reference.binary_cross_entropy(y, reference.sigmoid(np.array(w * a + b)))


print(_("measured: {slope:.6f}", slope=(J(w + h) - J(w - h)) / (2 * h)))
print(_("computed: {dw:.6f}", dw=dw))

# %%
# A central difference takes two runs of the network for every single parameter. Backpropagation takes one pass for all of
# them. This is why it is used.
#
# All units, all examples
# -----------------------
#
# In a whole layer, the products become products of matrices. The order is always the same, from layer L down to layer 1:
#
# .. math:: dZ^{[l]} &= dA^{[l]} * g^{[l]\prime}(Z^{[l]}) \\
#           dW^{[l]} &= \frac{1}{m} \, dZ^{[l]} A^{[l-1]T} \\
#           db^{[l]} &= \frac{1}{m} \sum dZ^{[l]} \\
#           dA^{[l-1]} &= W^{[l]T} dZ^{[l]}
#
# It begins with dA[L], the slope of the loss with respect to every output: one number −( y/ŷ − (1−y)/(1−ŷ) ) for each
# example. The four lines are computed for layer L. The last one gives dA[L−1], and with it the same four lines are computed
# for layer L−1, and so on. (In Python, ``range(L, 0, -1)`` counts from L down to 1.) Now line by line.
#
# *Line 1* is the chain rule through the activation, for each unit and each example. (∗ multiplies entry by entry.)
#
# *Line 2:* the weight wᵢⱼ, in row i and column j, multiplies the output aⱼ of unit j of the layer before and adds the product
# to zᵢ. So ∂zᵢ/∂wᵢⱼ = aⱼ, and one example contributes dzᵢ aⱼ. The sum goes over the examples, which are the columns: row i of
# dZ meets row j of A. In a product of matrices a row meets a *column*, so A is transposed (lesson 2). The sum is an entry of
# dZ Aᵀ.
#
# *Line 3* is the same for the bias, where ∂zᵢ/∂bᵢ = 1. Σ adds up the examples, so each row of dZ gives one number, and db is
# a column, (n, 1), as b.
#
# *Line 4* passes the slope on to the layer before. Unit j there acts on *every* unit i of layer l, through the weight wᵢⱼ.
# Each unit i is a path, with the slope wᵢⱼ dzᵢ, and paths add up: daⱼ = Σᵢ wᵢⱼ dzᵢ. This sum goes down a column of W, and so
# it is an entry of Wᵀ dZ.
#
# *Why 1/m?* J is the mean of the losses of m examples, and the slope of a mean is the mean of the slopes. The 1/m must appear
# once. By convention it appears in dW and db. So **dA and dZ are slopes of the sum of the losses**, where each column belongs
# to one example only, and **dW and db are slopes of the mean, J**.
#
# In NumPy, ``.T`` transposes, ``@`` multiplies matrices and ``*`` entry by entry. The sum of each row is a column only with
# ``keepdims``, which keeps the second axis:
M = np.array([[1, 2, 3], [10, 20, 30]])
print(M.sum(axis=1), M.sum(axis=1, keepdims=True), sep="\n")

# %%
# Look at the shapes: dW has the shape of W, db has that of b, dA and dZ have those of A and Z. If a product does not fit, a
# factor is transposed or in the wrong place. (Rows 1 and 2 of this W[1] are opposite to each other: pynn's narrow layers
# start in this way, and lesson 8 explains why.)
X = np.array([[1.0, 2.0], [3.0, 1.0], [-1.0, 0.5]])         # three examples with two features
y = np.array([1, 0, 1])
net = pynn.Network([2, 3, 1], hidden="relu", output="sigmoid", rng=1)

gradients = net.backward(X, y)
for l in (2, 1):
    print(_("layer {l}: dA {dA}  dZ {dZ}  dW {dW}  db {db}",
            l=l, dA=gradients.dA[l].shape, dZ=gradients.dZ[l].shape, dW=gradients.dW[l].shape, db=gradients.db[l].shape))

# %%
# One of these numbers by hand: the slope with respect to the weight from input 1 to unit 3 of the hidden layer. This is dW[1]
# in row 3 and column 1 (Python counts from 0). Each example adds its dz · x. To get dz, take the dz of the output, multiply
# it by the weight from unit 3 to the output, and then by the slope of ReLU, which is 1 where z > 0 and 0 elsewhere:
step = net.forward(X)
total = 0.0
for c in range(3):
    da = net[2].W[0, 2] * gradients.dZ[2][0, c]
    dz = da if step.Z[1][2, c] > 0 else 0.0
    print(_("example {c}: da = {da:7.4f}, z = {z:7.4f}, dz = {dz:7.4f}, x = {x:4.1f}, dz * x = {product:7.4f}",
            c=c + 1, da=da, z=step.Z[1][2, c], dz=dz, x=X[c, 0], product=dz * X[c, 0] + 0))
    total += dz * X[c, 0]
print(_("a third of the sum: {third:.6f}", third=total / 3))
print(f"dW[1][2, 0]:        {gradients.dW[1][2, 0]:.6f}")

# %%
# ``plot.propagation`` draws both passes. On the way forward, every layer keeps its A and Z. The way backward needs them
# again: Z for the slope g′, and A for dW.
pynn.plot.propagation(net)

# %%
# Every number
# ------------
#
# ``explain`` shows the whole step for one example, each equation in symbols and in numbers, up to the new weights. Read it
# with a pencil in your hand, and recompute some of it.
pynn.explain(net, X[0], y[0], learning_rate=0.1)            # in a terminal: print(…)

# %%
# With ``layer`` and ``unit`` it shows a single neuron, every sum term by term:
print(pynn.explain(net, X[0], y[0], learning_rate=0.1, layer=1, unit=1))

# %%
# Checked
# -------
#
# Never trust a gradient that you have written: check it. ``check_gradients`` measures the slope of every parameter by central
# differences and compares it with backpropagation:
print(pynn.check_gradients(net, X, y))

# %%
# What would a mistake look like? Here the 1/m of dW[1] is forgotten. This happens easily and is hard to see, because the
# network still learns, only with another step length in one layer. The measured slopes reveal it: the points of these weights
# leave the diagonal. If the gradient is right, all points are on the diagonal.
wrong = gradients.flat.copy()
wrong[:6] *= 3                      # the six weights of layer 1, and m is 3
measured = np.empty_like(wrong)
for p in range(len(wrong)):
    up, down = net.copy(), net.copy()
    up.parameters[p] += h
    down.parameters[p] -= h
    measured[p] = (up.backward(X, y).loss - down.backward(X, y).loss) / (2 * h)

figure, ax = plt.subplots(layout="constrained")
ax.axline((0, 0), slope=1, color="lightgrey")
ax.plot(measured, wrong, "o", label=_("1/m forgotten in dW[1]"))
ax.plot(measured, gradients.flat, ".", label="net.backward")
ax.set(xlabel=_("slope measured by central differences"), ylabel=_("slope computed"))
ax.legend()
plt.show()

# %%
# Exercises
# ---------
#
# 1. Write the slope of the loss with respect to Ŷ: ``print(pynn.workbook.describe("loss_derivative"))`` shows the task. Then
#    write the backward pass of one layer, ``"layer_backward"``, and of all layers, ``"backward"``.
# 2. Take the explanation of unit 1 above. Compute its new w₁ with pencil and paper, beginning at the inputs.
# 3. Central differences are not exact either. Print the difference between the measured and the computed dw of the first
#    section for h = 10⁻¹, 10⁻², …, 10⁻¹². It falls at first, then it rises again. Why?
#
# *In the playground:* ``pynn playground --lesson 7`` opens a setting for this lesson. Press 'One step, slowly', and follow
# one example forward and back. Then hold all gradients against differences.
#
# Answers: docs/answers/07_backpropagation.md
