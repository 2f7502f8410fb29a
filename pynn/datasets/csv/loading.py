"""Reading tables from CSV files and their like: load_csv and load_features."""
from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from pynn.datasets.csv.cell_kinds import Array
from pynn.datasets.csv.column import Column
from pynn.datasets.csv.decimal_sign import find_decimal_sign
from pynn.datasets.csv.header import Names, check_header, name_columns
from pynn.datasets.csv.numerals import Numerals, common_sign
from pynn.datasets.csv.records import Records, read_records
from pynn.datasets.labels import class_labels, missing_target
from pynn.datasets.table import Features, Table
from pynn.translation import Sentence, _
from pynn.validation import boolean


def load_csv(path: Any, *, target: int | str = -1, features: Sequence[str] | None = None, classes: bool | None = False,
             header: bool | Literal["names"] = True, delimiter: str | None = None, decimal: str | None = None,
             encoding: str | None = None) -> Table:
    """Read a table with a target column from a text file.

    A target of text gives classes, numbered in the sorted order of their names.  A target of numbers gives values, whole
    numbers too, unless `classes` says that they are names.

    Parameters
    ----------
    path : str or path-like
        A CSV file, or one like it; gzipped files are read too.  Blank lines, rows of empty cells, and lines that begin with #
        before the first row are skipped.
    target : int or str
        The column of y, by its position (−1: the last) or name.
    features : sequence of str, optional
        The columns of X, in this order; other columns are not looked at.  By default all columns except the target
        and a first column without a name, which is an index.
    classes : bool or None
        Whether numbers in the target are names of classes, as text is; they are ordered by value.  Equal numbers, as 1 and
        1.0, are one class; a number with a leading zero, as 007, is text.  None: if there are two different numbers.
    header : bool or "names"
        Whether the first line has the names of the columns.  If it has, but looks like data (a name is a number, or is also a
        cell of its column), that is an error; "names" says that they are names.  Without names, the columns are called
        column 1, column 2, ….
    delimiter : str, optional
        The character between cells; by default found: comma, semicolon, tab or vertical bar.
    decimal : {".", ","}, optional
        The decimal sign; by default found.  Thousands may be separated by the other sign, a space or an apostrophe.
    encoding : str, optional
        By default found by the byte order mark; UTF-8 if there is none.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        The message names the file, the line and the column of what is missing, not a finite number, there twice or not at all.
    TypeError
        If an argument has the wrong type.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import os, tempfile
    >>> from pynn import datasets
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "birds.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("wing;mass;species\\n7,5;20;wren\\n13,5;95;jay\\n")
    ...     table = datasets.load_csv(path)
    >>> table.X.tolist(), table.y.tolist(), table.label_names, table.feature_names
    ([[7.5, 20.0], [13.5, 95.0]], [1, 0], ('jay', 'wren'), ('wing', 'mass'))
    """
    classes = None if classes is None else boolean(classes, "classes")
    records, names = _read(path, header, delimiter, encoding)
    at = _target_position(target, names, _where(records))
    others = [k for k in range(len(names.names)) if k != at and k not in names.left_out]
    if not others:
        raise ValueError(Sentence("{where}: expected two or more columns, got {names}; if there are more, give the "
                                  "delimiter: delimiter=' ' (--delimiter)", where=_where(records), names=names.names))
    chosen = others if features is None else _positions(features, names.names, path)
    if at in chosen:
        raise ValueError(Sentence("target: expected a column that is no feature, got {name!r}, which is one",
                                  name=names.names[at]))
    *columns, target_column = _columns(records, names, [*chosen, at], decimal)
    if header is True and features is None:
        check_header(records, [*columns, target_column])
    y, label_names = _target(target_column, classes)
    return Table(tuple(columns), tuple(names.notes), target_column, y, label_names)


def load_features(path: Any, features: Sequence[str] | None = None, *, header: bool | Literal["names"] = True,
                  delimiter: str | None = None, decimal: str | None = None, encoding: str | None = None) -> Array:
    """Read X (m, features) alone, from a table as load_csv reads it, to predict from; see there for the rest.

    Examples
    --------
    >>> import os, tempfile
    >>> from pynn import datasets
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "birds.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("ring,mass,wing\\nA7,20,7.5\\nB2,95,13.5\\n")
    ...     X = datasets.load_features(path, ["wing", "mass"])
    >>> X.tolist()
    [[7.5, 20.0], [13.5, 95.0]]
    """
    return read_features(path, features, header=header, delimiter=delimiter, decimal=decimal, encoding=encoding).X


def read_features(path: Any, names: Sequence[str] | None = None, *, kept: Sequence[str] = (),
                  header: bool | Literal["names"] = True, delimiter: str | None = None, decimal: str | None = None,
                  encoding: str | None = None) -> Features:
    """Read columns of any kind, by default all but an index, and those of --keep; see load_csv for the arguments."""
    records, found = _read(path, header, delimiter, encoding)
    chosen = [k for k in range(len(found.names)) if k not in found.left_out] if names is None else \
        _positions(names, found.names, path)
    chosen = list(dict.fromkeys([*chosen, *_positions(kept, found.names, path, "--keep")]))
    columns = _columns(records, found, chosen, decimal)
    if header is True and names is None:
        check_header(records, columns)
    return Features(tuple(columns), tuple(found.notes))


