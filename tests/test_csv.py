"""Reading tables: what is read from files of every kind, and messages that name file, line and column."""
from __future__ import annotations

import csv
import gzip
import io
import random
import re
import sys

import numpy as np
import pytest

from pynn import TableEncoder, datasets
from pynn.datasets.csv.numerals import Numerals


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


# -------------------------------------------------------------------------------------------- files as they are


def read(folder, content, **keywords):
    """load_csv of a text or of bytes."""
    path = folder / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return datasets.load_csv(path, **keywords)


X12 = [[1.0, 2.0], [3.0, 4.0]]
SAME = "a,b,k\n1,2,x\n3,4,y\n"
READ = [        # content, keywords: X is X12, and the classes are x and y
    ("a;b;k\n1;2;x\n3;4;y\n", {}),
    ("a\tb\tk\n1\t2\tx\n3\t4\ty\n", {}),
    ("a|b|k\n1|2|x\n3|4|y\n", {}),
    ("a b k\n1 2 x\n3 4 y\n", {"delimiter": " "}),
    ("a:b:k\n1:2:x\n3:4:y\n", {"delimiter": ":"}),
    ("sep=;\na;b;k\n1;2;x\n3;4;y\n", {}),
    ("mass, kg;wing, mm;k\n1,0;2,0;x\n3,0;4,0;y\n", {}),
    ("a;b;k\n1,0;2,0;x\n3,0;4,0;y\n", {}),
    ("a;b;k\n1,000;2;x\n3;4;y\n", {"decimal": ","}),
    ('a,b,k\n"1,0","2,0",x\n"3,0","4,0",y\n', {}),
    ("a;b;k\n1,0E0;0,2e1;x\n3;4;y\n", {}),
    (SAME.encode("utf-8-sig"), {}),
    (SAME.encode("utf-16"), {}),
    (SAME.encode("utf-32"), {}),
    (b"\xfe\xff" + SAME.encode("utf-16-be"), {}),
    (SAME.encode("utf-16-le"), {"encoding": "utf-16-le"}),
    (SAME.encode("utf-8-sig"), {"encoding": "utf-8"}),
    (gzip.compress(SAME.encode(), mtime=0), {}),
    (gzip.compress(SAME.encode("utf-16"), mtime=0), {}),
    ("# made by hand\n# twice, or so\na,b,k\n1,2,x\n3,4,y\n", {}),
    ("# a,b,k\n1,2,x\n3,4,y\n", {}),
    ("#a,b,k\n1,2,x\n3,4,y\n", {}),
    ("\n\n  \na,b,k\n\n1,2,x\n\t\n3,4,y\n \n", {}),
    ("a,b,k\n1,2,x\n,,\n3,4,y\n,,,\n", {}),
    ("a,b,k,\n1,2,x,\n3,4,y,\n", {}),
    ("a,b,k\n1,2,x,\n3,4,y,\n", {}),
    ("a,b,k,,,\n1,2,x,,,\n3,4,y\n", {}),
    ("a,b,k\r\n1,2,x\r\n3,4,y\r\n", {}),
    ("a,b,k\r1,2,x\r3,4,y", {}),
    ("a,b,k\n1,2,x\n3,4,y", {}),
    (",a,b,k\n0,1,2,x\n1,3,4,y\n", {}),
    ('"","a","b","k"\n"1",1,2,"x"\n"2",3,4,"y"\n', {}),
    ("Unnamed: 0,a,b,k\n7,1,2,x\nz,3,4,y\n", {}),
    (",Unnamed: 0,a,b,k\n0,0,1,2,x\n1,1,3,4,y\n", {}),         # written and read again, and written again
    ("Unnamed: 0.1,Unnamed: 0,a,b,k\n0,0,1,2,x\n1,1,3,4,y\n", {}),
    (",,a,b,k\n0,p,1,2,x\n1,q,3,4,y\n", {}),                   # an index of two levels
    (",a,b,k,\n0,1,2,x,\n1,3,4,y,\n", {}),
    (" ,a,b,k\n,1,2,x\n,3,4,y\n", {}),
    ("a,b,,k\n1,2,,x\n3,4,,y\n", {}),
    ("a,b,k,Unnamed: 3\n1,2,x,\n3,4,y,\n", {}),
    ('a, b, "k"\n1, 2, "x"\n3, 4, "y"\n', {}),
    ('a,\t"b",\t"k"\n1,\t2,\t"x"\n3,4,\t"y"\n', {}),
    ('"a" ,"b","k" \n1,"2" , "x"\n 3 ,4,"y"\t\n', {}),
    (' "a","b","k"\n 1,2,"x"\n 3,4,"y"\n', {}),
    ('a\tb\t "k"\n1\t2\t"x" \n3\t4\t "y" \n', {}),
    ('a,b,\u00a0"k"\n1,2,\u00a0"x"\n3,4,"y"\u00a0\n', {}),
    ("1,2,x\n3,4,y\n", {"header": False}),
    ("1,2,x,\n3,4,y,\n", {"header": False}),
    ("# by hand\n1;2;x\n3;4;y\n", {"header": False}),
    ("2019,2020,2021\n1,2,x\n3,4,y\n", {"header": "names"}),
    ("1,2,x\n1,2,x\n3,4,y\n", {"header": "names"}),
    ("2019,2020,k\n1,2,x\n3,4,y\n", {"features": ["2019", "2020"]}),
]


