"""How the weights start."""
from __future__ import annotations

import numpy as np

import pynn


def test_zeros_learn_nothing_but_one_unit(circles):
    """Symmetry: from zero weights all units of a layer stay equal."""
    X, _, y, _ = circles
    net = pynn.Network([2, 4, 3, 1], hidden="sigmoid", initializer="zeros", rng=0)
    net.fit(X, y, epochs=20, learning_rate=0.5)
    for layer in net:
        assert np.array_equal(layer.W, np.broadcast_to(layer.W[:1], layer.W.shape))
