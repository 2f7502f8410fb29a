"""TableEncoder: what becomes of each kind of column, against values worked out by hand; in a network and its file."""
from __future__ import annotations

import copy
import datetime
import json
import pickle
import random
import re
import zipfile

import numpy as np
import pytest

import pynn
from pynn import datasets
from pynn.table_encoder import MOST_LEVELS, TableEncoder

TEXT = """area;colour;garden;floors;price
10;red;True;1;5
30;;False;;6
;blue;True;3;7
20;red;;2;8
"""
NAMES = ("area", "area is missing", "colour = blue", "colour = red", "colour is missing", "garden", "garden is missing",
         "floors", "floors is missing")
D = 1.5 ** 0.5              # of 10, 20, 30 the deviation is 10 / D
BY_HAND = np.array([
    [-D, 0, 0, 1, 0, 1, 0, -D, 0],
    [D, 0, 0, 0, 1, 0, 0, 0, 1],
    [0, 1, 1, 0, 0, 1, 0, D, 0],
    [0, 0, 0, 1, 0, 2 / 3, 1, 0, 0]])


def table_of(folder, text=TEXT, **keywords):
    path = folder / "houses.csv"
    path.write_text(text, encoding="utf-8")
    return datasets.load_csv(path, **keywords)


@pytest.fixture
def table(tmp_path):
    return table_of(tmp_path)


def frames():
    """The same table as frames of both libraries."""
    columns = {"area": [10.0, 30.0, None, 20.0], "colour": ["red", None, "blue", "red"], "garden": [True, False, True, None],
               "floors": [1, None, 3, 2]}
    found = []
    try:
        import pandas
        found += [pandas.DataFrame(columns),
                  pandas.DataFrame(columns).astype({"floors": "Int64", "colour": "category", "garden": "boolean"}),
                  pandas.DataFrame(columns, dtype=object)]
    except ImportError:
        pass
    try:
        import polars
        frame = polars.DataFrame(columns)
        found += [frame, frame.with_columns(polars.col("colour").cast(polars.Categorical))]
    except ImportError:
        pass
    return found


def test_every_kind_of_column(table):
    encoder = TableEncoder().fit(table)
    assert encoder.columns == ("area", "colour", "garden", "floors")
    assert encoder.feature_names == NAMES
    assert encoder.inputs == {"area": slice(0, 2), "colour": slice(2, 5), "garden": slice(5, 7), "floors": slice(7, 9)}
    np.testing.assert_allclose(encoder.transform(table), BY_HAND, atol=1e-15)
    assert np.array_equal(TableEncoder().fit_transform(table), encoder.transform(table))


@pytest.mark.parametrize("frame", frames(), ids=lambda frame: type(frame).__module__.split(".")[0])
def test_frames_are_tables(frame, table):
    for fitted in (frame, table):
        encoder = TableEncoder().fit(fitted)
        assert encoder.feature_names == NAMES
        for other in (frame, table):
            np.testing.assert_allclose(encoder.transform(other), BY_HAND, atol=1e-15)


def test_columns_are_found_by_name_and_others_are_not_looked_at(table, tmp_path):
    encoder = TableEncoder().fit(table)
    rows = [line.split(";") for line in TEXT.splitlines()]
    other = "\n".join(";".join([*row[::-1], "remark" if k == 0 else "2020-01-01"]) for k, row in enumerate(rows))
    np.testing.assert_allclose(encoder.transform(table_of(tmp_path, other, target="price")), BY_HAND, atol=1e-15)


def test_only_some_rows_may_be_learned_from(table):
    encoder = TableEncoder().fit(table, rows=[0, 3])
    assert encoder.feature_names == ("area", "colour = red", "garden", "garden is missing", "floors")
    X = encoder.transform(table, unknown="ignore")
    np.testing.assert_allclose(X[:, 0], [-1, 3, 0, 1])
    assert X[:, 1].tolist() == [1, 0, 0, 1]


def test_a_column_without_values_has_no_input(tmp_path):
    encoder = TableEncoder().fit(table_of(tmp_path, "a,b,c,y\n1,,NA,0\n2,,NA,1\n"))
    assert encoder.feature_names == ("a",)