@pytest.mark.parametrize(("content", "keywords"), READ)
def test_files_of_every_kind(tmp_path, content, keywords):
    table = read(tmp_path, content, **keywords)
    if keywords == {"header": "names"} and table.label_names == ("x", "y") and len(table) == 3:
        assert table.X.tolist() == [X12[0], *X12]
        return
    assert table.X.tolist() == X12
    assert table.label_names == ("x", "y")
    assert table.y.tolist() == [0, 1]


def test_what_is_left_out_is_said(tmp_path):
    assert read(tmp_path, ",a,k\n0,5,x\n1,6,y\n").notes == ("the first column has no name, so it is an index; it is left out",)
    assert read(tmp_path, ",,a,k\n0,1,5,x\n1,1,6,y\n").notes == (
        "the first column has no name, so it is an index; it is left out",
        "column 2 has no name and is beside an index, so it is one too; it is left out")
    assert read(tmp_path, ",Unnamed: 1,a,k\n0,1,5,x\n1,1,6,y\n").feature_names == ("Unnamed: 1", "a")
    assert read(tmp_path, "2024-01-01,k\n5,x\n6,y\n").feature_names == ("2024-01-01",)
    assert read(tmp_path, "a,,k\n5,,x\n6,,y\n").notes == ("column 2 has no name and no values; it is left out",)
    assert read(tmp_path, "a,k\n5,x\n,\n6,y\n").notes == ("1 row without values is skipped",)
    assert read(tmp_path, "a,k\n5,x\n,\n , \n6,y\n").notes == ("2 rows without values are skipped",)
    assert read(tmp_path, "a,k\n5,x\n \n\n6,y\n").notes == ()
    assert read(tmp_path, "a;k\n5,5;x\n6;y\n").notes == ("the delimiter is a semicolon", "numbers have a decimal comma")
    assert read(tmp_path, ",a,k\n0,5,x\n1,6,y\n", target=0, features=["a"]).y.tolist() == [0, 1]      # asked for by its place


def test_a_huge_cell_is_read(tmp_path):
    text = "z" * 140_000
    assert read(tmp_path, f"a,note,k\n1,{text},x\n2,b,y\n", features=["a"]).X.tolist() == [[1], [2]]
    assert read(tmp_path, f"a,k\n1,{text}\n2,b\n").label_names == ("b", text)
    assert read(tmp_path, f"a,k\n1,x\n{'1' * 200},y\n").X[1, 0] == float("1" * 200)
    assert csv.field_size_limit() == 131_072


