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


@pytest.mark.parametrize(("every", "monitor"), [(10, "val_loss"), (7, "val_accuracy"), (50, "loss"), (3, "val_loss")])
def test_model_checkpoint_saves_the_best_so_far(every, monitor, tmp_path, engine):
    X, y = pynn.datasets.moons(100, rng=0)
    net = pynn.Network([2, 20, 1], rng=2, engine=engine)
    kept, files = [], []

    def look(net, history):
        kept.append(net.parameters.copy())
        if history.epochs % every == 0:
            files.append((history.epochs, pynn.load(tmp_path / "best").parameters))

    history = net.fit(X, y, epochs=40, validation_split=0.4, optimizer="adam", learning_rate=0.2,
                      callbacks=[pynn.callbacks.ModelCheckpoint(tmp_path / "best", every, monitor), look])
    sign = -1 if monitor.endswith("accuracy") else 1
    for epoch, parameters in [*files, (40, pynn.load(tmp_path / "best").parameters)]:
        assert np.array_equal(parameters, kept[int(np.argmin(sign * history[monitor][:epoch]))])


@pytest.mark.parametrize("monitor", [None, "loss"])
@pytest.mark.parametrize(("path", "error"), [
    ("missing/model.npz", FileNotFoundError), ("folder", ValueError), ("file/model.npz", FileNotFoundError),
    ("m_{val_loss}.npz", ValueError), ("m_{}.npz", ValueError), ("m_{epoch.npz", ValueError), ("m_{epochs}.npz", ValueError)])
