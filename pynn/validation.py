"""Checks of what users hand in: each returns the value in the form that pynn works with, or raises an error that explains."""
from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from pynn.translation import Sentence

_ROWS = 1 << 16         # rows checked at a time, so that a check needs little memory and Ctrl-C does not wait long
_NAMES_SHOWN = 10
_INTEGER, _REAL = (int, numbers.Integral), (float, int, numbers.Real)     # the common types first: an ABC is slow to ask


def positive_int(value: object, name: str, least: int = 1) -> int:
    """An int that is at least `least`."""
    if isinstance(value, bool) or not isinstance(value, _INTEGER):
        raise TypeError(Sentence("{name}: expected an int, got {value!r} ({kind})", name=name, value=value,
                                 kind=type(value).__name__))
    if value < least:
        raise ValueError(Sentence("{name}: expected an int of at least {least}, got {value}", name=name, least=least,
                                  value=value))
    return int(value)


def real_number(value: object, name: str, low: float, high: float = math.inf, *, low_included: bool = True,
                high_included: bool = True) -> float:
    """A finite float between low and high."""
    if isinstance(value, bool) or not isinstance(value, _REAL):
        raise TypeError(Sentence("{name}: expected a real number, got {value!r} ({kind})", name=name, value=value,
                                 kind=type(value).__name__))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    above = number >= low if low_included else number > low
    below = number <= high if high_included else number < high
    if not (math.isfinite(number) and above and below):
        left, right = "[" if low_included else "(", "]" if high_included and high < math.inf else ")"
        raise ValueError(Sentence("{name}: expected a finite number in {left}{low:g}, {high:g}{right}, got {number!r}",
                                  name=name, left=left, low=low, high=high, right=right, number=number))
    return number


