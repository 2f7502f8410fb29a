"""Validation: which examples it takes, and what it measures."""
from __future__ import annotations

import numpy as np
import pytest

import pynn
from pynn import datasets

from ..conftest import circles_net


def test_validation(engine, circles):
    X, X_val, y, y_val = circles
    net = circles_net(engine)
    history = net.fit(X, y, epochs=4, validation_data=(X_val, y_val))
    assert list(history) == ["loss", "accuracy", "val_loss", "val_accuracy", "epoch_seconds"]
    assert history.val_loss[-1] == net.evaluate(X_val, y_val)["loss"]
    by_share, by_hand = circles_net(engine), circles_net(engine)
    cut = int(len(X) * 0.75)
    assert np.array_equal(by_share.fit(X, y, epochs=4, validation_split=0.25).val_loss,
                          by_hand.fit(X[:cut], y[:cut], epochs=4, validation_data=(X[cut:], y[cut:])).val_loss)


@pytest.mark.parametrize(("share", "m", "aside"), [
    (0.9, 10, 9), (0.9, 100, 90), (0.3, 10, 3), (0.7, 10, 7), (0.6, 1000, 600), (0.8, 5, 4), (0.1, 15, 2), (0.25, 10, 3),
    (0.34, 100, 34), (0.34, 10, 3), (0.001, 10, 1), (0.99, 10, 9)])
def test_a_share_to_validate_on_is_rounded_to_the_nearest(share, m, aside, monkeypatch):
    seen = []
    monkeypatch.setattr("pynn.training.fit.evaluate",
                        lambda engine, architecture, theta, X, y, threads: seen.append(len(X)) or {})
    pynn.Network([2, 3, 1], rng=0).fit(*datasets.moons(m, rng=0), epochs=1, validation_split=share)
    assert seen == [aside]