CLASSES = [     # cells of a target without and with classes=True: the names, or what the error says
    (["1", "1.0", "0", "0.0"], None, ["0", "1"]),
    (["1", "+1", "1e0", "1.", "2"], None, ["1", "2"]),
    (["01", "1", "1.0", "007", "7"], None, ["01", "1", "007", "7"]),
    (["-0", "0", "-1.50", "-1.5"], None, ["-1.5", "0"]),
    (["9007199254740993", "9007199254740992"], None, ["9007199254740992", "9007199254740993"]),
    (["10", "9", "x"], "expected a finite number, got 'x'", ["9", "10", "x"]),
    (["none", "NA", "null"], ["NA", "none", "null"], ["NA", "none", "null"]),
    (["none", "mild"], ["mild", "none"], ["mild", "none"]),
    (["NA", "DE", "nan"], ["DE", "NA", "nan"], ["DE", "NA", "nan"]),
    (["1D5", "1E5"], "expected text as above, got '1E5'", ["1E5", "1D5"]),
    (["1", "2a"], "expected a finite number, got '2a'", ["1", "2a"]),
    (["acura", "infinity"], ["acura", "infinity"], ["acura", "infinity"]),
    (["inf", "audi", "1"], "expected text as above, got '1'", ["1", "audi", "inf"]),
    (["1", "NA", "2"], "it is missing ('NA')", ["1", "2", "NA"]),
    (["NA", "NA"], "it is missing ('NA')", ["NA"]),
    (["True", "False"], ["False", "True"], ["False", "True"]),
    (["_", "$", "<b>"], ["$", "<b>", "_"], ["$", "<b>", "_"]),
    (["2024-01-01", "2024-01-02"], "got '2024-01-01'", ["2024-01-01", "2024-01-02"]),
]


@pytest.mark.parametrize(("cells", "plain", "classes"), CLASSES)
def test_classes(tmp_path, cells, plain, classes):
    text = "a,k\n" + "".join(f"1,{cell}\n" for cell in cells)
    table = read(tmp_path, text, classes=True)
    assert table.label_names == tuple(classes)
    assert [table.label_names[k] for k, cell in zip(table.y, cells, strict=True) if cell in classes] == \
        [cell for cell in cells if cell in classes]
    if isinstance(plain, list):
        assert read(tmp_path, text).label_names == tuple(plain)
    elif plain is None:
        assert read(tmp_path, text).y.tolist() == [float(cell) for cell in cells]
    else:
        remedy = "remove .* from the file, in pandas by" if "missing" in plain else r"if .* names of classes: .*\(--classes\)"
        with pytest.raises(ValueError, match=rf"column 'k': .*{re.escape(plain)}; {remedy}"):
            read(tmp_path, text)


NUMBERS = [     # cells, and their numbers with a decimal point and with a decimal comma
    ("1234.5", 1234.5, None), ("1,234.5", 1234.5, None), ("1.234,5", None, 1234.5), ("1,5", None, 1.5), ("1.5", 1.5, None),
    ("1,234", 1234, 1.234), ("1.234", 1.234, 1234), ("1,234,567", 1234567, None), ("1.234.567", None, 1234567),
    ("0,125", None, 0.125), ("1234,567", None, 1234.567), ("12,34,567", None, None), ("1 234", 1234, 1234),
    ("1\u00a0234\u202f567", None, None), ("1\u202f234,5", None, 1234.5), ("1'234.5", 1234.5, None), ("1 23", None, None),
    ("-.5", -0.5, None), ("−5", -5, -5), ("+1e3", 1000, 1000), ("1.e2", 100, None), ("1e400", None, None), ("0x10", None, None),
    ("1_0", None, None), ("", None, None), (".", None, None), ("-", None, None), ("1..2", None, None), ("1 2", None, None),
    ("٣", 3, 3), ("5%", None, None), ("$5", None, None), ("1e", None, None), ("inf", None, None), ("nan", None, None),
]


