"""A network as one file of C: constant arrays and one function, without a library, an allocation or mutable state."""
from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from pynn import reference, storage
from pynn.export.checks import TOLERANCE, compare, examples_of, is_wanted, program
from pynn.export.contents import FLOAT32, Array, Contents, number, read_network, rows_of
from pynn.translation import Sentence

# of z, and of e = exp(-|z|), which cannot overflow
_FORMULAS = {
    "sigmoid": "(z > 0 ? 1 : e) / (1 + e)",
    "tanh": "tanh(z)",
    "relu": "z <= 0 ? 0 : z",
    "leaky_relu": "z > 0 ? z : LITERAL(0.01) * z",
    "elu": "z > 0 ? z : expm1(z)",
    "selu": f"z > 0 ? LITERAL({reference.SELU_SCALE}) * z : LITERAL({reference.SELU_SCALE * reference.SELU_ALPHA}) * expm1(z)",
    "gelu": f"LITERAL(0.5) * z * erfc(-z * LITERAL({0.5**0.5!r}))",
    "silu": "z * (z > 0 ? 1 : e) / (1 + e)",
    "softplus": "(z <= 0 ? 0 : z) + log1p(e)",
}
_TAKEN = """and and_eq asm auto bitand bitor bool break case catch char class compl const const_cast constexpr continue
    decltype default delete do double dynamic_cast else enum explicit export extern false float for friend goto if
    inline int long main mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected
    public register reinterpret_cast restrict return short signed size_t sizeof static static_assert static_cast
    struct switch template this alignas alignof thread_local throw true try typedef typeid typename union unsigned
    using virtual void volatile wchar_t while xor xor_eq abs acos acosh asin asinh atan atan2 atanh cbrt ceil
    copysign cos cosh div erf erfc exit exp exp2 expm1 fabs fdim floor fma fmax fmin fmod frexp gamma hypot ilogb
    index isfinite isinf isnan isnormal j0 j1 jn ldexp lgamma llrint llround log log10 log1p log2 logb lrint
    lround modf nan nearbyint nextafter nexttoward pow printf remainder remquo rint round scalbln scalbn signbit
    sin sinh sqrt tan tanh tgamma trunc y0 y1 yn abort atexit atof atoi atol atoll bsearch calloc clearerr drem exp10
    fclose feof ferror ffs fflush fgetc fgetpos fgets finite fopen fpclassify fprintf fputc fputs fread free freopen
    fscanf fseek fsetpos ftell fwrite getc getchar getenv gets isalnum isalpha isblank iscntrl isdigit isgraph
    isgreater isgreaterequal isless islessequal islessgreater islower isprint ispunct isspace isunordered isupper
    isxdigit labs llabs ldiv lldiv malloc memchr memcmp memcpy memmove memset perror pow10 putc putchar puts qsort
    raise rand realloc remove rename rewind rindex scalb scanf setbuf setvbuf signgam significand sincos snprintf
    sprintf srand sscanf strcat strchr strcmp strcoll strcpy strcspn strerror strlen strncat strncmp strncpy strpbrk
    strrchr strspn strstr strtod strtok strtol strtoll strtoul strtoull strxfrm system tmpfile tmpnam tolower toupper
    ungetc vfprintf vprintf vsnprintf vsprintf double_t float_t math_errhandling max_align_t nullptr_t offsetof
    ptrdiff_t linux unix std NULL NAN INFINITY HUGE_VAL"""    # keywords, functions, types and macros of C and C++
_MACROS = "(?:FP|M|MATH)_[A-Z0-9_]*"                  # of math.h


