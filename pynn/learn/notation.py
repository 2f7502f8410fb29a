"""Equations with matrices, as plain text for a terminal and as MathML in HTML.

Both are made from formulas in the article's notation, such as "dW[1] = (1/m) dZ[1] A[0]ᵀ".
"""
from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from pynn.reference import ACTIVATIONS, LOSSES, OPTIMIZERS
from pynn.translation import _
from pynn.writing import display_width, elided, number_text, wrap

WIDTH = 116             # of a line of text
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Matrix:
    """A matrix of numbers, with its symbol."""

    symbol: str
    values: np.ndarray[Any, np.dtype[Any]]

    @property
    def caption(self) -> str:
        """The symbol and the shape."""
        return f"{self.symbol} {self.values.shape}"

    @property
    def cells(self) -> list[list[str]]:
        """The numbers, with dots for the rows and columns left out."""
        rows, columns = map(elided, self.values.shape)
        return [[("⋱" if j is None else "⋮") if i is None else "⋯" if j is None else number_text(self.values[i, j])
                 for j in columns] for i in rows]


@dataclass(frozen=True)
class Equation:
    """Formulas and matrices side by side."""

    parts: tuple[str | Matrix, ...]


@dataclass(frozen=True)
class Lines:
    """Rows of formulas in aligned columns."""

    rows: tuple[tuple[str, ...], ...]


Item = str | Equation | Lines           # a str is a sentence


class Section(NamedTuple):
    """A heading and what is below it."""

    title: str
    items: list[Item]


# value where condition, else other: the whole formula, what follows its last equals sign, or what is in ( … )
_CASES = re.compile(r"(?:(?<=\( )|(?<== )|^(?!= ))(?P<value>(?:(?! = |\( ).)+?) where (?P<condition>.+?), "
                    r"else (?P<other>.+?)(?= \)|$)")


def subscript(index: int) -> str:
    """An index as a subscript."""
    return str(index).translate(_SUBSCRIPTS)


def _worded(formula: str) -> str:
    """A formula with its words in the language in use."""
    cases = _CASES.sub(lambda match: _("{value} where {condition}, else {other}", **match.groupdict()), formula)
    return re.sub(r"\bnew\b", lambda _match: _("new"), cases)


# ------------------------------------------------------------------------------------------------------------------- text


def as_text(title: str, sections: list[Section]) -> str:
    """The sections for a terminal, at most WIDTH + 2 columns wide."""
    lines = [title]
    for section in sections:
        lines += ["", section.title, "─" * display_width(section.title)]
        for item in section.items:
            text = [f"  {line}".rstrip() for line in _text(item)]
            lines += [*text, ""] if len(text) > 1 and not isinstance(item, str) else text
        if not lines[-1]:
            lines.pop()
    return "\n".join(lines)


def _text(item: Item) -> list[str]:
    if isinstance(item, str):
        return wrap(item, WIDTH)
    if isinstance(item, Lines):
        cells = [[_worded(cell) for cell in row] for row in item.rows]
        widths = [max(map(display_width, column)) for column in zip(*cells, strict=True)]
        rows = ["  ".join(cell + " " * (wide - display_width(cell)) for cell, wide in zip(row, widths, strict=True))
                for row in cells]
        if max(map(display_width, rows)) <= WIDTH:
            return rows
        return [line for row in rows for line in textwrap.wrap(row, WIDTH, subsequent_indent=" " * 6)]
    wrapped: list[list[list[str]]] = [[]]
    used = 0
    for chunk in _chunks(item.parts):
        wide = sum(display_width(block[0]) + 1 for block in chunk)
        if used + wide > WIDTH and wrapped[-1]:
            wrapped.append([[" " * 3] * 2])
            used = 4
        wrapped[-1] += chunk
        used += wide
    return [line for blocks in wrapped for line in _beside(blocks)]


def _chunks(parts: tuple[str | Matrix, ...]) -> list[list[list[str]]]:
    """The parts of an equation, of which none is broken over two lines.

    A chunk is a matrix with the formulas before it; without matrices, each formula is a chunk.
    """
    chunks: list[list[list[str]]] = [[]]
    for part in parts:
        chunks[-1].append(_block(part))
        if isinstance(part, Matrix):
            chunks.append([])
    rest = chunks.pop()
    if not chunks:
        return [[formula] for formula in rest]
    chunks[-1] += rest
    return chunks


def _block(part: str | Matrix) -> list[str]:
    """A formula or a matrix as lines of equal width; the last line is the caption."""
    if isinstance(part, str):
        part = _worded(part)
        return [part, " " * display_width(part)]
    columns = [_aligned(list(column)) for column in zip(*part.cells, strict=True)]
    rows = ["  ".join(row) for row in zip(*columns, strict=True)]
    ends = [("[", "]")] if len(rows) == 1 else [("⎡", "⎤"), *[("⎢", "⎥")] * (len(rows) - 2), ("⎣", "⎦")]
    lines = [f"{left} {row} {right}" for (left, right), row in zip(ends, rows, strict=True)]
    caption = _worded(part.caption)
    wide = max(len(lines[0]), display_width(caption))
    return [line.center(wide) for line in lines] + [caption.center(wide - display_width(caption) + len(caption))]


