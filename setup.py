"""The extensions of cnn_core and their compiler flags; everything else is in pyproject.toml."""
import os
import sys

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

MODULES = ["kernels", "forward", "loss", "backward", "descent", "batches", "training"]
DEBUG = os.environ.get("PYNN_DEBUG") == "1"     # bounds checks in Cython, address and undefined-behaviour checks in C

DIRECTIVES = {
    "language_level": 3,
    "boundscheck": DEBUG,
    "wraparound": False,
    "initializedcheck": DEBUG,
    "cdivision": True,      # IEEE division: 1/0 is infinite, as NumPy has it
}
UNIX_FLAGS = {False: ["-O3", "-g0"], True: ["-O1", "-g"]}
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer"]


class BuildExtensions(build_ext):
    def build_extensions(self):
        unix = self.compiler.compiler_type == "unix"
        for extension in self.extensions:
            if unix:
                # no contraction of a·b + c into one rounding: the same numbers on every CPU
                extension.extra_compile_args = [*UNIX_FLAGS[DEBUG], "-ffp-contract=off"]
                if DEBUG and sys.platform == "linux":
                    extension.extra_compile_args += SANITIZERS
                    extension.extra_link_args = SANITIZERS
        super().build_extensions()


setup(
    ext_modules=cythonize(
        [
            Extension(
                f"cnn_core.{name}",
                [f"cnn_core/{name}.pyx"],
                include_dirs=[numpy.get_include()] if name == "training" else [],
                define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")],
            )
            for name in MODULES
        ],
        compiler_directives=DIRECTIVES,
        build_dir="build/cython",
        force=DEBUG,
        quiet=True,
    ),
    cmdclass={"build_ext": BuildExtensions},
)
