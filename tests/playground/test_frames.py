"""Every number of a frame is the engine's: maps are forward, the surface is predict_proba, gradients are backward."""
from __future__ import annotations

import json
import struct

import numpy as np
import pytest

import pynn
from pynn.playground.messages import Message, as_json, encode
from pynn.playground.session import Session

PROBLEMS = {
    "probability": {"data": {"examples": 80}},
    "classes": {"data": {"name": "blobs", "examples": 80}, "network": {"hidden": [5], "activations": ["tanh"]}},
    "values": {"data": {"name": "plane", "examples": 80}, "network": {"hidden": [6, 3], "activations": ["sigmoid", "gelu"]}},
    "line": {"data": {"name": "sine", "examples": 80}, "network": {"hidden": [6]}},
    "no test set": {"data": {"examples": 80, "test_share": 0}, "network": {"hidden": []}},
}


@pytest.fixture(params=PROBLEMS)
def session(request):
    session = Session(setting=PROBLEMS[request.param])
    assert session.handle({"command": "step", "unit": "epoch", "count": 3}).header["ok"]
    while session.busy:
        session.advance()
    assert session.handle({"command": "step", "unit": "batch", "count": 2}).header["ok"]
    return session


def parts(session, kind="frame"):
    message = session.message(kind)
    return message.header, dict(message.blobs)


def near(bytes_, values, low, high):
    """Whether bytes 0 … 254 stand for the values between low and high."""
    return np.abs(low + (high - low) * (bytes_ / 254.0) - values).max() <= (high - low) / 254 * 0.5 + 1e-12


def grid_of(session, points):
    header, _ = parts(session, "state")
    x0, x1, y0, y1 = header["view"]["extent"]
    if session.net.sizes[0] == 1:
        return np.linspace(x0, x1, points)[:, None]
    return np.array([[x, y] for y in np.linspace(y0, y1, points) for x in np.linspace(x0, x1, points)])


def test_the_surface_is_predict_proba(session):
    header, blobs = parts(session)
    points = blobs["surface"].shape[1]
    grid = grid_of(session, points)
    assert blobs["surface"].size == len(grid)
    surface = blobs["surface"].ravel()
    if header["surface"]["kind"] == "values":
        assert near(surface, session.net.predict(grid), header["surface"]["low"], header["surface"]["high"])
        assert {0, 254} <= set(surface.tolist())
    else:
        probabilities = session.net.predict_proba(grid)
        if header["surface"]["kind"] == "classes":
            assert (blobs["leader"].ravel() == session.net.predict(grid)).all()
            assert near(surface, probabilities.max(axis=1), 0, 1)
        else:
            assert near(surface, probabilities[:, 1], 0, 1)
    if session.net.sizes[0] == 1:
        assert (blobs["line"] == session.net.predict(grid).astype(np.float32)).all()


def test_the_unit_maps_are_forward(session):
    header, blobs = parts(session)
    maps, net = blobs["units"], session.net
    A = np.concatenate(net.forward(grid_of(session, maps.shape[2])).A)
    assert len(maps) == len(header["scales"]) == sum(net.sizes)
    bounded = [l and net.activations[l - 1] in ("sigmoid", "softmax") for l, n in enumerate(net.sizes) for _ in range(n)]
    for one, (low, high), values, is_bounded in zip(maps, header["scales"], A, bounded, strict=True):
        assert near(one.ravel(), values, low, high)
        assert (low, high) == ((0, 1) if is_bounded else (-high, max(abs(values).max(), 0) or 1.0))


def test_parameters_metrics_and_wrong_examples(session):
    header, blobs = parts(session)
    net, examples = session.net, session.course.stage.examples
    assert blobs["parameters"].tobytes() == net.parameters.tobytes()
    for name, X, y in (("train", examples.X, examples.y), ("test", examples.X_test, examples.y_test)):
        if not len(X):
            assert header["metrics"][name] is None
            continue
        shown = dict(header["metrics"][name])
        confusion = shown.pop("confusion", None)
        assert shown == net.evaluate(X, y)
        if net.is_regression:
            assert confusion is None
        else:
            predicted = net.predict(X)
            K = len(confusion)
            assert confusion == [[int(((y == i) & (predicted == j)).sum()) for j in range(K)] for i in range(K)]
    data, points = parts(session, "data")
    X, y, rows = examples.everything
    assert (points["index"] == rows).all()
    assert (points["targets"] == y.astype(np.float32)).all()
    assert points["test"].sum() == len(examples.X_test)
    expected = np.zeros(len(y)) if net.is_regression else net.predict(X) != y
    assert (blobs["wrong"] == expected).all()
    columns = X if X.shape[1] == 2 else np.column_stack([X[:, 0], y])
    assert (points["points"] == columns.astype(np.float32)).all()
    assert len(data["names"]) == 2


