"""The names of the inputs in the four diagrams: as they are where there is room, shortened and still different elsewhere."""
from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import pynn
from pynn.datasets.csv.column import Column
from pynn.plot._input_names import input_names

from .helpers import assert_texts_are_apart, network, texts

pytestmark = pytest.mark.usefixtures("clean_figures")

FEW = ["area in $", "x2", "宽度 = 红色", "sex is missing"]
LONG = ["neighbourhood in the register of 1998 = Northern Heights above the river", "price of the year before last in $ and ¥",
        "m_" * 60, "quoted\nin two lines"]
MANY = [f"measurement {k} of the sensor in the living room" for k in range(15)] + [f"colour = {k}" for k in range(15)]


def named(names: list[str]) -> pynn.Network:
    net = network(len(names), 5, 3, 1)
    net.feature_names = names
    return net


DIAGRAMS: dict[str, Any] = {
    "network": lambda net: pynn.plot.network(net),
    "neuron": lambda net: pynn.plot.neuron(net),
    "neuron in numbers": lambda net: pynn.plot.neuron(net, np.linspace(-1, 1, net.sizes[0])),
    "layer in numbers": lambda net: pynn.plot.layer(net, np.linspace(-1, 1, net.sizes[0])),
    "propagation in numbers": lambda net: pynn.plot.propagation(net, np.linspace([-1], [1], net.sizes[0]).T, [1]),
}
DRAWN = pytest.mark.parametrize("draw", DIAGRAMS.values(), ids=DIAGRAMS.keys())


@DRAWN
def test_few_inputs_have_their_full_names(draw):
    ax = draw(named(FEW))
    for name in (r"area in \$", "$x_2$", "宽度 = 红色", "sex is missing"):
        assert texts(ax).count(name) == 1, name
    assert "The inputs are area in $, x2, 宽度 = 红色, sex is missing." in pynn.plot.describe(ax)


@pytest.mark.parametrize("names", [FEW, pytest.param(LONG, marks=pytest.mark.slow), pytest.param(MANY, marks=pytest.mark.slow)],
                         ids=["few", "long", "many"])
@pytest.mark.parametrize("draw", [*DIAGRAMS.values(), lambda net: pynn.plot.propagation(net)],
                         ids=[*DIAGRAMS, "propagation in symbols"])
def test_texts_are_apart(draw, names):
    ax = draw(named(names))
    ax.figure.set_dpi(200)
    assert_texts_are_apart(ax)
    assert min(text.get_fontsize() for text in ax.texts) > 8


def test_only_layer_1_has_the_names():
    for ax in (pynn.plot.neuron(named(FEW), layer=2), pynn.plot.layer(named(FEW), layer=2)):
        assert "sex is missing" not in texts(ax)
        assert "The inputs are" not in pynn.plot.describe(ax)


def test_the_names_are_those_of_the_encoder(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("colour,size,y\nred,1,2\nblue,,3\n")
    table = pynn.datasets.load_csv(path)
    assert isinstance(table.columns[0], Column)
    net = pynn.Network([4, 1], output="linear", rng=0)
    net.encoder = pynn.TableEncoder().fit(table)
    assert {"colour = blue", "colour = red", "size", "size is missing"} <= set(texts(pynn.plot.network(net)))


def test_names_that_are_the_same_when_shortened_have_their_numbers():
    names = input_names(named(MANY), [str(k) for k in range(1, 31)])
    assert len(set(names.values())) == 30
    assert names["3"].startswith("3: meas")
    assert names["30"] == "colour = 14"


def test_both_column_and_level_can_be_recognised_in_a_shortened_name():
    name = input_names(named(LONG), ["1", "2", "3", "4"])["1"]
    column, _, level = name.partition(" = ")
    assert (column[:5], level[:3], level[-5:]) == ("neigh", "Nor", "river")
    assert "…" in column
    assert len(name) < 60


def test_symbols_stay_where_there_are_no_names():
    assert "$x_{1}$" in texts(pynn.plot.network(network(4, 1)))
    plt.close("all")
    assert "The inputs are" not in pynn.plot.describe(pynn.plot.neuron(network(4, 1)))
