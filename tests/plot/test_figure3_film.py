"""Figure 3, the training process: the film, its files, and the stills."""
from __future__ import annotations

import base64
import gc
import io
import pickle
import re
import time
import weakref

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib import animation
from PIL import Image

import pynn
from pynn import callbacks
from pynn.translation import speaking

from ..conftest import recorded
from .helpers import nothing_is_clipped

pytestmark = pytest.mark.usefixtures("clean_figures")


def shown(film, k: int):
    """The film's figure at a frame: surface, loss and metric panels."""
    film._func(k)
    surface, loss, metric = film.figure.axes[:3]
    return surface, loss, metric


@pytest.mark.parametrize("output", ["sigmoid", "linear"])
def test_every_frame_shows_the_recorded_network_and_the_history_so_far(two_circles, output):
    net, recorder, history, X, y = recorded(two_circles, output=output, validation_split=0.25)
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


def test_the_line_is_where_the_probability_is_one_half(two_circles):
    net, recorder, _, X, y = recorded(two_circles, epochs=40)
    film = pynn.plot.film(recorder, net, X, y, grid=60)
    surface, _, _ = shown(film, 40)
    (line,) = (c for c in surface.collections if hasattr(c, "levels"))
    on_line = np.concatenate([path.vertices for path in line.get_paths()])
    np.testing.assert_allclose(net.predict_proba(on_line)[:, 1], 0.5, atol=0.02)


def test_the_regions_of_softmax_have_their_classes_colours(two_circles):
    net, recorder, _, X, y = recorded(two_circles, output="softmax", epochs=10)
    film = pynn.plot.film(recorder, net, X, y, grid=9, extent=(-1, 1, -1, 1))
    surface, _, _ = shown(film, 10)
    colours = np.asarray(surface.images[0].get_array())
    x1, x2 = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))
    winners = net.predict(np.column_stack([x1.ravel(), x2.ravel()])).reshape(9, 9)
    strongest = {0: 0, 1: 2, 2: 1}          # the channel in which orange, blue and green are strongest
    np.testing.assert_array_equal(colours.argmax(axis=2), np.vectorize(strongest.get)(winners))


def test_the_panels_of_the_curves_do_not_move(two_circles):
    net, recorder, _, X, y = recorded(two_circles)
    film = pynn.plot.film(recorder, net, X, y, grid=10)
    limits = [[(ax.get_xlim(), ax.get_ylim()) for ax in shown(film, k)[1:]] for k in (0, 3, 6)]
    assert limits[0] == limits[1] == limits[2]


def test_a_gif_has_a_frame_for_every_record(two_circles, tmp_path):
    net, recorder, _, X, y = recorded(two_circles, every=2)
    before = net.parameters.copy()
    film = pynn.plot.film(recorder, net, X, y, grid=20, fps=5)
    assert isinstance(film, animation.Animation)
    film.save(tmp_path / "film.gif", dpi=40)
    with Image.open(tmp_path / "film.gif") as gif:
        assert gif.n_frames == 4
        assert gif.info["duration"] == 200
    np.testing.assert_array_equal(net.parameters, before)
    assert film.figure.get_layout_engine() is not None


def test_a_page_has_every_frame_in_it_and_loads_nothing(two_circles, tmp_path):
    net, recorder, _, X, y = recorded(two_circles, epochs=3)
    film = pynn.plot.film(recorder, net, X, y, grid=20)
    film.save(tmp_path / "film.html", dpi=50)
    page = (tmp_path / "film.html").read_text(encoding="utf-8")
    frames = re.findall(r'^"([A-Za-z0-9+/=]+)",?$', page, re.MULTILINE)
    assert len(frames) == 4
    pixels = [Image.open(io.BytesIO(base64.b64decode(frame))) for frame in frames]
    assert {picture.size for picture in pixels} == {(450, 225)}
    assert frames[0] != frames[-1]
    rest = re.sub(r'^"[A-Za-z0-9+/=]+",?$', "", page, flags=re.MULTILINE)
    assert not re.search(r"https?:|//[a-z]|<link|@import|url\(|src=", rest)
    assert all(word in rest for word in ("Play", "Pause", 'type="range"', 'max="3"', pynn.plot.describe(film)))


def test_a_page_speaks_the_language(two_circles, tmp_path):
    net, recorder, _, X, y = recorded(two_circles, epochs=1)
    with speaking("zh_CN"):
        pynn.plot.film(recorder, net, X, y, grid=10).save(tmp_path / "film.html", dpi=50)
    page = (tmp_path / "film.html").read_text(encoding="utf-8")
    assert all(word in page for word in ('lang="zh-CN"', "播放", "暂停", 'aria-label="帧"'))


def test_a_notebook_shows_the_page(two_circles):
    net, recorder, _, X, y = recorded(two_circles, epochs=1)
    shown = pynn.plot.film(recorder, net, X, y, grid=10)._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "&quot;Pause&quot;" in shown
    assert "width: 100%; max-width: 900px; height: 510px" in shown       # of a 9 × 4.5 inch figure, and a slider
    assert "frameElement.style.height = document.body.offsetHeight" in shown
    assert "(prefers-reduced-motion: reduce)&quot;).matches) pause(); else run();" in shown
    assert "http" not in shown


