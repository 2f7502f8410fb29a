"""W9, the map: pynn beside its fastest peer over sizes of networks and batches: `python -m benchmarks.network_map PICTURE`."""
from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Literal

import numpy as np

from benchmarks.__main__ import FULL, QUICK, Effort, contest, say, short
from benchmarks.peers import PEERS, version
from benchmarks.processes import AVX2
from benchmarks.workloads import W9_BATCHES, W9_SIZES, Array, Case

Task = Literal["train", "predict"]
TASKS: tuple[Task, Task] = ("train", "predict")


def ratios(task: Task, threads: int, names: Sequence[str], effort: Effort) -> Array:
    """The fastest peer's time divided by pynn's: a row for every network, a column for every batch."""
    found = np.full((len(W9_SIZES), len(W9_BATCHES)), np.nan)
    for i, sizes in enumerate(W9_SIZES):
        for j, batch in enumerate(W9_BATCHES):
            case = Case("W9", sizes, batch if task == "predict" else 4 * batch, batch, task, threads=threads)
            seconds = {name: median(contest(name, case, effort)) for name in ("pynn", *names)}
            pynn = seconds.pop("pynn")
            best = min(seconds, key=seconds.__getitem__)
            found[i, j] = seconds[best] / pynn
            say(f"{task}, {threads} thread(s), {case.what}: {short(found[i, j])} times {best}")
    return found


def draw(maps: dict[str, Array], path: Path) -> None:
    """A heat map for every task and number of threads; blue: pynn is faster."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt
    figure, all_axes = plt.subplots(1, len(maps), figsize=(4.5 * len(maps), 4), layout="constrained", squeeze=False)
    for axes, (title, found) in zip(all_axes[0], maps.items(), strict=True):
        axes.imshow(np.log2(found), cmap="RdBu", vmin=-3, vmax=3, aspect="auto")
        axes.set_xticks(range(len(W9_BATCHES)), list(map(str, W9_BATCHES)))
        axes.set_yticks(range(len(W9_SIZES)), ["-".join(map(str, sizes)) for sizes in W9_SIZES])
        axes.set(title=title, xlabel="batch")
        for (i, j), ratio in np.ndenumerate(found):
            axes.text(j, i, short(ratio), ha="center", va="center")
    figure.suptitle("time of the fastest peer / time of pynn")
    figure.savefig(path)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.network_map", description=__doc__.splitlines()[0])
    parser.add_argument("picture", type=Path)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--avx2", action="store_true", help="hold pynn and its peers to AVX2")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    options = parser.parse_args()
    if options.avx2:
        os.environ.update(AVX2)
    names = [name for name in PEERS if version(name) is not None and name not in ("Keras", "scikit-learn")]
    effort = QUICK if options.quick else FULL
    draw({f"{task}, {threads} thread{'s' if threads > 1 else ''}": ratios(task, threads, names, effort)
          for task in TASKS for threads in options.threads}, options.picture)


if __name__ == "__main__":
    main()
