"""diagnose: networks made ill on purpose, each named rightly, and healthy ones, of which nothing is said."""
from __future__ import annotations

import itertools
import re
import time

import numpy as np
import pytest

import pynn
from pynn import datasets, optimizers
from pynn.learn.diagnosis import KINDS

from .test_remedies import ILL as OTHERS

pytestmark = pytest.mark.filterwarnings("ignore::pynn.DivergenceWarning")       # of fits that make a network ill

CAMPAIGN = 20           # seeds of every kind of illness, of which 19 must be named
HEALTHY = 100           # networks, of which 98 must pass
QUICK = 2               # of both in the plain run


def scaled(X):
    return (X - X.mean(axis=0)) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1)


def noisy_blobs(m, rng):
    return datasets.blobs(m, spread=1.5, rng=rng)


def task(seed, m=600):
    """X, y, the number of outputs and their activation."""
    make, outputs, output = [(datasets.circles, 1, "sigmoid"), (datasets.moons, 1, "sigmoid"), (datasets.xor, 1, "sigmoid"),
                             (noisy_blobs, 3, "softmax"), (datasets.plane, 1, "linear")][seed % 5]
    return *make(m, rng=seed), outputs, output


def patient(seed, hidden="relu", widths=(8, 6), inputs=2, initializer=None, **keywords):
    """A fresh network, still healthy, with its X and y."""
    X, y, outputs, output = task(seed)
    net = pynn.Network([inputs, *widths, outputs], hidden=hidden, output=output, rng=seed,
                       initializer=initializer or ("glorot" if hidden in ("tanh", "sigmoid") else "he"), **keywords)
    net.learning_rate = 0.1
    return net, X, y


# -------------------------------------------------------------------------------------- ill: seed -> (net, X, y, layer)


def dead_by_biases(seed):
    net, X, y = patient(seed)
    l = 1 + seed % 2
    net[l].b[:[6, None][seed % 2]] = -50
    return net, X, y, l


def dead_after_training(seed):
    net, X, y = patient(seed)
    net.fit(X, y, epochs=5)
    net[1].b[...] -= 10 * np.abs(net[1].W).sum(axis=1, keepdims=True)
    return net, X, y, 1


def saturated(seed):
    net, X, y = patient(seed, ["sigmoid", "tanh"][seed % 2])
    for layer in net:
        layer.W[...] *= [50, 100, 300][seed % 3]
    return net, X, y, (1, 2)


def vanishing_deep(seed):
    return *patient(seed, "sigmoid", [8] * 10), 1


def vanishing_small(seed):
    net, X, y = patient(seed, ["tanh", "relu", "elu"][seed % 3], [8] * 4)
    for layer in list(net)[1:]:
        layer.W[...] *= [0.03, 0.1][seed % 2]
    return net, X, y, 1


def exploding(seed):
    net, X, y = patient(seed, ["relu", "leaky_relu", "linear"][seed % 3], [8] * 8)
    for layer in net:
        layer.W[...] *= [4, 6, 30][seed % 3]
    return net, X, y, None


def loud(seed):
    """Weights more than twice too large in layers so wide that the gradient hardly grows beside that of the output."""
    net, X, y = patient(seed, "relu", [100] * 10, initializer="he")
    for layer in net:
        layer.W[...] *= 2.2
    return net, X, y, None


def overflowing(seed):
    net, X, y = patient(seed, dtype="float32")
    for layer in net:
        layer.W[...] *= 1e15
    return net, X, y, (1, 2, 3)


def symmetric_zeros(seed):
    return *patient(seed, ["relu", "tanh", "sigmoid"][seed % 3], initializer="zeros"), 1


def symmetric_rows(seed):
    """Equal rows, and those to whom they speak cannot tell them apart: training leaves them equal."""
    net, X, y = patient(seed, ["tanh", "sigmoid"][seed % 2], [6])
    net[1].W[...] = net[1].W[0]
    net[2].W[...] = net[2].W[:, :1]
    net.fit(X, y, epochs=5)
    return net, X, y, 1


def unscaled(seed):
    net, X, y = patient(seed)
    return net, [X * [1, 1000], np.add(X, [0, 500]), X * 255, X * 1e-4][seed % 4], y, None


