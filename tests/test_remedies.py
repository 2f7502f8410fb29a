"""diagnose: illnesses that a lecturer makes, each named, and its remedy applied: the network then learns."""
from __future__ import annotations

import contextlib
import json
import pickle
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import pynn
from pynn import datasets, optimizers
from pynn.learn.finding import KINDS

pytestmark = pytest.mark.filterwarnings("ignore::pynn.DivergenceWarning")

CAMPAIGN = 20           # seeds of every illness, of which 19 must be named and cured
QUICK = 1               # in the plain run

NETWORK = ("sizes", "hidden", "initializer", "output", "rng", "dropout")


@dataclass
class Patient:
    """Data, and the arguments with which a network is made and trained until it is ill."""

    X: Any
    y: Any
    sizes: list[int]
    arguments: dict[str, Any] = field(default_factory=dict)
    validation: Any = None
    shown: Any = None           # the targets that diagnose is shown, if they are not those of the fit
    start: Any = None           # what is done to the new network before it is ill
    right: Any = None           # the (X, y) that a remedy by hand leads to

    def train(self, setting=None, X=None, y=None):
        """A network trained with these arguments, and with a remedy's in place of some."""
        arguments = {"sizes": self.sizes, "rng": 0, "epochs": 50, "learning_rate": 0.1, **self.arguments, **(setting or {})}
        X, y = self.X if X is None else X, self.y if y is None else y
        net = pynn.Network(**{name: arguments.pop(name) for name in NETWORK if name in arguments})
        if arguments.pop("standardize", False):
            net.standardizer = pynn.Standardizer.fit(X)
        if arguments.pop("standardize_targets", False):
            net.target_standardizer = pynn.Standardizer.fit(np.reshape(y, (len(y), -1)))
        if self.start and setting is None:
            self.start(net)
        with contextlib.suppress(pynn.DivergenceError):
            net.fit(X, y, **arguments)
        return net


def task(seed, m=600):
    make = [datasets.circles, datasets.moons, datasets.xor][seed % 3]
    return make(m, rng=seed)


def far_from_zero(seed):
    X, y = task(seed)
    X = 0.5 * X / X.std(axis=0) + 8
    return Patient(X, y, [2, 8, 8, 1], {"rng": seed, "epochs": [30, 100][seed % 2]})


