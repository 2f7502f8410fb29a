"""The course of a training: where it stands, what was changed by hand when, and the way to any moment, bit for bit.

A moment is an epoch and a number of batches of it.  Randomness is a function of seed, epoch and step, so that going back
means to take the state of an earlier epoch and to run the epochs after it again, with the events in their places.
"""
from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pynn.network import Network
from pynn.playground.building import Origin, build_network, fit_arguments, rate_of
from pynn.playground.changes import change
from pynn.playground.choices import Json
from pynn.playground.timeline import Mark, Timeline
from pynn.randomness import epoch_order
from pynn.training import DivergenceError, DivergenceWarning
from pynn.translation import _

Array = np.ndarray[Any, np.dtype[Any]]

_BY_HAND = ("edit", "revive")       # changes of weights, which a restart takes back
_NUMBERS = {"learning_rate", "batch_size", "shuffle", "l1", "l2", "clip_norm"}      # of the training, that depend on nothing

class Moment(NamedTuple):
    """`batch` steps of the epoch after `epoch` epochs are done."""

    epoch: int
    batch: int = 0


class Event(NamedTuple):
    """A change by hand."""

    at: Moment
    command: Json


class Diverged(ArithmeticError):
    """The loss or a parameter is not finite; the network stands before the epoch or batch in which that happened."""


