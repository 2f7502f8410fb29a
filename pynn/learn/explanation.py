"""explain: one step of training in the article's order, every equation in symbols and then with its numbers in place."""
from __future__ import annotations

import copy
import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from pynn.learn.notation import Equation, Lines, Matrix, Section, as_html, as_text, number, subscript, written
from pynn.network import Network
from pynn.passes import ForwardPass, Gradients
from pynn.reference import ACTIVATIONS, LOSSES
from pynn.validation import check_targets, finite_array, positive_int, real_number

Array = np.ndarray[Any, np.dtype[Any]]

_LOSS_DERIVATIVES = {
    "binary_cross_entropy": "−( Y/Ŷ − (1−Y)/(1−Ŷ) )",
    "categorical_cross_entropy": "−Y/Ŷ",
    "mean_squared_error": "2 (Ŷ − Y)",
    "mean_absolute_error": "sign(Ŷ − Y)",
    "huber": "( Ŷ − Y where |Ŷ − Y| ≤ 1, else sign(Ŷ − Y) )",
}


@dataclass(frozen=True)
class Explanation:
    """A step of training, told: text under str(), HTML with MathML in a notebook, the numbers under to_dict().

    Attributes
    ----------
    title : str
    sections : list of Section
        What is told: of each section its title, and its sentences and equations.
    """

    title: str
    sections: list[Section]
    _numbers: dict[str, Any]

    def __str__(self) -> str:
        return as_text(self.title, self.sections)

    def __repr__(self) -> str:
        return f"Explanation({self.title!r})"

    def _repr_html_(self) -> str:
        return as_html(self.title, self.sections)

    def to_dict(self) -> dict[str, Any]:
        """Every number of the step, of all layers whatever was asked for, in full: copies.

        W, b, Z, A, dA, dZ, dW, db, new_W and new_b are lists of arrays indexed by the layer, None where there is none, in
        the shapes of the article; Y is (n[L], m); J, new_J and learning_rate are floats.
        """
        return copy.deepcopy(self._numbers)


