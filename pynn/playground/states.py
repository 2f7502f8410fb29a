"""The messages hello, state and data: what does not change by time alone."""
from __future__ import annotations

import dataclasses
from collections.abc import Callable
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from pynn.parameters import layer_views
from pynn.playground import challenges, exporting, lessons
from pynn.playground.choices import LIMITS, TABLE, Json, describe_choices
from pynn.playground.messages import Message
from pynn.playground.views import shown

if TYPE_CHECKING:
    from pynn.playground.session import Session


def hello(session: Session) -> Message:
    """What the page can offer."""
    return Message({"type": "hello", "protocol": 1, "version": metadata.version("pynn-dense"), "host": session.host,
                    "choices": describe_choices() | exporting.describe(), "limits": LIMITS, "lessons": lessons.describe(),
                    "challenges": challenges.describe()})


def state(session: Session) -> Message:
    """The setting and all that follows from it."""
    course, net, view = session.course, session.net, session.view
    examples, source = course.stage.examples, session.origin.source
    is_table = source is not None and course.stage.setting["data"]["name"] == TABLE
    features = net.feature_names or tuple(f"x{k}" for k in range(1, net.sizes[0] + 1))
    return Message({
        "type": "state", "setting": course.stage.setting,
        "table": None if source is None else source.describe(),
        "network": {"sizes": net.sizes, "activations": net.activations, "loss": net.loss, "parameters": len(net.parameters),
                    "dropout": net.dropout, "standardized": net.standardizer is not None, "offsets": _offsets(session)},
        "names": {"features": features, "labels": net.label_names, "target": source.target if is_table and source else None,
                  "metric": net.architecture.metric},
        "kind": "values" if examples.classes is None else "classes",
        "examples": {"train": len(examples.X), "test": len(examples.X_test), "shown": len(shown(examples)),
                     "measured": len(examples.X)},
        "view": dataclasses.asdict(view) | {"extent": view.extent(examples), "held": view.held_values(examples)},
        "speed": session.pace.speed,
        "events": [{"epoch": event.at.epoch, "batch": event.at.batch, "command": event.command} for event in course.events],
        "challenge": session.challenge, "lesson": session.lesson,
    })


def _offsets(session: Session) -> list[Json]:
    """Where W and b of each layer begin in θ."""
    offsets, at = [], 0
    for W, b in layer_views(session.net.parameters, session.net.sizes):
        offsets.append({"W": at, "b": at + W.size})
        at += W.size + b.size
    return offsets


def data(session: Session) -> Message:
    """The examples that are shown, in the plane."""
    examples, view = session.course.stage.examples, session.view
    X, y, rows = examples.everything
    kept = shown(examples)
    columns = [X[:, k - 1] for k in view.features] + [y] * (len(view.features) == 1)
    names = session.net.feature_names or tuple(f"x{k}" for k in range(1, X.shape[1] + 1))
    is_test = np.arange(len(X)) >= len(examples.X)
    return Message({
        "type": "data", "features": view.features,
        "names": [*(names[k - 1] for k in view.features), *["y"] * (len(view.features) == 1)],
        "kind": "values" if examples.classes is None else "classes", "low": float(y.min()), "high": float(y.max()),
        "classes": examples.classes, "extent": view.extent(examples),
    }, (("points", np.column_stack(columns)[kept].astype(np.float32)), ("targets", y[kept].astype(np.float32)),
        ("test", is_test[kept].astype(np.uint8)), ("added", (rows >= examples.added_from)[kept].astype(np.uint8)),
        ("index", rows[kept].astype(np.int32))))


KINDS: dict[str, Callable[[Any], Message]] = {"hello": hello, "state": state, "data": data}
