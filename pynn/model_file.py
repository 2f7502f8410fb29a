"""A network to a file and back: what a model file's header says, and the arrays that it announces."""
from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from pynn import storage
from pynn.architecture import Architecture
from pynn.model import ENGINES, Parts
from pynn.optimizers import RECIPES, Optimizer
from pynn.randomness import seed_from
from pynn.standardizer import Standardizer
from pynn.state import LastFit, Snapshot
from pynn.table_encoder import TableEncoder, check_encoder
from pynn.translation import Sentence
from pynn.validation import boolean, check_names, choice, finite_array, positive_int, real_number

_MOST_COUNTED = 1 << 62             # epochs and steps
_HEADER: dict[str, tuple[type, ...]] = {        # the types that each entry may have
    "sizes": (list,), "activations": (list,), "loss": (str,), "dropout": (list,), "dtype": (str,), "engine": (str,),
    "seed": (int,), "epoch": (int,), "counts": (list,), "optimizer": (dict,), "feature_names": (list, type(None)),
    "label_names": (list, type(None)), "standardized": (bool,), "target_standardized": (bool,),
    "encoder": (list, type(None)), "last_fit": (dict, type(None)),
}


def write(path: Any, parts: Parts) -> None:
    """Write a model file; a ValueError if a parameter is not finite."""
    architecture, snapshot = parts.architecture, parts.snapshot
    arrays = {"parameters": finite_array(snapshot.parameters, "parameters"), "state": snapshot.vectors}
    if parts.standardizer is not None:
        arrays |= {"mean": parts.standardizer.mean, "scale": parts.standardizer.scale}
    if parts.target_standardizer is not None:
        arrays |= {"target_mean": parts.target_standardizer.mean, "target_scale": parts.target_standardizer.scale}
    storage.write(path, {
        "sizes": architecture.sizes, "activations": architecture.activations, "loss": architecture.loss,
        "dropout": architecture.dropout, "dtype": architecture.dtype.name, "engine": parts.engine,
        "feature_names": parts.feature_names, "label_names": parts.label_names, "seed": snapshot.seed,
        "epoch": snapshot.epoch, "counts": snapshot.counts.tolist(), "optimizer": _optimizer_entry(snapshot.optimizer),
        "standardized": parts.standardizer is not None, "target_standardized": parts.target_standardizer is not None,
        "encoder": None if parts.encoder is None else parts.encoder.entry(), "last_fit": _last_fit_entry(parts.last_fit),
    }, arrays)


def read(path: Any) -> Parts:
    """Read a model file: check the header, then the sizes that it implies, and only then allocate."""
    with storage.reading(path) as (header, read_arrays):
        header.setdefault("target_standardized", False)         # a file of pynn 0.1
        for key, kinds in _HEADER.items():
            if type(header.get(key)) not in kinds:
                raise ValueError(Sentence("{key}: not in its header, or not a {kind}", key=key, kind=kinds[0].__name__))
        architecture = _architecture_of(header)
        engine = choice(header["engine"], "engine", ENGINES)
        seed, epoch = seed_from(header["seed"]), _check_count(header["epoch"], "epoch")
        counts = [_check_count(count, "counts") for count in header["counts"]]
        if len(counts) != 2:
            raise ValueError(Sentence("counts: expected 2 numbers, got {count}", count=len(counts)))
        optimizer = _optimizer_of(header["optimizer"])
        names = check_names(header["feature_names"], "feature_names", architecture.sizes[0])
        labels = check_names(header["label_names"], "label_names", architecture.labels)
        encoder = None if header.get("encoder") is None else TableEncoder.from_entry(header["encoder"])
        encoder = check_encoder(encoder, architecture.sizes[0])
        P, dtype = architecture.parameters, architecture.dtype
        layout: dict[str, Any] = {"parameters": (dtype, (P,)), "state": (dtype, (optimizer.vectors, P))}
        if header["standardized"]:
            layout |= dict.fromkeys(("mean", "scale"), (np.float64, architecture.sizes[:1]))
        if header["target_standardized"]:
            if not architecture.is_regression:
                raise ValueError(Sentence("target_standardized: expected false for a network with probabilities as outputs, "
                                          "got true"))
            layout |= dict.fromkeys(("target_mean", "target_scale"), (np.float64, architecture.sizes[-1:]))
        arrays = read_arrays(layout)
        standardizer = Standardizer(arrays["mean"], arrays["scale"]) if header["standardized"] else None
        of_targets = Standardizer(arrays["target_mean"], arrays["target_scale"]) if header["target_standardized"] else None
        return Parts(architecture, engine, names, labels, standardizer, of_targets, Snapshot(
            finite_array(arrays["parameters"], "parameters"), seed, epoch, np.array(counts, np.int64), optimizer,
            arrays["state"].astype(dtype, copy=False)), encoder, _last_fit_of(header.get("last_fit")))


def _architecture_of(header: Mapping[str, Any]) -> Architecture:
    names = header["activations"]
    return Architecture(header["sizes"], hidden=names[:-1], output=names[-1] if names else "", loss=header["loss"],
                        dropout=header["dropout"], dtype=choice(header["dtype"], "dtype", ("float32", "float64")))


def _optimizer_entry(optimizer: Optimizer) -> dict[str, Any]:
    name = choice(type(optimizer).__name__.lower(), "optimizer", RECIPES)
    return {"name": name, **dataclasses.asdict(optimizer)}


def _optimizer_of(entry: Mapping[str, Any]) -> Optimizer:
    keywords = dict(entry)
    return RECIPES[choice(keywords.pop("name", None), "optimizer", RECIPES)](**keywords)


def _last_fit_entry(last: LastFit | None) -> dict[str, Any] | None:
    return None if last is None else {**last._asdict(), "optimizer": _optimizer_entry(last.optimizer)}


def _last_fit_of(entry: Mapping[str, Any] | None) -> LastFit | None:
    if entry is None:
        return None
    if set(entry) != set(LastFit._fields):
        raise ValueError(Sentence("last_fit: expected {fields}, got {found}", fields=", ".join(LastFit._fields),
                                  found=", ".join(entry)))
    batch_size, clip_norm = entry["batch_size"], entry["clip_norm"]
    return LastFit(
        _check_count(entry["epochs"], "epochs"), None if batch_size is None else positive_int(batch_size, "batch_size"),
        real_number(entry["learning_rate"], "learning_rate", 0), _optimizer_of(entry["optimizer"]),
        real_number(entry["l1"], "l1", 0), real_number(entry["l2"], "l2", 0),
        None if clip_norm is None else real_number(clip_norm, "clip_norm", 0, low_included=False),
        boolean(entry["weighted"], "weighted"), boolean(entry["diverged"], "diverged"))


def _check_count(value: Any, name: str) -> int:
    if positive_int(value, name, 0) > _MOST_COUNTED:
        raise ValueError(Sentence("{name}: expected at most {most}, got {value}", name=name,
                                  most=_MOST_COUNTED, value=value))
    return int(value)
