#!/usr/bin/env python3
"""Set up Logit Lab in this folder, then run it.

    python3 run.py [args ...]         open the app; the arguments go to app.py
    python3 run.py test [args ...]    run the tests; the arguments go to pytest
    python3 run.py check              lint, formatting, types, import contracts, dead code
    python3 run.py docs [args ...]    build the documentation site; the arguments go to its builder

The first start creates .venv and installs the versions of requirements.lock; later starts find
its stamp file and start at once. All messages go to standard error: standard output belongs to
the program. This file uses only the standard library and syntax that older Pythons can parse:
they must get as far as the message that refuses them.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
HASHES = ROOT / "requirements.hashes"
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "logitlab.json"
REPORT = VENV / "installed.json"  # by pip: which files, and their SHA-256

# Dependency groups beside the app's own, by the first word.
GROUPS = {"test": {"test"}, "check": {"test", "dev"}, "docs": {"docs"}}
CHECKS = (
    ["ruff", "check"],
    ["ruff", "format", "--check"],
    ["mypy"],
    ["lint-imports"],
    ["vulture"],
)

# Libraries that Qt's plugins load and pip cannot install, each with its Debian package. Newer
# releases renamed some packages; apt-get resolves the old names.
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
CPU_INDEX = "https://download.pytorch.org/whl/cpu"


class SetupError(Exception):
    """The program cannot start; the message is for the user."""


def report(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def missing_from_system(load: Callable[[str], object] = ctypes.CDLL) -> dict[str, str]:
    """Return what this Linux system lacks, each with the Debian package that provides it."""
    missing = {}
    for library, package in LIBRARIES.items():
        try:
            load(library)
        except OSError:
            missing[library] = package
    # Debian packages ensurepip separately; a finished .venv no longer needs it.
    if not STAMP.exists() and importlib.util.find_spec("ensurepip") is None:
        missing["Python's ensurepip"] = f"python3.{sys.version_info.minor}-venv"
    return missing


def complete_system(missing: dict[str, str]) -> None:
    """Install missing packages if run as root with apt-get; else raise SetupError with advice."""
    lacks = f"This system lacks {', '.join(missing)}."
    packages = " ".join(missing.values())
    if shutil.which("apt-get") is None:
        raise SetupError(f"{lacks} Install what brings them, then start again.")
    if os.geteuid() != 0:
        command = f"sudo apt-get update && sudo apt-get install -y {packages}"
        raise SetupError(f"{lacks} Run this line once, then start again:\n  {command}")
    report(f"Installing system packages: {packages}")
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # A package source that does not answer may not matter: the installation will fail if it does.
    subprocess.run([*apt, "update"], env=environment, capture_output=True)
    install = subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", *packages.split()],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if install.returncode:
        tail = install.stdout.decode(errors="replace").strip()[-600:]
        raise SetupError(f"{lacks} apt-get could not install {packages}:\n{tail}")


def requirements(groups: set[str]) -> list[str]:
    """Return the requirements in pyproject.toml: the app's own and those of the groups."""
    import tomllib  # not at the top: Python before 3.11 lacks it

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [project["project"]["dependencies"]]
    lists += [project["dependency-groups"][group] for group in sorted(groups)]
    return [requirement for names in lists for requirement in names]


def read_stamp() -> dict[str, Any]:
    """Return the stamp of the last set-up; empty if it was interrupted or its Python is gone."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and os.access(PYTHON, os.X_OK) else {}


def stamp_for(groups: set[str]) -> dict[str, Any]:
    """Return the stamp that a set-up with these groups would write now."""
    pins = "\n".join(requirements(set().union(*GROUPS.values()))) + LOCK.read_text(encoding="utf-8")
    return {
        # Scripts contain absolute paths and wheels contain machine code, so .venv can neither be
        # moved nor used by another Python.
        "home": [
            str(VENV),
            os.path.realpath(PYTHON),
            str(sys.implementation.cache_tag),
            sysconfig.get_platform(),
        ],
        "pins": hashlib.sha256(pins.encode()).hexdigest(),
        "groups": sorted(groups),
    }


def cpu_build() -> list[str]:
    """Return pip arguments for PyTorch's CPU build where CUDA would be gigabytes for nothing."""
    has_driver = shutil.which("nvidia-smi") or Path("/proc/driver/nvidia").exists()
    if has_driver or sys.platform != "linux":  # the usual index has CPU builds for other systems
        return []
    import urllib.request  # not at the top: later starts need not wait for the import

    answers = []

    def ask() -> None:
        page = f"{CPU_INDEX}/torch/"
        with contextlib.suppress(OSError), urllib.request.urlopen(page, timeout=3) as answer:
            answers.append(answer.status)

    # The request's time-out does not cover the host name look-up; that of join does.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(3)
    return ["--extra-index-url", CPU_INDEX] if answers == [200] else []


