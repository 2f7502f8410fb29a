"""Speed of pynn's tiles beside numpy.matmul on one thread, over shapes: `python -m benchmarks.tiles`.

Every instruction set runs in a process of its own.  NumPy's time includes the call, which dominates for the smallest shapes.
"""
from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from statistics import geometric_mean
from typing import Any

import numpy as np

from benchmarks.processes import answer_of, keep_to_processors
from benchmarks.workloads import Array

SIZES = (1, 4, 10, 25, 50, 128, 256, 1024)
GRID = tuple(itertools.product(SIZES, SIZES, SIZES))        # n units, k inputs, m examples
NAMED = ((50, 50, 64), (256, 784, 128), (1024, 1024, 1024))
RANGES_OF_M = {"m = 1": (1, 1), "m = 4–25": (4, 25), "m = 50–128": (50, 128), "m = 256–1024": (256, 1024)}
DTYPES = ("float32", "float64")
SECONDS = 0.002     # a repetition
BEST_OF = 3

# For every product: the shapes of left and right, from (n, k, m), and its form in numpy.
PRODUCTS: dict[str, tuple[Callable[..., tuple[Any, Any]], Callable[[Array, Array], tuple[Array, Array]]]] = {
    "W·A": (lambda n, k, m: ((n, k), (k, m)), lambda W, A: (W, A)),
    "Wᵀ·dZ": (lambda n, k, m: ((n, k), (n, m)), lambda W, dZ: (W.T, dZ)),
    "dZ·Aᵀ": (lambda n, k, m: ((n, m), (k, m)), lambda dZ, A: (dZ, A.T)),
}


def best_times(pynn: Callable[[int], float], numpy: Callable[[int], float]) -> tuple[float, float]:
    """The best seconds of a product of each; the two take turns."""
    contestants, times = (pynn, numpy), []
    for seconds_of in contestants:
        seconds_of(1)                                       # the warm-up
        times.append(max(1, int(SECONDS / max(seconds_of(4), 1e-8))))
    turns = [[seconds_of(count) for seconds_of, count in zip(contestants, times, strict=True)] for _ in range(BEST_OF)]
    best_of_pynn, best_of_numpy = map(min, zip(*turns, strict=True))
    return best_of_pynn, best_of_numpy


def compared(product: Callable[..., tuple[Array, float]], name: str, shape: tuple[int, int, int],
             dtype: str) -> tuple[float, float]:
    """Seconds of pynn's product and of numpy's."""
    shapes, of_numpy = PRODUCTS[name]
    rng = np.random.default_rng(0)
    left, right = (rng.normal(size=size).astype(dtype) for size in shapes(*shape))
    a, b = of_numpy(left, right)
    out = np.empty((a.shape[0], b.shape[1]), dtype)

    def numpy_seconds(count: int) -> float:
        began = time.perf_counter()
        for _ in range(count):
            np.matmul(a, b, out=out)
        return (time.perf_counter() - began) / count

    return best_times(lambda count: product(name, left, right, count)[1], numpy_seconds)


def measured(instruction_set: str) -> list[dict[str, Any]]:
    """All dtypes and products of an instruction set over all shapes, by tests/probe.pyx, which only a build in place has."""
    product = import_module(f"cnn_core.{instruction_set}.probe").product
    results = []
    for dtype, name in itertools.product(DTYPES, PRODUCTS):
        seconds = [(*shape, *compared(product, name, shape, dtype)) for shape in dict.fromkeys((*GRID, *NAMED))]
        results.append({"instruction_set": instruction_set, "dtype": dtype, "product": name, "seconds": seconds})
    return results


def mean_ratio(ratios: Iterable[float]) -> str:
    return f"{geometric_mean(ratios):.2f}"


def report(result: dict[str, Any]) -> str:
    """One dtype and product in a few lines."""
    times = {(n, k, m): (pynn, numpy) for n, k, m, pynn, numpy in result["seconds"]}
    ratios = {shape: times[shape][1] / times[shape][0] for shape in GRID}
    by_m = [f"{name}: {mean_ratio(ratio for (_, _, m), ratio in ratios.items() if low <= m <= high)}"
            for name, (low, high) in RANGES_OF_M.items()]
    worst = min(GRID, key=ratios.__getitem__)
    speeds = []
    for n, k, m in NAMED:
        pynn, numpy = (2 * n * k * m / seconds / 1e9 for seconds in times[n, k, m])
        speeds.append(f"{n}x{k}x{m}: {pynn:.1f} / {numpy:.1f}")
    return "\n".join([
        f"{result['instruction_set']} {result['dtype']} {result['product']}",
        f"  numpy's time / pynn's, geometric mean: {mean_ratio(ratios.values())}  ({', '.join(by_m)})",
        f"  worst, {'x'.join(map(str, worst))}: {ratios[worst]:.2f}",
        f"  GFLOP/s of pynn / numpy: {', '.join(speeds)}",
    ])


def main() -> None:
    import cnn_core
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tiles", description=__doc__.splitlines()[0])
    parser.add_argument("--json", metavar="PATH", type=Path, help="also write the seconds of every (n, k, m): pynn, numpy")
    options = parser.parse_args()
    print(f"n units x k inputs x m examples, one thread, numpy {np.__version__}", flush=True)
    results = []
    for name in cnn_core.instruction_sets:
        found = answer_of("benchmarks.tiles", {"instruction_set": name}, threads=1, PYNN_INSTRUCTION_SET=name)
        print(*map(report, found), sep="\n", flush=True)
        results += found
    if options.json:
        options.json.write_text(json.dumps(results, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1].startswith("{"):      # the process of one instruction set
        keep_to_processors(1)
        print(json.dumps(measured(json.loads(sys.argv[1])["instruction_set"])))
    else:
        main()