def strong_penalty(seed):
    hidden = ["relu", "tanh"][seed // 2 % 2]
    return Patient(*task(seed), [2, 8, 8, 1], {"rng": seed, "l2": [1.0, 0.3][seed % 2], "hidden": hidden})


def batches_of_one(seed):
    alpha = [1.0, 2.0][seed % 2]
    return Patient(*task(seed), [2, 8, 8, 1], {"rng": seed, "batch_size": 1, "learning_rate": alpha, "epochs": 10})


def no_validation(seed):
    """Few noisy examples, many weights, many epochs."""
    X, y = datasets.moons(340, noise=0.35, rng=seed)
    return Patient(X[:40], y[:40], [2, 64, 64, 1], {"rng": seed, "optimizer": "adam", "learning_rate": 0.01, "epochs": 300},
                   validation=(X[40:], y[40:]))


def all_linear(seed):
    return Patient(*task(seed), [2, 8, 8, 1], {"rng": seed, "hidden": "linear", "epochs": [20, 100][seed % 2]})


def one_neuron(seed):
    table = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    X, y = table if seed % 2 else datasets.xor(400, rng=seed)
    return Patient(X, y, [2, 1], {"rng": seed, "epochs": [100, 1000][seed % 2]})


def too_small(seed):
    return Patient(*datasets.spirals(600, rng=seed), [2, 3, 1], {"rng": seed, "epochs": 100})


def inverted(seed):
    X, y = task(seed)
    return Patient(X, y, [2, 16, 8, 1], {"rng": seed}, shown=1 - y, right=(X, y))


def renumbered(seed):
    X, y = datasets.blobs(500, centers=4, rng=seed)
    return Patient(X, y, [2, 16, 4], {"rng": seed}, shown=(y + 1 + seed % 3) % 4, right=(X, y))


def shuffled_apart(seed):
    X, y = task(seed)
    wrong = np.random.default_rng(seed).permutation(y)
    return Patient(X, wrong, [2, 16, 8, 1], {"rng": seed}, right=(X, y))


def random_labels(seed):
    X, y = task(seed)
    wrong = np.random.default_rng(seed).integers(0, 2, len(y))
    return Patient(X, wrong, [2, [8, 32][seed % 2], 8, 1], {"rng": seed, "epochs": [20, 100][seed % 2]}, right=(X, y))


def two_epochs(seed):
    return Patient(*task(seed), [2, 8, 8, 1], {"rng": seed, "epochs": 2, "learning_rate": [0.1, 0.03][seed % 2]})


def clipped(seed):
    return Patient(*task(seed), [2, 8, 8, 1], {"rng": seed, "clip_norm": [1e-6, 1e-4][seed % 2]})


def no_positive(seed):
    """90:10, and the classes overlap."""
    rng = np.random.default_rng(seed)
    y = (np.arange(1000) % 10 == 0).astype(int)
    X = rng.normal(size=(1000, 2)) + 1.5 * y[:, None]
    return Patient(X, y, [2, 8, 1], {"rng": seed, "epochs": [10, 30][seed % 2], "learning_rate": 0.01})


def nearly_equal(seed):
    """What the features differ by decides."""
    X, y = task(seed)
    X = np.column_stack([X[:, 0], X[:, 0] + 1e-3 * X[:, 1]])
    apart = np.column_stack([X[:, 0], (X[:, 1] - X[:, 0]) * 1e3])
    return Patient(X, y, [2, 16, 8, 1], {"rng": seed, "epochs": 50}, right=(apart, y))


def half_dead(seed):
    """Two units of six are alive, and their lines cannot go round the inner circle; few enough are dead to be no illness."""
    X, y = datasets.circles(600, rng=seed)

    def kill(net):
        net[1].b[:4] = -50

    return Patient(X, y, [2, 6, 1], {"rng": seed, "epochs": 100}, start=kill)


def diverged(seed):
    X, y = datasets.plane(500, rng=seed)
    return Patient(X, y, [2, 8, 1], {"rng": seed, "output": "linear", "learning_rate": [10.0, 1000.0][seed % 2]})


def much_dropout(seed):
    return Patient(*task(seed), [2, 6, 3, 3, 1], {"rng": seed, "dropout": [0.9, 0.95][seed % 2]})


def strong_decay(seed):
    recipe = optimizers.AdamW(learning_rate=0.01, weight_decay=[10.0, 30.0][seed % 2])
    return Patient(*task(seed), [2, 10, 6, 1], {"rng": seed, "optimizer": recipe, "learning_rate": None})


def lopsided(seed):
    """So large a weight of class 0 that class 1 is not predicted."""
    X, y = datasets.moons(500, rng=seed)
    return Patient(X, y, [2, 8, 8, 1], {"rng": seed, "class_weight": {0: [200.0, 1000.0][seed % 2], 1: 1.0}, "epochs": 20})


ILL = [(far_from_zero, "unscaled_inputs"), (strong_penalty, "penalty_too_large"), (batches_of_one, "learning_rate_too_high"),
       (no_validation, "overfitting"), (all_linear, "linear_hidden_layers"), (one_neuron, "no_hidden_layer"),
       (too_small, "too_few_units"), (inverted, "permuted_labels"), (renumbered, "permuted_labels"),
       (shuffled_apart, "unrelated_labels"), (random_labels, "unrelated_labels"), (two_epochs, "too_few_epochs"),
       (clipped, "clip_norm_too_small"), (no_positive, "class_imbalance"), (nearly_equal, "nearly_equal_features"),
       (half_dead, "unlucky_start"), (diverged, "learning_rate_too_high"), (much_dropout, "dropout_too_high"),
       (strong_decay, "penalty_too_large"), (lopsided, "class_imbalance")]
ILLNESSES = [pytest.param(make, kind, id=make.__name__) for make, kind in ILL]


def cured(patient, net, finding):
    """Whether the network learns with the remedy: it gains a quarter of the loss of the best constant over the ill one."""
    if finding.kind == "permuted_labels":
        mapping = np.array(eval(finding.remedy.split("np.array(")[1].split(")")[0]))
        return net.score(patient.X, mapping[patient.shown]) > 0.8
    if finding.kind == "class_imbalance":
        after = patient.train(finding.setting)
        recall = [(each.predict(patient.X) == 1)[patient.y == 1].mean() for each in (net, after)]
        return recall[0] < 0.5 < recall[1]
    X, y = patient.right or (patient.X, patient.y)
    after = patient.train(finding.setting, X, y)
    if patient.validation is not None:
        losses = [each.evaluate(*patient.validation)["loss"] for each in (net, after)]
        return losses[1] < losses[0] - 0.07
    guess = float(np.var(y)) if net.is_regression else 0.69
    if patient.right is not None:
        return after.evaluate(X, y)["loss"] < 0.6 * guess
    wanted = 0.1 if finding.kind in ("linear_hidden_layers", "too_few_units") else 0.25
    return net.evaluate(X, y)["loss"] - after.evaluate(X, y)["loss"] > wanted * guess


def outcome(make, kind, seed):
    """'' if the illness is named and its remedy works, otherwise what was said."""
    patient = make(seed)
    net = patient.train()
    found = pynn.diagnose(net, patient.X, patient.y if patient.shown is None else patient.shown,
                          validation_data=patient.validation)
    json.dumps([finding.setting for finding in found])      # plain data
    first = next(iter(found), None)
    if first is None or first.kind != kind or first.level != "illness":
        return f"seed {seed}: not named: {found}"
    return "" if cured(patient, net, first) else f"seed {seed}: not cured: {first}"


# ------------------------------------------------------------------------------------------------ what is said, and to whom


def test_inputs_far_from_zero_are_told_first():
    patient = far_from_zero(1)
    found = pynn.diagnose(patient.train(), patient.X, patient.y)
    assert [finding.kind for finding in found] == ["unscaled_inputs"]
    assert found.findings[0].setting["standardize"]
    assert "standard deviation 0.5, |mean| / standard deviation 16" in found.findings[0].message


@pytest.mark.parametrize("hidden", ["leaky_relu", "elu", "sigmoid", "tanh"])
def test_only_what_saturates_is_called_so(hidden):
    """The remedy of vanishing gradients names the network's own activation."""
    X, y = datasets.circles(600, rng=0)
    net = pynn.Network([2, *[8] * 10, 1], hidden=hidden, initializer="glorot", rng=0)
    for layer in list(net)[1:]:
        layer.W[...] *= 0.05
    first = next(iter(pynn.diagnose(net, X, y)))
    assert first.kind == "vanishing_gradients"
    assert hidden in first.remedy
    others = {"sigmoid", "tanh"} - {hidden}
    assert not any(name in first.remedy for name in others)
    assert ("in place of" in first.remedy) == pynn.reference.ACTIVATIONS[hidden].saturates


def test_weights_that_a_penalty_made_small_are_not_to_be_larger():
    patient = strong_penalty(0)
    first = next(iter(pynn.diagnose(patient.train(), patient.X, patient.y)))
    assert first.setting["l2"] == 0
    assert "arger weights" not in str(first)


def test_a_divergence_is_remembered_by_copies_and_files(tmp_path):
    patient = diverged(0)
    net = patient.train()
    message = next(iter(pynn.diagnose(net.copy(), patient.X, patient.y))).message
    assert message.startswith("the last fit diverged at learning_rate 10; ")
    net.save(tmp_path / "net.npz")
    loaded = pynn.load(tmp_path / "net.npz")
    assert next(iter(pynn.diagnose(loaded, patient.X, patient.y))).message == message
    net.learning_rate = 0.05
    assert pynn.diagnose(net, patient.X, patient.y).ok
    net.fit(patient.X, patient.y, epochs=50)
    assert pynn.diagnose(net, patient.X, patient.y).ok


@pytest.mark.parametrize("make", [clipped, strong_penalty])
def test_a_loaded_network_has_the_same_diagnosis(make, tmp_path):
    """Also without what older files lack; but then it is said that the arguments of the last fit are not known."""
    patient = make(0)
    net = patient.train()
    net.save(tmp_path / "model")
    loaded = pynn.load(tmp_path / "model")
    assert loaded.state.last_fit == net.state.last_fit == pickle.loads(pickle.dumps(net)).state.last_fit
    found = pynn.diagnose(loaded, patient.X, patient.y)
    assert str(found) == str(pynn.diagnose(net, patient.X, patient.y))
    loaded.state.last_fit = None
    found = pynn.diagnose(loaded, patient.X, patient.y)
    assert not found.ok or found.checks[0].startswith("The arguments of the last fit are not known, so that l1, l2, clip_norm")


def test_overfitting_needs_validation_data():
    patient = no_validation(0)
    net = patient.train()
    assert "overfitting" not in [finding.kind for finding in pynn.diagnose(net, patient.X, patient.y)]
    with pytest.raises(ValueError, match="validation_data\\[0\\]: expected"):
        pynn.diagnose(net, patient.X, patient.y, validation_data=([[0.0]], [1]))
    with pytest.raises(TypeError, match="validation_data: expected a pair"):
        pynn.diagnose(net, patient.X, patient.y, validation_data=3)


def test_a_nearly_equal_feature_that_harms_nothing_is_a_note_and_can_be_left_out():
    X, y = task(0)
    twin = np.column_stack([X, X[:, 0] + 1e-3 * np.random.default_rng(0).normal(size=len(X))])
    patient = Patient(twin, y, [3, 8, 8, 1])
    net = patient.train()
    found = pynn.diagnose(net, twin, y)
    assert found.ok
    assert [(finding.kind, finding.level) for finding in found] == [("nearly_equal_features", "note")]
    assert found.findings[0].message.startswith("features 0 and 2 are nearly equal: their correlation is 0.99999")
    patient = Patient(X, y, [2, 8, 8, 1])
    without = patient.train()
    assert list(pynn.diagnose(without, X, y)) == []
    assert without.score(X, y) > net.score(twin, y) - 0.02


@pytest.mark.slow
def test_constant_pixels_are_a_note():
    X, y = pytest.importorskip("sklearn.datasets").load_digits(return_X_y=True)
    X, y = X[:600] / 16, y[:600]
    net = pynn.Network([64, 16, 10], rng=0)
    net.fit(X, y, epochs=30, learning_rate=0.1)
    found = pynn.diagnose(net, X, y)
    assert found.ok
    assert [(finding.kind, finding.level) for finding in found] == [("constant_features", "note")]
    assert str(found).startswith("1. note: constant_features: 5 of 64 features never change (0, 31, 32, 39, 40): ")


def test_balanced_weights_are_no_illness_although_they_cost_loss():
    """They are for the accuracy of each class; more epochs would not take the loss without weights further down."""
    patient = no_positive(3)
    net = patient.train({"class_weight": "balanced", "epochs": 100, "learning_rate": 0.1})
    assert min((net.predict(patient.X) == k)[patient.y == k].mean() for k in (0, 1)) > 0.8
    assert list(pynn.diagnose(net, patient.X, patient.y)) == []


def test_linear_layers_are_a_note_where_they_harm_nothing():
    X, y = datasets.blobs(500, centers=[[-2, 0], [2, 0]], rng=0)
    net = pynn.Network([2, 8, 1], hidden="linear", rng=0)
    net.fit(X, y, epochs=20, learning_rate=0.1)
    found = pynn.diagnose(net, X, y)
    assert found.ok
    assert [finding.kind for finding in found] == ["linear_hidden_layers"]


def test_the_facts_end_a_diagnosis_that_finds_nothing():
    """Classes that overlap, so that nothing would help: the facts and the sanity checks, in their order."""
    X, y = datasets.blobs(600, centers=[[-0.5, 0], [0.5, 0]], spread=1.0, rng=0)
    net = pynn.Network([2, 8, 1], rng=0)
    net.fit(X, y, epochs=50, learning_rate=0.1)
    found = pynn.diagnose(net, X, y)
    assert found.ok
    result = net.evaluate(X, y)
    assert found.facts == (f"loss {result['loss']:.4g}, of the best constant 0.6931; accuracy {result['accuracy']:.1%}, of the "
                           "largest class 50.0%")
    text = str(found)
    assert f"{found.facts}; none of the known causes" in text
    places = [text.index(word) for word in ("none of", "1. Fit 20 examples", "2. Take units that are not linear",
                                            "3. Take more units", "4. Train for more epochs")]
    assert places == sorted(places)


def test_a_good_network_gets_the_facts_without_advice():
    X, y = datasets.circles(600, rng=0)
    net = pynn.Network([2, 8, 8, 1], rng=0)
    assert "accuracy" in pynn.diagnose(net, X, y).facts
    net.fit(X, y, epochs=50, learning_rate=0.1)
    found = pynn.diagnose(net, X, y)
    assert not found.checks
    assert str(found).endswith("of the largest class 50.0%")


def test_values_in_their_own_units():
    """A target_standardizer is no illness, and losses are compared in its units."""
    X, y = datasets.plane(500, rng=0)
    y = 400_000 + 90_000 * y
    patient = Patient(X, y, [2, 8, 1], {"output": "linear"})
    ill = pynn.Network([2, 8, 1], output="linear", rng=0)
    first = next(iter(pynn.diagnose(ill, X, y)))
    assert (first.kind, first.setting) == ("unscaled_targets", {"standardize_targets": True})
    net = patient.train(first.setting)
    found = pynn.diagnose(net, X, y, validation_data=(X, y))
    assert list(found) == []
    assert net.score(X, y) > 0.9
    assert found.facts == f"loss {net.evaluate(X, y)['loss']:.4g}, of the best constant 1; R² {net.score(X, y):.3f}"


def test_every_kind_has_its_words_in_the_playground():
    words = pynn.__path__[0] + "/playground/page/words.{}.json"
    for language in ("en", "zh"):
        with open(words.format(language), encoding="utf-8") as file:
            known = json.load(file)
        assert {f"finding.{kind}" for kind in KINDS} <= set(known)


def test_many_examples_are_asked_before_x_is_said_to_say_nothing():
    """An interaction of two of twenty features, with noise: 2000 examples do not show it, 10 000 do."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20_000, 20))
    y = (X[:, 0] * X[:, 1] + 1.5 * rng.normal(size=len(X)) > 0).astype(int)
    net = pynn.Network([20, 32, 1], rng=0)
    net.fit(X[:100], y[:100], epochs=1)
    assert "unrelated_labels" not in [finding.kind for finding in pynn.diagnose(net, X, y)]
    assert pynn.diagnose(net, X, rng.permutation(y)).findings[0].kind == "unrelated_labels"


def test_soft_targets_are_no_classes():
    X, y = task(0)
    soft = 0.9 * y + 0.05
    net = pynn.Network([2, 8, 8, 1], rng=0)
    net.fit(X, soft, epochs=50, learning_rate=0.1)
    found = pynn.diagnose(net, X, soft, validation_data=(X, soft))
    assert found.ok
    assert "largest class" not in found.facts


@pytest.mark.parametrize(("make", "kind"), ILLNESSES)
def test_named_and_cured(make, kind):
    for seed in range(QUICK):
        assert not outcome(make, kind, seed)


@pytest.mark.slow
@pytest.mark.parametrize(("make", "kind"), ILLNESSES)
def test_named_and_cured_campaign(make, kind):
    missed = [text for text in (outcome(make, kind, seed) for seed in range(CAMPAIGN)) if text]
    assert len(missed) <= CAMPAIGN - 19, "\n".join(missed)


def test_the_loss_that_more_epochs_lead_to_is_that_of_the_epochs_told():
    """With so large a step the loss jumps: a round number of epochs may end in a bad one."""
    X, y = datasets.circles(1000, factor=0.3, noise=0.1, rng=0)
    X, _, y, _ = datasets.split(X, y, test_size=0.1, rng=0)
    net = pynn.Network([2, 4, 6, 6, 4, 1], rng=2)
    net.fit(X, y, epochs=5, batch_size=32, learning_rate=1.0, progress=False)
    finding, = pynn.diagnose(net, X, y)
    assert finding.kind == "too_few_epochs"
    before, after = map(float, finding.message.rpartition(" from ")[2].split(" to "))
    assert after < 0.5 * before
