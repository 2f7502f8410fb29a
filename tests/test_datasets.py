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
    X, y = datasets.blobs(100_000, centers=[[1.0, 2.0]], spread=0.5, rng=0)
    np.testing.assert_allclose(X.std(axis=0), 0.5, rtol=0.02)
    np.testing.assert_allclose(X.mean(axis=0), [1, 2], atol=0.01)
    X, y = datasets.sine(100_000, noise=0.2, rng=0)
    assert (y - np.sin(X[:, 0])).std() == pytest.approx(0.2, rel=0.02)


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
    path = write(tmp_path / "t.csv", '\ufeffwing, mass ,"kind, of bird",last\n1,2.5,wren,7\n-3e2,4,"jay, blue",8\n5,6,wren,9\n')
    table = datasets.load_csv(path, target="kind, of bird")
    assert table.feature_names == ("wing", "mass", "last")
    assert table.label_names == ("jay, blue", "wren")
    assert table.y.tolist() == [1, 0, 1]
    assert table.y.dtype == np.int64
    assert table.X.tolist() == [[1, 2.5, 7], [-300, 4, 8], [5, 6, 9]]
    same = datasets.load_csv(str(path), target=2)
    assert np.array_equal(same.X, table.X)


def test_load_csv_of_values(tmp_path):
    table = datasets.load_csv(write(tmp_path / "t.csv", "x,y\n1,2.5\n2,3\n"))
    assert table.label_names is None
    assert table.y.tolist() == [2.5, 3]
    assert table.y.dtype == np.float64


@pytest.mark.parametrize(("text", "target", "message"), [
    ("", -1, "header line"),
    ("a,b\n", -1, "at least one row"),
    ("a\n1\n", -1, "two or more columns"),
    ("a,a,b\n1,2,3\n", -1, "different names"),
    ("a,b\n1,2\n3\n", -1, "line 3: expected 2 cells, got 1"),
    ("a,b\n1,x\n,y\n", -1, "line 3, column 'a': expected a value, it is missing"),
    ("a,b\n1,x\nNA,y\n", -1, "line 3, column 'a'"),
    ("a,b\n1,x\nnan,y\n", -1, "line 3, column 'a'"),
    ("a,b\n1,x\n2,\n", -1, "line 3, column 'b'"),
    ("a,b\n1,x\none,y\n", -1, "line 3, column 'a': expected a finite number, got 'one'"),
    ("a,b\n1,x\ninf,y\n", -1, "line 3, column 'a': expected a finite number"),
    ("a,b\n1,2\n2,many\n", -1, "line 3, column 'b': expected a finite number, got 'many'"),
    ("a,b\n1,x\n", "c", "target: unknown column 'c'; there are 'a', 'b'"),
    ("a,b\n1,x\n", 2, "target: expected a position"),
    ('a,b\n1,"x\n', -1, "not a CSV file"),
])
def test_load_csv_says_what_is_wrong(tmp_path, text, target, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        datasets.load_csv(write(tmp_path / "t.csv", text), target=target)


def test_load_csv_refuses_other_things(tmp_path):
    with pytest.raises(TypeError, match="target"):
        datasets.load_csv(write(tmp_path / "t.csv", "a,b\n1,x\n"), target=1.0)
    with pytest.raises(FileNotFoundError):
        datasets.load_csv(tmp_path / "none.csv")
    (tmp_path / "b.csv").write_bytes(b"a,b\n\xff\xfe,1\n")
    with pytest.raises(ValueError, match="UTF-8"):
        datasets.load_csv(tmp_path / "b.csv")
