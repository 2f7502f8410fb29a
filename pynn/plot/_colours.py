"""The colours of every picture, and its colour maps."""
from __future__ import annotations

from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb

# Okabe and Ito's colours, which colour-blind readers can tell apart; blue and orange also differ in grey.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
POSITIVE, NEGATIVE = BLUE, ORANGE                   # of weights, biases and outputs of units, in every picture
CLASS_COLOURS = (NEGATIVE, POSITIVE, GREEN, VERMILION, "#CC79A7", "#56B4E9", "#F0E442", "#000000")      # of class k
MARKERS = ("o", "^", "s", "D", "v", "P", "X")       # 7 markers and 8 colours: the first 56 pairs are all different
VALUES_MAP = "viridis"                              # its lightness only grows: it is readable in grey and by the colour-blind


def shades(*colours: tuple[str, float]) -> Colormap:
    """A map of colours from the first to the last, each with its strength: 0 is white, 1 the colour itself."""
    return LinearSegmentedColormap.from_list("pynn", [[1 - strength * (1 - part) for part in to_rgb(colour)]
                                                      for colour, strength in colours])


def signs(strength: float) -> Colormap:
    """From the colour of negative numbers and class 0 over white to that of positive numbers and class 1."""
    return shades((NEGATIVE, strength), ("white", 1), (POSITIVE, strength))


def class_shades(k: int) -> Colormap:
    """The colours of class k, stronger where the network is surer."""
    colour = CLASS_COLOURS[k % len(CLASS_COLOURS)]
    return shades((colour, 0.15), (colour, 0.5))


PROBABILITIES = signs(0.5)
LEADS = shades(("black", 0.1), ("black", 0.5))
SIGNS = signs(0.8)                      # of the outputs of units
BIASES = signs(1)
