"""Figure 8, gradient descent: the cost over two parameters, and the path that each learning rate takes on it."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from pynn import validation
from pynn.plot._colours import VALUES_MAP
from pynn.plot._costs import END, LINE, START, bands, label_levels
from pynn.plot._movie import Movie
from pynn.plot._panels import panels
from pynn.plot._style import styled
from pynn.plot.description import say
from pynn.translation import _

if TYPE_CHECKING:
    from pynn.network import Network

_RATES = 0.01, 0.2, 3.0        # too small, good and too large for the article's cost
_STEP = 6e-6            # of central differences: the cube root of the precision of float64
_MARGIN = 0.2           # of the range of the paths, on every side


@styled
def descent(cost: Callable[[float, float], float] | Network | None = None, X: ArrayLike | None = None,
            y: ArrayLike | None = None, axes: Any = None, *, learning_rates: float | Sequence[float] | None = None,
            start: Sequence[float] | None = None, steps: int = 40, entries: Sequence[int] | None = None,
            gradient: Callable[[float, float], Sequence[float]] | None = None, kind: str = "surface",
            animated: bool = False, fps: float = 10.0, extent: Sequence[float] | None = None, grid: int = 50,
            **surface: Any) -> np.ndarray | Movie:
    """Draw gradient descent on a cost of two parameters, one panel for each learning rate.

    Parameters
    ----------
    cost : callable (p, q) or Network, optional
        A function of two numbers, or a network: then its loss on X and y is drawn over two of its parameters. The default
        is an example: the mean squared error of sin(b·cos(a·x)), fitted to a = 1.2 and b = 2.5, over a and b.
    X, y : array-like, optional
        The examples, if cost is a network.
    axes : array of matplotlib Axes, optional
        One for each learning rate, made with projection="3d" for a surface.
    learning_rates : float or sequence of float, optional
        α of each panel. The default is 0.1. For the built-in example it is three rates: too small, good and too large.
    start : (p, q), optional
        Where the descent starts. It is required for a cost of your own. None starts a network at its own parameters.
    steps : int
        How many times p ← p − α ∂J/∂p, q ← q − α ∂J/∂q. The path ends earlier if the cost is no longer finite.
    entries : (i, j), optional
        The two positions in the `parameters` of a network, counted from 0.
    gradient : callable (p, q), optional
        ∂J/∂p and ∂J/∂q. None takes central differences, and for a network its own `backward`.
    kind : {"surface", "contour"}
    animated : bool
        Return an Animation of the growing paths.
    fps : float
        Frames a second of the Animation.
    extent : (p_min, p_max, q_min, q_max), optional
        The limits of the picture. None takes those of the paths, except where a path is far above its start.
    grid : int
        Points along each axis, at least 2. The cost is computed grid² times.
    **surface
        Keywords for `plot_surface` or `matplotlib.axes.Axes.contourf`, such as cmap or alpha.

    Returns
    -------
    ndarray of matplotlib Axes, (learning rates,), or matplotlib Animation

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> import pynn
    >>> axes = pynn.plot.descent(lambda p, q: p**2 + 2 * q**2, start=(2, 1), learning_rates=[0.05, 0.3], kind="contour")
    >>> len(axes)
    2
    >>> axes[1].lines[0].get_xdata()[:3].round(3)
    array([2.  , 0.8 , 0.32])
    """
    kind = validation.choice(kind, "kind", ("surface", "contour"))
    steps, grid = validation.positive_int(steps, "steps"), validation.positive_int(grid, "grid", 2)
    fps = validation.real_number(fps, "fps", 0, low_included=False)
    animated = validation.boolean(animated, "animated")
    problem = _problem(cost, X, y, entries, gradient, start)
    words, rates = _checked_rates(learning_rates, cost is None)
    walks = [_walk(problem, rate, steps) for rate in rates]
    window = _checked_extent(extent, walks)
    p, q = np.linspace(*window[:2], grid), np.linspace(*window[2:], grid)
    costs = np.array([[_cost(problem, x, y) for x in p] for y in q])
    if not np.isfinite(costs).any():
        raise ValueError("cost: expected finite numbers over extent, got none")

    new = axes is None
    solid = kind == "surface"
    drawn = panels(axes, len(rates), 3, figsize=(min(len(rates), 3) * 4.2, -(-len(rates) // 3) * 4.0),
                    **({"subplot_kw": {"projection": "3d"}} if solid else {"sharex": True, "sharey": True}))
    for ax in drawn:
        if solid != (ax.name == "3d"):
            wanted, got = ("made with projection='3d'", "a flat one") if solid else ("that are flat", "a 3-D one")
            raise ValueError(f"axes: expected Axes {wanted} for kind={kind!r}, got {got}")
    draw = _draw_surface if solid else _draw_contours
    paths = []
    for ax, walk, rate, word in zip(drawn, walks, rates, words, strict=True):
        filled = draw(ax, p, q, costs, surface)
        paths.append(_Path(ax, walk, f"{word}$\\alpha = {rate:g}$", window if solid else None))
        ax.set(xlabel=problem.names[0], ylabel=problem.names[1], xlim=window[:2], ylim=window[2:])
        say(ax, _("Gradient descent with learning rate {rate:g}: the cost goes from {first:.3g} to {last:.3g} in {steps} "
                  "steps.", rate=rate, first=walk.costs[0], last=walk.costs[-1], steps=len(walk.costs) - 1))
    if new and not solid:
        for ax in drawn:
            ax.label_outer()
        label_levels(drawn[0].figure.colorbar(filled, ax=drawn.tolist(), label="$J$"))

    def show(k: int) -> None:
        for path in paths:
            path.show(k)

    show(steps)
    if not animated:
        return drawn
    movie = Movie(drawn[0].figure, show, steps + 1, fps)
    say(movie, _("A film of {steps} steps of gradient descent with learning rates {rates}.", steps=steps,
                 rates=", ".join(f"{rate:g}" for rate in rates)))
    return movie


@dataclass(frozen=True)
class _Problem:
    """A cost of two parameters, its gradient, where to start, and what the parameters are called."""

    cost: Callable[[float, float], float]
    gradient: Callable[[float, float], ArrayLike]
    start: np.ndarray
    names: tuple[str, str]


@dataclass(frozen=True)
class _Walk:
    """The points of a descent, (n, 2), and their costs, (n,)."""

    points: np.ndarray
    costs: np.ndarray


def _problem(cost: Any, X: Any, y: Any, entries: Any, gradient: Any, start: Any) -> _Problem:
    if gradient is not None and not callable(gradient):
        raise TypeError(f"gradient: expected a callable (p, q) or None, got {type(gradient).__name__}")
    if hasattr(cost, "backward"):
        if gradient is not None:
            raise ValueError("gradient: expected None for a network, which has its own")
        return _of_network(cost, X, y, entries, start)
    for name, value in (("X", X), ("y", y), ("entries", entries)):
        if value is not None:
            raise ValueError(f"{name}: expected None, as cost is no network")
    if cost is None:
        cost, names = _article, ("$a$", "$b$")
        start = (0.5, 4.2) if start is None else start
    elif not callable(cost):
        raise TypeError(f"cost: expected a callable (p, q), a pynn.Network or None, got {type(cost).__name__}")
    else:
        names = ("$p$", "$q$")
    if start is None:
        raise ValueError("start: expected two numbers (p, q) for a cost of your own, got None")
    return _Problem(cost, gradient or _central_differences(cost), _pair(start, "start"), names)


def _article(a: float, b: float) -> float:
    """The mean squared error of sin(b·cos(a·x)) against the same function with a = 1.2 and b = 2.5."""
    x = np.linspace(-1.0, 1.0, 101)
    return float(np.mean((np.sin(b * np.cos(a * x)) - np.sin(2.5 * np.cos(1.2 * x))) ** 2))


def _of_network(net: Network, X: Any, y: Any, entries: Any, start: Any) -> _Problem:
    twin = net.copy()
    twin.evaluate(X, y)
    size = twin.parameters.size
    if entries is None:
        raise ValueError(f"entries: expected two positions in the network's {size} parameters, such as (0, 1), got None")
    i, j = (validation.positive_int(entry, "entries", 0) for entry in _two(entries, "entries"))
    if i == j or max(i, j) >= size:
        raise ValueError(f"entries: expected two different positions from 0 to {size - 1}, got ({i}, {j})")

    def cost(p: float, q: float) -> float:
        twin.parameters[[i, j]] = p, q
        return twin.evaluate(X, y)["loss"]

    def gradient(p: float, q: float) -> ArrayLike:
        twin.parameters[[i, j]] = p, q
        return twin.backward(X, y).flat[[i, j]]

    start = net.parameters[[i, j]] if start is None else start
    return _Problem(cost, gradient, _pair(start, "start"), (_symbol(net, i), _symbol(net, j)))


def _symbol(net: Network, entry: int) -> str:
    """The symbol of a parameter: W or b, with its layer above and its position below."""
    for l, layer in enumerate(net, start=1):
        if entry < layer.W.size:
            row, column = divmod(entry, layer.W.shape[1])
            return f"$W^{{[{l}]}}_{{{row + 1},{column + 1}}}$"
        entry -= layer.W.size
        if entry < layer.b.size:
            return f"$b^{{[{l}]}}_{{{entry + 1}}}$"
        entry -= layer.b.size
    raise AssertionError("checked to be a parameter")


def _central_differences(cost: Callable[[float, float], float]) -> Callable[[float, float], Sequence[float]]:
    def gradient(p: float, q: float) -> Sequence[float]:
        dp, dq = _STEP * max(1.0, abs(p)), _STEP * max(1.0, abs(q))
        return (cost(p + dp, q) - cost(p - dp, q)) / (2 * dp), (cost(p, q + dq) - cost(p, q - dq)) / (2 * dq)
    return gradient


def _cost(problem: _Problem, p: float, q: float) -> float:
    """The cost; NaN where it is not finite."""
    try:
        with np.errstate(all="ignore"):
            cost = float(problem.cost(float(p), float(q)))
    except ArithmeticError:
        return np.nan
    return cost if np.isfinite(cost) else np.nan


def _walk(problem: _Problem, rate: float, steps: int) -> _Walk:
    """Gradient descent from the start, until the cost is no longer finite."""
    points, costs = [problem.start], [_cost(problem, *problem.start)]
    if np.isnan(costs[0]):
        raise ValueError(f"cost: expected a finite number at start {problem.start.tolist()}, got none")
    while len(costs) <= steps:
        try:
            with np.errstate(all="ignore"):
                slope = np.asarray(problem.gradient(*map(float, points[-1])), dtype=np.float64)
        except ArithmeticError:
            break
        if slope.shape != (2,):
            raise ValueError(f"gradient: expected two numbers, got shape {slope.shape}")
        point = points[-1] - rate * slope
        cost = _cost(problem, *point) if np.isfinite(point).all() else np.nan
        if np.isnan(cost):
            break
        points.append(point)
        costs.append(cost)
    return _Walk(np.array(points), np.array(costs))


def _checked_rates(given: Any, article: bool) -> tuple[list[str], list[float]]:
    if given is None and article:
        return [_("too small: "), _("good: "), _("too large: ")], list(_RATES)
    rates = [0.1] if given is None else list(np.atleast_1d(validation.finite_array(given, "learning_rates")))
    if not rates or np.ndim(rates) != 1:
        raise ValueError(f"learning_rates: expected a number or a sequence of them, got {given!r}")
    checked = [validation.real_number(float(rate), "learning_rates", 0, low_included=False) for rate in rates]
    return [""] * len(checked), checked


def _checked_extent(extent: Any, walks: Sequence[_Walk]) -> tuple[float, float, float, float]:
    if extent is not None:
        edges = validation.finite_array(extent, "extent")
        if edges.shape != (4,) or edges[0] >= edges[1] or edges[2] >= edges[3]:
            raise ValueError(f"extent: expected (p_min, p_max, q_min, q_max), min below max, got {extent!r}")
        return float(edges[0]), float(edges[1]), float(edges[2]), float(edges[3])
    lowest = min(walk.costs.min() for walk in walks)
    falling = [walk for walk in walks if walk.costs[-1] < walk.costs[0]] or walks
    near = np.vstack([walk.points[walk.costs <= 2 * walk.costs[0] - lowest] for walk in falling])
    low, high = near.min(axis=0), near.max(axis=0)
    range_ = np.where(high > low, high - low, (high - low).max() or 2.0)
    low, high = (low + high - range_) / 2 - _MARGIN * range_, (low + high + range_) / 2 + _MARGIN * range_
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def _two(value: Any, name: str) -> Sequence[Any]:
    if isinstance(value, str) or not hasattr(value, "__len__") or len(value) != 2:
        raise ValueError(f"{name}: expected two numbers, got {value!r}")
    return value


def _pair(value: Any, name: str) -> np.ndarray:
    return validation.finite_array(_two(value, name), name).astype(np.float64)


def _draw_surface(ax: Any, p: np.ndarray, q: np.ndarray, costs: np.ndarray, given: dict[str, Any]) -> Any:
    ax.computed_zorder = False      # the path stays in front of the surface from every side
    ax.view_init(elev=45, azim=-30)
    ax.set_box_aspect(None, zoom=0.85)      # room for the labels, which the layout ignores
    ax.locator_params(nbins=5)
    ax.set_zlabel("$J$")
    return ax.plot_surface(*np.meshgrid(p, q), costs, **{"cmap": VALUES_MAP, "rstride": 1, "cstride": 1, "linewidth": 0,
                                                         "zorder": 1, **given})


def _draw_contours(ax: Axes, p: np.ndarray, q: np.ndarray, costs: np.ndarray, given: dict[str, Any]) -> Any:
    filled = ax.contourf(p, q, costs, **bands(costs, given))
    ax.contour(filled, colors="white", linewidths=0.4, alpha=0.6)
    return filled


class _Path:
    """The path of a descent in a panel; it can be shown up to any step."""

    def __init__(self, ax: Axes, walk: _Walk, title: str, window: tuple[float, float, float, float] | None) -> None:
        self._ax, self._walk, self._title = ax, walk, title
        points = np.column_stack([walk.points, walk.costs])
        self._points = points[:, :2] if window is None else _cut(points, window)
        first = self._points[:1].T
        self._parts = [ax.plot(*first, **style, zorder=3)[0] for style in (LINE, START, END)]

    def show(self, k: int) -> None:
        """Draw the path up to step k, with a star at its end."""
        points = self._points[:k + 1].T
        part: Any
        for part, data in ((self._parts[0], points), (self._parts[2], points[:, -1:])):
            if len(data) == 3:
                part.set_data_3d(*data)
            else:
                part.set_data(*data)
        step = min(k, len(self._walk.costs) - 1)
        cost = _("{cost} after {steps} steps", cost=f"$J = {self._walk.costs[step]:.3g}$", steps=step)
        self._ax.set_title(f"{self._title}\n{cost}")


def _cut(points: np.ndarray, window: tuple[float, float, float, float]) -> np.ndarray:
    """The path up to where it leaves the window, because a 3-D panel does not clip."""
    low, high = np.array(window)[[0, 2]], np.array(window)[[1, 3]]
    outside = np.flatnonzero(((points[:, :2] < low) | (points[:, :2] > high)).any(axis=1))
    if len(outside) == 0 or outside[0] == 0:
        return points
    k = outside[0]
    here, step = points[k - 1], points[k] - points[k - 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(step[:2] > 0, (high - here[:2]) / step[:2], (low - here[:2]) / step[:2])
    return np.vstack([points[:k], here + np.nanmin(shares) * step])
