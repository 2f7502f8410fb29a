"""A file with a table: its bytes, from which columns can be chosen again and again."""
from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from pynn import datasets
from pynn.datasets.csv.cell_kinds import Array
from pynn.datasets.csv.column import Column
from pynn.datasets.csv.loading import read_features
from pynn.datasets.labels import match_labels
from pynn.datasets.table import Features
from pynn.network import Network
from pynn.playground.choices import MOST_CLASSES, Json
from pynn.playground.examples import Source
from pynn.table_encoder import MOST_LEVELS, TableEncoder
from pynn.translation import Sentence, _, sentence_of

_GZIP = b"\x1f\x8b"


class ChosenColumns:
    """Columns of a table, some with texts or missing cells: an encoder makes inputs of them.

    It learns from the rows that are trained on, and is not told what the others have.
    """

    def __init__(self, table: Features, names: tuple[str, str], kept: Array | None = None) -> None:
        """`names`: of the file where it was read, and for the user; `kept`: the rows of the table, if not all."""
        self._table, self._names = table, names
        self._kept = np.arange(len(table)) if kept is None else kept
        self._last: tuple[Array, Array, TableEncoder] | None = None

    def __getitem__(self, rows: Array) -> ChosenColumns:
        """The same with these rows only."""
        return ChosenColumns(self._table, self._names, self._kept[rows])

    def encoded(self, rows: Array) -> tuple[Array, TableEncoder]:
        """X of all rows and the encoder, which learns from `rows`."""
        if self._last is None or not np.array_equal(self._last[0], rows):
            with _calling(*self._names):
                encoder = TableEncoder().fit(self._table, rows=self._kept[rows])
                self._last = rows, encoder.transform(self._table, unknown="ignore")[self._kept], encoder
        return self._last[1:]


class TableFile:
    """The bytes of a file, from which columns can be chosen again and again."""

    def __init__(self, name: str, content: bytes) -> None:
        """A ValueError if it is no table."""
        if content.startswith(_GZIP):
            raise ValueError(Sentence("content: {name} is compressed; unpack it first", name=name))
        self.name, self.content = name, content
        with self._written() as path:
            self.columns = read_features(path).columns

    @contextmanager
    def _written(self) -> Iterator[str]:
        """The file on disk."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "table")
            with open(path, "wb") as file:
                file.write(self.content)
            with _calling(path, self.name):
                yield path

    def describe(self) -> list[Json]:
        """The columns as the page gets them."""
        return [{"name": column.name, "kind": column.kind, "usable": (why := _why_not(column)) is None, "why": why}
                for column in self.columns]

    def source(self, target: str | None, features: list[str] | None, net: Network | None = None) -> Source:
        """The chosen columns; by default the last one is the target, and all others that can be are features.

        With a network: its features, encoded and with classes numbered as it knows them.
        """
        encoder = None if net is None else net.encoder
        with self._written() as path:
            target = self.columns[-1].name if target is None else target
            if net is not None:
                features = list(net.feature_names or ()) or features if encoder is None else list(encoder.columns)
            if features is None:
                features = [column.name for column in self.columns if column.name != target and _why_not(column) is None]
                if not features:
                    raise ValueError(Sentence("features: expected a column besides the target from which something can be "
                                              "learned"))
            table = datasets.load_csv(path, target=target, features=features, classes=None)
            X: Array | ChosenColumns
            if net is None and not all(column.kind == "number" and not column.missing() for column in table.columns):
                X = ChosenColumns(table, (path, self.name))
            else:
                X = table.X if encoder is None else encoder.transform(table)
        y, labels = table.y, table.label_names
        if net is not None and labels is not None and net.label_names is not None:
            y, labels = _as_known(y, labels, net.label_names)
        if labels is not None and not 2 <= len(labels) <= MOST_CLASSES:
            raise ValueError(Sentence("target: expected 2 to {most} classes, got {count} in the column {target!r}",
                                      most=MOST_CLASSES, count=len(labels), target=target))
        left_out = [column.name for column in self.columns if column.name not in (target, *features)]
        notes = (*table.notes, *([_("left out: {names}", names=", ".join(left_out))] if left_out else []))
        return Source.of(self.name, X, y, classes=None if labels is None else len(labels),
                         features=table.feature_names if encoder is None else encoder.feature_names, labels=labels,
                         target=target, notes=notes, file=self, encoder=encoder)


@contextmanager
def _calling(path: str, name: str) -> Iterator[None]:
    """An error in the block gets the file's own name."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise ValueError(content_error(error, path, name)) from None


def content_error(error: Exception, path: str, name: str) -> Sentence:
    """What is wrong with a file that the page sent; on this disk it was at `path`."""
    return sentence_of(error).edited(lambda text: f"content: {text.replace(path, name).removeprefix('path: ')}")


def _as_known(y: Array, labels: tuple[str, ...], known: tuple[str, ...]) -> tuple[Array, tuple[str, ...]]:
    """Class numbers as a network knows its classes."""
    numbers = match_labels(labels, known)
    for label, number in zip(labels, numbers, strict=True):
        if number is None:
            raise ValueError(Sentence("target: unknown class {label!r}; the model knows {known}", label=label,
                                      known=", ".join(map(repr, known))))
    return np.array(numbers, np.int64)[y], known


def _why_not(column: Column) -> str | None:
    """Why a column cannot be a feature."""
    if column.kind in ("date", "empty"):
        return _("it has dates") if column.kind == "date" else _("it has no values")
    if column.kind == "text" and len(set(column.texts())) > MOST_LEVELS:
        return _("it has more than {most} different texts", most=MOST_LEVELS)
    return None
