"""Causes in the arguments of a fit: a penalty, dropout, a limit of the gradient, too few epochs; and a start without luck."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from pynn.learn.case import Case, Trial
from pynn.learn.causes.learning_rate import with_new_weights
from pynn.learn.finding import Finding, Sentences
from pynn.optimizers import AdamW

ENOUGH = 0.9                # of the gain of a trial: the epochs that bring it are recommended
NO_HARM = 0.1               # a weight_decay: AdamW's own is 0.01
MORE = 1.5                  # times the epochs so far: fewer than these would not have made the difference

PENALTY = Sentences(
    "penalty_too_large", "the last fit had l1 = {l1:g} and l2 = {l2:g}; with them {epochs} epochs lead to a loss of "
    "{with_it:.4g}, without them to {without:.4g}",
    "Every step takes a share of the weights away, and the gradient cannot make up for it.",
    "Fit again with l1 = 0 and l2 = 0, or with a hundredth of them.")
DECAY = Sentences(
    "penalty_too_large", "the last fit had weight_decay = {decay:g} and learning_rate = {alpha:g}; with them {epochs} epochs "
    "lead to a loss of {with_it:.4g}, without weight_decay to {without:.4g}",
    "Every step takes the share learning_rate · weight_decay of each weight away, and the gradient cannot make up for it.",
    "Fit again with a weight_decay of 0.01 or less, or with Adam, which has none.")
DROPOUT = Sentences(
    "dropout_too_high", "dropout is {dropout}; with it {epochs} epochs lead to a loss of {with_it:.4g}, without it to "
    "{without:.4g}",
    "In every step, dropout leaves out so many units that the other units cannot do the task.",
    "Make the network again with dropout=0, or with dropout=0.1 and more units.")
CLIPPED = Sentences(
    "clip_norm_too_small", "the last fit had clip_norm = {clip_norm:g}; the gradient is {norm:.3g} long; in {epochs} "
    "epochs the "
    "loss goes to {with_it:.4g}, without clip_norm to {without:.4g}",
    "Every gradient is shortened to clip_norm, so a step is at most learning_rate · clip_norm long.",
    "Fit again without clip_norm, or with clip_norm = 1.")
TOO_FEW_EPOCHS = Sentences(
    "too_few_epochs", "trained for {trained} epochs; {epochs} epochs more, with the same learning rate, take the loss "
    "of examples "
    "that they do not see from {before:.4g} to {after:.4g}",
    "The loss is still falling.",
    "Train for {epochs} epochs more.")
UNLUCKY = Sentences(
    "unlucky_start", "{epochs} epochs more leave the loss at {stuck:.4g}; new weights, in {epochs} epochs, lead to {after:.4g}",
    "From these weights, descent ends at a place where the loss falls no further; from other weights it does not end there.",
    "Start again with new weights: another rng.")
UNLUCKY_TRAINER = Sentences(
    "unlucky_start", "{epochs} epochs more leave the loss at {stuck:.4g}; new weights, in {epochs} epochs with Adam, lead to "
    "{after:.4g}",
    "From these weights and with this optimiser the loss falls no further.",
    "Start again with new weights, optimizer='adam' and learning_rate={learning_rate:g}.")


def check_penalties(case: Case) -> list[Finding]:
    """l1, l2 and AdamW's weight_decay of the last fit, if a trial without them goes much better."""
    last = case.last_fit
    if case.learned:
        return []
    if last.l1 or last.l2:
        with_it, without, gains = _compare_without(case, l1=0.0, l2=0.0)
        if gains:
            return [PENALTY.found(l1=last.l1, l2=last.l2, epochs=len(without.losses), with_it=with_it.loss,
                                  without=without.loss, setting={"l1": 0.0, "l2": 0.0, "epochs": len(without.losses)})]
    if isinstance(last.optimizer, AdamW) and last.optimizer.weight_decay > NO_HARM:
        without_it = replace(last.optimizer, weight_decay=0.0, learning_rate=last.learning_rate)
        with_it, without, gains = _compare_without(case, optimizer=without_it)
        if gains:
            return [DECAY.found(decay=last.optimizer.weight_decay, alpha=last.learning_rate, epochs=len(without.losses),
                                with_it=with_it.loss, without=without.loss,
                                setting={"optimizer": "adam", "learning_rate": last.learning_rate,
                                         "epochs": len(without.losses)})]
    return []


