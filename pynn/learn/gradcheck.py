"""check_gradients: backpropagation held against central differences."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pynn.network import Network
from pynn.validation import real_number

Array = np.ndarray[Any, np.dtype[Any]]

_SMALLEST_SCALE = 0.01


@dataclass(frozen=True)
class GradientReport:
    """How well backpropagation agrees with central differences.

    Attributes
    ----------
    ok : bool
        Whether max_error is within the tolerance and some derivative is not 0 (else nothing was checked).
    max_error : float
        The largest difference of a derivative by backpropagation and by differences, as a share of the largest derivative
        in size (of 0.01, if that is smaller: below it, differences have too few digits).
    worst : str
        The parameter that has it, with the two values.
    rows : tuple of (str, float, float)
        For W[l] and b[l] of every layer: its name, its largest derivative in size, and its largest error as a share likewise.
    """

    ok: bool
    max_error: float
    worst: str
    rows: tuple[tuple[str, float, float], ...]

    def __str__(self) -> str:
        lines = ["parameters   largest |derivative|   relative error"]
        lines += [f"{name:<11}  {largest:>20.6g}   {error:>14.3g}" for name, largest, error in self.rows]
        return "\n".join([*lines, f"worst: {self.worst}", "backpropagation agrees" if self.ok else "BACKPROPAGATION IS WRONG"])


def check_gradients(net: Network, X: Any, y: Any, *, step: float = 1e-6, tolerance: float = 1e-6) -> GradientReport:
    """Compare every derivative of backward with (J(θ + h) − J(θ − h)) / 2h.

    Parameters
    ----------
    net : Network
        In float64: float32 has too few digits for differences.
    X, y : array-like
        Examples and targets as for Network.backward.
    step : float
        h.
    tolerance : float
        Up to which error the report is ok.

    Returns
    -------
    GradientReport
        Truthy fields to assert on, and a table under str().

    Notes
    -----
    At a kink of relu or leaky_relu (some z within about h of 0) the two differ although nothing is wrong.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(20, rng=0)
    >>> pynn.check_gradients(pynn.Network([2, 4, 1], hidden="tanh", rng=0), X, y).ok
    True
    """
    if not isinstance(net, Network):
        raise TypeError(f"net: expected a Network, got {type(net).__name__}")
    if net.dtype != np.float64:
        raise ValueError(f"net: expected dtype float64, whose digits suffice for differences, got {net.dtype}")
    h = real_number(step, "step", 0, 1, low_included=False)
    tolerance = real_number(tolerance, "tolerance", 0, low_included=False)
    probe = net.copy()
    analytic = net.backward(X, y).flat
    numeric = np.array([_central_difference(probe, X, y, p, h) for p in range(len(analytic))])
    largest = max(np.abs(analytic).max(), np.abs(numeric).max())
    error = np.abs(analytic - numeric) / max(largest, _SMALLEST_SCALE)
    error[np.isnan(error)] = np.inf
    names = _names(net)
    at = int(error.argmax())
    rows, start = [], 0
    for l, layer in enumerate(net, start=1):
        for name, array in (("W", layer.W), ("b", layer.b)):
            part = slice(start, start + array.size)
            rows.append((f"{name}[{l}]", float(np.abs(analytic[part]).max()), float(error[part].max())))
            start += array.size
    worst = f"{names[at]}: {analytic[at]:.9g} by backpropagation, {numeric[at]:.9g} by central differences"
    return GradientReport(bool(error[at] <= tolerance and largest > 0), float(error[at]), worst, tuple(rows))


def _central_difference(probe: Network, X: Any, y: Any, p: int, h: float) -> float:
    kept = probe.parameters[p]
    probe.parameters[p] = kept + h
    above = probe.backward(X, y).loss
    probe.parameters[p] = kept - h
    below = probe.backward(X, y).loss
    probe.parameters[p] = kept
    return (above - below) / (2 * h)


def _names(net: Network) -> list[str]:
    """The name of every element of θ."""
    return [f"{name}[{l}][{i}, {k}]" for l, layer in enumerate(net, start=1)
            for name, array in (("W", layer.W), ("b", layer.b)) for i, k in np.ndindex(*array.shape)]
