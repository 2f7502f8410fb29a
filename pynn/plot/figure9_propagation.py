"""Forward and backward propagation as a loop: down through the layers, the loss, and up again."""
from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import cbook
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from numpy.typing import ArrayLike

from pynn.network import Network
from pynn.passes import ForwardPass, Gradients
from pynn.plot._drawing import (
    CAPTION,
    GREY,
    PITCH,
    Part,
    arrow,
    canvas,
    check_network,
    circle,
    column,
    extent,
    index_labels,
    numbers,
    points,
    row,
    sizes_of,
    width_of,
    write,
)
from pynn.plot._panels import COLOURS, say, styled
from pynn.writing import number_mathtext

FORWARD, BACKWARD = COLOURS[0], COLOURS[3]
_GAP = 3.2              # ems between the boxes of two layers


@styled
def propagation(net: Network, X: ArrayLike | None = None, y: ArrayLike | None = None, ax: Axes | None = None,
                **boxes: Any) -> Axes:
    """Draw forward and backward propagation: the order of the steps, and what each hands on and keeps.

    Without examples in symbols, of more than 3 layers the first 2 and the last; with examples in numbers, of more than 5
    layers the first 3 and the last 2. Of more than 4 rows or columns of a matrix the first 2 and the last are written.

    Parameters
    ----------
    net : Network
    X : array-like of shape (m, n[0]), optional
        Examples, best only one or two.
    y : array-like, optional
        The targets of X, in any form that `net.fit` takes.
    ax : matplotlib Axes, optional
        The panel to draw in; None makes a new figure.
    **boxes
        Keywords for the `matplotlib.patches.FancyBboxPatch` of every step, such as facecolor.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pynn
    >>> ax = pynn.plot.propagation(pynn.Network([2, 4, 1], rng=0), [[0.5, -1.0]], [1])
    >>> [text.get_text() for text in ax.texts if text.get_text().startswith("layer")]
    ['layer 1: relu', 'layer 1: relu', 'layer 2: sigmoid', 'layer 2: sigmoid']
    """
    check_network(net)
    if (X is None) != (y is None):
        raise ValueError(f"{'X' if X is None else 'y'}: expected X and y or neither, got None")
    L, m, step, gradients = len(net), "m", None, None
    shape = f"$({net.sizes[0]}, m)$"
    inputs: list[Part] = [("$A^{[0]} = X$", shape)]
    passed_on: list[Part] = [(f"${_handed_back(0, L)}$", shape)]
    loss: list[Part] = [(f"$J(Y, \\hat{{Y}}), \\quad \\hat{{Y}} = A^{{[{L}]}}$", "")]
    if X is not None and y is not None:
        step, gradients = net.forward(X), net.backward(X, y)
        m = str(step.A[0].shape[1])
        inputs, passed_on = [_array("A^{[0]} = X", step.A[0])], [_array("dA^{[0]}", gradients.dA[0])]
        loss = [_array("Y", _columns(net, y, int(m))), _array(r"\hat{Y}", step.A[L]),
                (f"$J = {number_mathtext(gradients.loss)}$", "")]
    layers = index_labels(L, 2, 1) if step is None else index_labels(L, 3, 2)
    forward = {l: _forward(net, int(l), step) for l in layers if l}
    backward = {l: _backward(net, int(l), gradients) for l in layers if l}

    wide_f, wide_b = (2 + max(_extent(parts)[0] for parts in steps.values()) for steps in (forward, backward))
    kept, handed = _both(L, "Z", "A", L - 1), _both(L, "dW", "db", L)
    x_f = 1 + wide_f / 2
    x_b = x_f + (wide_f + wide_b) / 2 + width_of(kept) + 3
    right = x_b + wide_b / 2
    high_loss, high_ends = _extent(loss)[1] + 2.9, max(_extent(parts)[1] for parts in (inputs, passed_on))
    high = [2.9 + max(_extent(forward[l])[1], _extent(backward[l])[1]) if l else 2.4 for l in layers]
    height = 2.6 + high_loss + sum(high) + _GAP * (len(layers) + 1) + high_ends + 2.4
    ax = canvas(ax, right + 3.6 + width_of(handed), height)

    write(ax, x_f, height - 1.2, "forward propagation", color=FORWARD, weight="bold")
    write(ax, x_b, height - 1.2, "backward propagation", color=BACKWARD, weight="bold")
    level = height - 2.4 - high_ends
    for x, parts in ((x_f, inputs), (x_b, passed_on)):
        wide = _extent(parts)[0]
        _write(ax, x - wide / 2, x + wide / 2, level + high_ends / 2, parts)
    names = [*layers, str(L + 1)]
    for slot, (l, tall) in enumerate(zip(names, [*high, high_loss], strict=True)):
        carried = int(l) - 1 if l else int(names[slot - 1])
        arrow(ax, (x_f, level), (x_f, level - _GAP), FORWARD, 0.2)
        arrow(ax, (x_b, level - _GAP), (x_b, level), BACKWARD, 0.2)
        if carried > 0:
            write(ax, x_f + 0.8, level - _GAP / 2, f"$A^{{[{carried}]}}$", ha="left")
            write(ax, x_b + 0.8, level - _GAP / 2, f"${_handed_back(carried, L)}$", ha="left")
        level -= _GAP + tall
        middle = level + tall / 2
        if slot == len(layers):
            _box(ax, 1, right, level, tall, L + 1, f"loss: {net.loss}", loss, "black", boxes)
        elif l:
            name = f"layer {l}: {net[int(l)].activation}"
            _box(ax, x_f - wide_f / 2, x_f + wide_f / 2, level, tall, int(l), name, forward[l], FORWARD, boxes)
            _box(ax, x_b - wide_b / 2, right, level, tall, 2 * L + 2 - int(l), name, backward[l], BACKWARD, boxes)
            arrow(ax, (x_f + wide_f / 2, middle), (x_b - wide_b / 2, middle), GREY)
            between = (x_f + wide_f / 2 + x_b - wide_b / 2) / 2
            write(ax, between, middle + 1, _both(int(l), "Z", "A", int(l) - 1))
            write(ax, between, middle - 1, "cached", CAPTION, color=GREY)
            arrow(ax, (right, middle), (right + 2.2, middle), BACKWARD)
            write(ax, right + 2.6, middle, _both(int(l), "dW", "db", int(l)), ha="left")
        else:
            for x in (x_f, x_b):
                column(ax, x, middle, [""], 2.4)
    write(ax, (1 + right) / 2, 1.2, r"then $W^{[l]} \leftarrow W^{[l]} - \alpha\, dW^{[l]}, \quad b^{[l]} \leftarrow b^{[l]} - "
                                    r"\alpha\, db^{[l]}$")
    counted = "in symbols" if gradients is None else f"in numbers, m = {m}, J = {gradients.loss:.3g}"
    say(ax, f"Forward and backward propagation through the network {sizes_of(net)}, {counted}: down the layers with Z and A, "
            f"which are cached, to the loss ({net.loss}), and up again with dA and dZ, which give dW and db of every layer.")
    return ax


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
    if net[l].activation == "softmax":          # which has a Jacobian instead of g′; with its loss both come to this
        of_z = r"\hat{Y} - Y"
    return [(f"$dZ^{{[{l}]}} = {of_z}$", f"$({n}, m)$"),
            (f"$dW^{{[{l}]}} = \\frac{{1}}{{m}}\\, dZ^{{[{l}]}} A^{{[{l - 1}]T}}$", f"$({n}, {before})$"),
            (f"$db^{{[{l}]}} = \\frac{{1}}{{m}}\\, \\Sigma\\, dZ^{{[{l}]}}$", f"$({n}, 1)$")]


