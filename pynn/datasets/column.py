"""A column of a table: its cells, what kind they are, and their numbers or texts."""
from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from pynn.datasets.numerals import Numerals
from pynn.translation import Sentence, _
from pynn.writing import printable

Array = np.ndarray[Any, np.dtype[Any]]
Kind = Literal["number", "boolean", "date", "text", "empty"]

_MISSING = frozenset((          # in a column of numbers; in one of text only ""
    "", "na", "n/a", "n.a.", "nan", "null", "none", "<na>", "#n/a", "?", "-", "--", "."))
_BOOLEANS = {"true": 1.0, "false": 0.0}
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[ap]m)?(?:Z|\s?[+-]\d{2}:?\d{2})?"
_DATE = re.compile(rf"(?:(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}}))"
                   rf"(?:[T ]\s?{_TIME})?|{_TIME})", re.IGNORECASE)


def is_missing(cell: str) -> bool:
    """Whether a cell in a column of numbers is missing."""
    return cell.lower() in _MISSING


def is_boolean(cell: str) -> bool:
    """Whether a cell is True or False, in any case."""
    return cell.lower() in _BOOLEANS


def is_date(cell: str) -> bool:
    """Whether a cell is a date, a time or both."""
    return _DATE.fullmatch(cell) is not None


class PackedCells(Protocol):
    """The cells of a column, from the first to the last, some thousands at a time."""

    def chunks(self) -> Iterator[list[str]]: ...
    def have(self, text: str) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...


class _Scan(NamedTuple):
    """What the cells of a column are."""

    numbers: Array              # NaN where a cell is no number
    first_number: int | None    # the row of the first number
    first_other: int | None     # the row of the first cell that is neither a number nor missing
    kind: Kind


