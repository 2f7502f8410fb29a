"""How numbers are written, and that what standard output cannot show is replaced: nothing that is printed fails."""
from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

import pynn
from pynn.writing import number_mathtext, number_text, printable

from .plot.helpers import value as value_of

PRINTS = {
    "explain": "for k in ({}, {'layer': 1}, {'layer': 2, 'unit': 1}):\n    e = pynn.explain(net, X[:9], y[:9], **k); "
               "print(e); print(repr(e))",
    "diagnose": "ill = net.copy(); ill[1].b[...] = -100; d = pynn.diagnose(ill, X, y); print(d); print([*map(str, d)])",
    "workbook": "for name in pynn.workbook.exercises():\n    print(pynn.workbook.describe(name)); "
                "print(pynn.workbook.check(name, lambda *inputs: inputs[0]))",
    "summary": "print(net.summary()); print(net)",
    "gradients": "print(pynn.check_gradients(net, X[:5], y[:5]))",
    "history": "print(net.fit(X, y, epochs=2))",
    "range": "print(pynn.find_learning_rate(net, X, y))",
}
BEGIN = """import pynn
X, y = pynn.datasets.circles(100, rng=0)
net = pynn.Network([2, 4, 1], rng=0)
net.feature_names, net.label_names = ["预测", "ŷ₁ €"], ["да", "нет"]
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk"])
def test_printing_never_fails(encoding):
    script = BEGIN + "".join(f"print('<{name}>')\n{lines}\n" for name, lines in PRINTS.items())
    done = subprocess.run([sys.executable, "-P", "-W", "error", "-X", "utf8=0", "-c", script], capture_output=True, check=False,
                          env=os.environ | {"PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr.decode(encoding, "replace")
    printed = done.stdout.decode(encoding)
    assert all(len(part) > 20 for part in printed.split("<")[1:])


def test_signs_of_mathematics_become_ascii(monkeypatch):
    class Stream:
        encoding = "ascii"
    text = "dZ[1] = A[0]ᵀ − 1.2·10⁻⁵ w₁₂ ŷ ≤ ½ √2 … 预"
    assert printable(text) == text
    monkeypatch.setattr(sys, "stdout", Stream)
    assert printable(text) == "dZ[1] = A[0]^T - 1.2*10^-5 w12 y^ <= 1/2 sqrt2 . ?"
    Stream.encoding = "cp1252"
    assert printable("10⁻⁵ ½ · € …") == "10^-5 ½ · € …"
    for missing in (None, Stream):
        Stream.encoding = None
        monkeypatch.setattr(sys, "stdout", missing)
        assert printable(text) == text
        assert "−" in str(pynn.explain(pynn.Network([1, 1], rng=0), [1.0], 1))


@pytest.mark.parametrize(("value", "text", "mathtext"), [
    (0, "0", "0"), (-0.0, "0", "0"), (12, "12", "12"), (0.5, "0.5", "0.500"), (1 / 3, "0.3333", "0.333"),
    (-2.5, "−2.5", "-2.50"),
    (123456, "1.235·10⁵", r"1.23 \cdot 10^{5}"), (1.2e-7, "1.2·10⁻⁷", r"1.20 \cdot 10^{-7}"), (float("inf"), "∞", r"\infty"),
    (float("-inf"), "−∞", r"-\infty"), (float("nan"), "nan", r"\mathrm{nan}")])
def test_numbers(value, text, mathtext):
    assert number_text(value) == text
    assert number_mathtext(value) == mathtext


@pytest.mark.parametrize("number_of", [0.5, -0.12345, 123.4, 1234.5, -6.789e-7, 0.00012345, 784, 3e12, 0.9996, -999.7, 1e-300])
def test_a_number_is_written_to_three_digits(number_of):
    assert value_of(number_mathtext(number_of)) == pytest.approx(number_of, rel=5.001e-3)


@pytest.mark.parametrize(("number_of", "text"), [
    (0.0, "0"), (-0.0, "0"), (2.0, "2"), (-1.0, "-1"), (0.5, "0.500"), (999.0, "999"), (123.4, "123"),
    (1000.0, r"1.00 \cdot 10^{3}"), (np.inf, r"\infty"), (-np.inf, r"-\infty"), (np.nan, r"\mathrm{nan}")])
def test_whole_and_infinite_numbers(number_of, text):
    assert number_mathtext(number_of) == text
