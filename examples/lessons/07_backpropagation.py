"""
7. Backpropagation, by hand and checked
=======================================

Gradient descent needs the slope of the loss in the direction of every weight and bias. Backpropagation finds all of them in
one pass through the network from its end to its beginning. It is the chain rule of calculus, and nothing else.

*What you learn:* where dA, dZ, dW and db come from, in the order in which they are computed; each of them with numbers; how
to check a gradient that one has written.
"""

# %%
# One unit, one example
# ---------------------
#
# Begin with the last layer of a network that has a single unit there. Its input a comes from the layer before. The unit
# computes z = w a + b and ŷ = σ(z), the sigmoid, and the loss of lesson 4 is J = −( y log ŷ + (1−y) log(1−ŷ) ). How does
# J change when w does? w acts on z, z on ŷ, ŷ on J, so the chain rule multiplies three slopes:
#
# .. math:: \frac{\partial J}{\partial w} =
#           \frac{\partial J}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial z} \cdot
#           \frac{\partial z}{\partial w}
#
# The first is the derivative of the loss (its formula for any y was exercise 1 of lesson 4), the second that of the
# sigmoid, ŷ(1−ŷ), and the third is a. The products of the first factors have names: da is ∂J/∂ŷ, dz is ∂J/∂z, and dw and
# db are what is asked for.
import matplotlib.pyplot as plt
import numpy as np

import pynn
from pynn import reference

a, w, b, y = 2.0, 0.5, -0.2, 1
z = w * a + b
y_hat = 1 / (1 + np.exp(-z))

da = -1 / y_hat                     # y is 1, so J is −log ŷ
dz = da * y_hat * (1 - y_hat)
dw = dz * a
db = dz * 1                         # z grows with b one to one
print(f"z  = {z:.4f}   ŷ  = {y_hat:.4f}")
print(f"da = {da:.4f}  dz = {dz:.4f}")
print(f"dw = {dw:.4f}  db = {db:.4f}")

# %%
# Two things are worth a look. First, da · ŷ(1−ŷ) comes to ŷ − y, whatever the numbers:
print(f"ŷ − y = {y_hat - y:.4f}")

# %%
# On paper the factors ŷ and 1−ŷ cancel. pynn computes dZ[L] in this form, since it divides by nothing. Second, the sign
# makes sense: dw is negative, so w has to grow for the loss to fall, and indeed a larger w brings ŷ closer to y = 1.
#
# Is dw right? A slope can be measured: change w by a tiny h in both directions and see what J does.
h = 1e-6


def J(w):
    return reference.binary_cross_entropy(y, reference.sigmoid(np.array(w * a + b)))


print(f"measured: {(J(w + h) - J(w - h)) / (2 * h):.6f}")
print(f"computed: {dw:.6f}")

# %%
# That is a *central difference*. It needs no calculus, but two runs of the network for each single parameter.
# Backpropagation needs one pass for all of them, and that is why it is used.
#
# All units, all examples
# -----------------------
#
# For a whole layer the products become matrix products. From here on, dA and dZ are slopes of the sum of the examples'
# losses, so that each column belongs to its own example; the 1/m of the mean stands in dW and db. The order is always the
# same, from layer L down to layer 1:
#
# .. math:: dZ^{[l]} &= dA^{[l]} * g^{[l]\prime}(Z^{[l]}) \\
#           dW^{[l]} &= \frac{1}{m} \, dZ^{[l]} A^{[l-1]T} \\
#           db^{[l]} &= \frac{1}{m} \sum dZ^{[l]} \\
#           dA^{[l-1]} &= W^{[l]T} dZ^{[l]}
#
# The first line is the chain rule through the activation, element by element. The second and third are the slopes by the
# weights and biases, each the mean over the m examples. The last hands the slope on to the layer before: unit j of it
# feeds every unit i of layer l through the weight in row i, column j, so its slope is the sum of those of layer l, each
# times that weight. That sum is a product with Wᵀ.
#
# Watch the shapes: dW has the shape of W, db that of b, dA and dZ those of A and Z. If a product does not fit, a factor
# is transposed or in the wrong place. (Rows 1 and 2 of this W[1] are each other's negative: so pynn starts, and lesson 8
# says why.)
X = np.array([[1.0, 2.0], [3.0, 1.0], [-1.0, 0.5]])         # three examples of two features
y = np.array([1, 0, 1])
net = pynn.Network([2, 3, 1], hidden="relu", output="sigmoid", rng=1)

