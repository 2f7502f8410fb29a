"""The course of a training: batch by batch, back and on, with events: the same bits as one plain fit."""
from __future__ import annotations

import itertools

import numpy as np
import pytest

import pynn
from pynn.optimizers import RECIPES
from pynn.playground.building import Origin
from pynn.playground.course import Course, Diverged, Event, Moment
from pynn.playground.settings import check_setting, merge

SMALL = {"data": {"examples": 60, "test_share": 0.2}, "network": {"hidden": [4, 3], "dropout": [0.2, 0]},
         "training": {"batch_size": 7, "l2": 1e-3, "clip_norm": 1.0}}


def course_of(part=None, events=()):
    setting = merge(check_setting(SMALL), part or {})
    return Course(Origin(), setting, events)


def bits(course):
    """Everything that training goes on from."""
    state = course.net.state.snapshot()
    return (state.parameters.tobytes(), state.vectors.tobytes(), state.counts.tolist(), state.epoch, state.seed,
            state.optimizer, course.moment)


def plain_fit(course, epochs):
    """The same training by the public functions alone."""
    setting = course.base
    data, network, training = setting["data"], setting["network"], setting["training"]
    X, y = pynn.datasets.circles(data["examples"], factor=data["factor"], noise=data["noise"], rng=data["seed"])
    X, X_test, y, y_test = pynn.datasets.split(X, y, test_size=data["test_share"], rng=data["seed"])
    net = pynn.Network([2, *network["hidden"], 1], hidden=network["activations"], initializer=network["initializer"],
                       dropout=network["dropout"], rng=setting["seed"])
    recipe = RECIPES[training["optimizer"]](training["learning_rate"])
    history = net.fit(X, y, epochs=epochs, batch_size=training["batch_size"], optimizer=recipe, l2=training["l2"],
                      clip_norm=training["clip_norm"], validation_data=(X_test, y_test))
    return net, history


@pytest.mark.parametrize("optimizer", RECIPES)
def test_epochs_batches_and_one_plain_fit_give_the_same_bits(optimizer):
    part = {"training": {"optimizer": optimizer, "learning_rate": 0.01}}
    by_epochs, by_batches, mixed = course_of(part), course_of(part), course_of(part)
    by_epochs.advance(Moment(5))
    while by_batches.moment < (5, 0):
        by_batches.advance(Moment(by_batches.epoch, by_batches.batch + 1))
    for target in (Moment(1, 3), Moment(2, 1), Moment(4), Moment(4, 6), Moment(5)):
        mixed.advance(target)
        assert mixed.moment == target
    assert bits(by_epochs) == bits(by_batches) == bits(mixed)
    net, history = plain_fit(by_epochs, 5)
    assert net.parameters.tobytes() == by_epochs.net.parameters.tobytes()
    for course in (by_epochs, by_batches, mixed):
        rows = course.timeline.curves()
        assert rows.shape == (5, 5)
        expected = [range(1, 6), history.loss, history.accuracy, history.val_loss, history.val_accuracy]
        assert rows.tobytes() == np.array([list(map(float, row)) for row in expected]).tobytes()


SCHEDULES = [{"name": "constant"}, {"name": "step", "every": 3, "factor": 0.5}, {"name": "exponential", "factor": 0.9},
             {"name": "cosine", "epochs": 15, "lowest": 0.001}, {"name": "warm_up", "epochs": 6}]


@pytest.mark.parametrize(("optimizer", "schedule"), [
    *((name, SCHEDULES[0]) for name in RECIPES), *(("adam", one) for one in SCHEDULES[1:])])