def _handed_back(l: int, L: int) -> str:
    """dA[l], and where it comes from."""
    return f"dA^{{[{l}]}} = " + (r"m \, \partial J / \partial \hat{Y}" if l == L else f"W^{{[{l + 1}]T}} dZ^{{[{l + 1}]}}")


def _both(l: int, first: str, second: str, k: int) -> str:
    return f"${first}^{{[{l}]}}\\!, \\; {second}^{{[{k}]}}$"


def _columns(net: Network, y: ArrayLike, m: int) -> np.ndarray:
    """Y as the article has it, (n[L], m); class numbers become ones among zeros."""
    Y = np.asarray(y)
    if net.activations[-1] == "softmax" and Y.ndim == 1:
        Y = np.eye(net.sizes[-1])[Y.astype(int)]
    return Y.reshape(m, -1).T


def _array(symbol: str, values: np.ndarray) -> Part:
    """A matrix of numbers over its symbol and shape."""
    rows, columns = (index_labels(n, 2, 1) if n > 4 else index_labels(n, n, 0) for n in values.shape)
    return numbers(values, rows, columns), f"${symbol} \\; ({values.shape[0]}, {values.shape[1]})$"


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


def _box(ax: Axes, left: float, right: float, bottom: float, height: float, step: int, name: str, parts: list[Part],
         colour: str, boxes: dict[str, Any]) -> None:
    """A step: a box with its number, its name and what it computes."""
    ax.add_patch(FancyBboxPatch((left, bottom), right - left, height, **{
        "boxstyle": "round,pad=0,rounding_size=0.6", "facecolor": "white", "edgecolor": colour, "linewidth": points(ax, 0.12),
        "zorder": 1, **cbook.normalize_kwargs(boxes, FancyBboxPatch)}))
    top = bottom + height - 1.2
    circle(ax, left + 1.2, top, 0.75, facecolor=colour, linewidth=0)
    write(ax, left + 1.2, top, str(step), 0.8, color="white")
    write(ax, left + 2.4, top, name, CAPTION, ha="left", color=GREY)
    _write(ax, left + 1, right - 1, bottom + (height - 2) / 2, parts)