def test_the_gradient_is_backward(session):
    assert "gradient" not in parts(session)[1]
    session.handle({"command": "view", "gradient": True})
    header, blobs = parts(session)
    examples, net = session.course.stage.examples, session.net
    flat = net.backward(examples.X, examples.y).flat
    assert blobs["gradient"].tobytes() == flat.tobytes()
    assert header["gradient"]["norm"] == np.linalg.norm(flat)
    session.handle({"command": "step", "unit": "example", "count": 3})
    header, blobs = parts(session)
    rows = session.course.next_batch()[:3]
    assert blobs["gradient"].tobytes() == net.backward(examples.X[rows], examples.y[rows]).flat.tobytes()
    assert header["gradient"]["of"] == "batch"
    assert header["selected"]["index"] == examples.rows[rows[2]]


def test_the_selected_example(session):
    examples, net = session.course.stage.examples, session.net
    row = int(examples.rows[4])
    assert session.handle({"command": "view", "example": row}).header["ok"]
    header, blobs = parts(session)
    step = net.forward(examples.X[4:5])
    assert (blobs["example_a"] == np.concatenate(step.A)[:, 0]).all()
    assert (blobs["example_z"][net.sizes[0]:] == np.concatenate(step.Z[1:])[:, 0]).all()
    assert np.isnan(blobs["example_z"][:net.sizes[0]]).all()
    assert header["selected"]["loss"] == net.backward(examples.X[4:5], examples.y[4:5]).loss
    point = [0.25] * net.sizes[0]
    assert session.handle({"command": "view", "x": point}).header["ok"]
    header, blobs = parts(session)
    assert (blobs["example_a"] == np.concatenate(net.forward([point]).A)[:, 0]).all()
    assert header["selected"]["targets"] is None


def test_curves_are_the_history(session):
    header, blobs = parts(session)
    examples, setting = session.course.stage.examples, session.course.stage.setting
    net = Session(setting=setting).net
    validation = (examples.X_test, examples.y_test) if len(examples.X_test) else None
    history = net.fit(examples.X, examples.y, epochs=3, learning_rate=0.1, validation_data=validation)
    assert header["curves"]["names"][1:] == [name for name in history if name != "epoch_seconds"]
    for name, row in zip(header["curves"]["names"], blobs["curves"], strict=True):
        expected = [1, 2, 3] if name == "epoch" else history[name]
        assert (row == np.array(expected, np.float32)).all()
    assert header["curves"]["upto"] == 3


def test_equations_are_those_of_explain(session):
    examples, net = session.course.stage.examples, session.net
    X, y, row = examples.X[7:8], examples.y[7:8], int(examples.rows[7])
    for l in range(1, len(net) + 1):
        reply = session.handle({"command": "explain", "example": row, "layer": l, "unit": 1}).header["result"]
        told = pynn.explain(net, X, y, learning_rate=0.1, layer=l, unit=1)
        assert reply["title"] == told.title
        text = str(told)
        for section in reply["sections"]:
            assert section["title"] in text
            assert section["text"].strip() in text
            assert "<math" in section["html"]
        numbers, step = reply["numbers"], told.to_dict()
        assert (numbers["w"] == net[l].W[0]).all()
        assert (numbers["z"], numbers["a"]) == (step["Z"][l][0, 0], step["A"][l][0, 0])
        assert (numbers["dw"] == net.backward(X, y).dW[l][0]).all()
        assert (numbers["new_w"] == step["new_W"][l][0]).all()
        assert np.isclose(sum(numbers["products"]) + numbers["b"], numbers["z"], rtol=1e-12, atol=1e-12)
    L = len(net)
    slowly = session.handle({"command": "slowly", "example": row}).header["result"]
    whole = pynn.explain(net, X, y, learning_rate=0.1)
    assert [step["title"] for step in slowly["steps"]] == [section.title for section in whole.sections]
    assert [step["phase"] for step in slowly["steps"]] == (
        ["input"] + ["forward"] * L + ["loss"] + ["backward"] * L + ["update"] * L + ["after"])
    batch = session.handle({"command": "slowly", "example": None}).header["result"]
    assert batch["examples"] == examples.rows[session.course.next_batch()].tolist()


