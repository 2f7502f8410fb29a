"""The interface of cnn_core.Engine on top of reference.py: the same batches in the same order, in NumPy."""
from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from pynn import reference
from pynn.parameters import layer_views
from pynn.randomness import epoch_order, kept_units
from pynn.registry import Coefficients

Array = np.ndarray[Any, np.dtype[Any]]

_CHUNK = 1 << 14        # examples that predict and evaluate hold at once
_SILENT = np.errstate(all="ignore")      # as the compiled engine: who calls looks for NaN and infinities


class NumpyEngine:
    """The engine of one architecture; see cnn_core.Engine for what its methods take and return.

    n_threads has no effect: NumPy has threads of its own.
    """

    def __init__(self, sizes: Sequence[int], activations: Sequence[str], loss: str, dtype: Any,
                 dropout: Sequence[float] | None = None) -> None:
        self._sizes = tuple(sizes)
        self._activations = list(activations)
        self._loss = loss
        self.dtype = np.dtype(dtype)
        self._dropout = [0.0, *(dropout or [0.0] * len(activations))]

    @_SILENT
    def forward(self, theta: Array, X: Array) -> tuple[list[Any], list[Any]]:
        W, b = self._layers(theta)
        return reference.forward(W, b, self._columns(X), self._activations)

    @_SILENT
    def backward(self, theta: Array, X: Array, Y: Array) -> tuple[float, list[Any], list[Any], Array]:
        W, b = self._layers(theta)
        Z, A = reference.forward(W, b, self._columns(X), self._activations)
        targets = self._targets(Y)
        loss = reference.stable_loss(self._loss, targets, Z[-1], A[-1])
        dZ_output = reference.output_gradient(self._loss, self._activations[-1], targets, Z[-1], A[-1])
        dZ, dW, db, dA = reference.backward(W, Z, A, dZ_output, self._activations)
        dA[-1] = reference.loss_derivative(self._loss, targets, A[-1])
        gradient = np.concatenate([part.ravel() for l in range(1, len(W)) for part in (dW[l], db[l])])
        return loss, dZ, dA, gradient

    def predict(self, theta: Array, X: Array, *, n_threads: int = 0) -> Array:
        outputs = np.empty((len(X), self._sizes[-1]), self.dtype)
        for start in range(0, len(X), _CHUNK):
            _, A = self.forward(theta, X[start:start + _CHUNK])
            outputs[start:start + _CHUNK] = A[-1].T
        return outputs

    @_SILENT
    def evaluate(self, theta: Array, X: Array, Y: Array, weights: Array | None = None, *,
                 n_threads: int = 0) -> tuple[float, Array]:
        summed_loss, metric = 0.0, np.zeros(self._sizes[-1])
        for start in range(0, len(X), _CHUNK):
            rows = slice(start, start + _CHUNK)
            Z, A = self.forward(theta, X[rows])
            targets, batch_weights = self._targets(Y[rows]), None if weights is None else weights[rows]
            summed_loss += reference.stable_loss(self._loss, targets, Z[-1], A[-1], batch_weights) * targets.shape[1]
            metric += reference.metric(self._activations[-1], targets, A[-1], batch_weights)
        return summed_loss, metric

    @_SILENT
    def descend(self, theta: Array, gradient: Array, learning_rate: float) -> None:
        reference.descend(theta, gradient, learning_rate)

    @_SILENT
    def train(self, theta: Array, X: Array, Y: Array, stats: Array, weights: Array | None = None, *, batch_size: int,
              learning_rates: Array, counts: Array, seed: int, epoch: int, shuffle: bool, rule: str = "sgd",
              coefficients: Sequence[float] = (0, 0, 0, 0), state: Array | None = None, l1: float = 0, l2: float = 0,
              clip_norm: float = 0, trace: Array | None = None, seconds: float = np.inf, n_threads: int = 0) -> None:
        m = len(X)
        W, b = self._layers(theta)
        if state is None:
            state = np.empty((0, len(theta)), self.dtype)
        began = time.perf_counter()
        for e, row in enumerate(stats):
            before = time.perf_counter()
            order = epoch_order(seed, epoch + e, m) if shuffle else None
            for start in range(0, m, batch_size):
                batch = slice(start, start + batch_size) if order is None else order[start:start + batch_size]
                targets = self._targets(Y[batch])
                batch_weights = None if weights is None else weights[batch].astype(self.dtype)
                masks = self._masks(seed, int(counts[0]), targets.shape[1])
                Z, A = reference.forward(W, b, self._columns(X[batch]), self._activations, masks)
                row[1] += reference.stable_loss(self._loss, targets, Z[-1], A[-1], batch_weights) * targets.shape[1]
                row[2:] += reference.metric(self._activations[-1], targets, A[-1])
                dZ_output = reference.output_gradient(self._loss, self._activations[-1], targets, Z[-1], A[-1], batch_weights)
                _, dW, db, _ = reference.backward(W, Z, A, dZ_output, self._activations, masks)
                if l1 or l2:
                    dW = [None, *(reference.penalise(W[l], dW[l], l1, l2) for l in range(1, len(W)))]
                g = np.concatenate([part.ravel() for l in range(1, len(W)) for part in (dW[l], db[l])])
                if clip_norm:
                    g = reference.clip(g, clip_norm)
                counts += 1
                reference.update(rule, theta, g, state, learning_rates[e], int(counts[1]),
                                 Coefficients(*coefficients))
            if trace is not None:
                trace[e] = theta
            now = time.perf_counter()
            row[0] = now - before
            if not (np.isfinite(row[1]) and np.isfinite(theta).all()) or now - began > seconds:
                break

    def _masks(self, seed: int, step: int, m: int) -> list[Any] | None:
        """The masks of this step, by which A[l] is multiplied; None where layer l has no dropout."""
        if not any(self._dropout):
            return None
        return [reference.dropout_mask(kept_units(seed, step, l, self._sizes[l], m, p), p, self.dtype) if p else None
                for l, p in enumerate(self._dropout)]

    def _layers(self, theta: Array) -> tuple[list[Any], list[Any]]:
        """W[l] and b[l] as views into θ."""
        views = list(layer_views(theta, self._sizes))
        return [None, *(W for W, _ in views)], [None, *(b for _, b in views)]

    def _columns(self, X: Array) -> Array:
        return np.ascontiguousarray(X.T, self.dtype)

    def _targets(self, Y: Array) -> Array:
        """Y as columns: (n[L], m), one-hot for class numbers."""
        if Y.ndim == 1 and self._loss == "categorical_cross_entropy":
            return (np.arange(self._sizes[-1])[:, None] == Y).astype(self.dtype)
        return np.ascontiguousarray(Y.reshape(len(Y), -1).T, self.dtype)
