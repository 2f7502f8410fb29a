"""The server: a table of attacks, all refused while the session goes on; streams, latency, and its end."""
from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import closing

import numpy as np
import pytest

import pynn
from pynn.playground.server import Server
from pynn.playground.session import Session

SMALL = {"data": {"examples": 60}, "network": {"hidden": [4, 3]}}


@pytest.fixture
def server():
    server = Server(Session(setting=SMALL))
    yield server
    server.close()


def token_of(server):
    return server.url.rpartition("=")[2]


def headers_of(server, **changes):
    """The headers of the page's own requests, with changes; None leaves one out."""
    host = f"127.0.0.1:{server.port}"
    headers = {"Host": host, "Origin": f"http://{host}", "X-Pynn-Token": token_of(server), "Content-Type": "application/json"}
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in headers.items() if value is not None}


def request(server, method, path, body=b"", **changes):
    """Status, headers and body of the answer to one request."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        headers = headers_of(server, **changes)
        if "Content_Length" not in changes and "Transfer_Encoding" not in changes:
            headers["Content-Length"] = str(len(body))
        for name, value in headers.items():
            for one in value if isinstance(value, list) else [value]:
                connection.putheader(name, one)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()


def parse(data):
    """The header of one message, and the bytes behind it."""
    length, size = struct.unpack_from("<II", data)
    return json.loads(data[8:8 + size]), data[4 + length:]


def command(server, name, **fields):
    status, _, body = request(server, "POST", "/command", json.dumps({"command": name, "id": 1, **fields}).encode())
    assert status == 200
    header, rest = parse(body)
    assert not rest
    return header


class Page:
    """What a page does: reads the stream and acknowledges."""

    def __init__(self, server):
        self.server = server
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        self.connection.request("POST", "/stream", "{}", headers_of(server))
        self.answer = self.connection.getresponse()

    def read(self):
        length, = struct.unpack("<I", self.answer.read(4))
        data = self.answer.read(length)
        size, = struct.unpack_from("<I", data)
        return json.loads(data[4:4 + size])

    def acknowledge(self, message):
        body = json.dumps({"stream": message["stream"], "number": message["number"]}).encode()
        assert request(self.server, "POST", "/ack", body)[0] == 204

    def next(self):
        message = self.read()
        self.acknowledge(message)
        return message

    def is_quiet(self, seconds):
        """Whether nothing comes for so many seconds."""
        stream = self.answer.fp
        time.sleep(seconds)
        stream.raw._sock.setblocking(False)
        try:
            return not stream.peek(1)
        finally:
            stream.raw._sock.settimeout(10)

    def close(self):
        self.answer.close()
        self.connection.close()


PLAY = b'{"command": "play"}'
ATTACKS = [     # what it is, method, path, body, changed headers, the statuses that refuse it
    ("rebound name", "POST", "/command", PLAY, {"Host": "evil.example", "Origin": "http://evil.example"}, 403),
    ("rebound name on the port", "POST", "/command", PLAY,
     {"Host": "evil.example:{port}", "Origin": "http://evil.example:{port}"}, 403),
    ("localhost is another host", "POST", "/command", PLAY, {"Host": "localhost:{port}"}, 403),
    ("no port", "POST", "/command", PLAY, {"Host": "127.0.0.1"}, 403),
    ("no host", "POST", "/command", PLAY, {"Host": None}, 403),
    ("two hosts", "POST", "/command", PLAY, {"Host": ["127.0.0.1:{port}", "evil.example"]}, 403),
    ("rebound page", "GET", "/", b"", {"Host": "evil.example", "Origin": None}, 403),
    ("foreign page", "POST", "/command", PLAY, {"Origin": "http://evil.example"}, 403),
    ("foreign port", "POST", "/command", PLAY, {"Origin": "http://127.0.0.1:1"}, 403),
    ("https", "POST", "/command", PLAY, {"Origin": "https://127.0.0.1:{port}"}, 403),
    ("origin null", "POST", "/command", PLAY, {"Origin": "null"}, 403),
    ("no origin", "POST", "/command", PLAY, {"Origin": None}, 403),
    ("origin with a path", "POST", "/command", PLAY, {"Origin": "http://127.0.0.1:{port}/"}, 403),
    ("two origins", "POST", "/command", PLAY, {"Origin": ["http://127.0.0.1:{port}", "http://evil.example"]}, 403),
    ("foreign script of a page", "GET", "/", b"", {"Origin": "http://evil.example"}, 403),
    ("cross site by the browser", "POST", "/command", PLAY, {"Sec_Fetch_Site": "cross-site"}, 403),
    ("same site by the browser", "GET", "/", b"", {"Origin": None, "Sec_Fetch_Site": "same-site"}, 403),
    ("no token", "POST", "/command", PLAY, {"X_Pynn_Token": None}, 403),
    ("empty token", "POST", "/command", PLAY, {"X_Pynn_Token": ""}, 403),
    ("wrong token", "POST", "/command", PLAY, {"X_Pynn_Token": "a" * 43}, 403),
    ("part of the token", "POST", "/command", PLAY, {"X_Pynn_Token": "{token}"[:-1]}, 403),
    ("two tokens", "POST", "/command", PLAY, {"X_Pynn_Token": ["{token}", "b"]}, 403),
    ("token not ASCII", "POST", "/command", PLAY, {"X_Pynn_Token": "\xe9\xff"}, 403),
    ("stream without token", "POST", "/stream", b"{}", {"X_Pynn_Token": None}, 403),
    ("ack without token", "POST", "/ack", b"{}", {"X_Pynn_Token": "x"}, 403),
    ("unknown path", "POST", "/run", PLAY, {}, 404),
    ("unknown file", "GET", "/nothing.js", b"", {}, 404),
    ("path upwards", "GET", "/../session.py", b"", {}, 404),
    ("encoded path upwards", "GET", "/%2e%2e/session.py", b"", {}, 404),
    ("double slash", "GET", "//etc/passwd", b"", {}, 404),
    ("absolute file", "GET", "/etc/passwd", b"", {}, 404),
    ("query", "GET", "/?token=1", b"", {}, 404),
    ("backslash", "GET", "/..\\session.py", b"", {}, 404),
    ("absolute address", "GET", "http://evil.example/", b"", {}, 404),
    ("command by GET", "GET", "/command", b"", {}, 405),
    ("file by POST", "POST", "/", PLAY, {}, 405),
    ("PUT", "PUT", "/command", PLAY, {}, 405),
    ("DELETE", "DELETE", "/", b"", {}, 405),
    ("OPTIONS", "OPTIONS", "/command", b"", {}, 405),
    ("TRACE", "TRACE", "/", b"", {}, 405),
    ("CONNECT", "CONNECT", "/", b"", {}, 405),
    ("HEAD", "HEAD", "/", b"", {}, 405),
    ("made up method", "STEAL", "/", b"", {}, 405),
    ("foreign preflight", "OPTIONS", "/command", b"", {"Origin": "http://evil.example"}, 403),
    ("too large", "POST", "/command", b"", {"Content_Length": str(9 << 20)}, 413),
    ("far too large", "POST", "/command", b"", {"Content_Length": "9" * 30}, 413),
    ("negative length", "POST", "/command", b"", {"Content_Length": "-1"}, 400),
    ("no number", "POST", "/command", b"", {"Content_Length": "0x10"}, 400),
    ("no length", "POST", "/command", b"", {"Content_Length": None}, 411),
    ("two lengths", "POST", "/command", PLAY, {"Content_Length": ["19", "5"]}, 411),
    ("chunked", "POST", "/command", b"0\r\n\r\n", {"Transfer_Encoding": "chunked"}, 411),
    ("a form", "POST", "/command", PLAY, {"Content_Type": "application/x-www-form-urlencoded"}, 415),
    ("plain text", "POST", "/command", PLAY, {"Content_Type": "text/plain"}, 415),
    ("no type", "POST", "/command", PLAY, {"Content_Type": None}, 415),
    ("no JSON", "POST", "/command", b"play", {}, 400),
    ("no object", "POST", "/command", b"[1]", {}, 400),
    ("no UTF-8", "POST", "/command", b'{"command": "\xff"}', {}, 400),
    ("NaN", "POST", "/command", b'{"command": NaN}', {}, 400),
    ("deep", "POST", "/command", b"[" * 100_000, {}, 400),
    ("empty", "POST", "/command", b"", {}, 400),
    ("long number", "POST", "/command", b'{"epoch": ' + b"9" * 10_000 + b"}", {}, 400),
    ("long header", "GET", "/", b"", {"X_Long": "a" * 70_000}, 431),
    ("many headers", "GET", "/", b"", {"X_Many": ["a"] * 200}, 431),
    ("long path", "GET", "/" + "a" * 70_000, b"", {}, 414),
]


@pytest.mark.parametrize(("method", "path", "body", "changes", "status"), [one[1:] for one in ATTACKS],
                         ids=[one[0] for one in ATTACKS])
def test_attacks_are_refused_and_the_session_goes_on(server, method, path, body, changes, status):
    def filled(value):
        if isinstance(value, list):
            return [filled(one) for one in value]
        return value and value.replace("{port}", str(server.port)).replace("{token}", token_of(server))

    got, headers, text = request(server, method, path, body, **{name: filled(value) for name, value in changes.items()})
    assert got == status
    assert token_of(server).encode() not in text
    assert b"evil" not in text
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Access-Control-Allow-Origin" not in headers
    reply = command(server, "step", unit="batch")
    assert reply["result"] == {"epoch": 0, "batch": 1, "example": 0}        # nothing was played meanwhile


def test_it_listens_on_this_machine_only(server):
    assert server._http.server_address[0] == "127.0.0.1"
    assert len(token_of(server)) >= 43
    assert len({token_of(one) for one in (server, *opened(3))}) == 4


def opened(count):
    for _ in range(count):
        one = Server(Session(setting=SMALL))
        one.close()
        yield one


def test_the_files_of_the_page(server):
    from pynn.playground.server import page_files
    for path in page_files():
        status, headers, body = request(server, "GET", path, Origin=None, X_Pynn_Token=None)
        assert status == 200
        assert body
        assert token_of(server).encode() not in body
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "connect-src 'self'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
    assert b"<script" in request(server, "GET", "/", Origin=None)[2]


def test_half_a_request_harms_nobody(server):
    address = "127.0.0.1", server.port
    with socket.create_connection(address) as one, socket.create_connection(address) as two:
        one.sendall(b"POST /command HTTP/1.1\r\nHost: 127")
        two.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        assert command(server, "pause")["ok"]


def test_the_stream_begins_with_everything_and_waits_for_acknowledgement(server):
    page = Page(server)
    assert page.answer.status == 200
    first = page.read()
    assert (first["type"], first["number"]) == ("hello", 1)
    assert page.is_quiet(0.2)
    request(server, "POST", "/ack", json.dumps({"stream": first["stream"], "number": 7}).encode())
    request(server, "POST", "/ack", b'{"stream": null, "number": []}')
    assert page.is_quiet(0.2)
    page.acknowledge(first)
    assert [page.next()["type"] for _ in range(3)] == ["state", "data", "frame"]
    assert page.is_quiet(0.3)                   # nothing is sent while paused
    assert command(server, "set", setting={"training": {"l2": 0.5}})["ok"]
    state = page.next()
    assert (state["type"], state["setting"]["training"]["l2"]) == ("state", 0.5)
    page.close()


def test_frames_flow_and_commands_are_answered_at_once(server):
    command(server, "speed", epochs_per_second=None)
    page = Page(server)
    for _ in range(4):
        page.next()
    assert command(server, "play")["ok"]
    began, messages, epochs, waits = time.perf_counter(), 0, 0, []
    while time.perf_counter() - began < 1:
        message = page.next()
        messages, epochs = messages + 1, message.get("epoch", epochs)
        if messages % 5 == 0:
            asked = time.perf_counter()
            assert command(server, "view", gradient=bool(messages % 2))["ok"]
            waits.append(time.perf_counter() - asked)
    assert messages > 5         # 30 a second on an idle machine
    assert epochs > 50
    assert sorted(waits)[len(waits) // 2] < 0.5         # below 0.05 on an idle machine
    command(server, "pause")
    page.close()


def test_the_answer_to_a_command_waits_neither_for_its_turn_nor_for_an_acknowledgement(server, monkeypatch):
    """Only one message: of three commands without an acknowledgement, the third has to wait."""
    from pynn.playground import owner
    monkeypatch.setattr(owner, "_FRAME_EVERY", 60.0)
    page = Page(server)
    for _ in range(4):
        page.next()
    for place in ([0, 1], [1, 0]):                  # an epoch has two batches
        assert command(server, "step", unit="batch")["ok"]
        message = page.read()
        assert [message[name] for name in ("type", "epoch", "batch")] == ["frame", *place]
    assert command(server, "step", unit="batch")["ok"]
    assert page.is_quiet(0.3)
    page.close()


def test_two_pages_see_the_same(server):
    pages = [Page(server), Page(server)]
    for page in pages:
        assert [page.next()["type"] for _ in range(4)] == ["hello", "state", "data", "frame"]
    command(server, "step", unit="batch")
    assert [page.next()["batch"] for page in pages] == [1, 1]
    for page in pages:
        page.close()


def test_too_many_pages_and_pages_that_die(server):
    pages = [Page(server) for _ in range(8)]
    assert request(server, "POST", "/stream", b"{}")[0] == 503
    assert command(server, "pause")["ok"]
    for page in pages:
        page.close()
    for _ in range(50):
        time.sleep(0.1)
        page = Page(server)
        if page.answer.status == 200:
            break
        page.close()
    assert page.next()["type"] == "hello"
    page.close()


def test_a_page_that_has_drawn_nothing_for_long_gives_its_place(server, monkeypatch):
    from pynn.playground import owner
    pages = [Page(server) for _ in range(8)]
    for page in pages[1:]:
        for _ in range(4):
            page.next()
    monkeypatch.setattr(owner, "_LATE", 0.0)
    new = Page(server)
    assert new.answer.status == 200
    assert pages[0].read()["type"] == "hello"
    assert pages[0].answer.read() == b""                    # the stream has ended
    assert command(server, "step", unit="batch")["ok"]
    assert pages[1].next()["batch"] == 1
    for page in [*pages, new]:
        page.close()


def test_a_bug_becomes_a_reply_and_the_session_goes_on(server, monkeypatch, capfd):
    from pynn.playground import commands

    def broken(session, command):
        raise AssertionError("a bug")

    monkeypatch.setitem(commands.COMMANDS, "pause", broken)
    reply = command(server, "pause")
    assert (reply["ok"], reply["error"]["message"]) == (False, "AssertionError: a bug")
    assert command(server, "step", unit="batch")["ok"]
    assert "a bug" in capfd.readouterr().err


def test_close_ends_streams_and_is_heard(server):
    page = Page(server)
    for _ in range(4):
        page.next()
    began = time.perf_counter()
    server.close()
    assert time.perf_counter() - began < 1
    assert page.read()["type"] == "end"
    page.close()


@pytest.mark.slow
def test_frames_do_not_grow_memory(server):
    import resource
    command(server, "speed", epochs_per_second=None)
    page = Page(server)
    for _ in range(4):
        page.next()
    command(server, "play")
    for _ in range(40):
        page.next()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(60):
        page.next()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000        # kB; an hour is bounded by the thinning
    page.close()


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_the_command_opens_and_ends_within_a_second(tmp_path):
    began = time.perf_counter()
    command = [sys.executable, "-m", "pynn", "playground", "--no-browser", "--lesson", "8"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        try:
            assert process.stdout.readline().startswith("The playground")
            assert "http://127.0.0.1:" in process.stdout.readline()
            assert time.perf_counter() - began < 10
            began = time.perf_counter()
            process.send_signal(signal.SIGINT)
            assert process.wait(5) == 0
            assert time.perf_counter() - began < 1.5
            assert process.stderr.read() == ""
        finally:
            process.kill()              # if it was slower: without a signal it stays for ever


@pytest.mark.parametrize(("arguments", "words"), [
    (["--port", "99999"], "port"), (["--lesson", "77"], "--lesson"), (["--data", "none.csv"], "none.csv"),
    (["--target", "x"], "--target"), (["--model", "none.npz"], "none.npz"), (["--open", "x"], "code")])
def test_wrong_arguments_of_the_command(arguments, words, capsys):
    from pynn.cli import main
    with pytest.raises(SystemExit) as ended:
        main(["playground", "--no-browser", *arguments])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_a_port_that_is_taken_is_an_error(server, capsys):
    from pynn.cli import main
    with pytest.raises(SystemExit) as ended:
        main(["playground", "--no-browser", "--port", str(server.port)])
    assert ended.value.code == 2
    assert str(server.port) in capsys.readouterr().err


def test_play_hands_out_the_network():
    X, y = pynn.datasets.blobs(60, rng=0)
    net = pynn.Network([2, 5, 3], hidden="tanh", rng=0)
    playground = pynn.play(net, X, y, open_browser=False)
    try:
        server = playground._server
        assert playground.network.sizes == (2, 5, 3)
        assert (playground.network.parameters == net.parameters).all()
        assert command(server, "step", unit="epoch")["ok"]
        for _ in range(100):
            if playground.network.epoch == 1:
                break
            time.sleep(0.02)
        trained = playground.network
        assert trained.epoch == 1
        assert net.epoch == 0
    finally:
        playground.close()
    assert (playground.network.parameters == trained.parameters).all()
    playground.close()


@pytest.mark.parametrize(("arguments", "words"), [
    ({"net": 3}, "net"), ({"X": [[1, 2]]}, "X, y"), ({"net": pynn.Network([2, 1], rng=0)}, "X"),
    ({"net": pynn.Network([2, 70, 1], rng=0), "X": [[0, 1], [1, 0]], "y": [0, 1]}, "64"),
    ({"net": pynn.Network([2, 3], output="linear", rng=0), "X": [[0, 1], [1, 0]], "y": [[0, 1, 2]] * 2}, "one target"),
    ({"net": pynn.Network([2, 1], rng=0), "X": [[0, 1], [1, 0]], "y": [0, 2]}, "y"), ({"port": -1}, "port"),
    ({"X": [[0, 1], [1, 0]], "y": [0, 60]}, "classes"), ({"X": np.zeros((3, 1001)), "y": [0, 1, 0]}, "features"),
    ({"open_browser": "no"}, "open_browser")])
def test_wrong_arguments_of_play(arguments, words):
    with pytest.raises((ValueError, TypeError), match=words):
        pynn.play(**{"open_browser": False, **arguments})


def test_a_port_can_be_used_again_at_once():
    first = Server(Session(setting=SMALL))
    page = Page(first)
    page.next()
    first.close()
    second = Server(Session(setting=SMALL), first.port)
    assert command(second, "pause")["ok"]
    second.close()
    page.close()


def test_no_thread_is_left():
    before = threading.active_count()
    server = Server(Session(setting=SMALL))
    page = Page(server)
    page.next()
    server.close()
    page.close()
    for _ in range(40):
        if threading.active_count() <= before:
            break
        time.sleep(0.1)
    assert threading.active_count() <= before
