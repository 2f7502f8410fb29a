"""Splitting: partitions, stratification by class, and clear messages."""
from __future__ import annotations

import numpy as np
import pytest

from pynn import datasets


def test_split_is_a_partition():
    X, y = np.arange(200).reshape(100, 2), np.arange(100)
    for size, tests in ((0.1, 10), (0.101, 11), (33, 33)):
        X_train, X_test, y_train, y_test = datasets.split(X, y, test_size=size, rng=0)
        assert len(y_test) == tests
        assert np.array_equal(np.sort(np.concatenate([y_train, y_test])), y)
        assert np.array_equal(X_train[:, 0], 2 * y_train)
        assert np.array_equal(X_test[:, 1], 2 * y_test + 1)
        assert not np.array_equal(y_test, np.sort(y_test))


@pytest.mark.parametrize("test_size", [0.1, 0.25, 7])
def test_split_keeps_the_shares_of_classes(test_size):
    y = np.repeat([0, 1, 2], [70, 20, 10])
    for rng in range(20):
        *_, y_train, y_test = datasets.split(np.zeros((100, 1)), y, test_size=test_size, stratify=True, rng=rng)
        shares = np.bincount(y_test, minlength=3) - len(y_test) * np.array([0.7, 0.2, 0.1])
        assert np.abs(shares).max() <= 1
        assert len(y_train) + len(y_test) == 100


@pytest.mark.parametrize(("counts", "tests", "wanted"), [
    ([97, 3], 0.1, [9, 1]),             # by shares alone the rare class would have none
    ([18, 2], 0.1, [1, 1]),
    ([2, 18], 18, [1, 17]),             # and here none to train on
    ([90, 1, 9], 10, [9, 0, 1]),        # a single row is for training
    ([5, 5, 5, 5], 2, [1, 1, 0, 0]),    # fewer rows than classes
    ([5, 5], 9, [5, 4]),
    ([1, 1, 1], 2, [1, 1, 0]),
    ([10, *[2] * 30], 35, [5, *[1] * 30]),
])
def test_stratified_split_leaves_no_class_out(counts, tests, wanted):
    y = np.repeat(np.arange(len(counts)), counts)
    for rng in range(5):
        X_train, X_test, y_train, y_test = datasets.split(np.arange(len(y)), y, test_size=tests, stratify=True, rng=rng)
        assert np.bincount(y_test, minlength=len(counts)).tolist() == wanted
        assert np.array_equal(np.sort(np.concatenate([X_train, X_test])), np.arange(len(y)))
        assert np.array_equal(y[X_train], y_train)
        assert np.array_equal(y[X_test], y_test)


@pytest.mark.parametrize("seed", range(30))
def test_stratified_split_of_any_classes(seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 30, size=rng.integers(1, 12)) + (seed == 0)
    m = int(counts.sum())
    for tests in range(1, m):
        *_, y_train, y_test = datasets.split(np.zeros(m), np.repeat(np.arange(len(counts)), counts), test_size=tests,
                                             stratify=True, rng=seed)
        there, here = np.bincount(y_train, minlength=len(counts)), np.bincount(y_test, minlength=len(counts))
        assert len(y_test) == tests
        if (counts > 1).sum() <= tests <= (counts - 1).sum():
            assert (there > 0).all()
            assert (here[counts > 1] > 0).all()


def test_split_takes_lists_and_frames():
    import pandas as pd
    frame = pd.DataFrame({"a": range(10), "b": range(10)})
    X_train, X_test, y_train, _ = datasets.split(frame, list("xyxyxyxyxy"), test_size=0.2, rng=0)
    assert X_train.shape == (8, 2)
    assert X_test.shape == (2, 2)
    assert set(y_train) == {"x", "y"}


@pytest.mark.parametrize(("argument", "error", "call"), [
    ("X", ValueError, lambda: datasets.split([[1, 2], [3]], [0, 1])),
    ("X, y", ValueError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(3))),
    ("test_size", ValueError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), test_size=0)),
    ("test_size", ValueError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), test_size=4)),
    ("test_size", ValueError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), test_size=1.0)),
    ("test_size", ValueError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), test_size=0.9)),
    ("test_size", TypeError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), test_size=True)),
    ("test_size", TypeError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), test_size="half")),
    ("stratify", TypeError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), stratify=1)),
    ("stratify", ValueError, lambda: datasets.split(np.zeros((4, 2)), np.zeros((4, 2)), stratify=True)),
    ("rng", TypeError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), rng=1.0)),
])
def test_bad_calls_name_the_argument(argument, error, call):
    with pytest.raises(error, match=f"^{argument}: "):
        call()
