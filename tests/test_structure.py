"""What importing pynn loads, which module may import which, and that every public name can be reached."""
from __future__ import annotations

import ast
import graphlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import pynn

PACKAGE = Path(pynn.__file__).parent
MODULES = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path.read_text(encoding="utf-8")
           for path in sorted(PACKAGE.rglob("*.py"))}
NAMES = {name.removesuffix(".__init__") for name in MODULES}
FLOORS = (      # the arrows of the design: a module imports only from floors below its own
    {"translation"},                                # all errors are its sentences
    {"cnn_core", "history", "randomness", "registry", "storage", "validation", "writing"},
    {"reference"},
    {"datasets", "initializers", "optimizers", "parameters", "progress", "schedules", "standardizer"},
    {"architecture", "numpy_engine", "passes", "state", "table_encoder"},
    {"model", "training"},
    {"model_file"},
    {"network"},
    {"landscape"},
    {"estimator_base", "export", "learn", "plot"},
    {"estimators", "playground"},
    {"callbacks", "interop", "range_test"},         # LivePlot and RangeTest.plot draw; interop compares as export does
    {"article_figures", "command_tables", "output_places", "report"},
    {"commands"},
    {"cli"},
    {"__init__", "__main__"},
)
FLOOR_OF = {module: floor for floor, modules in enumerate(FLOORS) for module in modules}
HISTORY_PLOTS = ("history", "plot")     # History.plot imports the pictures inside the function: the one exception


def imports_of(name: str) -> set[str]:
    """The modules of pynn and cnn_core that a module imports, except those for type checkers only."""
    tree = ast.parse(MODULES[name])
    guarded = {id(node) for test in ast.walk(tree) if isinstance(test, ast.If) and "TYPE_CHECKING" in ast.dump(test.test)
               for node in ast.walk(test)}
    found = set()
    for node in ast.walk(tree):
        if id(node) in guarded:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {module if module.removeprefix("pynn.") in NAMES else node.module or "" for module in inside}
    return {module.removeprefix("pynn.") for module in found if module.split(".")[0] in ("pynn", "cnn_core")}


def part_of(name: str) -> str:
    """The file or folder of pynn that a module is, or is in."""
    return name.removesuffix(".__init__").split(".")[0]


def test_the_floors_name_every_module_and_nothing_else():
    assert sum(map(len, FLOORS)) == len(FLOOR_OF)
    assert set(FLOOR_OF) == {part_of(name) for name in MODULES} | {"cnn_core"}


def test_imports_run_one_way():
    arrows = {(part_of(name), part_of(other)) for name in MODULES for other in imports_of(name)}
    upwards = {(one, other) for one, other in arrows if one != other and FLOOR_OF[one] <= FLOOR_OF[other]}
    assert upwards == {HISTORY_PLOTS}
    assert ("plot", "training") not in arrows


def test_imports_make_no_circle():
    """File by file, also inside the packages; a package itself hands on the names of its files."""
    graph = {name.removesuffix(".__init__"): {other for other in imports_of(name) if (part_of(name), other) != HISTORY_PLOTS}
             for name in MODULES}
    graphlib.TopologicalSorter(graph).prepare()


def test_the_engine_imports_nothing_of_pynn():
    import cnn_core
    for path in Path(cnn_core.__file__).parent.glob("*.p*"):
        if path.suffix in (".py", ".pyx", ".pxd", ".pyi"):
            assert "pynn" not in [word for line in path.read_text(encoding="utf-8").splitlines()
                                  if "import" in line.split() for word in line.split()], path


# ------------------------------------------------------------------------------------------- sizes and private names

MOST_LINES, MOST_IN_A_FUNCTION = 450, 60


def lines_of_code(text: str) -> int:
    """The lines of a function of Python or Cython without its docstring, blank lines and comments."""
    text = re.sub(r'(?s)("""|\'\'\').*?\1', "", text, count=1)
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in text.splitlines())


def functions_of(text: str) -> Iterator[tuple[str, str]]:
    """Name and text of every function and method, by indentation, so that Cython's are found too."""
    lines = text.splitlines()
    for start, line in enumerate(lines):
        head = re.match(r"( *)(?:async )?(?:def|cdef|cpdef)\b[^(=]*?(\w+)\(", line)
        if head and not line.rstrip().endswith((")", "nogil")):
            stop = start + 1
            while stop < len(lines) and (not lines[stop].strip() or lines[stop].startswith(head[1] + " ")):
                stop += 1
            yield head[2], "\n".join(lines[start:stop])


def test_lines_are_counted_in_python_and_cython():
    text = '''
class Class:
    def method(self,
               one):
        """Docstring.

        Over several lines.
        """
        return one      # code

cdef int f(const real *x) except -1 nogil:
    # a comment

    return 0
cdef int declared(int x) except -1 nogil
'''
    assert [(name, lines_of_code(body)) for name, body in functions_of(text)] == [("method", 3), ("f", 2)]


def test_files_and_functions_are_short():
    import cnn_core
    files = [path for folder in (PACKAGE, Path(cnn_core.__file__).parent) for path in folder.rglob("*")
             if path.suffix in (".py", ".pyx", ".pxd", ".pyi")]
    assert len(files) > 60
    found = set()
    for path in files:
        text, name = path.read_text(encoding="utf-8"), f"{path.parent.name}/{path.name}"
        if len(text.splitlines()) > MOST_LINES:
            found.add(name)
        assert all(len(line) <= 128 for line in text.splitlines()), name        # ruff reads no Cython
        found |= {f"{name}:{function}" for function, body in functions_of(text) if lines_of_code(body) > MOST_IN_A_FUNCTION}
    assert not found


