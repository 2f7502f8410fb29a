"""Calling the reader's function safely, and explaining its errors."""
from __future__ import annotations

import ctypes
import inspect
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

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


@dataclass
class Attempt:
    """What one call of the reader's function came to."""

    value: Any = None
    error: BaseException | None = None
    timed_out: bool = False
    overflowed: bool = False


def attempt(function: Callable[..., Any], inputs: Inputs, seconds: float) -> Attempt:
    """Call the function in its own thread, and stop it when the time is up."""
    result = Attempt()

    def note_overflow(kind: str, flag: int) -> None:
        result.overflowed = True

    def work() -> None:
        try:
            with np.errstate(all="ignore", over="call", call=note_overflow):
                result.value = function(*inputs.values())
        except BaseException as error:
            result.error = error

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    finally:
        if thread.is_alive():
            result.timed_out = True
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))
    return result


def explain_error(error: BaseException, function: Callable[..., Any], inputs: Inputs) -> str:
    """A hint on an error in the reader's code: what it is, in which line, and what it means here."""
    frames = traceback.extract_tb(error.__traceback__)
    code = getattr(inspect.unwrap(function), "__code__", None)
    own = [frame for frame in frames[1:] if code is None or frame.filename == code.co_filename]
    place = f" in line {own[-1].lineno} of {own[-1].name}" if own else ""
    line = f" ({own[-1].line})" if own and own[-1].line else ""
    message = str(error).rstrip(".") or "no message"
    meaning = next((f"{text} " for words, text in _MEANINGS if words in message), "")
    shapes = ", ".join(_shape_of(name, value) for name, value in inputs.items())
    if "enough dimensions" in message:
        lists = any(isinstance(value, list) for value in inputs.values())
        meaning += "Is it index 0 of the lists, since layers count from 1? " if lists else "Are the arguments in this order? "
    return f"your code stopped with {type(error).__name__}{place}{line}: {message}. {meaning}The inputs were {shapes}"


def _shape_of(name: str, value: Any) -> str:
    if isinstance(value, list):
        return f"{name}: {[getattr(part, 'shape', part) for part in value]}"
    return f"{name}: {value.shape}" if isinstance(value, np.ndarray) else f"{name}: {type(value).__name__}"
