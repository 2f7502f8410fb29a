"""From a setting to a network, and from one network to another that keeps the weights that still fit."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pynn.network import Network
from pynn.playground.choices import TABLE, Json, schedule_of
from pynn.playground.examples import Examples, Source, make_examples
from pynn.playground.settings import recipe_of

Array = np.ndarray[Any, np.dtype[Any]]


class Stage(NamedTuple):
    """What stays the same between two changes: the setting and the examples."""

    setting: Json
    examples: Examples


class Origin(NamedTuple):
    """What a session has besides its setting: a table, and a network whose weights are the first ones with the seed `seed`."""

    source: Source | None = None
    net: Network | None = None
    seed: int = 0

    def stage(self, setting: Json) -> Stage:
        """The setting with its examples."""
        net = self.net if self.net is not None and setting["seed"] == self.seed else None
        scaling = (None, None) if net is None else (net.standardizer, net.target_standardizer)
        return Stage(setting, make_examples(setting["data"], self.source, scaling))

    def first_network(self, stage: Stage) -> Network:
        """The network at epoch 0."""
        new, own = build_network(stage, self.source), self.net
        if own is not None and stage.setting["seed"] == self.seed and own.sizes[::len(own)] == new.sizes[::len(new)]:
            carry_over(own, new)
            if own.sizes == new.sizes and own.optimizer == new.optimizer:
                theta = new.parameters.copy()
                new.state.restore(own.state.snapshot())
                new.parameters = theta
                new.state.start_over(self.seed)
        return new


def build_network(stage: Stage, source: Source | None) -> Network:
    """A new network with the weights of the setting's seed."""
    setting, examples = stage
    network = setting["network"]
    named = {name: network[name] for name in ("output", "loss", "initializer", "dropout", "dtype")}
    net = Network([examples.X.shape[1], *network["hidden"], output_units(stage)], hidden=network["activations"], **named,
                  rng=setting["seed"])
    net.standardizer, net.target_standardizer = examples.standardizer, examples.target_standardizer
    if source is not None and setting["data"]["name"] == TABLE:
        if examples.encoder is None:
            net.feature_names = source.features
        else:
            net.encoder = examples.encoder              # names the features too
        if source.labels is not None and len(source.labels) == net.architecture.labels:
            net.label_names = source.labels
    net.state.use(recipe_of(setting["training"]))
    return net


def output_units(stage: Stage) -> int:
    """n[L]."""
    classes = stage.examples.classes
    return 1 if classes is None or stage.setting["network"]["output"] == "sigmoid" else classes


def carry_over(old: Network, new: Network, layers: Sequence[int | None] | None = None) -> None:
    """Give the new network the weights and biases of the old one that fit.

    `layers[l − 1]` is the old layer that became layer l, or None for a new one; by default the hidden layers are counted from
    the front, and the last layer stays the last.
    """
    if layers is None:
        hidden = range(1, len(new))
        layers = [*(l if l < len(old) else None for l in hidden), len(old)]
    for layer, l in zip(new, layers, strict=True):
        if l is None:
            continue
        rows, columns = (min(n, k) for n, k in zip(layer.W.shape, old[l].W.shape, strict=True))
        layer.W[:rows, :columns] = old[l].W[:rows, :columns]
        layer.b[:rows] = old[l].b[:rows]


def continue_from(old: Network, new: Network) -> None:
    """Give the new network the seed and the counts of the old one, and the optimiser's memory if it fits."""
    theta, before = new.parameters.copy(), old.state.snapshot()
    if old.sizes == new.sizes and old.dtype == new.dtype and old.optimizer == new.optimizer:
        new.state.restore(before)
        new.parameters = theta
    else:
        new.state.start_over(before.seed)
        new.state.epoch, new.state.counts[0] = before.epoch, before.counts[0]


def fit_arguments(setting: Json) -> dict[str, Any]:
    """The arguments of fit that a setting has."""
    training = setting["training"]
    return {"learning_rate": schedule_of(training["learning_rate"], training["schedule"]), "progress": False,
            **{name: training[name] for name in ("batch_size", "shuffle", "l1", "l2", "clip_norm")}}


def rate_of(setting: Json, epoch: int) -> float:
    """α of an epoch."""
    rate = schedule_of(setting["training"]["learning_rate"], setting["training"]["schedule"])
    return rate(epoch) if callable(rate) else rate
