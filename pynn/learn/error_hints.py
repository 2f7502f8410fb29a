"""What an error in the reader's code means here."""
from __future__ import annotations

from typing import Any

import numpy as np

from pynn.learn.attempt import Failure
from pynn.learn.exercise import Inputs

OVERFLOW = "an overflow happens on the way: for a large z, a power of e is larger than any float"
_PRODUCT = "The factors of this product do not fit: is one transposed, or are they in the wrong order?"
_ONE_NUMBER = "Functions of the module math take single numbers; NumPy's take arrays."
_MEANINGS = (               # words of an error's message, and their meaning here
    ("truth value of an array", "Python's if, and, max and min compare single numbers; this is an array of many."),
    ("enough dimensions", "A factor of this product is a single number, or None."),
    ("multiply sequence", "This is a list of arrays, one for each layer: go through it layer by layer."),
    ("matmul", _PRODUCT),
    ("not aligned", _PRODUCT),
    ("broadcast", "These shapes do not fit together: is one transposed, or are the wrong two combined?"),
    ("NoneType", "There is a None: index 0 of the lists, since layers count from 1, or a function that returns nothing?"),
    ("math range error", f"It means: {OVERFLOW}."),
    ("Python scalar", _ONE_NUMBER),
    ("length-1 array", _ONE_NUMBER),
    ("index out of range", "The lists have the indices 0 … L."),
)


def explain_failure(failure: Failure, inputs: Inputs) -> str:
    """A hint on an error in the reader's code: what it is, in which line, and what it means here."""
    meaning = next((f"{text} " for words, text in _MEANINGS if words in failure.message), "")
    shapes = ", ".join(_shape_of(name, value) for name, value in inputs.items())
    if "enough dimensions" in failure.message:
        lists = any(isinstance(value, list) for value in inputs.values())
        meaning += "Is it index 0 of the lists, since layers count from 1? " if lists else "Are the arguments in this order? "
    return f"your code stopped with {describe_failure(failure)}. {meaning}The inputs were {shapes}"


def describe_failure(failure: Failure) -> str:
    """An error, where it happened, and its message."""
    place = f" in line {failure.line} of {failure.function}" if failure.line else ""
    line = f" ({failure.text})" if failure.text else ""
    return f"{failure.kind}{place}{line}: {failure.message}"


def _shape_of(name: str, value: Any) -> str:
    if isinstance(value, list):
        return f"{name}: {[getattr(part, 'shape', part) for part in value]}"
    return f"{name}: {value.shape}" if isinstance(value, np.ndarray) else f"{name}: {type(value).__name__}"
