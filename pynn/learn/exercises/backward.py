"""The exercises on backpropagation: loss, derivatives, a layer, all layers, the update.  Reading on shows the solutions."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pynn import reference
from pynn.learn.exercises.exercise import Array, Case, Line, Mistakes, draw_labels, draw_layer, draw_network, exercise, layer_of
from pynn.translation import _


def _draw_predictions(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    return draw_labels(case.m), rng.uniform(0.05, 0.95, size=(1, case.m))


@exercise("J", draw=_draw_predictions)
def binary_cross_entropy(Y: Array, Y_hat: Array) -> tuple[Any, Mistakes]:
    """The binary cross-entropy of all examples together, with the natural logarithm.

    Y: (1, m), 0 or 1; Y_hat: (1, m), strictly between 0 and 1.  J: a number.
    """
    ones, zeros = Y * np.log(Y_hat), (1 - Y) * np.log(1 - Y_hat)
    J, m = -np.sum(ones + zeros) / Y.shape[1], Y.shape[1]
    return J, {
        _("the 1/m is missing (m is the number of columns)"): lambda: m * J,
        _("the 1/m is missing, and the sign is wrong"): lambda: -m * J,
        _("the 1/m is there twice"): lambda: J / m,
        _("the examples are not summed"): lambda: -(ones + zeros),
        _("the examples are not summed, the 1/m is there"): lambda: -(ones + zeros) / m,
        _("the sum goes over the rows, of which there is one; it should go over the examples, the columns"): lambda: (
            -(ones + zeros)[0]),
        _("the sum goes over the rows, of which there is one, not over the examples; the 1/m is there"): lambda: (
            -(ones + zeros)[0] / m),
        _("the term of the examples with y = 0 is missing"): lambda: -np.sum(ones) / m,
        _("the term of the examples with y = 1 is missing"): lambda: -np.sum(zeros) / m,
        _("the two terms have different signs"): lambda: -np.sum(ones - zeros) / m,
        _("the two terms have different signs, the first a wrong one"): lambda: np.sum(ones - zeros) / m,
        _("Y and Y_hat are exchanged"): lambda: -np.sum(Y_hat * np.log(Y) + (1 - Y_hat) * np.log(1 - Y)) / m,
        _("y and 1 − y are exchanged"): lambda: -np.sum((1 - Y) * np.log(Y_hat) + Y * np.log(1 - Y_hat)) / m,
        _("the logarithm has base 2"): lambda: J / np.log(2),
        _("the logarithm has base 10"): lambda: J / np.log(10),
        _("this is the mean squared error, another loss"): lambda: np.mean((Y - Y_hat) ** 2),
        _("this is half the mean squared error, another loss"): lambda: np.mean((Y - Y_hat) ** 2) / 2,
        _("this is half the sum of the squared errors, another loss"): lambda: np.sum((Y - Y_hat) ** 2) / 2,
    }


@exercise("dA", draw=_draw_predictions)
def loss_derivative(Y: Array, Y_hat: Array) -> tuple[Any, Mistakes]:
    """dA[L], the start of backpropagation: the derivative of each example's binary cross-entropy with respect to its ŷ.

    The 1/m belongs to dW and db.
    Y: (1, m), 0 or 1; Y_hat: (1, m), strictly between 0 and 1.  dA: (1, m).
    """
    dA, m = reference.loss_derivative("binary_cross_entropy", Y, Y_hat), Y.shape[1]
    ones, zeros = Y / Y_hat, (1 - Y) / (1 - Y_hat)
    return dA, {
        _("the 1/m is here already"): lambda: dA / m,
        _("the 1/m is here already, and the sign is wrong"): lambda: -dA / m,
        _("the two terms have the same sign, as if 1 − ŷ grew with ŷ, and both are positive"): lambda: ones + zeros,
        _("the two terms have the same sign, as if 1 − ŷ grew with ŷ, and both are negative"): lambda: -(ones + zeros),
        _("the term of the examples with y = 0 is missing"): lambda: -ones,
        _("the term of the examples with y = 1 is missing"): lambda: zeros,
        _("this is dZ[L], which already has the factor g′, or the derivative of half a squared error"): lambda: Y_hat - Y,
        _("this is the derivative of the squared error, another loss"): lambda: 2 * (Y_hat - Y),
        _("Y and Y_hat are exchanged"): lambda: -Y_hat / Y + (1 - Y_hat) / (1 - Y),
        _("y and 1 − y are exchanged"): lambda: -(1 - Y) / Y_hat + Y / (1 - Y_hat),
        _("the examples are summed up; each has its own derivative"): lambda: np.sum(dA),
        _("the mean over the examples is taken; each has its own derivative"): lambda: np.mean(dA),
        _("this is the loss of every example, not its derivative"): lambda: -Y * np.log(Y_hat) - (1 - Y) * np.log(1 - Y_hat),
    }


def _draw_layer_backward(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    W, b, A_prev = draw_layer(rng, case)
    Z = W @ A_prev + b
    Z[0, 0] = 0             # here the derivative of relu is a convention
    return rng.normal(size=(case.n, case.m)), Z, A_prev, W


@exercise("dZ", "dW", "db", "dA_prev", draw=_draw_layer_backward, stage=lambda label: int(label != "dZ"))
def layer_backward(dA: Array, Z: Array, A_prev: Array, W: Array) -> tuple[Any, Mistakes]:
    """Backpropagation through one layer whose activation is relu.  The 1/m stands in dW and db, not in dZ and dA_prev.

    dA, Z: (n, m); A_prev: (n_prev, m); W: (n, n_prev).
    dZ: (n, m); dW: (n, n_prev); db: (n, 1); dA_prev: (n_prev, m).
    """
    m = Z.shape[1]
    dZ = dA * reference.relu_prime(Z, Z)
    _same, dWs, dbs, dAs = reference.backward([None, W], [None, Z], [A_prev, None], dZ, ["relu"])
    dW, db, dA_prev = dWs[1], dbs[1], dAs[0]
    return (dZ, dW, db, dA_prev), {
        _("the derivative of relu at z = 0 is 0 here, as in relu_prime"): lambda: {"dZ": dA * (Z >= 0)},
        _("the derivative g′(Z) is missing"): lambda: {"dZ": dA},
        _("g(Z) stands where its derivative belongs"): lambda: {"dZ": dA * reference.relu(Z)},
        _("this is g(Z): the mask lies on Z; it should lie on dA"): lambda: {"dZ": reference.relu(Z)},
        _("the mask is made of dA and lies on Z: it is the other way round"): lambda: {"dZ": Z * (dA > 0)},
        _("the mask is made of A_prev; it should be made of Z"): lambda: {"dZ": dA * (A_prev > 0)},
        _("this is g′(Z) alone, without dA"): lambda: {"dZ": reference.relu_prime(Z, Z)},
        _("g is applied to dA: the side of 0 is that of z"): lambda: {"dZ": reference.relu(dA)},
        _("the derivative is that of the sigmoid"): lambda: {"dZ": dA * reference.sigmoid_prime(Z, reference.sigmoid(Z))},
        _("the 1/m is missing"): lambda: {"dW": m * dW, "db": m * db},
        _("the 1/m is missing, and the sign is wrong"): lambda: {"dW": -m * dW, "db": -m * db},
        _("the 1/m is there twice"): lambda: {"dW": dW / m, "db": db / m},
        _("m is the number of rows of Z, the units; it should be that of columns, the examples"): lambda: {
            "dW": dW * m / len(Z), "db": db * m / len(Z)},
        _("m is the number of rows of A_prev, the units before; it should be that of columns, the examples"): lambda: {
            "dW": dW * m / len(A_prev), "db": db * m / len(A_prev)},
        _("the 1/m does not belong here"): lambda: {"dZ": dZ / m, "dA_prev": dA_prev / m},
        _("dA stands where dZ belongs"): lambda: {"dW": dA @ A_prev.T / m, "db": dA.sum(axis=1, keepdims=True) / m,
                                               "dA_prev": W.T @ dA},
        _("Z stands where dZ belongs"): lambda: {"dW": Z @ A_prev.T / m, "db": Z.sum(axis=1, keepdims=True) / m,
                                              "dA_prev": W.T @ Z},
        _("it is not summed over the examples"): lambda: {"db": dZ},
        _("it is not summed over the examples, the 1/m is there"): lambda: {"db": dZ / m},
        _("it is summed over the units, not over the examples"): lambda: {"db": dZ.sum(axis=0, keepdims=True) / m},
        _("it is averaged over the units, not over the examples"): lambda: {"db": dZ.mean(axis=0, keepdims=True)},
        _("it is summed over the units, not over the examples, and has lost an axis"): lambda: {"db": dZ.sum(axis=0) / m},
        _("it is summed over units and examples; each unit has its own"): lambda: {"db": dZ.sum() / m},
        _("it is averaged over units and examples; each unit has its own"): lambda: {"db": dZ.mean()},
        _("the sum has lost its second axis"): lambda: {"db": dZ.sum(axis=1) / m},
        _("the sum has lost its second axis, and the 1/m is missing"): lambda: {"db": dZ.sum(axis=1)},
        _("A_prev is not transposed"): lambda: {"dW": dZ @ A_prev / m},
        _("dZ is transposed instead of the other factor"): lambda: {"dW": dZ.T @ A_prev / m},
        _("the factors of the product are in the wrong order"): lambda: {"dW": A_prev.T @ dZ / m, "dA_prev": dZ @ W.T},
        _("it is transposed, and the 1/m is missing"): lambda: {"dW": A_prev @ dZ.T},
        _("W is not transposed"): lambda: {"dA_prev": W @ dZ},
        _("W is not transposed, and the factors are in the wrong order"): lambda: {"dA_prev": dZ @ W},
        _("dW stands where W belongs"): lambda: {"dA_prev": dW.T @ dZ},
        _("the derivative of the layer before is here already (its mask lies on this result)"): lambda: {
            "dA_prev": dA_prev * (A_prev > 0)},
        _("a mask lies on A_prev; it belongs on dA alone"): lambda: {"dW": dZ @ reference.relu(A_prev).T / m},
        _("W is updated before it is used backward: it should be the W of the forward pass"): lambda: {
            "dA_prev": Line(dA_prev, dW.T @ dZ)},
    }


def _step_back(W: Array, dZ: Array, slopes: list[Any], l: int) -> Array:
    """dZ of layer l − 1 from the W and dZ of layer l."""
    return W.T @ dZ * slopes[l - 1]


def _backward_with(W: Any, A: Any, dZ: Array, slopes: list[Any],
                   step_back: Callable[..., Array] = _step_back) -> dict[str, list[Any]]:
    """Backpropagation from dZ[L]; slopes[l] is g′(Z[l]) or what replaces it."""
    L, m = len(W) - 1, dZ.shape[1]
    dW: list[Any] = [None] * (L + 1)
    db: list[Any] = [None] * (L + 1)
    for l in range(L, 0, -1):
        dW[l], db[l] = dZ @ A[l - 1].T / m, dZ.sum(axis=1, keepdims=True) / m
        if l > 1:
            dZ = step_back(W[l], dZ, slopes, l)
    return {"dW": dW, "db": db}


def _draw_backward(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    W, b, X = draw_network(rng, case)
    activations = ["relu"] * (len(W) - 2) + ["sigmoid"]
    largest = np.abs(reference.forward(W, b, X, activations)[0][-1]).max()
    W[-1], b[-1] = 3 / largest * W[-1], 3 / largest * b[-1]     # near 0 and 1, what divides by a (1 − a) loses its digits
    Z, A = reference.forward(W, b, X, activations)
    return W, Z, A, draw_labels(case.m)


@exercise("dW", "db", draw=_draw_backward, stage=lambda label: -layer_of(label))
def backward(W: list[Any], Z: list[Any], A: list[Any], Y: Array) -> tuple[Any, Mistakes]:
    """Backpropagation through all layers, of the binary cross-entropy: relu in the hidden layers, the sigmoid in the last.

    W, Z, A: as in forward, lists indexed by the layer 0 … L; Y: (1, m).
    dW, db: lists of the same length, None at 0; dW[l]: (n[l], n[l−1]); db[l]: (n[l], 1).
    """
    dZ, slopes = A[-1] - Y, [None if z is None else reference.relu_prime(z, z) for z in Z]
    right = _backward_with(W, A, dZ, slopes)
    return (right["dW"], right["db"]), {**_wrong_factors(right, A, Y.shape[1]), **_wrong_starts(W, Z, A, Y, slopes),
                                        **_wrong_slopes(W, Z, A, dZ, slopes), **_wrong_ends(W, Z, A, dZ, slopes, right)}


def _wrong_factors(right: dict[str, list[Any]], A: Any, m: int) -> Mistakes:
    """Mistakes in 1/m."""
    def scaled(by: Callable[[int], float]) -> Callable[[], Any]:
        return lambda: {name: [None, *(by(l) * array for l, array in enumerate(arrays[1:], 1))]
                        for name, arrays in right.items()}

    return {
        _("the 1/m is missing"): scaled(lambda l: m),
        _("the 1/m is missing, and the sign is wrong"): scaled(lambda l: -m),
        _("the 1/m is there twice"): scaled(lambda l: 1 / m),
        _("it is twice as large as it should be: is the loss a squared error?"): scaled(lambda l: 2),
        _("m is the number of rows of X, the features; it should be that of columns, the examples"): scaled(
            lambda l: m / len(A[0])),
        _("m is the number of rows of A, the units; it should be that of columns, the examples"): scaled(
            lambda l: m / len(A[l - 1])),
    }


def _wrong_starts(W: Any, Z: Any, A: Any, Y: Array, slopes: list[Any]) -> Mistakes:
    """Mistakes in dZ of the last layer."""
    dA, slope = reference.loss_derivative("binary_cross_entropy", Y, A[-1]), A[-1] * (1 - A[-1])

    def start(dZ: Array) -> Callable[[], Any]:
        return lambda: _backward_with(W, A, dZ, slopes)

    return {
        _("the derivative g′ of the last layer is missing"): start(dA),
        _("the derivative of relu stands in the last layer (a wrong Z?)"): start(dA * slopes[-1]),
        _("the derivative g′ of the last layer is there twice, or the loss is half a squared error"):
            start((A[-1] - Y) * slope),
        _("the loss is a squared error, another loss"): start(2 * (A[-1] - Y) * slope),
        _("z stands where a belongs in the sigmoid's derivative"): start(dA * Z[-1] * (1 - Z[-1])),
        _("the sigmoid's derivative is taken at a; it should be taken at z"): start(
            dA * reference.sigmoid_prime(A[-1], reference.sigmoid(A[-1]))),
    }


def _wrong_slopes(W: Any, Z: Any, A: Any, dZ: Array, slopes: list[Any]) -> Mistakes:
    """Mistakes in g′ of the hidden layers: another function, or the mask of relu on the wrong array."""
    def sloped(by: Callable[[Array, Array], Array]) -> Callable[[], Any]:
        return lambda: _backward_with(W, A, dZ, [None, *(by(z, a) for z, a in zip(Z[1:], A[1:], strict=True))])

    def masked(step_back: Callable[..., Array]) -> Callable[[], Any]:
        return lambda: _backward_with(W, A, dZ, slopes, step_back)

    return {
        _("the derivative g′ of a hidden layer is missing"): sloped(lambda z, a: np.ones_like(z)),
        _("the sigmoid's derivative at z stands in a hidden layer"): sloped(
            lambda z, a: reference.sigmoid_prime(z, reference.sigmoid(z))),
        _("the sigmoid's derivative as that of a stands in a hidden layer"): sloped(lambda z, a: a * (1 - a)),
        _("g stands in a hidden layer where its derivative belongs"): sloped(lambda z, a: a),
        _("the mask is that of the layer after; each layer has its own"): masked(lambda W, dZ, slopes, l: W.T @ dZ * slopes[l]),
        _("the mask of a layer lies on its dZ before the product with W; it belongs on the result"): masked(
            lambda W, dZ, slopes, l: W.T @ (dZ * slopes[l])),
        _("the mask is made of dA; it should be made of z"): masked(lambda W, dZ, slopes, l: reference.relu(W.T @ dZ)),
    }


def _wrong_ends(W: Any, Z: Any, A: Any, dZ: Array, slopes: list[Any], right: dict[str, list[Any]]) -> Mistakes:
    """Mistakes in dW and db after a right dZ, and a W that is changed on the way."""
    L, m = len(W) - 1, dZ.shape[1]
    dZs = reference.backward(W, Z, A, dZ, ["relu"] * L)[0]

    def with_updated_W() -> dict[str, list[Any]]:
        change = _step_back(right["dW"][L], dZ, slopes, L)
        return {"dW": [*[None] * (L - 1), Line(right["dW"][L - 1], change @ A[L - 2].T / m)],
                "db": [*[None] * (L - 1), Line(right["db"][L - 1], change.sum(axis=1, keepdims=True) / m)]}

    return {
        _("W is updated before it is used backward: it should be the W of the forward pass"): with_updated_W,
        _("the list is in reverse order"): lambda: {name: [None, *arrays[:0:-1]] for name, arrays in right.items()},
        _("A[l] stands where A of the layer before belongs"): lambda: _backward_with(W, [*A[1:], A[L]], dZ, slopes),
        _("Z stands where A of the layer before belongs"): lambda: _backward_with(W, [A[0], *Z[1:]], dZ, slopes),
        _("it is not summed over the examples"): lambda: {"db": dZs},
        _("it is not summed over the examples, the 1/m is there"): lambda: {"db": [None, *(part / m for part in dZs[1:])]},
        _("the sum has lost its second axis"): lambda: {"db": [None, *(db[:, 0] for db in right["db"][1:])]},
    }


def _draw_gradients(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    W, b = draw_network(rng, case)[:2]
    dW, db = draw_network(rng, case)[:2]
    return W, b, dW, db, 0.3


@exercise("W", "b", draw=_draw_gradients)
def descend(W: list[Any], b: list[Any], dW: list[Any], db: list[Any], learning_rate: float) -> tuple[Any, Mistakes]:
    """One step of gradient descent in all layers.  It returns new lists of new arrays and does not change the given ones.

    W, b, dW, db: lists indexed by the layer, None at 0; dW[l] has the shape of W[l], db[l] that of b[l];
    learning_rate: a number.  W, b: lists as those given.
    """
    def mixed(kept: float, by: float) -> dict[str, list[Any]]:
        return {name: [None, *(kept * old + by * slope for old, slope in zip(olds[1:], slopes[1:], strict=True))]
                for name, olds, slopes in (("W", W, dW), ("b", b, db))}

    right = mixed(1, -learning_rate)
    return (right["W"], right["b"]), {
        _("the sign is wrong: this step goes uphill"): lambda: mixed(1, learning_rate),
        _("the learning rate is missing"): lambda: mixed(1, -1),
        _("the learning rate is missing, and the sign is wrong: this step goes uphill"): lambda: mixed(1, 1),
        _("the learning rate divides; it should multiply"): lambda: mixed(1, -1 / learning_rate),
        _("the learning rate is there twice"): lambda: mixed(1, -(learning_rate**2)),
        _("it is not updated"): lambda: mixed(1, 0),
        _("this is the step, not the new value"): lambda: mixed(0, -learning_rate),
        _("this is the length of the step, not the new value"): lambda: mixed(0, learning_rate),
        _("the learning rate scales the old value, not the gradient"): lambda: mixed(learning_rate, -1),
        _("it shrinks in proportion to itself; the gradient is missing"): lambda: mixed(1 - learning_rate, 0),
        _("db is subtracted where dW belongs"): lambda: {
            "W": [None, *(w - learning_rate * slope for w, slope in zip(W[1:], db[1:], strict=True))]},
    }
