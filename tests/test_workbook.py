"""Exercises × mistakes: right answers in several spellings pass, typical mistakes are named and told apart."""
from __future__ import annotations

import functools
import math
import re
import threading
import time
import warnings

import numpy as np
import pytest

from pynn.learn import grading, workbook
from pynn.learn.exercises import EXERCISES
from pynn.learn.exercises.exercise import CASES, Line
from pynn.learn.results import read_results

# ------------------------------------------------------------------------------------------------- a reader's own network


def stable_sigmoid(Z):
    A = np.empty_like(Z)
    up = Z >= 0
    A[up] = 1 / (1 + np.exp(-Z[up]))
    e = np.exp(Z[~up])
    A[~up] = e / (1 + e)
    return A


def own_forward(W, b, X, hidden=lambda Z: np.maximum(Z, 0), output=stable_sigmoid):
    Z, A = [None], [X]
    for l in range(1, len(W)):
        Z.append(W[l] @ A[l - 1] + b[l])
        A.append(output(Z[l]) if l == len(W) - 1 else hidden(Z[l]))
    return Z, A


def own_backward(W, Z, A, Y, *, sign=1, slope=lambda z, a: z > 0, dZ=lambda Y, A: A - Y, at=1, m=None, after=lambda db: db):
    L = len(W) - 1
    m = m or Y.shape[1]
    dW, db = [None] * (L + 1), [None] * (L + 1)
    d = sign * dZ(Y, A[L])
    for l in range(L, 0, -1):
        dW[l], db[l] = d @ A[l - at].T / m, after(d.sum(axis=1, keepdims=True) / m)
        if l > 1:
            d = (W[l].T @ d) * slope(Z[l - 1], A[l - 1])
    return dW, db


def chained_backward(W, Z, A, Y):
    dA = -(Y / A[-1] - (1 - Y) / (1 - A[-1]))
    return own_backward(W, Z, A, Y, dZ=lambda Y, Y_hat: dA * Y_hat * (1 - Y_hat), slope=lambda z, a: np.where(a > 0, 1, 0))


def own_descend(W, b, dW, db, learning_rate):
    return ([None] + [W[l] - learning_rate * dW[l] for l in range(1, len(W))],
            [None] + [b[l] - learning_rate * db[l] for l in range(1, len(b))])


def own_initialize(sizes, rng):
    W, b = [None], [None]
    for l in range(1, len(sizes)):
        W.append(rng.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1]))
        b.append(np.zeros((sizes[l], 1)))
    return W, b


def own_train(X, Y, sizes, rng, *, learning_rate=0.5, iterations=400, start=own_initialize, backward=own_backward,
              descend=own_descend):
    W, b = start(sizes, rng)
    with np.errstate(all="ignore"):
        for _ in range(iterations):
            Z, A = own_forward(W, b, X)
            dW, db = backward(W, Z, A, Y)
            W, b = descend(W, b, dW, db, learning_rate)
    return W, b


def own_layer_backward(dA, Z, A_prev, W):
    m = A_prev.shape[1]
    dZ = dA * (Z > 0)
    return dZ, dZ @ A_prev.T / m, dZ.sum(axis=1, keepdims=True) / m, W.T @ dZ


def but(function, **outputs):
    """The function with one output replaced: which=lambda *inputs: …"""
    names = EXERCISES[function.__name__.removeprefix("own_")].returns

    def changed(*inputs):
        values = list(function(*inputs))
        for name, output in outputs.items():
            values[names.index(name)] = output(*inputs)
        return tuple(values)
    return changed


def own_loss(Y, Y_hat):
    return float(-np.mean(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat)))


def own_loss_derivative(Y, Y_hat):
    return (Y_hat - Y) / (Y_hat * (1 - Y_hat))


# ------------------------------------------------------------------------------------------------------------ some mistakes


def relu_in_place(Z):
    Z[Z < 0] = 0
    return Z


def relu_forgets(Z):
    np.maximum(Z, 0)


def relu_if(Z):
    return Z if Z > 0 else 0


def sigmoid_of_numbers(Z):
    return 1 / (1 + math.exp(-Z))


def layer_in_place(W, b, A_prev):
    Z = W @ A_prev
    b += 0.5
    return Z + b - 0.5


def layer_backward_in_place(dA, Z, A_prev, W):
    dA *= Z > 0
    return (dA.copy(), *own_layer_backward(dA, Z, A_prev, W)[1:])


def layer_backward_updates_first(dA, Z, A_prev, W):
    dZ, dW, db, _ = own_layer_backward(dA, Z, A_prev, W)
    W = W - 0.05 * dW
    return dZ, dW, db, W.T @ dZ


def back_through(W, Z, A, Y, *, step=lambda W, d, Z, l: W[l].T @ d * (Z[l - 1] > 0), m=lambda d, a: d.shape[1],
                 rate=0.0):
    dW, db, W, d = [None] * len(W), [None] * len(W), list(W), A[-1] - Y
    for l in reversed(range(1, len(W))):
        dW[l], db[l] = d @ A[l - 1].T / m(d, A[l - 1]), d.sum(axis=1, keepdims=True) / m(d, A[l - 1])
        W[l] = W[l] - rate * dW[l]
        d = step(W, d, Z, l) if l > 1 else d
    return dW, db


