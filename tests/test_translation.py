"""The catalogues are complete and hold to the table of terms; the language is chosen as translation.py says."""
from __future__ import annotations

import ast
import functools
import gettext
import importlib.util
import json
import pickle
import re
import string
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import pynn
from pynn import translation
from pynn.translation import Sentence, _, speaking, translated

ROOT = Path(__file__).parent.parent
PACKAGE = translation.LOCALE / "zh_CN" / "LC_MESSAGES"
SITE = ROOT / "docs" / "locale" / "zh_CN" / "LC_MESSAGES"

in_the_sources = pytest.mark.skipif(not (ROOT / "docs").exists(), reason="away from the sources")


def read(path):
    pofile = pytest.importorskip("babel.messages.pofile")
    with path.open("rb") as file:
        return pofile.read_po(file, locale="zh_CN")


def messages(path):
    return [message for message in read(path) if message.id]


# -------------------------------------------------------------------------------------------------------- the catalogues


def marked():
    """Each call of _ and of Sentence in the package and in the examples: file, line, template, names of the fields given."""
    for path in [*sorted((ROOT / "pynn").rglob("*.py")), *sorted((ROOT / "examples").rglob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "Sentence"):
                yield path.relative_to(ROOT), node.lineno, node.args[0], {keyword.arg for keyword in node.keywords}


def fields(template):
    return sorted((name, spec, conversion) for _text, name, spec, conversion in string.Formatter().parse(template)
                  if name is not None)


# expressions whose values are data, which docs/catalogues.py collects
AS_DATA = {"text", "self.kind", "one.kind", "inspect.getdoc(exercise.solve) or ''"}


@in_the_sources
def test_every_marked_sentence_is_translated():
    pytest.importorskip("babel")
    known = {message.id: message for message in messages(PACKAGE / "pynn.po")}
    used = set()
    for path, line, template, given in marked():
        if not isinstance(template, ast.Constant):
            assert ast.unparse(template) in AS_DATA, f"{path}:{line}: the template must be a constant"
            continue
        text = template.value
        assert text in known, f"{path}:{line}: {text!r} is not in the catalogue"
        assert not given or None in given or {name for name, *_rest in fields(text)} == given, f"{path}:{line}: {text!r}"
        used.add(text)
    spec = importlib.util.spec_from_file_location("catalogues", ROOT / "docs" / "catalogues.py")
    catalogues = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(catalogues)
    assert set(catalogues.sentences_as_data()) <= set(known)
    used |= set(catalogues.sentences_as_data())
    assert used == set(known), "no longer used: " + repr(set(known) - used)


@in_the_sources
@pytest.mark.parametrize("path", [PACKAGE / "pynn.po", *sorted(SITE.rglob("*.po"))], ids=lambda path: path.stem)
def test_a_catalogue_is_complete(path):
    """A translation for each message, none of them fuzzy, and the fields are those of the English template."""
    for message in messages(path):
        assert message.string, message.id
        assert not message.fuzzy, message.id
        if path.parent == PACKAGE and "{" in message.id:
            assert fields(message.string) == fields(message.id), message.id
        if path.stem == "code":
            english, chinese = (sorted(re.findall(r"\{[^{}]*\}", text)) for text in (message.id, message.string))
            assert english == chinese, message.id


@in_the_sources
def test_the_compiled_catalogue_is_that_of_the_text():
    with (PACKAGE / "pynn.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    assert {key: value for key, value in compiled.items() if key} == {m.id: m.string for m in messages(PACKAGE / "pynn.po")}


# -------------------------------------------------------------------------------------------------------------- the terms


def terms():
    text = (ROOT / "docs" / "terms.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ?([^|]*) ?\|$", text, re.MULTILINE)
    return [(english.strip(), chinese.strip(), aliases.split("、") if (aliases := others.strip()) else [])
            for english, chinese, others in rows if english != "English" and not english.startswith("-")]


OTHER_SENSES = (        # phrases in which a word of the table means something else
    "for example", "example code", "an example of each", "each unit that x", "the unit does not", "units such as", "both units",
    "another unit", "in other units", r"in (?:the|their|its|your)(?: own)? units", "the user's units", "costs", "cost least",
    "pynn playground", "TensorFlow Playground", "score a class", "a class keeps", r"2\. a class", "class list",
    "(?:ask|let|for|whole) (?:the )?class", "examples on this page")


def prose(text):
    """Without code, names of arguments, addresses, mathematics, names of files, and words of the table in another sense."""
    text = re.sub(r"^\w+: |\b\w+=|``.*?``|`[^`]*`_*|\$[^$]*\$|\]\([^)]*\)|<[^>]*>|\{[^}]*\}", " ", text)
    return re.sub(rf"\b(?:{'|'.join(OTHER_SENSES)})\b|--\w[\w-]*|\w+[._/]\w+|\w+\(\)", " ", text, flags=re.IGNORECASE)


def has(term, text):
    return re.search(rf"(?<![\w-]){re.escape(term)}(?:e?s)?(?![\w-])", text, re.IGNORECASE)


def wrong_terms(pairs):
    """What is translated otherwise than in the table, or has another name of it."""
    wrong = []
    for english, chinese in pairs:
        kept = [title for title in re.findall(r"\*[^*]+\*", english) if title in chinese]
        plain = prose(functools.reduce(lambda text, title: text.replace(title, " "), kept, english))
        for term, translation_of_it, aliases in sorted(terms(), key=lambda row: -len(row[0])):
            found = has(term, plain)
            if found and translation_of_it not in chinese:
                wrong.append(f"{term} is {translation_of_it}: {english!r}: {chinese!r}")
            plain = plain.replace(found[0], " ") if found else plain        # a shorter term in it is another one
            wrong += [f"{alias} for {translation_of_it}: {chinese!r}" for alias in aliases
                      if alias in re.sub(rf"{translation_of_it}（[^）]*）", "", chinese)]
    return wrong


@in_the_sources
@pytest.mark.parametrize("path", [PACKAGE / "pynn.po", *sorted(SITE.rglob("*.po"))], ids=lambda path: path.stem)
def test_one_term_one_translation(path):
    wrong = wrong_terms((message.id, message.string) for message in messages(path) if message.context != "output")
    assert not wrong, "\n".join(wrong)


@in_the_sources
def test_the_table_of_terms_names_each_once():
    english = [term for term, *_rest in terms()]
    assert len(english) == len(set(english)) > 50
    others = {alias for _term, _chinese, aliases in terms() for alias in aliases}
    assert not others & {chinese for _term, chinese, _aliases in terms()}


# ----------------------------------------------------------------------------------------------------- the language in use


@pytest.fixture
def environment(monkeypatch):
    """Set the variables that choose the language, in this test alone."""
    def set_to(**variables):
        for name in ("PYNN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        translation._of_the_environment.cache_clear()
        return pynn.language()

    monkeypatch.setattr(translation, "_chosen", None)
    yield set_to
    translation._of_the_environment.cache_clear()


@pytest.mark.parametrize(("variables", "expected"), [
    ({"PYNN_LANGUAGE": "zh_CN"}, "zh_CN"),
    ({"PYNN_LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, "en"),
    ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
    ({"LANG": "zh_SG.UTF-8"}, "zh_CN"),
    ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}, "zh_CN"),
    ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
    ({"LANG": "zh_TW.UTF-8"}, "en"),            # other terms, other characters
    ({"PYNN_LANGUAGE": "zh-Hans"}, "zh_CN"),
    ({"LANG": "de_DE.UTF-8"}, "en"),
])
def test_the_environment_chooses(environment, variables, expected):
    assert environment(**variables) == expected


def test_a_language_that_pynn_does_not_speak_is_said(environment):
    with pytest.warns(UserWarning, match=r"PYNN_LANGUAGE is 'klingon'; expected one of 'en', 'zh_CN'"):
        assert environment(PYNN_LANGUAGE="klingon") == "en"


def test_a_program_chooses(environment):
    environment(PYNN_LANGUAGE="en")
    assert pynn.language("zh_CN") == pynn.language() == "zh_CN"
    assert _("loss") == "损失"
    with speaking("en"):
        assert _("loss") == "loss"
    assert pynn.language("en") == "en"
    with pytest.raises(ValueError, match=r"name is 'fr'; expected one of 'en', 'zh_CN'"):
        pynn.language("fr")


def test_an_error_of_the_library_is_english_and_can_be_said_in_chinese():
    with pytest.raises(ValueError, match=r"sizes\[1\]: expected an int of at least 1, got -1") as caught, speaking("zh_CN"):
        pynn.Network([2, -1])
    assert translated(caught.value, "zh_CN") == "sizes[1]: 应当是不小于 1 的整数，实际为 -1"
    assert translated(caught.value, "en") == str(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)


def test_errors_in_errors_and_errors_of_others_are_said_too(tmp_path):
    (tmp_path / "no model").write_text("x")
    with pytest.raises(ValueError, match="cannot be loaded: File is not a zip file") as caught:
        pynn.load(tmp_path / "no model")
    assert translated(caught.value, "zh_CN").endswith("no model：文件不是 zip 文件")
    with pytest.raises(FileNotFoundError) as missing:
        pynn.load(tmp_path / "nothing")
    assert translated(missing.value, "zh_CN") == f"没有这个文件或文件夹: {str(tmp_path / 'nothing')!r}"
    assert translated(ValueError("unknown"), "zh_CN") == "“unknown”"


def test_a_sentence_is_edited_in_every_language():
    sentence = Sentence("path: {path}, line {line}", path="/tmp/x", line=3).edited(lambda text: text.replace("/tmp/x", "x.csv"))
    assert sentence.edited(lambda text: text.removeprefix("path: ")) == "x.csv, line 3"
    assert translated(sentence, "zh_CN") == "path: x.csv，第 3 行"


def test_speaking_is_of_one_thread():
    with speaking("zh_CN"):
        heard = []
        thread = threading.Thread(target=lambda: heard.append(_("loss")))
        thread.start()
        thread.join()
        assert heard == ["loss"]
        assert _("loss") == "损失"


@in_the_sources
def test_english_is_the_template():
    with speaking("en"):
        for message in messages(PACKAGE / "pynn.po"):
            assert _(message.id) == message.id
    with speaking("zh_CN"):
        assert _("no such sentence {x}", x=3) == "no such sentence 3"


def test_english_loads_no_catalogue():
    code = ("import sys, pynn; pynn.language('en'); from pynn.translation import _; _('loss'); "
            "print('gettext' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@in_the_sources
def test_the_playground_has_the_same_terms():
    page = ROOT / "pynn" / "playground" / "page"
    english, chinese = (json.loads((page / f"words.{name}.json").read_text(encoding="utf-8")) for name in ("en", "zh"))
    assert not wrong_terms((english[key], chinese[key]) for key in english)
