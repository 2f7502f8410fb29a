"""When a fit diverges: the error, the warning, and the causes that their messages name."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pynn.architecture import Architecture
from pynn.history import History
from pynn.optimizers import Optimizer
from pynn.translation import Sentence

Array = np.ndarray[Any, np.dtype[Any]]

_WARN_ABOVE = 10                # times the loss before the fit


class DivergenceError(ArithmeticError):
    """The loss or a parameter is not finite, before the first epoch or after any; the network is as it was before the fit.

    Attributes
    ----------
    history : History
        The epochs up to and including the one that diverged.
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.history)


class DivergenceWarning(UserWarning):
    """The loss of an epoch is above 10 times the loss before the fit, but finite.

    The loss before the fit is measured on at most 256 examples, evenly spaced over the data.
    Training continues, and the network keeps what it learns.  To go back, copy the network before the fit, with `net.copy()`
    or `net.save`.
    """


def warning_of(losses: Array, rates: Array, loss_before: float, epochs: int) -> DivergenceWarning | None:
    """The warning for the last of `epochs` epochs, with their losses and learning rates; None if no loss is so large."""
    limit = _WARN_ABOVE * loss_before
    if losses.max() <= limit:
        return None
    at = int((losses > limit).argmax())
    return DivergenceWarning(Sentence(
        "epoch {epoch}: the loss is {loss:.4g}, above {times} times the {loss_before:.4g} before the fit; lower learning_rate "
        "(now {rate:g}) or scale the inputs", epoch=epochs - len(losses) + at + 1, loss=losses[at], times=_WARN_ABOVE,
        loss_before=loss_before, rate=rates[at]))


def explain_divergence(optimizer: Optimizer, theta: Array, learning_rate: float, penalties: Mapping[str, float], *,
                       is_regression: bool) -> Sentence:
    """Which argument made the steps too large, and what to do."""
    eps: float = getattr(optimizer, "eps", 1.0)
    if theta.dtype.type(eps) == 0 and np.isnan(theta).any():
        return Sentence("eps={eps:g} of {optimizer} is 0 in {dtype}, so a gradient of 0 gives 0/0: take an eps above 0, "
                        "such as 1e-8", eps=eps, optimizer=type(optimizer).__name__, dtype=theta.dtype)
    penalties = {**penalties, "clip_norm": 0.0, "weight_decay": getattr(optimizer, "weight_decay", 0.0)}
    for name, strength in penalties.items():
        if learning_rate * strength > 2:
            return Sentence("learning_rate {rate:g} times {name} {strength:g} is above 2, so the steps of this penalty "
                            "alone overshoot 0: lower {name}", rate=learning_rate, name=name, strength=strength)
    if is_regression:
        return Sentence("Steps of learning_rate {rate:g} overshoot the minimum: lower learning_rate, or scale the inputs "
                        "and y to about -1 ... 1 (net.standardizer, net.target_standardizer)", rate=learning_rate)
    return Sentence("Steps of learning_rate {rate:g} overshoot the minimum: lower learning_rate, or scale the inputs "
                    "to about -1 ... 1 (net.standardizer)", rate=learning_rate)


def explain_overflow(engine: Any, architecture: Architecture, theta: Array, X: Array, y: Array) -> Sentence:
    """Why the loss of finite parameters is not finite, and what to do."""
    if architecture.is_regression:
        outputs, targets = abs(engine.predict(theta, X)).max(), abs(y).max()
        if np.isfinite(outputs) and targets >= outputs:
            return Sentence("y has values up to {largest:g}, whose squares sum up to more than float64 holds; scale y to about "
                            "-1 ... 1, as net.target_standardizer does", largest=targets)
    return Sentence("the values of X, up to {X:g}, and the parameters, up to {theta:g}, give outputs that {dtype} cannot hold; "
                    "scale the inputs to about -1 ... 1, or assign smaller parameters", X=abs(X).max(), theta=abs(theta).max(),
                    dtype=architecture.dtype)
