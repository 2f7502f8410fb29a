"""Changes that a user makes while training goes on.  Each is a function of the present stage and network alone.

They are kept as events with the moment at which they were made, and are made again when the moment comes again.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pynn.initializers import INITIALIZERS
from pynn.network import Network
from pynn.playground.arguments import REQUIRED, arguments, whole
from pynn.playground.building import Origin, Stage, build_network, carry_over, continue_from
from pynn.playground.choices import MOST_LAYERS, MOST_UNITS, Json
from pynn.playground.settings import merge, recipe_of
from pynn.translation import Sentence
from pynn.validation import real_number

Changed = tuple[Stage, Network]


def change(origin: Origin, stage: Stage, net: Network, command: Json) -> Changed:
    """The stage and the network after a change; the network may be the same one.  If it fails, nothing is changed."""
    return CHANGES[command["command"]](origin, stage, net, command)


def restarts(part: Any) -> bool:
    """Whether a change of the setting begins again at epoch 0."""
    return isinstance(part, dict) and ("data" in part or "seed" in part or "initializer" in (part.get("network") or ()))


def merged(origin: Origin, setting: Json, part: Any) -> Json:
    """A setting with changes, checked with what the session has."""
    source = origin.source
    return merge(setting, part, source.classes if source else None, has_table=source is not None)


def _set(origin: Origin, stage: Stage, net: Network, command: Json) -> Changed:
    part, = arguments(command, setting=REQUIRED)
    setting = merged(origin, stage.setting, part)
    if setting["data"] != stage.setting["data"] or setting["seed"] != stage.setting["seed"]:
        raise ValueError("setting: data and seed cannot change while training goes on")
    after = Stage(setting, stage.examples)
    if setting["network"] != stage.setting["network"]:
        return after, _rebuilt(origin, after, net)
    _use_training(setting, net)
    return after, net


def _use_training(setting: Json, net: Network) -> None:
    """Take the optimiser of the setting; it keeps its memory if only α is another."""
    recipe = recipe_of(setting["training"])
    if recipe == net.optimizer.with_learning_rate(recipe.learning_rate):
        net.learning_rate = recipe.learning_rate
    else:
        net.state.use(recipe)


def _rebuilt(origin: Origin, stage: Stage, net: Network, layers: list[int | None] | None = None) -> Network:
    """A network of the new shape that goes on where the old one is."""
    new = build_network(stage, origin.source)
    carry_over(net, new, layers)
    continue_from(net, new)
    return new


def _reshaped(stage: Stage, hidden: list[int], activations: list[str], dropout: list[float]) -> Stage:
    network = stage.setting["network"] | {"hidden": hidden, "activations": activations, "dropout": dropout}
    return Stage(stage.setting | {"network": network}, stage.examples)


def _shape(stage: Stage) -> tuple[list[int], list[str], list[float]]:
    """Units, activations and dropout of the hidden layers, in lists of their own."""
    network = stage.setting["network"]
    return list(network["hidden"]), list(network["activations"]), list(network["dropout"])


def _add_layer(origin: Origin, stage: Stage, net: Network, command: Json) -> Changed:
    after, units, activation = arguments(command, after=REQUIRED, units=4, activation=None)
    hidden, activations, dropout = _shape(stage)
    if len(hidden) >= MOST_LAYERS:
        raise ValueError(Sentence("after: the network has {most} hidden layers already, which is the most", most=MOST_LAYERS))
    at = whole(after, "after", 0, len(hidden))
    hidden.insert(at, whole(units, "units", 1, MOST_UNITS))
    activations.insert(at, (activations[max(at - 1, 0)] if activations else "relu") if activation is None else activation)
    dropout.insert(at, 0.0)
    changed = _reshaped(stage, hidden, activations, dropout)
    changed = Stage(merged(origin, changed.setting, {"network": {"activations": activations}}), stage.examples)
    layers: list[int | None] = list(range(1, len(net) + 1))
    layers.insert(at, None)
    return changed, _rebuilt(origin, changed, net, layers)


def _remove_layer(origin: Origin, stage: Stage, net: Network, command: Json) -> Changed:
    layer, = arguments(command, layer=REQUIRED)
    shape = _shape(stage)
    l = _hidden_layer(stage, layer)
    for column in shape:
        del column[l - 1]
    changed = _reshaped(stage, *shape)
    return changed, _rebuilt(origin, changed, net, [k for k in range(1, len(net) + 1) if k != l])


def _add_unit(origin: Origin, stage: Stage, net: Network, command: Json) -> Changed:
    layer, = arguments(command, layer=REQUIRED)
    hidden, activations, dropout = _shape(stage)
    l = _hidden_layer(stage, layer)
    if hidden[l - 1] >= MOST_UNITS:
        raise ValueError(Sentence("layer: layer {l} has {most} units already, which is the most", l=l, most=MOST_UNITS))
    hidden[l - 1] += 1
    changed = _reshaped(stage, hidden, activations, dropout)
    return changed, _rebuilt(origin, changed, net)


def _remove_unit(origin: Origin, stage: Stage, net: Network, command: Json) -> Changed:
    layer, unit = arguments(command, layer=REQUIRED, unit=None)
    hidden, activations, dropout = _shape(stage)
    l = _hidden_layer(stage, layer)
    if hidden[l - 1] == 1:
        raise ValueError(Sentence("layer: layer {l} has one unit, which must stay; remove the layer", l=l))
    i = whole(hidden[l - 1] if unit is None else unit, "unit", 1, hidden[l - 1]) - 1
    hidden[l - 1] -= 1
    changed = _reshaped(stage, hidden, activations, dropout)
    new = _rebuilt(origin, changed, net)
    new[l].W, new[l].b = np.delete(net[l].W, i, axis=0), np.delete(net[l].b, i, axis=0)
    new[l + 1].W = np.delete(net[l + 1].W, i, axis=1)
    return changed, new


def _hidden_layer(stage: Stage, layer: object) -> int:
    layers = len(stage.setting["network"]["hidden"])
    if not layers:
        raise ValueError(Sentence("layer: the network has no hidden layer"))
    return whole(layer, "layer", 1, layers)


def _edit(origin: Origin, stage: Stage, net: Network, command: Json) -> Changed:
    array, at, value = find_parameter(net, command, value=REQUIRED)
    array[at] = real_number(value, "value", -1e6, 1e6)
    return stage, net


def find_parameter(net: Network, command: Json, **more: Any) -> tuple[Any, tuple[int, int], Any]:
    """The array, the place in it, and the new value of a command that edits one weight or bias."""
    layer, unit, source, value = arguments(command, layer=REQUIRED, unit=REQUIRED, input=REQUIRED, **more)
    one = net[whole(layer, "layer", 1, len(net))]
    i = whole(unit, "unit", 1, len(one.b)) - 1
    k = whole(source, "input", 0, one.W.shape[1])
    return (one.W, (i, k - 1), value) if k else (one.b, (i, 0), value)


def _revive(origin: Origin, stage: Stage, net: Network, command: Json) -> Changed:
    """New weights from `he` and a small bias for the units that are 0 for all training examples."""
    layer, = arguments(command, layer=None)
    wanted = None if layer is None else _hidden_layer(stage, layer)
    generator = np.random.default_rng([net.state.seed, int(net.state.counts[0]), net.epoch])
    for l in ([wanted] if wanted else range(1, len(net))):
        dead = dead_units(stage, net)[l]            # of the layers before as they are now
        for i in dead:
            one = net[l]
            one.W[i] = INITIALIZERS["he"](1, one.W.shape[1], one.activation, generator)[0]
            one.b[i] = 0.1
    return stage, net


def dead_units(stage: Stage, net: Network) -> dict[int, list[int]]:
    """For each hidden layer, the units (from 0) that are 0 for every training example."""
    A = net.forward(stage.examples.X).A
    return {l: np.flatnonzero((A[l] == 0).all(axis=1)).tolist() for l in range(1, len(net))}


def _add_points(origin: Origin, stage: Stage, net: Network, command: Json) -> Changed:
    rows, = arguments(command, rows=REQUIRED)
    if not isinstance(rows, list) or not rows:
        raise ValueError("points: expected a list of points")
    return _with_data(origin, stage, {"added": stage.setting["data"]["added"] + rows}), net


def _remove_points(origin: Origin, stage: Stage, net: Network, command: Json) -> Changed:
    index, = arguments(command, index=REQUIRED)
    if not isinstance(index, list) or not index:
        raise ValueError("index: expected a list of numbers of examples")
    return _with_data(origin, stage, {"removed": stage.setting["data"]["removed"] + index}), net


def _with_data(origin: Origin, stage: Stage, part: Json) -> Stage:
    data = stage.setting["data"] | part
    return origin.stage(stage.setting | {"data": data})


CHANGES: dict[str, Callable[[Origin, Stage, Network, Json], Changed]] = {
    "set": _set, "add_layer": _add_layer, "remove_layer": _remove_layer, "add_unit": _add_unit, "remove_unit": _remove_unit,
    "edit": _edit, "revive": _revive, "add_points": _add_points, "remove_points": _remove_points,
}
