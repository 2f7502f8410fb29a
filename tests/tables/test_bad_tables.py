"""Bad tables through the command: each error names the file, the line and the column, and nothing is written.

tests/test_csv.py has the files that cannot be read at all.
"""
from __future__ import annotations

import gzip
import random

import pytest

import pynn
from pynn import cli, datasets

NO_NUMBERS = ["x", "12 kg", "1.2.3", "1e999", "inf", "-inf", "Infinity", "1_0", "0x10", "½", "5%", "$5", "5 €", "1/2",
              "--5", "+-5", "5-", "1e", "e5", "#DIV/0!", "1  2", "1:2", "True", "ok", "５ｍ", "−", "12:30",
              "2020-01-01", "1,2,3"]
MISSING = ["", "NA", "n/a", "NaN", "null", "None", "?", "-", "--", ".", "#N/A", "<NA>", "n.a."]
FEATURE, TARGET = "a,b,k\n1,1,1\n2,2,2\n3,3,3\n4,{},4\n5,5,5\n", "a,b,k\n1,1,1\n2,2,2\n3,3,3\n4,4,{}\n5,5,5\n"
BAD = [         # content, line, column, a part of the message
    *((FEATURE.format(f'"{cell}"'), 5, "b", f"expected a number, as most cells of this column are, got {cell!r}")
      for cell in NO_NUMBERS),
    *((TARGET.format(f'"{cell}"'), 5, "k", f"expected a finite number, got {cell!r}") for cell in NO_NUMBERS),
    *((TARGET.format(cell), 5, "k", "expected a value, it is missing") for cell in MISSING),
    ("a,k\n1,u\n2,\n3,v\n", 3, "k", "expected the name of a class, the cell is empty; remove this row from the file"),
    ("a,k\n1,1\n2,?\n3,-\n", 3, "k", "remove the 2 rows without one from the file, in pandas by "
                                      "frame.dropna(subset=['k'])"),
    ("a,k\n1,True\n2,NA\n3,False\n", 3, "k", "expected a value, it is missing ('NA'); remove this row from the file"),
    ("a,k\n1,5%\n2,6 %\n3,0.07\n", 4, "k", "expected text as above, got '0.07'"),
    ("a,b,k\n1,5 €,1\n2,6,2\n3,7,3\n4,8,4\n", 2, "b", "expected a number, as most cells of this column are, got '5 €'"),
    ("a,k\n1,u\n2,7\n3,v\n", 3, "k", "expected text as above, got '7'"),
    ("d,k\n2020-01-02,u\n2020-01-03,v\n", 2, "d", "got dates or times"),
    ("d,k\n02.01.2020,u\n03.01.2020,v\n", 2, "d", "got dates or times"),
    ("d,k\n12:30,u\n13:45:01,v\n", 2, "d", "got dates or times"),
    ("d,k\n2020-01-02T12:30:00Z,u\n2020-01-03 12:30,v\n", 2, "d", "got dates or times"),
    ("a,who,k\n" + "".join(f"1,name {k},{k}\n" for k in range(60)), 2, "who", "expected at most 50 different texts"),
    ("a,b,k\n1,1,u\n2\n", 3, "b", "expected 3 cells, got 1"),
    ("a,b,k\n1,1,u\n2,2\n", 3, "k", "expected 3 cells, got 2"),
    ("a,b,k\n1,1,u\n2,2,v,5\n", 3, "k", "expected 3 cells, got 4"),
    ("a,b,a,k\n1,2,3,u\n", 1, "a", "expected different names"),
    ("a,k\n1e308,u\n-1e308,v\n", 2, "a", "expected numbers whose mean and deviation float64 can hold, got 1e+308"),
    ("a,b,k\n1e308,,u\n-1e308,2,v\n", 2, "a", "expected numbers whose mean and deviation float64 can hold, got 1e+308"),
    ("a,k\n1,1\n2,1e308\n3,-1e308\n", 3, "k", "expected numbers whose mean and deviation float64 can hold, got 1e+308"),
    ("a;k\n1,5;2,5\n2;2.5\n", 3, "k", "expected one decimal sign"),
    ("a;k\n1,500;u\n2;v\n", 2, "a", "give the decimal sign"),
]
KNOWN = "a,colour,flag,k\n1,red,True,u\n2,blue,False,v\n3,red,True,u\n"
BAD_TO_PREDICT = [      # rows, line, column, a part of the message
    ("1,red,True\n2,green,True\n", 3, "colour", "unknown level, 'green'; the encoder knows 'blue', 'red'"),
    ("1,Red,True\n", 2, "colour", "unknown level, 'Red'"),
    ("1,red,True\n2,,True\n", 3, "colour", "unknown level, no text in an empty cell"),
    ("1,red,True\n,red,True\n", 3, "a", "expected a value, it is missing"),
    ("1,red,True\n2,red,\n", 3, "flag", "expected a value, it is missing"),
    ("1,red,True\nx,red,True\n", 3, "a", "expected a finite number, got 'x'"),
    ("True,red,True\n2,red,True\n", 2, "a", "expected a finite number, got 'True'"),
    ("1,red,True\n2,red,yes\n", 3, "flag", "expected True or False, got 'yes'"),
    ("1,red,1\n2,red,2\n", 3, "flag", "expected True or False, got 2"),
    ("1,red,True\n1.7e308,red,True\n", 3, "a", "expected a number that float64 can hold if standardised, got 1.7e+308"),
    ("1,red,True\n2,blue\n", 3, "flag", "expected 3 cells, got 2"),
]