def test_back_and_on_gives_the_numbers_of_the_first_time(optimizer, schedule):
    course = course_of({"training": {"optimizer": optimizer, "learning_rate": 0.02, "schedule": schedule}})
    events = {4: {"command": "edit", "layer": 1, "unit": 2, "input": 1, "value": 0.75},
              9: {"command": "add_points", "rows": [[0.5, 0.5, 1]]},
              13: {"command": "set", "setting": {"training": {"l1": 1e-3}}},
              17: {"command": "add_layer", "after": 1, "units": 3, "activation": "tanh"},
              21: {"command": "remove_unit", "layer": 1, "unit": 2},
              25: {"command": "set", "setting": {"training": {"optimizer": "rmsprop"}}}}
    seen = {}
    for epoch in range(30):
        course.advance(Moment(epoch))
        if epoch in events:
            course.do(events[epoch])
        seen[epoch] = bits(course)
    last = course.timeline.curves().tobytes()
    for epoch in (0, 29, 3, 17, 4, 16, 25, 9, 21, 1, 29):
        course.turn_back(Moment(epoch))
        course.advance(Moment(epoch))
        assert bits(course) == seen[epoch]
    assert course.timeline.curves().tobytes() == last
    again = Course(Origin(), course.base, course.events)
    again.advance(Moment(29))
    assert bits(again) == seen[29]
    assert again.timeline.curves().tobytes() == last


def test_changes_in_the_middle_of_an_epoch():
    course, seen = course_of(), {}
    commands = [{"command": "edit", "layer": 2, "unit": 1, "input": 0, "value": -0.25}, {"command": "add_unit", "layer": 2},
                {"command": "remove_points", "index": [0, 1, 2]},
                {"command": "set", "setting": {"training": {"batch_size": 9}}},
                {"command": "remove_layer", "layer": 1}, {"command": "set", "setting": {"network": {"activations": "tanh"}}}]
    for number, command in enumerate(commands):
        course.advance(Moment(number, 2))
        course.do(command)
        course.advance(Moment(number, 4))
        seen[course.moment] = bits(course)
    course.advance(Moment(8))
    curves = course.timeline.curves().tobytes()
    again = Course(Origin(), course.base, course.events)
    for moment in (*seen, *reversed(seen)):
        for one in (course, again):
            one.turn_back(moment)
            one.advance(moment)
            assert bits(one) == seen[moment]
    again.advance(Moment(8))
    assert again.timeline.curves().tobytes() == curves


def test_a_change_drops_the_future():
    course = course_of()
    course.advance(Moment(20))
    course.do({"command": "edit", "layer": 1, "unit": 1, "input": 0, "value": 1.0})
    course.advance(Moment(40))
    course.turn_back(Moment(10))
    course.advance(Moment(10))
    assert course.furthest == (40, 0)
    course.do({"command": "edit", "layer": 1, "unit": 1, "input": 0, "value": 2.0})
    assert course.furthest == (10, 0)
    assert [event.at for event in course.events] == [(10, 0)]
    assert course.timeline.curves()[0].max() == 10
    course.advance(Moment(20))
    other = course_of(events=[Event(Moment(10), course.events[0].command)])
    other.advance(Moment(20))
    assert bits(course) == bits(other)


def test_the_same_weight_edited_again_replaces_the_event():
    course = course_of()
    for value in (1.0, 2.0, 3.0):
        course.do({"command": "edit", "layer": 1, "unit": 1, "input": 1, "value": value})
        course.do({"command": "set", "setting": {"training": {"learning_rate": 0.1 * value}}})
        course.do({"command": "set", "setting": {"training": {"learning_rate": 0.2 * value}}})
    assert len(course.events) == 6
    course.do({"command": "edit", "layer": 1, "unit": 1, "input": 1, "value": 4.0})
    course.do({"command": "edit", "layer": 1, "unit": 1, "input": 1, "value": 5.0})
    assert len(course.events) == 7
    course.advance(Moment(3))
    again = Course(Origin(), course.base, course.events)
    again.advance(Moment(3))
    assert bits(course) == bits(again)


def advance_in_steps(course, steps):
    for epoch in range(0, 1000, steps):
        course.advance(Moment(epoch + steps))


def test_a_divergence_ends_at_the_same_moment_however_it_is_reached():
    part = {"data": {"name": "plane", "examples": 60}, "training": {"learning_rate": 30.0, "clip_norm": None},
            "network": {"activations": "linear"}}
    ends = []
    for steps in (100, 1, 2):
        course = course_of(part)
        with pytest.raises(Diverged, match="learning_rate"):
            advance_in_steps(course, steps)
        ends.append(bits(course))
        assert np.isfinite(course.net.parameters).all()
    assert ends[0] == ends[1] == ends[2]
    assert ends[0][-1] < (100, 0)