@pytest.mark.parametrize(("cell", "point", "comma"), NUMBERS)
def test_numbers(cell, point, comma):
    assert Numerals(".").value(cell) == point
    assert Numerals(",").value(cell) == comma


def test_the_decimal_sign_is_found_or_asked_for(tmp_path):
    assert read(tmp_path, "a;k\n1.234;x\n2,5;y\n").X.tolist() == [[1234], [2.5]]
    assert read(tmp_path, 'a,k\n"1,234",x\n2.5,y\n').X.tolist() == [[1234], [2.5]]
    assert read(tmp_path, "a;b;k\n1.234.567;2;x\n3;4;y\n").X.tolist() == [[1234567, 2], [3, 4]]
    assert read(tmp_path, "a;k\n1.234;x\n2;y\n").X.tolist() == [[1.234], [2]]
    assert read(tmp_path, 'a;k\n1.5;"x, 2"\n2;"1,5 or so"\n').X.tolist() == [[1.5], [2]]      # commas of text do not count
    assert read(tmp_path, "a;k\n1,5;1,5\n2;2,5\n").y.tolist() == [1.5, 2.5]
    for decimal, number in ((".", 1234), (",", 1.234)):
        assert read(tmp_path, "a;k\n1,234;x\n2;y\n", decimal=decimal).X[0, 0] == number
    with pytest.raises(ValueError, match=r"'1,234' in line 2, column 'a', may have a decimal comma or .*decimal='.' or ','"):
        read(tmp_path, "a;k\n1,234;x\n2;y\n")
    with pytest.raises(ValueError, match=r"one decimal sign, got '2.5' in line 3, column 'a', and '1,5' in line 2, column 'a'"):
        read(tmp_path, "a;k\n1,5;x\n2.5;y\n")


SIGNED = [      # the cells of a column, their sign, and their numbers; None if the column is text
    (["5%", "12.5 %", "-3%"], "%", [5, 12.5, -3]), (["$1,234.50", "-$7", "$ 8"], "$", [1234.5, -7, 8]),
    (["€5", "?", "6 €"], "€", [5, np.nan, 6]), (["¥100", "", "¥1,000,000"], "¥", [100, np.nan, 1e6]),
    (["5%", "6", "7%"], "", None), (["$5", "€6"], "", None), (["5%5", "6%"], "", None), (["%", "$"], "", None),
    (["$5%", "$6%"], "", None), (["$5 a", "$6 a"], "", None), (["5", "6"], "", [5, 6]),
]


@pytest.mark.parametrize(("cells", "sign", "numbers"), SIGNED)
def test_the_sign_that_all_numbers_of_a_column_have_is_left_out(tmp_path, cells, sign, numbers):
    table = read(tmp_path, "a,k\n" + "".join(f'"{cell}",1\n' for cell in cells))
    assert table.columns[0].kind == ("text" if numbers is None else "number")
    if numbers is not None:
        np.testing.assert_array_equal(table.columns[0].numbers(), numbers)
    assert table.notes == ((f"numbers of a have the sign {sign}, which is left out",) if sign else ())


def test_a_sign_and_a_decimal_comma_go_together(tmp_path):
    table = read(tmp_path, "a;k\n1.234,5 %;2,5 €\n2 %;1.000 €\n")
    assert table.X.tolist() == [[1234.5], [2]]
    assert table.y.tolist() == [2.5, 1000]


def test_a_column_is_chosen_once(tmp_path):
    with pytest.raises(ValueError, match=r"^features: expected different columns, got 'a' twice"):
        read(tmp_path, "a,b,k\n1,2,3\n", features=["a", "b", "a"])


