"""Sharing: an address, a session file and a script give the same network, bit for bit; broken ones are refused."""
from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import zlib

import numpy as np
import pytest

import pynn
from pynn.playground.session import Session
from pynn.playground.sharing import decode

TABLE = "wing,mass,colour,species\n" + "".join(
    f"{7 + k % 5}.{k % 10},{20 + 3 * (k % 7)},{'red' if k % 3 else 'blue'},{'wren' if k % 2 else 'jay'}\n" for k in range(60))


def do(session, command, **fields):
    reply = session.handle({"command": command, **fields})
    assert reply.header["ok"], reply.header
    while session.busy:
        session.advance()
    return reply


def edited_session(*, mid_epoch=True):
    """A session with a change of every kind."""
    session = Session(setting={"data": {"examples": 80}, "network": {"dropout": 0.1}, "training": {"optimizer": "adam"}})
    do(session, "edit", layer=1, unit=1, input=1, value=0.1 + 0.2)
    do(session, "go", epoch=5)
    do(session, "set", setting={"training": {"optimizer": "rmsprop", "schedule": {"name": "exponential", "factor": 0.97}}})
    do(session, "go", epoch=8, batch=1 if mid_epoch else 0)
    do(session, "add_layer", after=2, units=5)
    do(session, "add_points", points=[[0.1, 0.2, 1]])
    do(session, "go", epoch=11)
    do(session, "remove_points", index=[1, 2])
    do(session, "remove_unit", layer=1)
    do(session, "go", epoch=14)
    return session


def bits(session):
    state = session.net.state.snapshot()
    return state.parameters.tobytes(), state.vectors.tobytes(), state.counts.tolist(), session.course.moment


def test_a_code_gives_the_same_bits_in_another_process():
    session = edited_session()
    shared = do(session, "share").header["result"]
    assert shared["fragment"] == f"s={shared['code']}"
    assert re.fullmatch(r"[\w-]+", shared["code"])
    assert len(shared["code"]) < 1500
    script = f"""
from pynn.playground.session import Session
session = Session()
assert session.handle({{"command": "open", "code": "http://127.0.0.1:1/#token=x&s={shared['code']}"}}).header["ok"]
while session.busy:
    session.advance()
print(session.net.parameters.tobytes().hex(), session.net.state.vectors.tobytes().hex(), session.course.moment)
"""
    run = subprocess.run([sys.executable, "-P", "-c", script], check=True, capture_output=True, text=True)
    out = run.stdout.split(maxsplit=2)
    theta, vectors, _, moment = bits(session)
    assert (bytes.fromhex(out[0]), bytes.fromhex(out[1]), out[2].strip()) == (theta, vectors, str(moment))


def test_a_code_holds_the_view_and_only_the_past():
    session = edited_session()
    do(session, "go", epoch=6)
    do(session, "view", features=[2, 1])
    content = decode(do(session, "share").header["result"]["code"])
    assert [event[:2] for event in content["events"]] == [[0, 0], [5, 0]]
    other = Session()
    do(other, "open", code=do(session, "share").header["result"]["fragment"])
    assert other.view.features == (2, 1)
    assert bits(other) == bits(session)


def code_of(content):
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(content).encode())).decode().rstrip("=")


GOOD = {"v": 1, "setting": {}, "events": [], "at": [2, 0], "view": {}}


