"""Calling the reader's function safely.  `pynn check` does so in a process without pynn, so this file imports nothing of it."""
from __future__ import annotations

import copy
import ctypes
import inspect
import linecache
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_stop_thread = ctypes.pythonapi.PyThreadState_SetAsyncExc


@dataclass(frozen=True)
class Failure:
    """An error in the reader's code: what it is, and in which line of which function (0, if in none of the reader's)."""

    kind: str
    message: str
    line: int = 0
    function: str = ""
    text: str = ""


@dataclass
class Attempt:
    """What one call of the reader's function came to; `given` are the arguments afterwards."""

    value: Any = None
    failure: Failure | None = None
    timed_out: bool = False
    overflowed: bool = False
    given: dict[str, Any] = field(default_factory=dict)


def attempt(function: Callable[..., Any], inputs: dict[str, Any], seconds: float, file: str | None = None) -> Attempt:
    """Call the function with copies in its own thread, and stop it when the time is up.

    The line of an error is looked for in `file`, by default that of the function.
    """
    result = Attempt(given=copy.deepcopy(inputs))

    def note_overflow(kind: str, flag: int) -> None:
        result.overflowed = True

    def work() -> None:
        try:
            with np.errstate(all="ignore", over="call", call=note_overflow):
                result.value = function(*result.given.values())
        except BaseException as error:
            result.failure = _failure(error, file or _file_of(function))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    finally:
        if thread.is_alive():
            result.timed_out = True
            _stop_thread(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))
    return result


def misfit(function: Callable[..., Any], parameters: Sequence[str]) -> str:
    """Why the function cannot be called with these arguments by position; "" if it can."""
    try:
        inspect.signature(function).bind(*parameters)
    except TypeError as error:
        return str(error)
    except ValueError:
        pass                # a compiled function may have no signature
    return ""


def _file_of(function: Callable[..., Any]) -> str | None:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return None if code is None else code.co_filename


def _failure(error: BaseException, file: str | None) -> Failure:
    steps = list(traceback.walk_tb(error.__traceback__))[1:]            # the first is the call above
    own = [(frame.f_code, line) for frame, line in steps if file in (None, frame.f_code.co_filename)]
    kind, message = type(error).__name__, str(error).rstrip(".") or "no message"
    if not own:
        return Failure(kind, message)
    last, line = own[-1]
    return Failure(kind, message, line, last.co_name, linecache.getline(last.co_filename, line).strip())
