"""From the bytes of a file to its text: gzip, byte order marks, encodings."""
from __future__ import annotations

import codecs
import contextlib
import gzip
import io
import os
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, TextIO

from pynn.translation import Sentence

_BYTE_ORDER_MARKS = (       # the longer ones first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TEXT = (                # how files begin that are no text
    (b"PK\x03\x04", Sentence("a ZIP archive or an Excel workbook (.xlsx)")),
    (b"\xd0\xcf\x11\xe0", Sentence("an Excel workbook (.xls)")),
    (b"PAR1", Sentence("a Parquet file")),
)


@contextlib.contextmanager
def open_text(path: Any, encoding: str | None) -> Iterator[TextIO]:
    """Open a text file, gzipped or not.  Without an encoding, the byte order mark decides; if there is none, it is UTF-8.

    A byte order mark may remain as the first character, "\\ufeff".
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(Sentence("path: expected a str or path-like, got {path!r} ({kind})", path=path,
                                 kind=type(path).__name__))
    if "\0" in os.fsdecode(path):
        raise ValueError(Sentence("path: expected the name of a file, got {name!r}", name=path))
    if encoding is not None:
        _check_encoding(encoding)
    found = encoding or "utf-8"
    try:
        with open(path, "rb") as file, _unzipped(file) as binary:
            start = binary.peek(4)[:4]
            for mark, what in _NO_TEXT:
                if start.startswith(mark):
                    raise ValueError(Sentence("path: {path} is {what}, expected a text file: save the table as CSV", path=path,
                                              what=what))
            found = encoding or next((name for mark, name in _BYTE_ORDER_MARKS if start.startswith(mark)), "utf-8")
            yield io.TextIOWrapper(binary, encoding=found, newline="")
    except UnicodeError as error:
        line = _undecodable_line(path, found)
        remedy = "" if encoding else Sentence("; give its encoding, for example encoding='cp1252' (--encoding cp1252)")
        raise ValueError(Sentence("path: {path}{line} is not in {encoding}: {error}{remedy}", path=path, line=line,
                                  encoding=found.removesuffix("-sig").upper(), error=error, remedy=remedy)) from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(Sentence("path: {path} is a damaged gzip file: {error}", path=path, error=error)) from None


def _check_encoding(encoding: str) -> None:
    if not isinstance(encoding, str):
        raise TypeError(Sentence("encoding: expected a str or None, got {encoding!r} ({kind})", encoding=encoding,
                                 kind=type(encoding).__name__))
    try:
        "".encode(encoding)
    except (LookupError, ValueError):
        raise ValueError(Sentence("encoding: expected an encoding that Python knows, such as 'cp1252', got {encoding!r}",
                                  encoding=encoding)) from None


def _unzipped(file: BinaryIO) -> io.BufferedReader:
    """The bytes of a file, decompressed if they are gzip's, whatever the file is called."""
    assert isinstance(file, io.BufferedReader)
    return io.BufferedReader(gzip.GzipFile(fileobj=file)) if file.peek(2)[:2] == b"\x1f\x8b" else file


def _undecodable_line(path: Any, encoding: str) -> str | Sentence:
    """The place of the first line that cannot be decoded, if line ends are single bytes."""
    if encoding.startswith(("utf-16", "utf-32")) or not os.path.isfile(path):
        return ""
    with open(path, "rb") as file, _unzipped(file) as binary:
        for number, line in enumerate(binary, start=1):
            try:
                line.decode(encoding)
            except UnicodeError:
                return Sentence(", line {number}", number=number)
    return ""