def test_the_rest_of_the_work(session):
    """Gradients against differences, the landscape and the comparison, against the functions that they come from."""
    examples, net = session.course.stage.examples, session.net
    for command in ({"command": "gradients"}, {"command": "landscape", "grid": 11},
                    {"command": "compare", "vary": "learning_rate", "values": [0.05, 0.1], "epochs": 3}):
        assert session.handle(command).header["ok"]
        while session.busy:
            session.advance()
    report, _ = parts(session, "gradients")
    assert report["ok"]
    assert len(report["rows"]) == len(net.parameters)
    expected = pynn.check_gradients(net, examples.X[:50], examples.y[:50])
    assert (report["max_error"], expected.ok) == (expected.max_error, True)
    assert [row["backward"] for row in report["rows"]] == net.backward(examples.X[:50], examples.y[:50]).flat.tolist()
    header, blobs = parts(session, "landscape")
    assert header["plane"] == "path"
    assert header["epochs"] == [0, 3]
    at_end = np.abs(blobs["path"] - [[0, 0], [1, 0]]).max()
    assert at_end < 1e-12
    i, j = 3, 7
    first = Session(setting=session.course.stage.setting).net
    twin = net.copy()
    line = net.parameters - first.parameters
    on_line = np.abs(blobs["t"]).argmin()
    twin.parameters = first.parameters + blobs["s"][j] * line
    if abs(blobs["t"][on_line]) < 1e-12:
        assert blobs["losses"][on_line, j] == pytest.approx(twin.evaluate(examples.X, examples.y)["loss"], rel=1e-9)
    assert np.isfinite(blobs["losses"][i, j])
    header, blobs = parts(session, "compare")
    assert [run["epoch"] for run in header["runs"]] == [3, 3]
    assert header["done"]
    same = first.copy()
    same.fit(examples.X, examples.y, epochs=3, learning_rate=0.1)
    assert header["runs"][1]["train"] == same.evaluate(examples.X, examples.y)
    assert blobs["surface_1"].size in (50, 2500)


def test_not_finite_numbers_are_shown_as_such():
    session = Session(setting={"network": {"activations": "linear"}, "data": {"name": "plane"}})
    for k in range(1, 5):
        for name in range(1, session.net.sizes[k] + 1):
            session.handle({"command": "edit", "layer": k, "unit": name, "input": 1, "value": 1e6})
    session.net.parameters[:] *= 1e280
    _, blobs = parts(session)
    assert 255 in blobs["surface"]
    assert 255 in blobs["units"]
    encode(session.message("frame"))
    assert session.handle({"command": "step", "unit": "epoch"}).header["ok"]
    assert session.status == "diverged"
    assert "loss" in parts(session)[0]["message"]
    assert as_json({"a": [np.nan, np.inf, -np.inf, 1.5]}) == b'{"a":["NaN","Infinity","-Infinity",1.5]}'


def test_the_binary_form():
    arrays = (("one", np.arange(5, dtype=np.uint8)), ("two", np.arange(6, dtype=np.float64).reshape(2, 3)),
              ("three", np.empty((0, 3), np.float32)), ("four", np.arange(3, dtype=np.int32)))
    data = encode(Message({"type": "test", "text": "ŷ"}, arrays))
    length, size = struct.unpack_from("<II", data)
    assert length + 4 == len(data)
    assert (8 + size) % 8 == 0
    header = json.loads(data[8:8 + size])
    assert header["text"] == "ŷ"
    types = {"u1": np.uint8, "f8": np.float64, "f4": np.float32, "i4": np.int32}
    for (name, array), entry in zip(arrays, header["blobs"], strict=True):
        assert (entry["name"], entry["at"] % 8) == (name, 0)
        start = 8 + size + entry["at"]
        read = np.frombuffer(data[start:start + entry["bytes"]], types[entry["dtype"]]).reshape(entry["shape"])
        assert (read == array).all()
