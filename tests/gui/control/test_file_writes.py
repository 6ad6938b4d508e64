"""What a person saves is written, each of it, whatever else goes on, and closing waits for it."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from core.config import DataConfig, RunConfig, TrainingConfig
from core.errors import SaveError
from core.runs import model_file
from gui.kit.png import write_png, write_pngs
from gui.state.background_tasks import Queue

PATIENCE_MS = 30_000
ENDLESS = RunConfig(training=TrainingConfig(epochs=10**9))


@pytest.fixture
def gate():
    """An event that work in the background waits for; set at the end, so that all ends."""
    gate = threading.Event()
    yield gate
    gate.set()


@pytest.fixture
def hold(gate, qtbot):
    """Return a function that fills a queue until the gate opens."""

    def hold(background, queue):
        started = threading.Event()

        def work():
            started.set()
            gate.wait(60)

        background.ask("held", work, lambda _: None, print, queue)
        qtbot.waitUntil(started.is_set, timeout=PATIENCE_MS)  # after what was asked before

    return hold


def choose(monkeypatch, path):
    """Have the person choose this path in every dialog that asks where to save."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))


@pytest.fixture
def alone(open_alone):
    """A run on Iris, ready, without a window."""
    alone = open_alone()
    alone.start(RunConfig())
    return alone


# In order, all of them ------------------------------------------------------------------------


def test_several_exports_in_a_row_are_all_written(qtbot, alone, tmp_path):
    paths = [tmp_path / f"{k}.csv" for k in range(3)]
    for path in paths:
        alone.controller.files.export(alone.controller.run.task, path)
    alone.controller.files.save_model(alone.controller.snapshot, tmp_path / "m")
    qtbot.waitUntil(lambda: not alone.controller.writes.is_busy, timeout=PATIENCE_MS)
    assert all(path.read_text().count("\n") == 151 for path in paths)
    assert model_file.load(tmp_path / "m.safetensors").params.W.shape == (3, 2)


def test_what_takes_long_holds_up_neither_what_the_eye_waits_for_nor_what_is_written(
    qtbot, alone, tmp_path, hold
):
    background = alone.controller.background
    for queue in Queue:
        if queue is not Queue.PICTURES:
            hold(background, queue)
    answers: list[int] = []
    background.ask("quick", lambda: 1, answers.append, print)
    qtbot.waitUntil(lambda: answers == [1], timeout=PATIENCE_MS)

    hold(background, Queue.PICTURES)
    alone.controller.files.save_model(alone.controller.snapshot, tmp_path / "m")
    qtbot.waitUntil(lambda: not alone.controller.writes.is_busy, timeout=PATIENCE_MS)
    assert (tmp_path / "m.safetensors").exists()
    assert background.is_busy("held")


def test_what_failed_is_told_and_the_rest_is_written(qtbot, alone, tmp_path):
    alone.controller.files.export(alone.controller.run.task, tmp_path / "nowhere" / "x.csv")
    alone.controller.files.export(alone.controller.run.task, tmp_path / "y.csv")
    said: list[str] = []
    alone.controller.failed.connect(said.append)
    qtbot.waitUntil(lambda: not alone.controller.writes.is_busy, timeout=PATIENCE_MS)
    assert len(said) == 1 and "there is no folder" in said[0]
    assert (tmp_path / "y.csv").exists()


def test_that_it_is_saved_is_still_said_when_it_trains_on(qtbot, open_window, tmp_path):
    window = open_window(ENDLESS)
    window.controller.play_or_pause()
    qtbot.waitUntil(lambda: window.controller.is_training and window.controller.snapshot.step > 50)
    window.controller.files.save_model(window.controller.snapshot, tmp_path / "m")
    qtbot.waitUntil(lambda: "Saved the model" in window.notice.text, timeout=PATIENCE_MS)
    step = window.controller.snapshot.step
    qtbot.waitUntil(lambda: window.controller.snapshot.step > step + 100)
    assert "Saved the model" in window.notice.text


# Closing --------------------------------------------------------------------------------------