def check_refusal(command, line, column, message, folder, capsys):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(SystemExit) as raised:
        cli.main(command)
    said = capsys.readouterr()
    assert raised.value.code == 2
    assert said.out == ""
    error = said.err.partition("error: ")[2]
    assert "bad.csv" in error
    assert f"line {line}, " in error
    assert f"column {column!r}" in error
    assert message in error
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_there_are_many():
    assert len({content for content, *_ in BAD}) >= 60


@pytest.mark.parametrize(("content", "line", "column", "message"), BAD)
def test_training_names_the_cell(content, line, column, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.csv").write_text(content, encoding="utf-8")
    check_refusal(["train", "bad.csv", "--out", "m"], line, column, message, tmp_path, capsys)


@pytest.fixture
def known_model(tmp_path, monkeypatch, capsys):
    """The model m of the table KNOWN, in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.csv").write_text(KNOWN, encoding="utf-8")
    cli.main(["train", "good.csv", "--epochs", "1", "--out", "m"])
    capsys.readouterr()
    return "m"


@pytest.mark.parametrize(("rows", "line", "column", "message"), BAD_TO_PREDICT)
def test_predicting_names_the_cell(rows, line, column, message, known_model, tmp_path, capsys):
    (tmp_path / "bad.csv").write_text(f"a,colour,flag\n{rows}", encoding="utf-8")
    check_refusal(["predict", known_model, "bad.csv", "--out", "p"], line, column, message, tmp_path, capsys)


BAD_TO_EVALUATE = [     # rows, line, column, a part of the message
    ("1,red,True,u\n2,red,True,w\n", 3, "k", "unknown class 'w'; the model knows 'u', 'v'"),
    ("1,red,True,u\n2,red,True,\n", 3, "k", "expected the name of a class, the cell is empty"),
    ("1,red,True,u\n2,green,True,v\n", 3, "colour", "unknown level, 'green'"),
]


@pytest.mark.parametrize(("rows", "line", "column", "message"), BAD_TO_EVALUATE)
def test_evaluating_names_the_cell(rows, line, column, message, known_model, tmp_path, capsys):
    (tmp_path / "bad.csv").write_text(f"a,colour,flag,k\n{rows}", encoding="utf-8")
    check_refusal(["evaluate", known_model, "bad.csv"], line, column, message, tmp_path, capsys)


SOUND = [KNOWN, "a;b;k\n1,5;;2\n3;4,25;3\n;2,5;1\n", "# c\na\tb\tk\n1\t\t7\n3\tx\t8\n",
         'id,"a","k"\n1,NA,"y, z"\n2,2.5,"w"\n3,,"w"\n']
SIGNS = [*(bytes([sign]) for sign in b'\0",;\n\r\t# 1.-e\xff'), b"\xef\xbb\xbf", "é".encode(), b"\x1f\x8b", b"\xff\xfe", b"nan",
         b"True", b"2024-01-01", b"1e308", b"red", b",,"]


def mutant(rng: random.Random) -> bytes:
    """A sound table with a few bytes inserted, removed, repeated or replaced; now and then cut or gzipped."""
    content = bytearray(rng.choice(SOUND).encode())
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(content) + 1)
        cut = at + rng.choice([0, 0, 1, 1, 5])
        content[at:cut] = rng.choice([rng.choice(SIGNS), rng.choice(SIGNS), b"", content[at:at + 8] * 2])
    if rng.random() < 0.05:
        content = bytearray(gzip.compress(bytes(content), mtime=0))
    return bytes(content[:rng.randrange(len(content) + 1)] if rng.random() < 0.05 else content)


@pytest.mark.parametrize("count", [60, pytest.param(10_000, marks=pytest.mark.slow)])
def test_mutated_tables_are_trained_on_or_refused(count, tmp_path, monkeypatch, capsys):
    """Never a traceback, never a changed file; a model that was written predicts for its own table."""
    monkeypatch.chdir(tmp_path)
    rng = random.Random(count)
    trained = 0
    for _ in range(count):
        content = mutant(rng)
        (tmp_path / "t.csv").write_bytes(content)
        (tmp_path / "m").unlink(missing_ok=True)
        code = 0
        try:
            cli.main(["train", "t.csv", "--out", "m", "--hidden", "2", "--epochs", "1", "--seed", "0"])
        except SystemExit as refused:
            code = refused.code
        assert code in (0, 2), content
        assert (tmp_path / "m").exists() == (code == 0)
        if code == 0:
            trained += 1
            net = pynn.load("m")
            names = net.feature_names if net.encoder is None else net.encoder.columns
            table = datasets.load_csv("t.csv", features=names, classes=None, header="names")
            assert len(net.predict(table if net.encoder else table.X)) == len(table)
        assert (tmp_path / "t.csv").read_bytes() == content
        capsys.readouterr()
    assert 0.1 * count < trained < 0.9 * count