def test_columns_of_every_kind(tmp_path):
    table = read(tmp_path, "n,miss,bool,text,day,time,none,mixed,y\n"
                           "1,NA,True,red,2024-02-01,12:30,,1,1\n"
                           "2.5,3,FALSE,,2024-02-02 10:00,9:05:01,NA,two,2\n"
                           "-3,,,NA,2024-02-03T10:00:00Z,23:59,,3,3\n")
    kinds = {column.name: column.kind for column in table.columns}
    assert kinds == {"n": "number", "miss": "number", "bool": "boolean", "text": "text", "day": "date", "time": "date",
                     "none": "empty", "mixed": "text"}
    columns = {column.name: column for column in table.columns}
    np.testing.assert_array_equal(columns["miss"].numbers(), [np.nan, 3, np.nan])
    np.testing.assert_array_equal(columns["bool"].numbers(), [1, 0, np.nan])
    np.testing.assert_array_equal(columns["none"].numbers(), [np.nan] * 3)
    assert list(columns["text"].texts()) == ["red", None, "NA"]
    assert list(columns["bool"].texts()) == ["True", "FALSE", None]
    assert columns["mixed"].is_mixed
    assert not columns["text"].is_mixed
    assert columns["text"].place(2) == f"{tmp_path / 't.csv'}, line 4, column 'text'"
    assert len(table) == len(columns["n"]) == 3
    assert table.describe() == ("numbers: n, miss (2 missing); True/False: bool (1 missing); text: text (2 levels, 1 missing), "
                                "mixed (3 levels); dates: day, time; no values: none")
    assert columns["text"].levels() == ("NA", "red")
    assert [columns[name].missing() for name in ("n", "miss", "bool", "text", "none")] == [0, 2, 1, 1, 3]
    for name, message in (("miss", "line 2, column 'miss': expected a value, it is missing"),
                          ("bool", "line 4, column 'bool': expected a value, it is missing"),
                          ("text", "line 2, column 'text': expected a finite number, got 'red'; the column has texts"),
                          ("day", "line 2, column 'day': .*; the column has dates"), ("none", "line 2, .*has no values"),
                          ("mixed", "line 3, column 'mixed': expected a finite number, got 'two'")):
        with pytest.raises(ValueError, match=message):
            _ = datasets.load_csv(tmp_path / "t.csv", features=["n", name]).X


def test_two_numbers_may_be_classes(tmp_path):
    assert read(tmp_path, "a,k\n1,5\n2,6\n3,5.0\n", classes=None).label_names == ("5", "6")
    assert read(tmp_path, "a,k\n1,5\n2,6\n3,7\n", classes=None).label_names is None
    assert read(tmp_path, "a,k\n1,5\n2,5\n", classes=None).label_names is None
    assert read(tmp_path, "a,k\n1,5\n2,6\n").label_names is None


@pytest.mark.parametrize("cell", ["2024-02-29", "29.02.2024", "2/29/24", "2024/2/9", "2024-02-29 12:00", "1.2.2024 8:15",
                                  "12:30", "9:05 PM", "2024-02-29T12:00:01.5Z", "2024-02-29T12:00:00+01:00"])
def test_dates(tmp_path, cell):
    assert read(tmp_path, f"d,k\n{cell},1\n").columns[0].kind == "date"
    assert read(tmp_path, f"d,k\n{cell}x,1\n").columns[0].kind == "text"


def test_lines_are_counted_as_an_editor_does(tmp_path):
    with pytest.raises(ValueError, match="line 7, column 'a': expected a finite number, got 'q'"):
        _ = read(tmp_path, '# c\n\na,k\n1,"x\ny"\n\nq,z\n', header="names").X
    with pytest.raises(ValueError, match="line 4: not a CSV file: a quote is opened and not closed"):
        read(tmp_path, 'a,k\n1,x\n2,y\n3,"z\n4,x\n5,y\n')