def test_missing_words_in_a_column_of_text_are_a_level(tmp_path):
    encoder = TableEncoder().fit(table_of(tmp_path, "sex,y\nmale,0\nNA,1\nfemale,2\n"))
    assert encoder.feature_names == ("sex = NA", "sex = female", "sex = male")


def many(levels):
    return "who,y\n" + "".join(f"name {k},{k}\n" for k in range(levels))


def test_the_most_levels(tmp_path):
    assert len(TableEncoder().fit(table_of(tmp_path, many(MOST_LEVELS))).feature_names) == 50


@pytest.mark.parametrize(("text", "message"), [
    (many(51), r"houses.csv, line 2, column 'who': expected at most 50 different texts in the column, got 51, such as 'name 0'"
               r", .*--drop 'who'"),
    ("day,y\n2020-01-02,1\n2020-01-03,2\n", r"houses.csv, line 2, column 'day': .*got dates or times; .*--drop 'day'"),
    ("a,b,y\n1,1,1\n2,x,2\n3,3,3\n", r"houses.csv, line 3, column 'b': expected a number, as most cells of this column are, "
                                     r"got 'x'; .*--drop 'b'"),
    ("a,a = b,y\nb,1,1\nb,2,2\n", r"the inputs of the columns 'a' and 'a = b' would both be called 'a = b'"),
    ("a,b,y\n,,1\n,,2\n", "expected a column with values, got none"),
    ("a,y\n1e308,1\n-1e308,2\n", "houses.csv, line 2, column 'a': expected numbers whose mean and deviation float64 can hold, "
                                  r"got 1e\+308"),
])
def test_tables_that_are_refused(tmp_path, text, message):
    with pytest.raises(ValueError, match=f"^table: .*{message}"):
        TableEncoder().fit(table_of(tmp_path, text))


def test_all_columns_that_are_refused_are_named_at_once(tmp_path):
    with pytest.raises(ValueError, match=r"table: .*line 2, column 'day': .*\n.*line 3, column 'b': expected a number"):
        TableEncoder().fit(table_of(tmp_path, "day,b,c,y\n2020-01-02,1,1,1\n2020-01-03,x,1,2\n2020-01-03,3,1,3\n"))


def test_numbers_may_be_names_where_most_cells_are_text(tmp_path):
    encoder = TableEncoder().fit(table_of(tmp_path, "cabin,y\nB5,1\nC3,2\n12,3\n"))
    assert encoder.feature_names == ("cabin = 12", "cabin = B5", "cabin = C3")


KNOWN = "a,colour,flag,y\n1,red,True,1\n2,blue,False,2\n"
NEW = [     # a cell that was never there, its line, what is said, what it becomes
    ("3,green,True", "line 3, column 'colour': unknown level, 'green'; the encoder knows 'blue', 'red'; unknown='ignore' "
                     "(--unknown ignore)", [3, 0, 0, 1]),
    ("3,,True", "line 3, column 'colour': unknown level, no text in an empty cell", [3, 0, 0, 1]),
    (",red,True", "line 3, column 'a': expected a value, it is missing", [0, 0, 1, 1]),
    ("3,red,", "line 3, column 'flag': expected a value, it is missing", [3, 0, 1, 0.5]),
]


@pytest.mark.parametrize(("row", "message", "inputs"), NEW)
def test_what_was_never_there(row, message, inputs, tmp_path):
    encoder = TableEncoder().fit(table_of(tmp_path, KNOWN))
    table = table_of(tmp_path, f"a,colour,flag,y\n1,red,True,1\n{row},1\n")
    with pytest.raises(ValueError, match=r"^table: .*houses\.csv, ") as raised:
        encoder.transform(table)
    assert message in str(raised.value)
    assert encoder.transform(table, unknown="ignore")[1].tolist() == inputs


