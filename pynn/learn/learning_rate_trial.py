"""Whether another learning rate does much better in a short trial on a copy of the network."""
from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from pynn.learn.finding import Finding
from pynn.network import Network
from pynn.training import DivergenceError, DivergenceWarning

Array = np.ndarray[Any, np.dtype[Any]]

MOST_PRODUCTS = 100_000_000     # weights × examples of one trial: some tenths of a second
TRIAL_STEPS = 300           # about ten epochs of 1000 examples in batches of 32
TRIAL_BATCH = 32            # the default of Network.fit
BETTER = 0.25               # of the loss of always predicting the mean: another α must gain this much; a lower loss cannot
SLOW = 1 / 3                # of the gain of a high α in a trial: if 10 α gains more, ten times as many epochs do too
LOWER = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)    # times α: is α too high?
HIGHER = (1e1, 1e2, 1e3, 1e4, 1e5, 1e6)         # times α: is α too low?


def check_learning_rate(net: Network, X: Array, y: Array, m: int, *, spoilt: bool) -> list[Finding]:
    """Compare the learning rate with lower and higher ones; X and y are a sample of m examples.

    spoilt: whether the weights are beyond repair, so that only a trial with new weights says something.
    """
    steps_taken = int(net.state.counts[0])
    batch_size = min(len(X), max(TRIAL_BATCH, round(m * net.epoch / steps_taken) if steps_taken else 0))
    steps = max(20, min(TRIAL_STEPS, MOST_PRODUCTS // (len(net.parameters) * batch_size)))
    epochs = math.ceil(steps * batch_size / len(X))
    alpha, guess = net.learning_rate, loss_of_the_mean(net, X, y)
    starts = [] if spoilt else [net]
    if spoilt or (net.epoch and net.backward(X, y).loss > guess):
        starts.insert(0, _with_new_weights(net))
    for start in starts:
        before, after = start.backward(X, y).loss, _loss_after(start, X, y, epochs, batch_size, alpha)
        if after < BETTER * guess:
            continue            # no other α can gain enough
        losses = {factor: _loss_after(start, X, y, epochs, batch_size, factor * alpha)
                  for factor in LOWER + (HIGHER if start is net else ())}
        lower, higher = min(LOWER, key=losses.__getitem__), min(losses, key=losses.__getitem__)
        trial = f"in {epochs} epochs of {len(X)} examples, from a loss of {before:.4g}, learning_rate {alpha:g} {_leads(after)}"
        if after - losses[lower] > BETTER * guess:
            return [Finding(
                "learning_rate_too_high", None, f"{trial}, but {lower * alpha:g} {_leads(losses[lower])}",
                "Each step follows the slope at its start, and a step of this length overshoots the minimum.",
                f"Lower the learning rate, to about {lower * alpha:g}.", setting={"learning_rate": lower * alpha})]
        if after - losses[higher] > BETTER * guess and before - losses[10] < SLOW * (before - losses[higher]):
            return [Finding(
                "learning_rate_too_low", None, f"{trial}, but {higher * alpha:g} {_leads(losses[higher])}",
                "Steps this short hardly move the parameters, and ten times as many would not suffice either.",
                f"Raise the learning rate, to about {higher * alpha:g}.", setting={"learning_rate": higher * alpha})]
    return []


def _leads(loss: float) -> str:
    return f"leads to {loss:.4g}" if math.isfinite(loss) else "diverges"


def _with_new_weights(net: Network) -> Network:
    """The same network with new weights, and with its optimiser at its first step."""
    twin = net.copy()
    twin.parameters = Network(net.sizes, hidden=net.activations[:-1], output=net.activations[-1], rng=0).parameters
    twin.state.use(net.optimizer)
    return twin


def _loss_after(net: Network, X: Array, y: Array, epochs: int, batch_size: int, learning_rate: float) -> float:
    """The median loss of the second half of a trial on a copy; infinite if it diverges."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DivergenceWarning)
            history = net.copy().fit(X, y, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, progress=False)
    except DivergenceError:
        return math.inf
    return float(np.median(history.loss[epochs // 2:]))


def loss_of_the_mean(net: Network, X: Array, y: Array) -> float:
    """The loss of always predicting the mean of y, as a network with biases alone does."""
    guess = Network([net.sizes[0], net.sizes[-1]], output=net.activations[-1], loss=net.loss, initializer="zeros")
    K, output = net.sizes[-1], net.activations[-1]
    columns = np.eye(K)[y] if output == "softmax" and y.ndim == 1 else y.reshape(len(y), -1)
    mean = columns.mean(axis=0)
    if output != "linear":
        mean = np.clip(mean, 0.5 / len(y), 1 - 0.5 / len(y))
        mean = np.log(mean) if output == "softmax" else np.log(mean / (1 - mean))
    guess[1].b = mean[:, None]
    return guess.evaluate(X, y)["loss"]
