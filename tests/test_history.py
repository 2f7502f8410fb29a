"""The record of a fit."""
from __future__ import annotations

import copy
import csv
import pickle
from collections.abc import Mapping

import numpy as np
import pytest

from pynn.history import History

from .conftest import circles_net


def test_history(circles, tmp_path):
    X, _, y, _ = circles
    history = circles_net().fit(X, y, epochs=3)
    assert history.epochs == 3
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


def test_a_history_is_a_mapping_from_names_to_arrays(circles):
    X, X_test, y, y_test = circles
    history = circles_net().fit(X, y, epochs=3)
    names = ["loss", "accuracy", "epoch_seconds"]
    assert isinstance(history, Mapping)
    assert "loss" in history
    assert "val_loss" not in history
    assert 0 not in history
    assert list(history) == list(history.keys()) == names
    assert len(history) == 3
    assert history.epochs == 3
    assert {name: values.tolist() for name, values in dict(history).items()} == {name: history[name].tolist() for name in names}
    assert [values.shape for values in history.values()] == [(3,)] * 3
    assert history.get("val_loss") is None
    assert {**history}.keys() == set(names)
    validated = circles_net().fit(X, y, epochs=2, validation_data=(X_test, y_test))
    assert (validated.epochs, len(validated)) == (2, 5)


def test_histories_are_equal_by_their_values(circles):
    X, _, y, _ = circles
    history = circles_net().fit(X, y, epochs=3)
    assert history == copy.deepcopy(history) == pickle.loads(pickle.dumps(history))
    assert history != circles_net().fit(X, y, epochs=2)
    assert history != "history"


def test_a_history_is_a_data_frame(circles):
    pandas = pytest.importorskip("pandas")
    X, _, y, _ = circles
    history = circles_net().fit(X, y, epochs=3)
    assert pandas.DataFrame(dict(history))["loss"].tolist() == history.loss.tolist()


def test_an_interrupted_history_is_not_that_of_a_whole_fit():
    histories = [History(("loss",)) for _ in range(2)]
    for history in histories:
        history.append({"loss": 0.5})
    assert histories[0] == histories[1]
    histories[1].interrupted = True
    assert histories[0] != histories[1]
