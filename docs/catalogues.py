"""Bring the Chinese catalogues up to date: `python docs/catalogues.py`; `python docs/catalogues.py docs/use.md` adds a page.

New and changed sentences come out without a translation or as fuzzy, and sentences that no longer exist are removed.  Run it
again after translating: it also compiles the package's catalogue.  It needs the extra `docs`, and runs no lesson.  What
is English in the code of the pages has a catalogue of its own, `code.po`.
"""
from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from pynn.learn.error_messages import MESSAGES
from pynn.learn.exercises import EXERCISES
from pynn.learn.finding import KINDS, Sentences

DOCS = Path(__file__).resolve().parent
PACKAGE = DOCS.parent / "pynn" / "locale"
SITE = DOCS / "locale"

sys.path.insert(0, str(DOCS))           # a test loads this file from elsewhere
english_in_code = importlib.import_module("english_in_code")


def run(*command: str | Path) -> None:
    subprocess.run([sys.executable, "-m", *command], check=True, cwd=DOCS.parent)


def babel(*command: str | Path) -> None:
    run("babel.messages.frontend", "-q", *command)


def sentences_as_data() -> list[str]:
    """What _ translates although it is no constant there: tasks, kinds and sentences of findings, errors."""
    found = [inspect.getdoc(exercise.solve) or "" for exercise in EXERCISES.values()] + list(KINDS)
    found += MESSAGES.values()
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
    update(template, PACKAGE)
    babel("compile", "-d", PACKAGE, "-D", "pynn")


def update(template: Path, folder: Path) -> None:
    """The catalogue of this name in the folder gets the sentences of the template."""
    babel("update", "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "-w", "120", "-i", template,
          "-d", folder, "-D", template.stem, "-l", "zh_CN")
    end_with_one_newline(folder)


def translated_pages() -> set[str]:
    """The names of the pages that have a catalogue; those of Sphinx's own words and of the comments are no pages."""
    folder = SITE / "zh_CN" / "LC_MESSAGES"
    names = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.po")}
    return names - {"sphinx", "code"}


def of_the_code(templates: Path) -> None:
    """The sentences in the code of the lessons and of the translated pages."""
    catalogue = Catalog()
    for sentence, context in english_in_code.sentences([name for name in sorted(translated_pages()) if "/" not in name]):
        catalogue.add(sentence, context=context)
    template = templates / "code.pot"
    with template.open("wb") as file:
        write_po(file, catalogue)
    update(template, SITE)


def of_the_site(templates: Path, pages: list[Path]) -> None:
    """The paragraphs of the pages that have a catalogue, and of those that are named now."""
    names = translated_pages() | {page.resolve().relative_to(DOCS).with_suffix("").as_posix() for page in pages}
    files = [DOCS / f"{name}{'.rst' if '/' in name else '.md'}" for name in sorted(names)]
    run("sphinx", "-q", "-E", "-b", "gettext", "-D", "plot_gallery=0", DOCS, templates, *files)
    run("sphinx_intl", "update", "-p", templates, "-d", SITE, "-l", "zh_CN", "-w", "120", "--no-obsolete")
    end_with_one_newline(SITE)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        of_the_package(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        of_the_site(Path(folder), [Path(name) for name in sys.argv[1:]])
        of_the_code(Path(folder))
