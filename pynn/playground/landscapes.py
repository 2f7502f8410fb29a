"""The loss around θ, over a plane in the space of the parameters, with the path of the training so far."""
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from pynn.landscape import plane_of_path, random_plane
from pynn.playground.arguments import arguments, whole
from pynn.playground.choices import Json
from pynn.playground.course import measure
from pynn.playground.messages import Message
from pynn.validation import choice

if TYPE_CHECKING:
    from pynn.playground.session import Session

Array = np.ndarray[Any, np.dtype[Any]]

_MOST_EXAMPLES = 1000
_MOST_POINTS = 100          # of the path
_SLICE = 0.012              # seconds
_WIDE = 50                  # the scale is logarithmic if the greatest loss is more than this many times the least


def _landscape(session: Session, command: Json) -> None:
    grid, plane = arguments(command, grid=31, plane="path")
    whole(grid, "grid", 11, 61)
    choice(plane, "plane", ("path", "random"))
    session.tasks["landscape"] = _compute(session, grid, plane)


def _path(session: Session) -> tuple[list[int], Array]:
    """The epochs and the θ of the marks so far that have the present shape, and θ now."""
    course = session.course
    epochs, marks = course.timeline.path
    network = course.stage.setting["network"]["hidden"], course.net.sizes
    kept = [(epoch, mark.state.parameters) for epoch, mark in zip(epochs, marks, strict=True)
            if epoch < course.epoch and (mark.stage.setting["network"]["hidden"], course.net.sizes) == network
            and mark.state.parameters.size == course.net.parameters.size]
    kept = kept[::-(-len(kept) // _MOST_POINTS) or 1]
    kept.append((course.epoch, course.net.parameters))
    return [epoch for epoch, _ in kept], np.array([theta for _, theta in kept], np.float64)


def _compute(session: Session, grid: int, plane: str) -> Iterator[None]:
    examples, twin = session.course.stage.examples, session.net.copy()
    X, y = examples.X[:_MOST_EXAMPLES], examples.y[:_MOST_EXAMPLES]
    epochs, thetas = _path(session)
    moved = len(thetas) > 1 and bool((thetas[0] != thetas[-1]).any())
    if plane == "path" and moved:
        over = plane_of_path(thetas, grid, np.random.default_rng(0))
    else:
        plane, over, epochs = "random", random_plane(session.net, grid, 1.0, np.random.default_rng(0)), epochs[-1:]
    losses = np.full((grid, grid), np.nan)
    began = time.perf_counter()
    with np.errstate(all="ignore"):
        for i, j in np.ndindex(grid, grid):
            twin.parameters = over.theta(i, j)
            losses[i, j] = measure(twin, X, y)["loss"]
            if time.perf_counter() - began > _SLICE:
                yield
                began = time.perf_counter()
    finite = losses[np.isfinite(losses)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    session.results["landscape"] = Message(
        {"type": "landscape", "done": True, "rows": grid, "plane": plane, "epochs": epochs, "examples": len(X),
         "levels": {"low": low, "high": high, "log": bool(0 < low < high / _WIDE)}},
        (("losses", losses), ("s", over.s), ("t", over.t), ("path", over.path)))
    session.renew("landscape")


COMMANDS = {"landscape": _landscape}
