from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

ACTIVATIONS: dict[str, int]
LOSSES: dict[str, int]
OPENMP: bool
OPTIMIZERS: dict[str, tuple[int, int]]
instruction_set: str
instruction_sets: list[str]

class Engine:
    dtype: np.dtype[Any]
    def __init__(self, sizes: Sequence[int], activations: Sequence[str], loss: str, dtype: Any,
                 dropout: Sequence[float] | None = None) -> None: ...
    def forward(self, theta: Array, X: Array) -> tuple[list[Any], list[Any]]: ...
    def backward(self, theta: Array, X: Array, Y: Array) -> tuple[float, list[Any], list[Any], Array]: ...
    def predict(self, theta: Array, X: Array, *, n_threads: int = 0) -> Array: ...
    def evaluate(self, theta: Array, X: Array, Y: Array, weights: Array | None = None, *,
                 n_threads: int = 0) -> tuple[float, Array]: ...
    def descend(self, theta: Array, gradient: Array, learning_rate: float) -> None: ...
    def train(self, theta: Array, X: Array, Y: Array, stats: Array, weights: Array | None = None, *, batch_size: int,
              learning_rates: Array, counts: Array, seed: int, epoch: int, shuffle: bool, rule: str = "sgd",
              coefficients: Sequence[float] = ..., state: Array | None = None, l1: float = 0, l2: float = 0,
              clip_norm: float = 0, trace: Array | None = None, seconds: float = ..., n_threads: int = 0) -> None: ...
