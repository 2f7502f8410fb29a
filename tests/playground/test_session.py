"""The session: every command, every bad command, and that a refused command changes nothing."""
from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pynn
from pynn.playground.choices import describe_choices
from pynn.playground.commands import COMMANDS
from pynn.playground.messages import as_json
from pynn.playground.session import Session
from pynn.playground.settings import check_setting, default_setting

SMALL = {"data": {"examples": 60}, "network": {"hidden": [4, 3]}}


@pytest.fixture
def session():
    return Session(setting=SMALL)


def ask(session, command, **fields):
    reply = session.handle({"command": command, "id": 5, **fields}).header
    as_json(reply)
    assert reply["id"] == 5
    return reply


def do(session, command, **fields):
    """A command that must be accepted, and all the work that it starts."""
    reply = ask(session, command, **fields)
    assert reply["ok"], reply
    while session.busy and session.status != "playing":
        session.advance()
    return reply["result"]


def state(session):
    return session.message("state").header


def fingerprint(session):
    """All that a refused command must leave as it is."""
    course = session.course
    return (copy.deepcopy(course.stage.setting), copy.deepcopy(course.events), course.net.parameters.tobytes(), course.moment,
            course.furthest, session.status, session.view, session.looked_at, session.pace.speed, sorted(session.tasks),
            session.lesson, session.challenge, id(session.origin.source))


# --------------------------------------------------------------------------------------------------------------- time

def test_play_pause_and_speed(session):
    do(session, "speed", epochs_per_second=None)
    do(session, "play")
    assert (session.status, session.busy) == ("playing", True)
    session.advance(0.05)
    assert session.course.epoch > 3
    assert session.patience == 0
    do(session, "pause")
    epoch, versions = session.course.epoch, dict(session.versions)
    assert (session.patience, session.busy) == (None, False)
    session.advance()
    assert (session.course.epoch, dict(session.versions)) == (epoch, versions)       # nothing is computed while paused
    do(session, "speed", epochs_per_second=0.1)
    do(session, "play")
    session.advance()
    assert session.course.epoch == epoch
    assert 0 < session.patience < 1


def test_steps(session):
    assert do(session, "step", unit="batch") == {"epoch": 0, "batch": 1, "example": 0}
    first = session.net.parameters.copy()
    assert do(session, "step", unit="example", count=21) == {"epoch": 0, "batch": 1, "example": 21}      # of the last 22
    assert (session.net.parameters == first).all()
    assert do(session, "step", unit="example") == {"epoch": 1, "batch": 0, "example": 0}
    assert (session.net.parameters != first).any()
    do(session, "step", unit="epoch", count=4)
    assert session.course.moment == (5, 0)
    plain = Session(setting=SMALL)
    do(plain, "go", epoch=5)
    assert plain.net.parameters.tobytes() == session.net.parameters.tobytes()


def test_go_back_restart_and_another_seed(session):
    start = session.net.parameters.copy()
    do(session, "go", epoch=30)
    there = session.net.parameters.copy()
    do(session, "go", epoch=3, batch=1)
    assert session.course.moment == (3, 1)
    assert session.message("frame").header["furthest"] == 30
    do(session, "go", epoch=30)
    assert (session.net.parameters == there).all()
    do(session, "restart")
    assert session.course.moment == (0, 0)
    assert (session.net.parameters == start).all()
    assert session.course.furthest == (0, 0)
    number = do(session, "seed")["seed"]
    assert state(session)["setting"]["seed"] == number
    assert (session.net.parameters != start).any()
    do(session, "seed", seed=1)
    assert (session.net.parameters == start).all()


