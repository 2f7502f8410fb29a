"""The lessons run, the pages say what is so, and the site builds and loads nothing from a network."""
from __future__ import annotations

import ast
import html.parser
import itertools
import os
import re
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

import pynn
from pynn.translation import speaking

from .test_chinese import english

ROOT = Path(__file__).parent.parent
LESSONS = sorted((ROOT / "examples" / "lessons").glob("*.py"))

pytestmark = pytest.mark.skipif(not (ROOT / "docs").exists(), reason="away from the sources")


# ---------------------------------------------------------------------------------------------------------------- lessons


QUICK = ("01", "07", "13", "16")        # with the parts that lessons have; CI and the build of the site run all of them


@pytest.mark.parametrize("lesson", [pytest.param(path, id=path.stem, marks=() if path.stem[:2] in QUICK else pytest.mark.slow)
                                    for path in LESSONS])
def test_lesson_runs(lesson, tmp_path):
    """As a script, in a terminal that knows few signs, without a warning or a file left behind, and with something to show."""
    folder = tmp_path / "lessons"
    folder.mkdir()
    shutil.copy(ROOT / "examples" / "iris.csv", tmp_path)
    done = subprocess.run([sys.executable, "-W", "error", "-W", "ignore:FigureCanvasAgg", lesson], capture_output=True,
                          encoding="cp1252", check=False, cwd=folder,
                          env={**os.environ, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "cp1252"})
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d", done.stdout)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("lesson", LESSONS, ids=[path.stem for path in LESSONS])
def test_lesson_is_made_as_the_others(lesson):
    text = lesson.read_text(encoding="utf-8")
    number = int(lesson.stem[:2])
    assert re.match(rf'"""\n{number}\. .+\n=+\n', text)
    assert "*What you learn:*" in text
    assert text.count("\nplt.show()\n") == 1
    exercises = re.split(r"\n# Exercises\n# -+\n", text)[1]
    assert 2 <= len(re.findall(r"^# \d\. ", exercises, re.MULTILINE)) <= 3
    assert all(name in pynn.workbook.exercises() for name in re.findall(r"(?:check|describe)\([\"'](\w+)[\"']", text))