def check_dropout(case: Case) -> list[Finding]:
    """The dropout of a trained network, if a trial without it goes much better."""
    dropout = max(case.net.dropout, default=0.0)
    if not dropout or not case.net.epoch or case.learned:
        return []
    with_it = case.try_out(case.new(), **case.settings())
    without = case.try_out(case.new(dropout=0.0), **case.settings())
    if not case.gains(without.loss, min(with_it.loss, case.present)):
        return []
    return [DROPOUT.found(dropout=f"{dropout:g}", epochs=len(without.losses), with_it=with_it.loss, without=without.loss,
                          setting={"dropout": 0.0, "epochs": len(without.losses)})]


def check_clip_norm(case: Case) -> list[Finding]:
    """clip_norm of the last fit, if a trial without it goes much better."""
    last = case.last_fit
    if last.clip_norm is None or case.learned:
        return []
    with_it, without, gains = _compare_without(case, clip_norm=None)
    if not gains:
        return []
    norm = float(np.linalg.norm(case.net.backward(*case.sample).flat))
    return [CLIPPED.found(clip_norm=last.clip_norm, norm=norm, epochs=len(without.losses), with_it=with_it.loss,
                          without=without.loss, setting={"clip_norm": None, "epochs": len(without.losses)})]


def _compare_without(case: Case, **off: Any) -> tuple[Trial, Trial, bool]:
    """Trials from new weights with the settings of the last fit, and some of them off; whether the second gains enough."""
    with_it = case.try_out(with_new_weights(case.net), **case.settings())
    without = case.try_out(with_new_weights(case.net), **case.settings(**off))
    return with_it, without, case.gains(without.loss, min(with_it.loss, case.present))


def check_epochs(case: Case) -> list[Finding]:
    """Training that ended too early, or that is stuck where another start is not."""
    if not case.net.epoch or not case.has_room:
        return []
    before = case.net.backward(*case.halves[1]).loss
    longer = case.try_out(case.net.copy(), **case.settings())
    if case.gains(longer.loss, before) and not case.last_fit.weighted:      # at its end, not in a lucky epoch
        epochs, after = _enough(longer, before)
        return [TOO_FEW_EPOCHS.found(trained=case.net.epoch, epochs=epochs, before=before, after=after,
                                     setting={"epochs": epochs})]
    new = case.try_out(case.new(rng=1), **case.settings())
    if case.gains(new.loss, min(longer.best, case.present)):
        return [UNLUCKY.found(epochs=len(new.losses), stuck=longer.loss, after=new.loss,
                              setting={"rng": 1, "epochs": len(new.losses)})]
    if case.gains(case.own.loss, min(longer.best, case.present)):
        setting = case.as_setting({}, case.own)
        return [UNLUCKY_TRAINER.found(epochs=len(case.own.losses), stuck=longer.loss, after=case.own.loss,
                                      learning_rate=setting["learning_rate"], setting=setting)]
    return []


def _enough(trial: Trial, before: float) -> tuple[int, float]:
    """The first round number of epochs that ends with nearly all of the gain, or all epochs; and the loss that they lead to."""
    wanted, most = before - ENOUGH * (before - trial.best), len(trial.losses)
    first = int(np.argmax(trial.losses <= wanted)) + 1
    rounded = [step * 10 ** power for power in range(len(str(most))) for step in (1, 2, 5)]
    for epochs in rounded:
        if first <= epochs <= most and trial.losses[epochs - 1] <= wanted:
            return epochs, float(trial.losses[epochs - 1])
    return most, trial.loss
