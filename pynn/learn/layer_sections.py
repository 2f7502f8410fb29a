"""The sections of an explanation that show whole layers: matrices, with each equation in symbols first."""
from __future__ import annotations

import math

import numpy as np

from pynn.learn.notation import Equation, Item, Lines, Matrix, Section, subscript
from pynn.learn.step import Step
from pynn.learn.substitution import loss_derivative, loss_derivative_in_place, loss_terms, summed
from pynn.reference import ACTIVATIONS, LOSSES
from pynn.translation import _
from pynn.validation import join_names
from pynn.writing import elided, number_text


def about_the_jacobian() -> str:
    """What replaces g′ in a layer of softmax."""
    return _("Every a[k] of softmax depends on every z[i] of its column: ∂a[k]/∂z[i] = a[k] (δ[i,k] − a[i]), where δ[i,k] is "
             "1 if i = k, and 0 otherwise.  The matrix of these slopes is the Jacobian g′(z).")


def scaling(step: Step) -> list[Section]:
    """How the network's standardizer, if there is one, scales the inputs."""
    standardizer = step.net.standardizer
    if standardizer is None:
        return []
    return [Section(_("Scaling"), [
        _("The network's standardizer subtracts the mean μ of each feature, a row of X, and divides by its scale s."),
        Equation(("A[0] = (X − μ) ÷ s",)),
        Equation((Matrix("A[0]", step.forward.A[0]), "= (", Matrix("X", step.X), "−",
                  Matrix("μ", standardizer.mean[:, None]), ") ÷", Matrix("s", standardizer.scale[:, None])))])]


def scaling_of_targets(step: Step) -> list[Section]:
    """How the network's target_standardizer, if there is one, scales the targets."""
    standardizer = step.net.target_standardizer
    if standardizer is None:
        return []
    return [Section(_("Scaling of the targets"), [
        _("The network's target_standardizer subtracts the mean μ of each output, a row of the targets T, and divides by its "
          "scale s.  The loss compares Ŷ with Y; a prediction in the units of T is Ŷ s + μ."),
        Equation(("Y = (T − μ) ÷ s",)),
        Equation((Matrix("Y", step.Y), "= (", Matrix("T", step.T), "−",
                  Matrix("μ", standardizer.mean[:, None]), ") ÷", Matrix("s", standardizer.scale[:, None])))])]


def inputs(step: Step) -> Section:
    """A[0] and Y."""
    return Section(_("Input and target"), [
        *([_("In training, dropout leaves out different units in each step; here all units take part.")]
          if any(step.net.dropout) else []),
        _("A column is an example.  The shape under a matrix is (rows, columns)."),
        *([_("The rows of A[0] are {names}.", names=join_names(step.net.feature_names))] if step.net.feature_names else []),
        Equation((Matrix("A[0]", step.forward.A[0]), "  ", Matrix("Y", step.Y)))])


def forward(step: Step, l: int) -> Section:
    """Z[l] and A[l]."""
    layer, Z, A = step.net[l], step.forward.Z[l], step.forward.A[l]
    g = ACTIVATIONS[layer.activation]
    of_z, applied = (("g(z)", _("g is applied element by element.")) if g.derivative else
                     ("g(z)[i]", _("g is applied over the units of each column.")))
    return Section(_("Forward, layer {l}: {activation}", l=l, activation=layer.activation), [
        Equation((f"Z[{l}] = W[{l}] A[{l - 1}] + b[{l}]",)),
        Equation((Matrix(f"Z[{l}]", Z), "=", Matrix(f"W[{l}]", layer.W), Matrix(f"A[{l - 1}]", step.forward.A[l - 1]), "+",
                  Matrix(f"b[{l}]", layer.b))),
        *([_("b is added to every column.")] if step.m > 1 else []),
        Equation((f"A[{l}] = g(Z[{l}]),   {of_z} = {g.formula}",)),
        applied,
        Equation((Matrix(f"A[{l}]", A), "=", "g(", Matrix(f"Z[{l}]", Z), ")"))])