def test_restart_keeps_the_setting_and_the_first_edits(session):
    do(session, "edit", layer=1, unit=1, input=1, value=0.125)
    do(session, "go", epoch=3)
    do(session, "edit", layer=1, unit=2, input=1, value=9.0)
    do(session, "set", setting={"training": {"l2": 0.01}})
    do(session, "add_unit", layer=1)
    do(session, "restart")
    assert session.net[1].W[0, 0] == 0.125
    assert session.net[1].W[1, 0] != 9.0
    assert session.net.sizes == (2, 5, 3, 1)
    assert state(session)["setting"]["training"]["l2"] == 0.01


def test_a_step_pauses_and_a_pause_ends_the_way(session):
    do(session, "play")
    do(session, "step", unit="batch")
    assert session.status == "paused"
    assert ask(session, "go", epoch=100_000)["ok"]
    session.advance(0.001)
    assert session.status == "going"
    do(session, "pause")
    assert (session.status, session.target) == ("paused", None)


def test_divergence_is_told(session):
    do(session, "set", setting={"data": {"name": "plane", "examples": 60}})
    do(session, "set", setting={"training": {"learning_rate": 1000}, "network": {"activations": "linear"}})
    do(session, "step", unit="epoch", count=50)
    assert session.status == "diverged"
    assert "learning_rate" in session.message("frame").header["message"]
    assert np.isfinite(session.net.parameters).all()
    do(session, "set", setting={"training": {"learning_rate": 0.01}})
    do(session, "restart")
    do(session, "step", unit="epoch", count=5)
    assert session.status == "paused"


# ------------------------------------------------------------------------------------------------------------- setting

def test_every_choice_can_be_set(session):
    choices = describe_choices()
    as_json(choices)
    for one in choices["data"]:
        numbers = {field["name"]: field["low"] if field["name"] != "examples" else 30 for field in one["parameters"]}
        assert do(session, "set", setting={"data": {"name": one["name"], **numbers}}) == {"restarted": True}
        assert state(session)["kind"] == one["kind"]
        assert session.net.sizes[0] == one["features"]
        do(session, "step", unit="epoch")
    do(session, "reset")
    for one in choices["hidden"]:
        do(session, "set", setting={"network": {"activations": one["name"]}})
        assert session.net.activations[0] == one["name"]
    do(session, "set", setting={"training": {"optimizer": "adam"}})
    for one in choices["optimizers"]:
        assert do(session, "set", setting={"training": {"optimizer": one["name"]}}) == {"restarted": False}
        training = state(session)["setting"]["training"]
        assert training["learning_rate"] == one["learning_rate"]
        assert training["coefficients"] == {field["name"]: field["default"] for field in one["coefficients"]}
        do(session, "step", unit="epoch")
        assert type(session.net.optimizer).__name__.lower() == one["name"]
    for one in choices["schedules"]:
        numbers = {field["name"]: field["default"] for field in one["coefficients"]}
        do(session, "set", setting={"training": {"schedule": {"name": one["name"], **numbers}}})
        do(session, "step", unit="epoch")
    for name in choices["initializers"]:
        assert do(session, "set", setting={"network": {"initializer": name}}) == {"restarted": True}
    for data, output, loss in (("circles", "sigmoid", "mean_squared_error"),
                               ("circles", "softmax", "categorical_cross_entropy"), ("plane", "linear", "huber"),
                               ("plane", "linear", "mean_absolute_error")):
        do(session, "set", setting={"data": {"name": data}, "network": {"output": output, "loss": loss}})
        assert (session.net.activations[-1], session.net.loss) == (output, loss)
        do(session, "step", unit="epoch")


def test_the_output_follows_the_data(session):
    do(session, "set", setting={"data": {"name": "blobs", "centers": 4}})
    assert (session.net.sizes[-1], session.net.loss) == (4, "categorical_cross_entropy")
    do(session, "set", setting={"data": {"name": "sine"}})
    assert (session.net.sizes[-1], session.net.loss) == (1, "mean_squared_error")
    assert state(session)["view"]["features"] == (1,)
    do(session, "set", setting={"data": {"name": "xor"}})
    assert (session.net.sizes[-1], session.net.loss) == (1, "binary_cross_entropy")


