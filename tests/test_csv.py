"""Reading tables: what is read from files of every kind, and messages that name file, line and column."""
from __future__ import annotations

import numpy as np
import pytest

from pynn import datasets


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_load_csv(tmp_path):
    path = write(tmp_path / "t.csv", '\ufeffwing, mass ,"kind, of bird",last\n1,2.5,wren,7\n'
                                     '-3e2,4,"jay, blue",8\n5,6,wren,9\n')
    table = datasets.load_csv(path, target="kind, of bird")
    assert table.feature_names == ("wing", "mass", "last")
    assert table.label_names == ("jay, blue", "wren")
    assert table.y.tolist() == [1, 0, 1]
    assert table.y.dtype == np.int64
    assert table.X.tolist() == [[1, 2.5, 7], [-300, 4, 8], [5, 6, 9]]
    for target in (2, -2, np.int64(2)):
        same = datasets.load_csv(str(path), target=target)
        assert np.array_equal(same.X, table.X)
        assert same.label_names == table.label_names
    with pytest.raises(AttributeError):
        table.y = table.X


def test_load_csv_of_values(tmp_path):
    table = datasets.load_csv(write(tmp_path / "t.csv", "x,y\n1,2.5\n2,3\n"))
    assert table.label_names is None
    assert table.y.tolist() == [2.5, 3]
    assert table.y.dtype == np.float64
    whole = datasets.load_csv(write(tmp_path / "w.csv", "y,x\n0,2.5\n1,3\n"), target="y")
    assert whole.label_names is None
    assert whole.y.dtype == np.float64


def test_load_csv_round_trip(tmp_path):
    X, y = datasets.blobs(50, centers=3, rng=0)
    lines = ["a,b,class", *(f"{a!r},{b!r},c{k}" for (a, b), k in zip(X.tolist(), y.tolist(), strict=True))]
    table = datasets.load_csv(write(tmp_path / "t.csv", "\r\n".join(lines) + "\r\n\r\n"))
    assert np.array_equal(table.X, X)
    assert np.array_equal(table.y, y)
    assert table.label_names == ("c0", "c1", "c2")


@pytest.mark.parametrize(("text", "target", "message"), [
    ("", -1, "line 1: expected a header line"),
    ("a,b\n", -1, "line 2: expected at least one row"),
    ("1,2\n3,4\n5,6\n", -1, "line 1 looks like data: the name '1' is a number"),
    ("a\n1\n", -1, "line 1: expected two or more columns"),
    ("a,b,a\n1,2,3\n", -1, "line 1, column 'a': expected different names"),
    ("a,b\n1,2\n3\n", -1, "line 3, column 'b': expected 2 cells, got 1"),
    ("a,b\n1,2\n3,4,5\n", -1, "line 3, after column 'b': expected 2 cells, got 3"),
    ("a,b\n1,x\n,y\n", -1, "line 3, column 'a': expected a value, it is missing"),
    ("a,b\n1,x\nNA,y\n", -1, "line 3, column 'a'"),
    ("a,b\n1,x\nnan,y\n", -1, "line 3, column 'a'"),
    ("a,b\n1,x\n2,\n", -1, "line 3, column 'b'"),
    ("a,b\n1,x\none,y\n", -1, "line 3, column 'a': expected a finite number, got 'one'"),
    ("a,b\n1,x\ninf,y\n", -1, "line 3, column 'a': expected a finite number"),
    ("a,b\n1,2\n2,many\n", -1, "line 3, column 'b': expected a finite number, got 'many'"),
    ("a,b\n1,many\n2,2\n", -1, "line 3, column 'b': expected text as above, got '2'"),
    ("a,b\n1,2\n2,-inf\n", -1, "line 3, column 'b': expected a finite number, got '-inf'"),
    ("a,b\n1_0,x\n", -1, "line 2, column 'a': expected a finite number, got '1_0'"),
    ("a,b\n1,x\n", "c", "target: unknown column 'c' of .*, line 1; there are 'a', 'b'"),
    ("a,b\n1,x\n", 2, "target: expected a position from -2 to 1 in .*, line 1, got 2"),
    ("a,b\n1,x\n", -3, "target: expected a position"),
    ('a,b\n1,"x\n', -1, "line 2: not a CSV file"),
])
def test_load_csv_says_what_is_wrong(tmp_path, text, target, message):
    with pytest.raises(ValueError, match=message) as caught:
        _ = datasets.load_csv(write(tmp_path / "t.csv", text), target=target).X
    assert "t.csv" in str(caught.value)


def test_load_csv_refuses_other_things(tmp_path):
    path = write(tmp_path / "t.csv", "a,b\n1,x\n")
    for target in (1.0, True, None):
        with pytest.raises(TypeError, match=r"^target: "):
            datasets.load_csv(path, target=target)
    for wrong in (0, True, None, ["t.csv"]):        # open() would read 0 as standard input
        with pytest.raises(TypeError, match=r"^path: "):
            datasets.load_csv(wrong)
    with pytest.raises(FileNotFoundError):
        datasets.load_csv(tmp_path / "none.csv")
    (tmp_path / "b.csv").write_bytes(b"a,b\n\xff\xfe,1\n")
    with pytest.raises(ValueError, match="UTF-8"):
        datasets.load_csv(tmp_path / "b.csv")


def test_chosen_columns_in_their_order(tmp_path):
    path = tmp_path / "birds.csv"
    path.write_text("ring,mass,species,wing\n,20,wren,7.5\nA7,95,jay,13.5\n")
    table = datasets.load_csv(path, target="species", features=["wing", "mass"])
    assert table.X.tolist() == datasets.load_features(path, ("wing", "mass")).tolist() == [[7.5, 20], [13.5, 95]]
    assert (table.feature_names, table.label_names, table.target_name) == (("wing", "mass"), ("jay", "wren"), "species")
    with pytest.raises(ValueError, match=r"^features: .*birds.csv has no column 'age', 'sex'; there are 'ring', "):
        datasets.load_features(path, ["age", "wing", "sex"])
    with pytest.raises(ValueError, match="line 2, column 'ring': expected a value, it is missing"):
        datasets.load_features(path, ["mass", "ring"])
    path.write_text("mass\n20\n")
    assert datasets.load_features(path).tolist() == [[20]]
