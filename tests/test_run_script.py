"""run.py: what it finds missing, when it sets up again, and where its arguments go."""

import ast
import json
import os
import re
import sys
import threading
import tomllib
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import run

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with copies of the project's two lists only, which run.py takes for its own."""
    for name in ("pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_bytes((run.ROOT / name).read_bytes())
    venv = tmp_path / ".venv"
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(run, "VENV", venv)
    monkeypatch.setattr(run, "PYTHON", venv / "python")
    monkeypatch.setattr(run, "STAMP", venv / "logitlab.json")
    monkeypatch.setattr(run, "REPORT", venv / "installed.json")
    return tmp_path


@pytest.fixture
def acts(folder, monkeypatch):
    """Replace the commands of run.py by fakes; return the list of its actions."""
    acts = []

    def make_venv(command, **_):
        acts.append("venv")
        run.VENV.mkdir(exist_ok=True)
        run.PYTHON.unlink(missing_ok=True)
        run.PYTHON.touch(mode=0o755)
        return CompletedProcess(command, 0)

    monkeypatch.setattr("subprocess.run", make_venv)
    monkeypatch.setattr(run, "pip_install", lambda *words: acts.append(words))
    monkeypatch.setattr(run, "cpu_build", list)
    return acts


@pytest.fixture
def healthy(folder, monkeypatch):
    """An environment that is already set up, so that ensurepip is not needed."""
    run.VENV.mkdir()
    run.STAMP.write_text("{}")


def kinds(acts):
    return ["venv" if act == "venv" else "pip" for act in acts]


def lacking(*absent):
    def load(name):
        if name in absent:
            raise OSError(f"{name}: cannot open shared object file")

    return load


# What the system lacks


def test_a_complete_system_lacks_nothing(healthy):
    assert run.missing_from_system(lacking()) == {}


def test_a_library_that_does_not_load_is_missing_with_its_package(healthy):
    missing = run.missing_from_system(lacking("libEGL.so.1", "libxcb-cursor.so.0"))
    assert missing == {"libEGL.so.1": "libegl1", "libxcb-cursor.so.0": "libxcb-cursor0"}


def test_ensurepip_is_missing_only_while_there_is_nothing_installed(healthy, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run.missing_from_system(lacking()) == {}
    run.STAMP.unlink()
    package = f"python3.{sys.version_info.minor}-venv"
    assert run.missing_from_system(lacking()) == {"Python's ensurepip": package}


def test_without_apt_the_libraries_are_named(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(run.SetupError, match=r"lacks libGL\.so\.1\. Install what brings"):
        run.complete_system({"libGL.so.1": "libgl1"})


def test_a_user_is_given_the_one_line_to_run(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("os.geteuid", lambda: 1000, raising=False)
    with pytest.raises(run.SetupError) as refusal:
        run.complete_system({"libGL.so.1": "libgl1", "libEGL.so.1": "libegl1"})
    _, line = str(refusal.value).splitlines()
    assert line.strip() == "sudo apt-get update && sudo apt-get install -y libgl1 libegl1"


@pytest.fixture
def apt(monkeypatch):
    """A fake apt-get, run as root: records its commands, returns a given exit code."""
    commands = []

    class Apt:
        exit_code = 0

        def run(self, command, **_):
            commands.append(command)
            return CompletedProcess(command, self.exit_code, b"E: Unable to locate package libgl1")

    apt = Apt()
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)
    monkeypatch.setattr("subprocess.run", apt.run)
    return apt, commands


def test_root_installs_just_what_is_missing(apt):
    _, commands = apt
    run.complete_system({"libGL.so.1": "libgl1", "libEGL.so.1": "libegl1"})
    update, install = commands
    assert "update" in update
    assert install[-2:] == ["libgl1", "libegl1"]


def test_a_failing_apt_is_quoted(apt):
    apt[0].exit_code = 100
    with pytest.raises(run.SetupError, match="Unable to locate package libgl1"):
        run.complete_system({"libGL.so.1": "libgl1"})


# When it sets up


def test_the_environment_that_a_link_leads_to_is_left_alone(acts, tmp_path):
    other = tmp_path / "environment of another program"
    other.mkdir()
    (other / "kept").touch()
    try:
        run.VENV.symlink_to(other, target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    run.set_up(set())
    assert [path.name for path in other.iterdir()] == ["kept"]
    assert not run.VENV.is_symlink()


def test_the_first_start_makes_and_fills_an_environment(acts):
    run.set_up(set())
    assert kinds(acts) == ["venv", "pip", "pip"]
    assert "PySide6-Essentials==6.11.3" in acts[-1]


def test_the_second_start_does_nothing(acts):
    run.set_up(set())
    acts.clear()
    run.set_up(set())
    assert acts == []


def test_a_group_is_added_without_making_the_environment_anew(acts):
    run.set_up(set())
    acts.clear()
    run.set_up({"test"})
    assert kinds(acts) == ["pip", "pip"]
    assert any(word.startswith("pytest-qt") for word in acts[-1])


def test_a_start_of_the_app_keeps_the_groups_of_before(acts):
    run.set_up({"test", "dev"})
    acts.clear()
    run.set_up(set())
    assert acts == []


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_changed_pins_are_installed_over_the_old(acts, folder, name):
    run.set_up(set())
    acts.clear()
    text = (folder / name).read_text(encoding="utf-8")
    (folder / name).write_text(text.replace("numpy", "numpie"), encoding="utf-8")
    run.set_up(set())
    assert kinds(acts) == ["pip", "pip"]


def test_a_changed_rule_of_the_linter_installs_nothing(acts, folder):
    run.set_up(set())
    acts.clear()
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write("\n[tool.something]\nrule = 1\n")
    run.set_up(set())
    assert acts == []


def lose_the_interpreter(monkeypatch):
    run.PYTHON.unlink()


def leave_the_interpreter_dangling(monkeypatch):
    run.PYTHON.unlink()
    run.PYTHON.symlink_to("/nowhere/python3")


def spoil_the_stamp(monkeypatch):
    run.STAMP.write_text('{"home": [')


def come_with_another_python(monkeypatch):
    monkeypatch.setattr("sysconfig.get_platform", lambda: "another-machine")


def move_the_folder(monkeypatch):
    moved = run.VENV.rename(run.VENV.with_name("moved"))
    monkeypatch.setattr(run, "VENV", moved)
    monkeypatch.setattr(run, "PYTHON", moved / run.PYTHON.name)
    monkeypatch.setattr(run, "STAMP", moved / run.STAMP.name)


@pytest.mark.skipif(os.name == "nt", reason="makes symbolic links")
@pytest.mark.parametrize(
    "damage",
    [
        lose_the_interpreter,
        leave_the_interpreter_dangling,
        spoil_the_stamp,
        come_with_another_python,
        move_the_folder,
    ],
)
def test_a_damaged_environment_is_made_anew(acts, monkeypatch, damage):
    run.set_up(set())
    acts.clear()
    damage(monkeypatch)
    run.set_up(set())
    assert kinds(acts) == ["venv", "pip", "pip"]


@pytest.mark.parametrize("before", [None, set()], ids=["first", "upgrade"])
def test_an_interrupted_installation_leaves_no_stamp(acts, monkeypatch, before):
    if before is not None:
        run.set_up(before)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "pip_install", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run.set_up({"test"})
    assert run.read_stamp() == {}


def test_a_failing_pip_is_quoted_in_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "REPORT", tmp_path / "installed.json")
    monkeypatch.setattr(run, "PYTHON", Path(sys.executable))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(run.SetupError, match="No matching distribution found for no-such-thing"):
        run.pip_install("no-such-thing", "--target", str(tmp_path))


def test_an_index_that_does_not_answer_is_the_reason_given(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "REPORT", tmp_path / "installed.json")
    monkeypatch.setattr(run, "PYTHON", Path(sys.executable))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(run.SetupError, match=r"NewConnectionError.*refused"):
        run.pip_install("no-such-thing", "--target", str(tmp_path))


# What comes


def report_of(name: str, version: str, digest: str) -> str:
    archive = {"archive_info": {"hashes": {"sha256": digest}}}
    package = {"metadata": {"name": name, "version": version}, "download_info": archive}
    return json.dumps({"install": [package]})


def test_a_file_with_a_published_digest_is_believed():
    (_, version), digests = next((k, d) for k, d in run.known_hashes().items() if k[0] == "numpy")
    assert len(digests) > 20  # for each system and each Python
    run.verify(report_of("NumPy", version, min(digests)))


@pytest.mark.parametrize("version", [None, "9.9"], ids=["another file", "another version"])
def test_a_file_that_nobody_has_published_is_refused(version):
    pinned = next(v for name, v in run.known_hashes() if name == "pyside6-essentials")
    with pytest.raises(run.SetupError, match=r"pyside6-essentials .* not the one"):
        run.verify(report_of("PySide6_Essentials", version or pinned, "0" * 64))


def test_the_build_of_pytorch_for_cpus_is_no_part_of_the_list():
    run.verify(report_of("torch", "2.13.0+cpu", "0" * 64))
    with pytest.raises(run.SetupError):
        run.verify(report_of("numpy", "2.4.6+cpu", "0" * 64))


def test_what_pip_installs_is_verified_before_the_environment_counts(tmp_path, monkeypatch):
    """A wheel of our own making, by the name and version of one that is published."""
    wheel = tmp_path / "segno-1.6.6-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("segno-1.6.6.dist-info/METADATA", "Name: segno\nVersion: 1.6.6\n")
        archive.writestr("segno-1.6.6.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("segno-1.6.6.dist-info/RECORD", "")
    monkeypatch.setattr(run, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(run, "REPORT", tmp_path / "installed.json")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(run.SetupError, match=r"segno 1\.6\.6 .* not the one"):
        run.pip_install(str(wheel), "--target", str(tmp_path / "installed"))


# Which PyTorch


@pytest.fixture
def index(monkeypatch):
    """PyTorch's CPU index on 127.0.0.1, with an answer that tests can set."""

    class Answer(BaseHTTPRequestHandler):
        status = 200

        def do_GET(self):
            self.send_response(self.status)
            self.end_headers()

        def log_message(self, *_):
            pass

    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        monkeypatch.setattr(run, "CPU_INDEX", f"http://127.0.0.1:{server.server_port}/whl/cpu")
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        yield Answer
        server.shutdown()
        serving.join()


without_driver = pytest.mark.skipif(
    Path("/proc/driver/nvidia").exists(), reason="this machine has an NVIDIA driver"
)


@on_linux
@without_driver
def test_without_a_driver_the_cpu_build_is_taken(index):
    assert run.cpu_build() == ["--extra-index-url", run.CPU_INDEX]


@on_linux
@without_driver
def test_an_index_that_refuses_is_left_alone(index):
    index.status = 403
    assert run.cpu_build() == []


def test_an_index_that_cannot_be_reached_is_left_alone(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(run, "CPU_INDEX", "http://127.0.0.1:1")
    assert run.cpu_build() == []


@on_linux
def test_with_a_driver_the_usual_build_is_taken(index, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/nvidia-smi")
    assert run.cpu_build() == []


# Where the arguments go


@pytest.fixture
def started(monkeypatch):
    """Records what run.py would set up and start on a system on which nothing is missing."""
    started: dict[str, Any] = {}

    def note(name):
        def act(value=None):
            started[name] = value
            return 0

        return act

    monkeypatch.setattr(run, "missing_from_system", dict)
    monkeypatch.setattr(run, "set_up", note("groups"))
    monkeypatch.setattr(run, "start", note("command"))
    monkeypatch.setattr(run, "check", note("checks"))
    monkeypatch.setattr("os.chdir", note("folder"))
    return started


@pytest.mark.parametrize("words", [[], ["train", "iris", "--json", "-"], ["--screenshot", "a.png"]])
def test_words_go_to_the_app_in_the_users_folder(started, words):
    assert run.main(words) == 0
    assert started["command"] == [str(run.PYTHON), str(run.ROOT / "app.py"), *words]
    assert started["groups"] == set()
    assert "folder" not in started


def test_words_after_test_go_to_pytest_in_the_projects_folder(started):
    assert run.main(["test", "-k", "loss"]) == 0
    command = started["command"]
    assert command[:3] == [str(run.PYTHON), "-m", "pytest"]
    assert command[-2:] == ["-k", "loss"]  # after run.py's own, so that `-n 0` overrides it
    assert started["groups"] == {"test"}
    assert started["folder"] == run.ROOT


def test_words_after_docs_go_to_the_builder_of_the_site(started):
    assert run.main(["docs", "--into", "site"]) == 0
    builder = str(run.ROOT / "packaging" / "build_site.py")
    assert started == {"groups": {"docs"}, "command": [str(run.PYTHON), builder, "--into", "site"]}


def test_the_processes_of_the_tests_keep_what_they_compile(started, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    run.main(["test"])
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_check_sets_up_the_tools_and_runs_them(started):
    assert run.main(["check"]) == 0
    assert started == {"groups": {"test", "dev"}, "checks": None}


def test_every_check_runs_also_after_one_failed(monkeypatch, capsys):
    names = []

    def fail_first(command, **_):
        names.append(Path(command[0]).name)
        return CompletedProcess(command, len(names) == 1)

    monkeypatch.setattr("subprocess.run", fail_first)
    assert run.check() == 1
    assert names == ["ruff", "ruff", "mypy", "lint-imports", "vulture"]
    assert "failed: ruff check\n" in capsys.readouterr().err


def refuse(error):
    def set_up(groups):
        raise error

    return set_up


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (run.SetupError("pip could not install the packages."), 2),
        (PermissionError(13, "Permission denied", ".venv"), 2),
        (KeyboardInterrupt(), 130),
    ],
)
def test_a_failure_is_words_and_an_exit_code(started, monkeypatch, capsys, error, exit_code):
    monkeypatch.setattr(run, "set_up", refuse(error))
    assert run.main([]) == exit_code
    printed = capsys.readouterr()
    assert printed.out == ""  # standard output is the program's
    assert len(printed.err.splitlines()) == 1


# Older Pythons


def test_older_pythons_can_read_the_file():
    text = Path(run.__file__).read_text(encoding="utf-8")
    assert ast.parse(text, feature_version=(3, 8)).body


def test_older_pythons_are_refused_in_one_sentence(started, monkeypatch, capsys):
    monkeypatch.setattr("sys.version_info", (3, 10, 13))
    monkeypatch.setattr("sys.version", "3.10.13 (main)")
    assert run.main([]) == 2
    assert started == {}
    assert capsys.readouterr().err == "Logit Lab needs Python 3.11 or newer; this is 3.10.13.\n"


# The two lists


def test_the_lock_pins_every_requirement_within_its_range():
    lock = (run.ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock, flags=re.MULTILINE))
    groups = tomllib.loads((run.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for text in run.requirements(set(groups["dependency-groups"])):
        requirement = Requirement(text)
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), text


def test_every_pin_has_its_digests():
    lock = (run.ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = set(re.findall(r"^([\w.-]+)==([^\s;]+)", lock, flags=re.MULTILINE))
    assert set(run.known_hashes()) == pins
