"""Data sets that are drawn at random: the article's circles, and others.

Every generator returns X (m, features) in float64 and y (m,), int64 class numbers or float64 values; the rows are
shuffled.  `rng` is None, an int or a numpy Generator.
"""
from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from pynn.randomness import generator_from
from pynn.validation import finite_array, positive_int, real_number

Array = np.ndarray[Any, np.dtype[Any]]


def circles(m: int = 1000, *, factor: float = 0.3, noise: float = 0.1, rng: Any = None) -> tuple[Array, Array]:
    """Two concentric circles, the article's data: class 0 with radius 1, and inside it class 1 with radius `factor`.

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
        The message names the argument, the value received and what was expected.

    Notes
    -----
    The geometry is that of scikit-learn's make_circles.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.circles(1000, factor=0.3, noise=0.1, rng=0)
    >>> X.shape, int(y.sum())
    ((1000, 2), 500)
    """
    m = positive_int(m, "m", 2)
    factor = real_number(factor, "factor", 0, 1, high_included=False)
    noise, generator = real_number(noise, "noise", 0), generator_from(rng)
    outer = np.linspace(0, 2 * np.pi, m // 2, endpoint=False)
    inner = np.linspace(0, 2 * np.pi, m - m // 2, endpoint=False)
    X = np.vstack([_on_circle(outer), factor * _on_circle(inner)])
    return _noisy(X, np.repeat([0, 1], [len(outer), len(inner)]), noise, generator)


def moons(m: int = 1000, *, noise: float = 0.2, rng: Any = None) -> tuple[Array, Array]:
    """Two interleaving half circles, the data of the article's sequel, with the geometry of scikit-learn's make_moons.

    See circles for m, noise, rng, X and y.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.moons(100, noise=0.0, rng=0)
    >>> float(X[:, 0].min()), float(X[:, 0].max())
    (-1.0, 2.0)
    """
    m, noise, generator = positive_int(m, "m", 2), real_number(noise, "noise", 0), generator_from(rng)
    upper = np.linspace(0, np.pi, m // 2)
    lower = np.linspace(0, np.pi, m - m // 2)
    X = np.vstack([_on_circle(upper), [1, 0.5] - _on_circle(lower)])
    return _noisy(X, np.repeat([0, 1], [len(upper), len(lower)]), noise, generator)


def spirals(m: int = 1000, *, turns: float = 1.0, classes: int = 2, noise: float = 0.05,
            rng: Any = None) -> tuple[Array, Array]:
    """Interleaved spirals within the unit circle; each class is one arm with `turns` revolutions.

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
    return _noisy(radius[:, None] * _on_circle(angle), y, noise, generator_from(rng))


def xor(m: int = 1000, *, noise: float = 0.05, rng: Any = None) -> tuple[Array, Array]:
    """Points of the square [−1, 1]², class 1 where exactly one coordinate is positive: no line separates the classes.

    See circles for m, noise, rng, X and y; the noise is added after the classes are determined.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.xor(100, noise=0.0, rng=0)
    >>> bool((y == (X[:, 0] * X[:, 1] < 0)).all())
    True
    """
    m, noise, generator = positive_int(m, "m", 2), real_number(noise, "noise", 0), generator_from(rng)
    X = generator.uniform(-1, 1, (m, 2))
    return _noisy(X, (X[:, 0] > 0) != (X[:, 1] > 0), noise, generator)


def blobs(m: int = 1000, *, centers: Any = 3, spread: float = 0.5, rng: Any = None) -> tuple[Array, Array]:
    """Gaussian clouds with standard deviation `spread`; each class is one cloud, and their sizes are nearly equal.

    Parameters
    ----------
    m : int
        Number of points, at least the number of centres.
    centers : int or array-like, (K, features)
        The number of centres, placed evenly on a circle of radius 2, or the centres themselves.
    spread : float
        Standard deviation of each cloud along each feature.
    rng : None, int or numpy Generator

    Returns
    -------
    X : ndarray, (m, features), float64
    y : ndarray, (m,), int64

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.

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
    return _noisy(places[y], y, spread, generator_from(rng))


def plane(m: int = 1000, *, noise: float = 0.1, rng: Any = None) -> tuple[Array, Array]:
    """Regression on a tilted plane: y = (x₁ + x₂) / 2 plus noise over the square [−1, 1]².

    See circles for m and rng.  noise is the standard deviation of the noise on y, which is float64.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.plane(100, noise=0.0, rng=0)
    >>> bool(np.allclose(y, X.mean(axis=1)))
    True
    """
    m, noise, generator = positive_int(m, "m", 2), real_number(noise, "noise", 0), generator_from(rng)
    X = generator.uniform(-1, 1, (m, 2))
    return X, X.sum(axis=1) / 2 + noise * generator.standard_normal(m)


def sine(m: int = 1000, *, noise: float = 0.1, rng: Any = None) -> tuple[Array, Array]:
    """Regression on a wave: y = sin x plus noise, x in [−π, π], X (m, 1).

    See circles for m and rng.  noise is the standard deviation of the noise on y, which is float64.

    Examples
    --------
    >>> from pynn import datasets
    >>> X, y = datasets.sine(100, noise=0.0, rng=0)
    >>> bool(np.allclose(y, np.sin(X[:, 0])))
    True
    """
    m, noise, generator = positive_int(m, "m", 2), real_number(noise, "noise", 0), generator_from(rng)
    X = generator.uniform(-np.pi, np.pi, (m, 1))
    return X, np.sin(X[:, 0]) + noise * generator.standard_normal(m)


def _on_circle(angle: Array) -> Array:
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _noisy(X: Array, y: Array, noise: float, generator: np.random.Generator) -> tuple[Array, Array]:
    """The rows in random order, with noise added to X."""
    order = generator.permutation(len(X))
    return X[order] + noise * generator.standard_normal(X.shape), y[order].astype(np.int64)
