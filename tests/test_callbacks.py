"""The ready-made callbacks."""
from __future__ import annotations

import numpy as np
import pytest

import pynn


def test_a_callback_may_set_the_learning_rate():
    X, y = pynn.datasets.moons(300, rng=0)
    nets = [pynn.Network([2, 5, 1], rng=0) for _ in range(2)]
    nets[0].fit(X, y, epochs=2, learning_rate=0.4, callbacks=[lambda net, history: setattr(net, "learning_rate", 0.1)])
    nets[1].fit(X, y, epochs=2, learning_rate=lambda epoch: [0.4, 0.1][epoch])
    assert nets[0].parameters.tobytes() == nets[1].parameters.tobytes()


def test_early_stopping_restores_the_best_epoch(engine):
    X, y = pynn.datasets.moons(200, rng=0)
    net = pynn.Network([2, 20, 1], rng=0, engine=engine)
    kept = []
    stop = pynn.callbacks.EarlyStopping(patience=4)
    history = net.fit(X, y, epochs=500, validation_split=0.4, optimizer="adam", learning_rate=0.1,
                      callbacks=[lambda net, history: kept.append(net.parameters.copy()), stop])
    best = int(np.argmin(history.val_loss))
    assert history.epochs == best + 1 + 4 == stop.best_epoch + 4
    assert net.parameters.tobytes() == kept[best].tobytes()


def test_early_stopping_counts_only_what_is_better_by_min_delta_and_starts_anew():
    X, y = pynn.datasets.moons(100, rng=0)
    stop = pynn.callbacks.EarlyStopping("accuracy", patience=3, min_delta=0.9, restore_best=False)
    net = pynn.Network([2, 4, 1], rng=0)
    for _ in range(2):
        assert net.fit(X, y, epochs=50, callbacks=[stop]).epochs == 4


def test_reduce_on_plateau_and_its_lowest():
    X, y = pynn.datasets.moons(100, rng=0)
    net = pynn.Network([2, 4, 1], rng=0)
    rates = []
    net.fit(X, y, epochs=7, learning_rate=1.0, callbacks=[
        pynn.callbacks.ReduceOnPlateau("loss", factor=0.1, patience=2, min_delta=10.0, lowest=0.05),
        lambda net, history: rates.append(net.learning_rate)])
    assert rates == pytest.approx([1, 1, 0.1, 0.1, 0.05, 0.05, 0.05])


def test_model_checkpoint_saves_the_best_epoch(tmp_path, engine):
    X, y = pynn.datasets.moons(100, rng=0)
    net = pynn.Network([2, 20, 1], rng=2, engine=engine)
    kept = []
    history = net.fit(X, y, epochs=40, validation_split=0.4, optimizer="adam", learning_rate=0.2,
                      callbacks=[lambda net, history: kept.append(net.parameters.copy()),
                                 pynn.callbacks.ModelCheckpoint(tmp_path / "best", monitor="val_loss"),
                                 pynn.callbacks.ModelCheckpoint(tmp_path / "last", every=15)])
    best = int(np.argmin(history.val_loss))
    assert best < 39
    assert pynn.load(tmp_path / "best").parameters.tobytes() == kept[best].tobytes()
    assert pynn.load(tmp_path / "last").parameters.tobytes() == kept[29].tobytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best", "last"]
