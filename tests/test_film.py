"""The recorder, the film of a training and its files, stills and the live picture; and the nine figures by command."""
from __future__ import annotations

import base64
import gc
import io
import pickle
import re
import subprocess
import sys
import time
import types
import weakref
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib import animation
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

import pynn
from pynn import callbacks

pytestmark = pytest.mark.usefixtures("clean_figures")


@pytest.fixture(scope="module")
def data() -> tuple[np.ndarray, np.ndarray]:
    return pynn.datasets.circles(80, rng=0)


def recorded(data, *, epochs: int = 6, output: str = "sigmoid", every: int = 1, **fit):
    X, y = data
    if output == "linear":
        y = X[:, 0] * 3
    elif output == "softmax":
        y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    net, recorder = pynn.Network([2, 5, 3 if output == "softmax" else 1], output=output, rng=2), callbacks.Recorder(every)
    recorder.record(net)
    history = net.fit(X, y, epochs=epochs, learning_rate=0.1, callbacks=[recorder], progress=False, **fit)
    return net, recorder, history, X, y


# ---- Recorder

def test_the_recorder_copies_theta_at_the_start_and_every_so_many_epochs(data):
    X, y = data
    net, recorder = pynn.Network([2, 3, 1], rng=0), callbacks.Recorder(every=2)
    recorder.record(net)
    thetas = [net.parameters.copy()]
    history = net.fit(X, y, epochs=7, callbacks=[recorder, lambda net, _: thetas.append(net.parameters.copy())])
    assert recorder.epochs.tolist() == [0, 2, 4, 6]
    np.testing.assert_array_equal(recorder.parameters, thetas[::2])
    assert recorder.history is history
    recorder.record(net)
    recorder.record(net)                    # once is enough
    assert recorder.epochs.tolist() == [0, 2, 4, 6, 7]
    np.testing.assert_array_equal(recorder.parameters[-1], thetas[-1])


def test_a_second_fit_counts_on(data):
    net, recorder, first, X, y = recorded(data, epochs=3)
    second = net.fit(X, y, epochs=2, callbacks=[recorder], validation_data=(X, y))
    assert recorder.epochs.tolist() == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(recorder.history.loss, [*first.loss, *second.loss])
    assert recorder.history.keys() == first.keys()


def test_a_full_memory_loses_every_second_record(data, monkeypatch):
    monkeypatch.setattr(callbacks, "_MOST_BYTES", 8 * 21 * 10)       # of 21 parameters ten records
    recorder = recorded(data, epochs=100)[1]
    assert recorder.every == 16
    assert recorder.epochs.tolist() == list(range(0, 100, 16))
    assert recorder.parameters.nbytes <= 8 * 21 * 10


def test_the_recorder_says_what_is_wrong(data):
    with pytest.raises(ValueError, match=r"^every: "):
        callbacks.Recorder(0)
    with pytest.raises(ValueError, match=r"^history: nothing recorded"):
        _ = callbacks.Recorder().history
    recorder = recorded(data)[1]
    with pytest.raises(ValueError, match=r"^net: expected the recorded network, with 21 parameters, got one with 3"):
        pynn.Network([2, 1], rng=0).fit(*data, epochs=1, callbacks=[recorder])


def test_a_record_costs_next_to_nothing(data):
    net, recorder, history, _, _ = recorded(data)
    start = time.perf_counter()
    for _ in range(2000):
        recorder(net, history)
    print(f"{(time.perf_counter() - start) / 2000 * 1e6:.2f} µs a record")
    assert time.perf_counter() - start < 0.2        # 100 µs each, with much room for a busy machine


# ---- film

def shown(film, k: int):
    """The film's figure at a frame: surface, loss and metric panels."""
    film._func(k)
    surface, loss, metric = film.figure.axes[:3]
    return surface, loss, metric


