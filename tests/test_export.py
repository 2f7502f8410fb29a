"""Exported networks compute what the network computes; nothing is written that is not right."""
from __future__ import annotations

import functools
import http.server
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import pynn
from pynn import reference
from pynn.export import c_source, javascript_module, keras_model, onnx_file, torch_module

from .exported import CAMPAIGNS, MANY, WRITTEN, agree, all_rows, compare_all, random_network

TO_FILE = ("onnx", "c", "javascript", "numpy", "safetensors")


def export(kind: str, net: pynn.Network, path: Path, **keywords: object) -> None:
    getattr(pynn.export, f"to_{kind}")(net, path, **keywords)


def test_an_activation_that_a_format_lacks_is_refused_by_name(monkeypatch, tmp_path):
    net = pynn.Network([2, 4, 1], rng=0)
    monkeypatch.setattr(type(net), "activations", ("clipped", "sigmoid"))
    for kind in ("onnx", "c", "javascript", "numpy"):
        with pytest.raises(ValueError, match=f"^net: to_{kind} cannot write the activation 'clipped'; expected .*relu, .*"):
            export(kind, net, tmp_path / "model")
    for kind in ("torch", "keras"):
        pytest.importorskip(kind)
        with pytest.raises(ValueError, match=f"^net: to_{kind} cannot write the activation 'clipped'"):
            getattr(pynn.export, f"to_{kind}")(net)
    assert not list(tmp_path.iterdir())


def test_every_format_has_the_same_activations():
    names = {*WRITTEN, "linear", "softmax"}
    for module in (c_source, javascript_module, keras_model, onnx_file, torch_module):
        known = module._FORMULAS if hasattr(module, "_FORMULAS") else module._ACTIVATIONS
        assert {*known, "linear", "softmax"} == names, module.__name__
    assert names <= set(reference.ACTIVATIONS)


# ------------------------------------------------------------------------------------------------ the numbers, by format


@CAMPAIGNS
def test_numpy(dtype, which, tmp_path):
    def run(net):
        export("numpy", net, tmp_path / "model.py")
        return runpy.run_path(str(tmp_path / "model.py"))["predict"](all_rows(net))
    compare_all(run, dtype, which)


def test_a_numpy_module_needs_no_pynn(tmp_path):
    net = random_network(7)
    net.feature_names = [f"größe\n{i}" for i in range(net.sizes[0])]
    export("numpy", net, tmp_path / "model.py")
    script = ("import sys, model; assert 'pynn' not in sys.modules; assert model.LABEL_NAMES is None; "
              "assert model.FEATURE_NAMES == eval(sys.argv[1])")
    subprocess.run([sys.executable, "-W", "error", "-c", script, repr(net.feature_names)], cwd=tmp_path, check=True)
    predict = runpy.run_path(str(tmp_path / "model.py"))["predict"]
    with pytest.raises(ValueError, match=r"^X: expected shape"):
        predict(np.zeros((3, 1)))


@CAMPAIGNS
def test_onnx(dtype, which, tmp_path):
    onnx, onnxruntime = pytest.importorskip("onnx"), pytest.importorskip("onnxruntime")

    def run(net):
        export("onnx", net, tmp_path / "model.onnx")
        onnx.checker.check_model(onnx.load(tmp_path / "model.onnx"), full_check=True)
        return onnxruntime.InferenceSession(tmp_path / "model.onnx").run(None, {"X": all_rows(net)})[0]
    compare_all(run, dtype, which)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_onnx_in_a_second_runtime(dtype, tmp_path):
    """ONNX's own evaluator, in NumPy."""
    evaluator = pytest.importorskip("onnx.reference")

    def run(net):
        export("onnx", net, tmp_path / "model.onnx", check=False)
        with np.errstate(all="ignore"):
            return evaluator.ReferenceEvaluator(str(tmp_path / "model.onnx")).run(None, {"X": all_rows(net)})[0]
    compare_all(run, dtype, range(MANY))


