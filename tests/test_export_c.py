"""The C file: the same numbers as the network, by every compiler here, on a processor without an operating system too."""
from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import pynn

from .exported import FEW, MANY, TOLERANCE, agree, all_rows, random_network

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs of these tests read and write raw bytes")

STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-lm"]
COMPILERS = {
    "gcc": ["gcc", "-std=c99", "-O2"],
    "clang": ["clang", "-std=c99", "-O2"],
    "g++": ["g++", "-x", "c++", "-std=c++11", "-O2"],
    "clang++": ["clang++", "-x", "c++", "-std=c++17", "-O2"],
    "gcc -m32": ["gcc", "-m32", "-std=c99", "-O2"],
    "sanitizers": ["gcc", "-std=c11", "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
}
ARM = ["arm-none-eabi-gcc", "-mcpu=cortex-m0", "-mthumb", "-std=c99", "-Os"]
EMULATOR = ["qemu-system-arm", "-M", "microbit", "-nographic", "-semihosting-config", "enable=on,target=native"]


def exists(compiler: list[str], folder: Path) -> bool:
    """Whether the compiler is here and makes a program; gcc -m32 needs libraries of its own."""
    (folder / "empty.c").write_text("#include <math.h>\nint main(void) { return 0; }\n")
    return shutil.which(compiler[0]) is not None and subprocess.run(
        [*compiler, "empty.c", "-o", "empty"], cwd=folder, capture_output=True, check=False).returncode == 0


def export_together(which: tuple[int, ...] | range, dtype: str, folder: Path) -> str:
    """Every network in a file of its own, and a program that includes them all: `program k` reads rows and writes outputs."""
    real, cases, includes = "float" if dtype == "float32" else "double", [], []
    for k in which:
        net = random_network(k, dtype)
        pynn.export.to_c(net, folder / f"net{k}.h", name=f"net{k}", check=False)
        includes.append(f'#include "net{k}.h"\n')
        cases.append(f"    if (k == {k}) {{\n        if (net{k}_test()) return 3;\n"
                     f"        while (fread(x, sizeof *x, NET{k}_INPUTS, stdin) == NET{k}_INPUTS) {{\n"
                     f"            net{k}(x, y);\n            fwrite(y, sizeof *y, NET{k}_OUTPUTS, stdout);\n        }}\n"
                     "        return 0;\n    }\n")
    defines = "".join(f"#define NET{k}_TEST\n" for k in which)
    return (f"{defines}{''.join(includes)}#include <stdio.h>\n#include <stdlib.h>\n"
            f"int main(int argc, char **argv)\n{{\n    static {real} x[70], y[70];\n"
            "    int k = argc > 1 ? atoi(argv[1]) : -1;\n"
            f"{''.join(cases)}    return 2;\n}}\n")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("name", "which"), [("gcc", FEW), *(
    pytest.param(name, range(MANY), marks=pytest.mark.slow, id=f"{name} campaign") for name in COMPILERS)])
def test_outputs(name, which, dtype, tmp_path):
    """All networks of a campaign in one program: compiled without a warning, the self-tests pass, the outputs are equal."""
    compiler = COMPILERS[name]
    if not exists(compiler, tmp_path):
        pytest.skip(f"{' '.join(compiler)} is not here")
    (tmp_path / "main.c").write_text(export_together(which, dtype, tmp_path))
    subprocess.run([*compiler, "main.c", "-o", "program", *STRICT], cwd=tmp_path, check=True)
    for k in which:
        net = random_network(k, dtype)
        done = subprocess.run([tmp_path / "program", str(k)], input=all_rows(net).tobytes(), capture_output=True, check=True)
        agree(net, np.frombuffer(done.stdout, dtype), TOLERANCE[dtype])


@pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="no gcc, or other names of symbols")
def test_a_source_file_has_one_function_and_no_state(tmp_path):
    net = pynn.Network([3, 5, 2], hidden="gelu", rng=0)
    pynn.export.to_c(net, tmp_path / "net.c", dtype="float32", name="f")
    subprocess.run(["gcc", "-std=c99", "-c", "net.c", *STRICT[:-1]], cwd=tmp_path, check=True)
    symbols = [line.split()[-2:] for line in subprocess.run(
        ["nm", "net.o"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout.splitlines()]
    assert [name for kind, name in symbols if kind == "T"] == ["f"]             # one public function
    assert not [name for kind, name in symbols if kind in "DdBbC"]              # nothing that can be written to
    assert {name for kind, name in symbols if kind == "U"} <= {"erfcf", "expf", "__stack_chk_fail", "_GLOBAL_OFFSET_TABLE_"}


def test_names_and_labels(tmp_path):
    net = pynn.Network([2, 2], rng=0)
    net.feature_names, net.label_names = ('a"b', "trigraph ??/ end */"), ("größer", "kleiner\n")
    pynn.export.to_c(net, tmp_path / "net.c", check=False)
    text = (tmp_path / "net.c").read_bytes()
    assert text.isascii()
    assert b"??" not in text
    if shutil.which("gcc"):
        (tmp_path / "main.c").write_text("""
            #include "net.c"
            #include <stdio.h>
            int main(void) {
                const char *a[] = PREDICT_FEATURES, *b[] = PREDICT_LABELS;
                printf("%s|%s|%s|%s", a[0], a[1], b[0], b[1]);
                return 0;
            }
            """)
        subprocess.run(["gcc", "-std=c99", "main.c", "-o", "main", *STRICT], cwd=tmp_path, check=True)
        shown = subprocess.run([tmp_path / "main"], capture_output=True, check=True).stdout.decode()
        assert shown.split("|") == [*net.feature_names, *net.label_names]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not here")
def test_the_self_test_finds_a_changed_weight(tmp_path):
    net = pynn.Network([3, 4, 1], hidden="tanh", rng=0)
    pynn.export.to_c(net, tmp_path / "net.c")
    text = (tmp_path / "net.c").read_text() + "int main(void) { return predict_test(); }\n"
    first = repr(float(net[1].W[0, 0]))
    for source, failures in ((text, 0), (text.replace(first, "0.123", 1), 1)):
        (tmp_path / "main.c").write_text(source)
        subprocess.run(["gcc", "-DPREDICT_TEST", "main.c", "-o", "main", "-lm"], cwd=tmp_path, check=True)
        assert min(subprocess.run([tmp_path / "main"], check=False).returncode, 1) == failures


@pytest.mark.parametrize("name", ["", "2x", "a-b", "int", "tanh", "expf", "expl", "_x", "naïve", "template",
                                  "memcpy", "puts", "tolower", "NULL",
                                  "M_PI", "FP_NAN", "HUGE_VALF", "linux", "std", "ptrdiff_t", "fpclassify"])
def test_names_that_are_none_of_c(name, tmp_path):
    with pytest.raises(ValueError, match=r"^name: "):
        pynn.export.to_c(pynn.Network([2, 1]), tmp_path / "x.c", name=name)
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------------------ a processor without a system

STARTUP = """
/* The processor reads the stack's end and the first instruction from the beginning of the flash. */
#include <stdint.h>
#define PREDICT_TEST
#include "net.h"
extern uint32_t stack_end;
void start(void);
static void halt(void) { for (;;) { } }
__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    &stack_end, (const void *)start, (const void *)halt, (const void *)halt};
static void say(int failed)                 /* semihosting: SYS_EXIT with ApplicationExit or a run-time error */
{
    register int operation __asm__("r0") = 0x18;
    register int reason __asm__("r1") = failed ? 0x20023 : 0x20026;
    __asm__ volatile ("bkpt 0xab" : : "r"(operation), "r"(reason) : "memory");
}
void start(void) { say(predict_test()); halt(); }
"""
MEMORY = """
MEMORY { flash (rx) : ORIGIN = 0, LENGTH = 256K  ram (rwx) : ORIGIN = 0x20000000, LENGTH = 16K }
SECTIONS {
    .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*) } > flash
    .ARM.exidx : { *(.ARM.exidx*) } > flash
    .data : { *(.data*) } > ram AT > flash
    .bss : { *(.bss*) *(COMMON) } > ram
    stack_end = ORIGIN(ram) + LENGTH(ram);
}
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which(ARM[0]) is None, reason="arm-none-eabi-gcc is not here")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_compiled_for_arm(dtype, tmp_path):
    for k in range(MANY):
        pynn.export.to_c(random_network(k, dtype), tmp_path / "net.c", check=False)
        subprocess.run([*ARM, *STRICT[:-1], "-DPREDICT_TEST", "-c", "net.c"], cwd=tmp_path, check=True)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which(ARM[0]) is None or shutil.which(EMULATOR[0]) is None, reason="no compiler for ARM or no qemu")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("k", [1, 3, 5, 7, 9, 11, 13, 16, 18, 20])
def test_on_a_cortex_m0(k, dtype, tmp_path):
    """The self-test runs in 16 KB of memory, and a wrong output makes it fail."""
    net = random_network(k, dtype)
    pynn.export.to_c(net, tmp_path / "net.h", check=False)
    (tmp_path / "main.c").write_text(STARTUP)
    (tmp_path / "memory.ld").write_text(MEMORY)
    text = (tmp_path / "net.h").read_text()
    start = text.index("predict_test_y[")
    for good in (True, False):
        if not good:            # the first expected output is another
            begin = text.index("{", start) + 1
            (tmp_path / "net.h").write_text(text[:begin] + " 1000 +" + text[begin:])
        subprocess.run([*ARM, "main.c", "-o", "main.elf", "-nostartfiles", "-T", "memory.ld", "-lm", "--specs=nosys.specs"],
                       cwd=tmp_path, check=True, capture_output=True)
        done = subprocess.run([*EMULATOR, "-kernel", "main.elf"], cwd=tmp_path, timeout=120, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True)
        assert (done.returncode == 0) == good, done.stderr.decode()