def unscaled_targets(seed):
    net, X, y = patient(5 * seed + 4)
    return net, X, [1e4 * y, y + 300][seed % 2], None


def imbalanced(seed):
    X, y, outputs, _ = task(seed + seed // 4 if seed % 5 < 4 else seed + 1, 2000)
    rare = y == seed % 2
    kept = np.concatenate([np.flatnonzero(~rare), np.flatnonzero(rare)[:20]])
    net = pynn.Network([2, 8, 6, outputs], rng=seed)
    net.fit(X[kept], y[kept], epochs=1 + 15 * (seed % 3), learning_rate=0.1)
    return net, X[kept], y[kept], None


def too_high(seed):
    """Not trained yet."""
    net, X, y = patient(seed, ["relu", "tanh", "sigmoid"][seed % 3], (16, 8))
    net.learning_rate = [30.0, 100.0, 1000.0][seed % 3]
    return net, X, y, None


def too_high_after_training(seed):
    """The fit has spoilt the weights."""
    net, X, y = patient(seed, ["tanh", "relu"][seed % 2], (16, 8))
    recipe = [optimizers.Adam(learning_rate=3.0), optimizers.RMSprop(learning_rate=3.0)][seed // 2 % 2]
    net.fit(X, y, epochs=20, optimizer=recipe)
    return net, X, y, None


def too_low(seed):
    net, X, y = patient(seed, ["relu", "tanh"][seed % 2], (16, 8))
    recipe = [optimizers.SGD(learning_rate=1e-5), optimizers.Adam(learning_rate=1e-7), optimizers.RMSprop(learning_rate=1e-6)]
    net.fit(X, y, epochs=1 + 5 * (seed % 2), optimizer=recipe[seed % 3])
    return net, X, y, None


def not_finite(seed):
    net, X, y = patient(seed)
    l = 1 + seed % 3
    net[l].W[0, -1] = [np.nan, np.inf, -np.inf][seed // 3 % 3]
    return net, X, y, l


def constant_feature(seed):
    net, X, y = patient(seed, inputs=3, widths=(16, 8))
    return net, np.insert(X, seed % 3, [0.0, 1.0, 0.5][seed % 3], axis=1), y, None


def duplicate_feature(seed):
    net, X, y = patient(seed, inputs=3, widths=(16, 8))
    return net, X[:, [[0, 1, 0], [1, 0, 0], [1, 1, 0]][seed % 3]], y, None


def constant_labels(seed):
    net, X, y = patient(seed)
    return net, X, np.full_like(y, y[0]), None


ILL = {
    "dead_relus": [dead_by_biases, dead_after_training],
    "saturated_units": [saturated],
    "vanishing_gradients": [vanishing_deep, vanishing_small],
    "exploding_gradients": [exploding, loud, overflowing],
    "symmetry": [symmetric_zeros, symmetric_rows],
    "unscaled_inputs": [unscaled],
    "unscaled_targets": [unscaled_targets],
    "class_imbalance": [imbalanced],
    "learning_rate_too_high": [too_high, too_high_after_training],
    "learning_rate_too_low": [too_low],
    "non_finite_parameters": [not_finite],
    "constant_features": [constant_feature],
    "duplicate_features": [duplicate_feature],
    "constant_labels": [constant_labels],
}
ILLNESSES = [pytest.param(kind, make, id=make.__name__) for kind, makers in ILL.items() for make in makers]


def named(kind, make, seed):
    """Whether the first finding is the illness, in its layer."""
    net, X, y, layer = make(seed)
    first = next(iter(pynn.diagnose(net, X, y)), None)
    return first is not None and first.kind == kind and (layer is None or first.layer in np.atleast_1d(layer))


@pytest.mark.parametrize(("kind", "make"), ILLNESSES)
def test_ill(kind, make):
    assert all(named(kind, make, seed) for seed in range(QUICK))


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "make"), ILLNESSES)
def test_ill_campaign(kind, make):
    missed = [seed for seed in range(CAMPAIGN) if not named(kind, make, seed)]
    assert len(missed) <= CAMPAIGN - 19, missed


def test_every_kind_has_its_patient():
    assert set(ILL) | {kind for _, kind in OTHERS} == set(KINDS)


# ------------------------------------------------------------------------------------------------------------ healthy


def real(name):
    def make(seed):
        X, y = getattr(pytest.importorskip("sklearn.datasets"), f"load_{name}")(return_X_y=True)
        return scaled(X), y
    return make


DATA = {        # name: (maker, outputs, output, the least score of a trained network)
    "circles": (lambda seed: datasets.circles(1000, rng=seed), 1, "sigmoid", 0.97),
    "moons": (lambda seed: datasets.moons(1000, rng=seed), 1, "sigmoid", 0.93),
    "xor": (lambda seed: datasets.xor(800, rng=seed), 1, "sigmoid", 0.9),
    "spirals": (lambda seed: datasets.spirals(900, classes=3, rng=seed), 3, "softmax", 0.9),
    "blobs": (lambda seed: datasets.blobs(300, centers=4, rng=seed), 4, "softmax", 0.8),
    "noisy blobs": (lambda seed: datasets.blobs(1000, centers=[[-1, 0], [1, 0]], spread=1.0, rng=seed), 1, "sigmoid", 0.8),
    "plane": (lambda seed: datasets.plane(500, rng=seed), 1, "linear", 0.9),
    "sine": (lambda seed: datasets.sine(500, rng=seed), 1, "linear", 0.9),
    "iris": (real("iris"), 3, "softmax", 0.95),
    "wine": (real("wine"), 3, "softmax", 0.95),
    "cancer": (real("breast_cancer"), 1, "sigmoid", 0.95),
    "digits": (real("digits"), 10, "softmax", 0.95),
    "diabetes": (lambda seed: (scaled((data := real("diabetes")(seed))[0]), scaled(data[1])), 1, "linear", 0.4),
}
SIZES = [(8,), (4, 6, 6, 4), (16, 8), (32, 32), (50, 25), ()]
RECIPES = [(optimizers.SGD(learning_rate=0.1), 32), (optimizers.SGD(learning_rate=0.3), None),
           (optimizers.SGD(learning_rate=0.02, momentum=0.9), 32), (optimizers.RMSprop(learning_rate=0.003), 64),
           (optimizers.Adagrad(learning_rate=0.05), 32), (optimizers.Adam(learning_rate=0.01), 32),
           (optimizers.Adam(learning_rate=0.003), 16), (optimizers.AdamW(learning_rate=0.01), 64),
           (optimizers.Adamax(learning_rate=0.01), 32)]
HIDDEN = ["relu", "tanh", "leaky_relu", "sigmoid", "elu", "gelu", "silu", "softplus", "selu"]


def healthy(seeds, epochs=(20, 60, 150)):
    """Trained networks of all sorts that learned: (net, X, y, what it is)."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        name = list(DATA)[seed % len(DATA)]
        make, outputs, output, least = DATA[name]
        X, y = make(seed)
        hidden, sizes = HIDDEN[rng.choice(len(HIDDEN), p=[0.3, 0.2, *[0.5 / 7] * 7])], SIZES[rng.integers(len(SIZES))]
        recipe, batch_size = RECIPES[rng.integers(len(RECIPES))]
        net = pynn.Network([X.shape[1], *sizes, outputs], hidden=hidden, output=output, rng=seed,
                           initializer="glorot" if hidden in ("tanh", "sigmoid") else "he",
                           dropout=float(rng.choice([0, 0, 0, 0.2])), dtype=["float64", "float32"][rng.integers(2)])
        try:
            net.fit(X, y, epochs=int(rng.choice(epochs)), batch_size=batch_size, optimizer=recipe)
        except pynn.DivergenceError:
            continue
        if net.score(X, y) >= least:
            yield net, X, y, f"{seed}: {name} {hidden} {sizes} {recipe} {batch_size} epochs {net.epoch} {net.evaluate(X, y)}"


@pytest.mark.slow
def test_healthy_campaign():
    diagnoses = [(what, pynn.diagnose(net, X, y)) for net, X, y, what in itertools.islice(healthy(itertools.count()), HEALTHY)]
    alarms = [(what, str(diagnosis)) for what, diagnosis in diagnoses if not diagnosis.ok]
    assert len(alarms) <= 2, alarms
    assert {name for name in DATA for what, _ in diagnoses if f": {name} " in what} == set(DATA)


@pytest.mark.slow
def test_fresh_campaign():
    """The same networks before their training."""
    alarms = []
    for trained, X, y, what in itertools.islice(healthy(itertools.count()), HEALTHY):
        net = pynn.Network(trained.sizes, hidden=trained.activations[:-1], output=trained.activations[-1], rng=trained.epoch)
        net.state.use(trained.optimizer)
        diagnosis = pynn.diagnose(net, X, y)
        if not diagnosis.ok:
            alarms.append((what, str(diagnosis)))
    assert len(alarms) <= 2, alarms


def test_healthy():
    assert all(pynn.diagnose(net, X, y).ok for net, X, y, _ in itertools.islice(healthy(range(8), epochs=[20]), QUICK))


def test_a_fresh_network_that_will_learn_is_healthy():
    """Also at SGD's default learning rate, with which a trial of ten epochs hardly gets anywhere yet."""
    X, y = datasets.circles(1000, rng=0)
    for seed in range(3):
        net = pynn.Network([2, 4, 6, 6, 4, 1], rng=seed)
        assert pynn.diagnose(net, X, y).ok
        net.fit(X, y, epochs=150)
        assert net.score(X, y) > 0.9


# ------------------------------------------------------------------------------------------------------- the findings


def the_only(net, X, y):
    (finding,) = pynn.diagnose(net, X, y)
    return finding


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e[+-]?\d+)?", text)]