@pytest.mark.parametrize(("row", "message"), [
    ("x,red,True", "line 3, column 'a': expected a finite number, got 'x'"),
    ("3,red,maybe", "line 3, column 'flag': expected True or False, got 'maybe'"),
    ("1e308,red,True", "line 3, column 'a': expected a number that float64 can hold if standardised, got 1e+308"),
])
def test_wrong_cells_are_never_ignored(row, message, tmp_path):
    encoder = TableEncoder().fit(table_of(tmp_path, KNOWN))
    table = table_of(tmp_path, f"a,colour,flag,y\n1,red,True,1\n{row},1\n")
    with pytest.raises(ValueError, match=re.escape(message)):
        encoder.transform(table, unknown="ignore")


def test_a_flag_is_no_number(tmp_path):
    encoder = TableEncoder().fit(table_of(tmp_path, KNOWN))
    with pytest.raises(ValueError, match="line 2, column 'flag': expected True or False, got 7"):
        encoder.transform(table_of(tmp_path, "a,colour,flag,y\n1,red,7,1\n"))
    assert encoder.transform(table_of(tmp_path, "a,colour,flag,y\n1,red,1,1\n2,red,0,1\n"))[:, 3].tolist() == [1, 0]
    X = encoder.transform(table_of(tmp_path, "a,colour,flag,y\n1,red,TRUE,1\n2,red,0,1\n3,red,NA,2\n"), unknown="ignore")
    assert X[:, 3].tolist() == [1, 0, 0.5]
    pandas = pytest.importorskip("pandas")
    X = encoder.transform(pandas.DataFrame({"a": [1, 2], "colour": ["red", "red"], "flag": ["True", "False"]}))
    assert X[:, 3].tolist() == [1, 0]


def test_frames_that_are_refused():
    pandas = pytest.importorskip("pandas")
    def frame(**columns):
        return pandas.DataFrame(columns)

    day = datetime.date(2020, 1, 2)
    for bad, error, message in [
            (frame(a=[1, "x"]), ValueError, "table: row 1, column 'a': expected a number as above, got 'x'"),
            (frame(a=["x", 1]), ValueError, "table: row 1, column 'a': expected text as above, got 1"),
            (frame(a=[True, 2]), ValueError, "table: row 1, column 'a': expected True or False as above, got 2"),
            (frame(a=[[1], [2]]), TypeError, "table: row 0, column 'a': expected a number, True, False or text, got list"),
            (frame(a=[1.0, np.inf]), ValueError, "table: row 1, column 'a': expected a number that float64 can hold, got inf"),
            (frame(a=[day, day]), ValueError, "table: row 0, column 'a': .*dates or times; .*drop it from the frame"),
            (frame(a=pandas.to_datetime(["2020-01-02"])), ValueError, "dates or times"),
            (frame(a=["2020-01-02", None, "2020-01-03 12:30"]), ValueError, "row 0, column 'a': .*dates or times"),
            (frame(a=["x" * 501]), ValueError, "expected texts of at most 500 characters in the column, got one of 501"),
            (frame(a=[]), ValueError, "table: expected a column with values"),
            (pandas.DataFrame({1: [2]}), TypeError, "table: expected columns with names of type str, got 1"),
            (pandas.DataFrame([[1, 2]], columns=["a", "a"]), ValueError, "table: expected different names of columns, got 'a'"),
            ({"a": [1]}, TypeError, "table: expected a pynn.datasets.Table, or a frame of pandas or polars, got dict"),
            (np.zeros((2, 2)), TypeError, "got ndarray"), (None, TypeError, "got NoneType")]:
        with pytest.raises(error, match=message):
            TableEncoder().fit(bad)
    encoder = TableEncoder().fit(frame(a=[1, 2], b=["x", "y"]))
    for bad, message in [
            (frame(a=[1]), "table: expected a column 'b', there are 'a'"),
            (frame(a=["x"], b=["x"]), "table: row 0, column 'a': expected a finite number, got 'x'"),
            (frame(a=[1], b=[2]), r"table: row 0, column 'b': expected text, got 2 \(int64\)"),
            (frame(a=[1], b=["z"]), "table: row 0, column 'b': unknown level, 'z'"),
            (frame(a=[], b=[]), "table: expected at least one row")]:
        with pytest.raises(ValueError, match=message):
            encoder.transform(bad)
    with pytest.raises(ValueError, match="unknown: unknown name 'skip'; there are 'error', 'ignore'"):
        encoder.transform(frame(a=[1], b=["x"]), unknown="skip")
    with pytest.raises(ValueError, match="encoder: expected one that is fitted"):
        TableEncoder().transform(frame(a=[1]))


