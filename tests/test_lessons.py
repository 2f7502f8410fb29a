"""The derivations, the answers to the exercises, and the pages with code: it runs, and their numbers are right."""
from __future__ import annotations

import ast
import contextlib
import importlib.util
import io
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pynn

ROOT = Path(__file__).parent.parent
LESSONS = sorted((ROOT / "examples" / "lessons").glob("*.py"))
BUILDS = ROOT / "examples" / "lessons" / "15_an_activation_of_your_own.py"       # it builds an engine
OTHERS = [path for path in LESSONS if path != BUILDS]
NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?(?:e[-+]\d+)?")

pytestmark = pytest.mark.skipif(not (ROOT / "docs").exists(), reason="away from the sources")


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def value(text: str) -> float:
    return float(text.replace("−", "-"))


def assert_prints(printed: str, shown: str) -> None:
    """The same words, and the same numbers, but for what another processor rounds differently."""
    assert NUMBER.sub("#", printed).split() == NUMBER.sub("#", shown).split()
    numbers = [[value(number) for number in NUMBER.findall(text)] for text in (printed, shown)]
    np.testing.assert_allclose(numbers[0], numbers[1], rtol=0.1, atol=0.02)


def run(text: str, names: dict[str, Any]) -> None:
    """Run the page's blocks of Python, and compare what they print with the block of text behind each."""
    from matplotlib import pyplot
    for code, _, shown in re.findall(r"```python\n(.*?)```(\n\n```text\n(.*?)```)?", text, re.DOTALL):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)
        if shown:
            assert_prints(printed.getvalue(), shown)
        pyplot.close("all")


# -------------------------------------------------------------------------------------------------------- the derivations


def test_the_numbers_of_the_derivations():
    """Each row of a table has a number and the expression that gives it, right to the last digit shown."""
    names: dict[str, Any] = {}
    rows = 0
    for code, shown, expression in re.findall(r"```python\n(.*?)```|^\| [^\n]* \| ([^|\n]+) \| `([^`\n]+)` \|$",
                                              page("derivations.md"), re.DOTALL | re.MULTILINE):
        if code:
            exec(code, names)
            continue
        digits = len(shown.partition(".")[2])
        assert float(eval(expression, names)) == pytest.approx(value(shown), rel=1e-9, abs=0.51 * 10.0**-digits), expression
        rows += 1
    assert rows == page("derivations.md").count("\n| ") - page("derivations.md").count("\n| step ") >= 80


# ------------------------------------------------------------------------------------------------- what lessons print


