"""What diagnose returns: findings, each with its numbers, its cause and its remedy."""
from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pynn.writing import printable

_WIDTH = 88                 # of a line of text

KINDS = ("non_finite_parameters", "constant_labels", "unscaled_inputs", "unscaled_targets", "symmetry", "dead_relus",
         "saturated_units", "vanishing_gradients", "exploding_gradients", "learning_rate_too_high", "learning_rate_too_low",
         "class_imbalance", "constant_features", "duplicate_features")


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
        The remedy as data, if it is a setting: names and values of arguments of `Network` (sizes, hidden, initializer) and of
        `Network.fit`, ``{"standardize": True}`` for ``net.standardizer = pynn.Standardizer.fit(X)``, and
        ``{"standardize_targets": True}`` for the same with target_standardizer and y.
    """

    kind: str
    layer: int | None
    message: str
    cause: str
    remedy: str
    level: Literal["illness", "note"] = "illness"
    setting: Mapping[str, Any] | None = field(default=None, hash=False)

    def __str__(self) -> str:
        where = "" if self.layer is None else f", layer {self.layer}"
        level = "note: " if self.level == "note" else ""
        lines = [f"{level}{self.kind}{where}: {self.message}", f"    cause:  {self.cause}", f"    remedy: {self.remedy}"]
        return printable("\n".join(textwrap.fill(line, _WIDTH, subsequent_indent=" " * 12, break_on_hyphens=False)
                                   for line in lines))


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """The result of diagnose; it iterates over the findings.

    Attributes
    ----------
    findings : tuple of Finding
    examples : int
        The number of examples that were looked at.
    learning_rate : float
        The learning rate that was tried.
    """

    findings: tuple[Finding, ...]
    examples: int
    learning_rate: float

    @property
    def ok(self) -> bool:
        """Whether no illness was found; there may be notes."""
        return all(finding.level == "note" for finding in self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __str__(self) -> str:
        lines = [f"{number}. {finding}" for number, finding in enumerate(self.findings, start=1)]
        if self.ok:
            lines.append(f"nothing found that keeps the network from learning\n({self.examples} examples looked at, "
                         f"learning rate {self.learning_rate:g} tried)")
        return "\n".join(lines)

    __repr__ = __str__          # readable at a prompt and in a notebook
