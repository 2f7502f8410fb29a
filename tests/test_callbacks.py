"""Dropout, weights, penalties, schedules, and that the network goes on with its optimiser; on both engines."""
from __future__ import annotations

import pickle

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

matplotlib.use("Agg")

import pynn
from pynn import optimizers, schedules
from pynn.randomness import kept_units

from .conftest import problem
from .test_mathematics import assert_close, networks

RECIPES = [optimizers.SGD(), optimizers.SGD(momentum=0.9), optimizers.SGD(momentum=0.9, nesterov=True), optimizers.RMSprop(),
           optimizers.Adagrad(), optimizers.Adam(), optimizers.AdamW(), optimizers.Adamax()]


def classes(m=300, seed=0):
    return pynn.datasets.moons(m, rng=seed)


# ------------------------------------------------------------------------------------------------- the two engines


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


# --------------------------------------------------------------------------------------------------------- dropout


def test_dropout_draws_every_unit_with_its_probability():
    kept = np.array([kept_units(7, step, 2, 50, 40, 0.3) for step in range(50)])
    assert abs(kept.mean() - 0.7) < 0.005
    for axis in (0, 1, 2):              # of steps, units, examples
        others = tuple({0, 1, 2} - {axis})
        assert abs(kept.mean(axis=others) - 0.7).max() < 0.1
    assert (kept_units(7, 3, 1, 50, 40, 0.3) != kept_units(7, 3, 2, 50, 40, 0.3)).any()
    assert (kept_units(8, 3, 1, 50, 40, 0.3) != kept_units(7, 3, 1, 50, 40, 0.3)).any()


def test_a_step_with_dropout_worked_by_hand(engine):
    """One hidden layer of identity: what reaches the output, and dW, follow from the mask alone."""
    net = pynn.Network([2, 4, 1], hidden="linear", output="linear", dropout=0.5, rng=5, engine=engine)
    X, y = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]]), np.zeros(3)
    W1, W2 = net[1].W.copy(), net[2].W.copy()
    mask = kept_units(5, 0, 1, 4, 3, 0.5) * 2.0
    assert 0 < mask.mean() < 2
    A1 = mask * (W1 @ X.T)
    y_hat = W2 @ A1
    dZ2 = 2 * y_hat
    dZ1 = (W2.T @ dZ2) * mask
    history = net.fit(X, y, epochs=1, batch_size=None, learning_rate=0.01, shuffle=False)
    assert history.loss[0] == pytest.approx((y_hat**2).mean(), rel=1e-12)
    np.testing.assert_allclose(net[2].W, W2 - 0.01 * dZ2 @ A1.T / 3, rtol=1e-12)
    np.testing.assert_allclose(net[1].W, W1 - 0.01 * dZ1 @ X / 3, rtol=1e-12)


def test_predictions_and_gradients_drop_nothing(engine):
    X, y = classes()
    net = pynn.Network([2, 8, 1], dropout=0.9, rng=0, engine=engine)
    plain = pynn.Network([2, 8, 1], rng=0, engine=engine)
    assert net(X).tobytes() == plain(X).tobytes()
    assert net.backward(X, y).flat.tobytes() == plain.backward(X, y).flat.tobytes()


# --------------------------------------------------------------------------------------------------------- weights


def test_a_weight_of_two_is_the_example_twice(engine):
    X, y = classes(60)
    weights = np.random.default_rng(0).integers(0, 3, 60)
    twice = pynn.Network([2, 5, 1], rng=0, engine=engine)
    weighted = twice.copy()
    twice.fit(np.repeat(X, weights, axis=0), np.repeat(y, weights), epochs=5, batch_size=None, learning_rate=0.5)
    weighted.fit(X, y, epochs=5, batch_size=None, learning_rate=0.5, sample_weight=weights)
    assert_close(weighted.parameters, twice.parameters, 1e-10, "parameters")
    repeated = twice.evaluate(np.repeat(X, weights, axis=0), np.repeat(y, weights))
    assert weighted.evaluate(X, y, weights) == pytest.approx(repeated, rel=1e-10)


def test_r2_with_weights_is_scikit_learns():
    metrics = pytest.importorskip("sklearn.metrics")
    net = pynn.Network([3, 4, 2], output="linear", rng=0)
    X, y = problem(net, 50, 0)
    w = np.random.default_rng(0).uniform(size=50)
    assert net.score(X, y, w) == pytest.approx(metrics.r2_score(y, net.predict(X), sample_weight=w), rel=1e-10)


