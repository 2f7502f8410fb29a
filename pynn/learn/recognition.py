"""Recognising mistakes: a wrong result is compared with the results of typical mistakes."""
from __future__ import annotations

from typing import Any

import numpy as np

from pynn.learn.exercises.exercise import Array, Exercise, Inputs, Line, Mistakes
from pynn.learn.results import are_close, are_same
from pynn.translation import _

Known = list[tuple[str, dict[str, Array | Line]]]       # typical mistakes: the hint, and the results by label


def recognise(exercise: Exercise, results: dict[str, Array], wanted: dict[str, Array], mistakes: Mistakes,
              inputs: Inputs) -> list[str]:
    """Hints on the wrong results of the lowest stage; those of higher stages may follow from them."""
    wrong = [label for label in wanted if not are_same(results[label], wanted[label])]
    stages = [exercise.stage(label) for label in wrong]
    first = [label for label, stage in zip(wrong, stages, strict=True) if stage == min(stages)]
    known = _results_of(mistakes, exercise.returns)
    known.sort(key=lambda mistake: -sum(_is_like(results[label], array) for label, array in mistake[1].items()))
    return [f"{label}: {_describe(label, results[label], wanted[label], known, inputs)}" for label in first]


def describe_shapes(got: Array, wanted: Array) -> str:
    """A hint on a wrong shape."""
    return _("its shape is {got}, it should be {wanted}", got=got.shape, wanted=wanted.shape)


def _results_of(mistakes: Mistakes, returns: tuple[str, ...]) -> Known:
    """The results of each mistake with these inputs, if it has results."""
    known = []
    with np.errstate(all="ignore"):
        for hint, mistake in mistakes.items():
            try:
                value = mistake()
            except ValueError:          # a product of factors that do not fit
                continue
            parts = value if isinstance(value, dict) else {returns[0]: value}
            known.append((hint, {label: array for name, part in parts.items() for label, array in _arrays(name, part)}))
    return known


def _arrays(name: str, part: Any) -> list[tuple[str, Array | Line]]:
    if isinstance(part, list):
        return [(f"{name}[{l}]", _array(entry)) for l, entry in enumerate(part) if entry is not None]
    return [(name, _array(part))]


def _array(part: Any) -> Array | Line:
    return part if isinstance(part, Line) else np.asarray(part)


def _is_like(got: Array, mistake: Array | Line) -> bool:
    """Whether the result is that of the mistake."""
    if not isinstance(mistake, Line):
        return are_same(got, mistake)
    start, direction = mistake
    if got.shape != start.shape or got.size < 2 or not np.isfinite(got).all() or not direction.any():
        return False                    # a single number is on every line
    t = np.vdot(got - start, direction) / np.vdot(direction, direction)
    return are_same(got, start + t * direction)


def _describe(label: str, got: Array, wanted: Array, known: Known, inputs: Inputs) -> str:
    """What is wrong with one result."""
    shapes = "" if got.shape == wanted.shape else describe_shapes(got, wanted)
    mistake = next((hint for hint, arrays in known if label in arrays and _is_like(got, arrays[label])), None)
    if mistake is None:
        mistake = _general_mistake(got, wanted, inputs)
    if mistake is None and not shapes:
        mistake = _describe_place(got, wanted, inputs)
    return "; ".join(text for text in (mistake, shapes) if text)


def _general_mistake(got: Array, wanted: Array, inputs: Inputs) -> str | None:
    """Mistakes that are possible in every exercise."""
    if are_same(got, -wanted):
        return _("it has the wrong sign")
    if got.ndim == 2 and are_same(got.T, wanted):
        return _("it is transposed")
    unchanged = [name for name, value in inputs.items() if isinstance(value, np.ndarray) and are_same(got, value)]
    if unchanged:
        return _("this is {name}, returned unchanged", name=unchanged[0])
    if got.size == wanted.size and got.shape != wanted.shape and are_close(got.ravel(), wanted.ravel()):
        return _("the numbers are right, their arrangement is not")
    if got.shape == wanted.shape and np.isfinite(got).all() and np.abs(got - wanted).max() <= 1e-3 * np.abs(wanted).max():
        return _("nearly right: is something rounded, clipped, or added for safety?")
    return None


def _describe_place(got: Array, wanted: Array, inputs: Inputs) -> str:
    """How many elements are wrong, and the first of them."""
    bad, finite = ~np.isfinite(got), False
    if not bad.any():
        scale = np.max(np.abs(wanted), initial=0)
        bad, finite = ~np.isclose(got, wanted, rtol=1e-9, atol=1e-11 * scale), True
    if got.ndim == 0:
        return _("the number is wrong") if finite else _("the number is NaN or infinite")
    at = tuple(int(i) for i in np.argwhere(bad)[0])
    fields = {"count": int(bad.sum()), "all": bad.size, "at": list(at)}
    place = (_("{count} of {all} elements are wrong, the first at {at}", **fields) if finite else
             _("{count} of {all} elements are NaN or infinite, the first at {at}", **fields))
    if not all(isinstance(value, np.ndarray) and value.shape == got.shape for value in inputs.values()):
        return place
    values = [_("{name} is {value:.6g}", name=name, value=value[at]) for name, value in inputs.items()]
    return _("{place}, where {values}", place=place, values=_(" and ").join(values))
