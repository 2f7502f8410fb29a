"""Causes in X and y themselves: targets that are all the same, numbers out of scale, features that say nothing new."""
from __future__ import annotations

from typing import Any

import numpy as np

from pynn.learn.case import Case
from pynn.learn.finding import Finding, Sentences
from pynn.standardizer import Standardizer
from pynn.translation import _
from pynn.writing import listed

Array = np.ndarray[Any, np.dtype[Any]]

TOO_LARGE = 20.0            # the root mean square of a feature: the largest safe step shrinks with its square, to 1/400
TOO_SMALL = 0.01            # the largest |x| of a feature: its weights learn 100 times slower than those of a feature near 1
FAR = 3.0                   # |mean| / standard deviation: a unit's bias must do as much as all its weights; a trial decides
ALIKE = 0.999               # |correlation| of two features: what they differ by is 1/20 of either, and hardly learned
FEWEST = 10                 # examples in which a feature must differ from its median: else a correlation is an accident
TINY = 1e-9                 # of a feature: a difference this small is rounding
MOST_FEATURES = 1000        # that are compared pair by pair

CONSTANT_LABELS = Sentences(
    "constant_labels", "y is {values} for all of {m} examples",
    "All targets are the same, so the biases of the output suffice, and no weight has anything to learn.",
    "Check how y was read, and give examples with different targets.")
UNSCALED_INPUTS = Sentences(
    "unscaled_inputs", "{count} of {n} features out of scale, most of all feature {feature}: mean {mean:.4g}, "
    "standard deviation "
    "{deviation:.4g}, largest size {largest:.4g}",
    "The gradient of W[1] grows with the inputs, so features of such size suit no learning rate.",
    "Let the network scale them: net.standardizer = pynn.Standardizer.fit(X), before fit.")
OFF_CENTRE = Sentences(
    "unscaled_inputs", "{count} of {n} features lie far from 0, most of all feature {feature}: mean {mean:.4g}, standard "
    "deviation {deviation:.4g}, |mean| / standard deviation {ratio:.3g}; in {epochs} epochs the loss falls to {unscaled:.4g}, "
    "with scaled inputs to {scaled:.4g}",
    "The mean is part of every gradient and dominates it, so the steps hardly follow the differences between the examples.",
    "Let the network scale them: net.standardizer = pynn.Standardizer.fit(X), before fit with new weights.")
UNSCALED_TARGETS = Sentences(
    "unscaled_targets", "{count} of {n} targets out of scale, most of all target {feature}: mean {mean:.4g}, standard "
    "deviation "
    "{deviation:.4g}, largest size {largest:.4g}",
    "The gradient grows with the errors, so targets of such size need another learning rate.",
    "Let the network scale them: net.target_standardizer = pynn.Standardizer.fit({y}), before fit.")
CONSTANT_FEATURES = Sentences(
    "constant_features", "{count} of {n} features never change ({which}): feature {feature} is {value:g} in all {m} examples",
    "A feature that is the same for every example distinguishes none; it only adds to the biases.",
    "Leave it out; if it should change, check how it was read.", "note")
DUPLICATE_FEATURES = Sentences(
    "duplicate_features", "{which} (features of {n}) in all {m} examples",
    "Equal features count double: their weights have one effect and together take steps of twice the size.",
    "Leave one of each pair out.", "note")
NEARLY_EQUAL = Sentences(
    "nearly_equal_features", "features {first} and {second} are nearly equal: their correlation is {correlation:.6f}",
    "Two such features count as one, and their weights together take steps of twice the size.",
    "Leave one of them out.", "note")
HIDDEN_DIFFERENCE = Sentences(
    "nearly_equal_features", "features {first} and {second} are nearly equal: their correlation is {correlation:.6f}; "
    "in trials "
    "the loss falls to {together:.4g}, with their difference in place of feature {second} to {apart:.4g}",
    "The targets depend on what the two features differ by, and that is too small beside the features to be learned.",
    "Give the network the difference of features {first} and {second} in place of feature {second}, and let it scale "
    "the inputs: "
    "net.standardizer = pynn.Standardizer.fit(X).")


def check_targets(case: Case) -> list[Finding]:
    """Targets that are all the same."""
    columns = case.y.reshape(len(case.y), -1)
    if (columns.min(axis=0) != columns.max(axis=0)).any():
        return []
    values = case.given.restore_targets(columns[:1])[0]
    return [CONSTANT_LABELS.found(values=listed([f"{value:g}" for value in values]), m=len(columns))]


def check_scale(case: Case) -> list[Finding]:
    """Inputs and targets that are too large or too small for one learning rate."""
    names, y = case.given.feature_names, case.y.reshape(len(case.y), -1)
    findings = _out_of_scale(case.X, UNSCALED_INPUTS, names, setting={"standardize": True})
    if case.net.is_regression:
        findings += _out_of_scale(y, UNSCALED_TARGETS, case.given.label_names, setting={"standardize_targets": True},
                                  y="y" if y.shape[1] > 1 else "y.reshape(-1, 1)")
    return findings


def _out_of_scale(values: Array, sentences: Sentences, names: Any, **fields: Any) -> list[Finding]:
    """Columns that are too large or too small."""
    mean, deviation, largest = values.mean(axis=0), values.std(axis=0), np.maximum(values.max(axis=0), -values.min(axis=0))
    size = np.hypot(mean, deviation)
    wrong = np.flatnonzero((size > TOO_LARGE) | ((largest < TOO_SMALL) & (largest > 0)))
    if not len(wrong):
        return []
    most = wrong[np.abs(np.log(size[wrong])).argmax()]
    return [sentences.found(count=len(wrong), n=len(mean), feature=_labels(len(mean), names)[most], mean=mean[most],
                            deviation=deviation[most], largest=largest[most], **fields)]


