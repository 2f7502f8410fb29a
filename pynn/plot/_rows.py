"""Panels of one kind in rows, as many as there are things to show."""
from __future__ import annotations

from typing import Any

import numpy as np

from pynn.plot._panels import panels


def in_rows(axes: Any, n: int, columns: int, **figure: Any) -> np.ndarray:
    """The n Axes, (n,), of a picture: the given ones, or those of a new figure with so many columns at most."""
    if axes is not None:
        return panels(axes, 1, n).ravel()
    columns = min(columns, n)
    new = panels(None, -(-n // columns), columns, **figure).ravel()
    for ax in new[n:]:
        ax.remove()
    return new[:n]
