"""Causes in the architecture: hidden layers that are all linear, none at all, or too few units."""
from __future__ import annotations

from typing import Any

from pynn.learn.case import BETTER, Case, Trial, is_linear
from pynn.learn.finding import Finding, Sentences

WIDER = 4                   # times the units of each hidden layer
AT_LEAST = 16               # units of a wider layer
NARROW = 4                  # hidden units: hardly a network, so that less gain than usual convicts it
CLEAR = 0.1                 # of the loss of the best constant: the gain that convicts it, or linear layers, or no layers
FIRST = (8,)                # hidden layers for a network without any
WIDE = (32, 32)             # hidden layers if that does not suffice

LINEAR = Sentences(
    "linear_hidden_layers", "all hidden layers are linear; in trials of {epochs} epochs {size} "
    "leads to a loss of {own:.4g}, {other} with relu to {loss:.4g}",
    "Linear layers one after another are one linear layer, so the network is no better than logistic or linear regression.",
    "Take units that are not linear: hidden='relu', sizes={sizes}{trainer}.")
LINEAR_NOTE = Sentences(
    "linear_hidden_layers", "all {layers} hidden layers are linear",
    "Linear layers one after another are one linear layer, so the network is no better than logistic or linear regression.",
    "Take units that are not linear, or no hidden layers.", "note")
NO_HIDDEN_LAYER = Sentences(
    "no_hidden_layer", "there is no hidden layer; in trials of {epochs} epochs {size} "
    "leads to a loss of {own:.4g}, {other} to {loss:.4g}",
    "Without hidden layers one straight line (with more inputs, a plane) divides the classes, and this task needs more.",
    "Add hidden layers: sizes={sizes}{trainer}.")
TOO_FEW_UNITS = Sentences(
    "too_few_units", "the hidden layers have {units} units in all; in trials of {epochs} epochs {size} "
    "leads to a loss of {own:.4g}, {other} to {loss:.4g}",
    "Each unit adds one bend to the output, and this task needs more of them.",
    "Take more units: sizes={sizes}{trainer}.")


def check_suspect_architecture(case: Case) -> list[Finding]:
    """No hidden layer, only linear ones, or hardly any units.  No training helps then, so this check comes first."""
    suspect = _all_linear(case) or sum(case.net.sizes[1:-1]) <= NARROW
    return _check(case, CLEAR) if suspect else []


def check_capacity(case: Case) -> list[Finding]:
    """An architecture that does much worse than another one, however it is trained."""
    return [] if case.learned else _check(case, BETTER)


def _all_linear(case: Case) -> bool:
    hidden = case.net.activations[:-1]
    return bool(hidden) and all(map(is_linear, hidden))


def _check(case: Case, share: float) -> list[Finding]:
    all_linear = _all_linear(case)
    if case.gains(case.capable.best, min(case.present, case.own.best), share):
        for settings in (case.settings(l1=0.0, l2=0.0, clip_norm=None), {}):
            found = _compare(case, settings, all_linear, share)
            if found:
                return found
    return []


def note_linear_layers(case: Case) -> list[Finding]:
    """Hidden layers that are all linear, although that harms nothing here."""
    return [LINEAR_NOTE.found(layers=len(case.net) - 1)] if _all_linear(case) else []


def _compare(case: Case, settings: dict[str, Any], all_linear: bool, share: float) -> list[Finding]:
    """The best of the other architectures, if it gains enough with these settings."""
    best: tuple[Trial, Any] | None = None
    for sizes in _others(case.net.sizes, all_linear):
        trial = case.try_out(case.new(sizes=sizes, hidden="relu" if all_linear else _hidden(case, sizes)), **settings)
        if best is None or trial.loss < best[0].loss:
            best = trial, sizes
        if trial.loss < 0.5 * case.capable.best + 0.5 * min(case.present, case.own.best):
            break               # good enough, and the smaller of them
    assert best is not None
    trial, sizes = best
    if not case.gains(trial.loss, min(case.present, case.own.best), share):
        return []
    sentences = LINEAR if all_linear else TOO_FEW_UNITS if len(case.net.sizes) > 2 else NO_HIDDEN_LAYER
    setting = {"sizes": list(sizes), **({"hidden": "relu"} if all_linear else {}), **case.as_setting(settings, trial)}
    return [sentences.found(
        epochs=len(trial.losses), size="-".join(map(str, case.net.sizes)), own=case.own.best, other="-".join(map(str, sizes)),
        loss=trial.loss, sizes=list(sizes), units=sum(case.net.sizes[1:-1]),
        trainer="" if settings else f", optimizer='adam', learning_rate={setting['learning_rate']:g}", setting=setting)]


def _others(sizes: tuple[int, ...], all_linear: bool) -> list[tuple[int, ...]]:
    """Other sizes to try, the smallest first."""
    first, last = sizes[0], sizes[-1]
    same = [sizes] if all_linear else []
    wider = tuple(max(AT_LEAST, WIDER * n) for n in sizes[1:-1]) or FIRST
    return [*same, (first, *wider, last), (first, *WIDE, last)]


def _hidden(case: Case, sizes: tuple[int, ...]) -> Any:
    """The activations of the network for other sizes."""
    own = case.net.activations[:-1]
    return own if len(own) == len(sizes) - 2 else own[0] if own else "relu"
