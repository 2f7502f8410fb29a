"""Run the workloads but W9 against every peer that is installed: `python -m benchmarks`, from the repository's root.

`python -m benchmarks.network_map` draws W9.  Contestants of one workload run directly after one another, each in a process of
its own, and all of them again in every round; a number is the median of the runs of all rounds.
"""
from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import platform
import subprocess
import sys
import sysconfig
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import workloads
from benchmarks.peers import CONTESTANTS, PEERS, version
from benchmarks.processes import AVX2, answer_of, environment
from benchmarks.workloads import CASES, Case

Row = dict[str, Any]

PYNN_PROCESS = f"""
import pynn
X, y = pynn.datasets.circles({workloads.W1.examples}, factor=0.3, noise=0.1, rng=0)
net = pynn.Network({workloads.W1.sizes}, dtype={workloads.W1.dtype!r}, rng=0)
net.fit(X, y, epochs={workloads.W7_EPOCHS}, batch_size={workloads.W1.batch}, learning_rate={workloads.LEARNING_RATE})
net.evaluate(X, y)
"""


@dataclass(frozen=True)
class Effort:
    """How often everything is measured."""

    rounds: int
    runs: int               # in each process, so in each round
    at_least: float         # seconds a run
    processes: int          # of W7


FULL = Effort(rounds=1, runs=7, at_least=0.1, processes=7)
QUICK = Effort(rounds=1, runs=2, at_least=0.05, processes=2)
UNSTEADY = 1.5              # slowest run over fastest


# ----------------------------------------------------------------------------------------------------------- the machine


def machine() -> dict[str, str]:
    """What the numbers depend on."""
    import cnn_core
    described = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes"),
        "CPU": _cpu(),
        "cores": str(os.cpu_count()),
        "instruction set of pynn": cnn_core.instruction_set,
        "Python": platform.python_version(),
        "compiler": f"{sysconfig.get_config_var('CC') or 'unknown'}; Python was built by {platform.python_compiler()}",
    }
    return described | {name: version(name) or "not installed: left out" for name in CONTESTANTS}


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


# ------------------------------------------------------------------------------------------------------------- measuring


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def rounds(effort: Effort, requests: dict[Any, Callable[[], list[float]]]) -> dict[Any, list[float]]:
    """Make every request once in each round and return all its numbers; a request that fails is reported and left out."""
    numbers: dict[Any, list[float]] = defaultdict(list)
    failed = set()
    for number in range(effort.rounds):
        for name, request in requests.items():
            if name in failed:
                continue
            say(f"  round {number + 1}/{effort.rounds}: {name}")
            try:
                numbers[name] += request()
            except RuntimeError as error:
                say(f"  left out, as it failed: {error}")
                failed.add(name)
    return {name: runs for name, runs in numbers.items() if name not in failed}


def contest(name: str, case: Case, effort: Effort) -> list[float]:
    """Seconds of a step or call of one contestant in every run of one process."""
    request = {"measure": "contest", "name": name, "case": asdict(case), "runs": effort.runs, "at_least": effort.at_least,
               "threads": case.threads}
    seconds: list[float] = answer_of("benchmarks.measure", request, case.threads)
    return seconds


def verdict(met: Iterable[bool | None]) -> str:
    """ok or short; – if there is no target, or if a number for it is missing."""
    answers = list(met)
    if False in answers:
        return "short"
    return "ok" if answers and None not in answers else "–"


def against_peers(case: Case, names: Sequence[str], effort: Effort) -> Row:
    """W1-W5 and W10: pynn beside its peers."""
    say(f"{case.workload}: {case.what}, {case.dtype}, {case.threads} thread(s)")
    runs = rounds(effort, {name: partial(contest, name, case, effort) for name in names})
    medians = {name: median(seconds) for name, seconds in runs.items()}
    ratios = {name: medians[name] / medians["pynn"] for name in medians if name != "pynn" and "pynn" in medians}
    if ratios:
        ratios["best"] = min(ratios.values())
    most = answer_of("benchmarks.measure", {"measure": "peak", "dtype": case.dtype, "threads": 1}, 1) * (case.threads or 1)
    share = case.multiply_adds / medians["pynn"] / most if "pynn" in medians and most else None
    reached = ratios if share is None else {**ratios, "share": share}
    met = [reached[name] >= least if name in reached else None for name, least in case.targets.items()]
    return {"workload": case.workload, "what": case.what, "dtype": case.dtype, "threads": case.threads, "unit": case.unit,
            "share": share,
            "seconds": medians, "runs": runs, "ratios": ratios, "targets": case.targets, "verdict": verdict(met)}


