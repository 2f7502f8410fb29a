"""A whole fit by the plain engine and by the compiled one."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pynn

from .conftest import RECIPES, problem
from .test_mathematics import assert_close, networks


@pytest.mark.filterwarnings("ignore::pynn.DivergenceWarning")
@given(networks(widest=20), st.integers(1, 150), st.integers(1, 60), st.sampled_from(RECIPES),
       st.sampled_from([{}, {"l1": 0.01}, {"l2": 0.1}, {"clip_norm": 0.01}]), st.booleans(), st.floats(0, 0.8))
@settings(max_examples=60, deadline=None)
def test_a_fit_of_both_engines_is_the_same(keywords, m, batch_size, recipe, penalty, weighted, dropout):
    nets = [pynn.Network(**keywords, dropout=dropout, engine=engine) for engine in ("cython", "numpy")]
    X, y = problem(nets[0], m, 0)
    weights = np.random.default_rng(0).uniform(0.1, 2, m) if weighted else None
    histories = [net.fit(X, y, epochs=2, batch_size=batch_size, optimizer=recipe.with_learning_rate(1e-3),
                         sample_weight=weights, **penalty) for net in nets]
    assert_close(nets[0].parameters, nets[1].parameters, 1e-9, "parameters")
    np.testing.assert_allclose(histories[0].loss, histories[1].loss, rtol=1e-9)
    metric = "r2" if nets[0].is_regression else "accuracy"
    np.testing.assert_allclose(histories[0][metric], histories[1][metric], rtol=1e-9, atol=1e-9)
    if weighted:
        assert nets[0].evaluate(X, y, weights) == pytest.approx(nets[1].evaluate(X, y, weights), rel=1e-8, abs=1e-9)