backward_of_rows = functools.partial(back_through, m=lambda d, a: a.shape[0])
backward_updates_first = functools.partial(back_through, rate=0.01)


def forward_from_0(W, b, X):
    A = [X]
    for l in range(len(W)):
        A.append(W[l] @ A[l] + b[l])
    return A, A


def forward_Z_on(W, b, X):
    Z, A = [None], [X]
    for l in range(1, len(W)):
        Z.append(W[l] @ (X if l == 1 else Z[-1]) + b[l])
        A.append(stable_sigmoid(Z[l]) if l == len(W) - 1 else np.maximum(Z[l], 0))
    return Z, A


def descend_in_place(W, b, dW, db, learning_rate):
    for l in range(1, len(W)):
        W[l] -= learning_rate * dW[l]
        b[l] -= learning_rate * db[l]
    return W, b


def scaled_step(sign=-1, rate=lambda r: r):
    return lambda W, b, dW, db, r: own_descend(W, b, dW, db, -sign * rate(r))


def changed_initialize(weights=lambda W, rng: W, biases=lambda b: b):
    def initialize(sizes, rng):
        W, b = own_initialize(sizes, rng)
        return [None] + [weights(w, rng) for w in W[1:]], [None] + [biases(part) for part in b[1:]]
    return initialize


def zeros_of(sizes, rng):
    return ([None] + [np.zeros((sizes[l], sizes[l - 1])) for l in range(1, len(sizes))],
            [None] + [np.zeros((n, 1)) for n in sizes[1:]])


def train_spoils_Y(X, Y, sizes, rng):
    result = own_train(X, Y, sizes, rng)
    Y += 1
    return result


def remembered(function):
    """It always returns the result of its first call."""
    results = []

    def remember(*inputs):
        if not results:
            results.append(function(*inputs))
        return results[0]
    return remember


def train_predicts(X, Y, sizes, rng):
    return own_forward(*own_train(X, Y, sizes, rng), X)[1][-1]


RIGHT = {
    "neuron": [lambda w, b, x: w @ x + b, lambda w, b, x: sum(wi * xi for wi, xi in zip(w, x, strict=True)) + b,
               lambda w, b, x: b + np.sum(w * x), lambda w, b, x: float(np.dot(x, w)) + b],
    "layer_forward": [lambda W, b, A: W @ A + b, lambda W, b, A: np.dot(W, A) + b, lambda W, b, A: (A.T @ W.T).T + b,
                      lambda W, b, A: np.einsum("ij,jk->ik", W, A) + b, lambda W, b, A: (W @ A + b).tolist()],
    "relu": [lambda Z: np.maximum(Z, 0), lambda Z: np.where(Z > 0, Z, 0), lambda Z: Z * (Z > 0), lambda Z: (Z + np.abs(Z)) / 2,
             lambda Z: [[max(0, z) for z in row] for row in Z]],
    "relu_prime": [lambda Z: (Z > 0).astype(float), lambda Z: np.where(Z > 0, 1, 0), lambda Z: np.heaviside(Z, 0),
                   lambda Z: (Z > 0) * 1],
    "sigmoid": [stable_sigmoid, lambda Z: (1 + np.tanh(Z / 2)) / 2, lambda Z: np.exp(-np.logaddexp(0, -Z)),
                lambda Z: stable_sigmoid(Z).tolist()],
    "sigmoid_prime": [lambda Z: stable_sigmoid(Z) * (1 - stable_sigmoid(Z)), lambda Z: stable_sigmoid(Z) * stable_sigmoid(-Z),
                      lambda Z: stable_sigmoid(Z) - stable_sigmoid(Z) ** 2],
    "forward": [own_forward, lambda W, b, X: tuple(map(tuple, own_forward(W, b, X))),
                functools.partial(own_forward, hidden=lambda Z: Z * (Z > 0))],
    "binary_cross_entropy": [own_loss, lambda Y, P: -np.sum(np.log(np.where(Y == 1, P, 1 - P))) / Y.shape[1],
                             lambda Y, P: -np.squeeze(Y @ np.log(P).T + (1 - Y) @ np.log(1 - P).T) / Y.size],
    "loss_derivative": [own_loss_derivative, lambda Y, P: -(Y / P - (1 - Y) / (1 - P)),
                        lambda Y, P: np.where(Y == 1, -1 / P, 1 / (1 - P))],
    "layer_backward": [own_layer_backward, lambda *inputs: list(own_layer_backward(*inputs)),
                       but(own_layer_backward, db=lambda dA, Z, A, W: np.mean(dA * (Z > 0), axis=1, keepdims=True)),
                       but(own_layer_backward, dW=lambda dA, Z, A, W: (A @ (dA * (Z > 0)).T).T / len(Z.T))],
    "backward": [own_backward, chained_backward],
    "descend": [own_descend, lambda W, b, dW, db, r: tuple(map(list, own_descend(W, b, dW, db, r)))],
    "initialize": [own_initialize, changed_initialize(lambda W, rng: 0.1 * rng.normal(size=W.shape)),
                   changed_initialize(lambda W, rng: rng.uniform(-0.5, 0.5, size=W.shape))],
    "train": [own_train, functools.partial(own_train, learning_rate=0.3, iterations=1000)],
}

