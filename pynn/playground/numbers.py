"""The numbers behind the picture: the article's equations for an example, a step told slowly, and why nothing is learned."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pynn.learn.diagnosis import diagnose
from pynn.learn.explanation import Explanation, explain
from pynn.learn.finding import Finding
from pynn.learn.notation import Section, as_html, as_text
from pynn.network import Network
from pynn.playground.arguments import REQUIRED, arguments, whole
from pynn.playground.building import Stage
from pynn.playground.choices import TABLE, Json
from pynn.playground.messages import Later, Reply
from pynn.playground.views import check_point
from pynn.reference import ACTIVATIONS
from pynn.translation import _

if TYPE_CHECKING:
    from pynn.playground.session import Session

Array = np.ndarray[Any, np.dtype[Any]]


def _explain(session: Session, command: Json) -> Json:
    example, x, y, layer, unit = arguments(command, example=None, x=None, y=None, layer=None, unit=None)
    net, examples = session.net, session.course.stage.examples
    if (example is None) == (x is None):
        raise ValueError("example: expected the number of an example, or x and y")
    if x is None:
        X, Y = examples.find(example, "example")
    else:
        if y is None:
            raise ValueError("y: expected the target of x")
        X, Y = np.array([check_point(x, "x", net.sizes[0])]), np.array([y])
    if layer is not None:
        whole(layer, "layer", 1, len(net))
    if unit is not None:
        if layer is None:
            raise ValueError("layer: expected the layer of the unit")
        whole(unit, "unit", 1, net.sizes[layer])
    told = explain(net, X, Y, learning_rate=session.course.learning_rate or 1e-300, layer=layer, unit=unit)
    return {"title": told.title, "sections": [_section(one) for one in told.sections],
            "numbers": None if unit is None else unit_numbers(told, layer, unit, net.activations[layer - 1])}


def _section(section: Section) -> Json:
    html = as_html("", [section]).partition("</summary>")[2].rpartition("</details>")[0]
    lines = as_text("", [section]).split("\n")[3:]          # without the titles and the rule below
    return {"title": section.title, "html": html, "text": "\n".join(lines)}


def unit_numbers(told: Explanation, l: int, unit: int, activation: str) -> Json:
    """The numbers of one unit and one example, with all their digits."""
    step, i = told.to_dict(), unit - 1
    w, x, z, a = step["W"][l][i], step["A"][l - 1][:, 0], step["Z"][l][i, 0], step["A"][l][i, 0]
    derivative = ACTIVATIONS[activation].derivative
    slope = None if derivative is None else float(derivative(np.array([z]), np.array([a]))[0])
    return {"activation": activation, "w": w, "x": x, "products": w * x, "b": step["b"][l][i, 0], "z": z, "a": a,
            "slope": slope, "da": step["dA"][l][i, 0], "dz": step["dZ"][l][i, 0], "dw": step["dW"][l][i],
            "db": step["db"][l][i, 0], "new_w": step["new_W"][l][i], "new_b": step["new_b"][l][i, 0]}


def _slowly(session: Session, command: Json) -> Json:
    example, = arguments(command, example=REQUIRED)
    course = session.course
    examples, L = course.stage.examples, len(session.net)
    if example is None:
        batch = course.next_batch()
        X, y, rows = examples.X[batch], examples.y[batch], examples.rows[batch].tolist()
    else:
        X, y = examples.find(example, "example")
        rows = [example]
    told = explain(session.net, X, y, learning_rate=course.learning_rate or 1e-300)
    scalings = (session.net.standardizer, session.net.target_standardizer)
    phases: list[tuple[str, int | None]] = [
        *[("input", None)] * (3 - scalings.count(None)), *(("forward", l) for l in range(1, L + 1)),
        ("loss", None), *(("backward", l) for l in range(L, 0, -1)), *(("update", l) for l in range(1, L + 1)), ("after", None)]
    return {"title": told.title, "examples": rows, "note": _other_update(session),
            "steps": [{"phase": phase, "layer": l, **_section(section)}
                      for (phase, l), section in zip(phases, told.sections, strict=True)]}


def _other_update(session: Session) -> str | None:
    """What makes the update of this training another one than W − α dW."""
    training, network = session.course.stage.setting["training"], session.course.stage.setting["network"]
    reasons = [text for text, applies in (
        (training["optimizer"], session.net.optimizer.rule != "sgd"), ("dropout", any(network["dropout"])),
        ("l1", training["l1"]), ("l2", training["l2"]), ("clip_norm", training["clip_norm"])) if applies]
    if not reasons:
        return None
    return _("These are the equations of plain gradient descent. The update of this training is another one: it has {reasons}.",
             reasons=_(", ").join(reasons))


def _diagnose(session: Session, command: Json) -> Later:
    arguments(command)
    stage, net = session.course.stage, session.net.copy()
    if session.course.learning_rate:
        net.learning_rate = session.course.learning_rate
    return Later(lambda: _diagnosed(stage, net))


def _diagnosed(stage: Stage, net: Network) -> Reply:
    found = diagnose(net, stage.examples.X, stage.examples.y)
    return Reply({"ok": found.ok, "examples": found.examples, "learning_rate": found.learning_rate, "text": str(found),
            "findings": [{"kind": one.kind, "level": one.level, "layer": one.layer, "numbers": one.message, "cause": one.cause,
                          "remedy": one.remedy, "fix": _fix(stage.setting, one)} for one in found]})


def _fix(setting: Json, finding: Finding) -> Json | None:
    """A command that does what the remedy says, where a setting can."""
    found = finding.setting or {}
    if finding.kind == "dead_relus":
        return {"label": "New weights for the dead units", "command": {"command": "revive", "layer": finding.layer}}
    if finding.kind == "symmetry" and setting["network"]["initializer"] == "zeros":
        return _set_to("Random weights", {"network": {"initializer": "glorot"}})
    if finding.kind in ("saturated_units", "vanishing_gradients") and any(
            name in ("sigmoid", "tanh") for name in setting["network"]["activations"]):
        return _set_to("relu in all hidden layers", {"network": {"activations": "relu"}})
    if {"standardize", "standardize_targets"} & set(found):
        return _set_to("Scale the table", {"data": {"standardize": True}}) if setting["data"]["name"] == TABLE else None
    for name, value in found.items():
        part = {"hidden": {"network": {"activations": value}}, "initializer": {"network": {"initializer": value}}}.get(
            name, {"training": {name: value}} if name in setting["training"] else None)
        if part is not None:
            return _set_to(f"{name} = {value:g}" if isinstance(value, float) else f"{name} = {value}", part)
    return None


def _set_to(label: str, part: Json) -> Json:
    return {"label": label, "command": {"command": "set", "setting": part}}


COMMANDS = {"explain": _explain, "slowly": _slowly, "diagnose": _diagnose}
