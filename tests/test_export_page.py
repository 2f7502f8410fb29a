"""The page of ways out and in: every block of code on it runs, where its tool is installed."""
from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import pynn

from .test_export import dumped
from .test_export_c import ARM, exists

PAGE = Path(__file__).parent.parent / "docs" / "export.md"
pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="away from the sources")


def blocks(*languages: str) -> list[str]:
    """The blocks of code in these languages, in their order; py is Python that needs a framework."""
    return [code for language, code in re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
            if language in languages]


@pytest.fixture
def network(tmp_path, monkeypatch) -> pynn.Network:
    """The page's network, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    given: dict = {}
    exec(blocks("python")[0], given)
    return given["net"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")       # Keras converts tensors to NumPy in the old way
def test_the_python_with_its_frameworks(tmp_path, monkeypatch, clean_figures):
    """In one namespace, as a reader types it; test_site.py runs the blocks that need none."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    monkeypatch.chdir(tmp_path)
    given: dict = {}
    for block in blocks("python", "py"):
        words = {"onnxruntime": "onnxruntime", "torch": "torch|stranger", "keras": "keras", "sklearn": "sklearn"}
        if all(importlib.util.find_spec(name) for name, word in words.items() if re.search(word, block)):
            exec(block, given)


BOARD = """
#include <stdio.h>
int read_sensors(float *x) { return scanf("%f %f", &x[0], &x[1]) == 2; }
void show(const char *label) { puts(label); }
"""


def test_the_loop_in_c(network, tmp_path):
    (program,) = blocks("c")
    if not exists(["gcc"], tmp_path):
        pytest.skip("gcc is not here")
    pynn.export.to_c(network, "predict.h", dtype="float32")
    Path("main.c").write_text(program)
    Path("board.c").write_text(BOARD)
    subprocess.run(["gcc", "-std=c99", "-O2", "-Wall", "-Wextra", "-pedantic", "-Werror", "main.c", "board.c", "-o", "machine",
                    "-lm"], check=True)
    X = np.random.default_rng(0).normal(size=(50, 2)).round(3)
    done = subprocess.run(["./machine"], input="\n".join(f"{a} {b}" for a, b in X), capture_output=True, text=True, check=True)
    assert done.stdout.split() == [network.label_names[k] for k in network.predict(X)]
    assert len(set(done.stdout.split())) == 2
    if shutil.which(ARM[0]):
        subprocess.run([*ARM, "-Wall", "-Wextra", "-Werror", "-c", "main.c"], check=True)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not here")
def test_the_web_page(network, tmp_path):
    (page,) = blocks("html")
    pynn.export.to_javascript(network, "predict.mjs")
    Path("index.html").write_text(page, encoding="utf-8")
    said = re.search(r"<output>(\w+) \(([\d.e-]+)\)</output>", dumped(tmp_path, "index.html"))
    (probability,) = network([[0.5, 1.0]])[0]
    assert said[1] == network.label_names[int(probability > 0.5)]
    assert abs(float(said[2]) - probability) < 1e-14
