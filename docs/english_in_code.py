"""The English in the code that the pages show: docs/catalogues.py finds it, docs/conf.py translates it.

The code exists once, in English.  The catalogue `code.po` holds its sentences alone: comments and docstrings, what the code of
a page prints (under the context "printed"), and what commands print ("output").  A site in another language puts the
translations in their places, in the code and in the output that the page shows.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from pynn.writing import wrap

DOCS = Path(__file__).resolve().parent
PYTHON = ("python", "py")
COMMENTED = (*PYTHON, "sh")
WIDTH = 88      # columns of a comment that takes whole lines

_COMMENT = re.compile(r'^(?P<indent> *)# (?P<lines>.*(?:\n(?P=indent)# .*)*)'       # comments on lines of their own
                      r'|(?<=  )# (?P<beside>.*)'                                   # a comment beside code
                      r'|^ *"""(?P<docstring>[^"]+?)"""$', re.MULTILINE)
_STRINGS = re.compile(r'(?<!["\w])(f?)"([^"\n]*)"((?:\n +f"[^"\n]*")*)(?!")')       # one string, or some that Python joins
_FIELD = re.compile(r"\{[^{}]*\}")
_WORDS = re.compile("[A-Za-z]{3,}")


def translated(code: str, translate: Callable[[str], str]) -> str:
    """The code with each comment and docstring in translation."""
    def replaced(match: re.Match[str]) -> str:
        if match["lines"] is None:
            english = match["beside"] or match["docstring"]
            return match[0].replace(english, translate(re.sub(r"\s+", " ", english)))
        english = match["lines"].replace(f"\n{match['indent']}# ", " ")
        text = translate(english)
        return match[0] if text == english else "\n".join(f"{match['indent']}# {line}" for line in wrap(text, WIDTH))

    return _COMMENT.sub(replaced, code)


def printing(code: str, translate: Callable[[str], str]) -> str:
    """The code with each string of words in translation."""
    def replaced(match: re.Match[str]) -> str:
        english = match[2] + "".join(re.findall(r'f"([^"\n]*)"', match[3]))
        prose = _FIELD.sub("", english)
        is_prose = re.search("[ :]|^[a-z]+-[a-z]+$", prose) or code[:match.start()].endswith("print(")
        text = translate(english) if _WORDS.search(prose) and is_prose else english
        return match[0] if text == english else f'{"f" if "{" in text else ""}"{text}"'

    return _STRINGS.sub(replaced, code)


def printed(output: str, known: dict[str, str]) -> str:
    """The output of such code, line by line, with the words that stand between the values in translation."""
    whole = sorted((text for text in known if "{" in text), key=lambda text: -len(_FIELD.sub("", text)))
    words = sorted((text for text in known if "{" not in text), key=len, reverse=True)
    return "\n".join(_line(line, whole, words, known) for line in output.split("\n"))


def _line(line: str, whole: list[str], words: list[str], known: dict[str, str]) -> str:
    for english in whole:
        fields = _FIELD.findall(english)
        end = "$" if english.endswith("}") else "(?= |$)"
        found = re.match("(.+?)".join(map(re.escape, _FIELD.split(english))) + end, line)
        if found:
            values = dict(zip(fields, found.groups(), strict=True))
            line = _FIELD.sub(lambda field, values=values: values[field[0]], known[english]) + line[found.end():]
            break
    for english in words:
        line = re.sub(rf"(?<!\w){re.escape(english)}(?!\w)", lambda match, text=english: known[text], line)
    return line


def sentences(pages: list[str]) -> Iterator[tuple[str, str | None]]:
    """Each sentence of the lessons, their answers, and the pages of these names, with its context in the catalogue."""
    found: dict[tuple[str, str | None], None] = {}

    def keep(text: str, context: str | None = None) -> str:
        if _WORDS.search(text):
            found[text, context] = None
        return text

    for code in _of_the_lessons():
        translated(code, keep)
    for page in [*sorted((DOCS / "answers").glob("*.md")), *(DOCS / f"{name}.md" for name in pages)]:
        before = ""
        for language, code in re.findall(r"(?s)```(\w+)\n(.*?)```", page.read_text(encoding="utf-8")):
            if language in COMMENTED:
                translated(code, keep)
            if language in PYTHON:
                printing(code, lambda text: keep(text, "printed"))
            if language == "text" and before not in PYTHON and page.stem != "equations":     # conf.py has those of equations
                keep(code.rstrip("\n"), "output")
            before = language
    yield from found


def _of_the_lessons() -> Iterator[str]:
    """The blocks of code, without the title and the text that stands in `# %%`."""
    for lesson in sorted((DOCS.parent / "examples" / "lessons").glob("*.py")):
        _title, _, rest = lesson.read_text(encoding="utf-8").partition('\n"""\n')
        yield re.sub(r"(?m)^# %%\n(?:#.*\n)*", "\n", rest)