def test_a_setting_before_the_first_epoch_is_the_setting_from_the_start(session):
    do(session, "set", setting={"training": {"optimizer": "adam", "learning_rate": 0.01}})
    assert session.course.events == []
    assert session.course.base["training"]["optimizer"] == "adam"
    do(session, "go", epoch=3)
    net = pynn.Network([2, 4, 3, 1], rng=1)
    examples = session.course.stage.examples
    net.fit(examples.X, examples.y, epochs=3, optimizer=pynn.optimizers.Adam(0.01))
    assert (net.parameters == session.net.parameters).all()


def test_editing_the_network(session):
    do(session, "go", epoch=2)
    before = float(session.net[2].W[1, 2])
    assert do(session, "edit", layer=2, unit=2, input=3, value=0.5) == {"before": before, "after": 0.5}
    assert session.net[2].W[1, 2] == 0.5
    do(session, "edit", layer=2, unit=2, input=0, value=-1)
    assert session.net[2].b[1, 0] == -1
    do(session, "add_layer", after=1, units=5, activation="tanh")
    do(session, "add_unit", layer=1)
    do(session, "remove_unit", layer=2, unit=1)
    assert session.net.sizes == (2, 5, 4, 3, 1)
    assert session.net.activations == ("relu", "tanh", "relu", "sigmoid")
    do(session, "remove_layer", layer=1)
    assert state(session)["setting"]["network"]["hidden"] == [4, 3]
    assert len(state(session)["events"]) == 6
    do(session, "revive")
    offsets, theta = state(session)["network"]["offsets"], session.net.parameters
    for entry, layer in zip(offsets, session.net, strict=True):
        assert (theta[entry["W"]:entry["b"]] == layer.W.ravel()).all()


def test_points(session):
    do(session, "go", epoch=2)
    version = session.versions["data"]
    do(session, "add_points", points=[[0.5, 0.25, 1], [-0.5, 0.25, 0]])
    assert session.versions["data"] > version
    blobs = dict(session.message("data").blobs)
    assert blobs["added"].sum() == 2
    assert blobs["points"][blobs["added"] == 1].tolist() == [[0.5, 0.25], [-0.5, 0.25]]
    added = blobs["index"][blobs["added"] == 1].tolist()
    do(session, "remove_points", index=[added[0], 0])
    assert len(session.course.stage.examples.X) == 54 + 2 - 2 + (0 in session.course.stage.examples.test_rows)
    assert state(session)["setting"]["data"]["removed"] == [added[0], 0]
    do(session, "set", setting={"data": {"name": "sine", "examples": 40}})
    do(session, "add_points", points=[[1.0, 3.0]])
    assert session.course.stage.examples.y[-1] == 3.0


def test_the_plane_stays_unless_a_point_is_outside(session):
    x0, x1, y0, y1 = extent = state(session)["view"]["extent"]
    do(session, "add_points", points=[[x0 + 0.01, y0 + 0.01, 1]])
    do(session, "remove_points", index=session.course.stage.examples.rows[:30].tolist())
    assert state(session)["view"]["extent"] == extent
    do(session, "add_points", points=[[x1 + 1, 0, 1]])
    assert state(session)["view"]["extent"][1] > x1 + 1
    assert state(session)["view"]["extent"][2:] == [y0, y1]


def test_a_command_may_ask_for_a_language(session, monkeypatch):
    monkeypatch.setitem(COMMANDS, "pause", lambda session, command: {"language": pynn.language()})
    assert do(session, "pause", language="zh") == {"language": "zh_CN"}
    assert do(session, "pause") == {"language": "en"}
    assert do(session, "explain", example=0, language="zh")["sections"]
    do(session, "add_unit", layer=1, language="zh")
    assert session.course.events[-1].command == {"command": "add_unit", "layer": 1}
    assert ask(session, "pause", language="fr")["error"]["field"] == "language"


