"""What may be imported where, asked of a fresh interpreter, which sees dynamic imports too."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import core

ROOT = Path(__file__).parents[1]
QT = ("PySide6", "shiboken6", "pyqtgraph")
CORE = sorted(module.name for module in pkgutil.walk_packages(core.__path__, "core."))
# The window is on the screen before PyTorch is imported, and imports these on its way.
BEFORE_TORCH = (
    *("config", "data.dataset", "data.points", "data.task", "data.image_file"),
    *("train.snapshot", "explain.plane", "runs.session", "runs.model_file"),
    *("cli.train", "cli.predict"),
)


def python(program):
    """Run the program in a fresh interpreter and return what it printed."""
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
