"""What the inputs of a network are called in a diagram: their names, shortened where they are too long."""
from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pynn.plot._drawing import width_of
from pynn.plot._names import feature_label, spoken
from pynn.plot._style import check_fonts
from pynn.translation import _
from pynn.validation import join_names

if TYPE_CHECKING:
    from pynn.network import Network

_FEW = 6                        # of so few inputs the names have more room
_WIDE, _NARROW = 24.0, 12.0     # ems, the widest name of few inputs and of many
_LONGEST = 40                   # characters of a part of a name that are considered at all


def input_names(net: Network | None, indices: list[str]) -> dict[str, str]:
    """The names of the inputs with these indices, in matplotlib's notation; empty if the network knows none.

    Where two names are the same once they are shortened, the index of each stands before it.
    """
    if net is None or net.feature_names is None:
        return {}
    room = _WIDE if len(indices) <= _FEW else _NARROW
    names = {j: _in_one_line(net.feature_names[int(j) - 1]) for j in indices if j}
    check_fonts(*names.values())
    short = {j: _shortened(name, room) for j, name in names.items()}
    often = Counter(short.values())
    return {j: feature_label(name if often[name] == 1 else _shortened(f"{j}: {names[j]}", room, keep=len(j) + 2))
            for j, name in short.items()}


def list_names(names: tuple[str, ...], room: float) -> str:
    """As many names as fit in one line of `room` ems, in matplotlib's notation."""
    check_fonts(*names)
    shown = list(map(_in_one_line, names))
    while True:
        text = ", ".join(shown) + (", …" if len(shown) < len(names) else "")
        if width_of(feature_label(text)) <= room or len(shown) == 1:
            return feature_label(_shortened(text, room))
        shown.pop()


def say_names(net: Network | None) -> str:
    """The sentence on the names of the inputs, for the description of a diagram, after a blank; empty if there are none."""
    if net is None or net.feature_names is None:
        return ""
    return " " + _("The inputs are {names}.", names=join_names(net.feature_names))


def _in_one_line(name: str) -> str:
    return spoken(" ".join(name.split()))


def _shortened(name: str, room: float, keep: int = 0) -> str:
    """The name, if it fits; otherwise with the middle of its longer parts left out: `neighbou…hood = north`.

    The parts are the column and the level; the first `keep` characters stay.
    """
    if len(name) <= 2 * _LONGEST and width_of(feature_label(name)) <= room:
        return name
    start, parts = name[:keep], name[keep:].split(" = ", 1)
    kept = [min(len(part), _LONGEST) for part in parts]
    while True:
        short = start + " = ".join(_without_middle(part, most) for part, most in zip(parts, kept, strict=True))
        if max(kept) <= 2 or width_of(feature_label(short)) <= room:
            return short
        kept[kept.index(max(kept))] -= 1


def _without_middle(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[:(most + 1) // 2] + "…" + text[len(text) - most // 2:]
