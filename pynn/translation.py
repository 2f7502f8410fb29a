"""The language in which pynn speaks to its reader: explanations, findings, verdicts, the command, the words of figures.

Every sentence is a whole template with named fields, in English, and ``_`` finds its translation in a gettext catalogue,
``pynn/locale/<language>/LC_MESSAGES/pynn.mo``.  Exceptions of the Python interface stay English: programs read them too.
"""
from __future__ import annotations

import contextlib
import functools
import os
import sys
import warnings
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gettext import NullTranslations

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("en", "zh_CN")

_chosen: str | None = None                                                          # by language(), for the whole program
_here: ContextVar[str | None] = ContextVar("pynn_language", default=None)           # by speaking(), for one block of code


def language(name: str | None = None) -> str:
    """Set the language of explanations, findings, verdicts and figures; return the language in use.

    Without a call, the environment variable ``PYNN_LANGUAGE`` decides; if it is not set, the language of the system; if pynn
    does not speak that, English.  Exceptions are English in every language.

    Parameters
    ----------
    name : {"en", "zh_CN"}, optional
        The new language.  None changes nothing.

    Returns
    -------
    str
        The language in use from now on.

    Raises
    ------
    ValueError
        If pynn has no catalogue of that language.

    Examples
    --------
    >>> import pynn
    >>> pynn.language("en")
    'en'
    """
    global _chosen
    if name is not None:
        if not isinstance(name, str) or name not in LANGUAGES:
            raise ValueError(f"name is {name!r}; expected one of {', '.join(map(repr, LANGUAGES))}")
        _chosen = name
    return _here.get() or _chosen or _of_the_environment()


@contextlib.contextmanager
def speaking(name: str) -> Iterator[None]:
    """Speak this language inside the `with` block, in this thread alone."""
    token = _here.set(name)
    try:
        yield
    finally:
        _here.reset(token)


def _(template: str, **fields: Any) -> str:
    """The template in the language in use; then each ``{field}`` in it is replaced, if fields are given."""
    current = language()
    text = template if current == "en" else _catalogue(current).gettext(template)
    return text.format(**fields) if fields else text


@functools.cache
def _catalogue(name: str) -> NullTranslations:
    import gettext  # not before there is something to translate

    return gettext.translation("pynn", LOCALE, [name])


@functools.cache
def _of_the_environment() -> str:
    wanted = os.environ.get("PYNN_LANGUAGE")
    if wanted:
        known = _known(wanted)
        if known is None:
            warnings.warn(f"PYNN_LANGUAGE is {wanted!r}; expected one of {', '.join(map(repr, LANGUAGES))}; English is used",
                          stacklevel=2)
        return known or "en"
    return _known(_of_the_system()) or "en"


def _of_the_system() -> str:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            return os.environ[variable]
    import locale

    if sys.platform == "win32":
        import ctypes

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "en")
    return locale.getlocale(locale.LC_CTYPE)[0] or "en"        # macOS outside a terminal


def _known(name: str) -> str | None:
    """The language of pynn for names such as zh, zh_CN.UTF-8, zh-Hans; not for Traditional Chinese, which has other terms."""
    parts = name.split(".")[0].split("@")[0].replace("-", "_").lower().split("_")
    if parts[0] == "zh":
        return None if {"tw", "hk", "mo", "hant"} & set(parts) else "zh_CN"
    return "en" if parts[0] in ("en", "c", "posix") else None
