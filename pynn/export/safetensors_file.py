"""A network as a safetensors file: the length of a header, the header in JSON, then the numbers."""
from __future__ import annotations

import json
from typing import Any

import numpy as np

from pynn import storage
from pynn.export.checks import installed, is_wanted
from pynn.export.contents import VERSION, Array, Contents, read_network
from pynn.reference import ACTIVATIONS
from pynn.translation import Sentence

_NAMES = {"float32": "F32", "float64": "F64"}
_ALIGNMENT = 8          # bytes: the numbers begin at a multiple


def to_safetensors(net: Any, path: Any, *, check: bool | None = None) -> None:
    """Write the parameters as a safetensors file, with the names that to_torch gives them: layer1.weight, layer1.bias, …

    layer1.weight is W[1] (n[1], n[0]) and layer1.bias is b[1] (n[1],).  The entry `pynn` of the metadata has the activations,
    the loss, dropout and the names, so that from_safetensors makes the same network again, bit for bit.  The standardizers
    are arrays too (standardize.mean, standardize.scale).  The state of the optimiser is not carried: Network.save keeps it.

    Parameters
    ----------
    net : Network
    path : str or path-like
        The file to write, usually with a name that ends in .safetensors.
    check : bool, optional
        Read the file with the package safetensors before it is written.  If not given, where it is installed.

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.
    ArithmeticError
        The package reads other numbers.
    ImportError
        check=True, and safetensors is not installed.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> import os, tempfile, pynn
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pynn.export.to_safetensors(net, os.path.join(folder, "model.safetensors"))
    ...     twin = pynn.interop.from_safetensors(os.path.join(folder, "model.safetensors"))
    >>> bool((twin.parameters == net.parameters).all())
    True
    """
    storage.check_path(path)
    contents = read_network(net, "to_safetensors", ACTIVATIONS)
    arrays = _arrays(contents)
    entries: dict[str, Any] = {"__metadata__": {"pynn": json.dumps(_description(contents))}}
    offset = 0
    for name, array in arrays.items():
        begin, offset = offset, offset + array.nbytes
        entries[name] = {"dtype": _NAMES[array.dtype.name], "shape": array.shape, "data_offsets": [begin, offset]}
    text = json.dumps(entries).encode("ascii")
    text += b" " * (-len(text) % _ALIGNMENT)
    data = len(text).to_bytes(8, "little") + text
    data += b"".join(array.astype(array.dtype.newbyteorder("<")).tobytes() for array in arrays.values())
    if is_wanted(check, installed("safetensors"), 'the package safetensors: pip install "pynn-dense[safetensors]"'):
        _compare(data, arrays)
    with storage.replacing(path) as file:
        file.write(data)


def _arrays(contents: Contents) -> dict[str, Array]:
    """By name; those of float64 first, since their numbers have to lie at multiples of 8 bytes."""
    arrays: dict[str, Array] = {}
    for name, standardizer in (("standardize", contents.standardizer), ("restore_targets", contents.target_standardizer)):
        if standardizer is not None:
            arrays |= {f"{name}.mean": standardizer.mean, f"{name}.scale": standardizer.scale}
    for l, (W, b) in enumerate(zip(contents.W, contents.b, strict=True), start=1):
        arrays |= {f"layer{l}.weight": W, f"layer{l}.bias": b}
    return arrays


def _description(contents: Contents) -> dict[str, Any]:
    return {"version": VERSION, "sizes": contents.sizes, "activations": contents.activations, "loss": contents.loss,
            "dropout": contents.dropout, "feature_names": contents.feature_names, "label_names": contents.label_names}


def _compare(data: bytes, arrays: dict[str, Array]) -> None:
    from safetensors.numpy import load

    read = load(data)
    if read.keys() != arrays.keys() or not all(np.array_equal(read[name], arrays[name]) for name in arrays):
        raise ArithmeticError(Sentence("check: the package safetensors reads other numbers than were written; nothing was "
                                       "written"))
