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

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pynn.learn import grading
from pynn.learn.attempt import attempt, misfit
from pynn.learn.exercises import EXERCISES
from pynn.learn.exercises.exercise import Inputs
from pynn.learn.grading import grade, misfit_hint
from pynn.translation import _
from pynn.validation import choice
from pynn.writing import printable

__all__ = ["Verdict", "check", "describe", "exercises"]

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
            return _("{exercise}: right", exercise=self.exercise)
        return printable("\n".join([_("{exercise}: not yet", exercise=self.exercise), *(f"- {hint}" for hint in self.hints)]))

    def to_dict(self) -> dict[str, Any]:
        """Return exercise, ok and hints for JSON.  The arrays of inputs are left out.

        Examples
        --------
        >>> from pynn import workbook
        >>> workbook.check("neuron", lambda w, b, x: w @ x).to_dict()
        {'exercise': 'neuron', 'ok': False, 'hints': ['z: the bias b is not added']}
        """
        return {"exercise": self.exercise, "ok": self.ok, "hints": list(self.hints)}

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
    return printable(f"{exercise.signature}\n\n{_(inspect.getdoc(exercise.solve) or '')}")


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
    if reason := misfit(function, exercise.parameters):
        return Verdict(name, (misfit_hint(exercise, reason),), {})
    return Verdict(name, *grade(exercise, lambda inputs: attempt(function, inputs, grading.SECONDS)))
