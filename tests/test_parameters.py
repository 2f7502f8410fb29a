"""θ and the layers that are views into it."""
from __future__ import annotations

import numpy as np
import pytest

import pynn
from pynn.parameters import find_not_finite, layer_views, new_vector


def test_a_layer_has_no_other_attributes():
    net = pynn.Network([2, 1], rng=0)
    with pytest.raises(AttributeError, match="w"):
        net[1].w = [[1, 1]]


def test_layers_are_views_that_cover_the_parameters():
    net = pynn.Network([2, 3, 4, 1], rng=0)
    net.parameters = np.arange(len(net.parameters))
    assert np.concatenate([part.ravel() for layer in net for part in (layer.W, layer.b)]).tolist() == net.parameters.tolist()
    net[2].b[3] = -1
    assert net.parameters[9 + 12 + 3] == -1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("elements", [1, 7, 1000])
def test_the_vector_is_aligned_and_zero(elements, dtype):
    vector = new_vector(elements, np.dtype(dtype))
    assert (vector.shape, vector.dtype) == ((elements,), dtype)
    assert vector.ctypes.data % 64 == 0
    assert not vector.any()


def test_the_first_parameter_that_is_not_finite_is_named():
    sizes = (2, 3, 1)
    theta = np.zeros(13)
    assert find_not_finite(theta, sizes) is None
    list(layer_views(theta, sizes))[1][1][0, 0] = np.inf
    assert find_not_finite(theta, sizes) == "b[2][0, 0] is inf"
    theta[5] = np.nan
    assert find_not_finite(theta, sizes) == "W[1][2, 1] is nan"
