"""The learning rate as a cause: another one does much better in a short trial on a copy of the network."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from pynn.learn.case import BETTER, MOST_PRODUCTS, Case, fit_quietly
from pynn.learn.finding import Finding, Sentences
from pynn.network import Network

TRIAL_STEPS = 300           # about ten epochs of 1000 examples in batches of 32
TRIAL_BATCH = 32            # smaller batches make as many more steps
SLOW = 1 / 3                # of the gain of a high α in a trial: if 10 α gains more, ten times as many epochs do too
LOWER = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)    # times α: is α too high?
HIGHER = (1e1, 1e2, 1e3, 1e4, 1e5, 1e6)         # times α: is α too low?

TOO_HIGH = Sentences(
    "learning_rate_too_high",
    "in {epochs} epochs of {m} examples in batches of {batch_size}, from a loss of {before:.4g}, learning_rate "
    "{alpha:g} leads to {after}, but {other:g} leads to {loss}",
    "Each step follows the slope at its start, and a step of this length overshoots the minimum.",
    "Lower the learning rate, to about {other:g}.")
TOO_HIGH_FOR_ONE = Sentences(
    "learning_rate_too_high",
    "in {epochs} epochs of {m} examples in batches of {batch_size}, from a loss of {before:.4g}, learning_rate "
    "{alpha:g} leads to {after}, but {other:g} leads to {loss}",
    "The gradient of a batch of {batch_size} differs much from batch to batch, and steps of this length follow every "
    "one of them.",
    "Lower the learning rate, to about {other:g}; larger batches bear a higher one.")
DIVERGED = Sentences(
    "learning_rate_too_high", "the last fit diverged at learning_rate {alpha:g}; in {epochs} epochs of {m} examples, "
    "from a loss of {before:.4g}, {other:g} leads to {loss}",
    "Each step follows the slope at its start, and a step of this length overshoots the minimum, more with every step.",
    "Lower the learning rate, to about {other:g}.")
TOO_LOW = Sentences(
    "learning_rate_too_low",
    "in {epochs} epochs of {m} examples in batches of {batch_size}, from a loss of {before:.4g}, learning_rate "
    "{alpha:g} leads to {after}, but {other:g} leads to {loss}",
    "Steps this short hardly move the parameters, and ten times as many would not suffice either.",
    "Raise the learning rate, to about {other:g}.")


def check_learning_rate(case: Case, *, spoilt: bool) -> list[Finding]:
    """Compare the learning rate with lower and higher ones.

    spoilt: whether the weights are beyond repair, so that only a trial with new weights says something.
    """
    net, (X, y), guess, last = case.net, case.sample, case.guess, case.given.state.last_fit
    diverged = last is not None and last.diverged
    alpha = last.learning_rate if last is not None and last.diverged else net.learning_rate
    batch_size = min(case.batch_size, len(X))
    epochs = _epochs(net, len(X), batch_size)
    starts = [] if spoilt else [net]
    if spoilt or (net.epoch and case.loss > guess):
        starts.insert(0, with_new_weights(net))
    for start in starts:
        before = start.backward(X, y).loss
        after = math.inf if diverged else _loss_after(start, X, y, epochs, batch_size, alpha)
        if after < BETTER * guess:
            continue            # no other α can gain enough
        losses = {factor: _loss_after(start, X, y, epochs, batch_size, factor * alpha)
                  for factor in LOWER + (HIGHER if start is net and not diverged else ())}
        lower, higher = min(LOWER, key=losses.__getitem__), min(losses, key=losses.__getitem__)
        fields = {"epochs": epochs, "m": len(X), "batch_size": batch_size, "before": before, "alpha": alpha,
                  "after": _text(after)}
        if after - losses[lower] > BETTER * guess:
            sentences = DIVERGED if diverged else TOO_HIGH_FOR_ONE if batch_size < min(8, len(X)) else TOO_HIGH
            return [_found(sentences, lower * alpha, losses[lower], fields)]
        if after - losses[higher] > BETTER * guess and before - losses[10] < SLOW * (before - losses[higher]):
            return [_found(TOO_LOW, higher * alpha, losses[higher], fields)]
    return []


def _epochs(net: Network, m: int, batch_size: int) -> int:
    """As many as have about TRIAL_STEPS steps, or more with small batches."""
    steps = TRIAL_STEPS * max(1, TRIAL_BATCH // batch_size)
    return math.ceil(max(20, min(steps, MOST_PRODUCTS // (len(net.parameters) * batch_size))) * batch_size / m)


def _found(sentences: Sentences, other: float, loss: float, fields: dict[str, Any]) -> Finding:
    return sentences.found(other=other, loss=_text(loss), setting={"learning_rate": float(f"{other:.6g}")}, **fields)


def _text(loss: float) -> str:
    return f"{loss:.4g}" if math.isfinite(loss) else "∞"


def with_new_weights(net: Network) -> Network:
    """The same network with new weights, and with its optimiser at its first step."""
    twin = net.copy()
    twin.parameters = Network(net.sizes, hidden=net.activations[:-1], output=net.activations[-1], rng=0).parameters
    twin.state.use(net.optimizer)
    return twin


def _loss_after(net: Network, X: Any, y: Any, epochs: int, batch_size: int, learning_rate: float) -> float:
    """The median loss of the second half of a trial on a copy; infinite if it diverges."""
    history = fit_quietly(net.copy(), X, y, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate)
    return math.inf if history is None else float(np.median(history.loss[epochs // 2:]))
