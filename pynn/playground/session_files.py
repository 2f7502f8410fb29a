"""Session files: a session with its table, its first weights and its record, in the format of model files."""
from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

import numpy as np

from pynn import storage
from pynn.network import load
from pynn.playground.building import Origin
from pynn.playground.choices import MOST_CLASSES, MOST_EXAMPLES, MOST_FEATURES, Json
from pynn.playground.course import Moment
from pynn.playground.examples import Source, split_rows
from pynn.playground.sharing import check_content, use_view, view_entry
from pynn.playground.table_file import content_error
from pynn.table_encoder import TableEncoder
from pynn.translation import Sentence
from pynn.validation import check_names, finite_array, positive_int

if TYPE_CHECKING:
    from pynn.playground.session import Session

Array = np.ndarray[Any, np.dtype[Any]]


def write_session(session: Session) -> bytes:
    """The bytes of a session file."""
    course, source, net = session.course, session.origin.source, session.origin.net
    arrays: dict[str, Array] = {}
    entry: Json = {"setting": course.base, "at": list(course.moment), "view": view_entry(session.view),
                   "events": [[*event.at, event.command] for event in course.events], "source": None, "model": 0,
                   "model_seed": session.origin.seed}
    if source is not None:
        X, encoder = source.inputs(split_rows(course.base["data"], len(source.y))[0])
        arrays |= {"X": X, "y": source.y}
        entry["source"] = {name: getattr(source, name) for name in ("name", "classes", "labels", "target", "notes")}
        entry["source"] |= {"encoder": None if encoder is None else encoder.entry(), "shape": list(X.shape),
                            "features": source.features if encoder is None else encoder.feature_names,
                            "values": source.y.dtype == np.float64}
    with tempfile.TemporaryDirectory() as folder:
        if net is not None:
            net.save(os.path.join(folder, "model"))
            arrays["model"] = np.frombuffer(_read(os.path.join(folder, "model")), np.uint8)
            entry["model"] = len(arrays["model"])
        path = os.path.join(folder, "session")
        storage.write(path, {"session": entry}, arrays)
        return _read(path)


def read_session(session: Session, content: bytes) -> None:
    """Become the session of a file; if the file is wrong, nothing is changed."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "session")
        with open(path, "wb") as file:
            file.write(content)
        try:
            origin, entry = _read_origin(path, folder)
        except ValueError as error:
            raise ValueError(content_error(error, path, "session")) from None
    source = origin.source
    shared = check_content(entry, source.classes if source else None, has_table=source is not None)
    session.reopen(shared.setting, shared.events, origin)
    session.lesson = session.challenge = None
    use_view(session, shared.view)
    session.go(Moment(*shared.at))


def _read_origin(path: str, folder: str) -> tuple[Origin, Json]:
    with storage.reading(path) as (header, read_arrays):
        entry = header.get("session")
        if not isinstance(entry, dict):
            raise ValueError(Sentence("it is no session file; a model file is opened as a model"))
        layout: dict[str, Any] = {}
        told = entry.get("source")
        if told is not None:
            m, features = (positive_int(n, "shape") for n in told["shape"])
            if m > MOST_EXAMPLES or features > MOST_FEATURES:
                raise ValueError(Sentence("expected at most {most} examples of {most_features} features, got {m}, {features}",
                                          most=MOST_EXAMPLES, most_features=MOST_FEATURES, m=m, features=features))
            layout |= {"X": (np.float64, (m, features)), "y": (np.float64 if told["values"] else np.int64, (m,))}
        size = positive_int(entry.get("model"), "model", 0)
        if size:
            layout["model"] = (np.uint8, (size,))
        arrays = read_arrays(layout)
        source = None if told is None else _source_of(told, arrays["X"], arrays["y"])
        net = None
        if size:
            with open(os.path.join(folder, "model"), "wb") as file:
                file.write(arrays["model"].tobytes())
            net = load(os.path.join(folder, "model"))
        return Origin(source, net, positive_int(entry.get("model_seed"), "model_seed", 0)), entry


def _source_of(told: Json, X: Array, y: Array) -> Source:
    classes = told["classes"]
    X = finite_array(X, "X")
    if classes is None:
        y = finite_array(y, "y")
    elif not 2 <= positive_int(classes, "classes") <= MOST_CLASSES or y.min() < 0 or y.max() >= classes:
        raise ValueError(f"y: expected class numbers of at most {MOST_CLASSES} classes")
    features = check_names(told["features"], "features", X.shape[1])
    labels = None if told["labels"] is None or classes is None else check_names(told["labels"], "labels", classes)
    texts = [told["name"], *([told["target"]] if told["target"] is not None else []), *told["notes"]]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("source: expected texts as names")
    return Source(told["name"], X.astype(np.float64), y.astype(np.float64 if classes is None else np.int64), classes, features,
                  labels, told["target"], tuple(told["notes"]),
                  encoder=None if told["encoder"] is None else TableEncoder.from_entry(told["encoder"]))


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
