"""Files and pictures of what the page shows: model, session, script, record, exports, PNG and SVG."""
from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pynn import export
from pynn.network import Network
from pynn.playground import session_files
from pynn.playground.arguments import REQUIRED, arguments
from pynn.playground.choices import Json
from pynn.playground.examples import Examples
from pynn.playground.messages import Later, Reply, file_blob
from pynn.playground.scripts import script_of
from pynn.playground.tables import from_base64
from pynn.playground.views import View
from pynn.translation import Sentence
from pynn.validation import choice

if TYPE_CHECKING:
    from pynn.playground.session import Session

Bytes = Callable[[Any], bytes]          # of a session, or of a network


def _written_by(write: Callable[[Any, str], None], suffix: str) -> Bytes:
    """The bytes of the file that a function of the network and a path writes."""
    def file(net: Network) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, f"network.{suffix}")
            write(net, path)
            with open(path, "rb") as written:
                return written.read()
    return file


def _record(session: Session) -> bytes:
    """The losses, epoch by epoch as far as they are kept, as a CSV file."""
    curves, metric = session.course.timeline.curves(), session.net.architecture.metric
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", "loss", metric, "val_loss", f"val_{metric}"])
    writer.writerows([int(row[0]), *(repr(value) for value in row[1:])] for row in curves.T.tolist())
    return text.getvalue().encode()


FORMATS: dict[str, tuple[str, str, str, Bytes]] = {         # suffix, type, label, and what makes the file
    "session": ("pynnplay", "application/octet-stream", "Session", session_files.write_session),
    "python": ("py", "text/x-python", "Python script", lambda session: script_of(session).encode()),
    "history": ("csv", "text/csv", "Losses, CSV", _record),
    "model": ("npz", "application/octet-stream", "Model of pynn", _written_by(lambda net, path: net.save(path), "npz")),
    "onnx": ("onnx", "application/octet-stream", "ONNX", _written_by(export.to_onnx, "onnx")),
    "c": ("c", "text/x-c", "C", _written_by(export.to_c, "c")),
    "javascript": ("js", "text/javascript", "JavaScript", _written_by(export.to_javascript, "js")),
    "numpy": ("py", "text/x-python", "NumPy", _written_by(export.to_numpy, "py")),
    "safetensors": ("safetensors", "application/octet-stream", "safetensors",
                    _written_by(export.to_safetensors, "safetensors")),
}
_OF_THE_SESSION = ("session", "python", "history")      # the other files are made of the network alone
PICTURES = ("decision_surface", "network", "unit_maps", "curves")
_TYPES = {"png": "image/png", "svg": "image/svg+xml"}


def describe() -> Json:
    """What the page offers."""
    return {"exports": [{"format": name, "suffix": suffix, "mime": mime, "label": label}
                        for name, (suffix, mime, label, _write) in FORMATS.items()],
            "pictures": [{"name": name, "formats": list(_TYPES)} for name in PICTURES]}


def _export(session: Session, command: Json) -> Reply | Later:
    name, = arguments(command, format=REQUIRED)
    suffix, mime, _label, write = FORMATS[choice(name, "format", FORMATS)]
    told = {"name": f"pynn.{suffix}", "mime": mime}
    if name in _OF_THE_SESSION:
        return Reply(told, file_blob(write(session)))
    net = session.net.copy()
    if name != "model" and net.encoder is not None:
        raise ValueError(Sentence("{name} cannot hold how texts and missing cells of the table become numbers. The model file "
                                  "can, and every format can if all features are numbers.", name=name))
    return Later(lambda: Reply(told, file_blob(write(net))))


def _picture(session: Session, command: Json) -> Later:
    name, kind = arguments(command, name=REQUIRED, format="png")
    choice(name, "name", PICTURES)
    choice(kind, "format", _TYPES)
    if name in ("decision_surface", "unit_maps") and session.net.sizes[0] < 2:
        raise ValueError(Sentence("name: {name} needs two features, these data have one", name=name))
    curves = session.course.timeline.curves()
    if name == "curves" and not curves.shape[1]:
        raise ValueError(Sentence("name: there are no curves yet, train first"))
    net, examples, view = session.net.copy(), session.course.stage.examples, session.view
    told = {"name": f"{name}.{kind}", "mime": _TYPES[kind]}
    return Later(lambda: Reply(told, file_blob(picture_of(net, examples, view, curves, name, kind))))


def picture_of(net: Network, examples: Examples, view: View, curves: np.ndarray, name: str, kind: str) -> bytes:
    """A picture of pynn.plot, in a figure that no window knows of."""
    from matplotlib.figure import Figure

    from pynn import plot

    plane: Json = {"features": [k - 1 for k in view.features], "held": view.held_values(examples)} if net.sizes[0] > 2 else {}
    figure = Figure(figsize=(6.4, 5.2), layout="constrained")
    if name == "decision_surface":
        plot.decision_surface(net, examples.X, examples.y, ax=figure.subplots(), **plane)
    elif name == "network":
        plot.network(net, ax=figure.subplots())
    elif name == "unit_maps":
        plot.unit_maps(net, examples.X, examples.y, _unit_panels(figure, net.sizes), **plane)
    else:
        _draw_curves(curves, net.architecture.metric, figure)
    file = io.BytesIO()
    figure.savefig(file, format=kind, dpi=150)
    return file.getvalue()


def _unit_panels(figure: Any, sizes: tuple[int, ...]) -> np.ndarray:
    """A column of panels for each layer."""
    counts = [min(n, 16) for n in sizes[1:]]
    most = max(counts)
    figure.set_size_inches(1.7 * len(counts), 1.35 * most + 0.8)
    grid = figure.add_gridspec(2 * most, len(counts))
    drawn = [figure.add_subplot(grid[most - n + 2 * i:most - n + 2 * i + 2, l]) for l, n in enumerate(counts) for i in range(n)]
    return np.array(drawn, dtype=object)


def _draw_curves(curves: np.ndarray, metric: str, figure: Any) -> None:
    """Loss at the left, accuracy or R² at the right; the test set dashed."""
    left = figure.subplots()
    right = left.twinx()
    for ax, first, colour, name in ((left, 1, "#D55E00", "loss"), (right, 2, "#0072B2", metric)):
        ax.plot(curves[0], curves[first], color=colour, label=name)
        if not np.isnan(curves[first + 2]).all():
            ax.plot(curves[0], curves[first + 2], color=colour, linestyle="--", label=f"val_{name}")
        ax.set_ylabel(name, color=colour)
    left.set_xlabel("epoch")
    figure.legend(loc="outside upper center", ncols=4)


def _open_session(session: Session, command: Json) -> None:
    content, = arguments(command, content=REQUIRED)
    session_files.read_session(session, from_base64(content))


COMMANDS = {"export": _export, "picture": _picture, "open_session": _open_session}
