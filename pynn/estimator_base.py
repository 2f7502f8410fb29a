"""What both estimators of scikit-learn share: their keywords, and how they train the network inside."""
from __future__ import annotations

import numbers
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from pynn.architecture import check_hidden
from pynn.history import History
from pynn.network import Network
from pynn.optimizers import Optimizer, optimizer_of
from pynn.standardizer import Standardizer
from pynn.training import Callback, Schedule
from pynn.validation import boolean, check_weights, positive_int, real_number

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import train_test_split
    from sklearn.utils import check_random_state
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise ImportError("NetworkClassifier and NetworkRegressor need scikit-learn 1.6 or newer: "
                      'pip install "pynn-dense[sklearn]"') from error

Array = np.ndarray[Any, np.dtype[Any]]

DTYPES = (np.float64, np.float32)
_BATCH = 200                    # scikit-learn's "auto"
_OF_THE_NETWORK = ("hidden_layer_sizes", "activation", "standardize", "dropout", "dtype", "loss")

PARAMETERS = """hidden_layer_sizes : int or sequence of int
        Units of every hidden layer; () for none.
    activation : str or sequence of str
        Activation of the hidden layers, one name for all or one for each: those of `pynn.Network`.
    standardize : bool
        Whether the network shifts and scales every feature to mean 0 and standard deviation 1, those of the examples that
        make a new network (of `fit`, or of the first `partial_fit`), weighted as they are.
    initializer : str
        How the weights start: a name that `pynn.Network` knows.
    optimizer : str or one of pynn.optimizers
        A recipe, or the name of one with its defaults.
    learning_rate_init : float or callable, optional
        The learning rate, or a schedule (pynn.schedules has some); if not given, the optimiser's own.
    batch_size : int, "auto" or None
        Examples per step; "auto" means 200, None all of them, and so does a number above theirs.
    max_iter : int
        Epochs at most.
    shuffle : bool
        Whether every epoch takes the examples in a new order.
    l1, l2 : float
        The penalties l1·Σ|W| + l2/2·ΣW² in every step; scikit-learn's alpha is l2 times the batch size.
    dropout : float or sequence of float
        The probability that a step drops a unit of a hidden layer: one number for all layers, or one for each.
    clip_norm : float, optional
        Rescale the gradient to this norm if its norm is larger.
    tol, n_iter_no_change : float, int
        Stop after more than `n_iter_no_change` epochs in a row in which the loss has not improved on the best by `tol`.
    early_stopping : bool
        Watch SCORE on validation data (without weights) instead of the loss, and end with the parameters of the best epoch.
    validation_fraction : float
        The share of the examples that `early_stopping` validates on, unless `fit` is given validation data.
    warm_start : bool
        Whether `fit` continues with the network of the last fit.
    random_state : int, RandomState or None
        The source of the weights, the order of the examples, dropout and the choice of validation examples.
    verbose : bool or int
        Show a progress bar; any level above 0 does.
    callbacks : sequence of callables (net, history)
        Called after every epoch; the fit stops if one returns True.  Clones have their own copies.
    n_threads : int, optional
        The most threads to use; if not given, the engine chooses by the work of a step.
    dtype : {"float64", "float32"}
        The dtype of the parameters and the outputs."""

ATTRIBUTES = """network_ : pynn.Network
    n_features_in_ : int
    feature_names_in_ : ndarray
        Exists only if X had column names, all of them text.
    n_iter_ : int
        Epochs trained since the network was new.
    loss_curve_ : list of float
    history_ : pynn.History
        Of the last fit or partial_fit."""

FIT = """Train on X (m, n_features) and y.

        Parameters
        ----------
        X : array-like, (m, n_features)
        y : array-like, {y}
        sample_weight : array-like, (m,), optional
            How much each example counts; 0 leaves it out.
        X_val, y_val : array-like, optional
            Evaluated after every epoch but not trained on: `history_` has the curves.

        Raises
        ------
        KeyboardInterrupt
            After Ctrl-C; the estimator keeps what it has learned so far.
        DivergenceError
            The loss or a parameter is not finite.
        ValueError, TypeError
            The message names the argument, the value received and what was expected.

        Warns
        -----
        sklearn.exceptions.ConvergenceWarning
            All `max_iter` epochs were run, and `tol` and `n_iter_no_change` would not have ended the training."""