def explain(net: Network, x: Any, y: Any, *, learning_rate: float = 0.1, layer: int | None = None,
            unit: int | None = None) -> Explanation:
    """Tell one step of gradient descent with all its numbers: forward, loss, backward, update.  The network is unchanged.

    Matrices with more than 6 rows or columns are written with the first 4 and the last 2.

    Parameters
    ----------
    net : Network
    x : array-like, (n[0],) or (m, n[0])
        One example, or a few.
    y : array-like
        The targets of x, in any form that `Network.fit` takes; of one example a number, or a row, does too.
    learning_rate : float
        α of the update.
    layer : int, optional
        Tell of this layer only, from 1.
    unit : int, optional
        Tell of this unit of the layer only, from 1, and write its sums term by term.

    Returns
    -------
    Explanation
        Text under str(), HTML in a notebook.

    Raises
    ------
    TypeError, ValueError, IndexError
        Naming the argument, what came and what was expected.

    Notes
    -----
    Z, A, J, dA, dZ, dW, db are what `net.forward` and `net.backward` return, the new W and b what `Network.descend` makes
    of a copy.  With its own activation, dZ[L] of a cross-entropy is computed as Ŷ − Y.

    Examples
    --------
    >>> import pynn
    >>> net = pynn.Network([2, 1], initializer="zeros")
    >>> print(pynn.explain(net, [0.5, -1.0], 1, layer=1, unit=1))
    Unit 1 of layer 1 (sigmoid) of the network 2-1 in one step of training: m = 1 example, α = 0.1
    <BLANKLINE>
    Forward
    ───────
      w is row 1 of W[1], b row 1 of b[1], x₁, x₂, … the rows of A[0].
      z  = w₁ x₁ + w₂ x₂ + b
      w₁ x₁  = 0 · 0.5   = 0
      w₂ x₂  = 0 · (−1)  = 0
      b                  = 0
      z                  = 0
    <BLANKLINE>
      a  = 1 / (1 + e^−z)  = 1 / (1 + e^−0)  = 0.5
    <BLANKLINE>
    Backward
    ────────
      da  = −( y/ŷ − (1−y)/(1−ŷ) )
      dz  = ŷ − y
      That is worked out on paper from da and the derivative of sigmoid; nothing is divided.
      da  = −( 1/0.5 − (1−1)/(1−0.5) )  = −2
      dz  = 0.5 − 1  = −0.5
      The gradients of the weights and the bias:
      dw₁  = dz · x₁  = −0.5 · 0.5   = −0.25
      dw₂  = dz · x₂  = −0.5 · (−1)  = 0.5
      db   = dz                      = −0.5
    <BLANKLINE>
    Update
    ──────
      w₁ ← w₁ − α dw₁  = 0 − 0.1 · (−0.25)  = 0.025
      w₂ ← w₂ − α dw₂  = 0 − 0.1 · 0.5      = −0.05
      b ← b − α db     = 0 − 0.1 · (−0.5)   = 0.05
    """
    if not isinstance(net, Network):
        raise TypeError(f"net: expected a Network, got {type(net).__name__}")
    if not np.isfinite(net.parameters).all():
        raise ValueError("net: expected finite parameters, got NaN or infinities in net.parameters")
    alpha = real_number(learning_rate, "learning_rate", 0, low_included=False)
    if unit is not None and layer is None:
        raise ValueError(f"layer: expected the layer of unit {unit}, got None")
    if layer is not None:
        units = len(net[layer].b)
        if unit is not None and positive_int(unit, "unit") > units:
            raise ValueError(f"unit: expected 1 to {units}, as many as layer {layer} has, got {unit}")
    step = _step(net.copy(), x, y, alpha)
    L, which = len(net), f"the network {'-'.join(map(str, net.sizes))}"
    given = f"m = {step.m} example{'s' * (step.m > 1)}, α = {number(alpha)}"
    if layer is None:
        title = f"One step of training of {which}: {given}"
        sections = [_inputs(step), *(_forward(step, l) for l in range(1, L + 1)), _loss(step),
                    *(_backward(step, l) for l in range(L, 0, -1)), *(_update(step, l) for l in range(1, L + 1)), _after(step)]
    elif unit is None:
        title = f"Layer {layer} of {which} in one step of training: {given}"
        sections = [_forward(step, layer), _backward(step, layer), _update(step, layer)]
    else:
        title = f"Unit {unit} of layer {layer} ({net[layer].activation}) of {which} in one step of training: {given}"
        neuron = _Neuron(step, layer, unit - 1)
        sections = [neuron.forward(), neuron.backward(), neuron.update()]
    if layer in (None, 1):
        sections = [*_scaling(step), *sections]
    return Explanation(title, sections, step.numbers())


@dataclass(frozen=True)
class _Step:
    """A step and all its arrays; X (n[0], m) is not scaled yet, Y is (n[L], m), J those of the examples by themselves.

    Of J only those are there that are written.
    """

    net: Network
    new: Network
    X: Array
    forward: ForwardPass
    gradients: Gradients
    Y: Array
    J: list[float | None]
    new_J: float
    alpha: float

    @property
    def m(self) -> int:
        return self.Y.shape[1]

    @property
    def is_cross_entropy(self) -> bool:
        return self.net.loss.endswith("cross_entropy")

    def slope(self, l: int) -> Array:
        """g′(Z[l]); the engine has it only multiplied by dA[l]."""
        g_prime = ACTIVATIONS[self.net[l].activation].derivative
        assert g_prime is not None
        return g_prime(self.forward.Z[l], self.forward.A[l])

    def numbers(self) -> dict[str, Any]:
        gradients = self.gradients
        return {"W": [None, *(layer.W for layer in self.net)], "b": [None, *(layer.b for layer in self.net)],
                "Z": self.forward.Z, "A": self.forward.A, "Y": self.Y, "J": gradients.loss, "dA": gradients.dA,
                "dZ": gradients.dZ, "dW": gradients.dW, "db": gradients.db, "learning_rate": self.alpha,
                "new_W": [None, *(layer.W for layer in self.new)], "new_b": [None, *(layer.b for layer in self.new)],
                "new_J": self.new_J}


