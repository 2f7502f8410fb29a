"""Settings: the dictionaries from which all numbers of a session follow; checked, completed, and merged with changes."""
from __future__ import annotations

import copy
from typing import Any

from pynn.initializers import INITIALIZERS
from pynn.optimizers import RECIPES
from pynn.playground.choices import (
    DATA,
    MOST_DRAWN,
    MOST_LAYERS,
    MOST_SEED,
    MOST_UNITS,
    SCHEDULES,
    TABLE,
    Field,
    Json,
    coefficients_of,
    outputs_for,
    schedule_of,
)
from pynn.reference import HIDDEN, OUTPUT
from pynn.translation import sentence_of
from pynn.validation import boolean, choice

_SEED = Field("seed", "int", 0, 0, MOST_SEED)
_SHARE = Field("test_share", "number", 0.1, 0, 0.9)
_DROPOUT = Field("dropout", "number", 0.0, 0, 0.9)
_UNITS = Field("units", "int", 4, 1, MOST_UNITS)
_TRAINING = (Field("learning_rate", "number", 0.1, 0, 1000, low_included=False), Field("batch_size", "int", 32, 1, MOST_DRAWN),
             Field("shuffle", "bool", True), Field("l1", "number", 0.0, 0, 10), Field("l2", "number", 0.0, 0, 10),
             Field("clip_norm", "number", None, 0, 1e6, low_included=False))
_OPTIONAL = ("batch_size", "clip_norm")         # of these, which may be null
_NETWORK = ("hidden", "activations", "output", "loss", "initializer", "dropout", "dtype")
_DTYPES = ("float64", "float32")


def data_defaults(name: str) -> Json:
    """The data part of a setting."""
    if name == TABLE:
        return {"name": TABLE, "standardize": True, "test_share": _SHARE.default, "seed": 0, "added": [], "removed": []}
    return {"name": name, **{field.name: field.default for field in DATA[name].fields}, "test_share": _SHARE.default, "seed": 0,
            "added": [], "removed": []}


def default_setting() -> Json:
    """The article's circles and network."""
    return {
        "data": data_defaults("circles"),
        "network": {"hidden": [4, 6, 6, 4], "activations": ["relu"] * 4, "output": "sigmoid", "loss": "binary_cross_entropy",
                    "initializer": "paired", "dropout": [0.0] * 4, "dtype": "float64"},
        "training": {"optimizer": "sgd", "coefficients": coefficients_of("sgd"),
                     **{field.name: field.default for field in _TRAINING}, "schedule": {"name": "constant"}},
        "seed": 1,
    }


def classes_of(data: Json, table_classes: int | None) -> int | None:
    """The number of classes of the data, or None for values; `table_classes` if they are a table."""
    if data["name"] == TABLE:
        return table_classes
    of = DATA[data["name"]].classes
    return data[of] if isinstance(of, str) else of


def merge(setting: Json, part: Any, table_classes: int | None = None, *, has_table: bool = False) -> Json:
    """A setting with some fields changed, and what depends on them; checked.

    Parameters
    ----------
    setting : dict
        A full setting, which stays unchanged.
    part : dict
        The changes, in the same form.
    table_classes, has_table
        Of the table that the session has: the number of its classes (None: values), and whether there is one.

    Raises
    ------
    ValueError, TypeError
        The message begins with the field's name.
    """
    merged = copy.deepcopy(setting)
    _known(part, "setting", ("data", "network", "training", "seed"))
    if "seed" in part:
        merged["seed"] = _SEED.check(part["seed"], "seed")
    if "data" in part:
        merged["data"] = _merge_data(merged["data"], part["data"], has_table)
    classes = classes_of(merged["data"], table_classes)
    network = part.get("network", {})
    if isinstance(network, dict) and "output" not in network and classes != classes_of(setting["data"], table_classes):
        network = {"output": outputs_for(classes)[0], **network}
    merged["network"] = _merge_network(merged["network"], network, classes)
    if "training" in part:
        merged["training"] = _merge_training(merged["training"], part["training"])
    return merged


def check_setting(setting: Any, table_classes: int | None = None, *, has_table: bool = False) -> Json:
    """A full setting from outside, checked field by field; fields that are missing take their defaults."""
    _known(setting, "setting", ("data", "network", "training", "seed"))
    return merge(default_setting(), setting, table_classes, has_table=has_table)


def _known(part: Any, name: str, names: Any) -> None:
    """Check that `part` is an object that has no other fields."""
    if not isinstance(part, dict):
        raise TypeError(f"{name}: expected an object, got {part!r}")
    for key in part:
        if key not in names:
            where = "" if name == "setting" else f"{name}."
            raise ValueError(f"{where}{key}: unknown field; there are {', '.join(names)}")


