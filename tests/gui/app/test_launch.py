"""The program as it is started: pictures, a machine without a display, signals, start-up order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from core.cli.training import train
from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.explain import probe
from gui.kit import theme as look
from tests import warm

ROOT = Path(__file__).parents[3]
PATIENCE = 90


@dataclass(frozen=True)
class Ended:
    """How a program ended."""

    code: int
    out: str
    err: str
    folder: Path


def start(folder: Path, *words: str, **variables: str | None) -> subprocess.Popen[str]:
    return _start(warm.python(), folder, words, variables)


def start_anew(folder: Path, *words: str, **variables: str | None) -> subprocess.Popen[str]:
    """Start a program by an interpreter that has imported nothing yet."""
    return _start([sys.executable], folder, words, variables)


def _start(
    python: list[str], folder: Path, words: Sequence[str], variables: Mapping[str, str | None]
) -> subprocess.Popen[str]:
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(folder / "config"),
        "TMPDIR": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    for name, value in variables.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
    return subprocess.Popen(
        [*python, *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str], folder: Path) -> Ended:
    try:
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    return Ended(process.returncode, out, err, folder)


def run(folder: Path, *words: str, **variables: str | None) -> Ended:
    return end(start(folder, str(ROOT / "app.py"), *words, **variables), folder)


def run_anew(folder: Path, *words: str, **variables: str | None) -> Ended:
    return end(start_anew(folder, str(ROOT / "app.py"), *words, **variables), folder)


def complaints(text: str) -> list[str]:
    """The lines on stderr, without what the offscreen platform says of itself."""
    return [line for line in text.splitlines() if "This plugin does not support" not in line]


# A picture ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pictured(tmp_path_factory) -> Ended:
    words = "--size 1024x640 --theme dark --view weights iris --epochs 5".split()
    folder = tmp_path_factory.mktemp("picture")
    return run_anew(folder, "--screenshot", "shot.png", *words)


def test_a_picture_is_saved_in_the_wanted_size(pictured):
    assert pictured.code == 0, pictured.err
    image = QImage(str(pictured.folder / "shot.png"))
    assert (image.width(), image.height()) == (1024, 640)
    assert pictured.out == "Saved shot.png.\n"
    assert complaints(pictured.err) == []


def test_a_picture_has_the_wanted_theme(pictured):
    image = QImage(str(pictured.folder / "shot.png"))
    colours = [image.pixelColor(x, y).name() for x in range(0, 1024, 9) for y in range(0, 640, 9)]
    assert colours.count(QColor(look.DARK.panel).name()) > 0.3 * len(colours)


def test_a_picture_shows_the_wanted_view(pictured):
    """The bars of trained weights, blue and orange-red, in the middle of the window."""
    image = QImage(str(pictured.folder / "shot.png"))
    stage = [image.pixelColor(x, y).name() for x in range(100, 650, 2) for y in range(180, 600, 2)]
    for colour in (look.DARK.accent, look.DARK.counter_accent):
        assert stage.count(QColor(colour).name()) > 50


def test_two_pictures_of_the_surface_of_one_run_are_equal(tmp_path):
    """Training flat out, no two of them are watched at the same steps."""
    words = "--view surface iris --epochs 50".split()
    pictures = []
    for name in ("one.png", "two.png"):
        ended = run(tmp_path, "--screenshot", name, *words)
        assert ended.code == 0, ended.err
        pictures.append(QImage(str(tmp_path / name)))
    assert pictures[0] == pictures[1]


def test_a_picture_of_a_setup_is_that_of_its_settings(tmp_path):
    pictures = []
    options = ["iris", "--epochs", "2"], ["--setup", "logitlab:1?epochs=2"]
    for name, words in zip(("one.png", "two.png"), options, strict=True):
        ended = run(tmp_path, "--screenshot", name, *words)
        assert ended.code == 0, ended.err
        pictures.append(QImage(str(tmp_path / name)))
    assert pictures[0] == pictures[1]


def test_a_picture_leaves_nothing_but_itself_behind(pictured):
    assert [path.name for path in pictured.folder.rglob("*")] == ["shot.png"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--screenshot", "no/such/folder/x.png"), "there is no folder"),
        (("--screenshot", "x.png", "--size", "huge"), "“huge” is no size"),
        (("--size", "99999999x99999999"), "width and height may be 1 to 8,192 pixels"),
        (("--size", "0x800"), "width and height may be 1 to 8,192 pixels"),
        (("--size", f"{'9' * 5000}x800"), "width and height may be 1 to 8,192 pixels"),
        (("--screenshot", "x.png", "--features", "girth"), "no feature “girth”"),
        (("--screenshot", "x.png", "--setup", "garden"), "A set-up begins with logitlab:"),
        (("--screenshot", "x.png", "--view", "garden"), "no tab “garden”"),
        (("--screenshot", "x.png", "--view", "draw"), "no “Draw” for this data and model"),
        (("--screenshot", "x.png", "--view", "lasso", "--hidden", "3"), "no “Lasso” for this"),
    ],
    ids=lambda value: value[-1][:20] if isinstance(value, tuple) else "",
)
def test_what_cannot_be_pictured_is_said_in_one_line(tmp_path, words, hint):
    ended = run(tmp_path, *words, "--epochs", "1")
    assert ended.code == 2
    (line,) = complaints(ended.err)
    assert line.startswith("logitlab: ") and hint in line
    assert not (tmp_path / "x.png").exists()


# What the picture shows -------------------------------------------------------------------------

READ_WHEN_PICTURED = """
import json, sys
from pathlib import Path
from PySide6.QtWidgets import QLabel
from core.config import RunConfig, TrainingConfig
from gui.app.launch import Launch, make_application
from gui.kit.maths.sheet import Sheet

