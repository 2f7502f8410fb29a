"""A student who reads no English: what pynn prints in Chinese has no English words but names, code and symbols."""
from __future__ import annotations

import builtins
import inspect
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest

import pynn
from pynn import cli, reference, workbook
from pynn.initializers import INITIALIZERS
from pynn.learn.exercises import EXERCISES
from pynn.optimizers import RECIPES
from pynn.plot._style import font_families
from pynn.translation import speaking, translated

from .tables.test_bad_tables import BAD as BAD_TO_TRAIN
from .tables.test_bad_tables import BAD_TO_EVALUATE, BAD_TO_PREDICT, KNOWN
from .test_csv import BAD, BAD_X, read

ROOT = Path(__file__).parent.parent
LESSONS = sorted((ROOT / "examples" / "lessons").glob("0[1-7]*.py"))

# Names: of programs and formats, and of functions in formulas.
NAMES = """\
pynn numpy python javascript onnx safetensors node onnxruntime html csv json utf gbk gzip excel xlsx xls parquet iris
relu nan inf none generator glorot xavier huber log exp max min sign sqrt alpha phi grad cos reference float train
predict evaluate info export check playground figures tab error ignore column true false rng seed standardizer fit
return ctrl data out model file nonetype pandas"""


def names() -> set[str]:
    """Words that are code: arguments, functions, activations, losses."""
    functions = [pynn.Network.__init__, pynn.Network.fit, pynn.explain, *(exercise.solve for exercise in EXERCISES.values())]
    found = [*reference.ACTIVATIONS, *reference.LOSSES, *RECIPES, *INITIALIZERS, *EXERCISES, *dir(builtins), *NAMES.split(),
             *(name for function in functions for name in inspect.signature(function).parameters)]
    return {word for name in found for word in re.findall("[a-z]+", name.lower())}


def english(text: str) -> list[str]:
    """The English words of a text, without options, files, quotations and names."""
    text = re.sub(r"\w+='[^']*'|\b0x[0-9a-f]+", " ", text)
    text = re.sub(r"--[\w-]+|\S*[/\\]\S*|'[^']*'|\w+\.\w+(?:\.\w+)*|\b[A-Z_]{3,}\b|\w*_\w*", " ", text)
    text = re.sub(r"\w+\[[^\]]*\]|\w+\([^()]*\)|\w+=\S+", " ", text)
    return [word for word in re.findall(r"[A-Za-z]{3,}", text) if word.lower() not in names()]


def test_english_is_recognised():
    assert english("层 W[1]：the bias 没有加") == ["the", "bias"]
    assert not english("第 2 层：binary_cross_entropy，--out model.npz，relu，net.fit(X)")


@pytest.fixture
def chinese():
    with speaking("zh_CN"):
        yield


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("output", ["sigmoid", "softmax", "linear"])
def test_explanations(output):
    net = pynn.Network([2, 3, 9, 3], hidden=["relu", "elu"], output=output, rng=0, dropout=0.1)
    X = np.array([[1.0, 2.0], [3.0, 1.0]])
    y = {"sigmoid": [[1, 0, 1], [0, 0, 1]], "softmax": [0, 2], "linear": [[0.5, 1, 2], [1, 2, 3]]}[output]
    for part in ({}, {"layer": 1}, {"layer": 1, "unit": 2}, {"layer": 3, "unit": 1}):
        explanation = pynn.explain(net, X, y, **part)
        assert not english(str(explanation))
        assert not english(re.sub(r"<[^>]+>|&#?\w+;", " ", explanation._repr_html_()))
    net.standardizer = pynn.Standardizer.fit(X)
    assert not english(str(pynn.explain(net, X, y, learning_rate=1e6)))
    assert not english(net.summary())
    assert not english(str(pynn.check_gradients(net, X, y)))