def test_onnx_has_the_names_and_any_number_of_rows(tmp_path):
    onnx, onnxruntime = pytest.importorskip("onnx"), pytest.importorskip("onnxruntime")
    net = pynn.Network([2, 3], rng=0)
    net.feature_names, net.label_names = ("größe", "b"), ("u", "v", "w")
    export("onnx", net, tmp_path / "model.onnx")
    metadata = {entry.key: json.loads(entry.value) for entry in onnx.load(tmp_path / "model.onnx").metadata_props}
    assert metadata == {"feature_names": ["größe", "b"], "label_names": ["u", "v", "w"]}
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    assert [session.run(["Y"], {"X": np.zeros((m, 2))})[0].shape for m in (1, 7)] == [(1, 3), (7, 3)]


@CAMPAIGNS
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not here")
def test_javascript_in_node(dtype, which, tmp_path):
    write_modules(tmp_path, dtype, which)
    (tmp_path / "main.mjs").write_text(JAVASCRIPT.replace("WHICH", str(list(which))).replace(
        "LOAD", 'JSON.parse((await import("node:fs")).readFileSync(`x${k}.json`))') + "console.log(lines.join('\\n'));\n")
    done = subprocess.run(["node", "main.mjs"], cwd=tmp_path, check=True, capture_output=True, text=True)
    compare_lines(done.stdout, dtype, which)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not here")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_javascript_in_a_page(dtype, tmp_path):
    write_modules(tmp_path, dtype, range(MANY))
    script = JAVASCRIPT.replace("WHICH", str(list(range(MANY)))).replace("LOAD", "(await (await fetch(`x${k}.json`)).json())")
    (tmp_path / "index.html").write_text(
        f"<!doctype html><title>waits</title><pre></pre><script type=module>{script}"
        "document.querySelector('pre').textContent = lines.join('\\n'); document.title = 'done';</script>")
    compare_lines(re.search("<pre>(.*?)</pre>", dumped(tmp_path, "index.html"), re.DOTALL)[1], dtype, range(MANY))


JAVASCRIPT = """
const lines = [];
for (const k of WHICH) {
  const { predict } = await import(`./net${k}.mjs`);
  const rows = LOAD.map((row) => row.map((value) => value === null ? NaN : value));
  lines.push(rows.map((row) => predict(row).join(" ")).join(" "));
}
"""


def write_modules(folder: Path, dtype: str, which: range | tuple[int, ...]) -> None:
    for k in which:
        net = random_network(k, dtype)
        export("javascript", net, folder / f"net{k}.mjs", check=False)
        (folder / f"x{k}.json").write_text(json.dumps(
            [[None if np.isnan(value) else value for value in row] for row in all_rows(net).astype(float).tolist()]))


def compare_lines(text: str, dtype: str, which: range | tuple[int, ...]) -> None:
    lines = text.strip().splitlines()
    assert len(lines) == len(which)
    for k, line in zip(which, lines, strict=True):
        agree(random_network(k, dtype), list(map(float, line.split())), {"float64": 1e-12, "float32": 1e-5}[dtype])