@pytest.mark.parametrize(("code", "words"), [
    ("", "no code"), ("!!!", "no code"), ("AAAA", "no code"), (code_of(GOOD)[:20], "no code"), (code_of([]), "version"),
    (code_of(GOOD | {"v": 2}), "version"), (code_of(GOOD | {"setting": {"cats": 1}}), "cats"),
    (code_of(GOOD | {"setting": {"data": {"name": "table"}}}), "data.name"), (code_of(GOOD | {"at": [1]}), "at"),
    (code_of(GOOD | {"at": [10**9, 0]}), "at"), (code_of(GOOD | {"at": None}), "at"), (code_of(GOOD | {"events": 3}), "events"),
    (code_of(GOOD | {"events": [[0, 0, {"command": "export"}]]}), "change by hand"),
    (code_of(GOOD | {"events": [[0, 0, "edit"]]}), "events"), (code_of(GOOD | {"view": 3}), "view"),
    (code_of(GOOD | {"events": [[3, 0, {"command": "revive"}], [1, 0, {"command": "revive"}]]}), "order"),
    (base64.urlsafe_b64encode(zlib.compress(b"0" * (1 << 24))).decode(), "longer"),
    (base64.urlsafe_b64encode(zlib.compress(b'{"v": NaN}')).decode(), "NaN"),
    (base64.urlsafe_b64encode(zlib.compress(b"[" * 100_000)).decode(), "no code"),
])
def test_broken_codes_are_refused(code, words):
    session = Session()
    do(session, "step", unit="batch")
    before = bits(session)
    reply = session.handle({"command": "open", "code": code}).header
    assert not reply["ok"]
    assert words in reply["error"]["message"]
    assert bits(session) == before


def test_other_bits_are_told():
    session = edited_session()
    content = decode(do(session, "share").header["result"]["code"])
    for theta, notes in ((content["theta"], []), (content["theta"] ^ 1, ["other_bits"]), ("x", [])):
        other = Session()
        do(other, "open", code=code_of(content | {"theta": theta}))
        assert [note["code"] for note in other.notes] == notes
        do(other, "go", epoch=3)
        assert len(other.notes) == len(notes)


def test_a_code_whose_events_do_not_fit_says_so():
    session = Session()
    events = [[1, 0, {"command": "edit", "layer": 9, "unit": 1, "input": 1, "value": 0}]]
    do(session, "open", code=code_of(GOOD | {"events": events, "view": {"features": [5, 6]}}))
    assert session.course.moment == (2, 0)
    assert [note["code"] for note in session.notes] == ["view", "event"]


def with_table(**fields):
    session = Session()
    content = base64.b64encode(TABLE.encode()).decode()
    do(session, "load_table", name="birds.csv", content=content, **fields)
    return session


@pytest.mark.parametrize("kind", ["drawn", "table", "own"])
def test_a_session_file_gives_the_same_bits(kind):
    if kind == "drawn":
        session = edited_session()
    elif kind == "table":
        session = with_table()
        do(session, "go", epoch=20)
    else:
        from pynn.playground.opening import session_of
        X, y = pynn.datasets.moons(50, rng=0)
        net = pynn.Network([2, 5, 1], hidden="tanh", rng=2)
        net.standardizer = pynn.Standardizer.fit(X)
        net.fit(X, y, epochs=3, optimizer="adam")
        session = session_of(net, X, y)
        do(session, "go", epoch=20)
        assert "save a session" in session.handle({"command": "share"}).header["error"]["message"]
    content = base64.b64encode(dict(do(session, "export", format="session").blobs)["file"].tobytes()).decode()
    other = Session()
    do(other, "open_session", content=content)
    assert bits(other) == bits(session)
    assert other.course.stage.setting == session.course.stage.setting
    assert other.net.feature_names == session.net.feature_names
    assert (other.net(session.course.stage.examples.X) == session.net(session.course.stage.examples.X)).all()
    broken = base64.b64encode(base64.b64decode(content)[:-40]).decode()
    before = bits(other)
    reply = other.handle({"command": "open_session", "content": broken}).header
    assert not reply["ok"]
    assert "/tmp" not in reply["error"]["message"]
    assert bits(other) == before