def loss(step: Step) -> Section:
    """J, of each example and of all together."""
    net, Y_hat, J = step.net, step.forward.A[-1], step.gradients.loss
    items: list[Item] = [Equation((f"J = {LOSSES[net.loss].formula}",))]
    if step.mean_over > 1:
        items.append(_("The loss of an example is the mean over the {units} output units.", units=len(Y_hat)))
    if not LOSSES[net.loss].mean_over_units:
        items.append(_("y is 1 only in the row of the example's class, so only one logarithm is left for each example."))
    items.append(Equation((Matrix("Y", step.Y), "  ", Matrix("Ŷ", Y_hat))))
    for c, of_example in zip(elided(step.m), step.J, strict=True):
        if c is None or of_example is None:
            items.append("⋮")
        else:
            symbol = "J" if step.m == 1 else f"J{subscript(c + 1)}"
            terms = loss_terms(net.loss, step.Y[:, c], Y_hat[:, c])
            items.append(Equation((f"{symbol} =", *terms, f"= {number_text(of_example)}")))
    if step.m > 1:
        terms = ["⋯" if of_example is None else number_text(of_example) for of_example in step.J]
        items.append(Equation((f"J = (1/{step.m}) ( {summed(terms)} ) = {number_text(J)}",)))
    if step.is_cross_entropy and np.isinf(step.gradients.dA[-1]).any():
        items.append(_("Some ŷ was rounded to 0 or 1, so its logarithm is lost.  The engine computes J from Z, where "
                       "nothing is lost."))
    elif net.loss == "binary_cross_entropy" and any(float(f"{value:.4g}") == 1 for value in Y_hat.flat):
        items.append(_("Some ŷ is so near 1 that four digits do not show 1 − ŷ.  The engine computes J from Z, where "
                       "nothing is lost."))
    return Section(_("Loss: {name}", name=net.loss), items)


def backward(step: Step, l: int) -> Section:
    """dA[l], dZ[l], dW[l] and db[l]."""
    forward, gradients, m = step.forward, step.gradients, step.m
    dZ = Matrix(f"dZ[{l}]", gradients.dZ[l])
    over_m = f"(1/{m}) " if m > 1 else ""
    return Section(_("Backward, layer {l}: {activation}", l=l, activation=step.net[l].activation), [
        *(_output_dA(step) if l == len(step.net) else _hidden_dA(step, l)),
        *_dZ(step, l, dZ),
        Equation((f"dW[{l}] = (1/m) dZ[{l}] A[{l - 1}]ᵀ",)),
        Equation((Matrix(f"dW[{l}]", gradients.dW[l]), f"= {over_m}".rstrip(), dZ,
                  Matrix(f"A[{l - 1}]ᵀ", forward.A[l - 1].T))),
        Equation((f"db[{l}] = (1/m) Σ dZ[{l}]",)),
        _("The sum is over the examples, the columns."),
        Equation((Matrix(f"db[{l}]", gradients.db[l]), f"= {over_m}Σ" if m > 1 else "=", dZ))])


def _output_dA(step: Step) -> list[Item]:
    """dA[L], the derivative of the loss."""
    L = len(step.net)
    dA = Matrix(f"dA[{L}]", step.gradients.dA[L])
    items: list[Item] = [Equation((f"dA[{L}] = {loss_derivative(step)}",)), Equation((dA,))]
    if dA.values.size > 1:
        items.append(_("The element in row 1, column 1 is"))
    items.append(Lines((loss_derivative_in_place(step, 0, 0),)))
    if np.isinf(dA.values).any():
        items.append(_("dA[{L}] is infinite where ŷ was rounded to the wrong one of 0 and 1; dZ[{L}] does not need it.", L=L))
    return items


