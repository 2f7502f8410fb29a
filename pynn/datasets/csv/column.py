"""A column of a CSV file: its cells, what kind they are, and their numbers or texts; bad cells are told by line and column."""
from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from pynn.datasets.csv.cell_kinds import BOOLEANS, Array, Kind, Scan, is_missing, scan
from pynn.datasets.csv.numerals import Numerals
from pynn.datasets.csv.packed_cells import Cells
from pynn.translation import Sentence, _
from pynn.writing import printable


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

    def __init__(self, name: str, cells: Cells, path: Any, lines: Array, numerals: Numerals) -> None:
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
            return np.array([BOOLEANS.get(cell.lower(), math.nan) for cell in self.cells])
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
    def _scan(self) -> Scan:
        return scan(self.cells, self.numerals)