def test_a_table_and_its_columns():
    session = with_table()
    state = session.message("state").header
    assert state["table"]["source"] == "birds.csv"
    assert [column["name"] for column in state["table"]["columns"]] == ["wing", "mass", "colour", "species"]
    assert state["names"]["features"] == ("wing", "mass", "colour = blue", "colour = red")
    assert state["names"]["labels"] == ("jay", "wren")
    assert session.net.sizes == (4, 4, 6, 6, 4, 1)
    do(session, "go", epoch=3)
    do(session, "view", features=[1, 4])
    assert len(session.message("frame").blobs) > 3
    do(session, "set_table", target="mass", features=["wing"])
    assert session.message("state").header["kind"] == "values"
    assert session.net.target_standardizer is not None
    slowly = session.handle({"command": "slowly", "example": None}).header["result"]
    assert [step["phase"] for step in slowly["steps"]][:4] == ["input"] * 3 + ["forward"]       # X and y are scaled first
    do(session, "set_table", target="species", features=["wing", "mass"])
    examples = session.course.stage.examples
    assert session.net.standardizer is not None
    assert examples.X[:, 0].max() > 10
    net = pynn.Network([2, 4, 6, 6, 4, 1], rng=1)
    net.standardizer = pynn.Standardizer.fit(examples.X)
    do(session, "go", epoch=4)
    net.fit(examples.X, examples.y, epochs=4, learning_rate=0.1)
    assert (net.parameters == session.net.parameters).all()
    do(session, "set", setting={"data": {"standardize": False}})
    assert session.net.standardizer is None


@pytest.mark.parametrize("arguments", [
    ["--target", "species"], ["--target", "species", "--features", "mass,wing"], ["--target", "mass", "--features", "wing"]])
def test_a_trained_model_on_its_table(arguments, tmp_path, capsys):
    """What `pynn train` has made goes on in the playground with the same predictions."""
    from pynn.cli import main
    from pynn.playground import models, tables
    from pynn.playground.table_file import TableFile
    (tmp_path / "birds.csv").write_text(TABLE)
    main(["train", str(tmp_path / "birds.csv"), *arguments, "--out", str(tmp_path / "m.npz"), "--seed", "1", "--epochs", "3"])
    net, session = pynn.load(tmp_path / "m.npz"), Session()
    tables.use_table(session, TableFile("birds.csv", TABLE.encode()), arguments[1], None)
    models.use_network(session, net)
    examples = session.course.stage.examples
    assert (session.net(examples.X) == net(examples.X)).all()
    shown = session.message("frame").header["metrics"]["train"]
    assert shown["loss"] == net.evaluate(examples.X, examples.y)["loss"]
    assert session.net.optimizer == net.optimizer
    do(session, "step", unit="epoch", count=3)
    assert session.message("state").header["names"]["labels"] == (None if net.is_regression else net.label_names)


@pytest.mark.parametrize(("text", "words"), [
    ("", "birds.csv"), ("a,b\n1\n", "birds.csv"), ("a\n1\n2\n", "column"), ("a,b\nx,1\n", "examples"),
    ("\x1f\x8b", "compressed"),
    ("when,b\n2020-01-01,1\n2020-01-02,2\n", "target"), ("a,b\n" + "".join(f"{k},n{k}\n" for k in range(60)), "classes")])
def test_tables_that_cannot_be_used(text, words):
    session = Session()
    before = bits(session)
    reply = session.handle({"command": "load_table", "name": "birds.csv", "content": base64.b64encode(
        text.encode("latin-1")).decode()}).header
    assert not reply["ok"]
    assert words in reply["error"]["message"]
    assert "/tmp" not in reply["error"]["message"]
    assert bits(session) == before


