"""pynn alone, to compare its builds: `python -m benchmarks.steps` prints the microseconds of a step of W1 to W4."""
from __future__ import annotations

from dataclasses import replace
from statistics import median

import cnn_core
from benchmarks.measure import contest
from benchmarks.workloads import W1, W2, W3, W4

if __name__ == "__main__":
    print(cnn_core.instruction_set)
    for case in (W1, W2, W3, W4):
        for dtype in ("float32", "float64"):
            times = [1e6 * median(contest("pynn", vars(replace(case, dtype=dtype, threads=threads)), 7, 0.05))
                     for threads in (1, 2)]
            print(f"{case.workload} {dtype}: {times[0]:.2f} us on 1 thread, {times[1]:.2f} us on 2")
