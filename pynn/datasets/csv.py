"""Tables of numbers in CSV files."""
from __future__ import annotations

import csv
import math
import numbers
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pynn.validation import boolean

Array = np.ndarray[Any, np.dtype[Any]]

_MISSING = ("", "na", "n/a", "nan", "null", "none")


@dataclass(frozen=True)
class Table:
    """A table as load_csv read it.

    Attributes
    ----------
    X : ndarray, (m, features), float64
    y : ndarray, (m,)
        int64 class numbers where the target is text, float64 values where it is numbers, be they whole or not.
    feature_names : tuple of str
    label_names : tuple of str or None
        label_names[k] is the text of class k, in sorted order; None for values.
    target_name : str
    """

    X: Array
    y: Array
    feature_names: tuple[str, ...]
    label_names: tuple[str, ...] | None
    target_name: str


def load_csv(path: Any, *, target: int | str = -1, features: Sequence[str] | None = None,
             classes: bool = False) -> Table:
    """Read a table of numbers with a header line and one target column, numbers or text.

    A target of text gives classes, numbered in the sorted order of their names. A target of numbers gives values to
    regress on, whole numbers too, unless `classes` says that they are names.

    Parameters
    ----------
    path : str or path-like
        A CSV file in UTF-8, with or without a byte order mark. Lines without any cell are passed over.
    target : int or str
        The column of y, by its position (−1: the last) or name.
    features : sequence of str, optional
        The columns of X, in this order; what is in others does not matter.  If not given, all but the target.
    classes : bool
        Whether numbers in the target are names of classes, as text is; they are then in the order of their values.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        Naming the file, the line and the column of what is missing, not a finite number, there twice or not at all.
    TypeError
        If path or target is of another type.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import os, tempfile
    >>> from pynn import datasets
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "birds.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("wing,mass,species\\n7.5,20,wren\\n13.5,95,jay\\n")
    ...     table = datasets.load_csv(path)
    >>> table.y.tolist(), table.label_names, table.feature_names
    ([1, 0], ('jay', 'wren'), ('wing', 'mass'))
    """
    line, names, rows = _cells(path)
    at = _target_column(target, names, f"{path}, line {line}")
    if len(names) < 2:
        raise ValueError(f"path: {path}, line {line}: expected two or more columns, got {names}")
    columns = [c for c in range(len(names)) if c != at] if features is None else _columns(features, names, path)
    X, labels = _matrix(path, names, rows, columns, at)
    feature_names = tuple(names[column] for column in columns)
    if not boolean(classes, "classes") and _is_number(labels[0]):
        y = np.array([_number(path, line, names[at], cell) for (line, _), cell in zip(rows, labels, strict=True)])
        return Table(X, y, feature_names, None, names[at])
    for (line, _), cell in zip(rows, labels, strict=True):
        if not classes and _is_number(cell):
            raise ValueError(f"path: {path}, line {line}, column {names[at]!r}: expected text as above, got {cell!r}")
    label_names = tuple(sorted(set(labels), key=lambda label: (float(label) if _is_number(label) else math.inf, label)))
    numbers_of = {label: k for k, label in enumerate(label_names)}
    y = np.array([numbers_of[label] for label in labels], np.int64)
    return Table(X, y, feature_names, label_names, names[at])


def load_features(path: Any, features: Sequence[str] | None = None) -> Array:
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
    _, names, rows = _cells(path)
    return _matrix(path, names, rows, list(range(len(names))) if features is None else _columns(features, names, path))[0]


def _cells(path: Any) -> tuple[int, list[str], list[tuple[int, list[str]]]]:
    """The number of the header line, its names, and the other lines with theirs."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path: expected a str or path-like, got {path!r} ({type(path).__name__})")
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, strict=True)
        try:
            rows = [(reader.line_num, row) for row in reader if row]
        except UnicodeDecodeError as error:
            raise ValueError(f"path: {path} is not in UTF-8: {error}") from None
        except csv.Error as error:
            raise ValueError(f"path: {path}, line {reader.line_num}: not a CSV file: {error}") from None
    if not rows:
        raise ValueError(f"path: {path}, line 1: expected a header line, the file is empty")
    line, names = rows[0][0], [name.strip() for name in rows[0][1]]
    if all(map(_is_number, names)):
        raise ValueError(f"path: {path}, line {line}: expected a header line of names, got numbers: {names}")
    for column, name in enumerate(names):
        if name in names[:column]:
            raise ValueError(f"path: {path}, line {line}, column {name!r}: expected different names, "
                             f"got this one twice")
    if len(rows) < 2:
        raise ValueError(f"path: {path}, line {line + 1}: expected at least one row after the header line, got none")
    return line, names, rows[1:]


def _matrix(path: Any, names: list[str], rows: list[tuple[int, list[str]]], columns: list[int],
            target: int | None = None) -> tuple[Array, list[str]]:
    """X of some columns, and the cells of the target; nothing may be missing in them."""
    read = columns if target is None else sorted([*columns, target])
    features, labels = [], []
    for line, row in rows:
        if len(row) != len(names):
            where = f"column {names[len(row)]!r}" if len(row) < len(names) else f"after column {names[-1]!r}"
            raise ValueError(f"path: {path}, line {line}, {where}: expected {len(names)} cells, got {len(row)}")
        for column in read:
            if row[column].strip().lower() in _MISSING:
                raise ValueError(f"path: {path}, line {line}, column {names[column]!r}: expected a value, "
                                 f"it is missing ({row[column]!r})")
        features.append([_number(path, line, names[column], row[column]) for column in columns])
        if target is not None:
            labels.append(row[target].strip())
    return np.array(features, np.float64), labels


def _columns(features: Sequence[str], names: list[str], path: Any) -> list[int]:
    places = {name: column for column, name in enumerate(names)}
    missing = [name for name in features if name not in places]
    if missing:
        raise ValueError(f"features: {path} has no column {', '.join(map(repr, missing))}; "
                         f"there are {', '.join(map(repr, names))}")
    return [places[name] for name in features]


def _target_column(target: Any, names: list[str], where: str) -> int:
    if isinstance(target, str):
        if target not in names:
            raise ValueError(f"target: unknown column {target!r} of {where}; there are {', '.join(map(repr, names))}")
        return names.index(target)
    if isinstance(target, bool) or not isinstance(target, numbers.Integral):
        raise TypeError(f"target: expected a column's name or position, got {target!r} ({type(target).__name__})")
    at = int(target)
    if not -len(names) <= at < len(names):
        raise ValueError(f"target: expected a position from {-len(names)} to {len(names) - 1} in {where}, got {at}")
    return at % len(names)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell      # Python reads 1_0 as ten, tables do not


def _number(path: Any, line: int, name: str, cell: str) -> float:
    number = float(cell) if _is_number(cell) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"path: {path}, line {line}, column {name!r}: expected a finite number, got {cell!r}")
    return number
