"""Reading the results of a reader's function as arrays, and comparing them."""
from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from pynn.learn.exercises.exercise import Array
from pynn.translation import _


def read_results(returns: tuple[str, ...], value: Any, expected: Any) -> tuple[dict[str, Array], list[str]]:
    """The results as arrays by label, Z or Z[2]; and hints on values of another kind than expected."""
    if value is None:
        return {}, [_("it returns None: is the return forgotten?")]
    if len(returns) == 1:
        value, expected = value if isinstance(value, tuple) else (value,), (expected,)
    if not isinstance(value, tuple | list) or len(value) != len(returns):
        got = (_("{count} values", count=len(value)) if isinstance(value, tuple | list) else
               _("one value, {kind}", kind=_kind(value)))
        return {}, [_("the number of returned values is wrong: {count} wanted ({names}), got {got}",
                      count=len(returns), names=", ".join(returns), got=got)]
    found: dict[str, Array] = {}
    hints: list[str] = []
    for name, part, wanted in zip(returns, value, expected, strict=True):
        if not isinstance(wanted, list):
            _read_array(name, part, found, hints)
        elif not isinstance(part, list | tuple):
            hints.append(_("{name}: a list with an array for each layer is wanted, got {kind}", name=name, kind=_kind(part)))
        elif len(part) != len(wanted):
            hints.append(_("{name}: {count} entries wanted, for the indices 0 … {last}, got {got}{hint}", name=name,
                           count=len(wanted), last=len(wanted) - 1, got=len(part), hint=_length_hint(part, wanted)))
        else:
            for l, entry in enumerate(part):
                if wanted[l] is not None:
                    _read_array(f"{name}[{l}]", entry, found, hints)
    return found, hints


def _read_array(label: str, value: Any, found: dict[str, Array], hints: list[str]) -> None:
    if value is None:
        hints.append(_("{label}: it is None: is the return, or this layer, forgotten?", label=label))
        return
    try:
        array = np.asarray(value)
    except Exception:           # also what an object's own __array__ raises
        hints.append(_("{label}: its rows have different lengths, which makes no array", label=label))
        return
    if array.dtype.kind not in "fiu" or array.dtype == np.float16:
        hints.append(_("{label}: the type is wrong: real numbers in float64, as the inputs, are wanted, got {kind}",
                       label=label, kind=_kind(value)))
    else:
        found[label] = array if array.dtype == np.float32 else array.astype(np.float64)


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray | np.generic):
        return _("an array of dtype {dtype}", dtype=value.dtype)
    return _("a {type}", type=type(value).__name__)


def _length_hint(part: Any, wanted: list[Any]) -> str:
    """What may have happened to a list of the wrong length."""
    got, layers = [np.shape(entry) for entry in part], [np.shape(entry) for entry in wanted[1:]]
    if got == layers:
        return _(": is index 0 left out?  Layers count from 1")
    if got == layers[::-1]:
        return _(", from the last layer to the first: the list is reversed")
    return _(": is a layer forgotten?")


def are_same(got: Array, wanted: Array) -> bool:
    """Whether shapes and numbers are equal, but for rounding."""
    return got.shape == wanted.shape and are_close(got, wanted)


def are_close(got: Array, wanted: Array) -> bool:
    """Whether the numbers are equal, but for rounding, which is that of got."""
    scale = np.max(np.abs(wanted[np.isfinite(wanted)]), initial=0)
    relative, absolute = (1e-4, 1e-6) if got.dtype == np.float32 else (1e-9, 1e-11)
    return bool(np.allclose(got, wanted, rtol=relative, atol=absolute * scale, equal_nan=True))


def are_reordered(returns: tuple[str, ...], value: Any, expected: Any) -> bool:
    """Whether the values are right, but in another order."""
    if not isinstance(value, tuple | list) or len(value) != len(returns) or len(returns) == 1:
        return False
    wanted = read_results(returns, expected, expected)[0]

    def is_right(order: Any) -> bool:
        found, hints = read_results(returns, order, expected)
        return not hints and all(are_same(found[label], wanted[label]) for label in wanted)

    return not is_right(value) and any(map(is_right, itertools.permutations(value)))


def changed_parts(label: str, before: Any, after: Any) -> list[str]:
    """The labels of those arrays of an input that the function changed."""
    if isinstance(before, list):
        if len(before) != len(after):
            return [label]
        return [changed for l, (old, new) in enumerate(zip(before, after, strict=True))
                for changed in changed_parts(f"{label}[{l}]", old, new)]
    if isinstance(before, np.ndarray):
        same = isinstance(after, np.ndarray) and before.shape == after.shape and np.array_equal(before, after)
        return [] if same else [label]
    return []               # a Generator, which every draw changes
