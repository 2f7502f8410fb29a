"""θ: all parameters of a network in one vector, the layers that are views into it, and what may be copied in."""
from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from pynn.translation import Sentence
from pynn.validation import finite_array

Array = np.ndarray[Any, np.dtype[Any]]

_ALIGNMENT = 64         # bytes: a cache line, and the widest vector


def new_vector(elements: int, dtype: np.dtype[Any]) -> Array:
    """Zeros in memory that is aligned as the engine likes it."""
    buffer = np.zeros(elements * dtype.itemsize + _ALIGNMENT, np.uint8)
    start = -buffer.ctypes.data % _ALIGNMENT
    return buffer[start:start + elements * dtype.itemsize].view(dtype)


def layer_views(flat: Array, sizes: Sequence[int]) -> Iterator[tuple[Array, Array]]:
    """W[l] and b[l], or dW[l] and db[l], l = 1 … L, as views into a vector laid out like θ."""
    at = 0
    for inputs, units in itertools.pairwise(sizes):
        middle, end = at + units * inputs, at + units * (inputs + 1)
        yield flat[at:middle].reshape(units, inputs), flat[middle:end].reshape(units, 1)
        at = end


def find_not_finite(theta: Array, sizes: Sequence[int]) -> Sentence | None:
    """Name the first parameter that is not finite, with its value; None if there is none."""
    if np.isfinite(theta).all():
        return None
    for l, views in enumerate(layer_views(theta, sizes), start=1):
        for name, array in zip("Wb", views, strict=True):
            for row, column in np.argwhere(~np.isfinite(array)):
                return Sentence("{name}[{l}][{row}, {column}] is {value}", name=name, l=l, row=row, column=column,
                                value=array[row, column])
    raise AssertionError("the layers do not cover theta")


def copy_in(value: Any, into: Array, name: str) -> None:
    """Copy finite numbers of the same shape into an array, or say what is wrong and change nothing."""
    array = finite_array(value, name)
    if array.shape != into.shape:
        raise ValueError(f"{name}: expected shape {into.shape}, got {array.shape}")
    with np.errstate(over="ignore"):
        converted = array.astype(into.dtype)
    if not np.isfinite(converted).all():
        raise ValueError(f"{name}: expected numbers that {into.dtype} can hold, got larger ones")
    into[...] = converted


class Layer:
    """Layer l of a network: W (n[l], n[l−1]) and b (n[l], 1), views into its parameters, and its activation.

    Assigning to ``W`` or ``b`` copies finite numbers of that shape in.
    """

    __slots__ = ("_W", "_b", "_number", "activation")           # so that `net[1].w = …` is an error

    def __init__(self, number: int, W: Array, b: Array, activation: str) -> None:
        self._number, self._W, self._b, self.activation = number, W, b, activation

    @property
    def W(self) -> Array:
        """Weights; row i holds those of unit i."""
        return self._W

    @W.setter
    def W(self, value: Any) -> None:
        copy_in(value, self._W, f"W[{self._number}]")

    @property
    def b(self) -> Array:
        """Biases."""
        return self._b

    @b.setter
    def b(self, value: Any) -> None:
        copy_in(value, self._b, f"b[{self._number}]")

    def __repr__(self) -> str:
        return f"Layer({self._W.shape[1]} -> {self._W.shape[0]}, {self.activation})"
