"""The record of a fit."""
from __future__ import annotations

import copy
import csv

import numpy as np
import pytest

from .conftest import circles_net


def test_history(circles, tmp_path):
    X, _, y, _ = circles
    history = circles_net().fit(X, y, epochs=3)
    assert len(history) == 3
    assert (history.epoch_seconds >= 0).all()
    with pytest.raises(AttributeError, match="val_loss"):
        _ = history.val_loss
    with pytest.raises(KeyError, match="val_loss"):
        history["val_loss"]
    history.to_csv(tmp_path / "history.csv")
    with open(tmp_path / "history.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["epoch", "loss", "accuracy", "epoch_seconds"]
    assert [float(row[1]) for row in rows[1:]] == history.loss.tolist()
    assert np.array_equal(copy.deepcopy(history).loss, history.loss)
