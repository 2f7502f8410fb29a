"""Case: what diagnose examines, with the trials that causes and remedies are compared by."""
from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from pynn.network import Network
from pynn.optimizers import Adam
from pynn.reference import ACTIVATIONS
from pynn.standardizer import Standardizer
from pynn.state import LastFit
from pynn.training import DivergenceError, DivergenceWarning

Array = np.ndarray[Any, np.dtype[Any]]

MOST_EXAMPLES = 2000        # enough for shares to about 1 %
MOST_PRODUCTS = 100_000_000     # weights × examples of one short trial: some tenths of a second
LONG_TRIAL = 300_000_000    # the same of one long trial
BETTER = 0.25               # of the loss of the best constant: what a remedy must gain, and the loss below which nothing can
RIGHT = 0.2                 # of the errors of always answering the largest class: with fewer, a network has learned
STEPS, EPOCHS, FEWEST = 2000, 60, 10        # of a long trial: at least both of the first two; and with large networks
HELD_OUT = 3                # one of so many examples measures a long trial
FEW = 30                    # distinct rows: so few are a table, such as xor, and are learned by heart
CAPABLE = (32, 32)          # hidden layers that learn most tasks in the plane
TRAINER: dict[str, Any] = {"optimizer": Adam(learning_rate=0.01), "batch_size": 32}        # which trains most networks well