view, place = sys.argv[1:]
config = RunConfig(training=TrainingConfig(epochs=4))
launch = Launch(make_application(), config, Path(place), (1366, 1200), "light", view)
window, read = launch.window, {}
grab = window.grab

def read_and_grab():
    labels = [one for one in window.findChildren(QLabel) if one.isVisible()]
    sheets = [one for one in window.findChildren(Sheet) if one.isVisible()]
    data = window.views["Data"]
    read.update(
        tab=window.stage.current,
        words=[one.text() for one in labels],
        bar={one.accessibleName(): one.text() for one in labels if one.accessibleName()},
        sheets=[one.numbers.text() for one in sheets],
        losses=[data.model.index(row, 5).data() for row in range(3)],
        surface=[one.panels[c].point for one in window.views.made if hasattr(one, "panels")
                 for c in one.choices.shown if one.panels[c].surface is not None],
        weights=window.controller.snapshot.params.W[-1].tolist(),
    )
    return grab()

window.grab = read_and_grab
code = launch.run()
print(json.dumps(read))
sys.exit(code)
"""


@pytest.fixture
def read_when_pictured(tmp_path):
    """Return a function that gives what the window said at the moment of its picture."""

    def read(view: str):
        words = ["-c", READ_WHEN_PICTURED, view, str(tmp_path / "x.png")]
        ended = end(start(tmp_path, *words), tmp_path)
        assert ended.code == 0, ended.err
        assert complaints(ended.err) == []
        return json.loads(ended.out.splitlines()[-1])

    return read


def trained_in_the_terminal():
    result = train(prepare(sources.load(DataConfig()), IRIS), None)
    return result, probe.row_answers(result.task, result.params)


IRIS = RunConfig(training=TrainingConfig(epochs=4))


def test_the_picture_of_a_late_tab_has_the_last_numbers(read_when_pictured):
    result, _ = trained_in_the_terminal()
    read = read_when_pictured("evaluation")
    right = round(result.metrics.test_accuracy * 30)
    assert read["tab"] == "Evaluation"
    assert any(f"{right} of 30 test rows" in words for words in read["words"])
    assert read["bar"]["accuracy · test"] == f"{100 * result.metrics.train_accuracy:.1f}\xa0%"


def test_the_picture_of_the_trace_has_the_loss_of_the_last_step(read_when_pictured):
    result, answers = trained_in_the_terminal()
    read = read_when_pictured("trace")
    loss = f"{answers.loss[int(result.task.train_rows[0])]:.3f}"
    (sheet,) = read["sheets"]
    assert loss in sheet
    assert f"step {result.metrics.step}" in read["words"]


def test_the_picture_of_the_rows_has_the_losses_of_the_last_step(read_when_pictured):
    _, answers = trained_in_the_terminal()
    read = read_when_pictured("data")
    assert read["losses"] == [f"{loss:.4f}" for loss in answers.loss[:3]]


def test_the_picture_of_the_surface_has_its_point_where_the_weights_are(read_when_pictured):
    read = read_when_pictured("surface")
    (point,) = read["surface"]
    assert point == pytest.approx(read["weights"][:2], abs=1e-5)


# No display -----------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
def test_without_a_display_the_main_job_can_be_seen_to_work(tmp_path):
    ended = run_anew(tmp_path, QT_QPA_PLATFORM=None, DISPLAY=None, WAYLAND_DISPLAY=None)
    assert ended.code == 0, ended.err
    first, *rest = ended.out.splitlines()
    assert first.startswith("There is no display") and first.endswith(".")
    assert any(line.startswith("test") and "accuracy" in line for line in rest)
    assert not QImage(str(tmp_path / "logitlab.png")).isNull()
    assert "Traceback" not in ended.err


OPENED = """
from gui.app.display import open_on_display
from gui.app.launch import make_application
application, lack = open_on_display(make_application)
print(application.platformName(), lack, sep="|")
"""
NOWHERE: dict[str, str | None] = {
    "QT_QPA_PLATFORM": None,
    "DISPLAY": None,
    "WAYLAND_DISPLAY": None,
    "XDG_RUNTIME_DIR": "/nowhere",
}


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
@pytest.mark.parametrize(
    ("variables", "lack"),
    [
        ({}, "There is no display"),
        ({"QT_QPA_PLATFORM": "offscreen"}, ""),
        ({"QT_QPA_PLATFORM": "wayland"}, "QT_QPA_PLATFORM=wayland cannot be used here"),
        ({"QT_QPA_PLATFORM": "eglfs"}, "QT_QPA_PLATFORM=eglfs cannot be used here"),
        ({"QT_QPA_PLATFORM": "no such;nor:1"}, "QT_QPA_PLATFORM=no such;nor:1 cannot be used here"),
        ({"DISPLAY": "nowhere:9"}, "DISPLAY=nowhere:9 does not answer"),
        ({"WAYLAND_DISPLAY": "none-9"}, "WAYLAND_DISPLAY=none-9 does not answer"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value,
)
def test_a_display_that_is_not_there_is_a_sentence(tmp_path, variables, lack):
    ended = end(start(tmp_path, "-c", OPENED, **NOWHERE | variables), tmp_path)
    assert ended.code == 0, ended.err
    assert (ended.out, ended.err) == (f"offscreen|{lack}\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="Qt brings these libraries elsewhere")
def test_a_library_that_qt_lacks_is_named(tmp_path):
    (tmp_path / "libxcb-cursor.so.0").touch()  # found before the true one, and no library
    broken = {"DISPLAY": "nowhere:9", "LD_LIBRARY_PATH": str(tmp_path)}
    ended = end(start_anew(tmp_path, "-c", OPENED, **NOWHERE | broken), tmp_path)
    assert ended.code == 0, ended.err
    assert "libxcb-cursor.so.0" in ended.out


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
def test_the_picture_that_nobody_named_takes_no_others_place(tmp_path):
    for name in ("logitlab.png", "logitlab-2.png"):
        (tmp_path / name).write_text("mine")
    ended = run(tmp_path, "--epochs", "1", **NOWHERE)
    assert ended.out.splitlines()[-1] == "Saved logitlab-3.png."
    assert (tmp_path / "logitlab.png").read_text() == "mine"
    assert (tmp_path / "logitlab-2.png").read_text() == "mine"
    assert not QImage(str(tmp_path / "logitlab-3.png")).isNull()


# Signals --------------------------------------------------------------------------------------

TRAIN_FOR_EVER = """
import sys
from pathlib import Path
from core.config import RunConfig, TrainingConfig
from gui.control.run_controller import FLAT_OUT
from gui.app.launch import Launch, make_application

