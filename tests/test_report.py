"""--report: one page that loads nothing, escapes what is the user's, and shows numbers that others compute alike."""
from __future__ import annotations

import csv
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import pynn
from pynn import cli, datasets
from pynn.command_tables import class_numbers, inputs_of
from pynn.output_places import report_mark
from pynn.report import measures
from pynn.report.subject import Subject

EVIL = "<script>alert('1')</script>&amp;\"$x_1$"


def write(path, names, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *rows])


class Page(HTMLParser):
    """The elements, the attributes and the texts of a page; an element that is not closed is an error."""

    VOID = ("meta", "br")

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.titles, self.text = [], [], [], [], ""
        self.feed(text)
        assert self.open == [] or self.open == ["html"]

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "h2":
            self.titles.append(data)
        if self.open and self.open[-1] != "style":
            self.text += data


@pytest.fixture
def shapes(tmp_path, monkeypatch):
    """Two moons; the names of columns and classes look like HTML."""
    X, y = datasets.moons(120, noise=0.3, rng=0)
    monkeypatch.chdir(tmp_path)
    rows = [[*x, "yes" if k % 3 else "", [EVIL, "moon"][c]] for k, (x, c) in enumerate(zip(X.tolist(), y, strict=True))]
    write(tmp_path / "t.csv", [EVIL, "b", "note<", "shape<i>"], rows)
    return tmp_path


def page_of(path):
    return Page(path.read_text(encoding="utf-8"))


def test_the_page_of_a_training(shapes, capsys):
    cli.main(["train", "t.csv", "--out", "m", "--epochs", "20", "--seed", "0", "--validation-split", "0.25",
              "--report", "r.html"])
    assert "pynn: wrote r.html" in capsys.readouterr().err.splitlines()
    text = (shapes / "r.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.titles == ["Learning curves", "Confusions", "Calibration", "Importance of each column",
                           "The rows predicted worst", "Diagnosis"]
    assert page.tags.count("svg") == 2
    assert not {"script", "link", "img", "iframe", "i>"} & set(page.tags)
    assert EVIL in page.text
    assert "A model of shape<i>" in page.text
    assert "Measured on 30 validation rows" in page.text
    assert [value for name, value in page.attributes if "href" in name and not value.startswith("#")] == []
    assert re.findall(r"https?://(?!www\.w3\.org/)", text) == []
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    used = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', text)
    assert {one or other for one, other in used} <= set(ids)


def test_the_page_of_an_evaluation(shapes, capsys):
    cli.main(["train", "t.csv", "--out", "m", "--epochs", "5", "--seed", "0"])
    capsys.readouterr()
    cli.main(["evaluate", "m", "t.csv", "--report", "r.html"])
    said = capsys.readouterr()
    assert said.out.startswith("rows 120, loss ")
    page = page_of(shapes / "r.html")
    assert page.titles[0] == "Confusions"
    assert "Measured on the 120 rows of t.csv." in page.text
    cli.main(["evaluate", "m", "t.csv", "--report", "r.html"])          # over a report of pynn's


@pytest.mark.parametrize(("command", "message"), [
    ("train t.csv --out m2 --report t.csv", "--report: expected another file than the table"),
    ("train t.csv --out same --report same", "--report: expected another file than --out writes"),
    ("train t.csv --out m2 --report mine.html", "--report: expected a new file or a report of pynn's, got mine.html"),
    ("train t.csv --out m2 --report m", "--report: expected a new file or a report of pynn's, got m"),
    ("train t.csv --out m2 --report nowhere/r", "--report: expected a file in an existing folder"),
    ("train t.csv --out r.html --report r2.html", "--out: expected a new file or a model of pynn's, got r.html"),
    ("evaluate m t.csv --report m", "--report: expected another file than the model"),
    ("evaluate m t.csv --report ./t.csv", "--report: expected another file than the table"),
    ("evaluate m t.csv --report mine.html", "--report: expected a new file or a report of pynn's"),
])
def test_a_report_takes_no_place_of_the_users(command, message, shapes, capsys):
    (shapes / "mine.html").write_text("<!DOCTYPE html>\n<html>my page</html>")
    (shapes / "r.html").write_bytes(report_mark("en"))
    cli.main(["train", "t.csv", "--out", "m", "--epochs", "1"])
    before = {path: path.read_bytes() for path in shapes.iterdir()}
    with pytest.raises(SystemExit) as raised:
        cli.main(command.split())
    assert raised.value.code == 2
    assert message in capsys.readouterr().err
    assert {path: path.read_bytes() for path in shapes.iterdir()} == before


def test_values(tmp_path, monkeypatch):
    X, y = datasets.plane(80, rng=0)
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "t.csv", ["u", "v", "height"], np.column_stack([X, 1e5 * y]).tolist())
    cli.main(["train", "t.csv", "--out", "m", "--epochs", "20", "--seed", "0", "--report", "r.html"])
    page = page_of(tmp_path / "r.html")
    assert page.titles[:3] == ["Learning curves", "Predicted against true", "Errors"]
    assert page.tags.count("svg") == 3
    net = pynn.load("m")
    error = abs(net.predict(X) - 1e5 * y)
    assert f"The mean size of an error is {float(f'{error.mean():.4g}'):.12g};" in page.text
    assert "the 80 rows that it was trained on; it may predict other rows worse" in page.text


