"""The exercises on forward propagation: a neuron, a layer, activations, all layers.  Reading on shows the solutions."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pynn import reference
from pynn.learn.exercises.exercise import Array, Case, Mistakes, draw_layer, draw_network, exercise, layer_of
from pynn.translation import _


def _draw_neuron(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    return rng.normal(size=case.n_prev), float(rng.normal()), rng.normal(size=case.n_prev)


@exercise("z", draw=_draw_neuron)
def neuron(w: Array, b: float, x: Array) -> tuple[Any, Mistakes]:
    """The weighted sum of one neuron for one example, before its activation.

    w: (n,) its weights; b: its bias, a number; x: (n,) the example.  z: a number.
    """
    z = w @ x + b
    return z, {
        _("the bias b is not added"): lambda: w @ x,
        _("the bias b is subtracted"): lambda: w @ x - b,
        _("the bias b is added to every term, not once"): lambda: np.sum(w * x + b),
        _("the bias b is added to the inputs"): lambda: w @ (x + b),
        _("the terms are not summed"): lambda: w * x + b,
        _("the terms are not summed, and the bias b is missing"): lambda: w * x,
        _("the mean of the terms is taken instead of their sum"): lambda: np.mean(w * x) + b,
        _("every weight is multiplied with every input, not only with its own"): lambda: np.outer(w, x) + b,
        _("an activation is applied already"): lambda: reference.sigmoid(np.asarray(z)),
        _("the activation relu is applied already"): lambda: max(0.0, z),
    }


@exercise("Z", draw=draw_layer)
def layer_forward(W: Array, b: Array, A_prev: Array) -> tuple[Any, Mistakes]:
    """The weighted sums of a layer for all examples at once, without a loop: Z[l], before its activation.

    W: (n, n_prev), row i has the weights of unit i; b: (n, 1); A_prev: (n_prev, m), a column is an example.  Z: (n, m).
    """
    Z = W @ A_prev + b
    return Z, {
        _("the bias b is not added"): lambda: W @ A_prev,
        _("the bias b is subtracted"): lambda: W @ A_prev - b,
        _("W is transposed"): lambda: W.T @ A_prev + b,
        _("A_prev is transposed"): lambda: W @ A_prev.T + b,
        _("the factors of the product are in the wrong order"): lambda: A_prev @ W + b,
        _("the product is taken element by element, it should be one of matrices"): lambda: W * A_prev + b,
        _("b is transposed: b as a column gives each unit its bias, as a row each example"): lambda: W @ A_prev + b.T,
        _("the biases are summed over the units"): lambda: W @ A_prev + b.sum(),
        _("only the first unit's bias is used"): lambda: W @ A_prev + b[0],
        _("the product is divided by the number of examples: a layer has sums, no means"): lambda: (
            W @ A_prev / A_prev.shape[1] + b),
        _("only the first example is computed"): lambda: Z[:, :1],
        _("the examples are summed up"): lambda: (W @ A_prev).sum(axis=1, keepdims=True) + b,
        _("an activation is applied already"): lambda: reference.relu(Z),
        _("the activation sigmoid is applied already"): lambda: reference.sigmoid(Z),
    }


def _draw_sums(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    Z = case.scale * rng.normal(size=(case.n, case.m))
    Z[0, 0] = 0
    return (Z,)


@exercise("A", draw=_draw_sums)
def relu(Z: Array) -> tuple[Any, Mistakes]:
    """The rectified linear unit, element by element: a positive z passes through, any other z does not.

    Z: (n, m).  A: (n, m).
    """
    return reference.relu(Z), {
        _("negative z pass through, positive ones are stopped"): lambda: np.minimum(Z, 0),
        _("negative z lose only their sign"): lambda: np.abs(Z),
        _("something of negative z leaks through"): lambda: np.where(Z > 0, Z, 0.01 * Z),
        _("this is the derivative g′, not g"): lambda: (Z > 0).astype(float),
        _("positive z are cut off at 1"): lambda: np.clip(Z, 0, 1),
        _("this is one number for the whole array, the largest; each element has its own"): lambda: max(0.0, Z.max()),
        _("this is one number for each example, the largest; each element has its own"): lambda: np.maximum(Z.max(axis=0), 0),
        _("only the positive elements are returned, and their places are lost"): lambda: Z[Z > 0],
        _("this is the sigmoid, another activation"): lambda: reference.sigmoid(Z),
    }


@exercise("G", draw=_draw_sums)
def relu_prime(Z: Array) -> tuple[Any, Mistakes]:
    """The derivative g′(Z) of relu, element by element, as numbers; at the kink z = 0 it is taken from the left.

    Z: (n, m).  G: (n, m).
    """
    return reference.relu_prime(Z, Z), {
        _("exactly at z = 0 it is taken from the right"): lambda: (Z >= 0).astype(float),
        _("exactly at z = 0 it is halfway between left and right"): lambda: np.heaviside(Z, 0.5),
        _("the two sides of 0 are exchanged"): lambda: (Z < 0).astype(float),
        _("the two sides of 0 are exchanged, 0 included"): lambda: (Z <= 0).astype(float),
        _("this is the sign of z: the slope left of 0 is wrong"): lambda: np.sign(Z),
        _("the slope left of 0 is wrong, it should be flat"): lambda: np.where(Z > 0, 1, -1),
        _("something of negative z leaks through"): lambda: np.where(Z > 0, 1, 0.01),
        _("this is g, not its derivative"): lambda: reference.relu(Z),
        _("it is 1 everywhere, on both sides of 0"): lambda: np.ones_like(Z),
        _("it is 0 everywhere, on both sides of 0"): lambda: np.zeros_like(Z),
    }


@exercise("A", draw=_draw_sums)
def sigmoid(Z: Array) -> tuple[Any, Mistakes]:
    """The sigmoid, element by element: it rises from near 0 for very negative z, through one half at z = 0, to near 1.

    It must not overflow for any finite z, such as −1000 or 1000.
    Z: (n, m).  A: (n, m).
    """
    A = reference.sigmoid(Z)
    return A, {
        _("the sign of the exponent is wrong: it falls where it should rise"): lambda: reference.sigmoid(-Z),
        _("this is the derivative g′, not g"): lambda: A * (1 - A),
        _("this is tanh, another activation"): lambda: np.tanh(Z),
        _("this is only the power of e: the denominator is incomplete"): lambda: np.exp(Z),
        _("this is only the power of e, with the wrong sign"): lambda: np.exp(-Z),
        _("the denominator has a difference instead of a sum"): lambda: 1 / (1 - np.exp(-Z)),
        _("it is not inverted: this is the denominator"): lambda: 1 + np.exp(-Z),
        _("this is a softmax: an element should not depend on the others"): lambda: reference.softmax(Z),
        _("this is relu, another activation"): lambda: reference.relu(Z),
        _("this is a step: it should rise smoothly"): lambda: (Z > 0).astype(float),
    }


@exercise("G", draw=_draw_sums)
def sigmoid_prime(Z: Array) -> tuple[Any, Mistakes]:
    """The derivative g′(Z) of the sigmoid, element by element.  It must not overflow for any finite z.

    Z: (n, m), the sums before the activation.  G: (n, m).
    """
    A = reference.sigmoid(Z)
    return A * (1 - A), {
        _("this is g, not its derivative"): lambda: A,
        _("z stands where a = g(z) belongs"): lambda: Z * (1 - Z),
        _("z stands in one place where a = g(z) belongs"): lambda: A * (1 - Z),
        _("z stands in the other place where a = g(z) belongs"): lambda: Z * (1 - A),
        _("a factor is missing: it should vanish on both sides"): lambda: 1 - A,
        _("this is the square of g"): lambda: A * A,
        _("this is the derivative of another activation, tanh"): lambda: 1 - np.tanh(Z) ** 2,
        _("one factor is squared, as in the derivative of tanh"): lambda: 1 - A * A,
        _("a sum stands where a difference belongs"): lambda: A * (1 + A),
        _("g is applied twice"): lambda: reference.sigmoid(A) * (1 - reference.sigmoid(A)),
    }


def _forward_with(W: Any, b: Any, X: Array, hidden: Any = reference.relu, output: Any = reference.sigmoid,
                  bias: int = 1, before: Callable[[Any, Any], Any] = lambda Z, A: A[-1]) -> dict[str, Any]:
    """Forward propagation, with parts that can be replaced by wrong ones."""
    Z: list[Any] = [None]
    A: list[Any] = [X]
    for l in range(1, len(W)):
        Z.append(W[l] @ before(Z, A) + bias * b[l])
        A.append((output if l == len(W) - 1 else hidden)(Z[-1]))
    return {"Z": Z, "A": A}


@exercise("Z", "A", draw=draw_network, stage=lambda label: 2 * layer_of(label) + (label[0] == "A"))
def forward(W: list[Any], b: list[Any], X: Array) -> tuple[Any, Mistakes]:
    """Forward propagation through any number of layers: relu in the hidden layers, the sigmoid in the last.

    W, b: lists indexed by the layer, None at 0; W[l]: (n[l], n[l−1]), b[l]: (n[l], 1); X: (n[0], m).
    Z, A: lists of the same length; Z[0]: None, A[0]: X, Z[l] and A[l]: (n[l], m).
    """
    right = _forward_with(W, b, X)
    return (right["Z"], right["A"]), {
        _("no activation is applied"): lambda: _forward_with(W, b, X, reference.linear, reference.linear),
        _("the activation of the hidden layers is missing"): lambda: _forward_with(W, b, X, reference.linear),
        _("the sigmoid stands in a hidden layer"): lambda: _forward_with(W, b, X, reference.sigmoid),
        _("tanh stands in a hidden layer"): lambda: _forward_with(W, b, X, reference.tanh),
        _("relu stands in the last layer"): lambda: _forward_with(W, b, X, output=reference.relu),
        _("the activation of the last layer is missing"): lambda: _forward_with(W, b, X, output=reference.linear),
        _("the bias b is not added"): lambda: _forward_with(W, b, X, bias=0),
        _("the bias b is subtracted"): lambda: _forward_with(W, b, X, bias=-1),
        _("each layer gets the Z of the layer before, without its activation"): lambda: _forward_with(
            W, b, X, before=lambda Z, A: X if len(Z) == 1 else Z[-1]),
        _("each layer gets X, not the A of the layer before"): lambda: _forward_with(W, b, X, before=lambda Z, A: X),
    }
