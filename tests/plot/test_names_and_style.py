"""The style, and names of features and classes."""
from __future__ import annotations

import io
import types
import warnings
from xml.etree import ElementTree

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib import font_manager

import pynn
from pynn.plot import _style

pytestmark = pytest.mark.usefixtures("clean_figures")


def test_the_style_ends_with_the_call_and_takes_back_nothing_else(two_circles):
    """What the first figure of a notebook sets as its backend is loaded must stay, or later pictures are not shown."""
    from pynn.plot._style import STYLE, styled
    before = {key: matplotlib.rcParams[key] for key in STYLE}
    interactive = matplotlib.is_interactive()

    @styled
    def draw():
        assert {key: matplotlib.rcParams[key] for key in STYLE} == STYLE
        matplotlib.interactive(not interactive)

    try:
        draw()
        assert matplotlib.is_interactive() is not interactive
        assert {key: matplotlib.rcParams[key] for key in STYLE} == before != STYLE
    finally:
        matplotlib.interactive(interactive)


def test_names_of_the_network_are_written():
    X, y = pynn.datasets.blobs(60, rng=0)
    net = pynn.Network([2, 3], rng=0)
    net.feature_names, net.label_names = ["width in $", "x12"], ["a", "b", "c"]
    ax = pynn.plot.decision_surface(net, X, y, grid=10)
    assert (ax.get_xlabel(), ax.get_ylabel()) == (r"width in \$", "$x_{12}$")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "c"]
    net.feature_names, net.label_names = ["", "y1"], ["$5 to $10", "$\\bad$", "c"]
    odd = pynn.plot.decision_surface(net, X, y, grid=10)
    odd.figure.draw_without_rendering()
    assert (odd.get_xlabel(), odd.get_ylabel()) == ("", "y1")
    own = pynn.plot.decision_surface(net, X, y, grid=10, label_names=["d", "e", "f"])
    assert [text.get_text() for text in own.get_legend().get_texts()] == ["d", "e", "f"]
    assert "width in $ from" in pynn.plot.describe(ax)


# ---- names appear as they are

ODD = ["_other", "$", "$$", "<b>", "", "$5 to $10", r"\$x\$", "_", "a & b", r"$\frac$"]


@pytest.fixture(scope="module")
def odd_classes() -> tuple[pynn.Network, pynn.callbacks.Recorder, np.ndarray, np.ndarray]:
    """A network with a class for every odd name, trained for an epoch."""
    X = np.random.default_rng(0).normal(size=(60, 2))
    y = np.arange(60) % len(ODD)
    net, recorder = pynn.Network([2, 4, len(ODD)], rng=0), pynn.callbacks.Recorder()
    recorder.record(net)
    net.fit(X, y, epochs=1, callbacks=[recorder], progress=False)
    net.label_names = ODD
    return net, recorder, X, y


LEGENDS = {
    "dataset": lambda net, recorder, X, y: pynn.plot.dataset(X, y, label_names=ODD).get_legend(),
    "dataset in a given panel": lambda net, recorder, X, y: pynn.plot.dataset(
        X, y, plt.subplots()[1], label_names=ODD).get_legend(),
    "surface": lambda net, recorder, X, y: pynn.plot.decision_surface(net, X, y, grid=8).get_legend(),
    "surface in a given panel": lambda net, recorder, X, y: pynn.plot.decision_surface(
        net, X, y, plt.subplots()[1], grid=8).get_legend(),
    "surface with names": lambda net, recorder, X, y: pynn.plot.decision_surface(
        pynn.Network(net.sizes, rng=0), X, y, grid=8, label_names=ODD).get_legend(),
    "film": lambda net, recorder, X, y: pynn.plot.film(recorder, net, X, y, grid=8).figure.legends[0],
    "stills": lambda net, recorder, X, y: pynn.plot.stills(recorder, net, X, y, grid=8)[0].figure.legends[0],
    "stills in given panels": lambda net, recorder, X, y: pynn.plot.stills(
        recorder, net, X, y, plt.subplots(1, 2)[1], grid=8)[0].get_legend(),
}


@pytest.mark.parametrize("draw", LEGENDS.values(), ids=LEGENDS.keys())
def test_class_names_appear_in_the_legend_as_they_are(odd_classes, draw):
    legend = draw(*odd_classes)
    assert [text.get_text() for text in legend.get_texts()] == ODD
    assert not any(text.get_parse_math() for text in legend.get_texts())
    assert len(legend.legend_handles) == len(ODD)
    save(legend.figure, "svg")


