"""Causes in the labels: classes with changed numbers, classes that are never predicted, labels that X says nothing about."""
from __future__ import annotations

from typing import Any

import numpy as np

from pynn.learn.case import HELD_OUT, Case, are_whole, labels_of, loss_of_the_best_constant
from pynn.learn.finding import Finding, Sentences
from pynn.network import Network

Array = np.ndarray[Any, np.dtype[Any]]

RARE = 0.25                 # count of a class relative to even classes: of two classes, guessing the other is 87 % right
CLEARLY = 0.3               # more examples that are right with other class numbers
SURE = 0.6                  # of the loss of the best constant: with them, the loss is less
NOTHING = 0.05              # of the loss of the best constant: a trial that gains less has found nothing; or 1/√m of m examples
SIGMAS = 2.5                # standard deviations of the accuracy of guessing
NEIGHBOURS = 1000           # examples whose nearest neighbours are looked at
EXAMPLES = 60               # with fewer, the examples held out are too few to say so
MOST_EXAMPLES = 10_000      # of a last trial before X is said to say nothing about y
EPOCHS = 20                 # of it
BALANCE = 0.1               # of the mean accuracy of the classes, gained by balanced weights

PERMUTED = Sentences(
    "permuted_labels", "{right:.1%} of the predictions are right, and {right_with:.1%} if class k of y is called {mapping}[k]",
    "The network predicts the classes, but under other numbers: those of y were changed between the fit and now.",
    "Give the classes the numbers that the network was trained with: y = np.array({mapping})[y].")
PERMUTED_THERE = Sentences(
    "permuted_labels", "{right:.1%} of the predictions for the validation data are right, and {right_with:.1%} if class k "
    "there is called {mapping}[k]",
    "The classes of the validation data have other numbers than those that the network was trained with.",
    "Give the classes of the validation data the same numbers as in training: y_val = np.array({mapping})[y_val].")
COSTS_LITTLE = "The loss is a mean over examples, so a rare class hardly counts, and ignoring it costs little."
CLASS_IMBALANCE = Sentences(
    "class_imbalance", "class {k} has {count} of {m} examples ({share:.2%}); always answering {largest} is right for "
    "{largest_share:.2%}", COSTS_LITTLE,
    "Take fit(class_weight='balanced') or more examples of the rare class, and look at each class, not only at the "
    "accuracy.", "note")
LABEL_IMBALANCE = Sentences(
    "class_imbalance", "class {k} of output {output} has {count} of {m} examples ({share:.2%}); always answering {largest} is "
    "right for {largest_share:.2%}", COSTS_LITTLE,
    "Take a sample_weight for it or more examples of the rare class, and look at each class, not only at the accuracy.", "note")
NEVER_PREDICTED = Sentences(
    "class_imbalance", "class {k} has {count} of {m} examples ({share:.2%}); always answering {largest} is right for "
    "{largest_share:.2%}; {recall:.1%} of class {k} are predicted as such, in {epochs} epochs with class_weight='balanced' "
    "{balanced:.1%}", COSTS_LITTLE,
    "Fit again with class_weight='balanced', or with more examples of the rare class, and look at each class, not only at the "
    "accuracy.")
WEIGHTED = Sentences(
    "class_imbalance", "the last fit had class_weight or sample_weight; {recall:.1%} of class {k} are predicted as such, in "
    "{epochs} epochs with class_weight='balanced' {balanced:.1%}",
    "Examples with large weights decide the loss, and the other ones hardly count.",
    "Fit again with class_weight='balanced', or without weights, and look at each class, not only at the accuracy.")
UNRELATED = Sentences(
    "unrelated_labels", "on examples held out, a network of {size} units reaches a loss of {loss:.4g} at best, and the best "
    "constant {guess:.4g}; nearest neighbours agree no more than others do",
    "X says nothing about y, or too little for {m} examples; a network can only learn single examples by heart.",
    "Check that row i of X and element i of y belong together, in particular that both were shuffled or sorted alike, and "
    "that X has features that matter; if so, get more examples.")


def check_numbers_of_classes(case: Case) -> list[Finding]:
    """Predictions that are right, but under other class numbers."""
    pairs = [(PERMUTED, *case.sample), *([(PERMUTED_THERE, *case.validation)] if case.validation else [])]
    for sentences, X, y in pairs:
        labels = labels_of(case.net, y)
        if labels is None or not case.net.epoch or len(labels) < 2 * case.net.architecture.labels:
            continue
        K, predicted = case.net.architecture.labels, case.net.predict(X)
        counts = np.zeros((K, K), np.int64)
        np.add.at(counts, (labels, predicted), 1)
        mapping = counts.argmax(axis=1)         # for each class of y, what is predicted
        right, right_with = float((predicted == labels).mean()), float((predicted == mapping[labels]).mean())
        if (sorted(mapping.tolist()) == list(range(K)) and right_with > right + CLEARLY
                and case.net.backward(X, mapping[labels]).loss < SURE * case.guess):
            return [sentences.found(right=right, right_with=right_with, mapping=mapping.tolist())]
    return []


