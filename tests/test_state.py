"""What a fit changes: snapshot and restore, bit for bit, at any moment of training."""
from __future__ import annotations

import pickle

import numpy as np
import pytest

import pynn
from pynn.state import State

from .conftest import RECIPES, circles_net
from .test_storage import state as whole


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.rule)
def test_going_back_and_on_again_gives_the_same_bits(recipe, engine, circles):
    X, _, y, _ = circles
    net = circles_net(engine, dropout=0.1)
    net.fit(X, y, epochs=2, optimizer=recipe)
    snapshot, then = net.state.snapshot(), whole(net)
    net.fit(X, y, epochs=2)
    later = whole(net)
    net.fit(X, y, epochs=1, optimizer="sgd", rng=5)
    net.state.restore(snapshot)
    assert whole(net) == then
    net.fit(X, y, epochs=2)
    assert whole(net) == later
    net.state.restore(pickle.loads(pickle.dumps(snapshot)))
    assert whole(net) == then


def test_a_snapshot_is_a_copy_and_the_views_stay(circles):
    X, _, y, _ = circles
    net = circles_net()
    layer, theta, snapshot = net[1], net.parameters, net.state.snapshot()
    before = snapshot.parameters.copy()
    net.fit(X, y, epochs=1, optimizer="adam")
    assert np.array_equal(snapshot.parameters, before)
    assert not snapshot.counts.any()
    net.state.restore(snapshot)
    net.state.vectors += 1
    net.parameters += 1
    assert np.array_equal(snapshot.parameters, before)
    assert net.parameters is theta
    assert np.shares_memory(layer.W, theta)


def test_a_new_optimiser_starts_at_its_first_step():
    state = State(5, np.dtype("float32"))
    state.counts[:] = 7
    state.use(pynn.optimizers.Adam())
    assert (state.vectors.shape, state.vectors.dtype, state.counts.tolist()) == ((2, 5), "float32", [7, 0])
    state.epoch = 3
    state.start_over(9)
    assert (state.seed, state.epoch, state.counts.tolist()) == (9, 0, [0, 0])