def dumped(folder: Path, page: str) -> str:
    """What Chromium makes of a page of this folder, served on this machine; the document when its scripts are done."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

        def log_message(self, *arguments: object) -> None:
            pass
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            address = f"http://127.0.0.1:{server.server_port}/{page}"
            return subprocess.run(
                ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
                 "--dump-dom", "--virtual-time-budget=60000", address],
                check=True, timeout=300, capture_output=True, text=True).stdout
        finally:
            server.shutdown()


@CAMPAIGNS
def test_torch(dtype, which):
    """Also the way back: the same θ, bit for bit."""
    torch = pytest.importorskip("torch")

    def run(net):
        module = pynn.export.to_torch(net)
        twin = pynn.interop.from_torch(module, output=net.activations[-1])
        assert twin.parameters.tobytes() == net.parameters.tobytes()
        assert (twin.sizes, twin.activations, twin.dtype) == (net.sizes, net.activations, net.dtype)
        with torch.no_grad():
            return module(torch.from_numpy(all_rows(net))).numpy()
    compare_all(run, dtype, which)


@CAMPAIGNS
def test_safetensors(dtype, which, tmp_path):
    package = pytest.importorskip("safetensors.numpy")
    for k in which:
        net = random_network(k, dtype)
        export("safetensors", net, tmp_path / "model")
        arrays = package.load_file(tmp_path / "model")
        for l, layer in enumerate(net, start=1):
            assert np.array_equal(arrays[f"layer{l}.weight"], layer.W)
            assert np.array_equal(arrays[f"layer{l}.bias"], layer.b[:, 0])
        twin = pynn.interop.from_safetensors(tmp_path / "model")
        assert twin.parameters.tobytes() == net.parameters.tobytes()
        assert repr(twin) == repr(net)
        X = all_rows(net)[:-2]
        assert np.array_equal(twin(X), net(X))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")       # Keras converts tensors to NumPy in the old way
def test_keras(dtype, tmp_path):
    """Keras multiplies matrices in float32, so the outputs are equal to 1e-5 only; the way back has the same θ, bit for bit."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")

    def run(net):
        model = pynn.export.to_keras(net)
        twin = pynn.interop.from_keras(model)
        assert twin.parameters.tobytes() == net.parameters.tobytes()
        assert (twin.sizes, twin.activations, twin.dtype) == (net.sizes, net.activations, net.dtype)
        return keras.ops.convert_to_numpy(model(keras.ops.convert_to_tensor(all_rows(net))))
    compare_all(run, dtype, range(MANY), {"float64": 1e-5, "float32": 1e-5})
    model = pynn.export.to_keras(random_network(7, dtype))
    model.save(tmp_path / "model.keras")
    twin = pynn.interop.from_keras(keras.models.load_model(tmp_path / "model.keras"))
    assert twin.parameters.tobytes() == random_network(7, dtype).parameters.tobytes()


# --------------------------------------------------------------------------------------------------- what goes along


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_safetensors_carry_the_whole_network(dtype, tmp_path):
    net = pynn.Network([2, 6, 4, 2], hidden=["gelu", "tanh"], output="linear", loss="huber", dropout=[0.5, 0.1], dtype=dtype,
                       rng=0)
    net.standardizer = pynn.Standardizer([1e6, 2], [0.1, 3])
    net.feature_names, net.label_names = ("a", "größe"), ("u", "v")
    export("safetensors", net, tmp_path / "model")
    twin = pynn.interop.from_safetensors(tmp_path / "model")
    assert repr(twin) == repr(net)
    assert (twin.dropout, twin.feature_names, twin.label_names) == (net.dropout, net.feature_names, net.label_names)
    assert np.array_equal(twin.standardizer.mean, net.standardizer.mean)
    assert np.array_equal(twin.standardizer.scale, net.standardizer.scale)


def test_torch_keeps_dropout_names_and_digits(tmp_path):
    torch = pytest.importorskip("torch")
    net = pynn.Network([2, 40, 1], dropout=0.5, dtype="float32", rng=0)
    net.standardizer = pynn.Standardizer([1e6, 0], [0.5, 1])        # in float32 the mean alone would not do
    net.feature_names = ("a", "b")
    module = pynn.export.to_torch(net)
    X = np.array([[1e6 + 0.25, 1.0]], np.float32)
    assert np.allclose(module(torch.from_numpy(X)).detach().numpy(), net(X), rtol=1e-6)
    twin = pynn.interop.from_torch(module)
    assert (twin.dropout, twin.feature_names) == (net.dropout, net.feature_names)
    assert np.array_equal(twin(X), net(X))
    module.train()
    assert len({module(torch.from_numpy(X)).detach().item() for _ in range(10)}) > 1
    assert "layer1.weight" in module.state_dict()
    torch.save(module, tmp_path / "whole.pt")
    again = torch.load(tmp_path / "whole.pt", weights_only=False).eval()
    assert torch.equal(again(torch.from_numpy(X)), module.eval()(torch.from_numpy(X)))
    twin = pynn.interop.from_torch(module.state_dict(), activations=["relu", "sigmoid"])
    assert np.array_equal(twin(X), net(X))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_targets_come_back_in_their_units(dtype, tmp_path):
    net = pynn.Network([3, 5, 2], output="linear", dtype=dtype, rng=0)
    net.target_standardizer = pynn.Standardizer([400_000.0, -3.0], [90_000.0, 0.5])
    for kind in TO_FILE:
        export(kind, net, tmp_path / f"model.{kind}")
    X = np.random.default_rng(0).normal(size=(4, 3)).astype(dtype)
    predict = runpy.run_path(str(tmp_path / "model.numpy"))["predict"]
    assert np.allclose(predict(X), net(X), rtol=1e-6 if dtype == "float32" else 1e-14)
    if shutil.which("gcc"):
        export("c", net, tmp_path / "checked.c", check=True)
    if shutil.which("node"):
        export("javascript", net, tmp_path / "checked.mjs", check=True)


