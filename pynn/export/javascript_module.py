"""A network as a module of JavaScript, for a web page or node, without a library."""
from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from pynn import reference, storage
from pynn.export.checks import compare, examples_of, is_wanted, program
from pynn.export.contents import Array, Contents, number, read_network, rows_of
from pynn.export.normal_tail import NORMAL_TAIL
from pynn.translation import Sentence

# of z, and of e = e^-|z|, which cannot overflow
_FORMULAS = {
    "sigmoid": "(z > 0 ? 1 : e(z)) / (1 + e(z))",
    "tanh": "Math.tanh(z)",
    "relu": "z <= 0 ? 0 : z",
    "leaky_relu": "z > 0 ? z : 0.01 * z",
    "elu": "z > 0 ? z : Math.expm1(z)",
    "selu": f"z > 0 ? {reference.SELU_SCALE} * z : {reference.SELU_SCALE * reference.SELU_ALPHA} * Math.expm1(z)",
    "gelu": "z > 0 ? z * (1 - normalTail(z)) : z * normalTail(z)",
    "silu": "z * (z > 0 ? 1 : e(z)) / (1 + e(z))",
    "softplus": "(z <= 0 ? 0 : z) + Math.log1p(e(z))",
}


def to_javascript(net: Any, path: Any, *, check: bool | None = None) -> None:
    """Write the network as an ES module that exports `predict`, `featureNames` and `labelNames`.

    `predict(x)` takes the n[0] inputs of one example, in the user's units, and returns a Float64Array of the n[L] outputs: the
    standardizers of inputs and targets are inside.  It computes in float64, also for a float32 network.  NaN in gives NaN out.

    Parameters
    ----------
    net : Network
    path : str or path-like
        The file to write; node wants a name that ends in .mjs, a page takes any.
    check : bool, optional
        Run the module on examples before it is written.  If not given, where node is installed.

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.
    ArithmeticError
        The module differs from the network.
    RuntimeError
        node cannot run the module, so the check is not possible.
    ImportError
        check=True, and node is not installed.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> import os, pathlib, tempfile, pynn
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pynn.export.to_javascript(net, os.path.join(folder, "predict.mjs"), check=False)
    ...     text = pathlib.Path(folder, "predict.mjs").read_text()
    >>> "export function predict(x)" in text
    True
    """
    storage.check_path(path)
    contents = read_network(net, "to_javascript", _FORMULAS)
    text = "\n".join(_lines(contents)) + "\n"
    node = program("node", "nodejs")
    if is_wanted(check, node, "node on the PATH"):
        assert node is not None
        X, Y = examples_of(net)
        compare(_run(node, text, X), Y, contents.dtype, Sentence("the JavaScript module"))
    with storage.replacing(path) as file:
        file.write(text.encode("ascii"))


def _lines(contents: Contents) -> Iterator[str]:
    yield from (f"// {contents.title()}.",
                '// import { predict } from "./this-file.mjs"; predict(x) of one example x is a Float64Array.', "",
                f"export const featureNames = {_json(contents.feature_names)};",
                f"export const labelNames = {_json(contents.label_names)};", "")
    for what, standardizer in (("input", contents.standardizer), ("target", contents.target_standardizer)):
        if standardizer is not None:
            yield from _array(f"{what}Mean", standardizer.mean)
            yield from _array(f"{what}Scale", standardizer.scale)
    for l, (W, b, activation) in enumerate(zip(contents.W, contents.b, contents.activations, strict=True), start=1):
        yield f"// layer {l}: {W.shape[1]} -> {W.shape[0]}, {activation}; row i of W are the weights of unit i"
        yield from _array(f"W{l}", W)
        yield from _array(f"b{l}", b)
    yield _LAYER
    used = [name for name in _FORMULAS if name in contents.activations]
    if any("e(z)" in _FORMULAS[name] for name in used):
        yield "const e = (z) => Math.exp(-Math.abs(z));"
    if "gelu" in used:
        yield from _array("normalTailTerms", np.array(NORMAL_TAIL))
        yield _TAIL
    yield from (f"const {name} = (z) => {_FORMULAS[name]};" for name in used)
    if contents.activations[-1] == "softmax":
        yield _SOFTMAX
    yield from _function(contents)


_LAYER = """
// z = W a + b
function layer(W, b, a) {
  return b.map((sum, i) => {
    for (let k = 0; k < a.length; k++) sum += W[i * a.length + k] * a[k];
    return sum;
  });
}
"""
_TAIL = """// the normal distribution's tail beyond |z|
function normalTail(z) {
  const t = 4 / (4 + Math.abs(z)), s = 2 * t - 1;
  return Math.exp(-0.5 * z * z) * t * normalTailTerms.reduceRight((sum, term) => sum * s + term, 0);
}
"""
_SOFTMAX = """function softmax(z) {
  const largest = z.reduce((a, b) => Math.max(a, b)), powers = z.map((one) => Math.exp(one - largest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
"""


def _json(names: Any) -> str:
    """JSON in ASCII that may also stand in the script of a page: </script> in a name does not end it."""
    return json.dumps(names).replace("<", "\\u003c")


def _array(name: str, values: Array) -> Iterator[str]:
    yield f"const {name} = new Float64Array(["
    yield from rows_of(values, lambda value: number(float(value)), "  ")
    yield "]);"


def _function(contents: Contents) -> Iterator[str]:
    n = contents.sizes
    yield f"""
export function predict(x) {{
  if (x.length !== {n[0]}) throw new RangeError(`x: expected {n[0]} numbers, got ${{x.length}}`);
  let a = Float64Array.from(x);"""
    if contents.standardizer is not None:
        yield "  a = a.map((value, i) => (value - inputMean[i]) / inputScale[i]);"
    for l, activation in enumerate(contents.activations, start=1):
        yield f"  a = layer(W{l}, b{l}, a);"
        if activation != "linear":
            yield "  a = softmax(a);" if activation == "softmax" else f"  a = a.map({activation});"
    if contents.target_standardizer is not None:
        yield "  a = a.map((value, i) => value * targetScale[i] + targetMean[i]);"
    yield "  return a;\n}"


def _run(node: str, text: str, X: Array) -> Array:
    """The outputs of the module for the rows of X."""
    rows = ",".join("[" + ",".join(map(repr, row)) + "]" for row in X.tolist())
    script = f'import {{ predict }} from "./check.mjs";\nconsole.log([{rows}].map((x) => predict(x).join(" ")).join(" "));\n'
    with tempfile.TemporaryDirectory(prefix="pynn-") as folder:
        for name, content in (("check.mjs", text), ("main.mjs", script)):
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(content)
        done = subprocess.run([node, "main.mjs"], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(Sentence("check: node cannot run the module, so nothing was written: {stderr}",
                                    stderr=done.stderr[:1000]))
    return np.array([float(word) for word in done.stdout.split()])