@pytest.mark.parametrize("lesson", LESSONS, ids=[path.stem for path in LESSONS])
def test_lesson_is_a_page(lesson):
    """Its text is what the site's converters understand: the slow test builds the site, this one finds the usual slips."""
    with lesson.open("rb") as file:
        lines = [token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
    text = re.sub(r"^# \.\. math::.*\n(?:#    .*\n|#\n(?=#    ))*", "", "\n".join(lines), flags=re.MULTILINE)
    text = re.sub(r"``.*?``|:math:`.*?`|`.*?`_*", "", text)
    assert not re.findall(r"(?<![\w|])\|\S[^|\n]*\|(?![\w|])", text), "docutils takes |x| as a substitution"
    for before, line in itertools.pairwise(lines):
        new_list = re.match(r"# \d+\. ", line) and before.startswith("# ") and not re.match(r"# (\d+\. |   )", before)
        assert not new_list, f"docutils takes this line as a list: {line}"


def test_the_lessons_are_seventeen():
    assert [int(path.stem[:2]) for path in LESSONS] == list(range(1, 18))


# ------------------------------------------------------------------------------------------------- the page of equations


@pytest.mark.parametrize("page", ["equations.md", "equations.zh-CN.md"])
def test_the_page_of_equations(page):
    """Its lines of code are in the files, and its numbers are those that explain prints."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    quotes = re.findall(r"^- \[(\S+)\]\(\.\./\1\): `(.*)`$", text, re.MULTILINE)
    assert len(quotes) == 26
    for path, code in quotes:
        assert len(code) >= 14
        assert code in re.sub(r"\n\s+", " ", (ROOT / path).read_text(encoding="utf-8")), (path, code)     # in one line or two
    given: dict = {"print": lambda explanation: None}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], given)
    net, X, y = given["net"], given["X"], given["y"]
    with speaking("zh_CN" if "zh-CN" in page else "en"):
        told = "\n".join(str(pynn.explain(net, X, y, learning_rate=0.5, **part))
                         for part in ({}, {"layer": 1, "unit": 2}, {"layer": 2, "unit": 1}))
    blocks = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= text.count("\n## ") == 12
    for block in blocks:
        lines = iter(line.strip() for line in told.split("\n"))
        assert all(line.strip() in lines for line in block.rstrip("\n").split("\n")), block


def test_the_chinese_page_of_equations_is_that_of_the_site():
    """The repository's page and the site's catalogue have the same sentences."""
    pofile = pytest.importorskip("babel.messages.pofile")
    with (ROOT / "docs/locale/zh_CN/LC_MESSAGES/equations.po").open("rb") as file:
        sentences = [message.string for message in pofile.read_po(file) if message.id]
    assert len(sentences) > 60

    def words(text):
        return re.sub(r"\]\([^)]*\)|[\s$]", "", text)

    page = words((ROOT / "docs" / "equations.zh-CN.md").read_text(encoding="utf-8"))
    assert not [sentence for sentence in sentences if words(sentence) not in page]


# ------------------------------------------------------------------------------------------------- the READMEs, the pages


PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
# CONTRIBUTING has excerpts, no programs; test_lessons.py, test_check.py and test_export_page.py run the other pages.
ELSEWHERE = {"CONTRIBUTING.md", "your_own.md", "teachers.md", "frameworks.md", "export.md"}
PYTHON_PAGES = [path for path in PAGES if path.name not in ELSEWHERE and "```python" in path.read_text(encoding="utf-8")]
FILM = "training.html"


@pytest.mark.parametrize("page", PAGES, ids=[path.name for path in PAGES])
def test_links_lead_to_files(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'<img src="([^"]+)"', text)
    lessons = (ROOT / "docs" / "lessons").as_posix()          # written by the build
    for link in links:
        path, _, heading = link.partition("#")
        if re.match(r"\w+:", path):
            continue
        target = page.parent / path if path else page
        assert target.exists() or target.as_posix().startswith(lessons), link
        if heading and target.name != "engine.md":
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w-]", "", title.lower().replace(" ", "-")) for title in headings}, link


@pytest.mark.usefixtures("clean_figures")
@pytest.mark.parametrize("page", PYTHON_PAGES, ids=[path.name for path in PYTHON_PAGES])
def test_the_python_of_a_page_runs(page, tmp_path, monkeypatch):
    """In one namespace, as a reader types it; a film takes too long."""
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "examples").mkdir()
    shutil.copy(ROOT / "examples" / "iris.csv", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    given: dict = {}
    for block in blocks:
        exec("\n".join(line for line in block.splitlines() if FILM not in line), given)


def test_the_readmes_are_short_and_the_same():
    """At most 120 lines, the film first and at most 1 MB, the same headings, commands and code."""
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    for text in (english, chinese):
        assert len(text.splitlines()) <= 120
        assert re.search(r"^!\[", text, re.MULTILINE).start() < text.index("\n## ")
    code = [re.sub(r" *#.*", "", "".join(re.findall(r"```\w+\n(.*?)```", text, re.DOTALL))) for text in (english, chinese)]
    assert code[0] == code[1]
    assert re.findall(r"^#+ ", english, re.MULTILINE) == re.findall(r"^#+ ", chinese, re.MULTILINE)
    assert (ROOT / "docs" / "pictures" / "circles.gif").stat().st_size <= 1e6


@pytest.mark.usefixtures("clean_figures")
@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_says_what_its_lines_print(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    lines = re.search(r"```python\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)[1]
    assert len(lines.splitlines()) == 10
    exec(lines, {})
    printed = ast.literal_eval(capsys.readouterr().out)
    said = ast.literal_eval(re.search(r"print.*#.*?(\{.*\})", lines)[1])
    assert {key: float(f"{value:.2g}") for key, value in printed.items()} == said
    assert (tmp_path / "surface.png").stat().st_size > 10_000


def test_the_package_index_gets_absolute_links(tmp_path):
    readme = tmp_path / "README.md"
    shutil.copy(ROOT / "README.md", readme)
    script = ROOT / ".github" / "absolute_links.py"
    subprocess.run([sys.executable, script, "https://example.org/a/pynn", "v1", readme], check=True)
    text = readme.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'<img src="([^"]+)"', text)
    assert len(links) > 20
    assert all(re.match(r"\w+://", link) for link in links), links
    assert "](https://example.org/a/pynn/raw/v1/docs/pictures/circles.gif)" in text
    assert "](https://example.org/a/pynn/blob/v1/docs/install.md)" in text


# --------------------------------------------------------------------------------------------------------------- the site


class Loads(html.parser.HTMLParser):
    """What a page loads by itself, which a link to click on is not."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" or (tag == "link" and given.get("rel") in ("index", "search", "next", "prev", "author")):
            return
        self.found += [value for name, value in given.items() if name in ("src", "href", "srcset", "data", "poster")]


class Sentences(html.parser.HTMLParser):
    """What a page shows and what a screen reader says: not code, but its comments and what it prints."""

    SILENT = ("script", "style", "math", "svg", "code")
    EMPTY = ("img", "br", "input", "meta", "link", "hr", "wbr", "col", "source")
    IN_A_LINE = ("span", "em", "strong", "a", "sub", "sup")

    def __init__(self):
        super().__init__()
        self.lines, self.open, self.silent = [""], [], [False]

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        kinds = given.get("class", "").split()
        said = [given[name] for name in ("alt", "tooltip", "aria-label", "placeholder") if name in given]
        self.lines += [*said, ""] if said else []
        if tag in self.EMPTY:
            return
        silent = self.silent[-1] or tag in self.SILENT or given.get("lang") == "en" or "page-info" in kinds
        if any(kind.startswith("highlight-") for kind in kinds):
            silent = not {"highlight-none", "highlight-text"} & set(kinds)
        self.open.append(tag)
        self.silent.append(silent and not {"c1", "sd"} & set(kinds))
        if tag not in self.IN_A_LINE:
            self.lines.append("")

    def handle_endtag(self, tag):
        while tag in self.open:
            self.silent.pop()
            if self.open.pop() == tag:
                break

    def handle_data(self, text):
        if not self.silent[-1]:
            first, *others = text.split("\n")
            self.lines[-1] += first
            self.lines += others


# What a student who reads no English opens.
STUDENT = ["index", "install", "playground", "use", "step", "your_own", "equations", "derivations", "figures", "article",
           "table", "lessons/index", *(f"lessons/{path.stem}" for path in LESSONS[:12])]
SITE_NAMES = set(re.findall(r"\w+", """
    Cython Keras PyTorch scikit learn matplotlib tqdm pytest Sphinx ruff mypy pre commit setuptools qemu OpenMP Dask Debian
    Ubuntu macOS Windows Linux Visual Studio arm PyPI notebook pandas polars pickle npz gif Axes Furo circles png Skalski Fisher
    Kaiming null NetworkRegressor NetworkClassifier momentum Nesterov Exponential Cosine Step xor and sigma"""))
IN_A_LESSON = r"(?s)epoch \d+: the loss is nan.*?before the fit\."        # the message of an exception, which the text explains


def english_sentences(page):
    parser = Sentences()
    parser.feed(page.read_text(encoding="utf-8"))
    text = re.sub(IN_A_LESSON, "", "\n".join(parser.lines))
    text = re.sub(r"（[A-Za-z ]+）|Deep Dive into Math Behind Deep Networks", "", text)      # a term beside its translation
    return [line for line in text.split("\n") if set(english(line)) - SITE_NAMES]


def test_english_on_a_page_is_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<p>每个 <code>unit</code> 的 Keras 权重</p><p>the bias of 一层</p><img alt="a picture">'
                    '<div class="highlight-python"><pre>a = <span class="c1"># a comment</span></pre></div>', encoding="utf-8")
    assert english_sentences(page) == ["the bias of 一层", "a picture", "# a comment"]


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_loads_nothing_from_a_network(tmp_path):
    """In both languages, the Chinese one inside the English one; one after the other, because both write docs/lessons."""
    pytest.importorskip("sphinx_gallery", reason="the extra 'docs' is not installed")
    for folder, options in ((tmp_path, []), (tmp_path / "zh_CN", ["-D", "language=zh_CN"])):
        command = [sys.executable, "-P", "-m", "sphinx", "-q", "-W", "--keep-going", *options, ROOT / "docs", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 60
    for page in pages:
        text = page.read_text(encoding="utf-8")
        parser = Loads()
        parser.feed(text)
        for address in parser.found:
            assert not re.match(r"(?:\w+:)?//", address or ""), (page, address)
        assert not re.search(r"url\(['\"]?(?:\w+:)?//|@import|http-equiv=.refresh|xlink:href|srcset=[^>]*//", text), page
        language = "zh-CN" if "zh_CN" in page.relative_to(tmp_path).parts else "en"
        assert re.search(rf'<html[^>]* lang="{language}"', text), page
        twin = re.search(r'<p class="language"><a href="([^"]+)"', text)[1]
        assert (page.parent / twin).exists(), (page, twin)
    for sheet in tmp_path.rglob("*.css"):
        assert not re.search(r"@import|url\(['\"]?(?:\w+:)?//", sheet.read_text(encoding="utf-8")), sheet
    assert "<math" in (tmp_path / "equations.html").read_text(encoding="utf-8")
    for name in STUDENT:
        assert not english_sentences(tmp_path / "zh_CN" / f"{name}.html"), name
    assert "本页还没有译成中文" in (tmp_path / "zh_CN" / "decisions.html").read_text(encoding="utf-8")
    assert "本页还没有译成中文" not in (tmp_path / "zh_CN" / "equations.html").read_text(encoding="utf-8")
