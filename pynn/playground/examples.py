"""The examples of a session: drawn by a generator or taken from a table, split, with points added and removed by hand."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pynn import datasets
from pynn.playground.choices import DATA, MOST_EXAMPLES, MOST_POINTS, TABLE, Json
from pynn.playground.settings import classes_of
from pynn.standardizer import Standardizer
from pynn.table_encoder import TableEncoder
from pynn.translation import Sentence, _
from pynn.validation import finite_array, positive_int

if TYPE_CHECKING:
    from pynn.playground.table_file import ChosenColumns, TableFile

Array = np.ndarray[Any, np.dtype[Any]]
Scaling = tuple[Standardizer | None, Standardizer | None]


class Source(NamedTuple):
    """The X and y of a file or of a user, from which a session takes its examples."""

    name: str
    X: Array | ChosenColumns                # (m, n[0]) float64, or what becomes X when it is known which rows are trained on
    y: Array                                # (m,) int64 class numbers or float64 values
    classes: int | None
    features: tuple[str, ...] | None
    labels: tuple[str, ...] | None
    target: str | None
    notes: tuple[str, ...] = ()
    file: TableFile | None = None           # from which other columns can be chosen
    encoder: TableEncoder | None = None     # of a model, that made X from the columns of a table

    @classmethod
    def of(cls, name: str, X: Array | ChosenColumns, y: Array, *, classes: int | None, features: tuple[str, ...] | None = None,
           labels: tuple[str, ...] | None = None, target: str | None = None, notes: tuple[str, ...] = (),
           file: TableFile | None = None, encoder: TableEncoder | None = None) -> Source:
        """At most MOST_EXAMPLES of the examples, drawn at random if there are more."""
        if len(y) > MOST_EXAMPLES:
            rows = np.sort(np.random.default_rng(0).permutation(len(y))[:MOST_EXAMPLES])
            notes = (*notes, _("{kept} of {count} examples were drawn at random; the playground uses these",
                               kept=MOST_EXAMPLES, count=len(y)))
            X, y = X[rows], y[rows]
        X = np.ascontiguousarray(X, np.float64) if isinstance(X, np.ndarray) else X
        return cls(name, X, np.ascontiguousarray(y), classes, features, labels, target, notes, file, encoder)

    def inputs(self, rows: Array) -> tuple[Array, TableEncoder | None]:
        """X (m, n[0]) of all rows, and the encoder that made it from the columns of a table: it learns from `rows` alone."""
        return (self.X, self.encoder) if isinstance(self.X, np.ndarray) else self.X.encoded(rows)

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The columns of the file that are learned from, if they have names."""
        return self.features if self.encoder is None else self.encoder.columns

    def describe(self) -> Json:
        """As the page gets it."""
        return {"source": self.name, "columns": [] if self.file is None else self.file.describe(), "chosen": self.columns or (),
                "target": self.target, "notes": self.notes, "rows": len(self.y)}


class Examples(NamedTuple):
    """What a session trains on and tests on.

    `rows` and `test_rows` are the numbers by which commands name the examples: the rows of the data set, then the points
    added by hand.  They stay the same when others are removed.
    """

    X: Array
    y: Array
    rows: Array
    X_test: Array
    y_test: Array
    test_rows: Array
    added_from: int                         # rows from this number on were added by hand
    classes: int | None                     # None: values
    encoder: TableEncoder | None            # that made X from the columns of a table
    standardizer: Standardizer | None
    target_standardizer: Standardizer | None
    low: Array                              # (n[0] + 1,) of the features and the target, before points were added or removed
    high: Array

    @property
    def everything(self) -> tuple[Array, Array, Array]:
        """X, y and the numbers of all examples: to train on, then to test on."""
        return (np.concatenate([self.X, self.X_test]), np.concatenate([self.y, self.y_test]),
                np.concatenate([self.rows, self.test_rows]))

    def find(self, row: object, name: str) -> tuple[Array, Array]:
        """One example (1, n[0]) and its target (1,) by its number."""
        number = positive_int(row, name, 0)
        for X, y, rows in ((self.X, self.y, self.rows), (self.X_test, self.y_test, self.test_rows)):
            at = np.flatnonzero(rows == number)
            if len(at):
                return X[at], y[at]
        raise ValueError(f"{name}: there is no example {number}")


def make_examples(data: Json, source: Source | None, scaling: Scaling = (None, None)) -> Examples:
    """The examples of the data part of a setting; `scaling` is that of the inputs and of the targets, if it is given.

    Raises ValueError or TypeError, whose message begins with the field's name.
    """
    classes = classes_of(data, source.classes if source else None)
    encoder = None
    if data["name"] == TABLE:
        assert source is not None
        y = source.y
        rows, test_rows = split_rows(data, len(y))
        X, encoder = source.inputs(rows)
        if data["standardize"]:
            scaling = (Standardizer.fit(X[rows]) if encoder is None else None,
                       Standardizer.fit(y[rows, np.newaxis]) if classes is None else None)
    else:
        one = DATA[data["name"]]
        numbers = {field.name: data[field.name] for field in one.fields if field.name != "examples"}
        X, y = one.draw(data["examples"], **numbers, rng=data["seed"])
        rows, test_rows = split_rows(data, len(y))
    m = len(X)
    together = np.column_stack([X, y])
    low, high = together.min(axis=0), together.max(axis=0)
    added = _check_added(data["added"], X.shape[1], classes)
    if len(added):
        X, y = np.concatenate([X, added[:, :X.shape[1]]]), np.concatenate([y, added[:, -1].astype(y.dtype)])
        rows = np.concatenate([rows, np.arange(m, m + len(added))])
    removed = _check_removed(data["removed"], m + len(added))
    rows, test_rows = rows[~np.isin(rows, removed)], test_rows[~np.isin(test_rows, removed)]
    if not len(rows):
        raise ValueError(Sentence("data.removed: expected at least one example to train on, all are removed"))
    return Examples(X[rows], y[rows], rows, X[test_rows], y[test_rows], test_rows, m, classes, encoder, *scaling, low, high)


def split_rows(data: Json, m: int) -> tuple[Array, Array]:
    """Which of m rows are trained on and tested on."""
    rows = np.arange(m)
    if not data["test_share"]:
        return rows, rows[:0]
    return datasets.split(rows, rows, test_size=data["test_share"], rng=data["seed"])[2:]


def _check_added(points: list[Any], features: int, classes: int | None) -> Array:
    """The points added by hand, (n, n[0] + 1): features, and class number or value."""
    if len(points) > MOST_POINTS:
        raise ValueError(Sentence("data.added: expected at most {most} points, got {count}", most=MOST_POINTS,
                                  count=len(points)))
    if not points:
        return np.empty((0, features + 1))
    array = finite_array(points, "data.added")
    if array.ndim != 2 or array.shape[1] != features + 1:
        raise ValueError(Sentence("data.added: expected rows of {features} features and a target, got shape {shape}",
                                  features=features, shape=array.shape))
    if np.abs(array).max() > 1e6:
        raise ValueError("data.added: expected numbers up to 1e6 in size, got larger ones")
    if classes is not None and not np.isin(array[:, -1], np.arange(classes)).all():
        raise ValueError(f"data.added: expected class numbers from 0 to {classes - 1} as targets, got others")
    return array.astype(np.float64)


def _check_removed(removed: list[Any], most: int) -> Array:
    numbers = [positive_int(row, "data.removed", 0) for row in removed]
    if numbers and max(numbers) >= most:
        raise ValueError(f"data.removed: expected numbers of examples below {most}, got {max(numbers)}")
    return np.array(numbers, np.int64)
