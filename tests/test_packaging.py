"""What the packages say of the program agrees with the program."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import build
import pytest

import run
from core import VERSION
from core.cli.parser import COMMANDS
from core.config import DataConfig, ModelConfig, RunConfig
from core.projects.archive import with_ending
from core.projects.setup_text import PREFIX, from_text, to_text
from gui.app.application import make_parser

ROOT = Path(__file__).parents[1]
LINUX = ROOT / "packaging" / "linux"
NAME = "org.logitlab.LogitLab"
MIME = "http://www.freedesktop.org/standards/shared-mime-info"


@pytest.fixture
def documents(monkeypatch):
    """The script that writes the man page and the completions."""
    path = ROOT / "packaging" / "documents.py"
    spec = importlib.util.spec_from_file_location("documents", path)
    assert spec is not None
    assert spec.loader is not None
    monkeypatch.setattr(sys, "path", list(sys.path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def entry(key: str, file: str = "desktop") -> str:
    """Return the value of a key of a desktop file."""
    text = (LINUX / f"{NAME}.{file}").read_text(encoding="utf-8")
    values: dict[str, str] = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
    return values[key]


def read_xml(name: str) -> ElementTree.Element:
    return ElementTree.parse(LINUX / f"{NAME}.{name}.xml").getroot()  # noqa: S314 - our own


def test_the_newest_release_is_this_version():
    releases = read_xml("metainfo").iter("release")
    assert next(releases).get("version") == VERSION
    assert f"\nversion: {VERSION}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_a_desktop_opens_the_files_that_the_program_writes():
    (kind,) = read_xml("mime").iter(f"{{{MIME}}}mime-type")
    (glob,) = kind.iter(f"{{{MIME}}}glob")
    kept = with_ending(Path("a run"))
    assert kept is not None
    assert kept.match(glob.get("pattern", ""))
    assert kind.get("type") in entry("MimeType").split(";")
    assert entry("Exec").endswith("%f")


def test_a_desktop_hands_links_that_are_set_ups_to_the_program():
    schemes = [kind.partition("/")[2] for kind in entry("MimeType", "setup.desktop").split(";")]
    assert f"{schemes[0]}:" == PREFIX
    link = to_text(RunConfig(DataConfig("digits"), ModelConfig(hidden=8)))
    _, *words = entry("Exec", "setup.desktop").replace("%u", link).split()
    assert from_text(make_parser().parse_args(words).setup)[0].model.hidden == 8


def test_the_man_page_has_all_commands(documents):
    assert set(documents.COMMANDS) == set(COMMANDS)
    words = documents.whole().format_help()
    assert all(f"\n    {command} " in words for command in COMMANDS)


@pytest.mark.skipif(shutil.which("mksquashfs") is None, reason="mksquashfs is not installed")
def test_an_appimage_is_the_runtime_and_the_tree_behind_it(tmp_path, monkeypatch):
    folder, runtime = tmp_path / "logitlab", tmp_path / "runtime"
    folder.mkdir()
    (folder / "logitlab").write_text("the program", encoding="utf-8")
    runtime.write_bytes(b"runtime")

    def documents(_, written, share):
        (share / "man").mkdir()

    def icons(_, theme):
        path = theme / "256x256" / "apps" / "logitlab.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"icon")

    monkeypatch.setattr(build, "add_documents", documents)
    monkeypatch.setattr(build, "draw_icons", icons)
    made = build.make_appimage(Path(sys.executable), folder, tmp_path, runtime)
    assert made.read_bytes().startswith(b"runtimehsqs")  # and the mark of a SquashFS
    assert (tmp_path / "AppDir" / "AppRun").read_text(encoding="utf-8") == "the program"
    assert (tmp_path / "AppDir" / ".DirIcon").read_bytes() == b"icon"


def test_a_file_that_is_not_the_published_one_ends_the_build(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()

    def install(command, **_):
        package = {
            "metadata": {"name": "pyinstaller", "version": "6.22.3"},
            "download_info": {"archive_info": {"hashes": {"sha256": "0" * 64}}},
        }
        report = Path(command[command.index("--report") + 1])
        report.write_text(json.dumps({"install": [package]}), encoding="utf-8")

    monkeypatch.setattr(subprocess, "run", install)
    with pytest.raises(run.SetupError, match="pyinstaller"):
        build.pip_install(tmp_path / "bin" / "python", "pyinstaller")


def test_what_has_no_wheel_is_asked_for_by_its_digest():
    name, digest = build.pinned(build.SOURCE_ONLY).split(" ", 1)
    assert re.fullmatch(r"argparse-manpage==[\d.]+", name)
    assert re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", digest)