def test_many_classes_are_listed(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "t.csv", ["a", "k"], [[value, f"class {k % 15}"] for k, value in enumerate(rng.normal(size=150))])
    cli.main(["train", "t.csv", "--out", "m", "--epochs", "2", "--seed", "0", "--report", "r.html"])
    assert "The most frequent confusions of 15 classes." in page_of(tmp_path / "r.html").text


# ---------------------------------------------------------------------------------------------------------- the numbers


def subject(net, table):
    y = class_numbers(net, table)
    return Subject(net, table, np.arange(len(y)), inputs_of(net, table, "error"), y, "all rows")


def test_wide_contents_have_room(tmp_path, monkeypatch):
    """On a phone a wide row is a block with the names of its cells; the bars of many columns have a place of their own."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    head = ",".join([*(f"c{k}" for k in range(12)), "k"])
    rows = "".join(",".join([*(f"{x:.2f}" for x in rng.normal(size=12)), "uvwx"[k % 4]]) + "\n" for k in range(40))
    (tmp_path / "t.csv").write_text(f"{head}\n{rows}")
    cli.main(["train", "t.csv", "--out", "m", "--epochs", "1", "--seed", "0", "--report", "r.html"])
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    cards, _, below = text.partition("</section>\n</div>")
    assert "<table class=bars>" not in cards
    assert "<div class=spread><table class=bars>" in below
    assert re.search(r"<table class=stack>.*<td data-label=\"k: true\">[uvwx]</td>", below)
    assert re.search(r'<table class="confusions many" style="min-width:15rem">.*<th scope=col title="x"><span>x</span>', cards)


@pytest.fixture(scope="module")
def birds(tmp_path_factory):
    """Three classes, of which a column of noise says nothing."""
    folder = tmp_path_factory.mktemp("birds")
    X, y = datasets.blobs(300, centers=3, spread=0.9, rng=0)
    noise = np.random.default_rng(0).normal(size=300)
    write(folder / "t.csv", ["a", "b", "noise", "kind"],
          [[*x, e, "jkl"[c]] for x, e, c in zip(X.tolist(), noise, y, strict=True)])
    cli.main(["train", str(folder / "t.csv"), "--out", str(folder / "m"), "--epochs", "30", "--seed", "0"])
    net = pynn.load(folder / "m")
    return subject(net, datasets.load_csv(folder / "t.csv"))


def test_confusions_are_scikit_learns(birds):
    metrics = pytest.importorskip("sklearn.metrics")
    assert np.array_equal(measures.confusions(birds), metrics.confusion_matrix(birds.y, birds.predicted))


def test_calibration_is_scikit_learns(birds, shapes):
    calibration_curve = pytest.importorskip("sklearn.calibration").calibration_curve
    cli.main(["train", "t.csv", "--out", "m", "--epochs", "20", "--seed", "0"])
    two = subject(pynn.load("m"), datasets.load_csv("t.csv"))
    for one, said, right, bins in ((two, two.probabilities[:, 1], two.y == 1, 6),
                                   (birds, birds.probabilities.max(axis=1), birds.predicted == birds.y, 10)):
        ours = measures.calibration(one)
        found, mean = calibration_curve(right, said, n_bins=bins)
        np.testing.assert_allclose(ours.found, found)
        np.testing.assert_allclose(ours.said, mean)
        assert ours.counts.sum() == len(one.y)
        assert 0 <= ours.error <= 1


def test_importance_by_hand(birds):
    found = {one.column: one for one in measures.importances(birds)}
    assert set(found) == {"a", "b", "noise"}
    assert abs(found["noise"].mean) < 0.05 < 0.2 < min(found["a"].mean, found["b"].mean)
    inspection = pytest.importorskip("sklearn.inspection")

    class Wrapped:
        def fit(self, X, y):
            return self

        def score(self, X, y):
            return birds.net.score(X, y)

    theirs = inspection.permutation_importance(Wrapped(), birds.X, birds.y, n_repeats=20, random_state=0)
    for k, column in enumerate(("a", "b", "noise")):
        assert abs(theirs.importances_mean[k] - found[column].mean) < 4 * max(theirs.importances_std[k], 0.01)


def test_the_inputs_of_a_column_are_shuffled_together(shapes):
    cli.main(["train", "t.csv", "--out", "m", "--epochs", "5", "--seed", "0"])
    two = subject(pynn.load("m"), datasets.load_csv("t.csv"))
    assert two.inputs == {EVIL: slice(0, 1), "b": slice(1, 2), "note<": slice(2, 4)}
    assert {one.column for one in measures.importances(two)} == {EVIL, "b", "note<"}


def test_the_worst_rows(birds):
    badness = measures.badness(birds)
    np.testing.assert_allclose(badness.mean(), birds.scores["loss"])
    assert birds.predicted[badness.argmax()] != birds.y[badness.argmax()]