@pytest.mark.usefixtures("chinese")
def test_diagnoses():
    X, y = pynn.datasets.circles(300, rng=0)
    healthy, dead, symmetric, broken = (pynn.Network([2, 4, 6, 6, 4, 1], rng=0) for _net in range(4))
    dead[2].b[...] = -100
    symmetric[1].W[...] = symmetric[2].W[...] = 1
    broken[1].W[0, 0] = np.nan
    cases = [(healthy, X, y), (dead, X, y), (symmetric, X, y), (broken, X, y), (healthy, 1e4 * X, y), (healthy, X, 0 * y)]
    for net, inputs, targets in cases:
        assert not english(str(pynn.diagnose(net, inputs, targets)))


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("name", workbook.exercises())
def test_the_workbook(name):
    """The task, what is said of an answer of the wrong kind, of an error, and of every typical mistake."""
    exercise = EXERCISES[name]
    assert not english(workbook.describe(name))
    for answer in (lambda *inputs: None, lambda *inputs: 1, lambda *inputs: ([1], [2]), lambda: 3, lambda *inputs: 1 / 0):
        hints = workbook.check(name, answer).hints
        assert hints
        assert not [word for hint in hints for word in english(re.sub(r"ZeroDivisionError.*|<lambda>.*", "", hint))]
    mistakes = exercise.solve(**exercise.inputs(exercise.cases[0]))[1]
    assert not [word for hint in mistakes for word in english(hint)]


def fails(error):
    raise error


@pytest.mark.usefixtures("chinese")
def test_errors_of_python_and_numpy_in_verdicts():
    """What Python and NumPy say in English is explained in Chinese, and quoted behind it."""
    mistakes = (
        lambda W, b, A: W.T @ A, lambda W, b, A: np.dot(W, A.T), lambda W, b, A: 3 @ W, lambda W, b, A: W + A.T,
        lambda W, b, A: W.reshape(7, 7), lambda W, b, A: np.array([[1], [1, 2]]), lambda W, b, A: W.sum(axis=5),
        lambda W, b, A: A[100], lambda W, b, A: A[0, 0, 0], lambda W, b, A: [1, 2][5], lambda W, b, A: W if W > 0 else b,
        lambda W, b, A: math.exp(W), lambda W, b, A: math.exp(1e4), lambda W, b, A: math.log(-1), lambda W, b, A: 1 / 0,
        lambda W, b, A: qq, lambda W, b, A: np.qq, lambda W, b, A: W.qq, lambda W, b, A: W(A),   # noqa: F821
        lambda W, b, A: b.any()[0], lambda W, b, A: len(3), lambda W, b, A: None + W, lambda W, b, A: [1] * 2.5,
        lambda W, b, A: (lambda x, y: x)(1), lambda W, b, A: (lambda x: x)(1, 2), lambda W, b, A: (lambda x: x)(y=1),
        lambda W, b, A: fails(UnboundLocalError("cannot access local variable 'z' where it is not associated with a value")),
        lambda W, b, A: fails(SyntaxError("'(' was never closed")), lambda W, b, A: fails(ImportError("No module named 'x'")))
    for mistake in mistakes:
        hints = workbook.check("layer_forward", mistake).hints
        assert "（原文：“" in hints[0]
        said = re.sub(r"if、and|math 模块|\w+Error|<lambda>.*?）：|fails.*?）|UnboundLocal：|“.*?”", "", hints[0])
        assert not english(said), said


