"""Train the command's network on a table of 100 000 rows and 20 columns of mixed kinds, and say what it took.

    python -m benchmarks.table

The table has numbers, True and False, text and missing cells.  The command runs in a process of its own with its defaults,
which are 100 epochs.  The memory is the peak of that process, everything included.
"""
from __future__ import annotations

import csv
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROWS = 100_000
COLOURS = ("red", "green", "blue", "black", "white", "grey")


def write_table(path: Path) -> None:
    """10 columns of numbers, 4 of True and False, 6 of text; every third column misses a cell in 20; the target is text."""
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(ROWS, 10)) * 10.0 ** rng.integers(-3, 6, size=10)
    flags, texts = rng.random((ROWS, 4)) < 0.3, rng.integers(len(COLOURS), size=(ROWS, 6))
    score = numbers[:, 0] / numbers[:, 0].std() + flags[:, 0] + (texts[:, 0] == 2) + rng.normal(0, 0.3, ROWS)
    missing = rng.random((ROWS, 20)) < 0.05
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        names = [f"{kind} {k}" for kind, count in (("number", 10), ("flag", 4), ("text", 6)) for k in range(count)]
        writer.writerow([*names, "grade"])
        for row in range(ROWS):
            cells = [*(f"{value:.6g}" for value in numbers[row]), *map(str, flags[row]), *(COLOURS[k] for k in texts[row])]
            for k in range(0, 20, 3):
                cells[k] = "" if missing[row, k] else cells[k]
            writer.writerow([*cells, "high" if score[row] > 1 else "middle" if score[row] > 0 else "low"])


def main() -> None:
    """Print the seconds and the megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        write_table(table)
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "pynn", "train", str(table), "--out", str(Path(folder) / "model.npz"),
                               "--seed", "0"], check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{ROWS} rows, 20 columns: {seconds:.1f} s, {megabytes:.0f} MB; {done.stdout.strip()}")


if __name__ == "__main__":
    main()
