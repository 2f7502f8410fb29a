"""The columns of a pandas or polars frame, with the attributes of the columns of a table."""
from __future__ import annotations

import datetime
import decimal
import math
import numbers
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from pynn.datasets.csv.cell_kinds import Array, Kind, is_date
from pynn.datasets.table import Features

_KIND_OF_DTYPE: dict[str, Kind] = {"b": "boolean", "i": "number", "u": "number", "f": "number", "M": "date", "m": "date"}
_KIND_OF_TYPE: tuple[tuple[Any, Kind], ...] = (         # the first one that fits
    ((bool, np.bool_), "boolean"), (str, "text"), ((numbers.Real, decimal.Decimal), "number"),
    ((datetime.date, datetime.time, datetime.timedelta, np.datetime64, np.timedelta64), "date"))
_EXPECTED: dict[Kind, str] = {"boolean": "True or False", "text": "text", "number": "a number", "date": "a date or time"}


class AnyColumn(Protocol):
    """A column of a table or of a frame."""

    name: str

    @property
    def kind(self) -> Kind: ...
    @property
    def is_mixed(self) -> bool: ...
    def numbers(self) -> Array: ...
    def texts(self) -> Iterator[str | None]: ...
    def place(self, row: int) -> str: ...
    def __len__(self) -> int: ...


class FrameColumn:
    """A column of a frame; None, NaN, NaT and pandas' NA are missing cells."""

    is_mixed = False

    def __init__(self, name: str, cells: Array) -> None:
        self.name = name
        self.kind: Kind
        if cells.dtype.kind in _KIND_OF_DTYPE:
            self.kind = _KIND_OF_DTYPE[cells.dtype.kind]
            self._cells = cells
        else:
            self._cells = cells.astype(object)
            self.kind = self._kind_of_objects()

    def __len__(self) -> int:
        return len(self._cells)

    def place(self, row: int) -> str:
        """Where a cell is: its row, counted from 0, and the column."""
        return f"row {row}, column {self.name!r}"

    def numbers(self) -> Array:
        """The cells as float64 (m,), NaN where one is missing, True as 1 and False as 0; other cells are a ValueError."""
        if self.kind in ("text", "date"):
            row = next(row for row, cell in enumerate(self._cells) if not _is_missing(cell))
            raise ValueError(f"{self.place(row)}: expected a finite number, got {self._cells[row]!r}")
        cells = self._cells
        if cells.dtype == object:
            cells = np.array([math.nan if _is_missing(cell) else _float(cell) for cell in cells])
        values = cells.astype(np.float64)
        if np.isinf(values).any():
            row = int(np.isinf(values).argmax())
            raise ValueError(f"{self.place(row)}: expected a number that float64 can hold, got {values[row]}")
        return values

    def texts(self) -> Iterator[str | None]:
        """The cells as text, None where one is missing; numbers and dates are a ValueError."""
        for row, cell in enumerate(self._cells):
            missing = _is_missing(cell) or cell == ""
            if not (missing or isinstance(cell, str)):
                raise ValueError(f"{self.place(row)}: expected text, got {cell} ({type(cell).__name__})")
            yield None if missing else str(cell)

    def _kind_of_objects(self) -> Kind:
        """The kind of cells that are Python objects; all but the missing ones must be of one kind."""
        kinds: dict[type, Kind] = {}
        found: Kind = "empty"
        for row, cell in enumerate(self._cells):
            if _is_missing(cell):
                continue
            kind = kinds.get(type(cell)) or next((kind for types, kind in _KIND_OF_TYPE if isinstance(cell, types)), None)
            if kind is None:
                raise TypeError(f"{self.place(row)}: expected a number, True, False or text, got {type(cell).__name__}")
            if found not in ("empty", kind):
                raise ValueError(f"{self.place(row)}: expected {_EXPECTED[found]} as above, got {cell!r}")
            kinds[type(cell)] = found = kind
        if found == "text" and all(_is_missing(cell) or is_date(cell) for cell in self._cells):
            return "date"           # as in a file: pandas.read_csv leaves dates as text
        return found


def columns_of(table: Any, name: str, chosen: Sequence[str] | None = None) -> list[AnyColumn]:
    """The columns of a Table or of a frame, all or the chosen ones; errors call the table `name`."""
    if isinstance(table, Features):
        found: dict[str, Any] = {column.name: column for column in table.columns}
    else:
        found = dict.fromkeys(_names_of_frame(table, name))
    missing = [column for column in chosen or () if column not in found]
    if missing:
        raise ValueError(f"{name}: expected a column {missing[0]!r}, there are {', '.join(map(repr, found))}")
    if isinstance(table, Features):
        return [found[column] for column in chosen or found]
    try:
        return [FrameColumn(column, _cells_of(table[column])) for column in chosen or found]
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None


def is_table(value: object) -> bool:
    """Whether it is a Table, or a frame of pandas or polars, rather than an array."""
    if isinstance(value, Features):
        return True
    columns = getattr(value, "columns", None) if hasattr(value, "__getitem__") and hasattr(value, "__len__") else None
    return isinstance(columns, Iterable) and not isinstance(columns, str)


def _names_of_frame(table: Any, name: str) -> list[str]:
    if not is_table(table):
        raise TypeError(f"{name}: expected a pynn.datasets.Table, or a frame of pandas or polars, got {type(table).__name__}")
    names = list(table.columns)
    for at, column in enumerate(names):
        if not isinstance(column, str):
            raise TypeError(f"{name}: expected columns with names of type str, got {column!r} ({type(column).__name__})")
        if column in names[:at]:
            raise ValueError(f"{name}: expected different names of columns, got {column!r} twice")
    return names


def _cells_of(series: Any) -> Array:
    """The cells of a column; those of a pandas Categorical are text, numbers among them too: they are names."""
    if str(series.dtype) != "category":
        return np.asarray(series.to_numpy())
    names = [*map(str, series.cat.categories), None]        # the code of a missing cell is −1
    return np.array([names[code] for code in series.cat.codes], dtype=object)


def _float(number: Any) -> float:
    """The number, or an infinity if float64 cannot hold it."""
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _is_missing(cell: object) -> bool:
    """Whether it is None, NaN, NaT or pandas' NA."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(cell, np.datetime64 | np.timedelta64):
        return bool(np.isnat(cell))
    return isinstance(cell, float | np.floating | decimal.Decimal) and math.isnan(cell)
