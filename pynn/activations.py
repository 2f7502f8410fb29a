"""The activation functions by name, each with its formula and its derivative."""
from __future__ import annotations

FORMULAS: dict[str, tuple[str, str]] = {
    "linear": ("z", "1"),
    "sigmoid": ("1 / (1 + e^−z)", "a (1 − a)"),
    "tanh": ("tanh z", "1 − a²"),
    "relu": ("max(0, z)", "1 where z > 0, else 0"),
    "leaky_relu": ("z where z > 0, else 0.01 z", "1 where z > 0, else 0.01"),
    "softmax": ("e^z[i] / Σ e^z[k]", "a[i] ([i = k] − a[k])"),
}
OUTPUT = ("linear", "sigmoid", "softmax")                       # of the output layer
HIDDEN = tuple(name for name in FORMULAS if name != "softmax")  # of the hidden layers: elementwise
