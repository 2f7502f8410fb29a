"""explain: one step of training in the article's order, each equation in symbols and then with its numbers in place."""
from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from pynn.learn import layer_sections as layers
from pynn.learn.notation import Section, as_html, as_text
from pynn.learn.step import compute_step
from pynn.learn.unit_sections import Neuron
from pynn.network import Network
from pynn.translation import Sentence, _
from pynn.validation import check_network, positive_int, real_number
from pynn.writing import number_text, printable


@dataclass(frozen=True)
class Explanation:
    """A step of training: text from str(), HTML with MathML in a notebook, the numbers from to_dict().

    Attributes
    ----------
    title : str
    sections : list of Section
        Each has a title, and sentences and equations.
    """

    title: str
    sections: list[Section]
    _arrays: dict[str, Any]

    def __str__(self) -> str:
        return printable(as_text(self.title, self.sections))

    def __repr__(self) -> str:
        return printable(f"Explanation({self.title!r})")

    def _repr_html_(self) -> str:
        return as_html(self.title, self.sections)

    def to_dict(self) -> dict[str, Any]:
        """Return copies of all numbers of the step, for all layers, whichever layer or unit was asked for.

        W, b, Z, A, dA, dZ, dW, db, new_W and new_b are lists of arrays in the article's shapes.  They are indexed by the
        layer; an entry is None where there is no array.  Y is (n[L], m), scaled by a target_standardizer; J, new_J and
        learning_rate are floats.
        """
        return copy.deepcopy(self._arrays)


def explain(net: Network, x: Any, y: Any, *, learning_rate: float = 0.1, layer: int | None = None,
            unit: int | None = None) -> Explanation:
    """Show one step of gradient descent with all its numbers: forward, loss, backward, update.  The network is unchanged.

    Of more than 6 rows or columns of a matrix, the first 4 and the last 2 are shown.

    Parameters
    ----------
    net : Network
    x : array-like, (n[0],) or (m, n[0])
        One example, or a few.
    y : array-like
        The targets of x, in any form that `Network.fit` takes; for one example also a number or a row.
    learning_rate : float
        α of the update.
    layer : int, optional
        Show this layer only; layers count from 1.
    unit : int, optional
        Show this unit of the layer only, with its sums term by term; units count from 1.

    Returns
    -------
    Explanation
        Text from str(), HTML in a notebook.

    Raises
    ------
    TypeError, ValueError, IndexError
        The message names the argument, the value received and what was expected.

    Notes
    -----
    Z, A, J, dA, dZ, dW and db come from `net.forward` and `net.backward`; `Network.descend` computes the new W and b on a
    copy.  For a cross-entropy, dZ[L] is shown by the chain rule and as Ŷ − Y, which is how it is computed.

    Examples
    --------
    >>> import pynn
    >>> net = pynn.Network([2, 1], initializer="zeros")
    >>> print(pynn.explain(net, [0.5, -1.0], 1, layer=1, unit=1))
    Unit 1 of layer 1 (sigmoid) of the network 2-1 in one step of training: m = 1 example, α = 0.1
    <BLANKLINE>
    Forward
    ───────
      Numbers are rounded to four digits here; the step is computed with all digits.
      w is row 1 of W[1], b is row 1 of b[1], and x₁, x₂, … are the rows of A[0].
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
      dz  = da · g′(z)  = da · ( a (1 − a) )
      dz  = ŷ − y
      This is the same: on paper, the derivative of the activation cancels the denominators of da.  It needs no division.
      da  = −( 1/0.5 − (1−1)/(1−0.5) )  = −2
      dz  = −2 · 0.5 · 0.5  = −0.5
      dz  = 0.5 − 1         = −0.5
    <BLANKLINE>
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
    check_network(net)
    if not np.isfinite(net.parameters).all():
        raise ValueError(Sentence("net: expected finite parameters, got NaN or infinities in net.parameters"))
    alpha = real_number(learning_rate, "learning_rate", 0, low_included=False)
    _check_layer_and_unit(net, layer, unit)
    step = compute_step(net, x, y, alpha)
    L, sizes = len(net), "-".join(map(str, net.sizes))
    given = (_("m = 1 example, α = {alpha}", alpha=number_text(alpha)) if step.m == 1 else
             _("m = {m} examples, α = {alpha}", m=step.m, alpha=number_text(alpha)))
    if layer is None:
        title = _("One step of training of the network {sizes}: {given}", sizes=sizes, given=given)
        sections = [layers.inputs(step), *(layers.forward(step, l) for l in range(1, L + 1)), layers.loss(step),
                    *(layers.backward(step, l) for l in range(L, 0, -1)),
                    *(layers.update(step, l) for l in range(1, L + 1)), layers.after(step)]
    elif unit is None:
        title = _("Layer {layer} of the network {sizes} in one step of training: {given}",
                  layer=layer, sizes=sizes, given=given)
        sections = [layers.forward(step, layer), layers.backward(step, layer), layers.update(step, layer)]
    else:
        title = _("Unit {unit} of layer {layer} ({activation}) of the network {sizes} in one step of training: {given}",
                  unit=unit, layer=layer, activation=net[layer].activation, sizes=sizes, given=given)
        neuron = Neuron(step, layer, unit - 1)
        sections = [neuron.forward(), neuron.backward(), neuron.update()]
    sections[0].items.insert(0, _("Numbers are rounded to four digits here; the step is computed with all digits."))
    if layer in (None, L):
        sections = [*layers.scaling_of_targets(step), *sections]
    if layer in (None, 1):
        sections = [*layers.scaling(step), *sections]
    return Explanation(title, sections, step.arrays())


def _check_layer_and_unit(net: Network, layer: int | None, unit: int | None) -> None:
    if layer is not None:
        units = len(net[layer].b)
        if unit is not None and positive_int(unit, "unit") > units:
            raise ValueError(Sentence("unit: expected 1 to {units}, as many as layer {layer} has, got {unit}", units=units,
                                      layer=layer, unit=unit))
    elif unit is not None:
        raise ValueError(Sentence("layer: expected the layer of unit {unit}, got None", unit=unit))
