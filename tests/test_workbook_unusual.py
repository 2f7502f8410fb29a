"""Honest but unusual right solutions are accepted: other styles, other containers, other orders of the axes on the way."""
from __future__ import annotations

import functools
import itertools
import math

import numpy as np
import pytest

from pynn.learn import grading, workbook
from pynn.learn.attempt import attempt
from pynn.learn.exercises import EXERCISES

from .test_workbook import own_backward, own_descend, own_initialize, own_train, stable_sigmoid


def neuron_of_generators(w, b, x):
    return math.fsum(itertools.chain((wi * xi for wi, xi in zip(w.tolist(), x.tolist(), strict=True)), [b]))


def neuron_with_augmented_weights(w, b, x):
    return np.append(w, b) @ np.append(x, 1)


def layer_by_examples(W, b, A_prev):
    return np.stack([W @ column + b.ravel() for column in A_prev.T], axis=1)


def layer_in_place(W, b, A_prev):
    Z = np.empty((W.shape[0], A_prev.shape[1]))
    np.matmul(W, A_prev, out=Z)
    Z += b
    return Z


def layer_of_loops(W, b, A_prev):
    n, m = len(W), len(A_prev[0])
    return [[sum(W[i][k] * A_prev[k][j] for k in range(len(A_prev))) + b[i][0] for j in range(m)] for i in range(n)]


def layer_in_float32(W, b, A_prev):
    return W.astype(np.float32) @ A_prev.astype(np.float32) + b.astype(np.float32)


def layer_in_columns_first(W, b, A_prev):
    return np.asfortranarray((A_prev.T @ W.T + b.T).T)


def relu_on_a_copy(Z):
    A = Z.copy()
    A[A < 0] = 0
    return A


@np.vectorize
def relu_of_one_number(z):
    return z if z > 0 else 0.0


def relu_of_a_mask(Z):
    return np.ma.masked_less(Z, 0).filled(0)


def relu_prime_as_integers(Z):
    return np.sign(np.clip(Z, 0, None)).astype(int)


def sigmoid_by_math(Z):
    def one(z):
        return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))
    return [list(map(one, row)) for row in Z]


def sigmoid_with_expit(Z):
    return pytest.importorskip("scipy.special").expit(Z)


def sigmoid_clipped_far_out(Z):
    return 1 / (1 + np.exp(-np.clip(Z, -700, 700)))


class Layers:
    """A callable object that goes through the layers recursively."""

    def __call__(self, W, b, X):
        Z, A = self.after(W, b, X, len(W) - 1)
        return Z, A

    def after(self, W, b, X, l):
        if l == 0:
            return [None], [X]
        Z, A = self.after(W, b, X, l - 1)
        z = W[l] @ A[-1] + b[l]
        return [*Z, z], [*A, stable_sigmoid(z) if l == len(W) - 1 else z.clip(min=0)]


def forward_of_rows(W, b, X):
    """Row-major inside: an example is a row."""
    rows, Z, A = X.T, [None], [X]
    for l in range(1, len(W)):
        sums = rows @ W[l].T + b[l].T
        rows = stable_sigmoid(sums) if l == len(W) - 1 else np.fmax(sums, 0)
        Z.append(sums.T)
        A.append(rows.T)
    return tuple(Z), tuple(A)


def forward_into_dictionaries(W, b, X):
    Z, A = {0: None}, {0: X}
    for l, (w, bias) in enumerate(zip(W[1:], b[1:], strict=True), start=1):
        Z[l] = w.dot(A[l - 1]) + bias
        A[l] = np.maximum(Z[l], 0.0) if l < len(W) - 1 else 0.5 * (1 + np.tanh(0.5 * Z[l]))
    return list(Z.values()), list(A.values())


def loss_of_a_loop(Y, Y_hat):
    total = 0.0
    for y, p in zip(Y.flat, Y_hat.flat, strict=True):
        total -= math.log(p) if y == 1 else math.log1p(-p)
    return total / Y.size


def loss_by_selection(Y, Y_hat):
    return -(np.log(Y_hat[Y == 1]).sum() + np.log1p(-Y_hat[Y == 0]).sum()) / Y.shape[-1]


def loss_derivative_in_place(Y, Y_hat):
    dA = Y_hat - Y
    dA /= Y_hat
    dA /= 1 - Y_hat
    return dA


def layer_backward_with_einsum(dA, Z, A_prev, W):
    dZ = np.where(Z > 0, dA, 0)
    m = dZ.shape[-1]
    return dZ, np.einsum("im,jm->ij", dZ, A_prev) / m, np.einsum("im->i", dZ)[:, None] / m, np.einsum("ij,im->jm", W, dZ)


def layer_backward_example_by_example(dA, Z, A_prev, W):
    dZ, dA_prev = np.zeros_like(Z), np.zeros_like(A_prev)
    dW, db = np.zeros_like(W), np.zeros((len(W), 1))
    for j in range(Z.shape[1]):
        dZ[:, j] = dA[:, j] * (Z[:, j] > 0)
        dW += np.outer(dZ[:, j], A_prev[:, j])
        db[:, 0] += dZ[:, j]
        dA_prev[:, j] = dZ[:, j] @ W
    return dZ, dW / Z.shape[1], db / Z.shape[1], dA_prev


