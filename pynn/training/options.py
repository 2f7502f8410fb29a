"""The options of a fit, checked: all arguments of Network.fit that are not data."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pynn.history import History
from pynn.optimizers import Optimizer, optimizer_of
from pynn.translation import Sentence
from pynn.validation import boolean, positive_int, real_number

if TYPE_CHECKING:
    from pynn.network import Network

Callback = Callable[["Network", History], Any]
Schedule = Callable[[int], float]

_MOST_THREADS = 1 << 10


@dataclass(kw_only=True)
class FitOptions:
    """How to train.  The options are checked here, and documented in Network.fit."""

    epochs: int
    batch_size: int | None
    learning_rate: float | Schedule | None
    optimizer: str | Optimizer | None
    shuffle: bool
    l1: float
    l2: float
    clip_norm: float | None
    callbacks: Sequence[Callback]
    progress: bool | None
    rng: Any
    n_threads: int | None

    def __post_init__(self) -> None:
        self.epochs = positive_int(self.epochs, "epochs")
        if self.batch_size is not None:
            self.batch_size = positive_int(self.batch_size, "batch_size")
        if self.learning_rate is not None and not callable(self.learning_rate):
            self.learning_rate = real_number(self.learning_rate, "learning_rate", 0, low_included=False)
        self.recipe = None if self.optimizer is None else optimizer_of(self.optimizer)
        self.shuffle = boolean(self.shuffle, "shuffle")
        self.penalties = {"l1": real_number(self.l1, "l1", 0), "l2": real_number(self.l2, "l2", 0)}
        if self.clip_norm is not None:
            self.penalties["clip_norm"] = real_number(self.clip_norm, "clip_norm", 0, low_included=False)
        if self.progress is not None:
            self.progress = boolean(self.progress, "progress")
        self.threads = 0 if self.n_threads is None else min(positive_int(self.n_threads, "n_threads"), _MOST_THREADS)
        self.callbacks = _check_callbacks(self.callbacks)
        for callback in self.callbacks:
            if callable(self.learning_rate) and getattr(callback, "sets_learning_rate", False):
                raise ValueError(f"callbacks: {type(callback).__name__} sets the learning rate, and so does the schedule "
                                 f"learning_rate={self.learning_rate!r}; give one of them")
        setters = [callback for callback in self.callbacks if getattr(callback, "sets_learning_rate", False)]
        if len(setters) > 1 and any(hasattr(callback, "schedule") for callback in setters):
            raise ValueError(Sentence("callbacks: {names} both set the learning rate, and a schedule undoes what the other one "
                                      "does; give one of them", names=" and ".join(type(one).__name__ for one in setters)))


def _check_callbacks(callbacks: Any) -> tuple[Callback, ...]:
    try:
        callbacks = tuple(callbacks)
    except TypeError:
        raise TypeError(f"callbacks: expected a sequence of callables, got {type(callbacks).__name__}") from None
    for callback in callbacks:
        if isinstance(callback, type):
            raise TypeError(f"callbacks: expected an instance such as {callback.__name__}(), got the class {callback.__name__}")
        if not callable(callback):
            raise TypeError(f"callbacks: expected callables (net, history), got {callback!r}")
    return callbacks
