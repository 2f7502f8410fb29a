"""A student's file in a process of its own: started, asked, stopped when the time is up, started again when it has ended."""
from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

import cnn_core
from pynn.learn.attempt import Attempt, Failure
from pynn.learn.exercises.exercise import Exercise, Inputs
from pynn.learn.grading import SECONDS
from pynn.learn.wire import decode, encode
from pynn.translation import _

_PROGRAM = Path(__file__).with_name("student_process.py")
_PACKAGES = Path(np.__file__).parents[1]
_CLOSED = [os.path.realpath(folder) + os.sep for folder in (Path(__file__).parents[1], Path(cnn_core.__file__).parent)]
_GRACE = 5.0                # seconds in which the process stops a function itself, or starts
_LONGEST = 1 << 26          # characters of a reply
_ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}


def _ended() -> Failure:
    return Failure(_("the end of its process"), _("by an exit, a crash, or too much memory or output"))


class Student:
    """The functions of a file.

    Attributes
    ----------
    functions : dict
        The functions of the file by name, and what is wrong with their arguments ("" for nothing).
    loading_used_pynn : str
        Where the file tried to use pynn while it was loaded; "" if it did not.
    failure : Failure or None
        The error that stopped the file while it was loaded.
    uses_of_pynn : list of str
        The places in the file that have tried to use pynn since the list was emptied.
    """

    def __init__(self, path: Path, exercises: Iterable[Exercise]) -> None:
        self._path = path.resolve()
        self._parameters = {exercise.name: exercise.parameters for exercise in exercises}
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="pynn-check-", ignore_cleanup_errors=True)
        self.uses_of_pynn: list[str] = []
        self.functions: dict[str, str] = {}
        self.failure: Failure | None = None
        self._start()
        self.loading_used_pynn = next(iter(self.uses_of_pynn), "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()
        self._folder.cleanup()

    def call(self, name: str, inputs: Inputs) -> Attempt:
        """Call a function with copies of the inputs."""
        if self._process is None:
            self._start()
        if self._process is None:       # the file ends its process when it is loaded again
            return Attempt(failure=_ended())
        reply = self._ask({"call": name, "inputs": {label: encode(value) for label, value in inputs.items()},
                           "seconds": SECONDS})
        if reply.get("timed_out"):
            self._stop()                # a function may go on in spite of the exception that should have stopped it
        try:
            given = dict(zip(inputs, decode(reply.get("given", [])), strict=False))
            return Attempt(decode(reply.get("value")), _failure_in(reply), bool(reply.get("timed_out")),
                           bool(reply.get("overflowed")), given)
        except Exception:               # another reply than that of our program
            return Attempt(failure=_ended())

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", str(_PROGRAM), str(self._path), str(_PACKAGES), *_CLOSED], encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self._folder.name,
            env=os.environ | _ONE_THREAD)
        reply = self._ask({"load": self._parameters, "seconds": SECONDS})
        late = Failure(_("a timeout"), _("it still ran after {seconds:g} s", seconds=SECONDS))
        self.failure = late if reply.get("timed_out") else _failure_in(reply)
        functions = reply.get("functions")
        self.functions = functions if isinstance(functions, dict) else {}

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply; if there is none in time, the process is stopped."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        lines: queue.Queue[str] = queue.Queue()
        read = process.stdout.readline
        self._reader = threading.Thread(target=lambda: lines.put(read(_LONGEST)), daemon=True)
        self._reader.start()
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            reply = json.loads(lines.get(timeout=SECONDS + _GRACE))
            self.uses_of_pynn += [str(place) for place in reply["uses_of_pynn"]]
            return dict(reply)
        except queue.Empty:
            self._stop()
            return {"timed_out": True}
        except (OSError, ValueError, TypeError, KeyError, RecursionError):      # it has ended, or the reply is not ours
            self._stop()
            return {"failure": vars(_ended())}

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if self._reader is not None:
            self._reader.join()                 # it reads to the end that the killed process has left
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):  # what was not yet written to a process that has ended
                if stream is not None:
                    stream.close()


def _failure_in(reply: dict[str, Any]) -> Failure | None:
    failure = reply.get("failure")
    if failure is None:
        return None
    try:
        return Failure(str(failure["kind"]), str(failure["message"]), int(failure["line"]), str(failure["function"]),
                       str(failure["text"]))
    except (ValueError, TypeError, KeyError, OverflowError):
        return _ended()