def test_topology_changes_keep_the_weights_that_fit():
    course = course_of()
    course.advance(Moment(3))
    before = [(layer.W.copy(), layer.b.copy()) for layer in course.net]
    epoch, counts = course.net.epoch, course.net.state.counts[0]
    course.do({"command": "add_unit", "layer": 1})
    assert course.net.sizes == (2, 5, 3, 1)
    assert (course.net.epoch, course.net.state.counts[0]) == (epoch, counts)
    assert (course.net[1].W[:4] == before[0][0]).all()
    assert (course.net[1].b[:4] == before[0][1]).all()
    assert (course.net[2].W[:, :4] == before[1][0]).all()
    assert (before[2][0] == course.net[3].W).all()
    course.do({"command": "remove_unit", "layer": 1, "unit": 2})
    kept = [0, 2, 3]
    assert (course.net[1].W[:3] == before[0][0][kept]).all()
    assert (course.net[2].W[:, :3] == before[1][0][:, kept]).all()
    course.do({"command": "add_layer", "after": 2, "units": 3})
    assert course.net.sizes == (2, 4, 3, 3, 1)
    assert (course.net[2].W[:, :3] == before[1][0][:, kept]).all()
    assert (before[2][0] == course.net[4].W).all()
    course.do({"command": "remove_layer", "layer": 3})
    assert course.net.sizes == (2, 4, 3, 1)
    assert (before[2][0] == course.net[3].W).all()


def test_revived_units_are_alive_and_the_others_stay():
    course = course_of({"network": {"dropout": 0}})
    for i in (1, 3):
        course.do({"command": "edit", "layer": 1, "unit": i, "input": 0, "value": -100.0})
    kept = course.net[1].W[[1, 3]].copy()
    course.do({"command": "revive"})
    A = course.net.forward(course.stage.examples.X).A[1]
    assert (A > 0).any(axis=1).all()
    assert (course.net[1].W[[1, 3]] == kept).all()
    again = Course(Origin(), course.base, course.events)
    assert bits(again) == bits(course)


@pytest.mark.parametrize("command", [
    {"command": "edit", "layer": 9, "unit": 1, "input": 1, "value": 0.0}, {"command": "remove_layer", "layer": 4},
    {"command": "set", "setting": {"data": {"examples": 50}}}, {"command": "set", "setting": {"seed": 5}},
    {"command": "add_layer", "after": 0, "units": 65}, {"command": "add_points", "rows": [[0.0, 1.0]]},
    {"command": "add_points", "rows": [[0.0, 1.0, 2]]}, {"command": "remove_points", "index": list(range(60))}])
def test_an_impossible_change_changes_nothing(command):
    course = course_of()
    course.advance(Moment(2, 3))
    before, stage = bits(course), course.stage
    with pytest.raises((ValueError, TypeError)):
        course.do(command)
    assert (bits(course), course.stage, course.events) == (before, stage, [])


def test_an_impossible_event_is_dropped_with_those_after_it():
    edit = {"command": "edit", "layer": 1, "unit": 1, "input": 1, "value": 0.5}
    course = course_of(events=[Event(Moment(1), edit), Event(Moment(2), edit | {"layer": 7}), Event(Moment(3), edit)])
    course.advance(Moment(5))
    assert len(course.events) == 1
    assert "layer" in course.trouble


def test_marks_and_losses_are_thinned():
    course = course_of({"data": {"examples": 10}, "network": {"hidden": []}})
    course.advance(Moment(9000))
    epochs, marks = course.timeline.path
    assert 200 < len(marks) <= 512
    assert epochs[0] == 0
    curves = course.timeline.curves()
    assert curves.shape[1] < 1200
    assert curves[0, :256].tolist() == list(range(1, 257))
    assert curves[0, -1] == 9000
    assert all(low < high for low, high in itertools.pairwise(curves[0]))
    end = bits(course)
    course.turn_back(Moment(4321))
    course.advance(Moment(4321))
    course.advance(Moment(9000))
    assert bits(course) == end