def _aligned(cells: list[str]) -> list[str]:
    """The cells padded to one width, with aligned decimal points."""
    split = [cell.partition(".") for cell in cells]
    before, after = max(len(whole) for whole, _point, _rest in split), max(len(point + rest) for _whole, point, rest in split)
    return [whole.rjust(before) + (point + rest).ljust(after) for whole, point, rest in split]


def _beside(blocks: list[list[str]]) -> list[str]:
    """Blocks side by side: their middles share one line, their captions the last one."""
    high = max(len(block) for block in blocks) - 1
    columns = []
    for block in blocks:
        body, empty = block[:-1], " " * display_width(block[0])
        above = (high - 1) // 2 - (len(body) - 1) // 2
        columns.append([*[empty] * above, *body, *[empty] * (high - above - len(body)), block[-1]])
    lines = [" ".join(line) for line in zip(*columns, strict=True)]
    return lines if lines[-1].strip() else lines[:-1]


# ------------------------------------------------------------------------------------------------------------------- HTML


_BRACKETS = "border:solid;border-width:0 0.08em;border-radius:0.5em"     # bracket signs grow only with a mathematical font
_LEFT, _RIGHT = ("padding:0.2em 0.4em;" + "".join(f"text-align:{prefix}{side};" for prefix in ("", "-webkit-"))
                 for side in ("left", "right"))


def as_html(title: str, sections: list[Section]) -> str:
    """The sections as HTML that is also well-formed XML and loads nothing."""
    body = "".join(f'<details open="open"><summary style="font-weight:bold;margin:0.8em 0 0.2em">{html.escape(section.title)}'
                   f"</summary>{''.join(map(_html, section.items))}</details>" for section in sections)
    return f'<div style="line-height:1.5"><p style="font-weight:bold">{html.escape(title)}</p>{body}</div>'


def _html(item: Item) -> str:
    if isinstance(item, str):
        return f'<p style="margin:0.3em 0">{html.escape(item)}</p>'
    if isinstance(item, Lines):
        rows = "".join("<mtr>" + "".join(f'<mtd style="{_LEFT}">{mathml(cell)}</mtd>'
                                         for cell in row) + "</mtr>" for row in item.rows)
        content = f"<mtable>{rows}</mtable>"
    else:
        content = _gap(0.3).join(map(_mathml_of, item.parts))
    return (f'<div style="overflow-x:auto;overflow-y:hidden;margin:0.4em 0 0.4em 1em"><math displaystyle="true">{content}'
            "</math></div>")


def _mathml_of(part: str | Matrix) -> str:
    if isinstance(part, str):
        return mathml(part)
    rows = "".join("<mtr>" + "".join(f'<mtd style="{_RIGHT}">{mathml(cell)}</mtd>' for cell in row) + "</mtr>"
                   for row in part.cells)
    return f'<munder><mtable displaystyle="false" style="{_BRACKETS}">{rows}</mtable>{mathml(part.caption)}</munder>'


_Tokens = list[tuple[str, str]]
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ₀₁₂₃₄₅₆₇₈₉", "0123456789−T0123456789")
_HATS = {hat: f'<mover accent="true"><mi>{letter}</mi><mo stretchy="false">^</mo></mover>'
         for hat, letter in (("ŷ", "y"), ("Ŷ", "Y"))}


def _words() -> list[str]:
    """The names of functions in the formulas of the registries, the longest first; and nan."""
    words = [entry.words for registry in (ACTIVATIONS, LOSSES, OPTIMIZERS) for entry in registry.values()]
    return sorted({"nan"}.union(*words), key=len, reverse=True)


def _tokens_of(formula: str) -> _Tokens:
    """A formula as pairs (kind, text)."""
    pattern = rf"""(?P<space>\s+) | (?P<number>[\d.]*\d|½) | (?P<layer>(?<=\w)\[\d+\]) | (?P<unit>(?<=\w)\[(?:i|k|i,k)\])
    | (?P<text>where|else|new|[\u4e00-\u9fff，]+) | (?P<word>{'|'.join(map(re.escape, _words()))})
    | (?P<name>[d∂]?[A-Za-zŶŷαδμπσΦ∞]) | (?P<above>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ′]+) | (?P<below>[₀-₉]+) | (?P<sign>.)"""
    return [(match.lastgroup or "", match.group()) for match in re.finditer(pattern, formula, re.VERBOSE)]


