"""The file itself: it survives kills, and no broken or hostile file does harm.

Run as a script, this file loads mutated model files: see `campaign`.
"""
from __future__ import annotations

import errno
import io
import json
import os
import pickle
import re
import signal
import stat
import subprocess
import sys
import time
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

import pynn

X, Y = pynn.datasets.moons(120, rng=0)


def trained(optimizer="adam", **keywords):
    net = pynn.Network([2, 5, 4, 1], rng=2**64 - 3, dropout=[0.1, 0.3], **keywords)
    net.feature_names, net.label_names = ("länge", "\ud800 \"x\""), ["no", "yes"]
    net.standardizer = pynn.Standardizer.fit(X)
    net.fit(X, Y, epochs=3, optimizer=optimizer)
    return net


def state(net):
    """All that there is of a network, to compare."""
    parts = net.__getstate__()._asdict()
    scaled, snapshot = parts.pop("standardizer"), parts.pop("snapshot")._asdict()
    del parts["last_fit"]           # what was asked for, not what the network is
    return {**parts, **snapshot, "scaled": scaled and (scaled.mean.tobytes(), scaled.scale.tobytes()),
            **{name: (snapshot[name].tobytes(), snapshot[name].dtype) for name in ("parameters", "vectors", "counts")}}


# -------------------------------------------------------------------------------------------------------- the file


def test_numpy_opens_the_file(tmp_path):
    net = trained()
    net.save(tmp_path / "model")
    with np.load(tmp_path / "model", allow_pickle=False) as arrays:
        assert sorted(arrays) == ["header.json", "mean", "parameters", "scale", "state"]
        assert arrays["parameters"].tobytes() == net.parameters.tobytes()
        assert arrays["state"].shape == (2, len(net.parameters))
        assert arrays["mean"].tobytes() == net.standardizer.mean.tobytes()
        header = json.loads(arrays["header.json"])
    assert (header["format"], header["version"]) == ("pynn", 1)
    assert header["label_names"] == ["no", "yes"]


def test_the_same_network_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        trained().save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_file_beyond_2_gb(tmp_path, monkeypatch):
    """As zipfile writes it: its limit is lowered instead."""
    net = trained()
    net.save(tmp_path / "small")
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 50)
    net.save(tmp_path / "model")
    assert (tmp_path / "model").stat().st_size > (tmp_path / "small").stat().st_size
    assert state(pynn.load(tmp_path / "model")) == state(net)


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    net, path = trained(), tmp_path / "model"
    net.save(path)
    before = path.read_bytes()
    broken = net.copy()
    broken.parameters[3] = np.nan
    with pytest.raises(ValueError, match=r"^parameters: .*nan"):
        broken.save(path)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, full)
            with pytest.raises(OSError, match="No space"):
                net.save(path)
    net.feature_names = ("a" * (1 << 24), "b")
    with pytest.raises(ValueError, match="names"):
        net.save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model"]


def test_paths(tmp_path):
    net = trained()
    for bad in (3, None, b"model"):
        with pytest.raises(TypeError, match=r"^path: "):
            net.save(bad)
        with pytest.raises(TypeError, match=r"^path: "):
            pynn.load(bad)
    for call in (net.save, pynn.load):
        with pytest.raises(ValueError, match=r"^path: .* folder"):
            call(tmp_path)
        with pytest.raises(OSError, match="nowhere"):
            call(tmp_path / "nowhere" / "model")
    if os.name == "posix":
        with pytest.raises(ValueError, match=r"^path: .* device"):
            net.save(os.devnull)
        (tmp_path / "real").write_bytes(b"")
        (tmp_path / "link").symlink_to(tmp_path / "real")
        net.save(tmp_path / "link")
        assert (tmp_path / "link").is_symlink()
        assert state(pynn.load(tmp_path / "real")) == state(net)
        assert stat.S_IMODE((tmp_path / "real").stat().st_mode) & 0o600 == 0o600


