"""The planes in the space of the parameters over which a loss is drawn."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from pynn.network import Network

Array = np.ndarray[Any, np.dtype[Any]]

_MARGIN = 0.25          # of the path's range, on every side


class Plane(NamedTuple):
    """θ = middle + s·first + t·second, with a grid of s and t, and a path in these coordinates (n, 2)."""

    middle: Array
    first: Array
    second: Array
    s: Array
    t: Array
    path: Array

    def theta(self, i: int, j: int) -> Array:
        """θ at s[j] and t[i]."""
        theta: Array = self.middle + self.s[j] * self.first + self.t[i] * self.second
        return theta


def random_plane(net: Network, grid: int, span: float, generator: np.random.Generator) -> Plane:
    """The plane through θ along two random, filter-normalised directions, from −span to span."""
    first, second = _filter_normalised(net, generator), _filter_normalised(net, generator)
    across = np.linspace(-span, span, grid)
    return Plane(net.parameters.astype(np.float64), first, second, across, across, np.zeros((1, 2)))


def plane_of_path(thetas: Array, grid: int, generator: np.random.Generator) -> Plane:
    """The plane of a path (n, P): from its start to its end, and at right angles where the path leaves this line most."""
    first, second = thetas[-1] - thetas[0], _across(thetas, generator)
    path = np.stack([(thetas - thetas[0]) @ d / (d @ d) for d in (first, second)], axis=1)
    low, high = path.min(axis=0), path.max(axis=0)
    half = (0.5 + _MARGIN) * (high - low).max()             # equal in both directions, so that nothing is distorted
    s, t = (np.linspace(centre - half, centre + half, grid) for centre in (low + high) / 2)
    return Plane(thetas[0], first, second, s, t, path)


def _filter_normalised(net: Network, generator: np.random.Generator) -> Array:
    """A random direction, (P,), in which the weights and bias of every unit have the norm that they have in the network."""
    parts = []
    for layer in net:
        units = np.hstack([layer.W, layer.b]).astype(np.float64)
        drawn = generator.standard_normal(units.shape)
        drawn *= np.linalg.norm(units, axis=1, keepdims=True) / np.linalg.norm(drawn, axis=1, keepdims=True)
        parts += [drawn[:, :-1].ravel(), drawn[:, -1]]
    return np.concatenate(parts)


def _across(thetas: Array, generator: np.random.Generator) -> Array:
    """The direction, (P,), in which a path leaves the line from its start to its end most: at right angles to it, as long."""
    line = thetas[-1] - thetas[0]
    length = np.linalg.norm(line)
    beside = _beside(thetas - thetas[0], line)
    if np.linalg.norm(beside) > 1e-9 * length:
        across = np.linalg.svd(beside, full_matrices=False)[2][0]
    else:                           # a straight path prefers no direction
        across = generator.standard_normal(line.shape)
    across = _beside(across, line)
    return across * (length / np.linalg.norm(across))


def _beside(vectors: Array, line: Array) -> Array:
    """The part of the vectors that is at right angles to a line."""
    beside: Array = vectors - np.multiply.outer(vectors @ line / (line @ line), line)
    return beside
