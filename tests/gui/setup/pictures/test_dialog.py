"""A folder of pictures from the disk to a run: dropped, previewed, changed, loaded, undone."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from core.data.picture_folder import reading
from core.errors import Cancelled
from gui.kit import theme as look
from gui.setup.source_picker import OPEN_FOLDER
from tests.mirrors import small_files

PATIENCE_MS = 30_000
COLOURS = {"blue": (30, 60, 220), "red": (220, 50, 40)}


@pytest.fixture
def folder(tmp_path):
    """Six pictures of each of two colours, 30 × 20 pixels large, a text and a damaged file."""
    root, rng = tmp_path / "colours", np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (root / name).mkdir(parents=True)
        for k in range(6):
            noise = rng.integers(-20, 21, (20, 30, 3))
            pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(root / name / f"{k}.png")
    (root / "red" / "notes.txt").write_text("no picture")
    (root / "red" / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return root


def drop(window, path):
    """Drop a file or a folder on the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    shared = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(5, 5), *shared, none)
    QApplication.sendEvent(window, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), *shared, none))


@pytest.fixture
def dialog(qtbot, window, folder):
    """The dialog on the dropped folder, once it shows pictures."""
    drop(window, folder)
    qtbot.waitUntil(lambda: window.pictures.dialog is not None, timeout=PATIENCE_MS)
    dialog = window.pictures.dialog
    qtbot.waitUntil(lambda: dialog.pictures.count() > 0, timeout=PATIENCE_MS)
    return dialog


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def colour_of(dialog, place):
    """The colour in the middle of a shown picture."""
    image = dialog.pictures.item(place).icon().pixmap(64, 64).toImage()
    return QColor(image.pixel(image.width() // 2, image.height() // 2))


def test_a_dropped_folder_is_shown_with_classes_pictures_and_what_is_left_out(dialog):
    assert [dialog.classes.item(k).text() for k in range(2)] == ["blue  (6)", "red  (7)"]
    assert dialog.pictures.count() == 6
    assert dialog.summary.text() == "13 pictures  ·  2 classes"
    assert "1 file left out, no picture: red/notes.txt." in dialog.remarks.text()
    assert "28 × 28 grey values" in dialog.made.text() or "20 × 30 grey" in dialog.made.text()
    assert not dialog.merge_box.isVisible()


def test_pictures_are_shown_in_the_colours_that_they_are_loaded_in(qtbot, dialog):
    grey = colour_of(dialog, 0)
    assert grey.red() == grey.green() == grey.blue()
    press(qtbot, dialog.colours.button(True))
    qtbot.waitUntil(lambda: colour_of(dialog, 0).blue() > 190, timeout=PATIENCE_MS)
    assert colour_of(dialog, 0).red() < 60
    qtbot.mouseClick(dialog.invert_box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.waitUntil(lambda: colour_of(dialog, 0).blue() < 60, timeout=PATIENCE_MS)


def test_load_begins_a_run_on_the_pictures_and_undo_returns(qtbot, window, dialog, new_run):
    press(qtbot, dialog.colours.button(True))
    dialog.size_field.setValue(8)
    qtbot.waitUntil(lambda: "8 × 8 in colour" in dialog.made.text(), timeout=PATIENCE_MS)
    before = window.controller.run.task.source.name
    with new_run(window):
        press(qtbot, dialog.foot.load_button)
    task = window.controller.run.task
    assert task.source.image_shape == (24, 8)
    assert task.source.n == 12
    assert task.config.data.colour
    assert task.config.data.size == 8
    assert window.pictures.dialog is None
    assert "red/cut.png" in window.notice.text
    window.controller.undo_stack.undo()
    assert window.controller.run.task.source.name == before


def test_the_rail_names_the_open_folder(qtbot, window, dialog, new_run):
    with new_run(window):
        press(qtbot, dialog.foot.load_button)
    button = window.rail.source.button("pictures")
    assert button.isChecked()
    assert button.accessibleName().startswith("colours, 12 × ")


def test_reading_is_shown_and_cancelled_and_the_run_stays(qtbot, window, dialog, monkeypatch):
    begun, run = threading.Event(), window.controller.run

    def read(_found, _config, watch, is_cancelled):
        watch("colours: 3 of 13 pictures", 0.25)
        begun.set()
        while not is_cancelled():
            pass
        raise Cancelled("")

    monkeypatch.setattr(reading, "read_layout", read)
    press(qtbot, dialog.foot.load_button)
    qtbot.waitUntil(lambda: dialog.foot.busy.value() == 250, timeout=PATIENCE_MS)
    assert begun.is_set()
    assert dialog.foot.summary.text() == "colours: 3 of 13 pictures"
    assert not dialog.foot.load_button.isEnabled()
    press(qtbot, dialog.foot.cancel_button)
    qtbot.waitUntil(lambda: window.pictures.dialog is None, timeout=PATIENCE_MS)
    assert window.controller.run is run


def test_a_folder_without_classes_is_refused_in_the_window(qtbot, window, tmp_path):
    (tmp_path / "empty").mkdir()
    drop(window, tmp_path / "empty")
    qtbot.waitUntil(lambda: "holds no picture" in window.notice.text, timeout=PATIENCE_MS)
    assert window.pictures.dialog is None


def test_a_folder_that_does_not_fit_is_refused_in_the_dialog(qtbot, dialog, monkeypatch):
    monkeypatch.setattr("core.memory.free", lambda: 100)
    press(qtbot, dialog.foot.load_button)
    qtbot.waitUntil(lambda: "Choose a smaller size" in dialog.foot.summary.text())
    assert dialog.foot.load_button.isEnabled()
    assert dialog.size_field.isEnabled()


def test_folders_that_differ_in_case_are_merged_by_a_press(qtbot, dialog, folder, window):
    dialog.reject()
    (folder / "Blue").mkdir()
    (folder / "blue" / "0.png").rename(folder / "Blue" / "0.png")
    window.pictures.open_folder(folder)
    qtbot.waitUntil(lambda: window.pictures.dialog is not None, timeout=PATIENCE_MS)
    dialog = window.pictures.dialog
    assert dialog.classes.count() == 3
    qtbot.waitUntil(dialog.merge_box.isVisible)
    qtbot.mouseClick(dialog.merge_box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.waitUntil(lambda: dialog.classes.count() == 2, timeout=PATIENCE_MS)
    assert dialog.config.merge_case


def test_the_menu_and_the_rail_ask_for_a_folder(qtbot, window, folder, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    press(qtbot, window.rail.source.button("pictures"))
    qtbot.waitUntil(lambda: window.pictures.dialog is not None, timeout=PATIENCE_MS)
    assert window.rail.source.button("pictures").accessibleName().startswith(OPEN_FOLDER)
    assert window.rail.source.button("iris").isChecked()


def test_a_dropped_folder_with_idx_files_is_opened_as_such(qtbot, window, tmp_path, new_run):
    for name, content in small_files()[0].items():
        (tmp_path / name).write_bytes(content)
    with new_run(window):
        drop(window, tmp_path)
    assert window.controller.run.task.config.data.source == "mnist"
    assert window.controller.run.task.source.image_shape == (40, 3)


def test_ink_takes_the_colour_of_the_theme(qtbot, window, tmp_path):
    digit = np.zeros((9, 9), dtype=np.uint8)
    digit[2:7, 2:7] = 255
    for name in "ab":
        (tmp_path / "digits" / name).mkdir(parents=True)
        Image.fromarray(digit).save(tmp_path / "digits" / name / "1.png")
    window.pictures.open_folder(tmp_path / "digits")
    qtbot.waitUntil(lambda: window.pictures.dialog is not None, timeout=PATIENCE_MS)
    dialog = window.pictures.dialog
    qtbot.waitUntil(lambda: dialog.pictures.count() == 2, timeout=PATIENCE_MS)
    assert colour_of(dialog, 0).name().upper() == look.LIGHT.ink
    window.appearance.choose("dark")
    qtbot.waitUntil(lambda: colour_of(dialog, 0).name().upper() == look.DARK.ink)