def kills(tmp_path, times, checkpoints=200):
    """Kill a process at random moments of its checkpoint writes, and load what it left each time."""
    script = """
import sys, pynn
nets = [pynn.Network([200, 200, 1], rng=seed) for seed in (1, 2)]
nets[0].save(sys.argv[1])
print("started", flush=True)
for number in range(int(sys.argv[2])):
    nets[number % 2].save(sys.argv[1])
print("done", flush=True)
"""
    expected = {pynn.Network([200, 200, 1], rng=seed).parameters.tobytes() for seed in (1, 2)}
    rng = np.random.default_rng(0)
    path, longest, killed = tmp_path / "model", 0.5, 0
    for _ in range(times):
        with subprocess.Popen([sys.executable, "-P", "-c", script, path, str(checkpoints)], stdout=subprocess.PIPE,
                              text=True) as child:
            assert child.stdout.readline() == "started\n"
            begun = time.monotonic()
            try:
                child.wait(timeout=rng.uniform(0, longest))
                longest = time.monotonic() - begun
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
                killed += 1
        assert pynn.load(path).parameters.tobytes() in expected
    return killed


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_kill_leaves_a_whole_file(tmp_path):
    assert kills(tmp_path, 3) > 0


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_kills_leave_a_whole_file(tmp_path):
    assert kills(tmp_path, 60) > 30


# ------------------------------------------------------------------------------------------------- files gone wrong


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts, compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")         # the same name twice
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return buffer.getvalue()


def with_header(data, **changes):
    parts = members(data)
    header = json.loads(parts["header.json"]) | changes
    return packed({**parts, "header.json": json.dumps({k: v for k, v in header.items() if v is not ...})})


def with_last_fit(data, **changes):
    last = json.loads(members(data)["header.json"])["last_fit"]
    return with_header(data, last_fit=last | changes)


def npy(array, allow_pickle=False):
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=allow_pickle)
    return buffer.getvalue()


class Trap:
    """Unpickled, it leaves a file behind."""

    def __reduce__(self):
        return open, ("trap-was-run", "w")


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "model"
    trained().save(path)
    return path.read_bytes()


