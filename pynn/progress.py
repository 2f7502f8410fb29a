"""Progress bars: where they appear without being asked for, and tqdm, which is loaded when a bar appears."""
from __future__ import annotations

import contextlib
import sys
import time
import warnings
from typing import Any

from pynn.history import History

_PATIENCE = 0.5         # seconds before a bar appears that nobody asked for: shorter fits need none


def is_watched() -> bool:
    """Whether somebody would see a bar: on a terminal, or in a notebook."""
    return "ipykernel" in sys.modules or (_is_writable() and getattr(sys.stderr, "isatty", bool)())


def _is_writable() -> bool:
    """Whether there is a stream for the bar: graphical programs have none, and a daemon's is closed."""
    return sys.stderr is not None and not getattr(sys.stderr, "closed", False)


def new_bar(*, disable: bool = False, **keywords: Any) -> Any:
    """A tqdm bar, disabled where nothing can show it; tqdm's advice to install widgets is silenced: it draws text then."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    return tqdm(disable=disable or not _is_writable(), **keywords)


class EpochBar:
    """A bar over the epochs of a fit: shown if asked for, or if somebody watches and the fit turns out to be long."""

    def __init__(self, progress: bool | None, epochs: int) -> None:
        self.wanted = progress if progress is not None else is_watched()
        self._epochs = epochs
        self._bar: Any = None
        self._from = time.monotonic() + (0 if progress else _PATIENCE)

    def show(self, history: History) -> None:
        """Show how far the history has come, with its last values."""
        if not self.wanted or time.monotonic() < self._from:
            return
        try:
            if self._bar is None:
                self._bar = new_bar(total=self._epochs, unit="epoch", leave=True)
            self._bar.set_postfix({name: f"{value:.4g}" for name, value in history.last().items() if name != "epoch_seconds"},
                                  refresh=False)
            self._bar.update(history.epochs - self._bar.n)
        except (AttributeError, OSError, TypeError, ValueError):       # the stream was closed, or cannot do what a bar needs
            self.wanted = False

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            with contextlib.suppress(AttributeError, OSError, TypeError, ValueError):
                self._bar.close()
