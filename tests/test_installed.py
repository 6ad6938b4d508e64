"""What is installed: one name in site-packages, beside anything that a user calls app.py."""

import ast
import json
import os
import runpy
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from core.cli.training import train
from core.config import RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare

ROOT = Path(__file__).parents[1]
OWN = {"app", "core", "gui", "assets"}


def build(kind, place):
    """Build a wheel of the checkout and return its path."""
    program = f"import backend; print(backend.build_{kind}({str(place)!r}))"
    path = os.pathsep.join([str(ROOT / "packaging"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return place / done.stdout.split()[-1]


def environment(place, wheel):
    """Return the folder of scripts of a new environment with the wheel, beside what tests have."""
    venv.create(place, symlinks=os.name != "nt", with_pip=False)
    (scripts,) = [found for name in ("bin", "Scripts") if (found := place / name).is_dir()]
    (site,) = place.rglob("site-packages")
    shared = [folder for folder in sys.path if folder.endswith("site-packages")]
    (site / "shared.pth").write_text("\n".join(shared), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install"]
    done = subprocess.run(
        [*pip, "--no-deps", "--no-compile", "--no-index", "-q", str(wheel)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return scripts


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def scripts(wheel, tmp_path_factory):
    return environment(tmp_path_factory.mktemp("environment"), wheel)


@pytest.fixture
def crowded(tmp_path):
    """A user's folder with modules of all the names that the checkout has at its top."""
    for name in OWN:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the user’s own')", encoding="utf-8")
    (tmp_path / "assets").mkdir()
    return tmp_path


def run(words, folder, **environment):
    done = subprocess.run(
        list(map(str, words)),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_wheel_puts_one_name_into_site_packages(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        told = archive.read(next(n for n in names if n.endswith("top_level.txt"))).decode()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"logitlab"}
    assert told.split() == ["logitlab"]
    assert "logitlab/py.typed" in names


def test_a_wheel_holds_all_modules_and_all_bundled_files(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    listed = subprocess.run(
        ["git", "ls-files", "core", "gui", "assets"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("no checkout")
    wanted = {f"logitlab/{name}" for name in listed.stdout.splitlines()}
    # Pictures of the README and the sources of the bundle.
    assert {name for name in wanted - names if "/pictures/" not in name} == set()


def test_no_module_of_a_wheel_imports_a_name_that_users_may_have(wheel):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith(".py"):
                for node in ast.walk(ast.parse(archive.read(name))):
                    if isinstance(node, ast.ImportFrom):
                        assert (node.module or "").partition(".")[0] not in OWN, name
                        assert node.module != "logitlab", name  # it would ask for a public name
                    elif isinstance(node, ast.Import):
                        assert not {a.name.partition(".")[0] for a in node.names} & OWN, name


def test_the_installed_command_trains_beside_a_users_own_modules(scripts, crowded):
    words = ["train", "iris", "--epochs", "2", "--json", "-"]
    installed = json.loads(run([scripts / "logitlab", *words], crowded))
    as_module = json.loads(run([scripts / "python", "-m", "logitlab", *words], crowded))
    config = RunConfig(training=TrainingConfig(epochs=2))
    here = train(prepare(sources.load(config.data), config)).params.arrays[0].tolist()
    assert installed["W"] == as_module["W"] == here


def test_the_installed_library_is_imported_beside_a_users_own_modules(scripts, crowded):
    program = "import logitlab as ll; run = ll.Run('iris', epochs=2); run.train(); print(run)"
    assert run([scripts / "python", "-c", program], crowded).startswith("<Run Iris: softmax")


def test_the_example_of_a_package_brings_its_rows_its_model_and_its_demonstration(scripts, crowded):
    example = crowded / "example"
    shutil.copytree(ROOT / "docs" / "example_plugin", example)
    words = ["--no-deps", "--no-index", "--no-build-isolation", "--no-compile", "-q", str(example)]
    pip = [sys.executable, "-m", "pip", "--python", scripts / "python", "install"]
    run([*pip, *words], ROOT)
    words = ["train", "rings", "--degree", "2", "--epochs", "50", "--json", "-"]
    told = json.loads(run([scripts / "logitlab", *words, "--model", "softmax"], crowded))
    assert told["test_accuracy"] == 1
    program = (
        "import sys; from logitlab.app import main; from logitlab.gui.stage.demos import installed;"
        "print(installed.demonstrations()); main(sys.argv[1:])"
    )
    command = [scripts / "python", "-c", program, *words, "--model", "focal"]
    said, _, learnt = run(command, crowded, QT_QPA_PLATFORM="offscreen").partition("\n")
    assert said == "((<class 'logitlab_example.odds.OddsDemo'>,), ())"
    assert json.loads(learnt)["test_accuracy"] == 1


def test_the_installed_window_opens_beside_a_users_own_modules(scripts, crowded):
    words = ["--screenshot", "picture.png", "iris", "--epochs", "1"]
    run([scripts / "logitlab", *words], crowded, QT_QPA_PLATFORM="offscreen")
    assert (crowded / "picture.png").stat().st_size


def test_an_editable_install_is_the_checkout_itself(tmp_path):
    """A path file names its folders, which editors and type checkers follow."""
    scripts = environment(tmp_path, build("editable", tmp_path))
    program = "import logitlab, core; print(logitlab.__file__); print(core.__file__)"
    found = run([scripts / "python", "-c", program], tmp_path).split("\n")
    assert [Path(line) for line in found if line] == [
        ROOT / "packaging" / "logitlab" / "__init__.py",
        ROOT / "core" / "__init__.py",
    ]
    assert "Iris" in run([scripts / "logitlab", "train", "iris", "--epochs", "1"], tmp_path)
    typed = ("core", "gui", "packaging/logitlab")  # type checkers read no other folder of a path
    assert all((ROOT / folder / "py.typed").is_file() for folder in typed)


@pytest.fixture(scope="module")
def moved():
    return runpy.run_path(str(ROOT / "setup.py"), run_name="one_package")["moved"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from core.data import task\n", "from logitlab.core.data import task\n"),
        ("from core import (\n    files,\n)\n", "from logitlab.core import (\n    files,\n)\n"),
        ("import assets\n", "import logitlab.assets as assets\n"),
        ("import core as house\n", "import logitlab.core as house\n"),
        ("η = 1; from app import main\n", "η = 1; from logitlab.app import main\n"),
        ("def f():\n    from gui.kit import a\n", "def f():\n    from logitlab.gui.kit import a\n"),
        ("from .core import x\n", "from .core import x\n"),
        ("from coreutils import x\nimport corelib\n", "from coreutils import x\nimport corelib\n"),
        ('"""\nfrom core import x\n"""\n', '"""\nfrom core import x\n"""\n'),
    ],
)
def test_imports_move_into_the_package_and_nothing_else_does(moved, before, after):
    assert moved(before) == after


@pytest.mark.parametrize("text", ["import core.data\n", "import os, core\n"])
def test_an_import_that_cannot_be_moved_ends_the_build_with_its_line(moved, text):
    with pytest.raises(SyntaxError, match=r"module\.py:1: write “from … import …” instead"):
        moved(text, "module.py")
