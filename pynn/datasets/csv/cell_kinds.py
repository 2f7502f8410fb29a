"""What the cells of a column are: numbers, True and False, dates, text or missing."""
from __future__ import annotations

import functools
import math
import re
from typing import Any, Literal, NamedTuple

import numpy as np

from pynn.datasets.csv.numerals import Numerals
from pynn.datasets.csv.packed_cells import Cells

Array = np.ndarray[Any, np.dtype[Any]]
Kind = Literal["number", "boolean", "date", "text", "empty"]

BOOLEANS = {"true": 1.0, "false": 0.0}
_MISSING = frozenset((          # in a column of numbers; in one of text only ""
    "", "na", "n/a", "n.a.", "nan", "null", "none", "<na>", "#n/a", "?", "-", "--", "."))
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[ap]m)?(?:Z|\s?[+-]\d{2}:?\d{2})?"
_DATE = re.compile(rf"(?:(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}}))"
                   rf"(?:[T ]\s?{_TIME})?|{_TIME})", re.IGNORECASE)


def is_missing(cell: str) -> bool:
    """Whether a cell in a column of numbers is missing."""
    return cell.lower() in _MISSING


def is_boolean(cell: str) -> bool:
    """Whether a cell is True or False, in any case."""
    return cell.lower() in BOOLEANS


def is_date(cell: str) -> bool:
    """Whether a cell is a date, a time or both."""
    return _DATE.fullmatch(cell) is not None


class Scan(NamedTuple):
    """What the cells of a column are."""

    numbers: Array              # NaN where a cell is no number
    first_number: int | None    # the row of the first number
    first_other: int | None     # the row of the first cell that is neither a number nor missing
    kind: Kind


def scan(cells: Cells, numerals: Numerals) -> Scan:
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
    return Scan(numbers, firsts.get("number"), first_other, _kind_of("number" in firsts, others, tokens))


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