def test_class_weights(engine):
    X, y = classes(90)
    keep = (y == 0) | (np.arange(90) % 3 == 0)
    X, y = X[keep], y[keep]
    share = np.bincount(y) / len(y)
    nets = [pynn.Network([2, 5, 1], rng=0, engine=engine) for _ in range(3)]
    nets[0].fit(X, y, epochs=3, class_weight="balanced")
    nets[1].fit(X, y, epochs=3, class_weight={0: 1 / share[0], 1: 1 / share[1]})
    nets[2].fit(X, y, epochs=3, sample_weight=1 / share[y])
    for other in nets[1:]:
        assert_close(other.parameters, nets[0].parameters, 1e-12, "parameters")
    softmax = [pynn.Network([2, 5, 2], rng=0, engine=engine) for _ in range(2)]
    softmax[0].fit(X, y, epochs=3, class_weight={1: 2.0}, sample_weight=np.ones(len(y)))
    softmax[1].fit(X, np.eye(2)[y], epochs=3, class_weight={1: 2.0})
    assert softmax[0].parameters.tobytes() == softmax[1].parameters.tobytes()


# ------------------------------------------------------------------------- learning rates, and what is kept between fits


def test_schedules():
    assert [schedules.Exponential(1.0, 0.5)(e) for e in range(4)] == [1, 0.5, 0.25, 0.125]
    cosine = schedules.Cosine(1.0, epochs=10, lowest=0.2)
    assert [cosine(0), cosine(5), cosine(10), cosine(99)] == pytest.approx([1, 0.6, 0.2, 0.2])
    assert [schedules.WarmUp(0.3, epochs=3)(e) for e in range(5)] == pytest.approx([0.1, 0.2, 0.3, 0.3, 0.3])
    assert schedules.Constant(0.5)(1000) == 0.5


def test_a_schedule_is_asked_once_an_epoch(engine):
    X, y = classes()
    nets = [pynn.Network([2, 5, 1], rng=0, engine=engine) for _ in range(2)]
    nets[0].fit(X, y, epochs=3, learning_rate=schedules.Step(0.4, every=1, factor=0.5))
    for rate in (0.4, 0.2, 0.1):
        nets[1].fit(X, y, epochs=1, learning_rate=rate)
    assert nets[0].parameters.tobytes() == nets[1].parameters.tobytes()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.rule)
def test_30_epochs_and_30_more_are_60(recipe, engine):
    X, y = classes(100)
    once = pynn.Network([2, 6, 1], dropout=0.2, rng=3, engine=engine)
    twice = once.copy()
    keywords = {"learning_rate": schedules.Cosine(0.05, epochs=60), "validation_split": 0.2, "l2": 0.01}
    once.fit(X, y, epochs=60, optimizer=recipe, **keywords)
    twice.fit(X, y, epochs=30, optimizer=recipe, **keywords)
    twice = pickle.loads(pickle.dumps(twice))
    twice.fit(X, y, epochs=30, **keywords)
    assert once.parameters.tobytes() == twice.parameters.tobytes()
    assert (once.epoch, once.optimizer) == (twice.epoch, twice.optimizer)


def test_the_learning_rate_overrides_that_of_a_named_optimizer():
    net = pynn.Network([2, 3, 1], rng=0)
    assert net.optimizer == optimizers.SGD(learning_rate=0.01)
    net.fit(*classes(), epochs=1, optimizer="adam", learning_rate=0.3)
    assert net.optimizer == optimizers.Adam(learning_rate=0.3)
    net.fit(*classes(), epochs=1)
    assert net.optimizer == optimizers.Adam(learning_rate=0.3)
    net.fit(*classes(), epochs=1, optimizer="adam")
    assert net.optimizer == optimizers.Adam(learning_rate=0.001)
    assert optimizers.Adam(0.1) == optimizers.Adam(learning_rate=0.1)
    assert optimizers.Adamax(0.1).learning_rate == optimizers.SGD(0.1).learning_rate == 0.1


def test_a_callback_may_set_the_learning_rate():
    X, y = classes()
    nets = [pynn.Network([2, 5, 1], rng=0) for _ in range(2)]
    nets[0].fit(X, y, epochs=2, learning_rate=0.4, callbacks=[lambda net, history: setattr(net, "learning_rate", 0.1)])
    nets[1].fit(X, y, epochs=2, learning_rate=lambda epoch: [0.4, 0.1][epoch])
    assert nets[0].parameters.tobytes() == nets[1].parameters.tobytes()


def test_finish_is_called_once_when_the_fit_ends():
    class Counting:
        calls, finished = 0, 0

        def __call__(self, net, history):
            self.calls += 1
            return self.calls == 3

        def finish(self, net, history):
            self.finished += 1
            assert len(history) == 3

    counting = Counting()
    pynn.Network([2, 3, 1], rng=0).fit(*classes(), epochs=9, callbacks=[counting])
    assert (counting.calls, counting.finished) == (3, 1)


