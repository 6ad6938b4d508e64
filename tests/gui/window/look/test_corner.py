"""Zoom and presenter mode at one press, beside the menus."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QToolButton

from gui.kit import zoom


def test_one_press_makes_all_larger_or_smaller_or_a_slide_and_the_menus_come_first(
    qtbot, open_window
):
    window = open_window(size=(1024, 700))
    smaller, larger, present = window.beside_menus.findChildren(QToolButton)

    def menus_in_sight():
        bar = window.menuBar()
        right = window.beside_menus.x() if window.beside_menus.isVisible() else bar.width()
        places = [bar.actionGeometry(action) for action in bar.actions()]
        return all(place.width() and place.right() < right for place in places)

    qtbot.mouseClick(larger, Qt.MouseButton.LeftButton)
    assert zoom.factor() == pytest.approx(1.1)
    qtbot.mouseClick(smaller, Qt.MouseButton.LeftButton)
    assert zoom.factor() == 1
    assert menus_in_sight()
    qtbot.mouseClick(present, Qt.MouseButton.LeftButton)
    assert window.presenter.is_on and not window.menuBar().isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.beside_menus.isVisible()
    window.appearance.set_zoom(2.0)
    assert not window.beside_menus.isVisible()
    qtbot.waitUntil(menus_in_sight)
    window.appearance.set_zoom(1.0)
    assert window.beside_menus.isVisible()


def test_the_buttons_are_whole_at_the_zoom_that_a_start_restores(
    qtbot, open_window, dressed, tmp_path
):
    screen = dressed.primaryScreen()
    stored = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    stored.setValue(f"zoom_{screen.name()}_{screen.size().width()}x{screen.size().height()}", 120)
    window = open_window(size=(1632, 918))
    assert zoom.factor() == 1.2
    buttons = window.beside_menus.findChildren(QToolButton)
    qtbot.waitUntil(lambda: all(b.width() >= b.sizeHint().width() for b in buttons))
    window.appearance.set_zoom(1.0)
