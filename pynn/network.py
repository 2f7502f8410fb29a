"""Network: a dense network, its parameters and the verbs forward, backward, descend, fit, predict."""
from __future__ import annotations

import dataclasses
import itertools
import operator
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cnn_core import Engine
from pynn import reference, storage, training
from pynn.history import History
from pynn.initializers import INITIALIZERS
from pynn.numpy_engine import NumpyEngine, layer_views
from pynn.optimizers import RECIPES, SGD, Optimizer
from pynn.randomness import seed_from
from pynn.standardizer import Standardizer
from pynn.validation import choice, examples, finite_array, positive_int, real_number, targets, weights

Array = np.ndarray[Any, np.dtype[Any]]

_ENGINES: dict[str, Any] = {"cython": Engine, "numpy": NumpyEngine}
_ALIGNMENT = 64         # bytes: a cache line, and the widest vector
_MOST_PARAMETERS = 1 << 33
_MOST_COUNTED = 1 << 62             # epochs and steps that a model file may have behind it
_NAMES_SHOWN = 10
_HEADER: dict[str, tuple[type, ...]] = {        # of a model file: the types that each entry may have
    "sizes": (list,), "activations": (list,), "loss": (str,), "dropout": (list,), "dtype": (str,), "engine": (str,),
    "seed": (int,), "epoch": (int,), "counts": (list,), "optimizer": (dict,), "feature_names": (list, type(None)),
    "label_names": (list, type(None)), "standardized": (bool,),
}


@dataclass(frozen=True, repr=False)
class ForwardPass:
    """Every array of a forward pass: Z[l] = W[l] A[l−1] + b[l], A[l] = g[l](Z[l]).

    Attributes
    ----------
    A : list of ndarray
        A[0] = Xᵀ, A[1], …, A[L] = Ŷ, each (n[l], m).
    Z : list
        Z[0] is None; Z[1], …, Z[L], each (n[l], m).
    """

    A: list[Any]
    Z: list[Any]

    def __repr__(self) -> str:
        return f"ForwardPass(shapes of A: {_shapes(self.A)}; of Z: {_shapes(self.Z)})"


@dataclass(frozen=True, repr=False)
class Gradients:
    """Every array of a backward pass; lists are indexed by l and None at 0, but for dA[0].

    Attributes
    ----------
    loss : float
        J, the mean over the examples.
    dW : list
        ∂J/∂W[l], (n[l], n[l−1]), with the 1/m: views into `flat`.
    db : list
        ∂J/∂b[l], (n[l], 1), likewise.
    dZ : list
        Derivatives of the summed loss by Z[l], (n[l], m), without the 1/m.
    dA : list
        Likewise by A[l].  dA[L] is the article's −(Y/Ŷ − (1−Y)/(1−Ŷ)) or its like for another loss, and is infinite where
        ŷ rounds to the wrong end.
    flat : ndarray, (P,)
        ∂J/∂θ, in the order of Network.parameters.  Network.descend goes by dW and db.
    """

    loss: float
    dW: list[Any]
    db: list[Any]
    dZ: list[Any]
    dA: list[Any]
    flat: Array

    def __repr__(self) -> str:
        return (f"Gradients(loss {self.loss:.4g}; shapes of dW: {_shapes(self.dW)}; of db: {_shapes(self.db)}; of dZ: "
                f"{_shapes(self.dZ)})")


class Layer:
    """Layer l of a network: W (n[l], n[l−1]) and b (n[l], 1), views into its parameters, and its activation.

    Assigning to ``W`` or ``b`` copies finite numbers of that shape in.
    """

    __slots__ = ("_W", "_b", "_number", "activation")           # so that `net[1].w = …` is an error

    def __init__(self, number: int, W: Array, b: Array, activation: str) -> None:
        self._number, self._W, self._b, self.activation = number, W, b, activation

    @property
    def W(self) -> Array:
        """Weights, row i those of unit i."""
        return self._W

    @W.setter
    def W(self, value: Any) -> None:
        _copy_in(value, self._W, f"W[{self._number}]")

    @property
    def b(self) -> Array:
        """Biases."""
        return self._b

    @b.setter
    def b(self, value: Any) -> None:
        _copy_in(value, self._b, f"b[{self._number}]")

    def __repr__(self) -> str:
        return f"Layer({self._W.shape[1]} -> {self._W.shape[0]}, {self.activation})"


