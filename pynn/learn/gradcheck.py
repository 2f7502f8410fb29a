"""check_gradients: backpropagation compared with central differences."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pynn.network import Network
from pynn.validation import check_network, real_number

Array = np.ndarray[Any, np.dtype[Any]]

_SMALLEST_SCALE = 0.01


@dataclass(frozen=True)
class GradientReport:
    """How well backpropagation agrees with central differences.

    Attributes
    ----------
    ok : bool
        Whether max_error is within the tolerance.  If all derivatives are 0, nothing was checked, and ok is False.
    max_error : float
        The largest error of a derivative, relative to the largest ``|derivative|`` or to 0.01, whichever is larger: below 0.01,
        differences have too few digits.
    worst : str
        The parameter with this error, and the two values of its derivative.
    rows : tuple of (str, float, float)
        For W[l] and b[l] of every layer: the name, the largest ``|derivative|``, and the largest relative error.
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
        Its dtype must be float64: float32 has too few digits for differences.
    X, y : array-like
        Examples and targets as for Network.backward.
    step : float
        h.
    tolerance : float
        The largest error with which the report is ok.

    Returns
    -------
    GradientReport
        str() gives a table.

    Notes
    -----
    Near a kink of relu or leaky_relu (``|z|`` below about h) the two differ although nothing is wrong.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(20, rng=0)
    >>> pynn.check_gradients(pynn.Network([2, 4, 1], hidden="tanh", rng=0), X, y).ok
    True
    """
    check_network(net)
    if net.dtype != np.float64:
        raise ValueError(f"net: expected dtype float64, which has enough digits for differences, got {net.dtype}")
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