def many_examples(effort: Effort) -> list[Row]:
    """W6, time: microseconds per example and epoch, for every number of examples."""
    say("W6: time of an example")

    def request(m: int, batch: int | None) -> list[float]:
        seconds: list[float] = answer_of("benchmarks.measure", {
            "measure": "example", "m": m, "batch": batch, "runs": min(2, effort.runs), "at_least": effort.at_least,
            "threads": 1}, threads=1)
        return seconds

    runs = rounds(effort, {(m, batch): partial(request, m, batch)
                           for batch in workloads.W6_BATCHES for m in workloads.W6_EXAMPLES})
    rows = []
    for batch in workloads.W6_BATCHES:
        seconds = {m: median(runs[m, batch]) for m in workloads.W6_EXAMPLES if (m, batch) in runs}
        spread = max(seconds.values()) / min(seconds.values()) if len(seconds) == len(workloads.W6_EXAMPLES) else math.inf
        rows.append({"workload": "W6", "batch": batch, "seconds": seconds,
                     "runs": {f"{m} examples, batch {batch_name(batch)}": runs[m, batch] for m in seconds}, "spread": spread,
                     "verdict": verdict([spread <= workloads.W6_SPREAD])})
    return rows


def memory(effort: Effort) -> list[Row]:
    """W6, memory: MiB that a fit of the largest data set takes beyond the data; the maximum over all rounds."""
    say("W6: memory")
    m = workloads.W6_EXAMPLES[-1]

    def request(kind: str, dtype: str, batch: int | None, shuffle: bool) -> list[float]:
        return [answer_of("benchmarks.measure", {"measure": "memory", "m": m, "kind": kind, "dtype": dtype, "batch": batch,
                                                 "shuffle": shuffle, "threads": None}, threads=None)]

    runs = rounds(effort, {case: partial(request, *case) for case in workloads.W6_MEMORY})
    rows = []
    for (kind, dtype, batch, shuffle), grown in runs.items():
        limit = workloads.W6_MEBIBYTES + shuffle * workloads.W6_BYTES_AN_EXAMPLE * m / 2**20
        rows.append({"workload": "W6", "X": kind, "dtype": dtype, "batch": batch, "shuffle": shuffle, "examples": m,
                     "MiB": max(grown), "limit": limit, "verdict": verdict([max(grown) <= limit])})
    return rows


def whole_processes(peers: Sequence[str], effort: Effort) -> Row:
    """W7: wall time of whole processes, which alternate; the number of their threads is the default."""
    say("W7: whole processes")

    def elapsed(arguments: list[str]) -> list[float]:
        began = time.perf_counter()
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment(None),
                              check=False)
        seconds = time.perf_counter() - began
        if done.returncode:
            raise RuntimeError(done.stderr.strip()[-2000:])
        return [seconds]

    def peer(name: str) -> list[str]:
        return ["-m", "benchmarks.measure", json.dumps({
            "measure": "whole_task", "name": name, "case": asdict(replace(workloads.W1, threads=None)),
            "epochs": workloads.W7_EPOCHS, "threads": None})]

    commands = {"import numpy": ["-c", "import numpy"], "pynn": ["-c", PYNN_PROCESS], **{name: peer(name) for name in peers}}
    requests: dict[Any, Callable[[], list[float]]] = {name: partial(elapsed, command) for name, command in commands.items()}
    rounds(replace(effort, rounds=1), requests)         # the warm-up loads files into the cache
    runs = rounds(replace(effort, rounds=effort.processes), requests)
    medians = {name: median(seconds) for name, seconds in runs.items()}
    ratio = medians["pynn"] / medians["import numpy"]
    return {"workload": "W7", "what": f"import, train {workloads.W1.what} for {workloads.W7_EPOCHS} epochs, evaluate",
            "seconds": medians, "runs": runs, "ratio": ratio, "verdict": verdict([ratio <= workloads.W7_RATIO])}