def backward_with_a_deque(W, Z, A, Y):
    from collections import deque
    dW, db, m = deque(), deque(), Y.size
    dA = (A[-1] - Y) / (A[-1] * (1 - A[-1]))
    for l in range(len(W) - 1, 0, -1):
        slope = A[l] * (1 - A[l]) if l == len(W) - 1 else np.heaviside(Z[l], 0)
        dZ = dA * slope
        dW.appendleft(dZ @ A[l - 1].T / m)
        db.appendleft(dZ @ np.full((m, 1), 1 / m))
        dA = W[l].T @ dZ
    return [None, *dW], [None, *db]


def backward_in_float32(W, Z, A, Y):
    def single(arrays):
        return [None if array is None else array.astype(np.float32) for array in arrays]
    return own_backward(single(W), single(Z), single(A), Y.astype(np.float32))


def descend_on_copies(W, b, dW, db, learning_rate):
    W, b = ([None if part is None else part.copy() for part in parts] for parts in (W, b))
    for parts, slopes in ((W, dW), (b, db)):
        for part, slope in zip(parts[1:], slopes[1:], strict=True):
            part -= learning_rate * slope
    return W, b


def initialize_glorot(sizes, rng):
    pairs = list(itertools.pairwise(sizes))
    def limit(before, after):
        return math.sqrt(6 / (before + after))
    return ([None] + [rng.uniform(-limit(*pair), limit(*pair), pair[::-1]) for pair in pairs],
            [None] + [np.zeros([after, 1]) for _, after in pairs])


def initialize_orthogonal(sizes, rng):
    W = [None]
    for before, after in itertools.pairwise(sizes):
        U, _, V = np.linalg.svd(rng.standard_normal((after, before)), full_matrices=False)
        W.append(U @ V)
    return W, [None, *(np.zeros((n, 1), dtype=np.float32) for n in sizes[1:])]


def train_in_mini_batches_with_momentum(X, Y, sizes, rng):
    W, b = own_initialize(sizes, rng)
    velocity = [[None] + [np.zeros_like(part) for part in parts[1:]] for parts in (W, b)]
    for _ in range(60):
        for batch in np.array_split(rng.permutation(X.shape[1]), 10):
            Z, A = forward_of_rows(W, b, X[:, batch])
            for v, parts, slopes in zip(velocity, (W, b), own_backward(W, Z, A, Y[:, batch]), strict=True):
                for l in range(1, len(sizes)):
                    v[l] = 0.9 * v[l] - 0.05 * slopes[l]
                    parts[l] = parts[l] + v[l]
    return W, b


def train_until_it_is_good_enough(X, Y, sizes, rng):
    W, b = initialize_glorot(sizes, rng)
    for step in itertools.count():
        Z, A = forward_of_rows(W, b, X)
        if step > 200 and loss_of_a_loop(Y, A[-1]) < 0.05:
            return W, b
        W, b = own_descend(W, b, *own_backward(W, Z, A, Y), 1.0)
    return None


UNUSUAL = {
    "neuron": [neuron_of_generators, neuron_with_augmented_weights],
    "layer_forward": [layer_by_examples, layer_in_place, layer_of_loops, layer_in_float32, layer_in_columns_first],
    "relu": [relu_on_a_copy, relu_of_one_number, relu_of_a_mask],
    "relu_prime": [relu_prime_as_integers],
    "sigmoid": [sigmoid_by_math, sigmoid_with_expit, sigmoid_clipped_far_out],
    "sigmoid_prime": [lambda Z: 0.25 / np.cosh(np.clip(Z / 2, -350, 350)) ** 2],
    "forward": [Layers(), forward_of_rows, forward_into_dictionaries],
    "binary_cross_entropy": [loss_of_a_loop, loss_by_selection,
                             lambda Y, P: np.log(np.abs(1 - Y - P)).mean(keepdims=True)[0, 0] * -1],
    "loss_derivative": [loss_derivative_in_place, lambda Y, P: 1 / (1 - Y - P)],
    "layer_backward": [layer_backward_with_einsum, layer_backward_example_by_example],
    "backward": [backward_with_a_deque, backward_in_float32],
    "descend": [descend_on_copies],
    "initialize": [initialize_glorot, initialize_orthogonal],
    "train": [train_in_mini_batches_with_momentum, train_until_it_is_good_enough,
              functools.partial(own_train, start=initialize_glorot)],
}


@pytest.mark.parametrize(("name", "function"), [
    pytest.param(name, function, id=f"{name}-{k}")
    for name, functions in UNUSUAL.items() for k, function in enumerate(functions)])
def test_an_unusual_right_solution_is_accepted(name, function):
    verdict = workbook.check(name, function)
    assert verdict.ok, str(verdict)


def test_there_are_many_of_them():
    assert list(UNUSUAL) == workbook.exercises()
    assert sum(map(len, UNUSUAL.values())) >= 20


def test_float32_is_no_licence_to_be_nearly_right():
    hint, = workbook.check("layer_forward", lambda W, b, A: (W @ A + b + 1e-3).astype(np.float32)).hints
    assert "nearly right" in hint or "wrong" in hint


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6))
def test_they_are_right_on_any_inputs(seed):
    for name, functions in UNUSUAL.items():
        for function in functions:
            hints, _ = grading.grade(EXERCISES[name], lambda inputs, function=function: attempt(function, inputs, 10.0), seed)
            assert not hints, (name, function, hints)
