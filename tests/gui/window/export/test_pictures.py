"""Views as pictures: by the menu and the dialog, into a file or onto the clipboard."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QComboBox, QMessageBox

from core.files import writing_bytes
from gui.kit import theme as look
from gui.window.export import pictures as module
from tests.gui.conftest import PATIENCE_MS

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def opened(qtbot, window):
    """The dialog, by its keys, once it shows a picture."""
    window.activateWindow()  # another dialog may have been closed just now
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL_SHIFT)
    dialog = window.exports.pictures.dialog
    assert dialog is not None and dialog.isVisible()
    qtbot.waitUntil(lambda: dialog.drawing is not None, timeout=PATIENCE_MS)
    return dialog


def choose(qtbot, box: QComboBox, words: str) -> None:
    """Choose an option as a user does, by its first letters."""
    box.setFocus()
    for _ in range(box.count()):
        if box.currentText() == words:
            break
        qtbot.keyClick(box, Qt.Key.Key_Down)
    else:
        qtbot.keyClick(box, Qt.Key.Key_Home)
        while box.currentText() != words:
            qtbot.keyClick(box, Qt.Key.Key_Down)


def saved(qtbot, window, dialog, place: Path) -> None:
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: f"Saved {place}" in window.notice.text, timeout=PATIENCE_MS)


def test_a_png_has_the_pixels_of_its_scale(qtbot, window, save_as):
    for scale in (1, 2, 4):
        dialog = opened(qtbot, window)
        choose(qtbot, dialog.scale_choice, f"{scale} ×")
        size = dialog.drawing.size
        place = save_as(f"view {scale}.png")
        saved(qtbot, window, dialog, place)
        image = QImage(str(place))
        assert image.size() == size * scale
        assert not dialog.isVisible()


def test_each_view_can_be_written_as_svg(qtbot, window, save_as, finish):
    finish(window)
    for name in ("Boundary", "Weights", "Curves", "Network", "Evaluation", "Loss"):
        dialog = opened(qtbot, window)
        choose(qtbot, dialog.view_choice, name)
        qtbot.waitUntil(lambda d=dialog: d.drawing is not None, timeout=PATIENCE_MS)
        place = save_as(f"{name}.svg")
        size = dialog.drawing.size
        saved(qtbot, window, dialog, place)
        renderer = QSvgRenderer(str(place))
        assert renderer.isValid() and renderer.defaultSize() == size
        assert f"<title>{name} · Iris" in place.read_text(encoding="utf-8")


def test_a_pdf_has_one_page_of_the_size_of_the_view(qtbot, window, save_as):
    pdf = pytest.importorskip("pypdfium2")
    dialog = opened(qtbot, window)
    place, size = save_as("view.pdf"), dialog.drawing.size
    saved(qtbot, window, dialog, place)
    document = pdf.PdfDocument(place)
    assert len(document) == 1
    assert document[0].get_width() == pytest.approx(size.width() * 72 / 96, abs=1)
    document.close()


def test_a_light_picture_of_a_dark_window_leaves_it_dark_also_if_it_is_closed_before_it_comes(
    qtbot, open_window, is_in_sight
):
    window = open_window(theme="dark")
    dialog = opened(qtbot, window)
    dark = dialog.drawing.image(1).pixelColor(1, 1)
    choose(qtbot, dialog.background_choice, "light, for paper")
    qtbot.waitUntil(lambda: dialog.drawing is not None, timeout=PATIENCE_MS)
    light = dialog.drawing.image(1).pixelColor(1, 1)
    assert (dark.name(), light.name()) == (look.DARK.panel.lower(), look.LIGHT.panel.lower())
    assert window.appearance.theme is look.DARK
    assert is_in_sight(window) and is_in_sight(dialog)
    assert all(view.theme is look.DARK for view in window.views.made)

    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    dialog = opened(qtbot, window)
    choose(qtbot, dialog.background_choice, "as shown")
    qtbot.waitUntil(lambda: dialog.drawing is not None, timeout=PATIENCE_MS)
    choose(qtbot, dialog.background_choice, "light, for paper")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.appearance.theme is look.DARK and is_in_sight(window)


def test_a_picture_is_copied_without_a_dialog_and_without_what_is_shown_at_the_pointer(
    qtbot, window, finish
):
    finish(window)
    view, clipboard = window.views["Boundary"], QGuiApplication.clipboard()
    viewport = view.plot.viewport()
    middle = viewport.rect().center()
    qtbot.mouseMove(viewport, middle)
    qtbot.waitUntil(lambda: "petal length" in view.readout.text(), timeout=PATIENCE_MS)
    clipboard.clear()
    qtbot.keyClick(window, Qt.Key.Key_C, CTRL_SHIFT)
    qtbot.waitUntil(lambda: not clipboard.image().isNull(), timeout=PATIENCE_MS)
    assert not view.readout.text()
    assert QSvgRenderer(clipboard.mimeData().data("image/svg+xml")).isValid()
    assert "clipboard" in window.notice.text
    qtbot.keyClick(window, Qt.Key.Key_H)
    qtbot.keyClick(window, Qt.Key.Key_C, CTRL_SHIFT)
    qtbot.waitUntil(lambda: "covered numbers" in window.notice.text, timeout=PATIENCE_MS)
    dialog = opened(qtbot, window)
    assert dialog.covered_label.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_H)
    assert not opened(qtbot, window).covered_label.isVisible()


def test_a_name_without_ending_gets_that_of_the_format_and_is_asked_about_if_it_is_there(
    qtbot, window, save_as, monkeypatch, tmp_path
):
    there = tmp_path / "mine.png"
    there.write_bytes(b"mine")
    dialog = opened(qtbot, window)
    save_as("mine", module.PNG.filter)
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()))
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert asked and "mine.png" in asked[0]
    assert there.read_bytes() == b"mine" and dialog.isVisible()

    place = save_as("figure 1.2", module.SVG.filter)
    saved(qtbot, window, dialog, place.with_name("figure 1.2.svg"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_one_clear_message(qtbot, window, save_as, tmp_path):
    dialog = opened(qtbot, window)
    save_as("view.png")
    tmp_path.chmod(0o500)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "may not write there" in window.notice.text, timeout=PATIENCE_MS)
    tmp_path.chmod(0o700)


def test_a_full_disk_is_one_clear_message_and_the_old_file_stays(
    qtbot, window, save_as, monkeypatch
):
    dialog = opened(qtbot, window)
    place = save_as("view.png")
    place.write_bytes(b"old")

    def full(path: Path):
        with writing_bytes(path):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "writing_bytes", full)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "no space left" in window.notice.text, timeout=PATIENCE_MS)
    assert place.read_bytes() == b"old"
