"""A network as a module of Python that needs NumPy alone."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pynn import reference, storage
from pynn.export.checks import compare, examples_of, is_wanted
from pynn.export.contents import Array, Contents, number, read_network, rows_of
from pynn.translation import Sentence

_FORMULAS = {       # of z (m, n[l]); e^-|z| cannot overflow
    "sigmoid": "np.where(z > 0, 1, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z)))",
    "tanh": "np.tanh(z)",
    "relu": "np.where(z <= 0, z.dtype.type(0), z)",
    "leaky_relu": "np.where(z > 0, z, z.dtype.type(0.01) * z)",
    "elu": "np.where(z > 0, z, np.expm1(np.minimum(z, 0)))",
    "selu": f"np.where(z > 0, z.dtype.type({reference.SELU_SCALE}) * z, "
            f"z.dtype.type({reference.SELU_SCALE * reference.SELU_ALPHA}) * np.expm1(np.minimum(z, 0)))",
    "gelu": "z * np.vectorize(lambda value: math.erfc(-value / math.sqrt(2)) / 2, otypes=[z.dtype])(z)",
    "silu": "z * np.where(z > 0, 1, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z)))",
    "softplus": "np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))",
}
_SOFTMAX = """def softmax(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
"""


def to_numpy(net: Any, path: Any, *, check: bool | None = None) -> None:
    """Write the network as a module of Python with the function `predict`, which needs NumPy and not pynn.

    `predict(X)` takes (m, n[0]) inputs in the user's units and returns the outputs (m, n[L]) in the network's dtype: the
    standardizers of inputs and targets are inside.  FEATURE_NAMES and LABEL_NAMES are the names.  NaN in gives NaN out.

    Parameters
    ----------
    net : Network
    path : str or path-like
        The file to write; to be imported, its name has to end in .py.
    check : bool, optional
        Run the module on examples before it is written; True if not given, since NumPy is there.

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.
    ArithmeticError
        The module differs from the network.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> import os, runpy, tempfile, pynn
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pynn.export.to_numpy(net, os.path.join(folder, "model.py"))
    ...     predict = runpy.run_path(os.path.join(folder, "model.py"))["predict"]
    >>> bool(abs(predict([[0.5, -1.0]]) - net([[0.5, -1.0]])).max() < 1e-15)
    True
    """
    storage.check_path(path)
    contents = read_network(net, "to_numpy", _FORMULAS)
    text = "\n".join(_lines(contents)) + "\n"
    if is_wanted(check, "numpy", "NumPy"):
        X, Y = examples_of(net)
        module: dict[str, Any] = {"__name__": "check"}
        exec(compile(text, "<to_numpy>", "exec"), module)
        compare(module["predict"](X), Y, contents.dtype, Sentence("the NumPy module"))
    with storage.replacing(path) as file:
        file.write(text.encode("ascii"))


def _lines(contents: Contents) -> Iterator[str]:
    used = [name for name in _FORMULAS if name in contents.activations]
    dtype = f"np.{contents.dtype.name}"
    yield f'"""{contents.title()}."""'
    if "gelu" in used:
        yield "import math\n"
    yield "import numpy as np\n"
    for what, names in (("FEATURE", contents.feature_names), ("LABEL", contents.label_names)):
        yield f"{what}_NAMES = {names!a}"
    yield ""
    for what, standardizer in (("INPUT", contents.standardizer), ("TARGET", contents.target_standardizer)):
        if standardizer is not None:
            yield from _array(f"{what}_MEAN", standardizer.mean, "np.float64")
            yield from _array(f"{what}_SCALE", standardizer.scale, "np.float64")
    for l, (W, b, activation) in enumerate(zip(contents.W, contents.b, contents.activations, strict=True), start=1):
        yield f"# layer {l}: {W.shape[1]} -> {W.shape[0]}, {activation}; row i of W are the weights of unit i"
        yield from _array(f"W{l}", W, dtype)
        yield from _array(f"b{l}", b, dtype)
    yield "\n"
    yield from (f"def {name}(z):\n    return {_FORMULAS[name]}\n\n" for name in used)
    if contents.activations[-1] == "softmax":
        yield _SOFTMAX + "\n"
    yield f'def predict(X):\n    """The outputs (m, {contents.sizes[-1]}) of X (m, {contents.sizes[0]})."""'
    yield "    X = np.asarray(X, np.float64)"
    yield f"    if X.ndim != 2 or X.shape[1] != {contents.sizes[0]}:"
    yield f'        raise ValueError(f"X: expected shape (m, {contents.sizes[0]}), got {{X.shape}}")'
    yield f"    a = {'X' if contents.standardizer is None else '((X - INPUT_MEAN) / INPUT_SCALE)'}.astype({dtype})"
    for l, activation in enumerate(contents.activations, start=1):
        yield f"    a = a @ W{l}.T + b{l}" if activation == "linear" else f"    a = {activation}(a @ W{l}.T + b{l})"
    yield f"    return {'a' if contents.target_standardizer is None else f'(a * TARGET_SCALE + TARGET_MEAN).astype({dtype})'}"


def _array(name: str, values: Array, dtype: str) -> Iterator[str]:
    yield f"{name} = np.array(["
    yield from rows_of(values, number, "    ")
    yield f"], {dtype})" + (f".reshape{values.shape}" if values.ndim == 2 else "")
