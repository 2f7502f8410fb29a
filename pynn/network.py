"""Network: a dense network and its verbs: forward, backward, descend, fit, predict, save."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from pynn import model_file
from pynn.architecture import Architecture
from pynn.history import History
from pynn.initializers import INITIALIZERS
from pynn.model import ENGINES, Model, column_names
from pynn.optimizers import Optimizer
from pynn.passes import ForwardPass, Gradients, join_gradient, split_gradient
from pynn.randomness import seed_from
from pynn.training import Callback, Schedule, evaluation
from pynn.training.class_weights import weigh
from pynn.training.divergence import explain_overflow
from pynn.training.fit import Fit
from pynn.training.options import FitOptions
from pynn.training.validation_split import set_aside
from pynn.translation import Sentence
from pynn.validation import check_weights, choice, real_number

Array = np.ndarray[Any, np.dtype[Any]]


class Network(Model):
    """A dense network n[0] → n[1] → … → n[L], trained by gradient descent.

    Parameters
    ----------
    sizes : sequence of int
        n[0], …, n[L]: the number of inputs, then the units of every layer.
    hidden : str or sequence of str
        Activation of the hidden layers, one name for all or one for each: linear, sigmoid, tanh, relu, leaky_relu, elu, selu,
        gelu, silu or softplus.
    output : str, optional
        Activation of the output layer: sigmoid (the default for one unit; several units are several labels), softmax (the
        default for several units) or linear (regression).
    loss : str, optional
        binary_cross_entropy or mean_squared_error for sigmoid, categorical_cross_entropy for softmax,
        mean_squared_error, mean_absolute_error or huber for linear; the first is the default.
    initializer : str
        How the weights start: paired (orthogonal pairs w and −w in a hidden layer of at most 8 rectifiers, glorot in every
        other layer), he, glorot, lecun, small_normal (0.1 · N(0, 1)) or zeros.  Biases start at 0.
    dropout : float or sequence of float
        The probability that a step of fit drops a unit of a hidden layer: one number for all layers, or one for each.
    dtype : {"float64", "float32"}
    rng : None, int or numpy Generator
        The source of the weights, and later of the order of the examples and of dropout.
    engine : {"cython", "numpy"}
        The compiled engine, or the article's equations in plain NumPy.

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.

    Notes
    -----
    Inside, a column is an example, as in P. Skalski, "Deep Dive into Math Behind Deep Networks" (2018).  Outside, a row of X
    and of ŷ is an example, as everywhere in Python.

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
                 loss: str | None = None, initializer: str = "paired", dropout: float | Sequence[float] = 0.0,
                 dtype: Any = "float64", rng: Any = None, engine: Literal["cython", "numpy"] = "cython") -> None:
        architecture = Architecture(sizes, hidden=hidden, output=output, loss=loss, dropout=dropout, dtype=dtype)
        engine_name = choice(engine, "engine", ENGINES)
        draw = INITIALIZERS[choice(initializer, "initializer", INITIALIZERS)]
        seed = seed_from(rng)
        super().__init__(architecture, engine_name)
        self._state.start_over(seed)
        generator = np.random.default_rng(seed)
        for layer in self:
            units, inputs = layer.W.shape
            layer.W[...] = draw(units, inputs, layer.activation, generator)

    # ------------------------------------------------------------------------------------------ the article's verbs

    def __call__(self, X: Any) -> Array:
        """Ŷ, (m, n[L]), for X (m, n[0]); with a target_standardizer, in the user's units."""
        outputs: Array
        if type(X) is np.ndarray and X.ndim == 2 and self._engine_name == "cython" and self._standardizer is None:
            try:            # the short door: the compiled engine checks while it reads
                outputs = self._engine.predict(self._state.theta, X)
                return self.restore_targets(outputs)
            except (TypeError, ValueError):
                pass        # the checks below explain better
        outputs = self._engine.predict(self._state.theta, self.check_examples(X, "X", narrow=True))
        return self.restore_targets(outputs)

    def forward(self, X: Any) -> ForwardPass:
        """Forward propagation of X (m, n[0]), which returns every array: Z[l] = W[l] A[l−1] + b[l], A[l] = g[l](Z[l]).

        With a target_standardizer, A[L] is standardised as y is; `net(X)` is in the user's units.

        Examples
        --------
        >>> import pynn
        >>> net = pynn.Network([2, 3, 1], rng=0)
        >>> step = net.forward([[0.5, -1.0], [2.0, 0.0]])
        >>> [A.shape for A in step.A]
        [(2, 2), (3, 2), (1, 2)]
        """
        Z, A = self._engine.forward(self._state.theta, self.check_examples(X, "X", narrow=True))
        return ForwardPass(A=A, Z=Z)

    def backward(self, X: Any, y: Any) -> Gradients:
        """Backpropagation of the loss of X (m, n[0]) and y through every layer.

        dZ[l] = dA[l] ∗ g[l]′(Z[l]), dW[l] = (1/m) dZ[l] A[l−1]ᵀ, db[l] = (1/m) Σ dZ[l], dA[l−1] = W[l]ᵀ dZ[l].
        With a target_standardizer, y is given in the user's units; the loss and all gradients are those of the standardised y.

        Examples
        --------
        >>> import pynn
        >>> net = pynn.Network([2, 3, 1], rng=0)
        >>> gradients = net.backward([[0.5, -1.0], [2.0, 0.0]], [0, 1])
        >>> gradients.dW[1].shape, gradients.db[2].shape
        ((3, 2), (1, 1))
        """
        X = self.check_examples(X, "X", narrow=True)
        y = self.check_targets(y, "y", len(X))
        return split_gradient(self.sizes, *self._engine.backward(self._state.theta, X, y))

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
        flat = join_gradient(gradients, self._state.theta, self.sizes)
        alpha = real_number(learning_rate, "learning_rate", 0, low_included=False)
        theta = self._state.theta.copy()
        self._engine.descend(theta, flat, alpha)
        if not np.isfinite(theta).all():
            raise ValueError(Sentence("learning_rate: expected a step that leaves W and b finite, got {alpha:g}: lower it",
                                      alpha=alpha))
        self._state.theta[:] = theta

    # -------------------------------------------------------------------------------------------------- training

    def fit(self, X: Any, y: Any, *, epochs: int = 100, batch_size: int | None = 32,
            learning_rate: float | Schedule | None = None, optimizer: str | Optimizer | None = None,
            validation_data: Any = None, validation_split: float = 0.0, shuffle: bool = True, sample_weight: Any = None,
            class_weight: Mapping[int, float] | Literal["balanced"] | None = None, l1: float = 0.0, l2: float = 0.0,
            clip_norm: float | None = None, callbacks: Sequence[Callback] = (), progress: bool | None = None,
            rng: Any = None, n_threads: int | None = None) -> History:
        """Train by mini-batch gradient descent: for every batch forward, backward, descend.

        Parameters
        ----------
        X : array-like, (m, n[0])
            The column names of a DataFrame become feature_names, if there are none yet.
        y : array-like
            One sigmoid unit: (m,) or (m, 1) of 0 and 1; several: (m, n[L]) of 0 and 1.  Soft targets between 0 and 1 are
            probabilities; for the accuracy, one above 0.5 counts as 1.  Softmax: (m,) ints 0 … K−1, or one-hot (m, K).
            Linear: (m,) or (m, n[L]), in the user's units also with a target_standardizer; the losses are then those of the
            standardised y.
        epochs : int
            How many times to go through all examples.
        batch_size : int or None
            Examples per step; None: all of them.
        learning_rate : float or callable, optional
            α; if not given, the optimiser's.  A callable is asked before every epoch, with the number of epochs trained so far;
            pynn.schedules has the usual ones.  It may return 0.  Afterwards `net.learning_rate` is the optimiser's, as before.
        optimizer : str or one of pynn.optimizers, optional
            sgd, rmsprop, adagrad, adam, adamw or adamax with its defaults, or a recipe; it starts at its first step.  If not
            given, the last optimiser continues with its state; at first it is SGD(learning_rate=0.01).
        validation_data : (X, y), optional
            Evaluated after every epoch, but not trained on.
        validation_split : float
            Instead of validation_data: the share of the rows to validate on.  These are the last rows, before any shuffling;
            their number is rounded to the nearest, and at least one row is on either side.
        shuffle : bool
            Whether every epoch takes the examples in a new order.
        sample_weight : array-like, (m,), optional
            How much each example counts in the loss that is minimised.  The weights are divided by their mean over the
            training set.
        class_weight : mapping from class number to weight, or "balanced", optional
            The same for all examples of a class; 1 for a class that is not named.  balanced: every class counts the same in
            total.
        l1, l2 : float
            The penalties l1·Σ|W| + l2/2·ΣW², on weights only.  The losses in History do not include them.
        clip_norm : float, optional
            Rescale ∇J to this norm if its norm is larger.
        callbacks : sequence of callables (net, history)
            Called after every epoch; the fit stops if one returns True.  If a callback has methods `prepare(net, history)` and
            `finish(net, history)`, they are called before the first epoch and when the fit ends.
        progress : bool, optional
            Whether to show a progress bar.  If not given, one appears on a terminal or in a notebook when the fit takes more
            than half a second.
        rng : None, int or numpy Generator
            A new seed for the order of the examples; the epochs are counted from 0 again.
        n_threads : int, optional
            The most threads to use.  If not given, the engine chooses by the work of a step, within what OMP_NUM_THREADS or
            threadpoolctl allows.  The result is bitwise the same for any number.

        Returns
        -------
        History
            One entry per epoch.  After Ctrl-C its `interrupted` is true, and the network is as the last step left it.

        Raises
        ------
        DivergenceError
            The loss or a parameter is not finite, before the first epoch or after any; the network is as it was before the fit.
        RuntimeError
            A fit of this network is already running.
        Exception
            What a callback or a schedule raises: the epochs before it are kept, and the error's attribute `history` has them.
        ValueError, TypeError
            The message names the argument, the value received and what was expected.

        Warns
        -----
        DivergenceWarning
            The loss of an epoch is above 10 times the loss before the fit.  Training goes on; `net.copy()` before the fit is
            the way back.

        Notes
        -----
        The order of epoch e depends on (seed, e) alone, and the network counts its epochs.  So 30 epochs and 30 more give
        the same bits as 60.

        Examples
        --------
        >>> import pynn
        >>> X, y = pynn.datasets.moons(200, rng=0)
        >>> history = pynn.Network([2, 8, 1], rng=0).fit(X, y, epochs=20, learning_rate=0.5, validation_split=0.2)
        >>> bool(history.loss[-1] < history.loss[0])
        True
        """
        if not self._fitting.acquire(blocking=False):
            raise RuntimeError(Sentence("a fit of this network is already running, in another thread or around this callback"))
        names = self._feature_names
        try:
            if names is None:
                self._feature_names = column_names(X, self.sizes[0])
            options = FitOptions(
                epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, optimizer=optimizer, shuffle=shuffle, l1=l1,
                l2=l2, clip_norm=clip_norm, callbacks=callbacks, progress=progress, rng=rng, n_threads=n_threads)
            X = self.check_examples(X, "X", narrow=True)
            y = self.check_targets(y, "y", len(X))
            weights = weigh(self._architecture, y, sample_weight, class_weight)
            examples = set_aside(X, y, weights, self._check_validation(validation_data), validation_split)
            return Fit(self, self._engine, self._architecture, self._state, examples, options).run()
        except BaseException:
            self._feature_names = names
            raise
        finally:
            self._fitting.release()

    def predict(self, X: Any) -> Array:
        """Labels of X (m, n[0]): (m,) int64, with several labels (m, n[L]); in regression values (m,) or (m, n[L]).

        Raises FloatingPointError if an output is NaN, because no label could show that.

        Examples
        --------
        >>> import pynn
        >>> pynn.Network([2, 3], rng=0).predict([[0.5, -1.0], [2.0, 0.0]]).shape
        (2,)
        """
        outputs = self(X)
        if np.isnan(outputs.max()):
            raise FloatingPointError(Sentence("an output of the network is NaN: look at net.parameters for NaN and "
                                              "infinities"))
        if self.is_regression:
            return outputs[:, 0] if self.sizes[-1] == 1 else outputs
        if self.activations[-1] == "softmax":
            return outputs.argmax(axis=1).astype(np.int64, copy=False)
        labels = (outputs > 0.5).astype(np.int64)
        return labels[:, 0] if self.sizes[-1] == 1 else labels

    def predict_proba(self, X: Any) -> Array:
        """Probabilities for X (m, n[0]): (m, 2) with one sigmoid unit, otherwise (m, n[L]).  TypeError in regression.

        Examples
        --------
        >>> import pynn
        >>> pynn.Network([2, 3, 1], rng=0).predict_proba([[0.5, -1.0]]).shape
        (1, 2)
        """
        if self.is_regression:
            raise TypeError(Sentence("predict_proba: the outputs of this network are values, not probabilities "
                                     "(output='linear')"))
        outputs = self(X)
        if self.sizes[-1] == 1:
            return np.hstack([1 - outputs, outputs])
        return outputs

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Accuracy, or R² in regression.  With several labels, an example counts as right if all its labels are."""
        result = self.evaluate(X, y, sample_weight)
        return result["r2" if self.is_regression else "accuracy"]

    def evaluate(self, X: Any, y: Any, sample_weight: Any = None) -> dict[str, float]:
        """{"loss", "accuracy"} of X (m, n[0]) and y, {"loss", "r2"} in regression; sample_weight (m,) makes weighted means.

        With a target_standardizer the loss is that of the standardised y, as in training; R² is the same in all units.
        Raises FloatingPointError if the loss is NaN.

        Examples
        --------
        >>> import pynn
        >>> X, y = pynn.datasets.circles(100, rng=0)
        >>> sorted(pynn.Network([2, 3, 1], rng=0).evaluate(X, y))
        ['accuracy', 'loss']
        """
        X = self.check_examples(X, "X", narrow=True)
        y = self.check_targets(y, "y", len(X))
        result = evaluation.evaluate(self._engine, self._architecture, self._state.theta, X, y,
                                     check_weights(sample_weight, "sample_weight", len(X)))
        for name, value in result.items():
            if np.isnan(value):
                theta = self._state.theta
                cause = (explain_overflow(self._engine, self._architecture, theta, X, y) if np.isfinite(theta).all()
                         else Sentence("look at net.parameters for NaN and infinities"))
                raise FloatingPointError(Sentence("the {name} of the network is NaN: {cause}", name=name, cause=cause))
        return result

    def _check_validation(self, pair: Any) -> tuple[Array, Array] | None:
        if pair is None:
            return None
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise TypeError(Sentence("validation_data: expected a pair (X, y), got {kind}", kind=type(pair).__name__))
        X = self.check_examples(pair[0], "validation_data[0]", narrow=True)
        return X, self.check_targets(pair[1], "validation_data[1]", len(X))

    def save(self, path: Any) -> None:
        """Write everything to the file `path`: training continues from it as if there had been no break, bit for bit.

        It is a npz file of arrays with a header in JSON.  A crash at any moment leaves the old file or the new one.

        Parameters
        ----------
        path : str or path-like
            Taken literally: no suffix is added.

        Raises
        ------
        ValueError, TypeError
            The message names the argument; a ValueError also if a parameter is not finite.
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
        model_file.write(path, self.__getstate__())

def load(path: Any) -> Network:
    """Read a network that Network.save wrote.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    Network
        It continues exactly as the saved one would have done.

    Raises
    ------
    ValueError
        The message names the file and what is wrong with it.  Nothing in a file is ever executed.
    TypeError
        If path has another type.
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
    net.__setstate__(model_file.read(path))
    return net
