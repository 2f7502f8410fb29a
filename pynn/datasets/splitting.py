"""Splitting examples into a training set and a test set."""
from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np

from pynn.randomness import generator_from
from pynn.translation import Sentence
from pynn.validation import boolean, positive_int, real_number

Array = np.ndarray[Any, np.dtype[Any]]


def split(X: Any, y: Any, *, test_size: float = 0.1, stratify: bool = False,
          rng: Any = None) -> tuple[Array, Array, Array, Array]:
    """Split examples at random into a training set and a test set.

    Parameters
    ----------
    X : array-like, (m, …)
    y : array-like, (m,) or, without stratify, (m, …)
    test_size : float or int
        The share of the examples in the test set, in (0, 1), rounded up; or their number.
    stratify : bool
        Keep the shares of the classes in both sets.  Each class has at least one row in each set if the sizes allow it;
        the only row of a class goes to the training set.
    rng : None, int or numpy Generator

    Returns
    -------
    X_train, X_test, y_train, y_test : ndarray

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.
        A set that would be empty is a ValueError too.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.circles(1000, rng=0)
    >>> [part.shape for part in datasets.split(X, y, test_size=0.1, rng=0)]
    [(900, 2), (100, 2), (900,), (100,)]
    """
    X, y = _array(X, "X"), _array(y, "y")
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        raise ValueError(Sentence("X, y: expected X and y of equal length, got shapes {X} and {y}", X=X.shape, y=y.shape))
    m = len(X)
    if isinstance(test_size, numbers.Integral):
        tests = positive_int(test_size, "test_size")
    else:
        tests = math.ceil(m * real_number(test_size, "test_size", 0, 1, low_included=False, high_included=False))
    if not 0 < tests < m:
        raise ValueError(Sentence("test_size: expected examples in both sets, but {test_size} of {m} examples leaves {rest} "
                                  "to train on and {tests} to test on", test_size=test_size, m=m, rest=m - tests, tests=tests))
    stratify, generator = boolean(stratify, "stratify"), generator_from(rng)
    order = generator.permutation(m)
    if stratify:
        if y.ndim != 1:
            raise ValueError(Sentence("stratify: expected one column of labels y, got shape {shape}", shape=y.shape))
        _, of_class, counts = np.unique(y, return_inverse=True, return_counts=True)
        order = order[np.argsort(of_class[order], kind="stable")]       # sorted by class, shuffled within each
        place = np.arange(m) - np.repeat(np.cumsum(counts) - counts, counts)        # of each row within its class
        chosen = place < np.repeat(_stratified(counts, tests), counts)
        test, train = generator.permutation(order[chosen]), generator.permutation(order[~chosen])
    else:
        test, train = order[:tests], order[tests:]
    return X[train], X[test], y[train], y[test]


def _stratified(counts: Array, tests: int) -> Array:
    """The number of test rows of each class; counts (K,) are all rows of each class."""
    share = tests * counts / counts.sum()
    most: Array = counts - 1
    least: Array = np.minimum(most, 1)
    if tests < least.sum():
        least = np.zeros_like(counts)
    if tests > most.sum():
        most = counts
    taken: Array = np.clip(np.floor(share).astype(np.int64), least, most)
    while missing := tests - int(taken.sum()):
        sign = 1 if missing > 0 else -1
        free = np.flatnonzero(taken < most if sign > 0 else taken > least)
        nearest = np.argsort(sign * (taken - share)[free], kind="stable")[:abs(missing)]
        taken[free[nearest]] += sign
    return taken


def _array(value: Any, name: str) -> Array:
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(Sentence("{name}: expected rows of equal length, got a {kind}: {error}", name=name,
                                  kind=type(value).__name__, error=error)) from None
