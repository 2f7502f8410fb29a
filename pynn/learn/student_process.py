"""The program that runs a student's file for `pynn check`, in a process of its own that knows no answers.

Each line on the standard input is a request in JSON, each line on the standard output its reply.  The program imports
neither pynn nor the workbook.  It returns what the student's functions return; the other process judges it.
"""
from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

PACKAGES = ("pynn", "cnn_core")
MEMORY = 2 << 30            # bytes of address space
_EVENTS = {                 # what a function of arrays never needs, and what leads around the rules
    "start other programs": ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile",
                             "os.fork", "os.forkpty", "_winapi.CreateProcess"),
    "use the network": ("socket.connect", "socket.sendto"),
    "rename or link files": ("os.link", "os.symlink", "os.rename"),
    "load libraries with ctypes": ("ctypes.dlopen", "ctypes.dlsym"),
    "look at objects that are not its own": ("gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys._current_frames")}
_CLOSED = {event: what for what, events in _EVENTS.items() for event in events}


def main() -> None:
    """Answer the requests.  The arguments: the student's file, the folder that has NumPy, the folders that are closed."""
    path, packages, *folders = sys.argv[1:]
    sys.path.append(packages)           # a folder of the user is not on the path of an isolated process
    sys.path.insert(0, str(Path(__file__).parent))
    attempt, wire = importlib.import_module("attempt"), importlib.import_module("wire")
    del sys.path[0]
    requests, replies = _private_streams()
    _limit_memory()
    uses_of_pynn = _close(path, tuple(folders))
    module: types.ModuleType | None = None
    for line in requests:
        request = json.loads(line)
        if "load" in request:
            module, reply = _load(path, request, attempt)
        else:
            reply = _call(getattr(module, request["call"]), request, attempt, wire)
        replies.write(json.dumps({**reply, "uses_of_pynn": uses_of_pynn}) + "\n")
        replies.flush()
        uses_of_pynn.clear()


def _private_streams() -> tuple[TextIO, TextIO]:
    """The two ends of the conversation; what the student's file reads and prints goes elsewhere."""
    streams = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    return streams


def _limit_memory() -> None:
    """Limit the address space where the system can do it (not on Windows; macOS does not enforce it)."""
    try:
        import resource
    except ImportError:
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (OSError, ValueError):       # there is a lower limit already, or none can be set
        return


def _close(path: str, folders: tuple[str, ...]) -> list[str]:
    """Close pynn and a few other things for this process; no code can open them again.  A list of the attempts to use pynn."""
    uses: list[str] = []
    closed, packages = dict(_CLOSED), PACKAGES
    own = tuple(os.path.realpath(Path(__file__).with_name(name)) for name in ("attempt.py", "wire.py", "student_process.py"))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in closed:
            raise PermissionError(f"a checked function may not {closed[event]}")
        if event not in ("import", "open") or not arguments:
            return
        name, file = (str(arguments[0]), arguments[1]) if event == "import" else ("", arguments[0])
        real = os.path.realpath(os.fsdecode(file)) if isinstance(file, str | bytes) else ""
        if (real.startswith(folders) and real not in own) or name.partition(".")[0] in packages:
            uses.append(_where(path))
            raise ImportError("a checked function may not use pynn")

    def refuse(*arguments: Any) -> None:
        hook("subprocess.Popen", arguments)

    with contextlib.suppress(ImportError):      # on POSIX, multiprocessing starts programs without an event
        for processes in map(importlib.import_module, ("_posixsubprocess", "subprocess")):
            vars(processes).update(fork_exec=refuse, _fork_exec=refuse)
    sys.addaudithook(hook)
    return uses


def _where(path: str) -> str:
    """The line of the student's file that is being executed."""
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != path:
        frame = frame.f_back
    return f"line {frame.f_lineno}" if frame is not None else "a line that is not in the file"


def _load(path: str, request: dict[str, Any], attempt: Any) -> tuple[types.ModuleType | None, dict[str, Any]]:
    """Execute the file.  The reply: which functions there are, and what is wrong with their arguments."""
    spec = importlib.util.spec_from_file_location("student", path)
    if spec is None or spec.loader is None:
        return None, {"failure": vars(attempt.Failure("ValueError", "the name of the file does not end in .py"))}
    module = importlib.util.module_from_spec(spec)
    sys.modules["student"] = module
    loader = spec.loader

    def execute() -> None:
        loader.exec_module(module)

    loaded = attempt.attempt(execute, {}, request["seconds"], path)
    functions = {name: attempt.misfit(getattr(module, name), parameters) for name, parameters in request["load"].items()
                 if callable(getattr(module, name, None))}
    return module, {"functions": functions, **_outcome(loaded)}


def _call(function: Callable[..., Any], request: dict[str, Any], attempt: Any, wire: Any) -> dict[str, Any]:
    """Call a function of the file."""
    inputs = {name: wire.decode(value) for name, value in request["inputs"].items()}
    tried = attempt.attempt(function, inputs, request["seconds"])
    try:
        value, given = wire.encode(tried.value), wire.encode(list(tried.given.values()))
    except RecursionError:              # a list that contains itself
        value, given = {"other": "list"}, []
    return {"value": value, "given": given, **_outcome(tried)}


def _outcome(tried: Any) -> dict[str, Any]:
    return {"failure": tried.failure and vars(tried.failure), "timed_out": tried.timed_out, "overflowed": tried.overflowed}


if __name__ == "__main__":
    main()