def _step(net: Network, x: Any, y: Any, alpha: float) -> _Step:
    X, t = finite_array(x, "x"), finite_array(y, "y")
    units = net.sizes[-1]
    if X.shape == net.sizes[:1]:
        x = X = X[None]
        t = t[None] if t.ndim == 0 or (t.shape == (units,) and units > 1) else t
    net.check_examples(x, "x")
    t = check_targets(t, "y", len(X), units, net.activations[-1], net.dtype)
    gradients, new = net.backward(X, t), net.copy()
    if not np.isfinite(gradients.flat).all():
        raise ValueError(f"x: expected numbers whose gradients {net.dtype} can hold, got larger ones")
    with np.errstate(over="ignore", invalid="ignore"):      # where α is absurd
        new.descend(gradients, alpha)
        new_J = new.backward(X, t).loss
    Y = np.eye(units)[t] if net.activations[-1] == "softmax" and t.ndim == 1 else t.reshape(len(X), units)
    J = [None if c is None else net.backward(X[c:c + 1], t[c:c + 1]).loss for c in written(len(X))]
    return _Step(net, new, X.T, net.forward(X), gradients, Y.T.astype(net.dtype), J, new_J, alpha)


# ------------------------------------------------------------------------------------------------------------ whole layers


def _scaling(step: _Step) -> list[Section]:
    """What the network's standardizer, if it has one, makes of the inputs."""
    standardizer = step.net.standardizer
    if standardizer is None:
        return []
    return [Section("Scaling", [
        "The network's standardizer takes the mean μ from each feature, a row of X, and divides it by its scale s.",
        Equation(("A[0] = (X − μ) ÷ s",)),
        Equation((Matrix("A[0]", step.forward.A[0]), "= (", Matrix("X", step.X), "−",
                  Matrix("μ", standardizer.mean[:, None]), ") ÷", Matrix("s", standardizer.scale[:, None])))])]


def _inputs(step: _Step) -> Section:
    return Section("Input and target", [
        *(["In training, dropout leaves out other units in every step; here all take part."] if any(step.net.dropout) else []),
        "A column is an example; the shape under a matrix counts its rows and columns.",
        Equation((Matrix("A[0]", step.forward.A[0]), "  ", Matrix("Y", step.Y)))])


def _forward(step: _Step, l: int) -> Section:
    layer, Z, A = step.net[l], step.forward.Z[l], step.forward.A[l]
    of_units = "over the units of each column" if layer.activation == "softmax" else "element by element"
    return Section(f"Forward, layer {l}: {layer.activation}", [
        Equation((f"Z[{l}] = W[{l}] A[{l - 1}] + b[{l}]",)),
        Equation((Matrix(f"Z[{l}]", Z), "=", Matrix(f"W[{l}]", layer.W), Matrix(f"A[{l - 1}]", step.forward.A[l - 1]), "+",
                  Matrix(f"b[{l}]", layer.b))),
        *(["b is added to every column."] if step.m > 1 else []),
        Equation((f"A[{l}] = g(Z[{l}]),   {_definition(layer.activation)}",)),
        f"g is applied {of_units}.",
        Equation((Matrix(f"A[{l}]", A), "=", "g(", Matrix(f"Z[{l}]", Z), ")"))])


def _definition(activation: str) -> str:
    of_z = "g(z)[i]" if activation == "softmax" else "g(z)"
    return f"{of_z} = {ACTIVATIONS[activation].formula}"