# ------------------------------------------------------------------------------------------------------- callbacks


def test_early_stopping_restores_the_best_epoch(engine):
    X, y = classes(200)
    net = pynn.Network([2, 20, 1], rng=0, engine=engine)
    kept = []
    stop = pynn.callbacks.EarlyStopping(patience=4)
    history = net.fit(X, y, epochs=500, validation_split=0.4, optimizer="adam", learning_rate=0.1,
                      callbacks=[lambda net, history: kept.append(net.parameters.copy()), stop])
    best = int(np.argmin(history.val_loss))
    assert len(history) == best + 1 + 4 == stop.best_epoch + 4
    assert net.parameters.tobytes() == kept[best].tobytes()


def test_early_stopping_counts_only_what_is_better_by_min_delta_and_starts_anew():
    X, y = classes(100)
    stop = pynn.callbacks.EarlyStopping("accuracy", patience=3, min_delta=0.9, restore_best=False)
    net = pynn.Network([2, 4, 1], rng=0)
    for _ in range(2):
        assert len(net.fit(X, y, epochs=50, callbacks=[stop])) == 4


def test_reduce_on_plateau_and_its_lowest():
    X, y = classes(100)
    net = pynn.Network([2, 4, 1], rng=0)
    rates = []
    net.fit(X, y, epochs=7, learning_rate=1.0, callbacks=[
        pynn.callbacks.ReduceOnPlateau("loss", factor=0.1, patience=2, min_delta=10.0, lowest=0.05),
        lambda net, history: rates.append(net.learning_rate)])
    assert rates == pytest.approx([1, 1, 0.1, 0.1, 0.05, 0.05, 0.05])


def test_the_range_test_finds_a_rate_that_learns_from_almost_every_start():
    X, y = pynn.datasets.circles(1000, rng=0)
    learned = 0
    for seed in range(20):
        net = pynn.Network([2, 4, 6, 6, 4, 1], rng=seed)
        net.fit(X, y, epochs=50, learning_rate=pynn.find_learning_rate(net, X, y).suggestion)
        learned += net.score(X, y) > 0.9
    assert learned >= 19


def test_a_network_that_cannot_learn_has_no_learning_rate():
    net = pynn.Network([2, 4, 1], rng=0)
    net[1].b = np.full((4, 1), -1e6)        # every ReLU is dead, and the output's bias is where it should be
    X, y = classes(100)
    with pytest.raises(ValueError, match=r"^net: .* at none"):
        pynn.find_learning_rate(net, X, y, highest=1e-5)


def test_the_range_test_leaves_the_network_alone_and_finds_a_rate_that_learns():
    X, y = pynn.datasets.circles(600, rng=0)
    net = pynn.Network([2, 4, 6, 6, 4, 1], rng=0)
    before = pickle.dumps(net)
    found = pynn.find_learning_rate(net, X, y, optimizer="adam")
    assert pickle.dumps(net) == before
    assert (np.diff(found.learning_rates) > 0).all()
    assert found.losses.shape == found.learning_rates.shape
    history = net.fit(X, y, epochs=60, optimizer="adam", learning_rate=found.suggestion)
    assert history.loss[-1] < 0.5 * history.loss[0]
    ax = found.plot()
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), np.column_stack([found.learning_rates, found.losses]))
    assert ax.lines[1].get_xdata()[0] == found.suggestion
    with pytest.raises(TypeError, match=r"^found:"):
        pynn.plot.range_test(net)


@pytest.mark.parametrize("recipe", RECIPES[1:], ids=lambda recipe: recipe.rule)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_optimisers_keep_is_never_subnormal(recipe, dtype):
    """A dead unit has no gradient; its m would sink below the normal numbers, where a CPU is slow, and stay there."""
    X, y = classes(50)
    net = pynn.Network([2, 4, 1], rng=0, dtype=dtype)
    net.fit(X, y, epochs=1, optimizer=recipe)
    net[1].b = [[-1e6], [1], [1], [1]]
    net.fit(X, y, epochs=9000, batch_size=None)
    kept = np.abs(net.state.vectors)
    assert not ((kept > 0) & (kept < np.finfo(dtype).smallest_normal)).any()
    assert np.isfinite(kept).all()


def test_model_checkpoint_saves_the_best_epoch(tmp_path, engine):
    X, y = classes(100)
    net = pynn.Network([2, 20, 1], rng=0, engine=engine)
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
