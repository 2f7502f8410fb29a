"""The owner of a session: the one thread that touches it.  Commands come through a queue, messages go out through streams."""
from __future__ import annotations

import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from pynn.playground.choices import Json
from pynn.playground.messages import Message
from pynn.playground.session import Session

_MOST_STREAMS = 8
_FRAME_EVERY = 1 / 32       # seconds, so that 30 a second are reached
_ORDER = ("hello", "state", "data", "frame", "compare", "landscape", "gradients")
_LATE = 120.0               # seconds without an acknowledgement, after which a stream may give its place to a new page


class TooManyStreams(RuntimeError):
    """As many pages are open as may be."""


class Stream:
    """What one page gets: the next message is made when the last one was acknowledged.

    After a command, one message does not wait for the one under way, so that a click is answered at once.  `send` is called by
    the owner's thread with each message, and with None when the stream ends.
    """

    def __init__(self, number: int, send: Callable[[Message | None], None]) -> None:
        self.number, self.send = number, send
        self.sent = self.acknowledged = 0
        self.seen: dict[str, int] = {}
        self.sent_at = self.frame_due = 0.0
        self.is_urgent = False          # a command was done since the last frame

    @property
    def is_ready(self) -> bool:
        """Whether the next message may be sent."""
        return self.sent - self.acknowledged <= self.is_urgent

    def put(self, message: Message) -> None:
        """Send a message with its number."""
        self.sent += 1
        self.sent_at = time.monotonic()
        self.send(Message(message.header | {"stream": self.number, "number": self.sent}, message.blobs))


