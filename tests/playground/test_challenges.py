"""Every challenge can be solved, by commands that a reader can give."""
from __future__ import annotations

import pytest

from pynn.playground.challenges import CHALLENGES
from pynn.playground.session import Session


def training(**fields):
    return {"command": "set", "setting": {"training": fields}}


def shape(hidden, activation, **fields):
    return {"command": "set", "setting": {"network": {"hidden": hidden, "activations": activation}, "training": fields}}


def edits(layer, *values):
    return [{"command": "edit", "layer": layer, "unit": unit, "input": source, "value": value}
            for unit, source, value in values]


ADAM = {"optimizer": "adam", "learning_rate": 0.03}
SOLUTIONS = {
    "circles": [30], "by_hand": edits(1, (1, 1, -10), (1, 2, 0), (1, 0, 0)), "few_units": [shape([3], "tanh", **ADAM), 60],
    "xor": [{"command": "add_layer", "after": 0, "units": 4, "activation": "tanh"}, training(**ADAM), 120],
    "spirals": [shape([8, 8], "tanh", **ADAM), 300], "largest_rate": [shape([8], "tanh", learning_rate=1), 60],
    "fast": [training(**ADAM), 10], "dead": [*edits(1, *((unit, 0, -100) for unit in range(1, 5))), {"command": "revive"}, 60],
    "symmetry": [*edits(1, (1, 2, 1.0), (2, 1, -1.0), (3, 2, -1.0), (4, 1, 1.0)),
                 *edits(2, (1, 1, -0.5), (1, 2, 0.5), (1, 3, -0.5), (1, 4, 0.5)), training(**ADAM), 150],
    "vanishing": [shape([4] * 6, "tanh", **ADAM), 100], "overfit": [600], "sine": [shape([4], "tanh", **ADAM), 100],
    "noisy": [training(l2=0.03), 320],
}


@pytest.mark.parametrize("name", CHALLENGES)
def test_a_challenge_begins_open_and_can_be_solved(name):
    session = Session()
    assert session.handle({"command": "challenge", "name": name}).header["ok"]
    assert not session.challenge_report()["done"]
    for step in SOLUTIONS[name]:
        command = {"command": "go", "epoch": step} if isinstance(step, int) else step
        assert session.handle(command).header["ok"]
        while session.busy:
            session.advance()
        report = session.challenge_report()
    assert report["done"], report