def threads(effort: Effort) -> list[Row]:
    """W8: pynn with one thread, two, and as many as it chooses; and whether the results are equal to the bit."""
    rows = []
    for case in (*workloads.W8_SPEEDUP_CASES, *workloads.W8_DEFAULT_CASES):
        say(f"W8: {case.what}")
        cases = [replace(case, threads=number) for number in (1, 2, None)]
        runs = rounds(effort, {each.threads: partial(contest, "pynn", each, effort) for each in cases})
        medians = {number: median(seconds) for number, seconds in runs.items()}
        digests = {answer_of("benchmarks.measure", {"measure": "digest", "case": asdict(each), "threads": each.threads},
                             each.threads) for each in cases}
        speedup, default = medians[1] / medians[2], min(medians[1], medians[2]) / medians[None]
        wanted = case in workloads.W8_SPEEDUP_CASES
        met = [default >= workloads.W8_DEFAULT, len(digests) == 1, *([speedup >= workloads.W8_SPEEDUP] if wanted else [])]
        rows.append({"workload": "W8", "what": case.what, "unit": case.unit, "runs": {str(n): s for n, s in runs.items()},
                     "seconds": {str(number): seconds for number, seconds in medians.items()}, "speedup": speedup,
                     "speedup_wanted": wanted, "default": default, "equal": len(digests) == 1, "verdict": verdict(met)})
    return rows


def small_fits(effort: Effort) -> list[Row]:
    """W11: microseconds that a fit costs beside its epochs."""
    say("W11: small fits")
    rows = []
    for kind, most in workloads.W11_MICROSECONDS.items():
        runs = [1e6 * answer_of("benchmarks.measure", {"measure": "small_fits", "kind": kind, "threads": 1}, 1)[0]
                for _ in range(effort.runs)]
        rows.append({"workload": "W11", "kind": kind, "microseconds": median(runs), "target": most,
                     "verdict": verdict([median(runs) <= most])})
    return rows


# -------------------------------------------------------------------------------------------------------------- printing


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns of text, the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = ["  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))])
             for row in (header, *rows)]
    return "\n".join(["", title, *(line.rstrip() for line in lines)])


def short(number: float) -> str:
    """Three significant digits, without an exponent."""
    return f"{number:.{max(0, 2 - math.floor(math.log10(number)))}f}" if 0 < number < math.inf else f"{number:.0f}"


def time_of(seconds: float | None) -> str:
    """The time in a suitable unit."""
    if seconds is None:
        return "–"
    unit, factor = next((u, f) for u, f in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)) if seconds * f >= 1 or u == "µs")
    return f"{short(seconds * factor)} {unit}"


def batch_name(batch: int | None) -> str:
    return "all" if batch is None else str(batch)


def unsteady(rows: Iterable[Row]) -> str:
    """The numbers whose runs differ too much to be trusted; a busy machine disturbs threads that wait for each other most."""
    found = [f"{row['workload']} {row.get('what', 'example')}, {name}: {short(max(runs) / min(runs))}"
             for row in rows for name, runs in row.get("runs", {}).items() if max(runs) > UNSTEADY * min(runs)]
    return "\n".join(["", "Unsteady, slowest run / fastest: measure again on an idle machine", *found]) if found else ""


def peers_table(rows: Sequence[Row], names: Sequence[str]) -> str:
    def cells(row: Row) -> list[str]:
        wanted = list(dict.fromkeys(["best", *row["targets"]]))
        return [f"{row['workload']} {row['what']}", row["dtype"], str(row["threads"]), row["unit"],
                *(time_of(row["seconds"].get(name)) for name in names), f"{row['share']:.0%}" if row["share"] else "–",
                ", ".join(f"{name} {short(row['ratios'][name])}" for name in wanted if name in row["ratios"]) or "–",
                ", ".join(f"{name} ≥ {least:g}" for name, least in row["targets"].items()) or "–", row["verdict"]]

    return table("Time of a step of training, or of a call that predicts; ratio: peer's time / pynn's; "
                 "share: of the peak of its cores, that pynn reaches",
                 ["work", "dtype", "threads", "of a", *names, "share", "ratio", "target", ""], [cells(row) for row in rows])


def examples_table(rows: Sequence[Row]) -> str:
    return table("W6 pynn's time of an example and epoch in whole fits, float32, one thread, unshuffled",
                 ["batch", *(f"{m} examples" for m in workloads.W6_EXAMPLES), "slowest / fastest", "target", ""],
                 [[batch_name(row["batch"]), *(f"{row['seconds'][m] * 1e6:.4f} µs" if m in row["seconds"] else "–"
                                               for m in workloads.W6_EXAMPLES), f"{row['spread']:.2f}",
                   f"≤ {workloads.W6_SPREAD:g}", row["verdict"]] for row in rows])


