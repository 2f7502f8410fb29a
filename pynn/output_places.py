"""Where a command may write: never over a file that it reads, and over an existing file only if that is one of pynn's."""
from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from pynn import storage
from pynn.translation import LANGUAGES, _

_MARK = '<!DOCTYPE html>\n<html lang="{}">\n<!-- a report of pynn -->\n'         # how each report begins


def check_output(option: str, path: str, reads: Mapping[str, str], writes: Mapping[str, str] | None = None) -> None:
    """A ValueError unless a file can be written there without loss.

    `reads` has what each file that the command reads is called; `writes` has the other files that it writes, by option.
    """
    folder = os.path.dirname(os.path.abspath(os.path.realpath(path)))
    if os.path.isdir(path) or not os.path.isdir(folder):
        raise ValueError(_("{option}: expected a file in an existing folder, got {path}", option=option, path=path))
    for what, other in reads.items():
        if _is_same(path, other):
            if path == other:
                raise ValueError(_("{option}: expected another file than {what}, got {path}; nothing was written",
                                   option=option, what=what, path=path))
            raise ValueError(_("{option}: expected another file than {what}, got {path}, which is the same file as {other}; "
                               "nothing was written", option=option, what=what, path=path, other=other))
    for other_option, other in (writes or {}).items():
        if _is_same(path, other):
            raise ValueError(_("{option}: expected another file than {other_option} writes, got {path}; nothing was written",
                               option=option, other_option=other_option, path=path))


def check_replaceable(option: str, path: str, what: str, is_one: Callable[[str], bool]) -> None:
    """A ValueError if there is a file that is not empty, and is not what the command may write over."""
    if os.path.exists(path) and not (os.path.isfile(path) and (os.path.getsize(path) == 0 or is_one(path))):
        raise ValueError(_("{option}: expected a new file or {what}, got {path}, which is another file; nothing was written",
                           option=option, what=what, path=path))


def is_model(path: str) -> bool:
    """Whether the file is a model of pynn's."""
    try:
        with storage.reading(path):
            return True
    except ValueError:
        return False


def is_report(path: str) -> bool:
    """Whether the file is a report of pynn's."""
    marks = tuple(report_mark(name) for name in LANGUAGES)
    with open(path, "rb") as file:
        return file.read(max(map(len, marks))).startswith(marks)


def report_mark(name: str) -> bytes:
    """How a report in a language begins."""
    return _MARK.format(name.replace("_", "-")).encode()


def _is_same(one: str, other: str) -> bool:
    """Whether two paths are one file, also by links, or will be one."""
    if os.path.exists(one) and os.path.exists(other):
        return os.path.samefile(one, other)
    return os.path.realpath(one) == os.path.realpath(other)
