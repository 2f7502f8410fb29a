"""The shape of a network: what is checked, and what cannot be changed."""
from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest

import pynn
from pynn.architecture import Architecture

CONSTRUCTOR = [
    ("sizes", TypeError, {"sizes": 5}),
    ("sizes", TypeError, {"sizes": "2,4,1"}),
    ("sizes", TypeError, {"sizes": None}),
    ("sizes", ValueError, {"sizes": []}),
    ("sizes", ValueError, {"sizes": [2]}),
    ("sizes[1]", ValueError, {"sizes": [2, 0, 1]}),
    ("sizes[0]", ValueError, {"sizes": [-2, 3, 1]}),
    ("sizes[1]", TypeError, {"sizes": [2, 3.0, 1]}),
    ("sizes[1]", TypeError, {"sizes": [2, True, 1]}),
    ("sizes[2]", TypeError, {"sizes": [2, 3, "1"]}),
    ("sizes", ValueError, {"sizes": [10**9, 10**9]}),
    ("sizes", TypeError, {"sizes": {3, 2, 1}}),
    ("sizes", TypeError, {"sizes": {2: 0, 1: 0}}),
    ("hidden", TypeError, {"hidden": {"relu"}}),
    ("hidden", ValueError, {"hidden": "rleu"}),
    ("hidden", ValueError, {"hidden": "softmax"}),
    ("hidden", ValueError, {"hidden": ["relu", "relu"]}),
    ("hidden[0]", ValueError, {"hidden": ["swish"]}),
    ("hidden", TypeError, {"hidden": 3}),
    ("hidden[0]", TypeError, {"hidden": [None]}),
    ("output", ValueError, {"output": "relu"}),
    ("output", ValueError, {"output": "softmax"}),
    ("output", TypeError, {"output": 1}),
    ("loss", ValueError, {"loss": "hinge"}),
    ("loss", ValueError, {"loss": "categorical_cross_entropy"}),
    ("loss", ValueError, {"output": "linear", "loss": "binary_cross_entropy"}),
    ("loss", TypeError, {"loss": 2}),
    ("initializer", ValueError, {"initializer": "He"}),
    ("initializer", TypeError, {"initializer": None}),
    ("dtype", ValueError, {"dtype": "float16"}),
    ("dtype", ValueError, {"dtype": int}),
    ("dtype", TypeError, {"dtype": "double precision"}),
    ("dtype", ValueError, {"dtype": None}),
    ("rng", TypeError, {"rng": "seed"}),
    ("rng", TypeError, {"rng": 1.5}),
    ("rng", ValueError, {"rng": -1}),
    ("rng", ValueError, {"rng": 2**64}),
    ("engine", ValueError, {"engine": "fortran"}),
    ("engine", TypeError, {"engine": None}),
]


@pytest.mark.parametrize(("name", "error", "keywords"), CONSTRUCTOR)
def test_constructor(name, error, keywords):
    with pytest.raises(error) as raised:
        pynn.Network(**{"sizes": [2, 3, 1], "rng": 0, **keywords})
    assert str(raised.value).startswith(f"{name}:")


def of(sizes, **keywords):
    defaults = {"hidden": "relu", "output": None, "loss": None, "dropout": 0.0, "dtype": "float64"}
    return Architecture(sizes, **defaults | keywords)


def test_what_follows_from_the_arguments():
    one = of([2, 4, 3, 1], dropout=[0.5, 0.25], dtype=np.float32)
    assert (one.sizes, one.activations, one.loss) == ((2, 4, 3, 1), ("relu", "relu", "sigmoid"), "binary_cross_entropy")
    assert (one.dropout, one.dtype, one.parameters) == ((0.5, 0.25), np.dtype("float32"), 12 + 15 + 4)
    assert (one.output, one.is_regression, one.metric, one.labels) == ("sigmoid", False, "accuracy", 2)
    several, values = of([2, 3], output="sigmoid"), of([2, 3], output="linear")
    assert (several.labels, values.labels, values.metric, values.is_regression) == (3, 3, "r2", True)


def test_it_is_frozen_and_compares_by_value():
    one = of([2, 4, 1])
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.loss = "huber"
    assert one == of((2, 4, 1), hidden=["relu"], output="sigmoid") != of([2, 5, 1])
    assert pickle.loads(pickle.dumps(one)) == one
    assert len({one, of([2, 4, 1])}) == 1
