"""What a fit is: the plan and the data, checked, then epochs, validation, callbacks and the reasons to stop.

The mathematics and the batches belong to the engine.
"""
from __future__ import annotations

import contextlib
import math
import numbers
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from pynn.architecture import Architecture
from pynn.history import History
from pynn.optimizers import Optimizer, optimizer_of
from pynn.parameters import find_not_finite
from pynn.progress import EpochBar
from pynn.randomness import seed_from
from pynn.state import LastFit, State
from pynn.translation import Sentence
from pynn.validation import boolean, check_weights, choice, positive_int, real_number

if TYPE_CHECKING:
    from pynn.network import Network

Array = np.ndarray[Any, np.dtype[Any]]
Callback = Callable[["Network", History], Any]
Schedule = Callable[[int], float]

_EPOCHS_AT_ONCE = 10_000        # so that the statistics of a call to the engine stay small
_RATES_AT_ONCE = 100            # asked of a schedule before the first of these epochs
_TRACE_ELEMENTS = 1 << 20       # of the parameters of several epochs, for callbacks that can be replayed
_BAR_EVERY = 0.1                # seconds between updates of the progress bar
_WARN_ABOVE = 10                # times the loss before the fit
_SAMPLE = 1 << 8                # the most examples that the loss before the fit is measured on
_ROWS = 1 << 16
_MOST_THREADS = 1 << 10


