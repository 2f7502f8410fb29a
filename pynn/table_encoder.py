"""TableEncoder: from the columns of a table, of any kind, to the inputs of a network."""
from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import numpy as np

from pynn.datasets.csv.cell_kinds import is_missing
from pynn.datasets.csv.column import Column
from pynn.datasets.frame import AnyColumn, columns_of
from pynn.standardizer import Standardizer
from pynn.translation import Sentence, _, sentence_of
from pynn.validation import boolean, choice, real_number
from pynn.writing import listed, printable

Array = np.ndarray[Any, np.dtype[Any]]
Unknown = Literal["error", "ignore"]

MOST_LEVELS = 50            # an input for each; a column of more texts has names or remarks, from which nothing can be learned
_LONGEST = 500              # characters of a level: longer ones are remarks, and a model file has little room for names
_FLAGS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}


@dataclass(frozen=True)
class NumberCode:
    """How a column of numbers, or of True and False, becomes inputs.

    A number x becomes (x − mean) / scale.  True is 1 and False is 0, not standardised.  A missing cell becomes the mean; if
    there were missing cells when the encoder was fitted, one more input is 1 where the cell is missing and 0 elsewhere.
    """

    name: str
    is_boolean: bool
    mean: float
    scale: float
    has_missing: bool

    @classmethod
    def fit(cls, column: AnyColumn, rows: Array | None) -> NumberCode | None:
        """None if there are no values."""
        values = column.numbers() if rows is None else column.numbers()[rows]
        missing = np.isnan(values)
        if missing.all():
            return None
        known = fit_scale(column, values[~missing])
        return cls(column.name, column.kind == "boolean", float(known.mean[0]), float(known.scale[0]), bool(missing.any()))

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of its inputs."""
        return (self.name, f"{self.name} is missing") if self.has_missing else (self.name,)

    def write(self, column: AnyColumn, inputs: Array, unknown: Unknown) -> None:
        """Write the inputs (m, 1 or 2) of a column; they are 0 before."""
        numbers = _flags(column) if self.is_boolean and column.kind == "text" else column.numbers()
        missing = np.isnan(numbers)
        if unknown == "error" and not self.has_missing and missing.any():
            raise ValueError(Sentence("{place}: expected a value, it is missing, as no cell was when the encoder was "
                                      "fitted; unknown='ignore' (--unknown ignore) takes the mean",
                                      place=column.place(int(missing.argmax()))))
        wrong = ~missing & (numbers != 0) & (numbers != 1)
        if self.is_boolean and wrong.any():
            row = int(wrong.argmax())
            raise ValueError(Sentence("{place}: expected True or False, got {number:g}", place=column.place(row),
                                      number=numbers[row]))
        values = np.where(missing, self.mean, numbers)
        with np.errstate(over="ignore"):
            inputs[:, 0] = values if self.is_boolean else (values - self.mean) / self.scale
        if self.has_missing:
            inputs[:, 1] = missing
        if not np.isfinite(inputs[:, 0]).all():
            row = int((~np.isfinite(inputs[:, 0])).argmax())
            raise ValueError(Sentence("{place}: expected a number that float64 can hold if standardised, got {number:g}",
                                      place=column.place(row), number=values[row]))

    def describe(self) -> str:
        """What it does, in words."""
        what = _("{name}: 0 or 1", name=self.name) if self.is_boolean else _(
            "{name}: standardised, mean {mean:.4g}, deviation {deviation:.4g}", name=self.name, mean=self.mean,
            deviation=self.scale)
        return _("{what}; missing: the mean", what=what) if self.has_missing else what


@dataclass(frozen=True)
class TextCode:
    """How a column of text becomes inputs: one for each level, which is 1 where the cell is that text and 0 elsewhere.

    Missing cells are one more level, if there were any when the encoder was fitted.
    """

    name: str
    levels: tuple[str, ...]
    has_missing: bool

    @classmethod
    def fit(cls, column: AnyColumn, rows: Array | None) -> TextCode | None:
        """None if there are no texts, a ValueError if there are too many levels."""
        cells = column.texts() if rows is None else _rows_of(column.texts(), rows)
        found = set(cells)
        levels = sorted(level for level in found if level is not None)
        if len(levels) > MOST_LEVELS:
            raise ValueError(Sentence("{place}: expected at most {most} different texts in the column, got {count}, "
                                      "such as {texts}; leave it out: {leave_out}", place=column.place(0),
                                      most=MOST_LEVELS, count=len(levels), texts=", ".join(map(repr, levels[:3])),
                                      leave_out=_leave_out(column)))
        if any(len(level) > _LONGEST for level in levels):
            raise ValueError(Sentence("{place}: expected texts of at most {most} characters in the column, got one of "
                                      "{length}; leave it out: {leave_out}", place=column.place(0), most=_LONGEST,
                                      length=max(map(len, levels)), leave_out=_leave_out(column)))
        return cls(column.name, tuple(levels), None in found) if levels else None

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of its inputs."""
        names = tuple(f"{self.name} = {level}" for level in self.levels)
        return (*names, f"{self.name} is missing") if self.has_missing else names

    def write(self, column: AnyColumn, inputs: Array, unknown: Unknown) -> None:
        """Write the inputs (m, levels) of a column; they are 0 before."""
        numbers: dict[str | None, int] = {level: k for k, level in enumerate(self.levels)}
        if self.has_missing:
            numbers[None] = len(self.levels)
        codes = np.fromiter((numbers.get(cell, -1) for cell in column.texts()), np.int64, len(column))
        known = np.flatnonzero(codes >= 0)
        if unknown == "error" and len(known) < len(codes):
            row = int((codes < 0).argmax())
            level = next(cell for at, cell in enumerate(column.texts()) if at == row)
            what = Sentence("no text in an empty cell") if level is None else repr(level)
            raise ValueError(Sentence("{place}: unknown level, {what}; the encoder knows {known}; unknown='ignore' "
                                      "(--unknown ignore) sets its inputs to 0", place=column.place(row), what=what,
                                      known=listed([repr(one) for one in self.levels], 10)))
        inputs[known, codes[known]] = 1

    def describe(self) -> str:
        """What it does, in words."""
        what = _("{kind}: {names}", kind=self.name, names=listed(self.levels, 10, _(", ")))
        return _("{what}; missing: a level of its own", what=what) if self.has_missing else what


