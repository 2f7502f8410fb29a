"""Progress bars: where they appear without being asked for, and tqdm, which is loaded when a bar appears."""
from __future__ import annotations

import sys
import time
import warnings
from typing import Any

from pynn.history import History

_PATIENCE = 0.5         # seconds before a bar appears that nobody asked for: shorter fits need none


def is_watched() -> bool:
    """Whether somebody would see a bar: on a terminal, or in a notebook."""
    return "ipykernel" in sys.modules or (sys.stderr is not None and sys.stderr.isatty())


def new_bar(**keywords: Any) -> Any:
    """A tqdm bar; tqdm's advice to install widgets is silenced, since it draws the bar as text without them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    return tqdm(**keywords)


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
        if self._bar is None:
            self._bar = new_bar(total=self._epochs, unit="epoch", leave=True)
        self._bar.set_postfix({name: f"{value:.4g}" for name, value in history.last().items() if name != "epoch_seconds"},
                              refresh=False)
        self._bar.update(len(history) - self._bar.n)

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()