def to_c(net: Any, path: Any, *, dtype: Any = None, name: str = "predict", check: bool | None = None) -> None:
    """Write the network as one file of C99 that is also C++, with the function `void name(const double *x, double *y)`.

    x are the n[0] inputs in the user's units, y the n[L] outputs: the standardizers of inputs and targets are inside.  The file
    allocates nothing, has no static mutable state and needs only the functions of math.h.  Compiled with -DNAME_TEST it has
    also `int name_test(void)`, which runs the examples in the file and returns how many of them fail.  NaN in gives NaN out.

    Parameters
    ----------
    net : Network
    path : str or path-like
        The file to write.  A name that ends in .h or .hpp makes a header, whose function is `static inline`.
    dtype : {"float64", "float32"}, optional
        The type of the numbers, double or float; the network's if not given.
    name : str
        The function's name, and the beginning of every other name in the file.
    check : bool, optional
        Compile and run the file on examples before it is written.  If not given, where there is a compiler (cc, gcc or clang).

    Raises
    ------
    ValueError, TypeError
        The message names the argument, the value received and what was expected.
    ArithmeticError
        The compiled file differs from the network.
    RuntimeError
        The compiler cannot compile the file, so the check is not possible.
    ImportError
        check=True, and there is no C compiler.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> import os, pathlib, tempfile, pynn
    >>> net = pynn.Network([2, 4, 1], rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pynn.export.to_c(net, os.path.join(folder, "predict.c"), check=False)
    ...     text = pathlib.Path(folder, "predict.c").read_text()
    >>> "void predict(const double *x, double *y)" in text
    True
    """
    file_name = storage.check_path(path)
    contents = read_network(net, "to_c", _FORMULAS, dtype, narrow_standardizers=True)
    _check_name(name)
    compiler = program("cc", "gcc", "clang")
    X, Y = examples_of(net, contents.dtype)
    header = os.path.splitext(file_name)[1].lower() in (".h", ".hpp")
    text = "\n".join(_lines(contents, name, X[:8], Y[:8], "static inline " if header else "")) + "\n"
    if is_wanted(check, compiler, "a C compiler on the PATH (cc, gcc or clang)"):
        assert compiler is not None
        compare(_run(compiler, text, contents, name, X), Y, contents.dtype, Sentence("the compiled C file"))
    with storage.replacing(path) as file:
        file.write(text.encode("ascii"))


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        raise TypeError(Sentence("name: expected a str, got {name!r} ({kind})", name=name, kind=type(name).__name__))
    names = {name, name[:-1] if name.endswith(("f", "l", "F", "L")) else name}         # expf and expl are taken as exp is
    if not re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name) or names & set(_TAKEN.split()) or re.fullmatch(_MACROS, name):
        raise ValueError(Sentence("name: expected an identifier of C such as 'predict', no keyword and no function of the "
                                  "library, got {name!r}", name=name))


def _lines(contents: Contents, name: str, X: Array, Y: Array, linkage: str) -> Iterator[str]:
    """The file, line by line."""
    real, capital = "float" if contents.dtype == FLOAT32 else "double", name.upper()
    yield from (f"/* {name}: {contents.title()}.", "",
                f"       {linkage}void {name}(const {real} *x, {real} *y);", "",
                f"   x: {capital}_INPUTS numbers in the user's units; y: {capital}_OUTPUTS outputs. x and y must not overlap.",
                "   Nothing is allocated and no state is kept. C99 or C++11, with the library of math.h (-lm).",
                f"   With {capital}_TEST defined, int {name}_test(void) returns how many of the examples at the end fail. */",
                f"#ifndef {capital}_INCLUDED", f"#define {capital}_INCLUDED", "", "#include <math.h>", "#include <stddef.h>",
                "", f"#define {capital}_INPUTS {contents.sizes[0]}", f"#define {capital}_OUTPUTS {contents.sizes[-1]}")
    for what, names in (("FEATURES", contents.feature_names), ("LABELS", contents.label_names)):
        if names is not None:
            yield f"#define {capital}_{what} {{{', '.join(map(_string, names))}}}"
    yield ""
    yield from _constants(contents, name, real)
    yield from _helpers(contents, name, real, linkage or "static ")
    yield from _function(contents, name, real, linkage)
    yield from _self_test(name, real, contents, X, Y, linkage)
    yield ""
    yield "#endif"