def _read(path: Any, header: Any, delimiter: str | None, encoding: str | None) -> tuple[Records, Names]:
    if header != "names":
        header = boolean(header, "header")
    records = read_records(path, header=bool(header), delimiter=delimiter, encoding=encoding)
    names = name_columns(records)
    if records.delimiter != ",":
        known = {";": _("a semicolon"), "\t": _("a tab"), "|": _("a vertical bar"), " ": _("a space")}
        names.notes.append(_("the delimiter is {name}", name=known.get(records.delimiter, repr(records.delimiter))))
    if records.blank_rows:
        names.notes.append(_("1 row without values is skipped") if records.blank_rows == 1 else
                           _("{count} rows without values are skipped", count=records.blank_rows))
    return records, names


def _where(records: Records) -> Sentence:
    return Sentence("path: {path}, line {line}", path=records.path, line=records.header_line or records.lines[0])


def _columns(records: Records, found: Names, positions: list[int], decimal: str | None) -> list[Column]:
    if decimal not in (None, ".", ","):
        raise ValueError(Sentence("decimal: expected '.', ',' or None, got {decimal!r}", decimal=decimal))
    signs = {k: common_sign(records.columns[k]) for k in positions}
    for sign in dict.fromkeys(filter(None, signs.values())):
        names = _(", ").join(found.names[k] for k in positions if signs[k] == sign)
        found.notes.append(_("numbers of {names} have the sign {sign}, which is left out", names=names, sign=sign))
    decimal = decimal or find_decimal_sign(records, found.names, signs)
    if decimal == ",":
        found.notes.append(_("numbers have a decimal comma"))
    return [Column(found.names[k], records.columns[k], records.path, records.lines, Numerals(decimal, signs[k]))
            for k in positions]


def _target(column: Column, classes: bool | None) -> tuple[Array, tuple[str, ...] | None]:
    """y and the names of the classes, if there are classes."""
    remedy = Sentence("; if the cells are names of classes: classes=True (--classes)")
    if classes or (column.kind in ("text", "boolean") and not column.is_mixed):
        return class_labels(column)
    if classes is None and column.kind == "number" and not column.missing() and len(np.unique(column.numbers())) == 2:
        return class_labels(column)
    row = column.first_number
    if row is not None and column.first_other is not None and column.first_other < row:
        raise ValueError(Sentence("path: {place}: expected text as above, got {cell!r}{remedy}", place=column.place(row),
                                  cell=column.cell(row), remedy=remedy))
    missing = column.first_missing
    if missing is not None and (column.first_other is None or missing < column.first_other):
        raise missing_target(column, missing)
    try:
        return column.numbers_without_missing(), None
    except ValueError as error:
        raise ValueError(Sentence("{error}{remedy}", error=error, remedy=remedy)) from None


def _positions(features: Sequence[str], names: list[str], path: Any, argument: str = "features") -> list[int]:
    if isinstance(features, str):
        raise TypeError(Sentence("{argument}: expected a sequence of names, got {features!r}", argument=argument,
                                 features=features))
    places = {name: column for column, name in enumerate(names)}
    missing = [name for name in features if name not in places]
    if missing:
        raise ValueError(Sentence("{argument}: {path} has no column {missing}; there are {names}", argument=argument, path=path,
                                  missing=", ".join(map(repr, missing)), names=", ".join(map(repr, names))))
    for at, name in enumerate(features):
        if name in features[:at]:
            raise ValueError(Sentence("{argument}: expected different columns, got {name!r} twice", argument=argument,
                                      name=name))
    return [places[name] for name in features]


def _target_position(target: Any, found: Names, where: Sentence) -> int:
    names, where = found.names, where.edited(lambda text: text.removeprefix("path: "))
    if isinstance(target, str):
        if target not in names:
            raise ValueError(Sentence("target: unknown column {target!r} of {where}; there are {names}", target=target,
                                      where=where, names=", ".join(map(repr, names))))
        return names.index(target)
    if isinstance(target, bool) or not isinstance(target, numbers.Integral):
        raise TypeError(Sentence("target: expected a column's name or position, got {target!r} ({kind})", target=target,
                                 kind=type(target).__name__))
    at = int(target)
    if not -len(names) <= at < len(names):
        raise ValueError(Sentence("target: expected a position from {first} to {last} in {where}, got {at}",
                                  first=-len(names), last=len(names) - 1, where=where, at=at))
    if at >= 0:
        return at
    kept = [k for k in range(len(names)) if k not in found.left_out]       # −1 is no column without name and values
    return kept[at] if -at <= len(kept) else at % len(names)