WRONG = {
    "neuron": [
        (lambda w, b, x: w @ x, "bias b is not added"),
        (lambda w, b, x: w @ x - b, "bias b is subtracted"),
        (lambda w, b, x: np.sum(w * x + b), "added to every term"),
        (lambda w, b, x: w * x + b, "terms are not summed"),
        (lambda w, b, x: np.outer(w, x) + b, "every weight is multiplied with every input"),
        (lambda w, b, x: 1 / (1 + np.exp(-(w @ x + b))), "activation is applied already"),
        (lambda w, b, x: np.mean(w * x) + b, "the mean of the terms"),
        (lambda w, b, x: -(w @ x + b), "wrong sign"),
        (lambda w, b, x: (w @ x, b), "number of returned values"),
        (lambda w, b, x: w.x + b, "AttributeError in line"),
        (lambda w, x: w @ x, "should take 3 arguments (w, b, x)"),
    ],
    "layer_forward": [
        (lambda W, b, A: W @ A, "bias b is not added"),
        (lambda W, b, A: W @ A - b, "bias b is subtracted"),
        (lambda W, b, A: W.T @ A + b, "W is transposed"),
        (lambda W, b, A: A @ W + b, "the factors of the product are in the wrong order"),
        (lambda W, b, A: W * A + b, "element by element"),
        (lambda W, b, A: W @ A + b.T, "b is transposed"),
        (lambda W, b, A: W @ A.T + b, "A_prev is transposed"),
        (lambda W, b, A: (W @ A + b).T, "its shape is (7, 3), it should be (3, 7)"),
        (lambda W, b, A: W @ A[:, :1] + b, "only the first example"),
        (lambda W, b, A: W @ A / A.shape[1] + b, "divided by the number of examples"),
        (lambda W, b, A: np.maximum(W @ A + b, 0), "activation is applied already"),
        (layer_in_place, "b: the input is changed in place"),
        (lambda W, b, A: (W @ A + b).astype(np.float16), "float16"),
    ],
    "relu": [
        (relu_in_place, "changed in place"),
        (lambda Z: np.minimum(Z, 0), "positive ones are stopped"),
        (np.abs, "negative z lose only their sign"),
        (lambda Z: np.where(Z > 0, Z, 0.01 * Z), "leaks through"),
        (lambda Z: (Z > 0) * 1.0, "this is the derivative"),
        (lambda Z: max(0, Z.max()), "the largest"),
        (relu_forgets, "returns None"),
        (relu_if, "compare single numbers"),
        (lambda Z: Z, "this is Z, returned unchanged"),
        (lambda Z: Z[Z > 0], "their places are lost"),
        (lambda Z: np.maximum(Z, 0.5), "elements are wrong, the first at [0, 0], where Z is 0"),
        (lambda Z: np.round(np.maximum(Z, 0), 4), "nearly right"),
        (lambda Z: np.log(Z) * Z, "NaN or infinite"),
        (lambda Z: "A", "the type is wrong"),
        (lambda Z: [[1.0], [1.0, 2.0]], "rows have different lengths"),
    ],
    "relu_prime": [
        (lambda Z: Z > 0, "the type is wrong"),
        (lambda Z: (Z >= 0) * 1.0, "exactly at z = 0"),
        (lambda Z: (Z < 0) * 1.0, "sides of 0 are exchanged"),
        (np.sign, "slope left of 0 is wrong"),
        (lambda Z: np.maximum(Z, 0), "this is g, not its derivative"),
        (np.ones_like, "1 everywhere"),
        (np.zeros_like, "0 everywhere"),
        (lambda Z: -1.0 * (Z > 0), "wrong sign"),
        (lambda Z: np.where(Z > 0, 1, 0.01), "leaks through"),
    ],
    "sigmoid": [
        (lambda Z: 1 / (1 + np.exp(-Z)), "overflow"),
        (lambda Z: np.exp(Z) / (1 + np.exp(Z)), "NaN"),
        (lambda Z: 1 / (1 + np.exp(Z)), "falls where it should rise"),
        (lambda Z: stable_sigmoid(Z) * (1 - stable_sigmoid(Z)), "this is the derivative"),
        (np.tanh, "this is tanh"),
        (lambda Z: 1 / (1 - np.exp(-Z)), "difference instead of a sum"),
        (lambda Z: np.exp(Z) / np.exp(Z).sum(axis=0), "softmax"),
        (lambda Z: 1 + np.exp(-Z), "not inverted"),
        (lambda Z: np.clip(stable_sigmoid(Z), 1e-4, 1 - 1e-4), "nearly right"),
        (sigmoid_of_numbers, "take single numbers"),
        (lambda Z: [[1 / (1 + math.exp(-z)) for z in row] for row in Z], "overflow"),
    ],
    "sigmoid_prime": [
        (stable_sigmoid, "this is g, not its derivative"),
        (lambda Z: Z * (1 - Z), "z stands where a"),
        (lambda Z: stable_sigmoid(Z) * (1 - Z), "z stands in one place"),
        (lambda Z: 1 - np.tanh(Z) ** 2, "another activation, tanh"),
        (lambda Z: stable_sigmoid(Z) * (stable_sigmoid(Z) - 1), "wrong sign"),
        (lambda Z: 1 - stable_sigmoid(Z), "a factor is missing"),
        (lambda Z: np.exp(-Z) / (1 + np.exp(-Z)) ** 2, "NaN"),
        (lambda Z: stable_sigmoid(Z) ** 2, "the square of g"),
    ],
    "forward": [
        (functools.partial(own_forward, hidden=lambda Z: Z), "activation of the hidden layers is missing"),
        (functools.partial(own_forward, hidden=stable_sigmoid), "sigmoid stands in a hidden layer"),
        (functools.partial(own_forward, output=lambda Z: np.maximum(Z, 0)), "relu stands in the last layer"),
        (functools.partial(own_forward, output=lambda Z: Z), "activation of the last layer is missing"),
        (lambda W, b, X: own_forward(W, [0, 0, 0, 0], X), "bias b is not added"),
        (forward_Z_on, "each layer gets the Z of the layer before"),
        (lambda W, b, X: own_forward(W, b, X)[1][-1], "number of returned values"),
        (lambda W, b, X: own_forward(W, b, X)[::-1], "another order than Z, A"),
        (lambda W, b, X: tuple(part[1:] for part in own_forward(W, b, X)), "Layers count from 1"),
        (lambda W, b, X: own_forward(W[:-1], b[:-1], X), "is a layer forgotten"),
        (lambda W, b, X: own_forward(W, b, X.T), "factors of this product do not fit"),
        (forward_from_0, "index 0 of the lists"),
        (lambda W, b, X: (np.zeros(3), own_forward(W, b, X)[1]), "a list with an array for each layer"),
        (lambda W, b, X: ([None] * 4, own_forward(W, b, X)[1]), "Z[1], Z[2], Z[3]: it is None"),
    ],
    "binary_cross_entropy": [
        (lambda Y, P: own_loss(Y, P) * Y.size, "1/m is missing"),
        (lambda Y, P: -own_loss(Y, P), "wrong sign"),
        (lambda Y, P: -np.mean(Y * np.log(P)), "y = 0 is missing"),
        (lambda Y, P: -np.mean((1 - Y) * np.log(1 - P)), "y = 1 is missing"),
        (lambda Y, P: -np.mean(P * np.log(Y) + (1 - P) * np.log(1 - Y)), "Y and Y_hat are exchanged"),
        (lambda Y, P: -(Y * np.log(P) + (1 - Y) * np.log(1 - P)), "not summed"),
        (lambda Y, P: -np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P), axis=0), "J: the sum goes over the rows"),
        (lambda Y, P: -np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P), axis=0) / Y.shape[1], "J: the sum goes over the rows"),
        (lambda Y, P: own_loss(Y, P) / np.log(2), "base 2"),
        (lambda Y, P: own_loss(Y, P + 1e-6), "nearly right"),
        (lambda Y, P: np.mean((Y - P) ** 2), "this is the mean squared error"),
        (lambda Y, P: np.mean((Y - P) ** 2) / 2, "half the mean squared error"),
        (lambda Y, P: 0.5 * np.sum((Y - P) ** 2), "half the sum of the squared errors"),
        (lambda Y, P: np.array([[own_loss(Y, P)]]), "its shape is (1, 1), it should be ()"),
        (lambda Y, P: own_loss(1 - Y, P), "y and 1 − y are exchanged"),
    ],
    "loss_derivative": [
        (lambda Y, P: -own_loss_derivative(Y, P), "wrong sign"),
        (lambda Y, P: own_loss_derivative(Y, P) / Y.size, "1/m is here already"),
        (lambda Y, P: Y / P + (1 - Y) / (1 - P), "two terms have the same sign"),
        (lambda Y, P: P - Y, "this is dZ[L]"),
        (lambda Y, P: -Y / P, "y = 0 is missing"),
        (lambda Y, P: own_loss_derivative(Y, P).sum(), "examples are summed up"),
        (lambda Y, P: 2 * (P - Y), "the derivative of the squared error"),
        (lambda Y, P: own_loss_derivative(Y, P).T, "transposed"),
        (lambda Y, P: own_loss_derivative(Y, P)[0], "its shape is (7,), it should be (1, 7)"),
    ],
    "layer_backward": [
        (lambda dA, Z, A, W: own_layer_backward(dA, np.ones_like(Z), A, W), "dZ: the derivative g′(Z) is missing"),
        (lambda dA, Z, A, W: own_layer_backward(dA * np.maximum(Z, 0), Z, A, W), "dZ: g(Z) stands where"),
        (but(own_layer_backward, dW=lambda dA, Z, A, W: (dA * (Z > 0)) @ A.T), "dW: the 1/m is missing"),
        (but(own_layer_backward, dW=lambda dA, Z, A, W: A @ (dA * (Z > 0)).T / 7), "dW: it is transposed"),
        (but(own_layer_backward, dW=lambda dA, Z, A, W: (dA * (Z > 0)) @ A / len(Z.T)), "dW: A_prev is not transposed"),
        (but(own_layer_backward, db=lambda dA, Z, A, W: (dA * (Z > 0)) / 7), "db: it is not summed over the examples"),
        (but(own_layer_backward, db=lambda dA, Z, A, W: (dA * (Z > 0)).sum(axis=1, keepdims=True)), "db: the 1/m is missing"),
        (but(own_layer_backward, db=lambda dA, Z, A, W: (dA * (Z > 0)).mean(axis=1)), "db: the sum has lost its second axis"),
        (but(own_layer_backward, db=lambda dA, Z, A, W: (dA * (Z > 0)).mean(axis=0)[None]), "db: it is averaged over the"),
        (but(own_layer_backward, dA_prev=lambda dA, Z, A, W: W @ (dA * (Z > 0))), "dA_prev: W is not transposed"),
        (but(own_layer_backward, dA_prev=lambda dA, Z, A, W: W.T @ dA), "dA_prev: dA stands where dZ belongs"),
        (but(own_layer_backward, dW=lambda dA, Z, A, W: (dA * (Z > 0)) @ A.T / Z.shape[0]), "dW: m is the number of rows of Z"),
        (but(own_layer_backward, db=lambda dA, Z, A, W: (dA * (Z > 0)).sum(axis=1, keepdims=True) / len(A)),
         "db: m is the number of rows of A_prev"),
        (layer_backward_updates_first, "dA_prev: W is updated before it is used backward"),
        (but(own_layer_backward, dA_prev=lambda dA, Z, A, W: (A > 0) * (W.T @ (dA * (Z > 0)))), "derivative of the layer bef"),
        (but(own_layer_backward, dW=lambda dA, Z, A, W: (dA * (Z > 0)) @ (A * (A > 0)).T / 7), "dW: a mask lies on A_prev"),
        (but(own_layer_backward, dZ=lambda dA, Z, A, W: dA * (dA > 0)), "dZ: g is applied to dA"),
        (but(own_layer_backward, dZ=lambda dA, Z, A, W: Z * (dA > 0)), "dZ: the mask is made of dA and lies on Z"),
        (but(own_layer_backward, dZ=lambda dA, Z, A, W: Z * (Z > 0)), "dZ: this is g(Z)"),
        (but(own_layer_backward, dZ=lambda dA, Z, A, W: dA * (A > 0)), "dZ: the mask is made of A_prev"),
        (lambda *inputs: own_layer_backward(*inputs)[:3], "number of returned values"),
        (layer_backward_in_place, "dA: the input is changed in place"),
        (lambda *inputs: tuple(-part for part in own_layer_backward(*inputs)), "dZ: it has the wrong sign"),
    ],
    "backward": [
        (functools.partial(own_backward, sign=-1), "wrong sign"),
        (functools.partial(own_backward, m=1), "1/m is missing"),
        (functools.partial(own_backward, slope=lambda z, a: 1), "dW[2], db[2]: the derivative g′ of a hidden layer is missing"),
        (functools.partial(own_backward, slope=lambda z, a: stable_sigmoid(z) * stable_sigmoid(-z)),
         "the sigmoid's derivative at z stands"),
        (functools.partial(own_backward, slope=lambda z, a: a * (1 - a)), "the sigmoid's derivative as that of a stands"),
        (functools.partial(own_backward, dZ=lambda Y, P: (P - Y) / (P * (1 - P))), "of the last layer is missing"),
        (functools.partial(own_backward, at=0), "dW[3]: A[l] stands where"),
        (backward_of_rows, "dW[3], db[3]: m is the number of rows of A, the units"),
        (lambda W, Z, A, Y: own_backward(W, Z, A, Y, m=A[0].shape[0]), "m is the number of rows of X"),
        (backward_updates_first, "dW[2], db[2]: W is updated before it is used backward"),
        (functools.partial(back_through, step=lambda W, d, Z, l: W[l].T @ d * (Z[l] > 0)), "the mask is that of the layer a"),
        (functools.partial(back_through, step=lambda W, d, Z, l: W[l].T @ (d * (Z[l] > 0))), "before the product with W"),
        (functools.partial(back_through, step=lambda W, d, Z, l: np.maximum(W[l].T @ d, 0)), "the mask is made of dA"),
        (lambda W, Z, A, Y: own_backward(W, Z, A, Y, dZ=lambda Y, P: own_loss_derivative(Y, P) * Z[-1] * (1 - Z[-1])),
         "z stands where a belongs in the sigmoid's derivative"),
        (functools.partial(own_backward, dZ=lambda Y, P: own_loss_derivative(Y, P) * stable_sigmoid(P) * stable_sigmoid(-P)),
         "is taken at a; it should be taken at z"),
        (functools.partial(own_backward, dZ=lambda Y, P: (P - Y) * P * (1 - P)), "or the loss is half a squared error"),
        (functools.partial(own_backward, dZ=lambda Y, P: 2 * (P - Y) * P * (1 - P)), "the loss is a squared error"),
        (functools.partial(own_backward, dZ=lambda Y, P: 2 * (P - Y)), "twice as large"),
        (functools.partial(own_backward, after=lambda db: db[:, 0]), "db[3]: the sum has lost its second axis"),
        (lambda *inputs: tuple([None, *part[:0:-1]] for part in own_backward(*inputs)), "dW[3]: the list is in reverse order"),
        (lambda *inputs: tuple(part[:0:-1] for part in own_backward(*inputs)), "the list is reversed"),
        (lambda *inputs: own_backward(*inputs)[::-1], "another order than dW, db"),
    ],
    "descend": [
        (scaled_step(sign=1), "goes uphill"),
        (scaled_step(rate=lambda r: 1), "learning rate is missing"),
        (scaled_step(rate=lambda r: 1 / r), "divides"),
        (scaled_step(rate=lambda r: r * r), "there twice"),
        (descend_in_place, "W[1], W[2], W[3], b[1], b[2], b[3]: the input is changed in place"),
        (lambda W, b, dW, db, r: (own_descend(W, b, dW, db, r)[0], b), "b[1], b[2], b[3]: it is not updated"),
        (lambda W, b, dW, db, r: ([None] + [r * g for g in dW[1:]], own_descend(W, b, dW, db, r)[1]), "length of the step"),
        (lambda W, b, dW, db, r: [w - r * g for w, g in zip(W, dW, strict=True)], "NoneType"),
        (lambda W, b, dW, db, r: own_descend(W, b, db, dW, r), "db is subtracted where dW belongs"),
        (lambda W, b, dW, db, r: ([None, *own_descend(W, b, dW, db, r)[0][1:3], W[3]], own_descend(W, b, dW, db, r)[1]),
         "W[3]: it is not updated"),
    ],
    "initialize": [
        (zeros_of, "symmetry is not broken"),
        (changed_initialize(lambda W, rng: W.T), "W[1]: it is transposed; its shape is (30, 25), it should be (25, 30)"),
        (changed_initialize(lambda W, rng: rng.normal(size=W.shape) * 2 / W.shape[1]), "that is the variance wanted"),
        (changed_initialize(lambda W, rng: rng.normal(size=W.shape) / W.shape[1]), "that is the variance wanted"),
        (changed_initialize(biases=lambda b: b[:, 0]), "b[1]: its shape is (25,), it should be (25, 1)"),
        (changed_initialize(lambda W, rng: rng.normal(size=W.shape)), "too large"),
        (changed_initialize(lambda W, rng: 0.01 * rng.normal(size=W.shape)), "too small"),
        (changed_initialize(lambda W, rng: rng.random(W.shape)), "not centred on 0"),
        (lambda sizes, rng: own_initialize(sizes, np.random.default_rng(0)), "another rng gives the same numbers"),
        (lambda sizes, rng: own_initialize(sizes, np.random.default_rng()), "an equal rng gives other numbers"),
        (changed_initialize(biases=lambda b: b + 1), "biases may start at 0"),
        (lambda sizes, rng: tuple(part[1:] for part in own_initialize(sizes, rng)), "is index 0 left out"),
        (lambda sizes, rng: own_initialize(sizes, rng)[0], "number of returned values"),
        (changed_initialize(lambda W, rng: W / 0), "NaN or infinite"),
    ],
    "train": [
        (functools.partial(own_train, backward=functools.partial(own_backward, sign=-1), iterations=50), "a step goes uphill"),
        (functools.partial(own_train, backward=functools.partial(own_backward, sign=-1)), "a step goes uphill"),
        (functools.partial(own_train, start=zeros_of), "all weights are 0"),
        (functools.partial(own_train, descend=lambda W, b, dW, db, r: ([None, *(-r * g for g in dW[1:])], b)),
         "all weights are 0"),
        (functools.partial(own_train, learning_rate=0.05, iterations=100), "not enough"),
        (functools.partial(own_train, learning_rate=100), "is the learning rate too large"),
        (functools.partial(own_train, descend=lambda W, b, dW, db, r: (W, b)), "hardly learned"),
        (functools.partial(own_train, descend=lambda W, b, dW, db, r: (own_descend(W, b, dW, db, r)[0], b)), "still 0"),
        (remembered(own_train), "are they remembered"),
        (train_spoils_Y, "Y: the input is changed in place"),
        (train_predicts, "number of returned values"),
        (lambda X, Y, sizes, rng: own_train(X.T, Y, sizes, rng), "factors of this product do not fit"),
    ],
}


