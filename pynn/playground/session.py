"""The session: data, network and history behind a page.  It takes commands (dictionaries) and gives messages.

There is no web in it, and it is deterministic: the same commands at the same moments give the same numbers, bit for bit.  One
thread owns a session.
"""
from __future__ import annotations

import functools
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pynn.network import Network
from pynn.playground import challenges, frames, sharing, states
from pynn.playground.building import Origin
from pynn.playground.choices import MOST_EPOCH, Json
from pynn.playground.commands import COMMANDS
from pynn.playground.course import Course, Diverged, Event, Moment
from pynn.playground.messages import Later, Message, Reply
from pynn.playground.pace import DEFAULT_SPEED, Pace
from pynn.playground.settings import check_setting
from pynn.playground.views import View
from pynn.translation import _, speaking, translated
from pynn.validation import choice

LANGUAGES = {"en": "en", "zh": "zh_CN"}         # of the page, and their names in pynn
_SLICE = 0.004          # seconds of work between two looks at the commands
_PAUSE = 0.005          # seconds between looks at the clock, when training is faster than it should be
_MOST_NOTES = 50
_REFUSALS = (ValueError, TypeError, IndexError, KeyError, ArithmeticError, OSError, RuntimeError, ImportError)


class Session:
    """What the page shows and changes.

    Parameters
    ----------
    origin : Origin, optional
        A table and a network to begin with.
    setting : dict, optional
        The setting to begin with, or a part of it; the rest has its defaults.

    Attributes
    ----------
    course : Course
        The training.
    status : str
        paused, playing, going (on the way to `target`), or diverged.
    looked_at : int
        Examples of the next batch that were looked at one by one.
    versions : Counter
        How often each kind of message has become new.
    """

    def __init__(self, origin: Origin | None = None, setting: Json | None = None, host: str = "server") -> None:
        self.host, self.language = host, "en"           # language: of the last command that had one
        self.origin = Origin() if origin is None else origin
        source = self.origin.source
        first = check_setting(setting or {}, source.classes if source else None, has_table=source is not None)
        self._opened_with = self.origin, first
        self.versions: Counter[str] = Counter(hello=1)
        self.notes: deque[Json] = deque(maxlen=_MOST_NOTES)
        self.pace = Pace()
        self.view = View()
        self.tasks: dict[str, Iterator[None]] = {}
        self.results: dict[str, Message] = {}           # of tasks, the latest of each
        self.challenge: str | None = None
        self.lesson: int | None = None
        self.remembers_dead = False                     # for a challenge
        self.reopen(first)

    # ------------------------------------------------------------------------------------------------------- the training

    @property
    def net(self) -> Network:
        """The network of now."""
        return self.course.net

    def reopen(self, base: Json, events: Sequence[Event] = (), origin: Origin | None = None) -> None:
        """Begin a training at epoch 0.  If the setting is not possible, nothing is changed."""
        course = Course(self.origin if origin is None else origin, base, events)
        self.origin, self.course = course.origin, course
        self.rest()
        self.tasks.clear()
        self.results.clear()
        self.renew("state", "data", "frame")

    def reset(self) -> None:
        """Become what the session was when it was opened."""
        origin, setting = self._opened_with
        self.reopen(setting, origin=origin)
        self.view, self.challenge, self.lesson = View(), None, None
        self.pace.speed = DEFAULT_SPEED
        self.renew("state", "data", "frame")

    def rest(self, status: str = "paused", message: str | None = None) -> None:
        """Stop training."""
        self.status, self.reason = status, message
        self.target: Moment | None = None
        self.expected: int | None = None            # the checksum of θ at the target, if it came in an address
        self.looked_at = 0
        self.view = self.view.fitting(self.net, self.course.stage.examples)
        self.renew("frame")

    def play(self) -> None:
        """Train on."""
        self.rest("playing")
        self.pace.start(self.progress)

    def go(self, target: Moment) -> None:
        """Go to a moment, back or forward; `advance` does the work."""
        self.rest("going")
        self.target = target
        self._watch(lambda: self.course.turn_back(target))
        self.pace.start(self.progress)

    def do(self, command: Json) -> None:
        """Make a change by hand; what was after this moment is dropped."""
        self.course.do(command)
        if self.status != "playing":
            self.rest()
        self.view = self.view.fitting(self.net, self.course.stage.examples)
        self.renew("state", "frame", *(["data"] if command["command"] in ("add_points", "remove_points") else []))

    @property
    def progress(self) -> float:
        """Epochs that are done."""
        return self.course.epoch + self.course.batch / self.course.batches

    @property
    def busy(self) -> bool:
        """Whether `advance` has something to do."""
        return self.status in ("playing", "going") or bool(self.tasks)

    @property
    def patience(self) -> float | None:
        """Seconds that may pass before the next `advance`; None: until the next command."""
        if not self.busy:
            return None
        is_early = self.status == "playing" and not self.tasks and self._due() <= self.course.moment
        return _PAUSE if is_early else 0.0

    def advance(self, seconds: float = _SLICE) -> None:
        """Train, and go on with longer tasks, for about so many seconds."""
        for name, task in list(self.tasks.items()):
            if next(task, self) is self:                # the task has ended
                self.tasks.pop(name, None)
        if self.status == "playing":
            self._watch(lambda: self._play(seconds))
        elif self.status == "going":
            self._watch(lambda: self._go(seconds))

    def _play(self, seconds: float) -> None:
        before, due = self.course.moment, self._due()
        self.course.advance(due, seconds)
        if due.epoch - self.progress > 1:
            self.pace.fall_behind(self.progress)
        if self.course.epoch >= MOST_EPOCH:
            with speaking(LANGUAGES[self.language]):
                self.rest(message=_("The playground trains for at most {most} epochs.", most=MOST_EPOCH))
        self._moved(before)

    def _due(self) -> Moment:
        """The moment that should be reached by now."""
        due = min(self.pace.due(), MOST_EPOCH)
        return Moment(int(due), int((due - int(due)) * self.course.batches) if self.pace.in_batches else 0)

    def _go(self, seconds: float) -> None:
        before, target = self.course.moment, self.target
        assert target is not None
        if self.course.advance(target, seconds):
            if self.expected not in (None, sharing.checksum(self)):
                self.note("info", "other_bits", "The numbers differ from those of the sender, at first in their last digits: "
                                                "another processor or version of pynn rounds in another order.")
            self.rest()
        self._moved(before)

    def _moved(self, before: Moment) -> None:
        if self.course.moment != before:
            self.looked_at = 0
            self.pace.note(self.progress)
            self.renew("frame")

    def _watch(self, work: Any) -> None:
        """Do some training; after a divergence it stops."""
        stage = self.course.stage
        try:
            with speaking(LANGUAGES[self.language]):
                work()
        except Diverged as error:
            self.rest("diverged", str(error))
        if self.course.trouble:
            self.note("warning", "event", f"A change could not be made again at {self.course.trouble}")
            self.course.trouble = None
        if self.course.stage is not stage:
            self.view = self.view.fitting(self.net, self.course.stage.examples)
            self.renew("state", "data")

    def step(self, unit: str, count: int) -> None:
        """Train for some epochs, batches or examples; a batch is done when its last example has been looked at."""
        if self.status != "paused":
            self.rest()
        course = self.course
        if unit == "epoch":
            self.go(Moment(course.epoch + count))
            self._watch(lambda: self._go(_SLICE))
            return
        for _step in range(count):
            if unit == "example":
                self.looked_at += 1
                if self.looked_at < len(course.next_batch()):
                    continue
            self.looked_at = 0
            self._watch(lambda: course.advance(Moment(course.epoch, course.batch + 1)))
            if self.status == "diverged":
                break
        self.renew("frame")

    # ----------------------------------------------------------------------------------------------- commands and messages

    def handle(self, command: Any) -> Message:
        """Do what a command says; the reply says what came of it, or why it was refused: then nothing is changed."""
        begun = self.begin(command)
        return begun() if callable(begun) else begun

    def begin(self, command: Any) -> Message | Callable[[], Message]:
        """The reply to a command, or for long work a function that gives it; this function does not touch the session."""
        given = command if isinstance(command, dict) else {}
        name = given.get("command")
        header: Json = {"type": "reply", "id": given.get("id"), "command": name}
        language = "en"
        try:
            if not isinstance(command, dict) or not isinstance(name, str):
                raise ValueError(f"command: expected an object with the name of a command, got {command!r:.200}")
            if name not in COMMANDS:
                raise ValueError(f"command: unknown command {name!r:.200}; there are {', '.join(COMMANDS)}")
            language = choice(command.get("language", "en"), "language", LANGUAGES)
            self.language = language if "language" in command else self.language
            with speaking(LANGUAGES[language]):
                reply: Reply | Later | Json | None = COMMANDS[name](self, command)
        except _REFUSALS as error:
            return Message(header | {"ok": False, "error": _error_entry(error, LANGUAGES[language])})
        if isinstance(reply, Later):
            return functools.partial(_finished, reply, header, LANGUAGES[language])
        done = reply if isinstance(reply, Reply) else Reply(reply or {})
        return Message(header | {"ok": True, "result": done.result}, done.blobs)

    def renew(self, *kinds: str) -> None:
        """Say that messages of these kinds have become new."""
        self.versions.update(kinds)

    def note(self, level: str, code: str, message: str) -> None:
        """Tell the page something that no command asked for."""
        self.versions["note"] += 1
        self.notes.append({"type": "note", "level": level, "code": code, "message": message, "note": self.versions["note"]})

    def message(self, kind: str) -> Message:
        """The message of a kind, as it is now."""
        with speaking(LANGUAGES[self.language]):
            if kind == "frame":
                return frames.frame(self)
            if kind in states.KINDS:
                return states.KINDS[kind](self)
            return self.results[kind]

    def challenge_report(self) -> Json | None:
        """How far the challenge is, if there is one."""
        return challenges.report(self)

    def set_view(self, view: View) -> None:
        """Look at something else."""
        planes = [replace(one, example=None, point=None, gradient=False) for one in (view, self.view)]
        self.view = view
        self.renew("state", "frame", *(["data"] if planes[0] != planes[1] else []))


def _finished(later: Later, header: Json, language: str) -> Message:
    """The reply to a command whose long work is done here."""
    try:
        with speaking(language):
            done = later.work()
    except _REFUSALS as error:
        return Message(header | {"ok": False, "error": _error_entry(error, language)})
    return Message(header | {"ok": True, "result": done.result}, done.blobs)


def _error_entry(error: Exception, language: str) -> Json:
    """The field that an error message begins with, and the message."""
    text = translated(error, language) if not isinstance(error, KeyError) else f"unknown {error}"
    field, colon, _rest = text.replace("：", ":").partition(":")
    is_field = colon and field.replace(".", "").replace("_", "").replace("[", "").replace("]", "").replace(" ", "x").isalnum()
    return {"field": field if is_field and " " not in field else "", "message": text}
