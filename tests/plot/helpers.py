"""What the tests of several pictures share: networks, and what is written and drawn in a panel."""
from __future__ import annotations

import itertools
import re
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Circle

import pynn
from pynn.plot import _colours
from pynn.writing import number_mathtext

BLUE, ORANGE = to_rgba(_colours.BLUE), to_rgba(_colours.ORANGE)


def network(*sizes: int, **keywords: Any) -> pynn.Network:
    """A network whose weights and biases are all different, and of both signs."""
    net = pynn.Network(sizes, rng=0, **keywords)
    net.parameters = np.random.default_rng(1).normal(scale=0.7, size=net.parameters.shape)
    return net


def texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts]


def value(text: str) -> float:
    """What a number in mathtext is."""
    return float(text.strip("$").replace(r"\infty", "inf").replace(r" \cdot 10^{", "e").replace("}", ""))


def is_number(text: str) -> bool:
    return re.fullmatch(r"\$-?[\d.]+( \\cdot 10\^\{-?\d+\})?\$", text) is not None


def written_numbers(ax: Any) -> np.ndarray:
    return np.sort([value(text) for text in texts(ax) if is_number(text)])


def assert_written(ax: Any, *arrays: np.ndarray) -> None:
    """The numbers in the diagram are those of the arrays, to three digits, and there are no others."""
    expected = np.sort(np.concatenate([np.ravel(array) for array in arrays]))
    np.testing.assert_allclose(written_numbers(ax), expected, rtol=5.001e-3)


def place(ax: Any, wanted: float) -> tuple[float, float]:
    """Where the one number is written that is this to three digits."""
    (found,) = [text for text in ax.texts if is_number(text.get_text()) and text.get_text() == f"${number_mathtext(wanted)}$"]
    return found.get_position()


def unit_columns(ax: Any, least: float = 0.4) -> list[list[tuple[float, float]]]:
    """The centres of the units, from left to right and each column from its top; the ellipsis and the key are smaller."""
    centres = sorted((round(x, 6), -y) for patch in ax.patches if isinstance(patch, Circle) and patch.radius > least
                     for x, y in [patch.center])
    return [[(x, -y) for x, y in group] for _, group in itertools.groupby(centres, key=lambda centre: centre[0])]


def nothing_is_clipped(figure) -> bool:
    figure.draw_without_rendering()
    box, page = figure.get_tightbbox(), figure.bbox_inches
    return box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page.x1 and box.y1 <= page.y1


def assert_draws_in_the_given_panel_alone(draw: Any) -> None:
    """It uses the panel that it is given, makes no figure, and leaves the current figure and axes as they are."""
    figure, (ours, other) = plt.subplots(1, 2)
    plt.figure()
    elsewhere = plt.subplot()
    figure.sca(other)
    numbers = plt.get_fignums()
    plt.figure(numbers[1])
    assert draw(ours) is ours
    assert ours.has_data()
    assert plt.get_fignums() == numbers
    assert plt.gca() is elsewhere
    assert figure.gca() is other
    assert not other.has_data()


def legend_texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def network_with(output: str, units: int = 1) -> pynn.Network:
    return pynn.Network([2, 5, units], output=output, rng=3)


def targets(X: np.ndarray, output: str) -> np.ndarray:
    if output == "linear":
        return X[:, 0] - 2 * X[:, 1]
    if output == "softmax":
        return (X[:, 0] > 0).astype(np.int64) + (X[:, 1] > 0)
    return (X[:, 0] > X[:, 1]).astype(np.int64)


def assert_texts_are_apart(ax: Any) -> None:
    """No text reaches into another, nor out of the panel."""
    ax.figure.draw_without_rendering()
    page = ax.get_window_extent()
    level = [text for text in ax.texts if text.get_rotation() == 0]
    boxes = [(text.get_text(), text.get_window_extent()) for text in level]
    for text, box in boxes:
        assert min(box.x0 - page.x0, page.x1 - box.x1, box.y0 - page.y0, page.y1 - box.y1) > -1, text
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert wide <= 1 or high <= 1, f"{one} over {other}"
