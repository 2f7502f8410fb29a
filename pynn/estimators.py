"""NetworkClassifier and NetworkRegressor: networks as estimators of scikit-learn.

A keyword that means the same as in scikit-learn's MLPClassifier and MLPRegressor has the same name.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

# isort: split
from pynn.estimator_base import ATTRIBUTES, DTYPES, FIT, PARAMETERS, NetworkEstimator, leave_out_weightless
from pynn.validation import real_number

# isort: split
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

Array = np.ndarray[Any, np.dtype[Any]]

__all__ = ["NetworkClassifier", "NetworkRegressor"]


@dataclass(kw_only=True, eq=False, repr=False)
class NetworkClassifier(ClassifierMixin, NetworkEstimator):
    __doc__ = f"""A dense network that tells classes apart, as an estimator of scikit-learn.

    For two classes the output is one sigmoid unit, for more it is a softmax; the loss is the cross-entropy.  The estimator
    works in pipelines, searches and cross-validation, with pickle and with joblib.

    Parameters
    ----------
    {PARAMETERS.replace("SCORE", "the accuracy")}
    class_weight : mapping from label to weight, or "balanced", optional
        How much the examples of a class count; 1 for a class that is not named.  `fit` ignores a class that does not occur
        in y, as in a fold of a cross-validation.  balanced: every class counts the same in
        total, by its share of the examples that this call of fit or partial_fit is given.

    Attributes
    ----------
    classes_ : ndarray, (K,)
        The labels, sorted.
    {ATTRIBUTES}

    Raises
    ------
    ValueError, TypeError
        From `fit` and `partial_fit`; the message names the argument, the value received and what was expected.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.moons(200, rng=0)
    >>> labels = ["upper" if k == 0 else "lower" for k in y]
    >>> classifier = pynn.NetworkClassifier(hidden_layer_sizes=(16, 16), learning_rate_init=0.01, random_state=0)
    >>> classifier.fit(X, labels).score(X, labels) > 0.9
    True
    >>> classifier.predict_proba(X[:3]).shape
    (3, 2)
    """

    class_weight: Mapping[Any, float] | Literal["balanced"] | None = None

    def fit(self, X: Any, y: Any, sample_weight: Any = None, X_val: Any = None, y_val: Any = None) -> NetworkClassifier:
        new = not self._continues()
        X, y, sample_weight = self._checked(X, y, sample_weight, reset=new)
        classes = np.unique(y) if new else self.classes_
        validation = self._validation(X_val, y_val)
        if validation is not None:
            validation = validation[0], _numbers_of(validation[1], classes, "y_val")
        self._learn(X, y, sample_weight, validation, classes, new=new)
        return self

    fit.__doc__ = FIT.format(y="(m,) of any labels")

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> NetworkClassifier:
        """Train for one epoch on X (m, n_features) and y (m,), continuing after the last fit or partial_fit.

        Parameters
        ----------
        X : array-like, (m, n_features)
        y : array-like, (m,)
        classes : array-like
            All labels that any call may bring; required at the first call.
        sample_weight : array-like, (m,), optional
        """
        new = not hasattr(self, "network_")
        if new and classes is None:
            raise ValueError("classes: expected all labels at the first call of partial_fit, got None")
        known = self.classes_ if classes is None else np.unique(classes)
        if not new and not np.array_equal(known, self.classes_):
            raise ValueError(f"classes: expected those of the first call, {self.classes_.tolist()}, got {known.tolist()}")
        X, y, sample_weight = self._checked(X, y, sample_weight, reset=new)
        self._learn(X, y, sample_weight, None, known, new=new, once=True)
        return self

    def _checked(self, X: Any, y: Any, sample_weight: Any, *, reset: bool) -> tuple[Array, Array, Array | None]:
        X, y = validate_data(self, X, y, dtype=DTYPES, reset=reset)
        check_classification_targets(y)
        return leave_out_weightless(X, y, sample_weight)

    def _learn(self, X: Array, y: Array, sample_weight: Array | None, validation: tuple[Array, Array] | None, classes: Array,
               *, new: bool, once: bool = False) -> None:
        if len(classes) < 2:
            raise ValueError(f"{'classes' if once else 'y'}: expected at least 2 classes, got 1 class, {classes.tolist()}")
        class_weight: Any = self.class_weight
        if isinstance(class_weight, Mapping):
            class_weight = _weights_by_number(class_weight, classes, strict=once)
        self._train(X, _numbers_of(y, classes, "y"), sample_weight, validation, once=once, class_weight=class_weight,
                    classes=classes, new=self._sizes(1 if len(classes) == 2 else len(classes)) if new else None)

    def predict(self, X: Any) -> Array:
        """The labels (m,) of X (m, n_features)."""
        numbers = self._outputs(X, "predict")
        labels: Array = self.classes_[numbers]
        return labels

    def predict_proba(self, X: Any) -> Array:
        """The probabilities (m, K) of the classes of X (m, n_features), in the order of `classes_`."""
        return self._outputs(X, "predict_proba")


def _numbers_of(y: Array, classes: Array, name: str) -> Array:
    """The position of every label in the classes."""
    try:
        numbers = np.minimum(np.searchsorted(classes, y), len(classes) - 1)
        unknown = classes[numbers] != y
    except TypeError:           # text and numbers have no order
        unknown = np.array([label not in classes.tolist() for label in y.tolist()])
    if unknown.any():
        raise _unknown_label(name, classes, y[unknown].tolist()[0])
    return numbers


def _weights_by_number(class_weight: Mapping[Any, float], classes: Array, *, strict: bool) -> dict[int, float]:
    """The weights by the numbers of the classes; without `strict`, a class that does not occur is left out.

    A label of another kind than the classes, such as 1 among texts, is an error, and so are labels none of which occurs.
    """
    numbers = {label: number for number, label in enumerate(classes.tolist())}
    texts = isinstance(classes.tolist()[0], str)
    weights = {}
    for label, weight in class_weight.items():
        if label in numbers:
            weights[numbers[label]] = real_number(weight, f"class_weight[{label!r}]", 0)
        elif strict or isinstance(label, str) != texts:
            raise _unknown_label("class_weight", classes, label)
    if class_weight and not weights:
        raise _unknown_label("class_weight", classes, next(iter(class_weight)))
    return weights


def _unknown_label(name: str, classes: Array, label: object) -> ValueError:
    return ValueError(f"{name}: expected only the labels {classes.tolist()}, got {label!r}")


@dataclass(kw_only=True, eq=False, repr=False)
class NetworkRegressor(RegressorMixin, NetworkEstimator):
    __doc__ = f"""A dense network with linear outputs, one or several, as an estimator of scikit-learn.

    It works in pipelines, searches and cross-validation, with pickle and with joblib.  If the values are far from -1 … 1,
    scikit-learn's TransformedTargetRegressor around it makes it learn faster.

    Parameters
    ----------
    {PARAMETERS.replace("SCORE", "R²")}
    loss : str
        mean_squared_error, mean_absolute_error or huber.

    Attributes
    ----------
    {ATTRIBUTES}

    Raises
    ------
    ValueError, TypeError
        From `fit` and `partial_fit`; the message names the argument, the value received and what was expected.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.plane(200, rng=0)
    >>> regressor = pynn.NetworkRegressor(learning_rate_init=0.01, l2=1e-4, random_state=0)
    >>> regressor.fit(X, y).score(X, y) > 0.9
    True
    """

    loss: str = "mean_squared_error"

    def fit(self, X: Any, y: Any, sample_weight: Any = None, X_val: Any = None, y_val: Any = None) -> NetworkRegressor:
        new = not self._continues()
        X, y, sample_weight = self._checked(X, y, sample_weight, reset=new)
        self._train(X, y, sample_weight, self._validation(X_val, y_val), new=self._layers(y) if new else None)
        return self

    fit.__doc__ = FIT.format(y="(m,) or (m, outputs)")

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> NetworkRegressor:
        """Train for one epoch on X (m, n_features) and y, continuing after the last fit or partial_fit.

        Parameters
        ----------
        X : array-like, (m, n_features)
        y : array-like, (m,) or (m, outputs)
        sample_weight : array-like, (m,), optional
        """
        new = not hasattr(self, "network_")
        X, y, sample_weight = self._checked(X, y, sample_weight, reset=new)
        self._train(X, y, sample_weight, new=self._layers(y) if new else None, once=True)
        return self

    def _checked(self, X: Any, y: Any, sample_weight: Any, *, reset: bool) -> tuple[Array, Array, Array | None]:
        X, y = validate_data(self, X, y, dtype=DTYPES, multi_output=True, y_numeric=True, reset=reset)
        return leave_out_weightless(X, y, sample_weight)

    def _layers(self, y: Array) -> dict[str, Any]:
        return {**self._sizes(1 if y.ndim == 1 else y.shape[1]), "output": "linear", "loss": self.loss}

    def predict(self, X: Any) -> Array:
        """The values (m,) or (m, outputs) of X (m, n_features)."""
        return self._outputs(X, "predict")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
