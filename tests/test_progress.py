"""Where a progress bar appears, and that nothing about a bar ever ends a fit."""
from __future__ import annotations

import io
import sys

import pytest

from pynn import datasets

from .conftest import circles_net


class Broken(io.StringIO):
    """The reader of the pipe has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError

    def isatty(self) -> bool:
        return True


class Bare:
    """A stream of a graphical program, which can only write."""

    def write(self, text: str) -> int:
        return len(text)


def closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize("stream", [lambda: None, closed, Broken, Bare, io.BytesIO],
                         ids=["none", "closed", "broken", "bare", "bytes"])
@pytest.mark.parametrize("progress", [True, None])
def test_a_stream_that_shows_no_bar_does_not_end_a_fit(stream, progress, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream())
    monkeypatch.setattr("pynn.progress._PATIENCE", 0.0)
    assert len(circles_net().fit(*datasets.moons(50, rng=0), epochs=3, progress=progress).loss) == 3


@pytest.mark.parametrize(("progress", "shown"), [(True, True), (None, False)])
def test_a_short_fit_shows_a_bar_only_if_it_is_asked_for(progress, shown, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr("pynn.progress.time.monotonic", lambda: 0.0)        # no time passes
    circles_net().fit(*datasets.circles(20, rng=0), epochs=3, progress=progress)
    assert ("epoch" in sys.stderr.getvalue()) is shown