config = RunConfig(training=TrainingConfig(epochs=10**9))
launch = Launch(make_application(), config, None, None, None, None)
controller = launch.window.controller
controller.set_speed(FLAT_OUT)

said = []

def watch(snapshot):
    if not said:
        said.append("ready")
        controller.play_or_pause()
    elif snapshot.step > 100 and len(said) == 1:
        said.append("training")
        controller.files.save_model(controller.snapshot, Path("model"))
        print(*said, flush=True)

controller.snapshot_changed.connect(watch)
sys.exit(launch.run())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_to_end_mid_training_ends_the_program_well(tmp_path, name):
    process = start(tmp_path, "-c", TRAIN_FOR_EVER)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready training\n"
    process.send_signal(getattr(signal, name))
    try:
        process.wait(timeout=30)  # it takes about a second
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    ended = end(process, tmp_path)
    assert ended.code == 0
    assert complaints(ended.err) == []
    assert (tmp_path / "config").exists()  # settings are saved
    assert (tmp_path / "model.safetensors").exists()  # and what was being written is


# What goes wrong -----------------------------------------------------------------------------

FILE_HAS_GONE = """
import sys
from core.config import RunConfig
from core.errors import DataError
from gui.app.launch import Launch, make_application

launch = Launch(make_application(), RunConfig(), None, None, None, None)
window = launch.window

def read():
    raise DataError("X.npy has changed; open it again.")

def tell(message):
    print(message, flush=True)
    window.close()

window.controller.failed.connect(tell)
background = window.controller.background
window.controller.snapshot_changed.connect(lambda _: background.ask("x", read, print))
sys.exit(launch.run())
"""