def test_reset(session):
    first = fingerprint(session)[:3]
    do(session, "lesson", number=5)
    do(session, "step", unit="epoch")
    do(session, "reset")
    assert fingerprint(session)[:3] == first


# -------------------------------------------------------------------------------------------------------- other commands

def test_lessons_and_challenges(session):
    hello = session.message("hello").header
    as_json(hello)
    for lesson in hello["lessons"]:
        do(session, "lesson", number=lesson["number"])
        do(session, "step", unit="epoch")
        assert state(session)["lesson"] == lesson["number"]
        assert session.status == "paused"
    for challenge in hello["challenges"]:
        do(session, "challenge", name=challenge["name"])
        report = session.message("frame").header["challenge"]
        assert report["name"] == challenge["name"]
        assert not report["done"]
        do(session, "step", unit="batch")
        as_json(session.message("frame").header)
    do(session, "challenge", name=None)
    assert session.message("frame").header["challenge"] is None


def test_diagnose_and_its_remedies(session):
    do(session, "set", setting={"network": {"initializer": "zeros"}})
    found = do(session, "diagnose")
    assert {one["kind"] for one in found["findings"]} == {"symmetry"}
    fix = found["findings"][0]["fix"]["command"]
    do(session, **fix)
    assert do(session, "diagnose")["ok"]
    for unit in range(1, 5):
        do(session, "edit", layer=1, unit=unit, input=0, value=-100)
    found = do(session, "diagnose")["findings"]
    assert (found[0]["kind"], found[0]["layer"]) == ("dead_relus", 1)
    do(session, **found[0]["fix"]["command"])
    assert do(session, "diagnose")["ok"]


def test_a_learning_rate_that_is_too_high_has_a_button(session):
    do(session, "set", setting={"data": {"examples": 500}, "network": {"hidden": [8]}})
    do(session, "set", setting={"training": {"learning_rate": 500.0}})
    do(session, "step", unit="epoch", count=20)
    found = do(session, "diagnose")["findings"]
    rates = [one for one in found if one["kind"] == "learning_rate_too_high"]
    assert rates
    before = state(session)["setting"]["training"]["learning_rate"]
    do(session, **rates[0]["fix"]["command"])
    assert state(session)["setting"]["training"]["learning_rate"] < before / 5


def test_take_a_run(session):
    do(session, "compare", vary="optimizer", values=["sgd", "adam", "rmsprop"], epochs=3)
    header = session.results["compare"].header
    assert [run["value"] for run in header["runs"]] == ["sgd", "adam", "rmsprop"]
    do(session, "take", run=1)
    assert state(session)["setting"]["training"]["optimizer"] == "adam"
    for vary, values in (("initializer", ["he", "zeros"]), ("activation", ["relu", "tanh"]), ("dropout", [0, 0.5]),
                         ("batch_size", [8, None]), ("l2", [0, 0.1]), ("seed", [0, 1, 2]), ("learning_rate", [0.1, 1000])):
        do(session, "compare", vary=vary, values=values, epochs=2)
        assert len(session.results["compare"].header["runs"]) == len(values)
    ask(session, "compare", vary="l2", values=[0, 1], epochs=2000)
    do(session, "cancel", task="compare")
    assert not session.busy


def test_compare_begins_with_the_weights_edited_by_hand(session):
    do(session, "edit", layer=1, unit=1, input=1, value=2.5)
    do(session, "go", epoch=4)
    do(session, "set", setting={"training": {"l2": 0.01}})
    do(session, "compare", vary="learning_rate", values=[0.1, 0.5], epochs=3)
    header = session.results["compare"].header
    do(session, "take", run=1)
    assert session.net[1].W[0, 0] == 2.5
    assert state(session)["setting"]["training"]["l2"] == 0.01
    assert state(session)["setting"]["training"]["learning_rate"] == 0.5
    do(session, "go", epoch=3)
    shown = session.message("frame").header["metrics"]["train"]
    assert header["runs"][1]["train"]["loss"] == shown["loss"]


