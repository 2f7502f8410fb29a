"""Exercises that grade themselves: write the article's network function by function, and read what is wrong and where.

>>> import numpy as np
>>> import pynn
>>> print(pynn.workbook.check("relu", lambda Z: np.abs(Z)))
relu: not yet
- A: negative z lose only their sign

A function is called with copies of seeded inputs.  All their sizes differ, so that transpositions show.  A mistake is
recognised by its result: the results of typical mistakes are computed too.  No hint contains the solution.
"""
from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pynn.learn.attempt import OVERFLOW, attempt, explain_error
from pynn.learn.exercise import SQUARE, Array, Exercise, Inputs
from pynn.learn.exercises import EXERCISES
from pynn.learn.recognition import describe_shapes, recognise
from pynn.learn.results import are_reordered, changed_parts, read_results
from pynn.validation import choice
from pynn.writing import printable

__all__ = ["Verdict", "check", "describe", "exercises"]

_SECONDS = 10.0             # for one call of the reader's function


@dataclass(frozen=True, repr=False)
class Verdict:
    """The result of check.

    Attributes
    ----------
    exercise : str
        Its name.
    hints : tuple of str
        What is wrong and where; empty if the answer is right.
    inputs : dict
        The arguments with which it went wrong, by name.
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
        return printable("\n".join([f"{self.exercise}: not yet", *(f"- {hint}" for hint in self.hints)]))

    __repr__ = __str__          # readable at a prompt and in a notebook


def exercises() -> list[str]:
    """Return the names of the exercises, in the article's order.

    Examples
    --------
    >>> from pynn import workbook
    >>> workbook.exercises()[:4]
    ['neuron', 'layer_forward', 'relu', 'relu_prime']
    """
    return list(EXERCISES)


def describe(name: str) -> str:
    """Return the task of an exercise: the function to write, its arguments and results with their shapes.

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
    return printable(f"{exercise.signature}\n\n{inspect.getdoc(exercise.solve) or ''}")


def check(name: str, function: Callable[..., Any]) -> Verdict:
    """Check the reader's function.

    Parameters
    ----------
    name : str
        One of exercises().
    function : callable
        The function that describe(name) asks for.  It gets copies, may return lists instead of arrays, and may take 10 s.

    Returns
    -------
    Verdict
        ok and hints; str() gives both as a text.

    Raises
    ------
    TypeError, ValueError
        If there is no such exercise or function is not callable.  An error that function raises becomes a hint.

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
            return Verdict(name, _merged(hints), inputs)
    return Verdict(name, (), {})


def _merged(hints: list[str]) -> tuple[str, ...]:
    """The hints; equal hints on several results become one, W[1], W[2]: …"""
    labels: dict[str, list[str]] = {}
    for hint in hints:
        label, colon, text = hint.partition(": ")
        if colon and " " not in label:
            labels.setdefault(text, []).append(label)
        else:
            labels[hint] = []
    return tuple(f"{', '.join(names)}: {text}" if names else text for text, names in labels.items())


def _try(exercise: Exercise, function: Callable[..., Any], inputs: Inputs) -> tuple[list[str], bool]:
    """Hints on one set of inputs, and whether the function stopped with an error."""
    given = copy.deepcopy(inputs)
    tried = attempt(function, given, _SECONDS)
    if tried.timed_out:
        return [f"it still ran after {_SECONDS:g} s and was stopped: does its loop end?"], False
    changed = [label for name, value in inputs.items() for label in changed_parts(name, value, given[name])]
    hints = [f"{label}: the input is changed in place; a caller may still need it" for label in changed]
    if tried.error is not None:
        return [*hints, explain_error(tried.error, function, inputs)], True
    if exercise.judge is not None:
        return [*hints, *_judge(exercise, function, inputs, tried.value, hints)], False
    hints += _grade(exercise, inputs, tried.value)
    if tried.overflowed:
        hints.append(OVERFLOW if hints else f"the results are right, but {OVERFLOW}")
    return hints, False


def _grade(exercise: Exercise, inputs: Inputs, value: Any) -> list[str]:
    """Hints on an exercise with one right result."""
    expected, mistakes = exercise.solve(**inputs)
    if are_reordered(exercise.returns, value, expected):
        return [f"the returned values are right, but in another order than {', '.join(exercise.returns)}"]
    results, unreadable = read_results(exercise.returns, value, expected)
    if unreadable:
        return unreadable
    wanted, _ = read_results(exercise.returns, expected, expected)
    return recognise(exercise, results, wanted, mistakes, inputs)


def _judge(exercise: Exercise, function: Callable[..., Any], inputs: Inputs, value: Any, earlier: list[str]) -> list[str]:
    """Hints on an exercise with many right results; its judge may call the function again with other inputs."""
    expected, _ = exercise.solve(**inputs)
    results, unreadable = read_results(exercise.returns, value, expected)
    if unreadable:
        return unreadable
    wanted, _ = read_results(exercise.returns, expected, expected)
    hints = [f"{label}: {describe_shapes(results[label], wanted[label])}" for label in wanted
             if results[label].shape != wanted[label].shape]
    if hints or earlier or exercise.judge is None:
        return hints

    def call(other_inputs: Inputs) -> dict[str, Array]:
        return read_results(exercise.returns, attempt(function, copy.deepcopy(other_inputs), _SECONDS).value, expected)[0]

    return exercise.judge(call, inputs, results)
