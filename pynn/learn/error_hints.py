"""What an error in the reader's code means here."""
from __future__ import annotations

from typing import Any

import numpy as np

from pynn.learn.attempt import Failure
from pynn.learn.error_messages import spoken_message
from pynn.learn.exercises.exercise import Inputs
from pynn.translation import _


def overflow() -> str:
    """What happens to a power of e."""
    return _("an overflow happens on the way: for a large z, a power of e is larger than any float")


def _meaning(message: str) -> str:
    """What the message of an error means here; "" if nothing is known of it."""
    product = _("The factors of this product do not fit: is one transposed, or are they in the wrong order?")
    one_number = _("Functions of the module math take single numbers; NumPy's take arrays.")
    meanings = (
        ("truth value of an array", _("Python's if, and, max and min compare single numbers; this is an array of many.")),
        ("enough dimensions", _("A factor of this product is a single number, or None.")),
        ("multiply sequence", _("This is a list of arrays, one for each layer: go through it layer by layer.")),
        ("matmul", product),
        ("not aligned", product),
        ("broadcast", _("These shapes do not fit together: is one transposed, or are the wrong two combined?")),
        ("NoneType",
         _("There is a None: index 0 of the lists, since layers count from 1, or a function that returns nothing?")),
        ("math range error", _("It means: {what}.", what=overflow())),
        ("Python scalar", one_number),
        ("length-1 array", one_number),
        ("index out of range", _("The lists have the indices 0 … L.")),
    )
    return next((text for words, text in meanings if words in message), "")


def explain_failure(failure: Failure, inputs: Inputs) -> str:
    """A hint on an error in the reader's code: what it is, in which line, and what it means here."""
    meanings = [_meaning(failure.message)]
    shapes = ", ".join(_shape_of(name, value) for name, value in inputs.items())
    if "enough dimensions" in failure.message:
        lists = any(isinstance(value, list) for value in inputs.values())
        meanings.append(_("Is it index 0 of the lists, since layers count from 1?") if lists else
                        _("Are the arguments in this order?"))
    meaning = "".join(_("{sentence} ", sentence=sentence) for sentence in meanings if sentence)
    return _("your code stopped with {failure}. {meaning}The inputs were {shapes}",
             failure=describe_failure(failure), meaning=meaning, shapes=shapes)


def describe_failure(failure: Failure) -> str:
    """An error, where it happened, and its message."""
    place = _(" in line {line} of {function}", line=failure.line, function=failure.function) if failure.line else ""
    line = _(" ({code})", code=failure.text) if failure.text else ""
    return _("{kind}{place}{line}: {message}", kind=failure.kind, place=place, line=line,
             message=spoken_message(failure.message))


def _shape_of(name: str, value: Any) -> str:
    if isinstance(value, list):
        return f"{name}: {[getattr(part, 'shape', part) for part in value]}"
    return f"{name}: {value.shape}" if isinstance(value, np.ndarray) else f"{name}: {type(value).__name__}"
