"""pynn: the dense neural network that you can see through.

Names, shapes and equations are those of P. Skalski, "Deep Dive into Math Behind Deep Networks" (2018).
"""
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from pynn import callbacks, datasets, optimizers
from pynn.history import History
from pynn.learn.gradcheck import GradientReport, check_gradients
from pynn.network import Network, load
from pynn.parameters import Layer
from pynn.passes import ForwardPass, Gradients
from pynn.range_test import RangeTest, find_learning_rate
from pynn.standardizer import Standardizer
from pynn.table_encoder import TableEncoder
from pynn.training import DivergenceError, DivergenceWarning
from pynn.translation import language

if TYPE_CHECKING:
    from pynn import export, interop, plot, schedules
    from pynn.estimators import NetworkClassifier as NetworkClassifier
    from pynn.estimators import NetworkRegressor as NetworkRegressor
    from pynn.learn import workbook
    from pynn.learn.diagnosis import Diagnosis, Finding, diagnose
    from pynn.learn.explanation import Explanation, explain
    from pynn.playground.opening import play

__version__ = "0.1.0"
__all__ = [
    "Diagnosis",
    "DivergenceError",
    "DivergenceWarning",
    "Explanation",
    "Finding",
    "ForwardPass",
    "GradientReport",
    "Gradients",
    "History",
    "Layer",
    "Network",
    "RangeTest",
    "Standardizer",
    "TableEncoder",
    "callbacks",
    "check_gradients",
    "datasets",
    "diagnose",
    "explain",
    "export",
    "find_learning_rate",
    "interop",
    "language",
    "load",
    "optimizers",
    "play",
    "plot",
    "schedules",
    "workbook",
]

# loaded when first used, so that `import pynn` takes little time
_MODULES = {"export": "pynn.export", "interop": "pynn.interop", "plot": "pynn.plot", "schedules": "pynn.schedules",
            "workbook": "pynn.learn.workbook"}
_NAMES = {
    "Diagnosis": "pynn.learn.diagnosis",
    "Finding": "pynn.learn.diagnosis",
    "diagnose": "pynn.learn.diagnosis",
    "Explanation": "pynn.learn.explanation",
    "explain": "pynn.learn.explanation",
    "play": "pynn.playground.opening",
    "NetworkClassifier": "pynn.estimators",         # not in __all__, because `import *` must not need scikit-learn
    "NetworkRegressor": "pynn.estimators",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'pynn' has no attribute {name!r}")
