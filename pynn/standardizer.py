"""Standardizer: shift and scale every feature to mean 0 and standard deviation 1, inside a network or by itself."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pynn.translation import Sentence
from pynn.validation import check_examples, check_weights, finite_array

Array = np.ndarray[Any, np.dtype[Any]]

_FLOAT64 = np.dtype(np.float64)


@dataclass(frozen=True, eq=False)
class Standardizer:
    """(x − mean) / scale of every feature.

    A network applies its `Network.standardizer` to every X and, in regression, its `Network.target_standardizer` to every y.
    It saves both in its model file.

    Parameters
    ----------
    mean, scale : array-like, (features,)
        Finite numbers, with scales above 0.  They are kept as read-only float64 arrays.

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.moons(200, rng=0)
    >>> net = pynn.Network([2, 8, 1], rng=0)
    >>> net.standardizer = pynn.Standardizer.fit(X)
    >>> bool(abs(net.forward(X).A[0].mean(axis=1)).max() < 1e-12)
    True
    """

    mean: Array
    scale: Array

    def __post_init__(self) -> None:
        for name in ("mean", "scale"):
            array = finite_array(getattr(self, name), name).astype(np.float64)
            if array.ndim != 1 or len(array) == 0:
                raise ValueError(Sentence("{name}: expected shape (features,), got {shape}", name=name, shape=array.shape))
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if self.mean.shape != self.scale.shape:
            raise ValueError(Sentence("scale: expected as many numbers as mean has, {expected}, got {count}",
                                      expected=len(self.mean), count=len(self.scale)))
        if self.scale.min() <= 0:
            raise ValueError(Sentence("scale: expected numbers above 0, got {least:g}", least=self.scale.min()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.mean, self.scale)

    @classmethod
    def fit(cls, X: Any, sample_weight: Any = None) -> Standardizer:
        """The mean and the (population) standard deviation of X (m, features); the scale of a constant feature is 1.

        A feature is constant if its variance is at most what rounding leaves, m·ε·var + (m·ε·mean)², as in scikit-learn.  With
        sample_weight (m,), both are weighted means.

        Examples
        --------
        >>> import pynn
        >>> pynn.Standardizer.fit([[1, 7], [3, 7]])
        Standardizer(mean=array([2., 7.]), scale=array([1., 1.]))
        """
        return cls.fit_named(X, "X", sample_weight)

    @classmethod
    def fit_named(cls, X: Any, name: str, sample_weight: Any = None) -> Standardizer:
        """The same as fit; errors call the argument `name`."""
        X = finite_array(X, name)
        if X.ndim != 2 or 0 in X.shape:
            column = Sentence("; one feature or target is a column: {name}.reshape(-1, 1)", name=name)
            hint = column if X.ndim == 1 and len(X) else ""
            raise ValueError(Sentence("{name}: expected shape (m, features), got {shape}{hint}", name=name, shape=X.shape,
                                      hint=hint))
        weights = check_weights(sample_weight, "sample_weight", len(X))
        with np.errstate(over="ignore", invalid="ignore"):
            moved = X - X[0].astype(np.float64)         # this makes the deviation of a constant feature exactly 0
            centre = np.average(moved, axis=0, weights=weights)
            mean, variance = X[0] + centre, np.average((moved - centre)**2, axis=0, weights=weights)
            rounding = len(X) * np.finfo(np.float64).eps
            constant = variance <= rounding * variance + (rounding * mean)**2
        if not (np.isfinite(mean) & np.isfinite(variance)).all():
            raise ValueError(Sentence("{name}: expected numbers whose mean and deviation float64 can hold, got larger ones",
                                      name=name))
        return cls(mean, np.where(constant, 1.0, np.sqrt(variance)))

    def transform(self, X: Any) -> Array:
        """(X − mean) / scale of X (m, features), in float64.

        Examples
        --------
        >>> import pynn
        >>> pynn.Standardizer([2.0], [0.5]).transform([[3.0], [1.5]]).tolist()
        [[2.0], [-1.0]]
        """
        return self.transform_named(X, "X")

    def restore(self, X: Any) -> Array:
        """X · scale + mean of X (m, features), in float64: the inverse of transform.

        Examples
        --------
        >>> import pynn
        >>> pynn.Standardizer([2.0], [0.5]).restore([[2.0], [-1.0]]).tolist()
        [[3.0], [1.5]]
        """
        return np.asarray(X, np.float64) * self.scale + self.mean

    def transform_named(self, X: Any, name: str) -> Array:
        """The same as transform; errors call the argument `name`."""
        with np.errstate(over="ignore"):
            standard = (check_examples(X, name, len(self.mean), _FLOAT64) - self.mean) / self.scale
        return finite_array(standard, f"{name}, standardised")


def check_standardizer(value: object, name: str, features: int) -> Standardizer | None:
    """Return a Standardizer of `features` features, or None."""
    if value is not None and not isinstance(value, Standardizer):
        raise TypeError(Sentence("{name}: expected a pynn.Standardizer or None, got {kind}", name=name,
                                 kind=type(value).__name__))
    if value is not None and len(value.mean) != features:
        raise ValueError(Sentence("{name}: expected one of {features} features, got one of {count}", name=name,
                                  features=features, count=len(value.mean)))
    return value