def test_what_was_saved_just_before_closing_is_there(qtbot, open_window, tmp_path):
    window = open_window(RunConfig(data=DataConfig("digits"), training=ENDLESS.training))
    window.controller.play_or_pause()
    qtbot.waitUntil(lambda: window.controller.is_training)
    window.controller.files.save_model(window.controller.snapshot, tmp_path / "m")
    window.controller.files.export(window.controller.run.task, tmp_path / "x.csv")
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE_MS)
    assert model_file.load(tmp_path / "m.safetensors").params.W.shape == (10, 64)
    assert (tmp_path / "x.csv").read_text().count("\n") == 1798


def test_a_long_wait_is_explained_and_a_second_close_leaves(qtbot, window, gate):
    window.controller.writes.write("slow.csv", lambda: gate.wait(60) and "")
    window.close()
    assert window.isVisible()
    qtbot.waitUntil(
        lambda: "closes once it has written slow.csv" in window.notice.text, timeout=10_000
    )
    window.close()
    assert not window.isVisible()


def test_a_second_close_before_a_word_was_said_still_waits(qtbot, window, gate):
    window.controller.writes.write("slow.csv", lambda: gate.wait(60) and "")
    window.close()
    window.close()
    assert window.isVisible()
    gate.set()
    qtbot.waitUntil(lambda: not window.isVisible())


def test_what_could_not_be_written_keeps_the_window_open_and_is_told(qtbot, window, gate):
    def work():
        gate.wait(60)
        raise SaveError("slow.csv cannot be written: no room.")

    window.controller.writes.write("slow.csv", work)
    window.close()
    gate.set()
    qtbot.waitUntil(lambda: not window.controller.writes.is_busy)
    qtbot.waitUntil(lambda: not window.closing.is_waiting)
    assert window.isVisible() and "no room" in window.notice.text
    window.close()
    assert not window.isVisible()


def test_a_system_that_ends_the_program_waits_for_no_answer(qtbot, window, gate):
    def work():
        gate.wait(60)
        raise SaveError("no room")

    window.controller.writes.write("slow.csv", work)
    window.closing.insist()
    window.closing.insist()
    assert window.isVisible()
    gate.set()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE_MS)


# Pictures -------------------------------------------------------------------------------------


def test_what_the_window_shows_is_saved_as_it_is(qtbot, window, tmp_path, monkeypatch):
    path = tmp_path / "shot.png"
    choose(monkeypatch, path)
    window.files.save_picture()
    qtbot.waitUntil(lambda: f"Saved {path}" in window.notice.text, timeout=PATIENCE_MS)
    image = QImage(str(path))
    assert image.size() == window.size() * window.devicePixelRatio()


def test_a_picture_that_cannot_be_written_is_told(qtbot, window, tmp_path, monkeypatch):
    choose(monkeypatch, tmp_path / "nowhere" / "shot.png")
    window.files.save_picture()
    qtbot.waitUntil(lambda: "shot.png cannot be written" in window.notice.text)


@pytest.fixture
def noise():
    values = np.random.default_rng(7).integers(0, 256, (300, 300, 4), dtype=np.uint8)
    return QImage(values.tobytes(), 300, 300, 1200, QImage.Format.Format_RGB32).copy()


@pytest.mark.parametrize("fails", ["os.fsync", "pathlib.Path.replace", "tempfile.mkdtemp"])
def test_a_picture_is_written_whole_or_not_at_all(fails, noise, tmp_path, monkeypatch):
    path = tmp_path / "shot.png"
    path.write_bytes(b"old")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(fails, full)
        with pytest.raises(SaveError, match="no space left on device"):
            write_png(noise, path)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]
    write_png(noise, path)
    assert QImage(str(path)).convertToFormat(noise.format()) == noise


def test_numbered_pictures_are_all_written_or_none(tmp_path, monkeypatch):
    X, labels = np.arange(12, dtype=np.uint8).reshape(3, 4), ["a/b", "..", "c\n"]
    true, calls = Path.replace, []

    def replace(self, target):
        calls.append(target)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        return true(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(SaveError):
            write_pngs(X, labels, (2, 2), 16, tmp_path / "x.png")
    assert list(tmp_path.iterdir()) == []
    write_pngs(X, labels, (2, 2), 16, tmp_path / "x.png")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["x-1-a_b.png", "x-2-...png", "x-3-c_.png"]
    first = QImage(str(tmp_path / names[0]))
    assert [first.pixelColor(k % 2, k // 2).value() for k in range(4)] == [0, 16, 32, 48]