def boolean(value: object, name: str) -> bool:
    """True or False."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(Sentence("{name}: expected True or False, got {value!r} ({kind})", name=name, value=value,
                                 kind=type(value).__name__))
    return bool(value)


def choice(value: object, name: str, known: Any) -> str:
    """One of the known names."""
    if not isinstance(value, str):
        raise TypeError(Sentence("{name}: expected a str, got {value!r} ({kind})", name=name, value=value,
                                 kind=type(value).__name__))
    if value not in known:
        raise ValueError(Sentence("{name}: unknown name {value!r}; there are {known}", name=name, value=value,
                                  known=", ".join(map(repr, known))))
    return value


def finite_array(value: object, name: str, *, narrow: bool = False, dtype: np.dtype[Any] | None = None) -> np.ndarray:
    """Any array-like of finite real numbers as float32, float64 or int64; without a copy if it has such a dtype.

    With `narrow`, integers of at most 32 bits stay as they are, and bool becomes uint8, without a copy: the engine reads them.
    With `dtype`, the numbers are finite in that dtype too.
    """
    if value is None:
        raise TypeError(Sentence("{name}: expected an array of real numbers, got None", name=name))
    if callable(getattr(value, "toarray", None)) or callable(getattr(value, "todense", None)):
        raise TypeError(Sentence("{name}: expected a dense array, got a sparse {kind}; {name}.toarray() makes one", name=name,
                                 kind=type(value).__name__))
    if np.ma.is_masked(value):
        raise ValueError(Sentence("{name}: expected no missing values, got a masked array with some masked", name=name))
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, RuntimeError) as error:         # the last one from a PyTorch tensor with a gradient
        if isinstance(value, Sequence) and "inhomogeneous" in str(error):
            raise _ragged(value, name) from None
        raise ValueError(Sentence("{name}: expected an array of real numbers, got {kind}: {error}", name=name,
                                  kind=type(value).__name__, error=error)) from None
    if array.dtype == object:
        array = _numbers_of_objects(array, name)
    if array.dtype.kind not in "fiub":
        raise TypeError(Sentence("{name}: expected real numbers, got dtype {dtype}", name=name, dtype=array.dtype))
    native = array.dtype.isnative and array.flags.aligned          # as the engine reads it
    if array.dtype.kind in "iub":
        if array.dtype == np.uint64 and array.size and array.max() > np.iinfo(np.int64).max:
            raise ValueError(Sentence("{name}: expected integers below 2**63, got {most}", name=name, most=array.max()))
        if narrow and native and array.dtype.itemsize < 8:
            return array.view(np.uint8) if array.dtype == bool else array
        return array.view(np.int64) if native and array.dtype == np.uint64 else array.astype(np.int64, copy=not native)
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float32 if array.dtype == np.float16 else np.float64)
    elif not native:
        array = array.astype(array.dtype.newbyteorder("="))
    limit = np.finfo(np.float32).max if dtype == np.float32 and array.dtype == np.float64 else None
    for start in range(0, len(array) if array.ndim else 0, _ROWS):
        rows = array[start:start + _ROWS]
        if not np.isfinite(rows).all():
            at = np.argwhere(~np.isfinite(rows))[0]
            found = rows[tuple(at)]
            at[0] += start
            raise ValueError(Sentence("{name}: expected finite numbers, got {found} at {at}", name=name, found=found,
                                      at=at.tolist()))
        if limit is not None and rows.size and (rows.max() > limit or rows.min() < -limit):
            raise ValueError(Sentence("{name}: expected numbers that float32 can hold, up to {largest:g}, got larger "
                                      "ones", name=name, largest=limit))
    return array


def _numbers_of_objects(array: np.ndarray, name: str) -> np.ndarray:
    """Python objects as float64; the error names the first one that is no number, text and missing values before others."""
    if array.ndim == 0:
        raise TypeError(Sentence("{name}: expected an array of real numbers, got {kind}", name=name,
                                 kind=type(array.item()).__name__))
    cells = list(np.ndenumerate(array))
    if any(isinstance(element, str | bytes) for _, element in cells):
        raise TypeError(Sentence("{name}: expected real numbers, got text among Python objects", name=name))
    for at, element in cells:
        if is_missing_value(element):
            raise ValueError(Sentence("{name}: expected no missing values, got {element!r} at {at}", name=name, element=element,
                                      at=list(at)))
    if array.ndim == 1 and all(isinstance(element, Sequence | np.ndarray) for _, element in cells):
        raise _ragged(array, name)
    try:
        return array.astype(np.float64)
    except (ValueError, TypeError):
        for at, element in cells:
            if not hasattr(element, "__float__"):
                raise TypeError(Sentence("{name}: expected real numbers, got {kind} among Python objects, at {at}", name=name,
                                         kind=type(element).__name__, at=list(at))) from None
        raise TypeError(Sentence("{name}: expected real numbers, got an array of Python objects", name=name)) from None
    except OverflowError:
        raise ValueError(Sentence("{name}: expected numbers that float64 can hold, got larger ones", name=name)) from None


def is_missing_value(element: object) -> bool:
    """Whether it is None, NumPy's or pandas' NaT, pandas' NA or NumPy's masked; NaN is a number that is not finite."""
    if isinstance(element, np.datetime64 | np.timedelta64):
        return bool(np.isnat(element))
    return element is None or element is np.ma.masked or type(element).__name__ in ("NAType", "NaTType")


def _ragged(rows: Any, name: str) -> ValueError:
    lengths = [len(row) if isinstance(row, Sequence | np.ndarray) else None for row in rows]
    for number, length in enumerate(lengths):
        if length != lengths[0]:
            one, other = (Sentence("a number") if n is None else Sentence("1 element") if n == 1 else
                          Sentence("{count} elements", count=n) for n in (lengths[0], length))
            return ValueError(Sentence("{name}: expected rows of equal length, got {one} in row 0 and {other} in row "
                                       "{number}", name=name, one=one, other=other, number=number))
    return ValueError(Sentence("{name}: expected rows of equal length, got a list among the numbers", name=name))


def check_network(net: object) -> None:
    """Raise a TypeError unless `net` is a Network.

    The methods of Network decide, since importing Network here would make a circle.
    """
    methods = ("forward", "backward", "descend", "fit", "predict")
    if isinstance(net, type) or not all(callable(getattr(net, name, None)) for name in methods):
        raise TypeError(Sentence("net: expected a pynn.Network, got {kind}", kind=type(net).__name__))


def check_examples(value: object, name: str, features: int, dtype: np.dtype[Any], *, narrow: bool = False) -> np.ndarray:
    """X: (m, features), m ≥ 1, finite also in the network's dtype; `narrow` as for finite_array."""
    array = finite_array(value, name, narrow=narrow, dtype=dtype)
    if array.ndim != 2 or array.shape[1] != features:
        hint = ""
        if array.ndim == 1 and array.shape == (features,):
            hint = Sentence("; one example is a row: X.reshape(1, -1)")
        elif array.ndim == 2 and array.shape[0] == features:
            hint = Sentence("; one example is a row: is this X transposed?")
        raise ValueError(Sentence("{name}: expected shape (m, {features}), got {shape}{hint}", name=name, features=features,
                                  shape=array.shape, hint=hint))
    if len(array) == 0:
        raise ValueError(Sentence("{name}: expected at least one example, got shape {shape}", name=name, shape=array.shape))
    return array


