"""What a network consists of: the names of features and labels, and what cannot be assigned."""
from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import pynn

X, Y = pynn.datasets.moons(60, rng=0)


def test_names_are_set_and_unset():
    net = pynn.Network([2, 3, 1])
    assert net.feature_names is None
    assert net.label_names is None
    net.feature_names, net.label_names = np.array(["width", "height"]), iter(["no", "yes"])
    assert (net.feature_names, net.label_names) == (("width", "height"), ("no", "yes"))
    assert {type(name) for name in net.feature_names} == {str}
    net.feature_names = None
    assert net.feature_names is None


@pytest.mark.parametrize(("keywords", "labels"), [
    ({"sizes": [2, 1]}, ["no", "yes"]), ({"sizes": [2, 3]}, ["a", "b", "c"]),
    ({"sizes": [2, 2], "output": "sigmoid"}, ["a", "b"]),
    ({"sizes": [2, 1], "output": "linear"}, ["price"]), ({"sizes": [2, 2], "output": "linear"}, ["price", "age"])], ids=str)
def test_label_names_and_their_copies(keywords, labels, tmp_path):
    net = pynn.Network(**keywords)
    net.feature_names = ("x", "y")
    net.label_names = labels
    net.save(tmp_path / "model")
    for twin in (net.copy(), copy.deepcopy(net), pickle.loads(pickle.dumps(net)), pynn.load(tmp_path / "model")):
        assert (twin.feature_names, twin.label_names) == (("x", "y"), tuple(labels))
        assert twin.summary() == net.summary()
    assert f"{'outputs' if net.is_regression else 'labels'}: {', '.join(labels)}" in net.summary()


def test_fit_takes_the_names_of_a_data_frame():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=["width", "height"])
    net = pynn.Network([2, 3, 1], rng=0)
    seen = []
    net.fit(frame, Y, epochs=1, callbacks=[lambda net, history: seen.append(net.feature_names)])
    assert seen == [net.feature_names] == [("width", "height")]
    net.fit(X, Y, epochs=1)
    assert net.feature_names == ("width", "height")
    for other in (X, pd.DataFrame(X), frame.set_axis(["a", "a"], axis=1), frame.set_axis(["a", 1], axis=1)):
        net = pynn.Network([2, 3, 1], rng=0)
        net.fit(other, Y, epochs=1)
        assert net.feature_names is None
    with pytest.raises(ValueError, match="epochs"):
        net.fit(frame, Y, epochs=0)
    assert net.feature_names is None


def test_the_summary_of_many_names_stays_short():
    net = pynn.Network([500, 1])
    net.feature_names = [f"pixel{k}" for k in range(500)]
    assert "pixel9 and 490 more" in net.summary()
    assert len(net.summary()) < 500


def test_columns_in_another_order_are_refused():
    pd = pytest.importorskip("pandas")
    X, y = pynn.datasets.moons(50, rng=0)
    frame = pd.DataFrame(X, columns=["east", "north"])
    net = pynn.Network([2, 3, 1], rng=0)
    net.fit(frame, y, epochs=1)
    assert net.predict(frame).tolist() == net.predict(X).tolist()       # an array has no names to compare
    for wrong in (frame[["north", "east"]], frame.rename(columns=str.upper)):
        for verb in (net, net.predict, net.forward, lambda X: net.fit(X, y), lambda X: net.evaluate(X, y)):
            with pytest.raises(ValueError, match=r"^X: expected the columns east, north in this order"):
                verb(wrong)


@pytest.mark.parametrize("name", ["sizes", "activations", "loss", "dtype", "engine"])
def test_what_a_network_is_cannot_be_assigned(name):
    with pytest.raises(AttributeError):
        setattr(pynn.Network([2, 3, 1]), name, "relu")


@pytest.mark.parametrize(("name", "meant"), [
    ("learn_rate", "learning_rate"), ("learningrate", "learning_rate"), ("standardiser", "standardizer"),
    ("feature_name", "feature_names"), ("labels_names", "label_names"), ("parameter", "parameters"), ("lr", "learning_rate")])
def test_a_misspelt_attribute_names_the_right_one(name, meant):
    net = pynn.Network([2, 3, 1], rng=0)
    for twin in (net, net.copy(), pickle.loads(pickle.dumps(net))):
        with pytest.raises(AttributeError, match=f"^{name}: .*{meant}"):
            setattr(twin, name, 3)
        assert not hasattr(twin, name)


def test_methods_can_be_replaced_and_subclasses_have_attributes_of_their_own(monkeypatch):
    class Noted(pynn.Network):
        note = ""

    net = Noted([2, 3, 1], rng=0)
    net.note = "mine"
    assert net.note == "mine"
    with pytest.raises(AttributeError, match="notes"):
        net.notes = "mine"
    monkeypatch.setattr(net, "fit", lambda: "replaced")
    assert net.fit() == "replaced"
    monkeypatch.undo()
    assert net.copy().note == ""
