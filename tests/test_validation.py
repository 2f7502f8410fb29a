"""Arrays of every make that are accepted, and the advice for labels that do not fit."""
from __future__ import annotations

import numpy as np
import pytest

import pynn


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_good_arrays_of_any_make_are_accepted(engine, dtype):
    import pandas as pd
    net = pynn.Network([2, 3, 3], rng=0, engine=engine, dtype=dtype)
    base, y = np.arange(24).reshape(12, 2) % 7, np.arange(12) % 3
    frozen = base.astype(float)
    frozen.flags.writeable = False
    wide = np.repeat(np.repeat(base.astype(float), 2, axis=0), 3, axis=1)
    forms = [base.tolist(), base, base.astype(np.int8), base.astype(np.uint16), base.astype(np.float32),
             base.astype(np.float16), base.astype(np.longdouble), np.asfortranarray(base.astype(float)), wide[::2, ::3],
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


@pytest.mark.parametrize(("sizes", "y", "hint"), [
    ([1, 1], [1, 2, 1, 2], r"got 2; np.unique\(y, return_inverse=True\)\[1\] numbers the classes from 0$"),
    ([1, 1], [0, 1, 2, 1], "got 2; 3 classes need as many output units$"),
    ([1, 3], [0, 1, 2, 3], "got 3; 4 classes need as many output units$"),
    ([1, 3], [1, 2, 3, 3], "got 3; np.unique.* from 0$"),
    ([1, 1], [0.5, 1, 0, 0], "got 0.5$")])
def test_labels_that_are_numbered_otherwise_get_a_remedy(sizes, y, hint):
    with pytest.raises(ValueError, match=hint):
        pynn.Network(sizes).fit([[1.0], [2], [3], [4]], y)