def memory_table(rows: Sequence[Row]) -> str:
    return table(f"W6 pynn's peak memory beyond the data, {workloads.W6_EXAMPLES[-1]} examples, a float32 network",
                 ["X", "dtype of X", "batch", "shuffled", "memory", "target", ""],
                 [[row["X"], row["dtype"], batch_name(row["batch"]), "yes" if row["shuffle"] else "no",
                   f"{row['MiB']:.1f} MiB", f"≤ {row['limit']:.1f} MiB", row["verdict"]] for row in rows])


def processes_table(row: Row) -> str:
    return table(f"W7 whole process: {row['what']}; ratio: pynn / import numpy",
                 [*row["seconds"], "ratio", "target", ""],
                 [[*map(time_of, row["seconds"].values()), f"{row['ratio']:.2f}", f"≤ {workloads.W7_RATIO:g}", row["verdict"]]])


def threads_table(rows: Sequence[Row]) -> str:
    def cells(row: Row) -> list[str]:
        targets = f"default ≥ {workloads.W8_DEFAULT:g}"
        if row["speedup_wanted"]:
            targets = f"two ≥ {workloads.W8_SPEEDUP:g}, {targets}"
        return [row["what"], row["unit"], *(time_of(row["seconds"][number]) for number in ("1", "2", "None")),
                f"{row['speedup']:.2f}", f"{row['default']:.2f}", "equal" if row["equal"] else "differ", targets,
                row["verdict"]]

    return table("W8 threads of pynn, float32; two: speed of two threads over one; default: its speed over the better's",
                 ["work", "of a", "1 thread", "2 threads", "default", "two", "default", "bits", "target", ""],
                 [cells(row) for row in rows])


def fits_table(rows: Sequence[Row]) -> str:
    return table(f"W11 what a fit of {workloads.W1.what} costs beside its epochs", ["through", "time", "target", ""],
                 [[row["kind"], f"{row['microseconds']:.0f} µs", f"≤ {row['target']} µs", row["verdict"]] for row in rows])


# ------------------------------------------------------------------------------------------------------------ the command


def chosen_cases(only: set[str], dtype: str | None) -> list[Case]:
    """The cases of W1-W5 of these dtypes; without a dtype, the cases that have a target."""
    return [case for case in CASES if case.workload in only
            and (bool(case.targets) if dtype is None else dtype in ("both", case.dtype))]


def workload_names(text: str) -> set[str]:
    names, known = set(text.split(",")), [f"W{number}" for number in (*range(1, 9), 10, 11)]
    if not names <= set(known):
        raise argparse.ArgumentTypeError(f"expected some of {','.join(known)}, got {text!r}")
    return names


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="W1,W4", type=workload_names, default="W1,W2,W3,W4,W5,W6,W7,W8,W10,W11",
                        help="the workloads to run; all if not given")
    parser.add_argument("--avx2", action="store_true", help="hold pynn and its peers to AVX2")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs: to try the harness, not to compare")
    parser.add_argument("--dtype", choices=("float32", "float64", "both"),
                        help="of W1-W5, which have float64 but for W5; if not given, those with a target")
    parser.add_argument("--json", metavar="PATH", type=Path, help="also write every number there")
    options = parser.parse_args()
    if options.avx2:
        os.environ.update(AVX2)
    effort = QUICK if options.quick else FULL
    peers = [name for name in PEERS if version(name) is not None]
    contestants = ["pynn", *peers]
    described, rows = machine(), []
    print("\n".join(f"{name}: {value}" for name, value in described.items()), flush=True)
    cases = chosen_cases(options.only, options.dtype)
    if cases:
        found = [against_peers(case, contestants, effort) for case in cases]
        print(peers_table(found, contestants), flush=True)
        rows += found
    if "W6" in options.only:
        times, memories = many_examples(effort), memory(effort)
        print(examples_table(times), memory_table(memories), sep="\n", flush=True)
        rows += times + memories
    if "W7" in options.only:
        whole = whole_processes(peers, effort)
        print(processes_table(whole), flush=True)
        rows.append(whole)
    if "W8" in options.only:
        found = threads(effort)
        print(threads_table(found), flush=True)
        rows += found
    if "W11" in options.only:
        found = small_fits(effort)
        print(fits_table(found), flush=True)
        rows += found
    if warning := unsteady(rows):
        print(warning)
    if options.json:
        text = json.dumps({"machine": described, "effort": asdict(effort), "rows": rows}, indent=1, ensure_ascii=False)
        options.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