def _loss(step: _Step) -> Section:
    net, Y_hat, J = step.net, step.forward.A[-1], step.gradients.loss
    items: list[str | Equation | Lines] = [Equation((f"J = {LOSSES[net.loss].formula}",))]
    if _mean_over_units(net) > 1:
        items.append(f"Of each example the mean over the {len(Y_hat)} output units is taken.")
    if net.loss == "categorical_cross_entropy":
        items.append("y is 1 only in the row of the example's class: of each example one logarithm is left.")
    items.append(Equation((Matrix("Y", step.Y), "  ", Matrix("Ŷ", Y_hat))))
    for c, of_example in zip(written(step.m), step.J, strict=True):
        if c is None or of_example is None:
            items.append("⋮")
        else:
            symbol = "J" if step.m == 1 else f"J{subscript(c + 1)}"
            items.append(Equation((f"{symbol} =", *_terms_of_loss(net, step.Y[:, c], Y_hat[:, c]), f"= {number(of_example)}")))
    if step.m > 1:
        summed = _sum(["⋯" if of_example is None else number(of_example) for of_example in step.J])
        items.append(Equation((f"J = (1/{step.m}) ( {summed} ) = {number(J)}",)))
    if step.is_cross_entropy and np.isinf(step.gradients.dA[-1]).any():
        items.append("Some ŷ has rounded to 0 or 1, whose logarithm is lost; the engine takes J from Z, where it is not.")
    elif net.loss == "binary_cross_entropy" and any(float(f"{value:.4g}") == 1 for value in Y_hat.flat):
        items.append("Some ŷ is so near 1 that four digits do not show 1 − ŷ; the engine takes J from Z, where it is not lost.")
    return Section(f"Loss: {net.loss}", items)


def _mean_over_units(net: Network) -> int:
    """The number of units that the loss is a mean over."""
    return 1 if net.loss == "categorical_cross_entropy" else net.sizes[-1]


def _terms_of_loss(net: Network, y: Array, y_hat: Array) -> list[str]:
    """The loss of one example with its numbers in place, term by term."""
    if net.loss == "categorical_cross_entropy":
        return [f"−log {_factor(y_hat[y.argmax()])}"]
    n = len(y)
    texts = ["⋯" if i is None else _term_of_loss(net.loss, float(y[i]), float(y_hat[i])) for i in written(n)]
    if n == 1:
        return texts
    return [f"(1/{n}) (", *(text if k == 0 else f"+ {text}" for k, text in enumerate(texts)), ")"]


def _term_of_loss(loss: str, y: float, y_hat: float) -> str:
    difference = f"{number(y_hat)} − {_factor(y)}"
    if loss == "binary_cross_entropy":
        return f"−( {number(y)} · log {_factor(y_hat)} + (1 − {number(y)}) · log(1 − {number(y_hat)}) )"
    if loss == "mean_squared_error":
        return f"({difference})²"
    if loss == "mean_absolute_error":
        return f"|{difference}|"
    return f"½ ({difference})²" if abs(y_hat - y) <= 1 else f"( |{difference}| − ½ )"


