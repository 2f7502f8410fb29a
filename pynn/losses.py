"""The losses by name, each with its formula and the output activations that it goes with."""
from __future__ import annotations

FORMULAS: dict[str, str] = {
    "binary_cross_entropy": "−(1/m) Σ ( y log ŷ + (1−y) log(1−ŷ) )",
    "categorical_cross_entropy": "−(1/m) Σ y log ŷ",
    "mean_squared_error": "(1/m) Σ (ŷ − y)²",
    "mean_absolute_error": "(1/m) Σ |ŷ − y|",
    "huber": "(1/m) Σ ( ½ (ŷ − y)² where |ŷ − y| ≤ 1, else |ŷ − y| − ½ )",
}
FOR_OUTPUT: dict[str, tuple[str, ...]] = {                      # the first is the default
    "linear": ("mean_squared_error", "mean_absolute_error", "huber"),
    "sigmoid": ("binary_cross_entropy", "mean_squared_error"),
    "softmax": ("categorical_cross_entropy",),
}
