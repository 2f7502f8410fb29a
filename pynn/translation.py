"""The language in which pynn speaks to its reader: explanations, findings, verdicts, the command, the words of figures.

Every sentence is a whole template with named fields, in English, and ``_`` finds its translation in a gettext catalogue,
``pynn/locale/<language>/LC_MESSAGES/pynn.mo``.  Exceptions of the Python interface stay English: programs read them too.
Their text is a `Sentence`, and `translated` says it in another language where the command or a page shows it.
"""
from __future__ import annotations

import contextlib
import functools
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from gettext import NullTranslations

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("en", "zh_CN")
_MOST_SHOWN = 2000              # characters or elements of a value in a message

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
    return _filled(template, fields, language())


def _filled(template: str, fields: dict[str, Any], name: str) -> str:
    """The template in a language with its fields, of which sentences and errors are translated too."""
    text = template if name == "en" else _catalogue(name).gettext(template)
    if not fields:
        return text
    return text.format(**{key: translated(value, name) if isinstance(value, Sentence | BaseException) else value
                          for key, value in fields.items()})


class _Cut(str):
    """What a message shows of a value that is too long for it."""

    def __repr__(self) -> str:
        return str(self)


def _cut(value: Any) -> Any:
    """A field of a message: of a long text its beginning, of a long collection its length."""
    if type(value) is str and len(value) > _MOST_SHOWN:
        return _Cut(f"{value[:60]!r}… ({len(value)} characters)")
    if isinstance(value, list | tuple | dict | set) and len(value) > _MOST_SHOWN:
        return _Cut(f"{type(value).__name__}[…] ({len(value)} elements)")
    return value


class Sentence(str):
    """The text of an error or a warning: English as a str, and its template and fields, from which `translated` makes others.

    A field may be a Sentence or an error; it is translated with the rest.
    """

    template: str
    fields: dict[str, Any]
    edit: Callable[[str], str]

    def __new__(cls, template: str, /, **fields: Any) -> Self:
        """`Sentence("{name}: expected an int, got {value!r}", name=…, value=…)`; the template is a constant."""
        return cls._of(template, fields, str)

    @classmethod
    def _of(cls, template: str, fields: dict[str, Any], edit: Callable[[str], str]) -> Self:
        fields = {key: _cut(value) for key, value in fields.items()}
        self = super().__new__(cls, edit(_filled(template, fields, "en")))
        self.template, self.fields, self.edit = template, fields, edit
        return self

    def edited(self, edit: Callable[[str], str]) -> Self:
        """The same with a small change of the text in every language, such as another name of a file."""
        before = self.edit
        return self._of(self.template, self.fields, lambda text: edit(before(text)))

    def __reduce__(self) -> tuple[Any, ...]:
        return str, (str(self),)        # the fields of an error may be anything, also what cannot be pickled

    def spoken(self, name: str) -> str:
        """The text in a language."""
        return self.edit(_filled(self.template, self.fields, name))


def sentence_of(error: BaseException) -> Sentence:
    """The text of an error."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Sentence) else Sentence("{said}", said=error)


def translated(said: str | BaseException, name: str | None = None) -> str:
    """A sentence or the text of an error in a language, by default the one in use; unknown errors of others are quoted."""
    name = name or language()
    if isinstance(said, Sentence):
        return said.spoken(name)
    first = said.args[0] if isinstance(said, BaseException) and said.args else None
    if isinstance(first, Sentence):
        return first.spoken(name)
    if name != "en" and isinstance(said, OSError) and said.strerror:
        files = " -> ".join(repr(file) for file in (said.filename, said.filename2) if file is not None)
        return f"{translated(said.strerror, name)}{files and ': '}{files}"
    if name != "en" and isinstance(said, UnicodeDecodeError):
        return Sentence("{encoding!r} codec can't decode byte 0x{byte:02x} in position {position}: {reason}",
                        encoding=said.encoding, byte=said.object[said.start], position=said.start,
                        reason=translated(said.reason, name)).spoken(name)
    if str(said) in _OF_OTHERS:
        return _filled(str(said), {}, name)
    return said if isinstance(said, str) else Sentence("{error}", error=str(said)).spoken(name)


_OF_OTHERS = frozenset((        # what the system, Python and its modules say of files
    Sentence("No such file or directory"), Sentence("Permission denied"), Sentence("File exists"), Sentence("Is a directory"),
    Sentence("Not a directory"), Sentence("No space left on device"), Sentence("Read-only file system"),
    Sentence("File name too long"), Sentence("Operation not permitted"), Sentence("Address already in use"),
    Sentence("invalid start byte"), Sentence("invalid continuation byte"), Sentence("unexpected end of data"),
    Sentence("character maps to <undefined>"), Sentence("ordinal not in range(128)"), Sentence("illegal encoding"),
    Sentence("truncated data"),
    Sentence("File is not a zip file"), Sentence("Bad magic number for central directory"),
    Sentence("Compressed file ended before the end-of-stream marker was reached"),
))


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
