"""The files of the page: words in both languages, modules that are also one module for a notebook."""
from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import pynn
from pynn.playground import lessons
from pynn.playground.session import Session

PAGE = Path(pynn.__file__).parent / "playground" / "page"
MODULES = {path.name: path.read_text(encoding="utf-8") for path in sorted(PAGE.glob("*.js"))}
LESSONS = sorted((Path(__file__).parent.parent.parent / "examples" / "lessons").glob("*.py"))
WORDS = {language: json.loads((PAGE / f"words.{language}.json").read_text(encoding="utf-8")) for language in ("en", "zh")}


@pytest.fixture(scope="module")
def hello() -> dict:
    return Session().message("hello").header


def test_both_languages_have_every_word():
    """Where the session itself gives the English, only the Chinese is in a file."""
    given = ("lesson.", "challenge.", "note.", "fix.")
    assert set(WORDS["en"]) <= set(WORDS["zh"])
    assert all(key.startswith(given) for key in set(WORDS["zh"]) - set(WORDS["en"]))
    for key, english in WORDS["en"].items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", WORDS["zh"][key])), key


def test_every_word_that_is_used_is_there():
    used = {key for text in MODULES.values() for key in re.findall(r'\bt\("([^"]+)"', text)}
    assert len(used) > 100
    assert used - set(WORDS["en"]) == set()


def test_no_word_is_left_over():
    text = "\n".join(MODULES.values())
    begun = {"export", "fix", "note", "lesson", "challenge", "loss", "optimizer", "schedule", "activation", "axis"}
    begun |= set(re.findall(r"`([\w.]+)[._]\$\{", text)) | set(re.findall(r'nameOf\("(\w+)"', text))
    left = [key for key in WORDS["zh"] if f'"{key}"' not in text and re.split(r"[._]", key)[0] not in begun
            and not any(key.startswith(f"{one}_") or key.startswith(f"{one}.") for one in begun)]
    assert left == ["r2"]           # a metric, as the session names it


def test_the_choices_of_the_engine_have_names(hello):
    choices = hello["choices"]
    named = {"data": choices["data"], "activation": [*choices["hidden"], *choices["output"]], "loss": choices["losses"],
             "optimizer": choices["optimizers"], "schedule": choices["schedules"], "vary": choices["compare"],
             "picture": choices["pictures"]}
    keys = [f"{group}.{one['name']}" for group, entries in named.items() for one in entries]
    keys += [f"initializer.{name}" for name in choices["initializers"]]
    keys += [f"parameter.{one['name']}" for entry in choices["data"] for one in entry["parameters"]]
    keys += [f"coefficient.{one['name']}" for entry in [*choices["optimizers"], *choices["schedules"]]
             for one in entry["coefficients"]]
    assert {key for key in keys if key not in WORDS["en"]} == set()


def test_lessons_and_challenges_are_in_chinese(hello):
    for entry in hello["lessons"]:
        assert {f"{entry['words']}.title", f"{entry['words']}.try"} <= set(WORDS["zh"])
    for entry in hello["challenges"]:
        assert {f"{entry['words']}.title", f"{entry['words']}.task"} <= set(WORDS["zh"])


def test_the_modules_can_be_put_together():
    """Imports are one line each, exports stand before what they export, and no name of a module is one of another."""
    places: dict[str, str] = {}
    for name, text in MODULES.items():
        for line in re.findall(r"^import .*$", text, re.MULTILINE):
            assert re.fullmatch(r'import \{ [\w, ]+ \} from "\./\w+\.js";', line), line
        assert not re.search(r"^export (?!(async )?function|const|class)", text, re.MULTILINE)
        assert not re.search(r"import\(|\beval\(|innerHTML|new Function", text)
        for declared in re.findall(r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)", text, re.MULTILINE):
            if name not in ("host.js", "page.js"):
                assert declared not in places, f"{declared} is in {name} and in {places[declared]}"
                places[declared] = name


def test_the_page_has_no_inline_script_and_no_address_of_elsewhere():
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<script[^>]*>([^<]*)</script>", html) == [""]
    assert not re.search(r"\sstyle=|\son\w+=|<style", html)
    for path in PAGE.iterdir():
        found = set(re.findall(r"https?://[^\s\"')]+", path.read_text(encoding="utf-8")))
        assert found <= {"http://www.w3.org/2000/svg"}, path.name


def test_files_are_short():
    for path in PAGE.iterdir():
        if path.suffix in (".js", ".css"):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 450, path.name


@pytest.mark.skipif(not LESSONS, reason="away from the sources")
def test_every_lesson_ends_with_what_to_try_in_the_playground():
    assert len(LESSONS) == len(lessons.LESSONS)
    for number, (path, lesson) in enumerate(zip(LESSONS, lessons.LESSONS, strict=True), start=1):
        text = " ".join(path.read_text(encoding="utf-8").replace("\n# ", " ").split())
        assert f"``pynn playground --lesson {number}`` opens a setting for this lesson. {lesson.task}" in text, path.name
