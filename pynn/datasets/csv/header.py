"""The names of columns: which columns have none, and whether the line of names is one."""
from __future__ import annotations

import re
from typing import Any, NamedTuple

from pynn.datasets.csv.cell_kinds import is_boolean, is_date
from pynn.datasets.csv.column import Column
from pynn.datasets.csv.numerals import could_be_number
from pynn.datasets.csv.records import Records
from pynn.translation import Sentence, _

_UNNAMED = re.compile(r"(?:Unnamed: \d+(?:\.\d+)?)?")       # what a column without a name is called by pandas
_INDEX = re.compile(r"(?:Unnamed: 0(?:\.\d+)?)?")           # its index, after one, two, … times of writing and reading


class Names(NamedTuple):
    """The names of all columns of a file, and the positions of those that are left out unless they are asked for."""

    names: list[str]
    left_out: list[int]
    notes: list[str]            # sentences on what was left out


def name_columns(records: Records) -> Names:
    """Name the columns; the first ones may have no names, as the index that pandas writes, once or several times."""
    where = Sentence("path: {path}, line {line}", path=records.path, line=records.header_line)
    if records.names is None:
        return Names([f"column {k}" for k in range(1, len(records.columns) + 1)], [], [])
    left_out, notes = [], []
    for at, (name, cells) in enumerate(zip(records.names, records.columns, strict=True)):
        if name and name in records.names[:at]:
            raise ValueError(Sentence("{where}, column {name!r}: expected different names, got this one twice", where=where,
                                      name=name))
        if not _UNNAMED.fullmatch(name):
            continue
        if not any(cells):
            left_out.append(at)
            notes.append(_("column {number} has no name and no values; it is left out", number=at + 1))
        elif at == 0:
            left_out.append(at)
            notes.append(_("the first column has no name, so it is an index; it is left out"))
        elif left_out == list(range(at)) and _INDEX.fullmatch(name):
            left_out.append(at)
            notes.append(_("column {number} has no name and is beside an index, so it is one too; it is left out",
                           number=at + 1))
        elif not name:
            raise ValueError(Sentence("{where}: expected a name for column {number}, got none", where=where, number=at + 1))
    return Names(records.names, left_out, notes)


def check_header(records: Records, columns: list[Column]) -> None:
    """Raise a ValueError if the line of names looks like data: a name is a number, a date above dates, or also a cell."""
    where = Sentence("path: {path}, line {line}", path=records.path, line=records.header_line)
    ways_out = Sentence("If the file has no line of names: header=False (--no-header); if these are names: "
                        "header='names' (--header)")
    for name in records.names or ():
        if could_be_number(name):
            raise ValueError(Sentence("{where} looks like data: the name {name!r} is a number. {ways_out}", where=where,
                                      name=name, ways_out=ways_out))
    for column in columns:
        if (column.kind == "date" and is_date(column.name)) or (column.kind == "boolean" and is_boolean(column.name)):
            raise ValueError(Sentence("{where} looks like data: the name {name!r} is of the kind of its column's cells. "
                                      "{ways_out}", where=where, name=column.name, ways_out=ways_out))
        row = _first_row(column, column.name)
        if row is not None:
            if all(_cell(records, at, row) == name for at, name in enumerate(records.names or ())):
                raise ValueError(Sentence("path: {path}, line {line}: expected data, got the names of line {first} "
                                          "again: remove them. {ways_out}", path=records.path, line=records.lines[row],
                                          first=records.header_line, ways_out=ways_out))
            raise ValueError(Sentence("{where} looks like data: the name {name!r} is also a cell of its column, in line "
                                      "{line}. {ways_out}", where=where, name=column.name, line=records.lines[row],
                                      ways_out=ways_out))


def _first_row(column: Column, text: str) -> int | None:
    return next((row for row, cell in enumerate(column.cells) if cell == text), None) if column.cells.have(text) else None


def _cell(records: Records, at: int, row: int) -> Any:
    return next(cell for k, cell in enumerate(records.columns[at]) if k == row)
