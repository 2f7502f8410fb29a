"""What an exercise of the workbook is: the task, its inputs, the right result, and the results of typical mistakes."""
from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Inputs = dict[str, Any]
Mistakes = dict[str, Callable[[], Any]]         # hint: what the mistake gives, {output: value} if there are several outputs;
                                                # a value may be a Line
Solve = Callable[..., tuple[Any, Mistakes]]
Call = Callable[[Inputs], dict[str, Array]]     # the reader's function: inputs to results by label; {} if it fails
Judge = Callable[[Call, Inputs, dict[str, Array]], list[str]]


class Line(NamedTuple):
    """The results of a mistake with an unknown number t in it, such as a learning rate: start + t · direction, t not 0."""

    start: Array
    direction: Array


class Case(NamedTuple):
    """The sizes of one trial, and the scale of the sums Z of an activation."""

    n_prev: int
    n: int
    m: int
    scale: float = 1.0


SQUARE = Case(5, 5, 5)       # a product of the wrong factors has a result here, which identifies the mistake
CASES = (Case(4, 3, 7),      # all sizes differ, so that transpositions show and 1/m is no other factor
         Case(6, 2, 1),      # one example, and one hidden layer instead of two
         Case(3, 4, 6, scale=1000.0),
         SQUARE)


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    `solve` is a function of the reader's arguments; its docstring is the task.  It returns the right result and the mistakes.
    """

    solve: Solve
    returns: tuple[str, ...]
    draw: Callable[[np.random.Generator, Case], tuple[Any, ...]]
    stage: Callable[[str], int]         # a wrong result may follow from one of a lower stage, which is then told alone
    cases: tuple[Case, ...]
    judge: Judge | None                 # for exercises that have many right results

    @property
    def name(self) -> str:
        """The name of the function to write."""
        return self.solve.__name__

    @property
    def parameters(self) -> list[str]:
        """The names of its arguments."""
        return list(inspect.signature(self.solve).parameters)

    @property
    def signature(self) -> str:
        """Its name, arguments and results in one line."""
        return f"{self.name}({', '.join(self.parameters)}) -> {', '.join(self.returns)}"

    def inputs(self, case: Case, seed: int = 0) -> Inputs:
        """Seeded arguments by name.  A Generator among them is a fresh one."""
        return dict(zip(self.parameters, self.draw(np.random.default_rng(seed), case), strict=True))


def exercise(*returns: str, draw: Callable[[np.random.Generator, Case], tuple[Any, ...]],
             stage: Callable[[str], int] = lambda label: 0, cases: tuple[Case, ...] = CASES,
             judge: Judge | None = None) -> Callable[[Solve], Exercise]:
    """Make an Exercise from its solution."""
    return lambda solve: Exercise(solve, returns, draw, stage, cases, judge)


def layer_of(label: str) -> int:
    """l of a label such as W[l]."""
    return int(label[label.index("[") + 1:-1])


def draw_layer(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    """W, b and A_prev of one layer."""
    return (rng.normal(size=(case.n, case.n_prev)), rng.normal(size=(case.n, 1)),
            rng.normal(size=(case.n_prev, case.m)))


def draw_network(rng: np.random.Generator, case: Case) -> tuple[Any, ...]:
    """W and b of all layers, and X."""
    hidden = [case.n] if case.m == 1 else [case.n, case.n if case == SQUARE else case.n + 2]
    sizes = [case.n_prev, *hidden, 1]
    W = [None, *(rng.normal(size=(sizes[l], sizes[l - 1])) for l in range(1, len(sizes)))]
    b = [None, *(rng.normal(size=(sizes[l], 1)) for l in range(1, len(sizes)))]
    return W, b, rng.normal(size=(case.n_prev, case.m))


def draw_labels(m: int) -> Array:
    """Y (1, m) of zeros and ones."""
    return (np.arange(m) % 3 == 0).astype(float).reshape(1, m)
