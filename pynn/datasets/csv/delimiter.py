"""The delimiter between the cells of a CSV file: the one that is given, or the one that is found."""
from __future__ import annotations

import csv
from collections import Counter

from pynn.datasets.csv.numerals import could_be_number
from pynn.translation import Sentence

_DELIMITERS = (",", ";", "\t", "|")


def check_delimiter(delimiter: object) -> None:
    """Raise an error unless it is None or one character that can stand between cells."""
    if delimiter is None:
        return
    if not isinstance(delimiter, str):
        raise TypeError(Sentence("delimiter: expected a str or None, got {delimiter!r} ({kind})", delimiter=delimiter,
                                 kind=type(delimiter).__name__))
    if len(delimiter) != 1 or delimiter in '\r\n"\0':
        raise ValueError(Sentence("delimiter: expected one character that is no quote or line end, got {delimiter!r}",
                                  delimiter=delimiter))


def find_delimiter(sample: list[str]) -> str:
    """The delimiter that splits most records into the same number of cells, and most cells into numbers."""
    def score(delimiter: str) -> tuple[int, float]:
        records = [record for record in csv.reader(sample, delimiter=delimiter, skipinitialspace=True) if len(record) > 1]
        if not records:
            return 0, 0.0
        _, count = Counter(map(len, records)).most_common(1)[0]
        cells = [cell for record in records for cell in record]
        return count, sum(map(could_be_number, cells)) / len(cells)

    return max(_DELIMITERS, key=score)          # the first of equal ones
