"""The decimal sign of the numbers in a CSV file: point or comma."""
from __future__ import annotations

import re
from collections.abc import Iterable

from pynn.datasets.csv.cell_kinds import is_missing
from pynn.datasets.csv.numerals import decimals_of
from pynn.datasets.csv.records import Records
from pynn.translation import Sentence

_LOOKED_AT = 2000           # cells of a column that are looked at for the decimal sign, whole numbers left aside
_THOUSANDS = re.compile(r"\d\.\d{3}\.\d{3}(?!\d)")         # 1.234.567 has a decimal comma, though none is there


def find_decimal_sign(records: Records, names: list[str], signs_of: dict[int, str]) -> str:
    """The decimal sign, from the cells that are numbers with one sign only; `signs_of` has each column's % or currency."""
    columns = [records.columns[k] for k in signs_of]
    if not any(cells.have(",") or cells.match(_THOUSANDS) for cells in columns):
        return "."
    found: dict[str, Sentence] = {}     # decimal sign, or both if it may be either: a cell and its place
    for (k, sign), cells in zip(signs_of.items(), columns, strict=True):
        for signs, (row, cell) in _decimals(cells, sign).items():
            found.setdefault(signs, Sentence("{cell!r} in line {line}, column {name!r}", cell=cell, line=records.lines[row],
                                             name=names[k]))
    if "." in found and "," in found:
        raise ValueError(Sentence("path: {path}: expected one decimal sign, got {one}, and {other}; give it: decimal='.' "
                                  "or ',' (--decimal)", path=records.path, one=found["."], other=found[","]))
    if ".," in found and not ("." in found or "," in found):
        raise ValueError(Sentence("path: {path}: {found}, may have a decimal comma or a comma between thousands; give the "
                                  "decimal sign: decimal='.' or ',' (--decimal)", path=records.path, found=found[".,"]))
    return "," if "," in found else "."


def _decimals(cells: Iterable[str], sign: str) -> dict[str, tuple[int, str]]:
    """The decimal signs that the numbers of a column have, each with a row and its cell; none if most cells are other text."""
    found: dict[str, tuple[int, str]] = {}
    looked_at = others = 0
    for row, cell in enumerate(cells):
        if cell.isdecimal() or is_missing(cell):
            continue
        signs = decimals_of(cell, sign)
        others += not signs
        if len(signs) == 1 or (signs and "," in cell):      # 1.234 has a decimal point unless something speaks against it
            found.setdefault(signs, (row, cell))
        looked_at += 1
        if looked_at == _LOOKED_AT:
            break
    return found if 2 * others <= looked_at else {}
