"""What a file has to carry of a network, read once for every format."""
from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np

from pynn.standardizer import Standardizer
from pynn.translation import Sentence
from pynn.validation import check_network, finite_array

Array = np.ndarray[Any, np.dtype[Any]]

VERSION = metadata.version("pynn-dense")
_WIDTH = 116             # characters in a line of numbers
FLOAT32 = np.dtype(np.float32)


@dataclass(frozen=True, eq=False)
class Contents:
    """A network as the exporters see it; W and b are lists from layer 1 on, W (n[l], n[l−1]) and b (n[l],)."""

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    dropout: tuple[float, ...]
    dtype: np.dtype[Any]
    W: list[Array]
    b: list[Array]
    standardizer: Standardizer | None
    target_standardizer: Standardizer | None
    feature_names: tuple[str, ...] | None
    label_names: tuple[str, ...] | None

    def title(self) -> str:
        """One line for the head of a file, such as: a dense network 2 -> 4 -> 1 (relu, sigmoid), written by pynn 0.1.0."""
        return (f"a dense network {' -> '.join(map(str, self.sizes))} ({', '.join(self.activations)}), "
                f"written by pynn {VERSION}")

    def standardize_split(self) -> tuple[Array, Array, Array]:
        """mean, rest and scale in float32: (x − mean − rest) / scale keeps its digits where x is close to a large mean."""
        assert self.standardizer is not None
        mean = self.standardizer.mean.astype(np.float32)
        rest = (self.standardizer.mean - mean).astype(np.float32)
        return mean, rest, self.standardizer.scale.astype(np.float32)


def read_network(net: Any, function: str, activations: Collection[str], dtype: Any = None, *,
                 narrow_standardizers: bool = False) -> Contents:
    """The contents of a network, in its own dtype or in another.

    `function` is the exporter, for the messages, and `activations` are those that it can write besides linear and softmax.
    With `narrow_standardizers`, it writes the standardizers in the same dtype as the parameters.
    """
    check_network(net)
    for activation in net.activations:
        if activation not in activations and activation not in ("linear", "softmax"):
            raise ValueError(Sentence("net: {function} cannot write the activation {activation!r}; expected {activations}, "
                                      "linear or softmax", function=function, activation=activation,
                                      activations=", ".join(activations)))
    if getattr(net, "encoder", None) is not None:
        raise ValueError(Sentence("net: {function} cannot carry its TableEncoder (net.encoder); expected a network of "
                                  "numeric inputs. Set encoder = None on a copy of it, and give the exported file what "
                                  "net.encoder.transform returns", function=function))
    finite_array(net.parameters, "net.parameters")
    dtype = net.dtype if dtype is None else _checked_dtype(dtype)
    with np.errstate(over="ignore"):
        W, b = [layer.W.astype(dtype) for layer in net], [layer.b[:, 0].astype(dtype) for layer in net]
    if not all(np.isfinite(array).all() for array in (*W, *b)):
        raise ValueError(Sentence("dtype: expected one that can hold the parameters of the network, got {dtype}", dtype=dtype))
    if narrow_standardizers and dtype == FLOAT32:
        _check_float32(net.standardizer, "standardizer")
        _check_float32(net.target_standardizer, "target_standardizer")
    return Contents(net.sizes, net.activations, net.loss, net.dropout, dtype, W, b, net.standardizer,
                    net.target_standardizer, net.feature_names, net.label_names)


def number(value: Any) -> str:
    """The shortest decimal that reads back as this float32 or float64, always with a point or an exponent."""
    return str(value) if isinstance(value, np.float32) else repr(float(value))


def rows_of(values: Array, write: Callable[[Any], str], indent: str) -> Iterator[str]:
    """The numbers of a matrix or a vector, each with a comma, a row in a line of its own or in several."""
    for row in np.atleast_2d(values):
        line = indent
        for word in map(write, row):
            if len(line) + len(word) > _WIDTH:
                yield line.rstrip()
                line = indent + " "
            line += word + ", "
        yield line.rstrip()


def _check_float32(standardizer: Standardizer | None, name: str) -> None:
    """Raise a ValueError if float32 cannot hold a scale, or a mean."""
    if standardizer is None:
        return
    limits = np.finfo(np.float32)
    for part, values, least in (("mean", standardizer.mean, 0.0), ("scale", standardizer.scale, float(limits.tiny))):
        wrong = values[(abs(values) > limits.max) | (abs(values) < least)]
        if len(wrong):
            raise ValueError(Sentence("net.{name}: expected numbers that float32 can hold, because the file is in float32, got "
                                      "{value:g} in its {part}", name=name, value=float(wrong[0]), part=part))


def _checked_dtype(dtype: Any) -> np.dtype[Any]:
    try:
        checked = np.dtype(dtype)
    except TypeError:
        raise TypeError(Sentence("dtype: expected 'float32', 'float64' or None, got {dtype!r}", dtype=dtype)) from None
    if checked not in (FLOAT32, np.dtype(np.float64)):
        raise ValueError(Sentence("dtype: expected 'float32', 'float64' or None, got {dtype!r}", dtype=dtype))
    return checked