# ------------------------------------------------------------------------------------------------------- in a network


def network(table, **keywords):
    net = pynn.Network([len(NAMES), 4, 1], output="linear", rng=0, **keywords)
    net.encoder = TableEncoder().fit(table)
    return net


def test_a_network_takes_tables(table, engine):
    net, plain = network(table, engine=engine), pynn.Network([len(NAMES), 4, 1], output="linear", rng=0, engine=engine)
    X = net.encoder.transform(table)
    for one, data in ((net, table), (plain, X)):
        one.fit(data, table.y, epochs=3, validation_data=(data, table.y))
    assert net.feature_names == NAMES
    assert np.array_equal(net.parameters, plain.parameters)
    assert np.array_equal(net(table), plain(X))
    assert np.array_equal(net.predict(table), net.predict(X))           # an array is what the encoder makes
    assert net.evaluate(table, table.y) == plain.evaluate(X, table.y)
    assert np.array_equal(net.forward(table).A[0], X.T)


def test_functions_of_networks_take_tables(table, clean_figures):
    net, y = network(table), table.y
    X = net.encoder.transform(table)
    assert "The rows of A[0] are area, area is missing, colour = blue, colour = red," in str(pynn.explain(net, table, y))
    assert str(pynn.diagnose(net, table, y)) == str(pynn.diagnose(net, X, y))
    assert pynn.check_gradients(net, table, y).ok
    found = [pynn.find_learning_rate(net, one, y, steps=20).suggestion for one in (table, X)]
    assert found[0] == found[1]
    pynn.plot.propagation(net, table, y)
    pynn.plot.loss_landscape(net, table, y, grid=5)
    ax = pynn.plot.decision_surface(net, table, y, grid=5, features=(0, 3), held=np.zeros(len(NAMES)))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("area", "colour = red")


@pytest.mark.parametrize("frame", frames(), ids=lambda frame: type(frame).__module__.split(".")[0])
def test_a_network_takes_frames(frame, table):
    net = network(table)
    np.testing.assert_allclose(net(frame), net(table), atol=1e-12)


def test_copies_and_files_keep_it(table, tmp_path):
    net = network(table)
    net.save(tmp_path / "model")
    for twin in (pynn.load(tmp_path / "model"), net.copy(), copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert twin.encoder.entry() == net.encoder.entry()
        assert twin.encoder.feature_names == NAMES
        assert np.array_equal(twin(table), net(table))
    assert "  colour: blue, red; missing: a level of its own" in net.summary().splitlines()


def test_a_later_fit_of_the_encoder_does_not_change_the_network(table):
    net, encoder = pynn.Network([len(NAMES), 1], rng=0), TableEncoder().fit(table)
    net.encoder = encoder
    before = net(table)
    encoder.fit(table, rows=[0, 1])
    assert np.array_equal(net(table), before)
    net.encoder = None
    with pytest.raises(TypeError):
        net(table)


def test_encoders_that_do_not_fit(table):
    net = pynn.Network([3, 1])
    with pytest.raises(ValueError, match=r"encoder: expected one of 3 inputs, got TableEncoder\(.* of 9"):
        net.encoder = TableEncoder().fit(table)
    with pytest.raises(TypeError, match=r"encoder: expected a pynn.TableEncoder or None, got str"):
        net.encoder = "area"
    with pytest.raises(ValueError, match="encoder: expected one of 3 inputs"):
        net.encoder = TableEncoder()
    assert net.encoder is None


@pytest.mark.parametrize("change", [
    {"kind": "date"}, {"kind": None}, {"name": 3}, {"mean": float("nan")}, {"mean": "3"}, {"scale": 0}, {"scale": True},
    {"is_boolean": 1}, {"has_missing": "no"}, {"more": 1}, {"levels": []}])
def test_entries_that_are_no_encoder(table, change):
    entry = json.loads(json.dumps(TableEncoder().fit(table).entry()))
    assert TableEncoder.from_entry(entry).entry() == entry
    entry[0] |= change
    with pytest.raises((TypeError, ValueError)):
        TableEncoder.from_entry(entry)


@pytest.mark.parametrize("levels", ["ab", [1], ["a", "a"], [str(k) for k in range(51)], None])
def test_levels_that_are_none(levels):
    with pytest.raises((TypeError, ValueError)):
        TableEncoder.from_entry([{"kind": "text", "name": "c", "levels": levels, "has_missing": False}])


# --------------------------------------------------------------------------------------------------- against others


def test_levels_are_scikit_learns():
    pandas = pytest.importorskip("pandas")
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    rng = np.random.default_rng(0)
    frame = pandas.DataFrame({"a": rng.choice(["é", "b", "B", "b "], 50), "b": rng.choice(["x", "10", "9"], 50)})
    new = pandas.DataFrame({"a": ["b", "none", "B"], "b": ["9", "x", "11"]})
    theirs = preprocessing.OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(frame)
    ours = TableEncoder().fit(frame)
    assert np.array_equal(ours.transform(frame), theirs.transform(frame))
    assert np.array_equal(ours.transform(new, unknown="ignore"), theirs.transform(new))
    assert [name.replace(" = ", "_") for name in ours.feature_names] == theirs.get_feature_names_out().tolist()


def test_numbers_that_pandas_calls_categories_are_levels():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"floor": pandas.Categorical([10, 2, None, 10]), "size": [1.0, 2.0, 3.0, 4.0]})
    encoder = TableEncoder().fit(frame)
    assert encoder.feature_names == ("floor = 10", "floor = 2", "floor is missing", "size")
    assert encoder.transform(frame)[:, :3].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]


