"""Network: a dense network and its verbs: forward, backward, descend, fit, predict, save."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from pynn import model_file, training
from pynn.architecture import Architecture
from pynn.history import History
from pynn.initializers import INITIALIZERS
from pynn.model import ENGINES, Model, column_names
from pynn.optimizers import Optimizer
from pynn.passes import ForwardPass, Gradients, join_gradient, split_gradient
from pynn.randomness import seed_from
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
        architecture = Architecture(sizes, hidden=hidden, output=output, loss=loss, dropout=dropout, dtype=dtype)
        engine_name = choice(engine, "engine", ENGINES)
        draw = INITIALIZERS[choice(initializer, "initializer", INITIALIZERS)]
        seed = seed_from(rng)
        super().__init__(architecture, engine_name)
        self._state.start_over(seed)
        generator = np.random.default_rng(seed)
        for layer in self:
            units, inputs = layer.W.shape
            layer.W[...] = draw(units, inputs, generator)

    # ------------------------------------------------------------------------------------------------ three verbs

    def __call__(self, X: Any) -> Array:
        """Ŷ, (m, n[L]), of X (m, n[0])."""
        outputs: Array
        if type(X) is np.ndarray and X.ndim == 2 and self._engine_name == "cython" and self._standardizer is None:
            try:            # the short door: the compiled engine checks while it reads
                outputs = self._engine.predict(self._state.theta, X)
                return outputs
            except (TypeError, ValueError):
                pass        # in few words; the checks below have more
        outputs = self._engine.predict(self._state.theta, self.check_examples(X, "X"))
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
        Z, A = self._engine.forward(self._state.theta, self.check_examples(X, "X"))
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
        X = self.check_examples(X, "X")
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
            raise ValueError(f"learning_rate: expected a step that leaves W and b finite, got {alpha:g}: lower it")
        self._state.theta[:] = theta

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
        if not self._fitting.acquire(blocking=False):
            raise RuntimeError("a fit of this network is already running, in another thread or around this callback")
        names = self._feature_names
        try:
            if names is None:
                self._feature_names = column_names(X, self.sizes[0])
            plan = training.Plan(
                epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, optimizer=optimizer, shuffle=shuffle, l1=l1,
                l2=l2, clip_norm=clip_norm, callbacks=callbacks, progress=progress, rng=rng, n_threads=n_threads)
            X = self.check_examples(X, "X")
            y = self.check_targets(y, "y", len(X))
            data = training.weigh_and_split(
                self._architecture, X, y, sample_weight=sample_weight, class_weight=class_weight,
                validation=self._check_validation(validation_data), validation_split=validation_split)
            return training.Training(self, self._engine, self._architecture, self._state, data, plan).run()
        except BaseException:
            self._feature_names = names
            raise
        finally:
            self._fitting.release()

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
        X = self.check_examples(X, "X")
        y = self.check_targets(y, "y", len(X))
        result = training.evaluate(self._engine, self._architecture, self._state.theta, X, y,
                                   check_weights(sample_weight, "sample_weight", len(X)))
        for name, value in result.items():
            if np.isnan(value):
                raise FloatingPointError(f"the {name} of the network is NaN: look at net.parameters for NaN and infinities")
        return result

    def _check_validation(self, pair: Any) -> tuple[Array, Array] | None:
        if pair is None:
            return None
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise TypeError(f"validation_data: expected a pair (X, y), got {type(pair).__name__}")
        X = self.check_examples(pair[0], "validation_data[0]")
        return X, self.check_targets(pair[1], "validation_data[1]", len(X))

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
        model_file.write(path, self.__getstate__())

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
    net.__setstate__(model_file.read(path))
    return net
