"""diagnose: why a network is not learning, each reason with its numbers, its cause and its remedy.

Checks run in causal order and stop at the first failure, since later failures would be its consequences: parameters, data,
symmetry, gradients, learning rate.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pynn.learn.finding import KINDS, Diagnosis, Finding
from pynn.learn.learning_rate_trial import BETTER, MOST_PRODUCTS, check_learning_rate, loss_of_the_mean
from pynn.network import Network
from pynn.validation import check_network
from pynn.writing import listed

__all__ = ["KINDS", "Diagnosis", "Finding", "diagnose"]

Array = np.ndarray[Any, np.dtype[Any]]

MOST_EXAMPLES = 2000        # enough for shares to about 1 %
TOO_LARGE = 20.0            # the root mean square of a feature: the largest safe step shrinks with its square, to 1/400
TOO_SMALL = 0.01            # the largest |x| of a feature: its weights learn 100 times slower than those of a feature near 1
RARE = 0.2                  # count of a class relative to even classes: of two classes, guessing the other is 90 % right
SAME = 1e-6                 # of a row's largest number: random rows are not this close to each other in half of a layer
DEAD = 0.75                 # share of a layer's ReLUs: good networks have up to half of them dead
STEEP = 0.01                # share of the steepest slope of sigmoid or tanh; below it, |z| > 6 or 3, a unit is saturated
SATURATED = 0.7             # share of a layer's values: in some good networks half of them are saturated
VANISHING = 1e-3            # dZ relative to the output's: such a layer stands still while the last ones learn; healthy: 1e-2
EXPLODING = 200.0           # likewise: a step that suits the last layers destroys this one; healthy: up to 20
LOUD = 200.0                # loss of a fresh network relative to predicting the mean: 'he' and 'glorot' start below 40
LARGE = 15.0                # outputs of such a network, without their bias, relative to the targets or 1


def diagnose(net: Network, X: Any, y: Any) -> Diagnosis:
    """Say why a network is not learning.

    Parameters
    ----------
    net : Network
        Fresh or trained; it is not changed.  `net.learning_rate` and `net.optimizer` are tried on a copy: those of the last
        fit, or of the next one.  After a fit that diverged they are the earlier ones; assign `net.learning_rate` to try
        another.
    X : array-like, (m, n[0])
    y : array-like
        The training examples, as for `Network.fit`.  At most 2000 of them are looked at closely.

    Returns
    -------
    Diagnosis
        Its findings, the cause first.  Consequences of the first finding are not reported: mend it, and diagnose again.

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.

    Notes
    -----
    The thresholds, with their reasons, are the constants at the top of this module and of learning_rate_trial.  Units count
    from 1, as in the article; features count from 0, as the columns of X.

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
        cause:  The slope of relu is 0 where z ≤ 0, so these units pass on nothing and their
                weights get no gradient.
        remedy: Start again with weights from 'he' and biases of 0, with a learning rate
                below 0.1, or take leaky_relu.
    """
    check_network(net)
    X = net.check_examples(X, "X")
    y = net.check_targets(y, "y", len(X))
    given, net = net, net.copy()
    net.standardizer = net.target_standardizer = None         # X and y are already scaled
    rows = np.random.default_rng(0).permutation(len(X))[:max(100, min(MOST_EXAMPLES, MOST_PRODUCTS // len(net.parameters)))]
    sample = X[rows], y[rows]
    with np.errstate(all="ignore"):
        findings = _check_parameters(net) or _check_data(given, X, y) or _check_symmetry(net)
        if not findings:
            findings = _check_signals(net, *sample)
            if not findings or net.epoch:       # in a fresh network, no step was too long yet
                findings = check_learning_rate(net, *sample, len(X), spoilt=bool(findings)) + findings
        if not net.is_regression and not (findings and findings[0].kind == "constant_labels"):
            findings += _check_classes(net, y)
        findings += _check_features(net, X, X[rows])
    return Diagnosis(tuple(findings), len(rows), net.learning_rate)


# ------------------------------------------------------------------------------------------------ parameters and data


def _check_parameters(net: Network) -> list[Finding]:
    """Parameters that are NaN or infinite."""
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
                    "A NaN or an infinity spreads through every sum that contains it, to all outputs and all gradients.",
                    "Start again from finite parameters; if training caused it, with a lower learning rate or scaled inputs."))
    return findings


def _check_data(net: Network, X: Array, y: Array) -> list[Finding]:
    """What is wrong with X and y themselves."""
    columns = y.reshape(len(y), -1)
    if (columns.min(axis=0) == columns.max(axis=0)).all():
        values = net.restore_targets(columns[:1])[0]
        return [Finding(
            "constant_labels", None, f"y is {listed([f'{value:g}' for value in values])} for all of {len(y)} examples",
            "All targets are the same, so the biases of the output suffice, and no weight has anything to learn.",
            "Check how y was read, and give examples with different targets.")]
    findings = _check_scale(X, "unscaled_inputs", "feature", net.feature_names,
                             "The gradient of W[1] grows with the inputs, so features of such size suit no learning rate.",
                             "Let the network scale them: net.standardizer = pynn.Standardizer.fit(X), before fit.",
                             {"standardize": True})
    if net.is_regression:
        findings += _check_scale(columns, "unscaled_targets", "target", net.label_names,
                                  "The gradient grows with the errors, so targets of such size need another learning rate.",
                                  "Let the network scale them: net.target_standardizer = pynn.Standardizer.fit("
                                  f"{'y' if columns.shape[1] > 1 else 'y.reshape(-1, 1)'}), before fit.",
                                  {"standardize_targets": True})
    return findings


def _check_scale(values: Array, kind: str, what: str, names: Sequence[str] | None, cause: str, remedy: str,
                 setting: dict[str, Any] | None = None) -> list[Finding]:
    """Columns that are too large or too small for one learning rate."""
    mean, deviation, largest = values.mean(axis=0), values.std(axis=0), np.maximum(values.max(axis=0), -values.min(axis=0))
    size = np.hypot(mean, deviation)
    wrong = np.flatnonzero((size > TOO_LARGE) | ((largest < TOO_SMALL) & (largest > 0)))
    if not len(wrong):
        return []
    most = wrong[np.abs(np.log(size[wrong])).argmax()]
    return [Finding(kind, None, f"{len(wrong)} of {len(mean)} {what}s out of scale, most of all {what} "
                    f"{_labels(len(mean), names)[most]}: mean {mean[most]:.4g}, standard deviation {deviation[most]:.4g}, "
                    f"largest size {largest[most]:.4g}", cause, remedy, setting=setting)]


def _check_classes(net: Network, y: Array) -> list[Finding]:
    """Classes with few examples, in each output that has classes."""
    if net.activations[-1] == "softmax":
        labels = y if y.ndim == 1 else y.argmax(axis=1)
        problems = [("", np.bincount(labels, minlength=net.sizes[-1]))]
    else:
        ones = (y.reshape(len(y), -1) > 0.5).sum(axis=0)
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
                "The loss is a mean over examples, so a rare class hardly counts, and ignoring it costs little.",
                f"Take {remedy} or more examples of the rare class, and look at each class, not only at the accuracy.",
                setting=None if len(problems) > 1 else {"class_weight": "balanced"}))
    return findings


def _check_features(net: Network, X: Array, sample: Array) -> list[Finding]:
    """Features that never change, and equal ones."""
    findings, labels = [], _labels(X.shape[1], net.feature_names)
    constant = X.min(axis=0) == X.max(axis=0)
    if constant.any():
        k = int(constant.argmax())
        columns = listed(np.flatnonzero(constant).tolist())
        never_change = f"feature {columns} of {X.shape[1]} never changes" if constant.sum() == 1 else \
            f"features {columns} of {X.shape[1]} never change"
        findings.append(Finding(
            "constant_features", None, f"{never_change}: feature {labels[k]} is {X[0, k]:g} in all {len(X)} examples",
            "A feature that is the same for every example distinguishes none; it only adds to the biases.",
            "Leave it out; if it should change, check how it was read.", "note"))
    varying = np.flatnonzero(~constant)
    _, first, inverse = np.unique(sample[:, varying].T, axis=0, return_index=True, return_inverse=True)
    pairs = [(int(varying[first[group]]), int(k)) for k, group in zip(varying, inverse.ravel(), strict=True)]
    twins = [(i, k) for i, k in pairs if i != k and np.array_equal(X[:, i], X[:, k])]
    if twins:
        findings.append(Finding(
            "duplicate_features", None, f"{listed([f'{labels[k]} equals {labels[i]}' for i, k in twins])} "
            f"(features of {X.shape[1]}) in all {len(X)} examples",
            "Equal features count double: their weights have one effect and together take steps of twice the size.",
            "Leave one of each pair out.", "note"))
    return findings


# ---------------------------------------------------------------------------------------------- weights and gradients


def _check_symmetry(net: Network) -> list[Finding]:
    """Hidden layers with equal rows."""
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
                "Units with equal weights compute the same, and learn the same as long as the next layer treats them alike.",
                "Draw the weights at random: initializer='he' for relu and its variants, 'glorot' for tanh and sigmoid."))
    return findings


def _check_signals(net: Network, X: Array, y: Array) -> list[Finding]:
    """What happens to the signals forward and backward: flat slopes; if there are none, the sizes."""
    step, gradients, guess = net.forward(X), net.backward(X, y), loss_of_the_mean(net, X, y)
    learned = gradients.loss < BETTER * guess
    findings = []
    for l, Z in enumerate(step.Z[1:], start=1):
        if not np.isfinite(Z).all():
            return [_exploding(l, f"some of Z[{l}] are too large for {net.dtype}")]
        if not learned:
            findings += _check_slopes(net, l, Z, step.A[l])
        if net.activations[l - 1] == "relu" and Z.max() <= 0:
            break               # the next layers get only zeros
    findings = findings or ([] if learned else _check_sizes(gradients.dZ))
    signal = _root_mean_square(step.Z[-1] - net[len(net)].b)
    wanted = max(1.0, float(np.abs(y).max())) if net.is_regression else 1.0
    if not findings and not net.epoch and gradients.loss > LOUD * guess and signal > LARGE * wanted:
        sizes = ", ".join(f"{_root_mean_square(Z):.2g}" for Z in step.Z[1:])
        return [_exploding(len(net), f"the loss is {gradients.loss:.4g}, that of always predicting the mean {guess:.4g}; "
                                     f"root mean square of Z by layer: {sizes}")]
    return findings


def _check_slopes(net: Network, l: int, Z: Array, A: Array) -> list[Finding]:
    """Dead ReLUs, and saturated units of sigmoid and tanh; the sigmoid before a cross-entropy is no problem."""
    g = net.activations[l - 1]
    if g == "relu":
        dead = np.flatnonzero(Z.max(axis=1) <= 0)
        if len(dead) < DEAD * len(Z):
            return []
        return [Finding(
            "dead_relus", l,
            f"{len(dead)} of {len(Z)} units ({listed((dead + 1).tolist())}) are 0 for every one of {Z.shape[1]} examples",
            "The slope of relu is 0 where z ≤ 0, so these units pass on nothing and their weights get no gradient.",
            f"Start again with weights from 'he' and biases of 0, with a learning rate below {net.learning_rate:g}, "
            "or take leaky_relu.")]
    if g in ("sigmoid", "tanh") and (l < len(net) or net.loss == "mean_squared_error"):
        slope = 4 * A * (1 - A) if g == "sigmoid" else 1 - A * A        # as a share of the steepest
        share = float((slope < STEEP).mean())
        if share >= SATURATED:
            return [Finding(
                "saturated_units", l, f"{share:.1%} of the {g} values are saturated; the mean of |z| is {np.abs(Z).mean():.3g}",
                f"Far from 0 the slope of {g} is below {STEEP:.0%} of its steepest, and the gradient shrinks with it.",
                "Smaller weights: start again with 'glorot', scaled inputs and a lower learning rate, or take relu.")]
    return []


def _root_mean_square(values: Array) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def _check_sizes(dZ: list[Array]) -> list[Finding]:
    """Gradients that are much larger or smaller than those of the output."""
    size = [math.inf, *map(_root_mean_square, dZ[1:])]
    sizes = "root mean square of dZ by layer: " + ", ".join(f"{s:.2g}" for s in size[1:])
    smallest, largest = int(np.argmin(size)), 1 + int(np.argmax(size[1:]))
    if not size[largest] <= EXPLODING * size[-1]:       # so that NaN is found too
        return [_exploding(largest, sizes)]
    if size[smallest] < VANISHING * size[-1]:
        return [Finding(
            "vanishing_gradients", smallest, sizes,
            "Backward, the gradient is multiplied by W and by the slope of every layer, and here these are far below 1.",
            "Larger weights ('he' for relu, 'glorot' for tanh), fewer layers, and relu instead of sigmoid.")]
    return []


def _exploding(l: int, message: str) -> Finding:
    return Finding("exploding_gradients", l, message,
                   "Every layer multiplies the signal by its weights, forward and backward, and here they are far above 1.",
                   "Smaller weights: start again with 'he' for relu or 'glorot' for tanh; fit(clip_norm=1) limits the steps.")


def _labels(n: int, names: Sequence[str] | None) -> list[str]:
    """0, 1, …, each with its name if there are names."""
    return [str(k) if names is None else f"{k} ({names[k]})" for k in range(n)]
