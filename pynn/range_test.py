"""The learning-rate range test (Smith 2015): how the loss changes while α grows from step to step."""
from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pynn.network import Network
from pynn.training import DivergenceWarning
from pynn.validation import check_network, finite_array, positive_int, real_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SMOOTHING = 0.8        # of the running mean of the losses
_TOO_HIGH = 4           # times the smallest smoothed loss: the test ends
_SAMPLE = 1000          # examples on which the loss is measured before every step: always the same ones, to avoid noise
_SHARE = 0.1            # of the learning rate with the smallest loss, since training is about to break down there


@dataclass(frozen=True)
class RangeTest:
    """The result of find_learning_rate.

    Attributes
    ----------
    learning_rates : ndarray, (n,)
        α of every step.
    losses : ndarray, (n,)
        The loss before it, smoothed.
    suggestion : float
        A tenth of the α with the smallest loss.
    """

    learning_rates: np.ndarray
    losses: np.ndarray
    suggestion: float

    def __repr__(self) -> str:
        return (f"RangeTest(suggestion={self.suggestion:.3g}, {len(self.losses)} steps from {self.learning_rates[0]:.3g} to "
                f"{self.learning_rates[-1]:.3g})")

    def plot(self, ax: Axes | None = None, **line: Any) -> Axes:
        """Draw the losses over α: pynn.plot.range_test(self, ax)."""
        from pynn import plot
        return plot.range_test(self, ax, **line)


def find_learning_rate(net: Network, X: Any, y: Any, *, lowest: float = 1e-6, highest: float = 10.0, steps: int = 200,
                       batch_size: int = 32, optimizer: Any = None) -> RangeTest:
    """Train a copy of the network for a few steps with growing learning rates, and see how far the loss falls.

    The network itself is unchanged.  Scale the inputs first, or give the network a standardizer: hardly any learning rate
    suits unscaled inputs.  The test ends early if the loss runs away.  Take the suggestion as a start, and also try a larger
    and a smaller learning rate.

    Parameters
    ----------
    net : Network
    X : array-like, (m, n[0])
    y : array-like
        Both as for `Network.fit`.
    lowest, highest : float
        The first and the last α; each step multiplies α by a constant factor.
    steps : int
        At least 10.
    batch_size : int
    optimizer : str or one of pynn.optimizers, optional
        As for `Network.fit`.

    Returns
    -------
    RangeTest

    Raises
    ------
    ValueError, TypeError
        The message names the argument.  Also if no learning rate makes the loss fall.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(1000, rng=0)
    >>> found = pynn.find_learning_rate(pynn.Network([2, 4, 6, 6, 4, 1], rng=0), X, y)
    >>> 0.01 < found.suggestion < 10
    True
    """
    check_network(net)
    lowest = real_number(lowest, "lowest", 0, low_included=False)
    highest = real_number(highest, "highest", lowest, low_included=False)
    steps, batch_size = positive_int(steps, "steps", 10), positive_int(batch_size, "batch_size")
    X = net.encode(X, "X")
    net.check_examples(X, "X")
    X = finite_array(X, "X")
    net.check_targets(y, "y", len(X))
    y = finite_array(y, "y")
    twin, random = net.copy(), np.random.default_rng(net.epoch)
    sample = random.permutation(len(X))[:_SAMPLE]
    rates: list[float] = []
    losses: list[float] = []
    mean = 0.0
    for step in range(steps):
        alpha = lowest * (highest / lowest) ** (step / (steps - 1))
        rows = random.integers(len(X), size=min(batch_size, len(X)))
        try:
            mean = _SMOOTHING * mean + (1 - _SMOOTHING) * twin.evaluate(X[sample], y[sample])["loss"]
            loss = mean / (1 - _SMOOTHING ** (step + 1))
            if loss > _TOO_HIGH * min([loss, *losses]):
                break
            rates.append(alpha)
            losses.append(loss)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DivergenceWarning)
                twin.fit(X[rows], y[rows], epochs=1, batch_size=None, learning_rate=alpha,
                         optimizer=optimizer if step == 0 else None, progress=False)
        except ArithmeticError:         # a DivergenceError, or a loss that is NaN
            break
    least = int(np.argmin(losses)) if losses else 0
    if least == 0:
        raise ValueError(f"net: expected one whose loss falls at some learning rate from {lowest:g} to {highest:g}, but it "
                         "falls at none; pynn.diagnose may say why")
    return RangeTest(np.array(rates), np.array(losses), _SHARE * rates[least])