def _backward(step: _Step, l: int) -> Section:
    net, forward, gradients, m = step.net, step.forward, step.gradients, step.m
    layer, output = net[l], l == len(net)
    dA, dZ = Matrix(f"dA[{l}]", gradients.dA[l]), Matrix(f"dZ[{l}]", gradients.dZ[l])
    items: list[str | Equation | Lines] = []
    share = f"(1/{_mean_over_units(net)}) " if _mean_over_units(net) > 1 else ""
    if output:
        Y, Y_hat = Matrix("Y", step.Y), Matrix("Ŷ", forward.A[l])
        items += [Equation((f"dA[{l}] = {_loss_derivative(net)}",)), Equation((dA,)),
                  *(["In row 1, column 1 that is"] if dA.values.size > 1 else []), Lines((_output_derivative(step, 0, 0),))]
        if np.isinf(dA.values).any():
            items.append(f"dA[{l}] is infinite where ŷ has rounded to the wrong end, 0 or 1; dZ[{l}] does not need it.")
    else:
        after = l + 1
        items += [Equation((f"dA[{l}] = W[{after}]ᵀ dZ[{after}]",)),
                  Equation((dA, "=", Matrix(f"W[{after}]ᵀ", net[after].W.T), Matrix(f"dZ[{after}]", gradients.dZ[after])))]
    if output and step.is_cross_entropy:
        items += [Equation((f"dZ[{l}] = {share}(Ŷ − Y)" if share else f"dZ[{l}] = Ŷ − Y",)),
                  f"That is worked out on paper from dA[{l}] and the derivative of {layer.activation}. "
                  "It divides by nothing, so the engine computes it in this form.",
                  Equation((dZ, f"= {share}(" if share else "=", Y_hat, "−", Y, *([")"] if share else [])))]
    else:
        slope = ACTIVATIONS[layer.activation].derivative_formula
        items += [Equation((f"dZ[{l}] = dA[{l}] ∗ g′(Z[{l}]),   g′(z) = {slope}",)),
                  Equation((dZ, "=", dA, "∗", Matrix(f"g′(Z[{l}])", step.slope(l))))]
    factor = f"(1/{m}) " if m > 1 else ""
    items += [Equation((f"dW[{l}] = (1/m) dZ[{l}] A[{l - 1}]ᵀ",)),
              Equation((Matrix(f"dW[{l}]", gradients.dW[l]), f"= {factor}".rstrip(), dZ,
                        Matrix(f"A[{l - 1}]ᵀ", forward.A[l - 1].T))),
              Equation((f"db[{l}] = (1/m) Σ dZ[{l}]",)),
              "The sum is over the examples, the columns.",
              Equation((Matrix(f"db[{l}]", gradients.db[l]), f"= {factor}Σ" if m > 1 else "=", dZ))]
    return Section(f"Backward, layer {l}: {layer.activation}", items)


def _output_derivative(step: _Step, i: int, c: int) -> tuple[str, str, str]:
    """One element of dA[L], with its numbers in place."""
    numbers = {"Y": step.Y[i, c], "Ŷ": step.forward.A[-1][i, c]}
    formula = re.sub("[YŶ]", lambda symbol: _factor(numbers[symbol.group()]), _loss_derivative(step.net))
    return "da", f"= {formula}", f"= {number(step.gradients.dA[-1][i, c])}"


def _loss_derivative(net: Network) -> str:
    """dA[L] as a formula, with its share where the loss is a mean over the units."""
    formula, n = _LOSS_DERIVATIVES[net.loss], _mean_over_units(net)
    if n == 1:
        return formula
    return f"−(1/{n}) {formula.removeprefix('−')}" if formula[0] == "−" else f"(1/{n}) {formula}"


def _update(step: _Step, l: int) -> Section:
    old, new, gradients, minus = step.net[l], step.new[l], step.gradients, f"− {number(step.alpha)}"
    return Section(f"Update, layer {l}", [
        Equation((f"W[{l}] ← W[{l}] − α dW[{l}]",)),
        Equation((Matrix(f"new W[{l}]", new.W), "=", Matrix(f"W[{l}]", old.W), minus, Matrix(f"dW[{l}]", gradients.dW[l]))),
        Equation((f"b[{l}] ← b[{l}] − α db[{l}]",)),
        Equation((Matrix(f"new b[{l}]", new.b), "=", Matrix(f"b[{l}]", old.b), minus, Matrix(f"db[{l}]", gradients.db[l])))])


def _after(step: _Step) -> Section:
    J, new_J = step.gradients.loss, step.new_J
    rounding = 100 * float(np.finfo(step.net.dtype).eps) * max(1.0, abs(J))
    judged = " Z has overflowed: α is too large." if math.isnan(new_J) else \
        " It rose: for these examples α is too large." if new_J > J + rounding else ""
    return Section("After the step", [f"The loss of these examples goes from J = {number(J)} to J = {number(new_J)}.{judged}"])


# ------------------------------------------------------------------------------------------------------------- one neuron


