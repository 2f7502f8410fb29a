"""What the page looks at: two features, an output, an example; and the grids over the plane of the two features."""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pynn.network import Network
from pynn.playground.arguments import arguments, whole
from pynn.playground.choices import MOST_DRAWN, Json
from pynn.playground.examples import Examples
from pynn.translation import Sentence
from pynn.validation import boolean, finite_array

Array = np.ndarray[Any, np.dtype[Any]]

_MARGIN = 0.1           # of the range of the examples, on every side


@dataclass(frozen=True)
class View:
    """Features count from 1, as in the article; with one feature, the plane is this feature and the target."""

    features: tuple[int, ...] = (1, 2)
    output: int = 1
    gradient: bool = False
    example: int | None = None
    point: tuple[float, ...] | None = None
    held: tuple[float, ...] | None = None

    def fitting(self, net: Network, examples: Examples) -> View:
        """The view without what the network or the examples no longer have."""
        inputs, view = net.sizes[0], self
        if inputs == 1 or len(view.features) != 2 or max(view.features) > inputs:
            view = replace(view, features=(1,) if inputs == 1 else (1, 2), held=None)
        if view.output > net.sizes[-1]:
            view = replace(view, output=1)
        if view.held is not None and len(view.held) != inputs:
            view = replace(view, held=None)
        if view.point is not None and len(view.point) != inputs:
            view = replace(view, point=None)
        if view.example is not None and view.example not in examples.rows and view.example not in examples.test_rows:
            view = replace(view, example=None)
        return view

    def changed(self, command: Json, net: Network, examples: Examples) -> View:
        """The view after a command `view`."""
        now = vars(self)
        features, output, gradient, example, x, held = arguments(
            command, features=list(self.features), output=self.output, gradient=self.gradient, example=self.example, x=None,
            held=None if self.held is None else list(self.held))
        inputs = net.sizes[0]
        wanted = min(inputs, 2)
        if not isinstance(features, list) or len(features) != wanted:
            raise ValueError(f"features: expected a list of {wanted} numbers of features, got {features!r}")
        chosen = tuple(whole(one, "features", 1, inputs) for one in features)
        if len(set(chosen)) != wanted:
            raise ValueError(f"features: expected two different features, got {features}")
        if example is not None:
            examples.find(example, "example")
        point = None if x is None else check_point(x, "x", inputs)
        if "x" not in command and "example" not in command:
            point = now["point"]
        return View(chosen, whole(output, "output", 1, net.sizes[-1]), boolean(gradient, "gradient"),
                    None if point is not None else example, point, None if held is None else check_point(held, "held", inputs))

    def held_values(self, examples: Examples) -> Array:
        """The values of all features outside of the plane: the given ones, or the means of the training examples."""
        return examples.X.mean(axis=0) if self.held is None else np.array(self.held)

    def extent(self, examples: Examples) -> list[float]:
        """x0, x1, y0, y1 of the plane: the range of the data and a margin, and what is needed for points added beyond it."""
        rows = examples.rows >= examples.added_from
        added = np.column_stack([examples.X[rows], examples.y[rows]])
        edges: list[float] = []
        for k in [*(k - 1 for k in self.features), *[-1] * (len(self.features) == 1)]:
            low, high = float(examples.low[k]), float(examples.high[k])
            room = _MARGIN * (high - low) if high > low else 1.0
            outside = [value for value in added[:, k] if not low - room < value < high + room]
            edges += [min([low, *outside]) - room, max([high, *outside]) + room]
        return edges

    def grid(self, examples: Examples, points: int) -> Array:
        """The examples (n, n[0]) of a grid over the plane: rows from bottom to top; with one feature, one row."""
        x0, x1, y0, y1 = self.extent(examples)
        across = np.linspace(x0, x1, points)
        if len(self.features) == 1:
            return across[:, None]
        rows = np.tile(self.held_values(examples), (points * points, 1))
        first, second = (k - 1 for k in self.features)
        rows[:, first], rows[:, second] = (part.ravel() for part in np.meshgrid(across, np.linspace(y0, y1, points)))
        return rows

    def place(self, examples: Examples, point: Any) -> list[float]:
        """The features of a point of the plane, and the target that comes last in it."""
        values = finite_array(point, "points")
        if values.shape != (len(self.features) + 1,):
            raise ValueError(f"points: expected {len(self.features)} coordinates and a target for each, got {point!r}")
        row = self.held_values(examples).tolist()
        for k, value in zip(self.features, values.tolist(), strict=False):
            row[k - 1] = value
        return [*row, float(values[-1])]


def check_point(values: Any, name: str, features: int) -> tuple[float, ...]:
    """A point of the input space."""
    array = finite_array(values, name)
    if array.shape != (features,) or np.abs(array).max() > 1e9:
        raise ValueError(Sentence("{name}: expected {features} numbers of at most 1e9 in size, got {values!r}", name=name,
                                  features=features, values=values))
    return tuple(map(float, array))


def shown(examples: Examples) -> Array:
    """Which of all examples are shown: all, or MOST_DRAWN of them."""
    m = len(examples.X) + len(examples.X_test)
    return np.arange(m) if m <= MOST_DRAWN else np.linspace(0, m - 1, MOST_DRAWN).astype(np.int64)
