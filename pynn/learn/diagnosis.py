"""diagnose: why a network is not learning, each reason with its numbers, its cause and its remedy.

The causes are looked for from the first to the last: parameters, data, symmetry, gradients, learning rate.  The first
of these that is ill ends the search, as what comes after it would be its consequence.
"""
from __future__ import annotations

import math
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pynn.network import Network
from pynn.training import DivergenceError, DivergenceWarning

Array = np.ndarray[Any, np.dtype[Any]]

_WIDTH = 88                 # of a line of text
MOST_EXAMPLES = 2000        # tell shares to about 1 %
MOST_PRODUCTS = 100_000_000     # weights × examples of a look or a trial: some tenths of a second
TOO_LARGE = 20.0            # of the root mean square of a feature: the step that is safe shrinks with its square, to 1/400
TOO_SMALL = 0.01            # of the largest |x| of a feature: its weights learn 100 times slower than those of features about 1
RARE = 0.2                  # of a class's count to that of even classes: of two, always guessing the other is 90 % right
SAME = 1e-6                 # of a row's largest number: rows drawn at random do not come so close in half of a layer
DEAD = 0.75                 # share of a layer's ReLUs: networks that do well have lost up to half
STEEP = 0.01                # of the steepest slope of sigmoid or tanh: below it a unit is saturated, at |z| of about 6 or 3
SATURATED = 0.7             # share of a layer's values: half of them are in some networks that do well
VANISHING = 1e-3            # of the output's dZ: a layer so much slower stands still while the last ones settle; healthy: 1e-2
EXPLODING = 200.0           # likewise: a step that suits the last layers throws this one away; healthy: up to 20
LOUD = 200.0                # times the loss of predicting the mean, of a fresh network: 'he' and 'glorot' start below 40
LARGE = 15.0                # times the targets, or 1: what the weights of such a network make of its inputs
TRIAL_STEPS = 300           # about ten epochs of 1000 examples in batches of 32
TRIAL_BATCH = 32            # Network.fit's own
BETTER = 0.25               # of the loss of always predicting the mean: what another α must gain; a lower loss cannot gain it
SLOW = 1 / 3                # of what a high α gains in a trial: if 10 α gains more, ten times the epochs do too
LOWER = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)    # times α, to see whether α is too high
HIGHER = (1e1, 1e2, 1e3, 1e4, 1e5, 1e6)         # times α, to see whether it is too low