def test_a_huge_cell_in_a_message_is_cut(tmp_path):
    for content in ("a,k\n{},x\n2,y\n", "a,k\n1,1\n2,{}\n"):
        with pytest.raises(ValueError, match=r"got 'z{60}'… \(140000 characters\)") as raised:
            _ = read(tmp_path, content.format("z" * 140_000)).X
        assert len(str(raised.value)) < 1000


def test_an_exponent_that_no_number_has_makes_a_class_of_text(tmp_path):
    table = read(tmp_path, "a,k\n1,1e99999999999999999999\n2,1\n3,1.0\n", classes=True)
    assert table.label_names == ("1", "1e99999999999999999999")
    assert table.y.tolist() == [1, 0, 0]


def test_a_table_is_printed_on_any_stream(tmp_path, monkeypatch):
    table = read(tmp_path, "预测,k\n1,é\n2,y\n")
    texts = str(table), repr(table.columns[0]), repr(TableEncoder().fit(table)), TableEncoder().fit(table).describe()
    assert all("预测" in text for text in texts)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "ascii"))
    for make in (str, lambda table: repr(table.columns[0]), lambda table: repr(TableEncoder().fit(table)),
                 lambda table: TableEncoder().fit(table).describe()):
        print(make(table), flush=True)
    assert sys.stdout.buffer.getvalue().count(b"??") == 4


def test_many_rows(tmp_path):
    """More than are packed together."""
    m = 10_000
    rows = "".join(f"{k};{k / 8:.3f};{'red' if k % 3 else 'blue'}\n".replace(".", ",") for k in range(m))
    table = read(tmp_path, f"a;b;c\n{rows}")
    assert np.array_equal(table.X, np.column_stack([np.arange(m), np.round(np.arange(m) / 8, 3)]))
    assert np.array_equal(table.y, np.arange(m) % 3 > 0)
    with pytest.raises(ValueError, match=f"line {m + 2}, column 'a'"):
        _ = read(tmp_path, f"a;b;c\n{rows}q;1;red\n").X


