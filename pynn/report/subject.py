"""What a report is about: a network, and the rows of a table that it is measured on."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pynn.datasets.table import Table
from pynn.network import Network

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Subject:
    """A network and the rows of a table that it is measured on.

    Attributes
    ----------
    net : Network
        Of one output of values, or of classes.
    table : Table
    rows : ndarray, (m,)
        The rows of the table that X and y are.
    X : ndarray, (m, n[0])
    y : ndarray, (m,)
        Values, or class numbers of the network.
    measured_on : str
        What the rows are, in words.
    """

    net: Network
    table: Table
    rows: Array
    X: Array
    y: Array
    measured_on: str

    @cached_property
    def predicted(self) -> Array:
        """Values or class numbers, (m,)."""
        return self.net.predict(self.X)

    @cached_property
    def probabilities(self) -> Array:
        """Of each class, (m, classes)."""
        return self.net.predict_proba(self.X)

    @cached_property
    def scores(self) -> dict[str, float]:
        """The loss, and the accuracy or R²."""
        return self.net.evaluate(self.X, self.y)

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names of the classes, or their numbers."""
        return self.net.label_names or tuple(map(str, range(self.probabilities.shape[1])))

    @property
    def inputs(self) -> dict[str, slice]:
        """The inputs of each column."""
        if self.net.encoder is not None:
            return self.net.encoder.inputs
        return {name: slice(k, k + 1) for k, name in enumerate(self.table.feature_names)}
