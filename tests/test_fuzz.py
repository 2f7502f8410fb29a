"""Random networks, arrays, optimisers, model files and CSV files: both engines agree, and bad input gets a clear error.

PYNN_FUZZ_SECONDS sets how long each campaign runs; the default, 100 s, makes five minutes of the three.
"""
from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import pynn
from pynn import datasets, reference

from .conftest import PAIRS, RECIPES, assert_close, problem

pytestmark = pytest.mark.slow

SECONDS = float(os.environ.get("PYNN_FUZZ_SECONDS", "100"))
DTYPES = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u4", "u2", "u1", "?", ">f8", ">i2", ">u4", "g"]


def trials(campaign: int) -> Iterator[np.random.Generator]:
    """Generators until the time is over; a failing trial is repeated by its seed, which the assertion shows."""
    end, number = time.monotonic() + SECONDS, 0
    while time.monotonic() < end or number == 0:
        yield np.random.default_rng([campaign, number])
        number += 1


def random_network(rng: np.random.Generator) -> dict:
    output, loss = PAIRS[rng.integers(len(PAIRS))]
    sizes = rng.integers(1, 40, size=rng.integers(2, 6)).tolist()
    if output == "softmax":
        sizes[-1] = max(2, sizes[-1])
    hidden = [str(rng.choice(list(reference.HIDDEN))) for _ in sizes[2:]]
    return {"sizes": sizes, "hidden": hidden, "output": output, "loss": loss, "rng": int(rng.integers(2**32)),
            "dropout": float(rng.choice([0.0, 0.0, 0.3]))}


def laid_out(rng: np.random.Generator, array: np.ndarray) -> np.ndarray:
    """The same numbers, somewhere else in memory."""
    kind = rng.integers(6)
    if kind == 0:
        return np.asfortranarray(array)
    if kind == 1:
        return np.repeat(np.repeat(array, 2, axis=0), 3, axis=array.ndim - 1)[::2, ...][..., ::3]
    if kind == 2:
        return array[::-1].copy()[::-1]
    if kind == 3:
        array = array.copy()
        array.flags.writeable = False
    if kind == 4:       # not aligned
        array = np.frombuffer(b"x" + array.tobytes(), array.dtype, offset=1).reshape(array.shape)
    return array


def test_fuzz_both_engines_agree_on_every_layout_and_dtype():
    for rng in trials(0):
        keywords = random_network(rng)
        net = pynn.Network(**keywords)
        X, y = problem(net, int(rng.integers(1, 200)), int(rng.integers(2**32)))
        X = np.abs(X * rng.choice([1, 3, 50])).astype(DTYPES[rng.integers(len(DTYPES))])
        twin, near = (pynn.Network(**keywords, engine="numpy") for _ in range(2))
        near.parameters *= 1 + 1e-14
        fit = {"epochs": 2, "batch_size": int(rng.integers(1, 70)), "optimizer": RECIPES[rng.integers(len(RECIPES))],
               "learning_rate": 1e-4, "shuffle": bool(rng.integers(2)), "l2": float(rng.choice([0, 1e-3])),
               "sample_weight": rng.choice([None, 1]) and rng.random(len(X)) + 0.1, "n_threads": int(rng.integers(1, 4))}
        standard = X.astype(np.float64)
        plain = net.copy()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pynn.DivergenceWarning)
            plain.fit(standard, y, **fit)
            net.fit(laid_out(rng, X), laid_out(rng, y), **fit)
            twin.fit(standard, y, **fit)
            near.fit(standard, y, **fit)
        what = f"{keywords} {X.dtype} {fit}"
        assert net.parameters.tobytes() == plain.parameters.tobytes(), what
        apart, size = np.abs(near.parameters - twin.parameters).max(), np.abs(twin.parameters).max()
        if size > 1e3 or apart > 1e-10 * size:      # steps so long that a difference in the last bit of a sum grows
            continue
        assert_close(twin(standard), net(laid_out(rng, X)), 1e-6, what)
        assert_close(twin.backward(standard, y).flat, twin.copy().backward(laid_out(rng, X), y).flat, 1e-12, what)


def damaged(rng: np.random.Generator, data: bytes) -> bytes:
    """Some bytes are changed, cut out, doubled or cut off."""
    data = bytearray(data)
    for _ in range(rng.integers(1, 6)):
        start = int(rng.integers(len(data) + 1))
        length, kind = int(rng.integers(1, 30)), rng.integers(4)
        if kind == 0:
            data[start:start + length] = rng.bytes(length)
        elif kind == 1:
            del data[start:start + length]
        elif kind == 2:
            data[start:start] = data[start:start + length]
        else:
            data = data[:max(start, 1)]
    return bytes(data)


def outcome(call: Callable[[], Any]) -> tuple[str | None, Any]:
    """The message of a ValueError, or None and the result; any other error fails the test."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return None, call()
    except ValueError as error:
        return str(error), None


def test_fuzz_damaged_model_files_are_refused_or_read(tmp_path):
    path = tmp_path / "model"
    for rng in trials(1):
        net = pynn.Network(**random_network(rng))
        net.save(path)
        path.write_bytes(damaged(rng, path.read_bytes()))
        refusal, read = outcome(lambda: pynn.load(path))
        if refusal is not None:
            assert str(path) in refusal
        else:
            assert np.isfinite(read.parameters).all()
            read.predict(np.zeros((1, read.sizes[0])))


def test_fuzz_damaged_tables_are_refused_or_read(tmp_path):
    path = tmp_path / "table.csv"
    for rng in trials(2):
        cells = rng.normal(size=(int(rng.integers(1, 30)), 3)).round(3).astype(str).tolist()
        delimiter = str(rng.choice(list(",;\t")))
        lines = [delimiter.join([*row, str(rng.choice(["wren", "jay", "1", "NA", '"a b"']))]) for row in cells]
        text = str(rng.choice(["\n", "\r\n"])).join(["a,b,c,kind".replace(",", delimiter), *lines])
        path.write_bytes(damaged(rng, text.encode(str(rng.choice(["utf-8", "utf-16", "utf-8-sig"])))))
        classes = bool(rng.integers(2))
        refusal, arrays = outcome(lambda classes=classes: numbers_of(datasets.load_csv(path, classes=classes)))
        if refusal is not None:
            assert refusal, path.read_bytes()
        else:
            assert np.isfinite(arrays[0]).all()
            assert len(arrays[0]) == len(arrays[1])


def numbers_of(table: datasets.Table) -> tuple[np.ndarray, np.ndarray]:
    return table.X, table.y         # a column of texts is refused here
