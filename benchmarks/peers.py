"""The contestants: pynn and its peers train the same networks, each in its fastest usual way.

All take plain gradient descent steps on equal batches, in a new order every epoch, from weights of He's scale
(scikit-learn, which draws its own, from Glorot's).  A peer is imported when it is built.
"""
from __future__ import annotations

import itertools
import os
import warnings
from collections.abc import Iterator
from functools import partial
from importlib import metadata
from typing import Any, Protocol

import numpy as np

from benchmarks.workloads import LEARNING_RATE, Array, Case


class Contestant(Protocol):
    """A network that trains on X (m, n[0]) and classes y (m,), and predicts X."""

    def __init__(self, case: Case, X: Array, y: Array) -> None: ...

    def train(self, epochs: int) -> None:
        """Return once the epochs are done."""

    def predict(self) -> Any:
        """Probabilities of X as an array, the last class in the last column."""


def initial(case: Case) -> Iterator[tuple[Array, Array]]:
    """He's W (n[l], n[l−1]) and b (n[l], 1) of every layer."""
    rng = np.random.default_rng(0)
    for inputs, units in itertools.pairwise(case.sizes):
        W = rng.normal(scale=np.sqrt(2 / inputs), size=(units, inputs))
        yield W.astype(case.dtype), np.zeros((units, 1), case.dtype)


def one_hot(case: Case, y: Array) -> Array:
    """Y (m, n[L]): y itself for one unit."""
    Y = y[:, None] if case.sizes[-1] == 1 else np.eye(case.sizes[-1])[y]
    return Y.astype(case.dtype)


class Pynn:
    """Network.fit and Network.__call__, which uses at most OMP_NUM_THREADS threads."""

    def __init__(self, case: Case, X: Array, y: Array) -> None:
        from pynn import Network
        self.case, self.X, self.y = case, X, y
        self.net = Network(case.sizes, dtype=case.dtype, rng=0)

    def train(self, epochs: int) -> None:
        self.net.fit(self.X, self.y, epochs=epochs, batch_size=self.case.batch, learning_rate=LEARNING_RATE,
                     progress=False, n_threads=self.case.threads)

    def predict(self) -> Any:
        return self.net(self.X)


class Jax:
    """One jit around lax.scan over all epochs and, inside, over all full batches."""

    def __init__(self, case: Case, X: Array, y: Array) -> None:
        import jax
        from jax import lax
        from jax import numpy as jnp

        jax.config.update("jax_enable_x64", case.dtype == "float64")
        m, batch = case.examples, case.batch
        full = m // batch * batch

        def outputs(theta: Any, X: Any) -> Any:
            *hidden, (W_last, b_last) = theta
            for W, b in hidden:
                X = jax.nn.relu(X @ W + b)
            return X @ W_last + b_last

        def loss(theta: Any, X: Any, Y: Any) -> Any:
            Z = outputs(theta, X)
            if case.sizes[-1] == 1:
                return jnp.mean(jax.nn.softplus(Z) - Y * Z)
            return -jnp.mean(jnp.sum(Y * jax.nn.log_softmax(Z), axis=1))

        @partial(jax.jit, static_argnums=4)
        def train(theta: Any, key: Any, X: Any, Y: Any, epochs: int) -> Any:
            def step(theta: Any, rows: Any) -> Any:
                gradient = jax.grad(loss)(theta, X[rows], Y[rows])
                return jax.tree.map(lambda p, dp: p - LEARNING_RATE * dp, theta, gradient), None

            def epoch(theta: Any, key: Any) -> Any:
                order = jax.random.permutation(key, m)
                theta, _ = lax.scan(step, theta, order[:full].reshape(-1, batch))
                return step(theta, order[full:]) if full < m else (theta, None)

            key, now = jax.random.split(key)
            return lax.scan(epoch, theta, jax.random.split(now, epochs))[0], key

        @jax.jit
        def predict(theta: Any, X: Any) -> Any:
            Z = outputs(theta, X)
            return jax.nn.sigmoid(Z) if case.sizes[-1] == 1 else jax.nn.softmax(Z)

        self._train, self._predict, self.key = train, predict, jax.random.key(0)
        self.X, self.Y = jnp.asarray(X), jnp.asarray(one_hot(case, y))
        self.theta = [(jnp.asarray(W.T), jnp.asarray(b.T)) for W, b in initial(case)]

    def train(self, epochs: int) -> None:
        self.theta, self.key = self._train(self.theta, self.key, self.X, self.Y, epochs)
        self.theta[0][0].block_until_ready()

    def predict(self) -> Any:
        return self._predict(self.theta, self.X).block_until_ready()


class NumPy:
    """Forward, backward, update in plain NumPy, examples in columns."""

    def __init__(self, case: Case, X: Array, y: Array) -> None:
        self.case, self.layers, self.rng = case, list(initial(case)), np.random.default_rng(0)
        self.X, self.Y = np.ascontiguousarray(X.T), np.ascontiguousarray(one_hot(case, y).T)

    def forward(self, X: Array) -> list[Array]:
        A = [X]
        for W, b in self.layers[:-1]:
            A.append(np.maximum(W @ A[-1] + b, 0))
        W, b = self.layers[-1]
        Z = W @ A[-1] + b
        if self.case.sizes[-1] == 1:
            return [*A, 1 / (1 + np.exp(-Z))]
        exponentials = np.exp(Z - Z.max(axis=0))
        return [*A, exponentials / exponentials.sum(axis=0)]

    def step(self, X: Array, Y: Array) -> None:
        A = self.forward(X)
        dZ, m = A[-1] - Y, X.shape[1]
        for l in reversed(range(len(self.layers))):
            W, b = self.layers[l]
            dW, db = dZ @ A[l].T / m, dZ.sum(axis=1, keepdims=True) / m
            if l > 0:
                dZ = W.T @ dZ * (A[l] > 0)
            W -= LEARNING_RATE * dW
            b -= LEARNING_RATE * db

    def train(self, epochs: int) -> None:
        for _ in range(epochs):
            order = self.rng.permutation(self.case.examples)
            X, Y = self.X[:, order], self.Y[:, order]
            for start in range(0, self.case.examples, self.case.batch):
                batch = slice(start, start + self.case.batch)
                self.step(X[:, batch], Y[:, batch])

    def predict(self) -> Any:
        return self.forward(self.X)[-1].T


