"""How numbers, lists and long rows are written, in texts and in pictures."""
from __future__ import annotations

import math
import re
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import Any

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def elided(n: int, head: int = 4, tail: int = 2) -> list[int | None]:
    """The indices 0 … n − 1.  If there are more than head + tail, only the first and the last, with None between them."""
    return list(range(n)) if n <= head + tail else [*range(head), None, *range(n - tail, n)]


def number_text(value: float) -> str:
    """A number with four digits, or fewer if they give its exact value."""
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "∞" if value > 0 else "−∞"
    exact = float(f"{value:.4g}") == value
    digits, _, exponent = f"{value + 0:{'' if exact else '#'}.4g}".partition("e")       # −0 + 0 is 0
    power = f"·10{str(int(exponent)).translate(_SUPERSCRIPTS)}" if exponent else ""
    return digits.removesuffix(".").replace("-", "−") + power


def number_mathtext(value: float) -> str:
    """A number with three digits in Matplotlib's mathtext, without the dollar signs; whole numbers below 1000 in full."""
    if not math.isfinite(value):
        return r"\mathrm{nan}" if math.isnan(value) else r"\infty" if value > 0 else r"-\infty"
    if value == round(value) and abs(value) < 1000:
        return str(int(value))
    digits, _, exponent = f"{value:#.3g}".partition("e")
    digits = digits.removesuffix(".")
    return rf"{digits} \cdot 10^{{{int(exponent)}}}" if exponent else digits


def listed(items: Sequence[Any], most: int = 6, separator: str = ", ") -> str:
    """The items in one line, separated by commas; if there are more than `most`, the first ones and an ellipsis."""
    return separator.join([*map(str, items[:most]), *["…"] * (len(items) > most)])


def display_width(text: str) -> int:
    """The columns of a terminal that the text takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def wrap(text: str, width: int, subsequent_indent: str = "") -> list[str]:
    """The text in lines of at most `width` columns; Chinese breaks after any character, but not before its punctuation."""
    if len(text) == display_width(text):
        return textwrap.wrap(text, width, subsequent_indent=subsequent_indent, break_on_hyphens=False)
    lines = [""]
    for piece in re.findall(r" +|(?:[!-~\u0370-\u2bff]+|[^ ])[，。；：、）？！”》]* *", text):
        if display_width(lines[-1] + piece.rstrip()) > width and lines[-1].strip():
            lines.append(subsequent_indent)
        lines[-1] += piece
    return [line.rstrip() for line in lines]


_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ]+")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ₀₁₂₃₄₅₆₇₈₉−∗·′÷…⋯⋮⋱─⎡⎢⎣⎤⎥⎦", "0123456789-T0123456789-**'/.::.-[[[]]]") | {
    ord(sign): text for sign, text in (("ŷ", "y^"), ("Ŷ", "Y^"), ("←", "<-"), ("→", "->"), ("≤", "<="), ("½", "1/2"),
                                       ("∞", "inf"), ("√", "sqrt"), ("Σ", "sum"), ("α", "alpha"), ("δ", "delta"),
                                       ("σ", "sigma"), ("Φ", "Phi"), ("μ", "mu"), ("∂", "d"))}


def printable(text: str) -> str:
    """The text as standard output can show it: printing it never fails.

    Other signs of mathematics become ASCII, other characters question marks.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if _can_encode(text, encoding):
        return text
    raised = _RAISED.sub(lambda match: match[0] if _can_encode(match[0], encoding) else f"^{match[0].translate(_PLAIN)}", text)
    signs = "".join(sign if _can_encode(sign, encoding) else sign.translate(_PLAIN) for sign in raised)
    return signs.encode(encoding, "replace").decode(encoding)


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
