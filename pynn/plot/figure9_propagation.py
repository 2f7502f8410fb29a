"""Figure 9, forward and backward propagation as a loop: down through the layers to the loss, and up again."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import cbook
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from numpy.typing import ArrayLike

from pynn.network import Network
from pynn.passes import ForwardPass, Gradients
from pynn.plot._colours import BLUE, VERMILION
from pynn.plot._drawing import (
    CAPTION,
    GREY,
    PITCH,
    Part,
    arrow,
    canvas,
    check_finite,
    circle,
    column,
    extent,
    index_labels,
    number_cells,
    points,
    row,
    width_of,
    write,
)
from pynn.plot._input_names import input_names, list_names, say_names
from pynn.plot._names import sizes_of
from pynn.plot._style import styled
from pynn.plot.description import say
from pynn.translation import _
from pynn.writing import number_mathtext

FORWARD, BACKWARD = BLUE, VERMILION
_GAP = 3.2              # ems between the boxes of two layers
_ROOM = 18.0            # ems for the names of the inputs in one line


@styled
def propagation(net: Network, X: ArrayLike | None = None, y: ArrayLike | None = None, ax: Axes | None = None,
                **boxes: Any) -> Axes:
    """Draw forward and backward propagation: the order of the steps, and what each passes on and keeps.

    Without examples the steps are drawn in symbols; of more than 3 layers the first 2 and the last are shown. With examples
    they are drawn in numbers; of more than 5 layers the first 3 and the last 2 are shown, and of more than 4 rows or columns
    of a matrix the first 2 and the last. The rows of X have the names of the inputs, if the network knows them.

    Parameters
    ----------
    net : Network
    X : array-like of shape (m, n[0]), optional
        Examples; one or two are best.
    y : array-like, optional
        The targets of X, in any form that `net.fit` takes.
    ax : matplotlib Axes, optional
    **boxes
        Keywords for the `matplotlib.patches.FancyBboxPatch` of every step, such as facecolor.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> import pynn
    >>> ax = pynn.plot.propagation(pynn.Network([2, 4, 1], rng=0), [[0.5, -1.0]], [1])
    >>> [text.get_text() for text in ax.texts if text.get_text().startswith("layer")]
    ['layer 1: relu', 'layer 1: relu', 'layer 2: sigmoid', 'layer 2: sigmoid']
    """
    check_finite(net)
    if (X is None) != (y is None):
        raise ValueError(f"{'X' if X is None else 'y'}: expected X and y or neither, got None")
    step = gradients = None
    if X is not None and y is not None:
        step, gradients = net.forward(X), net.backward(X, y)
    loop = _Loop(net, _contents(net, y, step, gradients), ax, boxes)
    loop.draw()
    counted = _("in symbols")
    if step is not None and gradients is not None:
        counted = _("in numbers, m = {m}, J = {J:.3g}", m=step.A[0].shape[1], J=gradients.loss)
    say(loop.ax, _("Forward and backward propagation through the network {sizes}, {symbols_or_numbers}: down the layers with Z "
                   "and A, which are cached, to the loss ({loss}), and up again with dA and dZ, which give dW and db of every "
                   "layer.", sizes=sizes_of(net), symbols_or_numbers=counted, loss=net.loss) + say_names(net))
    return loop.ax


@dataclass(frozen=True)
class _Contents:
    """What stands in the boxes, and above the first of them."""

    layers: list[str]                   # the layers that are shown, "" for those left out
    forward: dict[str, list[Part]]      # of each layer
    backward: dict[str, list[Part]]
    inputs: list[Part]                  # X
    names: list[str]                    # of its rows that are shown
    passed_on: list[Part]               # dA[0]
    loss: list[Part]


def _contents(net: Network, y: ArrayLike | None, step: ForwardPass | None, gradients: Gradients | None) -> _Contents:
    L, shape = len(net), f"$({net.sizes[0]}, m)$"
    inputs: list[Part] = [("$A^{[0]} = X$", shape)]
    names: list[str] = []
    passed_on: list[Part] = [(f"${_handed_back(0, L)}$", shape)]
    loss: list[Part] = [(f"$J(Y, \\hat{{Y}}), \\quad \\hat{{Y}} = A^{{[{L}]}}$", "")]
    if step is not None and gradients is not None and y is not None:
        inputs, passed_on = [_array("A^{[0]} = X", step.A[0])], [_array("dA^{[0]}", gradients.dA[0])]
        loss = [_array("Y", _columns(net, y, step.A[0].shape[1])), _array(r"\hat{Y}", step.A[L]),
                (f"$J = {number_mathtext(gradients.loss)}$", "")]
        rows = _shown(net.sizes[0])
        known = input_names(net, rows)
        names = [known.get(i, "") for i in rows]
    elif net.feature_names is not None:
        inputs.append((list_names(net.feature_names, _ROOM), ""))
    layers = index_labels(L, 2, 1) if step is None else index_labels(L, 3, 2)
    return _Contents(layers, {l: _forward(net, int(l), step) for l in layers if l},
                     {l: _backward(net, int(l), gradients) for l in layers if l}, inputs, names, passed_on, loss)


class _Loop:
    """The diagram: forward steps go down at the left, the loss is below, and backward steps go up at the right."""

    def __init__(self, net: Network, contents: _Contents, ax: Axes | None, boxes: dict[str, Any]) -> None:
        self._net, self._contents, self._boxes = net, contents, boxes
        L, forward, backward = len(net), contents.forward, contents.backward
        self._wide_f, self._wide_b = (2 + max(_extent(parts)[0] for parts in steps.values()) for steps in (forward, backward))
        names = max(map(width_of, contents.names), default=0.0)
        beside = (_extent(contents.inputs)[0] - self._wide_f) / 2 + (names + 0.6 if names else 0)
        self._left = 1 + max(0.0, beside)
        self._x_f = self._left + self._wide_f / 2
        self._x_b = self._x_f + (self._wide_f + self._wide_b) / 2 + width_of(_both(L, "Z", "A", L - 1)) + 3
        self._right = self._x_b + self._wide_b / 2
        self._high = {l: 2.9 + max(_extent(forward[l])[1], _extent(backward[l])[1]) if l else 2.4 for l in contents.layers}
        self._high_loss = _extent(contents.loss)[1] + 2.9
        self._high_ends = max(_extent(parts)[1] for parts in (contents.inputs, contents.passed_on))
        boxes_and_gaps = sum(self._high.values()) + _GAP * (len(contents.layers) + 1) + self._high_loss
        self._height = 2.6 + boxes_and_gaps + self._high_ends + 2.4
        self.ax = canvas(ax, self._right + 3.6 + width_of(_both(L, "dW", "db", L)), self._height)

    def draw(self) -> None:
        """Draw the steps from the top to the bottom."""
        L, height = len(self._net), self._height
        write(self.ax, self._x_f, height - 1.2, _("forward propagation"), color=FORWARD, weight="bold")
        write(self.ax, self._x_b, height - 1.2, _("backward propagation"), color=BACKWARD, weight="bold")
        top = height - 2.4 - self._high_ends
        for x, parts in ((self._x_f, self._contents.inputs), (self._x_b, self._contents.passed_on)):
            wide = _extent(parts)[0]
            _write(self.ax, x - wide / 2, x + wide / 2, top + self._high_ends / 2, parts)
        last = 0                        # the number of the layer above
        self._write_names(top + self._high_ends / 2)
        for l in self._contents.layers:
            self._draw_gap(top, int(l) - 1 if l else last)
            top -= _GAP
            if l:
                self._draw_layer(l, top)
            else:
                for x in (self._x_f, self._x_b):
                    column(self.ax, x, top - self._high[l] / 2, [""], 2.4)
            top -= self._high[l]
            last = int(l) if l else last
        self._draw_gap(top, L)
        top -= _GAP + self._high_loss
        name = _("loss: {loss}", loss=self._net.loss)
        self._draw_box(self._left, self._right, top, self._high_loss, L + 1, name, self._contents.loss, "black")
        write(self.ax, (self._left + self._right) / 2, 1.2, _("then {update}", update=(
            r"$W^{[l]} \leftarrow W^{[l]} - \alpha\, dW^{[l]}, \quad b^{[l]} \leftarrow b^{[l]} - \alpha\, db^{[l]}$")))

    def _write_names(self, middle: float) -> None:
        """The names of the inputs, to the left of the rows of X."""
        names = self._contents.names
        for k, name in enumerate(names):
            y = middle + 0.8 + ((len(names) - 1) / 2 - k) * PITCH
            write(self.ax, self._x_f - _extent(self._contents.inputs)[0] / 2 - 0.6, y, name, ha="right")

    def _draw_gap(self, top: float, carried: int) -> None:
        """The arrows between two boxes, and A and dA of the layer that they carry; X and dA[0] stand above the first ones."""
        arrow(self.ax, (self._x_f, top), (self._x_f, top - _GAP), FORWARD, 0.2)
        arrow(self.ax, (self._x_b, top - _GAP), (self._x_b, top), BACKWARD, 0.2)
        if carried > 0:
            write(self.ax, self._x_f + 0.8, top - _GAP / 2, f"$A^{{[{carried}]}}$", ha="left")
            write(self.ax, self._x_b + 0.8, top - _GAP / 2, f"${_handed_back(carried, len(self._net))}$", ha="left")

    def _draw_layer(self, l: str, top: float) -> None:
        """The two boxes of a layer, and the arrows at their sides: the cache, and the gradients."""
        L, tall = len(self._net), self._high[l]
        name = _("layer {layer}", layer=l) + f": {self._net[int(l)].activation}"
        left, end, middle = self._x_b - self._wide_b / 2, self._x_f + self._wide_f / 2, top - tall / 2
        bottom = top - tall
        self._draw_box(self._x_f - self._wide_f / 2, end, bottom, tall, int(l), name, self._contents.forward[l], FORWARD)
        self._draw_box(left, self._right, bottom, tall, 2 * L + 2 - int(l), name, self._contents.backward[l], BACKWARD)
        arrow(self.ax, (end, middle), (left, middle), GREY)
        write(self.ax, (end + left) / 2, middle + 1, _both(int(l), "Z", "A", int(l) - 1))
        write(self.ax, (end + left) / 2, middle - 1, _("cached"), CAPTION, color=GREY)
        arrow(self.ax, (self._right, middle), (self._right + 2.2, middle), BACKWARD)
        write(self.ax, self._right + 2.6, middle, _both(int(l), "dW", "db", int(l)), ha="left")

    def _draw_box(self, left: float, right: float, bottom: float, height: float, step: int, name: str, parts: list[Part],
                  colour: str) -> None:
        """A step: a box with its number, its name and what it computes."""
        self.ax.add_patch(FancyBboxPatch((left, bottom), right - left, height, **{
            "boxstyle": "round,pad=0,rounding_size=0.6", "facecolor": "white", "edgecolor": colour,
            "linewidth": points(self.ax, 0.12), "zorder": 1, **cbook.normalize_kwargs(self._boxes, FancyBboxPatch)}))
        top = bottom + height - 1.2
        circle(self.ax, left + 1.2, top, 0.75, facecolor=colour, linewidth=0)
        write(self.ax, left + 1.2, top, str(step), 0.8, color="white")
        write(self.ax, left + 2.4, top, name, CAPTION, ha="left", color=GREY)
        _write(self.ax, left + 1, right - 1, bottom + (height - 2) / 2, parts)


def _forward(net: Network, l: int, step: ForwardPass | None) -> list[Part]:
    if step is not None:
        return [_array(f"Z^{{[{l}]}}", step.Z[l]), _array(f"A^{{[{l}]}}", step.A[l])]
    shape = f"$({net.sizes[l]}, m)$"
    return [(f"$Z^{{[{l}]}} = W^{{[{l}]}} A^{{[{l - 1}]}} + b^{{[{l}]}}$", shape),
            (f"$A^{{[{l}]}} = g^{{[{l}]}}(Z^{{[{l}]}})$", shape)]


def _backward(net: Network, l: int, gradients: Gradients | None) -> list[Part]:
    if gradients is not None:
        return [_array(f"{name}^{{[{l}]}}", arrays[l]) for name, arrays in (
            ("dA", gradients.dA), ("dZ", gradients.dZ), ("dW", gradients.dW), ("db", gradients.db))]
    n, before = net.sizes[l], net.sizes[l - 1]
    of_z = f"dA^{{[{l}]}} \\ast g^{{[{l}]}}{{}}'(Z^{{[{l}]}})"
    if net[l].activation == "softmax":          # it has a Jacobian instead of g′; with its loss the result is this
        of_z = r"\hat{Y} - Y"
    return [(f"$dZ^{{[{l}]}} = {of_z}$", f"$({n}, m)$"),
            (f"$dW^{{[{l}]}} = \\frac{{1}}{{m}}\\, dZ^{{[{l}]}} A^{{[{l - 1}]T}}$", f"$({n}, {before})$"),
            (f"$db^{{[{l}]}} = \\frac{{1}}{{m}}\\, \\Sigma\\, dZ^{{[{l}]}}$", f"$({n}, 1)$")]


def _handed_back(l: int, L: int) -> str:
    """dA[l] with its equation."""
    return f"dA^{{[{l}]}} = " + (r"m \, \partial J / \partial \hat{Y}" if l == L else f"W^{{[{l + 1}]T}} dZ^{{[{l + 1}]}}")


def _both(l: int, first: str, second: str, k: int) -> str:
    return f"${first}^{{[{l}]}}\\!, \\; {second}^{{[{k}]}}$"


def _columns(net: Network, y: ArrayLike, m: int) -> np.ndarray:
    """Y as the loss compares it, (n[L], m): class numbers become one-hot columns, and values are standardised."""
    Y = net.check_targets(y, "y", m)
    if net.activations[-1] == "softmax" and Y.ndim == 1:
        Y = np.eye(net.sizes[-1])[Y]
    return Y.reshape(m, -1).T


def _array(symbol: str, values: np.ndarray) -> Part:
    """A matrix of numbers over its symbol and shape."""
    rows, columns = map(_shown, values.shape)
    return number_cells(values, rows, columns), f"${symbol} \\; ({values.shape[0]}, {values.shape[1]})$"


def _shown(n: int) -> list[str]:
    """The rows or columns of a matrix that are shown."""
    return index_labels(n, 2, 1) if n > 4 else index_labels(n, n, 0)


def _extent(parts: list[Part]) -> tuple[float, float]:
    """Width and height of texts one below the other, or of matrices side by side, with their captions."""
    if all(isinstance(content, str) for content, _ in parts):
        widths = [extent([(content, "")])[0] + 1.2 + CAPTION * width_of(caption) for content, caption in parts]
        return max(widths), PITCH * len(parts)
    width, height = extent(parts, 1.2)
    return width, height + 1.6


def _write(ax: Axes, left: float, right: float, middle: float, parts: list[Part]) -> None:
    """Texts one below the other with their captions at the right, or matrices side by side with their captions below."""
    if any(not isinstance(content, str) for content, _ in parts):
        row(ax, (left + right) / 2, middle + 0.8, parts, 1.2)
        return
    for k, (content, caption) in enumerate(parts):
        y = middle + ((len(parts) - 1) / 2 - k) * PITCH
        assert isinstance(content, str)
        write(ax, left, y, content, ha="left")
        write(ax, right, y, caption, CAPTION, ha="right", color=GREY)
