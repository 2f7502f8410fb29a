"""A network as an ONNX model, opset 13, written by hand: onnxruntime and other runtimes read it."""
from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from pynn import reference, storage
from pynn.export.checks import compare, examples_of, installed, is_wanted
from pynn.export.contents import FLOAT32, VERSION, Array, Contents, read_network
from pynn.export.normal_tail import NORMAL_TAIL
from pynn.translation import Sentence

_OPSET, _IR_VERSION = 13, 8
_DATA_TYPES = {"float32": 1, "int64": 7, "float64": 11}
_MOST_BYTES = (1 << 31) - 1             # that a message of protobuf may have


def to_onnx(net: Any, path: Any, *, check: bool | None = None) -> None:
    """Write the network as an ONNX model with the input X (m, n[0]) and the output Y (m, n[L]), in the network's dtype.

    X and Y are in the user's units: the standardizers of inputs and targets are inside.  Feature and label names are in the
    metadata, as JSON.  NaN in gives NaN out.  In onnxruntime it is equal to about 1e-15 in float64 and 1e-7 in float32.

    Parameters
    ----------
    net : Network
    path : str or path-like
        The file to write, usually with a name that ends in .onnx.
    check : bool, optional
        Run the model on examples before it is written.  If not given, where onnxruntime is installed.

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.
    ArithmeticError
        The model differs from the network.
    ImportError
        check=True, and onnxruntime is not installed.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> import os, tempfile, pynn
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pynn.export.to_onnx(net, os.path.join(folder, "model.onnx"))
    ...     os.path.getsize(os.path.join(folder, "model.onnx")) > 100
    True
    """
    storage.check_path(path)
    contents = read_network(net, "to_onnx", _ACTIVATIONS, narrow_standardizers=True)
    data = _model(contents)
    if len(data) > _MOST_BYTES:
        raise ValueError(Sentence("net: expected one whose ONNX model has at most {most} bytes, got one of {count}",
                                  most=_MOST_BYTES, count=len(data)))
    if is_wanted(check, installed("onnxruntime"), 'onnxruntime: pip install "pynn-dense[onnx]"'):
        X, Y = examples_of(net)
        compare(_run(data, X, contents.dtype), Y, contents.dtype, Sentence("the ONNX model in onnxruntime"))
    with storage.replacing(path) as file:
        file.write(data)


def _run(data: bytes, X: Array, dtype: np.dtype[Any]) -> Array:
    import onnxruntime

    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run(None, {"X": X.astype(dtype)})[0]


# ------------------------------------------------------------------------------------------------ messages of protobuf


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _field(number: int, value: int | float | str | bytes) -> bytes:
    """One field of a message: its number and wire type, and its value."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | 5) + np.float32(value).tobytes()
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


# ------------------------------------------------------------------------------------------------------------ the graph


class _Graph:
    """Nodes and constants, in the order in which they are added."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype, self.nodes, self.constants = dtype, b"", b""
        self._count = 0
        self._known: dict[float, str] = {}

    def add(self, operator: str, *inputs: str, output: str | None = None, **attributes: int) -> str:
        """A node; returns the name of its output."""
        self._count += 1
        output = output or f"{operator.lower()}_{self._count}"
        message = b"".join(_field(1, name) for name in inputs) + _field(2, output) + _field(3, f"node_{self._count}")
        message += _field(4, operator)
        for name, value in attributes.items():
            message += _field(5, _field(1, name) + _field(3, value) + _field(20, 2))
        self.nodes += _field(1, message)
        return output

    def array(self, name: str, values: Array) -> str:
        """A constant array; returns its name."""
        dims = b"".join(_field(1, n) for n in values.shape)
        values = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
        kind = _DATA_TYPES[values.dtype.name]
        self.constants += _field(5, dims + _field(2, kind) + _field(8, name) + _field(9, values.tobytes()))
        return name

    def scalar(self, value: float) -> str:
        """A constant number; returns its name."""
        if value not in self._known:
            self._known[value] = self.array(f"constant_{len(self._known)}", np.array(value, self.dtype))
        return self._known[value]


def _where_positive(graph: _Graph, z: str, positive: str, negative: str) -> str:
    return graph.add("Where", graph.add("Greater", z, graph.scalar(0)), positive, negative)


def _expm1(graph: _Graph, z: str) -> str:
    """e^z − 1 = 2 t / (1 − t) with t = tanh(z/2), which keeps the digits of a small z; it is used where z <= 0."""
    t = graph.add("Tanh", graph.add("Mul", z, graph.scalar(0.5)))
    return graph.add("Div", graph.add("Add", t, t), graph.add("Sub", graph.scalar(1), t))


def _sigmoid(graph: _Graph, z: str) -> str:
    """1 / (1 + e^−z).  The operator Sigmoid of onnxruntime is 0 where z < −37, or in float32 where z < −16."""
    return graph.add("Reciprocal", graph.add("Add", graph.add("Exp", graph.add("Neg", z)), graph.scalar(1)))


def _relu(graph: _Graph, z: str) -> str:
    return graph.add("Relu", z)


def _leaky_relu(graph: _Graph, z: str) -> str:
    return _where_positive(graph, z, z, graph.add("Mul", z, graph.scalar(0.01)))


def _elu(graph: _Graph, z: str) -> str:
    return _where_positive(graph, z, z, _expm1(graph, z))


def _selu(graph: _Graph, z: str) -> str:
    return _where_positive(graph, z, graph.add("Mul", z, graph.scalar(reference.SELU_SCALE)),
                           graph.add("Mul", _expm1(graph, z), graph.scalar(reference.SELU_SCALE * reference.SELU_ALPHA)))


