"""Names in a picture: those of features and classes appear as they are, whatever characters they have."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from pynn.plot._style import check_fonts, font_families
from pynn.translation import _

if TYPE_CHECKING:
    from pynn.network import Network


@dataclass(frozen=True)
class ClassName:
    """What a class is called: a name of the user, or a formula such as y = 1."""

    text: str
    is_formula: bool = False

    @property
    def label(self) -> str:
        """The name in matplotlib's notation, in which $ begins a formula."""
        return f"${self.text}$" if self.is_formula else plain(self.text)


def plain(name: str) -> str:
    """A name in matplotlib's notation: none of its $ begins a formula."""
    return name.replace("$", r"\$")


def spoken(name: str) -> str:
    """A name in a description, where an empty one is quoted."""
    return name or "''"


def label_of(curve: str) -> str:
    """A curve of a history at its axis."""
    return {"loss": _("loss"), "accuracy": _("accuracy"), "r2": "$R^2$"}[curve]


def sizes_of(net: Network) -> str:
    """The sizes of a network, such as 2-4-1."""
    return "-".join(map(str, net.sizes))


def label_axes(ax: Axes, horizontal: str, vertical: str) -> None:
    """Write the names of two features at the axes; x1, x2, … become symbols."""
    check_fonts(horizontal, vertical)
    ax.set_xlabel(feature_label(horizontal), fontfamily=font_families())
    ax.set_ylabel(feature_label(vertical), fontfamily=font_families())


def add_legend(owner: Axes | Figure, handles: Iterable[Any], names: Mapping[int, ClassName], **place: Any) -> Legend:
    """A legend of classes. Its texts are set at last, because matplotlib leaves out labels such as "_other" and ""."""
    check_fonts(*(name.text for name in names.values()))
    legend = owner.legend(handles=list(handles), labels=[str(k) for k in names], **place)
    for text, name in zip(legend.get_texts(), names.values(), strict=True):
        text.set_parse_math(name.is_formula)
        text.set_text(name.label if name.is_formula else name.text)
        text.set_fontfamily(font_families())
    return legend


def feature_label(name: str) -> str:
    """The name of a feature in matplotlib's notation; x1, x2, … become symbols."""
    number = name[1:]
    if name[:1] != "x" or not (number.isascii() and number.isdecimal()):
        return plain(name)
    return f"$x_{number}$" if len(number) == 1 else f"$x_{{{number}}}$"
