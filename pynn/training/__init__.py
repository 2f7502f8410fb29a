"""Training: what Network.fit does around the engine.

options.py checks the arguments; class_weights.py and validation_split.py prepare the examples; fit.py runs the epochs;
evaluation.py measures loss, accuracy and R²; divergence.py explains why a fit failed.  The mathematics is in the engine.
"""
from pynn.training.divergence import DivergenceError, DivergenceWarning
from pynn.training.options import Callback, Schedule

__all__ = ["Callback", "DivergenceError", "DivergenceWarning", "Schedule"]