def test_dead_units_are_counted_and_what_they_bring_about_is_not_reported():
    net, X, y = patient(1)
    net[1].b[[0, 1, 2, 4, 5, 7]] = -50
    assert the_only(net, X, y).message == "6 of 8 units (1, 2, 3, 5, 6, 8) are 0 for every one of 600 examples"
    net[1].b[...] = net[2].b[...] = -50
    assert the_only(net, X, y).layer == 1


def test_half_of_a_layer_dead_is_no_illness():
    net, X, y = patient(1)
    net[1].b[:4] = -50
    assert "dead_relus" not in [finding.kind for finding in pynn.diagnose(net, X, y)]


def test_rows_that_are_only_small_beside_another_are_not_equal():
    net, X, y = patient(1)
    net[1].W[0] *= 1e9
    assert "symmetry" not in [finding.kind for finding in pynn.diagnose(net, X, y)]
    alike = " of 8 rows of W[1], with their b[1] and their columns of W[2], equal another row; "
    net[1].W[1:] = net[1].W[1] + 1e-9 * np.arange(7)[:, None]
    net[2].W[:, 1:] = net[2].W[:, 1:2] * (1 + 1e-9)
    assert the_only(net, X, y).message == f"7{alike}2 differ"
    net, X, y = patient(1)
    net[1].W[1:4], net[2].W[:, 1:4] = net[1].W[[0, 2, 2]], net[2].W[:, [0, 2, 2]]
    assert the_only(net, X, y).message == f"4{alike}6 differ"
    net[1].W[1] += 1
    net[1].W[0] += 2
    assert pynn.diagnose(net, X, y).ok          # two alike of eight are no illness


