"""The two modules that PyTorch does not have: the standardizers of inputs and targets."""
from __future__ import annotations

from typing import Any

import numpy as np

try:
    import torch
except ImportError as error:
    raise ImportError('pynn.export.to_torch needs PyTorch: pip install "pynn-dense[torch]"') from error

__all__ = ["RestoreTargets", "Standardize", "torch"]


class Standardize(torch.nn.Module):
    """(x − mean − rest) / scale of every input; in float32 mean + rest has more digits than one number can hold."""

    mean: Any
    rest: Any
    scale: Any

    def __init__(self, mean: Any, scale: Any, dtype: Any) -> None:
        super().__init__()
        rounded = mean.astype(dtype)
        for name, array in (("mean", rounded), ("rest", (mean - rounded).astype(dtype)), ("scale", scale.astype(dtype))):
            self.register_buffer(name, torch.from_numpy(np.array(array)))

    def forward(self, x: Any) -> Any:
        return (x - self.mean - self.rest) / self.scale


class RestoreTargets(torch.nn.Module):
    """y scale + mean of every output: from standardised targets back to the user's units."""

    mean: Any
    scale: Any

    def __init__(self, mean: Any, scale: Any, dtype: Any) -> None:
        super().__init__()
        for name, array in (("mean", mean), ("scale", scale)):
            self.register_buffer(name, torch.from_numpy(array.astype(dtype)))

    def forward(self, y: Any) -> Any:
        return y * self.scale + self.mean