def note_rare_classes(case: Case) -> list[Finding]:
    """Classes with few examples, in each output that has classes."""
    net, y = case.net, case.y
    if net.is_regression or not are_whole(y) or case.last_fit.weighted:
        return []
    labels = labels_of(net, y)
    if labels is None:
        ones = y.reshape(len(y), -1).sum(axis=0).astype(np.int64)
        problems = [(i, np.array([len(y) - n, n])) for i, n in enumerate(ones)]
    else:
        problems = [(0, np.bincount(labels, minlength=net.architecture.labels))]
    sentences, setting = (LABEL_IMBALANCE, None) if labels is None else (CLASS_IMBALANCE, {"class_weight": "balanced"})
    return [sentences.found(output=output, setting=setting, **_rare(counts)) for output, counts in problems
            if counts.min() < RARE * len(y) / len(counts)]


def _rare(counts: Array) -> dict[str, Any]:
    """The rarest class beside the largest one."""
    k, largest, m = int(counts.argmin()), int(counts.argmax()), int(counts.sum())
    return {"k": k, "count": counts[k], "m": m, "share": counts[k] / m, "largest": largest,
            "largest_share": counts[largest] / m}


def check_recall(case: Case) -> list[Finding]:
    """A trained network that hardly predicts a rare class, or one of small weight, if balanced weights change that."""
    X, labels = case.sample[0], case.labels
    if labels is None or not case.net.epoch:
        return []
    counts = np.bincount(labels, minlength=case.net.architecture.labels)
    recall, weighted = _accuracies(case.net, X, labels), case.last_fit.weighted
    k = int(np.nanargmin(recall) if weighted else counts.argmin())
    if not (weighted or 0 < counts[k] < RARE * len(labels) / len(counts)) or recall[k] >= 0.5:
        return []
    longest = case.epochs(case.net, case.batch_size)
    epochs = min(max(case.net.epoch, longest // 3), longest)
    balanced = case.try_out(case.new(), epochs=epochs,
                            **case.settings(class_weight="balanced", l1=0.0, l2=0.0, clip_norm=None)).net
    X_held, y_held = case.halves[1]
    held = labels_of(case.net, y_held)
    if balanced is None or held is None or not (held == k).any():
        return []
    now, then = _accuracies(case.net, X_held, held), _accuracies(balanced, X_held, held)
    if then[k] < 0.5 or np.nanmean(then) < np.nanmean(now) + BALANCE:
        return []
    setting = {"class_weight": "balanced", "epochs": epochs}
    if weighted:
        return [WEIGHTED.found(k=k, recall=recall[k], epochs=epochs, balanced=then[k], setting=setting)]
    every = labels_of(case.net, case.y)
    assert every is not None
    counts = np.bincount(every, minlength=len(counts))
    return [NEVER_PREDICTED.found(recall=recall[k], epochs=epochs, balanced=then[k], setting=setting, **_rare(counts))]


def _accuracies(net: Network, X: Array, labels: Array) -> Array:
    """The share of each class that is predicted as such."""
    predicted = net.predict(X)
    return np.array([float((predicted[labels == k] == k).mean()) if (labels == k).any() else np.nan
                     for k in range(net.architecture.labels)])


def check_relation(case: Case) -> list[Finding]:
    """Labels that not even a capable network can say anything about, on examples that it was not trained on."""
    (X, _), (X_held, _) = case.halves
    if len(case.sample[0]) < EXAMPLES or X is X_held:
        return []
    trial, guess = case.capable, case.held_out_guess
    if trial.net is None or trial.best < guess * (1 - max(NOTHING, 1 / np.sqrt(len(X_held)))):
        return []
    if _neighbours_agree(case) or _more_examples_help(case, len(trial.losses)):
        return []
    return [UNRELATED.found(size="-".join(map(str, trial.net.sizes)), loss=trial.best, guess=guess, m=len(case.X))]


def _more_examples_help(case: Case, epochs: int) -> bool:
    """Whether the capable network finds something in more examples than those of the sample."""
    most = min(len(case.X), MOST_EXAMPLES)
    if most <= len(case.sample[0]):
        return False
    rows = np.random.default_rng(1).permutation(len(case.X))[:most]
    held, others = rows[::HELD_OUT], np.delete(rows, np.s_[::HELD_OUT])
    halves = (case.X[others], case.y[others]), (case.X[held], case.y[held])
    trial = case.try_capable(halves, epochs=min(epochs, EPOCHS))
    return trial.best < (1 - NOTHING) * loss_of_the_best_constant(case.net, *halves[1])


def _neighbours_agree(case: Case) -> bool:
    """Whether the targets of nearest neighbours are more alike than those of others, so that X does say something about y."""
    (X, y), (X_held, y_held) = case.halves
    scale = np.where(X.std(axis=0) > 0, X.std(axis=0), 1)
    X, X_held = (X / scale)[:NEIGHBOURS], (X_held / scale)[:NEIGHBOURS]
    distances = (X * X).sum(axis=1) - 2 * X_held @ X.T
    nearest = y[:NEIGHBOURS][distances.argmin(axis=1)]
    alike = labels_of(case.net, nearest)
    if alike is not None:
        right, share = alike == labels_of(case.net, y_held[:NEIGHBOURS]), _shares(case)
        return bool(right.mean() > share + SIGMAS * np.sqrt(share * (1 - share) / len(right)))
    of_neighbours = np.square(nearest - y_held[:NEIGHBOURS]).mean()
    of_others = 2 * np.var(y, axis=0).mean()
    return bool(of_neighbours < of_others * (1 - SIGMAS * np.sqrt(2 / len(nearest))))


def _shares(case: Case) -> float:
    """The probability that two examples have one class."""
    assert case.labels is not None
    return float(np.square(np.bincount(case.labels) / len(case.labels)).sum())