class Course:
    """One training, from its first weights on.

    Attributes
    ----------
    base : dict
        The setting of epoch 0.
    events : list of Event
        Those before the present moment have been made; those after it will be made when training comes there.
    stage : Stage
        The setting and the examples of now.
    net : Network
        The network of now.
    epoch, batch : int
        The present moment.
    furthest : Moment
        The last moment that was reached.
    """

    def __init__(self, origin: Origin, base: Json, events: Sequence[Event] = ()) -> None:
        self.origin, self.base, self.events = origin, base, list(events)
        self.stage = origin.stage(base)
        self.net = origin.first_network(self.stage)
        self.timeline = Timeline()
        self.epoch = self.batch = self.applied = 0
        self.furthest = Moment(0)
        self.trouble: str | None = None         # why the events of a moment could not be made
        self._start: Any = None                 # the state at the beginning of an epoch of which some batches are done
        self._order: tuple[Any, Array] = (None, np.arange(0))
        self._seconds = 1e-3                    # of an epoch, as measured
        self._arrive()

    # ------------------------------------------------------------------------------------------------------ where it is

    @property
    def moment(self) -> Moment:
        """The present."""
        return Moment(self.epoch, self.batch)

    @property
    def batch_size(self) -> int:
        """Examples in a full batch."""
        m = len(self.stage.examples.X)
        return min(self.stage.setting["training"]["batch_size"] or m, m)

    @property
    def batches(self) -> int:
        """Steps in an epoch."""
        return -(-len(self.stage.examples.X) // self.batch_size)

    @property
    def learning_rate(self) -> float:
        """α of the epoch under way."""
        return rate_of(self.stage.setting, self.epoch)

    def next_batch(self) -> Array:
        """Which training examples the next batch has."""
        m = len(self.stage.examples.X)
        key = self.net.state.seed, self.epoch, m, self.stage.setting["training"]["shuffle"]
        if self._order[0] != key:
            self._order = key, epoch_order(*key[:3]) if key[3] else np.arange(m)
        first = self.batch * self.batch_size
        return self._order[1][first:first + self.batch_size]

    # ----------------------------------------------------------------------------------------------------------- onward

    def advance(self, target: Moment, seconds: float = np.inf) -> bool:
        """Train towards a moment for about so many seconds; returns whether it is reached."""
        began = time.perf_counter()
        while self.moment < target:
            left = seconds - (time.perf_counter() - began)
            if left <= 0:
                return False
            epochs = self._whole_epochs(target)
            if epochs:
                self._run_epochs(max(1, min(epochs, int(min(left / self._seconds, 10_000)))))
            else:
                self._run_batch()
        return True

    def _whole_epochs(self, target: Moment) -> int:
        """How many epochs can be run without a stop for anything."""
        if self.batch:
            return 0
        stops = [target.epoch, self.timeline.next_mark(self.epoch)]
        if self.applied < len(self.events):
            stops.append(self.events[self.applied].at.epoch)
        return min(stops) - self.epoch

    def _run_epochs(self, epochs: int) -> None:
        """Run whole epochs."""
        examples, began = self.stage.examples, time.perf_counter()
        validation = (examples.X_test, examples.y_test) if len(examples.X_test) else None
        try:
            history = self._fit(examples.X, examples.y, epochs=epochs, validation_data=validation,
                                **fit_arguments(self.stage.setting))
        except DivergenceError as error:
            done = error.history.epochs - 1
            if done > 0:
                self._run_epochs(done)
            raise self._diverged(error) from None
        columns = [history[name] for name in history if name != "epoch_seconds"]
        for number, row in enumerate(zip(*columns, strict=True), start=self.epoch + 1):
            self.timeline.put_row(number, (*map(float, row), *[np.nan] * (4 - len(row))))
        self._seconds += 0.5 * ((time.perf_counter() - began) / epochs - self._seconds)
        self.epoch += epochs
        self._arrive()

    def _run_batch(self) -> None:
        """Run one batch: the same step as in a whole epoch."""
        examples, state = self.stage.examples, self.net.state
        if not self.batch:
            self._start = state.snapshot()
        rows = self.next_batch()
        arguments = fit_arguments(self.stage.setting) | {"batch_size": None, "shuffle": False}
        try:
            self._fit(examples.X[rows], examples.y[rows], epochs=1, **arguments)
        except DivergenceError as error:
            raise self._diverged(error) from None
        state.epoch -= 1                # a batch is no epoch
        self.batch += 1
        if self.batch >= self.batches:
            self._end_epoch()
        else:
            self._arrive()

    def _end_epoch(self) -> None:
        """All batches of an epoch were run one by one."""
        if not any(event.at.epoch == self.epoch and event.at.batch for event in self.events[:self.applied]):
            self.net.state.restore(self._start)         # run as a whole it ends in the same state, and gives its losses
            self.batch = 0
            self._run_epochs(1)
            return
        self.batch = 0
        self.net.state.epoch += 1
        self.epoch += 1
        examples = self.stage.examples
        with np.errstate(all="ignore"):
            sets = [(examples.X, examples.y), *[(examples.X_test, examples.y_test)] * bool(len(examples.X_test))]
            row = [value for one in sets for value in measure(self.net, *one).values()]
        self.timeline.put_row(self.epoch, (*row, *[np.nan] * (4 - len(row))))
        self._arrive()

    def _fit(self, X: Array, y: Array, **arguments: Any) -> Any:
        warnings.filterwarnings("ignore", category=DivergenceWarning, module=r"pynn\.playground\.")     # the page shows it
        return self.net.fit(X, y, **arguments)

    def _diverged(self, error: DivergenceError) -> Diverged:
        epoch, batch, alpha = self.epoch + 1, self.batch + 1, self.learning_rate
        if not error.history.epochs:
            return Diverged(_("Epoch {epoch} cannot begin, because the loss is not finite: some parameters or examples are too "
                              "large. Restart, or make them smaller.", epoch=epoch))
        if self.batch:
            return Diverged(_("Epoch {epoch}, batch {batch}: the loss or a parameter is not finite any more. A step of "
                              "learning_rate {alpha:g} overshoots the minimum: lower the learning rate, or restart. The "
                              "network is as it was before.", epoch=epoch, batch=batch, alpha=alpha))
        return Diverged(_("Epoch {epoch}: the loss or a parameter is not finite any more. Steps of learning_rate {alpha:g} "
                          "overshoot the minimum: lower the learning rate, or restart. The network is as it was before.",
                          epoch=epoch, alpha=alpha))

    # ------------------------------------------------------------------------------------------------ events, and back

    def _arrive(self) -> None:
        """Keep a mark where one is due, and make the events of this moment."""
        if not self.batch and self.timeline.wants_mark(self.epoch):
            self.timeline.put_mark(self.epoch, Mark(self.stage, self.net.state.snapshot(), self.applied))
        while self.applied < len(self.events) and self.events[self.applied].at <= self.moment:
            try:
                self.stage, self.net = change(self.origin, self.stage, self.net, self.events[self.applied].command)
            except (ValueError, TypeError, ArithmeticError) as error:
                self.trouble = f"epoch {self.epoch}: {error}"
                del self.events[self.applied:]
            else:
                self.applied += 1
        self.furthest = max(self.furthest, self.moment)

    def do(self, command: Json) -> None:
        """Make a change now; what came after this moment is dropped.  If it fails, nothing is changed."""
        self.stage, self.net = change(self.origin, self.stage, self.net, command)
        del self.events[self.applied:]
        self.timeline.forget_after(self.epoch)
        self.furthest = self.moment
        if self.events and _replaces(command, self.moment, self.events[-1]):
            self.events.pop()
        self.events.append(Event(self.moment, command))
        self.applied = len(self.events)

    def beginning(self) -> tuple[Json, list[Event]]:
        """Epoch 0 with the present setting: the setting, and the edits by hand that were made at epoch 0."""
        made = self.events[:self.applied]
        if not any(event.at == Moment(0) and event.command["command"] in _BY_HAND for event in made):
            return self.stage.setting, []
        kept = [event for event in made if event.at == Moment(0) or event.command["command"] not in _BY_HAND]
        return self.base, [Event(Moment(0), event.command) for event in kept]

    def turn_back(self, target: Moment) -> None:
        """Take the last kept state before a moment, unless the way from here is shorter."""
        epoch, mark = self.timeline.mark_before(target.epoch)
        if self.moment <= target and epoch <= self.epoch:
            return
        if mark.stage is not self.stage:
            self.stage = mark.stage
            self.net = build_network(self.stage, self.origin.source)
        self.net.state.restore(mark.state)
        self.epoch, self.batch, self.applied = epoch, 0, mark.applied
        self._arrive()


def measure(net: Network, X: Array, y: Array) -> dict[str, float]:
    """Network.evaluate, with NaN where it raises an error about NaN."""
    try:
        return net.evaluate(X, y)
    except FloatingPointError:
        return {"loss": float("nan"), "r2" if net.is_regression else "accuracy": float("nan")}


def _replaces(command: Json, at: Moment, last: Event) -> bool:
    """Whether a change makes the last one meaningless: the same weight, or the same numbers of the training, once more."""
    if at != last.at or command["command"] != last.command["command"]:
        return False
    if command["command"] == "edit":
        return all(command[name] == last.command[name] for name in ("layer", "unit", "input"))
    if command["command"] == "set":
        parts = [one["setting"] for one in (command, last.command)]
        return all(set(part) == {"training"} and set(part["training"]) <= _NUMBERS for part in parts) and (
            set(parts[0]["training"]) == set(parts[1]["training"]))
    return False
