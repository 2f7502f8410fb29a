"""The sections of an explanation that show one neuron: its sums term by term."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pynn.learn.layer_sections import about_the_jacobian
from pynn.learn.notation import Item, Lines, Section, subscript
from pynn.learn.step import Array, Step
from pynn.learn.substitution import (
    factor,
    in_place,
    loss_derivative,
    loss_derivative_in_place,
    product,
    summed,
    summed_over,
)
from pynn.reference import ACTIVATIONS
from pynn.translation import _
from pynn.writing import elided, number_text

Row = tuple[str, ...]


@dataclass(frozen=True)
class Neuron:
    """Unit i of layer l in a step; i counts from 0."""

    step: Step
    l: int
    i: int

    @property
    def activation(self) -> str:
        """The name of g."""
        return self.step.net[self.l].activation

    @property
    def input(self) -> str:
        """The symbol of the inputs: x in the first layer, a in the others."""
        return "x" if self.l == 1 else "a"

    @property
    def is_output(self) -> bool:
        """Whether the unit is in the last layer."""
        return self.l == len(self.step.net)

    def forward(self) -> Section:
        """z = w₁ a₁ + … + b and a = g(z), for each example."""
        step, l, i, a = self.step, self.l, self.i, self.input
        layer = step.net[l]
        w, b, inputs = layer.W[i], layer.b[i, 0], step.forward.A[l - 1]
        items: list[Item] = [
            _("w is row {row} of W[{l}], b is row {row} of b[{l}], and {a}₁, {a}₂, … are the rows of A[{before}].",
              row=i + 1, l=l, a=a, before=l - 1),
            Lines((("z", f"= {summed_over(f'w# {a}#', len(w))} + b"),))]
        for c in self._examples(items):
            items += [Lines((*_products(f"w# {a}#", w, inputs[:, c]), ("b", "", f"= {number_text(b)}"),
                             ("z", "", f"= {number_text(step.forward.Z[l][i, c])}"))), self._activation(c)]
        return Section(_("Forward"), items)

    def _activation(self, c: int) -> Lines:
        """a = g(z), for one example."""
        Z, a = self.step.forward.Z[self.l][:, c], self.step.forward.A[self.l][self.i, c]
        g = ACTIVATIONS[self.activation]
        if g.derivative:
            formula = in_place(g.formula, z=Z[self.i], a=a)
            return Lines((("a", f"= {g.formula}", f"= {formula}", f"= {number_text(a)}"),))
        powers = [f"e^{factor(z)}" for z in Z]      # softmax, a function of all z of the column
        total = summed(["⋯" if k is None else powers[k] for k in elided(len(powers))])
        return Lines((("a", f"= {g.formula}"), ("", f"= {powers[self.i]} / ( {total} )"), ("", f"= {number_text(a)}")))

    def backward(self) -> Section:
        """da, dz = da · g′(z), dw_j = dz · a_j, db = dz."""
        items = [*(self._output_da() if self.is_output else self._hidden_da()), *self._dz()]
        for c in self._examples(items):
            items += [self._da_in_place(c), self._dz_in_place(c)]
        announced = (_("The gradients of the weights and the bias, means over the examples:") if self.step.m > 1 else
                     _("The gradients of the weights and the bias:"))
        return Section(_("Backward"), [*items, announced, self._gradients()])

    def _output_da(self) -> list[Item]:
        """da in symbols, in the last layer."""
        formula = loss_derivative(self.step).replace("Ŷ", "ŷ").replace("Y", "y")
        items: list[Item] = [Lines((("da", f"= {formula}"),))]
        if np.isinf(self.step.gradients.dA[self.l][self.i]).any():
            items.append(_("da is infinite where ŷ was rounded to the wrong one of 0 and 1; dz does not need it."))
        return items

    def _hidden_da(self) -> list[Item]:
        """da in symbols, in a hidden layer."""
        after = self.l + 1
        return [_("Column {column} of W[{after}] has the weights w₁[{after}], w₂[{after}], … from this unit to layer "
                  "{after}; da is the sum of dZ[{after}] with these weights.", column=self.i + 1, after=after),
                Lines((("da", f"= {summed_over(f'w#[{after}] dz#[{after}]', len(self.step.net[after].W))}"),))]

    @property
    def _stable_dz(self) -> str:
        """dz of a cross-entropy's output, in which {} stands for ŷ − y; or nothing."""
        if not (self.is_output and self.step.is_cross_entropy):
            return ""
        return f"(1/{self.step.mean_over}) ({{}})" if self.step.mean_over > 1 else "{}"

    def _dz(self) -> list[Item]:
        """dz in symbols."""
        g = ACTIVATIONS[self.activation]
        if g.derivative:
            items: list[Item] = [Lines((("dz", "= da · g′(z)", f"= da · ( {g.derivative_formula} )"),))]
        else:
            items = [Lines((("dz[i]", f"= Σ da[k] {g.derivative_formula}"),)), about_the_jacobian(),
                     _("Here i = {i}.", i=self.i + 1)]
        if self._stable_dz:
            items += [Lines((("dz", f"= {self._stable_dz.format('ŷ − y')}"),)),
                      _("This is the same: on paper, the derivative of the activation cancels the denominators of da.  "
                        "It needs no division.")]
        return items

    def _da_in_place(self, c: int) -> Lines:
        """da with numbers, for one example."""
        step, after = self.step, self.l + 1
        if self.is_output:
            return Lines((loss_derivative_in_place(step, self.i, c),))
        terms = _products(f"w#[{after}] dz#[{after}]", step.net[after].W[:, self.i], step.gradients.dZ[after][:, c])
        return Lines((*terms, ("da", "", f"= {number_text(step.gradients.dA[self.l][self.i, c])}")))

    def _dz_in_place(self, c: int) -> Lines:
        """dz with numbers, for one example: by the chain rule, and of a cross-entropy also from ŷ − y."""
        step, l, i = self.step, self.l, self.i
        dz, a, da = (float(array[l][i, c]) for array in (step.gradients.dZ, step.forward.A, step.gradients.dA))
        rows: list[Row] = []
        if not self._stable_dz:
            rows = [("dz", f"= {product(da, step.slope(l)[i, c])}", f"= {number_text(dz)}")]
        elif ACTIVATIONS[self.activation].derivative and np.isfinite(da):
            rows = [("dz", f"= {product(da, a)} · {factor(1 - a)}", f"= {number_text(dz)}")]
        elif np.isfinite(step.gradients.dA[l][:, c]).all():
            rows = [*self._terms_of_softmax(c), ("dz", "", f"= {number_text(dz)}")]
        if self._stable_dz:
            text = self._stable_dz.format(f"{number_text(a)} − {factor(step.Y[i, c])}")
            rows.append(("dz", f"= {text}", f"= {number_text(dz)}"))
        return Lines(tuple(rows))

    def _terms_of_softmax(self, c: int) -> Iterator[Row]:
        """da[k] a[k] (δ[i,k] − a[i]) for every unit k."""
        a, da, i = self.step.forward.A[self.l][:, c], self.step.gradients.dA[self.l][:, c], self.i
        for k in elided(len(a)):
            if k is None:
                yield ("⋮", "", "")
            else:
                slope = float(k == i) - a[i]
                yield (f"da{subscript(k + 1)} a{subscript(k + 1)} ({int(k == i)} − a{subscript(i + 1)})",
                       f"= {product(da[k], a[k])} · {factor(slope)}", f"= {number_text(da[k] * a[k] * slope)}")

    def _gradients(self) -> Lines:
        """dw_j and db, means over the examples."""
        step, l, i, a, m = self.step, self.l, self.i, self.input, self.step.m
        dz, inputs = step.gradients.dZ[l][i], step.forward.A[l - 1]
        dW, db = step.gradients.dW[l][i], step.gradients.db[l][i, 0]
        over_m = f"(1/{m}) Σ " if m > 1 else ""

        def mean(terms: list[str]) -> str:
            return f"= (1/{m}) ( {summed(terms)} )" if m > 1 else f"= {terms[0]}"

        rows: list[Row] = []
        for j in elided(len(inputs)):
            if j is None:
                rows.append(("⋮", "", "", ""))
            else:
                terms = ["⋯" if c is None else product(dz[c], inputs[j, c]) for c in elided(m)]
                rows.append((f"dw{subscript(j + 1)}", f"= {over_m}dz · {a}{subscript(j + 1)}", mean(terms),
                             f"= {number_text(dW[j])}"))
        terms = ["⋯" if c is None else number_text(dz[c]) for c in elided(m)]
        return Lines((*rows, ("db", f"= {over_m}dz", mean(terms) if m > 1 else "", f"= {number_text(db)}")))

    def update(self) -> Section:
        """w_j ← w_j − α dw_j, b ← b − α db."""
        step, l, i = self.step, self.l, self.i
        old, new, gradients = step.net[l], step.new[l], step.gradients

        def row(name: str, before: float, gradient: float, after: float) -> Row:
            return (f"{name} ← {name} − α d{name}", f"= {number_text(before)} − {product(step.alpha, gradient)}",
                    f"= {number_text(after)}")

        weights = [("⋮", "", "") if j is None else
                   row(f"w{subscript(j + 1)}", old.W[i, j], gradients.dW[l][i, j], new.W[i, j])
                   for j in elided(old.W.shape[1])]
        return Section(_("Update"), [Lines((*weights, row("b", old.b[i, 0], gradients.db[l][i, 0], new.b[i, 0])))])

    def _examples(self, items: list[Item]) -> Iterator[int]:
        """The examples to write; of several, each gets a line that announces it."""
        for c in elided(self.step.m):
            if c is None:
                items.append("⋮")
                continue
            if self.step.m > 1:
                items.append(_("Example {c}:", c=c + 1))
            yield c


def _products(symbols: str, first: Array, second: Array) -> list[Row]:
    """A row for each product of two vectors' elements; # in the symbols stands for the index."""
    return [("⋮", "", "") if j is None else
            (symbols.replace("#", subscript(j + 1)), f"= {product(first[j], second[j])}",
             f"= {number_text(first[j] * second[j])}") for j in elided(len(first))]