class Owner:
    """Runs a session in a thread of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._streams: dict[int, Stream] = {}
        self._numbers = 0
        self._helper = ThreadPoolExecutor(1, "pynn playground helper")
        self._thread = threading.Thread(target=self._run, name="pynn playground", daemon=True)
        self._thread.start()

    # ---------------------------------------------------------------------------------------- called by other threads

    def call(self, function: Callable[[Session], Any]) -> Future[Any]:
        """Let the owner's thread call a function of the session."""
        future: Future[Any] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(function(self._session))
            except BaseException as error:
                future.set_exception(error)

        self._inbox.put(work)
        if not self._thread.is_alive():
            future.cancel()
        return future

    def handle(self, command: Any) -> Future[Message]:
        """Let the session handle a command; long work on copies is done by a thread beside it."""
        reply: Future[Message] = Future()

        def work() -> None:
            if not reply.set_running_or_notify_cancel():
                return
            begun = _guarded(command, lambda: self._session.begin(command))
            for stream in self._streams.values():
                stream.is_urgent = True         # what the command changed is shown at once
            if callable(begun):
                self._helper.submit(lambda: reply.set_result(_guarded(command, begun)))
            else:
                reply.set_result(begun)

        self._inbox.put(work)
        if not self._thread.is_alive():
            reply.cancel()
        return reply

    def open_stream(self, send: Callable[[Message | None], None]) -> Future[Stream]:
        """Begin to send messages; a TooManyStreams if there are too many already."""
        return self.call(lambda session: self._open(send))

    def close_stream(self, stream: Stream) -> None:
        """Forget a stream whose page has gone."""
        self._inbox.put(lambda: self._drop(stream))

    def acknowledge(self, stream: Any, number: Any) -> None:
        """A page has drawn a message."""
        self._inbox.put(lambda: self._acknowledge(stream, number))

    def close(self, timeout: float = 0.8) -> None:
        """End the thread and all streams."""
        self._inbox.put(None)
        self._helper.shutdown(wait=False, cancel_futures=True)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)

    def wait(self, seconds: float) -> None:
        """Wait for the end of the session."""
        self._thread.join(seconds)

    @property
    def is_alive(self) -> bool:
        """Whether the session still runs."""
        return self._thread.is_alive()

    # ---------------------------------------------------------------------------------------------- the owner's thread

    def _open(self, send: Callable[[Message | None], None]) -> Stream:
        if len(self._streams) >= _MOST_STREAMS:
            first = min(self._streams.values(), key=lambda stream: (stream.is_ready, stream.sent_at))
            if first.is_ready or time.monotonic() - first.sent_at < _LATE:      # pages in hidden tabs acknowledge nothing
                raise TooManyStreams(f"{_MOST_STREAMS} pages are open already")
            self._drop(first)
        self._numbers += 1
        stream = self._streams[self._numbers] = Stream(self._numbers, send)
        stream.seen["note"] = self._session.versions["note"]        # old news are no news
        return stream

    def _drop(self, stream: Stream) -> None:
        if self._streams.pop(stream.number, None) is not None:
            stream.send(None)

    def _acknowledge(self, stream: Any, number: Any) -> None:
        found = self._streams.get(stream) if isinstance(stream, int) else None
        if found is not None and found.sent == number:
            found.acknowledged = found.sent

    def _run(self) -> None:
        while self._work_off(self._wait()):
            self._send_all()
            if self._session.busy:
                try:
                    self._session.advance()
                except Exception as error:
                    _report(error)
                    self._session.tasks.clear()
                    self._session.rest("paused", f"{type(error).__name__}: {error}")
            self._send_all()
        for stream in self._streams.values():
            stream.put(Message({"type": "end", "message": "The playground was closed."}))
            stream.send(None)

    def _work_off(self, seconds: float | None) -> bool:
        """Do what is in the inbox, after waiting for it; False if it says to end."""
        try:
            item = self._inbox.get(timeout=seconds) if seconds is None or seconds > 0 else self._inbox.get_nowait()
            while item is not None:
                item()
                item = self._inbox.get_nowait()
        except queue.Empty:
            return True
        return False

    def _wait(self) -> float | None:
        """Seconds until something has to be done without a command; None: nothing."""
        now, waits = time.monotonic(), [self._session.patience]
        for stream in self._streams.values():
            if stream.is_ready and self._news(stream):
                waits.append(0 if stream.is_urgent else max(stream.frame_due - now, 0))
        return min((seconds for seconds in waits if seconds is not None), default=None)

    def _news(self, stream: Stream) -> str | None:
        """The kind of the next message for a stream."""
        versions = self._session.versions
        if stream.seen.get("hello") == versions["hello"] and stream.seen.get("note", 0) < versions["note"]:
            return "note"
        return next((kind for kind in _ORDER if stream.seen.get(kind, 0) < versions[kind]
                     and (kind in _ORDER[:4] or kind in self._session.results)), None)

    def _send_all(self) -> None:
        for stream in list(self._streams.values()):
            self._send_news(stream)

    def _send_news(self, stream: Stream) -> None:
        kind = self._news(stream)
        is_early = kind == "frame" and not stream.is_urgent and time.monotonic() < stream.frame_due
        if not stream.is_ready or kind is None or is_early:
            return
        session = self._session
        if kind == "note":
            notes = [note for note in session.notes if note["note"] > stream.seen.get("note", 0)]
            stream.seen["note"] = notes[0]["note"] if notes else session.versions["note"]
            if notes:
                stream.put(Message(notes[0]))
            return
        stream.seen[kind] = session.versions[kind]
        if kind == "frame":
            stream.frame_due = max(stream.frame_due, time.monotonic() - _FRAME_EVERY / 2) + _FRAME_EVERY
            stream.is_urgent = False
        stream.put(_made(session, kind))


def _made(session: Session, kind: str) -> Message:
    try:
        return session.message(kind)
    except Exception as error:
        _report(error)
        return Message({"type": "note", "level": "error", "code": "internal", "message": f"{type(error).__name__}: {error}"})


def _guarded(command: Any, work: Callable[[], Any]) -> Any:
    """What the work gives; also an error of the playground itself becomes a reply, and the session goes on."""
    try:
        return work()
    except Exception as error:
        _report(error)
        given: Json = command if isinstance(command, dict) else {}
        return Message({"type": "reply", "id": given.get("id"), "command": given.get("command"), "ok": False,
                        "error": {"field": "", "message": f"{type(error).__name__}: {error}"}})


def _report(error: Exception) -> None:
    """Show an error of the playground itself on the terminal."""
    traceback.print_exception(error, file=sys.stderr)