Code = NumberCode | TextCode


class TableEncoder:
    """From the columns of a table, of any kind, to inputs of a network.

    - A number is standardised: (x − mean) / scale.
    - True is 1 and False is 0.
    - Text becomes one input for each level, at most 50: 1 where the cell is that text, 0 elsewhere.
    - A missing number becomes the mean, and one more input says that it was missing.  Missing text is a level of its own.
    - Dates are refused: replace them by numbers, such as the days since the first date, or leave them out.

    A column without any value has no input.  A network whose `encoder` is set takes tables and frames in all its methods, and
    saves the encoder in its model file.

    Attributes
    ----------
    columns : tuple of str
        The columns of the table that have inputs.  They are found by name; other columns are not looked at.
    feature_names : tuple of str
        The names of the inputs, such as `area`, `area is missing` and `colour = red`.
    inputs : dict from str to slice
        The inputs of each column.

    Examples
    --------
    >>> import os, tempfile, pynn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "houses.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("area,garden,roof,price\\n90,True,tiles,300\\n110,False,slate,310\\n,True,tiles,290\\n")
    ...     table = pynn.datasets.load_csv(path)
    >>> encoder = pynn.TableEncoder().fit(table)
    >>> encoder.feature_names
    ('area', 'area is missing', 'garden', 'roof = slate', 'roof = tiles')
    >>> encoder.transform(table)
    array([[-1.,  0.,  1.,  0.,  1.],
           [ 1.,  0.,  0.,  1.,  0.],
           [ 0.,  1.,  1.,  0.,  1.]])
    >>> net = pynn.Network([5, 1], output="linear", rng=0)
    >>> net.encoder = encoder
    >>> net.predict(table).shape
    (3,)
    """

    def __init__(self) -> None:
        self._codes: tuple[Code, ...] = ()

    def fit(self, table: Any, *, rows: Any = None) -> Self:
        """Learn the means, the scales and the levels of a table.

        Parameters
        ----------
        table : Table, or frame of pandas or polars
            All its columns are inputs; the target of a Table is none of them.
        rows : array-like of int, optional
            The rows to learn from, by default all.

        Returns
        -------
        TableEncoder
            Itself.

        Raises
        ------
        ValueError, TypeError
            The message names the file, the line and the column of dates, of too many levels, of a text among numbers, of a
            number that is not finite.

        Examples
        --------
        >>> import pandas, pynn
        >>> frame = pandas.DataFrame({"colour": ["red", "blue"], "size": [1, 3]})
        >>> pynn.TableEncoder().fit(frame).feature_names
        ('colour = blue', 'colour = red', 'size')
        """
        if rows is not None:
            rows = np.asarray(rows)
        codes, refused = [], []
        for column in columns_of(table, "table"):
            try:
                code = _fit_column(column, rows)
            except ValueError as error:
                refused.append(_without_path(error))
            else:
                codes += [] if code is None else [code]
        if refused:         # all of them, so that the user mends the table once
            lines = functools.reduce(lambda one, other: Sentence("{one}\n{other}", one=one, other=other), refused)
            raise ValueError(Sentence("table: {lines}", lines=lines))
        if not codes:
            raise ValueError(Sentence("table: expected a column with values, got none"))
        _check_different(codes)
        self._codes = tuple(codes)
        return self

    def transform(self, table: Any, *, unknown: Unknown = "error") -> Array:
        """X (m, inputs), float64, of a table with the columns of the one that the encoder was fitted on, in any order.

        Parameters
        ----------
        table : Table, or frame of pandas or polars
        unknown : {"error", "ignore"}
            What to do with a text that is no known level, and with a missing cell in a column that had none: raise a
            ValueError, or set all inputs of the text to 0 and take the mean for the number.

        Examples
        --------
        >>> import pandas, pynn
        >>> encoder = pynn.TableEncoder().fit(pandas.DataFrame({"colour": ["red", "blue"], "size": [1, 3]}))
        >>> encoder.transform(pandas.DataFrame({"size": [3, None], "colour": ["red", "green"]}), unknown="ignore")
        array([[0., 1., 1.],
               [0., 0., 0.]])
        """
        return self.transform_named(table, "table", unknown)

    def transform_named(self, table: Any, name: str, unknown: Unknown = "error") -> Array:
        """The same as transform; errors call the argument `name`."""
        choice(unknown, "unknown", ("error", "ignore"))
        self._check_fitted()
        columns = columns_of(table, name, self.columns)
        if len(columns[0]) == 0:
            raise ValueError(Sentence("{name}: expected at least one row, got none", name=name))
        X = np.zeros((len(columns[0]), len(self.feature_names)))
        for code, column, inputs in zip(self._codes, columns, self.inputs.values(), strict=True):
            try:
                code.write(column, X[:, inputs], unknown)
            except ValueError as error:
                raise ValueError(Sentence("{name}: {error}", name=name, error=_without_path(error))) from None
        return X

    def fit_transform(self, table: Any) -> Array:
        """`fit` and `transform` in one.

        Examples
        --------
        >>> import pandas, pynn
        >>> pynn.TableEncoder().fit_transform(pandas.DataFrame({"garden": [True, False]}))
        array([[1.],
               [0.]])
        """
        return self.fit(table).transform(table)

    @property
    def columns(self) -> tuple[str, ...]:
        """See above."""
        return tuple(code.name for code in self._codes)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """See above."""
        return tuple(name for code in self._codes for name in code.feature_names)

    @property
    def inputs(self) -> dict[str, slice]:
        """See above."""
        found, start = {}, 0
        for code in self._codes:
            stop = start + len(code.feature_names)
            found[code.name] = slice(start, stop)
            start = stop
        return found

    def describe(self) -> str:
        """A line for each column: what becomes of it.

        Examples
        --------
        >>> import pandas, pynn
        >>> print(pynn.TableEncoder().fit(pandas.DataFrame({"colour": ["red", None], "size": [1, 3]})).describe())
        colour: red; missing: a level of its own
        size: standardised, mean 2, deviation 1
        """
        return printable("\n".join(code.describe() for code in self._codes))

    def __repr__(self) -> str:
        return printable(f"TableEncoder(feature_names={list(self.feature_names)})" if self._codes else "TableEncoder()")

    def _check_fitted(self) -> None:
        if not self._codes:
            raise ValueError(Sentence("encoder: expected one that is fitted, got TableEncoder(); call fit first"))

    # ------------------------------------------------------------------------------------------------- in a model file

    def entry(self) -> list[dict[str, Any]]:
        """What a model file's header says of it: plain lists, texts and numbers."""
        return [{"kind": "text", **asdict(code), "levels": list(code.levels)} if isinstance(code, TextCode) else
                {"kind": "number", **asdict(code)} for code in self._codes]

    @classmethod
    def from_entry(cls, entry: Sequence[Mapping[str, Any]]) -> Self:
        """The encoder that an entry describes; a ValueError or TypeError if none does."""
        encoder = cls()
        encoder._codes = tuple(_code_of(dict(one)) for one in entry)
        encoder._check_fitted()
        _check_different(encoder._codes)
        return encoder


