"""Random networks and inputs, on which every exported form of a network is compared with the network itself."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import pynn
from pynn.export import numpy_module

MANY = 60                           # networks of a campaign
FEW = (0, 7, 14, 21, 28, 35)        # those of the default run
OUTPUTS = ("sigmoid", "softmax", "linear")

WRITTEN = ["linear", *numpy_module._FORMULAS]        # the activations of hidden layers that every format has


def random_network(k: int, dtype: str = "float64") -> pynn.Network:
    """Network k of 60: 1 to 5 layers of 1 to 70 units, each activation and output in turn, every second with a standardizer."""
    rng = np.random.default_rng(k)
    L, output = 1 + k % 5, OUTPUTS[k % 3]
    sizes = rng.integers(1, 71, size=L + 1)
    if k % 10 == 4:
        sizes[:] = 1
    if output == "softmax":
        sizes[-1] = max(sizes[-1], 2)
    hidden = [WRITTEN[(k + l) % len(WRITTEN)] for l in range(L - 1)]
    net = pynn.Network([int(n) for n in sizes], hidden=hidden, output=output, dtype=dtype, rng=k)
    for layer in net:
        layer.b = rng.normal(scale=0.5, size=layer.b.shape)
    if k % 2:
        scale = np.exp(rng.normal(scale=3, size=sizes[0]))
        net.standardizer = pynn.Standardizer(rng.normal(size=sizes[0]) * scale * 100, scale)
    return net


def groups(net: pynn.Network) -> dict[str, np.ndarray]:
    """Inputs (m, n[0]) in the network's dtype, in groups of one size: an error is relative to the group's largest output."""
    n = net.sizes[0]
    rng = np.random.default_rng(n)
    sign = np.sign(rng.normal(size=(8, n)))
    usual = rng.normal(size=(8, n))
    if net.standardizer is not None:
        usual = usual * net.standardizer.scale + net.standardizer.mean
    inputs = {"zero": np.zeros((1, n)), "tiny": 1e-8 * sign, "usual": usual, "large": 1e3 * sign, "saturated": 1e5 * sign}
    return {name: X.astype(net.dtype) for name, X in inputs.items()}


def all_rows(net: pynn.Network) -> np.ndarray:
    """The groups one below the other, then a row with a NaN and a usual one."""
    inputs = groups(net)
    broken = inputs["usual"][:2].copy()
    broken[0, len(broken[0]) // 2] = np.nan
    return np.concatenate([*inputs.values(), broken])


def agree(net: pynn.Network, outputs: object, tolerance: float) -> None:
    """The outputs for all_rows are the network's, relative to the largest of each group, and NaN where a NaN went in."""
    got = np.asarray(outputs, np.float64).reshape(-1, net.sizes[-1])
    start = 0
    for name, X in groups(net).items():
        expected = net(X).astype(np.float64)
        error = np.abs(got[start:start + len(X)] - expected).max()
        allowed = tolerance * np.abs(expected).max()
        if net.activations[-1] != "linear":     # what an error of Z[L] of this size becomes: g′ is at most 1/4 of it
            allowed += tolerance * np.abs(net.forward(X).Z[-1]).max() * largest_slope(expected)
        assert error <= allowed, f"{name}: {error:g} of {np.abs(expected).max():g} in {net!r}"
        start += len(X)
    assert len(got) == start + 2
    assert np.isnan(got[start]).all()
    assert np.abs(got[start + 1] - got[10]).max() <= tolerance * np.abs(got[9:17]).max()        # the second usual row again


def largest_slope(P: np.ndarray) -> float:
    return float((P * (1 - P)).max())


TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
CAMPAIGNS = pytest.mark.parametrize(("dtype", "which"), [
    pytest.param("float64", FEW, id="float64"), pytest.param("float32", FEW, id="float32"),
    pytest.param("float64", range(MANY), id="float64-campaign", marks=pytest.mark.slow),
    pytest.param("float32", range(MANY), id="float32-campaign", marks=pytest.mark.slow)])


def compare_all(run: Callable[[pynn.Network], object], dtype: str, which: range | tuple[int, ...],
                tolerance: dict[str, float] = TOLERANCE) -> None:
    """`run` exports a network and returns the outputs for all_rows of what was exported."""
    for k in which:
        net = random_network(k, dtype)
        agree(net, run(net), tolerance[dtype])
