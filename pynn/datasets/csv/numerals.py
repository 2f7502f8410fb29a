"""From the text of a cell to a number: decimal point or decimal comma, separators of thousands, and % or a currency."""
from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

_SPACES = " \u00a0\u2009\u202f'’"          # may stand between thousands, and nowhere else in a number
_SIGNS = frozenset("%$€£¥₹")
_EITHER = re.compile(rf"[+−-]?(?:\d[\d.,{_SPACES}]*|[.,]\d+)(?:[eE][+-]?\d+)?")
_PATTERNS = {
    decimal: re.compile(rf"(?P<sign>[+−-]?)"
                        rf"(?P<whole>[1-9]\d{{0,2}}(?:(?P<separator>[{other}{_SPACES}])\d{{3}}(?:(?P=separator)\d{{3}})*)|\d+)?"
                        rf"(?:{re.escape(decimal)}(?P<fraction>\d*))?(?P<exponent>[eE][+-]?\d+)?")
    for decimal, other in ((".", ","), (",", "."))}


class Numerals(NamedTuple):
    """How numbers are written in a column; separators of thousands stand in groups of three digits."""

    decimal: str = "."
    sign: str = ""          # of a percentage or a currency, at the start or the end of each number

    def plain(self, cell: str) -> str | None:
        """The number as Python writes it, or None for other text: with a decimal comma, 1.234,5 becomes 1234.5."""
        match = _PATTERNS[self.decimal].fullmatch(_without_sign(cell, self.sign) if self.sign else cell)
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
        try:
            return None if text is None else Decimal(text)
        except InvalidOperation:            # an exponent of 19 digits or more
            return None


def could_be_number(cell: str) -> bool:
    """Whether the cell may be a number, with a decimal point or a decimal comma."""
    return _EITHER.fullmatch(cell.strip()) is not None


def decimals_of(cell: str, sign: str = "") -> str:
    """The decimal signs with which the cell is a number: ".", ",", both or none."""
    return "".join(decimal for decimal in _PATTERNS if Numerals(decimal, sign).plain(cell) is not None)


def common_sign(cells: Iterable[str]) -> str:
    """The sign of a percentage or a currency that all numbers of a column have, or nothing: 5 % and 0.05 are not mixed."""
    found = ""
    for cell in cells:
        signs = _SIGNS.intersection(cell)
        if not (signs or any(map(str.isdigit, cell))):
            continue                            # a missing cell, perhaps
        sign = "".join(signs)
        if len(sign) != 1 or found not in ("", sign) or not could_be_number(_without_sign(cell, sign)):
            return ""
        found = sign
    return found


def _without_sign(cell: str, sign: str) -> str:
    """The cell without a sign at its start or its end; nothing if there is none."""
    before, found, after = (part.strip() for part in cell.partition(sign))
    return before + after if found and (not after or before in ("", "+", "-", "−")) else ""