def check_centre(case: Case) -> list[Finding]:
    """Inputs whose mean is large beside their deviation, if a trial with scaled ones goes much better."""
    mean, deviation = case.X.mean(axis=0), case.X.std(axis=0)
    ratio = np.abs(mean) / np.where(deviation > 0, deviation, np.inf)
    far = np.flatnonzero(ratio > FAR)
    if not len(far) or case.learned:
        return []
    most = far[ratio[far].argmax()]
    for settings in (case.settings(), {}):
        net = case.new()
        unscaled = case.try_out(net, **settings)
        standardizer = Standardizer.fit(case.halves[0][0])
        scaled = case.try_out(case.new(), halves=[(standardizer.transform(X), y) for X, y in case.halves], **settings)
        if case.gains(scaled.loss, min(unscaled.loss, case.present)):
            return [OFF_CENTRE.found(
                count=len(far), n=len(mean), feature=_labels(len(mean), case.given.feature_names)[most], mean=mean[most],
                deviation=deviation[most], ratio=ratio[most], epochs=len(scaled.losses), unscaled=unscaled.loss,
                scaled=scaled.loss, setting={"standardize": True, **case.as_setting(settings, scaled)})]
    return []


def note_features(case: Case) -> list[Finding]:
    """Features that never change, and equal ones."""
    X, n, findings = case.X, case.X.shape[1], []
    labels = _labels(n, case.given.feature_names)
    constant = X.min(axis=0) == X.max(axis=0)
    if constant.any():
        k = int(constant.argmax())
        findings.append(CONSTANT_FEATURES.found(count=constant.sum(), n=n, which=listed(np.flatnonzero(constant).tolist()),
                                                feature=labels[k], value=X[0, k], m=len(X)))
    varying = np.flatnonzero(~constant)
    _columns, first, inverse = np.unique(case.sample[0][:, varying].T, axis=0, return_index=True, return_inverse=True)
    pairs = [(int(varying[first[group]]), int(k)) for k, group in zip(varying, inverse.ravel(), strict=True)]
    twins = [(i, k) for i, k in pairs if i != k and np.array_equal(X[:, i], X[:, k])]
    if twins:
        which = listed([_("{first} equals {second}", first=labels[k], second=labels[i]) for i, k in twins], separator=_(", "))
        findings.append(DUPLICATE_FEATURES.found(n=n, m=len(X), which=which))
    return findings


def note_nearly_equal_features(case: Case) -> list[Finding]:
    """The two features that are most alike."""
    pair = _most_alike(case)
    return [] if pair is None else [NEARLY_EQUAL.found(**_names_of(case, pair))]


def check_hidden_difference(case: Case) -> list[Finding]:
    """Two features that are so much alike that their difference, which is what counts, is not learned."""
    pair = _most_alike(case)
    if pair is None or case.learned:
        return []
    i, k, correlation = pair
    X = case.sample[0].astype(np.float64)
    slope = np.sign(correlation) * X[:, k].std() / X[:, i].std()
    if (X[:, k] - slope * X[:, i]).std() <= TINY * X[:, k].std():
        return []
    for settings in (case.settings(), {}):
        together = case.try_out(case.new(), **settings)
        apart = case.try_out(case.new(), halves=_apart(case.halves, i, k, slope), **settings)
        if case.gains(apart.loss, min(together.loss, case.present)):
            return [HIDDEN_DIFFERENCE.found(together=together.loss, apart=apart.loss, **_names_of(case, pair))]
    return []


def _most_alike(case: Case) -> tuple[int, int, float] | None:
    """The two features that are most alike without being equal, with their correlation, if they are alike enough."""
    X = case.sample[0].astype(np.float64)
    varying = np.flatnonzero((np.median(X, axis=0) != X).sum(axis=0) >= FEWEST)[:MOST_FEATURES]
    first = np.unique(X[:, varying].T, axis=0, return_index=True)[1]        # equal ones are another finding
    varying = varying[np.sort(first)]
    if len(varying) < 2:
        return None
    correlation = np.triu(np.corrcoef(X[:, varying].T), 1)
    i, k = np.unravel_index(int(np.abs(correlation).argmax()), correlation.shape)
    return None if abs(correlation[i, k]) < ALIKE else (int(varying[i]), int(varying[k]), float(correlation[i, k]))


def _names_of(case: Case, pair: tuple[int, int, float]) -> dict[str, Any]:
    labels = _labels(case.X.shape[1], case.given.feature_names)
    return {"first": labels[pair[0]], "second": labels[pair[1]], "correlation": pair[2]}


def _apart(halves: Any, i: int, k: int, slope: float) -> list[tuple[Array, Array]]:
    """The difference of features i and k in place of k, and everything standardised."""
    changed = []
    for X, y in halves:
        X = X.astype(np.float64)
        X[:, k] -= slope * X[:, i]
        changed.append((X, y))
    standardizer = Standardizer.fit(changed[0][0])
    return [(standardizer.transform(X), y) for X, y in changed]


def _labels(n: int, names: Any) -> list[str]:
    """0, 1, …, each with its name if there are names."""
    return [str(k) if names is None else f"{k} ({names[k]})" for k in range(n)]