def mathml(formula: str) -> str:
    """A formula as MathML: [1], ², ᵀ, ′ and ^ above the letter, [i] and ₁ below it, a / b as a fraction, √(…) as a root."""
    tokens = _tokens_of(_worded(formula))
    terms = ""
    after_a_term = formula[1:2] in ("", " ")        # "− x" continues a difference, "−x" does not
    while tokens:                                   # a ")" may belong to a "(" before a matrix
        terms += _term(tokens) if tokens[0][1] == ")" else _row(tokens, after_a_term)[0]
    return terms


def _row(tokens: _Tokens, operand: bool = False) -> tuple[str, int]:
    """Consume the tokens up to a closing parenthesis; return them as an mrow, and the number of terms.

    operand: whether an operand comes before, so that a space separates the next one and a sign is an infix.
    """
    terms: list[str] = []
    while tokens and tokens[0][1] != ")":
        kind, text = tokens[0]
        if kind == "space":
            tokens.pop(0)
            if len(text) > 2:
                terms.append(_gap(1.5))
            elif operand and tokens and (tokens[0][0] in ("name", "number", "word") or tokens[0][1] == "("):
                terms.append(_gap(0.25))
        elif text == "/":
            tokens.pop(0)
            terms[-1:] = [f"<mfrac>{_bare(terms[-1])}{_bare(_denominator(tokens))}</mfrac>"]
        elif text in ("+", "−"):
            tokens.pop(0)
            terms.append(f'<mo form="{"infix" if operand else "prefix"}">{text}</mo>')
            operand = False
        else:
            terms.append(_term(tokens))
            operand = kind in ("name", "number", "word") or text == "(" or (text == "|" and operand)
    return f"<mrow>{''.join(terms)}</mrow>", len(terms)


def _denominator(tokens: _Tokens) -> str:
    """The denominator of a fraction: a term, or Σ with its term."""
    if tokens[0][0] == "space":
        tokens.pop(0)
    if tokens[0][1] != "Σ":
        return _term(tokens)
    return f"<mrow>{_term(tokens)}{_denominator(tokens)}</mrow>"


def _term(tokens: _Tokens) -> str:
    """Consume one letter, number, sign or group, with its superscripts and subscripts."""
    kind, text = tokens.pop(0)
    if kind == "number":
        base = f"<mn>{text}</mn>"
    elif kind == "name":
        letters = "".join(_HATS.get(letter, f"<mi>{letter}</mi>") for letter in text)
        base = f"<mrow>{letters}</mrow>" if len(text) > 1 else letters
    elif kind == "word":
        base = f"<mi>{text}</mi>"
    elif kind == "text":
        base = f"<mtext>{'' if text.startswith('，') else '&#160;'}{text}&#160;</mtext>"
    elif text == "(":
        content, terms = _row(tokens)
        if not tokens:              # closed after a matrix
            return f'<mo stretchy="false">(</mo>{content}'
        tokens.pop(0)
        base = content if terms == 1 and "<mfrac>" in content else f"<mrow><mo>(</mo>{content}<mo>)</mo></mrow>"
    elif text == "√":
        base = f"<msqrt>{_bare(_term(tokens))}</msqrt>"
    else:
        base = f'<mo stretchy="false">{html.escape(text)}</mo>'
    above, below = "", ""
    while tokens and (tokens[0][0] in ("layer", "unit", "above", "below") or tokens[0][1] == "^"):
        kind, text = tokens.pop(0)
        if kind == "layer":
            above += f'<mo stretchy="false">[</mo><mn>{text[1:-1]}</mn><mo stretchy="false">]</mo>'
        elif kind == "unit":
            below += "<mo>,</mo>".join(f"<mi>{index}</mi>" for index in text[1:-1].split(","))
        elif kind == "below":
            below += f"<mn>{text.translate(_PLAIN)}</mn>"
        elif kind == "above":
            above += "".join(f"<mo>{sign}</mo>" if sign in "−′" else f"<mi>{sign}</mi>" if sign == "T" else f"<mn>{sign}</mn>"
                             for sign in re.findall(r"\d+|.", text.translate(_PLAIN)))
        else:
            if tokens[0][1] == "−":
                tokens.pop(0)
                above += f"<mo>−</mo>{_term(tokens)}"
            else:
                above += _bare(_term(tokens))
    if above and below:
        return f"<msubsup>{base}<mrow>{below}</mrow><mrow>{above}</mrow></msubsup>"
    if above or below:
        tag = "msup" if above else "msub"
        return f"<{tag}>{base}<mrow>{above or below}</mrow></{tag}>"
    return base


def _gap(ems: float) -> str:
    return f'<mspace width="{ems}em"></mspace>'


def _bare(term: str) -> str:
    """A group without its parentheses."""
    opening, closing = "<mrow><mo>(</mo>", "<mo>)</mo></mrow>"
    return f"<mrow>{term.removeprefix(opening).removesuffix(closing)}</mrow>" if term.startswith(opening) else term