@pytest.mark.parametrize("lesson", LESSONS, ids=[path.stem for path in LESSONS])
def test_a_lesson_prints_what_every_terminal_shows(lesson):
    """The texts in calls of print are ASCII.  What pynn prints adapts to the terminal by itself."""
    for node in ast.walk(ast.parse(lesson.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print":
            texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            assert all(text.isascii() for text in texts), f"{lesson.name}:{node.lineno}"


# ------------------------------------------------------------------------------------------- the answers to the exercises


def answers_of(lesson: Path) -> str:
    return page(f"answers/{lesson.stem}.md")


def definitions(lesson: Path) -> dict[str, Any]:
    """What an answer may use of its lesson: its imports, its functions and its CONSTANTS, without running it."""
    kept = [node for node in ast.parse(lesson.read_text(encoding="utf-8")).body
            if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef) or is_constant(node)]
    names: dict[str, Any] = {"math": math, "np": np, "pynn": pynn, "__file__": str(lesson)}
    exec(compile(ast.Module(kept, []), str(lesson), "exec"), names)
    return names


def is_constant(node: ast.stmt) -> bool:
    """An assignment to names of capital letters, such as RATES; not to X."""
    return isinstance(node, ast.Assign) and bool(re.fullmatch(r"[A-Z]{2,}(, [A-Z]{2,})*|\([A-Z]{2,}(, [A-Z]{2,})*\)",
                                                              ast.unparse(node.targets[0])))


@pytest.mark.parametrize("lesson", LESSONS, ids=[path.stem for path in LESSONS])
def test_every_exercise_has_an_answer(lesson):
    text = lesson.read_text(encoding="utf-8")
    assert f"\n# Answers: docs/answers/{lesson.stem}.md\n" in text
    exercises = len(re.findall(r"^# \d\. ", text[text.index("\n# Exercises\n"):], re.MULTILINE))
    answers = answers_of(lesson)
    assert re.findall(r"<summary>Answer (\d)</summary>", answers) == [str(k) for k in range(1, exercises + 1)]
    assert answers.count("<details>") == answers.count("</details>") == exercises


@pytest.mark.parametrize("name", pynn.workbook.exercises())
def test_an_answer_solves_the_exercise_of_the_workbook(name):
    """The function of this name in some lesson's answers is right."""
    found = 0
    for lesson in LESSONS:
        blocks = [code for code in re.findall(r"```python\n(.*?)```", answers_of(lesson), re.DOTALL) if f"def {name}(" in code]
        for code in blocks:
            names: dict[str, Any] = {"np": np, "pynn": pynn, "print": lambda verdict: None}
            exec(code, names)
            verdict = pynn.workbook.check(name, names[name])
            assert not verdict.hints, verdict
            found += 1
    assert found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pynn.DivergenceWarning")
@pytest.mark.parametrize("lesson", OTHERS, ids=[path.stem for path in OTHERS])
def test_the_code_of_the_answers_runs_and_prints_what_is_shown(lesson, clean_figures, monkeypatch):
    monkeypatch.chdir(ROOT)
    run(answers_of(lesson), definitions(lesson))


@pytest.mark.slow
@pytest.mark.parametrize("part", ["mistake", "comparison"])
def test_the_answers_of_the_lesson_that_builds(part, tmp_path):
    """They change the lesson, which builds an engine: a mistake in it, or another trial."""
    text = BUILDS.read_text(encoding="utf-8")
    _, shown = re.findall(r"```(?:python|text)\n(.*?)```", answers_of(BUILDS), re.DOTALL)
    if part == "mistake":
        text = text.replace("    return slope * slope\n", "    return slope\n")
    else:
        code = re.findall(r"```python\n(.*?)```", answers_of(BUILDS), re.DOTALL)[0]
        text = re.sub(r'(?s)(trial = """).*?(""")', lambda match: match[1] + code + match[2], text)
        text = text[:text.index("# The surface is round")]
    lesson = tmp_path / BUILDS.name
    lesson.write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, lesson], capture_output=True, text=True, check=False, cwd=ROOT,
                          env={**os.environ, "MPLBACKEND": "Agg"})
    assert done.returncode == 0, done.stderr
    if part == "mistake":
        assert "BACKPROPAGATION IS WRONG" in done.stdout
        assert float(re.search(r"differ by (\S+)", done.stdout)[1]) > 1e-3
    else:
        assert_prints("".join(done.stdout.splitlines(keepends=True)[-3:]), shown)


# --------------------------------------------------------------------------------------- your own, the frameworks, the article


def test_write_your_own(clean_figures):
    """All of the page but its final task, which takes minutes."""
    run(page("your_own.md").partition("## 7. The final task")[0], {})


@pytest.mark.slow
def test_the_final_task_of_write_your_own(clean_figures):
    run(page("your_own.md"), {})


FRAMEWORKS = {"pynn": "pynn", "Keras": "keras", "PyTorch": "torch", "scikit-learn": "sklearn"}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")          # of the frameworks; scikit-learn's of a fit that it would continue
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_same_network_in(framework, capsys, monkeypatch):
    if framework == "Keras" and importlib.util.find_spec("tensorflow") is None:
        monkeypatch.setenv("KERAS_BACKEND", "torch")
    pytest.importorskip(FRAMEWORKS[framework])
    sections = page("frameworks.md").split("\n## ")
    names: dict[str, Any] = {}
    for section in (sections[0], next(section for section in sections if section.startswith(f"{framework}\n"))):
        exec(re.search(r"```python\n(.*?)```", section, re.DOTALL)[1], names)
    name, accuracy = re.match(r"(.*): test accuracy (.*)", capsys.readouterr().out).groups()
    assert name == framework
    assert float(accuracy) >= 0.95


def test_the_table_of_the_article_has_no_empty_cell_and_names_what_there_is():
    text = page("article.md")
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) >= 25
    assert all(len(row) == 4 and all(row) for row in rows)
    cells = " ".join(" ".join(row[1:]) for row in rows)
    names = set(re.findall(r"pynn\.([\w.]+\w)", cells))
    assert len(names) >= 20
    for name in names:
        thing: Any = pynn
        for part in name.split("."):
            thing = getattr(thing, part)
    for name in set(re.findall(r"`net\.(\w+)", cells)):
        assert hasattr(pynn.Network, name), name
    figures = re.findall(r"figure (\d)", text)
    assert sorted(figures) == [str(k) for k in range(1, 10)]
    for path, _, anchor in (link.partition("#") for link in re.findall(r"\]\(([^)]+)\)", text)):
        target = ROOT / "docs" / path
        assert target.exists(), path
        headings = re.findall(r"^## (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        assert not anchor or anchor in [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
