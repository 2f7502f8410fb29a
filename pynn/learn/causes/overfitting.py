"""Overfitting as a cause: the loss of the validation data is far above that of the training examples."""
from __future__ import annotations

from typing import Any

import numpy as np

from pynn.learn.case import BETTER, LONG_TRIAL, Case
from pynn.learn.finding import Finding, Sentences

GAP = 1.5                   # times the loss of the training examples
WORTH = 0.1                 # of the loss of the best constant: what a remedy must gain on the validation data
L2 = (0.001, 0.01, 0.1)     # to try
MOST_EPOCHS = 300

GENERAL = ("The network has learned the training examples by heart, with what is accidental in them.",)
EARLIER = Sentences(
    "overfitting", "the loss is {loss:.4g} on the training examples and {val_loss:.4g} on the validation data; from "
    "new weights "
    "it is {best:.4g} there after {epochs} epochs", *GENERAL,
    "Stop earlier, after about {epochs} epochs: callbacks.EarlyStopping does so; more examples, fewer units and l2 help too.")
DECAY = Sentences(
    "overfitting", "the loss is {loss:.4g} on the training examples and {val_loss:.4g} on the validation data; with "
    "l2 = {l2:g}, "
    "from new weights, it is {best:.4g} there after {epochs} epochs", *GENERAL,
    "Fit again with l2 = {l2:g}; more examples, fewer units and stopping earlier help too.")
NO_REMEDY = Sentences(
    "overfitting", "the loss is {loss:.4g} on the training examples and {val_loss:.4g} on the validation data", *GENERAL,
    "More examples, or fewer units; in trials neither l2 nor fewer epochs helped.")


def check_overfitting(case: Case) -> list[Finding]:
    """Validation data that fare much worse than the training examples, and what helps in a trial."""
    if case.validation is None or not case.net.epoch:
        return []
    X_val, y_val = case.validation
    val_loss = case.net.backward(X_val, y_val).loss
    if val_loss - case.loss < BETTER * case.guess or val_loss < GAP * case.loss:
        return []
    halves = case.sample, case.validation
    most = max(10, LONG_TRIAL // (len(case.net.parameters) * len(case.sample[0])))
    epochs = min(max(case.net.epoch, 20), MOST_EPOCHS, most)
    fields: dict[str, Any] = {"loss": case.loss, "val_loss": val_loss}
    plain = case.try_out(case.new(), epochs=epochs, halves=halves, **case.settings())
    decayed = {l2: case.try_out(case.new(), epochs=epochs, halves=halves, **case.settings(l2=l2)) for l2 in L2}
    l2 = min(decayed, key=lambda strength: decayed[strength].loss)
    at = int(np.argmin(plain.losses)) + 1
    if min(plain.best, decayed[l2].loss) > val_loss - WORTH * case.guess:
        return [NO_REMEDY.found(**fields)]
    if decayed[l2].loss < plain.best:
        return [DECAY.found(l2=l2, best=decayed[l2].loss, epochs=epochs, setting={"l2": l2, "epochs": epochs}, **fields)]
    return [EARLIER.found(best=plain.best, epochs=at, setting={"epochs": at}, **fields)]