def _string(text: str) -> str:
    """A string literal of C in ASCII: other bytes of UTF-8 are octal, and a question mark starts no trigraph."""
    return '"' + "".join(chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}"
                         for byte in text.encode("utf-8", "surrogatepass")) + '"'


def _array(name: str, values: Array, real: str) -> Iterator[str]:
    """A constant array, a row of a matrix in a line of its own."""
    yield f"static const {real} {name}[{values.size}] = {{"
    yield from rows_of(values, lambda value: _literal(value, real), "    ")
    yield "};"


def _literal(value: Any, real: str) -> str:
    return number(np.float32(value)) + "f" if real == "float" else number(value)


def _constants(contents: Contents, name: str, real: str) -> Iterator[str]:
    if contents.standardizer is not None:
        yield "/* inputs: (x - mean) / scale */"
        if real == "float":
            mean, rest, scale = contents.standardize_split()
            yield from _array(f"{name}_mean_rest", rest, real)      # mean is their sum
        else:
            mean, scale = contents.standardizer.mean, contents.standardizer.scale
        yield from _array(f"{name}_mean", mean, real)
        yield from _array(f"{name}_scale", scale, real)
    for l, (W, b, activation) in enumerate(zip(contents.W, contents.b, contents.activations, strict=True), start=1):
        yield f"/* layer {l}: {W.shape[1]} -> {W.shape[0]}, {activation}; row i of W are the weights of unit i */"
        yield from _array(f"{name}_W{l}", W, real)
        yield from _array(f"{name}_b{l}", b, real)
    if contents.target_standardizer is not None:
        yield "/* outputs: y scale + mean */"
        yield from _array(f"{name}_target_mean", contents.target_standardizer.mean, real)
        yield from _array(f"{name}_target_scale", contents.target_standardizer.scale, real)


def _helpers(contents: Contents, name: str, real: str, linkage: str) -> Iterator[str]:
    yield f"""
/* z = W a + b */
{linkage}void {name}_layer(const {real} *W, const {real} *b, const {real} *a, {real} *z, size_t inputs, size_t units)
{{
    size_t i, k;
    for (i = 0; i < units; i++) {{
        {real} sum = b[i];
        for (k = 0; k < inputs; k++)
            sum += W[i * inputs + k] * a[k];
        z[i] = sum;
    }}
}}"""
    for activation in sorted(set(contents.activations) - {"linear", "softmax"}):
        formula = _FORMULAS[activation]
        e = f"    const {real} e = exp(-fabs(z));\n" if "e)" in formula else ""
        yield _typed(f"""
{linkage}{real} {name}_{activation}({real} z)
{{
{e}    return {formula};
}}""", real)
    if contents.activations[-1] == "softmax":
        yield _typed(f"""
{linkage}void {name}_softmax({real} *z, size_t units)
{{
    size_t i;
    {real} largest = z[0], sum = 0;
    for (i = 1; i < units; i++)
        largest = z[i] > largest ? z[i] : largest;
    for (i = 0; i < units; i++) {{
        z[i] = exp(z[i] - largest);
        sum += z[i];
    }}
    for (i = 0; i < units; i++)
        z[i] /= sum;
}}""", real)


def _typed(code: str, real: str) -> str:
    """The code with the literals and functions of its type."""
    code = re.sub(r"LITERAL\(([^)]*)\)", lambda found: _literal(float(found[1]), real), code)
    return re.sub(r"\b(exp|tanh|expm1|log1p|erfc|fabs)\(", r"\1f(", code) if real == "float" else code