@dataclass(frozen=True)
class _Neuron:
    """Unit i of layer l, i from 0 here: every sum of it term by term."""

    step: _Step
    l: int
    i: int

    @property
    def input(self) -> str:
        """x of the first layer, a of the others."""
        return "x" if self.l == 1 else "a"

    def forward(self) -> Section:
        """z = w₁ a₁ + … + b and a = g(z), of each example."""
        step, l, i, a = self.step, self.l, self.i, self.input
        layer = step.net[l]
        w, b, inputs = layer.W[i], layer.b[i, 0], step.forward.A[l - 1]
        items: list[str | Equation | Lines] = [
            f"w is row {i + 1} of W[{l}], b row {i + 1} of b[{l}], {a}₁, {a}₂, … the rows of A[{l - 1}].",
            Lines((("z", f"= {_sum_of(f'w# {a}#', len(w))} + b"),))]
        for c in self._examples(items):
            rows = [("⋮", "", "") if j is None else
                    (f"w{subscript(j + 1)} {a}{subscript(j + 1)}", f"= {_product(w[j], inputs[j, c])}",
                     f"= {number(w[j] * inputs[j, c])}") for j in written(len(w))]
            z, output = step.forward.Z[l][i, c], step.forward.A[l][i, c]
            items += [Lines((*rows, ("b", "", f"= {number(b)}"), ("z", "", f"= {number(z)}")))]
            if layer.activation == "softmax":
                powers = [f"e^{_factor(v)}" for v in step.forward.Z[l][:, c]]
                summed = _sum(["⋯" if k is None else powers[k] for k in written(len(powers))])
                items += [Lines((("a", f"= {ACTIVATIONS['softmax'].formula}"), ("", f"= {powers[i]} / ( {summed} )"),
                                 ("", f"= {number(output)}")))]
            else:
                formula = ACTIVATIONS[layer.activation].formula
                items += [Lines((("a", f"= {formula}", f"= {_in_place(formula, z, output)}", f"= {number(output)}"),))]
        return Section("Forward", items)

    def backward(self) -> Section:
        """da, dz = da · g′(z), dw_j = dz · a_j, db = dz."""
        step, l, i, a = self.step, self.l, self.i, self.input
        net, gradients, inputs = step.net, step.gradients, step.forward.A[l - 1]
        dz, m, output = gradients.dZ[l][i], step.m, l == len(step.net)
        stable = output and step.is_cross_entropy
        share = f"(1/{_mean_over_units(net)}) " if _mean_over_units(net) > 1 else ""
        items: list[str | Equation | Lines] = []
        if output:
            symbols = _loss_derivative(net).replace("Ŷ", "ŷ").replace("Y", "y")
            items.append(Lines((("da", f"= {symbols}"),)))
            if np.isinf(gradients.dA[l][i]).any():
                items.append("da is infinite where ŷ has rounded to the wrong end, 0 or 1; dz does not need it.")
        else:
            feeds = net[l + 1].W[:, i]
            items += [f"Column {i + 1} of W[{l + 1}] has the weights w₁[{l + 1}], w₂[{l + 1}], … by which this unit feeds "
                      f"layer {l + 1}; da is what dZ[{l + 1}] hands back through them.",
                      Lines((("da", f"= {_sum_of(f'w#[{l + 1}] dz#[{l + 1}]', len(feeds))}"),))]
        if stable:
            form = f"{share}(ŷ − y)" if share else "ŷ − y"
            items += [Lines((("dz", f"= {form}"),)),
                      f"That is worked out on paper from da and the derivative of {net[l].activation}; nothing is divided."]
        else:
            items.append(Lines((("dz", "= da · g′(z)", f"= da · ( {ACTIVATIONS[net[l].activation].derivative_formula} )"),)))
        for c in self._examples(items):
            da = gradients.dA[l][i, c]
            if not output:
                dz_after = gradients.dZ[l + 1][:, c]
                items.append(Lines((*[("⋮", "", "") if k is None else
                                      (f"w{subscript(k + 1)}[{l + 1}] dz{subscript(k + 1)}[{l + 1}]",
                                       f"= {_product(feeds[k], dz_after[k])}", f"= {number(feeds[k] * dz_after[k])}")
                                      for k in written(len(feeds))], ("da", "", f"= {number(da)}"))))
            else:
                items.append(Lines((_output_derivative(step, i, c),)))
            y_hat, y = (number(step.forward.A[-1][i, c]), _factor(step.Y[i, c])) if output else ("", "")
            form = (f"= {share}({y_hat} − {y})" if share else f"= {y_hat} − {y}") if stable else \
                f"= {_product(da, step.slope(l)[i, c])}"
            items.append(Lines((("dz", form, f"= {number(dz[c])}"),)))
        shown_j, shown_c = written(len(inputs)), written(m)
        over_m = f"(1/{m}) " if m > 1 else ""

        def mean(terms: list[str]) -> str:
            return f"= (1/{m}) ( {_sum(terms)} )" if m > 1 else f"= {terms[0]}"

        items += ["The gradients of the weights and the bias" + (", means over the examples:" if m > 1 else ":"),
                  Lines((*[("⋮", "", "", "") if j is None else
                           (f"dw{subscript(j + 1)}", f"= {over_m}{'Σ ' if m > 1 else ''}dz · {a}{subscript(j + 1)}",
                            mean(["⋯" if c is None else _product(dz[c], inputs[j, c]) for c in shown_c]),
                            f"= {number(gradients.dW[l][i, j])}") for j in shown_j],
                         ("db", f"= {over_m}{'Σ ' if m > 1 else ''}dz",
                          mean(["⋯" if c is None else number(dz[c]) for c in shown_c]) if m > 1 else "",
                          f"= {number(gradients.db[l][i, 0])}")))]
        return Section("Backward", items)

    def update(self) -> Section:
        """w_j ← w_j − α dw_j, b ← b − α db."""
        step, l, i = self.step, self.l, self.i
        old, new, gradients = step.net[l], step.new[l], step.gradients

        def row(name: str, before: float, gradient: float, after: float) -> tuple[str, ...]:
            return (f"{name} ← {name} − α d{name}", f"= {number(before)} − {_product(step.alpha, gradient)}",
                    f"= {number(after)}")

        return Section("Update", [Lines((
            *[("⋮", "", "") if j is None else
              row(f"w{subscript(j + 1)}", old.W[i, j], gradients.dW[l][i, j], new.W[i, j]) for j in written(old.W.shape[1])],
            row("b", old.b[i, 0], gradients.db[l][i, 0], new.b[i, 0])))])

    def _examples(self, items: list[str | Equation | Lines]) -> Any:
        """The examples to write, each announced where there are several."""
        for c in written(self.step.m):
            if c is None:
                items.append("⋮")
                continue
            if self.step.m > 1:
                items.append(f"Example {c + 1}:")
            yield c


def _factor(value: float) -> str:
    """A number that may stand after a sign or a function's name, in a power, or over or under a line."""
    written_out = number(value)
    return f"({written_out})" if value < 0 or "·" in written_out else written_out


def _product(first: float, second: float) -> str:
    return f"{number(first)} · {_factor(second)}"


def _sum(terms: list[str]) -> str:
    return " + ".join(terms).replace("+ −", "− ")


def _sum_of(term: str, n: int) -> str:
    """The terms 1 … n, # for the index."""
    return " + ".join("⋯" if j is None else term.replace("#", subscript(j + 1)) for j in written(n))


def _in_place(formula: str, z: float, a: float) -> str:
    """The formula with its numbers for z and a."""
    for letter, value in (("z", z), ("a", a)):
        formula = re.sub(rf"(?<=\d ){letter}\b", f"({number(value)})", formula)
        formula = re.sub(rf"\b{letter}\b", _factor(value), formula)
    return re.sub(r"(?:(?<=\()|(?<=, ))\(([^()]*)\)(?=\))", r"\1", formula)       # max(0, −1), not max(0, (−1))
