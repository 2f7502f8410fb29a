"""The exercises of the workbook: the task, the right result, and what each typical mistake gives instead.

Every exercise is a function of the reader's arguments, whose docstring is the task.  It returns what the reader's function
has to return, and the mistakes: a hint, and a function of nothing that gives what this mistake gives, as {output: value}
where there are several outputs.  To read on is to see the solutions.
"""
from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from pynn import datasets, reference

Array = np.ndarray[Any, np.dtype[Any]]
Inputs = dict[str, Any]
Mistakes = dict[str, Callable[[], Any]]
Solve = Callable[..., tuple[Any, Mistakes]]
Call = Callable[[Inputs], dict[str, Array]]     # the reader's function: of other inputs, its results by label, {} if it fails
Judge = Callable[[Call, Inputs, dict[str, Array]], list[str]]

_ACCURACY = 0.95            # of a train that has learned the circles


class Case(NamedTuple):
    """The sizes of one trial, and how large the sums of an activation are."""

    n_prev: int
    n: int
    m: int
    scale: float = 1.0


SQUARE = Case(5, 5, 5)      # where a product of the wrong factors has a result, by which it is recognised
CASES = (Case(4, 3, 7),      # all sizes differ, so that a transposition shows and 1/m is no other factor
         Case(6, 2, 1),      # one example, and one hidden layer where the others have two
         Case(3, 4, 6, scale=1000.0),
         SQUARE)


@dataclass(frozen=True)
class Exercise:
    """One exercise; its inputs are drawn anew for every case."""

    solve: Solve                                    # what is to be returned, and what each mistake gives; its doc is the task
    returns: tuple[str, ...]
    draw: Callable[[np.random.Generator, Case], tuple[Any, ...]]
    stage: Callable[[str], int]                     # of two wrong results, the one of the higher stage follows from the other
    cases: tuple[Case, ...]
    judge: Judge | None                             # where many results are right

    @property
    def parameters(self) -> list[str]:
        return list(inspect.signature(self.solve).parameters)

    @property
    def signature(self) -> str:
        return f"{self.solve.__name__[1:]}({', '.join(self.parameters)}) -> {', '.join(self.returns)}"

    def inputs(self, case: Case) -> Inputs:
        return dict(zip(self.parameters, self.draw(np.random.default_rng(0), case), strict=True))


EXERCISES: dict[str, Exercise] = {}


def _exercise(*returns: str, draw: Callable[[np.random.Generator, Case], tuple[Any, ...]],
              stage: Callable[[str], int] = lambda label: 0, cases: tuple[Case, ...] = CASES,
              judge: Judge | None = None) -> Callable[[Solve], Solve]:
    def register(solve: Solve) -> Solve:
        EXERCISES[solve.__name__[1:]] = Exercise(solve, returns, draw, stage, cases, judge)
        return solve
    return register


def _layer_of(label: str) -> int:
    return int(label[label.index("[") + 1:-1])