class Trial(NamedTuple):
    """The losses of a long trial by epoch on examples that it was not trained on, and the network at its end."""

    losses: Array
    net: Network | None

    @property
    def loss(self) -> float:
        """The loss at the end: the median of the last fifth."""
        return float(np.median(self.losses[-max(1, len(self.losses) // 5):]))

    @property
    def best(self) -> float:
        """The least loss; single epochs may be lucky, so of each three neighbours the median counts."""
        if len(self.losses) < 3:
            return self.loss
        return float(np.median(np.stack([self.losses[:-2], self.losses[1:-1], self.losses[2:]]), axis=0).min())


class Case:
    """A network with its examples, as layer 1 and the loss see them, and what is known of its last fit.

    Attributes
    ----------
    given, net : Network
        As it was handed in, and a copy without the standardizers, because X and y are scaled already.
    X, y : ndarray
        All examples.
    sample : (X, y)
        Of them at most 2000.
    validation : (X, y) or None
    """

    def __init__(self, net: Network, X: Any, y: Any, validation: Any = None) -> None:
        self.given, self.net = net, net.copy()
        self.X = net.check_examples(X, "X")
        self.y = net.check_targets(y, "y", len(self.X))
        self.validation = None
        if validation is not None:
            if not isinstance(validation, tuple | list) or len(validation) != 2:
                raise TypeError(f"validation_data: expected a pair (X, y), got {type(validation).__name__}")
            X_val = net.check_examples(validation[0], "validation_data[0]")
            self.validation = X_val, net.check_targets(validation[1], "validation_data[1]", len(X_val))
        self.net.standardizer = self.net.target_standardizer = None
        most = max(100, min(MOST_EXAMPLES, MOST_PRODUCTS // len(net.parameters)))
        rows = np.random.default_rng(0).permutation(len(self.X))[:most]
        self.sample = self.X[rows], self.y[rows]

    @property
    def last_fit(self) -> LastFit:
        """The last fit; if it is not known, a plain one with the network's optimiser."""
        optimizer = self.net.optimizer
        return self.given.state.last_fit or LastFit(1, self.batch_size, optimizer.learning_rate, optimizer, 0.0, 0.0, None)

    @cached_property
    def batch_size(self) -> int:
        """The batch size of the last fit, from the counts of steps and epochs if it is not known; at first fit's default."""
        last, steps = self.given.state.last_fit, int(self.net.state.counts[0])
        if last is not None:
            return min(last.batch_size or len(self.X), len(self.X))
        return min(len(self.X), max(1, round(len(self.X) * self.net.epoch / steps)) if steps else 32)

    @cached_property
    def guess(self) -> float:
        """The loss of the best constant on the sample."""
        return loss_of_the_best_constant(self.net, *self.sample)

    @cached_property
    def loss(self) -> float:
        """The present loss on the sample."""
        return self.net.backward(*self.sample).loss

    @cached_property
    def labels(self) -> Array | None:
        """The class of every example of the sample, or None where there are no classes, or several labels."""
        return labels_of(self.net, self.sample[1])

    @cached_property
    def learned(self) -> bool:
        """Whether the network does so well that no remedy could gain enough."""
        if self.loss < BETTER * self.guess:
            return True
        if self.labels is None or not math.isfinite(self.loss):
            return False
        errors = float((self.net.predict(self.sample[0]) != self.labels).mean())
        return errors < RIGHT * (1 - np.bincount(self.labels).max() / len(self.labels))

    # -------------------------------------------------------------------------------------------------- long trials

    @cached_property
    def halves(self) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        """The examples that long trials train on, and those that measure them; a small table is both."""
        X, y = self.sample
        if len(np.unique(X, axis=0)) <= FEW:
            return (X, y), (X, y)
        held = np.arange(len(X)) % HELD_OUT == 0
        return (X[~held], y[~held]), (X[held], y[held])

    @cached_property
    def held_out_guess(self) -> float:
        """The loss of the best constant on the examples that measure the trials."""
        return loss_of_the_best_constant(self.net, *self.halves[1])

    @cached_property
    def present(self) -> float:
        """The present loss on the examples that measure the trials, or that of the best constant, if it is less."""
        loss = self.net.backward(*self.halves[1]).loss
        return min(loss, self.held_out_guess) if math.isfinite(loss) else self.held_out_guess

    def gains(self, loss: float, over: float | None = None, share: float = BETTER) -> bool:
        """Whether a loss is so much less than another one, at first the present one, that it is no accident."""
        return (self.present if over is None else over) - loss > share * self.held_out_guess

    def new(self, *, sizes: Any = None, hidden: Any = None, dropout: Any = None, rng: int = 0) -> Network:
        """A network as this one with new weights; with other layers or dropout, if given; its engine is the compiled one."""
        net, sizes = self.net, tuple(sizes or self.net.sizes)
        hidden = hidden or (net.activations[:-1] if len(sizes) == len(net.sizes) else "relu")
        if dropout is None:
            dropout = net.dropout if len(sizes) == len(net.sizes) else max(net.dropout, default=0.0)
        return Network(sizes, hidden=hidden, output=net.activations[-1], loss=net.loss, dtype=net.dtype, rng=rng,
                       dropout=dropout if len(sizes) > 2 else 0.0)

    def epochs(self, net: Network, batch_size: int | None = 32) -> int:
        """The number of epochs of a long trial."""
        m = len(self.halves[0][0])
        wanted = max(EPOCHS, math.ceil(STEPS * min(batch_size or m, m) / m))
        return max(FEWEST, min(wanted, LONG_TRIAL // (len(net.parameters) * m)))

    def settings(self, **others: Any) -> dict[str, Any]:
        """The arguments of the last fit, with others in place of some."""
        last = self.last_fit
        optimizer = last.optimizer.with_learning_rate(last.learning_rate)
        return {"optimizer": optimizer, "batch_size": self.batch_size, "l1": last.l1, "l2": last.l2,
                "clip_norm": last.clip_norm, **others}

    @staticmethod
    def as_setting(settings: Mapping[str, Any], trial: Trial) -> dict[str, Any]:
        """What a trial needed, as arguments of fit: the epochs and, without settings of the user, the trainer."""
        trainer = {} if settings else {"optimizer": "adam", "learning_rate": TRAINER["optimizer"].learning_rate}
        return {**trainer, "epochs": len(trial.losses)}

    def try_out(self, net: Network, *, epochs: int | None = None, halves: Any = None, **settings: Any) -> Trial:
        """Train this network for a long trial, with the settings that train most networks well if there are none."""
        settings = settings or TRAINER
        (X, y), held_out = halves or self.halves
        history = fit_quietly(net, X, y, epochs=epochs or self.epochs(net, settings.get("batch_size")),
                              validation_data=held_out, **settings)
        return Trial(np.array([math.inf]), None) if history is None else Trial(history["val_loss"], net)

    @cached_property
    def capable(self) -> Trial:
        """A network that learns most tasks in the plane, on standardised inputs: the better of two trials."""
        trials = []
        for seed in range(2):
            trials.append(self.try_capable(self.halves, rng=seed))
            if not self.held_out_guess * (1 - BETTER) < trials[-1].best:
                break
        return min(trials, key=lambda trial: trial.best)

    def try_capable(self, halves: Any, *, rng: int = 0, epochs: int | None = None) -> Trial:
        """A trial of that network; it has no dropout."""
        standardizer, n = Standardizer.fit(halves[0][0]), self.net.sizes
        net = Network((n[0], *CAPABLE, n[-1]), output=self.net.activations[-1], loss=self.net.loss, dtype=self.net.dtype,
                      rng=rng)
        return self.try_out(net, halves=[(standardizer.transform(X), y) for X, y in halves], epochs=epochs)

    @cached_property
    def has_room(self) -> bool:
        """Whether a capable network does so much better that there is something to find."""
        return not self.learned and self.gains(self.capable.best)

    @cached_property
    def own(self) -> Trial:
        """The middle one of three trials of this network with new weights and a good trainer."""
        return sorted((self.try_out(self.new(rng=seed)) for seed in range(3)), key=lambda trial: trial.best)[1]


def fit_quietly(net: Network, X: Array, y: Array, **settings: Any) -> Any:
    """The history of a fit, or None if it diverges."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DivergenceWarning)
            return net.fit(X, y, progress=False, **settings)
    except DivergenceError:
        return None


def loss_of_the_best_constant(net: Network, X: Array, y: Array) -> float:
    """The loss of always predicting the mean of y, as a network with biases alone does; of values the median, if it is less."""
    guess = Network([net.sizes[0], net.sizes[-1]], output=net.activations[-1], loss=net.loss, initializer="zeros")
    K, output = net.sizes[-1], net.activations[-1]
    columns = np.eye(K)[y] if output == "softmax" and y.ndim == 1 else y.reshape(len(y), -1)
    mean = columns.mean(axis=0)
    constants = [mean, np.median(columns, axis=0)]
    if output != "linear":
        mean = np.clip(mean, 0.5 / len(y), 1 - 0.5 / len(y))
        constants = [np.log(mean) if output == "softmax" else np.log(mean / (1 - mean))]
    losses = []
    for constant in constants:
        guess[1].b = constant[:, None]
        losses.append(guess.evaluate(X, y)["loss"])
    return min(losses)


def labels_of(net: Network, y: Array) -> Array | None:
    """The class of every target, or None where there are no classes, several labels, or targets between 0 and 1."""
    if net.is_regression or (net.activations[-1] != "softmax" and (net.sizes[-1] > 1 or not are_whole(y))):
        return None
    labels: Array = (y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(len(y))).astype(np.int64)
    return labels


def are_whole(y: Array) -> bool:
    """Whether no target is between two whole numbers."""
    return bool((y == np.round(y)).all())


def is_linear(activation: str) -> bool:
    """Whether g is a straight line, so that layers of it are one layer."""
    z, g = np.linspace(-3, 3, 7), ACTIVATIONS[activation]
    return g.derivative is not None and bool(np.ptp(g.derivative(z, g.function(z))) == 0)