class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
    cells : sized iterable of str
        What is in the file, without the blanks around each cell.
    kind : str
        "number"; "boolean", only True and False; "date", dates or times; "text"; or "empty", only missing cells.
        A column with numbers and other texts is text.
    """

    def __init__(self, name: str, cells: PackedCells, path: Any, lines: Array, numerals: Numerals) -> None:
        self.name = name
        self.cells = cells
        self.numerals = numerals
        self._path = path
        self._lines = lines         # where each row begins

    def __repr__(self) -> str:
        return printable(f"Column({self.name!r}, {len(self.cells)} cells)")

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def kind(self) -> Kind:
        """See above."""
        return self._scan.kind

    @property
    def is_mixed(self) -> bool:
        """Whether some cells are numbers and others are neither numbers nor missing."""
        return self.first_number is not None and self.first_other is not None

    @property
    def first_number(self) -> int | None:
        """The row of the first cell that is a number."""
        return self._scan.first_number

    @property
    def first_other(self) -> int | None:
        """The row of the first cell that is neither a number nor missing."""
        return self._scan.first_other

    @property
    def first_missing(self) -> int | None:
        """The row of the first cell that would be missing among numbers."""
        return next((row for row, cell in enumerate(self.cells) if is_missing(cell)), None)

    def count_numbers(self) -> int:
        """How many cells are numbers."""
        return int(np.isfinite(self._scan.numbers).sum())

    def place(self, row: int) -> Sentence:
        """Where a cell is: the file, the line and the column."""
        return Sentence("{path}, line {line}, column {name!r}", path=self._path, line=self.line(row), name=self.name)

    def line(self, row: int) -> int:
        """The line of the file in which a row begins."""
        return int(self._lines[row])

    def cell(self, row: int) -> str:
        """The text of one cell."""
        return next(cell for k, cell in enumerate(self.cells) if k == row)

    def numbers(self) -> Array:
        """The cells as float64 (m,), NaN where one is missing, True as 1 and False as 0.

        Any other cell raises a ValueError.
        """
        if self.kind == "boolean":
            return np.array([_BOOLEANS.get(cell.lower(), math.nan) for cell in self.cells])
        if self.first_other is not None:
            raise self._not_a_number(self.first_other)
        return self._scan.numbers

    def numbers_without_missing(self) -> Array:
        """The same, but a missing cell is a ValueError too."""
        numbers = self.numbers() if self.kind == "boolean" else self._scan.numbers
        wrong = np.isnan(numbers)
        if wrong.any():
            raise self._not_a_number(int(wrong.argmax()))
        return numbers

    def _not_a_number(self, row: int) -> ValueError:
        cell = self.cell(row)
        if is_missing(cell):
            return ValueError(Sentence("path: {place}: expected a value, it is missing ({cell!r})", place=self.place(row),
                                       cell=cell))
        return ValueError(Sentence("path: {place}: expected a finite number, got {cell!r}", place=self.place(row), cell=cell))

    def texts(self) -> Iterator[str | None]:
        """The cells as text, None where one is empty."""
        return (cell or None for cell in self.cells)

    def levels(self) -> tuple[str, ...]:
        """The different texts of a column, sorted, without the empty cell."""
        return self._levels

    @functools.cached_property
    def _levels(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.cells) - {""}))

    def missing(self) -> int:
        """How many cells are missing; in a column of text or dates, how many are empty."""
        return self._missing

    @functools.cached_property
    def _missing(self) -> int:
        if self.kind in ("number", "boolean", "empty"):
            return int(np.isnan(self.numbers()).sum())
        return sum(cell is None for cell in self.texts())

    def describe(self) -> str:
        """The name, with the number of levels of a text and of missing cells."""
        count = len(self.levels()) if self.kind == "text" else 0
        levels = "" if not count else _("1 level") if count == 1 else _("{count} levels", count=count)
        missing = _("{count} missing", count=self.missing()) if self.kind != "empty" and self.missing() else ""
        notes = _(", ").join(filter(None, (levels, missing)))
        return _("{name} ({notes})", name=self.name, notes=notes) if notes else self.name

    @functools.cached_property
    def _scan(self) -> _Scan:
        return _scan(self.cells, self.numerals)


def _scan(cells: PackedCells, numerals: Numerals) -> _Scan:
    """Look at every cell once."""
    numbers = np.full(len(cells), math.nan)
    firsts: dict[str, int] = {}                 # the first row of each sort of cell
    tokens: set[str] = set()
    read = functools.lru_cache(4096)(functools.partial(_sort_and_value, numerals=numerals))
    other_sign = "." if numerals.decimal == "," else ","
    quick = not (cells.have("_") or cells.have(other_sign))         # Python reads 1_0 as ten, tables do not
    row = 0
    for chunk in cells.chunks():
        values = _all_numbers(chunk, numerals) if quick else None
        if values is not None:
            numbers[row:row + len(chunk)] = values
            firsts.setdefault("number", row)
        else:
            for k, cell in enumerate(chunk, start=row):
                sort, numbers[k] = read(cell)
                firsts.setdefault(sort, k)
                if sort == "missing":
                    tokens.add(cell)
        row += len(chunk)
    others = firsts.keys() - {"number", "missing"}
    first_other = min((firsts[sort] for sort in others), default=None)
    return _Scan(numbers, firsts.get("number"), first_other, _kind_of("number" in firsts, others, tokens))


def _sort_and_value(cell: str, numerals: Numerals) -> tuple[str, float]:
    """What a cell is by itself, and its number or NaN."""
    value = numerals.value(cell)
    if value is not None:
        return "number", value
    if is_missing(cell):
        return "missing", math.nan
    if is_boolean(cell):
        return "boolean", math.nan
    return "date" if is_date(cell) else "text", math.nan


def _all_numbers(chunk: list[str], numerals: Numerals) -> Array | None:
    """The cells as numbers, if all are finite numbers without separators of thousands."""
    if numerals.decimal == ",":
        chunk = [cell.replace(",", ".") for cell in chunk]
    try:
        values = np.array(list(map(float, chunk)))
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def _kind_of(has_numbers: bool, others: set[str], tokens: set[str]) -> Kind:
    """The kind of a column; tokens are the spellings of its missing cells."""
    if others == {"boolean"} and not has_numbers:
        return "boolean"
    if others == {"date"} and not has_numbers:
        return "date"
    if others:
        return "text"
    if has_numbers:
        return "number"
    return "text" if len(tokens - {""}) > 1 else "empty"        # none, NA and null together are names
