"""From text to records: quotes, comment lines, blank lines, trailing delimiters."""
from __future__ import annotations

import array
import contextlib
import csv
import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from pynn.datasets.csv.delimiter import check_delimiter, find_delimiter
from pynn.datasets.csv.encoding import open_text
from pynn.datasets.csv.numerals import could_be_number
from pynn.datasets.csv.packed_cells import Cells
from pynn.translation import Sentence

_SAMPLE = 200           # lines that are looked at for the delimiter
_CHUNK = 4096           # records that are packed together
_NUL = "\0"
_LARGEST_CELL = 2**31 - 1


class Records(NamedTuple):
    """The records of a file, by column."""

    path: Any
    delimiter: str
    names: list[str] | None         # of the header line
    columns: list[Cells]
    lines: np.ndarray[Any, np.dtype[Any]]       # where each row begins
    header_line: int
    blank_rows: int


def read_records(path: Any, *, header: bool, delimiter: str | None, encoding: str | None) -> Records:
    """Read all records of a file.

    Lines that begin with # before the first record are comments; blank lines and rows of empty cells are skipped.
    """
    check_delimiter(delimiter)
    with open_text(path, encoding) as stream, _large_cells():
        lines = _without_nul(stream, path)
        preamble, first = _preamble(lines)
        sample = [*first, *itertools.islice(lines, _SAMPLE)]
        if delimiter is None and preamble and (given := re.fullmatch(r"sep=(.)\s*", preamble[0])):
            delimiter = given[1]                    # as Excel writes it
        delimiter = delimiter or find_delimiter(sample)
        records = _records(itertools.chain(sample, lines), len(preamble), delimiter, path)
        start = next(records, None)
        if start is None:
            raise ValueError(Sentence("path: {path}, line 1: expected {what}, the file is empty", path=path,
                                      what=Sentence("a header line") if header else Sentence("data")))
        names = None
        if header:
            commented = _commented_names(preamble, start[1], delimiter)
            names = _without_blank_end([name.strip() for name in commented or start[1]])
            header_line = len(preamble) if commented else start[0]
            records = itertools.chain([start], records) if commented else records
            width = len(names)
        else:
            records, header_line = itertools.chain([start], records), 0
            width = len(_without_blank_end(start[1]))
        if width == 0:
            raise ValueError(Sentence("path: {path}, line {line}: expected names or data, got only delimiters", path=path,
                                      line=start[0]))
        columns, numbers, blank = _by_column(records, width, names, path)
    if not numbers:
        raise ValueError(Sentence("path: {path}, line {line}: expected at least one row after the header line, got "
                                  "none", path=path, line=header_line + 1))
    return Records(path, delimiter, names, columns, np.array(numbers), header_line, blank)


def _without_nul(stream: Iterator[str], path: Any) -> Iterator[str]:
    for number, line in enumerate(stream, start=1):
        if _NUL in line:
            raise ValueError(Sentence("path: {path}, line {number}: expected text, got a NUL character; the file may be in "
                                      "UTF-16: encoding='utf-16-le' (--encoding utf-16-le)", path=path, number=number))
        yield line


def _preamble(lines: Iterator[str]) -> tuple[list[str], list[str]]:
    """The lines before the first record, and the first line of it; without a byte order mark."""
    preamble: list[str] = []
    for line in lines:
        line = line if preamble else line.removeprefix("\ufeff")
        if line.strip() and not line.startswith("#") and not (not preamble and re.fullmatch(r"sep=.\s*", line)):
            return preamble, [line]
        preamble.append(line)
    return preamble, []


def _commented_names(preamble: list[str], first: list[str], delimiter: str) -> list[str] | None:
    """The names in the last comment line, if it is the header: the first record has as many cells, and some are numbers."""
    if not preamble or not preamble[-1].startswith("#") or not any(map(could_be_number, first)):
        return None
    line = preamble[-1].strip()
    names = next(csv.reader([line if line[1:2] == delimiter else line[1:]], delimiter=delimiter, skipinitialspace=True))
    return names if len(names) == len(first) > 1 else None


def _trim_quoted(lines: Iterator[str], delimiter: str) -> Iterator[str]:
    """The lines without blanks around quoted cells, which the csv module refuses or takes for text."""
    mark = re.escape(delimiter)
    blanks = rf"(?:(?!{mark})[^\S\r\n])*"
    quoted = re.compile(rf'(^|{mark}){blanks}("(?:[^"]|"")*"){blanks}(?={mark}|[\r\n]*$)')
    return (quoted.sub(r"\1\2", line) if '"' in line else line for line in lines)


def _records(lines: Iterator[str], offset: int, delimiter: str, path: Any) -> Iterator[tuple[int, list[str]]]:
    """The records, each with the number of the line where it begins."""
    reader = csv.reader(_trim_quoted(lines, delimiter), delimiter=delimiter, skipinitialspace=delimiter != " ", strict=True)
    while True:
        line = offset + reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason: str | csv.Error = error
            if "end of data" in str(error):
                reason = Sentence("a quote is opened and not closed")
            elif str(error).endswith("expected after '\"'"):
                reason = Sentence("'{delimiter}' expected after '\"'", delimiter=delimiter)
            raise ValueError(Sentence("path: {path}, line {line}: not a CSV file: {reason}", path=path, line=line,
                                      reason=reason)) from None
        yield line, record


@contextlib.contextmanager
def _large_cells() -> Iterator[None]:
    """The csv module's limit of 128 KiB for a cell is lifted."""
    before = csv.field_size_limit(_LARGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _without_blank_end(cells: list[str]) -> list[str]:
    """The cells up to the last one that is not blank."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _by_column(records: Iterator[tuple[int, list[str]]], width: int, names: list[str] | None,
               path: Any) -> tuple[list[Cells], array.array[int], int]:
    """The cells of each column, the line of each row, and the number of blank rows, which are skipped."""
    columns, numbers, blank = [Cells() for _ in range(width)], array.array("q"), 0
    chunk: list[list[str]] = []
    for line, record in records:
        if len(record) != width:
            if not any(map(str.strip, record[width:])):
                record = record[:width]             # a trailing delimiter
            if len(record) != width and any(map(str.strip, record)):
                raise ValueError(Sentence("path: {path}, line {line}, {place}: expected {width} cells, got {count}", path=path,
                                          line=line, place=_place(record, width, names), width=width, count=len(record)))
        if not any(map(str.strip, record)):
            blank += len(record) > 1
            continue
        chunk.append(record)
        numbers.append(line)
        if len(chunk) == _CHUNK:
            _pack(chunk, columns)
    _pack(chunk, columns)
    return columns, numbers, blank


def _pack(chunk: list[list[str]], columns: list[Cells]) -> None:
    for cells, column in zip(zip(*chunk, strict=True), columns, strict=False):
        column.extend(cells)
    chunk.clear()


def _place(record: list[str], width: int, names: list[str] | None) -> Sentence:
    """Where a row has too few or too many cells."""
    at = len(record) if len(record) < width else width - 1
    column = repr(names[at]) if names else str(at + 1)
    return (Sentence("column {column}", column=column) if len(record) < width else
            Sentence("after column {column}", column=column))
