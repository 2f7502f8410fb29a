"""Optimisers: what a network keeps of them from fit to fit."""
from __future__ import annotations

import pickle

import numpy as np
import pytest

import pynn
from pynn import optimizers, schedules

from .conftest import RECIPES


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.rule)
def test_30_epochs_and_30_more_are_60(recipe, engine):
    X, y = pynn.datasets.moons(100, rng=0)
    once = pynn.Network([2, 6, 1], dropout=0.2, rng=3, engine=engine)
    twice = once.copy()
    keywords = {"learning_rate": schedules.Cosine(0.05, epochs=60), "validation_split": 0.2, "l2": 0.01}
    once.fit(X, y, epochs=60, optimizer=recipe, **keywords)
    twice.fit(X, y, epochs=30, optimizer=recipe, **keywords)
    twice = pickle.loads(pickle.dumps(twice))
    twice.fit(X, y, epochs=30, **keywords)
    assert once.parameters.tobytes() == twice.parameters.tobytes()
    assert (once.epoch, once.optimizer) == (twice.epoch, twice.optimizer)


def test_the_learning_rate_overrides_that_of_a_named_optimizer():
    net = pynn.Network([2, 3, 1], rng=0)
    assert net.optimizer == optimizers.SGD(learning_rate=0.01)
    net.fit(*pynn.datasets.moons(300, rng=0), epochs=1, optimizer="adam", learning_rate=0.3)
    assert net.optimizer == optimizers.Adam(learning_rate=0.3)
    net.fit(*pynn.datasets.moons(300, rng=0), epochs=1)
    assert net.optimizer == optimizers.Adam(learning_rate=0.3)
    net.fit(*pynn.datasets.moons(300, rng=0), epochs=1, optimizer="adam")
    assert net.optimizer == optimizers.Adam(learning_rate=0.001)
    assert optimizers.Adam(0.1) == optimizers.Adam(learning_rate=0.1)
    assert optimizers.Adamax(0.1).learning_rate == optimizers.SGD(0.1).learning_rate == 0.1


@pytest.mark.parametrize("recipe", RECIPES[1:], ids=lambda recipe: recipe.rule)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_optimisers_keep_is_never_subnormal(recipe, dtype):
    """A dead unit has no gradient; its m would sink below the normal numbers, where a CPU is slow, and stay there."""
    X, y = pynn.datasets.moons(50, rng=0)
    net = pynn.Network([2, 4, 1], rng=0, dtype=dtype)
    net.fit(X, y, epochs=1, optimizer=recipe)
    net[1].b = [[-1e6], [1], [1], [1]]
    net.fit(X, y, epochs=9000, batch_size=None)
    kept = np.abs(net.state.vectors)
    assert not ((kept > 0) & (kept < np.finfo(dtype).smallest_normal)).any()
    assert np.isfinite(kept).all()
