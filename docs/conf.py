"""Sphinx's settings: `sphinx-build -W docs docs/_build` runs the lessons and builds a site that needs no network.

`sphinx-build -W -D language=zh_CN docs docs/_build/zh_CN` builds it in Chinese, with the catalogues of docs/locale, inside the
English site.  Each page links to its twin.
"""
from __future__ import annotations

import html
import importlib
import logging
import re
import shutil
import sys
from pathlib import Path
from typing import Any, NoReturn

import matplotlib
from babel.messages.pofile import read_po
from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx

import pynn

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
english_in_code = importlib.import_module("english_in_code")

project = "pynn"
author = "The pynn developers"
copyright = "The pynn developers, MIT licence"
release = pynn.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "sphinx_gallery.gen_gallery"]
exclude_patterns = ["_build", "locale", "answers",              # the lessons include their answers
                    "equations.zh-CN.md", "guide.zh-CN.md"]     # for readers of the repository; the site has catalogues

language = "en"
locale_dirs = ["locale"]
gettext_compact = False         # a catalogue for each page
gettext_location = False

templates_path = ["_templates"]

html_theme = "furo"
html_title = "pynn"
html_static_path = ["_static"]
html_css_files = ["pynn.css"]
html_show_sphinx = False
html_theme_options = {"top_of_page_buttons": []}
html_math_renderer = "mathml"

myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 2

autodoc_member_order = "bysource"
autodoc_typehints = "none"          # the docstrings have the types, and the shapes
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

sphinx_gallery_conf = {
    "examples_dirs": ["../examples/lessons"],
    "gallery_dirs": ["lessons"],
    "filename_pattern": r"\d\d_\w+\.py",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "capture_repr": ("_repr_html_",),       # explain's mathematics, but not "<Axes: >"
    "show_memory": False,
    "show_signature": False,
    "doc_module": ("pynn",),
    "reference_url": {"pynn": None},        # links from the lessons' code into the API reference
    "write_computation_times": False,
    "min_reported_time": 1e9,               # a time in a sentence cannot be translated
}

LESSONS = HERE / "lessons"


def _speak(app: Sphinx, config: Any) -> None:
    """The lessons speak the language of the site, and they run again if they ran in another one."""
    pynn.language(config.language)
    if config.language == "zh_CN":
        importlib.import_module("pynn.plot")            # it sets a font with Chinese characters
        matplotlib.rcParamsDefault["font.family"] = matplotlib.rcParams["font.family"]      # which each lesson begins with
        config.copyright = "pynn 的开发者，MIT 许可证"
        logging.getLogger("jieba").disabled = True      # it divides Chinese into words for the search, and talks
    ran = LESSONS / ".language"
    if LESSONS.exists() and (not ran.exists() or ran.read_text() != config.language):
        shutil.rmtree(LESSONS)
    LESSONS.mkdir(exist_ok=True)
    ran.write_text(config.language)


def _to_the_site(text: str) -> str:
    """Links to files of the repository lead to the pages of the site that show them; other files are only named."""
    text = re.sub(r"(?m)^\[中文\]\(\w+\.zh-CN\.md\)\n\n", "", text)     # the site has a switch
    text = re.sub(r"\]\((?:\.\./)*cnn_core/(\w+)\.(p[yx][xd])\)", r"](engine.md#\1-\2)", text)
    text = re.sub(r"\]\((?:\.\./)*pynn/reference\.py\)", "](reference.md)", text)
    text = re.sub(r"\]\((?:\.\./)*examples/lessons/(\w+)\.py\)", r"](lessons/\1.rst)", text)
    text = re.sub(r"(?m)^Answers: docs/(answers/\w+\.md)$", r".. include:: /\1\n   :parser: myst_parser.sphinx_", text)
    return re.sub(r"\[([\w./]+)\]\((?:\.\./)*pynn/[\w./]*\)", r"`\1`", text)


def _read(app: Sphinx, *arguments: Any) -> None:
    """Of a page, or of a text that is included in one; the source comes last."""
    source = arguments[-1]
    source[0] = _to_the_site(source[0])
    if app.config.language == "zh_CN" and arguments[-2] == "equations":     # what explain prints, in Chinese
        pattern = r"(?s)```text\n.*?```"
        blocks = iter(re.findall(pattern, (HERE / "equations.zh-CN.md").read_text(encoding="utf-8")))
        source[0] = re.sub(pattern, lambda block: next(blocks), source[0])
    if app.config.language == "zh_CN" and arguments[-2] == "lessons/index":
        source[0] = _thumbnails_in_chinese(source[0])