def _draw_neuron(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    return rng.normal(size=case.n_prev), float(rng.normal()), rng.normal(size=case.n_prev)


def _draw_layer(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    return (rng.normal(size=(case.n, case.n_prev)), rng.normal(size=(case.n, 1)),
            rng.normal(size=(case.n_prev, case.m)))


def _draw_sums(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    Z = case.scale * rng.normal(size=(case.n, case.m))
    Z[0, 0] = 0
    return (Z,)


def _draw_network(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    hidden = [case.n] if case.m == 1 else [case.n, case.n if case == SQUARE else case.n + 2]
    sizes = [case.n_prev, *hidden, 1]
    W = [None, *(rng.normal(size=(sizes[l], sizes[l - 1])) for l in range(1, len(sizes)))]
    b = [None, *(rng.normal(size=(sizes[l], 1)) for l in range(1, len(sizes)))]
    return W, b, rng.normal(size=(case.n_prev, case.m))


def _draw_predictions(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    return _labels(case.m), rng.uniform(0.05, 0.95, size=(1, case.m))


def _labels(m: int) -> Array:
    return (np.arange(m) % 3 == 0).astype(float).reshape(1, m)


def _draw_layer_backward(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    W, b, A_prev = _draw_layer(rng, case)
    Z = W @ A_prev + b
    Z[0, 0] = 0             # where the derivative of relu is a convention
    return rng.normal(size=(case.n, case.m)), Z, A_prev, W


def _draw_backward(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    W, b, X = _draw_network(rng, case)
    Z, A = reference.forward(W, b, X, ["relu"] * (len(W) - 2) + ["sigmoid"])
    return W, Z, A, _labels(case.m)


def _draw_gradients(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    W, b, _ = _draw_network(rng, case)
    dW, db, _ = _draw_network(rng, case)
    return W, b, dW, db, 0.3


@_exercise("z", draw=_draw_neuron)
def _neuron(w: Array, b: float, x: Array) -> tuple[Any, Mistakes]:
    """The weighted sum of one neuron for one example, before its activation.

    w: (n,) its weights; b: its bias, a number; x: (n,) the example.  z: a number.
    """
    z = w @ x + b
    return z, {
        "the bias b is not added": lambda: w @ x,
        "the bias b is subtracted": lambda: w @ x - b,
        "the bias b is added to every term, not once": lambda: np.sum(w * x + b),
        "the bias b is added to the inputs": lambda: w @ (x + b),
        "the terms are not summed": lambda: w * x + b,
        "the terms are not summed, and the bias b is missing": lambda: w * x,
        "the mean of the terms is taken for their sum": lambda: np.mean(w * x) + b,
        "every weight meets every input, not its own alone": lambda: np.outer(w, x) + b,
        "an activation is applied already": lambda: reference.sigmoid(np.asarray(z)),
        "the activation relu is applied already": lambda: max(0.0, z),
    }


@_exercise("Z", draw=_draw_layer)
def _layer_forward(W: Array, b: Array, A_prev: Array) -> tuple[Any, Mistakes]:
    """The weighted sums of a layer for all examples at once, without a loop: Z[l], before its activation.

    W: (n, n_prev), row i has the weights of unit i; b: (n, 1); A_prev: (n_prev, m), a column is an example.  Z: (n, m).
    """
    Z = W @ A_prev + b
    return Z, {
        "the bias b is not added": lambda: W @ A_prev,
        "the bias b is subtracted": lambda: W @ A_prev - b,
        "W is transposed": lambda: W.T @ A_prev + b,
        "A_prev is transposed": lambda: W @ A_prev.T + b,
        "the factors of the product are in the wrong order": lambda: A_prev @ W + b,
        "the product is taken element by element, it should be one of matrices": lambda: W * A_prev + b,
        "b is transposed: b as a column gives each unit its bias, as a row each example": lambda: W @ A_prev + b.T,
        "the biases are summed over the units": lambda: W @ A_prev + b.sum(),
        "only the first unit's bias is used": lambda: W @ A_prev + b[0],
        "only the first example is computed": lambda: Z[:, :1],
        "the examples are summed up": lambda: (W @ A_prev).sum(axis=1, keepdims=True) + b,
        "an activation is applied already": lambda: reference.relu(Z),
        "the activation sigmoid is applied already": lambda: reference.sigmoid(Z),
    }


@_exercise("A", draw=_draw_sums)
def _relu(Z: Array) -> tuple[Any, Mistakes]:
    """The rectified linear unit, element by element: a positive z is let through, of any other z nothing.

    Z: (n, m).  A: (n, m).
    """
    return reference.relu(Z), {
        "negative z are let through, positive ones stopped": lambda: np.minimum(Z, 0),
        "the sign of negative z is dropped, z itself kept": lambda: np.abs(Z),
        "something of negative z leaks through": lambda: np.where(Z > 0, Z, 0.01 * Z),
        "this is the derivative g′, not g": lambda: (Z > 0).astype(float),
        "positive z are cut off at 1": lambda: np.clip(Z, 0, 1),
        "one number for the whole array: the largest, not one for each element": lambda: max(0.0, Z.max()),
        "one number for each example: the largest, not one for each element": lambda: np.maximum(Z.max(axis=0), 0),
        "only the positive elements are returned, without their places": lambda: Z[Z > 0],
        "this is the sigmoid, another activation": lambda: reference.sigmoid(Z),
    }


@_exercise("G", draw=_draw_sums)
def _relu_prime(Z: Array) -> tuple[Any, Mistakes]:
    """The derivative g′(Z) of relu, element by element, as numbers; at the kink z = 0 it is taken from the left.

    Z: (n, m).  G: (n, m).
    """
    return reference.relu_prime(Z, Z), {
        "at z = 0 exactly it is taken from the right": lambda: (Z >= 0).astype(float),
        "at z = 0 exactly it is halfway between left and right": lambda: np.heaviside(Z, 0.5),
        "the two sides of 0 are exchanged": lambda: (Z < 0).astype(float),
        "the two sides of 0 are exchanged, 0 included": lambda: (Z <= 0).astype(float),
        "this is the sign of z: the slope left of 0 is wrong": lambda: np.sign(Z),
        "the slope left of 0 is wrong, it should be flat": lambda: np.where(Z > 0, 1, -1),
        "something of negative z leaks through": lambda: np.where(Z > 0, 1, 0.01),
        "this is g, not its derivative": lambda: reference.relu(Z),
        "it is 1 everywhere, on both sides of 0": lambda: np.ones_like(Z),
        "it is 0 everywhere, on both sides of 0": lambda: np.zeros_like(Z),
    }


@_exercise("A", draw=_draw_sums)
def _sigmoid(Z: Array) -> tuple[Any, Mistakes]:
    """The sigmoid, element by element: from near 0 for very negative z, through one half at z = 0, to near 1.

    It must not overflow for any finite z, as −1000 or 1000.
    Z: (n, m).  A: (n, m).
    """
    A = reference.sigmoid(Z)
    return A, {
        "the sign of the exponent is wrong: it falls where it should rise": lambda: reference.sigmoid(-Z),
        "this is the derivative g′, not g": lambda: A * (1 - A),
        "this is tanh, another activation": lambda: np.tanh(Z),
        "this is only the power of e: the denominator is incomplete": lambda: np.exp(Z),
        "this is only the power of e, with the wrong sign": lambda: np.exp(-Z),
        "the denominator has a difference for a sum": lambda: 1 / (1 - np.exp(-Z)),
        "it is not inverted: this is the denominator": lambda: 1 + np.exp(-Z),
        "this is a softmax: it should not depend on other elements": lambda: reference.softmax(Z),
        "this is relu, another activation": lambda: reference.relu(Z),
        "this is a step: it should rise smoothly": lambda: (Z > 0).astype(float),
    }


@_exercise("G", draw=_draw_sums)
def _sigmoid_prime(Z: Array) -> tuple[Any, Mistakes]:
    """The derivative g′(Z) of the sigmoid, element by element.  It must not overflow for any finite z.

    Z: (n, m), the sums before the activation.  G: (n, m).
    """
    A = reference.sigmoid(Z)
    return A * (1 - A), {
        "this is g, not its derivative": lambda: A,
        "z stands where a = g(z) belongs": lambda: Z * (1 - Z),
        "z stands in one place where a = g(z) belongs": lambda: A * (1 - Z),
        "z stands in the other place where a = g(z) belongs": lambda: Z * (1 - A),
        "a factor is missing: it should vanish on both sides": lambda: 1 - A,
        "this is the square of g": lambda: A * A,
        "this is the derivative of another activation, tanh": lambda: 1 - np.tanh(Z) ** 2,
        "one factor is squared, as in the derivative of tanh": lambda: 1 - A * A,
        "a sum stands where a difference belongs": lambda: A * (1 + A),
        "g is applied twice": lambda: reference.sigmoid(A) * (1 - reference.sigmoid(A)),
    }


def _forward_with(W: Any, b: Any, X: Array, hidden: Any = reference.relu, output: Any = reference.sigmoid,
                  bias: int = 1, before: Callable[[Any, Any], Any] = lambda Z, A: A[-1]) -> dict[str, Any]:
    """Forward propagation, in which something can be wrong."""
    Z: list[Any] = [None]
    A: list[Any] = [X]
    for l in range(1, len(W)):
        Z.append(W[l] @ before(Z, A) + bias * b[l])
        A.append((output if l == len(W) - 1 else hidden)(Z[-1]))
    return {"Z": Z, "A": A}


@_exercise("Z", "A", draw=_draw_network, stage=lambda label: 2 * _layer_of(label) + (label[0] == "A"))
def _forward(W: list[Any], b: list[Any], X: Array) -> tuple[Any, Mistakes]:
    """Forward propagation through any number of layers: relu in the hidden layers, the sigmoid in the last.

    W, b: lists indexed by the layer, None at 0; W[l]: (n[l], n[l−1]), b[l]: (n[l], 1); X: (n[0], m).
    Z, A: lists of the same length; Z[0]: None, A[0]: X, Z[l] and A[l]: (n[l], m).
    """
    right = _forward_with(W, b, X)
    return (right["Z"], right["A"]), {
        "no activation is applied": lambda: _forward_with(W, b, X, reference.linear, reference.linear),
        "the activation of the hidden layers is missing": lambda: _forward_with(W, b, X, reference.linear),
        "the sigmoid stands in a hidden layer": lambda: _forward_with(W, b, X, reference.sigmoid),
        "tanh stands in a hidden layer": lambda: _forward_with(W, b, X, reference.tanh),
        "relu stands in the last layer": lambda: _forward_with(W, b, X, output=reference.relu),
        "the activation of the last layer is missing": lambda: _forward_with(W, b, X, output=reference.linear),
        "the bias b is not added": lambda: _forward_with(W, b, X, bias=0),
        "the bias b is subtracted": lambda: _forward_with(W, b, X, bias=-1),
        "the layer before hands on its Z, before the activation": lambda: _forward_with(
            W, b, X, before=lambda Z, A: X if len(Z) == 1 else Z[-1]),
        "every layer gets X, not what the layer before hands on": lambda: _forward_with(W, b, X, before=lambda Z, A: X),
    }


@_exercise("J", draw=_draw_predictions)
def _binary_cross_entropy(Y: Array, Y_hat: Array) -> tuple[Any, Mistakes]:
    """The binary cross-entropy of all examples together, with the natural logarithm.

    Y: (1, m), 0 or 1; Y_hat: (1, m), strictly between 0 and 1.  J: a number.
    """
    ones, zeros = Y * np.log(Y_hat), (1 - Y) * np.log(1 - Y_hat)
    J, m = -np.sum(ones + zeros) / Y.shape[1], Y.shape[1]
    return J, {
        "the 1/m is missing (m is the number of columns)": lambda: m * J,
        "the 1/m is missing, and the sign is wrong": lambda: -m * J,
        "the 1/m is there twice": lambda: J / m,
        "the examples are not summed": lambda: -(ones + zeros),
        "the examples are not summed, the 1/m is there": lambda: -(ones + zeros) / m,
        "the term of the examples with y = 0 is missing": lambda: -np.sum(ones) / m,
        "the term of the examples with y = 1 is missing": lambda: -np.sum(zeros) / m,
        "the two terms have different signs": lambda: -np.sum(ones - zeros) / m,
        "the two terms have different signs, the first a wrong one": lambda: np.sum(ones - zeros) / m,
        "Y and Y_hat are exchanged": lambda: -np.sum(Y_hat * np.log(Y) + (1 - Y_hat) * np.log(1 - Y)) / m,
        "y and 1 − y are exchanged": lambda: -np.sum((1 - Y) * np.log(Y_hat) + Y * np.log(1 - Y_hat)) / m,
        "the logarithm has base 2": lambda: J / np.log(2),
        "the logarithm has base 10": lambda: J / np.log(10),
        "this is the mean squared error, another loss": lambda: np.mean((Y - Y_hat) ** 2),
    }


@_exercise("dA", draw=_draw_predictions)
def _loss_derivative(Y: Array, Y_hat: Array) -> tuple[Any, Mistakes]:
    """dA[L], with which backpropagation starts: of every example's binary cross-entropy the derivative by its ŷ.

    The 1/m is left to dW and db.
    Y: (1, m), 0 or 1; Y_hat: (1, m), strictly between 0 and 1.  dA: (1, m).
    """
    dA, m = reference.loss_derivative("binary_cross_entropy", Y, Y_hat), Y.shape[1]
    ones, zeros = Y / Y_hat, (1 - Y) / (1 - Y_hat)
    return dA, {
        "the 1/m is here already": lambda: dA / m,
        "the 1/m is here already, and the sign is wrong": lambda: -dA / m,
        "the two terms have the same sign, as if 1 − ŷ grew with ŷ, and both are positive": lambda: ones + zeros,
        "the two terms have the same sign, as if 1 − ŷ grew with ŷ, and both are negative": lambda: -(ones + zeros),
        "the term of the examples with y = 0 is missing": lambda: -ones,
        "the term of the examples with y = 1 is missing": lambda: zeros,
        "this is dZ[L], in which g′ is a factor already": lambda: Y_hat - Y,
        "this is the derivative of the squared error, another loss": lambda: 2 * (Y_hat - Y),
        "Y and Y_hat are exchanged": lambda: -Y_hat / Y + (1 - Y_hat) / (1 - Y),
        "y and 1 − y are exchanged": lambda: -(1 - Y) / Y_hat + Y / (1 - Y_hat),
        "the examples are summed up; every one has its own derivative": lambda: np.sum(dA),
        "the mean over the examples is taken; every one has its own derivative": lambda: np.mean(dA),
        "this is the loss of every example, not its derivative": lambda: -Y * np.log(Y_hat) - (1 - Y) * np.log(1 - Y_hat),
    }


@_exercise("dZ", "dW", "db", "dA_prev", draw=_draw_layer_backward, stage=lambda label: int(label != "dZ"))
def _layer_backward(dA: Array, Z: Array, A_prev: Array, W: Array) -> tuple[Any, Mistakes]:
    """Backpropagation through one layer whose activation is relu.  The 1/m stands in dW and db, not in dZ and dA_prev.

    dA, Z: (n, m); A_prev: (n_prev, m); W: (n, n_prev).
    dZ: (n, m); dW: (n, n_prev); db: (n, 1); dA_prev: (n_prev, m).
    """
    m = Z.shape[1]
    dZ = dA * reference.relu_prime(Z, Z)
    _, (_, dW), (_, db), (dA_prev, _) = reference.backward([None, W], [None, Z], [A_prev, None], dZ, ["relu"])
    return (dZ, dW, db, dA_prev), {
        "the derivative of relu at z = 0 is 0 here, as in relu_prime": lambda: {"dZ": dA * (Z >= 0)},
        "the derivative g′(Z) is missing": lambda: {"dZ": dA},
        "g(Z) stands where its derivative belongs": lambda: {"dZ": dA * reference.relu(Z)},
        "this is g′(Z) alone, without dA": lambda: {"dZ": reference.relu_prime(Z, Z)},
        "g is applied to dA: the side of 0 is that of z": lambda: {"dZ": reference.relu(dA)},
        "the derivative is that of the sigmoid": lambda: {"dZ": dA * reference.sigmoid_prime(Z, reference.sigmoid(Z))},
        "the 1/m is missing": lambda: {"dW": m * dW, "db": m * db},
        "the 1/m is missing, and the sign is wrong": lambda: {"dW": -m * dW, "db": -m * db},
        "the 1/m is there twice": lambda: {"dW": dW / m, "db": db / m},
        "the 1/m does not belong here": lambda: {"dZ": dZ / m, "dA_prev": dA_prev / m},
        "dA stands where dZ belongs": lambda: {"dW": dA @ A_prev.T / m, "db": dA.sum(axis=1, keepdims=True) / m,
                                               "dA_prev": W.T @ dA},
        "Z stands where dZ belongs": lambda: {"dW": Z @ A_prev.T / m, "db": Z.sum(axis=1, keepdims=True) / m,
                                              "dA_prev": W.T @ Z},
        "it is not summed over the examples": lambda: {"db": dZ},
        "it is not summed over the examples, the 1/m is there": lambda: {"db": dZ / m},
        "it is summed over the units, not over the examples": lambda: {"db": dZ.sum(axis=0, keepdims=True) / m},
        "it is averaged over the units, not over the examples": lambda: {"db": dZ.mean(axis=0, keepdims=True)},
        "it is summed over the units and has lost an axis, not over the examples": lambda: {"db": dZ.sum(axis=0) / m},
        "it is summed over units and examples: every unit has its own": lambda: {"db": dZ.sum() / m},
        "it is averaged over units and examples: every unit has its own": lambda: {"db": dZ.mean()},
        "the sum has lost its second axis": lambda: {"db": dZ.sum(axis=1) / m},
        "the sum has lost its second axis, and the 1/m is missing": lambda: {"db": dZ.sum(axis=1)},
        "A_prev is not transposed": lambda: {"dW": dZ @ A_prev / m},
        "dZ is transposed in place of the other factor": lambda: {"dW": dZ.T @ A_prev / m},
        "the factors of the product are in the wrong order": lambda: {"dW": A_prev.T @ dZ / m, "dA_prev": dZ @ W.T},
        "it is transposed, and the 1/m is missing": lambda: {"dW": A_prev @ dZ.T},
        "W is not transposed": lambda: {"dA_prev": W @ dZ},
        "W is not transposed, and the factors are in the wrong order": lambda: {"dA_prev": dZ @ W},
        "dW stands where W belongs": lambda: {"dA_prev": dW.T @ dZ},
    }


def _backward_with(W: Any, A: Any, dZ: Array, slopes: list[Any]) -> dict[str, list[Any]]:
    """Backpropagation from dZ[L], slopes[l] being g′(Z[l]) or what stands for it."""
    L, m = len(W) - 1, dZ.shape[1]
    dW: list[Any] = [None] * (L + 1)
    db: list[Any] = [None] * (L + 1)
    for l in range(L, 0, -1):
        dW[l], db[l] = dZ @ A[l - 1].T / m, dZ.sum(axis=1, keepdims=True) / m
        if l > 1:
            dZ = W[l].T @ dZ * slopes[l - 1]
    return {"dW": dW, "db": db}


@_exercise("dW", "db", draw=_draw_backward, stage=lambda label: -_layer_of(label))
def _backward(W: list[Any], Z: list[Any], A: list[Any], Y: Array) -> tuple[Any, Mistakes]:
    """Backpropagation through all layers, of the binary cross-entropy: relu in the hidden layers, the sigmoid in the last.

    W, Z, A: as forward has them, lists indexed by the layer 0 … L; Y: (1, m).
    dW, db: lists of the same length, None at 0; dW[l]: (n[l], n[l−1]); db[l]: (n[l], 1).
    """
    L, m = len(W) - 1, Y.shape[1]
    dA, dZ = reference.loss_derivative("binary_cross_entropy", Y, A[L]), A[L] - Y
    slopes = [None if z is None else reference.relu_prime(z, z) for z in Z]
    right = _backward_with(W, A, dZ, slopes)
    dZs, _, _, _ = reference.backward(W, Z, A, dZ, ["relu"] * L)

    def scaled(by: float) -> dict[str, list[Any]]:
        return {name: [None, *(by * array for array in arrays[1:])] for name, arrays in right.items()}

    def sloped(by: Any) -> Any:
        return lambda: _backward_with(W, A, dZ, [None, *(by(z, a) for z, a in zip(Z[1:], A[1:], strict=True))])

    return (right["dW"], right["db"]), {
        "the 1/m is missing": lambda: scaled(m),
        "the 1/m is missing, and the sign is wrong": lambda: scaled(-m),
        "the 1/m is there twice": lambda: scaled(1 / m),
        "the derivative g′ of the last layer is missing": lambda: _backward_with(W, A, dA, slopes),
        "the derivative of relu stands in the last layer (a wrong Z?)": lambda: _backward_with(W, A, dA * slopes[L], slopes),
        "the derivative g′ of the last layer is there twice": lambda: _backward_with(W, A, dZ * A[L] * (1 - A[L]), slopes),
        "the derivative g′ of a hidden layer is missing": sloped(lambda z, a: np.ones_like(z)),
        "the sigmoid's derivative at z stands in a hidden layer": sloped(
            lambda z, a: reference.sigmoid_prime(z, reference.sigmoid(z))),
        "the sigmoid's derivative as that of a stands in a hidden layer": sloped(lambda z, a: a * (1 - a)),
        "g stands in a hidden layer where its derivative belongs": sloped(lambda z, a: a),
        "the list is in reverse order": lambda: {name: [None, *arrays[:0:-1]] for name, arrays in right.items()},
        "A[l] stands where A of the layer before belongs": lambda: _backward_with(W, [*A[1:], A[L]], dZ, slopes),
        "Z stands where A of the layer before belongs": lambda: _backward_with(W, [A[0], *Z[1:]], dZ, slopes),
        "it is not summed over the examples": lambda: {"db": dZs},
        "it is not summed over the examples, the 1/m is there": lambda: {"db": [None, *(part / m for part in dZs[1:])]},
        "the sum has lost its second axis": lambda: {"db": [None, *(db[:, 0] for db in right["db"][1:])]},
    }


@_exercise("W", "b", draw=_draw_gradients)
def _descend(W: list[Any], b: list[Any], dW: list[Any], db: list[Any], learning_rate: float) -> tuple[Any, Mistakes]:
    """One step of gradient descent in all layers.  It returns new lists of new arrays and leaves the given ones alone.

    W, b, dW, db: lists indexed by the layer, None at 0; dW[l] has the shape of W[l], db[l] that of b[l];
    learning_rate: a number.  W, b: lists as those given.
    """
    def mixed(kept: float, by: float) -> dict[str, list[Any]]:
        return {name: [None, *(kept * old + by * slope for old, slope in zip(olds[1:], slopes[1:], strict=True))]
                for name, olds, slopes in (("W", W, dW), ("b", b, db))}

    right = mixed(1, -learning_rate)
    return (right["W"], right["b"]), {
        "the sign is wrong: this step goes uphill": lambda: mixed(1, learning_rate),
        "the learning rate is missing": lambda: mixed(1, -1),
        "the learning rate is missing, and the sign is wrong: this step goes uphill": lambda: mixed(1, 1),
        "the learning rate divides where it should multiply": lambda: mixed(1, -1 / learning_rate),
        "the learning rate is there twice": lambda: mixed(1, -(learning_rate**2)),
        "it is not updated": lambda: mixed(1, 0),
        "this is the step, not what it leads to": lambda: mixed(0, -learning_rate),
        "this is the length of the step, not what it leads to": lambda: mixed(0, learning_rate),
        "the learning rate scales the old value, not the gradient": lambda: mixed(learning_rate, -1),
        "it shrinks in proportion to itself; the gradient is missing": lambda: mixed(1 - learning_rate, 0),
        "db is subtracted where dW belongs": lambda: {
            "W": [None, *(w - learning_rate * slope for w, slope in zip(W[1:], db[1:], strict=True))]},
    }


def _blank(sizes: list[int]) -> tuple[list[Any], list[Any]]:
    """W and b in their shapes."""
    return ([None, *(np.zeros((sizes[l], sizes[l - 1])) for l in range(1, len(sizes)))],
            [None, *(np.zeros((sizes[l], 1)) for l in range(1, len(sizes)))])


def _symmetric(label: str, W: Array) -> list[str]:
    if len(W) > 1 and np.abs(W - W[0]).max() <= 1e-9 * np.abs(W).max():
        return [f"{label}: the symmetry is not broken: all rows are equal, so its units would learn the same"]
    if len(np.unique(W, axis=0)) < len(W):
        return [f"{label}: the symmetry is not broken everywhere: some rows are equal, so their units would learn the same"]
    return []


def _all_equal(some: dict[str, Array], others: dict[str, Array]) -> bool:
    return some.keys() == others.keys() and all(np.array_equal(array, others[label]) for label, array in some.items())


def _judge_initialize(call: Call, inputs: Inputs, got: dict[str, Array]) -> list[str]:
    hints = []
    for label, array in got.items():
        if not np.isfinite(array).all():
            hints.append(f"{label}: some numbers are NaN or infinite")
        elif label[0] == "b":
            hints += [] if not array.any() else [f"{label}: biases may start at 0, these do not"]
        elif symmetric := _symmetric(label, array):
            hints += symmetric
        elif array.size > 100 and abs(array.mean()) > array.std() / 3:
            hints.append(f"{label}: the weights are not centred on 0: most have one sign, so that all sums drift one way")
        elif array.size > 100 and array.std() * np.sqrt(array.shape[1]) > 4:
            hints.append(f"{label}: the weights are too large for {array.shape[1]} inputs a unit: the sums grow layer by layer")
        elif array.size > 100 and array.std() * np.sqrt(array.shape[1]) < 1e-3:
            hints.append(f"{label}: the weights are so small that the sums vanish layer by layer")
    if hints:
        return hints
    again, other = call(inputs), call({**inputs, "rng": np.random.default_rng(1)})
    if not _all_equal(again, got):
        return ["rng is not what the numbers are drawn from: an equal rng gives other numbers"]
    if _all_equal(other, got):
        return ["rng is not used: another rng gives the same numbers"]
    return []


@_exercise("W", "b", draw=lambda rng, case: ([30, 25, 20, 8], rng), cases=CASES[:1], judge=_judge_initialize)
def _initialize(sizes: list[int], rng: np.random.Generator) -> tuple[Any, Mistakes]:
    """W and b to start with: weights drawn from rng, centred on 0, neither too small nor too large; biases 0.

    sizes: the number of units n[0], n[1], …, n[L]; rng: a numpy Generator, from which everything random is drawn.
    W, b: lists indexed by the layer, None at 0; W[l]: (n[l], n[l−1]); b[l]: (n[l], 1).
    """
    return _blank(sizes), {}


def _judge_train(call: Call, inputs: Inputs, got: dict[str, Array]) -> list[str]:
    loss, accuracy = _loss_and_accuracy(got, inputs["X"], inputs["Y"])
    for other in ("tanh", "sigmoid"):
        if accuracy < _ACCURACY <= _loss_and_accuracy(got, inputs["X"], inputs["Y"], other)[1]:
            return [f"it has learned with {other} in the hidden layers: relu is wanted there"]
    if not loss < 1.5:
        return [f"the loss has risen to {loss:.3g}: {_why_it_rises(call, inputs)}"]
    if hints := [hint for label, array in got.items() if label[0] == "W" for hint in _symmetric(label, array)]:
        return hints
    X, y = datasets.circles(400, rng=1)
    _, accuracy = _loss_and_accuracy(got, X.T, y.reshape(1, -1))
    state = f"loss {loss:.3g}, accuracy on new circles {accuracy:.0%}, {_ACCURACY:.0%} wanted"
    if accuracy < _ACCURACY and loss > 0.6:
        return [f"it has hardly learned ({state}): is every step kept, in all layers, and are there enough of them?"]
    if not any(array.any() for label, array in got.items() if label[0] == "b"):
        return ["all biases are still 0: are they updated, and returned?"]
    if still := [label for label, array in got.items() if not array.any()]:
        return [f"{', '.join(still)}: still 0: is every layer updated?"]
    if accuracy < _ACCURACY:
        return [f"it has learned something but not enough ({state}): more iterations, or a larger learning rate?"]
    return []


def _loss_and_accuracy(got: dict[str, Array], X: Array, Y: Array, hidden: str = "relu") -> tuple[float, float]:
    layers = range(1, len(got) // 2 + 1)
    W, b = ([None, *(got[f"{name}[{l}]"] for l in layers)] for name in "Wb")
    with np.errstate(all="ignore"):
        Z, A = reference.forward(W, b, X, [hidden] * (len(layers) - 1) + ["sigmoid"])
        return reference.stable_loss("binary_cross_entropy", Y, Z[-1], A[-1]), float(np.mean((A[-1] > 0.5) == Y))


def _why_it_rises(call: Call, inputs: Inputs) -> str:
    """Where X and Y are 0, the last bias alone learns: downhill it falls whatever the learning rate, uphill it rises."""
    X, Y = np.zeros_like(inputs["X"]), np.zeros_like(inputs["Y"])
    got = call({**inputs, "X": X, "Y": Y})
    uphill = bool(got) and _loss_and_accuracy(got, X, Y)[1] < 0.5
    return "a step goes uphill: is a sign wrong?" if uphill else "is the learning rate too large?"


def _draw_circles(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    X, y = datasets.circles(400, rng=0)
    return np.ascontiguousarray(X.T), y.reshape(1, -1).astype(float), [2, 8, 8, 1], rng


@_exercise("W", "b", draw=_draw_circles, cases=CASES[:1], judge=_judge_train)
def _train(X: Array, Y: Array, sizes: list[int], rng: np.random.Generator) -> tuple[Any, Mistakes]:
    """The whole network: initialise it, and descend until it has learned the article's circles, within 10 s.

    relu in the hidden layers, the sigmoid in the last, binary cross-entropy; learning rate and number of iterations are
    yours.  The accuracy on new circles must reach 95 %.
    X: (n[0], m); Y: (1, m), 0 or 1; sizes: n[0], n[1], …, n[L]; rng: a numpy Generator.
    W, b: what was learned, lists indexed by the layer, None at 0; W[l]: (n[l], n[l−1]); b[l]: (n[l], 1).
    """
    return _blank(sizes), {}
