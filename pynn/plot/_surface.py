"""What a network answers over the plane of two features, painted in a panel: in one way for every picture."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Colormap, Normalize
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot._colours import LEADS, PROBABILITIES, VALUES_MAP, class_shades
from pynn.plot._examples import class_names, draw_classes, draw_values
from pynn.plot._names import ClassName
from pynn.plot._plane import Plane, plane_of
from pynn.translation import _

if TYPE_CHECKING:
    from pynn.network import Network

_TENTHS = BoundaryNorm(np.linspace(0.0, 1.0, 11), 256)


def scale_label(output: str) -> str:
    """What the colours of a surface mean."""
    return {"linear": r"$\hat{y}$", "sigmoid": "$P(y = 1)$",
            "softmax": _("lead of the likeliest class over the next")}[output]


class Sheet(NamedTuple):
    """Values over a plane with their colours, and a line where other values over it cross a level."""

    values: np.ndarray          # (grid, grid)
    cmap: str | Colormap
    norm: Normalize
    borders: np.ndarray         # (grid, grid)
    level: float | None


class View(NamedTuple):
    """A plane, and the examples on it if there are any."""

    plane: Plane
    y: np.ndarray | None        # (m,) classes or values
    names: dict[int, ClassName]


def view_of(net: Network, X: ArrayLike | None, y: ArrayLike | None, grid: int, extent: Sequence[float] | None,
            features: Sequence[int] | None, held: ArrayLike | None, label_names: Sequence[str] | None) -> View:
    """What the arguments of a picture ask for."""
    plane = plane_of(net, X, grid, extent, features, held)
    if y is None:
        return View(plane, None, {})
    if plane.points is None:
        raise ValueError("y: expected X along with y, got X=None")
    output, units, m = output_of(net), net.sizes[-1], len(plane.points)
    answers = validation.check_targets(y, "y", m, units, output, np.dtype(np.float64))
    answers = answers.argmax(axis=1) if output == "softmax" and answers.ndim == 2 else answers.reshape(m)
    answers = (answers > 0.5).astype(np.int64) if output == "sigmoid" else answers      # a soft target is drawn as a class
    names = net.label_names if label_names is None else label_names
    return View(plane, answers, {} if output == "linear" else class_names(answers, names))


def output_of(net: Network) -> str:
    """The output layer's activation, if one surface can show the output."""
    validation.check_network(net)
    output, units = net[len(net)].activation, net.sizes[-1]
    if output != "softmax" and units != 1:
        raise ValueError(f"net: expected one output unit or softmax, got {units} units of {output!r}")
    return output


def values_over(net: Network, plane: Plane) -> np.ndarray:
    """What the network answers over the plane: (grid, grid), P(y = 1) or ŷ; of softmax (grid, grid, K)."""
    grid = len(plane.x1)
    if net.is_regression:
        return np.asarray(net.predict(plane.examples), dtype=np.float64).reshape(grid, grid)
    p = np.asarray(net.predict_proba(plane.examples), dtype=np.float64).reshape(grid, grid, -1)
    return p if net.sizes[-1] > 1 else p[:, :, 1]


def leads(p: np.ndarray) -> np.ndarray:
    """The lead of each class's probability over that of the best other class: above 0 where the class is the likeliest."""
    return np.stack([p[:, :, k] - np.delete(p, k, axis=2).max(axis=2) for k in range(p.shape[2])], axis=2)


class Contours:
    """Paint with filled contours, which are smooth at any size."""

    def __init__(self, ax: Axes, plane: Plane, given: dict[str, Any]) -> None:
        self._ax, self._plane, self._given = ax, plane, given
        self.scale = ScalarMappable()

    def show(self, sheets: Sequence[Sheet]) -> None:
        """Paint the sheets, each where it is above the first boundary of its colours."""
        for sheet in sheets:
            assert isinstance(sheet.norm, BoundaryNorm)
            bands = sheet.norm.boundaries
            if len(sheets) == 1 or sheet.values.max() > bands[0]:
                colours = {} if "colors" in self._given else {"cmap": sheet.cmap}        # matplotlib takes one of them
                self.scale = self._ax.contourf(self._plane.x1, self._plane.x2, sheet.values,
                                               **{**colours, "levels": bands, **self._given})