gradients = net.backward(X, y)
for l in (2, 1):
    print(f"layer {l}: dA {gradients.dA[l].shape}  dZ {gradients.dZ[l].shape}  "
          f"dW {gradients.dW[l].shape}  db {gradients.db[l].shape}")

# %%
# One number of it by hand: the slope by the weight from input 1 to unit 3 of the hidden layer, dW[1] in row 3, column 1
# (Python counts from 0). Each example adds its dz · x. The dz is what the output hands back through its own weight, times
# the slope of ReLU, which is 1 where z > 0 and else 0:
step = net.forward(X)
total = 0.0
for c in range(3):
    da = net[2].W[0, 2] * gradients.dZ[2][0, c]
    dz = da if step.Z[1][2, c] > 0 else 0.0
    print(f"example {c + 1}: da = {da:7.4f}, z = {step.Z[1][2, c]:7.4f}, "
          f"dz = {dz:7.4f}, x = {X[c, 0]:4.1f}, dz · x = {dz * X[c, 0] + 0:7.4f}")
    total += dz * X[c, 0]
print(f"a third of the sum: {total / 3:.6f}")
print(f"dW[1][2, 0]:        {gradients.dW[1][2, 0]:.6f}")

# %%
# ``plot.propagation`` draws the whole round trip. Forward (blue) every layer keeps its A and Z, since backward (orange)
# needs them again: Z for the slope g′, A for dW.
pynn.plot.propagation(net)

# %%
# Every number
# ------------
#
# ``explain`` tells the whole step for one example, each equation in symbols and in numbers, up to the new weights. Read
# it with a pencil, and recompute some of it.
pynn.explain(net, X[0], y[0], learning_rate=0.1)            # in a terminal: print(…)

# %%
# With ``layer`` and ``unit`` it shows a single neuron, every sum term by term:
print(pynn.explain(net, X[0], y[0], learning_rate=0.1, layer=1, unit=1))

# %%
# Checked
# -------
#
# Whoever writes a gradient should not trust it. ``check_gradients`` measures the slope of every parameter by central
# differences and holds it against backpropagation:
print(pynn.check_gradients(net, X, y))

# %%
# What would a mistake look like? Here the 1/m of dW[1] is forgotten, which is easily done and hard to see: the network
# still learns, with another step length in one layer. Measured slopes give it away: the points of these weights leave the
# diagonal, on which a right gradient has them all. (Those of unit 2 do not: it is 0 for all three examples, and three
# times 0 is 0.)
wrong = gradients.flat.copy()
wrong[:6] *= 3                      # the six weights of layer 1
measured = np.empty_like(wrong)
for p in range(len(wrong)):
    up, down = net.copy(), net.copy()
    up.parameters[p] += h
    down.parameters[p] -= h
    measured[p] = (up.backward(X, y).loss - down.backward(X, y).loss) / (2 * h)

figure, ax = plt.subplots(layout="constrained")
ax.axline((0, 0), slope=1, color="lightgrey")
ax.plot(measured, wrong, "o", label="1/m forgotten in dW[1]")
ax.plot(measured, gradients.flat, ".", label="net.backward")
ax.set(xlabel="slope measured by central differences", ylabel="slope computed")
ax.legend()
plt.show()

# %%
# Exercises
# ---------
#
# 1. Write the backward pass of one layer yourself: ``print(pynn.workbook.describe("layer_backward"))`` has the task,
#    ``pynn.workbook.check("layer_backward", your_function)`` the verdict. Then all layers: ``"backward"``.
# 2. Take the explanation of unit 1 above and work out its new w₁ with pencil and paper, beginning at the inputs.
# 3. Central differences are not exact either. Print the difference of measured and computed dw of the first section for
#    h = 10⁻¹, 10⁻², …, 10⁻¹². It falls at first, then it rises again. Why?
