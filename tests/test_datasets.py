"""The data generators against scikit-learn's definitions, splitting, and reading tables."""
from __future__ import annotations

import numpy as np
import pytest

from pynn import datasets

GENERATORS = {"circles": 2, "moons": 2, "spirals": 2, "xor": 2, "blobs": 2, "plane": 2, "sine": 1}


@pytest.mark.parametrize(("name", "features"), GENERATORS.items())
@pytest.mark.parametrize("m", [7, 1000])
def test_shapes_and_reproducibility(name, features, m):
    make = getattr(datasets, name)
    X, y = make(m, rng=3)
    assert X.shape == (m, features)
    assert X.dtype == np.float64
    assert X.flags.c_contiguous
    assert y.shape == (m,)
    assert y.dtype == (np.float64 if name in ("plane", "sine") else np.int64)
    again, other = make(m, rng=3), make(m, rng=np.random.default_rng(3))
    assert np.array_equal(X, again[0])
    assert np.array_equal(y, again[1])
    assert not np.array_equal(X, other[0])
    assert not np.array_equal(X, make(m)[0])


@pytest.mark.parametrize("m", [100, 101])
def test_circles_and_moons_are_scikit_learns(m):
    theirs = pytest.importorskip("sklearn.datasets")
    pairs = [(datasets.circles(m, factor=0.3, noise=0.0), theirs.make_circles(m, factor=0.3, shuffle=False)),
             (datasets.moons(m, noise=0.0), theirs.make_moons(m, shuffle=False))]
    for ours, truth in pairs:
        rows = [np.unique(np.column_stack([X, y]).round(9) + 0.0, axis=0) for X, y in (ours, truth)]
        np.testing.assert_allclose(rows[0], rows[1], atol=1e-8)


def test_noise_is_a_standard_deviation():
    X, y = datasets.circles(100_000, factor=0.3, noise=0.1, rng=0)
    radius = np.hypot(*X.T) - np.where(y, 0.3, 1)
    assert radius.std() == pytest.approx(0.1, rel=0.05)
    for make, clean in ((datasets.moons, datasets.moons(100_000, noise=0.0, rng=0)),
                        (datasets.xor, datasets.xor(100_000, noise=0.0, rng=0)),
                        (datasets.spirals, datasets.spirals(100_000, noise=0.0, rng=0))):
        X, y = make(100_000, noise=0.1, rng=0)          # the same seed draws the same points beneath the noise
        np.testing.assert_allclose((X - clean[0]).std(axis=0), 0.1, rtol=0.02)
        assert np.array_equal(y, clean[1])
    X, y = datasets.blobs(100_000, centers=[[1.0, 2.0]], spread=0.5, rng=0)
    np.testing.assert_allclose(X.std(axis=0), 0.5, rtol=0.02)
    np.testing.assert_allclose(X.mean(axis=0), [1, 2], atol=0.01)
    X, y = datasets.sine(100_000, noise=0.2, rng=0)
    assert (y - np.sin(X[:, 0])).std() == pytest.approx(0.2, rel=0.02)
    X, y = datasets.plane(100_000, noise=0.2, rng=0)
    assert (y - X.mean(axis=1)).std() == pytest.approx(0.2, rel=0.02)


def test_spirals_have_their_classes():
    X, y = datasets.spirals(999, classes=3, turns=2, noise=0, rng=0)
    assert np.bincount(y).tolist() == [333, 333, 333]
    assert np.hypot(*X.T).max() == pytest.approx(1)


def test_split_is_a_partition():
    X, y = np.arange(200).reshape(100, 2), np.arange(100)
    for size, tests in ((0.1, 10), (0.101, 11), (33, 33)):
        X_train, X_test, y_train, y_test = datasets.split(X, y, test_size=size, rng=0)
        assert len(y_test) == tests
        assert np.array_equal(np.sort(np.concatenate([y_train, y_test])), y)
        assert np.array_equal(X_train[:, 0], 2 * y_train)
        assert np.array_equal(X_test[:, 1], 2 * y_test + 1)
        assert not np.array_equal(y_test, np.sort(y_test))


@pytest.mark.parametrize("test_size", [0.1, 0.25, 7])
def test_split_keeps_the_shares_of_classes(test_size):
    y = np.repeat([0, 1, 2], [70, 20, 10])
    for rng in range(20):
        *_, y_train, y_test = datasets.split(np.zeros((100, 1)), y, test_size=test_size, stratify=True, rng=rng)
        shares = np.bincount(y_test, minlength=3) - len(y_test) * np.array([0.7, 0.2, 0.1])
        assert np.abs(shares).max() <= 1
        assert len(y_train) + len(y_test) == 100