class Pixels:
    """Paint with an image, which is quick to paint again."""

    def __init__(self, ax: Axes, plane: Plane, given: dict[str, Any], first: Sheet) -> None:
        empty = np.zeros((len(plane.x2), len(plane.x1)))
        self.scale = ax.imshow(empty, **{"origin": "lower", "extent": plane.pixels, "aspect": "auto", "zorder": 0,
                                         "interpolation": "bilinear", "interpolation_stage": "data", "cmap": first.cmap,
                                         "norm": first.norm, **given})

    def show(self, sheets: Sequence[Sheet]) -> None:
        """Paint the sheet, or of several the colours of that with the largest values."""
        self.scale.set_data(sheets[0].values if len(sheets) == 1 else _mixed(sheets))


def _mixed(sheets: Sequence[Sheet]) -> np.ndarray:
    """The colours of the largest values, (grid, grid, 3)."""
    largest = np.argmax([sheet.values for sheet in sheets], axis=0)
    colours = np.empty((*largest.shape, 3))
    for k in np.unique(largest):
        sheet: Any = sheets[k]
        colours[largest == k] = sheet.cmap(sheet.norm(sheet.values[largest == k]))[:, :3]
    return colours


def draw_line(ax: Axes, plane: Plane, values: np.ndarray, level: float | None) -> list[Any]:
    """The line where the values cross a level, if they do."""
    if level is not None and values.min() < level < values.max():       # matplotlib warns of a line that is nowhere
        return [ax.contour(plane.x1, plane.x2, values, levels=[level], colors="black", linewidths=1.2)]
    return []


class Surface:
    """What a network answers over a plane, with the examples on it; show takes the answers of another state of it.

    Values of a regression are coloured from the least to the greatest of `reach`.
    """

    def __init__(self, ax: Axes, output: str, view: View, values: np.ndarray, reach: np.ndarray, given: dict[str, Any], *,
                 contours: bool = False, size: float = 24) -> None:
        self.ax, self.output, self._plane = ax, output, view.plane
        self._bands = BoundaryNorm(MaxNLocator(20).tick_values(reach.min(), reach.max()), 256)
        self._lines: list[Any] = []
        self._paint = Contours(ax, view.plane, given) if contours else Pixels(ax, view.plane, given, self._sheets(values)[0])
        self.show(values)
        self.scale = ScalarMappable(cmap=LEADS) if output == "softmax" else self._paint.scale       # leads go from 0 to 1
        self.points: list[Any] = []
        if view.plane.points is not None and view.y is not None:
            if output == "linear":
                style = {"cmap": self.scale.cmap, "norm": self.scale.norm, "edgecolors": "black", "s": size}
                draw_values(ax, view.plane.points, view.y, **style)
            else:
                self.points = draw_classes(ax, view.plane.points, view.y, view.names, s=size)
        view.plane.frame(ax)

    def show(self, values: np.ndarray) -> None:
        """Paint these answers instead of those before."""
        for line in self._lines:
            line.remove()
        sheets = self._sheets(values)
        self._paint.show(sheets)
        self._lines = [line for sheet in sheets for line in draw_line(self.ax, self._plane, sheet.borders, sheet.level)]

    def _sheets(self, values: np.ndarray) -> list[Sheet]:
        if self.output == "linear":
            return [Sheet(values, VALUES_MAP, self._bands, values, None)]
        if self.output == "sigmoid":
            return [Sheet(values, PROBABILITIES, _TENTHS, values, 0.5)]
        return [Sheet(lead, class_shades(k), _TENTHS, lead, 0.0) for k, lead in enumerate(np.moveaxis(leads(values), 2, 0))]