def _merge_data(data: Json, part: Any, has_table: bool) -> Json:
    if not isinstance(part, dict):
        raise TypeError(f"data: expected an object, got {part!r}")
    name = choice(part.get("name", data["name"]), "data.name", [*DATA, *[TABLE] * has_table])
    merged = data_defaults(name)
    if name == data["name"]:
        merged |= data
        if set(part) - {"added", "removed"}:
            merged["removed"] = []              # other rows have these numbers now
    else:
        merged |= {key: data[key] for key in ("test_share", "seed")}
    _known(part, "data", merged)
    fields = {field.name: field for field in (*(DATA[name].fields if name in DATA else ()), _SHARE, _SEED)}
    for key, value in part.items():
        if key in fields:
            merged[key] = fields[key].check(value, f"data.{key}")
        elif key == "standardize":
            merged[key] = boolean(value, "data.standardize")
        elif key != "name":
            if not isinstance(value, list):
                raise TypeError(f"data.{key}: expected a list, got {value!r}")
            merged[key] = copy.deepcopy(value)          # its elements are checked where the examples are made
    return merged


def _merge_network(network: Json, part: Any, classes: int | None) -> Json:
    _known(part, "network", _NETWORK)
    merged = network | part
    merged["hidden"] = hidden = _list(merged["hidden"], "network.hidden", MOST_LAYERS)
    for l, units in enumerate(hidden):
        _UNITS.check(units, f"network.hidden[{l}]")
    for key in ("activations", "dropout"):
        value = merged[key]
        if key not in part:
            last = value[-1] if value else {"activations": "relu", "dropout": 0.0}[key]
            value = (value + [last] * len(hidden))[:len(hidden)]
        elif not isinstance(value, list):
            value = [value] * len(hidden)
        if len(value) != len(hidden):
            raise ValueError(f"network.{key}: expected one for each of {len(hidden)} hidden layers, got {len(value)}")
        merged[key] = value
    merged["activations"] = [choice(name, f"network.activations[{l}]", HIDDEN) for l, name in enumerate(merged["activations"])]
    merged["dropout"] = [_DROPOUT.check(p, f"network.dropout[{l}]") for l, p in enumerate(merged["dropout"])]
    outputs = outputs_for(classes)
    if "output" not in part and merged["output"] not in outputs:
        merged["output"] = outputs[0]
    choice(merged["output"], "network.output", outputs)
    losses = OUTPUT[merged["output"]]
    if "loss" not in part and (merged["output"] != network["output"] or merged["loss"] not in losses):
        merged["loss"] = losses[0]
    choice(merged["loss"], "network.loss", losses)
    choice(merged["initializer"], "network.initializer", INITIALIZERS)
    choice(merged["dtype"], "network.dtype", _DTYPES)
    return merged


def _merge_training(training: Json, part: Any) -> Json:
    fields = {field.name: field for field in _TRAINING}
    _known(part, "training", ("optimizer", "coefficients", *fields, "schedule"))
    merged = training | part
    optimizer = choice(merged["optimizer"], "training.optimizer", RECIPES)
    known = coefficients_of(optimizer)
    if optimizer != training["optimizer"]:
        merged["coefficients"] = known
        merged.setdefault("learning_rate", None)
        if "learning_rate" not in part:
            merged["learning_rate"] = RECIPES[optimizer]().learning_rate
    else:
        merged["coefficients"] = known | training["coefficients"]
    if "coefficients" in part:
        _known(part["coefficients"], "training.coefficients", known)
        merged["coefficients"] = merged["coefficients"] | copy.deepcopy(part["coefficients"])
    for name, field in fields.items():
        if not (merged[name] is None and name in _OPTIONAL):
            merged[name] = field.check(merged[name], f"training.{name}")
    try:
        recipe_of(merged)
    except (ValueError, TypeError) as error:
        raise type(error)(sentence_of(error).edited("training.coefficients.{}".format)) from None
    merged["schedule"] = _check_schedule(merged["schedule"], merged["learning_rate"])
    return merged


def _check_schedule(schedule: Any, learning_rate: float) -> Json:
    if not isinstance(schedule, dict):
        raise TypeError(f"training.schedule: expected an object, got {schedule!r}")
    name = choice(schedule.get("name"), "training.schedule.name", SCHEDULES)
    fields = {field.name: field for field in SCHEDULES[name]}
    _known(schedule, "training.schedule", ("name", *fields))
    checked = {"name": name, **{key: field.check(schedule.get(key, field.default), f"training.schedule.{key}")
                                for key, field in fields.items()}}
    try:
        schedule_of(learning_rate, checked)
    except (ValueError, TypeError) as error:
        raise type(error)(sentence_of(error).edited("training.schedule.{}".format)) from None
    return checked


def recipe_of(training: Json) -> Any:
    """The optimiser of a setting."""
    return RECIPES[training["optimizer"]](learning_rate=training["learning_rate"], **training["coefficients"])


def _list(value: Any, name: str, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{name}: expected a list, got {value!r}")
    if len(value) > most:
        raise ValueError(f"{name}: expected at most {most}, got {len(value)}")
    return list(value)
