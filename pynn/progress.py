"""Progress bars: where they are shown unasked, and tqdm, which is loaded when one is shown."""
from __future__ import annotations

import sys
import warnings
from typing import Any


def is_watched() -> bool:
    """Whether a bar would be seen: on a terminal, or in a notebook."""
    return "ipykernel" in sys.modules or (sys.stderr is not None and sys.stderr.isatty())


def new_bar(**keywords: Any) -> Any:
    """A tqdm bar, without its advice to install widgets where it draws itself as text in a notebook."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    return tqdm(**keywords)
