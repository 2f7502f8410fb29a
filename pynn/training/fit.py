"""One fit, from its first epoch to its last: learning rates, the engine, validation, callbacks and the reasons to stop.

The mathematics and the batches belong to the engine.
"""
from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from pynn.architecture import Architecture
from pynn.history import History
from pynn.parameters import find_not_finite
from pynn.progress import EpochBar
from pynn.randomness import seed_from
from pynn.state import LastFit, State
from pynn.training.divergence import DivergenceError, explain_divergence, explain_overflow, warning_of
from pynn.training.evaluation import evaluate, measures, sum_of_squares
from pynn.training.options import FitOptions, Schedule
from pynn.training.validation_split import Examples
from pynn.translation import Sentence
from pynn.validation import real_number

if TYPE_CHECKING:
    from pynn.network import Network

Array = np.ndarray[Any, np.dtype[Any]]

_EPOCHS_AT_ONCE = 10_000        # so that the statistics of a call to the engine stay small
_RATES_AT_ONCE = 100            # asked of a schedule before the first of these epochs
_TRACE_ELEMENTS = 1 << 20       # of the parameters of several epochs, for callbacks that can be replayed
_BAR_EVERY = 0.1                # seconds between updates of the progress bar
_SAMPLE = 1 << 8                # the most examples that the loss before the fit is measured on


