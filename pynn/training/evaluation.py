"""What is measured of a network: the loss, and the accuracy or R²."""
from __future__ import annotations

from typing import Any

import numpy as np

from pynn.architecture import Architecture

Array = np.ndarray[Any, np.dtype[Any]]

_ROWS = 1 << 16


def evaluate(engine: Any, architecture: Architecture, theta: Array, X: Array, y: Array, weights: Array | None = None,
             threads: int = 0) -> dict[str, float]:
    """Loss and accuracy (or R²) of checked arrays."""
    if weights is not None:             # rounded as the engine rounds them, so that their sum is the one that it computes with
        weights = weights.astype(theta.dtype).astype(np.float64)
    count = len(X) if weights is None else float(weights.sum())
    summed_loss, metric = engine.evaluate(theta, X, y, weights, n_threads=threads)
    return measures(summed_loss, metric, count, sum_of_squares(y, weights) if architecture.is_regression else None)


def measures(summed_loss: float, metric: Array, m: float, total: Array | None) -> dict[str, float]:
    """Loss and accuracy of m examples from the engine's sums; R² if `total` is the sum of squares of every output."""
    loss = float(summed_loss / m)
    if total is None:
        return {"loss": loss, "accuracy": min(float(metric[0] / m), 1.0)}
    # R² = 1 − Σ (ŷ − y)² / Σ (y − mean y)², the mean over the outputs; of a constant output 1 if exact, otherwise 0
    with np.errstate(divide="ignore", invalid="ignore"):
        r2 = np.where(total > 0, 1 - metric / total, metric == 0)
    return {"loss": loss, "r2": float(r2.mean())}


@np.errstate(over="ignore", invalid="ignore")
def sum_of_squares(y: Array, weights: Array | None = None) -> Array:
    """Σ (y − mean y)² of every output, weighted; block by block, so that memory does not grow with the examples."""
    y = y.reshape(len(y), -1)
    first = y[0].astype(np.float64)         # subtracted from every row, so that the sum of a constant column is exactly 0
    blocks = [slice(start, start + _ROWS) for start in range(0, len(y), _ROWS)]
    counts = [1.0 if weights is None else weights[block, None] for block in blocks]
    mean = sum((count * (y[block] - first)).sum(axis=0) for count, block in zip(counts, blocks, strict=True)) / len(y)
    return np.asarray(sum((count * (y[block] - first - mean) ** 2).sum(axis=0)
                          for count, block in zip(counts, blocks, strict=True)))