def test_equal_rows_that_different_columns_part_are_no_illness():
    """Of one feature, all paired weights are 1.41 or −1.41, and the network learns."""
    X, y = datasets.sine(200, rng=0)
    net = pynn.Network([1, 8, 1], output="linear", rng=0)
    assert len(np.unique(net[1].W)) == 2
    assert pynn.diagnose(net, X, y).ok
    net.fit(X, y, epochs=100, learning_rate=0.1)
    assert net.score(X, y) > 0.9
    assert pynn.diagnose(net, X, y).ok


def test_saturation_is_measured():
    net, X, y = patient(1, "tanh")
    net[1].W[...] *= 1e4
    finding = the_only(net, X, y)
    Z = net.forward(X).Z[1]
    assert finding.layer == 1
    assert numbers(finding.message.replace("|z|", "")) == pytest.approx([100 * np.mean(1 - np.tanh(Z) ** 2 < 0.01),
                                                                         np.abs(Z).mean()], rel=1e-2)


def test_a_network_that_is_sure_and_right_may_be_saturated():
    X, y = datasets.blobs(300, centers=[[-3, 0], [3, 0]], rng=0)
    net = pynn.Network([2, 4, 1], hidden="tanh", rng=0)
    net[1].W[...], net[2].W[...] = [[100, 0.0], [101, 0], [102, 0], [103, 0]], 3
    assert pynn.diagnose(net, X, y).ok
    net[2].W[...] = 0.01
    assert pynn.diagnose(net, X, y).findings[0].kind == "saturated_units"