def fit_scale(column: AnyColumn, numbers: Array) -> Standardizer:
    """The mean and the deviation of numbers (m,) of a column; the error names the largest of them."""
    try:
        return Standardizer.fit(numbers[:, np.newaxis])
    except ValueError:
        every = column.numbers()
        row = int(np.nanargmax(abs(every)))
        raise ValueError(Sentence("{place}: expected numbers whose mean and deviation float64 can hold, got {number:g}",
                                  place=column.place(row), number=every[row])
                         ) from None


def check_encoder(value: object, features: int) -> TableEncoder | None:
    """Return a fitted TableEncoder of `features` inputs, a copy, or None."""
    if value is None:
        return None
    if not isinstance(value, TableEncoder):
        raise TypeError(Sentence("encoder: expected a pynn.TableEncoder or None, got {kind}", kind=type(value).__name__))
    if len(value.feature_names) != features:
        raise ValueError(Sentence("encoder: expected one of {features} inputs, got {value!r} of {count}", features=features,
                                  value=value, count=len(value.feature_names)))
    return TableEncoder.from_entry(value.entry())       # a later fit of the original changes nothing


def _fit_column(column: AnyColumn, rows: Array | None) -> Code | None:
    """What becomes of a column; None if it has no values, a ValueError if it is refused."""
    if column.kind == "date":
        raise ValueError(Sentence("{place}: expected numbers, True and False, or text, got dates or times; replace them by "
                                  "numbers, such as the days since the first date, or leave them out: {leave_out}",
                                  place=column.place(0), leave_out=_leave_out(column)))
    if column.kind == "empty":
        return None
    if column.kind in ("number", "boolean"):
        return NumberCode.fit(column, rows)
    if column.is_mixed:
        _check_mostly_text(column)
    return TextCode.fit(column, rows)


