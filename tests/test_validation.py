"""Arrays of every make that are accepted, and the advice for labels that do not fit."""
from __future__ import annotations

import numpy as np
import pytest

import pynn
from pynn import validation


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_good_arrays_of_any_make_are_accepted(engine, dtype):
    import pandas as pd
    net = pynn.Network([2, 3, 3], rng=0, engine=engine, dtype=dtype)
    base, y = np.arange(24).reshape(12, 2) % 7, np.arange(12) % 3
    frozen = base.astype(float)
    frozen.flags.writeable = False
    wide = np.repeat(np.repeat(base.astype(float), 2, axis=0), 3, axis=1)
    forms = [base.tolist(), base, base.astype(np.int8), base.astype(np.uint16), base.astype(np.float32),
             base.astype(np.float16), base.astype(np.longdouble), base.astype(np.uint64),
             np.asfortranarray(base.astype(float)), wide[::2, ::3],
             base.astype(float)[::-1][::-1], frozen, base.astype(">f8"), base.astype(object), pd.DataFrame(base),
             pd.DataFrame(base.astype(float)), np.array(base, order="F")]
    one_hot = np.eye(3)[y]
    targets = [y.tolist(), y, y.astype(np.uint8), y.astype(float), pd.Series(y), one_hot, one_hot.astype(bool),
               one_hot.tolist(), pd.DataFrame(one_hot), np.asfortranarray(one_hot)]
    outputs = net(base)
    for form in forms:
        assert np.array_equal(net(form), outputs)
    loss = net.evaluate(base, y)
    for target in targets:
        assert net.evaluate(base, target) == loss
        assert np.array_equal(net.copy().fit(base, target, epochs=2).loss, net.copy().fit(base, y, epochs=2).loss)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "uint64", "float32", "float64", "bool"])
def test_numbers_that_the_engine_can_read_are_not_copied(dtype):
    X = np.ones((5, 2), dtype)
    assert np.shares_memory(validation.finite_array(X, "X", narrow=True), X)


@pytest.mark.parametrize(("sizes", "y", "hint"), [
    ([1, 1], [1, 2, 1, 2], r"got 2; np.unique\(y, return_inverse=True\)\[1\] numbers the classes from 0$"),
    ([1, 1], [0, 1, 2, 1], "got 2; 3 classes need as many output units$"),
    ([1, 3], [0, 1, 2, 3], "got 3; 4 classes need as many output units$"),
    ([1, 3], [1, 2, 3, 3], "got 3; np.unique.* from 0$"),
    ([1, 1], [1.5, 1, 0, 0], "got 1.5$")])
def test_labels_that_are_numbered_otherwise_get_a_remedy(sizes, y, hint):
    with pytest.raises(ValueError, match=hint):
        pynn.Network(sizes).fit([[1.0], [2], [3], [4]], y)


def sparse(make):
    return getattr(pytest.importorskip("scipy.sparse"), make)(np.eye(2))


@pytest.mark.parametrize("make", ["csr_matrix", "csc_array", "coo_array", "dok_matrix", "lil_array"])
def test_a_sparse_matrix_names_toarray(make):
    X = sparse(make)
    for call in (pynn.Network([2, 3, 1], rng=0), lambda X: pynn.Network([2, 1]).fit(X, [0, 1]), pynn.Standardizer.fit):
        with pytest.raises(TypeError, match=rf"^X: expected a dense array, got a sparse {make}; .*\.toarray\(\)"):
            call(X)
    with pytest.raises(TypeError, match=r"^y: .*sparse"):
        pynn.Network([2, 2], output="sigmoid").fit(np.eye(2), X)


def missing_in_frames():
    pd = pytest.importorskip("pandas")
    columns = {"a": [1, 2, 3], "b": [1.5, 2.5, 3.5]}
    holes = pd.DataFrame({"a": [0, 0, 1], "b": [0, 0, 0]}, dtype=bool)
    return [(pd.DataFrame(columns).astype({"a": "Int64"}).mask(holes), "<NA>"),
            (pd.DataFrame({**columns, "a": [1, 2, pd.NaT]}), "NaT"),
            (pd.DataFrame({**columns, "a": [1, 2, None]}, dtype=object), "None"),
            ([[1, 1.5], [2, 2.5], [None, 3.5]], "None"), ([[1, 1.5], [2, 2.5], [np.datetime64("NaT"), 3.5]], "NaT"),
            (np.array([[1, 1.5], [2, 2.5], [pd.NA, 3.5]], dtype=object), "<NA>")]


