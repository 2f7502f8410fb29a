"""The exercises with many right results: the initialisation, and the whole network, which learns the circles."""
from __future__ import annotations

from typing import Any

import numpy as np

from pynn import datasets, reference
from pynn.learn.exercises.exercise import CASES, Array, Call, Case, Inputs, Mistakes, exercise
from pynn.translation import _

ACCURACY = 0.95             # of a network that has learned the circles
NEAR = 0.15                 # of a standard deviation: that of 160 random numbers differs from the wanted one by 6 %


def _blank(sizes: list[int]) -> tuple[list[Any], list[Any]]:
    """Zeros in the shapes of W and b."""
    return ([None, *(np.zeros((sizes[l], sizes[l - 1])) for l in range(1, len(sizes)))],
            [None, *(np.zeros((sizes[l], 1)) for l in range(1, len(sizes)))])


def _symmetric(label: str, W: Array) -> list[str]:
    if len(W) > 1 and np.abs(W - W[0]).max() <= 1e-9 * np.abs(W).max():
        return [_("{label}: the symmetry is not broken: all rows are equal, so its units would learn the same", label=label)]
    if len(np.unique(W, axis=0)) < len(W):
        return [_("{label}: the symmetry is not broken everywhere: some rows are equal, so their units would learn the same",
                  label=label)]
    return []


def _all_equal(some: dict[str, Array], others: dict[str, Array]) -> bool:
    return some.keys() == others.keys() and all(np.array_equal(array, others[label]) for label, array in some.items())


def _judge_initialize(call: Call, inputs: Inputs, got: dict[str, Array]) -> list[str]:
    hints = []
    for label, array in got.items():
        if not np.isfinite(array).all():
            hints.append(_("{label}: some numbers are NaN or infinite", label=label))
        elif label[0] == "b":
            hints += [] if not array.any() else [_("{label}: biases may start at 0, these do not", label=label)]
        elif symmetric := _symmetric(label, array):
            hints += symmetric
        elif array.size > 100 and abs(array.mean()) > array.std() / 3:
            hints.append(_("{label}: the weights are not centred on 0: most have one sign, so that all sums drift one way",
                           label=label))
        elif array.size > 100 and array.std() * np.sqrt(array.shape[1]) > 4:
            hints.append(_("{label}: the weights are too large for {inputs} inputs a unit: the sums grow layer by layer",
                           label=label, inputs=array.shape[1]))
        elif array.size > 100 and array.std() * np.sqrt(array.shape[1]) < 0.1:
            hints.append(_("{label}: the weights are too small for {inputs} inputs a unit: the sums vanish layer by layer",
                           label=label, inputs=array.shape[1]))
    if hints:
        return hints
    if _have_a_variance_for_a_deviation([array for label, array in got.items() if label[0] == "W"]):
        return [_("the spread of the weights is 2/n or 1/n of the n inputs of a unit: that is the variance wanted, not its "
                  "root, the standard deviation")]
    again, other = call(inputs), call({**inputs, "rng": inputs["rng"].spawn(1)[0]})
    if not _all_equal(again, got):
        return [_("the numbers are not drawn from rng: an equal rng gives other numbers")]
    if _all_equal(other, got):
        return [_("rng is not used: another rng gives the same numbers")]
    return []


def _have_a_variance_for_a_deviation(weights: list[Array]) -> bool:
    """Whether the standard deviation of each W[l] is c/n[l−1] with c = 1 or 2, and not a number that is the same for all."""
    c = np.array([W.std() * W.shape[1] for W in weights])
    return any(bool(np.abs(c / number - 1).max() < NEAR) for number in (1, 2))


@exercise("W", "b", draw=lambda rng, case: ([30, 25, 20, 8], rng), cases=CASES[:1], judge=_judge_initialize)
def initialize(sizes: list[int], rng: np.random.Generator) -> tuple[Any, Mistakes]:
    """The first W and b: weights drawn from rng, centred on 0, neither too small nor too large; biases 0.

    sizes: the number of units n[0], n[1], …, n[L]; rng: a numpy Generator, the only source of random numbers.
    W, b: lists indexed by the layer, None at 0; W[l]: (n[l], n[l−1]); b[l]: (n[l], 1).
    """
    return _blank(sizes), {}