class Network:
    """A dense network n[0] → n[1] → … → n[L], trained by gradient descent.

    Parameters
    ----------
    sizes : sequence of int
        n[0], …, n[L]: the number of inputs, then the units of every layer.
    hidden : str or sequence of str
        Activation of the hidden layers, one name for all or one for each: linear, sigmoid, tanh, relu, leaky_relu, elu, selu,
        gelu, silu, softplus.
    output : str, optional
        Activation of the output layer: sigmoid (the default for one unit; with more, each is a label of its own),
        softmax (the default for more) or linear (regression).
    loss : str, optional
        binary_cross_entropy or mean_squared_error for sigmoid, categorical_cross_entropy for softmax,
        mean_squared_error, mean_absolute_error or huber for linear; the first is the default.
    initializer : str
        he, glorot, small_normal (0.1 · N(0, 1)) or zeros, of the weights; biases start at 0.
    dropout : float or sequence of float
        The probability with which fit drops each unit of a hidden layer in a step, one for all or one for each.
    dtype : {"float64", "float32"}
    rng : None, int or numpy Generator
        What the weights, and later the order of the examples, are drawn from.
    engine : {"cython", "numpy"}
        The compiled engine, or the article's equations in plain NumPy.

    Raises
    ------
    ValueError, TypeError
        Naming the argument, what came and what was expected.

    Notes
    -----
    Inside, a column is an example, as in P. Skalski, "Deep Dive into Math Behind Deep Networks" (2018); X and ŷ of the
    user hold an example in a row, as everywhere in Python.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(1000, factor=0.3, noise=0.1, rng=0)
    >>> X_train, X_test, y_train, y_test = pynn.datasets.split(X, y, test_size=0.1, rng=0)
    >>> net = pynn.Network([2, 4, 6, 6, 4, 1], hidden="relu", output="sigmoid", rng=1)
    >>> history = net.fit(X_train, y_train, epochs=50, batch_size=32, learning_rate=0.1)
    >>> net.score(X_test, y_test) > 0.95
    True
    """

    def __init__(self, sizes: Sequence[int], *, hidden: str | Sequence[str] = "relu", output: str | None = None,
                 loss: str | None = None, initializer: str = "he", dropout: float | Sequence[float] = 0.0,
                 dtype: Any = "float64", rng: Any = None, engine: Literal["cython", "numpy"] = "cython") -> None:
        architecture = _checked_architecture(sizes, hidden, output, loss, dropout, dtype, engine)
        draw = INITIALIZERS[choice(initializer, "initializer", INITIALIZERS)]
        self._build(*architecture)
        self._seed, self._epoch = seed_from(rng), 0
        generator = np.random.default_rng(self._seed)
        for layer in self:
            units, inputs = layer.W.shape
            layer.W[...] = draw(units, inputs, generator)
            layer.b[...] = 0

    def _build(self, sizes: tuple[int, ...], names: tuple[str, ...], loss: str, dropout: tuple[float, ...],
               dtype: np.dtype[Any], engine: str) -> None:
        """Everything but the values of the parameters."""
        self._sizes, self._activations, self._loss, self._dtype, self._engine_name = sizes, names, loss, dtype, engine
        self._dropout = dropout
        self._feature_names: tuple[str, ...] | None = None
        self._label_names: tuple[str, ...] | None = None
        self._standardizer: Standardizer | None = None
        self._engine = _ENGINES[engine](sizes, names, loss, dtype, (*dropout, 0.0))
        self._lock = threading.Lock()
        self._theta = _aligned(_count(sizes), dtype)
        self._layers = [Layer(l, W, b, names[l - 1]) for l, (W, b) in enumerate(layer_views(self._theta, sizes), start=1)]
        self._optimizer: Optimizer
        self._counts = np.zeros(2, np.int64)        # steps of the network, and of its optimiser
        self._use(SGD())

    # ------------------------------------------------------------------------------------------------- parameters

    @property
    def parameters(self) -> Array:
        """θ = W[1], b[1], W[2], b[2], … row-major in one vector, a view; assignment copies finite numbers in."""
        return self._theta

    @parameters.setter
    def parameters(self, value: Any) -> None:
        _copy_in(value, self._theta, "parameters")

    @property
    def sizes(self) -> tuple[int, ...]:
        """n[0], …, n[L]."""
        return self._sizes

    @property
    def activations(self) -> tuple[str, ...]:
        """g[1], …, g[L]."""
        return self._activations

    @property
    def loss(self) -> str:
        """The name of the loss."""
        return self._loss

    @property
    def dtype(self) -> np.dtype[Any]:
        """float64 or float32, of every array."""
        return self._dtype

    @property
    def engine(self) -> str:
        """cython or numpy."""
        return self._engine_name

    @property
    def dropout(self) -> tuple[float, ...]:
        """The probability that a unit is dropped in a step of fit, for each hidden layer."""
        return self._dropout

    @property
    def optimizer(self) -> Optimizer:
        """The optimiser of the last fit, or that of the next one; the network keeps its state from fit to fit."""
        return self._optimizer

    @property
    def learning_rate(self) -> float:
        """The optimiser's α; a callback may assign it, for the next epoch on."""
        return self._optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._optimizer = self._optimizer.with_learning_rate(value)

    @property
    def epoch(self) -> int:
        """How many epochs the network has been trained for."""
        return self._epoch

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """The n[0] names of the inputs, or None; fit takes those of a DataFrame where there are none yet."""
        return self._feature_names

    @feature_names.setter
    def feature_names(self, value: Iterable[str] | None) -> None:
        self._feature_names = _checked_names(value, "feature_names", self.sizes[0])

    @property
    def label_names(self) -> tuple[str, ...] | None:
        """Names of the classes, 2 for one sigmoid unit, else of the n[L] outputs, be they labels or values; or None."""
        return self._label_names

    @label_names.setter
    def label_names(self, value: Iterable[str] | None) -> None:
        binary = self.sizes[-1] == 1 and not self.is_regression
        self._label_names = _checked_names(value, "label_names", 2 if binary else self.sizes[-1])

    @property
    def standardizer(self) -> Standardizer | None:
        """What every X is put through before layer 1 sees it, or None."""
        return self._standardizer

    @standardizer.setter
    def standardizer(self, value: Standardizer | None) -> None:
        if value is not None and not isinstance(value, Standardizer):
            raise TypeError(f"standardizer: expected a pynn.Standardizer or None, got {type(value).__name__}")
        if value is not None and len(value.mean) != self.sizes[0]:
            raise ValueError(f"standardizer: expected one of {self.sizes[0]} features, got one of {len(value.mean)}")
        self._standardizer = value

    def _use(self, optimizer: Optimizer) -> None:
        """Take this optimiser, at its first step."""
        self._optimizer = optimizer
        self._state = np.zeros((reference.OPTIMIZERS[optimizer.rule].vectors, len(self._theta)), self._dtype)
        self._counts[1] = 0

    @property
    def is_regression(self) -> bool:
        """Whether the outputs are values (linear) rather than probabilities."""
        return self.activations[-1] == "linear"

    def __len__(self) -> int:
        """L, the number of layers after the input."""
        return len(self._layers)

    def __getitem__(self, l: int) -> Layer:
        if isinstance(l, bool) or not hasattr(l, "__index__"):
            raise TypeError(f"layer: expected an int from 1 to {len(self)}, got {l!r}")
        number = operator.index(l)
        if not 1 <= number <= len(self):
            raise IndexError(f"layer: expected 1 to {len(self)} (0 is the input), got {number}")
        return self._layers[number - 1]

    def __iter__(self) -> Iterator[Layer]:
        """Layers 1 … L."""
        return iter(self._layers)

    # ------------------------------------------------------------------------------------------------ three verbs

    def __call__(self, X: Any) -> Array:
        """Ŷ, (m, n[L]), of X (m, n[0])."""
        outputs: Array
        if type(X) is np.ndarray and X.ndim == 2 and self._engine_name == "cython" and self._standardizer is None:
            try:            # the short door: the compiled engine checks while it reads
                outputs = self._engine.predict(self._theta, X)
                return outputs
            except (TypeError, ValueError):
                pass        # in few words; the checks below have more
        outputs = self._engine.predict(self._theta, self._examples(X, "X"))
        return outputs

    def forward(self, X: Any) -> ForwardPass:
        """Forward propagation of X (m, n[0]), with every array: Z[l] = W[l] A[l−1] + b[l], A[l] = g[l](Z[l]).

        Examples
        --------
        >>> import pynn
        >>> net = pynn.Network([2, 3, 1], rng=0)
        >>> step = net.forward([[0.5, -1.0], [2.0, 0.0]])
        >>> [A.shape for A in step.A]
        [(2, 2), (3, 2), (1, 2)]
        """
        Z, A = self._engine.forward(self._theta, self._examples(X, "X"))
        return ForwardPass(A=A, Z=Z)

    def backward(self, X: Any, y: Any) -> Gradients:
        """Backpropagation of the loss of X (m, n[0]) and y through every layer.

        dZ[l] = dA[l] ∗ g[l]′(Z[l]), dW[l] = (1/m) dZ[l] A[l−1]ᵀ, db[l] = (1/m) Σ dZ[l], dA[l−1] = W[l]ᵀ dZ[l].

        Examples
        --------
        >>> import pynn
        >>> net = pynn.Network([2, 3, 1], rng=0)
        >>> gradients = net.backward([[0.5, -1.0], [2.0, 0.0]], [0, 1])
        >>> gradients.dW[1].shape, gradients.db[2].shape
        ((3, 2), (1, 1))
        """
        X = self._examples(X, "X")
        loss, dZ, dA, flat = self._engine.backward(self._theta, X, self._targets(y, "y", len(X)))
        parts = list(layer_views(flat, self.sizes))
        return Gradients(loss=loss, dW=[None, *(dW for dW, _ in parts)], db=[None, *(db for _, db in parts)], dZ=dZ,
                         dA=dA, flat=flat)

    def descend(self, gradients: Gradients, learning_rate: float) -> None:
        """One step of gradient descent: W[l] ← W[l] − α dW[l], b[l] ← b[l] − α db[l].

        Examples
        --------
        >>> import pynn
        >>> net = pynn.Network([2, 3, 1], rng=0)
        >>> X, y = [[0.5, -1.0], [2.0, 0.0]], [0, 1]
        >>> before = net.backward(X, y)
        >>> net.descend(before, learning_rate=0.1)
        >>> net.backward(X, y).loss < before.loss
        True
        """
        if not isinstance(gradients, Gradients):
            raise TypeError(f"gradients: expected what backward returned, got {type(gradients).__name__}")
        parts = [np.asarray(part) for pair in zip(gradients.dW[1:], gradients.db[1:], strict=False) for part in pair]
        expected = [array.shape for layer in self for array in (layer.W, layer.b)]
        if [part.shape for part in parts] != expected or any(part.dtype != self.dtype for part in parts):
            raise ValueError(f"gradients: expected dW and db of the shapes {expected} in {self.dtype}, got "
                             f"{[part.shape for part in parts]} in {', '.join(sorted({str(part.dtype) for part in parts}))}")
        flat = np.concatenate([part.ravel() for part in parts])
        finite_array(flat, "gradients")
        alpha = real_number(learning_rate, "learning_rate", 0, low_included=False)
        theta = self._theta.copy()
        self._engine.descend(theta, flat, alpha)
        if not np.isfinite(theta).all():
            raise ValueError(f"learning_rate: expected a step that leaves W and b finite, got {alpha:g}: lower it")
        self._theta[:] = theta

    # -------------------------------------------------------------------------------------------------- training

    def fit(self, X: Any, y: Any, *, epochs: int = 100, batch_size: int | None = 32,
            learning_rate: float | training.Schedule | None = None, optimizer: str | Optimizer | None = None,
            validation_data: Any = None, validation_split: float = 0.0, shuffle: bool = True, sample_weight: Any = None,
            class_weight: Mapping[int, float] | Literal["balanced"] | None = None, l1: float = 0.0, l2: float = 0.0,
            clip_norm: float | None = None, callbacks: Sequence[training.Callback] = (), progress: bool | None = None,
            rng: Any = None, n_threads: int | None = None) -> History:
        """Train by mini-batch gradient descent: for every batch forward, backward, descend.

        Parameters
        ----------
        X : array-like, (m, n[0])
            The column names of a DataFrame become feature_names, where there are none yet.
        y : array-like
            Sigmoid (m,) or (m, 1), with more units (m, n[L]), in {0, 1}; softmax (m,) ints 0 … K−1 or one-hot (m, K);
            linear (m,) or (m, n[L]).
        epochs : int
            How many times every example is met.
        batch_size : int or None
            Examples a step; None: all of them.
        learning_rate : float or callable, optional
            α; if not given, the optimiser's.  A callable is asked before every epoch, with the number of epochs that the
            network has behind it; pynn.schedules has the usual ones.
        optimizer : str or one of pynn.optimizers, optional
            sgd, rmsprop, adagrad, adam, adamw or adamax with their defaults, or a recipe, from its first step.  If not
            given, the one used last goes on with its state; at first it is SGD(learning_rate=0.01).
        validation_data : (X, y), optional
            Evaluated after every epoch, never trained on.
        validation_split : float
            Instead of validation_data: the share of the rows, the last ones before any shuffling, to validate on.
        shuffle : bool
            Whether every epoch meets the examples in an order of its own.
        sample_weight : array-like, (m,), optional
            How much each example counts in the loss that is minimised; divided by the mean over the training set.
        class_weight : mapping from class number to weight, or "balanced", optional
            The same for all examples of a class, 1 for a class that is not named; balanced: every class counts alike.
        l1, l2 : float
            The penalties l1·Σ|W| + l2/2·ΣW², on weights only.  The losses in History are without them.
        clip_norm : float, optional
            Make ∇J so long where it is longer.
        callbacks : sequence of callables (net, history)
            Run after every epoch; one that returns True stops the fit.  A method `finish(net, history)` of one, if it has
            it, is called when the fit ends.
        progress : bool, optional
            Show a progress bar; if not given, on a terminal or in a notebook once the fit takes longer than a moment.
        rng : None, int or numpy Generator
            A new seed for the order of the examples, starting again at epoch 0.
        n_threads : int, optional
            At most so many threads; if not given, as many as the work of a step is worth and OMP_NUM_THREADS or
            threadpoolctl allow.  The result is the same, bit for bit, for any number.

        Returns
        -------
        History
            One entry an epoch.  After Ctrl-C its `interrupted` is true and the network is as the last step left it.

        Raises
        ------
        DivergenceError
            The loss or a parameter is not finite; the network is as it was before the fit.
        RuntimeError
            A fit of this network is already running.
        ValueError, TypeError
            Naming the argument, what came and what was expected.

        Warns
        -----
        DivergenceWarning
            The loss of an epoch is above 10 times the loss before the fit.

        Notes
        -----
        The order of epoch e depends on (seed, e) alone and the network counts its epochs, so 30 epochs and 30 more are
        60, bit for bit.

        Examples
        --------
        >>> import pynn
        >>> X, y = pynn.datasets.moons(200, rng=0)
        >>> history = pynn.Network([2, 8, 1], rng=0).fit(X, y, epochs=20, learning_rate=0.5, validation_split=0.2)
        >>> bool(history.loss[-1] < history.loss[0])
        True
        """
        known = self._feature_names
        if known is None:
            self._feature_names = _column_names(X, self.sizes[0])
        try:
            return training.fit(self, X, y, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate,
                                optimizer=optimizer, validation_data=validation_data, validation_split=validation_split,
                                shuffle=shuffle, sample_weight=sample_weight, class_weight=class_weight, l1=l1, l2=l2,
                                clip_norm=clip_norm, callbacks=callbacks, progress=progress, rng=rng, n_threads=n_threads)
        except BaseException:
            self._feature_names = known
            raise

    def predict(self, X: Any) -> Array:
        """Labels (m,) int64 of X (m, n[0]), multi-label (m, n[L]); in regression values (m,) or (m, n[L]).

        Raises FloatingPointError where an output is NaN, which no label could show.

        Examples
        --------
        >>> import pynn
        >>> pynn.Network([2, 3], rng=0).predict([[0.5, -1.0], [2.0, 0.0]]).shape
        (2,)
        """
        outputs = self(X)
        if np.isnan(outputs.max()):
            raise FloatingPointError("an output of the network is NaN: look at net.parameters for NaN and infinities")
        if self.is_regression:
            return outputs[:, 0] if self.sizes[-1] == 1 else outputs
        if self.activations[-1] == "softmax":
            return outputs.argmax(axis=1).astype(np.int64, copy=False)
        labels = (outputs > 0.5).astype(np.int64)
        return labels[:, 0] if self.sizes[-1] == 1 else labels

    def predict_proba(self, X: Any) -> Array:
        """Probabilities of X (m, n[0]): (m, 2) for one sigmoid unit, else (m, n[L]).  TypeError in regression.

        Examples
        --------
        >>> import pynn
        >>> pynn.Network([2, 3, 1], rng=0).predict_proba([[0.5, -1.0]]).shape
        (1, 2)
        """
        if self.is_regression:
            raise TypeError("predict_proba: the outputs of this network are values, not probabilities (output='linear')")
        outputs = self(X)
        if self.sizes[-1] == 1:
            return np.hstack([1 - outputs, outputs])
        return outputs

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Accuracy (of several labels: the share of examples with all of them right), or R² in regression."""
        result = self.evaluate(X, y, sample_weight)
        return result["r2" if self.is_regression else "accuracy"]

    def evaluate(self, X: Any, y: Any, sample_weight: Any = None) -> dict[str, float]:
        """{"loss", "accuracy"}, or {"loss", "r2"} in regression, of X (m, n[0]) and y; weighted means with sample_weight (m,).

        Raises FloatingPointError where the loss is NaN.

        Examples
        --------
        >>> import pynn
        >>> X, y = pynn.datasets.circles(100, rng=0)
        >>> sorted(pynn.Network([2, 3, 1], rng=0).evaluate(X, y))
        ['accuracy', 'loss']
        """
        X = self._examples(X, "X")
        result = training.evaluate(self, X, self._targets(y, "y", len(X)), weights(sample_weight, "sample_weight", len(X)))
        for name, value in result.items():
            if np.isnan(value):
                raise FloatingPointError(f"the {name} of the network is NaN: look at net.parameters for NaN and infinities")
        return result

    def _examples(self, X: Any, name: str) -> Array:
        columns, known = _column_names(X, self.sizes[0]), self._feature_names
        if columns is not None and known is not None and columns != known:
            raise ValueError(f"{name}: expected the columns {_listed(known)} in this order, got {_listed(columns)}")
        if self._standardizer is not None:
            X = self._standardizer.transform_named(X, name)
        return examples(X, name, self.sizes[0], self.dtype)

    def _targets(self, y: Any, name: str, m: int) -> Array:
        return targets(y, name, m, self.sizes[-1], self.activations[-1], self.dtype)

    # --------------------------------------------------------------------------------------- copies and descriptions

    def copy(self) -> Network:
        """A network of its own with the same parameters, seed and epoch: it goes on exactly as this one would."""
        twin = Network.__new__(Network)
        twin.__setstate__(self.__getstate__())
        return twin

    def _moving(self) -> dict[str, Any]:
        """What a fit changes, as copies."""
        return {"parameters": self._theta.copy(), "seed": self._seed, "epoch": self._epoch, "counts": self._counts.copy(),
                "optimizer": self._optimizer, "state": self._state.copy()}

    def _move_to(self, moving: Mapping[str, Any]) -> None:
        self._theta[:], self._counts[:] = moving["parameters"], moving["counts"]
        self._seed, self._epoch = moving["seed"], moving["epoch"]
        self._optimizer, self._state = moving["optimizer"], moving["state"].copy()

    def __getstate__(self) -> dict[str, Any]:
        return {"sizes": self.sizes, "activations": self.activations, "loss": self.loss, "dropout": self.dropout,
                "dtype": self.dtype.name, "engine": self.engine, "feature_names": self.feature_names,
                "label_names": self.label_names, "standardizer": self.standardizer, **self._moving()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._build(state["sizes"], state["activations"], state["loss"], state["dropout"], np.dtype(state["dtype"]),
                    state["engine"])
        self._feature_names, self._label_names = state["feature_names"], state["label_names"]
        self._standardizer = state["standardizer"]
        self._move_to(state)

    def save(self, path: Any) -> None:
        """Write the network, its optimiser's state and its counts to the file `path`, from which training goes on bit for bit.

        The file is a npz file of arrays and a header in JSON; a crash at any moment leaves the old file or the new one.

        Parameters
        ----------
        path : str or path-like
            Taken as it is: no suffix is added.

        Raises
        ------
        ValueError, TypeError
            Naming the argument; a ValueError also if a parameter is not finite.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import os, tempfile, pynn
        >>> net = pynn.Network([2, 3, 1], rng=0)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     net.save(os.path.join(folder, "model.npz"))
        ...     twin = pynn.load(os.path.join(folder, "model.npz"))
        >>> bool((twin.parameters == net.parameters).all())
        True
        """
        header = self.__getstate__()
        arrays = {"parameters": finite_array(header.pop("parameters"), "parameters"), "state": header.pop("state")}
        standardizer = header.pop("standardizer")
        if standardizer is not None:
            arrays |= {"mean": standardizer.mean, "scale": standardizer.scale}
        recipe = choice(type(self.optimizer).__name__.lower(), "optimizer", RECIPES)
        header |= {"counts": header["counts"].tolist(), "optimizer": {"name": recipe, **dataclasses.asdict(self.optimizer)},
                   "standardized": standardizer is not None}
        storage.write(path, header, arrays)

    def _restore(self, header: Mapping[str, Any], read: Callable[[storage.Layout], dict[str, Array]]) -> None:
        """Become the network of a model file: check the header, then the sizes it implies, then allocate."""
        for key, kinds in _HEADER.items():
            if type(header.get(key)) not in kinds:
                raise ValueError(f"{key}: not in its header, or not a {kinds[0].__name__}")
        names = header["activations"]
        architecture = _checked_architecture(header["sizes"], names[:-1], names[-1] if names else "", header["loss"],
                                             header["dropout"], choice(header["dtype"], "dtype", ("float32", "float64")),
                                             header["engine"])
        seed, epoch = seed_from(header["seed"]), _counted(header["epoch"], "epoch")
        counts = [_counted(count, "counts") for count in header["counts"]]
        if len(counts) != 2:
            raise ValueError(f"counts: expected 2 numbers, got {len(counts)}")
        recipe = dict(header["optimizer"])
        optimizer = RECIPES[choice(recipe.pop("name", None), "optimizer", RECIPES)](**recipe)
        sizes, dtype = architecture[0], architecture[4]
        P = _count(sizes)
        vectors = reference.OPTIMIZERS[optimizer.rule].vectors
        layout: dict[str, Any] = {"parameters": (dtype, (P,)), "state": (dtype, (vectors, P))}
        if header["standardized"]:
            layout |= dict.fromkeys(("mean", "scale"), (np.float64, (sizes[0],)))
        arrays = read(layout)
        self._build(*architecture)
        self.feature_names, self.label_names = header["feature_names"], header["label_names"]
        if header["standardized"]:
            self.standardizer = Standardizer(arrays["mean"], arrays["scale"])
        self._move_to({"parameters": finite_array(arrays["parameters"], "parameters"), "counts": counts, "seed": seed,
                       "epoch": epoch, "optimizer": optimizer, "state": arrays["state"].astype(dtype, copy=False)})

    def summary(self) -> str:
        """A table of the layers, for printing.

        Examples
        --------
        >>> import pynn
        >>> print(pynn.Network([2, 4, 1]).summary())
        layer  units  activation  W       b       parameters
        0          2  input
        1          4  relu        (4, 2)  (4, 1)          12
        2          1  sigmoid     (1, 4)  (1, 1)           5
        17 parameters, float64, loss binary_cross_entropy
        """
        rows = [("layer", "units", "activation", "W", "b", "parameters"), ("0", str(self.sizes[0]), "input", "", "", "")]
        rows += [(str(l), str(len(layer.W)), layer.activation, str(layer.W.shape), str(layer.b.shape),
                  str(layer.W.size + layer.b.size)) for l, layer in enumerate(self, start=1)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        align = (str.ljust, str.rjust, str.ljust, str.ljust, str.ljust, str.rjust)
        lines = ["  ".join(put(cell, width) for put, cell, width in zip(align, row, widths, strict=True)).rstrip()
                 for row in rows]
        lines.append(f"{len(self._theta)} parameters, {self.dtype}, loss {self.loss}")
        if self.feature_names is not None:
            lines.append(f"inputs: {_listed(self.feature_names)}")
        if self.label_names is not None:
            lines.append(f"{'outputs' if self.is_regression else 'labels'}: {_listed(self.label_names)}")
        if self.standardizer is not None:
            lines.append("inputs are standardised")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return (f"Network({list(self.sizes)}, hidden={list(self.activations[:-1])}, output={self.activations[-1]!r}, "
                f"loss={self.loss!r}, dtype={self.dtype.name!r}, engine={self.engine!r})")


def load(path: Any) -> Network:
    """Read a network that Network.save wrote.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    Network
        It goes on exactly as the one that was saved would have.

    Raises
    ------
    ValueError
        Naming the file and what is wrong with it.  Nothing of a file is ever executed.
    TypeError
        If path is of another type.
    OSError
        If the file cannot be opened.

    Examples
    --------
    >>> import os, tempfile, pynn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pynn.Network([2, 3, 1], rng=0).save(os.path.join(folder, "model.npz"))
    ...     pynn.load(os.path.join(folder, "model.npz"))
    Network([2, 3, 1], hidden=['relu'], output='sigmoid', loss='binary_cross_entropy', dtype='float64', engine='cython')
    """
    net = Network.__new__(Network)
    with storage.reading(path) as (header, read):
        net._restore(header, read)
    return net


def _shapes(arrays: list[Any]) -> str:
    return ", ".join("None" if array is None else str(array.shape) for array in arrays)


def _aligned(elements: int, dtype: np.dtype[Any]) -> Array:
    buffer = np.zeros(elements * dtype.itemsize + _ALIGNMENT, np.uint8)
    start = -buffer.ctypes.data % _ALIGNMENT
    return buffer[start:start + elements * dtype.itemsize].view(dtype)


def _copy_in(value: Any, into: Array, name: str) -> None:
    array = finite_array(value, name)
    if array.shape != into.shape:
        raise ValueError(f"{name}: expected shape {into.shape}, got {array.shape}")
    with np.errstate(over="ignore"):
        converted = array.astype(into.dtype)
    if not np.isfinite(converted).all():
        raise ValueError(f"{name}: expected numbers that {into.dtype} can hold, got larger ones")
    into[...] = converted


def _checked_architecture(sizes: Any, hidden: Any, output: Any, loss: Any, dropout: Any, dtype: Any, engine: Any) -> tuple[
        tuple[int, ...], tuple[str, ...], str, tuple[float, ...], np.dtype[Any], str]:
    """What Network._build takes."""
    checked = _checked_sizes(sizes)
    output = choice(output or ("sigmoid" if checked[-1] == 1 else "softmax"), "output", reference.OUTPUT)
    if output == "softmax" and checked[-1] == 1:
        raise ValueError("output: softmax over one unit is always 1; expected 'sigmoid' or 'linear', or more units")
    loss = choice(loss or reference.OUTPUT[output][0], "loss", reference.LOSSES)
    if loss not in reference.OUTPUT[output]:
        raise ValueError(f"loss: {loss!r} does not go with output {output!r}; expected "
                         f"{' or '.join(map(repr, reference.OUTPUT[output]))}")
    names = (*_checked_hidden(hidden, len(checked) - 2), output)
    return (checked, names, loss, _checked_dropout(dropout, len(checked) - 2), _checked_dtype(dtype),
            choice(engine, "engine", _ENGINES))


def _checked_names(value: Any, name: str, expected: int) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"{name}: expected a sequence of {expected} names or None, got {value!r}")
    names = tuple(value)
    for one in names:
        if not isinstance(one, str):
            raise TypeError(f"{name}: expected names of type str, got {one!r} ({type(one).__name__})")
    if len(names) != expected or len(set(names)) != expected:
        raise ValueError(f"{name}: expected {expected} different names, got {_listed(names)}")
    return tuple(map(str, names))           # NumPy's str_ too


def _column_names(X: Any, expected: int) -> tuple[str, ...] | None:
    """Those of a DataFrame, if its columns have names of type str."""
    columns = getattr(X, "columns", None)
    try:
        return _checked_names(columns, "X", expected)
    except (TypeError, ValueError):
        return None


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _counted(value: Any, name: str) -> int:
    if positive_int(value, name, 0) > _MOST_COUNTED:
        raise ValueError(f"{name}: expected at most {_MOST_COUNTED}, got {value}")
    return int(value)


def _count(sizes: Sequence[int]) -> int:
    """P, the number of parameters."""
    return sum(n * (k + 1) for k, n in itertools.pairwise(sizes))


def _checked_sizes(sizes: Any) -> tuple[int, ...]:
    if isinstance(sizes, str | bytes) or not isinstance(sizes, Sequence | np.ndarray):
        raise TypeError(f"sizes: expected a sequence of ints such as [2, 4, 1], got {sizes!r}")
    if len(sizes) < 2:
        raise ValueError(f"sizes: expected at least n[0] and n[1], got {list(sizes)}")
    checked = tuple(positive_int(n, f"sizes[{l}]") for l, n in enumerate(sizes))
    parameters = _count(checked)
    if parameters > _MOST_PARAMETERS or max(checked) > _MOST_PARAMETERS:
        raise ValueError(f"sizes: expected at most {_MOST_PARAMETERS} parameters, got {parameters} from {list(checked)}")
    return checked


def _checked_hidden(hidden: Any, layers: int) -> tuple[str, ...]:
    if isinstance(hidden, str):
        return (choice(hidden, "hidden", reference.HIDDEN),) * layers
    if not isinstance(hidden, Sequence | np.ndarray):
        raise TypeError(f"hidden: expected a name or a sequence of names, got {hidden!r}")
    if len(hidden) != layers:
        raise ValueError(f"hidden: expected {layers} names, one for each hidden layer, got {len(hidden)}")
    return tuple(choice(name, f"hidden[{i}]", reference.HIDDEN) for i, name in enumerate(hidden))


def _checked_dropout(dropout: Any, layers: int) -> tuple[float, ...]:
    if not isinstance(dropout, Sequence | np.ndarray) or isinstance(dropout, str):
        return (real_number(dropout, "dropout", 0, 1, high_included=False),) * layers
    if len(dropout) != layers:
        raise ValueError(f"dropout: expected {layers} probabilities, one for each hidden layer, got {len(dropout)}")
    return tuple(real_number(p, f"dropout[{i}]", 0, 1, high_included=False) for i, p in enumerate(dropout))


def _checked_dtype(dtype: Any) -> np.dtype[Any]:
    try:
        checked = np.dtype(dtype)
    except TypeError:
        raise TypeError(f"dtype: expected 'float32' or 'float64', got {dtype!r}") from None
    if dtype is None or checked not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"dtype: expected 'float32' or 'float64', got {dtype!r}")
    return checked