@pytest.mark.parametrize("output", ["sigmoid", "linear"])
def test_every_frame_shows_the_recorded_network_and_the_history_so_far(data, output):
    net, recorder, history, X, y = recorded(data, output=output, validation_split=0.25)
    film = pynn.plot.film(recorder, net, X, y, grid=12, extent=(-2, 1, -1, 3))
    x1, x2 = np.meshgrid(np.linspace(-2, 1, 12), np.linspace(-1, 3, 12))
    plane = np.column_stack([x1.ravel(), x2.ravel()])
    for k, epoch in enumerate(recorder.epochs):
        surface, loss, metric = shown(film, k)
        twin = net.copy()
        twin.parameters = recorder.parameters[k]
        values = twin.predict(plane) if output == "linear" else twin.predict_proba(plane)[:, 1]
        np.testing.assert_array_equal(surface.images[0].get_array(), values.reshape(12, 12))
        assert surface.get_title() == f"epoch {epoch} of 6"
        for ax, names in ((loss, ("loss", "val_loss")), (metric, ("r2", "val_r2") if output == "linear" else
                                                         ("accuracy", "val_accuracy"))):
            for line, name in zip(ax.lines, names, strict=True):
                np.testing.assert_array_equal(line.get_xdata(), np.arange(1, epoch + 1))
                np.testing.assert_array_equal(line.get_ydata(), history[name][:epoch])
    drawn = np.concatenate([c.get_offsets() for c in surface.collections if len(c.get_offsets()) > 1])
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, X))
    film.to_jshtml()


def test_the_line_is_where_the_probability_is_one_half(data):
    net, recorder, _, X, y = recorded(data, epochs=40)
    film = pynn.plot.film(recorder, net, X, y, grid=60)
    surface, _, _ = shown(film, 40)
    (line,) = (c for c in surface.collections if hasattr(c, "levels"))
    on_line = np.concatenate([path.vertices for path in line.get_paths()])
    np.testing.assert_allclose(net.predict_proba(on_line)[:, 1], 0.5, atol=0.02)
    film._draw_was_started = True


def test_the_regions_of_softmax_have_their_classes_colours(data):
    net, recorder, _, X, y = recorded(data, output="softmax", epochs=10)
    film = pynn.plot.film(recorder, net, X, y, grid=9, extent=(-1, 1, -1, 1))
    surface, _, _ = shown(film, 10)
    colours = np.asarray(surface.images[0].get_array())
    x1, x2 = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))
    winners = net.predict(np.column_stack([x1.ravel(), x2.ravel()])).reshape(9, 9)
    strongest = {0: 2, 1: 0, 2: 1}          # the channel in which blue, orange and green are strongest
    np.testing.assert_array_equal(colours.argmax(axis=2), np.vectorize(strongest.get)(winners))
    film._draw_was_started = True


def test_the_panels_of_the_curves_do_not_move(data):
    net, recorder, _, X, y = recorded(data)
    film = pynn.plot.film(recorder, net, X, y, grid=10)
    limits = [[(ax.get_xlim(), ax.get_ylim()) for ax in shown(film, k)[1:]] for k in (0, 3, 6)]
    assert limits[0] == limits[1] == limits[2]
    film._draw_was_started = True


