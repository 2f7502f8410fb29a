"""A process of its own for every measurement: its threads, its processors, and its answer as one line of JSON."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

# What holds pynn and its peers to AVX2.
AVX2 = {"PYNN_INSTRUCTION_SET": "avx2", "XLA_FLAGS": "--xla_cpu_max_isa=AVX2", "ATEN_CPU_CAPABILITY": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell"}


def environment(threads: int | None) -> dict[str, str]:
    """The variables that limit every library to this number of threads; None: no limit."""
    variables = {**os.environ, "KERAS_BACKEND": "torch"}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        variables.pop(name, None)
        if threads is not None:
            variables[name] = str(threads)
    if threads == 1:
        variables["XLA_FLAGS"] = " ".join(["--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
                                           *variables.get("XLA_FLAGS", "").split()])
    return variables


def keep_to_processors(threads: int | None) -> None:
    """Restrict this process to as many processors as it has threads, if the system can: JAX counts processors."""
    if threads is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


def answer_of(module: str, request: dict[str, Any], threads: int | None, **variables: str) -> Any:
    """Run `python -m module REQUEST`; the last line that it prints, from JSON.  RuntimeError if it fails."""
    done = subprocess.run([sys.executable, "-m", module, json.dumps(request)], capture_output=True, text=True,
                          env={**environment(threads), **variables}, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} {request}: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
