"""The data generators against scikit-learn's definitions."""
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
])
def test_bad_calls_name_the_argument(argument, error, call):
    with pytest.raises(error, match=f"^{argument}: "):
        call()
