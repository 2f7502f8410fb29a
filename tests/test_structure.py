"""What importing pynn loads, which module may import which, and that every public name can be reached."""
from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import pynn

PACKAGE = Path(pynn.__file__).parent
MODULES = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path.read_text(encoding="utf-8")
           for path in sorted(PACKAGE.rglob("*.py"))}
TOP = {"plot", "gradcheck", "range_test", "workbook", "explanation", "diagnosis"}
MAY_IMPORT = {      # the arrows of the design: a module, and the modules of pynn that it may import
    "__main__": {"cli"},
    "cli": {"article_figures", "network", "datasets", "optimizers", "reference", "standardizer"},
    "article_figures": {"callbacks", "datasets", "network", "plot"},
    "callbacks": {"plot"},
    "estimators": {"network", "training", "optimizers", "reference"},
    "network": {"training", "optimizers", "storage", "standardizer", "datasets", "numpy_engine", "cnn_core", "reference"},
    "training": {"optimizers", "storage", "datasets", "numpy_engine", "cnn_core", "reference"},
    "mistakes": {"datasets", "reference"},
    "datasets": set(),
    "storage": set(),
    "standardizer": set(),
    "optimizers": {"reference"},
    "schedules": set(),
    "numpy_engine": {"reference"},
    "reference": set(),
}
# names, texts, checks
LEAVES = {"history", "initializers", "randomness", "validation", "rendering", "progress"}


def imports_of(path: Path) -> set[str]:
    """The modules of pynn and cnn_core that a file imports, those for type checkers only left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guarded = {id(node) for test in ast.walk(tree) if isinstance(test, ast.If) and "TYPE_CHECKING" in ast.dump(test.test)
               for node in ast.walk(test)}
    found = set()
    for node in ast.walk(tree):
        if id(node) in guarded:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"pynn.{alias.name}" for alias in node.names} if node.module == "pynn" else {node.module or ""}
    return {name.removeprefix("pynn.").split(".")[0] for name in found if name.split(".")[0] in ("pynn", "cnn_core")}


def test_imports_run_one_way():
    for path in PACKAGE.glob("*.py"):
        name = path.stem
        if name == "__init__":
            continue
        found = imports_of(path) - {name}
        if name == "history":
            assert found == {"plot"}        # History.plot, the one exception
        elif name in LEAVES:
            assert not found, f"{name} imports {found}"
        elif name not in TOP:
            assert found - LEAVES <= MAY_IMPORT[name], f"{name} imports {found}"
    for path in (PACKAGE / "plot").glob("*.py"):
        assert "training" not in imports_of(path), path


def test_the_engine_imports_nothing_of_pynn():
    import cnn_core
    for path in Path(cnn_core.__file__).parent.glob("*.p*"):
        if path.suffix in (".py", ".pyx", ".pxd", ".pyi"):
            assert "pynn" not in [word for line in path.read_text(encoding="utf-8").splitlines()
                                  if "import" in line.split() for word in line.split()], path


def test_import_is_light():
    script = ("import sys, pynn; heavy = {'matplotlib', 'sklearn', 'tqdm', 'pandas', 'scipy', 'torch'} & set(sys.modules); "
              "assert not heavy, heavy; pynn.plot; assert 'matplotlib' in sys.modules")
    subprocess.run([sys.executable, "-P", "-W", "error", "-c", script], check=True)


def test_scikit_learn_belongs_to_one_module():
    importers = {name for name, text in MODULES.items() if "from sklearn" in text or "import sklearn" in text}
    assert importers == {"estimators"}


def test_every_public_name_after_importing_every_module():
    """A module never bears the name of a public function, which importing it would hide."""
    script = """
import importlib, importlib.util, pkgutil, types, pynn
for module in pkgutil.walk_packages(pynn.__path__, "pynn."):
    if module.name != "pynn.estimators" or importlib.util.find_spec("sklearn"):
        importlib.import_module(module.name)
modules = ("callbacks", "datasets", "optimizers", "plot", "schedules", "workbook")
for name in pynn.__all__:
    assert isinstance(getattr(pynn, name), types.ModuleType) == (name in modules), name
for name in pynn.plot.__all__:
    assert callable(getattr(pynn.plot, name)), name
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
    for module in (pynn, importlib.import_module("pynn.datasets"), importlib.import_module("pynn.plot")):
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
