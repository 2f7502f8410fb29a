"""The picture of the training process: the surface with the examples, and beside it the curves up to an epoch."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from pynn.plot._colours import BLUE, VERMILION
from pynn.plot._names import add_legend, label_of
from pynn.plot._panels import add_colorbar
from pynn.plot._style import styled
from pynn.plot._surface import Surface, View, output_of, scale_label, values_over, view_of
from pynn.translation import _

if TYPE_CHECKING:
    from pynn.history import History
    from pynn.network import Network

def trained_view(net: Network, X: ArrayLike, y: ArrayLike, grid: int, extent: Sequence[float] | None,
                 features: Sequence[int] | None, held: ArrayLike | None,
                 label_names: Sequence[str] | None) -> tuple[View, np.ndarray]:
    """The plane with the examples of a training, and their targets once more."""
    output_of(net)
    view = view_of(net, X, y, grid, extent, features, held, label_names)
    if view.y is None:
        raise TypeError("y: expected the targets of X, got None")
    return view, view.y


class Scene:
    """A figure with the surface at the left and the curves at the right; `film` and `LivePlot` show it epoch by epoch."""

    @styled
    def __init__(self, net: Network, X: ArrayLike, y: ArrayLike, curves: Sequence[str], *, grid: int = 100,
                 extent: Sequence[float] | None = None, features: Sequence[int] | None = None, held: ArrayLike | None = None,
                 label_names: Sequence[str] | None = None, **imshow: Any) -> None:
        from matplotlib import pyplot

        view, targets = trained_view(net, X, y, grid, extent, features, held, label_names)
        self.figure = pyplot.figure(figsize=(9.0, 4.5), layout="constrained")
        left, *right = self.figure.subplot_mosaic([["surface", "loss"], ["surface", "metric"]], width_ratios=[1.4, 1]).values()
        pyplot.sca(left)
        left.set_box_aspect(1)
        self._plane = view.plane
        self.surface = Surface(left, output_of(net), view, values_over(net, view.plane), targets, imshow)
        add_colorbar(left, self.surface.scale, scale_label(self.surface.output))
        if self.surface.points:
            add_legend(self.figure, self.surface.points, view.names, loc="outside lower center", ncols=6, frameon=False)
        self._right = dict(zip(("loss", "r2" if net.is_regression else "accuracy"), right, strict=True))
        self._curves = {}
        for (name, ax), colour in zip(self._right.items(), (BLUE, VERMILION), strict=True):
            for key, style, label in ((name, "-", _("training")), (f"val_{name}", "--", _("validation"))):
                if key in curves:
                    self._curves[key] = ax.plot([], [], style, color=colour, label=label, marker="o", markevery=[-1])[0]
            ax.set_ylabel(label_of(name))
            ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
        if net.target_standardizer is not None:
            right[0].set_ylabel(_("loss of standardised targets").replace(" of ", " of\n"))
        right[0].tick_params(labelbottom=False)
        right[1].set_xlabel(_("epoch"))
        if "val_loss" in curves:
            for line in right[0].legend(loc="upper right").get_lines():
                line.set_marker("")

    def show(self, net: Network, history: History, epoch: int) -> None:
        """Draw the network as it is, and the first epochs of the history."""
        self.surface.show(values_over(net, self._plane))
        self.surface.ax.set_title(_("epoch {epoch}", epoch=epoch))
        for key, line in self._curves.items():
            values = history[key][:epoch]
            line.set_data(np.arange(1, len(values) + 1), values)
        for ax in self._right.values():
            ax.relim()
            ax.autoscale_view()

    def freeze(self) -> None:
        """Keep the limits of the curves' panels as they are now."""
        for ax in self._right.values():
            ax.set_xlim(left=0)
            ax.autoscale(False)