P = 2 * 5 + 5 + 5 * 4 + 4 + 4 + 1
WRONG = {
    "no zip file": (lambda good: b"hello", "zip"),
    "an empty file": (lambda good: b"", "zip"),
    "cut": (lambda good: good[:-30], "zip"),
    "a pickle": (lambda good: pickle.dumps(Trap()), "zip"),
    "an array": (lambda good: npy(np.zeros(3)), "zip"),
    "no header": (lambda good: packed({"parameters.npy": npy(np.zeros(P))}), "header.json"),
    "another npz": (lambda good: packed({"header.json": "{}"}), "not that of a pynn model"),
    "a header that is a list": (lambda good: packed({"header.json": "[]"}), "not that of a pynn model"),
    "a header that is no JSON": (lambda good: packed({"header.json": "{"}), "JSON|Expecting"),
    "a deep header": (lambda good: packed({"header.json": "[" * 10**6}), "recursion"),
    "a long number": (lambda good: packed({"header.json": "9" * 10**5}), "digits"),
    "a later version": (lambda good: with_header(good, version=2), "version 2"),
    "a missing entry": (lambda good: with_header(good, seed=...), "^path.*: seed:"),
    "2**60 units": (lambda good: with_header(good, sizes=[2, 2**60, 4, 1]), "at most"),
    "many units": (lambda good: with_header(good, sizes=[2, 2**30, 4, 1]), "the file has"),
    "no units": (lambda good: with_header(good, sizes=[2, 0, 4, 1]), r"sizes\[1\]"),
    "units as text": (lambda good: with_header(good, sizes=["2", 5, 4, 1]), r"sizes\[0\]"),
    "true as a number": (lambda good: with_header(good, epoch=True), "epoch"),
    "other sizes": (lambda good: with_header(good, sizes=[2, 4, 4, 1]), "parameters"),
    "no activations": (lambda good: with_header(good, activations=[]), "activations|hidden"),
    "softmax of one": (lambda good: with_header(good, activations=["relu", "relu", "softmax"]), "output"),
    "unknown activation": (lambda good: with_header(good, activations=["relu", "os.system", "sigmoid"]), "hidden"),
    "unknown loss": (lambda good: with_header(good, loss="hinge"), "loss"),
    "dropout of 1": (lambda good: with_header(good, dropout=[1.0, 0.5]), "dropout"),
    "dtype of objects": (lambda good: with_header(good, dtype="object"), "dtype"),
    "a seed beyond 64 bits": (lambda good: with_header(good, seed=2**64), "rng"),
    "an epoch below 0": (lambda good: with_header(good, epoch=-1), "epoch"),
    "too many epochs": (lambda good: with_header(good, epoch=2**63), "epoch"),
    "one count": (lambda good: with_header(good, counts=[1]), "counts"),
    "counts of fractions": (lambda good: with_header(good, counts=[1, 0.5]), "counts"),
    "unknown optimizer": (lambda good: with_header(good, optimizer={"name": "lion"}), "optimizer"),
    "an optimizer without state": (lambda good: with_header(good, optimizer={"name": "sgd"}), "state"),
    "an unknown number": (lambda good: with_header(good, optimizer={"name": "adam", "gamma": 1}), "gamma"),
    "a NaN": (lambda good: with_header(good, optimizer={"name": "adam", "eps": float("nan")}), "eps"),
    "a last fit without l2": (lambda good: with_header(good, last_fit={"epochs": 3}), "last_fit"),
    "a last fit of text": (lambda good: with_last_fit(good, l2="much"), "l2"),
    "a last fit that half diverged": (lambda good: with_last_fit(good, diverged=0.5), "diverged"),
    "a name too many": (lambda good: with_header(good, feature_names=["a", "b", "c"]), "feature_names"),
    "names that are numbers": (lambda good: with_header(good, label_names=[0, 1]), "label_names"),
    "no standardizer": (lambda good: with_header(good, standardized=False), "members"),
    "a target_standardizer of classes": (lambda good: with_header(good, target_standardized=True), "target_standardized"),
    "a target_standardizer in words": (lambda good: with_header(good, target_standardized="yes"), "target_standardized"),
    "a missing array": (lambda good: packed({k: v for k, v in members(good).items() if k != "state.npy"}), "members"),
    "another name": (lambda good: packed({k.replace("state", "stat"): v for k, v in members(good).items()}), "members"),
    "an array twice": (lambda good: packed([*members(good).items(), ("scale.npy", members(good)["scale.npy"])]), "members"),
    "one more": (lambda good: packed({**members(good), "../../evil.py": b"1"}), "members"),
    "compressed": (lambda good: packed(members(good), zipfile.ZIP_DEFLATED), "compressed"),
    "a pickled array": (lambda good: packed({**members(good), "mean.npy": npy(np.array([Trap(), Trap()]), True)}), "mean"),
    "objects of the right size": (lambda good: packed({**members(good), "mean.npy": members(good)["mean.npy"].replace(
        b"<f8", b"|O8")}), "mean: expected"),
    "a nested zip": (lambda good: packed({**members(good), "mean.npy": good}), "mean"),
    "integers": (lambda good: packed({**members(good), "mean.npy": npy(np.zeros(2, np.int64))}), "mean: expected"),
    "another order": (lambda good: packed({**members(good), "state.npy": npy(np.zeros((2, P), order="F"))}), "state: expected"),
    "another shape": (lambda good: packed({**members(good), "state.npy": npy(np.zeros((P, 2)))}), "state: expected"),
    "NaN among θ": (lambda good: packed({**members(good), "parameters.npy": npy(np.full(P, np.nan))}), "parameters"),
    "a scale of 0": (lambda good: packed({**members(good), "scale.npy": npy(np.zeros(2))}), "scale"),
    "an infinite mean": (lambda good: packed({**members(good), "mean.npy": npy(np.full(2, np.inf))}), "mean"),
}