def pairs(matrix):
    return [pytest.param(name, entry, id=f"{name}-{i}") for name, entries in matrix.items() for i, entry in enumerate(entries)]


def test_the_matrix_is_complete():
    assert list(RIGHT) == list(WRONG) == workbook.exercises()
    assert len(RIGHT) >= 8
    assert all(len(entries) >= 2 for entries in RIGHT.values())
    assert all(len(entries) >= 6 for entries in WRONG.values())


@pytest.mark.parametrize(("name", "function"), pairs(RIGHT))
def test_right(name, function):
    verdict = workbook.check(name, function)
    assert verdict.ok, str(verdict)
    assert str(verdict) == f"{name}: right"


@pytest.mark.parametrize(("name", "entry"), pairs(WRONG))
def test_mistake_is_named(name, entry):
    function, phrase = entry
    verdict = workbook.check(name, function)
    assert not verdict.ok
    hints = [re.sub(r" \(.*\): ", ": ", hint) for hint in verdict.hints]      # without the line of code, which has the phrase
    assert any(phrase in hint for hint in hints), str(verdict)
    others = {other for _, other in WRONG[name]} - {phrase}
    said = " ".join(hints)
    allowed = {"NaN": {"overflow"}}.get(phrase, set())      # an overflow that led to NaN is named too
    assert not {other for other in others if other in said} - allowed, str(verdict)


