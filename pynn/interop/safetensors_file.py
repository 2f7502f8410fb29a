"""A network from a safetensors file."""
from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from pynn import storage
from pynn.interop.draft import Array, check_activations
from pynn.interop.named_arrays import layers_of
from pynn.network import Network

_MOST_HEADER = 100_000_000      # bytes: what the package safetensors takes
_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}


def from_safetensors(path: Any, *, activations: str | Sequence[str] | None = None, output: str | None = None,
                     layers: Sequence[str] | None = None) -> Network:
    """Return the network of a safetensors file: one that to_safetensors wrote, or one with a model's weights and biases.

    Parameters
    ----------
    path : str or path-like
    activations, output : optional
        As for from_torch.  They are not needed for a file that to_safetensors wrote, which has them in its metadata.
    layers : sequence of str, optional
        The layers in their order, such as ["fc1", "fc2", "out"] where the file has fc1.weight and fc1.bias.  If not given, they
        are sorted by name, with 10 after 2, since such a file keeps no order.

    Returns
    -------
    Network

    Raises
    ------
    ValueError, TypeError
        The message names the file, or the argument, and what is wrong with it.  Nothing of a file is ever executed.
    OSError
        The file cannot be opened.

    Examples
    --------
    >>> import os, tempfile, pynn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "model.safetensors")
    ...     pynn.export.to_safetensors(pynn.Network([2, 3, 1], hidden="tanh", rng=0), path)
    ...     pynn.interop.from_safetensors(path).activations
    ('tanh', 'sigmoid')
    """
    with open(storage.check_path(path), "rb") as file:
        data = file.read()
    try:
        arrays, metadata = _read(data)
        about = json.loads(metadata["pynn"]) if "pynn" in metadata else {}
        if not isinstance(about, dict):
            raise ValueError("its entry pynn in the metadata is no JSON object")
    except (ValueError, RecursionError) as error:
        raise ValueError(f"path: {path} cannot be read: {error}") from error
    names = list(arrays) if about else sorted(arrays, key=_natural)
    named = layers_of({name: arrays[name] for name in names}, f"path: {path}", layers)
    if activations is None and output is None and about:
        activations = about.get("activations")
    draft = named.draft(check_activations(activations, len(named.dense), output))
    dropout = about.get("dropout")
    if isinstance(dropout, list) and len(dropout) == len(named.dense) - 1:
        draft.dropout = [*dropout, 0.0]
    return draft.finish(loss=about.get("loss") if output is None else None, feature_names=about.get("feature_names"),
                        label_names=about.get("label_names"))


def _natural(name: str) -> list[Any]:
    """A key of sorting that puts layer10 after layer2."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name) if part]


def _read(data: bytes) -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays in the order of the file, and the metadata; a ValueError if anything is not as the format has it."""
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > min(len(data) - 8, _MOST_HEADER):
        raise ValueError(f"its header would have {length} bytes, the file has {len(data)}")
    header = json.loads(data[8:8 + length].decode("utf-8"))
    if not isinstance(header, dict):
        raise ValueError("its header is no JSON object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict):
        raise ValueError("its metadata are no JSON object")
    body = memoryview(data)[8 + length:]
    arrays = {name: _array(name, entry, body) for name, entry in header.items()}
    return arrays, metadata


def _array(name: str, entry: Any, body: memoryview) -> Array:
    parts: Any = entry if isinstance(entry, dict) else {}
    kind, shape, offsets = parts.get("dtype"), parts.get("shape"), parts.get("data_offsets")
    if kind not in _DTYPES:
        raise ValueError(f"{name}: expected an array of {', '.join(_DTYPES)}, got {kind!r}")
    for what, value in (("shape", shape), ("data_offsets", offsets)):
        if not isinstance(value, list) or not all(type(n) is int and n >= 0 for n in value):
            raise ValueError(f"{name}: expected a {what} of whole numbers, got {value!r}")
    dtype = np.dtype(_DTYPES[kind])
    if len(offsets) != 2 or offsets[1] > len(body) or offsets[1] - offsets[0] != math.prod(shape) * dtype.itemsize:
        raise ValueError(f"{name}: expected the bytes of {math.prod(shape)} numbers of {kind} within the {len(body)} "
                         "bytes of the "
                         f"file, got the place {offsets}")
    array = np.frombuffer(body[offsets[0]:offsets[1]], dtype).reshape(shape)
    if kind == "BF16":          # the upper half of a float32
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array.astype(np.float32 if kind == "F16" else dtype.newbyteorder("="))