def pip_install(*words: str) -> None:
    """Run pip in .venv and print one line per fetched package. Raise SetupError if pip fails."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    # Constraints, not requirements: the lock file also pins what only the CUDA build needs.
    command += ["--only-binary", ":all:", "--constraint", str(LOCK)]
    # Without compiled bytecode each start takes seconds longer where Python may not write it.
    command += ["--compile", "--report", str(REPORT), *words]
    REPORT.unlink(missing_ok=True)
    fetched = re.compile(
        r"(?:Downloading|Using cached|Processing) (?:.*/)?(\w+)-([^-]+)-\S+\.whl(?: \((\d.*)\))?"
    )
    errors, broken = [], ""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as pip:
        for line in map(str.strip, pip.stdout or ()):
            if wheel := fetched.fullmatch(line.partition(" (from ")[0].replace("%2B", "+")):
                report(f"  {' '.join(filter(None, wheel.groups()))}")
            elif line.startswith("Installing collected packages"):
                report("  unpacking ...")
            elif line.startswith("Progress ") and sys.stderr.isatty():
                megabytes = int(line.split()[1]) // 10**6
                print(f"    {megabytes} MB ", end="\r", file=sys.stderr, flush=True)
            elif "connection broken by" in line:
                broken = line.partition("connection broken by ")[2]
            elif line.startswith("ERROR: "):
                errors.append(line.partition(" ")[2])
    if pip.returncode:
        raise SetupError(
            f"pip could not install the packages: {broken or ' '.join(errors)}\n"
            "Check the network connection and the free space on the disk, then start again."
        )
    verify(REPORT.read_text(encoding="utf-8") if REPORT.exists() else "{}")


def known_hashes() -> dict[tuple[str, str], set[str]]:
    """Return the SHA-256 of each file of a release, by normalised name and version."""
    known: dict[tuple[str, str], set[str]] = {}
    release = ("", "")
    for line in HASHES.read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([\w.-]+)==([^\s;]+)", line):
            release = pin.group(1), pin.group(2)
        elif digest := re.search(r"--hash=sha256:([0-9a-f]{64})", line):
            known.setdefault(release, set()).add(digest.group(1))
    return known


def verify(report: str) -> None:
    """Raise SetupError if a file that pip has installed is not the one that was published.

    Nothing of it has run yet: wheels are unpacked, and the environment has no stamp. Builds of
    PyTorch for CPUs are published elsewhere than the others, and are no part of the list.
    """
    known = known_hashes()
    for package in json.loads(report).get("install", ()):
        about, archive = package["metadata"], package["download_info"].get("archive_info", {})
        name, version = re.sub(r"[-_.]+", "-", about["name"]).lower(), about["version"]
        expected, found = known.get((name, version)), archive.get("hashes", {}).get("sha256")
        is_cpu_build = name == "torch" and version.endswith("+cpu")
        if found not in (expected or ()) and not is_cpu_build:
            raise SetupError(
                f"The file of {name} {version} that came is not the one that was published: its "
                f"SHA-256 is {found}. Nothing of it has run. Look at where packages come from "
                "(pip config list), then start again."
            )


def set_up(groups: set[str]) -> None:
    """Make .venv satisfy the groups: leave it, update it, or create it from scratch."""
    stamp = read_stamp()
    groups = groups | set(stamp.get("groups", []))  # keep the groups that were set up before
    wanted = stamp_for(groups)
    if stamp == wanted:
        return
    if stamp.get("home") != wanted["home"]:
        report(f"Setting up {VENV} (once; a few minutes)")
        if VENV.is_symlink():
            VENV.unlink()  # --clear would empty the folder that it leads to
        # Not the Python in .venv, even if it runs this file: --clear deletes it.
        python = getattr(sys, "_base_executable", sys.executable)
        venv = subprocess.run(
            [python, "-m", "venv", "--clear", str(VENV)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if venv.returncode:
            reason = venv.stdout.decode(errors="replace").strip()[-600:]
            raise SetupError(f"Python could not make {VENV}:\n{reason}")
    else:
        report(f"Bringing {VENV} up to date")
        STAMP.unlink()  # if this is interrupted, the next start begins from scratch
    pip_install("pip")
    pip_install("--progress-bar", "raw", *cpu_build(), *requirements(groups))
    STAMP.write_text(json.dumps(stamp_for(groups)), encoding="utf-8")


def check() -> int:
    """Run every check, even after one has failed; return 1 if any failed, else 0."""
    failed = []
    for name, *words in CHECKS:
        command = " ".join([name, *words])
        report(f"== {command}")
        if subprocess.run([str(SCRIPTS / name), *words], cwd=ROOT).returncode:
            failed.append(command)
    report(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def process_count() -> int:
    """Return one more than there are processors, as windows often wait for timers and threads.

    At most 6: each loads PyTorch and Qt itself.
    """
    has_affinity = hasattr(os, "sched_getaffinity")
    count = len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
    return min(count + 1, 6)


def start(command: list[str]) -> int:
    """Replace this process with the command; on Windows, run it and return its exit code."""
    if os.name != "nt":
        os.execv(command[0], command)
    return subprocess.run(command).returncode  # exec on Windows would release the console


def main(words: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - run by whatever Python the user has
        report(f"Logit Lab needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 2
    first = words[0] if words else ""
    try:
        if sys.platform == "linux" and (missing := missing_from_system()):
            complete_system(missing)
        set_up(GROUPS.get(first, set()))
        if first == "check":
            return check()
        if first == "test":
            os.chdir(ROOT)
            # Each process of the tests would compile all modules anew: seven seconds.
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
            parallel = ["-n", str(process_count()), "--dist", "worksteal"]
            return start([str(PYTHON), "-m", "pytest", *parallel, *words[1:]])
        if first == "docs":
            return start([str(PYTHON), str(ROOT / "packaging" / "build_site.py"), *words[1:]])
        return start([str(PYTHON), str(ROOT / "app.py"), *words])
    except SetupError as error:
        report(str(error))
        return 2
    except OSError as error:  # a folder of another user, a full disk
        report(f"Setting up {ROOT} failed: {error}")
        return 2
    except KeyboardInterrupt:
        report("Stopped.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
