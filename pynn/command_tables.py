"""The tables of the commands: which columns are inputs, what becomes of each, and what is said about it."""
from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from pynn import datasets
from pynn.datasets.csv.column import Column
from pynn.datasets.labels import match_labels
from pynn.datasets.table import Features
from pynn.network import Network
from pynn.standardizer import Standardizer
from pynn.table_encoder import TableEncoder, Unknown, fit_scale
from pynn.translation import _
from pynn.writing import listed

_FEW = 10           # rows: in so small a table, each text may occur once by chance
Array = np.ndarray[Any, np.dtype[Any]]


def reading(given: argparse.Namespace) -> dict[str, Any]:
    """The arguments of load_csv on how the file is written."""
    return {"header": given.header, "delimiter": given.delimiter, "decimal": given.decimal, "encoding": given.encoding}


def training_table(given: argparse.Namespace) -> datasets.Table:
    """The table without the dropped columns."""
    table = datasets.load_csv(given.data, target=given.target, features=given.features, classes=given.classes, **reading(given))
    for name in given.drop:
        if name not in table.feature_names:
            raise ValueError(_("--drop: expected a feature of {table}, got {name!r}; there are {names}",
                               table=given.data, name=name, names=", ".join(map(repr, table.feature_names))))
    columns = tuple(column for column in table.columns if column.name not in given.drop)
    if not columns:
        raise ValueError(_("--drop: expected at least one other feature, all are dropped"))
    if table.label_names is not None and len(table.label_names) < 2:
        raise ValueError(_("--target: {place}: expected at least two classes, got only {name!r}",
                           place=table.target.place(0), name=table.label_names[0]))
    return dataclasses.replace(table, columns=columns)


def understood(table: datasets.Table) -> str:
    """One sentence on the table: its rows, the kinds of its columns, its missing cells, and what the target is taken for."""
    done = []
    if any(column.kind in ("number", "boolean") and column.missing() for column in table.columns):
        done.append(_("a missing number becomes the mean, with one more input that says so"))
    if any(column.kind == "text" and column.missing() for column in table.columns):
        done.append(_("missing text is a level of its own"))
    if any(column.kind == "empty" for column in table.columns):
        done.append(_("columns without values are left out"))
    names = [column.name for column in table.columns if column.kind == "text" and len(column.levels()) == len(table) > _FEW]
    if names:
        done.append(_("each text of {names} occurs once, so nothing can be learned from it: --drop leaves it out",
                      names=listed(names, separator=_(", "))))
    names = [column.name for column in table.columns if _counts_rows(column)]
    if names:
        done.append(_("{names} counts the rows, so it says nothing of others: --drop leaves it out",
                      names=listed(names, separator=_(", "))))
    names = [column.name for column in table.columns if _is_constant(column)]
    if names:
        done.append(_("{names}: the same in every row, so nothing can be learned from it: --drop leaves it out",
                      names=listed(names, separator=_(", "))))
    target = _("target {name}: {taken_for}", name=table.target.name, taken_for=_taken_for(table))
    if len(table) > _FEW and 2 * len(table.label_names or ()) > len(table):
        target += _(" (so many that few rows share one: --target names another column)")
    rows = _("1 row") if len(table) == 1 else _("{count} rows", count=len(table))
    return _("; ").join([rows, table.describe(), *done, target])


def _counts_rows(column: Column) -> bool:
    """Whether its numbers are k, k + 1, k + 2, …: the order of the file, which may give the answer away."""
    return column.kind == "number" and len(column) > _FEW and bool((np.diff(column.numbers()) == 1).all())


def _is_constant(column: Column) -> bool:
    """Whether it has one value, and that in every row."""
    if len(column) == 1 or column.missing() or column.kind == "empty":
        return False
    first = column.cell(0)
    return all(cell == first for cell in column.cells)


def _taken_for(table: datasets.Table) -> str:
    """What the target is taken for, and how to say that it is something else."""
    if table.label_names is None:
        return _("values (--classes takes the numbers for names of classes)")
    fields = {"count": len(table.label_names), "names": listed(table.label_names, 5, _(", "))}
    if table.target.kind == "number":
        return _("{count} classes: {names} (--values takes the numbers for values)", **fields)
    return _("{count} classes: {names}", **fields)


def encoded(table: datasets.Table, rows: Array | None, *, scale: bool) -> tuple[Array, TableEncoder | None]:
    """X of the whole table, and the encoder that made it; None if it needs none, as numbers and True and False do not.

    The encoder learns from `rows` alone: what occurs only in the others, which are validated on, is ignored in them.
    """
    others = [column for column in table.columns if column.kind not in ("number", "boolean") or column.missing()]
    if not others:
        return table.X, None
    if not scale:
        raise ValueError(_("--no-scale: expected a table of numbers without missing cells, since others are standardised as "
                           "they are encoded; got the column {column} ({kind})",
                           column=others[0].describe(), kind=others[0].kind))
    encoder = TableEncoder().fit(table, rows=rows)
    return encoder.transform(table, unknown="error" if rows is None else "ignore"), encoder


def standardizer_of(columns: Sequence[Column], X: Array) -> Standardizer:
    """The mean and the deviation of X (m, columns); the error names the cell at fault."""
    try:
        return Standardizer.fit(X)
    except ValueError:
        for column, numbers in zip(columns, X.T, strict=True):
            fit_scale(column, numbers)
        raise


def input_columns(net: Network) -> Sequence[str] | None:
    """The columns of a table that a network needs; None if it does not know their names."""
    return net.feature_names if net.encoder is None else net.encoder.columns


def inputs_of(net: Network, table: Features, unknown: Unknown) -> Array:
    """X (m, n[0]) of a table with the columns of the network."""
    return table.X if net.encoder is None else net.encoder.transform(table, unknown=unknown)


def separate(read: Features, names: Sequence[str] | None, kept: Sequence[str]) -> tuple[Features, list[Column]]:
    """The features of a table, and the columns that are only copied; without names, all others are features."""
    columns = {column.name: column for column in read.columns}
    features = [name for name in columns if name not in kept] if names is None else names
    if not features:
        raise ValueError(_("--keep: expected at least one other column, all are kept"))
    return dataclasses.replace(read, columns=tuple(columns[name] for name in features)), [columns[name] for name in kept]


def class_numbers(net: Network, table: datasets.Table) -> Array:
    """y with the class numbers of the network."""
    if table.label_names is None:
        return table.y
    known = net.label_names
    if net.is_regression or known is None:
        raise ValueError(_("--target: {place}: this model predicts numbers, got text, {text!r}",
                           place=table.target.place(0), text=table.target.cell(0)))
    numbers = match_labels(table.label_names, known)
    for k, (label, number) in enumerate(zip(table.label_names, numbers, strict=True)):
        if number is None:
            row = int((table.y == k).argmax())
            raise ValueError(_("--target: {place}: unknown class {label!r}; the model knows {names}",
                               place=table.target.place(row), label=label, names=", ".join(map(repr, known))))
    return np.array(numbers)[table.y]