def test_model_checkpoint_checks_its_path_before_the_first_epoch(monitor, path, error, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    net = pynn.Network([2, 3, 1], rng=0)
    with pytest.raises(error, match=path.split("/")[0].replace("{", "[{]").replace("}", "[}]")):
        net.fit(*pynn.datasets.moons(30, rng=0), epochs=60, callbacks=[
            pynn.callbacks.ModelCheckpoint(tmp_path / path, every=50, monitor=monitor)])
    assert net.epoch == 0
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize(("name", "monitor", "files"), [
    ("m_{epoch}.npz", None, ["m_2.npz", "m_4.npz", "m_6.npz"]), ("{epoch:03d}", None, ["002", "004", "006"]),
    ("m_{{epoch}}", None, ["m_{epoch}"]), ("best", "loss", ["best"])])
def test_model_checkpoint_fills_in_the_name(name, monitor, files, tmp_path):
    folder = tmp_path / "{epoch}"       # only the name of the file is filled in
    folder.mkdir()
    net = pynn.Network([2, 3, 1], rng=0)
    net.fit(*pynn.datasets.moons(30, rng=0), epochs=6, callbacks=[pynn.callbacks.ModelCheckpoint(folder / name, 2, monitor)])
    assert sorted(path.name for path in folder.iterdir()) == files
    assert pynn.load(folder / files[-1]).epoch == 6


def test_model_checkpoint_names_the_loss_of_the_saved_epoch(tmp_path):
    net = pynn.Network([2, 3, 1], rng=0)
    history = net.fit(*pynn.datasets.moons(30, rng=0), epochs=3, validation_split=0.2, callbacks=[
        pynn.callbacks.ModelCheckpoint(tmp_path / "{epoch}-{val_loss:.3f}.npz", 2)])
    assert [path.name for path in tmp_path.iterdir()] == [f"2-{history.val_loss[1]:.3f}.npz"]


@pytest.mark.parametrize("callback", [
    pynn.callbacks.EarlyStopping, pynn.callbacks.ReduceOnPlateau,
    lambda monitor: pynn.callbacks.ModelCheckpoint("never written", monitor=monitor)])
@pytest.mark.parametrize("monitor", ["val_acc", "val_r2", "acc"])
def test_an_unknown_monitor_gets_the_names_there_are_before_the_first_epoch(callback, monitor):
    X, y = pynn.datasets.moons(30, rng=0)
    net = pynn.Network([2, 3, 1], rng=0)
    names = "^monitor: expected one of loss, accuracy, {}epoch_seconds, got '" + monitor + "'"
    with pytest.raises(ValueError, match=names.format("val_loss, val_accuracy, ") + "$"):
        net.fit(X, y, epochs=3, validation_split=0.2, callbacks=[callback(monitor)])
    hint = "; give fit validation_data or validation_split" if monitor.startswith("val_") else ""
    with pytest.raises(ValueError, match=names.format("") + hint + "$"):
        net.fit(X, y, epochs=3, callbacks=[callback(monitor)])
    assert net.epoch == 0


@pytest.mark.parametrize("error", [OSError("disk full"), ValueError("mine"), StopIteration(), MemoryError(), SystemExit(3),
                                   type("Mine", (BaseException,), {})()])
@pytest.mark.parametrize("replayed", [False, True])
def test_whatever_a_callback_raises_the_history_is_kept(error, replayed, engine):
    def fail(net, history):
        if history.epochs == 3:
            raise error

    X, y = pynn.datasets.moons(30, rng=0)
    net = pynn.Network([2, 3, 1], rng=0, engine=engine)
    with pytest.raises(type(error)) as raised:
        net.fit(X, y, epochs=9, callbacks=[fail, *([pynn.callbacks.Recorder()] if replayed else [])])
    assert raised.value is error
    assert error.history.epochs == net.epoch == 3


@pytest.mark.parametrize("error", [KeyError(7), SystemExit(3)])
def test_whatever_a_schedule_raises_the_history_is_kept(error):
    def schedule(epoch):
        if epoch == 3:
            raise error
        return 0.1

    net = pynn.Network([2, 3, 1], rng=0)
    with pytest.raises(type(error)) as raised:
        net.fit(*pynn.datasets.moons(30, rng=0), epochs=9, learning_rate=schedule)
    assert raised.value is error
    assert error.history.epochs == net.epoch == 3


def test_a_callback_that_assigns_nan_is_named():
    def spoil(net, history):
        if history.epochs == 3:
            net[2].W[0, 1] = np.nan

    net = pynn.Network([2, 3, 1], rng=0)
    before = net.parameters.copy()
    for epochs in (3, 9):
        with pytest.raises(pynn.DivergenceError, match=r"^after epoch 3: W\[2\]\[0, 1\] is nan, which a callback assigned"):
            net.fit(*pynn.datasets.moons(30, rng=0), epochs=epochs, callbacks=[spoil])
        assert np.array_equal(net.parameters, before)


@pytest.mark.parametrize("other", [pynn.callbacks.ReduceOnPlateau("loss"),
                                   pynn.callbacks.LearningRateSchedule(pynn.schedules.Step(0.1, every=1, factor=0.5))])
def test_a_schedule_that_is_a_callback_excludes_others_that_set_the_learning_rate(other):
    net = pynn.Network([2, 3, 1], rng=0)
    halve = pynn.callbacks.LearningRateSchedule(pynn.schedules.Exponential(0.4, factor=0.5))
    for callbacks in ([halve, other], [other, halve]):
        with pytest.raises(ValueError, match=r"^callbacks: .*LearningRateSchedule.* both set the learning rate"):
            net.fit(*pynn.datasets.moons(30, rng=0), callbacks=callbacks)
    assert net.epoch == 0
    plateaus = [pynn.callbacks.ReduceOnPlateau("loss"), pynn.callbacks.ReduceOnPlateau("accuracy")]
    net.fit(*pynn.datasets.moons(30, rng=0), epochs=2, callbacks=plateaus)


@pytest.mark.parametrize(("path", "error"), [("", ValueError), ("new/", ValueError), ("a\0b", ValueError), (None, TypeError),
                                             (3, TypeError)])
def test_model_checkpoint_refuses_what_is_no_name_of_a_file(path, error, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    net = pynn.Network([2, 3, 1], rng=0)
    with pytest.raises(error, match=r"^path: expected .*, got "):
        net.fit(*pynn.datasets.moons(30, rng=0), epochs=2, callbacks=[pynn.callbacks.ModelCheckpoint(path)])
    assert net.epoch == 0
    if isinstance(path, str):
        for act in (net.save, pynn.load, lambda path: pynn.export.to_numpy(net, path, check=False)):
            with pytest.raises(ValueError, match=r"^path: expected the name of a file, got .*"):
                act(path)
    assert list(tmp_path.iterdir()) == []


def test_what_finish_raises_keeps_the_history_too():
    class Report:
        def __call__(self, net, history):
            pass

        def finish(self, net, history):
            raise OSError("no printer")

    with pytest.raises(OSError, match="no printer") as raised:
        pynn.Network([2, 3, 1], rng=0).fit(*pynn.datasets.moons(30, rng=0), epochs=4, callbacks=[Report()])
    assert raised.value.history.epochs == 4