@pytest.mark.usefixtures("chinese")
def test_pynn_check(tmp_path, capsys):
    file = tmp_path / "mine.py"
    file.write_text("def neuron(w, b, x):\n    return w @ x + b\n\n\ndef relu(Z):\n    return abs(Z)\n\n\n"
                    "def sigmoid(Z):\n    import pynn\n    return pynn.reference.sigmoid(Z)\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        cli.main(["check", str(file), "--seed", "1"])
    printed = capsys.readouterr().out
    assert "neuron" in printed
    assert "正确" in printed
    assert not english(printed)


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("arguments", [
    "--help", "train --help", "predict --help", "evaluate --help", "info --help", "export --help", "check --help",
    "playground --help", "figures --help", "", "nosuch", "train", "train table.csv --out x.npz --epochs many",
    "train table.csv --out x.npz --nosuch", "train table.csv --out /nosuch/x.npz", "train table.csv --out table.csv"])
def test_the_command_speaks_chinese(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_text("a,b\n1,2\n2,3\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        cli.main(arguments.split())
    printed = capsys.readouterr()
    assert re.search("用法", printed.out + printed.err)
    assert not english(re.sub(r"(?s)用法：.*?(?=\n\n|\npynn)", "", printed.out + printed.err))


@pytest.mark.usefixtures("chinese")
def test_a_table_is_learned_in_chinese(tmp_path, capsys):
    rng = np.random.default_rng(0)
    rows = [f"{x:.3f},{'红' if x > 0 else '蓝'},{2 * x:.3f}" for x in rng.normal(size=30)]
    table, model = tmp_path / "table.csv", tmp_path / "model.npz"
    table.write_text("\n".join(["x,颜色,价格", *rows]), encoding="utf-8")
    cli.main(["train", str(table), "--out", str(model), "--epochs", "2", "--seed", "0"])
    cli.main(["info", str(model)])
    cli.main(["evaluate", str(model), str(table)])
    printed = capsys.readouterr()
    assert not english(printed.out + printed.err)


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("target", ["种类", pytest.param("价格", marks=pytest.mark.slow)])
def test_reports(target, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    lines = [f"{x:.3f},{'红' if x > 0 else '蓝'},{'乙丙甲'[int(x) % 3]},{2 * x:.3f}" for x in rng.normal(size=60)]
    (tmp_path / "table.csv").write_text("\n".join(["长度,颜色,种类,价格", *lines]), encoding="utf-8")
    with matplotlib.rc_context({"font.family": font_families()}):
        cli.main(["train", "table.csv", "--target", target, "--out", "m", "--epochs", "2", "--seed", "0", "--report", "r.html",
                  "--validation-split", "0.2"])
        cli.main(["evaluate", "m", "table.csv", "--target", target, "--report", "r.html"])       # over the first one
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert f"“{target}”的模型" in page
    text = re.sub(r"(?s)<style>.*?</style>|<(?!svg)[^>]+>|<svg [^>]*aria-label=|&#?\w+;", " ", page)
    assert not english(text.replace("True/False", ""))


@pytest.mark.usefixtures("chinese")
def test_bad_tables(tmp_path):
    """What the reader says in English is said in Chinese by the command."""
    for content, keywords, _message in [*BAD, *((content, {}, message) for content, message in BAD_X)]:
        with pytest.raises(ValueError, match=" ") as caught:
            _ = read(tmp_path, content, **keywords).X
        said = translated(caught.value).replace(str(tmp_path), "")
        assert re.search("[一-鿿]", said)
        assert not english(re.sub(r"^\w+: |“.*?”", "", said).partition("；可选")[0]), said


@pytest.mark.usefixtures("chinese")
def test_bad_tables_through_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.csv").write_text(KNOWN, encoding="utf-8")
    cli.main(["train", "good.csv", "--epochs", "1", "--out", "m"])
    cases = [*((["train", "bad.csv", "--out", "n"], content) for content, *_place in BAD_TO_TRAIN),
             *((["predict", "m", "bad.csv", "--out", "p"], f"a,colour,flag\n{rows}") for rows, *_place in BAD_TO_PREDICT),
             *((["evaluate", "m", "bad.csv"], f"a,colour,flag,k\n{rows}") for rows, *_place in BAD_TO_EVALUATE),
             (["evaluate", "good.csv", "good.csv"], KNOWN), (["evaluate", "nothing", "good.csv"], KNOWN)]
    for command, content in cases:
        (tmp_path / "bad.csv").write_text(content, encoding="utf-8")
        capsys.readouterr()
        with pytest.raises(SystemExit):
            cli.main(command)
        said = capsys.readouterr().err.partition("错误：")[2]
        assert said
        assert not english(re.sub(r"^\w+: ", "", said)), said


@pytest.mark.slow
@pytest.mark.skipif(not LESSONS, reason="away from the sources")
@pytest.mark.parametrize("lesson", LESSONS, ids=[path.stem for path in LESSONS])
def test_a_lesson_prints_chinese(lesson, tmp_path):
    environment = {**os.environ, "PYNN_LANGUAGE": "zh_CN", "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-W", "ignore", lesson], capture_output=True, encoding="utf-8", check=True,
                          cwd=tmp_path, env=environment)
    assert re.search("[一-鿿]", done.stdout)
    text = re.sub(r"(?s)epoch \d+: the loss is nan.*?before the fit\.", "", done.stdout)       # the message of an exception
    assert not english(text)


@pytest.mark.slow
def test_titles_of_a_chinese_program_have_a_font(tmp_path):
    """pynn.plot lets matplotlib fall back to a font with Chinese characters, if the language is Chinese."""
    code = ("import matplotlib; matplotlib.use('Agg'); import pynn.plot; from pynn.plot._style import _cjk_fonts\n"
            "import matplotlib.pyplot as plt; figure, ax = plt.subplots(); ax.set_title('损失'); figure.savefig('x.png')\n"
            "print(not _cjk_fonts() or _cjk_fonts()[0] in matplotlib.rcParams['font.family'])")
    for language, expected in (("zh_CN", "True"), ("en", "False")):
        done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, encoding="utf-8", check=True,
                              cwd=tmp_path, env={**os.environ, "PYNN_LANGUAGE": language})
        assert done.stdout.strip() == expected
