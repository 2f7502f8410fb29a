"""The commands of the page: time, setting, data and view here, the rest in modules of their own."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pynn.playground import challenges, comparing, exporting, gradients, landscapes, lessons, models, numbers, sharing, tables
from pynn.playground.arguments import ENVELOPE, REQUIRED, arguments, whole
from pynn.playground.changes import find_parameter, merged, restarts
from pynn.playground.choices import MOST_EPOCH, MOST_SEED, Json
from pynn.playground.course import Moment
from pynn.validation import choice, real_number

if TYPE_CHECKING:
    from pynn.playground.session import Session

_MOST_STEPS = 10_000


def _play(session: Session, command: Json) -> None:
    arguments(command)
    session.play()


def _pause(session: Session, command: Json) -> None:
    arguments(command)
    if session.status in ("playing", "going"):
        session.rest()


def _step(session: Session, command: Json) -> Json:
    unit, count = arguments(command, unit=REQUIRED, count=1)
    session.step(choice(unit, "unit", ("epoch", "batch", "example")), whole(count, "count", 1, _MOST_STEPS))
    return {"epoch": session.course.epoch, "batch": session.course.batch, "example": session.looked_at}


def _go(session: Session, command: Json) -> None:
    epoch, batch = arguments(command, epoch=REQUIRED, batch=0)
    session.go(Moment(whole(epoch, "epoch", 0, MOST_EPOCH), whole(batch, "batch", 0, session.course.batches)))


def _speed(session: Session, command: Json) -> None:
    speed, = arguments(command, epochs_per_second=REQUIRED)
    session.pace.speed = None if speed is None else real_number(speed, "epochs_per_second", 0.1, 1e6)
    session.pace.start(session.progress)
    session.renew("state")


def _restart(session: Session, command: Json) -> None:
    arguments(command)
    restart(session)


def restart(session: Session) -> None:
    """Go back to epoch 0 with the present setting; edits by hand at epoch 0 are kept."""
    session.reopen(*session.course.beginning())


def _seed(session: Session, command: Json) -> Json:
    seed, = arguments(command, seed=None)
    number = int(np.random.default_rng().integers(MOST_SEED)) if seed is None else whole(seed, "seed", 0, MOST_SEED)
    session.reopen(session.course.stage.setting | {"seed": number})
    return {"seed": number}


def _set(session: Session, command: Json) -> Json:
    part, = arguments(command, setting=REQUIRED)
    course = session.course
    if restarts(part):
        session.reopen(merged(session.origin, course.stage.setting, part))
        return {"restarted": True}
    setting = merged(session.origin, course.stage.setting, part)
    if setting == course.stage.setting:
        return {"restarted": False}
    if course.moment == Moment(0) and not course.events and set(part) == {"training"}:
        playing = session.status == "playing"
        session.reopen(setting)                     # nothing was trained yet: this is the setting from the start
        if playing:
            session.play()
    else:
        session.do({"command": "set", "setting": part})
    return {"restarted": False}


def _do(session: Session, command: Json) -> None:
    session.do({name: value for name, value in command.items() if name == "command" or name not in ENVELOPE})


def _edit(session: Session, command: Json) -> Json:
    array, at, _ = find_parameter(session.net, command, value=REQUIRED)
    before = float(array[at])
    _do(session, command)
    array, at, _ = find_parameter(session.net, command, value=REQUIRED)
    return {"before": before, "after": float(array[at])}


def _add_points(session: Session, command: Json) -> None:
    points, = arguments(command, points=REQUIRED)
    if not isinstance(points, list):
        raise TypeError(f"points: expected a list, got {points!r:.100}")
    examples = session.course.stage.examples
    session.do({"command": "add_points", "rows": [session.view.place(examples, point) for point in points]})


def _remove_points(session: Session, command: Json) -> None:
    index, = arguments(command, index=REQUIRED)
    if not isinstance(index, list):
        raise TypeError(f"index: expected a list, got {index!r:.100}")
    for row in index:
        session.course.stage.examples.find(row, "index")
    session.do({"command": "remove_points", "index": index})


def _view(session: Session, command: Json) -> None:
    session.set_view(session.view.changed(command, session.net, session.course.stage.examples))


def _reset(session: Session, command: Json) -> None:
    arguments(command)
    session.reset()


def _cancel(session: Session, command: Json) -> None:
    task, = arguments(command, task=REQUIRED)
    session.tasks.pop(choice(task, "task", ("compare", "landscape", "gradients")), None)


COMMANDS: dict[str, Callable[[Any, Json], Any]] = {
    "play": _play, "pause": _pause, "step": _step, "go": _go, "speed": _speed, "restart": _restart, "seed": _seed,
    "set": _set, "add_layer": _do, "remove_layer": _do, "add_unit": _do, "remove_unit": _do, "edit": _edit, "revive": _do,
    "add_points": _add_points, "remove_points": _remove_points, "view": _view, "reset": _reset, "cancel": _cancel,
    **challenges.COMMANDS, **comparing.COMMANDS, **exporting.COMMANDS, **gradients.COMMANDS, **landscapes.COMMANDS,
    **lessons.COMMANDS, **models.COMMANDS, **numbers.COMMANDS, **sharing.COMMANDS, **tables.COMMANDS,
}