def _gelu(graph: _Graph, z: str) -> str:
    """z Φ(z).  In float32 it is z/2 (1 + erf(z/√2)); onnxruntime has no erf in float64, so Φ is a polynomial there."""
    if graph.dtype == FLOAT32:
        erf = graph.add("Erf", graph.add("Mul", z, graph.scalar(math.sqrt(0.5))))
        return graph.add("Mul", graph.add("Mul", z, graph.scalar(0.5)), graph.add("Add", erf, graph.scalar(1)))
    t = graph.add("Div", graph.scalar(4), graph.add("Add", graph.add("Abs", z), graph.scalar(4)))
    s = graph.add("Sub", graph.add("Add", t, t), graph.scalar(1))
    e = graph.add("Exp", graph.add("Mul", graph.add("Mul", z, z), graph.scalar(-0.5)))
    tail = graph.add("Mul", graph.add("Mul", e, t), _polynomial(graph, s))
    return graph.add("Mul", z, _where_positive(graph, z, graph.add("Sub", graph.scalar(1), tail), tail))


def _polynomial(graph: _Graph, s: str) -> str:
    """Σ c[k] s^k.  The powers are in a last axis; each round doubles their number: 1 s, then s² s³, then s⁴ … s⁷."""
    power = graph.add("Unsqueeze", s, graph.array(f"last_axis_{s}", np.array([2])))
    powers = graph.add("Concat", graph.add("Exp", graph.add("Mul", power, graph.scalar(0))), power, axis=2)
    count = 2
    while count < len(NORMAL_TAIL):
        power, count = graph.add("Mul", power, power), 2 * count
        powers = graph.add("Concat", powers, graph.add("Mul", powers, power), axis=2)
    return graph.add("MatMul", powers, graph.array(f"terms_{s}", np.array((*NORMAL_TAIL, *[0.0] * (count - len(NORMAL_TAIL))))))


def _silu(graph: _Graph, z: str) -> str:
    return graph.add("Mul", z, _sigmoid(graph, z))


def _softplus(graph: _Graph, z: str) -> str:
    """max(z, 0) + log(1 + e), e = e^−|z|.  log(1 + e) = e log(u) / (u − 1) with u = 1 + e as rounded, and e where u is 1."""
    e = graph.add("Exp", graph.add("Neg", graph.add("Abs", z)))
    u = graph.add("Add", e, graph.scalar(1))
    log = graph.add("Div", graph.add("Mul", e, graph.add("Log", u)), graph.add("Sub", u, graph.scalar(1)))
    log = graph.add("Where", graph.add("Equal", u, graph.scalar(1)), e, log)
    return graph.add("Add", graph.add("Relu", z), log)


_ACTIVATIONS: dict[str, Callable[[_Graph, str], str]] = {
    "linear": lambda graph, z: z,
    "sigmoid": _sigmoid,
    "tanh": lambda graph, z: graph.add("Tanh", z),
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "selu": _selu,
    "gelu": _gelu,
    "silu": _silu,
    "softplus": _softplus,
    "softmax": lambda graph, z: graph.add("Softmax", z, axis=1),
}


def _model(contents: Contents) -> bytes:
    """The bytes of the file: a ModelProto."""
    graph, a = _Graph(contents.dtype), "X"
    if contents.standardizer is not None:
        if contents.dtype == FLOAT32:
            mean, rest, scale = contents.standardize_split()
            a = graph.add("Sub", a, graph.array("input_mean", mean))
            a = graph.add("Sub", a, graph.array("input_mean_rest", rest))
        else:
            mean, scale = contents.standardizer.mean, contents.standardizer.scale
            a = graph.add("Sub", a, graph.array("input_mean", mean))
        a = graph.add("Div", a, graph.array("input_scale", scale))
    for l, (W, b, activation) in enumerate(zip(contents.W, contents.b, contents.activations, strict=True), start=1):
        z = graph.add("Gemm", a, graph.array(f"W{l}", W), graph.array(f"b{l}", b), transB=1)
        a = _ACTIVATIONS[activation](graph, z)
    if contents.target_standardizer is not None:
        a = graph.add("Mul", a, graph.array("target_scale", contents.target_standardizer.scale.astype(contents.dtype)))
        a = graph.add("Add", a, graph.array("target_mean", contents.target_standardizer.mean.astype(contents.dtype)))
    graph.add("Identity", a, output="Y")
    whole = graph.nodes + _field(2, "network") + graph.constants
    whole += _field(11, _value_info("X", contents.sizes[0], contents.dtype))
    whole += _field(12, _value_info("Y", contents.sizes[-1], contents.dtype))
    message = _field(1, _IR_VERSION) + _field(2, "pynn") + _field(3, VERSION) + _field(6, contents.title())
    message += _field(7, whole) + _field(8, _field(1, "") + _field(2, _OPSET))
    for key, names in (("feature_names", contents.feature_names), ("label_names", contents.label_names)):
        if names is not None:
            message += _field(14, _field(1, key) + _field(2, json.dumps(names)))
    return message


def _value_info(name: str, columns: int, dtype: np.dtype[Any]) -> bytes:
    """An input or output (m, columns), m being free."""
    shape = _field(1, _field(2, "m")) + _field(1, _field(1, columns))
    return _field(1, name) + _field(2, _field(1, _field(1, _DATA_TYPES[dtype.name]) + _field(2, shape)))