FORMULAS = re.compile(r"np\.\w+|max\(0|@|\*|w·x|W·A|wᵀx|ᵀ|1 / \(1|1/\(1|e\^|exp\(|log\(|a \(1 − a\)|Σ|\bα\b|dot\(|"
                      r"keepdims|axis=|\.T\b|ŷ − y|Y/Ŷ|sqrt")


@pytest.mark.parametrize(("name", "entry"), pairs(WRONG))
def test_no_hint_contains_the_solution(name, entry):
    """No formula, no code but the reader's own line, and no number that is an element of the right result."""
    verdict = workbook.check(name, entry[0])
    said = " ".join(re.sub(r"your code stopped with .*?: .*?\. ", "", hint) for hint in verdict.hints)
    assert not FORMULAS.search(said), said
    exercise = EXERCISES[name]
    if exercise.judge is None and verdict.inputs:
        expected, _ = exercise.solve(**verdict.inputs)
        arrays, _ = read_results(exercise.returns, expected, expected)
        said = re.sub(r" is -?[\d.e+-]+", "", said)             # elements of the inputs
        numbers = {abs(float(number)) for number in re.findall(r"\d+\.\d+(?:e-?\d+)?", said)}
        assert not any(np.isclose(abs(array), number, rtol=1e-2, atol=0).any()
                       for array in arrays.values() for number in numbers), said