def test_class_names_in_maps_of_units_are_no_mathematics(odd_classes):
    net, _, X, y = odd_classes
    save(pynn.plot.unit_maps(net, X, y, grid=5)[0].figure, "svg")


def test_class_names_are_in_the_description_as_they_are(odd_classes):
    _, _, X, y = odd_classes
    said = pynn.plot.describe(pynn.plot.dataset(X, y, label_names=ODD))
    assert said.endswith(": " + ", ".join(f"6 of {name or repr('')}" for name in ODD) + ".")


@pytest.mark.parametrize("names", list(zip(ODD[::2], ODD[1::2], strict=True)))
def test_feature_names_appear_as_they_are(names):
    net = pynn.Network([2, 3, 1], rng=0)
    net.feature_names = names
    ax = pynn.plot.decision_surface(net, grid=5)
    for name, axis in zip(names, (ax.xaxis, ax.yaxis), strict=True):
        text = axis.label.get_text()
        assert not matplotlib.cbook.is_math_text(text)
        assert text.replace(r"\$", "$") == name        # what matplotlib draws of a text that is no mathematics
        assert f"{name or repr('')} from -1.5 to 1.5" in pynn.plot.describe(ax)
    save(ax.figure, "svg")


def test_an_automatic_legend_of_the_user_knows_the_names(odd_classes):
    _, _, X, y = odd_classes
    ax = pynn.plot.dataset(X, y, label_names=ODD)
    ax.legend()
    save(ax.figure, "png", "svg")


def save(figure, *kinds: str) -> None:
    """Save the figure; SVG must be well-formed."""
    for kind in kinds:
        buffer = io.BytesIO()
        figure.savefig(buffer, format=kind, dpi=20)
        if kind == "svg":
            ElementTree.fromstring(buffer.getvalue())


# ---- Chinese names

def chinese(ax=None):
    X, y = pynn.datasets.circles(40, rng=0)
    net = pynn.Network([2, 3, 1], rng=0)
    net.feature_names, net.label_names = ["宽度", "高度"], ["外圈", "内圈"]
    return pynn.plot.decision_surface(net, X, y, ax, grid=8)


@pytest.mark.skipif(not _style._cjk_fonts(), reason="no font with Chinese characters is installed")
@pytest.mark.parametrize("given", [False, True])
def test_chinese_names_show_where_a_font_has_them(given):
    ax = chinese(plt.subplots()[1] if given else None)
    save(ax.figure, "png")          # matplotlib warns of glyphs that it does not find
    ax = pynn.plot.dataset([[0, 0], [1, 1]], [0, 1], plt.subplots()[1] if given else None, label_names=["外圈", "内圈"])
    save(ax.figure, "svg")


@pytest.fixture
def no_fonts(monkeypatch):
    """A machine without a Chinese font; the fixture is the list of its font files and their names."""
    files: dict[str, str] = {}
    known = ["DejaVu Sans"]
    manager = types.SimpleNamespace(get_font_names=lambda: known, addfont=lambda path: known.append(files[path]))
    monkeypatch.setattr(_style.font_manager, "fontManager", manager)
    monkeypatch.setattr(_style.font_manager, "findSystemFonts", lambda: list(files))
    _style._cjk_fonts.cache_clear()
    yield files
    monkeypatch.undo()
    _style._cjk_fonts.cache_clear()


def test_one_warning_says_which_font_to_install(no_fonts):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        chinese()
        chinese()
        pynn.plot.dataset([[0, 0], [1, 1]], [0, 1], label_names=["外圈", "内圈"])
    assert len(caught) == 1
    assert "fonts-noto-cjk" in str(caught[0].message)


def test_without_chinese_names_there_is_no_warning(no_fonts):
    pynn.plot.dataset([[0, 0], [1, 1]], [0, 1], label_names=["größer", "Ω ⋮ ½"])
    pynn.plot.decision_surface(pynn.Network([2, 1], rng=0), grid=5)


def test_a_font_that_was_installed_after_matplotlibs_list_was_made_is_found(no_fonts):
    no_fonts["/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"] = "Noto Sans CJK JP"
    _style.check_fonts("宽度")
    assert _style.font_families()[-1] == "Noto Sans CJK JP"


def test_letters_that_the_usual_font_has_are_drawn_with_it():
    """Pictures without Chinese text are the same on every machine."""
    fonts = []
    for families in (["sans-serif"], _style.font_families()):
        found = font_manager.fontManager._find_fonts_by_props(font_manager.FontProperties(family=families))
        fonts.append(found[0])
    assert fonts[0] == fonts[1]