def check_targets(value: object, name: str, m: int, units: int, output: str, dtype: np.dtype[Any]) -> np.ndarray:
    """y of m examples in the form that the engine takes: (m, units), or (m,) for one column.

    `output` is the activation of the output layer, which decides what y means.
    """
    array = finite_array(value, name, dtype=dtype if output == "linear" else None)
    if output == "softmax":
        wanted = Sentence("(m,) class numbers 0 … {last} or one-hot (m, {units})", last=units - 1, units=units)
        fits = array.ndim == 1 or array.shape[1:] == (units,)
    elif units == 1:
        wanted, fits = Sentence("(m,) or (m, 1)"), array.ndim == 1 or array.shape[1:] == (1,)
    else:
        wanted, fits = Sentence("(m, {units})", units=units), array.shape[1:] == (units,)
    if array.ndim not in (1, 2) or not fits:
        raise ValueError(Sentence("{name}: expected {wanted}, got shape {shape}", name=name, wanted=wanted, shape=array.shape))
    if len(array) != m:
        raise ValueError(Sentence("{name}: expected as many examples as X has, {m}, got {count}", name=name, m=m,
                                  count=len(array)))
    if output == "linear":
        return array
    labels = output == "softmax" and array.ndim == 1
    for start in range(0, m, _ROWS):
        rows = array[start:start + _ROWS]
        if array.dtype.kind == "i" and (labels or output != "softmax") and (
                rows.min() >= 0 and rows.max() < (units if labels else 2)):
            continue
        if labels:
            good = (rows >= 0) & (rows < units) & (rows == np.floor(rows))
        else:
            good = (rows == 0) | (rows == 1) if output == "softmax" else (rows >= 0) & (rows <= 1)
        if not good.all():
            found = rows[~good].flat[0]
            zero_or_one = Sentence("only 0 and 1") if output == "softmax" else Sentence("numbers from 0 to 1")
            expected = Sentence("class numbers 0 … {last}", last=units - 1) if labels else zero_or_one
            hint = _numbering_advice(name, array, units if labels else 2) if labels or units == 1 else ""
            raise ValueError(Sentence("{name}: expected {expected}, got {found}{hint}", name=name, expected=expected,
                                      found=found, hint=hint))
        if output == "softmax" and not labels and (rows.sum(axis=1) != 1).any():
            raise ValueError(Sentence("{name}: expected one-hot rows, each with a single 1, got a row with none or several",
                                      name=name))
    return array.astype(np.int64, copy=False) if labels else array


def _numbering_advice(name: str, array: np.ndarray, classes: int) -> str:
    """Advice on class numbers that are not 0 … classes − 1."""
    found = np.unique(array)
    if (found != np.floor(found)).any():
        return ""
    if len(found) <= classes:
        return Sentence("; np.unique({name}, return_inverse=True)[1] numbers the classes from 0", name=name)
    if (found == np.arange(len(found))).all():
        return Sentence("; {count} classes need as many output units", count=len(found))
    return ""


def check_weights(value: object, name: str, m: int) -> np.ndarray | None:
    """Weights of m examples (m,), none below 0 and not all 0, divided by their mean; None stays None."""
    if value is None:
        return None
    array = finite_array(value, name).astype(np.float64)
    if array.shape != (m,):
        raise ValueError(Sentence("{name}: expected shape ({m},), a weight for each example, got {shape}", name=name, m=m,
                                  shape=array.shape))
    if array.min() < 0:
        raise ValueError(Sentence("{name}: expected no weight below 0, got {least:g}", name=name, least=array.min()))
    if array.max() == 0:
        raise ValueError(Sentence("{name}: expected some weight above 0, got only zeros", name=name))
    array /= array.max()            # so that a sum of huge weights stays finite
    return array / array.mean()


def check_names(value: object, name: str, expected: int) -> tuple[str, ...] | None:
    """`expected` different names, or None."""
    if value is None:
        return None
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(Sentence("{name}: expected a sequence of {expected} names or None, got {value!r}", name=name,
                                 expected=expected, value=value))
    names = tuple(value)
    for one in names:
        if not isinstance(one, str):
            raise TypeError(Sentence("{name}: expected names of type str, got {one!r} ({kind})", name=name, one=one,
                                     kind=type(one).__name__))
    if len(names) != expected or len(set(names)) != expected:
        raise ValueError(Sentence("{name}: expected {expected} different names, got {names}", name=name, expected=expected,
                                  names=join_names(names)))
    return tuple(map(str, names))           # NumPy's str_ too


def join_names(names: Sequence[str]) -> str:
    """The names in one line; only the first ones if there are many."""
    more = len(names) - _NAMES_SHOWN
    shown = ", ".join(names[:_NAMES_SHOWN])
    return Sentence("{names} and {count} more", names=shown, count=more) if more > 0 else shown
