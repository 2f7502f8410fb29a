"""Architecture: the shape of a network, checked; the engine's twin of it is in cnn_core/architecture.pxd."""
from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pynn.reference import HIDDEN, LOSSES, OUTPUT
from pynn.translation import Sentence
from pynn.validation import choice, positive_int, real_number

_MOST_PARAMETERS = 1 << 33


@dataclass(frozen=True, init=False)
class Architecture:
    """What a network is before it has parameters; the constructor checks its arguments as `Network` describes them.

    Attributes
    ----------
    sizes : tuple of int
        n[0], …, n[L].
    activations : tuple of str
        g[1], …, g[L].
    loss : str
    dropout : tuple of float
        For each hidden layer, the probability that a step drops a unit.
    dtype : numpy dtype
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    dropout: tuple[float, ...]
    dtype: np.dtype[Any]

    def __init__(self, sizes: Any, *, hidden: Any, output: Any, loss: Any, dropout: Any, dtype: Any) -> None:
        sizes = _check_sizes(sizes)
        output = choice(output or ("sigmoid" if sizes[-1] == 1 else "softmax"), "output", OUTPUT)
        if output == "softmax" and sizes[-1] == 1:
            raise ValueError(Sentence("output: softmax over one unit is always 1; expected 'sigmoid' or 'linear', or more "
                                      "units"))
        vars(self).update(
            sizes=sizes,
            activations=(*check_hidden(hidden, "hidden", len(sizes) - 2), output),
            loss=_check_loss(loss, output),
            dropout=_check_dropout(dropout, len(sizes) - 2),
            dtype=_check_dtype(dtype),
        )

    @property
    def parameters(self) -> int:
        """P, the number of parameters."""
        return _count_parameters(self.sizes)

    @property
    def output(self) -> str:
        """g[L]."""
        return self.activations[-1]

    @property
    def is_regression(self) -> bool:
        """Whether the outputs are values (linear) rather than probabilities."""
        return self.output == "linear"

    @property
    def metric(self) -> str:
        """The name of what is measured beside the loss."""
        return "r2" if self.is_regression else "accuracy"

    @property
    def labels(self) -> int:
        """The number of label names: 2 for one sigmoid unit, otherwise n[L]."""
        return 2 if self.output == "sigmoid" and self.sizes[-1] == 1 else self.sizes[-1]


def _count_parameters(sizes: Sequence[int]) -> int:
    return sum(n * (k + 1) for k, n in itertools.pairwise(sizes))


def _check_sizes(sizes: Any) -> tuple[int, ...]:
    if isinstance(sizes, str | bytes) or not isinstance(sizes, Sequence | np.ndarray):
        raise TypeError(Sentence("sizes: expected a sequence of ints such as [2, 4, 1], got {sizes!r}", sizes=sizes))
    if len(sizes) < 2:
        raise ValueError(Sentence("sizes: expected at least n[0] and n[1], got {sizes}", sizes=list(sizes)))
    checked = tuple(positive_int(n, f"sizes[{l}]") for l, n in enumerate(sizes))
    parameters = _count_parameters(checked)
    if parameters > _MOST_PARAMETERS or max(checked) > _MOST_PARAMETERS:
        raise ValueError(Sentence("sizes: expected at most {most} parameters, got {parameters} from {sizes}",
                                  most=_MOST_PARAMETERS, parameters=parameters, sizes=list(checked)))
    return checked


def check_hidden(hidden: Any, name: str, layers: int) -> tuple[str, ...]:
    """The activations of the hidden layers, given as one name for all or one for each; errors call them `name`."""
    if isinstance(hidden, str):
        return (choice(hidden, name, HIDDEN),) * layers
    if not isinstance(hidden, Sequence | np.ndarray):
        raise TypeError(Sentence("{name}: expected a name or a sequence of names, got {hidden!r}", name=name, hidden=hidden))
    if len(hidden) != layers:
        raise ValueError(Sentence("{name}: expected {layers} names, one for each hidden layer, got {count}", name=name,
                                  layers=layers, count=len(hidden)))
    return tuple(choice(one, f"{name}[{i}]", HIDDEN) for i, one in enumerate(hidden))


def _check_loss(loss: Any, output: str) -> str:
    loss = choice(loss or OUTPUT[output][0], "loss", LOSSES)
    if loss not in OUTPUT[output]:
        raise ValueError(Sentence("loss: {loss!r} does not go with output {output!r}; expected {known}", loss=loss,
                                  output=output, known=" or ".join(map(repr, OUTPUT[output]))))
    return loss


def _check_dropout(dropout: Any, layers: int) -> tuple[float, ...]:
    if not isinstance(dropout, Sequence | np.ndarray) or isinstance(dropout, str):
        return (real_number(dropout, "dropout", 0, 1, high_included=False),) * layers
    if len(dropout) != layers:
        raise ValueError(Sentence("dropout: expected {layers} probabilities, one for each hidden layer, got {count}",
                                  layers=layers, count=len(dropout)))
    return tuple(real_number(p, f"dropout[{i}]", 0, 1, high_included=False) for i, p in enumerate(dropout))


def _check_dtype(dtype: Any) -> np.dtype[Any]:
    try:
        checked = np.dtype(dtype)
    except TypeError:
        raise TypeError(Sentence("dtype: expected 'float32' or 'float64', got {dtype!r}", dtype=dtype)) from None
    if dtype is None or checked not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(Sentence("dtype: expected 'float32' or 'float64', got {dtype!r}", dtype=dtype))
    return checked