def test_a_sigmoid_output_saturates_only_before_squared_errors():
    X, y = datasets.moons(500, rng=0)
    kinds = {}
    for loss in ("mean_squared_error", "binary_cross_entropy"):
        net = pynn.Network([2, 1], loss=loss, rng=0)
        net.learning_rate = 0.1
        net[1].b[...] = -40
        kinds[loss] = [finding.kind for finding in pynn.diagnose(net, X, y)]
    assert kinds["mean_squared_error"] == ["saturated_units"]
    assert "saturated_units" not in kinds["binary_cross_entropy"]


@pytest.mark.parametrize("make", [vanishing_deep, exploding])
def test_sizes_of_gradients_are_those_of_backward(make):
    net, X, y, _ = make(0)
    dZ = net.backward(X, y).dZ[1:]
    told = the_only(net, X, y).message.split(":")[1]
    assert numbers(told) == pytest.approx([np.sqrt(np.mean(np.square(d))) for d in dZ], rel=0.05)


def test_where_a_network_overflows():
    net, X, y, _ = overflowing(0)
    with np.errstate(all="ignore"):
        first = next(l for l, Z in enumerate(net.forward(X).Z) if l and not np.isfinite(Z).all())
    finding = the_only(net, X, y)
    assert (finding.layer, finding.message) == (first, f"some of Z[{first}] are too large for float32")


def test_features_are_told_by_their_names():
    net, X, y = patient(1, inputs=3, widths=(16, 8))
    net.feature_names = ["age", "height", "weight"]
    X = np.insert(X, 1, 0.5, axis=1)
    assert "feature 1 (height) is 0.5" in the_only(net, X, y).message
    assert the_only(net, X[:, [0, 2, 0]], y).message.startswith("2 (weight) equals 0 (age)")
    assert "most of all feature 2 (weight): mean" in next(iter(pynn.diagnose(net, X * [1, 1, 1000], y))).message


def test_the_remedy_of_unscaled_inputs_works():
    net, X, y = patient(1)
    X = X * [1, 1000]
    assert "net.standardizer = pynn.Standardizer.fit(X)" in the_only(net, X, y).remedy
    net.standardizer = pynn.Standardizer.fit(X)
    assert pynn.diagnose(net, X, y).ok


@pytest.mark.parametrize("trained", [False, True])
def test_inputs_are_standardised_once(trained):
    """Features far from 0, where a second time would bring them far away again."""
    for seed in range(3):
        net, X, y = patient(seed, widths=(16, 8))
        X = X * [1, 1000] + [300, -5e5]
        net.standardizer = pynn.Standardizer.fit(X)
        if trained:
            net.fit(X, y, epochs=40, learning_rate=0.05)
        assert pynn.diagnose(net, X, y).ok
        assert net.standardizer is not None


def test_a_loud_fresh_network_tells_both_losses_and_the_sizes_of_Z():
    net, X, y, _ = loud(2)
    finding = the_only(net, X, y)
    guess = pynn.Network([2, 1], initializer="zeros")
    told, sizes = finding.message.split("; root mean square of Z by layer: ")
    loss, mean = re.fullmatch(r"the loss is (\S+), that of always predicting the mean (\S+)", told).groups()
    assert float(loss) == pytest.approx(net.evaluate(X, y)["loss"], rel=1e-3)
    assert float(mean) == pytest.approx(guess.evaluate(X, y)["loss"], rel=1e-2)
    assert numbers(sizes) == pytest.approx([np.sqrt(np.mean(Z**2)) for Z in net.forward(X).Z[1:]], rel=0.06)
    assert finding.layer == len(net)
    net.state.epoch = 1          # of a trained one something else is to be said
    assert "that of always predicting the mean" not in str(pynn.diagnose(net, X, y))


