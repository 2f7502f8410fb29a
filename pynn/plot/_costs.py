"""How a path over a landscape of costs looks, and how the costs below it are coloured."""
from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.ticker import LogLocator, MaxNLocator

from pynn.plot._panels import COLOURS, VALUES_MAP

LINE: Any = {"color": "black", "linewidth": 1.4, "marker": ".", "markersize": 5}
START: Any = {"marker": "o", "markersize": 8, "color": "white", "markeredgecolor": "black", "linestyle": "none"}
END: Any = {"marker": "*", "markersize": 16, "color": COLOURS[1], "markeredgecolor": "black", "linestyle": "none"}
_SUBS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
_WIDE = 50              # how many times the least cost the greatest is where the scale becomes logarithmic


def bands(costs: np.ndarray, given: dict[str, Any]) -> dict[str, Any]:
    """Keywords for contourf: bands in equal steps, or in about equal ratios where the costs are far apart; then the given."""
    low, high = np.nanmin(costs), np.nanmax(costs)
    if "levels" in given or "norm" in given:
        ours: dict[str, Any] = {}
    elif low > 0 and high > _WIDE * low:
        levels = np.asarray(LogLocator(subs=_SUBS).tick_values(low, high))
        ours = {"levels": levels[levels.searchsorted(low, "right") - 1:levels.searchsorted(high) + 1], "norm": LogNorm()}
    else:
        ours = {"levels": MaxNLocator(20).tick_values(low, high)}
    return {**({} if "colors" in given else {"cmap": VALUES_MAP}), **ours, **given}


def name_levels(colorbar: Any) -> None:
    """Write the numbers at a logarithmic colour scale, which matplotlib does at few of them."""
    if isinstance(colorbar.norm, LogNorm):
        named = [level for level in colorbar.mappable.levels if f"{level:.1e}"[:3] in ("1.0", "3.0")]
        colorbar.set_ticks(named, labels=[f"{level:g}" for level in named])