@pytest.mark.parametrize(("command", "chinese"), [
    ({"command": "load_table", "content": "a,b\n1,2\n3\n"}, "birds.csv"),
    ({"command": "load_table", "content": ""}, "birds.csv"),
    ({"command": "load_table", "content": "\x1f\x8b"}, "content: birds.csv 是压缩文件，请先解压"),
    ({"command": "load_table", "content": "a,b\nx,1\nx,2\n" + "y,3\n" * 9, "features": ["c"]}, "c"),
    ({"command": "load_table", "content": "a,b\n" + "".join(f"{k},n{k}\n" for k in range(60))}, "target: 类别应当有"),
    ({"command": "load_table", "content": "a,b\n" + "".join(f"n{k},{k}\n" for k in range(60)), "features": ["a"]}, "n0"),
    ({"command": "open_session", "content": "x"}, "session"), ({"command": "open_model", "content": "x"}, "model"),
    ({"command": "open", "code": "nonsense"}, "code: 这不是演示台的分享码"),
    ({"command": "set", "setting": {"training": {"learning_rate": -1}}}, "training.learning_rate"),
    ({"command": "set", "setting": {"training": {"coefficients": {"momentum": 2}}}}, "training.coefficients.momentum"),
    ({"command": "compare", "vary": "learning_rate", "values": [1]}, "values: 应当列出 2 到"),
    ({"command": "picture", "name": "curves"}, "name: 还没有曲线，请先训练")])
def test_refusals_are_in_the_language_of_the_page(command, chinese):
    """Of the page that asks: another page of the same session goes on in English."""
    session = Session()
    if "content" in command:
        content = base64.b64encode(command["content"].encode("latin-1")).decode()
        command = command | {"content": content} | ({"name": "birds.csv"} if command["command"] == "load_table" else {})
    told = {language: session.handle(command | {"language": language}).header["error"] for language in ("zh", "en")}
    assert chinese in told["zh"]["message"]
    assert re.search("[\u4e00-\u9fff]", told["zh"]["message"])
    assert not re.search("[\u4e00-\u9fff]|/tmp", told["en"]["message"])
    assert told["zh"]["field"] == told["en"]["field"]
    assert "/tmp" not in told["zh"]["message"]


def test_why_a_column_cannot_be_used_is_in_the_language_of_the_page():
    content = base64.b64encode(("when,b,c\n" + "2020-01-01,1,x\n2020-01-02,2,y\n" * 9).encode()).decode()
    for language, why, notes in (("zh", "这一列是日期", "未使用的列：when"), ("en", "it has dates", "left out: when")):
        session = Session()
        do(session, "load_table", name="birds.csv", content=content, language=language)
        table = session.message("state").header["table"]
        assert table["columns"][0]["why"] == why
        assert notes in table["notes"]


@pytest.mark.parametrize("plain", [True, False])
def test_the_script_gives_the_same_bits(plain):
    if plain:
        session = Session(setting={"data": {"name": "moons", "examples": 80}, "training": {"optimizer": "adam"}})
        do(session, "edit", layer=1, unit=1, input=0, value=0.3)
        do(session, "go", epoch=4)
        do(session, "set", setting={"training": {"learning_rate": 0.02, "batch_size": None}})
        do(session, "add_points", points=[[0.5, 0.25, 1], [-1, 0.1, 0]])
        do(session, "go", epoch=7)
        do(session, "set", setting={"training": {"optimizer": "sgd", "coefficients": {"momentum": 0.9}, "l2": 1e-3}})
        do(session, "go", epoch=9)
    else:
        session = edited_session()
    text = dict(do(session, "export", format="python").blobs)["file"].tobytes().decode()
    assert ("replay" in text) != plain
    names = {}
    exec(compile(text, "script.py", "exec"), names)
    assert names["net"].parameters.tobytes() == session.net.parameters.tobytes()
    assert max(map(len, text.splitlines())) < 200 or not plain
    assert plain or "# epoch 8, batch 1: add_layer after=2, units=5" in text


@pytest.mark.parametrize("fields", [{"target": "species"}, {"target": "mass"},
                                    {"target": "species", "features": ["wing", "mass"]}])
