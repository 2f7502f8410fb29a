"""Dropout: its draws, a step worked by hand, and what it leaves alone."""
from __future__ import annotations

import numpy as np
import pytest

import pynn
from pynn.randomness import kept_units


def test_dropout_draws_every_unit_with_its_probability():
    kept = np.array([kept_units(7, step, 2, 50, 40, 0.3) for step in range(50)])
    assert abs(kept.mean() - 0.7) < 0.005
    for axis in (0, 1, 2):              # of steps, units, examples
        others = tuple({0, 1, 2} - {axis})
        assert abs(kept.mean(axis=others) - 0.7).max() < 0.1
    assert (kept_units(7, 3, 1, 50, 40, 0.3) != kept_units(7, 3, 2, 50, 40, 0.3)).any()
    assert (kept_units(8, 3, 1, 50, 40, 0.3) != kept_units(7, 3, 1, 50, 40, 0.3)).any()


def test_a_step_with_dropout_worked_by_hand(engine):
    """One hidden layer of identity: what reaches the output, and dW, follow from the mask alone."""
    net = pynn.Network([2, 4, 1], hidden="linear", output="linear", dropout=0.5, rng=5, engine=engine)
    X, y = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]]), np.zeros(3)
    W1, W2 = net[1].W.copy(), net[2].W.copy()
    mask = kept_units(5, 0, 1, 4, 3, 0.5) * 2.0
    assert 0 < mask.mean() < 2
    A1 = mask * (W1 @ X.T)
    y_hat = W2 @ A1
    dZ2 = 2 * y_hat
    dZ1 = (W2.T @ dZ2) * mask
    history = net.fit(X, y, epochs=1, batch_size=None, learning_rate=0.01, shuffle=False)
    assert history.loss[0] == pytest.approx((y_hat**2).mean(), rel=1e-12)
    np.testing.assert_allclose(net[2].W, W2 - 0.01 * dZ2 @ A1.T / 3, rtol=1e-12)
    np.testing.assert_allclose(net[1].W, W1 - 0.01 * dZ1 @ X / 3, rtol=1e-12)


def test_predictions_and_gradients_drop_nothing(engine):
    X, y = pynn.datasets.moons(300, rng=0)
    net = pynn.Network([2, 8, 1], dropout=0.9, rng=0, engine=engine)
    plain = pynn.Network([2, 8, 1], rng=0, engine=engine)
    assert net(X).tobytes() == plain(X).tobytes()
    assert net.backward(X, y).flat.tobytes() == plain.backward(X, y).flat.tobytes()
