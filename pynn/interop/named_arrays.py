"""The layers among arrays that have names, as in a state_dict: fc1.weight, fc1.bias, fc2.weight, …"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pynn.interop.draft import Draft

_STANDARDIZERS = ("standardize", "restore_targets")     # the names that to_torch and to_safetensors give


@dataclass(frozen=True)
class NamedLayers:
    """Dense layers (label, W, b) in their order, and the standardizers' arrays by name."""

    dense: list[tuple[str, Any, Any]]
    others: dict[str, Any]

    def draft(self, activations: Sequence[str]) -> Draft:
        """The draft of these layers with the activations g[1] … g[L]."""
        draft = Draft()
        if "standardize.scale" in self.others:
            draft.add_standardizer(self._mean("standardize"), self.others["standardize.scale"], "standardize")
        for (label, W, b), name in zip(self.dense, activations, strict=True):
            draft.add_dense(W, b, label)
            draft.add_activation(name, label)
        if "restore_targets.scale" in self.others:
            draft.add_target_standardizer(self._mean("restore_targets"), self.others["restore_targets.scale"],
                                          "restore_targets")
        return draft

    def _mean(self, name: str) -> Any:
        mean = np.asarray(self.others.get(f"{name}.mean", ()), np.float64)
        return mean + self.others.get(f"{name}.rest", 0.0)


def layers_of(arrays: Mapping[str, Any], argument: str, order: Sequence[str] | None = None) -> NamedLayers:
    """The layers in the order of the mapping, or in that of the prefixes `order`; another array is refused by its name."""
    known = {f"{name}.{part}" for name in _STANDARDIZERS for part in ("mean", "rest", "scale")}
    others = {name: array for name, array in arrays.items() if name in known}
    prefixes: dict[str, dict[str, Any]] = {}
    for name, array in arrays.items():
        if name in others:
            continue
        prefix, _, part = str(name).rpartition(".")
        if part not in ("weight", "bias") or np.ndim(array) != (2 if part == "weight" else 1):
            raise ValueError(f"{argument}: {name} of shape {np.shape(array)} is not supported; expected only weights "
                             "(n[l], n[l−1]) and biases (n[l],) of dense layers, with names such as fc1.weight and fc1.bias")
        prefixes.setdefault(prefix, {})[part] = array
    for prefix, parts in prefixes.items():
        if "weight" not in parts:
            raise ValueError(f"{argument}: {prefix}.bias has no {prefix}.weight")
    if not prefixes:
        raise ValueError(f"{argument}: expected the weights of at least one layer, got none")
    if order is not None and sorted(order) != sorted(prefixes):
        raise ValueError(f"layers: expected {', '.join(prefixes)} in the order of the layers, got {', '.join(map(str, order))}")
    return NamedLayers([(prefix or "the layer", prefixes[prefix]["weight"], prefixes[prefix].get("bias"))
                        for prefix in order or prefixes], others)