# --------------------------------------------------------------------------------------------------- nothing half-done


@pytest.mark.parametrize("kind", TO_FILE)
def test_a_wrong_call_writes_nothing(kind, tmp_path):
    path = tmp_path / "model"
    path.write_text("mine")
    net = pynn.Network([2, 3, 1], rng=0)
    for error, wrong, words in (
            (TypeError, (None, path), "net"), (TypeError, (net, 3), "path"), (ValueError, (net, tmp_path), "path"),
            (OSError, (net, tmp_path / "no" / "x"), "No such folder")):
        with pytest.raises(error, match=words):
            export(kind, *wrong)
    with pytest.raises(TypeError, match=r"^check"):
        export(kind, net, path, check="yes")
    net[1].W[0, 0] = np.nan
    with pytest.raises(ValueError, match=r"^net\.parameters"):
        export(kind, net, path)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", [*TO_FILE, "torch", "keras"])
def test_an_encoder_is_refused_by_name(kind, tmp_path):
    class WithEncoder(pynn.Network):
        encoder = "a table's encoder"
    path = [tmp_path / "model"] if kind in TO_FILE else []
    with pytest.raises(ValueError, match=rf"^net: to_{kind} cannot carry its TableEncoder"):
        getattr(pynn.export, f"to_{kind}")(WithEncoder([2, 1]), *path)
    assert not list(tmp_path.iterdir())


class Liar(pynn.Network):
    """Its outputs are not those of its parameters."""

    def __call__(self, X):
        return super().__call__(X) + 0.01


@pytest.mark.parametrize(("kind", "runtime"), [
    ("onnx", "onnxruntime"), ("c", "gcc"), ("javascript", "node"), ("numpy", "numpy")])
def test_the_check_runs_what_is_written(kind, runtime, tmp_path):
    if shutil.which(runtime) is None:
        pytest.importorskip(runtime)
    path = tmp_path / "model"
    path.write_text("mine")
    net = Liar([2, 3, 1], rng=0)
    with pytest.raises(ArithmeticError, match=r"differs from the network by 0\.01"):
        export(kind, net, path)
    assert path.read_text() == "mine"
    export(kind, net, path, check=False)
    assert path.read_bytes() != b"mine"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_checked_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    for kind, words in (("c", "C compiler"), ("javascript", "node"), ("onnx", r"pynn-dense\[onnx\]"),
                        ("safetensors", r"pynn-dense\[safetensors\]")):
        with pytest.raises(ImportError, match=words):
            export(kind, pynn.Network([2, 1]), tmp_path / "model", check=True)
        assert not list(tmp_path.iterdir())
        export(kind, pynn.Network([2, 1]), tmp_path / "model")
        (tmp_path / "model").unlink()


def test_c_in_another_dtype(tmp_path):
    net = pynn.Network([2, 3, 1], rng=0)
    net[1].W[0, 0] = 1e300
    with pytest.raises(ValueError, match=r"^dtype: expected one that can hold"):
        pynn.export.to_c(net, tmp_path / "x.c", dtype="float32")
    for wrong, error in (("int64", ValueError), ("real", TypeError)):
        with pytest.raises(error, match=r"^dtype"):
            pynn.export.to_c(net, tmp_path / "x.c", dtype=wrong)
    assert not list(tmp_path.iterdir())


