"""diagnose: why a network is not learning, each reason with its numbers, its cause and its remedy.

Causes are looked for in causal order, and the search ends with the first illness, since later ones would be its consequences.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pynn.learn.case import Case
from pynn.learn.causes.capacity import check_capacity, check_suspect_architecture, note_linear_layers
from pynn.learn.causes.data import (
    check_centre,
    check_hidden_difference,
    check_scale,
    check_targets,
    note_features,
    note_nearly_equal_features,
)
from pynn.learn.causes.fit_arguments import check_clip_norm, check_dropout, check_epochs, check_penalties
from pynn.learn.causes.labels import check_numbers_of_classes, check_recall, check_relation, note_rare_classes
from pynn.learn.causes.learning_rate import check_learning_rate
from pynn.learn.causes.overfitting import check_overfitting
from pynn.learn.causes.weights import check_parameters, check_signals, check_symmetry
from pynn.learn.finding import KINDS, Diagnosis, Finding
from pynn.network import Network
from pynn.translation import _
from pynn.validation import check_network

__all__ = ["KINDS", "Diagnosis", "Finding", "diagnose"]

Check = Callable[[Case], list[Finding]]


def _check_signals_and_learning_rate(case: Case) -> list[Finding]:
    """Signals that are spoilt by the weights, and before them the learning rate that spoilt the weights."""
    findings = check_signals(case)
    if findings:        # in a fresh network, no step was too long yet
        return check_learning_rate(case, spoilt=True) + findings if case.net.epoch else findings
    return check_suspect_architecture(case) or check_learning_rate(case, spoilt=False)


CAUSES: tuple[Check, ...] = (       # in causal order: whatever is found makes the later ones meaningless
    check_parameters, check_targets, check_scale, check_centre, check_symmetry, check_numbers_of_classes, check_penalties,
    check_dropout, check_clip_norm, _check_signals_and_learning_rate, check_recall, check_hidden_difference, check_relation,
    check_capacity, check_epochs, check_overfitting)
NOTES: tuple[Check, ...] = (note_rare_classes, note_features, note_nearly_equal_features, note_linear_layers)


def diagnose(net: Network, X: Any, y: Any, *, validation_data: Any = None) -> Diagnosis:
    """Say why a network is not learning.

    Parameters
    ----------
    net : Network
        Fresh or trained; it is not changed.  Trials run on copies, with `net.optimizer`, `net.learning_rate` and the other
        arguments of the last fit, also if it diverged; a model file keeps them.  Assign `net.learning_rate` to try another.
    X : array-like, (m, n[0])
    y : array-like
        The training examples, as for `Network.fit`.  At most 2000 of them are looked at closely.
    validation_data : (X, y), optional
        Examples that were not trained on, as for `Network.fit`; overfitting is seen on them only.

    Returns
    -------
    Diagnosis
        Its findings: the cause first, whose consequences are not reported (mend it, and diagnose again), then notes.  If no
        illness was found, str() ends with the facts.

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.

    Notes
    -----
    The causes are in pynn/learn/causes, each file with its thresholds and their reasons at the top.  Most remedies are tried
    first: on examples held out, they must gain a quarter of the loss of the best constant.  Units count from 1, as in the
    article; features count from 0, as the columns of X.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(500, rng=0)
    >>> net = pynn.Network([2, 4, 6, 6, 4, 1], rng=0)
    >>> net.learning_rate = 0.1
    >>> pynn.diagnose(net, X, y).ok
    True
    >>> net[2].b[...] = -100
    >>> for finding in pynn.diagnose(net, X, y):
    ...     print(finding)
    dead_relus, layer 2: 6 of 6 units (1, 2, 3, 4, 5, 6) are 0 for every one of 500 examples
        cause:  The slope of relu is 0 where z ≤ 0, so these units pass on nothing and their
                weights get no gradient.
        remedy: Start again with weights from 'he' and biases of 0, with a learning rate
                below 0.1, or take leaky_relu.
    """
    check_network(net)
    case = Case(net, X, y, validation_data)
    with np.errstate(all="ignore"):
        findings: list[Finding] = next(filter(None, (check(case) for check in CAUSES)), [])
        kinds = {finding.kind for finding in findings}
        if not kinds & {"constant_labels", "non_finite_parameters"}:
            findings = findings + [note for notes in NOTES for note in notes(case) if note.kind not in kinds]
        facts, checks = ("", ()) if "non_finite_parameters" in kinds else _facts(case)
    return Diagnosis(tuple(findings), len(case.sample[0]), net.learning_rate, facts, checks)


def _facts(case: Case) -> tuple[str, tuple[str, ...]]:
    """The numbers that everybody should look at first, and what to try if a trained network does badly."""
    net, (X, y) = case.net, case.sample
    try:
        loss, guess, score = case.loss, case.guess, net.score(X, y)
    except FloatingPointError:          # the outputs overflow, as a finding says
        return "", ()
    checks = _sanity_checks(case) if net.epoch and not case.learned else ()
    if case.labels is not None:
        share = np.bincount(case.labels).max() / len(y)
        return _("loss {loss:.4g}, of the best constant {guess:.4g}; accuracy {score:.1%}, of the largest class {share:.1%}",
                 loss=loss, guess=guess, score=score, share=share), checks
    if net.is_regression:
        return _("loss {loss:.4g}, of the best constant {guess:.4g}; R² {score:.3f}",
                 loss=loss, guess=guess, score=score), checks
    return _("loss {loss:.4g}, of the best constant {guess:.4g}; accuracy {score:.1%}",
             loss=loss, guess=guess, score=score), checks


def _sanity_checks(case: Case) -> tuple[str, ...]:
    unknown = _("The arguments of the last fit are not known, so that l1, l2, clip_norm and a divergence were not examined: "
                "fit again without them.")
    return (*(() if case.given.state.last_fit else (unknown,)),
            _("Fit 20 examples alone: a network that cannot learn them by heart has a mistake in its data or settings."),
            _("Take units that are not linear in the hidden layers, such as relu or tanh."),
            _("Take more units, then more layers."),
            _("Train for more epochs, with a higher and with a lower learning rate."))
