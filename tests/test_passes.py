"""What forward and backward return."""
from __future__ import annotations

import pynn

X, Y = pynn.datasets.moons(60, rng=0)


def test_a_step_shows_its_shapes_not_its_numbers():
    net = pynn.Network([2, 3, 1], rng=0)
    assert repr(net.forward(X)) == f"ForwardPass(shapes of A: (2, {len(X)}), (3, {len(X)}), (1, {len(X)}); of Z: None, " \
                                   f"(3, {len(X)}), (1, {len(X)}))"
    assert "shapes of dW: None, (3, 2), (1, 3)" in repr(net.backward(X, Y))
