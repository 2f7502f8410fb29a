"""pynn's estimators beside scikit-learn's MLP at the same hyper-parameters: `python -m benchmarks.sklearn_scores`.

Adam, ReLU, Glorot's initial weights, no penalty, every epoch run, inputs standardised (and the diabetes target), one
thread.  Both see the same splits and take turns; what differs is what each draws: its weights and its order of the examples.
"""
from __future__ import annotations

import argparse
import time
import warnings
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from pynn import NetworkClassifier, NetworkRegressor


@dataclass(frozen=True)
class Problem:
    """A data set, and the hyper-parameters of both."""

    load: Any
    pair: tuple[type, type]
    layers: tuple[int, ...]
    batch: int
    epochs: int
    learning_rate: float = 0.001


CLASSIFIERS, REGRESSORS = (NetworkClassifier, MLPClassifier), (NetworkRegressor, MLPRegressor)
PROBLEMS = {
    "breast_cancer": Problem(load_breast_cancer, CLASSIFIERS, (32,), 32, 50),
    "digits": Problem(load_digits, CLASSIFIERS, (64, 32), 32, 30),
    "wine": Problem(load_wine, CLASSIFIERS, (32,), 32, 100),
    "diabetes": Problem(load_diabetes, REGRESSORS, (16,), 32, 50),
}


def model(problem: Problem, kind: type, seed: int, initializer: str) -> Any:
    """The estimator behind its scaler; it stops at no tolerance."""
    own = {"n_threads": 1, "initializer": initializer} if kind in (NetworkClassifier, NetworkRegressor) else {"alpha": 0.0}
    estimator = kind(hidden_layer_sizes=problem.layers, batch_size=problem.batch, max_iter=problem.epochs,
                     learning_rate_init=problem.learning_rate, n_iter_no_change=problem.epochs, random_state=seed, **own)
    pipeline = make_pipeline(StandardScaler(), estimator)
    return pipeline if is_classifier(estimator) else TransformedTargetRegressor(pipeline, transformer=StandardScaler())


def compared(problem: Problem, splits: int, initializer: str) -> tuple[np.ndarray, np.ndarray]:
    """Test scores and seconds of a fit, (splits, 2): pynn, scikit-learn."""
    X, y = problem.load(return_X_y=True)
    kind = StratifiedShuffleSplit if problem.pair == CLASSIFIERS else ShuffleSplit
    scores, seconds = np.empty((splits, 2)), np.empty((splits, 2))
    for i, (train, test) in enumerate(kind(splits, test_size=0.25, random_state=0).split(X, y)):
        for j, estimator in enumerate(problem.pair):
            contestant = model(problem, estimator, i, initializer)
            began = time.perf_counter()
            contestant.fit(X[train], y[train])
            seconds[i, j] = time.perf_counter() - began
            scores[i, j] = contestant.score(X[test], y[test])
    return scores, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--initializer", default="glorot", help="of pynn's weights; scikit-learn has Glorot's")
    arguments = parser.parse_args()
    splits = arguments.splits
    warnings.simplefilter("ignore", ConvergenceWarning)     # all epochs are run on purpose
    print(f"{'mean of ' + str(splits):14} {'score of pynn':>15} {'scikit-learn':>15} {'difference':>11} {'fit, ms':>9} "
          f"{'scikit-learn':>13} {'ratio':>6}")
    with threadpool_limits(1):
        for name, problem in PROBLEMS.items():
            scores, seconds = compared(problem, splits, arguments.initializer)
            (ours, theirs), deviations = scores.mean(axis=0), scores.std(axis=0)
            milliseconds = [1e3 * median(column) for column in seconds.T]
            print(f"{name:14} {ours:.4f} ± {deviations[0]:.4f} {theirs:.4f} ± {deviations[1]:.4f} {ours - theirs:>+11.4f} "
                  f"{milliseconds[0]:>9.1f} {milliseconds[1]:>13.1f} {milliseconds[1] / milliseconds[0]:>6.1f}")


if __name__ == "__main__":
    main()
