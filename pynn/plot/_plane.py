"""The plane of two features over which a network is asked; its other features are held fixed."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot._names import label_axes, spoken
from pynn.translation import _

if TYPE_CHECKING:
    from pynn.network import Network

_MARGIN = 0.1           # of the range of X, on every side


@dataclass(frozen=True)
class Plane:
    """A grid over two features, with the examples that the network is asked and the points of X."""

    x1: np.ndarray              # (grid,) values along the horizontal axis
    x2: np.ndarray              # (grid,) and along the vertical one
    examples: np.ndarray        # (grid², n[0]): row i·grid + j is at (x1[j], x2[i])
    points: np.ndarray | None   # (m, 2): X in the plane
    names: tuple[str, str]      # of the two features: those of the network, or x1, x2, …

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """x1_min, x1_max, x2_min, x2_max."""
        return self.x1[0], self.x1[-1], self.x2[0], self.x2[-1]

    @property
    def pixels(self) -> tuple[float, float, float, float]:
        """The extent of an image in which each point of the grid is the middle of a pixel."""
        half1, half2 = (self.x1[1] - self.x1[0]) / 2, (self.x2[1] - self.x2[0]) / 2
        return self.x1[0] - half1, self.x1[-1] + half1, self.x2[0] - half2, self.x2[-1] + half2

    def frame(self, ax: Axes, labels: bool = True) -> None:
        """Give a panel the limits of the plane, and the names of its features."""
        x1_min, x1_max, x2_min, x2_max = self.extent
        ax.set(xlim=(x1_min, x1_max), ylim=(x2_min, x2_max))
        if labels:
            label_axes(ax, *self.names)

    def in_words(self) -> str:
        """The extent of the plane in words."""
        x1_min, x1_max, x2_min, x2_max = self.extent
        first, second = map(spoken, self.names)
        ranges = _("{first} from {x1_min:.3g} to {x1_max:.3g} and {second} from {x2_min:.3g} to {x2_max:.3g}",
                   first=first, x1_min=x1_min, x1_max=x1_max, second=second, x2_min=x2_min, x2_max=x2_max)
        return ranges if self.examples.shape[1] == 2 else _("{ranges}, the other features held", ranges=ranges)


def plane_of(net: Network, X: ArrayLike | None, grid: int, extent: Sequence[float] | None,
             features: Sequence[int] | None, held: ArrayLike | None) -> Plane:
    """The plane for the arguments of a picture."""
    inputs = net.sizes[0]
    if inputs < 2:
        raise ValueError(f"net: expected a network of 2 features or more, got {inputs} (sizes {tuple(net.sizes)})")
    first, second = _checked_features(features, inputs, tuple(net.sizes))
    through = _checked_held(held, inputs, first, second)
    grid = validation.positive_int(grid, "grid", 2)
    points = None
    if X is not None:
        points = validation.check_examples(net.encode(X, "X"), "X", inputs, np.dtype(np.float64))[:, [first, second]]
    x1_min, x1_max, x2_min, x2_max = _checked_extent(extent, points)
    x1, x2 = np.linspace(x1_min, x1_max, grid), np.linspace(x2_min, x2_max, grid)
    examples = np.tile(through, (grid * grid, 1))
    examples[:, first], examples[:, second] = (values.ravel() for values in np.meshgrid(x1, x2))
    names = net.feature_names or [f"x{i + 1}" for i in range(inputs)]
    return Plane(x1, x2, examples, points, (names[first], names[second]))


def _checked_features(features: Sequence[int] | None, inputs: int, sizes: tuple[int, ...]) -> tuple[int, int]:
    if features is None:
        if inputs > 2:
            raise ValueError(f"net: expected a network of 2 features, got {inputs} (sizes {sizes}); choose a plane: "
                             f"features=(i, j), two columns of X, and held=, the values of the others")
        return 0, 1
    if isinstance(features, str) or not hasattr(features, "__len__") or len(features) != 2:
        raise ValueError(f"features: expected two columns of X, such as (0, 1), got {features!r}")
    first, second = (validation.positive_int(i, "features", 0) for i in features)
    if first == second or max(first, second) >= inputs:
        raise ValueError(f"features: expected two different columns from 0 to {inputs - 1}, got ({first}, {second})")
    return first, second


def _checked_held(held: ArrayLike | None, inputs: int, first: int, second: int) -> np.ndarray:
    """A point of the plane, (n[0],): the values of the held features in their places."""
    through = np.zeros(inputs)
    if held is None:
        if inputs > 2:
            raise ValueError(f"held: expected the values of the {inputs - 2} features other than {first} and {second}, or a "
                             f"point of all {inputs} such as X.mean(axis=0), got None")
        return through
    values = validation.finite_array(held, "held")
    if values.shape == (inputs,):
        through[:] = values
    elif values.shape == (inputs - 2,):
        through[[i for i in range(inputs) if i not in (first, second)]] = values
    else:
        raise ValueError(f"held: expected {inputs - 2} values of the other features or a point of all {inputs}, got shape "
                         f"{values.shape}")
    return through


def _checked_extent(extent: Sequence[float] | None, points: np.ndarray | None) -> tuple[float, float, float, float]:
    if extent is not None:
        edges = validation.finite_array(extent, "extent")
        if edges.shape != (4,) or edges[0] >= edges[1] or edges[2] >= edges[3]:
            raise ValueError(f"extent: expected (x1_min, x1_max, x2_min, x2_max), min below max, got {extent!r}")
        return float(edges[0]), float(edges[1]), float(edges[2]), float(edges[3])
    if points is None:
        return -1.5, 1.5, -1.5, 1.5
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    room = np.where(high > low, _MARGIN * (high - low), 1.0)
    low, high = low - room, high + room
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])