def _function(contents: Contents, name: str, real: str, linkage: str) -> Iterator[str]:
    """The one function that the file is for; layers write to `odd` and `even` in turn."""
    n, L = contents.sizes, len(contents.W)
    odd, even = n[1:L:2], n[2:L:2]
    body, source = [], "x"
    if contents.standardizer is not None:
        even, source = (n[0], *even), "even"
        difference = f"x[i] - {name}_mean[i]" + (f" - {name}_mean_rest[i]" if real == "float" else "")
        body.append(_loop(n[0], f"even[i] = ({difference}) / {name}_scale[i]"))
    for l, activation in enumerate(contents.activations, start=1):
        target = "y" if l == L else ("odd" if l % 2 else "even")
        body.append(f"    {name}_layer({name}_W{l}, {name}_b{l}, {source}, {target}, {n[l - 1]}, {n[l]});")
        if activation == "softmax":
            body.append(f"    {name}_softmax({target}, {n[l]});")
        elif activation != "linear":
            body.append(_loop(n[l], f"{target}[i] = {name}_{activation}({target}[i])"))
        source = target
    if contents.target_standardizer is not None:
        body.append(_loop(n[L], f"y[i] = y[i] * {name}_target_scale[i] + {name}_target_mean[i]"))
    yield f"\n{linkage}void {name}(const {real} *x, {real} *y)\n{{"
    yield from (f"    {real} {buffer}[{max(units)}];" for buffer, units in (("odd", odd), ("even", even)) if units)
    if any("for (i" in line for line in body):
        yield "    size_t i;"
    yield from body
    yield "}"


def _loop(count: int, statement: str) -> str:
    return f"    for (i = 0; i < {count}; i++)\n        {statement};"


def _self_test(name: str, real: str, contents: Contents, X: Array, Y: Array, linkage: str) -> Iterator[str]:
    capital = name.upper()
    largest = float(np.abs(Y).max())
    yield f"\n#ifdef {capital}_TEST"
    yield from _array(f"{name}_test_x", X, real)
    yield from _array(f"{name}_test_y", Y, real)
    yield _typed(f"""
{linkage}int {name}_test(void)
{{
    const {real} allowed = LITERAL({TOLERANCE[contents.dtype]}) * LITERAL({largest!r});
    {real} y[{capital}_OUTPUTS];
    int failed = 0, row, i;
    for (row = 0; row < {len(X)}; row++) {{
        int good = 1;
        {name}({name}_test_x + row * {capital}_INPUTS, y);
        for (i = 0; i < {capital}_OUTPUTS; i++)
            good = good && fabs(y[i] - {name}_test_y[row * {capital}_OUTPUTS + i]) <= allowed;
        failed += !good;
    }}
    return failed;
}}
#endif""", real)


def _run(compiler: str, text: str, contents: Contents, name: str, X: Array) -> Array:
    """The outputs of the compiled file for the rows of X; raw numbers go through files, as stdin may be for text."""
    real = "float" if contents.dtype == FLOAT32 else "double"
    main = f"""
#include <stdio.h>
int main(void)
{{
    static {real} x[{contents.sizes[0]}], y[{contents.sizes[-1]}];
    FILE *in = fopen("x", "rb"), *out = fopen("y", "wb");
    while (in && out && fread(x, sizeof x, 1, in) == 1) {{
        {name}(x, y);
        fwrite(y, sizeof y, 1, out);
    }}
    return !in || !out || fclose(out);
}}
"""
    with tempfile.TemporaryDirectory(prefix="pynn-") as folder:
        with open(os.path.join(folder, "check.c"), "w", encoding="ascii") as file:
            file.write(text + main)
        X.astype(contents.dtype).tofile(os.path.join(folder, "x"))
        built = subprocess.run([compiler, "-std=c99", "-O1", "check.c", "-o", "check.exe", "-lm"], cwd=folder,
                               capture_output=True, text=True, check=False)
        if built.returncode:
            raise RuntimeError(Sentence("check: {compiler} cannot compile the file, so nothing was written: {stderr}",
                                        compiler=compiler, stderr=built.stderr[:1000]))
        subprocess.run([os.path.join(folder, "check.exe")], cwd=folder, check=True)
        return np.fromfile(os.path.join(folder, "y"), contents.dtype)
