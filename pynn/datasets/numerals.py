"""From the text of a cell to a number: decimal point or decimal comma, and separators of thousands."""
from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import NamedTuple

_SPACES = " \u00a0\u2009\u202f'’"          # may stand between thousands, and nowhere else in a number
_EITHER = re.compile(rf"[+−-]?(?:\d[\d.,{_SPACES}]*|[.,]\d+)(?:[eE][+-]?\d+)?")
_PATTERNS = {
    decimal: re.compile(rf"(?P<sign>[+−-]?)"
                        rf"(?P<whole>[1-9]\d{{0,2}}(?:(?P<separator>[{other}{_SPACES}])\d{{3}}(?:(?P=separator)\d{{3}})*)|\d+)?"
                        rf"(?:{re.escape(decimal)}(?P<fraction>\d*))?(?P<exponent>[eE][+-]?\d+)?")
    for decimal, other in ((".", ","), (",", "."))}


class Numerals(NamedTuple):
    """How numbers are written in a file; separators of thousands stand in groups of three digits."""

    decimal: str = "."

    def plain(self, cell: str) -> str | None:
        """The number as Python writes it, or None for other text: with a decimal comma, 1.234,5 becomes 1234.5."""
        match = _PATTERNS[self.decimal].fullmatch(cell)
        if match is None or not (match["whole"] or match["fraction"]):
            return None
        sign, whole = match["sign"].replace("−", "-"), re.sub(r"\D", "", match["whole"] or "0")
        return f"{sign}{whole}.{match['fraction'] or '0'}{match['exponent'] or ''}"

    def value(self, cell: str) -> float | None:
        """The number, or None where the cell has none that is finite in float64."""
        text = self.plain(cell)
        number = math.inf if text is None else float(text)
        return number if math.isfinite(number) else None

    def exact(self, cell: str) -> Decimal | None:
        """The number with all its digits, or None: 1, 1.0 and 1e0 are equal, 2⁵³ and 2⁵³ + 1 are not."""
        text = self.plain(cell)
        return None if text is None else Decimal(text)


def could_be_number(cell: str) -> bool:
    """Whether the cell may be a number, with a decimal point or a decimal comma."""
    return _EITHER.fullmatch(cell.strip()) is not None


def decimals_of(cell: str) -> str:
    """The decimal signs with which the cell is a number: ".", ",", both or none."""
    return "".join(decimal for decimal in _PATTERNS if Numerals(decimal).plain(cell) is not None)
