"""LivePlot, the picture that is drawn while a fit runs."""
from __future__ import annotations

import sys
import types

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import pynn
from pynn import callbacks

pytestmark = pytest.mark.usefixtures("clean_figures")


def test_the_live_picture_keeps_up_without_a_screen(two_circles):
    X, y = two_circles
    net, live = pynn.Network([2, 3, 1], rng=0), callbacks.LivePlot(X, y, every=3, grid=7)
    assert live.figure is None
    history = net.fit(X, y, epochs=7, callbacks=[live], progress=False)
    surface, loss = live.figure.axes[:2]
    assert surface.get_title() == "epoch 6"
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), history.loss[:6])
    assert plt.get_fignums() == []                  # nothing is shown, and pyplot keeps nothing


def test_in_a_notebook_one_picture_is_replaced(two_circles, monkeypatch):
    calls: list[tuple[str, bytes]] = []

    class Handle:
        def update(self, picture: bytes) -> None:
            calls.append(("update", picture))

    def display(picture: bytes, display_id: bool) -> Handle:
        assert display_id is True
        calls.append(("display", picture))
        return Handle()

    monkeypatch.setitem(sys.modules, "IPython.display", types.SimpleNamespace(Image=lambda data: data, display=display))
    monkeypatch.setattr(matplotlib, "get_backend", lambda: "module://matplotlib_inline.backend_inline")
    live = callbacks.LivePlot(*two_circles, grid=7)
    pynn.Network([2, 3, 1], rng=0).fit(*two_circles, epochs=3, progress=False, callbacks=[live])
    assert [name for name, _ in calls] == ["display", "update", "update"]
    assert len({picture for _, picture in calls}) == 3
    assert all(picture.startswith(b"\x89PNG") for _, picture in calls)
    assert plt.get_fignums() == []


def test_a_window_is_shown_once_and_redrawn_and_may_be_closed(two_circles, monkeypatch):
    events = []
    monkeypatch.setattr(FigureCanvasAgg, "required_interactive_framework", "a window system")
    monkeypatch.setattr(matplotlib.figure.Figure, "show", lambda self: events.append("show"))
    monkeypatch.setattr(FigureCanvasAgg, "flush_events", lambda self: events.append("flush"))

    def close(net: pynn.Network, history: pynn.History) -> None:
        if history.epochs == 3:
            plt.close("all")

    live = callbacks.LivePlot(*two_circles, grid=7)
    pynn.Network([2, 3, 1], rng=0).fit(*two_circles, epochs=5, progress=False, callbacks=[live, close])
    assert events == ["show", "flush", "flush", "flush"]


def test_the_live_picture_is_drawn_again_for_another_network(two_circles):
    X, y = two_circles
    live = callbacks.LivePlot(X, y, grid=7)
    for sizes, keywords in (([2, 3, 1], {}), ([2, 3, 3], {}), ([2, 4, 4, 3], {}), ([2, 3, 1], {"validation_split": 0.2}),
                            ([2, 3, 1], {})):
        history = pynn.Network(sizes, rng=0).fit(X, y, epochs=2, progress=False, callbacks=[live], **keywords)
        surface, loss = live.figure.axes[:2]
        assert surface.get_title() == "epoch 2"
        np.testing.assert_array_equal(loss.lines[0].get_ydata(), history.loss)


def test_live_plot_says_what_is_wrong(two_circles):
    with pytest.raises(ValueError, match=r"^every: "):
        callbacks.LivePlot(*two_circles, every=0)
    with pytest.raises(ValueError, match=r"^y: "):
        pynn.Network([2, 1], rng=0).fit(*two_circles, epochs=1, callbacks=[callbacks.LivePlot(two_circles[0], [1])])
