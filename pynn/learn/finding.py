"""What diagnose returns: findings, each with its numbers, its cause and its remedy, and the facts."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from pynn.translation import _
from pynn.writing import printable, wrap

_WIDTH = 88                 # of a line of text

KINDS = ("non_finite_parameters", "constant_labels", "unscaled_inputs", "unscaled_targets", "symmetry", "penalty_too_large",
         "dropout_too_high", "clip_norm_too_small", "dead_relus", "saturated_units", "vanishing_gradients",
         "exploding_gradients", "learning_rate_too_high", "learning_rate_too_low", "permuted_labels", "class_imbalance",
         "unrelated_labels", "nearly_equal_features", "linear_hidden_layers", "no_hidden_layer", "too_few_units",
         "too_few_epochs", "unlucky_start", "overfitting", "constant_features", "duplicate_features")

Level = Literal["illness", "note"]


@dataclass(frozen=True)
class Finding:
    """One reason why a network does not learn.

    Attributes
    ----------
    kind : str
        One of KINDS.
    layer : int or None
        l, if the reason is in one layer.
    message : str
        What was found, with its numbers.
    cause : str
        Why it keeps the network from learning, in one sentence.
    remedy : str
        What to do, in one sentence.
    level : "illness" or "note"
        An illness keeps the network from learning; a note is worth knowing and harms little.
    setting : mapping or None
        The remedy as data, if it is a setting: names and values of arguments of `Network` (sizes, hidden, initializer, dropout)
        and of `Network.fit`, and ``{"standardize": True}`` for ``net.standardizer = pynn.Standardizer.fit(X)``,
        ``{"standardize_targets": True}`` for the same with target_standardizer and y.
    """

    kind: str
    layer: int | None
    message: str
    cause: str
    remedy: str
    level: Level = "illness"
    setting: Mapping[str, Any] | None = field(default=None, hash=False)

    def __str__(self) -> str:
        kind = _(self.kind)
        found = (_("{kind}: {message}", kind=kind, message=self.message) if self.layer is None else
                 _("{kind}, layer {layer}: {message}", kind=kind, layer=self.layer, message=self.message))
        lines = [_("note: {finding}", finding=found) if self.level == "note" else found,
                 _("    cause:  {cause}", cause=self.cause), _("    remedy: {remedy}", remedy=self.remedy)]
        return printable("\n".join(part for line in lines for part in wrap(line, _WIDTH, subsequent_indent=" " * 12)))


class Sentences(NamedTuple):
    """The sentences of one kind of finding, whole templates with named fields."""

    kind: str
    message: str
    cause: str
    remedy: str
    level: Level = "illness"

    def found(self, *, layer: int | None = None, setting: Mapping[str, Any] | None = None, level: Level | None = None,
              **fields: Any) -> Finding:
        """The finding with these fields filled in."""
        message, cause, remedy = (_(text).format(**fields) for text in (self.message, self.cause, self.remedy))
        return Finding(self.kind, layer, message, cause, remedy, level or self.level, setting)


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """The result of diagnose; it iterates over the findings.

    Attributes
    ----------
    findings : tuple of Finding
        Illnesses first, the cause before its consequences; then notes.
    examples : int
        The number of examples that were looked at.
    learning_rate : float
        The learning rate that was tried.
    facts : str
        The loss of the network beside that of the best constant, and its accuracy beside the share of the largest class, or R².
    checks : tuple of str
        What to try, in this order, if the network was trained without success and no illness was found; otherwise empty.
    """

    findings: tuple[Finding, ...]
    examples: int
    learning_rate: float
    facts: str = ""
    checks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no illness was found; there may be notes."""
        return all(finding.level == "note" for finding in self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __str__(self) -> str:
        lines = [f"{number}. {finding}" for number, finding in enumerate(self.findings, start=1)]
        if self.ok:
            lines.append(_("nothing found that keeps the network from learning\n({examples} examples looked at, learning rate "
                           "{learning_rate:g} tried)", examples=self.examples, learning_rate=self.learning_rate))
            lines.append(_("{facts}; none of the known causes\nSanity checks, in this order:", facts=self.facts)
                         if self.checks else self.facts)
            lines += [part for number, check in enumerate(self.checks, start=1)
                      for part in wrap(f"    {number}. {check}", _WIDTH, subsequent_indent=" " * 7)]
        return printable("\n".join(lines))

    __repr__ = __str__          # readable at a prompt and in a notebook