def test_a_gif_has_a_frame_for_every_record(data, tmp_path):
    net, recorder, _, X, y = recorded(data, every=2)
    before = net.parameters.copy()
    film = pynn.plot.film(recorder, net, X, y, grid=20, fps=5)
    assert isinstance(film, animation.Animation)
    film.save(tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as gif:
        assert gif.n_frames == 4
        assert gif.info["duration"] == 200
    np.testing.assert_array_equal(net.parameters, before)
    assert film.figure.get_layout_engine() is not None


def test_a_page_has_every_frame_in_it_and_loads_nothing(data, tmp_path):
    net, recorder, _, X, y = recorded(data)
    film = pynn.plot.film(recorder, net, X, y, grid=20)
    film.save(tmp_path / "film.html", dpi=50)
    page = (tmp_path / "film.html").read_text(encoding="utf-8")
    frames = re.findall(r'^"([A-Za-z0-9+/=]+)",?$', page, re.MULTILINE)
    assert len(frames) == 7
    pixels = [Image.open(io.BytesIO(base64.b64decode(frame))) for frame in frames]
    assert {picture.size for picture in pixels} == {(450, 225)}
    assert frames[0] != frames[-1]
    rest = re.sub(r'^"[A-Za-z0-9+/=]+",?$', "", page, flags=re.MULTILINE)
    assert not re.search(r"https?:|//[a-z]|<link|@import|url\(|src=", rest)
    assert all(word in rest for word in ("Play", "Pause", 'type="range"', 'max="6"', pynn.plot.describe(film)))


def test_a_notebook_shows_the_page(data):
    net, recorder, _, X, y = recorded(data, epochs=1)
    shown = pynn.plot.film(recorder, net, X, y, grid=10)._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "&quot;Pause&quot;" in shown
    assert "width: 100%; max-width: 900px; height: 510px" in shown       # of a 9 × 4.5 inch figure, and a slider
    assert "frameElement.style.height = document.body.offsetHeight" in shown
    assert "(prefers-reduced-motion: reduce)&quot;).matches) pause(); else run();" in shown
    assert "http" not in shown


@pytest.mark.parametrize("fps", [0, -1, np.nan, "a"])
def test_an_absurd_speed_is_refused(data, tmp_path, fps):
    net, recorder, _, X, y = recorded(data, epochs=1)
    film = pynn.plot.film(recorder, net, X, y, grid=10)
    for name in ("film.html", "film.gif"):
        with pytest.raises((ValueError, TypeError), match=r"^fps: "):
            film.save(tmp_path / name, fps=fps)
    assert not list(tmp_path.iterdir())


def test_the_figure_of_a_film_can_be_pickled(data):
    net, recorder, _, X, y = recorded(data, epochs=1)
    pickle.loads(pickle.dumps(pynn.plot.film(recorder, net, X, y, grid=10).figure))


def test_a_film_lives_as_long_as_its_figure_and_goes_without_a_warning(data):
    net, recorder, _, X, y = recorded(data, epochs=1)
    figure = pynn.plot.film(recorder, net, X, y, grid=10).figure
    alive = weakref.ref(figure.canvas._film)
    gc.collect()
    assert alive() is not None
    plt.close(figure)
    del figure
    gc.collect()                                # warnings are errors here, also those of __del__
    assert alive() is None


def test_a_progress_bar_runs_when_asked_for_and_not_in_a_pipe(data, tmp_path, capsys):
    net, recorder, _, X, y = recorded(data)
    film = pynn.plot.film(recorder, net, X, y, grid=10)
    film.save(tmp_path / "quiet.gif", dpi=30)
    assert capsys.readouterr() == ("", "")
    film.save(tmp_path / "film.gif", dpi=30, progress=True)
    assert "7/7" in capsys.readouterr().err
    with pytest.raises(TypeError, match=r"^progress: "):
        film.save(tmp_path / "film.gif", progress="yes")


@pytest.mark.skipif(animation.writers.is_available("ffmpeg"), reason="there is ffmpeg")
def test_mp4_without_ffmpeg_is_refused(data, tmp_path):
    net, recorder, _, X, y = recorded(data)
    film = pynn.plot.film(recorder, net, X, y, grid=10)
    with pytest.raises(RuntimeError, match=r"^filename: .*film.mp4' needs ffmpeg"):
        film.save(tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()
    film.save(tmp_path / "film.gif", dpi=20)


@pytest.mark.skipif(not animation.writers.is_available("ffmpeg"), reason="there is no ffmpeg")
def test_mp4_with_ffmpeg(data, tmp_path):
    net, recorder, _, X, y = recorded(data)
    pynn.plot.film(recorder, net, X, y, grid=10).save(tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").stat().st_size > 1000


def test_a_film_over_a_plane_of_three_features(data):
    X = np.random.default_rng(0).normal(size=(30, 3))
    y = (X[:, 0] > 0).astype(int)
    net, recorder = pynn.Network([3, 4, 1], rng=0), callbacks.Recorder()
    net.fit(X, y, epochs=2, callbacks=[recorder], progress=False)
    film = pynn.plot.film(recorder, net, X, y, features=(0, 2), held=X.mean(axis=0), grid=10)
    assert film.figure.axes[0].get_ylabel() == "$x_3$"
    film.to_jshtml()


@pytest.mark.parametrize(("change", "error", "message"), [
    ({"recorder": 3}, TypeError, "^recorder: expected a pynn.callbacks.Recorder"),
    ({"recorder": callbacks.Recorder()}, ValueError, "^recorder: expected at least one record"),
    ({"net": pynn.Network([2, 1], rng=0)}, ValueError, "^recorder: expected records of net's 3 parameters, got 21"),
    ({"net": 3}, TypeError, "^net: "),
    ({"X": None}, ValueError, "^y: expected X"),
    ({"y": None}, TypeError, "^y: "),
    ({"y": [1]}, ValueError, "^y: "),
    ({"fps": 0}, ValueError, "^fps: "),
    ({"grid": 1}, ValueError, "^grid: "),
])
def test_the_film_says_what_is_wrong_and_leaves_no_figure(data, change, error, message):
    net, recorder, _, X, y = recorded(data)
    with pytest.raises(error, match=message):
        pynn.plot.film(**{"recorder": recorder, "net": net, "X": X, "y": y, **change})
    assert plt.get_fignums() == []


@pytest.mark.slow
def test_the_articles_film_is_quick_and_small(tmp_path):
    X, y = pynn.datasets.circles(1000, factor=0.3, noise=0.1, rng=0)
    net, recorder = pynn.Network([2, 4, 6, 6, 4, 1], rng=2), callbacks.Recorder()
    recorder.record(net)
    net.fit(X, y, epochs=50, learning_rate=0.1, callbacks=[recorder], progress=False)
    film = pynn.plot.film(recorder, net, X, y)
    sizes = {}
    for kind in ("gif", "html"):
        path, start = tmp_path / f"film.{kind}", time.perf_counter()
        film.save(path)
        sizes[kind] = path.stat().st_size / 1e6
        print(f"{kind}: {time.perf_counter() - start:.1f} s, {sizes[kind]:.2f} MB")
        assert time.perf_counter() - start < 120        # 20 on a machine of one's own
    assert sizes["gif"] < 5
    assert sizes["html"] < 10


# ---- stills

def test_stills_show_the_epochs_asked_for(data):
    net, recorder, _, X, y = recorded(data)
    axes = pynn.plot.stills(recorder, net, X, y, epochs=[1, 6], grid=8, extent=(-1, 1, -1, 1))
    x1, x2 = np.meshgrid(np.linspace(-1, 1, 8), np.linspace(-1, 1, 8))
    for ax, epoch in zip(axes, (1, 6), strict=True):
        twin = net.copy()
        twin.parameters = recorder.parameters[epoch]
        p = twin.predict_proba(np.column_stack([x1.ravel(), x2.ravel()]))[:, 1].reshape(8, 8)
        np.testing.assert_array_equal(ax.images[0].get_array(), p)
    with pytest.raises(ValueError, match=r"^epochs: expected recorded ones, from 0 to 6, got \[7\]"):
        pynn.plot.stills(recorder, net, X, y, epochs=[1, 7])


@pytest.mark.parametrize("output", ["sigmoid", "softmax", "linear"])
def test_six_stills_from_the_first_to_the_last(data, output):
    net, recorder, _, X, y = recorded(data, epochs=50, output=output)
    axes = pynn.plot.stills(recorder, net, X, y, grid=10)
    assert [ax.get_title() for ax in axes] == [f"epoch {epoch}" for epoch in (0, 2, 8, 18, 32, 50)]
    axes[0].figure.canvas.draw()
    box, page = axes[0].figure.get_tightbbox(), axes[0].figure.bbox_inches
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= page.x1
    assert box.y1 <= page.y1
    figure, grid = plt.subplots(2, 3)
    assert list(pynn.plot.stills(recorder, net, X, y, grid, grid=5)) == list(grid.ravel())
    assert len(figure.axes) == 6


@pytest.mark.parametrize("name", ["film.htm", "film.HTM", "film.Html"])
def test_every_name_of_a_page_is_a_page(data, tmp_path, name):
    net, recorder, _, X, y = recorded(data)
    pynn.plot.film(recorder, net, X, y, grid=5).save(tmp_path / name)
    assert (tmp_path / name).read_text(encoding="utf-8").startswith("<!doctype html>")


# ---- LivePlot

def test_the_live_picture_keeps_up_without_a_screen(data):
    X, y = data
    net, live = pynn.Network([2, 3, 1], rng=0), callbacks.LivePlot(X, y, every=3, grid=7)
    assert live.figure is None
    history = net.fit(X, y, epochs=7, callbacks=[live], progress=False)
    surface, loss = live.figure.axes[:2]
    assert surface.get_title() == "epoch 6"
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), history.loss[:6])
    assert plt.get_fignums() == []                  # nothing is shown, and pyplot keeps nothing


def test_in_a_notebook_one_picture_is_replaced(data, monkeypatch):
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
    pynn.Network([2, 3, 1], rng=0).fit(*data, epochs=3, progress=False, callbacks=[callbacks.LivePlot(*data, grid=7)])
    assert [name for name, _ in calls] == ["display", "update", "update"]
    assert len({picture for _, picture in calls}) == 3
    assert all(picture.startswith(b"\x89PNG") for _, picture in calls)
    assert plt.get_fignums() == []


def test_a_window_is_shown_once_and_redrawn_and_may_be_closed(data, monkeypatch):
    events = []
    monkeypatch.setattr(FigureCanvasAgg, "required_interactive_framework", "a window system")
    monkeypatch.setattr(matplotlib.figure.Figure, "show", lambda self: events.append("show"))
    monkeypatch.setattr(FigureCanvasAgg, "flush_events", lambda self: events.append("flush"))

    def close(net: pynn.Network, history: pynn.History) -> None:
        if history.epochs == 3:
            plt.close("all")

    pynn.Network([2, 3, 1], rng=0).fit(*data, epochs=5, progress=False, callbacks=[callbacks.LivePlot(*data, grid=7), close])
    assert events == ["show", "flush", "flush", "flush"]


def test_the_live_picture_is_drawn_again_for_another_network(data):
    X, y = data
    live = callbacks.LivePlot(X, y, grid=7)
    for sizes, keywords in (([2, 3, 1], {}), ([2, 3, 3], {}), ([2, 4, 4, 3], {}), ([2, 3, 1], {"validation_split": 0.2}),
                            ([2, 3, 1], {})):
        history = pynn.Network(sizes, rng=0).fit(X, y, epochs=2, progress=False, callbacks=[live], **keywords)
        surface, loss = live.figure.axes[:2]
        assert surface.get_title() == "epoch 2"
        np.testing.assert_array_equal(loss.lines[0].get_ydata(), history.loss)


def test_live_plot_says_what_is_wrong(data):
    with pytest.raises(ValueError, match=r"^every: "):
        callbacks.LivePlot(*data, every=0)
    with pytest.raises(ValueError, match=r"^y: "):
        pynn.Network([2, 1], rng=0).fit(*data, epochs=1, callbacks=[callbacks.LivePlot(data[0], [1])])


# ---- the nine figures by command

@pytest.mark.slow
def test_the_command_writes_all_nine_figures(tmp_path):
    done = subprocess.run([sys.executable, "-P", "-m", "pynn", "figures", "--out", tmp_path / "new" / "figures"],
                          capture_output=True, text=True, check=True)
    written = [Path(line) for line in done.stdout.splitlines()]
    assert sorted(written) == sorted((tmp_path / "new" / "figures").iterdir())
    for number in range(1, 10):
        kinds = {path.suffix for path in written if path.name.startswith(f"{number}-")}
        assert {".png", ".svg"} <= kinds, number
    assert {path.suffix for path in written if path.name.startswith("3-")} == {".png", ".svg", ".gif", ".html"}
    assert all(path.stat().st_size > 5000 for path in written)
    assert done.stderr == ""


def test_a_folder_that_cannot_be_made_is_a_plain_message(tmp_path):
    (tmp_path / "file").write_text("")
    done = subprocess.run([sys.executable, "-P", "-m", "pynn", "figures", "--out", tmp_path / "file" / "figures"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pynn: error:" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_callbacks_module_loads_no_matplotlib():
    script = "import sys, pynn; pynn.callbacks.Recorder(); assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-P", "-c", script], check=True)


def test_records_are_the_same_where_the_engine_keeps_them_and_where_fit_stops_every_epoch(data):
    X, y = data
    nets = [pynn.Network([2, 4, 1], rng=0) for _ in range(2)]
    recorders = [pynn.callbacks.Recorder(every=3) for _ in nets]
    nets[0].fit(X, y, epochs=10, callbacks=[recorders[0]])
    nets[1].fit(X, y, epochs=10, callbacks=[recorders[1], lambda net, history: None])
    assert recorders[0].epochs.tolist() == recorders[1].epochs.tolist() == [3, 6, 9]
    assert recorders[0].parameters.tobytes() == recorders[1].parameters.tobytes()
    assert recorders[0].history.loss.tobytes() == recorders[1].history.loss.tobytes()