@pytest.mark.parametrize("case", range(6))
def test_a_missing_value_is_named_with_its_place(case):
    X, value = missing_in_frames()[case]
    with pytest.raises(ValueError, match=rf"^X: expected no missing values, got .*{value}.* at \[2, 0\]$"):
        pynn.Network([2, 3, 1], rng=0)(X)


@pytest.mark.parametrize(("X", "words"), [
    ([[1, 2], [3]], "got 2 elements in row 0 and 1 element in row 1"),
    ([[1, 2], [3, 4], [5, 6, 7]], "got 2 elements in row 0 and 3 elements in row 2"),
    ([np.zeros(2), np.zeros(3)], "got 2 elements in row 0 and 3 elements in row 1"),
    ([[1, 2], 3], "got 2 elements in row 0 and a number in row 1"),
    (np.array([[1, 2], [3]], dtype=object), "got 2 elements in row 0 and 1 element in row 1"),
    ([[1, [2, 3]], [4, 5]], "got a list among the numbers")])
def test_ragged_rows_are_named(X, words):
    with pytest.raises(ValueError, match=f"^X: expected rows of equal length, {words}$"):
        pynn.Network([2, 3, 1], rng=0)(X)


def test_lists_in_the_cells_of_a_frame_are_named():
    pd = pytest.importorskip("pandas")
    with pytest.raises(TypeError, match=r"^X: expected real numbers, got list among Python objects, at \[0, 1\]$"):
        pynn.Network([2, 3, 1], rng=0)(pd.DataFrame({"a": [1, 2], "b": [[1, 2], [3, 4]]}))
    with pytest.raises(TypeError, match=r"^X: expected real numbers, got Timestamp among Python objects, at \[0, 1\]$"):
        pynn.Network([2, 3, 1], rng=0)(pd.DataFrame({"a": [1, 2], "b": pd.to_datetime(["2026-01-01"] * 2)}))


@pytest.mark.parametrize("X", [{1, 2}, {"a": [1, 2]}, (row for row in [[1, 2]]), object()], ids=lambda X: type(X).__name__)
def test_what_is_no_array_at_all_is_named_by_its_type(X):
    with pytest.raises(TypeError, match=rf"^X: expected an array of real numbers, got {type(X).__name__}$"):
        pynn.Network([2, 3, 1], rng=0)(X)


def test_what_an_array_cannot_be_made_of_is_named():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("use detach()")

    with pytest.raises(ValueError, match=r"^X: expected an array of real numbers, got Tensor: use detach\(\)$"):
        pynn.Network([2, 3, 1], rng=0)(Tensor())


SMALL = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32"]


@pytest.mark.parametrize("small", SMALL)
def test_small_integers_give_the_bits_of_float64(engine, small):
    rng = np.random.default_rng(0)
    info = None if small == "bool" else np.iinfo(small)
    X = rng.integers(0, 2, (50, 3)) if info is None else rng.integers(info.min, info.max, (50, 3), endpoint=True, dtype=small)
    X, y = X.astype(small), rng.integers(0, 2, 50)
    net = pynn.Network([3, 4, 1], rng=0, engine=engine)
    swapped = X.astype(np.dtype(small).newbyteorder())
    for form in (X, np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2], X[::-1][::-1], swapped):
        assert np.array_equal(net(form), net(X.astype(float)))
        twins = [net.copy(), net.copy()]
        for twin, A in zip(twins, (form, X.astype(float)), strict=True):
            twin.fit(A, y, epochs=2, learning_rate=1e-12)
        assert np.array_equal(twins[0].parameters, twins[1].parameters)
        assert np.array_equal(net.forward(form).A[0], X.T.astype(float))
    standardised = net.copy()
    standardised.standardizer = pynn.Standardizer.fit(X.astype(float))
    assert np.array_equal(pynn.Standardizer.fit(X).scale, standardised.standardizer.scale)
    assert np.array_equal(standardised(X), standardised(X.astype(float)))


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "u2", ">f8", ">i8", "<i8"])
def test_arrays_that_are_not_aligned_are_accepted(engine, dtype):
    base, y = np.arange(24).reshape(12, 2) % 7, np.arange(12) % 3
    X, labels = (np.frombuffer(b"x" + A.tobytes(), A.dtype, offset=1).reshape(A.shape)
                 for A in (base.astype(dtype), y.astype(dtype)))
    net = pynn.Network([2, 3, 3], rng=0, engine=engine)
    assert np.array_equal(net(X), net(base))
    assert net.evaluate(X, labels) == net.evaluate(base, y)
    assert np.array_equal(net.copy().fit(X, labels, epochs=2).loss, net.copy().fit(base, y, epochs=2).loss)
