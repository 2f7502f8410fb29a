"""Pictures in words, for the alt text of a page or a slide."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.animation import Animation
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_DESCRIPTIONS: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def say(picture: Axes | Animation, text: str) -> None:
    """Keep in words what a picture shows; a later text of the same panel takes the place of an earlier one."""
    _DESCRIPTIONS[picture] = text


def describe(picture: Axes | Figure | Animation | Iterable[Axes]) -> str:
    """Describe a picture of pynn in a sentence or two: the alt text for a page or a slide.

    Parameters
    ----------
    picture : matplotlib Axes, array of Axes, Figure or Animation
        What a function of pynn.plot returned, or the figure that it is in.

    Returns
    -------
    str

    Raises
    ------
    TypeError, ValueError
        If it is not a picture, or not one that pynn drew.

    Examples
    --------
    >>> import pynn
    >>> X, y = pynn.datasets.circles(100, rng=0)
    >>> pynn.plot.describe(pynn.plot.dataset(X, y))
    '100 examples as points over x1 and x2: 50 of y = 0, 50 of y = 1.'
    """
    if isinstance(picture, Axes | Animation):
        parts: list[Any] = [picture]
    elif isinstance(picture, Figure):
        parts = list(picture.axes)
    else:
        parts = list(np.array(picture, dtype=object, ndmin=1).ravel())
        for part in parts:
            if not isinstance(part, Axes):
                raise TypeError(f"picture: expected what a function of pynn.plot returned, got {type(part).__name__}")
    texts = dict.fromkeys(_DESCRIPTIONS[part] for part in parts if part in _DESCRIPTIONS)
    if not texts:
        raise ValueError("picture: expected one that pynn.plot drew, got one without a description")
    return " ".join(texts)