def test_no_task_contains_the_solution():
    for name in workbook.exercises():
        text = workbook.describe(name)
        assert text.startswith(f"{name}(")
        assert " -> " in text.splitlines()[0]
        assert not FORMULAS.search(text), text


def made(value, right):
    """A mistaken result as a reader's function returns it; a list may name some layers only."""
    if isinstance(value, list):
        return [made(value[l], part) if l < len(value) and value[l] is not None else part for l, part in enumerate(right)]
    return value.start - 0.3 * value.direction if isinstance(value, Line) else value


ROWS = [pytest.param(name, hint, id=f"{name}-{i}") for name, exercise in EXERCISES.items()
        for i, hint in enumerate(exercise.solve(**exercise.inputs(CASES[0]))[1])]


@pytest.mark.parametrize(("name", "hint"), ROWS)
def test_every_known_mistake_is_named_and_none_hides_another(name, hint):
    exercise = EXERCISES[name]
    assert not FORMULAS.search(hint), hint

    def function(*inputs):
        right, wrong = exercise.solve(*inputs)
        value = wrong[hint]()
        if not isinstance(value, dict):
            return value
        right = right if isinstance(right, tuple) else (right,)
        values = tuple(made(value.get(output, part), part) for output, part in zip(exercise.returns, right, strict=True))
        return values if len(values) > 1 else values[0]
    verdict = workbook.check(name, function)
    assert any(re.search(f": {re.escape(hint)}(;| \\(seen|$)", said) for said in verdict.hints), str(verdict)