class ScikitLearn:
    """MLPClassifier.fit and predict_proba."""

    def __init__(self, case: Case, X: Array, y: Array) -> None:
        from sklearn.neural_network import MLPClassifier
        warnings.simplefilter("ignore")         # the warning that it has not converged
        self.X, self.y = X, y
        self.model = MLPClassifier(case.sizes[1:-1], activation="relu", solver="sgd", alpha=0, batch_size=case.batch,
                                   learning_rate="constant", learning_rate_init=LEARNING_RATE, momentum=0,
                                   nesterovs_momentum=False, shuffle=True, tol=0, n_iter_no_change=10**9, random_state=0)
        self.model.partial_fit(X[:1], y[:1], classes=np.arange(max(2, case.sizes[-1])))     # draws the weights

    def train(self, epochs: int) -> None:
        self.model.set_params(max_iter=epochs).fit(self.X, self.y)

    def predict(self) -> Any:
        return self.model.predict_proba(self.X)


class PyTorch:
    """Eager PyTorch: batches are slices of the permuted examples."""

    def __init__(self, case: Case, X: Array, y: Array) -> None:
        import torch
        from torch import nn
        if case.threads is not None:
            torch.set_num_threads(case.threads)
        self.torch, self.case = torch, case
        layers: list[Any] = []
        for W, b in initial(case):
            layer = nn.Linear(W.shape[1], W.shape[0], dtype=getattr(torch, case.dtype))
            with torch.no_grad():
                layer.weight.copy_(torch.from_numpy(W))
                layer.bias.copy_(torch.from_numpy(b[:, 0]))
            layers += [layer, nn.ReLU()]
        self.model = nn.Sequential(*layers[:-1])
        one = case.sizes[-1] == 1
        self.loss: Any = nn.BCEWithLogitsLoss() if one else nn.CrossEntropyLoss()
        self.output: Any = torch.sigmoid if one else partial(torch.softmax, dim=1)
        self.X, self.y = torch.from_numpy(X), torch.from_numpy(one_hot(case, y) if one else y)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=LEARNING_RATE)

    def train(self, epochs: int) -> None:
        for _ in range(epochs):
            order = self.torch.randperm(self.case.examples)
            X, y = self.X[order], self.y[order]
            for start in range(0, self.case.examples, self.case.batch):
                batch = slice(start, start + self.case.batch)
                self.optimizer.zero_grad()
                self.loss(self.model(X[batch]), y[batch]).backward()
                self.optimizer.step()

    def predict(self) -> Any:
        with self.torch.inference_mode():
            return self.output(self.model(self.X))


class Keras:
    """Keras on torch: compile, then fit; prediction by calling the model."""

    def __init__(self, case: Case, X: Array, y: Array) -> None:
        os.environ["KERAS_BACKEND"] = "torch"
        import keras
        import torch
        if case.threads is not None:
            torch.set_num_threads(case.threads)
        keras.config.set_floatx(case.dtype)
        keras.utils.set_random_seed(0)
        self.torch, self.case, self.X, self.y = torch, case, X, y
        *hidden, last = case.sizes[1:]
        output, loss = ("sigmoid", "binary_crossentropy") if last == 1 else ("softmax", "sparse_categorical_crossentropy")
        self.model = keras.Sequential([
            keras.Input((case.sizes[0],)),
            *(keras.layers.Dense(units, activation="relu", kernel_initializer="he_normal") for units in hidden),
            keras.layers.Dense(last, activation=output, kernel_initializer="he_normal"),
        ])
        self.model.compile(keras.optimizers.SGD(LEARNING_RATE), loss)
        self.tensor = torch.from_numpy(X)

    def train(self, epochs: int) -> None:
        self.model.fit(self.X, self.y, epochs=epochs, batch_size=self.case.batch, shuffle=True, verbose=0)

    def predict(self) -> Any:
        with self.torch.inference_mode():
            return self.model(self.tensor, training=False)


CONTESTANTS: dict[str, type[Contestant]] = {
    "pynn": Pynn, "JAX": Jax, "NumPy": NumPy, "scikit-learn": ScikitLearn, "PyTorch": PyTorch, "Keras": Keras,
}
PEERS = tuple(CONTESTANTS)[1:]
_DISTRIBUTIONS = {"pynn": ("pynn-dense",), "JAX": ("jax",), "NumPy": ("numpy",), "scikit-learn": ("scikit-learn",),
                  "PyTorch": ("torch",), "Keras": ("keras", "torch")}


def version(name: str) -> str | None:
    """The version of a contestant; None if it, or a package that it needs, is not installed."""
    try:
        versions = [metadata.version(distribution) for distribution in _DISTRIBUTIONS[name]]
    except metadata.PackageNotFoundError:
        return None
    return versions[0]
