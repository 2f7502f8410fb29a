"""NetworkClassifier and NetworkRegressor: networks as estimators of scikit-learn.

A keyword that means the same as in scikit-learn's MLPClassifier and MLPRegressor has the same name.
"""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

# isort: split
from pynn.estimator_base import ATTRIBUTES, DTYPES, FIT, PARAMETERS, NetworkEstimator, leave_out_weightless
from pynn.validation import is_missing_value, real_number

# isort: split
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets, is_multilabel
from sklearn.utils.validation import validate_data

Array = np.ndarray[Any, np.dtype[Any]]

__all__ = ["NetworkClassifier", "NetworkRegressor"]


@dataclass(kw_only=True, eq=False, repr=False)
class NetworkClassifier(ClassifierMixin, NetworkEstimator):
    __doc__ = f"""A dense network that tells classes apart, as an estimator of scikit-learn.

    For two classes the output is one sigmoid unit, for more it is a softmax, and for several labels it is one sigmoid unit for
    each; the loss is the cross-entropy.  The estimator works in pipelines, searches and cross-validation, with pickle and with
    joblib.

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
        The labels, sorted; with several labels for an example, the numbers 0 … K−1 of the columns of y.
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
        classes = _classes_of(y) if new else self.classes_
        validation = self._validation(X_val, y_val)
        if validation is not None:
            validation = validation[0], _numbers_of(validation[1], classes, "y_val")
        self._learn(X, y, sample_weight, validation, classes, new=new)
        return self

    fit.__doc__ = FIT.format(y="(m,) of any labels, or (m, K) of 0 and 1 for several labels")

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> NetworkClassifier:
        """Train for one epoch on X (m, n_features) and y, continuing after the last fit or partial_fit.

        Parameters
        ----------
        X : array-like, (m, n_features)
        y : array-like, (m,), or (m, K) of 0 and 1 for several labels
        classes : array-like
            All labels that any call may bring; required at the first call, unless y has a column for each label.
        sample_weight : array-like, (m,), optional
        """
        new = not hasattr(self, "network_")
        if new and classes is None and not is_multilabel(y):
            raise ValueError("classes: expected all labels at the first call of partial_fit, got None")
        given = None if classes is None else np.unique(_check_labels(classes, "classes"))
        if not new and given is not None and not np.array_equal(given, self.classes_):
            raise ValueError(f"classes: expected those of the first call, {self.classes_.tolist()}, got {given.tolist()}")
        X, y, sample_weight = self._checked(X, y, sample_weight, reset=new)
        if given is not None and y.ndim == 2 and not np.array_equal(given, _classes_of(y)):
            raise ValueError(f"classes: expected the numbers of the columns of y, 0 … {y.shape[1] - 1}, got {given.tolist()}")
        known = self.classes_ if not new else _classes_of(y) if given is None else given
        self._learn(X, y, sample_weight, None, known, new=new, once=True)
        return self

    def _checked(self, X: Any, y: Any, sample_weight: Any, *, reset: bool) -> tuple[Array, Array, Array | None]:
        y = _check_labels(y, "y")
        several = not (type(y) is np.ndarray and y.ndim == 1) and is_multilabel(y)
        X, y = validate_data(self, X, y, dtype=DTYPES, multi_output=several, reset=reset)
        if not _are_few_numbers(y):
            check_classification_targets(y)
        if several:
            y = np.asarray(y.toarray() if hasattr(y, "toarray") else y)
            if y.min() < 0 or y.max() > 1:
                raise ValueError(f"y: expected only 0 and 1 in the columns of several labels, got {np.unique(y).tolist()}")
        return leave_out_weightless(X, y, sample_weight)

    def _learn(self, X: Array, y: Array, sample_weight: Array | None, validation: tuple[Array, Array] | None, classes: Array,
               *, new: bool, once: bool = False) -> None:
        if len(classes) < 2:
            raise ValueError(f"{'classes' if once else 'y'}: expected at least 2 classes, got 1 class, {classes.tolist()}")
        class_weight: Any = self.class_weight
        if isinstance(class_weight, Mapping):
            class_weight = _weights_by_number(class_weight, classes, strict=once)
        layers = None
        if new:
            units = 1 if y.ndim == 1 and len(classes) == 2 else len(classes)
            layers = {**self._sizes(units), "output": "softmax" if y.ndim == 1 and units > 1 else "sigmoid"}
        self._train(X, _numbers_of(y, classes, "y"), sample_weight, validation, once=once, class_weight=class_weight,
                    classes=classes, new=layers)

    def predict(self, X: Any) -> Array:
        """The labels (m,) of X (m, n_features); with several labels (m, K) of 0 and 1."""
        numbers = self._outputs(X, "predict")
        labels: Array = self.classes_[numbers] if numbers.ndim == 1 else numbers
        return labels

    def predict_proba(self, X: Any) -> Array:
        """The probabilities (m, K) of the classes of X (m, n_features), in the order of `classes_`.

        With several labels, column k has the probability of label k, so a row does not add up to 1.
        """
        return self._outputs(X, "predict_proba")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def _check_labels(labels: Any, name: str) -> Any:
    """The labels, of which none may be missing; texts and numbers together are refused, because they have no order."""
    array = None if hasattr(labels, "toarray") else np.asarray(labels)
    if array is None or array.ndim != 1 or array.dtype.kind not in "OT":
        return labels
    cells = array.tolist()
    for row, cell in enumerate(cells):
        if is_missing_value(cell) or (isinstance(cell, float) and math.isnan(cell)):
            raise ValueError(f"{name}: expected no missing labels, got {cell!r} at [{row}]")
    text = next((cell for cell in cells if isinstance(cell, str)), None)
    other = next((cell for cell in cells if not isinstance(cell, str)), None)
    if text is not None and other is not None:
        raise ValueError(f"{name}: expected labels that are all texts or all numbers, got {text!r} and {other!r}")
    return labels if array.dtype.kind == "O" else array.astype(object)       # NumPy's StringDType


def _are_few_numbers(y: Array) -> bool:
    """Whether a look at the range shows that y has ints of few classes: scikit-learn's own check of that takes long."""
    return y.ndim == 1 and y.dtype.kind in "iu" and int(y.max()) - int(y.min()) < len(y) // 2