BAD = [         # content, keywords, message
    ("5.0,3.2,wren\n6.1,2.8,jay\n5.8,2.7,wren\n", {}, r"line 1 looks like data: the name '5.0' is a number.*--no-header"),
    ("wren,big\njay,small\nwren,tall\n", {}, "line 1 looks like data: the name 'wren' is also a cell of its column, in line 3"),
    ("a,b\nc,d\ne,b\n", {}, "line 1 looks like data: the name 'b' is also a cell of its column, in line 3"),
    ("1;a\n2;b\n", {}, "line 1 looks like data"),
    ("x,3\ny,4\n", {}, "line 1 looks like data: the name '3' is a number"),
    ("2024-01-01,wren\n2024-01-02,jay\n", {}, "line 1 looks like data: the name '2024-01-01' is of the kind"),
    ("12:00,wren\n12:30,jay\n", {}, "line 1 looks like data: the name '12:00' is of the kind of its column's cells"),
    ("x,True\ny,False\n", {}, "line 1 looks like data: the name 'True' is of the kind of its column's cells"),
    ("2019,2020,2021\n1,2,3\n", {}, r"line 1 looks like data: the name '2019' is a number.*header='names' \(--header\)"),
    ("1,5;2,5\n3,5;4,5\n", {}, "line 1 looks like data"),
    ("# c\n\n1,x\n2,y\n3,z\n", {"features": None, "delimiter": ";"}, "line 3: "),
    ("a,k\n1,x\na,k\n2,y\n", {}, "line 3: expected data, got the names of line 1 again"),
    ("a,,k\n1,2,x\n", {}, "line 1: expected a name for column 2, got none"),
    ("a,b,a,k\n1,2,3,x\n", {}, "line 1, column 'a': expected different names"),
    (",,\n1,2,3\n", {}, "line 1: expected names or data, got only delimiters"),
    ("a,b,k\n1,2\n3,4,x\n", {}, "line 2, column 'k': expected 3 cells, got 2"),
    ("a,b,k\n1,2,x\n3\n", {}, "line 3, column 'b': expected 3 cells, got 1"),
    ("a,b,k\n1,2,x,7\n", {}, "line 2, after column 'k': expected 3 cells, got 4"),
    ("1,2,x\n3,4\n", {"header": False}, "line 2, column 3: expected 3 cells, got 2"),
    ("1,2,x\n3,4,y,5\n", {"header": False}, "line 2, after column 3: expected 3 cells, got 4"),
    ("a b k\n1 2 x\n", {}, r"expected two or more columns, got \['a b k'\]; .* give the delimiter"),
    ("a,k\n1,\"x\n", {}, "line 2: not a CSV file: a quote is opened and not closed"),
    ('a,k\n1,"x"y\n', {}, "line 2: not a CSV file"),
    ('"a,k\n1,x\n', {}, "line 1: not a CSV file"),
    ("a,k\n1,x\0\n", {}, "line 2: expected text, got a NUL character"),
    (SAME.encode("utf-16-le"), {}, "line 1: expected text, got a NUL character.*utf-16-le"),
    ("ä,k\n1,x\n".encode("cp1252"), {}, "line 1 is not in UTF-8: .*--encoding cp1252"),
    ("a,k\n1,x\n2,ü\n".encode("latin-1"), {}, "line 3 is not in UTF-8"),
    ("a,k\n1,x\n2,ü\n".encode(), {"encoding": "ascii"}, "line 3 is not in ASCII"),
    (b"\xff\xfea\0,\0k", {}, "is not in UTF-16|expected a|line 1"),
    (b"\x1f\x8bnonsense", {}, "damaged gzip file"),
    (gzip.compress(SAME.encode() * 50, mtime=0)[:-9], {}, "damaged gzip file"),
    (b"PK\x03\x04rest", {}, r"an Excel workbook \(.xlsx\)"),
    (b"\xd0\xcf\x11\xe0rest", {}, r"an Excel workbook \(.xls\)"),
    (b"PAR1rest", {}, "a Parquet file"),
    ("", {}, "line 1: expected a header line, the file is empty"),
    ("\n \n\n", {}, "line 1: expected a header line"),
    ("# only\n", {}, "line 1: expected a header line"),
    ("", {"header": False}, "line 1: expected data, the file is empty"),
    ("a,k\n\n\n", {}, "line 2: expected at least one row"),
    ("a,k\n,\n", {}, "line 2: expected at least one row"),
    ("a,k\n1,x\n2,\n", {}, "line 3, column 'k': expected the name of a class, the cell is empty"),
    ("a,k\n1,2\n2,\n", {}, r"line 3, column 'k': expected a value, it is missing \(''\)"),
    ("a,k\n1,2\n2,-\n", {}, "line 3, column 'k': expected a value, it is missing \\('-'\\)"),
    ("a,k\n1,2\n2,1e999\n", {}, "line 3, column 'k': expected a finite number, got '1e999'"),
    ("a;k\n1,5;2,5\n2;2.5\n", {}, "one decimal sign"),
    ("a;k\n1,500;x\n2;y\n", {}, "'1,500' in line 2, column 'a', may have"),
    ("a,k\n1,x\n", {"target": "species"}, "target: unknown column 'species'"),
    ("a,k\n1,x\n", {"target": 2}, "target: expected a pos"),
    ("a,k\n1,x\n", {"features": ["b"]}, "features: .* has no column 'b'"),
    ("a,k\n1,x\n", {"features": ["a", "k"]}, "target: expected a column that is no feature"),
    ("a,k\n1,x\n", {"encoding": "utf-9"}, "encoding: expected an encoding that Python knows"),
    ("a,k\n1,x\n", {"encoding": "a\0b"}, "encoding: expected an enc"),
    ("a,k\n1,x\n", {"delimiter": ""}, "delimiter: expected one"),
    ("a,k\n1,x\n", {"delimiter": "ab"}, "delimiter: expected one"),
    ("a,k\n1,x\n", {"delimiter": '"'}, "delimiter: expected one"),
    ("a,k\n1,x\n", {"delimiter": "\n"}, "delimiter: expected one"),
    ("a,k\n1,x\n", {"decimal": ";"}, "decimal: expected"),
]
BAD_X = [       # content and the message on X
    ("a,k\n1,x\n,y\n", "line 3, column 'a': expected a value, it is missing"),
    ("a,k\n1,x\nN/A,y\n", "line 3, column 'a': expected a value, it is missing"),
    ("a,k\n1,x\n12 kg,y\n", "line 3, column 'a': expected a finite number, got '12 kg'"),
    ("a,k\n1,x\n1.2.3,y\n", "line 3, column 'a': expected a finite number, got '1.2.3'"),
    ("a;k\n1,5;x\n1,2,3;y\n", "line 3, column 'a': expected a finite number, got '1,2,3'"),
    ("a,k\ninf,x\n1,y\n", "line 2, column 'a': expected a finite number, got 'inf'"),
    ("a,k\nTrue,x\n1,y\n", "line 2, column 'a': expected a finite number, got 'True'"),
    ("a,k\nred,x\n", "line 2, column 'a': expected a finite number, got 'red'; the column has texts: leave it out by feat"),
    ("a,k\n2024-01-01,x\n", "line 2, column 'a': expected a finite number, got '2024-01-01'; the column has dates"),
]