@pytest.mark.parametrize(("counts", "tests", "wanted"), [
    ([97, 3], 0.1, [9, 1]),             # by shares alone the rare class would have none
    ([18, 2], 0.1, [1, 1]),
    ([2, 18], 18, [1, 17]),             # and here none to train on
    ([90, 1, 9], 10, [9, 0, 1]),        # a single row is for training
    ([5, 5, 5, 5], 2, [1, 1, 0, 0]),    # fewer rows than classes
    ([5, 5], 9, [5, 4]),
    ([1, 1, 1], 2, [1, 1, 0]),
    ([10, *[2] * 30], 35, [5, *[1] * 30]),
])
def test_stratified_split_leaves_no_class_out(counts, tests, wanted):
    y = np.repeat(np.arange(len(counts)), counts)
    for rng in range(5):
        X_train, X_test, y_train, y_test = datasets.split(np.arange(len(y)), y, test_size=tests, stratify=True, rng=rng)
        assert np.bincount(y_test, minlength=len(counts)).tolist() == wanted
        assert np.array_equal(np.sort(np.concatenate([X_train, X_test])), np.arange(len(y)))
        assert np.array_equal(y[X_train], y_train)
        assert np.array_equal(y[X_test], y_test)


@pytest.mark.parametrize("seed", range(30))
def test_stratified_split_of_any_classes(seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 30, size=rng.integers(1, 12)) + (seed == 0)
    m = int(counts.sum())
    for tests in range(1, m):
        *_, y_train, y_test = datasets.split(np.zeros(m), np.repeat(np.arange(len(counts)), counts), test_size=tests,
                                             stratify=True, rng=seed)
        there, here = np.bincount(y_train, minlength=len(counts)), np.bincount(y_test, minlength=len(counts))
        assert len(y_test) == tests
        if (counts > 1).sum() <= tests <= (counts - 1).sum():
            assert (there > 0).all()
            assert (here[counts > 1] > 0).all()


def test_split_takes_lists_and_frames():
    import pandas as pd
    frame = pd.DataFrame({"a": range(10), "b": range(10)})
    X_train, X_test, y_train, _ = datasets.split(frame, list("xyxyxyxyxy"), test_size=0.2, rng=0)
    assert X_train.shape == (8, 2)
    assert X_test.shape == (2, 2)
    assert set(y_train) == {"x", "y"}


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
    ("1,2\n3,4\n5,6\n", -1, "expected a header line of names"),
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
        datasets.load_csv(write(tmp_path / "t.csv", text), target=target)
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


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize(("argument", "value", "error"), [
    ("m", 1, ValueError), ("m", -5, ValueError), ("m", True, TypeError), ("m", "10", TypeError), ("m", 10.0, TypeError),
    ("m", None, TypeError), ("rng", "seed", TypeError), ("rng", True, TypeError), ("rng", -1, ValueError),
])
def test_every_generator_names_the_bad_argument(name, argument, value, error):
    with pytest.raises(error, match=f"^{argument}: expected"):
        getattr(datasets, name)(**{argument: value})


@pytest.mark.parametrize("name", [name for name in GENERATORS if name != "blobs"])
@pytest.mark.parametrize(("value", "error"), [(-0.1, ValueError), (np.nan, ValueError), (np.inf, ValueError),
                                              ("0.1", TypeError), (True, TypeError), (None, TypeError)])
def test_bad_noise(name, value, error):
    with pytest.raises(error, match=r"^noise: expected"):
        getattr(datasets, name)(10, noise=value)


@pytest.mark.parametrize(("argument", "error", "call"), [
    ("factor", ValueError, lambda: datasets.circles(10, factor=1.0)),
    ("factor", ValueError, lambda: datasets.circles(10, factor=-0.1)),
    ("factor", TypeError, lambda: datasets.circles(10, factor="half")),
    ("turns", ValueError, lambda: datasets.spirals(10, turns=0)),
    ("turns", TypeError, lambda: datasets.spirals(10, turns=None)),
    ("classes", ValueError, lambda: datasets.spirals(10, classes=1)),
    ("classes", TypeError, lambda: datasets.spirals(10, classes=2.0)),
    ("m", ValueError, lambda: datasets.spirals(4, classes=5)),
    ("m", ValueError, lambda: datasets.blobs(2, centers=3)),
    ("centers", ValueError, lambda: datasets.blobs(10, centers=0)),
    ("centers", ValueError, lambda: datasets.blobs(10, centers=[1.0, 2.0])),
    ("centers", ValueError, lambda: datasets.blobs(10, centers=[[0.0, np.inf]])),
    ("centers", TypeError, lambda: datasets.blobs(10, centers="three")),
    ("centers", TypeError, lambda: datasets.blobs(10, centers=True)),
    ("spread", ValueError, lambda: datasets.blobs(10, spread=-1)),
    ("spread", TypeError, lambda: datasets.blobs(10, spread="wide")),
    ("X", ValueError, lambda: datasets.split([[1, 2], [3]], [0, 1])),
    ("X, y", ValueError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(3))),
    ("test_size", ValueError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), test_size=0)),
    ("test_size", ValueError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), test_size=4)),
    ("test_size", ValueError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), test_size=1.0)),
    ("test_size", ValueError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), test_size=0.9)),
    ("test_size", TypeError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), test_size=True)),
    ("test_size", TypeError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), test_size="half")),
    ("stratify", TypeError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), stratify=1)),
    ("stratify", ValueError, lambda: datasets.split(np.zeros((4, 2)), np.zeros((4, 2)), stratify=True)),
    ("rng", TypeError, lambda: datasets.split(np.zeros((4, 2)), np.zeros(4), rng=1.0)),
])
def test_bad_calls_name_the_argument(argument, error, call):
    with pytest.raises(error, match=f"^{argument}: "):
        call()


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
