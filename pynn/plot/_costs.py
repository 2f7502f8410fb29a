"""The look of a path over a landscape of costs, and the colours of the costs below it."""
from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.ticker import LogLocator, MaxNLocator

from pynn.plot._colours import ORANGE, VALUES_MAP

LINE: Any = {"color": "black", "linewidth": 1.4, "marker": ".", "markersize": 5}
START: Any = {"marker": "o", "markersize": 8, "color": "white", "markeredgecolor": "black", "linestyle": "none"}
END: Any = {"marker": "*", "markersize": 16, "color": ORANGE, "markeredgecolor": "black", "linestyle": "none"}
_SUBS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
_WIDE = 50              # the scale is logarithmic if the greatest cost is more than this many times the least


def bands(costs: np.ndarray, given: dict[str, Any]) -> dict[str, Any]:
    """Keywords for contourf: bands in equal steps, or in nearly equal ratios if the costs are far apart; given ones win."""
    low, high = np.nanmin(costs), np.nanmax(costs)
    if "levels" in given or "norm" in given:
        ours: dict[str, Any] = {}
    elif low > 0 and high > _WIDE * low:
        levels = np.asarray(LogLocator(subs=_SUBS).tick_values(low, high))
        ours = {"levels": levels[levels.searchsorted(low, "right") - 1:levels.searchsorted(high) + 1], "norm": LogNorm()}
    else:
        ours = {"levels": MaxNLocator(20).tick_values(low, high)}
    return {**({} if "colors" in given else {"cmap": VALUES_MAP}), **ours, **given}


def label_levels(colorbar: Any) -> None:
    """Write numbers at a logarithmic colour bar, where matplotlib writes too few."""
    if isinstance(colorbar.norm, LogNorm):
        named = [level for level in colorbar.mappable.levels if f"{level:.1e}"[:3] in ("1.0", "3.0")]
        colorbar.set_ticks(named, labels=[f"{level:g}" for level in named])
