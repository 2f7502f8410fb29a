"""pynn's estimators, with their own initial weights, beside scikit-learn's MLP: `python -m benchmarks.sklearn_scores`.

Plain SGD and Adam, ReLU, no penalty, every epoch run, one thread.  The same scalers standardise the inputs of both (and the
diabetes target), so pynn's own scaling of inputs is off, and that of targets changes nothing.  Both see the same splits and
take turns; what differs is what each draws: its weights and its order of the examples.  scikit-learn's squared error has a
factor ½ which pynn's has not, so plain SGD takes half the learning rate in pynn's regression: the steps are equal.
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
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from pynn import NetworkClassifier, NetworkRegressor


@dataclass(frozen=True)
class Problem:
    """A data set, and the estimators for it."""

    load: Any
    pair: tuple[type, type]


LAYERS, EPOCHS = (32, 16), 60
CLASSIFIERS, REGRESSORS = (NetworkClassifier, MLPClassifier), (NetworkRegressor, MLPRegressor)
PROBLEMS = {
    "breast_cancer": Problem(load_breast_cancer, CLASSIFIERS),
    "digits": Problem(load_digits, CLASSIFIERS),
    "wine": Problem(load_wine, CLASSIFIERS),
    "iris": Problem(load_iris, CLASSIFIERS),
    "diabetes": Problem(load_diabetes, REGRESSORS),
}
LEARNING_RATES = {"sgd": 0.02, "adam": 0.001}


def model(problem: Problem, kind: type, solver: str, seed: int, initializer: str) -> Any:
    """The estimator after its scaler; no tolerance stops it early."""
    rate = LEARNING_RATES[solver]
    if kind in (NetworkClassifier, NetworkRegressor):
        halved = kind is NetworkRegressor and solver == "sgd"
        own = {"n_threads": 1, "standardize": False, "initializer": initializer, "optimizer": solver,
               "learning_rate_init": rate / 2 if halved else rate}
    else:
        own = {"alpha": 0.0, "solver": solver, "momentum": 0.0, "learning_rate_init": rate}
    estimator = kind(hidden_layer_sizes=LAYERS, batch_size=32, max_iter=EPOCHS,
                     n_iter_no_change=EPOCHS, random_state=seed, **own)
    pipeline = make_pipeline(StandardScaler(), estimator)
    return pipeline if is_classifier(estimator) else TransformedTargetRegressor(pipeline, transformer=StandardScaler())


def compared(problem: Problem, solver: str, splits: int, initializer: str) -> tuple[np.ndarray, np.ndarray]:
    """Test scores and seconds of a fit, (splits, 2): pynn, scikit-learn."""
    X, y = problem.load(return_X_y=True)
    kind = StratifiedShuffleSplit if problem.pair == CLASSIFIERS else ShuffleSplit
    scores, seconds = np.empty((splits, 2)), np.empty((splits, 2))
    for i, (train, test) in enumerate(kind(splits, test_size=0.25, random_state=0).split(X, y)):
        for j, estimator in enumerate(problem.pair):
            contestant = model(problem, estimator, solver, i, initializer)
            began = time.perf_counter()
            contestant.fit(X[train], y[train])
            seconds[i, j] = time.perf_counter() - began
            scores[i, j] = contestant.score(X[test], y[test])
    return scores, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--initializer", default="paired", help="of pynn's weights; scikit-learn has Glorot's")
    arguments = parser.parse_args()
    splits = arguments.splits
    warnings.simplefilter("ignore", ConvergenceWarning)     # all epochs are run on purpose
    print(f"{'mean of ' + str(splits):14} {'solver':6} {'pynn':>7} {'scikit-learn':>13} {'difference':>11} "
          f"{'its standard error':>19} {'fit, ms':>8} {'scikit-learn':>13} {'ratio':>6}")
    with threadpool_limits(1):
        for name, problem in PROBLEMS.items():
            for solver in LEARNING_RATES:
                scores, seconds = compared(problem, solver, splits, arguments.initializer)
                ours, theirs = scores.mean(axis=0)
                error = (scores[:, 0] - scores[:, 1]).std(ddof=1) / np.sqrt(splits)
                milliseconds = [1e3 * median(column) for column in seconds.T]
                print(f"{name:14} {solver:6} {ours:7.4f} {theirs:13.4f} {ours - theirs:>+11.4f} {error:>19.4f} "
                      f"{milliseconds[0]:>8.1f} {milliseconds[1]:>13.1f} {milliseconds[1] / milliseconds[0]:>6.1f}")


if __name__ == "__main__":
    main()
