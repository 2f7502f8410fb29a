"""Arguments and results as JSON, which carries data and no code.  Both processes of `pynn check` use it; it imports no pynn."""
from __future__ import annotations

import base64
from typing import Any

import numpy as np


def encode(value: Any) -> Any:
    """Numbers, texts, lists, tuples, arrays and unused Generators as JSON; of anything else the name of its type."""
    if value is None or type(value) in (bool, float, str) or (type(value) is int and abs(value) < 1 << 64):
        return value
    if isinstance(value, list):
        return [encode(part) for part in value]
    if isinstance(value, tuple):
        return {"tuple": [encode(part) for part in value]}
    if isinstance(value, np.random.Generator):
        seed: Any = value.bit_generator.seed_seq
        return {"seed": seed.entropy, "spawn_key": seed.spawn_key}
    try:
        array = np.asarray(value) if hasattr(value, "__array__") else None
    except Exception:           # what an object's own __array__ raises
        array = None
    if array is None or array.dtype.kind not in "biuf":
        return {"other": type(value).__name__}
    return {"dtype": array.dtype.str, "shape": array.shape, "data": base64.b64encode(array.tobytes()).decode("ascii")}


def decode(value: Any) -> Any:
    """What encode was given; an object of an empty class stands for other types."""
    if isinstance(value, list):
        return [decode(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "tuple" in value:
        return tuple(decode(part) for part in value["tuple"])
    if "seed" in value:
        return np.random.default_rng(np.random.SeedSequence(value["seed"], spawn_key=value["spawn_key"]))
    if "other" in value:
        return type(str(value["other"]), (), {})()
    return np.frombuffer(base64.b64decode(value["data"]), value["dtype"]).reshape(value["shape"]).copy()