def test_what_makes_the_loss_of_a_fresh_network_high_but_no_harm():
    """Targets far from 0 for their spread, small targets, very rare classes, and a bias."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 3))
    signal = np.tanh(X @ [1, 2, -1])
    rare = np.arange(500) == 7
    for y, output in ((15 + 0.5 * signal, "linear"), (0.05 * signal, "linear"), (rare.astype(int), "sigmoid")):
        net = pynn.Network([3, 16, 8, 1], output=output, rng=0)
        net.learning_rate = 0.02
        assert "exploding_gradients" not in [finding.kind for finding in pynn.diagnose(net, X, y)]
    net[3].b[...] = 100
    assert "exploding_gradients" not in [finding.kind for finding in pynn.diagnose(net, X, y)]


def test_a_network_that_does_well_may_have_dead_units():
    X, y = datasets.blobs(300, centers=[[-3, 0], [3, 0]], rng=0)
    net = pynn.Network([2, 8, 1], rng=0)
    net.fit(X, y, epochs=50, learning_rate=0.1)
    net[1].b[np.argsort(np.abs(net[2].W[0]))[:6]] = -50
    assert net.score(X, y) > 0.95
    if net.evaluate(X, y)["loss"] < 0.1:
        assert pynn.diagnose(net, X, y).ok


def test_targets_are_told_by_their_own_names():
    net, X, y, _ = unscaled_targets(0)
    net.feature_names, net.label_names = ["a", "b"], ["price"]
    assert "target 0 (price)" in the_only(net, X, y).message


def test_constant_labels_are_not_called_rare_too():
    net, X, y, _ = constant_labels(0)
    assert the_only(net, X, y).message == f"y is {y[0]} for all of 600 examples"


def test_the_scale_of_a_feature():
    net, X, y = patient(1)
    X = X * [1, 1000]
    assert the_only(net, X, y).message == (
        f"1 of 2 features out of scale, most of all feature 1: mean {X[:, 1].mean():.4g}, standard deviation "
        f"{X[:, 1].std():.4g}, largest size {np.abs(X[:, 1]).max():.4g}")
    assert pynn.diagnose(net, scaled(X), y).ok


@pytest.mark.parametrize("columns", [3, 1])
def test_classes_are_counted(columns):
    """Softmax with labels or one-hot rows: of class 2 there is none."""
    X, y = datasets.blobs(300, rng=0)
    X, y = X[y < 2], y[y < 2]
    net = pynn.Network([2, 16, 3], rng=0)
    net.learning_rate = 0.1
    assert the_only(net, X, np.eye(3)[y] if columns == 3 else y).message == (
        "class 2 has 0 of 200 examples (0.00%); always answering 0 is right for 50.00%")


def test_a_rare_label_of_several():
    X, y = datasets.moons(1000, rng=0)
    Y = np.column_stack([y, np.arange(1000) < 10])
    net = pynn.Network([2, 16, 2], output="sigmoid", rng=0)
    net.learning_rate = 0.1
    finding = the_only(net, X, Y)
    assert finding.message.startswith("class 1 of output 1 has 10 of 1000 examples (1.00%)")
    assert "class_weight" not in finding.remedy      # which is for networks that tell classes apart
    net.fit(X, Y, epochs=1, sample_weight=1 + Y[:, 1])


def test_a_spoilt_network_names_the_learning_rate_first():
    net, X, y, _ = too_high_after_training(0)
    kinds = [finding.kind for finding in pynn.diagnose(net, X, y)]
    assert kinds == ["learning_rate_too_high", "saturated_units", "saturated_units"]


def test_a_spoilt_optimiser_is_not_tried():
    """One that has met huge gradients would take tiny steps, and its learning rate seem harmless."""
    net, X, y, _ = too_high_after_training(0)
    net.state.vectors[:] = [[0], [1e12]]
    assert pynn.diagnose(net, X, y).findings[0].kind == "learning_rate_too_high"


def test_a_trial_has_batches_as_the_fit_had():
    net, X, y = patient(0)
    net.fit(X, y, epochs=5, batch_size=None, learning_rate=1e-6)
    assert the_only(net, X, y).message.startswith("in 300 epochs of 600 examples")
    net, X, y = patient(0)
    net.fit(X, y, epochs=5, batch_size=60, learning_rate=1e-6)
    assert the_only(net, X, y).message.startswith("in 30 epochs of 600 examples")


@pytest.mark.parametrize(("learning_rate", "kind"), [(1e-6, "learning_rate_too_low"), (100.0, "learning_rate_too_high")])
def test_the_learning_rate_that_is_recommended_works(learning_rate, kind):
    net, X, y = patient(1, widths=(16, 8))
    net.learning_rate = learning_rate
    finding = the_only(net, X, y)
    assert finding.kind == kind
    net.learning_rate = numbers(finding.remedy)[0]
    assert pynn.diagnose(net, X, y).ok
    net.fit(X, y, epochs=50)
    assert net.score(X, y) > 0.9


@pytest.mark.parametrize("make", [too_low, too_high, vanishing_deep, dead_after_training, symmetric_rows, duplicate_feature])
def test_nothing_is_changed_and_both_engines_agree(make):
    net, X, y, _ = make(1)
    X.flags.writeable = False
    parts, _ = net.__getstate__(), pynn.diagnose(net, X, y)
    after = net.__getstate__()
    assert after._replace(snapshot=None) == parts._replace(snapshot=None)
    for name, value in after.snapshot._asdict().items():
        np.testing.assert_array_equal(value, getattr(parts.snapshot, name), err_msg=name)
    plain = net.copy()
    plain.__setstate__(parts._replace(engine="numpy"))
    assert [finding.kind for finding in pynn.diagnose(plain, X, y)] == [finding.kind for finding in pynn.diagnose(net, X, y)]


def test_words():
    net, X, y = patient(0)
    healthy = pynn.diagnose(net, X, y)
    assert healthy.ok
    assert list(healthy) == []
    assert "nothing found" in str(healthy)
    for makers in ILL.values():
        found = pynn.diagnose(*makers[0](0)[:3])
        assert found.ok == all(finding.level == "note" for finding in found)
        assert list(found)
        for number, finding in enumerate(found, start=1):
            assert finding.kind in KINDS
            assert all(text.endswith(".") and text[0].isupper() for text in (finding.cause, finding.remedy))
            assert numbers(finding.message)
            assert f"{number}. {finding}" in str(found)
            assert max(map(len, str(finding).split("\n"))) <= 88
            told = " ".join(str(finding).split())
            assert all(text in told for text in (finding.kind, finding.message, finding.cause, finding.remedy))


def test_the_work_is_bounded():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200_000, 20))
    net = pynn.Network([20, 256, 256, 1], rng=0)
    start = time.process_time()
    assert pynn.diagnose(net, X, (X[:, 0] > 0).astype(int)).examples < 2000
    assert time.process_time() - start < 10          # a second, but for slow machines


@pytest.mark.parametrize(("arguments", "error", "message"), [
    ((None, [[0, 0]], [1]), TypeError, "net: expected a pynn.Network, got NoneType"),
    ((pynn.Network([2, 1]), [[0]], [1]), ValueError, r"X: expected shape \(m, 2\)"),
    ((pynn.Network([2, 1]), [[0, 0]], [1, 0]), ValueError, "y: expected as many examples as X has, 1, got 2"),
    ((pynn.Network([2, 1]), [[0, 0]], [2]), ValueError, "y: expected numbers from 0 to 1, got 2"),
    ((pynn.Network([2, 1]), [[0, np.nan]], [1]), ValueError, "X: expected finite numbers"),
    ((pynn.Network([2, 1]), np.empty((0, 2)), []), ValueError, "X: expected at least one example")])
def test_bad_input(arguments, error, message):
    with pytest.raises(error, match=message):
        pynn.diagnose(*arguments)
