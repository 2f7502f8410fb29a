"""The server of the playground: the page's files, commands by POST, messages as one stream; for this machine only.

It listens on 127.0.0.1.  Every request must have exactly this address as its Host, which stops DNS rebinding, and no other
Origin.  Commands need a random token, which only the printed address has.
"""
from __future__ import annotations

import hmac
import json
import os
import queue
import secrets
import select
import socket
import threading
from concurrent.futures import CancelledError
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import Any

from pynn.playground.choices import LIMITS
from pynn.playground.messages import Message, encode
from pynn.playground.owner import Owner, TooManyStreams
from pynn.playground.session import Session

_ADDRESS = "127.0.0.1"
_LOOK_EVERY = 1.0           # seconds between looks whether the page of a quiet stream is still there
_TIMEOUT = 30.0             # seconds for a request to arrive, or a message to be taken
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json",
          ".svg": "image/svg+xml", ".png": "image/png"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
                               "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
}
_COMMANDS = ("/command", "/stream", "/ack")


class Server:
    """A session on a port of this machine.

    Parameters
    ----------
    session : Session
        It belongs to the server from now on.
    port : int
        0: any free port.

    Attributes
    ----------
    url : str
        The address with the token.
    owner : Owner
        The thread of the session.

    Raises
    ------
    OSError
        If the port is taken.
    """

    def __init__(self, session: Session, port: int = 0) -> None:
        try:
            self._http = _HTTPServer((_ADDRESS, port), _Handler)
        except OSError as error:
            raise OSError(f"port: {port} of {_ADDRESS} cannot be used: {error.strerror}; 0 takes any that is free") from None
        self.owner = self._http.owner = Owner(session)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.1,), name="pynn playground server",
                                        daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port."""
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """The address with the token."""
        return f"http://{_ADDRESS}:{self.port}/#token={self._http.token}"

    def close(self) -> None:
        """End the session and all connections."""
        self.owner.close()
        self._http.shutdown()
        self._http.server_close()


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = os.name == "posix"        # a port can be used again at once; on Windows it would be shared
    owner: Owner

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        super().__init__(address, handler)
        self.token = secrets.token_urlsafe(32)
        self.host = f"{_ADDRESS}:{self.server_address[1]}"
        self.files = page_files()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that goes away in the middle of a request is no error."""


def page_files() -> dict[str, tuple[str, Any]]:
    """The paths of the page, with the type and the place of each."""
    folder = resources.files("pynn.playground").joinpath("page")
    found = {}
    for entry in folder.iterdir():
        suffix = entry.name[entry.name.rfind("."):]
        if entry.is_file() and suffix in _TYPES:
            found["/" if entry.name == "index.html" else f"/{entry.name}"] = (_TYPES[suffix], entry)
    return found


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "pynn", ""
    timeout = _TIMEOUT
    disable_nagle_algorithm = True          # an answer of two packets would wait 40 ms for the second one
    server: _HTTPServer

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """A file of the page."""
        if self._is_foreign(origin_needed=False):
            return
        if self.path in _COMMANDS:
            self._refuse(405)
        elif self.path not in self.server.files:
            self._refuse(404)
        else:
            kind, place = self.server.files[self.path]
            self._answer(200, place.read_bytes(), f"{kind}; charset=utf-8")

    def do_POST(self) -> None:
        """A command, an acknowledgement, or the beginning of a stream."""
        if self._is_foreign(origin_needed=True):
            return
        if self.path not in _COMMANDS:
            self._refuse(405 if self.path in self.server.files else 404)
            return
        tokens = self.headers.get_all("X-Pynn-Token", [])
        if len(tokens) != 1 or not hmac.compare_digest(tokens[0].encode(), self.server.token.encode()):
            self._refuse(403)
            return
        body = self._body()
        if body is None:
            return
        try:
            content = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            self._refuse(400)
            return
        try:
            {"/command": self._command, "/ack": self._acknowledge, "/stream": self._stream}[self.path](content)
        except (CancelledError, TimeoutError):
            self._refuse(503)

    def _refuse_method(self) -> None:
        if not self._is_foreign(origin_needed=False):
            self._refuse(405)

    do_HEAD = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = do_CONNECT = _refuse_method

    def _is_foreign(self, *, origin_needed: bool) -> bool:
        """Refuse a request for another host, or from another page."""
        hosts, origins = self.headers.get_all("Host", []), self.headers.get_all("Origin", [])
        site = self.headers.get("Sec-Fetch-Site", "same-origin")
        known = hosts == [self.server.host] and site in ("same-origin", "none")
        allowed = [[f"http://{self.server.host}"], *([] if origin_needed else [[]])]
        if known and origins in allowed:
            return False
        self._refuse(403)
        return True

    def _body(self) -> bytes | None:
        """The body of a request, or None after refusing it."""
        lengths = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" in self.headers or len(lengths) != 1:
            self._refuse(411)
        elif not (lengths[0].isascii() and lengths[0].isdigit()):
            self._refuse(400)
        elif len(lengths[0]) > 12 or int(lengths[0]) > LIMITS["command_bytes"]:
            self._refuse(413)
        elif self.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            self._refuse(415)
        else:
            body = self.rfile.read(int(lengths[0]))
            if len(body) == int(lengths[0]):
                return body
            self.close_connection = True
        return None

    def _command(self, command: Any) -> None:
        reply = self.server.owner.handle(command).result()
        self._answer(200, encode(reply), "application/octet-stream")

    def _acknowledge(self, content: Any) -> None:
        self.server.owner.acknowledge(content.get("stream"), content.get("number"))
        self._answer(204, b"", None)

    def _stream(self, content: Any) -> None:
        """Send message after message, until the page or the session ends."""
        outbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        try:
            stream = self.server.owner.open_stream(outbox.put).result()
        except TooManyStreams:
            self._refuse(503)
            return
        self.close_connection = True
        try:
            self._head(200, "application/octet-stream", None)
            while True:
                try:
                    message = outbox.get(timeout=_LOOK_EVERY)
                except queue.Empty:
                    if self._page_is_gone():
                        break
                    continue
                if message is None:
                    break
                self.wfile.write(encode(message))
        except OSError:
            pass
        finally:
            self.server.owner.close_stream(stream)

    def _page_is_gone(self) -> bool:
        """Whether the other side has closed the connection."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

    # -------------------------------------------------------------------------------------------------------- answers

    def _head(self, status: int, kind: str | None, length: int | None) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        if kind is not None:
            self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _answer(self, status: int, body: bytes, kind: str | None) -> None:
        self._head(status, kind, None if status == 204 else len(body))
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refuse(self, status: int) -> None:
        """Refuse a request; its body was not read, so the connection ends."""
        self.close_connection = True
        self._answer(status, f"{status} {self.responses[status][0]}\n".encode(), "text/plain; charset=utf-8")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server itself refuses: lines and headers that are too long, methods without a name here."""
        if not hasattr(self, "headers"):
            self.requestline = self.request_version = ""
        self.command = getattr(self, "command", None) or "GET"
        self.request_version = "HTTP/1.1"
        self._refuse(405 if code == 501 else int(code))


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def allowed_port(port: object) -> int:
    """A port as a user may give it."""
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
        raise ValueError(f"port: expected an int from 0 to 65535 (0: any that is free), got {port!r}")
    return port
