"""The style of every picture: its size of letters, and fonts that also show Chinese, Japanese and Korean."""
from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import matplotlib
from matplotlib import font_manager

from pynn.translation import _, language

STYLE: Any = {"font.size": 12.0, "mathtext.fontset": "cm"}       # legible from the back of a lecture room

# Fonts with Chinese characters, of Linux, Windows and macOS.
_CJK_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Source Han Sans",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Microsoft YaHei", "SimHei", "SimSun", "DengXian",
    "PingFang SC", "PingFang HK", "Hiragino Sans GB", "Heiti SC", "Heiti TC", "STHeiti", "Songti SC", "Arial Unicode MS",
    "Noto Serif CJK SC", "Noto Serif CJK JP")
_CJK_FILES = re.compile(r"Noto(Sans|Serif)(CJK|SC)|SourceHan|wqy|DroidSansFallback|msyh|simhei|simsun|Deng|PingFang|"
                        r"Hiragino Sans GB|STHeiti|Songti|Arial Unicode", re.IGNORECASE)
_CJK_CHARACTER = re.compile("[\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def styled(draw: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Let a function draw in pynn's style, which ends with the call."""
    @functools.wraps(draw)
    def drawn(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        if language() == "zh_CN":
            check_fonts("\u4e2d")
        style = {**STYLE, "font.family": font_families()}
        before = {key: matplotlib.rcParams[key] for key in style}
        matplotlib.rcParams.update(style)
        try:
            return draw(*args, **kwargs)
        finally:        # not rc_context: it would also take back what a notebook sets when the first figure loads its backend
            matplotlib.rcParams.update(before)
    return drawn


def font_families() -> list[str]:
    """The user's font families, then an installed font for the characters that they lack.

    In Chinese that font comes first, because mathtext asks only the first font for the words beside a formula.
    """
    families = list(matplotlib.rcParams["font.family"])
    others = [name for name in _cjk_fonts()[:1] if name not in families]
    return others + families if language() == "zh_CN" else families + others


def prepare_fonts() -> None:
    """In Chinese, let matplotlib show Chinese in what a program itself writes too, such as the title of its Axes."""
    if language() == "zh_CN":
        matplotlib.rcParams["font.family"] = font_families()


def check_fonts(*texts: str) -> None:
    """Warn where a text has Chinese, Japanese or Korean characters and no font for them is installed."""
    if not any(map(_CJK_CHARACTER.search, texts)) or _cjk_fonts():
        return
    for path in font_manager.findSystemFonts():     # matplotlib's list of fonts may be older than the font
        if _CJK_FILES.search(path):
            font_manager.fontManager.addfont(path)
    _cjk_fonts.cache_clear()
    if not _cjk_fonts():
        warnings.warn(_("no font with Chinese, Japanese and Korean characters is installed, so pictures show boxes in their "
                        "place; install one: the package fonts-noto-cjk (Debian, Ubuntu), google-noto-sans-cjk-fonts (Fedora), "
                        "noto-fonts-cjk (Arch), or the font Noto Sans CJK SC"), stacklevel=1)   # one place, so it is shown once


@functools.lru_cache(maxsize=1)
def _cjk_fonts() -> list[str]:
    """The installed ones of _CJK_FONTS."""
    installed = set(font_manager.fontManager.get_font_names())
    return [name for name in _CJK_FONTS if name in installed]