@pytest.mark.parametrize(("content", "keywords", "message"), [*BAD, *((content, {}, message) for content, message in BAD_X)])
def test_bad_tables(tmp_path, content, keywords, message):
    with pytest.raises(ValueError, match=message) as caught:
        _ = read(tmp_path, content, **keywords).X
    named = str(caught.value).split(":")[0]
    assert named in {"path", "target", *keywords}
    assert named != "path" or "t.csv" in str(caught.value)
    assert (tmp_path / "t.csv").read_bytes() == (content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize(("keyword", "value"), [("delimiter", 1), ("encoding", b"ascii"), ("header", "yes"), ("header", None),
                                                ("classes", 1), ("features", "a")])
def test_bad_types(tmp_path, keyword, value):
    with pytest.raises(TypeError, match=f"^{keyword}: "):
        read(tmp_path, SAME, **{keyword: value})


MUTANTS = [SAME, "a;b;k\n1,5;2;x\n3;4,25;y\n", ',"a","k"\n0,1.5,"x, z"\n1,2.5,"y"\n', "# c\na\tb\tk\n1\t2\t\n3\tNA\tz\n"]


@pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=pytest.mark.slow)])
def test_mutated_files_are_read_or_refused(tmp_path, count):
    """Never another error, never another number of rows than lines can have."""
    rng = random.Random(count)
    signs = [*(bytes([sign]) for sign in b'\0",;\n\r\t# 1.-e\xff'), b"\xef\xbb\xbf", "é".encode(), b"\x1f\x8b", b"\xff\xfe",
             b"nan", b"True", b"2024-01-01"]
    ways = [{}, {}, {"header": False}, {"header": "names"}, {"classes": True}, {"decimal": ","}, {"delimiter": ";"}]
    read_well, errors = 0, []
    for _ in range(count):
        content = bytearray(rng.choice(MUTANTS).encode())
        if rng.random() < 0.1:
            content = bytearray(gzip.compress(content))
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(content) + 1)
            content[at:at + rng.choice([0, 0, 1, 3])] = rng.choice(signs)
        try:
            table = read(tmp_path, bytes(content), **rng.choice(ways))
            assert 1 <= len(table) == len(table.y)
            read_well += 1
            assert table.X.shape == (len(table), len(table.feature_names))
            assert np.isfinite(table.X).all()
        except ValueError as error:
            errors.append(str(error))
    assert 0.05 * count < read_well < 0.95 * count
    assert [error for error in errors if not re.match(r"path: .*t\.csv|features: |target: ", error)] == []
