"""Data to learn on: the article's circles and their friends, splitting, and tables of one's own.

Every generator returns X (m, features) in float64 and y (m,), int64 class numbers or float64 values, its rows
shuffled; `rng` is None, an int or a numpy Generator. A bad value is a ValueError and a bad type a TypeError; both name
the argument, what came and what was expected.
"""
from __future__ import annotations

import csv
import math
import numbers
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pynn.randomness import seed_from
from pynn.validation import boolean, finite_array, positive_int, real_number

Array = np.ndarray[Any, np.dtype[Any]]

_MISSING = ("", "na", "n/a", "nan", "null", "none")


def circles(m: int = 1000, *, factor: float = 0.3, noise: float = 0.1, rng: Any = None) -> tuple[Array, Array]:
    """Two concentric circles, the article's data: class 0 of radius 1 outside, class 1 of radius `factor` inside.

    Parameters
    ----------
    m : int
        Number of points, at least 2.
    factor : float
        Radius of the inner circle, in [0, 1).
    noise : float
        Standard deviation of the Gaussian noise on each coordinate.
    rng : None, int or numpy Generator

    Returns
    -------
    X : ndarray, (m, 2), float64
    y : ndarray, (m,), int64

    Raises
    ------
    ValueError, TypeError
        Naming the argument, what came and what was expected.

    Notes
    -----
    The same geometry as scikit-learn's make_circles.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.circles(1000, factor=0.3, noise=0.1, rng=0)
    >>> X.shape, int(y.sum())
    ((1000, 2), 500)
    """
    m = positive_int(m, "m", 2)
    factor = real_number(factor, "factor", 0, 1, high_included=False)
    noise, generator = real_number(noise, "noise", 0), _generator(rng)
    outer = np.linspace(0, 2 * np.pi, m // 2, endpoint=False)
    inner = np.linspace(0, 2 * np.pi, m - m // 2, endpoint=False)
    X = np.vstack([_on_circle(outer), factor * _on_circle(inner)])
    return _noisy(X, np.repeat([0, 1], [len(outer), len(inner)]), noise, generator)


def moons(m: int = 1000, *, noise: float = 0.2, rng: Any = None) -> tuple[Array, Array]:
    """Two interleaving half circles, the data of the article's sequel, as scikit-learn's make_moons.

    See circles for m, noise, rng, X and y.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.moons(100, noise=0.0, rng=0)
    >>> float(X[:, 0].min()), float(X[:, 0].max())
    (-1.0, 2.0)
    """
    m, noise, generator = positive_int(m, "m", 2), real_number(noise, "noise", 0), _generator(rng)
    upper = np.linspace(0, np.pi, m // 2)
    lower = np.linspace(0, np.pi, m - m // 2)
    X = np.vstack([_on_circle(upper), [1, 0.5] - _on_circle(lower)])
    return _noisy(X, np.repeat([0, 1], [len(upper), len(lower)]), noise, generator)


def spirals(m: int = 1000, *, turns: float = 1.0, classes: int = 2, noise: float = 0.05,
            rng: Any = None) -> tuple[Array, Array]:
    """Interleaved spirals within the unit circle, one arm a class, each with `turns` revolutions.

    See circles for m, noise, rng, X and y.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.spirals(300, classes=3, rng=0)
    >>> np.bincount(y).tolist()
    [100, 100, 100]
    """
    classes = positive_int(classes, "classes", 2)
    m = positive_int(m, "m", classes)
    turns, noise = real_number(turns, "turns", 0, low_included=False), real_number(noise, "noise", 0)
    y = np.arange(m) % classes
    radius = np.sqrt((np.arange(m) // classes + 1) / -(-m // classes))
    angle = 2 * np.pi * (turns * radius + y / classes)
    return _noisy(radius[:, None] * _on_circle(angle), y, noise, _generator(rng))


def xor(m: int = 1000, *, noise: float = 0.05, rng: Any = None) -> tuple[Array, Array]:
    """Points of the square [−1, 1]², class 1 where exactly one coordinate is positive: no line parts the classes.

    See circles for m, noise, rng, X and y; the noise comes after the classes are set.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.xor(100, noise=0.0, rng=0)
    >>> bool((y == (X[:, 0] * X[:, 1] < 0)).all())
    True
    """
    m, noise, generator = positive_int(m, "m", 2), real_number(noise, "noise", 0), _generator(rng)
    X = generator.uniform(-1, 1, (m, 2))
    return _noisy(X, (X[:, 0] > 0) != (X[:, 1] > 0), noise, generator)


def blobs(m: int = 1000, *, centers: Any = 3, spread: float = 0.5, rng: Any = None) -> tuple[Array, Array]:
    """Gaussian clouds of standard deviation `spread`, one a class, of nearly equal sizes.

    Parameters
    ----------
    m : int
        Number of points, at least one for each centre.
    centers : int or array-like, (K, features)
        The number of centres, placed evenly on a circle of radius 2, or the centres themselves.
    spread : float
        Standard deviation of every cloud along each feature.
    rng : None, int or numpy Generator

    Returns
    -------
    X : ndarray, (m, features), float64
    y : ndarray, (m,), int64

    Raises
    ------
    ValueError, TypeError
        Naming the argument, what came and what was expected.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.blobs(90, centers=[[0, 0, 0], [5, 5, 5]], rng=0)
    >>> X.shape, np.bincount(y).tolist()
    ((90, 3), [45, 45])
    """
    if isinstance(centers, numbers.Integral):
        K = positive_int(centers, "centers")
        places: Array = 2 * _on_circle(2 * np.pi * np.arange(K) / K)
    else:
        places = finite_array(centers, "centers").astype(np.float64)
        if places.ndim != 2 or 0 in places.shape:
            raise ValueError(f"centers: expected an int or an array of shape (K, features), got shape {places.shape}")
    m, spread = positive_int(m, "m", len(places)), real_number(spread, "spread", 0)
    y = np.arange(m) % len(places)
    return _noisy(places[y], y, spread, _generator(rng))


def plane(m: int = 1000, *, noise: float = 0.1, rng: Any = None) -> tuple[Array, Array]:
    """Regression on a tilted plane: y = (x₁ + x₂) / 2 plus noise over the square [−1, 1]².

    See circles for m and rng; noise is that of y, which is float64.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.plane(100, noise=0.0, rng=0)
    >>> bool(np.allclose(y, X.mean(axis=1)))
    True
    """
    m, noise, generator = positive_int(m, "m", 2), real_number(noise, "noise", 0), _generator(rng)
    X = generator.uniform(-1, 1, (m, 2))
    return X, X.sum(axis=1) / 2 + noise * generator.standard_normal(m)


def sine(m: int = 1000, *, noise: float = 0.1, rng: Any = None) -> tuple[Array, Array]:
    """Regression on a wave: y = sin x plus noise, x in [−π, π], X (m, 1).

    See circles for m and rng; noise is that of y, which is float64.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.sine(100, noise=0.0, rng=0)
    >>> bool(np.allclose(y, np.sin(X[:, 0])))
    True
    """
    m, noise, generator = positive_int(m, "m", 2), real_number(noise, "noise", 0), _generator(rng)
    X = generator.uniform(-np.pi, np.pi, (m, 1))
    return X, np.sin(X[:, 0]) + noise * generator.standard_normal(m)


def split(X: Any, y: Any, *, test_size: float = 0.1, stratify: bool = False,
          rng: Any = None) -> tuple[Array, Array, Array, Array]:
    """Part examples at random into a training set and a test set.

    Parameters
    ----------
    X : array-like, (m, …)
    y : array-like, (m,) or, without stratify, (m, …)
    test_size : float or int
        The share of the examples, in (0, 1), rounded up, or their number.
    stratify : bool
        Keep the shares of the classes in both parts, each class with at least one row in each part where the
        sizes allow; the only row of a class goes to the training set.
    rng : None, int or numpy Generator

    Returns
    -------
    X_train, X_test, y_train, y_test : ndarray

    Raises
    ------
    ValueError, TypeError
        Naming the argument; a ValueError also if one of the parts would be empty.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.circles(1000, rng=0)
    >>> [part.shape for part in datasets.split(X, y, test_size=0.1, rng=0)]
    [(900, 2), (100, 2), (900,), (100,)]
    """
    X, y = _array(X, "X"), _array(y, "y")
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        raise ValueError(f"X, y: expected as many rows as labels, got shapes {X.shape} and {y.shape}")
    m = len(X)
    if isinstance(test_size, numbers.Integral):
        tests = positive_int(test_size, "test_size")
    else:
        tests = math.ceil(m * real_number(test_size, "test_size", 0, 1, low_included=False, high_included=False))
    if not 0 < tests < m:
        raise ValueError(f"test_size: expected examples in both parts, but {test_size} of {m} examples "
                         f"leaves {m - tests} to train on and {tests} to test on")
    stratify, generator = boolean(stratify, "stratify"), _generator(rng)
    order = generator.permutation(m)
    if stratify:
        if y.ndim != 1:
            raise ValueError(f"stratify: expected one column of labels y, got shape {y.shape}")
        _, of_class, counts = np.unique(y, return_inverse=True, return_counts=True)
        order = order[np.argsort(of_class[order], kind="stable")]       # sorted by class, shuffled within each
        place = np.arange(m) - np.repeat(np.cumsum(counts) - counts, counts)        # of a row within its class
        chosen = place < np.repeat(_stratified(counts, tests), counts)
        test, train = generator.permutation(order[chosen]), generator.permutation(order[~chosen])
    else:
        test, train = order[:tests], order[tests:]
    return X[train], X[test], y[train], y[test]


def _stratified(counts: Array, tests: int) -> Array:
    """How many rows of each class, counts (K,), to test on: by share, none left out if possible."""
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


@dataclass(frozen=True)
class Table:
    """A table as load_csv read it.

    Attributes
    ----------
    X : ndarray, (m, features), float64
    y : ndarray, (m,)
        int64 class numbers where the target is text, float64 values where it is numbers, be they whole or not.
    feature_names : tuple of str
    label_names : tuple of str or None
        label_names[k] is the text of class k, in sorted order; None for values.
    target_name : str
    """

    X: Array
    y: Array
    feature_names: tuple[str, ...]
    label_names: tuple[str, ...] | None
    target_name: str


def load_csv(path: Any, *, target: int | str = -1, features: Sequence[str] | None = None,
             classes: bool = False) -> Table:
    """Read a table of numbers with a header line and one target column, numbers or text.

    A target of text gives classes, numbered in the sorted order of their names. A target of numbers gives values to
    regress on, whole numbers too, unless `classes` says that they are names.

    Parameters
    ----------
    path : str or path-like
        A CSV file in UTF-8, with or without a byte order mark. Lines without any cell are passed over.
    target : int or str
        The column of y, by its position (−1: the last) or name.
    features : sequence of str, optional
        The columns of X, in this order; what is in others does not matter.  If not given, all but the target.
    classes : bool
        Whether numbers in the target are names of classes, as text is; they are then in the order of their values.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        Naming the file, the line and the column of what is missing, not a finite number, there twice or not at all.
    TypeError
        If path or target is of another type.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import os, tempfile
    >>> from pynn import datasets
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "birds.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("wing,mass,species\\n7.5,20,wren\\n13.5,95,jay\\n")
    ...     table = datasets.load_csv(path)
    >>> table.y.tolist(), table.label_names, table.feature_names
    ([1, 0], ('jay', 'wren'), ('wing', 'mass'))
    """
    line, names, rows = _cells(path)
    at = _target_column(target, names, f"{path}, line {line}")
    if len(names) < 2:
        raise ValueError(f"path: {path}, line {line}: expected two or more columns, got {names}")
    columns = [c for c in range(len(names)) if c != at] if features is None else _columns(features, names, path)
    X, labels = _matrix(path, names, rows, columns, at)
    feature_names = tuple(names[column] for column in columns)
    if not boolean(classes, "classes") and _is_number(labels[0]):
        y = np.array([_number(path, line, names[at], cell) for (line, _), cell in zip(rows, labels, strict=True)])
        return Table(X, y, feature_names, None, names[at])
    for (line, _), cell in zip(rows, labels, strict=True):
        if not classes and _is_number(cell):
            raise ValueError(f"path: {path}, line {line}, column {names[at]!r}: expected text as above, got {cell!r}")
    label_names = tuple(sorted(set(labels), key=lambda label: (float(label) if _is_number(label) else math.inf, label)))
    numbers_of = {label: k for k, label in enumerate(label_names)}
    y = np.array([numbers_of[label] for label in labels], np.int64)
    return Table(X, y, feature_names, label_names, names[at])


def load_features(path: Any, features: Sequence[str] | None = None) -> Array:
    """Read X (m, features) alone, from a table as load_csv reads it, to predict from; see there for the rest.

    Examples
    --------
    >>> import os, tempfile
    >>> from pynn import datasets
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "birds.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("ring,mass,wing\\nA7,20,7.5\\nB2,95,13.5\\n")
    ...     X = datasets.load_features(path, ["wing", "mass"])
    >>> X.tolist()
    [[7.5, 20.0], [13.5, 95.0]]
    """
    _, names, rows = _cells(path)
    return _matrix(path, names, rows, list(range(len(names))) if features is None else _columns(features, names, path))[0]


def _cells(path: Any) -> tuple[int, list[str], list[tuple[int, list[str]]]]:
    """The number of the header line, its names, and the other lines with theirs."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path: expected a str or path-like, got {path!r} ({type(path).__name__})")
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, strict=True)
        try:
            rows = [(reader.line_num, row) for row in reader if row]
        except UnicodeDecodeError as error:
            raise ValueError(f"path: {path} is not in UTF-8: {error}") from None
        except csv.Error as error:
            raise ValueError(f"path: {path}, line {reader.line_num}: not a CSV file: {error}") from None
    if not rows:
        raise ValueError(f"path: {path}, line 1: expected a header line, the file is empty")
    line, names = rows[0][0], [name.strip() for name in rows[0][1]]
    if all(map(_is_number, names)):
        raise ValueError(f"path: {path}, line {line}: expected a header line of names, got numbers: {names}")
    for column, name in enumerate(names):
        if name in names[:column]:
            raise ValueError(f"path: {path}, line {line}, column {name!r}: expected different names, "
                             f"got this one twice")
    if len(rows) < 2:
        raise ValueError(f"path: {path}, line {line + 1}: expected at least one row after the header line, got none")
    return line, names, rows[1:]


def _matrix(path: Any, names: list[str], rows: list[tuple[int, list[str]]], columns: list[int],
            target: int | None = None) -> tuple[Array, list[str]]:
    """X of some columns, and the cells of the target; nothing may be missing in them."""
    read = columns if target is None else sorted([*columns, target])
    features, labels = [], []
    for line, row in rows:
        if len(row) != len(names):
            where = f"column {names[len(row)]!r}" if len(row) < len(names) else f"after column {names[-1]!r}"
            raise ValueError(f"path: {path}, line {line}, {where}: expected {len(names)} cells, got {len(row)}")
        for column in read:
            if row[column].strip().lower() in _MISSING:
                raise ValueError(f"path: {path}, line {line}, column {names[column]!r}: expected a value, "
                                 f"it is missing ({row[column]!r})")
        features.append([_number(path, line, names[column], row[column]) for column in columns])
        if target is not None:
            labels.append(row[target].strip())
    return np.array(features, np.float64), labels


def _columns(features: Sequence[str], names: list[str], path: Any) -> list[int]:
    places = {name: column for column, name in enumerate(names)}
    missing = [name for name in features if name not in places]
    if missing:
        raise ValueError(f"features: {path} has no column {', '.join(map(repr, missing))}; "
                         f"there are {', '.join(map(repr, names))}")
    return [places[name] for name in features]


def _target_column(target: Any, names: list[str], where: str) -> int:
    if isinstance(target, str):
        if target not in names:
            raise ValueError(f"target: unknown column {target!r} of {where}; there are {', '.join(map(repr, names))}")
        return names.index(target)
    if isinstance(target, bool) or not isinstance(target, numbers.Integral):
        raise TypeError(f"target: expected a column's name or position, got {target!r} ({type(target).__name__})")
    at = int(target)
    if not -len(names) <= at < len(names):
        raise ValueError(f"target: expected a position from {-len(names)} to {len(names) - 1} in {where}, got {at}")
    return at % len(names)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell      # Python reads 1_0 as ten, tables do not


def _number(path: Any, line: int, name: str, cell: str) -> float:
    number = float(cell) if _is_number(cell) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"path: {path}, line {line}, column {name!r}: expected a finite number, got {cell!r}")
    return number


def _array(value: Any, name: str) -> Array:
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name}: expected rows of equal length, got a {type(value).__name__}: {error}") from None


def _generator(rng: Any) -> np.random.Generator:
    return np.random.default_rng(seed_from(rng))


def _on_circle(angle: Array) -> Array:
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _noisy(X: Array, y: Array, noise: float, generator: np.random.Generator) -> tuple[Array, Array]:
    """Rows in a random order, noise added to X."""
    order = generator.permutation(len(X))
    return X[order] + noise * generator.standard_normal(X.shape), y[order].astype(np.int64)