def test_the_wheel_has_every_package():
    project = PACKAGE.parent / "pyproject.toml"
    if not project.exists():
        pytest.skip("away from the sources")
    listed = tomllib.loads(project.read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    assert {f"pynn.{name}" for name in NAMES if f"{name}.__init__" in MODULES} | {"pynn", "cnn_core"} == set(listed)


def test_no_private_name_of_network_is_used_outside_its_module():
    """A Network is called net, network, twin or probe; only model.py and network.py, where it is self, use private names."""
    private = re.compile(r"\b(?:net|network|network_|twin|probe)\._(?!_|replace\b|asdict\b)\w+")
    for folder in (PACKAGE, Path(__file__).parent):
        for path in folder.rglob("*.py"):
            assert not private.findall(path.read_text(encoding="utf-8")), path


# --------------------------------------------------------------------------------------------- importing, and the names

def test_import_is_light():
    script = ("import sys, pynn; heavy = {'matplotlib', 'sklearn', 'tqdm', 'pandas', 'scipy', 'torch', 'keras', 'onnxruntime', "
              "'safetensors'}; assert not heavy & set(sys.modules), heavy & set(sys.modules); pynn.export; pynn.interop; "
              "assert not heavy & set(sys.modules), heavy & set(sys.modules); pynn.plot; assert 'matplotlib' in sys.modules")
    subprocess.run([sys.executable, "-P", "-W", "error", "-c", script], check=True)


@pytest.mark.parametrize(("package", "modules"), [
    ("sklearn", {"estimator_base", "estimators", "interop.sklearn_model"}),
    ("keras", {"export.keras_model", "interop.keras_model"}),
    ("torch", {"export.torch_layers", "interop.torch_module"}), ("onnxruntime", {"export.onnx_file"}),
    ("safetensors", {"export.safetensors_file"})])
def test_each_framework_belongs_to_few_modules(package, modules):
    importers = {name for name, text in MODULES.items() if re.search(rf"^ *(?:from|import) {package}\b", text, re.MULTILINE)}
    assert importers == modules


def test_every_public_name_after_importing_every_module():
    """A module never bears the name of a public function, which importing it would hide."""
    script = """
import importlib, importlib.util, pkgutil, types, pynn
for module in pkgutil.walk_packages(pynn.__path__, "pynn."):
    needs = {"pynn.estimators": "sklearn", "pynn.estimator_base": "sklearn", "pynn.export.torch_layers": "torch",
             "pynn.playground.widget": "anywidget"}
    if importlib.util.find_spec(needs.get(module.name, "pynn")):
        importlib.import_module(module.name)
modules = ("callbacks", "datasets", "export", "interop", "optimizers", "plot", "schedules", "workbook")
for name in pynn.__all__:
    assert isinstance(getattr(pynn, name), types.ModuleType) == (name in modules), name
for package in (pynn.export, pynn.interop, pynn.plot):
    assert all(callable(getattr(package, name)) for name in package.__all__), package
"""
    subprocess.run([sys.executable, "-P", "-c", script], check=True)


def test_the_version_is_that_of_the_distribution():
    from importlib.metadata import version
    assert version("pynn-dense") == pynn.__version__


def test_unknown_attribute():
    with pytest.raises(AttributeError, match="nothing"):
        _ = pynn.nothing


@pytest.mark.parametrize("name", [name for name, text in MODULES.items() if ">>> " in text])
def test_doctests(name):
    import doctest
    import importlib
    if name == "estimators":
        pytest.importorskip("sklearn", reason="the extra 'sklearn' is not installed")
    module = importlib.import_module(f"pynn.{name}")
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_public_functions_have_an_example():
    import importlib
    for module in (pynn, *map(importlib.import_module, ("pynn.datasets", "pynn.export", "pynn.interop", "pynn.plot"))):
        for name in getattr(module, "__all__", [n for n in vars(module) if not n.startswith("_")]):
            thing = getattr(module, name)
            if getattr(thing, "__module__", "").startswith("pynn") and callable(thing) and not isinstance(thing, type):
                if thing.__module__ in ("pynn.validation", "pynn.randomness"):
                    continue
                assert ">>> " in (thing.__doc__ or ""), name


@pytest.mark.skipif(not (Path(__file__).parent.parent / "examples").exists(), reason="away from the sources")
def test_example_circles(tmp_path):
    example = Path(__file__).parent.parent / "examples" / "circles.py"
    done = subprocess.run([sys.executable, example, "--epochs", "50", "--out", tmp_path], capture_output=True, text=True,
                          check=True, cwd=tmp_path)
    assert "test accuracy" in done.stdout.lower()
    assert len(list(tmp_path.glob("*.png"))) == 3
    wrong = subprocess.run([sys.executable, example, "--learning-rate", "-1", "--out", tmp_path], capture_output=True,
                           text=True, check=False, cwd=tmp_path)
    assert wrong.returncode == 2
    assert "learning_rate" in wrong.stderr


def test_example_penguins():
    pytest.importorskip("palmerpenguins", reason="the extra 'penguins' is not installed")
    example = Path(__file__).parent.parent / "examples" / "penguins.py"
    done = subprocess.run([sys.executable, example], capture_output=True, text=True, check=True)
    accuracy = float(done.stdout.split("Test accuracy: ")[1].split()[0])
    assert accuracy > 0.95
    assert all(species in done.stdout for species in ("Adelie", "Chinstrap", "Gentoo"))