class _Patience:
    """The callback that ends a fit by scikit-learn's rule; a larger `sign` · history[monitor] is better.

    Unlike in EarlyStopping, a gain of exactly `tol` resets the count, and any gain sets a new best.
    """

    def __init__(self, monitor: str, sign: int, tol: float, patience: int, *, restore: bool) -> None:
        self.monitor, self._sign, self._tol, self._patience, self._restore = monitor, sign, tol, patience, restore
        self._best, self._stale = -np.inf, 0
        self._parameters: Array | None = None

    def __call__(self, net: Network, history: History) -> bool:
        value = self._sign * history.last()[self.monitor]
        self._stale = self._stale + 1 if value < self._best + self._tol else 0
        if value > self._best:
            self._best = value
            self._parameters = net.parameters.copy() if self._restore else None
        return self.satisfied

    @property
    def satisfied(self) -> bool:
        """Whether the last epochs have not improved, so that more of them are of no use."""
        return self._stale > self._patience

    def finish(self, net: Network, history: History) -> None:
        if self._parameters is not None:
            net.parameters = self._parameters


@dataclass(kw_only=True, eq=False, repr=False)      # so that scikit-learn finds the keywords, and its own repr
class NetworkEstimator(BaseEstimator):
    """What both estimators share."""

    hidden_layer_sizes: int | Sequence[int] = (100,)
    activation: str | Sequence[str] = "relu"
    standardize: bool = True
    initializer: str = "paired"
    optimizer: str | Optimizer = "adam"
    learning_rate_init: float | Schedule | None = None
    batch_size: int | Literal["auto"] | None = "auto"
    max_iter: int = 200
    shuffle: bool = True
    l1: float = 0.0
    l2: float = 0.0
    dropout: float | Sequence[float] = 0.0
    clip_norm: float | None = None
    tol: float = 1e-4
    n_iter_no_change: int = 10
    early_stopping: bool = False
    validation_fraction: float = 0.1
    warm_start: bool = False
    random_state: Any = None
    verbose: bool = False
    callbacks: Sequence[Callback] = ()
    n_threads: int | None = None
    dtype: str = "float64"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def _continues(self) -> bool:
        """Whether fit continues with the network of the last fit."""
        return _switch(self.warm_start, "warm_start") and hasattr(self, "network_")

    def _train(self, X: Array, y: Array, sample_weight: Array | None, validation: tuple[Array, Array] | None = None, *,
               new: dict[str, Any] | None, once: bool, class_weight: Any = None, classes: Array | None = None) -> None:
        """Train a new network, made with the keywords `new`, or (for None) the present one; `once`: for one epoch."""
        random = check_random_state(self.random_state)
        keywords = repr({name: getattr(self, name) for name in _OF_THE_NETWORK if hasattr(self, name)})
        if new is not None:
            net = self._new_network(new, X, y, sample_weight, random, classes)
        elif keywords != self._keywords:
            raise ValueError(f"the present network was made with {self._keywords}, got {keywords}; to make a new one, set "
                             "warm_start=False and call fit")
        else:
            net = self.network_
        if not isinstance(self.callbacks, Sequence):
            raise TypeError(f"callbacks: expected a sequence of callables, got {self.callbacks!r}")
        callbacks, patience = list(self.callbacks), self._patience(net)
        if not once:
            if validation is None and _switch(self.early_stopping, "early_stopping"):
                X, y, sample_weight, validation = self._split(X, y, sample_weight, random)
            callbacks.append(patience)
        elif self.early_stopping:
            raise ValueError("early_stopping: expected False for partial_fit, which trains for one epoch, got True")
        batch_size = _BATCH if isinstance(self.batch_size, str) and self.batch_size == "auto" else self.batch_size
        history = net.fit(X, y, epochs=1 if once else positive_int(self.max_iter, "max_iter"), batch_size=batch_size,
                          **self._steps(net), validation_data=validation, shuffle=_switch(self.shuffle, "shuffle"),
                          sample_weight=sample_weight, class_weight=class_weight, l1=self.l1, l2=self.l2,
                          clip_norm=self.clip_norm, callbacks=callbacks,
                          progress=_switch(self.verbose, "verbose", levels=True), n_threads=self.n_threads)
        self.loss_curve_: list[float] = ([] if new is not None else self.loss_curve_) + history.loss.tolist()
        self.n_iter_ = len(self.loss_curve_)
        self.network_: Network = net
        self.history_: History = history
        self._keywords: str = keywords
        if classes is not None:
            self.classes_ = classes
        if history.interrupted:
            raise KeyboardInterrupt
        if not once and history.epochs == self.max_iter and not patience.satisfied:
            warnings.warn(f"max_iter={self.max_iter}: training ended before it had converged: in the last "
                          f"{self.n_iter_no_change} epochs the {patience.monitor} still improved by tol={self.tol:g} or more; "
                          "raise max_iter or learning_rate_init", ConvergenceWarning, stacklevel=4)

    def _new_network(self, keywords: dict[str, Any], X: Array, y: Array, sample_weight: Array | None,
                     random: np.random.RandomState, classes: Array | None) -> Network:
        net = Network(**keywords, initializer=self.initializer, dropout=self.dropout, dtype=self.dtype,
                      rng=int(random.randint(2**31 - 1)))
        names = getattr(self, "feature_names_in_", ())
        net.feature_names = names if 0 < len(names) == len(set(names)) else None
        net.label_names = None if classes is None else [str(k) for k in classes]
        if _switch(self.standardize, "standardize"):
            net.standardizer = Standardizer.fit_named(X, "X", sample_weight)
        if net.is_regression:
            net.target_standardizer = Standardizer.fit_named(y.reshape(len(y), -1), "y", sample_weight)
        return net

    def _steps(self, net: Network) -> dict[str, Any]:
        """The optimiser and the learning rate for a fit of this network."""
        recipe, learning_rate = optimizer_of(self.optimizer), self.learning_rate_init
        if learning_rate is None:
            learning_rate = recipe.learning_rate
        elif not callable(learning_rate):
            learning_rate = real_number(learning_rate, "learning_rate_init", 0, low_included=False)
        same = recipe == net.optimizer.with_learning_rate(recipe.learning_rate)
        return {"optimizer": None if same else recipe, "learning_rate": learning_rate}      # None: it continues

    def _validation(self, X_val: Any, y_val: Any) -> tuple[Array, Array] | None:
        """The validation data that fit was given, checked."""
        if X_val is None and y_val is None:
            return None
        if X_val is None or y_val is None:
            raise ValueError(f"X_val, y_val: expected both or neither, got only {'y_val' if X_val is None else 'X_val'}")
        X_val, y_val, _ = self._checked(X_val, y_val, None, reset=False)
        return X_val, y_val

    def _patience(self, net: Network) -> _Patience:
        tol = real_number(self.tol, "tol", 0)
        patience = positive_int(self.n_iter_no_change, "n_iter_no_change")
        if self.early_stopping:
            return _Patience("val_r2" if net.is_regression else "val_accuracy", 1, tol, patience, restore=True)
        return _Patience("loss", -1, tol, patience, restore=False)

    def _split(self, X: Array, y: Array, sample_weight: Array | None,
               random: np.random.RandomState) -> tuple[Array, Array, Array | None, tuple[Array, Array]]:
        """Set some examples aside to validate on."""
        share = real_number(self.validation_fraction, "validation_fraction", 0, 1, low_included=False, high_included=False)
        stratify = y if isinstance(self, ClassifierMixin) and y.ndim == 1 else None
        try:
            train, aside = train_test_split(np.arange(len(X)), test_size=share, random_state=random, stratify=stratify)
        except ValueError as error:
            raise ValueError(f"early_stopping: cannot set aside validation_fraction={share:g} of {len(X)} examples to validate "
                             f"on: {error}") from error
        if len(aside) < 2:
            raise ValueError(f"early_stopping: expected at least 2 examples to validate on, got {len(aside)}, which is "
                             f"validation_fraction={share:g} of {len(X)}")
        return X[train], y[train], None if sample_weight is None else sample_weight[train], (X[aside], y[aside])

    def _sizes(self, outputs: int) -> dict[str, Any]:
        """n[0] … n[L] and the activations of the hidden layers, under the names of Network."""
        hidden = self.hidden_layer_sizes
        if not isinstance(hidden, Sequence | np.ndarray) or isinstance(hidden, str):
            hidden = (hidden,)
        sizes = [positive_int(n, f"hidden_layer_sizes[{i}]") for i, n in enumerate(hidden)]
        return {"sizes": [self.n_features_in_, *sizes, outputs],
                "hidden": check_hidden(self.activation, "activation", len(sizes))}

    def _outputs(self, X: Any, of: str) -> Array:
        check_is_fitted(self)
        outputs: Array = getattr(self.network_, of)(validate_data(self, X, dtype=DTYPES, reset=False))
        return outputs


def leave_out_weightless(X: Array, y: Array, sample_weight: Any) -> tuple[Array, Array, Array | None]:
    """The examples whose weight is not 0, with their weights."""
    checked = check_weights(sample_weight, "sample_weight", len(X))
    if checked is None or checked.all():
        return X, y, checked
    counts = checked > 0
    return X[counts], y[counts], checked[counts]


def _switch(value: object, name: str, *, levels: bool = False) -> bool:
    """True or False; 1 and 0 mean the same, as in scikit-learn, and with `levels` any int above 0 means True."""
    if isinstance(value, numbers.Integral) and (int(value) >= 0 if levels else value in (0, 1)):
        return bool(value)
    return boolean(value, name)
