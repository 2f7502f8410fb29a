"""Challenges: tasks that check themselves, with the numbers that are there anyway."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from pynn.playground.arguments import REQUIRED, arguments
from pynn.playground.changes import dead_units
from pynn.playground.choices import Json
from pynn.playground.course import measure
from pynn.playground.settings import check_setting
from pynn.validation import choice

if TYPE_CHECKING:
    from pynn.playground.session import Session

Check = tuple[str, bool, float | None]      # what is asked for, whether it is so, and the number


class Challenge(NamedTuple):
    """A start, as a part of a setting, and what must be true at one moment."""

    title: str
    task: str
    setting: Json
    checks: Callable[[Session], list[Check]]


def _net(hidden: list[int], activation: str = "relu", **more: Any) -> Json:
    return {"hidden": hidden, "activations": [activation] * len(hidden), **more}


def _metric(session: Session, *, test: bool = True) -> float:
    examples = session.course.stage.examples
    X, y = (examples.X_test, examples.y_test) if test and len(examples.X_test) else (examples.X, examples.y)
    values = measure(session.net, X, y)
    return values["r2" if session.net.is_regression else "accuracy"]


def _loss(session: Session, *, test: bool) -> float:
    examples = session.course.stage.examples
    return measure(session.net, *((examples.X_test, examples.y_test) if test else (examples.X, examples.y)))["loss"]


def _reaches(session: Session, least: float, *, test: bool = True) -> Check:
    value = _metric(session, test=test)
    name = "R²" if session.net.is_regression else "accuracy"
    return f"{name} of the {'test' if test else 'training'} set at least {least:g}", value >= least, value


def _hidden_units(session: Session, most: int) -> Check:
    units = sum(session.net.sizes[1:-1])
    return f"at most {most} hidden units", units <= most, units


def _data(session: Session, name: str) -> Check:
    return f"the data {name}", session.course.stage.setting["data"]["name"] == name, None


def _dead(session: Session) -> bool:
    """Whether all units of a hidden layer are 0 for all training examples."""
    return any(len(units) == session.net.sizes[l] for l, units in dead_units(session.course.stage, session.net).items())


def _killed_and_revived(session: Session) -> list[Check]:
    session.remembers_dead = session.remembers_dead or _dead(session)
    return [("a layer in which every unit is 0 for all examples", session.remembers_dead, None),
            ("and then none any more", session.remembers_dead and not _dead(session), None), _reaches(session, 0.9)]


def _rate(session: Session, least: float) -> Check:
    rate = session.course.learning_rate
    return f"a learning rate of at least {least:g}", rate >= least, rate


def _plain(session: Session) -> Check:
    return "plain gradient descent, sgd without momentum", session.net.optimizer.rule == "sgd", None


def _epochs(session: Session, low: int, high: int | None) -> Check:
    epoch = session.course.epoch
    text = f"at most {high} epochs" if high is not None else f"at least {low} epochs"
    return text, epoch >= low and (high is None or epoch <= high), epoch


def _still(session: Session, part: str, name: str, value: Any) -> Check:
    return f"{name} is still {value}", session.course.stage.setting[part][name] == value, None


def _overfits(session: Session) -> list[Check]:
    train, test = _loss(session, test=False), _loss(session, test=True)
    return [_reaches(session, 1.0, test=False), ("a test loss of at least twice the training loss", test >= 2 * train, test)]


_MOONS = {"name": "moons", "examples": 60, "noise": 0.35, "test_share": 0.5}

CHALLENGES: dict[str, Challenge] = {
    "circles": Challenge("The circles", "Separate the circles.", {}, lambda s: [_data(s, "circles"), _reaches(s, 0.99)]),
    "by_hand": Challenge(
        "By hand", "Separate the two clouds without training: type the weights and the bias yourself.",
        {"data": {"name": "blobs", "centers": 2}, "network": _net([])},
        lambda s: [_epochs(s, 0, 0), _reaches(s, 0.97, test=False)]),
    "few_units": Challenge(
        "As small as possible", "Separate the circles with at most 3 hidden units.", {},
        lambda s: [_data(s, "circles"), _hidden_units(s, 3), _reaches(s, 0.97)]),
    "xor": Challenge(
        "No line is enough", "Learn xor with at most 4 hidden units.", {"data": {"name": "xor"}, "network": _net([])},
        lambda s: [_data(s, "xor"), _hidden_units(s, 4), _reaches(s, 0.95)]),
    "spirals": Challenge(
        "Spirals", "Learn the spirals with at most 16 hidden units.",
        {"data": {"name": "spirals"}, "network": _net([8], "tanh")},
        lambda s: [_data(s, "spirals"), _hidden_units(s, 16), _reaches(s, 0.97)]),
    "largest_rate": Challenge(
        "The largest step", "Learn the circles with plain gradient descent and a learning rate of 1 or more.", {},
        lambda s: [_data(s, "circles"), _plain(s), _rate(s, 1), _reaches(s, 0.98)]),
    "fast": Challenge("In a hurry", "Separate the circles within 10 epochs.", {},
                      lambda s: [_data(s, "circles"), _epochs(s, 0, 10), _reaches(s, 0.98)]),
    "dead": Challenge(
        "Dead and alive", "Kill every ReLU of a layer: make its units 0 for all examples. Then bring them back, and learn.", {},
        _killed_and_revived),
    "symmetry": Challenge(
        "Break the symmetry", "All weights start at 0. Learn the circles without another initialiser: one edit may help.",
        {"network": _net([4], "tanh", initializer="zeros")},
        lambda s: [_still(s, "network", "initializer", "zeros"), _reaches(s, 0.9)]),
    "vanishing": Challenge(
        "Deep and asleep", "Six layers of sigmoids do not learn. Make them learn without removing a layer.",
        {"network": _net([4] * 6, "sigmoid")},
        lambda s: [("at least 6 hidden layers", len(s.net) > 6, len(s.net) - 1), _reaches(s, 0.95)]),
    "overfit": Challenge(
        "By heart", "Learn the training examples by heart, and be bad at new ones.",
        {"data": _MOONS, "network": _net([32, 32]), "training": {"optimizer": "adam", "learning_rate": 0.01, "batch_size": 8}},
        _overfits),
    "sine": Challenge(
        "Draw a wave", "Learn the sine with at most 4 hidden units.", {"data": {"name": "sine"}, "network": _net([1], "tanh")},
        lambda s: [_data(s, "sine"), _hidden_units(s, 4), _reaches(s, 0.95)]),
    "noisy": Challenge(
        "Without going astray", "Train for at least 300 epochs on few noisy examples, and stay good at new ones.",
        {"data": _MOONS, "network": _net([32, 32]), "training": {"optimizer": "adam", "learning_rate": 0.01, "batch_size": 8}},
        lambda s: [_epochs(s, 300, None), _reaches(s, 0.8), ("a test loss below 0.5", _loss(s, test=True) < 0.5,
                                                             _loss(s, test=True))]),
}


def describe() -> list[Json]:
    """As the page gets them."""
    return [{"name": name, "title": one.title, "task": one.task, "words": f"challenge.{name}"}
            for name, one in CHALLENGES.items()]


def report(session: Session) -> Json | None:
    """How far the challenge of the session is."""
    if session.challenge is None:
        return None
    checks = CHALLENGES[session.challenge].checks(session)
    return {"name": session.challenge, "done": all(done for _, done, _ in checks),
            "ok": [{"words": f"challenge.{session.challenge}.{k}", "text": text, "done": done, "value": value}
                   for k, (text, done, value) in enumerate(checks, start=1)]}


def _challenge(session: Session, command: Json) -> None:
    name, = arguments(command, name=REQUIRED)
    if name is None:
        session.challenge = None
        session.renew("state", "frame")
        return
    session.reopen(check_setting(CHALLENGES[choice(name, "name", CHALLENGES)].setting))
    session.challenge, session.lesson, session.remembers_dead = name, None, False


COMMANDS = {"challenge": _challenge}