def _hidden_dA(step: Step, l: int) -> list[Item]:
    """dA[l] from dZ[l + 1]."""
    after = l + 1
    return [Equation((f"dA[{l}] = W[{after}]ᵀ dZ[{after}]",)),
            Equation((Matrix(f"dA[{l}]", step.gradients.dA[l]), "=", Matrix(f"W[{after}]ᵀ", step.net[after].W.T),
                      Matrix(f"dZ[{after}]", step.gradients.dZ[after])))]


def _dZ(step: Step, l: int, dZ: Matrix) -> list[Item]:
    """dZ[l] = dA[l] ∗ g′(Z[l]); for the output of a cross-entropy also Ŷ − Y."""
    if l == len(step.net) and step.is_cross_entropy:
        share = f"(1/{step.mean_over}) " if step.mean_over > 1 else ""
        return [*_chain(step, l, dZ),
                Equation((f"dZ[{l}] = {share}(Ŷ − Y)" if share else f"dZ[{l}] = Ŷ − Y",)),
                _("This is the same: on paper, the derivative of the activation cancels the denominators of dA.  It needs no "
                  "division, so the engine computes dZ in this form."),
                Equation((dZ, f"= {share}(" if share else "=", Matrix("Ŷ", step.forward.A[l]), "−", Matrix("Y", step.Y),
                          *([")"] if share else [])))]
    return _chain(step, l, dZ)


def _chain(step: Step, l: int, dZ: Matrix) -> list[Item]:
    """dZ[l] by the chain rule, with numbers if dA[l] is finite."""
    g, dA = ACTIVATIONS[step.net[l].activation], step.gradients.dA[l]
    finite = bool(np.isfinite(dA).all())
    if g.derivative:
        return [Equation((f"dZ[{l}] = dA[{l}] ∗ g′(Z[{l}]),   g′(z) = {g.derivative_formula}",)),
                *([Equation((dZ, "=", Matrix(f"dA[{l}]", dA), "∗", Matrix(f"g′(Z[{l}])", step.slope(l))))] if finite else [])]
    items: list[Item] = [Equation((f"dz[i] = Σ da[k] {g.derivative_formula}",)), about_the_jacobian()]
    if finite:
        if step.m > 1:
            items.append(_("For example 1, a column:"))
        dz, da = Matrix("dz", dZ.values[:, :1]), Matrix("da", dA[:, :1])
        items.append(Equation((dz, "=", Matrix("g′(z)", step.jacobian(0)), da)))
    return items


def update(step: Step, l: int) -> Section:
    """The new W[l] and b[l]."""
    old, new, gradients, minus = step.net[l], step.new[l], step.gradients, f"− {number_text(step.alpha)}"
    return Section(_("Update, layer {l}", l=l), [
        Equation((f"W[{l}] ← W[{l}] − α dW[{l}]",)),
        Equation((Matrix(f"new W[{l}]", new.W), "=", Matrix(f"W[{l}]", old.W), minus, Matrix(f"dW[{l}]", gradients.dW[l]))),
        Equation((f"b[{l}] ← b[{l}] − α db[{l}]",)),
        Equation((Matrix(f"new b[{l}]", new.b), "=", Matrix(f"b[{l}]", old.b), minus, Matrix(f"db[{l}]", gradients.db[l])))])


def after(step: Step) -> Section:
    """The loss before and after the step."""
    J, new_J = step.gradients.loss, step.new_J
    rounding = 100 * float(np.finfo(step.net.dtype).eps) * max(1.0, abs(J))
    told = [_("The loss of these examples goes from J = {J} to J = {new_J}.", J=number_text(J), new_J=number_text(new_J))]
    if math.isnan(new_J):
        told.append(_("Z overflowed: α is too large."))
    elif new_J > J + rounding:
        told.append(_("It rose: for these examples α is too large."))
    return Section(_("After the step"), [" ".join(told)])