CELLS = {"number": [0, 1, -3, 2.5, 10**12, np.float32(0.5), 1e308], "flag": [True, False, np.bool_(True)],
         "text": ["a", "b", "", "NA", "True", "1", "é"], "other": [1j, b"x", [1], 10**400, float("inf"), datetime.time(12)]}


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_any_frame_is_encoded_or_refused(library):
    frames = pytest.importorskip(library)
    refusals = TypeError, ValueError, OverflowError, getattr(getattr(frames, "exceptions", None), "PolarsError", ValueError)
    rng = random.Random(0)
    encoded = 0
    for _ in range(200):
        m, columns = rng.randint(1, 6), {}
        for name in rng.sample(["x", "y", "x = a", "x is missing", "z"], rng.randint(1, 4)):
            kinds = rng.choice([["number"], ["flag"], ["text"], ["text"], ["number"], list(CELLS)])
            columns[name] = [None if rng.random() < 0.25 else rng.choice(CELLS[rng.choice(kinds)]) for _ in range(m)]
        try:
            frame = frames.DataFrame(columns, strict=False) if library == "polars" else frames.DataFrame(columns)
        except refusals:
            continue                # the library itself refuses such columns
        encoder, message = TableEncoder(), None
        try:
            X = encoder.fit_transform(frame)
        except (TypeError, ValueError) as error:
            message = str(error)
        if message is not None:
            assert message.startswith("table: ")
            assert encoder.feature_names == ()
            continue
        encoded += 1
        assert X.shape == (m, len(set(encoder.feature_names)))
        assert np.isfinite(X).all()
        twin = TableEncoder.from_entry(json.loads(json.dumps(encoder.entry())))
        assert np.array_equal(twin.transform(frame, unknown="ignore"), X)
    assert encoded > 50


@pytest.mark.parametrize("entry", [
    "number", [3], [{}], [{"kind": "text", "name": "a", "levels": ["x"], "has_missing": False}], {"kind": "text"}, 7, True])
def test_a_file_with_another_encoder_is_refused(entry, table, tmp_path):
    network(table).save(tmp_path / "model")
    with zipfile.ZipFile(tmp_path / "model") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    header = json.loads(members["header.json"])
    assert header["encoder"][1]["levels"] == ["blue", "red"]
    members["header.json"] = json.dumps({**header, "encoder": entry}).encode()
    with zipfile.ZipFile(tmp_path / "model", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match=r"path: .*model cannot be loaded: "):
        pynn.load(tmp_path / "model")