def _classes_of(y: Array) -> Array:
    """The labels that occur, sorted, or the numbers of the columns of several labels."""
    return np.unique(y) if y.ndim == 1 else np.arange(y.shape[1])


def _numbers_of(y: Array, classes: Array, name: str) -> Array:
    """The position of every label in the classes; several labels stay as they are."""
    if y.ndim == 2:
        return y
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

    It is an error if a label has another type than the classes, such as 1 among texts, or if no label is a known class.
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

    It works in pipelines, searches and cross-validation, with pickle and with joblib.  Values of any size will do: the network
    learns them standardised (`Network.target_standardizer`), with the mean and the deviation of the examples that make a new
    network.  `loss_curve_` and `history_` have the loss of the standardised values; predictions are in the units of y.

    Parameters
    ----------
    {PARAMETERS.replace("SCORE", "R²")}
    loss : str
        mean_squared_error, mean_absolute_error or huber, of the standardised values.

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
        self._learn(X, y, sample_weight, self._validation(X_val, y_val), new=new)
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
        self._learn(X, y, sample_weight, None, new=new, once=True)
        return self

    def _checked(self, X: Any, y: Any, sample_weight: Any, *, reset: bool) -> tuple[Array, Array, Array | None]:
        X, y = validate_data(self, X, y, dtype=DTYPES, multi_output=True, y_numeric=True, reset=reset)
        return leave_out_weightless(X, y, sample_weight)

    def _learn(self, X: Array, y: Array, sample_weight: Array | None, validation: tuple[Array, Array] | None, *, new: bool,
               once: bool = False) -> None:
        layers = {**self._sizes(1 if y.ndim == 1 else y.shape[1]), "output": "linear", "loss": self.loss} if new else None
        self._train(X, y, sample_weight, validation, new=layers, once=once)

    def predict(self, X: Any) -> Array:
        """The values (m,) or (m, outputs) of X (m, n_features)."""
        return self._outputs(X, "predict")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