def test_the_output_of_another_number_of_classes_is_not_kept(session):
    do(session, "set", setting={"data": {"name": "blobs", "centers": 3}})
    assert session.net.activations[-1] == "softmax"
    do(session, "set", setting={"data": {"name": "circles"}})
    assert (session.net.sizes[-1], session.net.loss) == (1, "binary_cross_entropy")
    do(session, "set", setting={"network": {"output": "softmax"}})
    do(session, "set", setting={"data": {"name": "moons"}})
    assert session.net.activations[-1] == "softmax"         # chosen, and still two classes


def test_errors_in_chinese(session):
    reply = ask(session, "set", setting={"training": {"learning_rate": -1}}, language="zh")
    assert reply["error"]["field"] == "training.learning_rate"
    assert "大于 0" in reply["error"]["message"]


# --------------------------------------------------------------------------------------------------------- bad commands

BAD = [
    (None, "command"), ([], "command"), ({}, "command"), ({"command": 3}, "command"), ({"command": "nothing"}, "command"),
    ({"command": "play", "more": 1}, "more"), ({"command": "step"}, "unit"), ({"command": "step", "unit": "year"}, "unit"),
    ({"command": "step", "unit": "epoch", "count": 0}, "count"), ({"command": "step", "unit": "epoch", "count": True}, "count"),
    ({"command": "step", "unit": "epoch", "count": 10**9}, "count"), ({"command": "go"}, "epoch"),
    ({"command": "go", "epoch": -1}, "epoch"), ({"command": "go", "epoch": 1.5}, "epoch"),
    ({"command": "go", "epoch": 10**30}, "epoch"), ({"command": "go", "epoch": 1, "batch": 99}, "batch"),
    ({"command": "speed"}, "epochs_per_second"), ({"command": "speed", "epochs_per_second": 0}, "epochs_per_second"),
    ({"command": "speed", "epochs_per_second": "fast"}, "epochs_per_second"), ({"command": "seed", "seed": -1}, "seed"),
    ({"command": "seed", "seed": 2**40}, "seed"), ({"command": "set"}, "setting"),
    ({"command": "set", "setting": 4}, "setting"),
    ({"command": "set", "setting": {"model": 4}}, "model"), ({"command": "set", "setting": {"data": 4}}, "data"),
    ({"command": "set", "setting": {"data": {"name": "cats"}}}, "data.name"),
    ({"command": "set", "setting": {"data": {"name": "table"}}}, "data.name"),
    ({"command": "set", "setting": {"data": {"turns": 1}}}, "data.turns"),
    ({"command": "set", "setting": {"data": {"noise": -1}}}, "data.noise"),
    ({"command": "set", "setting": {"data": {"noise": "NaN"}}}, "data.noise"),
    ({"command": "set", "setting": {"data": {"noise": float("nan")}}}, "data.noise"),
    ({"command": "set", "setting": {"data": {"examples": 10**8}}}, "data.examples"),
    ({"command": "set", "setting": {"data": {"test_share": 1}}}, "data.test_share"),
    ({"command": "set", "setting": {"data": {"added": [[1]]}}}, "data.added"),
    ({"command": "set", "setting": {"data": {"added": [[1, 2, float("inf")]]}}}, "data.added"),
    ({"command": "set", "setting": {"data": {"added": [["a", 2, 0]]}}}, "data.added"),
    ({"command": "set", "setting": {"data": {"removed": [10**6]}}}, "data.removed"),
    ({"command": "set", "setting": {"network": {"hidden": [0]}}}, "network.hidden[0]"),
    ({"command": "set", "setting": {"network": {"hidden": [65]}}}, "network.hidden[0]"),
    ({"command": "set", "setting": {"network": {"hidden": [1] * 9}}}, "network.hidden"),
    ({"command": "set", "setting": {"network": {"hidden": "4"}}}, "network.hidden"),
    ({"command": "set", "setting": {"network": {"activations": ["relu"]}}}, "network.activations"),
    ({"command": "set", "setting": {"network": {"activations": "softmax"}}}, "network.activations[0]"),
    ({"command": "set", "setting": {"network": {"output": "linear"}}}, "network.output"),
    ({"command": "set", "setting": {"network": {"loss": "huber"}}}, "network.loss"),
    ({"command": "set", "setting": {"network": {"initializer": "best"}}}, "network.initializer"),
    ({"command": "set", "setting": {"network": {"dropout": 1}}}, "network.dropout[0]"),
    ({"command": "set", "setting": {"network": {"layers": 1}}}, "network.layers"),
    ({"command": "set", "setting": {"training": {"optimizer": "best"}}}, "training.optimizer"),
    ({"command": "set", "setting": {"training": {"learning_rate": 0}}}, "training.learning_rate"),
    ({"command": "set", "setting": {"training": {"learning_rate": None}}}, "training.learning_rate"),
    ({"command": "set", "setting": {"training": {"batch_size": 0}}}, "training.batch_size"),
    ({"command": "set", "setting": {"training": {"shuffle": 1}}}, "training.shuffle"),
    ({"command": "set", "setting": {"training": {"coefficients": {"betas": [0.1, 0.2]}}}}, "training.coefficients.betas"),
    ({"command": "set", "setting": {"training": {"coefficients": {"momentum": 2}}}}, "training.coefficients.momentum"),
    ({"command": "set", "setting": {"training": {"schedule": "step"}}}, "training.schedule"),
    ({"command": "set", "setting": {"training": {"schedule": {"name": "step", "every": 0}}}}, "training.schedule.every"),
    ({"command": "set", "setting": {"training": {"schedule": {"name": "cosine", "lowest": 5}}}}, "training.schedule.lowest"),
    ({"command": "set", "setting": {"training": {"schedule": {"name": "step", "lowest": 5}}}}, "training.schedule.lowest"),
    ({"command": "add_layer"}, "after"), ({"command": "add_layer", "after": 3}, "after"),
    ({"command": "add_layer", "after": 0, "units": 0}, "units"),
    ({"command": "add_layer", "after": 0, "activation": "none"}, "network.activations[0]"),
    ({"command": "remove_layer", "layer": 0}, "layer"), ({"command": "remove_layer", "layer": 3}, "layer"),
    ({"command": "add_unit", "layer": "1"}, "layer"), ({"command": "remove_unit", "layer": 1, "unit": 5}, "unit"),
    ({"command": "edit", "layer": 1, "unit": 1, "input": 1}, "value"),
    ({"command": "edit", "layer": 1, "unit": 1, "input": 3, "value": 0}, "input"),
    ({"command": "edit", "layer": 1, "unit": 9, "input": 1, "value": 0}, "unit"),
    ({"command": "edit", "layer": 9, "unit": 1, "input": 1, "value": 0}, "layer"),
    ({"command": "edit", "layer": 1, "unit": 1, "input": 1, "value": float("nan")}, "value"),
    ({"command": "edit", "layer": 1, "unit": 1, "input": 1, "value": "1"}, "value"),
    ({"command": "revive", "layer": 7}, "layer"), ({"command": "lesson", "number": 99}, "number"),
    ({"command": "lesson", "number": None}, "number"), ({"command": "challenge", "name": "fly"}, "name"),
    ({"command": "add_points", "points": 3}, "points"), ({"command": "add_points", "points": []}, "points"),
    ({"command": "add_points", "points": [[0, 0]]}, "points"), ({"command": "add_points", "points": [[0, 0, 7]]}, "data.added"),
    ({"command": "add_points", "points": [[1e9, 0, 1]]}, "data.added"),
    ({"command": "add_points", "points": [[0, 0, 1]] * 1001}, "data.added"),
    ({"command": "remove_points", "index": [999]}, "index"), ({"command": "remove_points", "index": []}, "index"),
    ({"command": "remove_points", "index": 3}, "index"), ({"command": "load_table", "name": "x", "content": "%"}, "content"),
    ({"command": "load_table", "name": 3, "content": ""}, "name"), ({"command": "load_table", "name": "x", "content": ""}, ""),
    ({"command": "set_table", "target": "x"}, "table"), ({"command": "view", "features": [1]}, "features"),
    ({"command": "view", "features": [1, 1]}, "features"), ({"command": "view", "features": [1, 3]}, "features"),
    ({"command": "view", "output": 2}, "output"), ({"command": "view", "gradient": 1}, "gradient"),
    ({"command": "view", "example": 99}, "example"), ({"command": "view", "x": [1]}, "x"),
    ({"command": "view", "held": [1, float("nan")]}, "held"), ({"command": "explain"}, "example"),
    ({"command": "explain", "example": 1, "x": [1, 2]}, "example"), ({"command": "explain", "x": [1, 2]}, "y"),
    ({"command": "explain", "x": [1, 2], "y": 3}, "y"), ({"command": "explain", "example": 1, "unit": 1}, "layer"),
    ({"command": "explain", "example": 1, "layer": 4}, "layer"),
    ({"command": "explain", "example": 1, "layer": 1, "unit": 5}, "unit"),
    ({"command": "slowly"}, "example"), ({"command": "slowly", "example": 999}, "example"),
    ({"command": "compare", "vary": "colour", "values": [1, 2]}, "vary"),
    ({"command": "compare", "vary": "l2", "values": [1]}, "values"),
    ({"command": "compare", "vary": "l2", "values": [1, -2]}, "training.l2"),
    ({"command": "compare", "vary": "l2", "values": [1, 2], "epochs": 0}, "epochs"), ({"command": "take", "run": 0}, "run"),
    ({"command": "landscape", "grid": 3}, "grid"), ({"command": "landscape", "plane": "moon"}, "plane"),
    ({"command": "cancel", "task": "play"}, "task"), ({"command": "open", "code": "xyz"}, "code"),
    ({"command": "open", "code": 3}, "code"), ({"command": "export", "format": "exe"}, "format"),
    ({"command": "picture", "name": "cat"}, "name"), ({"command": "picture", "name": "network", "format": "bmp"}, "format"),
    ({"command": "picture", "name": "curves"}, "name"), ({"command": "open_session", "content": "AAAA"}, "content"),
    ({"command": "open_model", "content": "AAAA"}, "content"),
]