class Fit:
    """One fit; the network itself is only handed through to the callbacks."""

    def __init__(self, net: Network, engine: Any, architecture: Architecture, state: State, examples: Examples,
                 options: FitOptions) -> None:
        self.net, self.engine, self.architecture = net, engine, architecture
        self.state, self.examples, self.options = state, examples, options
        metric = architecture.metric
        validation = ("val_loss", f"val_{metric}") if examples.validation else ()
        self.history = History(("loss", metric, *validation, "epoch_seconds"),
                               standardized_targets=net.target_standardizer is not None)
        # Such callbacks may see epochs after the next ones have been run, so the engine need not stop for them.
        self.replayed = (bool(options.callbacks) and examples.validation is None
                         and all(hasattr(callback, "replay") for callback in options.callbacks))
        self.stopped = self.warned = False
        if callable(options.learning_rate):
            _ask(options.learning_rate, state.epoch if options.rng is None else 0)
        self.seed = None if options.rng is None else seed_from(options.rng)
        self.bar = EpochBar(options.progress, options.epochs)

    def run(self) -> History:
        """Train; after Ctrl-C return the history so far, after a divergence restore the state and raise DivergenceError."""
        wrong = self._find_not_finite()
        if wrong is not None:
            raise DivergenceError(Sentence("before epoch 1: {wrong}: assign finite parameters first",
                                           wrong=wrong), self.history)
        self._call_all("prepare")
        before = self.state.snapshot()
        try:
            self._measure_loss_before()
            self._apply_options()
            while self.history.epochs < self.options.epochs and not self.stopped:
                rates = self._learning_rates()
                trace = np.empty((len(rates), len(self.state.theta)), self.state.theta.dtype) if self.replayed else None
                losses = self._train_epochs(rates, trace)
                self._after_epochs(losses, rates, trace)
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

    # ------------------------------------------------------------------------- before the first epoch, after the last

    def _call_all(self, method: str) -> None:
        """Call prepare(net, history) or finish(net, history) of every callback that has it."""
        for callback in self.options.callbacks:
            if hasattr(callback, method):
                getattr(callback, method)(self.net, self.history)

    def _measure_loss_before(self) -> None:
        """Measure the loss before the fit on a sample of the examples."""
        X, y, weights, _ = self.examples
        sample = slice(None, None, -(-len(X) // _SAMPLE))       # evenly spaced: the examples may be sorted by class
        sampled = None if weights is None else weights[sample]
        summed_loss, _ = self.engine.evaluate(self.state.theta, X[sample], y[sample], sampled, n_threads=self.options.threads)
        self.loss_before = summed_loss / (len(X[sample]) if sampled is None else float(sampled.sum()) or 1.0)
        if not np.isfinite(self.loss_before):
            cause = explain_overflow(self.engine, self.architecture, self.state.theta, X, y)
            raise DivergenceError(Sentence("before epoch 1: the loss is {loss_before}: {cause}", loss_before=self.loss_before,
                                           cause=cause), self.history)
        self.total = sum_of_squares(y) if self.architecture.is_regression else None

    def _apply_options(self) -> None:
        """Take the optimiser, the learning rate and the seed of this fit."""
        options, state = self.options, self.state
        if options.recipe is not None:
            state.use(options.recipe)
        if isinstance(options.learning_rate, float) and options.learning_rate != state.optimizer.learning_rate:
            state.optimizer = state.optimizer.with_learning_rate(options.learning_rate)
        if self.seed is not None:
            state.start_over(self.seed)
        state.last_fit = LastFit(options.epochs, options.batch_size, state.optimizer.learning_rate, state.optimizer,
                                 options.penalties["l1"], options.penalties["l2"], options.penalties.get("clip_norm"),
                                 self.examples.weights is not None)

    def _keep_history(self, error: BaseException) -> None:
        """Hand out the history of the epochs before a callback or a schedule failed."""
        if self.history.epochs:
            with contextlib.suppress(AttributeError):       # an error with slots
                error.history = self.history        # type: ignore[attr-defined]
            epochs = "epoch" if self.history.epochs == 1 else f"{self.history.epochs} epochs"
            error.add_note(f"What the network learned in the {epochs} before this error is kept, and the History is in the "
                           "error's attribute history.")

    # ------------------------------------------------------------------------------------------------ some epochs

    def _learning_rates(self) -> Array:
        """α of each of the next epochs: as many epochs as the engine may run before Python has something to do."""
        schedule, epoch = self.options.learning_rate, self.state.epoch
        epochs = _RATES_AT_ONCE if callable(schedule) else _EPOCHS_AT_ONCE
        if self.replayed:
            epochs = min(epochs, max(1, _TRACE_ELEMENTS // len(self.state.theta)))
        elif self.options.callbacks or self.examples.validation:
            epochs = 1
        epochs = min(epochs, self.options.epochs - self.history.epochs)
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

    def _train_epochs(self, rates: Array, trace: Array | None) -> Array:
        """Run epochs and record those that were completed, also after Ctrl-C; returns their losses."""
        (X, y, weights, _), state, options = self.examples, self.state, self.options
        stats = np.zeros((len(rates), 2 + self.architecture.sizes[-1]))
        stats[:, 0] = np.nan            # the seconds of an epoch; the engine writes them when the epoch is complete
        try:
            self.engine.train(state.theta, X, y, stats, weights, batch_size=min(options.batch_size or len(X), len(X)),
                              learning_rates=rates, counts=state.counts, seed=state.seed, epoch=state.epoch,
                              shuffle=options.shuffle, rule=state.optimizer.rule, coefficients=state.optimizer.coefficients,
                              state=state.vectors, trace=trace, seconds=_BAR_EVERY if self.bar.wanted else np.inf,
                              n_threads=options.threads, **options.penalties)
        finally:
            stats = stats[~np.isnan(stats[:, 0])]
            state.epoch += len(stats)
            unknown = dict.fromkeys(self.history, np.nan)
            for row in stats:
                self.history.append({**unknown, "epoch_seconds": row[0], **measures(row[1], row[2:], len(X), self.total)})
        return stats[:, 1] / len(X)

    def _after_epochs(self, losses: Array, rates: Array, trace: Array | None) -> None:
        """Look for a divergence, validate, show the progress, and call the callbacks."""
        if not np.isfinite(losses[-1]) or self._find_not_finite() is not None:
            raise self._divergence(rates[len(losses) - 1])
        warning = None if self.warned else warning_of(losses, rates, self.loss_before, self.history.epochs)
        if warning is not None:
            self.warned = True
            warnings.warn(warning, stacklevel=4)
        if self.examples.validation is not None:
            after = evaluate(self.engine, self.architecture, self.state.theta, *self.examples.validation,
                             threads=self.options.threads)
            self.history.replace_last({f"val_{name}": value for name, value in after.items()})
        if callable(self.options.learning_rate):
            self.state.scheduled = float(rates[len(losses) - 1])
        self.bar.show(self.history)
        for callback in self.options.callbacks:
            if trace is not None:
                callback.replay(self.net, self.history, trace[:len(losses)])       # type: ignore[attr-defined]
            else:
                answer = callback(self.net, self.history)
                self.stopped = self.stopped or (isinstance(answer, bool | np.bool_) and bool(answer))
        wrong = self._find_not_finite() if self.options.callbacks else None
        if wrong is not None:
            raise DivergenceError(Sentence("after epoch {epoch}: {what}, which a callback assigned. The network is as it was "
                                           "before the fit.", epoch=self.history.epochs, what=wrong), self.history)

    def _find_not_finite(self) -> Sentence | None:
        return find_not_finite(self.state.theta, self.architecture.sizes)

    def _divergence(self, learning_rate: float) -> DivergenceError:
        """The error, and a note for diagnose that the fit diverged at this learning rate."""
        history, state = self.history, self.state
        state.last_fit = state.last_fit and state.last_fit._replace(learning_rate=float(learning_rate), diverged=True)
        epoch = history.epochs + history.interrupted          # an interrupted epoch is not in the history
        what = Sentence("the loss is {loss}", loss=history["loss"][-1])
        if history.interrupted or np.isfinite(history["loss"][-1]):
            what = self._find_not_finite() or what
        cause = explain_divergence(state.optimizer, state.theta, learning_rate, self.options.penalties,
                                   is_regression=self.architecture.is_regression)
        return DivergenceError(Sentence("epoch {epoch}: {what} (the loss before the fit was {loss_before:.4g}). {cause}. "
                                        "The network is as it was before the fit.", epoch=epoch, what=what,
                                        loss_before=self.loss_before, cause=cause), history)


def _ask(schedule: Schedule, epoch: int) -> float:
    return real_number(schedule(epoch), f"learning_rate({epoch})", 0)
