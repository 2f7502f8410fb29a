"""Table: what load_csv returns."""
from __future__ import annotations

import functools
from dataclasses import dataclass, field

import numpy as np

from pynn.datasets.csv.cell_kinds import Array, Kind
from pynn.datasets.csv.column import Column
from pynn.translation import Sentence, _
from pynn.writing import listed, printable

_NO_NUMBERS = {"date": Sentence("dates"), "text": Sentence("texts"), "empty": Sentence("no values")}


@dataclass(frozen=True)
class Features:
    """The features of a table.

    Attributes
    ----------
    columns : tuple of Column
        The features, of any kind.
    X : ndarray, (m, features), float64
        The features, if all are numbers and none is missing; True is 1 and False is 0.  Otherwise a ValueError that names
        file, line and column.
    feature_names : tuple of str
    notes : tuple of str
        What was left out of the file, and how it is written, in sentences.
    """

    columns: tuple[Column, ...]
    notes: tuple[str, ...]

    @property
    def feature_names(self) -> tuple[str, ...]:
        """See above."""
        return tuple(column.name for column in self.columns)

    @functools.cached_property
    def X(self) -> Array:
        """See above."""
        X = np.empty((len(self), len(self.columns)))
        for k, column in enumerate(self.columns):
            try:
                X[:, k] = column.numbers_without_missing()
            except ValueError as error:
                what = _NO_NUMBERS.get(column.kind)
                if what is None:
                    raise ValueError(Sentence("{error}; encode the table by pynn.TableEncoder", error=error)) from None
                raise ValueError(Sentence("{error}; the column has {what}: leave it out by features=… (--features, --drop), or "
                                          "encode the table by pynn.TableEncoder", error=error, what=what)) from None
        return X

    def describe(self) -> str:
        """The columns by their kinds, in one line."""
        kinds: dict[Kind, str] = {"number": _("numbers"), "boolean": _("True/False"), "text": _("text"), "date": _("dates"),
                                  "empty": _("no values")}
        names = {kind: [column.describe() for column in self.columns if column.kind == kind] for kind in kinds}
        return _("; ").join(_("{kind}: {names}", kind=kinds[kind], names=listed(of_kind, 10, _(", ")))
                            for kind, of_kind in names.items() if of_kind)

    def __str__(self) -> str:
        return printable(repr(self))

    def __len__(self) -> int:
        """m, the number of rows."""
        return len(self.columns[0])


@dataclass(frozen=True)
class Table(Features):
    """A table as load_csv read it.

    Attributes
    ----------
    columns, X, feature_names, notes
        See Features.
    y : ndarray, (m,)
        int64 class numbers if the target is text or boolean, float64 values if it is numbers, also whole ones.
    label_names : tuple of str or None
        label_names[k] is the text of class k, in sorted order; None for values.
    target : Column
    target_name : str
    """

    target: Column
    y: Array = field(repr=False, compare=False)
    label_names: tuple[str, ...] | None

    @property
    def target_name(self) -> str:
        """See above."""
        return self.target.name

    def __len__(self) -> int:
        """m, the number of rows."""
        return len(self.target)
