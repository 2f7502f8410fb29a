"""Causes in the weights: numbers that are not finite, equal units, and slopes or sizes that stop the gradient."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from pynn.learn.case import BETTER, Case, loss_of_the_best_constant
from pynn.learn.finding import Finding, Sentences
from pynn.network import Network
from pynn.reference import ACTIVATIONS
from pynn.writing import listed

Array = np.ndarray[Any, np.dtype[Any]]

SAME = 1e-6                 # of a row's largest number: random rows are not this close to each other in half of a layer
DEAD = 0.75                 # share of a layer's ReLUs: good networks have up to half of them dead
STEEP = 0.01                # share of the steepest slope of sigmoid or tanh; below it, |z| > 6 or 3, a unit is saturated
SATURATED = 0.7             # share of a layer's values: in some good networks half of them are saturated
VANISHING = 1e-3            # dZ relative to the output's: such a layer stands still while the last ones learn; healthy: 1e-2
EXPLODING = 200.0           # likewise: a step that suits the last layers destroys this one; healthy: up to 20
LOUD = 200.0                # loss of a fresh network relative to predicting the mean: 'he' and 'glorot' start below 40
LARGE = 15.0                # outputs of such a network, without their bias, relative to the targets or 1

NOT_FINITE = Sentences(
    "non_finite_parameters",
    "{count} of {size} numbers in {name}[{l}] are not finite, the first {name}[{l}][{i}, {k}] = {value}",
    "A NaN or an infinity spreads through every sum that contains it, to all outputs and all gradients.",
    "Start again from finite parameters; if training caused it, with a lower learning rate or scaled inputs.")
SYMMETRY = Sentences(
    "symmetry", "{equal} of {rows} rows of W[{l}], with their b[{l}] and their columns of W[{after}], equal another row; "
    "{different} differ",
    "Units with equal weights to and from them compute the same and get the same gradient, so they stay equal.",
    "Draw the weights at random: initializer='{initializer}' suits {activation}.")
DEAD_RELUS = Sentences(
    "dead_relus", "{count} of {units} units ({which}) are 0 for every one of {m} examples",
    "The slope of {activation} is 0 where z ≤ 0, so these units pass on nothing and their weights get no gradient.",
    "Start again with weights from 'he' and biases of 0, with a learning rate below {learning_rate:g}, or take leaky_relu.")
SATURATED_UNITS = Sentences(
    "saturated_units", "{share:.1%} of the {activation} values are saturated; the mean of |z| is {size:.3g}",
    "Far from 0 the slope of {activation} is below {steep:.0%} of its steepest, and the gradient shrinks with it.",
    "Smaller weights: start again with 'glorot', scaled inputs and a lower learning rate, or take relu.")
VANISHING_FLAT = Sentences(
    "vanishing_gradients", "root mean square of dZ by layer: {sizes}",
    "Backward, the gradient is multiplied by W and by the slope of every layer, and here these are far below 1.",
    "Fewer layers, and relu in place of {activation}, whose slope is at most {steepest:g}; larger weights ('glorot').")
VANISHING_SMALL = Sentences(
    "vanishing_gradients", "root mean square of dZ by layer: {sizes}",
    "Backward, the gradient is multiplied by W and by the slope of every layer, and here these are far below 1.",
    "Larger weights: start again with '{initializer}', which suits {activation}; if a fit made them small, with a "
    "smaller l1 or "
    "l2.")
LARGE_SIGNALS = ("Every layer multiplies the signal by its weights, forward and backward, and here they are far above 1.",
                 "Smaller weights: start again with '{initializer}', which suits {activation}; fit(clip_norm=1) "
                 "limits the steps.")
EXPLODING_GRADIENTS = Sentences("exploding_gradients", "root mean square of dZ by layer: {sizes}", *LARGE_SIGNALS)
OVERFLOW = Sentences("exploding_gradients", "some of Z[{l}] are too large for {dtype}", *LARGE_SIGNALS)
LOUD_OUTPUTS = Sentences(
    "exploding_gradients", "the loss is {loss:.4g}, that of always predicting the mean {guess:.4g}; root mean square of Z by "
    "layer: {sizes}", *LARGE_SIGNALS)


def check_parameters(case: Case) -> list[Finding]:
    """Parameters that are NaN or infinite."""
    findings = []
    for l, layer in enumerate(case.net, start=1):
        for name, array in (("W", layer.W), ("b", layer.b)):
            wrong = np.argwhere(~np.isfinite(array))
            if len(wrong):
                i, k = wrong[0]
                findings.append(NOT_FINITE.found(layer=l, count=len(wrong), size=array.size, name=name, l=l, i=i, k=k,
                                                 value=array[i, k]))
    return findings


def check_symmetry(case: Case) -> list[Finding]:
    """Hidden layers with equal units: equal rows alone are no harm, because different columns of the next W part them."""
    net, findings = case.net, []
    for l in range(1, len(net)):
        rows = np.hstack([net[l].W, net[l].b])
        alike = np.round(np.hstack([_directions_and_sizes(rows), _directions_and_sizes(net[l + 1].W.T)]) / SAME)
        _, inverse, counts = np.unique(alike, axis=0, return_inverse=True, return_counts=True)
        equal = np.flatnonzero(counts[inverse.ravel()] > 1)
        if 2 * len(equal) >= len(rows) > 1:
            initializer = _initializer_for(net[l].activation)
            findings.append(SYMMETRY.found(layer=l, equal=len(equal), rows=len(rows), l=l, after=l + 1,
                                           different=len(counts), activation=net[l].activation,
                                           initializer=initializer, setting={"initializer": initializer}))
    return findings


def _directions_and_sizes(rows: Array) -> Array:
    """Each row divided by its largest number, and the logarithm of that."""
    largest = np.abs(rows).max(axis=1, keepdims=True)
    largest[largest == 0] = 1
    return np.hstack([rows / largest, np.log(largest)])


def check_signals(case: Case) -> list[Finding]:
    """What happens to the signals forward and backward: flat slopes; if there are none, the sizes."""
    net, (X, y) = case.net, case.sample
    step, gradients, guess = net.forward(X), net.backward(X, y), loss_of_the_best_constant(net, X, y)
    learned = gradients.loss < BETTER * guess
    findings: list[Finding] = []
    for l, Z in enumerate(step.Z[1:], start=1):
        if not np.isfinite(Z).all():
            return [_too_large(OVERFLOW, net, l, l=l, dtype=net.dtype)]
        if not learned:
            findings += _check_slopes(net, l, Z, step.A[l])
        if is_flat_below_zero(net.activations[l - 1]) and Z.max() <= 0:
            break               # the next layers get only zeros
    findings = findings or ([] if learned else _check_sizes(net, gradients.dZ))
    signal = _root_mean_square(step.Z[-1] - net[len(net)].b)
    wanted = max(1.0, float(np.abs(y).max())) if net.is_regression else 1.0
    if not findings and not net.epoch and gradients.loss > LOUD * guess and signal > LARGE * wanted:
        sizes = ", ".join(f"{_root_mean_square(Z):.2g}" for Z in step.Z[1:])
        return [_too_large(LOUD_OUTPUTS, net, len(net), loss=gradients.loss, guess=guess, sizes=sizes)]
    return findings


def _check_slopes(net: Network, l: int, Z: Array, A: Array) -> list[Finding]:
    """Dead ReLUs, and units that are saturated; the sigmoid before a cross-entropy is no problem."""
    name = net.activations[l - 1]
    g = ACTIVATIONS[name]
    if is_flat_below_zero(name):
        dead = np.flatnonzero(Z.max(axis=1) <= 0)
        if len(dead) < DEAD * len(Z):
            return []
        return [DEAD_RELUS.found(layer=l, count=len(dead), units=len(Z), which=listed((dead + 1).tolist()), m=Z.shape[1],
                                 activation=name, learning_rate=net.learning_rate,
                                 setting={"initializer": "he", "hidden": "leaky_relu"})]
    if g.saturates and g.derivative and (l < len(net) or net.loss == "mean_squared_error"):
        share = float((g.derivative(Z, A) / _steepest(name) < STEEP).mean())
        if share >= SATURATED:
            return [SATURATED_UNITS.found(layer=l, share=share, activation=name, size=np.abs(Z).mean(), steep=STEEP,
                                          setting={"initializer": "glorot"})]
    return []


def _check_sizes(net: Network, dZ: list[Array]) -> list[Finding]:
    """Gradients that are much larger or smaller than those of the output."""
    size = [math.inf, *map(_root_mean_square, dZ[1:])]
    sizes = ", ".join(f"{s:.2g}" for s in size[1:])
    smallest, largest = int(np.argmin(size)), 1 + int(np.argmax(size[1:]))
    if not size[largest] <= EXPLODING * size[-1]:       # so that NaN is found too
        return [_too_large(EXPLODING_GRADIENTS, net, largest, sizes=sizes)]
    if size[smallest] >= VANISHING * size[-1]:
        return []
    flat = [name for name in net.activations[:-1] if ACTIVATIONS[name].saturates]
    if flat:
        activation = min(flat, key=_steepest)
        return [VANISHING_FLAT.found(layer=smallest, sizes=sizes, activation=activation, steepest=_steepest(activation),
                                     setting={"hidden": "relu"})]
    activation = net.activations[smallest - 1]
    initializer = _initializer_for(activation)
    return [VANISHING_SMALL.found(layer=smallest, sizes=sizes, activation=activation, initializer=initializer,
                                  setting={"initializer": initializer})]


def _too_large(sentences: Sentences, net: Network, layer: int, **fields: Any) -> Finding:
    activation = net.activations[min(layer, max(1, len(net) - 1)) - 1]
    initializer = _initializer_for(activation)
    return sentences.found(layer=layer, setting={"initializer": initializer}, initializer=initializer, activation=activation,
                           **fields)


def _initializer_for(activation: str) -> str:
    return "he" if ACTIVATIONS[activation].rectifier else "glorot"


def is_flat_below_zero(activation: str) -> bool:
    """Whether the slope of g is 0 for all z below 0, so that a unit can be dead."""
    z, g = np.array([-1e-3, -1.0, -10.0]), ACTIVATIONS[activation]
    return g.derivative is not None and not g.derivative(z, g.function(z)).any()


def _steepest(activation: str) -> float:
    """The slope at 0 of an activation that saturates."""
    g, zero = ACTIVATIONS[activation], np.zeros(1)
    assert g.derivative is not None
    return float(g.derivative(zero, g.function(zero))[0])


def _root_mean_square(values: Array) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))
