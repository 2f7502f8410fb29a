"""Messages to the page: a header, which becomes JSON, and arrays, which stay binary."""
from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pynn.playground.choices import Json

Array = np.ndarray[Any, np.dtype[Any]]

_DTYPES = {"uint8": "u1", "int32": "i4", "float32": "f4", "float64": "f8"}
_ALIGNED = 8            # bytes: what a Float64Array in the browser needs


class Message(NamedTuple):
    """A header and blobs: arrays by name."""

    header: Json
    blobs: tuple[tuple[str, Array], ...] = ()


class Later(NamedTuple):
    """A long work of a command on copies, which another thread may do while the session goes on."""

    work: Callable[[], Reply]


class Reply(NamedTuple):
    """What a command gives back."""

    result: Json
    blobs: tuple[tuple[str, Array], ...] = ()


def layout_of(blobs: tuple[tuple[str, Array], ...]) -> list[Json]:
    """What the header says about the blobs: where each begins after the header, and what it is."""
    entries, at = [], 0
    for name, array in blobs:
        entries.append({"name": name, "dtype": _DTYPES[array.dtype.name], "shape": list(array.shape), "at": at,
                        "bytes": array.nbytes})
        at += -(-array.nbytes // _ALIGNED) * _ALIGNED
    return entries


def encode(message: Message) -> bytes:
    """A message in binary: uint32 length of what follows, uint32 length of the header, header, blobs."""
    text = as_json(message.header | {"blobs": layout_of(message.blobs)})
    text += b" " * (-(8 + len(text)) % _ALIGNED)
    parts = [text]
    for _, array in message.blobs:
        data = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
        parts.append(data + bytes(-len(data) % _ALIGNED))
    body = b"".join(parts)
    return struct.pack("<II", 4 + len(body), len(text)) + body


def as_json(value: Any) -> bytes:
    """Strict JSON: numbers that are not finite become "NaN", "Infinity" and "-Infinity"."""
    return json.dumps(plain(value), allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def plain(value: Any) -> Any:
    """A value of dictionaries, lists, numbers and texts as JSON has them."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def file_blob(data: bytes) -> tuple[tuple[str, Array], ...]:
    """The bytes of a file as the blob `file`."""
    return (("file", np.frombuffer(data, np.uint8)),)
