"""The extensions of cnn_core and their compiler flags; everything else is in pyproject.toml."""
import os
import pathlib
import sys
import tempfile

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError

MODULES = ["kernels", "forward", "loss", "backward", "descent", "batches", "training"]
DEBUG = os.environ.get("PYNN_DEBUG") == "1"     # bounds checks in Cython, address and undefined-behaviour checks in C

DIRECTIVES = {
    "language_level": 3,
    "boundscheck": DEBUG,
    "wraparound": False,
    "initializedcheck": DEBUG,
    "cdivision": True,      # IEEE division: 1/0 is infinite, as NumPy has it
}
# -ffp-contract=off: no contraction of a·b + c into one rounding, so the same numbers on every CPU
FLAGS = {False: ["-O3", "-g0", "-ffp-contract=off"], True: ["-O1", "-g", "-ffp-contract=off"]}
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer"]


class BuildExtensions(build_ext):
    def build_extensions(self):
        flags = [flag for flag in FLAGS[DEBUG] if self.understands(flag)]
        for extension in self.extensions:
            extension.extra_compile_args = flags
            if DEBUG and sys.platform == "linux":
                extension.extra_compile_args = flags + SANITIZERS
                extension.extra_link_args = SANITIZERS
        super().build_extensions()

    def understands(self, flag):
        """Whether the compiler takes the flag; the engine builds without any of them."""
        if self.compiler.compiler_type == "msvc":
            return False
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "empty.c")
            source.write_text("int empty;\n")
            try:
                self.compiler.compile([str(source)], output_dir=folder, extra_postargs=["-Werror", flag])
            except CompileError:
                return False
        return True


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