def test_a_file_that_fails_in_the_background_costs_its_own_sentence(tmp_path):
    ended = end(start(tmp_path, "-c", FILE_HAS_GONE), tmp_path)
    assert ended.out == "X.npy has changed; open it again.\n"
    assert ended.code == 0 and complaints(ended.err) == []


# The order of starting ------------------------------------------------------------------------

WITHOUT_TORCH = """
import sys
import gui.window.main_window
assert "torch" not in sys.modules, "importing the window imports PyTorch"
"""

PAINTED_FIRST = """
import sys
from PySide6.QtCore import QTimer
from core.config import RunConfig
from gui.app.launch import Launch, make_application

LATE = "torch core.data.csv.dialect core.teach.lesson numpy.random gui.setup.data_card".split()
launch = Launch(make_application(), RunConfig(), None, None, None, None)
window = launch.window
window.painted.connect(lambda: print("painted,", {*LATE} & {*sys.modules}, flush=True))

def is_there(snapshot):
    print("numbers, torch:", "torch" in sys.modules, flush=True)
    window.close()

window.controller.snapshot_changed.connect(is_there)
sys.exit(launch.run())
"""


LESSON_OPENED = """
import sys
from gui.app import application
from gui.app.launch import Launch

begin = Launch.__init__

def watched(launch, *words):
    begin(launch, *words)
    shelf = launch.window.lesson_opener.shelf
    shelf.opened.connect(lambda lesson: print(lesson.title, flush=True))
    shelf.opened.connect(lambda _: launch.window.closing.insist())

Launch.__init__ = watched
sys.exit(application.main(sys.argv[1:]))
"""


def test_a_file_that_is_given_is_opened_as_what_it_holds(tmp_path):
    text = 'format = 1\ntitle = "Mine"\n[[steps]]\ntext = "From a file."\n'
    (tmp_path / "file").write_text(text, encoding="utf-8")
    ended = end(start(tmp_path, "-c", LESSON_OPENED, "file"), tmp_path)
    assert ended.code == 0, ended.err
    assert ended.out.splitlines()[:1] == ["Mine"]


def test_importing_the_window_does_not_import_pytorch(tmp_path):
    ended = end(start_anew(tmp_path, "-c", WITHOUT_TORCH), tmp_path)
    assert ended.code == 0, ended.err


def test_the_window_is_painted_before_what_it_does_not_show_is_imported(tmp_path):
    ended = end(start_anew(tmp_path, "-c", PAINTED_FIRST), tmp_path)
    assert ended.code == 0, ended.err
    assert ended.out.splitlines() == ["painted, set()", "numbers, torch: True"]
