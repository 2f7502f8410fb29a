"""The engine of pynn: forward propagation, backpropagation and gradient descent in typed Cython.

It knows buffers and shapes, never models, files or pictures.  Read it in the order forward.pyx, loss.pyx, backward.pyx,
descent.pyx, threads.pyx, loop.pyx, engine.pyx; every call carries the article's formula that it computes.

The engine is compiled once for every instruction set, as cnn_core.baseline, cnn_core.avx2, cnn_core.avx512.  Importing
this package imports the best one that both the CPU and the build have, or the one that the environment variable
PYNN_INSTRUCTION_SET names; `instruction_set` is its name.
"""
import importlib as _importlib
import importlib.util as _util
import os as _os
from collections.abc import Iterator
from contextlib import contextmanager as _contextmanager

__all__ = ["ACTIVATIONS", "LOSSES", "OPENMP", "OPTIMIZERS", "Engine", "instruction_set", "instruction_sets"]


def _usable() -> list[str]:
    try:
        from .cpu import INSTRUCTION_SETS
    except ModuleNotFoundError as error:
        if error.name != "cnn_core.cpu":
            raise
        raise ImportError(
            "the compiled engine of pynn is missing beside these sources: you are in the source tree, whose cnn_core/ "
            "hides the installed one. Build it here with 'pip install -e .', or leave this folder to use an installed "
            "pynn."
        ) from error
    return [name for name in INSTRUCTION_SETS if _util.find_spec(f"cnn_core.{name}") is not None]


def _chosen(usable: list[str]) -> str:
    wanted = _os.environ.get("PYNN_INSTRUCTION_SET")
    if not wanted:
        return usable[-1]
    if wanted not in usable:
        raise ImportError(f"PYNN_INSTRUCTION_SET: this CPU and build of pynn have {', '.join(usable)}; got {wanted!r}")
    return wanted


@_contextmanager
def _short_spins() -> Iterator[None]:
    """While the engine is loaded, tell GNU's OpenMP to let waiting threads sleep after 0.1 ms, unless the user has set it.

    By default they spin for 15 ms; on a busy machine they so occupy the core that the thread they wait for needs, and a step
    was 20 to 50 times slower.  OpenMP reads the variable once, when it is loaded.
    """
    set_by_user = {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & _os.environ.keys()
    if not set_by_user:
        _os.environ["GOMP_SPINCOUNT"] = "2000"
    try:
        yield
    finally:
        if not set_by_user:
            del _os.environ["GOMP_SPINCOUNT"]


instruction_sets = _usable()
instruction_set = _chosen(instruction_sets)

with _short_spins():
    _engine = _importlib.import_module(f"cnn_core.{instruction_set}.engine")
ACTIVATIONS, LOSSES, OPTIMIZERS = _engine.ACTIVATIONS, _engine.LOSSES, _engine.OPTIMIZERS
OPENMP, Engine = _engine.OPENMP, _engine.Engine
