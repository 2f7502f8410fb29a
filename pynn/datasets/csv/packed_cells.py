"""The cells of a column in little memory."""
from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

_BETWEEN = "\0"         # packed cells; a text file has none


class Cells:
    """The cells of a column, packed into few long texts: a list of short texts would take ten times the memory."""

    def __init__(self) -> None:
        self._chunks: list[str] = []
        self._len = 0

    def extend(self, cells: tuple[str, ...]) -> None:
        """Append cells, without the blanks around them."""
        self._chunks.append(_BETWEEN.join(map(str.strip, cells)))
        self._len += len(cells)

    def __len__(self) -> int:
        return self._len

    def __iter__(self) -> Iterator[str]:
        return itertools.chain.from_iterable(self.chunks())

    def chunks(self) -> Iterator[list[str]]:
        """The cells, some thousands at a time."""
        return (chunk.split(_BETWEEN) for chunk in self._chunks)

    def have(self, text: str) -> bool:
        """Whether a text is in some cell."""
        return any(text in chunk for chunk in self._chunks)

    def match(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern is found in some cell."""
        return any(map(pattern.search, self._chunks))