def test_the_script_of_a_table(fields, tmp_path, monkeypatch):
    session = with_table(**fields)
    do(session, "go", epoch=4)
    text = dict(do(session, "export", format="python").blobs)["file"].tobytes().decode()
    (tmp_path / "birds.csv").write_text(TABLE)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(text, "script.py", "exec"), names)
    assert names["net"].parameters.tobytes() == session.net.parameters.tobytes()
    assert (names["net"](names["X"]) == session.net(names["X"])).all()
    reply = session.handle({"command": "export", "format": "c"}).header
    assert reply["ok"] == (session.net.encoder is None)
    do(session, "remove_points", index=session.course.stage.examples.rows[:1].tolist())
    assert "table" in session.handle({"command": "export", "format": "python"}).header["error"]["message"]


def test_exports_and_pictures(tmp_path):
    session = Session(setting={"data": {"examples": 60}, "network": {"hidden": [3]}})
    do(session, "go", epoch=3)
    hello = session.message("hello").header["choices"]
    for one in hello["exports"]:
        reply = do(session, "export", format=one["format"])
        data = dict(reply.blobs)["file"].tobytes()
        assert len(data) > 100
        assert reply.header["result"]["name"].endswith("." + one["suffix"])
        if one["format"] == "model":
            (tmp_path / "model.npz").write_bytes(data)
            loaded = pynn.load(tmp_path / "model.npz")
            assert loaded.parameters.tobytes() == session.net.parameters.tobytes()
            other = Session(setting={"data": {"examples": 60}})
            do(other, "open_model", name="model.npz", content=base64.b64encode(data).decode())
            assert other.net.parameters.tobytes() == session.net.parameters.tobytes()
            do(other, "seed")
            assert other.net.parameters.tobytes() != session.net.parameters.tobytes()
            other = Session(setting={"data": {"name": "sine"}})
            assert not other.handle({"command": "open_model", "content": base64.b64encode(data).decode()}).header["ok"]
        if one["format"] == "history":
            rows = np.genfromtxt(data.decode().splitlines(), delimiter=",", names=True)
            assert rows["epoch"].tolist() == [1, 2, 3]
            assert (rows["loss"] == session.course.timeline.curves()[1]).all()
    for one in hello["pictures"]:
        for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
            data = dict(do(session, "picture", name=one["name"], format=kind).blobs)["file"].tobytes()
            assert data.startswith(start)
    from matplotlib import pyplot
    assert not pyplot.get_fignums()


@pytest.mark.parametrize("held_out", [True, False])
def test_the_encoder_of_a_table_learns_from_the_training_examples_alone(held_out, tmp_path, monkeypatch):
    """One row has the only missing mass and the only yellow bird: if it is held out, nothing of it is known."""
    rows = np.arange(60)
    train, test, *_ = pynn.datasets.split(rows, rows, test_size=0.1, rng=0)
    lines = TABLE.splitlines()
    lines[1 + (test if held_out else train)[0]] = "7.5,,yellow,jay"
    (tmp_path / "birds.csv").write_text("\n".join(lines))
    table = pynn.datasets.load_csv(tmp_path / "birds.csv")
    expected = pynn.TableEncoder().fit(table, rows=train)
    X = expected.transform(table, unknown="ignore")
    session = Session()
    do(session, "load_table", name="birds.csv", content=base64.b64encode((tmp_path / "birds.csv").read_bytes()).decode())
    examples = session.course.stage.examples
    np.testing.assert_array_equal(examples.X, X[train])
    np.testing.assert_array_equal(examples.X_test, X[test])
    assert session.net.encoder.entry() == expected.entry()
    assert session.net.feature_names == expected.feature_names
    assert ("colour = yellow" in expected.feature_names) != held_out
    do(session, "go", epoch=3)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(dict(do(session, "export", format="python").blobs)["file"].tobytes().decode(), names)
    assert names["net"].parameters.tobytes() == session.net.parameters.tobytes()
    other = Session()
    content = dict(do(session, "export", format="session").blobs)["file"].tobytes()
    do(other, "open_session", content=base64.b64encode(content).decode())
    assert bits(other) == bits(session)
    assert other.net.encoder.entry() == expected.entry()
    do(session, "set", setting={"data": {"test_share": 0}})
    assert "colour = yellow" in session.net.feature_names