def _judge_train(call: Call, inputs: Inputs, got: dict[str, Array]) -> list[str]:
    loss, accuracy = _loss_and_accuracy(got, inputs["X"], inputs["Y"])
    for other in ("tanh", "sigmoid"):
        if accuracy < ACCURACY <= _loss_and_accuracy(got, inputs["X"], inputs["Y"], other)[1]:
            return [_("it has learned with {other} in the hidden layers: relu is wanted there", other=other)]
    if not loss < 1.5:
        return [_("the loss has risen to {loss:.3g}: a step goes uphill: is a sign wrong?", loss=loss) if
                _goes_uphill(call, inputs) else
                _("the loss has risen to {loss:.3g}: is the learning rate too large?", loss=loss)]
    if not any(array.any() for label, array in got.items() if label[0] == "W"):
        return [_("all weights are 0: were they 0 at the start, so that the symmetry is not broken, or does each step replace "
                  "the weights, in place of changing them?")]
    if hints := [hint for label, array in got.items() if label[0] == "W" for hint in _symmetric(label, array)]:
        return hints
    X, y = datasets.circles(400, rng=1)
    accuracy = _loss_and_accuracy(got, X.T, y.reshape(1, -1))[1]
    state = _("loss {loss:.3g}, accuracy on new circles {accuracy:.0%}, {wanted:.0%} wanted",
              loss=loss, accuracy=accuracy, wanted=ACCURACY)
    if accuracy < ACCURACY and loss > 0.6:
        return [_("it has hardly learned ({state}): is every step kept, in all layers, are there enough of them, "
                  "and are the first weights large enough?", state=state)]
    if not any(array.any() for label, array in got.items() if label[0] == "b"):
        return [_("all biases are still 0: are they updated, and returned?")]
    if still := [label for label, array in got.items() if not array.any()]:
        return [_("{labels}: still 0: is every layer updated?", labels=_(", ").join(still))]
    if accuracy < ACCURACY:
        return [_("it has learned something but not enough ({state}): more iterations, or a larger learning rate?",
                  state=state)]
    return _judge_exchanged_labels(call, inputs)


def _judge_exchanged_labels(call: Call, inputs: Inputs) -> list[str]:
    """Weights that are remembered, not learned, do not know that the labels are exchanged."""
    Y = 1 - inputs["Y"]
    got = call({**inputs, "Y": Y, "rng": inputs["rng"].spawn(1)[0]})
    if not got or _loss_and_accuracy(got, inputs["X"], Y)[1] < 0.5:
        return [_("with the labels 0 and 1 exchanged it does not learn: are the weights learned, or are they remembered?")]
    return []


def _loss_and_accuracy(got: dict[str, Array], X: Array, Y: Array, hidden: str = "relu") -> tuple[float, float]:
    layers = range(1, len(got) // 2 + 1)
    W, b = ([None, *(got[f"{name}[{l}]"] for l in layers)] for name in "Wb")
    with np.errstate(all="ignore"):
        Z, A = reference.forward(W, b, X, [hidden] * (len(layers) - 1) + ["sigmoid"])
        return reference.stable_loss("binary_cross_entropy", Y, Z[-1], A[-1]), float(np.mean((A[-1] > 0.5) == Y))


def _goes_uphill(call: Call, inputs: Inputs) -> bool:
    """Train with X = 0 and Y = 0, where only the last bias learns: it falls if steps go downhill, else it rises."""
    X, Y = np.zeros_like(inputs["X"]), np.zeros_like(inputs["Y"])
    got = call({**inputs, "X": X, "Y": Y})
    return bool(got) and _loss_and_accuracy(got, X, Y)[1] < 0.5


def _draw_circles(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    X, y = datasets.circles(400, rng=rng.spawn(1)[0])
    return np.ascontiguousarray(X.T), y.reshape(1, -1).astype(float), [2, 8, 8, 1], rng


@exercise("W", "b", draw=_draw_circles, cases=CASES[:1], judge=_judge_train)
def train(X: Array, Y: Array, sizes: list[int], rng: np.random.Generator) -> tuple[Any, Mistakes]:
    """The whole network: initialise it and train it until it has learned the article's circles, within 10 s.

    relu in the hidden layers, the sigmoid in the last, binary cross-entropy; you choose the learning rate and the
    number of iterations.  The accuracy on new circles must reach 95 %.
    X: (n[0], m); Y: (1, m), 0 or 1; sizes: n[0], n[1], …, n[L]; rng: a numpy Generator.
    W, b: the learned parameters, lists indexed by the layer, None at 0; W[l]: (n[l], n[l−1]); b[l]: (n[l], 1).
    """
    return _blank(sizes), {}
