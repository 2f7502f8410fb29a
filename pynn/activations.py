"""The activation functions by name, each with its formula and its derivative; σ is the sigmoid, Φ the normal distribution's."""
from __future__ import annotations

FORMULAS: dict[str, tuple[str, str]] = {
    "linear": ("z", "1"),
    "sigmoid": ("1 / (1 + e^−z)", "a (1 − a)"),
    "tanh": ("tanh z", "1 − a²"),
    "relu": ("max(0, z)", "1 where z > 0, else 0"),
    "leaky_relu": ("z where z > 0, else 0.01 z", "1 where z > 0, else 0.01"),
    "elu": ("z where z > 0, else e^z − 1", "1 where z > 0, else a + 1"),
    "selu": ("1.0507 z where z > 0, else 1.7581 (e^z − 1)", "1.0507 where z > 0, else a + 1.7581"),
    "gelu": ("z Φ(z)", "Φ(z) + z e^(−z²/2) / √(2π)"),
    "silu": ("z σ(z)", "σ(z) (1 + z (1 − σ(z)))"),
    "softplus": ("log(1 + e^z)", "σ(z)"),
    "softmax": ("e^z[i] / Σ e^z[k]", "a[i] ([i = k] − a[k])"),
}
OUTPUT = ("linear", "sigmoid", "softmax")                       # of the output layer
HIDDEN = tuple(name for name in FORMULAS if name != "softmax")  # of the hidden layers: elementwise
