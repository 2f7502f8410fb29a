"""Frames: the numbers of the network at one moment, with small pictures of one byte a point."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pynn.network import Network
from pynn.playground.choices import Json
from pynn.playground.course import measure
from pynn.playground.messages import Message
from pynn.playground.views import View, shown

if TYPE_CHECKING:
    from pynn.playground.session import Session

Array = np.ndarray[Any, np.dtype[Any]]

SURFACE, _SMALLEST_SURFACE = 100, 40        # points of the grid along each axis
_MOST_PRODUCTS = 30_000_000 # weights × points of the surface
_MOST_CELLS = 2_000_000     # features × points of the surface
_LINE = 200                 # with one feature
_MOST_PIXELS = 100_000      # of all unit maps together
_MAP, _SMALLEST_MAP = 40, 12
_BYTES = 254                # byte 255 says: not finite
_FROM_0_TO_1 = ("sigmoid", "softmax")


def frame(session: Session) -> Message:
    """All numbers that change while training goes on."""
    course, view = session.course, session.view
    net, examples = course.net, course.stage.examples
    with np.errstate(all="ignore"):
        surface, pictures = surface_of(net, view, view.grid(examples, _surface_points(net)))
        if net.sizes[0] == 1:
            pictures.append(("line", net(view.grid(examples, _LINE))[:, view.output - 1].astype(np.float32)))
        scales, maps = unit_maps(net, view, examples)
        metrics, wrong = _metrics(session)
        gradient, gradient_blobs = _gradient(session)
        selected, selected_blobs = _selected(session)
        curves = course.timeline.curves()
        pictures.append(("curves", curves[:5 if len(examples.X_test) else 3].astype(np.float32)))
    metric = net.architecture.metric
    names = ["epoch", "loss", metric, *(["val_loss", f"val_{metric}"] if len(examples.X_test) else [])]
    header = {
        "type": "frame", "epoch": course.epoch, "batch": course.batch, "batches": course.batches,
        "example": session.looked_at, "examples": len(course.next_batch()), "status": session.status,
        "message": session.reason, "target": session.target.epoch if session.target else None,
        "furthest": course.furthest.epoch, "learning_rate": course.learning_rate,
        "epochs_per_second": session.pace.measured, "metrics": metrics, "surface": surface, "scales": scales,
        "curves": {"names": names, "upto": int((curves[0] <= course.epoch).sum())}, "selected": selected, "gradient": gradient,
        "challenge": session.challenge_report(),
    }
    return Message(header, (*pictures, ("units", maps), ("parameters", net.parameters.astype(np.float64)), *gradient_blobs,
                            ("wrong", wrong), *selected_blobs))


def _surface_points(net: Network) -> int:
    """Points of the surface along each axis: fewer for large networks, so that a frame does not take long."""
    if net.sizes[0] == 1:
        return _LINE
    most = min(_MOST_PRODUCTS / len(net.parameters), _MOST_CELLS / net.sizes[0])
    return max(_SMALLEST_SURFACE, min(SURFACE, int(most ** 0.5)))


def as_bytes(values: Array, low: float, high: float) -> Array:
    """Bytes 0 … 254 for low … high, 255 where a value is not finite."""
    scaled = np.clip((values - low) * (_BYTES / (high - low)), 0, _BYTES)
    return np.where(np.isfinite(values), np.rint(np.nan_to_num(scaled)), 255).astype(np.uint8)


def surface_of(net: Network, view: View, grid: Array) -> tuple[Json, list[tuple[str, Array]]]:
    """The output over the plane: what the header says, and the blobs surface and leader."""
    outputs = net(grid)
    points = len(grid) if net.sizes[0] == 1 else round(len(grid) ** 0.5)
    shape = (-1, points)
    if net.activations[-1] == "softmax":
        leader = np.where(np.isfinite(outputs).all(axis=1), outputs.argmax(axis=1), 255).astype(np.uint8)
        return ({"kind": "classes", "low": 0.0, "high": 1.0},
                [("surface", as_bytes(outputs.max(axis=1), 0, 1).reshape(shape)), ("leader", leader.reshape(shape))])
    column = outputs[:, view.output - 1]
    if not net.is_regression:
        return {"kind": "probability", "low": 0.0, "high": 1.0}, [("surface", as_bytes(column, 0, 1).reshape(shape))]
    finite = column[np.isfinite(column)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    high = high if high > low else low + 1.0
    return {"kind": "values", "low": low, "high": high}, [("surface", as_bytes(column, low, high).reshape(shape))]


def unit_maps(net: Network, view: View, examples: Any) -> tuple[list[list[float]], Array]:
    """The map of every unit, layer 0 … L: the scale of each, and (units, h, w) bytes."""
    units = sum(net.sizes)
    points = max(_SMALLEST_MAP, min(_MAP, int((_MOST_PIXELS / units) ** 0.5)))
    A = net.forward(view.grid(examples, points)).A
    maps, scales = np.empty((units, A[0].shape[1]), np.uint8), []
    at = 0
    for activation, rows in zip(("input", *net.activations), A, strict=True):
        for values in rows.astype(np.float64):
            if activation in _FROM_0_TO_1:
                low, high = 0.0, 1.0
            else:
                finite = np.abs(values[np.isfinite(values)])
                high = float(finite.max()) if len(finite) and finite.max() > 0 else 1.0
                low = -high
            scales.append([low, high])
            maps[at] = as_bytes(values, low, high)
            at += 1
    return scales, maps.reshape(units, -1, points)


def _metrics(session: Session) -> tuple[Json, Array]:
    """Loss, accuracy and confusion of both sets, and which of the shown examples are predicted wrongly."""
    net, examples = session.course.net, session.course.stage.examples
    X, y, _ = examples.everything
    m = len(examples.X)
    sets: Json = {"train": measure(net, examples.X, examples.y), "test": None}
    if len(examples.X_test):
        sets["test"] = measure(net, examples.X_test, examples.y_test)
    wrong = np.zeros(len(X), np.uint8)
    for one in sets.values():
        if one is not None:
            one["confusion"] = None
    if not net.is_regression:
        outputs = net(X)
        predicted = outputs.argmax(axis=1) if outputs.shape[1] > 1 else (outputs[:, 0] > 0.5).astype(np.int64)
        wrong = (predicted != y).astype(np.uint8)
        K = examples.classes or 1
        for name, rows in (("train", slice(m)), ("test", slice(m, None))):
            if sets[name]:
                counts = np.bincount(y[rows] * K + predicted[rows], minlength=K * K).reshape(K, K)
                sets[name]["confusion"] = counts.tolist()
    return sets, wrong[shown(examples)]


def _gradient(session: Session) -> tuple[Json | None, tuple[tuple[str, Array], ...]]:
    """∇J of the training set, or of the examples of the next batch that were looked at."""
    course = session.course
    examples, looked_at = course.stage.examples, session.looked_at
    if not (looked_at or session.view.gradient):
        return None, ()
    rows = course.next_batch()[:looked_at] if looked_at else slice(None)
    flat = course.net.backward(examples.X[rows], examples.y[rows]).flat.astype(np.float64)
    header = {"of": "batch" if looked_at else "training", "examples": looked_at or len(examples.X),
              "norm": float(np.linalg.norm(flat)), "largest": float(np.abs(flat).max())}
    return header, (("gradient", flat),)


def _selected(session: Session) -> tuple[Json | None, tuple[tuple[str, Array], ...]]:
    """The selected example, or the one that was looked at last: its loss, and z and a of every unit."""
    course, view = session.course, session.view
    net, examples = course.net, course.stage.examples
    index = int(examples.rows[course.next_batch()[session.looked_at - 1]]) if session.looked_at else view.example
    if index is not None:
        x, y = examples.find(index, "example")
        targets, loss = y.tolist(), net.backward(x, y).loss
    elif view.point is not None:
        x, targets, loss = np.array([view.point]), None, None
    else:
        return None, ()
    step = net.forward(x)
    a = np.concatenate(step.A)[:, 0].astype(np.float64)
    z = np.concatenate([np.full(net.sizes[0], np.nan), *(Z[:, 0] for Z in step.Z[1:])]).astype(np.float64)
    return ({"index": index, "x": x[0].tolist(), "targets": targets, "loss": loss, "of_batch": bool(session.looked_at)},
            (("example_a", a), ("example_z", z)))