@pytest.mark.parametrize("value", [
    None, 1, 1.5, "text", b"bytes", True, (), [], {}, {"Z": 1}, object(), 1j, np.nan, np.inf, [None] * 4, [[None] * 4] * 2,
    [[1, 2], [3]], np.array([object()]), np.ma.masked, np.zeros((0, 3)), np.zeros((2, 3, 4)), np.full((3, 7), np.nan),
    (None, None), (1, 2, 3, 4), ([1], [2]), ([None] * 4, [None] * 4), ([0] * 4, [0] * 4), ("WWWW", "bbbb"), iter([1, 2]),
    np.zeros((3, 7), np.float16), np.array(["a"]), 10**400, [10**400], Exception, lambda: 1],
    ids=lambda value: re.sub(" at 0x[0-9a-f]+", "", repr(value))[:30])
@pytest.mark.parametrize("name", list(WRONG))
def test_nonsense_is_wrong_and_nothing_else(name, value):
    """Whatever a function returns, check has a verdict."""
    verdict = workbook.check(name, lambda *inputs: value)
    assert not verdict.ok
    assert all(isinstance(hint, str) and hint for hint in verdict.hints)


def test_layers_are_not_counted_on():
    def forward(W, b, X):
        Z, A = own_forward(W, b, X)
        return [None, Z[1], Z[2], Z[3]], A
    hint, = workbook.check("forward", forward).hints
    assert "The lists have the indices 0 … L" in hint


def test_arguments_in_another_order_are_not_taken_for_lists():
    hint, = workbook.check("neuron", lambda x, w, b: w @ x + b).hints
    assert "Are the arguments in this order? The inputs were w: (4,), b: float, x: (4,)" in hint
    assert "list" not in hint


def test_a_number_in_a_list_is_a_matter_of_shape():
    assert workbook.check("neuron", lambda w, b, x: [w @ x + b]).hints == (
        "z: the numbers are right, their arrangement is not; its shape is (1,), it should be ()",)


def test_lists_of_arrays_are_no_numbers():
    hint, = workbook.check("descend", lambda W, b, dW, db, alpha: (W - alpha * dW, b - alpha * db)).hints
    assert "go through it layer by layer" in hint


def test_a_verdict_can_be_read_at_a_prompt():
    for function in (lambda w, b, x: w @ x, lambda w, b, x: w @ x + b):
        verdict = workbook.check("neuron", function)
        assert repr(verdict) == str(verdict)