@dataclass(frozen=True)
class Finding:
    """One reason why a network does not learn.

    Attributes
    ----------
    kind : str
        One of pynn.learn.diagnosis.KINDS.
    layer : int or None
        l, where it is in one layer.
    message : str
        What was found, with the numbers.
    cause : str
        Where it comes from, in a sentence.
    remedy : str
        What to do, in a sentence.
    """

    kind: str
    layer: int | None
    message: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        where = "" if self.layer is None else f", layer {self.layer}"
        told = [f"{self.kind}{where}: {self.message}", f"    cause:  {self.cause}", f"    remedy: {self.remedy}"]
        return "\n".join(textwrap.fill(line, _WIDTH, subsequent_indent=" " * 12, break_on_hyphens=False) for line in told)


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What diagnose found, the cause before its like; iterates over the findings.

    Attributes
    ----------
    findings : tuple of Finding
    examples : int
        How many examples were looked at.
    learning_rate : float
        The one that was tried.
    """

    findings: tuple[Finding, ...]
    examples: int
    learning_rate: float

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __str__(self) -> str:
        if self.ok:
            return (f"nothing found that keeps the network from learning\n({self.examples} examples looked at, "
                    f"learning rate {self.learning_rate:g} tried)")
        return "\n".join(f"{number}. {finding}" for number, finding in enumerate(self.findings, start=1))

    __repr__ = __str__          # so that a bare diagnose(…) at a prompt or in a notebook can be read


KINDS = ("non_finite_parameters", "constant_labels", "unscaled_inputs", "unscaled_targets", "symmetry", "dead_relus",
         "saturated_units", "vanishing_gradients", "exploding_gradients", "learning_rate_too_high", "learning_rate_too_low",
         "class_imbalance", "constant_features", "duplicate_features")


def diagnose(net: Network, X: Any, y: Any) -> Diagnosis:
    """Say why a network is not learning.

    Parameters
    ----------
    net : Network
        Fresh or trained; it is not changed.  The learning rate that is tried, on a copy, is `net.learning_rate`, with the
        optimiser `net.optimizer`: those of the last fit, or of the next one.  After a fit that
        diverged they are those of before; assign `net.learning_rate` to have another one tried.
    X : array-like, (m, n[0])
    y : array-like
        The examples to train on, both as for `Network.fit`.  At most 2000 of them are looked at closely.

    Returns
    -------
    Diagnosis
        Its findings, the cause first.  What would be a consequence of the first is not reported: mend it, and diagnose again.

    Raises
    ------
    ValueError, TypeError
        Naming the argument, what came and what was expected.

    Notes
    -----
    The thresholds, with their reasons, are the constants at the top of this module.  Units are counted from 1, as the
    article does; features, as the columns of X, from 0.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(500, rng=0)
    >>> net = pynn.Network([2, 4, 6, 6, 4, 1], rng=0)
    >>> net.learning_rate = 0.1
    >>> pynn.diagnose(net, X, y).ok
    True
    >>> net[2].b[...] = -100
    >>> for finding in pynn.diagnose(net, X, y):
    ...     print(finding)
    dead_relus, layer 2: 6 of 6 units (1, 2, 3, 4, 5, 6) are 0 for every one of 500 examples
        cause:  Where z ≤ 0 the slope of relu is 0, so these units pass on nothing and their
                weights get no gradient.
        remedy: Start anew from weights by 'he' and biases of 0, with a learning rate below
                0.1, or take leaky_relu.
    """
    if not isinstance(net, Network):
        raise TypeError(f"net: expected a Network, got {type(net).__name__}")
    X = net.check_examples(X, "X")
    y = net.check_targets(y, "y", len(X))
    net = net.copy()
    net.standardizer = None         # X has been through it
    rows = np.random.default_rng(0).permutation(len(X))[:max(100, min(MOST_EXAMPLES, MOST_PRODUCTS // len(net.parameters)))]
    sample = X[rows], y[rows]
    with np.errstate(all="ignore"):
        findings = _not_finite(net) or _of_data(net, X, y) or _symmetry(net)
        if not findings:
            findings = _of_signals(net, *sample)
            if not findings or net.epoch:       # else they cannot come from steps that were too long
                findings = _of_learning_rate(net, *sample, len(X), spoilt=bool(findings)) + findings
        if not net.is_regression and not (findings and findings[0].kind == "constant_labels"):
            findings += _unequal_classes(net, y)
        findings += _useless_features(net, X, X[rows])
    return Diagnosis(tuple(findings), len(rows), net.learning_rate)


# ------------------------------------------------------------------------------------------------ parameters and data


def _not_finite(net: Network) -> list[Finding]:
    findings = []
    for l, layer in enumerate(net, start=1):
        for name, array in (("W", layer.W), ("b", layer.b)):
            wrong = np.argwhere(~np.isfinite(array))
            if len(wrong):
                i, k = wrong[0]
                findings.append(Finding(
                    "non_finite_parameters", l,
                    f"{len(wrong)} of {array.size} numbers in {name}[{l}] are not finite, the first {name}[{l}][{i}, {k}] = "
                    f"{array[i, k]}",
                    "A NaN or an infinity spreads through every sum that it is in, to all outputs and all gradients.",
                    "Start anew from finite parameters, with a lower learning rate or scaled inputs if training brought it."))
    return findings


def _of_data(net: Network, X: Array, y: Array) -> list[Finding]:
    """What is wrong with X and y themselves, whatever the network."""
    columns = y.reshape(len(y), -1)
    if (columns.min(axis=0) == columns.max(axis=0)).all():
        return [Finding(
            "constant_labels", None, f"y is {_listed([f'{value:g}' for value in columns[0]])} for all of {len(y)} examples",
            "Where every target is the same, the biases of the output alone answer it, and no weight has anything to learn.",
            "Look at how y was read, and give examples with different targets.")]
    findings = _out_of_scale(X, "unscaled_inputs", "feature", net.feature_names,
                             "The gradient of W[1] is made of the inputs, so no one learning rate suits features of such size.",
                             "Let the network scale them: net.standardizer = pynn.Standardizer.fit(X), before fit.")
    if net.is_regression:
        findings += _out_of_scale(columns, "unscaled_targets", "target", net.label_names,
                                  "The gradient grows with the errors, so targets of such size need steps of another size.",
                                  "Scale y to mean 0 and standard deviation 1, and scale the predictions back.")
    return findings


def _out_of_scale(values: Array, kind: str, what: str, names: Sequence[str] | None, cause: str, remedy: str) -> list[Finding]:
    mean, deviation, largest = values.mean(axis=0), values.std(axis=0), np.maximum(values.max(axis=0), -values.min(axis=0))
    size = np.hypot(mean, deviation)
    wrong = np.flatnonzero((size > TOO_LARGE) | ((largest < TOO_SMALL) & (largest > 0)))
    if not len(wrong):
        return []
    most = wrong[np.abs(np.log(size[wrong])).argmax()]
    return [Finding(kind, None, f"{len(wrong)} of {len(mean)} {what}s out of scale, most of all {what} "
                    f"{_numbered(len(mean), names)[most]}: mean {mean[most]:.4g}, standard deviation {deviation[most]:.4g}, "
                    f"largest size {largest[most]:.4g}", cause, remedy)]


def _unequal_classes(net: Network, y: Array) -> list[Finding]:
    if net.activations[-1] == "softmax":
        labels = y if y.ndim == 1 else y.argmax(axis=1)
        problems = [("", np.bincount(labels, minlength=net.sizes[-1]))]
    else:
        ones = y.reshape(len(y), -1).sum(axis=0).astype(np.int64)
        problems = [(f" of output {i}" if len(ones) > 1 else "", np.array([len(y) - n, n])) for i, n in enumerate(ones)]
    remedy = "a sample_weight for it" if len(problems) > 1 else "fit(class_weight='balanced')"
    findings = []
    for of_output, counts in problems:
        k = int(counts.argmin())
        if counts[k] < RARE * len(y) / len(counts):
            findings.append(Finding(
                "class_imbalance", None,
                f"class {k}{of_output} has {counts[k]} of {len(y)} examples ({counts[k] / len(y):.2%}); "
                f"always answering {counts.argmax()} is right for {counts.max() / len(y):.2%}",
                "The loss is a mean over examples, so a rare class hardly counts in it and is cheapest ignored.",
                f"Take {remedy} or more examples of the rare class, and judge by each class, not by the accuracy."))
    return findings


def _useless_features(net: Network, X: Array, sample: Array) -> list[Finding]:
    findings, named = [], _numbered(X.shape[1], net.feature_names)
    constant = X.min(axis=0) == X.max(axis=0)
    if constant.any():
        k = int(constant.argmax())
        findings.append(Finding(
            "constant_features", None, f"{_named('feature', np.flatnonzero(constant))} of {X.shape[1]} never "
            f"{'changes' if constant.sum() == 1 else 'change'}: feature {named[k]} is {X[0, k]:g} in all {len(X)} examples",
            "What is the same for every example tells none of them apart; it only adds to the biases.",
            "Leave it out, and look at how it was read if it should change."))
    varying = np.flatnonzero(~constant)
    _, first, inverse = np.unique(sample[:, varying].T, axis=0, return_index=True, return_inverse=True)
    pairs = [(int(varying[first[group]]), int(k)) for k, group in zip(varying, inverse.ravel(), strict=True)]
    twins = [(i, k) for i, k in pairs if i != k and np.array_equal(X[:, i], X[:, k])]
    if twins:
        findings.append(Finding(
            "duplicate_features", None, f"{_listed([f'{named[k]} equals {named[i]}' for i, k in twins])} "
            f"(features of {X.shape[1]}) in all {len(X)} examples",
            "Equal features count double: their weights share one job and together take steps of twice the size.",
            "Leave one of each pair out."))
    return findings


# ---------------------------------------------------------------------------------------------- weights and gradients


def _symmetry(net: Network) -> list[Finding]:
    findings = []
    for l in range(1, len(net)):
        rows = np.hstack([net[l].W, net[l].b])
        largest = np.abs(rows).max(axis=1, keepdims=True)
        largest[largest == 0] = 1
        alike = np.round(np.hstack([rows / largest, np.log(largest)]) / SAME)
        _, inverse, counts = np.unique(alike, axis=0, return_inverse=True, return_counts=True)
        equal = np.flatnonzero(counts[inverse.ravel()] > 1)
        if 2 * len(equal) >= len(rows) > 1:
            findings.append(Finding(
                "symmetry", l, f"{len(equal)} of {len(rows)} rows of W[{l}], with their b[{l}], equal another row; "
                f"{len(counts)} differ",
                "Units with equal weights compute the same and, where what follows treats them alike, learn the same for ever.",
                "Draw the weights at random: initializer='he' for relu and its like, 'glorot' for tanh and sigmoid."))
    return findings


def _of_signals(net: Network, X: Array, y: Array) -> list[Finding]:
    """What becomes of the signals on their way forward and backward: flat slopes, and where they leave none, the sizes."""
    step, gradients, guess = net.forward(X), net.backward(X, y), _loss_of_the_mean(net, X, y)
    learned = gradients.loss < BETTER * guess
    findings = []
    for l, g in enumerate(net.activations, start=1):
        if not np.isfinite(step.Z[l]).all():
            return [_exploding(l, f"some of Z[{l}] are too large for {net.dtype}")]
        if g == "relu":
            dead = np.flatnonzero(step.Z[l].max(axis=1) <= 0)
            if len(dead) >= DEAD * len(step.Z[l]) and not learned:
                findings.append(Finding(
                    "dead_relus", l, f"{len(dead)} of {len(step.Z[l])} units ({_listed(dead + 1)}) are 0 for every one of "
                    f"{len(X)} examples",
                    "Where z ≤ 0 the slope of relu is 0, so these units pass on nothing and their weights get no gradient.",
                    f"Start anew from weights by 'he' and biases of 0, with a learning rate below {net.learning_rate:g}, "
                    "or take leaky_relu."))
            if len(dead) == len(step.Z[l]):
                break           # what follows gets nothing but zeros
        elif g in ("sigmoid", "tanh") and (l < len(net) or net.loss == "mean_squared_error"):
            A = step.A[l]
            slope = 4 * A * (1 - A) if g == "sigmoid" else 1 - A * A        # as a share of the steepest
            share = float((slope < STEEP).mean())
            if share >= SATURATED and not learned:
                findings.append(Finding(
                    "saturated_units", l, f"{share:.1%} of the {g} values are saturated; |z| is "
                    f"{np.abs(step.Z[l]).mean():.3g} in the mean",
                    f"Far from 0 the slope of {g} is below {STEEP:.0%} of its steepest, and the gradient through it as small.",
                    "Smaller weights: start anew by 'glorot', with scaled inputs and a lower learning rate, or take relu."))
    findings = findings or ([] if learned else _sizes(gradients.dZ))
    signal, wanted = _size(step.Z[-1] - net[len(net)].b), max(1.0, float(np.abs(y).max())) if net.is_regression else 1.0
    if not findings and not net.epoch and gradients.loss > LOUD * guess and signal > LARGE * wanted:
        sizes = ", ".join(f"{_size(Z):.2g}" for Z in step.Z[1:])
        return [_exploding(len(net), f"the loss is {gradients.loss:.4g}, that of always predicting the mean {guess:.4g}; "
                                     f"root mean square of Z by layer: {sizes}")]
    return findings


def _size(values: Array) -> float:
    """The root mean square."""
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def _sizes(dZ: list[Array]) -> list[Finding]:
    size = [math.inf, *map(_size, dZ[1:])]
    told = "root mean square of dZ by layer: " + ", ".join(f"{s:.2g}" for s in size[1:])
    smallest, largest = int(np.argmin(size)), 1 + int(np.argmax(size[1:]))
    if not size[largest] <= EXPLODING * size[-1]:       # so that NaN is found too
        return [_exploding(largest, told)]
    if size[smallest] < VANISHING * size[-1]:
        return [Finding(
            "vanishing_gradients", smallest, told,
            "On its way back the gradient is multiplied by W and by the slope of every layer, and here these are far below 1.",
            "Larger weights ('he' for relu, 'glorot' for tanh), fewer layers, and relu instead of sigmoid.")]
    return []


def _exploding(l: int, told: str) -> Finding:
    return Finding("exploding_gradients", l, told,
                   "Every layer multiplies the signal by its weights, forward and backward, and here they are far above 1.",
                   "Smaller weights: start anew by 'he' for relu or 'glorot' for tanh; fit(clip_norm=1) limits the steps.")


# ------------------------------------------------------------------------------------------------------ learning rate


def _of_learning_rate(net: Network, X: Array, y: Array, m: int, *, spoilt: bool) -> list[Finding]:
    """Whether other learning rates gain much more in a short trial; a spoilt network can only tell with new weights."""
    steps_taken = int(net.state.counts[0])
    batch_size = min(len(X), max(TRIAL_BATCH, round(m * net.epoch / steps_taken) if steps_taken else 0))
    steps = max(20, min(TRIAL_STEPS, MOST_PRODUCTS // (len(net.parameters) * batch_size)))
    epochs = math.ceil(steps * batch_size / len(X))
    alpha, guess = net.learning_rate, _loss_of_the_mean(net, X, y)
    starts = [] if spoilt else [net]
    if spoilt or (net.epoch and net.backward(X, y).loss > guess):
        starts.insert(0, _anew(net))
    for start in starts:
        before, after = start.backward(X, y).loss, _loss_after(start, X, y, epochs, batch_size, alpha)
        if after < BETTER * guess:
            continue            # no other α could gain enough
        losses = {factor: _loss_after(start, X, y, epochs, batch_size, factor * alpha)
                  for factor in LOWER + (HIGHER if start is net else ())}
        lower, higher = min(LOWER, key=losses.__getitem__), min(losses, key=losses.__getitem__)
        told = f"in {epochs} epochs of {len(X)} examples, from a loss of {before:.4g}, learning_rate {alpha:g} {_leads(after)}"
        if after - losses[lower] > BETTER * guess:
            return [Finding(
                "learning_rate_too_high", None, f"{told}, but {lower * alpha:g} {_leads(losses[lower])}",
                "Each step goes along the slope where it starts, and so long a step overshoots the minimum.",
                f"Lower the learning rate, to about {lower * alpha:g}.")]
        if after - losses[higher] > BETTER * guess and before - losses[10] < SLOW * (before - losses[higher]):
            return [Finding(
                "learning_rate_too_low", None, f"{told}, but {higher * alpha:g} {_leads(losses[higher])}",
                "Steps so short hardly move the parameters, and ten times as many would not do either.",
                f"Raise the learning rate, to about {higher * alpha:g}.")]
    return []


def _leads(loss: float) -> str:
    return f"leads to {loss:.4g}" if math.isfinite(loss) else "diverges"


def _anew(net: Network) -> Network:
    """The same network with new weights and its optimiser at its first step."""
    twin = net.copy()
    twin.parameters = Network(net.sizes, hidden=net.activations[:-1], output=net.activations[-1], rng=0).parameters
    twin.state.use(net.optimizer)
    return twin


def _loss_after(net: Network, X: Array, y: Array, epochs: int, batch_size: int, learning_rate: float) -> float:
    """The median loss of the later half of a trial on a copy; infinite where it diverges."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DivergenceWarning)
            history = net.copy().fit(X, y, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, progress=False)
    except DivergenceError:
        return math.inf
    return float(np.median(history.loss[epochs // 2:]))


def _loss_of_the_mean(net: Network, X: Array, y: Array) -> float:
    """The loss of always predicting the mean of y: a network of biases alone."""
    guess = Network([net.sizes[0], net.sizes[-1]], output=net.activations[-1], loss=net.loss, initializer="zeros")
    K, output = net.sizes[-1], net.activations[-1]
    columns = np.eye(K)[y] if output == "softmax" and y.ndim == 1 else y.reshape(len(y), -1)
    mean = columns.mean(axis=0)
    if output != "linear":
        mean = np.clip(mean, 0.5 / len(y), 1 - 0.5 / len(y))
        mean = np.log(mean) if output == "softmax" else np.log(mean / (1 - mean))
    guess[1].b = mean[:, None]
    return guess.evaluate(X, y)["loss"]


# -------------------------------------------------------------------------------------------------------------- words


def _listed(items: Any, most: int = 6) -> str:
    return ", ".join(map(str, items[:most])) + (", …" if len(items) > most else "")


def _named(what: str, numbers: Array) -> str:
    return f"{what}{'s' if len(numbers) > 1 else ''} {_listed(numbers)}"


def _numbered(n: int, names: Sequence[str] | None) -> list[str]:
    """0, 1, …, each with its name where there are names."""
    return [str(k) if names is None else f"{k} ({names[k]})" for k in range(n)]