@pytest.mark.parametrize("fps", [0, -1, np.nan, "a"])
def test_an_absurd_speed_is_refused(two_circles, tmp_path, fps):
    net, recorder, _, X, y = recorded(two_circles, epochs=1)
    film = pynn.plot.film(recorder, net, X, y, grid=10)
    for name in ("film.html", "film.gif"):
        with pytest.raises((ValueError, TypeError), match=r"^fps: "):
            film.save(tmp_path / name, fps=fps)
    assert not list(tmp_path.iterdir())


def test_the_figure_of_a_film_can_be_pickled(two_circles):
    net, recorder, _, X, y = recorded(two_circles, epochs=1)
    pickle.loads(pickle.dumps(pynn.plot.film(recorder, net, X, y, grid=10).figure))


def test_a_film_lives_as_long_as_its_figure_and_goes_without_a_warning(two_circles):
    net, recorder, _, X, y = recorded(two_circles, epochs=1)
    figure = pynn.plot.film(recorder, net, X, y, grid=10).figure
    alive = weakref.ref(figure.canvas._film)
    gc.collect()
    assert alive() is not None
    plt.close(figure)
    del figure
    gc.collect()                                # warnings are errors here, also those of __del__
    assert alive() is None


def test_a_progress_bar_runs_when_asked_for_and_not_in_a_pipe(two_circles, tmp_path, capsys):
    net, recorder, _, X, y = recorded(two_circles, epochs=2)
    film = pynn.plot.film(recorder, net, X, y, grid=10)
    film.save(tmp_path / "quiet.gif", dpi=30)
    assert capsys.readouterr() == ("", "")
    film.save(tmp_path / "film.gif", dpi=30, progress=True)
    assert "3/3" in capsys.readouterr().err
    with pytest.raises(TypeError, match=r"^progress: "):
        film.save(tmp_path / "film.gif", progress="yes")


@pytest.mark.skipif(animation.writers.is_available("ffmpeg"), reason="there is ffmpeg")
def test_mp4_without_ffmpeg_is_refused(two_circles, tmp_path):
    net, recorder, _, X, y = recorded(two_circles, epochs=1)
    film = pynn.plot.film(recorder, net, X, y, grid=10)
    with pytest.raises(RuntimeError, match=r"^filename: .*film.mp4' needs ffmpeg"):
        film.save(tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()
    film.save(tmp_path / "film.gif", dpi=20)


@pytest.mark.skipif(not animation.writers.is_available("ffmpeg"), reason="there is no ffmpeg")
def test_mp4_with_ffmpeg(two_circles, tmp_path):
    net, recorder, _, X, y = recorded(two_circles)
    pynn.plot.film(recorder, net, X, y, grid=10).save(tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").stat().st_size > 1000


def test_a_film_over_a_plane_of_three_features(two_circles):
    X = np.random.default_rng(0).normal(size=(30, 3))
    y = (X[:, 0] > 0).astype(int)
    net, recorder = pynn.Network([3, 4, 1], rng=0), callbacks.Recorder()
    net.fit(X, y, epochs=2, callbacks=[recorder], progress=False)
    film = pynn.plot.film(recorder, net, X, y, features=(0, 2), held=X.mean(axis=0), grid=10)
    assert film.figure.axes[0].get_ylabel() == "$x_3$"
    assert [shown(film, k)[0].get_title() for k in (0, 1)] == ["epoch 1 of 2", "epoch 2 of 2"]


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
def test_the_film_says_what_is_wrong_and_leaves_no_figure(two_circles, change, error, message):
    net, recorder, _, X, y = recorded(two_circles)
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


def test_stills_show_the_epochs_asked_for(two_circles):
    net, recorder, _, X, y = recorded(two_circles)
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
def test_six_stills_from_the_first_to_the_last(two_circles, output):
    net, recorder, _, X, y = recorded(two_circles, epochs=50, output=output)
    axes = pynn.plot.stills(recorder, net, X, y, grid=10)
    assert [ax.get_title() for ax in axes] == [f"epoch {epoch}" for epoch in (0, 2, 8, 18, 32, 50)]
    assert nothing_is_clipped(axes[0].figure)
    figure, grid = plt.subplots(2, 3)
    assert list(pynn.plot.stills(recorder, net, X, y, grid, grid=5)) == list(grid.ravel())
    assert len(figure.axes) == 6


@pytest.mark.parametrize("name", ["film.htm", "film.HTM", "film.Html"])
def test_every_name_of_a_page_is_a_page(two_circles, tmp_path, name):
    net, recorder, _, X, y = recorded(two_circles, epochs=1)
    pynn.plot.film(recorder, net, X, y, grid=5).save(tmp_path / name, dpi=30)
    assert (tmp_path / name).read_text(encoding="utf-8").startswith("<!doctype html>")