def test_the_slope_of_relu_at_0_is_looked_at_in_a_layer_too():
    def layer_backward(dA, Z, A_prev, W):
        dZ = dA * (Z >= 0)
        return own_layer_backward(dA, np.where(Z >= 0, 1, 0), A_prev, W) if dZ.all() else (
            dZ, dZ @ A_prev.T / Z.shape[1], dZ.sum(axis=1, keepdims=True) / Z.shape[1], W.T @ dZ)
    hint, = workbook.check("layer_backward", layer_backward).hints
    assert hint == "dZ: the derivative of relu at z = 0 is 0 here, as in relu_prime"


def test_the_last_layer_is_judged_too():
    def huge(sizes, rng):
        W, b = own_initialize(sizes, rng)
        return [*W[:-1], 1e6 * W[-1]], b

    def twins(sizes, rng):
        W, b = own_initialize(sizes, rng)
        W[2][3] = W[2][4]
        return W, b
    assert workbook.check("initialize", huge).hints[0].startswith("W[3]: the weights are too large")
    assert workbook.check("initialize", twins).hints == (
        "W[2]: the symmetry is not broken everywhere: some rows are equal, so their units would learn the same",)


def test_training_with_another_activation_or_in_some_layers_only_is_told():
    def with_tanh(X, Y, sizes, rng):
        def forward(W, b, X):
            return own_forward(W, b, X, hidden=np.tanh)
        W, b = own_initialize(sizes, rng)
        for _ in range(1500):
            Z, A = forward(W, b, X)
            dW, db = own_backward(W, Z, A, Y, slope=lambda z, a: 1 - a * a)
            W, b = own_descend(W, b, dW, db, 0.5)
        return W, b

    def last_layer(X, Y, sizes, rng):
        def descend(W, b, dW, db, alpha):
            return [*W[:-1], W[-1] - alpha * dW[-1]], [*b[:-1], b[-1] - alpha * db[-1]]
        return own_train(X, Y, sizes, rng, descend=descend)
    assert workbook.check("train", with_tanh).hints == ("it has learned with tanh in the hidden layers: relu is wanted there",)
    assert "b[1], b[2]: still 0: is every layer updated?" in workbook.check("train", last_layer).hints


def test_an_object_that_breaks_when_it_is_read_is_a_wrong_answer():
    class Broken:
        def __array__(self, *args, **keywords):
            raise RuntimeError("no")
    assert not workbook.check("relu", lambda Z: Broken()).ok


def test_several_mistakes_are_all_named():
    def layer_backward(dA, Z, A_prev, W):
        dZ, dW, db, _ = own_layer_backward(dA, Z, A_prev, W)
        return dZ, 7 * dW, db[:, 0], W.T @ dA
    verdict = workbook.check("layer_backward", layer_backward)
    assert [hint.split(":")[0] for hint in verdict.hints] == ["dW", "db", "dA_prev"]
    assert "its shape is (3,), it should be (3, 1)" in verdict.hints[1]


def test_what_follows_from_an_earlier_mistake_is_not_blamed():
    verdict = workbook.check("layer_backward", lambda dA, Z, A, W: own_layer_backward(dA, np.ones_like(Z), A, W))
    assert len(verdict.hints) == 1


def test_an_error_is_told_with_its_line():
    def mine(Z):
        scale = 1
        return Z / undefined + scale    # noqa: F821
    hint, = workbook.check("relu", mine).hints
    line = mine.__code__.co_firstlineno + 2
    assert f"NameError in line {line} of mine (return Z / undefined + scale" in hint
    assert "Z: (3, 7)" in hint


def test_inputs_to_look_closer_with():
    verdict = workbook.check("layer_forward", lambda W, b, A_prev: W @ A_prev)
    assert {name: value.shape for name, value in verdict.inputs.items()} == {"W": (3, 4), "b": (3, 1), "A_prev": (4, 7)}
    assert str(verdict) == "layer_forward: not yet\n- Z: the bias b is not added"


def test_an_endless_loop_is_stopped(monkeypatch):
    monkeypatch.setattr(grading, "SECONDS", 0.2)
    running = []

    def train(X, Y, sizes, rng):
        running.append(threading.current_thread())
        while True:
            pass
    started = time.perf_counter()
    assert "still ran after 0.2 s" in str(workbook.check("train", train))
    assert time.perf_counter() - started < 5
    running[0].join(5)
    assert not running[0].is_alive()


def test_an_exit_is_an_error_too():
    assert "SystemExit" in str(workbook.check("relu", lambda Z: exit()))


def test_nothing_outside_is_changed():
    before = np.geterr(), threading.active_count()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, functions in RIGHT.items():
            workbook.check(name, functions[0])
        workbook.check("sigmoid", lambda Z: np.exp(Z) / (1 + np.exp(Z)))
    assert before == (np.geterr(), threading.active_count())


def test_bad_input():
    with pytest.raises(ValueError, match="name: unknown name 'relo'; there are 'neuron', 'layer_forward', 'relu'"):
        workbook.check("relo", np.abs)
    with pytest.raises(ValueError, match="name: unknown"):
        workbook.describe("relo")
    with pytest.raises(TypeError, match="name: expected a str"):
        workbook.check(np.abs, "relu")
    with pytest.raises(TypeError, match=r"function: expected a callable, relu\(Z\) -> A, got ndarray"):
        workbook.check("relu", np.zeros(3))
