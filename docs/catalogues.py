"""Bring the Chinese catalogues up to date: `python docs/catalogues.py`; `python docs/catalogues.py docs/use.md` adds a page.

New and changed sentences come out without a translation or as fuzzy, and sentences that no longer exist are removed.  Run it
again after translating: it also compiles the package's catalogue.  It needs the extra `docs`, and runs no lesson.
"""
from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po, write_po

from pynn.learn.exercises import EXERCISES
from pynn.learn.finding import KINDS, Sentences

DOCS = Path(__file__).resolve().parent
PACKAGE = DOCS.parent / "pynn" / "locale"
SITE = DOCS / "locale"


def run(*command: str | Path) -> None:
    subprocess.run([sys.executable, "-m", *command], check=True, cwd=DOCS.parent)


def babel(*command: str | Path) -> None:
    run("babel.messages.frontend", "-q", *command)


def sentences_as_data() -> list[str]:
    """What _ translates although it is no constant there: tasks of the workbook, kinds and sentences of findings."""
    found = [inspect.getdoc(exercise.solve) or "" for exercise in EXERCISES.values()] + list(KINDS)
    for file in sorted((DOCS.parent / "pynn" / "learn" / "causes").glob("[!_]*.py")):
        for value in vars(importlib.import_module(f"pynn.learn.causes.{file.stem}")).values():
            if isinstance(value, Sentences):
                found += [value.message, value.cause, value.remedy]
    return list(dict.fromkeys(found))


def end_with_one_newline(folder: Path) -> None:
    """Babel writes an empty line at the end of a catalogue, and the hook for ends of files rejects it."""
    for path in folder.rglob("*.po"):
        text = path.read_bytes()
        path.write_bytes(text.rstrip(b"\r\n") + b"\n")


def of_the_package(templates: Path) -> None:
    """The sentences that _ marks in pynn and in the examples, and those that are data."""
    template = templates / "pynn.pot"
    babel("extract", "--no-location", "-k", "Sentence", "-o", template, "pynn", "examples")
    with template.open("rb") as file:
        catalogue = read_po(file)
    for sentence in sentences_as_data():
        catalogue.add(sentence)
    with template.open("wb") as file:
        write_po(file, catalogue)
    babel("update", "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "-w", "120", "-i", template,
          "-d", PACKAGE, "-D", "pynn", "-l", "zh_CN")
    end_with_one_newline(PACKAGE)
    babel("compile", "-d", PACKAGE, "-D", "pynn")


def of_the_site(templates: Path, pages: list[Path]) -> None:
    """The paragraphs of the pages that have a catalogue, and of those that are named now."""
    folder = SITE / "zh_CN" / "LC_MESSAGES"
    names = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.po") if path.name != "sphinx.po"}
    names |= {page.resolve().relative_to(DOCS).with_suffix("").as_posix() for page in pages}
    files = [DOCS / f"{name}{'.rst' if '/' in name else '.md'}" for name in sorted(names)]
    run("sphinx", "-q", "-E", "-b", "gettext", "-D", "plot_gallery=0", DOCS, templates, *files)
    run("sphinx_intl", "update", "-p", templates, "-d", SITE, "-l", "zh_CN", "-w", "120", "--no-obsolete")
    end_with_one_newline(SITE)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        of_the_package(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        of_the_site(Path(folder), [Path(name) for name in sys.argv[1:]])
