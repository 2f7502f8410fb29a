"""What a fit is: validation, callbacks, progress, stopping.  The mathematics and the batches belong to the engine."""
from __future__ import annotations

import numbers
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pynn.history import History
from pynn.optimizers import Optimizer, optimizer_of
from pynn.progress import is_watched, new_bar
from pynn.randomness import seed_from
from pynn.validation import boolean, choice, positive_int, real_number, weights

if TYPE_CHECKING:
    from pynn.network import Network

Array = np.ndarray[Any, np.dtype[Any]]
Callback = Callable[["Network", History], Any]
Schedule = Callable[[int], float]

_EPOCHS_AT_ONCE = 10_000        # so that the statistics of a call to the engine stay small
_RATES_AT_ONCE = 100            # asked of a schedule before the first of these epochs
_TRACE_ELEMENTS = 1 << 20       # of the parameters of several epochs, for callbacks that may see them late
_BAR_EVERY = 0.1                # seconds between looks at the progress bar
_BAR_AFTER = 0.5                # seconds before an unasked bar appears: shorter fits need none
_WARN_ABOVE = 10                # times the loss before the fit
_ROWS = 1 << 16
_MOST_THREADS = 1 << 10


class DivergenceError(ArithmeticError):
    """The loss or a parameter is no longer finite; the network is restored to what it was before the fit.

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
    """The loss of an epoch is above 10 times the loss before the fit."""


@dataclass(frozen=True)
class _Plan:
    """The checked arguments of a fit."""

    X: Array
    y: Array
    weights: Array | None
    validation: tuple[Array, Array] | None
    epochs: int
    batch_size: int
    learning_rate: float | Schedule | None
    optimizer: Optimizer | None
    shuffle: bool
    penalties: dict[str, float]
    callbacks: tuple[Callback, ...]
    progress: bool | None
    seed: int | None
    threads: int


def fit(net: Network, X: Any, y: Any, *, epochs: Any, batch_size: Any, learning_rate: Any, optimizer: Any,
        validation_data: Any, validation_split: Any, shuffle: Any, sample_weight: Any, class_weight: Any, l1: Any, l2: Any,
        clip_norm: Any, callbacks: Any, progress: Any, rng: Any, n_threads: Any) -> History:
    """Check everything, then train; Network.fit documents the parameters."""
    X, y = net._examples(X, "X"), net._targets(y, "y", len(X))
    epochs = positive_int(epochs, "epochs")
    batch_size = len(X) if batch_size is None else positive_int(batch_size, "batch_size")
    if callable(learning_rate):
        _asked(learning_rate, net.epoch if rng is None else 0)
    elif learning_rate is not None:
        learning_rate = real_number(learning_rate, "learning_rate", 0, low_included=False)
    optimizer = None if optimizer is None else optimizer_of(optimizer)
    shuffle = boolean(shuffle, "shuffle")
    penalties = {"l1": real_number(l1, "l1", 0), "l2": real_number(l2, "l2", 0)}
    if clip_norm is not None:
        penalties["clip_norm"] = real_number(clip_norm, "clip_norm", 0, low_included=False)
    if progress is not None:
        progress = boolean(progress, "progress")
    threads = 0 if n_threads is None else min(positive_int(n_threads, "n_threads"), _MOST_THREADS)
    callbacks = _checked_callbacks(callbacks)
    weighing = _checked_weights(net, y, sample_weight, class_weight)
    share = real_number(validation_split, "validation_split", 0, 1, high_included=False)
    X, y, validation = _checked_validation(net, X, y, validation_data, share)
    if weighing is not None:        # those of the rows to train on
        weighing = weights(weighing[:len(X)], "sample_weight", len(X))
    if not net._lock.acquire(blocking=False):
        raise RuntimeError("a fit of this network is already running, in another thread or around this callback")
    try:
        seed = None if rng is None else seed_from(rng)
        return _run(net, _Plan(X, y, weighing, validation, epochs, min(batch_size, len(X)), learning_rate, optimizer, shuffle,
                               penalties, callbacks, progress, seed, threads))
    finally:
        net._lock.release()


def _run(net: Network, plan: _Plan) -> History:
    metric = "r2" if net.is_regression else "accuracy"
    names = ("loss", metric, *(("val_loss", f"val_{metric}") if plan.validation else ()), "epoch_seconds")
    history = History(names)
    before = net._moving()
    if not np.isfinite(net.parameters).all():
        raise DivergenceError(f"before epoch 1: {_not_finite(net)}: assign finite parameters first", history)
    bar = _Bar(plan.progress, plan.epochs)
    m = len(plan.X)
    try:
        loss_before = net._engine.evaluate(net.parameters, plan.X, plan.y, plan.weights, n_threads=plan.threads)[0] / m
        total = total_variation(plan.y) if net.is_regression else None
        if plan.optimizer is not None:
            net._use(plan.optimizer)
        if isinstance(plan.learning_rate, float):
            net.learning_rate = plan.learning_rate
        if plan.seed is not None:
            net._seed, net._epoch, net._counts[0] = plan.seed, 0, 0
        warned = stop = False
        at_once = _RATES_AT_ONCE if callable(plan.learning_rate) else _EPOCHS_AT_ONCE
        late = bool(plan.callbacks) and plan.validation is None and all(hasattr(call, "replay") for call in plan.callbacks)
        if late:
            at_once = min(at_once, max(1, _TRACE_ELEMENTS // net.parameters.size))
        elif plan.callbacks or plan.validation:
            at_once = 1
        while len(history) < plan.epochs and not stop:
            rates = _learning_rates(net, plan, min(plan.epochs - len(history), at_once))
            stats = np.zeros((len(rates), 2 + net.sizes[-1]))
            stats[:, 0] = np.nan
            trace = np.empty((len(rates), net.parameters.size), net.dtype) if late else None
            try:
                net._engine.train(net.parameters, plan.X, plan.y, stats, plan.weights, batch_size=plan.batch_size,
                                  learning_rates=rates, counts=net._counts, seed=net._seed, epoch=net._epoch,
                                  shuffle=plan.shuffle, rule=net.optimizer.rule, coefficients=net.optimizer.coefficients,
                                  state=net._state, trace=trace, seconds=_BAR_EVERY if bar.wanted else np.inf,
                                  n_threads=plan.threads, **plan.penalties)
            finally:
                stats = stats[~np.isnan(stats[:, 0])]
                net._epoch += len(stats)
                for row in stats:
                    history.append({**dict.fromkeys(names, np.nan), "epoch_seconds": row[0],
                                    **_report(net, row[1], row[2:], m, total)})
            losses = stats[:, 1] / m
            if not (np.isfinite(losses[-1]) and np.isfinite(net.parameters).all()):
                raise _divergence(net, history, rates[len(stats) - 1], loss_before)
            high = losses > _WARN_ABOVE * loss_before
            if high.any() and not warned:
                warned = True
                at = int(high.argmax())
                epoch = len(history) - len(losses) + at + 1
                warnings.warn(f"epoch {epoch}: the loss is {losses[at]:.4g}, above {_WARN_ABOVE} times "
                              f"the {loss_before:.4g} before the fit; lower learning_rate (now {rates[at]:g}) or "
                              f"scale the inputs", DivergenceWarning, stacklevel=4)
            if plan.validation is not None:
                after = evaluate(net, *plan.validation, threads=plan.threads)
                history.replace_last({f"val_{name}": value for name, value in after.items()})
            bar.show(len(history), history)
            for callback in plan.callbacks:
                if trace is not None:
                    callback.replay(net, history, trace[:len(stats)])       # type: ignore[attr-defined]
                else:
                    asked = callback(net, history)
                    stop = stop or (isinstance(asked, bool | np.bool_) and bool(asked))
    except KeyboardInterrupt:
        history.interrupted = True
        if not np.isfinite(net.parameters).all():
            error = _divergence(net, history, net.learning_rate, loss_before)
            net._move_to(before)
            raise error from None
    except DivergenceError:
        net._move_to(before)
        raise
    finally:
        bar.close()
    for callback in plan.callbacks:
        if hasattr(callback, "finish"):
            callback.finish(net, history)
    return history


def _learning_rates(net: Network, plan: _Plan, epochs: int) -> Array:
    """α of the next epochs."""
    if not callable(plan.learning_rate):
        return np.full(epochs, net.learning_rate)
    return np.array([_asked(plan.learning_rate, epoch) for epoch in range(net.epoch, net.epoch + epochs)])


def _asked(schedule: Schedule, epoch: int) -> float:
    return real_number(schedule(epoch), f"learning_rate({epoch})", 0, low_included=False)


def evaluate(net: Network, X: Array, y: Array, weighing: Array | None = None, threads: int = 0) -> dict[str, float]:
    """Loss and accuracy (or R²) of checked arrays."""
    summed_loss, metric = net._engine.evaluate(net.parameters, X, y, weighing, n_threads=threads)
    return _report(net, summed_loss, metric, len(X), total_variation(y, weighing) if net.is_regression else None)


def total_variation(y: Array, weighing: Array | None = None) -> Array:
    """Σ (y − mean y)² of every output, weighted, by blocks of rows, so that memory does not grow with them."""
    y = y.reshape(len(y), -1)
    first = y[0].astype(np.float64)         # taken from every row, so that a constant column has exactly none
    blocks = [slice(start, start + _ROWS) for start in range(0, len(y), _ROWS)]
    counts = [1.0 if weighing is None else weighing[block, None] for block in blocks]
    mean = sum((count * (y[block] - first)).sum(axis=0) for count, block in zip(counts, blocks, strict=True)) / len(y)
    return np.asarray(sum((count * (y[block] - first - mean) ** 2).sum(axis=0)
                          for count, block in zip(counts, blocks, strict=True)))


def _report(net: Network, summed_loss: float, metric: Array, m: int, total: Array | None) -> dict[str, float]:
    loss = float(summed_loss / m)
    if total is None:
        return {"loss": loss, "accuracy": float(metric[0] / m)}
    # R² = 1 − Σ (ŷ − y)² / Σ (y − mean y)², the mean over the outputs; of a constant output 1 if exact, else 0
    with np.errstate(divide="ignore", invalid="ignore"):
        r2 = np.where(total > 0, 1 - metric / total, metric == 0)
    return {"loss": loss, "r2": float(r2.mean())}


def _divergence(net: Network, history: History, learning_rate: float, loss_before: float) -> DivergenceError:
    number = len(history) + history.interrupted         # an interrupted epoch is not in the history
    of_parameters = history.interrupted or np.isfinite(history["loss"][-1])
    what = _not_finite(net) if of_parameters else f"the loss is {history['loss'][-1]}"
    return DivergenceError(
        f"epoch {number}: {what} (the loss before the fit was {loss_before:.4g}). Steps of learning_rate "
        f"{learning_rate:g} overshoot the minimum: lower learning_rate, or scale the inputs to about -1 ... 1. "
        f"The network is as it was before the fit.", history)


def _not_finite(net: Network) -> str:
    """Which parameter is not finite."""
    for l, layer in enumerate(net, start=1):
        for name, array in (("W", layer.W), ("b", layer.b)):
            wrong = np.argwhere(~np.isfinite(array))
            if len(wrong):
                return f"{name}[{l}][{wrong[0, 0]}, {wrong[0, 1]}] is {array[tuple(wrong[0])]}"
    raise AssertionError("every parameter is finite")


def _checked_callbacks(callbacks: Any) -> tuple[Callback, ...]:
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


def _checked_weights(net: Network, y: Array, sample_weight: Any, class_weight: Any) -> Array | None:
    """The product of both kinds of weights, or None."""
    checked = weights(sample_weight, "sample_weight", len(y))
    if class_weight is None:
        return checked
    K = max(net.sizes[-1], 2)
    if net.is_regression or (net.activations[-1] == "sigmoid" and net.sizes[-1] > 1):
        raise ValueError("class_weight: expected a network that tells classes apart, got one with "
                         f"{'values' if net.is_regression else 'several labels'} as outputs; use sample_weight")
    classes = (y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(len(y))).astype(np.int64)
    if isinstance(class_weight, str):
        choice(class_weight, "class_weight", ("balanced",))
        of_class = 1 / np.maximum(np.bincount(classes, checked, K), np.finfo(np.float64).tiny)
        of_class[np.bincount(classes, minlength=K) == 0] = 1
    elif isinstance(class_weight, Mapping):
        of_class = np.ones(K)
        for k, weight in class_weight.items():
            if isinstance(k, bool) or not isinstance(k, numbers.Integral) or not 0 <= int(k) < K:
                raise ValueError(f"class_weight: expected class numbers 0 … {K - 1} as keys, got {k!r}")
            of_class[int(k)] = real_number(weight, f"class_weight[{k}]", 0)
    else:
        raise TypeError(f"class_weight: expected a mapping from class numbers to weights or 'balanced', got {class_weight!r}")
    return weights(of_class[classes] * (1 if checked is None else checked), "class_weight", len(y))


def _checked_validation(net: Network, X: Array, y: Array, validation_data: Any,
                        share: float) -> tuple[Array, Array, tuple[Array, Array] | None]:
    """The examples to train on, and those to validate on."""
    if validation_data is not None:
        if share:
            raise ValueError("validation_split: expected 0 where validation_data is given, got "
                             f"{share}; give one of them")
        if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
            raise TypeError(f"validation_data: expected a pair (X, y), got {type(validation_data).__name__}")
        X_val = net._examples(validation_data[0], "validation_data[0]")
        return X, y, (X_val, net._targets(validation_data[1], "validation_data[1]", len(X_val)))
    if not share:
        return X, y, None
    first = int(len(X) * (1 - share))
    if first == 0 or first == len(X):
        raise ValueError(f"validation_split: {share} of {len(X)} examples leaves "
                         f"{first} to train on and {len(X) - first} to validate on")
    return X[:first], y[:first], (X[first:], y[first:])


class _Bar:
    """A tqdm progress bar over epochs: asked for, or on a terminal or in a notebook once a fit turns out long."""

    def __init__(self, progress: bool | None, epochs: int) -> None:
        self.wanted = progress if progress is not None else is_watched()
        self._epochs = epochs
        self._bar: Any = None
        self._from = time.monotonic() + (0 if progress else _BAR_AFTER)

    def show(self, epoch: int, history: History) -> None:
        if not self.wanted or time.monotonic() < self._from:
            return
        if self._bar is None:
            self._bar = new_bar(total=self._epochs, unit="epoch", leave=True)
        self._bar.set_postfix({name: f"{value:.4g}" for name, value in history.last().items() if name != "epoch_seconds"},
                              refresh=False)
        self._bar.update(epoch - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
