"""check_gradients: backpropagation compared with central differences."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from pynn.network import Network
from pynn.reference import ACTIVATIONS, LOSSES
from pynn.translation import _
from pynn.validation import check_network, real_number
from pynn.writing import listed

Array = np.ndarray[Any, np.dtype[Any]]

_SMALLEST_SCALE = 0.01


class Undecided(NamedTuple):
    """A unit that a step of h takes over a kink for one example, so that differences say nothing of it; all count from 1."""

    layer: int
    unit: int
    example: int

    def __str__(self) -> str:
        return _("unit {unit} of layer {layer} for example {example}", unit=self.unit, layer=self.layer, example=self.example)


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
    undecided : tuple of (layer, unit, example)
        The units within reach of h of a kink, where the derivative jumps.  The parameters that move them were checked on the
        other examples.
    """

    ok: bool
    max_error: float
    worst: str
    rows: tuple[tuple[str, float, float], ...]
    undecided: tuple[Undecided, ...] = ()

    def __str__(self) -> str:
        lines = [_("parameters   largest |derivative|   relative error")]
        lines += [f"{name:<11}  {largest:>20.6g}   {error:>14.3g}" for name, largest, error in self.rows]
        lines.append(_("worst: {worst}", worst=self.worst))
        if self.undecided:
            lines.append(_("undecided: kink: {units}", units=listed(self.undecided)))
        return "\n".join([*lines, _("backpropagation agrees") if self.ok else _("BACKPROPAGATION IS WRONG")])


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
    Near a kink of relu, leaky_relu, selu or the mean absolute error (``|z|`` below about h) the two differ although nothing is
    wrong.  If a derivative differs and its steps of h take some units over a kink, it is compared again without the examples
    for which they do so, and the report names these units as undecided.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(20, rng=0)
    >>> pynn.check_gradients(pynn.Network([2, 4, 1], hidden="tanh", rng=0), X, y).ok
    True

    In example 1 all z of the hidden layer are 0, which is the kink of relu:

    >>> report = pynn.check_gradients(pynn.Network([2, 2, 1], rng=0), [[0, 0], [0, 1], [1, 0]], [0, 1, 1])
    >>> report.ok
    True
    >>> print(*report.undecided, sep="\\n")
    unit 1 of layer 1 for example 1
    unit 2 of layer 1 for example 1
    """
    check_network(net)
    if net.dtype != np.float64:
        raise ValueError(f"net: expected dtype float64, which has enough digits for differences, got {net.dtype}")
    h = real_number(step, "step", 0, 1, low_included=False)
    tolerance = real_number(tolerance, "tolerance", 0, low_included=False)
    comparison = Comparison(net, X, y, h, tolerance)
    list(comparison.run())
    return _report(net, comparison)


class Comparison:
    """The derivative by each element of θ, by backpropagation and by central differences.

    Attributes
    ----------
    analytic, numeric : ndarray, (P,)
        The two values; numeric is NaN where it is not computed yet.
    undecided : set of Undecided
    """

    def __init__(self, net: Network, X: Any, y: Any, h: float, tolerance: float) -> None:
        self.net, self.probe, self.h, self.tolerance = net, net.copy(), h, tolerance
        self.X, self.y = net.encode(X, "X"), y
        self.analytic = net.backward(self.X, y).flat
        self.numeric = np.full(len(self.analytic), np.nan)
        self.undecided: set[Undecided] = set()

    def run(self) -> Iterator[None]:
        """Compute the differences, with a rest after each parameter."""
        for p in range(len(self.numeric)):
            self.numeric[p] = _central_difference(self.probe, self.X, self.y, p, self.h)
            yield
        differences = np.abs(self.analytic - self.numeric)
        for p in np.flatnonzero(~(differences <= self.tolerance * self._scale())).tolist():
            self._look_for_kinks(p)
            yield

    def errors(self) -> Array:
        """The relative errors, (P,): infinite where a value is NaN."""
        errors: Array = np.abs(self.analytic - self.numeric) / self._scale()
        errors[np.isnan(errors)] = np.inf
        return errors

    def largest(self) -> float:
        """The largest ``|derivative|``."""
        return float(max(np.abs(self.analytic).max(), np.abs(self.numeric).max()))

    def _scale(self) -> float:
        return float(max(np.abs(self.analytic).max(), np.abs(self.numeric).max(), _SMALLEST_SCALE))

    def _look_for_kinks(self, p: int) -> None:
        """Compare again without the examples for which a step of h takes a unit over a kink."""
        crossing = _crossing(self.probe, self.X, self.y, p, self.h)
        if not crossing:
            return
        self.undecided |= crossing
        others = np.delete(np.arange(len(self.X)), [unit.example - 1 for unit in crossing])
        self.analytic[p] = self.numeric[p] = 0          # of no example, the gradient is 0
        if len(others):
            X_others, y_others = np.asarray(self.X)[others], np.asarray(self.y)[others]
            self.analytic[p] = self.net.backward(X_others, y_others).flat[p]
            self.numeric[p] = _central_difference(self.probe, X_others, y_others, p, self.h)


def _report(net: Network, comparison: Comparison) -> GradientReport:
    analytic, numeric, error = comparison.analytic, comparison.numeric, comparison.errors()
    names = parameter_names(net)
    at = int(error.argmax())
    rows, start = [], 0
    for l, layer in enumerate(net, start=1):
        for name, array in (("W", layer.W), ("b", layer.b)):
            part = slice(start, start + array.size)
            rows.append((f"{name}[{l}]", float(np.abs(analytic[part]).max()), float(error[part].max())))
            start += array.size
    worst = _("{name}: {analytic:.9g} by backpropagation, {numeric:.9g} by central differences",
              name=names[at], analytic=analytic[at], numeric=numeric[at])
    ok = bool(error[at] <= comparison.tolerance and comparison.largest() > 0)
    return GradientReport(ok, float(error[at]), worst, tuple(rows), tuple(sorted(comparison.undecided)))


def _central_difference(probe: Network, X: Any, y: Any, p: int, h: float) -> float:
    losses = [at.backward(X, y).loss for at in _moved(probe, p, (h, -h))]
    return (losses[0] - losses[1]) / (2 * h)


def _moved(probe: Network, p: int, steps: tuple[float, ...]) -> Iterator[Network]:
    """The network with element p of θ moved by each step in turn, and at last as it was."""
    kept = probe.parameters[p]
    for step in steps:
        probe.parameters[p] = kept + step
        yield probe
    probe.parameters[p] = kept


def _crossing(probe: Network, X: Any, y: Any, p: int, h: float) -> set[Undecided]:
    """The units and examples whose z meets a kink while θ[p] moves from −h to h."""
    crossing: set[Undecided] = set()
    for same in zip(*(_distances(net, X, y) for net in _moved(probe, p, (-h, 0.0, h))), strict=True):
        l, at = same[0][0], np.array([distance for _layer, distance in same])
        low, high = at.min(axis=0), at.max(axis=0)
        crossing |= {Undecided(l, i + 1, c + 1) for i, c in np.argwhere((low <= 0) & (high >= 0) & (low < high)).tolist()}
    return crossing


def _distances(net: Network, X: Any, y: Any) -> list[tuple[int, Array]]:
    """For each kink the layer, and z less the kink (n[l], m); for a kink of the loss, ŷ − y less it."""
    forward = net.forward(X)
    found = [(l, forward.Z[l] - kink) for l, layer in enumerate(net, start=1) for kink in ACTIVATIONS[layer.activation].kinks]
    for kink in LOSSES[net.loss].kinks:
        Y = net.check_targets(y, "y", len(X)).reshape(len(X), -1).T
        found.append((len(net), forward.A[-1] - Y - kink))
    return found


def parameter_names(net: Network) -> list[str]:
    """The name of every element of θ."""
    return [f"{name}[{l}][{i}, {k}]" for l, layer in enumerate(net, start=1)
            for name, array in (("W", layer.W), ("b", layer.b)) for i, k in np.ndindex(*array.shape)]
