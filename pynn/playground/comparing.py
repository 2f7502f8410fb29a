"""Several trainings from the same start, side by side: one thing of the setting takes several values."""
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from pynn.playground.arguments import REQUIRED, arguments, whole
from pynn.playground.changes import merged, restarts
from pynn.playground.choices import COMPARED, MOST_COMPARED, Json
from pynn.playground.course import Course, Diverged, Event, Moment, measure
from pynn.playground.frames import surface_of
from pynn.playground.messages import Message
from pynn.translation import Sentence
from pynn.validation import choice

if TYPE_CHECKING:
    from pynn.playground.session import Session

Array = np.ndarray[Any, np.dtype[Any]]

_MOST_EPOCHS = 2000
_POINTS = 50                # of a surface, along each axis
_SLICE = 0.012              # seconds
_REPORT_EVERY = 0.1


def _compare(session: Session, command: Json) -> None:
    vary, values, epochs = arguments(command, vary=REQUIRED, values=REQUIRED, epochs=100)
    choice(vary, "vary", COMPARED)
    if not isinstance(values, list) or not 2 <= len(values) <= MOST_COMPARED:
        raise ValueError(Sentence("values: expected a list of 2 to {most} values, got {values!r:.200}", most=MOST_COMPARED,
                                  values=values))
    whole(epochs, "epochs", 1, _MOST_EPOCHS)
    courses = [Course(session.origin, *beginning_with(session, part_of(vary, value))) for value in values]
    if session.busy:
        session.rest()
    session.tasks["compare"] = _Comparison(session, vary, values, courses, epochs).run()


def beginning_with(session: Session, part: Json) -> tuple[Json, list[Event]]:
    """The beginning of the session's training, with its weights edited by hand, and a part of the setting changed."""
    base, events = session.course.beginning()
    merged(session.origin, session.course.stage.setting, part)          # refuses what is not possible
    if not events or restarts(part):
        return merged(session.origin, base, part), events
    return base, [*events, Event(Moment(0), {"command": "set", "setting": part})]


def part_of(vary: str, value: Any) -> Json:
    """The part of a setting that gives the thing this value."""
    if vary == "seed":
        return {"seed": value}
    if vary in ("initializer", "dropout", "activation"):
        return {"network": {"activations" if vary == "activation" else vary: value}}
    return {"training": {vary: value}}


class _Comparison:
    """Courses that run in turns, and what is known of them."""

    def __init__(self, session: Session, vary: str, values: list[Any], courses: list[Course], epochs: int) -> None:
        self.session, self.vary, self.values, self.courses, self.epochs = session, vary, values, courses, epochs
        self.messages: list[str | None] = [None] * len(courses)         # of those that diverged

    def run(self) -> Iterator[None]:
        """Train all, epoch by epoch, with a report now and then."""
        self._report()
        reported = time.perf_counter()
        while running := [k for k, course in enumerate(self.courses)
                          if self.messages[k] is None and course.epoch < self.epochs]:
            first = min(self.courses[k].epoch for k in running)
            for k in running:
                try:
                    self.courses[k].advance(Moment(min(first + 20, self.epochs)), _SLICE / len(running))
                except Diverged as error:
                    self.messages[k] = str(error)
            if time.perf_counter() - reported > _REPORT_EVERY:
                self._report()
                reported = time.perf_counter()
            yield
        self._report(done=True)

    def _report(self, *, done: bool = False) -> None:
        runs, blobs = [], []
        kind: Json = {}
        for k, course in enumerate(self.courses):
            examples, view = course.stage.examples, self.session.view
            with np.errstate(all="ignore"):
                kind, pictures = surface_of(course.net, view, view.grid(examples, _POINTS))
                train = measure(course.net, examples.X, examples.y)
                test = measure(course.net, examples.X_test, examples.y_test) if len(examples.X_test) else None
            status = "diverged" if self.messages[k] else "done" if course.epoch >= self.epochs else "running"
            runs.append({"value": self.values[k], "status": status, "message": self.messages[k], "epoch": course.epoch,
                         "train": train, "test": test, "low": kind["low"], "high": kind["high"]})
            curves = course.timeline.curves()[:5 if test else 3].astype(np.float32)
            blobs += [(f"{name}_{k}", picture) for name, picture in pictures] + [(f"curves_{k}", curves)]
        metric = self.courses[0].net.architecture.metric
        names = ["epoch", "loss", metric, *(["val_loss", f"val_{metric}"] if runs[0]["test"] else [])]
        self.session.results["compare"] = Message({
            "type": "compare", "vary": self.vary, "values": self.values, "epochs": self.epochs, "done": done, "names": names,
            "epoch": min(course.epoch for course in self.courses), "kind": kind["kind"], "low": min(run["low"] for run in runs),
            "high": max(run["high"] for run in runs), "runs": runs}, tuple(blobs))
        self.session.renew("compare")


def _take(session: Session, command: Json) -> None:
    run, = arguments(command, run=REQUIRED)
    if "compare" not in session.results:
        raise ValueError("run: nothing has been compared yet")
    header = session.results["compare"].header
    value = header["values"][whole(run, "run", 0, len(header["values"]) - 1)]
    session.reopen(*beginning_with(session, part_of(header["vary"], value)))


COMMANDS = {"compare": _compare, "take": _take}