def _check_mostly_text(column: Any) -> None:
    """A column in which most cells are numbers is one of numbers, with a mistake in it."""
    if 2 * column.count_numbers() > len(column):
        row = column.first_other
        raise ValueError(Sentence("{place}: expected a number, as most cells of this column are, got {cell!r}; correct it "
                                  "(an empty cell is a missing number), or leave the column out: {leave_out}",
                                  place=column.place(row), cell=column.cell(row), leave_out=_leave_out(column)))


def _leave_out(column: AnyColumn) -> Sentence:
    if isinstance(column, Column):
        return Sentence("--drop {name!r}, or features=[…] without it", name=column.name)
    return Sentence("drop it from the frame")


def _without_path(error: ValueError) -> Sentence:
    """The text of an error of the reader without the name of its argument."""
    return sentence_of(error).edited(lambda text: text.removeprefix("path: "))


def _flags(column: AnyColumn) -> Array:
    """The numbers of a column that is text, but should be True and False: as text, as 1 and 0, or both."""
    values = np.full(len(column), math.nan)
    for row, cell in enumerate(column.texts()):
        if cell is not None and not is_missing(cell):
            if cell.lower() not in _FLAGS:
                raise ValueError(Sentence("{place}: expected True or False, got {cell!r}", place=column.place(row), cell=cell))
            values[row] = _FLAGS[cell.lower()]
    return values


def _rows_of(cells: Iterator[str | None], rows: Array) -> list[str | None]:
    every = list(cells)
    return [every[row] for row in rows]


def _check_different(codes: Sequence[Code]) -> None:
    """Two inputs may not have one name, as level b of column a and a column `a = b`."""
    owners: dict[str, str] = {}
    for code in codes:
        for name in code.feature_names:
            if name in owners:
                raise ValueError(Sentence("table: the inputs of the columns {one!r} and {other!r} would both be called "
                                          "{name!r}; rename one of the columns", one=owners[name], other=code.name,
                                          name=name))
            owners[name] = code.name


def _code_of(entry: dict[str, Any]) -> Code:
    kind = choice(entry.pop("kind", None), "encoder", ("number", "text"))
    wanted = {"name", "has_missing", *(("levels",) if kind == "text" else ("is_boolean", "mean", "scale"))}
    if entry.keys() != wanted or not isinstance(entry["name"], str):
        raise ValueError(Sentence("encoder: expected the entries {wanted}, got {found}", wanted=", ".join(sorted(wanted)),
                                  found=listed(sorted(entry))))
    has_missing = boolean(entry["has_missing"], "has_missing")
    if kind == "number":
        return NumberCode(entry["name"], boolean(entry["is_boolean"], "is_boolean"),
                          real_number(entry["mean"], "mean", -math.inf, low_included=False),
                          real_number(entry["scale"], "scale", 0, low_included=False), has_missing)
    levels = entry["levels"]
    if not isinstance(levels, list | tuple) or len(levels) > MOST_LEVELS or not all(isinstance(one, str) for one in levels):
        raise ValueError(Sentence("encoder: expected at most {most} texts as levels of {name!r}, got {levels}",
                                  most=MOST_LEVELS, name=entry["name"], levels=listed(levels)))
    return TextCode(entry["name"], tuple(levels), has_missing)
