"""The widget: the same messages over a kernel's channel, and the page in JupyterLab."""
from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest

import pynn
from pynn.playground.opening import session_of

anywidget = pytest.importorskip("anywidget")
widget_module = pytest.importorskip("pynn.playground.widget")

CHROMIUM = os.environ.get("PYNN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


class Page:
    """A page's side of the channel."""

    def __init__(self, monkeypatch):
        X, y = pynn.datasets.moons(60, rng=0)
        self.widget = widget_module.PlaygroundWidget(session_of(pynn.Network([2, 4, 1], rng=0), X, y))
        self.got = []
        monkeypatch.setattr(self.widget, "send", lambda content, buffers: self.got.append((content, buffers)))

    def tell(self, **command):
        self.widget._receive(self.widget, command, [])

    def wait(self, kind):
        for _ in range(200):
            for at, (content, buffers) in enumerate(self.got):
                if content["type"] == kind:
                    del self.got[at]
                    return content, buffers
            time.sleep(0.02)
        raise AssertionError(f"no {kind}")


@pytest.fixture
def page(monkeypatch):
    page = Page(monkeypatch)
    yield page
    page.widget.close()


def test_messages_go_over_the_channel(page):
    page.tell(command="hello")
    for kind in ("hello", "state", "data", "frame"):
        content, buffers = page.wait(kind)
        json.dumps(content, allow_nan=False)
        assert len(buffers) == len(content["blobs"])
        page.tell(command="ack", stream=content["stream"], number=content["number"])
    places = {entry["name"]: k for k, entry in enumerate(content["blobs"])}
    theta = np.frombuffer(buffers[places["parameters"]])
    assert theta.tobytes() == page.widget.network.parameters.tobytes()
    page.tell(command="step", unit="batch", id=7)
    reply, _ = page.wait("reply")
    assert (reply["id"], reply["ok"], reply["result"]["batch"]) == (7, True, 1)
    page.tell(command="edit", id=8)
    assert page.wait("reply")[0]["error"]["field"] == "layer"
    page.tell(command="export", format="model", id=9)
    reply, buffers = page.wait("reply")
    assert bytes(buffers[0]).startswith(b"PK")


def test_the_bundle_is_one_module_with_both_languages(page):
    text = widget_module.bundle()
    exports = [line for line in text.splitlines() if line.startswith("export ")]
    assert exports == ["export default { render };"]
    assert not [line for line in text.splitlines() if line.startswith("import ")]
    assert set(page.widget.words) == {"en", "zh"}
    assert page.widget.words["zh"]


def test_play_shows_a_widget_in_a_notebook(monkeypatch):
    class Shell:
        kernel = object()

    class IPython:
        get_ipython = Shell

    monkeypatch.setitem(sys.modules, "IPython", IPython)
    widget = pynn.play()
    assert isinstance(widget, widget_module.PlaygroundWidget)
    assert widget.network.sizes == (2, 4, 6, 6, 4, 1)
    widget.close()


@pytest.fixture
def laboratory(tmp_path):
    """A JupyterLab with one notebook: its address."""
    pytest.importorskip("jupyterlab")
    code = ("import pynn\nX, y = pynn.datasets.circles(300, rng=0)\n"
            "playground = pynn.play(pynn.Network([2, 4, 6, 1], rng=1), X, y)\nplayground")
    cell = {"cell_type": "code", "id": "one", "execution_count": None, "metadata": {}, "outputs": [], "source": code}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "play.ipynb").write_text(json.dumps(notebook))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folders = {"JUPYTER_PATH": str(Path(anywidget.__file__).parents[4] / "share" / "jupyter")}       # of the extensions
    folders |= {name: str(tmp_path / name)
                for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    with open(tmp_path / "log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=t",
             f"--ServerApp.root_dir={tmp_path}", "--LabApp.news_url=", "--LabApp.check_for_updates_class="
             "jupyterlab.NeverCheckForUpdate"], stdout=log, stderr=log, env=os.environ | folders, cwd=tmp_path)
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token=t").close()
                break
            except urllib.error.URLError:
                assert process.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.25)
        yield f"http://127.0.0.1:{port}/lab/tree/play.ipynb?token=t"
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.slow
def test_in_jupyterlab(laboratory, tmp_path):
    """It renders, trains and answers a command."""
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1500, "height": 1100})
        page.goto(laboratory)
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=120_000)
        page.wait_for_timeout(1500)
        page.click(".jp-CodeCell .cm-content")
        page.keyboard.press("Shift+Enter")
        page.wait_for_selector(".pynn canvas", timeout=120_000)
        page.click(".pynn [data-key=play]")
        page.wait_for_timeout(3000)
        page.screenshot(path=os.environ.get("PYNN_SCREENSHOT", tmp_path / "lab.png"))
        page.click(".pynn [data-key=play]")
        text = page.inner_text(".pynn")
        assert "epoch" in text.lower()
        page.keyboard.press("Escape")
        page.click(".jp-Notebook .jp-Cell:last-child .cm-content")
        page.keyboard.insert_text("print('trained', playground.network.epoch)")
        page.keyboard.press("Shift+Enter")
        output = ".jp-OutputArea-output pre:has-text('trained ')"
        page.wait_for_selector(output, timeout=30_000)
        assert int(page.inner_text(output).split()[1]) > 5
        browser.close()
