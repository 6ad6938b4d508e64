"""Zoom by keys: all type grows, and the screen remembers it."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSplitterHandle, QWidget

from gui.kit import zoom
from gui.window.look import zoom_memory

CTRL = Qt.KeyboardModifier.ControlModifier


def test_keys_go_through_the_levels_and_back(start):
    window = start()
    QTest.keyClick(window, Qt.Key.Key_Equal, CTRL)
    assert zoom.factor() == pytest.approx(1.1)
    QTest.keyClick(window, Qt.Key.Key_Minus, CTRL)
    QTest.keyClick(window, Qt.Key.Key_Minus, CTRL)
    assert zoom.factor() == pytest.approx(0.9)
    QTest.keyClick(window, Qt.Key.Key_0, CTRL)
    assert zoom.factor() == 1


def test_it_ends_at_the_largest_and_the_smallest_level(start):
    window = start()
    for _ in range(2 * len(zoom.LEVELS)):
        QTest.keyClick(window, Qt.Key.Key_Equal, CTRL)
    assert zoom.factor() == zoom.LEVELS[-1]
    for _ in range(2 * len(zoom.LEVELS)):
        QTest.keyClick(window, Qt.Key.Key_Minus, CTRL)
    assert zoom.factor() == zoom.LEVELS[0]


def test_type_of_every_kind_grows_with_it(start):
    window = start()
    parts = {
        "button": window.run_bar.play_button,
        "field": window.knobs.learning_rate,
        "label of its own size": window.knobs.rate.limit_words,
        "tabs": window.stage.tabs,
    }
    before = {name: part.font().pointSizeF() for name, part in parts.items()}
    window.appearance.set_zoom(1.5)
    for name, part in parts.items():
        assert part.font().pointSizeF() == pytest.approx(1.5 * before[name]), name


def test_on_a_large_screen_the_program_begins_with_larger_type_everywhere(start, monkeypatch):
    monkeypatch.setattr(zoom_memory, "LARGE", QSize(1, 1))
    window = start()
    assert zoom.factor() == pytest.approx(1.2)
    parts = window.centralWidget(), window.run_bar, window.knobs, window.knobs.learning_rate
    for part in parts:
        assert part.font().pointSizeF() == pytest.approx(12), part
    small = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and not isinstance(widget, QSplitterHandle)  # which has no words
        if widget.font().pointSizeF() == zoom.BASE_POINT_SIZE
    ]
    assert not small


def test_a_view_out_of_sight_has_the_size_when_it_is_seen(start, qtbot):
    window = start()
    window.appearance.set_zoom(1.5)
    window.stage.show_name("Data")
    assert window.views["Data"].table.font().pointSizeF() == pytest.approx(1.5 * 8.8)


def test_the_screen_remembers_what_was_chosen(start):
    start().appearance.set_zoom(1.25)
    assert start().appearance.zoom == pytest.approx(1.25)


def test_the_zoom_of_a_slide_is_not_remembered(start):
    window = start()
    window.presenter.turn(True)
    assert zoom.factor() > 1.5
    window.close()
    assert start().appearance.zoom == 1


def test_the_layout_can_be_restored(start):
    window = start()
    window.appearance.set_zoom(1.5)
    window.columns.fold(True)
    window.columns.show_panel(True)
    window.layout_memory.reset()
    assert window.appearance.zoom == 1
    assert not window.rail.is_folded
    assert not window.setup.isVisible()