@pytest.mark.parametrize(("command", "field"), BAD)
def test_a_bad_command_is_refused_and_changes_nothing(session, command, field):
    before = fingerprint(session)
    reply = session.handle(command).header
    as_json(reply)
    assert reply["ok"] is False
    assert reply["error"]["field"] == field or not field, reply
    assert 10 < len(reply["error"]["message"]) < 1500
    assert fingerprint(session) == before


def test_every_command_has_a_bad_one():
    assert {command["command"] for command, _ in BAD if command and "command" in command} >= set(COMMANDS) - {
        "pause", "restart", "reset", "diagnose", "gradients", "share"}


def test_settings_are_complete_and_checked_again():
    assert check_setting({}) == default_setting()
    assert check_setting(default_setting()) == default_setting()
    session = Session(setting=SMALL)
    assert check_setting(session.course.stage.setting) == session.course.stage.setting


WORDS = st.sampled_from(["circles", "table", "relu", "softmax", "adam", "epoch", "batch", "example", "path", "l2"])
KEYS = st.sampled_from(["data", "network", "training", "seed", "name", "hidden", "noise", "schedule", "every"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.integers() | st.floats(-5, 5) | st.floats() | st.text(max_size=5)
    | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8)
FIELDS = ["unit", "count", "epoch", "batch", "epochs_per_second", "setting", "after", "units", "activation", "layer", "input",
          "value", "points", "index", "name", "content", "target", "features", "output", "gradient", "example", "x", "y",
          "held", "vary", "values", "run", "grid", "plane", "task", "code", "format", "number", "seed", "id"]
FUZZED = st.fixed_dictionaries({"command": st.sampled_from(sorted(COMMANDS)) | st.text(max_size=3)},
                               optional=dict.fromkeys(FIELDS, JUNK))


def hold_against_fuzz(session, commands):
    """The session answers each command, stays consistent, and goes on; returns how many it accepted."""
    accepted = 0
    for command in commands:
        before, reply = fingerprint(session), session.handle(command).header
        as_json(reply)
        accepted += reply["ok"]
        if not reply["ok"]:
            assert fingerprint(session) == before, command
        if session.busy:
            session.advance(0.001)
    for kind in ("state", "data", "frame"):
        as_json(session.message(kind).header)
    assert session.handle({"command": "reset"}).header["ok"]
    return accepted


@settings(max_examples=12, deadline=None)
@given(st.lists(FUZZED, max_size=12))
def test_fuzzed_commands(commands):
    hold_against_fuzz(Session(setting=SMALL), commands)


def drawn_value(draw, depth=0):
    """A number, a text, a word that commands know, or lists and objects of these."""
    kind = draw.integers(12 if depth < 3 else 8)
    plain = [None, True, int(draw.integers(-3, 12)), int(draw.integers(2**62)), float(draw.normal() * 3), float("nan"),
             draw.choice(["circles", "table", "relu", "adam", "epoch", "batch", "l2", "png", "path", "c", "", "ŷ"]).item(),
             1e308]
    if kind < 8:
        return plain[kind]
    count = draw.integers(4)
    if kind < 10:
        return [drawn_value(draw, depth + 1) for _ in range(count)]
    keys = ["data", "network", "training", "seed", "name", "hidden", "noise", "schedule", "every", "optimizer", "dropout"]
    return {draw.choice(keys).item(): drawn_value(draw, depth + 1) for _ in range(count)}


@pytest.mark.slow
def test_ten_thousand_fuzzed_commands():
    draw, names = np.random.default_rng(0), sorted(COMMANDS)

    def drawn_command():
        fields = draw.choice(FIELDS, draw.integers(4), replace=False).tolist()
        return {"command": draw.choice(names).item(), **{field: drawn_value(draw) for field in fields}}

    accepted = hold_against_fuzz(Session(setting=SMALL), (drawn_command() for _ in range(10_000)))
    assert 500 < accepted < 5000


@pytest.mark.slow
def test_play_does_not_grow_memory():
    """Frames of a training into which commands fall; 10,000 of them did not grow it either."""
    import tracemalloc

    from pynn.playground.messages import encode
    session = Session(setting={"data": {"examples": 60}, "network": {"hidden": [4, 3]}})
    session.handle({"command": "speed", "epochs_per_second": None})
    commands = [{"command": "restart"}, {"command": "add_unit", "layer": 1},
                {"command": "set", "setting": {"data": {"name": "moons"}}}, {"command": "remove_unit", "layer": 1},
                {"command": "go", "epoch": 100}, {"command": "seed", "seed": 3},
                {"command": "view", "example": 5}, {"command": "reset"}]

    def play(frames):
        for number in range(frames):
            if number % 50 == 0:
                assert session.handle(commands[number // 50 % len(commands)]).header["ok"]
                session.play()
            session.advance(0.0005)
            encode(session.message("frame"))

    play(400)               # all commands once
    tracemalloc.start()
    try:
        play(400)
        before = tracemalloc.get_traced_memory()[0]
        play(1600)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 2e6
