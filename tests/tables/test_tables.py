"""Ten tables of the usual kinds, and real penguins, through the command: trained, evaluated, predicted, and what is said."""
from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import pynn
from pynn import cli

from .make import FOLDER, TABLES


class Case(NamedTuple):
    """A table, how it is read and trained on, what is said, and the score of rows that are held out."""

    name: str
    reading: tuple[str, ...]
    training: tuple[str, ...]
    said: tuple[str, ...]
    least: float
    keep: str = ""


ASK_CLASSES, ASK_VALUES = " (--classes takes the numbers for names of classes)", " (--values takes the numbers for values)"
MEAN = "a missing number becomes the mean, with one more input that says so; "
CASES = [
    Case("houses.csv", (), (), (f"300 rows; numbers: area, rooms; target price: values{ASK_CLASSES}",), 0.95),
    Case("passengers.csv", (), ("--drop", "name"), (
        "240 rows; numbers: class, age (53 missing), fare; text: sex (2 levels), embarked (3 levels, 13 missing); "
        f"{MEAN}missing text is a level of its own; target survived: 2 classes: 0, 1{ASK_VALUES}",), 0.9, "name,age"),
    Case("weather.tsv", (), (), (
        "the delimiter is a tab", "240 rows; numbers: humidity, pressure; True/False: rain today; text: wind (4 levels); "
        "target rain tomorrow: 2 classes: False, True"), 0.88, "rain today"),
    Case("wages.csv", (), (), (
        "the delimiter is a semicolon", "numbers have a decimal comma", "240 rows; numbers: Jahre, Stunden; text: Beruf "
        f"(3 levels); target Lohn: values{ASK_CLASSES}"), 0.95, "Beruf"),
    Case("customers.txt", (), ("--drop", "客户"), (
        "the delimiter is a tab", "240 rows; numbers: 月, 费用; True/False: paperless; text: 套餐 (3 levels); target left: "
        "2 classes: no, yes"), 0.88, "客户"),
    Case("sensors.csv.gz", (), (), (
        "the first column has no name, so it is an index; it is left out", "1 row without values is skipped",
        "240 rows; numbers: temperature, vibration; target state: 3 classes: hot, normal, shaking"), 0.92),
    Case("parts.csv", (), ("--classes",), (
        f"240 rows; numbers: length, weight; target code: 3 classes: 007, 7, 12{ASK_VALUES}",), 0.88, "code"),
    Case("survey.txt", ("--encoding", "cp1252"), ("--classes",), (
        "the delimiter is a vertical bar", "240 rows; numbers: âge (33 missing), distance; text: ville (3 levels, 4 missing); "
        f"{MEAN}missing text is a level of its own; target note: 4 classes: 1, 2, 3, 4{ASK_VALUES}"), 0.8, "ville"),
    Case("stones.csv", ("--no-header",), (), (
        f"240 rows; numbers: column 1, column 2; text: column 3 (3 levels); target column 4: values{ASK_CLASSES}",), 0.93,
        "column 3"),
    Case("energy.csv", (), ("--drop", "day"), (
        "240 rows; numbers: temperature (9 missing), people; True/False: holiday; no values: remark; "
        f"{MEAN}columns without values are left out; target used: values{ASK_CLASSES}",), 0.95, "day"),
]


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A copy of one table, in the folder of the test."""
    monkeypatch.chdir(tmp_path)
    return lambda name: shutil.copy(FOLDER / name, tmp_path / name)


def test_every_table_is_tried():
    assert [case.name for case in CASES] == list(TABLES)
    assert {path.name for path in FOLDER.iterdir() if path.suffix in (".csv", ".tsv", ".txt", ".gz")} == set(TABLES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_table_from_training_to_prediction(case, table, capsys):
    path = Path(table(case.name))
    content = path.read_bytes()
    cli.main(["train", case.name, *case.reading, *case.training, "--validation-split", "0.25", "--seed", "0", "--json",
              "--out", "model"])
    trained = capsys.readouterr()
    said = [line for line in trained.err.splitlines() if line.startswith(f"pynn: {case.name}: ")]
    assert said == [f"pynn: {case.name}: {text}" for text in case.said]
    result = json.loads(trained.out)
    score = "val_r2" if "val_r2" in result else "val_accuracy"
    assert result[score] >= case.least

    net = pynn.load("model")
    target = case.said[-1].partition("target ")[2].partition(":")[0]
    cli.main(["evaluate", "model", case.name, *case.reading, "--target", target, "--json"])
    evaluated = json.loads(capsys.readouterr().out)
    assert evaluated["rows"] == int(case.said[-1].split()[0])
    assert evaluated[score.removeprefix("val_")] >= case.least

    cli.main(["predict", "model", case.name, *case.reading, "--keep", case.keep or target, "--out", "predicted.csv"])
    with open("predicted.csv", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    kept = (case.keep or target).split(",")
    of_predictions = target if net.is_regression else "prediction"
    assert header == [*kept, f"predicted {target}" if of_predictions in kept else of_predictions]
    assert len(rows) == evaluated["rows"]
    if not net.is_regression:
        assert {row[-1] for row in rows} <= set(net.label_names)
    assert path.read_bytes() == content


def test_codes_are_kept_apart(table, capsys):
    table("parts.csv")
    cli.main(["train", "parts.csv", "--classes", "--epochs", "1", "--out", "model"])
    assert pynn.load("model").label_names == ("007", "7", "12")


REFUSED = [
    ("passengers.csv", "", "line 2, column 'name': expected at most 50 different texts .*, got 240, .*--drop 'name'"),
    ("energy.csv", "", "line 2, column 'day': .* got dates or times; .*--drop 'day'"),
    ("survey.txt", "", "line 1 is not in UTF-8: .*--encoding cp1252"),
    ("stones.csv", "", "line 1 looks like data: .*--no-header"),
    ("wages.csv", "--decimal .", "line 2, column 'Jahre': expected at most 50 different texts in the column"),
    ("houses.csv", "--drop room", "--drop: expected a feature of houses.csv, got 'room'; there are 'area', 'rooms'"),
    ("weather.tsv", "--target rain", "target: unknown column 'rain' of .*weather.tsv.*; there are 'humidity'"),
]


@pytest.mark.parametrize(("name", "options", "message"), REFUSED)
def test_what_is_refused_is_named_with_its_remedy(name, options, message, table, capsys):
    table(name)
    with pytest.raises(SystemExit) as raised:
        cli.main(["train", name, *options.split(), "--out", "model"])
    assert raised.value.code == 2
    assert re.search(message, capsys.readouterr().err.replace("\n", " "))
    assert not Path("model").exists()


@pytest.mark.parametrize(("name", "target", "options"), [
    ("penguins.csv", "species", ()), ("penguins-raw.csv", "Species", ("--drop", "Individual ID,Date Egg"))])
def test_penguins_straight_from_their_package(name, target, options, tmp_path, monkeypatch, capsys):
    """Islands, sexes, missing cells: at least 0.97 of the rows that are held out, over four splits."""
    path = Path(pytest.importorskip("palmerpenguins").__file__).parent / "data" / name
    monkeypatch.chdir(tmp_path)
    scores = []
    for seed in "0123":
        cli.main(["train", str(path), "--target", target, *options, "--validation-split", "0.3", "--seed", seed, "--json",
                  "--epochs", "50", "--out", "model"])
        scores.append(json.loads(capsys.readouterr().out)["val_accuracy"])
    assert np.mean(scores) >= 0.97
