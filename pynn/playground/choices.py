"""What a setting may say: the data sets, optimisers and schedules with their numbers, and the limits of the playground."""
from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

from pynn import datasets, schedules
from pynn.initializers import INITIALIZERS
from pynn.optimizers import RECIPES
from pynn.reference import ACTIVATIONS, HIDDEN, LOSSES, OPTIMIZERS, OUTPUT
from pynn.translation import Sentence
from pynn.validation import boolean, real_number

MOST_LAYERS = 8             # hidden ones
MOST_UNITS = 64             # of a layer
MOST_EXAMPLES = 20_000      # of a table; more are sampled
MOST_DRAWN = 5000           # of a data set that is drawn at random, and examples that are shown
MOST_CLASSES = 50           # of a table
MOST_FEATURES = 1000
MOST_POINTS = 1000          # added by hand
MOST_COMPARED = 6           # runs side by side
MOST_SEED = 2**31 - 1
MOST_EPOCH = 10**7

Json = dict[str, Any]


def whole(value: object, name: str, low: int, high: int) -> int:
    """An int from low to high."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(Sentence("{name}: expected a whole number from {low} to {high}, got {value}", name=name, low=low,
                                 high=high, value=repr(value)))
    if not low <= value <= high:
        raise ValueError(Sentence("{name}: expected a whole number from {low} to {high}, got {value}", name=name, low=low,
                                  high=high, value=value))
    return value


class Field(NamedTuple):
    """A number of a setting: its kind ("int", "number", "bool" or "pair"), default and range."""

    name: str
    kind: str
    default: Any
    low: float = 0.0
    high: float = float("inf")
    low_included: bool = True
    high_included: bool = True

    def check(self, value: object, name: str) -> Any:
        """The value as int, float or bool; errors call it `name`."""
        if self.kind == "bool":
            return boolean(value, name)
        if self.kind == "int":
            return whole(value, name, int(self.low), int(self.high))
        try:
            return real_number(value, name, self.low, self.high, low_included=self.low_included,
                               high_included=self.high_included)
        except ValueError:
            given = {"name": name, "low": self.low, "high": self.high, "value": value}
            raise ValueError(
                Sentence("{name}: expected a number from {low:g} to {high:g}, got {value}", **given) if self.low_included else
                Sentence("{name}: expected a number above {low:g}, up to {high:g}, got {value}", **given)) from None

    def describe(self) -> Json:
        """As the page gets it."""
        return {"name": self.name, "kind": self.kind, "default": self.default, "low": self.low,
                "high": None if self.high == float("inf") else self.high}


class DataSet(NamedTuple):
    """A generator of pynn.datasets, and the numbers that the page offers."""

    draw: Callable[..., Any]
    fields: tuple[Field, ...]
    features: int = 2
    classes: str | int | None = 2       # their number, or the name of the field that has it; None: values


_EXAMPLES = Field("examples", "int", 1000, 10, MOST_DRAWN)


def _data_set(draw: Callable[..., Any], *fields: Field, noise: float, **more: Any) -> DataSet:
    return DataSet(draw, (_EXAMPLES, Field("noise", "number", noise, 0, 1), *fields), **more)


DATA: dict[str, DataSet] = {
    "circles": _data_set(datasets.circles, Field("factor", "number", 0.3, 0, 0.95), noise=0.1),
    "moons": _data_set(datasets.moons, noise=0.2),
    "spirals": _data_set(datasets.spirals, Field("turns", "number", 1.0, 0.25, 3), Field("classes", "int", 2, 2, 5), noise=0.05,
                         classes="classes"),
    "xor": _data_set(datasets.xor, noise=0.05),
    "blobs": DataSet(datasets.blobs, (_EXAMPLES, Field("spread", "number", 0.5, 0, 2), Field("centers", "int", 3, 2, 6)),
                     classes="centers"),
    "plane": _data_set(datasets.plane, noise=0.1, classes=None),
    "sine": _data_set(datasets.sine, noise=0.1, features=1, classes=None),
}
TABLE = "table"             # the name of data that come from a file, or from the arguments of pynn.play

SCHEDULES: dict[str, tuple[Field, ...]] = {
    "constant": (),
    "step": (Field("every", "int", 50, 1, 10_000), Field("factor", "number", 0.5, 0, 1, low_included=False)),
    "exponential": (Field("factor", "number", 0.99, 0, 1, low_included=False),),
    "cosine": (Field("epochs", "int", 200, 1, 100_000), Field("lowest", "number", 1e-6)),
    "warm_up": (Field("epochs", "int", 10, 1, 10_000),),
}


def schedule_of(learning_rate: float, schedule: Json) -> Callable[[int], float] | float:
    """What fit takes as its learning rate."""
    numbers = {name: value for name, value in schedule.items() if name != "name"}
    kinds: dict[str, Callable[..., Any]] = {
        "step": schedules.Step, "exponential": schedules.Exponential, "cosine": schedules.Cosine, "warm_up": schedules.WarmUp}
    return kinds[schedule["name"]](learning_rate, **numbers) if schedule["name"] in kinds else learning_rate


def coefficients_of(optimizer: str) -> Json:
    """The defaults of an optimiser besides its learning rate."""
    recipe = RECIPES[optimizer]()
    values = {field.name: getattr(recipe, field.name) for field in dataclasses.fields(recipe) if field.name != "learning_rate"}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def outputs_for(classes: int | None) -> tuple[str, ...]:
    """The activations of the output layer that suit a number of classes, or values; the first is the default."""
    return ("linear",) if classes is None else ("sigmoid", "softmax") if classes == 2 else ("softmax",)


_COMPARED: tuple[tuple[str, str, list[Any]], ...] = (
    ("learning_rate", "number", [0.001, 0.01, 0.1, 1.0]), ("optimizer", "name", ["sgd", "rmsprop", "adam", "adamax"]),
    ("batch_size", "int", [8, 32, 128]), ("initializer", "name", ["paired", "he", "glorot", "small_normal"]),
    ("activation", "name", ["relu", "tanh", "sigmoid"]), ("l2", "number", [0.0, 0.001, 0.01]),
    ("dropout", "number", [0.0, 0.1, 0.3]), ("seed", "int", [0, 1, 2, 3]),
)
COMPARED = {name: kind for name, kind, _values in _COMPARED}


def describe_choices() -> Json:
    """All that the page offers, so that it names nothing itself."""
    kinds = {bool: "bool", float: "number", int: "int", list: "pair"}
    return {
        "data": [{"name": name, "kind": "values" if one.classes is None else "classes", "features": one.features,
                  "parameters": [field.describe() for field in one.fields]} for name, one in DATA.items()],
        "hidden": [{"name": name, "formula": ACTIVATIONS[name].formula, "derivative": ACTIVATIONS[name].derivative_formula}
                   for name in HIDDEN],
        "output": [{"name": name, "losses": list(losses), "formula": ACTIVATIONS[name].formula,
                    "derivative": ACTIVATIONS[name].derivative_formula} for name, losses in OUTPUT.items()],
        "losses": [{"name": name, "formula": loss.formula} for name, loss in LOSSES.items()],
        "initializers": list(INITIALIZERS),
        "optimizers": [{"name": name, "formula": OPTIMIZERS[recipe().rule].formula, "learning_rate": recipe().learning_rate,
                        "coefficients": [Field(key, kinds[type(value)], value, 0, 1 if key != "weight_decay" else 10).describe()
                                         for key, value in coefficients_of(name).items()]} for name, recipe in RECIPES.items()],
        "schedules": [{"name": name, "coefficients": [field.describe() for field in fields]}
                      for name, fields in SCHEDULES.items()],
        "compare": [{"name": name, "kind": kind, "suggested": values} for name, kind, values in _COMPARED],
    }


LIMITS: Json = {"layers": MOST_LAYERS, "units": MOST_UNITS, "examples": MOST_EXAMPLES, "drawn": MOST_DRAWN,
                "points": MOST_POINTS, "compare": MOST_COMPARED, "epoch": MOST_EPOCH, "seed": MOST_SEED,
                "command_bytes": 8 << 20}
