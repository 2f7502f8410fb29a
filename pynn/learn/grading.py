"""From what the reader's function returns to hints on what is wrong."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pynn.learn.attempt import Attempt
from pynn.learn.error_hints import explain_failure, overflow
from pynn.learn.exercises.exercise import SQUARE, Array, Exercise, Inputs
from pynn.learn.recognition import describe_shapes, recognise
from pynn.learn.results import are_reordered, changed_parts, read_results
from pynn.translation import _

SECONDS = 10.0              # for one call of the reader's function
Trial = Callable[[Inputs], Attempt]         # a call of the reader's function


def grade(exercise: Exercise, trial: Trial, seed: int = 0) -> tuple[tuple[str, ...], Inputs]:
    """Hints on the reader's function, none if it is right; and the arguments with which it went wrong."""
    for case in exercise.cases:
        inputs = exercise.inputs(case, seed)
        hints, stopped = _try(exercise, trial, inputs)
        if stopped and case != SQUARE and SQUARE in exercise.cases:
            more, stopped = _try(exercise, trial, exercise.inputs(SQUARE, seed))
            hints += [] if stopped else [_("{hint} (seen on other inputs, all of one size)", hint=hint) for hint in more]
        if hints:
            return _merged(hints), inputs
    return (), {}


def misfit_hint(exercise: Exercise, reason: str) -> str:
    """A hint on a function with other arguments."""
    name = reason.removeprefix("missing a required argument: ")
    if name != reason:
        reason = _("missing a required argument: {name}", name=name)
    elif reason == "too many positional arguments":
        reason = _("too many positional arguments")
    return _("it should take {count} arguments ({names}) by position: {reason}",
             count=len(exercise.parameters), names=", ".join(exercise.parameters), reason=reason)


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


def _try(exercise: Exercise, trial: Trial, inputs: Inputs) -> tuple[list[str], bool]:
    """Hints on one set of inputs, and whether the function stopped with an error."""
    tried = trial(inputs)
    if tried.timed_out:
        return [_("it still ran after {seconds:g} s and was stopped: does its loop end?", seconds=SECONDS)], False
    changed = [label for name, value in inputs.items() for label in changed_parts(name, value, tried.given.get(name, value))]
    hints = [_("{label}: the input is changed in place; a caller may still need it", label=label) for label in changed]
    if tried.failure is not None:
        return [*hints, explain_failure(tried.failure, inputs)], True
    if exercise.judge is not None:
        return [*hints, *_judge(exercise, trial, inputs, tried.value, hints)], False
    hints += _grade(exercise, inputs, tried.value)
    if tried.overflowed:
        hints.append(overflow() if hints else _("the results are right, but {what}", what=overflow()))
    return hints, False


def _grade(exercise: Exercise, inputs: Inputs, value: Any) -> list[str]:
    """Hints on an exercise with one right result."""
    expected, mistakes = exercise.solve(**inputs)
    if are_reordered(exercise.returns, value, expected):
        return [_("the returned values are right, but in another order than {names}", names=", ".join(exercise.returns))]
    results, unreadable = read_results(exercise.returns, value, expected)
    if unreadable:
        return unreadable
    wanted = read_results(exercise.returns, expected, expected)[0]
    return recognise(exercise, results, wanted, mistakes, inputs)


def _judge(exercise: Exercise, trial: Trial, inputs: Inputs, value: Any, earlier: list[str]) -> list[str]:
    """Hints on an exercise with many right results; its judge may call the function again with other inputs."""
    expected = exercise.solve(**inputs)[0]
    results, unreadable = read_results(exercise.returns, value, expected)
    if unreadable:
        return unreadable
    wanted = read_results(exercise.returns, expected, expected)[0]
    hints = [f"{label}: {_describe_shapes(results[label], wanted[label])}" for label in wanted
             if results[label].shape != wanted[label].shape]
    if hints or earlier or exercise.judge is None:
        return hints

    def call(other_inputs: Inputs) -> dict[str, Array]:
        return read_results(exercise.returns, trial(other_inputs).value, expected)[0]

    return exercise.judge(call, inputs, results)


def _describe_shapes(got: Array, wanted: Array) -> str:
    """A hint on a wrong shape, where only the shape can be judged."""
    text = describe_shapes(got, wanted)
    return "; ".join((_("it is transposed"), text)) if got.shape == wanted.shape[::-1] else text
