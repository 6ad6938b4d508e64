"""One file opened in each way that the window has: it is what it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog

from core.config import RunConfig, TrainingConfig
from core.projects.setup_text import to_text
from tests.gui.conftest import PATIENCE_MS

LESSON = 'format = 1\ntitle = "Mine"\n[[steps]]\ntext = "From a file."\n'
SETUP = to_text(RunConfig(training=TrainingConfig(learning_rate=0.25)))


@pytest.fixture
def file(tmp_path: Path):
    """Return a function that writes a text without an ending, and returns its place."""

    def file(text: str) -> Path:
        place = tmp_path / "file"
        place.write_text(text, encoding="utf-8")
        return place

    return file


def of_file(path: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def drop(qtbot, window, path: Path, monkeypatch) -> None:
    mime, none = of_file(path), Qt.KeyboardModifier.NoModifier
    shared = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, none
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), *shared))
    QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), *shared, QEvent.Type.Drop))


def open_by_key(qtbot, window, path: Path, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)


def paste(qtbot, window, path: Path, monkeypatch) -> None:
    QGuiApplication.clipboard().setMimeData(of_file(path))
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def choose_as_table(qtbot, window, path: Path, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: dialog.fileSelected.emit(str(path)))
    window.csv.choose_file()


WAYS = [drop, open_by_key, paste, choose_as_table]


def test_a_lesson_begins_in_each_way(qtbot, window, file, monkeypatch):
    path = file(LESSON)
    for way in WAYS:
        way(qtbot, window, path, monkeypatch)
        qtbot.waitUntil(window.lessons.strip.isVisible, timeout=PATIENCE_MS)
        assert window.lessons.shown.lesson.title == "Mine"
        qtbot.mouseClick(window.lessons.strip.close_button, Qt.MouseButton.LeftButton)
        assert not window.lessons.strip.isVisible()


def test_a_set_up_holds_in_each_way(qtbot, window, file, monkeypatch, new_run):
    path = file(SETUP)
    for way in WAYS:
        with new_run(window):
            way(qtbot, window, path, monkeypatch)
        assert window.controller.settings.learning_rate == 0.25
        window.controller.undo_stack.undo()