def test_a_large_network_in_onnx_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("pynn.export.onnx_file._MOST_BYTES", 1000)
    with pytest.raises(ValueError, match="at most 1000 bytes"):
        export("onnx", pynn.Network([20, 20, 1]), tmp_path / "model.onnx")


# ----------------------------------------------------------------------------------------------------- without frameworks

def test_without_any_framework(tmp_path):
    """Each function says which package to install; the writers and the readers of arrays need none."""
    script = """
import sys
sys.modules |= dict.fromkeys(("torch", "keras", "sklearn", "onnxruntime", "safetensors", "onnx"))       # None: not to be found
import pynn
net = pynn.Network([2, 3, 1], rng=0)
for kind in ("c", "javascript", "numpy", "safetensors"):
    getattr(pynn.export, f"to_{kind}")(net, kind)
pynn.export.to_onnx(net, "onnx", check=False)
for function, argument, package in ((pynn.export.to_torch, net, "torch"), (pynn.export.to_keras, net, "keras"),
                                    (pynn.interop.from_torch, 1, "torch"), (pynn.interop.from_keras, 1, "keras"),
                                    (pynn.interop.from_sklearn, 1, "sklearn")):
    try:
        function(argument)
    except ImportError as error:
        assert f"pynn-dense[{package}]" in str(error) and function.__name__ in str(error), error
    else:
        raise AssertionError(function)
assert (pynn.interop.from_safetensors("safetensors").parameters == net.parameters).all()
state = {f"{l}.{name}": array for l, layer in enumerate(net) for name, array in (("weight", layer.W), ("bias", layer.b[:, 0]))}
assert (pynn.interop.from_torch(state, activations=net.activations).parameters == net.parameters).all()
"""
    subprocess.run([sys.executable, "-W", "error", "-c", script], cwd=tmp_path, check=True)


@pytest.mark.parametrize("name", ["standardizer", "target_standardizer"])
@pytest.mark.parametrize(("mean", "scale"), [(0.0, 1e300), (0.0, 1e-300), (1e300, 1.0), (-1e39, 1.0), (0.0, 1e-45)])
def test_a_standardizer_that_float32_cannot_hold_is_named(name, mean, scale, tmp_path):
    net = pynn.Network([2, 3, 2], output="linear", dtype="float32", rng=0)
    setattr(net, name, pynn.Standardizer([0, mean], [1, scale]))
    wrong = re.escape(f"{scale if scale != 1 else mean:g}")
    for write, path in ((pynn.export.to_onnx, "x.onnx"), (pynn.export.to_c, "x.c")):
        with pytest.raises(ValueError, match=f"^net.{name}: expected numbers that float32 can hold.*{wrong} in its"):
            write(net, tmp_path / path, check=False)
    assert list(tmp_path.iterdir()) == []
    pynn.export.to_safetensors(net, tmp_path / "x.safetensors", check=False)        # it keeps them in float64
    twin = pynn.interop.from_safetensors(tmp_path / "x.safetensors")
    assert getattr(twin, name).scale.tolist() == [1, scale]


@pytest.mark.parametrize("name", ["standardizer", "target_standardizer"])
def test_a_standardizer_whose_examples_overflow_is_named(name, tmp_path):
    net = pynn.Network([2, 3, 2], output="linear", rng=0)
    setattr(net, name, pynn.Standardizer([0, 0], [1, 1.7e308]))
    with pytest.raises(ValueError, match=f"^net.{name}: expected one with which examples .* can be checked in float64"):
        pynn.export.to_c(net, tmp_path / "x.c")


def test_a_name_cannot_end_the_script_of_a_page(tmp_path):
    net = pynn.Network([1, 1], rng=0)
    net.feature_names = ["</script><b>"]
    pynn.export.to_javascript(net, tmp_path / "x.mjs", check=False)
    text = (tmp_path / "x.mjs").read_text()
    assert "</script" not in text
    assert r'featureNames = ["\u003c/script>\u003cb>"]' in text
