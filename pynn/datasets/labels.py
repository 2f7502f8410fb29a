"""From the cells of a column to classes: their names and their numbers."""
from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal

import numpy as np

from pynn.datasets.csv.cell_kinds import Array, is_missing
from pynn.datasets.csv.column import Column
from pynn.datasets.csv.numerals import Numerals
from pynn.translation import Sentence

_LEADING_ZERO = re.compile(r"[+−-]?0\d")


def class_key(name: str, numerals: Numerals = Numerals()) -> Decimal | str:        # noqa: B008
    """What makes two names one class: equal numbers are one, as 1 and 1.0; a number with a leading zero, as 007, is text."""
    if _LEADING_ZERO.match(name):
        return name
    number = numerals.exact(name)
    return name if number is None else number


def class_labels(column: Column) -> tuple[Array, tuple[str, ...]]:
    """The class number of each cell, int64 (m,), and the names of the classes; of equal numbers, the shortest spelling."""
    spellings: dict[str, Decimal | str] = {}
    for row, cell in enumerate(column.cells):
        if not cell or (column.kind == "boolean" and is_missing(cell)):
            raise missing_target(column, row)
        if cell not in spellings:
            spellings[cell] = class_key(cell, column.numerals)
    names: dict[Decimal | str, str] = {}
    for cell, key in spellings.items():
        names[key] = min(cell, names.get(key, cell), key=lambda text: (len(text), text))
    ordered = sorted(names, key=lambda key: (_value(names[key], column.numerals), names[key]))
    numbers = {key: k for k, key in enumerate(ordered)}
    codes = {cell: numbers[key] for cell, key in spellings.items()}
    y = np.fromiter((codes[cell] for cell in column.cells), np.int64, len(column))
    return y, tuple(names[key] for key in ordered)


def missing_target(column: Column, row: int) -> ValueError:
    """The error for a row without a target, which says how to leave such rows out."""
    cell = column.cell(row)
    is_name = not cell and column.kind not in ("number", "empty")
    wanted = Sentence("the name of a class, the cell is empty") if is_name else Sentence(
        "a value, it is missing ({cell!r})", cell=cell)
    count = column.missing()
    rows = Sentence("this row") if count == 1 else Sentence("the {count} rows without one", count=count)
    return ValueError(Sentence("path: {place}: expected {wanted}; remove {rows} from the file, in pandas by "
                               "frame.dropna(subset=[{name!r}])", place=column.place(row), wanted=wanted, rows=rows,
                               name=column.name))


def match_labels(names: Iterable[str], known: tuple[str, ...]) -> list[int | None]:
    """The number of each name among the known ones, or None."""
    numbers = {class_key(name): k for k, name in enumerate(known)}
    return [numbers.get(class_key(name)) for name in names]


def _value(name: str, numerals: Numerals) -> float:
    """The number by which a name is sorted; a text comes after all numbers."""
    number = numerals.value(name)
    return math.inf if number is None else number
