"""Formulas with their numbers in place of the symbols."""
from __future__ import annotations

import re

from pynn.learn.notation import subscript
from pynn.learn.step import Array, Step
from pynn.reference import LOSSES
from pynn.writing import elided, number_text


def factor(value: float) -> str:
    """A number, in parentheses if it could be misread after a sign or a function's name, in a power or in a fraction."""
    text = number_text(value)
    return f"({text})" if value < 0 or "·" in text else text


def product(first: float, second: float) -> str:
    """Two numbers with a dot between them."""
    return f"{number_text(first)} · {factor(second)}"


def summed(terms: list[str]) -> str:
    """The terms with plus signs, or minus signs where a term is negative."""
    return " + ".join(terms).replace("+ −", "− ")


def summed_over(term: str, n: int) -> str:
    """The sum of a term over the indices 1 … n; # in it stands for the index."""
    return " + ".join("⋯" if j is None else term.replace("#", subscript(j + 1)) for j in elided(n))


def in_place(formula: str, **values: float) -> str:
    """The formula with numbers in place of the symbols."""
    for symbol, value in values.items():
        formula = re.sub(rf"(?<=\d ){symbol}\b", f"({number_text(value)})", formula)
        formula = re.sub(rf"\b{symbol}\b", factor(value), formula)
    return re.sub(r"(?:(?<=\()|(?<=, ))\(([^()]*)\)(?=\))", r"\1", formula)       # max(0, −1), not max(0, (−1))


def loss_terms(loss: str, y: Array, y_hat: Array) -> list[str]:
    """The loss of one example term by term, with numbers in place."""
    if not LOSSES[loss].mean_over_units:            # y is one-hot, so a single term is left
        k = int(y.argmax())
        return [_loss_term(loss, float(y[k]), float(y_hat[k])).replace("1 · ", "")]
    n = len(y)
    texts = ["⋯" if i is None else _loss_term(loss, float(y[i]), float(y_hat[i])) for i in elided(n)]
    if n == 1:
        return texts
    return [f"(1/{n}) (", *(text if k == 0 else f"+ {text}" for k, text in enumerate(texts)), ")"]


def _loss_term(loss: str, y: float, y_hat: float) -> str:
    formula = next(formula for largest, formula in LOSSES[loss].terms if abs(y_hat - y) <= largest)
    text = re.sub(r"(?<=[\d)]) (?=[a-z])", " · ", in_place(formula, y=y, ŷ=y_hat))
    return re.sub(r"(?<=[(|])\(([^()]*)\)(?= )", r"\1", text)          # a sum begins without parentheses: (−1 − 2)²


def loss_derivative(step: Step) -> str:
    """The formula of dA[L], with the share of a unit if the loss is a mean over several units."""
    formula, n = LOSSES[step.net.loss].derivative_formula, step.mean_over
    if n == 1:
        return formula
    return f"−(1/{n}) {formula.removeprefix('−')}" if formula[0] == "−" else f"(1/{n}) {formula}"


def loss_derivative_in_place(step: Step, i: int, c: int) -> tuple[str, str, str]:
    """Element (i, c) of dA[L], with numbers in place."""
    numbers = {"Y": step.Y[i, c], "Ŷ": step.forward.A[-1][i, c]}
    formula = re.sub("[YŶ]", lambda symbol: factor(numbers[symbol.group()]), loss_derivative(step))
    return "da", f"= {formula}", f"= {number_text(step.gradients.dA[-1][i, c])}"