class DivergenceError(ArithmeticError):
    """The loss or a parameter is not finite, before the first epoch or after any; the network is as it was before the fit.

    Attributes
    ----------
    history : History
        The epochs up to and including the one that diverged.
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.history)


class DivergenceWarning(UserWarning):
    """The loss of an epoch is above 10 times the loss before the fit, but finite.

    The loss before the fit is measured on at most 256 examples, evenly spaced over the data.
    Training goes on, and the network stays as it is trained.  The way back is a copy from before the fit: `net.copy()`,
    or the file of `net.save`.
    """


@dataclass(kw_only=True)
class Plan:
    """How to train: the arguments of a fit that are not data.  They are checked here, and documented in Network.fit."""

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


class Data(NamedTuple):
    """Checked examples: those to train on with their weights, and those to validate on."""

    X: Array
    y: Array
    weights: Array | None
    validation: tuple[Array, Array] | None


class Training:
    """One fit, from its first epoch to its last; the network itself is only handed through to the callbacks."""

    def __init__(self, net: Network, engine: Any, architecture: Architecture, state: State, data: Data, plan: Plan) -> None:
        self.net, self.engine, self.architecture = net, engine, architecture
        self.state, self.data, self.plan = state, data, plan
        metric = architecture.metric
        validation = ("val_loss", f"val_{metric}") if data.validation else ()
        self.history = History(("loss", metric, *validation, "epoch_seconds"),
                               standardized_targets=net.target_standardizer is not None)
        # Such callbacks may see epochs after the next ones have been run, so the engine need not stop for them.
        self.replayed = (bool(plan.callbacks) and data.validation is None
                         and all(hasattr(callback, "replay") for callback in plan.callbacks))
        self.stopped = self.warned = False
        if callable(plan.learning_rate):
            _ask(plan.learning_rate, state.epoch if plan.rng is None else 0)
        self.seed = None if plan.rng is None else seed_from(plan.rng)
        self.bar = EpochBar(plan.progress, plan.epochs)

    def run(self) -> History:
        """Train; after Ctrl-C return the history so far, after a divergence restore the state and raise DivergenceError."""
        wrong = self._find_not_finite()
        if wrong is not None:
            raise DivergenceError(Sentence("before epoch 1: {wrong}: assign finite parameters first",
                                           wrong=wrong), self.history)
        self._call_all("prepare")
        before = self.state.snapshot()
        try:
            self._start()
            while self.history.epochs < self.plan.epochs and not self.stopped:
                self._train_some_epochs()
        except KeyboardInterrupt:
            self.history.interrupted = True
            if self._find_not_finite() is not None:
                error = self._divergence(self.state.optimizer.learning_rate)
                self.state.restore(before)
                raise error from None
        except DivergenceError:
            self.state.restore(before)
            raise
        except BaseException as error:
            self._keep_history(error)
            raise
        finally:
            self.bar.close()
            self.state.scheduled = None
        try:
            self._call_all("finish")
        except BaseException as error:
            self._keep_history(error)
            raise
        return self.history

    def _call_all(self, method: str) -> None:
        """Call prepare(net, history) or finish(net, history) of every callback that has it."""
        for callback in self.plan.callbacks:
            if hasattr(callback, method):
                getattr(callback, method)(self.net, self.history)

    def _keep_history(self, error: BaseException) -> None:
        """Hand out the history of the epochs before a callback or a schedule failed."""
        if self.history.epochs:
            with contextlib.suppress(AttributeError):       # an error with slots
                error.history = self.history        # type: ignore[attr-defined]
            epochs = "epoch" if self.history.epochs == 1 else f"{self.history.epochs} epochs"
            error.add_note(f"What the network learned in the {epochs} before this error is kept, and the History is in the "
                           "error's attribute history.")

    def _start(self) -> None:
        """Measure the loss before the fit on a sample of the examples, then apply what the plan says to the state."""
        X, y, weights, _ = self.data
        sample = slice(None, None, -(-len(X) // _SAMPLE))       # evenly spaced: the examples may be sorted by class
        sampled = None if weights is None else weights[sample]
        summed_loss, _ = self.engine.evaluate(self.state.theta, X[sample], y[sample], sampled, n_threads=self.plan.threads)
        self.loss_before = summed_loss / (len(X[sample]) if sampled is None else float(sampled.sum()) or 1.0)
        if not np.isfinite(self.loss_before):
            cause = explain_overflow(self.engine, self.architecture, self.state.theta, X, y)
            raise DivergenceError(Sentence("before epoch 1: the loss is {loss_before}: {cause}", loss_before=self.loss_before,
                                           cause=cause), self.history)
        self.total = sum_of_squares(y) if self.architecture.is_regression else None
        if self.plan.recipe is not None:
            self.state.use(self.plan.recipe)
        alpha, optimizer = self.plan.learning_rate, self.state.optimizer
        if isinstance(alpha, float) and alpha != optimizer.learning_rate:
            self.state.optimizer = optimizer.with_learning_rate(alpha)
        if self.seed is not None:
            self.state.start_over(self.seed)
        plan, optimizer = self.plan, self.state.optimizer
        self.state.last_fit = LastFit(plan.epochs, plan.batch_size, optimizer.learning_rate, optimizer, plan.penalties["l1"],
                                      plan.penalties["l2"], plan.penalties.get("clip_norm"), self.data.weights is not None)

    def _train_some_epochs(self) -> None:
        """Train until something has to be done between two epochs, and do it."""
        rates = self._learning_rates(min(self.plan.epochs - self.history.epochs, self._most_epochs()))
        trace = np.empty((len(rates), len(self.state.theta)), self.state.theta.dtype) if self.replayed else None
        losses = self._call_engine(rates, trace)
        if not np.isfinite(losses[-1]) or self._find_not_finite() is not None:
            raise self._divergence(rates[len(losses) - 1])
        self._warn_of_divergence(losses, rates)
        if self.data.validation is not None:
            after = evaluate(self.engine, self.architecture, self.state.theta, *self.data.validation, threads=self.plan.threads)
            self.history.replace_last({f"val_{name}": value for name, value in after.items()})
        if callable(self.plan.learning_rate):
            self.state.scheduled = float(rates[len(losses) - 1])
        self.bar.show(self.history)
        for callback in self.plan.callbacks:
            if trace is not None:
                callback.replay(self.net, self.history, trace[:len(losses)])       # type: ignore[attr-defined]
            else:
                answer = callback(self.net, self.history)
                self.stopped = self.stopped or (isinstance(answer, bool | np.bool_) and bool(answer))
        wrong = self._find_not_finite() if self.plan.callbacks else None
        if wrong is not None:
            raise DivergenceError(Sentence("after epoch {epoch}: {what}, which a callback assigned. The network is as it was "
                                           "before the fit.", epoch=self.history.epochs, what=wrong), self.history)

    def _most_epochs(self) -> int:
        """How many epochs the engine may run before Python has something to do."""
        most = _RATES_AT_ONCE if callable(self.plan.learning_rate) else _EPOCHS_AT_ONCE
        if self.replayed:
            return min(most, max(1, _TRACE_ELEMENTS // len(self.state.theta)))
        return 1 if self.plan.callbacks or self.data.validation else most

    def _learning_rates(self, epochs: int) -> Array:
        """α of the next epochs."""
        schedule, epoch = self.plan.learning_rate, self.state.epoch
        if not callable(schedule):
            return np.full(epochs, self.state.optimizer.learning_rate)
        rates: list[float] = []
        for number in range(epoch, epoch + epochs):
            try:
                rates.append(_ask(schedule, number))
            except KeyboardInterrupt:
                raise
            except BaseException:
                if not rates:
                    raise
                break           # the epochs before this one come first; then the schedule is asked again
        return np.array(rates)

    def _call_engine(self, rates: Array, trace: Array | None) -> Array:
        """Run epochs and record those that were completed, also after Ctrl-C; returns their losses."""
        (X, y, weights, _), state, plan = self.data, self.state, self.plan
        stats = np.zeros((len(rates), 2 + self.architecture.sizes[-1]))
        stats[:, 0] = np.nan            # the seconds of an epoch; the engine writes them when the epoch is complete
        try:
            self.engine.train(state.theta, X, y, stats, weights, batch_size=min(plan.batch_size or len(X), len(X)),
                              learning_rates=rates, counts=state.counts, seed=state.seed, epoch=state.epoch,
                              shuffle=plan.shuffle, rule=state.optimizer.rule, coefficients=state.optimizer.coefficients,
                              state=state.vectors, trace=trace, seconds=_BAR_EVERY if self.bar.wanted else np.inf,
                              n_threads=plan.threads, **plan.penalties)
        finally:
            stats = stats[~np.isnan(stats[:, 0])]
            state.epoch += len(stats)
            unknown = dict.fromkeys(self.history, np.nan)
            for row in stats:
                self.history.append({**unknown, "epoch_seconds": row[0], **_report(row[1], row[2:], len(X), self.total)})
        return stats[:, 1] / len(X)

    def _warn_of_divergence(self, losses: Array, rates: Array) -> None:
        """Warn once in a fit."""
        limit = _WARN_ABOVE * self.loss_before
        if self.warned or losses.max() <= limit:
            return
        self.warned = True
        at = int((losses > limit).argmax())
        epoch = self.history.epochs - len(losses) + at + 1
        warnings.warn(Sentence("epoch {epoch}: the loss is {loss:.4g}, above {times} times the {loss_before:.4g} "
                               "before the fit; lower learning_rate (now {rate:g}) or scale the inputs", epoch=epoch,
                               loss=losses[at], times=_WARN_ABOVE, loss_before=self.loss_before, rate=rates[at]),
                      DivergenceWarning, stacklevel=5)

    def _divergence(self, learning_rate: float) -> DivergenceError:
        history, last = self.history, self.state.last_fit
        self.state.last_fit = last and last._replace(learning_rate=float(learning_rate), diverged=True)
        epoch = history.epochs + history.interrupted          # an interrupted epoch is not in the history
        if history.interrupted or np.isfinite(history["loss"][-1]):
            what = self._find_not_finite()
        else:
            what = Sentence("the loss is {loss}", loss=history["loss"][-1])
        return DivergenceError(Sentence("epoch {epoch}: {what} (the loss before the fit was {loss_before:.4g}). {cause}. "
                                        "The network is as it was before the fit.", epoch=epoch, what=what,
                                        loss_before=self.loss_before, cause=self._cause_of_divergence(learning_rate)), history)

    def _cause_of_divergence(self, learning_rate: float) -> Sentence:
        """Which argument made the steps too large, and what to do."""
        optimizer, theta = self.state.optimizer, self.state.theta
        eps: float = getattr(optimizer, "eps", 1.0)
        if theta.dtype.type(eps) == 0 and np.isnan(theta).any():
            return Sentence("eps={eps:g} of {optimizer} is 0 in {dtype}, so a gradient of 0 gives 0/0: take an eps above 0, "
                            "such as 1e-8", eps=eps, optimizer=type(optimizer).__name__, dtype=theta.dtype)
        penalties = {**self.plan.penalties, "clip_norm": 0.0, "weight_decay": getattr(optimizer, "weight_decay", 0.0)}
        for name, strength in penalties.items():
            if learning_rate * strength > 2:
                return Sentence("learning_rate {rate:g} times {name} {strength:g} is above 2, so the steps of this penalty "
                                "alone overshoot 0: lower {name}", rate=learning_rate, name=name, strength=strength)
        if self.architecture.is_regression:
            return Sentence("Steps of learning_rate {rate:g} overshoot the minimum: lower learning_rate, or scale the inputs "
                            "and y to about -1 ... 1 (net.standardizer, net.target_standardizer)", rate=learning_rate)
        return Sentence("Steps of learning_rate {rate:g} overshoot the minimum: lower learning_rate, or scale the inputs "
                        "to about -1 ... 1 (net.standardizer)", rate=learning_rate)

    def _find_not_finite(self) -> Sentence | None:
        return find_not_finite(self.state.theta, self.architecture.sizes)


def evaluate(engine: Any, architecture: Architecture, theta: Array, X: Array, y: Array, weights: Array | None = None,
             threads: int = 0) -> dict[str, float]:
    """Loss and accuracy (or R²) of checked arrays."""
    if weights is not None:             # rounded as the engine rounds them, so that their sum is the one that it computes with
        weights = weights.astype(theta.dtype).astype(np.float64)
    count = len(X) if weights is None else float(weights.sum())
    summed_loss, metric = engine.evaluate(theta, X, y, weights, n_threads=threads)
    return _report(summed_loss, metric, count, sum_of_squares(y, weights) if architecture.is_regression else None)


def explain_overflow(engine: Any, architecture: Architecture, theta: Array, X: Array, y: Array) -> Sentence:
    """Why the loss of finite parameters is not finite, and what to do."""
    if architecture.is_regression:
        outputs, targets = abs(engine.predict(theta, X)).max(), abs(y).max()
        if np.isfinite(outputs) and targets >= outputs:
            return Sentence("y has values up to {largest:g}, whose squares sum up to more than float64 holds; scale y to about "
                            "-1 ... 1, as net.target_standardizer does", largest=targets)
    return Sentence("the values of X, up to {X:g}, and the parameters, up to {theta:g}, give outputs that {dtype} cannot hold; "
                    "scale the inputs to about -1 ... 1, or assign smaller parameters", X=abs(X).max(), theta=abs(theta).max(),
                    dtype=architecture.dtype)


@np.errstate(over="ignore", invalid="ignore")
def sum_of_squares(y: Array, weights: Array | None = None) -> Array:
    """Σ (y − mean y)² of every output, weighted; block by block, so that memory does not grow with the examples."""
    y = y.reshape(len(y), -1)
    first = y[0].astype(np.float64)         # subtracted from every row, so that the sum of a constant column is exactly 0
    blocks = [slice(start, start + _ROWS) for start in range(0, len(y), _ROWS)]
    counts = [1.0 if weights is None else weights[block, None] for block in blocks]
    mean = sum((count * (y[block] - first)).sum(axis=0) for count, block in zip(counts, blocks, strict=True)) / len(y)
    return np.asarray(sum((count * (y[block] - first - mean) ** 2).sum(axis=0)
                          for count, block in zip(counts, blocks, strict=True)))


def _report(summed_loss: float, metric: Array, m: float, total: Array | None) -> dict[str, float]:
    loss = float(summed_loss / m)
    if total is None:
        return {"loss": loss, "accuracy": min(float(metric[0] / m), 1.0)}
    # R² = 1 − Σ (ŷ − y)² / Σ (y − mean y)², the mean over the outputs; of a constant output 1 if exact, otherwise 0
    with np.errstate(divide="ignore", invalid="ignore"):
        r2 = np.where(total > 0, 1 - metric / total, metric == 0)
    return {"loss": loss, "r2": float(r2.mean())}


def _ask(schedule: Schedule, epoch: int) -> float:
    return real_number(schedule(epoch), f"learning_rate({epoch})", 0)


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


def weigh_and_split(architecture: Architecture, X: Array, y: Array, *, sample_weight: Any, class_weight: Any,
                    validation: tuple[Array, Array] | None, validation_split: Any) -> Data:
    """Weigh the checked examples, and put the last ones aside to validate on, if a share of them is wanted."""
    weights = _weigh(architecture, y, sample_weight, class_weight)
    share = real_number(validation_split, "validation_split", 0, 1, high_included=False)
    if share and validation is not None:
        raise ValueError(f"validation_split: expected 0 where validation_data is given, got {share}; give one of them")
    if share:
        if len(X) == 1:
            raise ValueError(f"validation_split: expected at least 2 examples to split, got 1 example and a share of {share}")
        first = len(X) - min(max(math.floor(share * len(X) + 0.5), 1), len(X) - 1)
        X, y, validation = X[:first], y[:first], (X[first:], y[first:])
    if weights is not None:             # their mean over the rows to train on is 1
        weights = check_weights(weights[:len(X)], "sample_weight", len(X))
    return Data(X, y, weights, validation)


def _weigh(architecture: Architecture, y: Array, sample_weight: Any, class_weight: Any) -> Array | None:
    """The product of both kinds of weights, or None."""
    weights = check_weights(sample_weight, "sample_weight", len(y))
    if class_weight is None:
        return weights
    if architecture.is_regression or (architecture.output == "sigmoid" and architecture.sizes[-1] > 1):
        raise ValueError("class_weight: expected a network that tells classes apart, got one with "
                         f"{'values' if architecture.is_regression else 'several labels'} as outputs; use sample_weight")
    classes = (y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(len(y))).astype(np.int64)
    soft = y[(y != 0) & (y != 1)]
    if architecture.output == "sigmoid" and len(soft):
        raise ValueError(f"class_weight: expected a y of the classes 0 and 1, got {soft[0]:g} in it; a target between 0 and 1 "
                         "has no class, so use sample_weight")
    of_class = _class_weights(class_weight, classes, weights, architecture.labels)
    return check_weights(of_class[classes] * (1 if weights is None else weights), "class_weight", len(y))


def _class_weights(class_weight: Mapping[int, float] | Literal["balanced"], classes: Array, weights: Array | None,
                   K: int) -> Array:
    """The weight of each of the K classes."""
    if isinstance(class_weight, str):
        choice(class_weight, "class_weight", ("balanced",))
        of_class = 1 / np.maximum(np.bincount(classes, weights, K), np.finfo(np.float64).tiny)
        of_class[np.bincount(classes, minlength=K) == 0] = 1
        return of_class
    if not isinstance(class_weight, Mapping):
        raise TypeError(f"class_weight: expected a mapping from class numbers to weights or 'balanced', got {class_weight!r}")
    of_class = np.ones(K)
    for k, weight in class_weight.items():
        if isinstance(k, bool) or not isinstance(k, numbers.Integral) or not 0 <= int(k) < K:
            raise ValueError(f"class_weight: expected class numbers 0 … {K - 1} as keys, got {k!r}")
        of_class[int(k)] = real_number(weight, f"class_weight[{k}]", 0)
    return of_class
