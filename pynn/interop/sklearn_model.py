"""A network from scikit-learn's MLPClassifier or MLPRegressor, alone or in a Pipeline."""
from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from pynn.interop.draft import Draft, check_predictions
from pynn.network import Network

_ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu", "softmax": "softmax"}


def from_sklearn(mlp_or_pipeline: Any) -> Network:
    """Return the network that a fitted MLPClassifier or MLPRegressor is, with the StandardScaler before it.

    Its predictions are those of predict_proba, or of predict for a regressor.  The classes become label_names, the columns of
    the table that it was fitted on feature_names.

    Parameters
    ----------
    mlp_or_pipeline : MLPClassifier, MLPRegressor, Pipeline or TransformedTargetRegressor
        A Pipeline may have StandardScalers before its network; they become the network's standardizer.  The StandardScaler of
        the targets in a TransformedTargetRegressor becomes the target_standardizer.

    Returns
    -------
    Network
        In the dtype of the weights; an optimiser's state is not read.

    Raises
    ------
    ImportError
        scikit-learn is not installed.
    ValueError, TypeError
        The message names the step that is not supported, or says that the model is not fitted.
    ArithmeticError
        The model predicts something else.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.moons(200, rng=0)
    >>> from sklearn.neural_network import MLPClassifier           # doctest: +SKIP
    >>> mlp = MLPClassifier([8], random_state=0).fit(X, y)         # doctest: +SKIP
    >>> net = pynn.interop.from_sklearn(mlp)                       # doctest: +SKIP
    >>> pynn.diagnose(net, X, y)                                   # doctest: +SKIP
    """
    try:
        from sklearn.compose import TransformedTargetRegressor
        from sklearn.pipeline import Pipeline
    except ImportError as error:
        raise ImportError('pynn.interop.from_sklearn needs scikit-learn: pip install "pynn-dense[sklearn]"') from error
    draft, model, targets = Draft(), mlp_or_pipeline, None
    if type(model) is TransformedTargetRegressor:
        _check_fitted(model, "regressor_")
        model, targets = model.regressor_, model.transformer_
    steps = model.steps if type(model) is Pipeline else [("mlp_or_pipeline", model)]
    if type(model) is Pipeline and (model.transform_input is not None if hasattr(model, "transform_input") else False):
        raise ValueError("mlp_or_pipeline: a Pipeline with transform_input is not supported")
    for name, step in steps[:-1]:
        if step is not None and step != "passthrough":
            draft.add_standardizer(*_scaler(step, name), f"step {name!r}")
    name, mlp = steps[-1]
    _read_network(draft, mlp, name)
    if targets is not None:
        draft.add_target_standardizer(*_scaler(targets, "transformer"), "the transformer of the targets")
    columns, classes = getattr(mlp_or_pipeline, "feature_names_in_", None), getattr(mlp, "classes_", None)
    net = draft.finish(feature_names=None if columns is None or len(set(columns)) < len(columns) else columns)
    labels = [] if classes is None else list(map(str, classes))
    if classes is not None and len(set(labels)) == len(labels):
        net.label_names = labels
    check_predictions(net, lambda X: _predict(mlp_or_pipeline, X, net), type(mlp_or_pipeline).__name__)
    return net


def _check_fitted(model: Any, attribute: str) -> None:
    if not hasattr(model, attribute):
        raise ValueError(f"mlp_or_pipeline: expected a fitted model, got a {type(model).__name__} that is not: call its "
                         "fit first")


def _scaler(step: Any, name: str) -> tuple[Any, Any]:
    """mean and scale of a StandardScaler."""
    from sklearn.preprocessing import StandardScaler

    if type(step) is not StandardScaler:
        raise ValueError(f"mlp_or_pipeline: step {name!r} ({type(step).__name__}) is not supported; expected only "
                         "StandardScaler before the network")
    _check_fitted(step, "n_features_in_")
    zeros, ones = np.zeros(step.n_features_in_), np.ones(step.n_features_in_)
    return step.mean_ if step.with_mean else zeros, step.scale_ if step.with_std else ones


def _read_network(draft: Draft, mlp: Any, name: str) -> None:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    if type(mlp) not in (MLPClassifier, MLPRegressor):
        raise TypeError(f"{name}: expected an MLPClassifier or MLPRegressor, or a Pipeline that ends with one, got "
                        f"{type(mlp).__name__}")
    _check_fitted(mlp, "coefs_")
    if mlp.out_activation_ not in _ACTIVATIONS or getattr(mlp, "loss", "squared_error") not in ("squared_error", "log_loss"):
        raise ValueError(f"{name}: an {type(mlp).__name__} with loss={mlp.loss!r} is not supported; expected 'squared_error'")
    activations = [mlp.activation] * (len(mlp.coefs_) - 1) + [mlp.out_activation_]
    for l, (W, b, activation) in enumerate(zip(mlp.coefs_, mlp.intercepts_, activations, strict=True), start=1):
        draft.add_dense(W.T, b, f"layer {l}")
        draft.add_activation(_ACTIVATIONS[activation], f"layer {l}")


def _predict(model: Any, X: Any, net: Network) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="X does not have valid feature names")
        if net.is_regression:
            return model.predict(X)
        return model.predict_proba(X)[:, -net.sizes[-1]:]