def _thumbnails_in_chinese(text: str) -> str:
    """The gallery writes the titles and first sentences of the lessons as HTML, which Sphinx does not translate."""
    known: dict[Any, Any] = {}
    for path in (HERE / "locale" / "zh_CN" / "LC_MESSAGES" / "lessons").glob("*.po"):
        with path.open("rb") as file:
            known |= {message.id.replace("``", ""): html.escape(message.string.replace("``", ""))
                      for message in read_po(file) if message.id}
    return re.sub(r'(?<=tooltip=")[^"]*|(?<=thumbnail-title">)[^<]*',
                  lambda match: known.get(html.unescape(match[0]), match[0]), text)


def _translate_what_catalogues_miss(app: Sphinx, doctree: nodes.document) -> None:
    """The sentences in code and in its output, the headings of answers, and the names of the lessons' pictures."""
    catalogue = HERE / "locale" / app.config.language / "LC_MESSAGES" / "code.po"
    if not catalogue.exists():
        return
    app.env.note_dependency(str(catalogue))
    with catalogue.open("rb") as file:
        known = {(message.id, message.context): message.string for message in read_po(file) if message.id}
    for block in doctree.findall(nodes.literal_block):
        _replace(block, _code_in_translation(block.astext(), block.get("language", ""), known))
    for raw in doctree.findall(nodes.raw):
        _replace(raw, re.sub(r"<summary>Answer (\d)</summary>", r"<summary>答案 \1</summary>", raw.astext()))
    for image in doctree.findall(lambda node: isinstance(node, nodes.Element) and "srcset" in node and "alt" in node):
        section = image.parent
        while not isinstance(section, nodes.section):
            section = section.parent
        image["alt"] = section[0].astext()


def _code_in_translation(code: str, language: str, known: dict[tuple[str, str | None], str]) -> str:
    if language == "text":
        output = known.get((code.rstrip("\n"), "output"))
        return output or english_in_code.printed(code, {text: to for (text, kind), to in known.items() if kind == "printed"})
    if language.lower() in english_in_code.COMMENTED:
        code = english_in_code.translated(code, lambda text: known.get((text, None), text))
    if language in english_in_code.PYTHON:          # not "Python", the language of a lesson's own code, which translates itself
        code = english_in_code.printing(code, lambda text: known.get((text, "printed"), text))
    return code


def _replace(node: nodes.Element, text: str) -> None:
    if text != node.astext():
        node.rawsource = text
        node[:] = [nodes.Text(text)]


def _link_the_twin(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """For docs/_templates/page.html: the same page in the other language, and whether it is translated."""
    up = "../" * page.count("/")
    context["chinese"] = app.config.language == "zh_CN"
    context["twin"] = f"{up}../{page}.html" if app.config.language == "zh_CN" else f"{up}zh_CN/{page}.html"
    catalogue = HERE / "locale" / app.config.language / "LC_MESSAGES" / f"{page}.po"
    context["untranslated"] = (app.config.language == "zh_CN" and page in app.env.all_docs and not catalogue.exists()
                               and page != "terms" and not page.endswith(".zh-CN"))


def _compiled_have_no_source(app: Sphinx, env: Any) -> None:
    """viewcode's list of modules is to name only those that it could read."""
    env._viewcode_modules = {name: entry for name, entry in getattr(env, "_viewcode_modules", {}).items() if entry}


def _inline(translator: Any, node: nodes.math) -> NoReturn:
    translator.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def _displayed(translator: Any, node: nodes.math_block) -> NoReturn:
    translator.body.append(f'<div class="math">{tex2mathml(node.astext(), as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    app.connect("config-inited", _speak)
    app.connect("html-page-context", _link_the_twin)
    app.connect("source-read", _read)
    app.connect("include-read", _read)
    app.connect("doctree-read", _translate_what_catalogues_miss)
    app.connect("env-check-consistency", _compiled_have_no_source)
    app.add_html_math_renderer("mathml", (_inline, None), (_displayed, None))
