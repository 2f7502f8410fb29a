"""pynn: the dense neural network that you can see through.

Names, shapes and equations are those of P. Skalski, "Deep Dive into Math Behind Deep Networks" (2018).
"""
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from pynn import callbacks, datasets, optimizers, schedules
from pynn.diagnosis import Diagnosis, Finding, diagnose
from pynn.gradcheck import GradientReport, check_gradients
from pynn.history import History
from pynn.learning_rate import RangeTest, find_learning_rate
from pynn.network import ForwardPass, Gradients, Layer, Network
from pynn.training import DivergenceError, DivergenceWarning

if TYPE_CHECKING:
    from pynn import plot

__version__ = "0.1.0"
__all__ = [
    "Diagnosis",
    "DivergenceError",
    "DivergenceWarning",
    "Finding",
    "ForwardPass",
    "GradientReport",
    "Gradients",
    "History",
    "Layer",
    "Network",
    "RangeTest",
    "callbacks",
    "check_gradients",
    "datasets",
    "diagnose",
    "find_learning_rate",
    "optimizers",
    "plot",
    "schedules",
]


def __getattr__(name: str) -> Any:
    if name == "plot":          # loaded when first used, as it loads matplotlib
        return importlib.import_module("pynn.plot")
    raise AttributeError(f"module 'pynn' has no attribute {name!r}")
