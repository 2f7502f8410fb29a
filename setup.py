"""The extensions of cnn_core, built once for every instruction set, and their compiler flags; the rest is in pyproject.toml."""
import os
import pathlib
import platform
import shutil
import sys
import tempfile

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError, LinkError

# The modules of the engine, built for every instruction set.
MODULES = ["activations", "products", "forward", "dropout", "loss", "backward", "descent",
           "batches", "signals", "threads", "loop", "checks", "engine"]
THREADED = ["threads", "loop"]           # with loops that OpenMP shares out
WITH_NUMPY = ["checks", "engine", "probe"]
# For tests and benchmarks only, so in no wheel: built in place (pip install -e, build_ext --inplace), or if PYNN_PROBE is 1.
PROBE = pathlib.Path("tests", "probe.pyx")

DEBUG = os.environ.get("PYNN_DEBUG") == "1"     # bounds checks in Cython, address and undefined-behaviour checks in C

DIRECTIVES = {
    "language_level": 3,
    "boundscheck": DEBUG,
    "wraparound": False,
    "initializedcheck": DEBUG,
    "cdivision": True,      # IEEE division: 1/0 is infinite, as NumPy has it
}
# Loops of up to 7 rounds, as over the units of a tile, have to be unrolled before vectorisation, and longer ones to be
# vectorised; gcc and clang have a flag each.
# -fno-trapping-math: both sides of a choice may be computed; one may set a floating-point flag, which nobody reads.
FLAGS = {False: ["-O3", "-g0", "-fno-trapping-math", "-fno-math-errno",
                 "--param=max-completely-peel-times=7", "-mllvm -unroll-full-max-count=7"], True: ["-O1", "-g"]}
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer"]
OPENMP = {"msvc": "/openmp", "unix": "-fopenmp", "mingw32": "-fopenmp"}

# The engine is compiled once for each of these; cnn_core/__init__.py imports the last one that the CPU has.
INSTRUCTION_SETS = {"baseline": {"unix": [], "mingw32": [], "msvc": []}}
if platform.machine() in ("x86_64", "AMD64"):
    gcc = {
        "avx2": ["-mavx2", "-mfma"],
        "avx512": ["-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mfma", "-mprefer-vector-width=512"],
    }
    INSTRUCTION_SETS |= {
        name: {"unix": flags, "mingw32": flags, "msvc": [f"/arch:{name.upper()}"]} for name, flags in gcc.items()
    }


class BuildExtensions(build_ext):
    def initialize_options(self):
        super().initialize_options()
        self.parallel = os.cpu_count()

    def run(self):
        if not (self.inplace or os.environ.get("PYNN_PROBE") == "1"):
            self.extensions = [extension for extension in self.extensions if not extension.name.endswith(".probe")]
        super().run()

    def build_extensions(self):
        kind = self.compiler.compiler_type
        flags = [part for flag in FLAGS[DEBUG] if kind != "msvc" and self.builds(flag) for part in flag.split()]
        threads = [OPENMP[kind]] if os.environ.get("PYNN_OPENMP") != "0" and self.builds(OPENMP[kind], link=True) else []
        links = []
        if DEBUG and sys.platform == "linux":
            flags += SANITIZERS
            links += SANITIZERS
        options = {name: of_kind[kind] for name, of_kind in INSTRUCTION_SETS.items() if all(map(self.builds, of_kind[kind]))}
        self.extensions = [extension for extension in self.extensions if level_of(extension) in options]
        for extension in self.extensions:
            extension.extra_compile_args = flags + options[level_of(extension)]
            extension.extra_link_args = links
            if extension.name.split(".")[-1] in THREADED:
                extension.extra_compile_args += threads
                extension.extra_link_args = links + (threads if kind != "msvc" else [])
        super().build_extensions()

    def builds(self, flag, link=False):
        """Whether the compiler accepts the flag (link: and the linker); the engine builds without any of them."""
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "empty.c")
            source.write_text("int main(void) { return 0; }\n")
            strict = [] if self.compiler.compiler_type == "msvc" else ["-Werror"]
            try:
                objects = self.compiler.compile([str(source)], output_dir=folder, extra_postargs=[*strict, *flag.split()])
                if link:
                    self.compiler.link_executable(objects, str(pathlib.Path(folder, "empty")), extra_postargs=flag.split())
            except (CompileError, LinkError):
                return False
        return True

    def copy_extensions_to_source(self):
        for extension in self.extensions:
            pathlib.Path("cnn_core", level_of(extension)).mkdir(exist_ok=True)
        super().copy_extensions_to_source()

    def get_source_files(self):
        return []           # the copies below are not part of a source distribution; MANIFEST.in names the sources


def level_of(extension):
    """Its instruction set; cnn_core.cpu, which finds out what the CPU has, is built for all CPUs."""
    return extension.name.split(".")[1] if extension.name.count(".") == 2 else "baseline"


def copied(name):
    """A copy of cnn_core's sources as the package cnn_core.<name>, where its relative cimports find one another."""
    folder = pathlib.Path("build", "sources", "cnn_core", name)
    folder.mkdir(parents=True, exist_ok=True)
    for package in (folder, folder.parent):
        package.joinpath("__init__.pxd").touch()
    for source in [*pathlib.Path("cnn_core").glob("*.p[yx][xd]"), *[PROBE] * PROBE.exists()]:
        copy = folder / source.name
        if not copy.exists() or copy.read_bytes() != source.read_bytes():
            shutil.copyfile(source, copy)
    return folder


setup(
    ext_modules=cythonize(
        [
            Extension(
                f"cnn_core.{level}.{name}",
                [str(copied(level) / f"{name}.pyx")],
                include_dirs=[numpy.get_include()] if name in WITH_NUMPY else [],
                define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")],
            )
            for level in INSTRUCTION_SETS
            for name in [*MODULES, *[PROBE.stem] * PROBE.exists()]
        ]
        + [Extension("cnn_core.cpu", ["cnn_core/cpu.pyx"])],
        include_path=["build/sources"],
        compiler_directives=DIRECTIVES,
        build_dir="build/cython",
        force=DEBUG,
        quiet=True,
    ),
    cmdclass={"build_ext": BuildExtensions},
)
