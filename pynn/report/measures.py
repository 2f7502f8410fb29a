"""The numbers of a report: confusions, calibration, the importance of each column, and the rows that are predicted worst."""
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pynn.report.subject import Subject

Array = np.ndarray[Any, np.dtype[Any]]

MOST_ROWS = 2000        # of permuted columns: enough for a score to about 1 %
REPEATS = 5
_MOST_BINS, _ROWS_OF_A_BIN = 10, 20         # of calibration: fewer rows in a bin say little
_TINY = 1e-300          # instead of a probability of 0, whose logarithm is infinite


class Calibration(NamedTuple):
    """How often predictions of about one probability are right, for each bin that has any."""

    said: Array         # the mean probability
    found: Array        # the share that is right
    counts: Array

    @property
    def error(self) -> float:
        """The mean of |said − found| over all predictions, the expected calibration error."""
        return float(np.average(abs(self.said - self.found), weights=self.counts))


class Importance(NamedTuple):
    """How much the score falls if the cells of a column are shuffled among the rows."""

    column: str
    mean: float
    deviation: float


def confusions(subject: Subject) -> Array:
    """How often class i was predicted as class k, (classes, classes)."""
    K = len(subject.label_names)
    return np.bincount(subject.y.astype(np.int64) * K + subject.predicted, minlength=K * K).reshape(K, K)


def calibration(subject: Subject) -> Calibration:
    """Of the probability of class 1 if there are two classes, of the predicted class if there are more."""
    p = subject.probabilities
    if p.shape[1] == 2:
        said, right = p[:, 1], subject.y == 1
    else:
        said, right = p.max(axis=1), subject.predicted == subject.y
    n = max(3, min(_MOST_BINS, len(said) // _ROWS_OF_A_BIN))
    bins = np.minimum((said * n).astype(np.int64), n - 1)
    counts = np.bincount(bins, minlength=n)
    some = counts > 0
    sums = [np.bincount(bins, weights=values, minlength=n)[some] for values in (said, right)]
    return Calibration(sums[0] / counts[some], sums[1] / counts[some], counts[some])


def importances(subject: Subject) -> list[Importance]:
    """Of every column, the largest first; of at most MOST_ROWS rows, drawn at random."""
    rng = np.random.default_rng(0)
    chosen = rng.permutation(len(subject.X))[:MOST_ROWS]
    X, y = subject.X[chosen], subject.y[chosen]
    base = _score(subject, X, y)
    found = []
    for column, inputs in subject.inputs.items():
        falls = []
        for _ in range(REPEATS):
            shuffled = X.copy()
            shuffled[:, inputs] = X[rng.permutation(len(X)), inputs]
            falls.append(base - _score(subject, shuffled, y))
        found.append(Importance(column, float(np.mean(falls)), float(np.std(falls))))
    return sorted(found, key=lambda one: -one.mean)


def badness(subject: Subject) -> Array:
    """How badly each row is predicted, (m,): −log of the probability of its class, or the size of the error."""
    if subject.net.is_regression:
        return abs(subject.y - subject.predicted)
    return -np.log(np.maximum(subject.probabilities[np.arange(len(subject.y)), subject.y.astype(np.int64)], _TINY))


def _score(subject: Subject, X: Array, y: Array) -> float:
    """Accuracy or R²; 0 for R² of one row, which has none."""
    score = subject.net.score(X, y)
    return score if np.isfinite(score) else 0.0
