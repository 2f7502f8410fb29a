"""What an entry of the registries ACTIVATIONS, LOSSES and OPTIMIZERS holds; the registries themselves are in reference.py.

Formulas are texts in the article's notation, which pynn.explain prints and typesets: σ is the sigmoid, Φ the distribution
function of the normal distribution.  `words` are the names of functions in the formulas, such as max; all other letters are
variables.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Activation:
    """An activation g, elementwise unless derivative is None; then it is one of the output layer only."""

    function: Callable[[Array], Array]                      # g(z)
    derivative: Callable[[Array, Array], Array] | None      # g′, a function of z and a = g(z)
    formula: str                                            # of g(z)
    derivative_formula: str                                 # of g′(z)
    words: tuple[str, ...] = ()
    rectifier: bool = False                                 # whether |g(z)| is small on one side of 0 and not on the other
    saturates: bool = False                                 # whether g′(z) tends to 0 on both sides of 0, where it is steepest
    kinks: tuple[float, ...] = ()                           # the z where g′ jumps


@dataclass(frozen=True)
class Loss:
    """A loss J, and dA[L]; both are means over the output units unless mean_over_units is False."""

    function: Callable[..., Any]                            # J of Y and Ŷ
    derivative: Callable[[Array, Array], Array]             # dA[L] of Y and Ŷ
    formula: str                                            # of J
    derivative_formula: str                                 # of dA[L], without the factor 1/n[L] of the mean
    terms: tuple[tuple[float, str], ...]                    # pairs: the largest |ŷ − y|, and a unit's loss up to there
    outputs: tuple[str, ...]                                # the activations of the output layer that it goes with
    words: tuple[str, ...] = ()
    mean_over_units: bool = True
    of_z: Callable[[Array, Array], Array] | None = None     # each example's loss from Y and Z[L], where dZ[L] = Ŷ − Y
    kinks: tuple[float, ...] = ()                           # the ŷ − y where the derivative jumps


@dataclass(frozen=True)
class Rule:
    """The rule by which an optimiser changes θ."""

    vectors: int                                            # like θ, that it keeps between steps: m, v, or both
    formula: str
    words: tuple[str, ...] = ()


class Coefficients(NamedTuple):
    """The numbers of a rule besides α; 0 where it does not use one."""

    beta1: float = 0.0                                      # β₁, or μ of momentum
    beta2: float = 0.0                                      # β₂
    epsilon: float = 0.0                                    # ε
    decay: float = 0.0                                      # λ
