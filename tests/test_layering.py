"""Which imports are allowed where; checked in a fresh interpreter, so dynamic ones count too."""

import ast
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import core
from core.optimiser_family import OPTIMISERS
from tests.budget import files_of

ROOT = Path(__file__).parents[1]
QT = ("PySide6", "shiboken6", "pyqtgraph")
CORE = sorted(module.name for module in pkgutil.walk_packages(core.__path__, "core."))
# The window is shown before PyTorch is imported, and imports these modules for it.
BEFORE_TORCH = (
    *("config", "data.dataset", "data.points", "data.task", "data.pictures.reading"),
    *("train.snapshot", "explain.plane", "runs.session", "runs.model_file"),
    *("cli.train", "cli.predict"),
)

PACKAGES = sorted(
    file.parent.relative_to(ROOT)
    for top in ("core", "gui")
    for file in (ROOT / top).rglob("__init__.py")
)
LINES_OF_A_PACKAGE = 5


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_a_package_says_in_few_lines_what_it_is_for_and_imports_nothing(package):
    """Imports in a package would slow the start: PyTorch, and views that are not shown."""
    text = (ROOT / package / "__init__.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    assert len(text.splitlines()) <= LINES_OF_A_PACKAGE
    assert not [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]


def test_each_folder_with_modules_is_a_package():
    """A folder without __init__.py would be neither installed nor seen by the import contracts."""
    modules = [file for top in ("core", "gui") for file in (ROOT / top).rglob("*.py")]
    assert {file.parent.relative_to(ROOT) for file in modules} == set(PACKAGES)


def test_the_map_names_every_package():
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b(\w+)/(?: |$)", guide, re.MULTILINE))
    assert {package.name for package in PACKAGES} <= named


def test_tests_stand_in_folders_of_the_code():
    """The tests of a module are found in the folder of the same name."""
    files = [*(ROOT / "tests" / "core").rglob("*.py"), *(ROOT / "tests" / "gui").rglob("*.py")]
    assert {file.parent.relative_to(ROOT / "tests") for file in files} <= set(PACKAGES)


def test_only_the_tables_of_optimisers_know_one_by_its_name():
    """Other code reads the row, so that a new optimiser is one row in each table."""
    names = set(OPTIMISERS) - {"momentum"}  # also the name of a setting
    tables = {"core/optimiser_family.py", "core/train/optimisers.py", "core/train/second_order.py"}
    knowing = {
        file
        for file, text in files_of("app.py", "core", "gui")
        if any(name in text for name in names)  # to parse the others takes most of the time
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and node.value in names
    }
    assert knowing == tables


def python(program):
    """Run a program in a fresh interpreter and return its standard output."""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_of_core_works_where_there_is_no_qt(tmp_path):
    block = "".join(f"sys.modules[{name!r}] = None\n" for name in QT)
    imports = "".join(f"import {module}\n" for module in CORE)
    model = tmp_path / "m.safetensors"
    train = (
        f"import app\nassert app.main(['train', '--epochs', '2', '--save', {str(model)!r}]) == 0\n"
    )
    ask = f"assert app.main(['predict', '--model', {str(model)!r}, '--values', '1.4,0.2']) == 0\n"
    assert "core.train.trainer" in CORE
    told = python(f"import sys\n{block}{imports}{train}{ask}")
    assert "Finished 2 epochs" in told and "Entropy" in told


def test_what_the_window_imports_first_leaves_torch_alone():
    imports = "".join(f"import core.{module}\n" for module in BEFORE_TORCH)
    assert python(f"import sys\n{imports}print('torch' in sys.modules)").strip() == "False"


def test_help_and_refusals_of_the_command_line_leave_torch_alone():
    program = (
        "import sys, app\n"
        "code = app.main(['train', '--epochs', 'many'])\n"
        "print(code, 'torch' in sys.modules)"
    )
    assert python(program).strip() == "2 False"


def test_a_refused_model_leaves_torch_alone():
    program = (
        "import sys, app\n"
        "code = app.main(['predict', '--model', 'README.md', '--values', '1'])\n"
        "print(code, 'torch' in sys.modules)"
    )
    assert python(program).strip() == "2 False"