def test_the_helpers_make_good_files_and_traps(good, tmp_path, monkeypatch):
    """So that the files below are refused for what is wrong with them."""
    monkeypatch.chdir(tmp_path)
    np.load(io.BytesIO(npy(np.array([Trap()]), True)), allow_pickle=True)[0].close()
    assert os.listdir() == ["trap-was-run"]
    for data in (packed(members(good)), with_header(good), packed({**members(good), "mean.npy": npy(np.zeros(2))})):
        (tmp_path / "model").write_bytes(data)
        pynn.load(tmp_path / "model")


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_refused(case, good, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mutate, match = WRONG[case]
    Path("model").write_bytes(mutate(good))
    with pytest.raises(ValueError, match=match) as raised:
        pynn.load("model")
    assert str(raised.value).startswith("path: model cannot be loaded: ")
    assert os.listdir() == ["model"]


JUNK = [None, True, 0, -1, 3, 2**31, 2**60, 10**40, 0.5, 1e308, float("nan"), float("inf"), "", "relu", "sigmoid",
        "é\0", [], {}, [2, 5, 1], [2**60, 2**60], [1] * 3000, [[[]]], ["relu"] * 3, {"name": "sgd"}, {"name": ["adam"]}, [None]]


def mutated(data, rng):
    """One of the many ways in which a file can be wrong."""
    raw, way = bytearray(data), rng.integers(9)
    if way == 0:
        for at in rng.integers(len(raw), size=rng.integers(1, 9)):
            raw[at] ^= 1 << rng.integers(8)
        return bytes(raw)
    if way == 1:
        return data[:rng.integers(len(data))]
    if way == 2:
        at, more = rng.integers(len(data) + 1), rng.bytes(rng.integers(1, 500))
        return data[:at] + more + data[at:]
    if way == 3:        # where zip files keep their sizes and places
        at = rng.integers(len(raw) - 400, len(raw) - 4)
        raw[at:at + 4] = int(rng.choice([0, 1, 2**16, 2**31 - 1, 2**31, 2**32 - 1])).to_bytes(4, "little")
        return bytes(raw)
    if way == 4:
        at, length = rng.integers(len(data)), rng.integers(1, 300)
        return data[:at] + data[at + length:]
    parts = members(data)
    names = list(parts)
    name = names[rng.integers(len(names))]
    if way == 5:        # a header that zip takes for good
        header = json.loads(parts["header.json"])
        key = list(header)[rng.integers(len(header))]
        inner = header[key]
        value = JUNK[rng.integers(len(JUNK))]
        if isinstance(inner, list) and inner and rng.integers(2):
            inner[rng.integers(len(inner))] = value
        elif isinstance(inner, dict) and rng.integers(2):
            inner[list(inner)[rng.integers(len(inner))]] = value
        else:
            header[key] = value
        return packed({**parts, "header.json": json.dumps(header)})
    if way == 6:
        new = str(rng.choice(["", "x", "header.json", "state.npy", "../" + name, name + "\0", name.upper()]))
        return packed([(new if key == name else key, content) for key, content in parts.items()])
    if way == 7:
        array = [npy(np.array([Trap()]), True), npy(np.zeros(rng.integers(1, 200))), npy(np.zeros((3, 0))), data, b"",
                 npy(np.full(P, np.inf)), npy(np.zeros(P, complex)),
                 parts[name].replace(b"'shape': (", b"'shape': (99999999999,")][rng.integers(8)]
        return packed({**parts, name: array}, rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    content = bytearray(parts[name])        # right check sums over wrong bytes
    for at in rng.integers(len(content), size=rng.integers(1, 4)):
        content[at] ^= 1 << rng.integers(8)
    return packed({**parts, name: bytes(content)})


def campaign(count, folder):
    """Load that many mutated files; print how many were refused, the longest time in seconds and the memory in bytes."""
    os.chdir(folder)
    Path("data").mkdir()
    os.chdir("data")
    files = []
    for net in (trained(), trained("sgd", dtype="float32"), pynn.Network([2, 3, 3], rng=0)):
        net.save("model")
        files.append(Path("model").read_bytes())
    files.append(packed({"header.json": members(files[0])["header.json"], "parameters.npy": bytes(1 << 26)},
                        zipfile.ZIP_DEFLATED))              # small until unpacked
    rng = np.random.default_rng(count)
    refused, loaded, longest = 0, 0, 0.0
    for number in range(count):
        Path("model").write_bytes(files[3] if number == 7 else mutated(files[number % 3], rng))
        start = time.monotonic()
        try:
            net = pynn.load("model")
        except ValueError as error:
            refused += str(error).startswith("path: model cannot be loaded: ")
        else:
            loaded += 1
            assert np.isfinite(net.parameters).all()
            with np.errstate(all="ignore"):
                assert net(np.ones((2, net.sizes[0]))).shape == (2, net.sizes[-1])
            assert state(net.copy()) == state(net)
            net.summary()
        longest = max(longest, time.monotonic() - start)
        assert os.listdir() == ["model"]
    assert refused + loaded == count
    status = Path("/proc/self/status").read_text() if sys.platform == "linux" else "VmHWM: 0"
    print(json.dumps([refused, longest, int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024]))


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_mutated_files_are_refused_or_loaded(count, tmp_path):
    done = subprocess.run([sys.executable, "-P", "-W", "error", __file__, str(count), tmp_path], capture_output=True, text=True,
                          check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    refused, longest, memory = json.loads(done.stdout)
    assert 0.6 * count < refused < count
    assert longest < 5
    assert memory < 1 << 28


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError) as raised:
        pynn.Network([2, 1], rng=0).save(tmp_path / "missing" / "model.npz")
    assert raised.value.filename == str(tmp_path / "missing")


if __name__ == "__main__":
    campaign(int(sys.argv[1]), sys.argv[2])
