"""Exercises that grade themselves: write the article's network function by function, and be told what is wrong and where.

>>> import numpy as np
>>> import pynn
>>> print(pynn.workbook.check("relu", lambda Z: np.abs(Z)))
relu: not yet
- A: the sign of negative z is dropped, z itself kept

A function is run on copies of seeded inputs whose sizes all differ, so that a transposition shows.  A mistake is
recognised by its result: what each typical mistake would give is computed too.  No hint contains the solution.
"""
from __future__ import annotations

import copy
import ctypes
import inspect
import itertools
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pynn.learn.exercises import EXERCISES, SQUARE, Exercise, Inputs, Mistakes
from pynn.validation import choice

__all__ = ["Verdict", "check", "describe", "exercises"]

Array = np.ndarray[Any, np.dtype[Any]]

_SECONDS = 10.0             # for one call of the reader's function


@dataclass(frozen=True, repr=False)
class Verdict:
    """What check found.

    Attributes
    ----------
    exercise : str
        Its name.
    hints : tuple of str
        What is wrong and where; empty for a right answer.
    inputs : dict
        The arguments at which it went wrong, by name, to look closer with.
    """

    exercise: str
    hints: tuple[str, ...]
    inputs: Inputs = field(repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether the answer is right."""
        return not self.hints

    def __str__(self) -> str:
        if self.ok:
            return f"{self.exercise}: right"
        return "\n".join([f"{self.exercise}: not yet", *(f"- {hint}" for hint in self.hints)])

    __repr__ = __str__          # so that a bare check(…) at a prompt or in a notebook can be read


def exercises() -> list[str]:
    """The names of the exercises, in the article's order.

    Examples
    --------
    >>> from pynn import workbook
    >>> workbook.exercises()[:4]
    ['neuron', 'layer_forward', 'relu', 'relu_prime']
    """
    return list(EXERCISES)


def describe(name: str) -> str:
    """What an exercise asks for: the function to write, its arguments and results with their shapes.

    Parameters
    ----------
    name : str
        One of exercises().

    Raises
    ------
    TypeError, ValueError
        If there is no such exercise.

    Examples
    --------
    >>> from pynn import workbook
    >>> print(workbook.describe("neuron"))
    neuron(w, b, x) -> z
    <BLANKLINE>
    The weighted sum of one neuron for one example, before its activation.
    <BLANKLINE>
    w: (n,) its weights; b: its bias, a number; x: (n,) the example.  z: a number.
    """
    exercise = EXERCISES[choice(name, "name", EXERCISES)]
    return f"{exercise.signature}\n\n{inspect.getdoc(exercise.solve) or ''}"


def check(name: str, function: Callable[..., Any]) -> Verdict:
    """Try the reader's function.

    Parameters
    ----------
    name : str
        One of exercises().
    function : callable
        As describe(name) asks for.  It gets copies, and may return lists for arrays.  A call may take 10 s.

    Returns
    -------
    Verdict
        ok, hints, and under str() both as a text.

    Raises
    ------
    TypeError, ValueError
        If there is no such exercise or function is not callable.  What function itself raises becomes a hint.

    Examples
    --------
    >>> from pynn import workbook
    >>> workbook.check("neuron", lambda w, b, x: w @ x).hints
    ('z: the bias b is not added',)
    """
    exercise = EXERCISES[choice(name, "name", EXERCISES)]
    if not callable(function):
        raise TypeError(f"function: expected a callable, {exercise.signature}, got {type(function).__name__}")
    try:
        inspect.signature(function).bind(*exercise.parameters)
    except TypeError as error:
        wanted = f"{len(exercise.parameters)} arguments ({', '.join(exercise.parameters)})"
        return Verdict(name, (f"it should take {wanted} by position: {error}",), {})
    except ValueError:
        pass                # a compiled function may have no signature
    for case in exercise.cases:
        inputs = exercise.inputs(case)
        hints, stopped = _try(exercise, function, inputs)
        if stopped and case != SQUARE and SQUARE in exercise.cases:
            more, stopped = _try(exercise, function, exercise.inputs(SQUARE))
            hints += [] if stopped else [f"{hint} (seen on other inputs, all of one size)" for hint in more]
        if hints:
            return Verdict(name, _together(hints), inputs)
    return Verdict(name, (), {})


def _together(hints: list[str]) -> tuple[str, ...]:
    """The hints, those that say the same of several results in one: W[1], W[2]: …"""
    labels: dict[str, list[str]] = {}
    for hint in hints:
        label, colon, text = hint.partition(": ")
        if colon and " " not in label:
            labels.setdefault(text, []).append(label)
        else:
            labels[hint] = []
    return tuple(f"{', '.join(names)}: {text}" if names else text for text, names in labels.items())


# ------------------------------------------------------------------------------------------------------ running a function


@dataclass
class _Run:
    value: Any = None
    error: BaseException | None = None
    late: bool = False
    overflow: bool = False


def _run(function: Callable[..., Any], inputs: Inputs) -> _Run:
    """Call it in a thread of its own, which can be stopped when the time is up."""
    run = _Run()

    def note(kind: str, flag: int) -> None:
        run.overflow = True

    def work() -> None:
        try:
            with np.errstate(all="ignore", over="call", call=note):
                run.value = function(*inputs.values())
        except BaseException as error:
            run.error = error

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        thread.join(_SECONDS)
    finally:
        if thread.is_alive():
            run.late = True
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))
    return run


def _try(exercise: Exercise, function: Callable[..., Any], inputs: Inputs) -> tuple[list[str], bool]:
    """Hints on one set of inputs, and whether the function stopped with an error."""
    given = copy.deepcopy(inputs)
    run = _run(function, given)
    if run.late:
        return [f"it still ran after {_SECONDS:g} s and was stopped: does its loop end?"], False
    changed = [label for name, value in inputs.items() for label in _changed(name, value, given[name])]
    hints = [f"{label}: the input is changed in place; a caller may still need it" for label in changed]
    if run.error is not None:
        return [*hints, *_told(run.error, function, inputs)], True
    expected, mistakes = exercise.solve(**inputs)
    if exercise.judge is None and _reordered(exercise.returns, run.value, expected):
        return [*hints, f"the returned values are right but in another order than {', '.join(exercise.returns)}"], False
    results, unreadable = _read(exercise.returns, run.value, expected)
    if unreadable:
        return [*hints, *unreadable], False
    wanted, _ = _read(exercise.returns, expected, expected)
    if exercise.judge is None:
        wrong = [label for label in wanted if not _same(results[label], wanted[label])]
        stages = [exercise.stage(label) for label in wrong]
        first = [label for label, stage in zip(wrong, stages, strict=True) if stage == min(stages)]
        known = _values(exercise.returns, mistakes)
        known.sort(key=lambda mistake: -sum(_same(results[label], value) for label, value in mistake[1].items()))
        hints += [f"{label}: {_what(label, results[label], wanted[label], known, inputs)}" for label in first]
    else:
        hints += [f"{label}: {_shapes(results[label], wanted[label])}" for label in wanted
                  if results[label].shape != wanted[label].shape]
        if not hints:
            def call(changed_inputs: Inputs) -> dict[str, Array]:
                return _read(exercise.returns, _run(function, copy.deepcopy(changed_inputs)).value, expected)[0]
            hints += exercise.judge(call, inputs, results)
    if run.overflow and exercise.judge is None:
        hints.append(_OVERFLOW if hints else f"the results are right, but {_OVERFLOW}")
    return hints, False


def _changed(label: str, before: Any, after: Any) -> list[str]:
    if isinstance(before, list):
        if len(before) != len(after):
            return [label]
        return [found for l, (old, new) in enumerate(zip(before, after, strict=True))
                for found in _changed(f"{label}[{l}]", old, new)]
    if isinstance(before, np.ndarray):
        same = isinstance(after, np.ndarray) and before.shape == after.shape and np.array_equal(before, after)
        return [] if same else [label]
    return []               # a Generator is there to be drawn from


_PRODUCT = "The factors of this product do not fit: is one transposed, or are they in the wrong order?"
_OVERFLOW = "an overflow happens on the way: a power of e grows beyond all floats for a z of large size"
_EXPLAINED = (      # words of an error's message, and what they mean here
    ("truth value of an array", "Python's if, and, max and min compare single numbers; this is an array of many."),
    ("enough dimensions", "A factor of this product is a single number, or None."),
    ("multiply sequence", "This is a list of arrays, one for each layer: go through it layer by layer."),
    ("matmul", _PRODUCT),
    ("not aligned", _PRODUCT),
    ("broadcast", "These shapes do not fit together: is one transposed, or are the wrong two combined?"),
    ("NoneType", "There is a None: index 0 of the lists, since layers count from 1, or a function that returns nothing?"),
    ("math range error", f"That is to say, {_OVERFLOW}."),
    ("Python scalar", "Functions of the module math take single numbers; NumPy's take arrays."),
    ("length-1 array", "Functions of the module math take single numbers; NumPy's take arrays."),
    ("index out of range", "The lists have the indices 0 … L."),
)


def _told(error: BaseException, function: Callable[..., Any], inputs: Inputs) -> list[str]:
    """An error of the reader's code: what, where, and what it means here."""
    frames = traceback.extract_tb(error.__traceback__)
    code = getattr(inspect.unwrap(function), "__code__", None)
    own = [frame for frame in frames[1:] if code is None or frame.filename == code.co_filename]
    at = f" in line {own[-1].lineno} of {own[-1].name}" if own else ""
    line = f" ({own[-1].line})" if own and own[-1].line else ""
    message = str(error).rstrip(".") or "no message"
    meaning = next((f"{text} " for words, text in _EXPLAINED if words in message), "")
    shapes = ", ".join(_shape_of(name, value) for name, value in inputs.items())
    if "enough dimensions" in message:
        lists = any(isinstance(value, list) for value in inputs.values())
        meaning += "Is it index 0 of the lists, since layers count from 1? " if lists else "Are the arguments in this order? "
    return [f"your code stopped with {type(error).__name__}{at}{line}: {message}. {meaning}The inputs were {shapes}"]


def _shape_of(name: str, value: Any) -> str:
    if isinstance(value, list):
        return f"{name}: {[getattr(part, 'shape', part) for part in value]}"
    return f"{name}: {value.shape}" if isinstance(value, np.ndarray) else f"{name}: {type(value).__name__}"


# ------------------------------------------------------------------------------------------------- reading what it returns


def _read(returns: tuple[str, ...], value: Any, expected: Any) -> tuple[dict[str, Array], list[str]]:
    """What was returned as arrays by label, Z or Z[2], and what cannot be read as the wanted kind."""
    if value is None:
        return {}, ["it returns None: is the return forgotten?"]
    if len(returns) == 1:
        value, expected = value if isinstance(value, tuple) else (value,), (expected,)
    if not isinstance(value, tuple | list) or len(value) != len(returns):
        got = f"{len(value)} values" if isinstance(value, tuple | list) else f"one value, {_kind(value)}"
        return {}, [f"the number of returned values is wrong: {len(returns)} wanted ({', '.join(returns)}), got {got}"]
    found: dict[str, Array] = {}
    hints: list[str] = []
    for name, part, wanted in zip(returns, value, expected, strict=True):
        if not isinstance(wanted, list):
            _read_array(name, part, found, hints)
        elif not isinstance(part, list | tuple):
            hints.append(f"{name}: a list with an array for each layer is wanted, got {_kind(part)}")
        elif len(part) != len(wanted):
            hints.append(f"{name}: {len(wanted)} entries wanted, for the indices 0 … {len(wanted) - 1}, got {len(part)}"
                         f"{_order(part, wanted)}")
        else:
            for l, entry in enumerate(part):
                if wanted[l] is not None:
                    _read_array(f"{name}[{l}]", entry, found, hints)
    return found, hints


def _read_array(label: str, value: Any, found: dict[str, Array], hints: list[str]) -> None:
    if value is None:
        hints.append(f"{label}: it is None: is the return, or this layer, forgotten?")
        return
    try:
        array = np.asarray(value)
    except Exception:           # also what an object's own __array__ raises
        hints.append(f"{label}: its rows have different lengths, which makes no array")
        return
    if array.dtype.kind not in "fiu" or array.dtype in (np.float16, np.float32):
        hints.append(f"{label}: the type is wrong: real numbers wanted, in float64 as the inputs, got {_kind(value)}")
    else:
        found[label] = array.astype(np.float64)


def _kind(value: Any) -> str:
    return f"an array of dtype {value.dtype}" if isinstance(value, np.ndarray | np.generic) else f"a {type(value).__name__}"


def _order(part: Any, wanted: list[Any]) -> str:
    """What else a list of another length shows."""
    got, layers = [np.shape(entry) for entry in part], [np.shape(entry) for entry in wanted[1:]]
    if got == layers:
        return ": is index 0 left out?  Layers count from 1"
    return ", from the last layer to the first: the list is reversed" if got == layers[::-1] else ": is a layer forgotten?"


def _same(got: Array, wanted: Array) -> bool:
    return got.shape == wanted.shape and _close(got, wanted, 1e-9)


def _close(got: Array, wanted: Array, tolerance: float) -> bool:
    scale = np.max(np.abs(wanted[np.isfinite(wanted)]), initial=0)
    return bool(np.allclose(got, wanted, rtol=tolerance, atol=tolerance / 100 * scale, equal_nan=True))


# ---------------------------------------------------------------------------------------------------- recognising a mistake


def _values(returns: tuple[str, ...], mistakes: Mistakes) -> list[tuple[str, dict[str, Array]]]:
    """What every mistake gives at these inputs, where it gives anything."""
    found = []
    with np.errstate(all="ignore"):
        for hint, mistaken in mistakes.items():
            try:
                value = mistaken()
            except ValueError:          # a product of factors that do not fit
                continue
            parts = value if isinstance(value, dict) else {returns[0]: value}
            arrays: dict[str, Array] = {}
            for name, part in parts.items():
                if isinstance(part, list):
                    arrays |= {f"{name}[{l}]": np.asarray(entry) for l, entry in enumerate(part) if entry is not None}
                else:
                    arrays[name] = np.asarray(part)
            found.append((hint, arrays))
    return found


def _what(label: str, got: Array, wanted: Array, mistakes: list[tuple[str, dict[str, Array]]], inputs: Inputs) -> str:
    """What is wrong with one result."""
    shapes = "" if got.shape == wanted.shape else _shapes(got, wanted)
    known = next((hint for hint, values in mistakes if label in values and _same(got, values[label])
                  and not _same(values[label], wanted)), None)
    if known is None:
        known = _what_anywhere(got, wanted, inputs)
    if known is None and not shapes:
        known = _where(got, wanted, inputs)
    return "; ".join(text for text in (known, shapes) if text)


def _what_anywhere(got: Array, wanted: Array, inputs: Inputs) -> str | None:
    """The mistakes that any function can have."""
    if _same(got, -wanted):
        return "it has the wrong sign"
    if got.ndim == 2 and _same(got.T, wanted):
        return "it is transposed"
    unchanged = [name for name, value in inputs.items() if isinstance(value, np.ndarray) and _same(got, value)]
    if unchanged:
        return f"this is {unchanged[0]}, returned as it came"
    if got.size == wanted.size and got.shape != wanted.shape and _close(got.ravel(), wanted.ravel(), 1e-9):
        return "the numbers are right, their arrangement is not"
    if got.shape == wanted.shape and np.isfinite(got).all() and np.abs(got - wanted).max() <= 1e-3 * np.abs(wanted).max():
        return "nearly right: is something rounded, clipped, or added for safety?"
    return None


def _shapes(got: Array, wanted: Array) -> str:
    return f"its shape is {got.shape}, it should be {wanted.shape}"


def _where(got: Array, wanted: Array, inputs: Inputs) -> str:
    bad = ~np.isfinite(got)
    what = "NaN or infinite"
    if not bad.any():
        scale = np.max(np.abs(wanted), initial=0)
        bad, what = ~np.isclose(got, wanted, rtol=1e-9, atol=1e-11 * scale), "wrong"
    if got.ndim == 0:
        return f"the number is {what}"
    at = tuple(int(i) for i in np.argwhere(bad)[0])
    elementwise = all(isinstance(value, np.ndarray) and value.shape == got.shape for value in inputs.values())
    there = ", where " + " and ".join(f"{name} is {value[at]:.6g}" for name, value in inputs.items()) if elementwise else ""
    return f"{int(bad.sum())} of {bad.size} elements are {what}, the first at {list(at)}{there}"


def _reordered(returns: tuple[str, ...], value: Any, expected: Any) -> bool:
    """Whether the values are right in another order."""
    if not isinstance(value, tuple | list) or len(value) != len(returns) or len(returns) == 1:
        return False
    wanted, _ = _read(returns, expected, expected)

    def right(order: Any) -> bool:
        found, hints = _read(returns, order, expected)
        return not hints and all(_same(found[label], wanted[label]) for label in wanted)

    return not right(value) and any(map(right, itertools.permutations(value)))
