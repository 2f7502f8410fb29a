"""Figure 6, the activation functions and their derivatives, as the engine computes them."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import cbook
from matplotlib.lines import Line2D

from pynn import validation
from pynn.network import Network
from pynn.plot._colours import BLUE, VERMILION
from pynn.plot._panels import keep_strip, panels
from pynn.plot._style import styled
from pynn.plot.description import say
from pynn.reference import ACTIVATIONS, HIDDEN
from pynn.translation import _

_REACH = 4.0            # the largest |z|; more where an activation has a kink further out
_JUMP = 0.25            # a continuous g′ changes less from one z to the next


@styled
def activations(names: Sequence[str] | str | None = None, axes: Any = None, **line: Any) -> np.ndarray:
    """Draw activation functions g, solid, with their derivatives g′, dashed, from the engine's own passes.

    Parameters
    ----------
    names : sequence of str or str, optional
        Activations of hidden layers; None draws all of them.
    axes : array of matplotlib Axes, optional
        One for each name.
    **line
        Keywords for `matplotlib.axes.Axes.plot`, such as linewidth.

    Returns
    -------
    ndarray of matplotlib Axes, (number of names,)

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> import pynn
    >>> axes = pynn.plot.activations(["sigmoid", "relu"])
    >>> [ax.get_title() for ax in axes]
    ['sigmoid', 'relu']
    """
    if isinstance(names, str):
        names = [names]
    chosen = [validation.choice(name, "names", HIDDEN) for name in (HIDDEN if names is None else names)]
    if not chosen:
        raise ValueError("names: expected at least one activation, got none")
    line = cbook.normalize_kwargs(line, Line2D)
    columns = min((3, 4), key=lambda n: -len(chosen) % n)       # whichever leaves fewer places empty
    rows = -(-len(chosen) // columns)
    drawn = panels(axes, len(chosen), columns, figsize=(3.2 * min(len(chosen), columns), 2.8 * rows + 0.4))
    for ax, name in zip(drawn, chosen, strict=True):
        reach = max([_REACH, *(abs(kink) + 2 for kink in ACTIVATIONS[name].kinks)])
        z = np.linspace(-reach, reach, 801)
        g, slope = _passes(name, z)
        ax.axhline(0, color="0.7", linewidth=0.8)
        ax.axvline(0, color="0.7", linewidth=0.8)
        ax.plot(z, g, **{"color": BLUE, "label": "$g(z)$", "linewidth": 2, **line})
        ax.plot(*_broken(z, slope), **{"color": VERMILION, "linestyle": "--", "label": "$g'(z)$", "linewidth": 2, **line})
        ax.set(title=name.replace("_", " "), xlabel="$z$")
        if axes is not None:
            legend = ax.legend(loc="upper center", ncols=2, frameon=False, handlelength=1.2, columnspacing=0.8)
            keep_strip(legend, ax)
        say(ax, _("The activation {name}, from {least:.3g} to {most:.3g}, and its derivative, from {flattest:.3g} to "
                  "{steepest:.3g}, for z from {first:g} to {last:g}.", name=name, least=g.min(), most=g.max(),
                  flattest=slope.min(), steepest=slope.max(), first=z[0], last=z[-1]))
    if axes is None:
        drawn[0].figure.legend(handles=drawn[0].lines[-2:], loc="outside lower center", ncols=2, frameon=False)
    return drawn


def _passes(name: str, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """g and g′ at z: A[1] of a forward pass, and dZ[1] / dA[1] of a backward pass, of one unit with w = 1 and b = 0."""
    net = Network([1, 1, 1], hidden=name, output="linear", rng=0)
    net.parameters = [1.0, 0.0, 1.0, 0.0]
    X = z[:, np.newaxis]
    y = net(X) - 1          # an error at every z, so that dA[1] is never 0
    gradients = net.backward(X, y)
    return net.forward(X).A[1][0], (gradients.dZ[1] / gradients.dA[1])[0]


def _broken(z: np.ndarray, slope: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The curve with a gap where it jumps: no line joins the two sides."""
    jumps = np.flatnonzero(np.abs(np.diff(slope)) > _JUMP) + 1
    return np.insert(z, jumps, np.nan), np.insert(slope, jumps, np.nan)
