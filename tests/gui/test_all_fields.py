"""Every field of the window, and of its dialogs: every key, notch and text at every value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QScrollBar,
    QTabBar,
    QWidget,
)

from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from gui.window.main_window import MainWindow
from tests.gui.conftest import PATIENCE_MS
from tests.gui.wheel import turn_wheel

KEYS = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Minus,
    Qt.Key.Key_Plus,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Return,
)
TEXTS = (
    "",
    " ",
    "0",
    "7",
    "-3",
    "−3",
    "1,5",
    "1.5",
    "1e3",
    "1e",
    "1e400",
    "-1e400",
    "nan",
    "inf",
    "none",
    "off",
    "all",
    "never",
    "full",
    "as given",
    "²",
    "٣",
    "0x10",
    "1_000",
    "1 000",
    "9" * 5000,
    "9999999999",
    "<b>5</b>",
    "5\n6",
    "\x00\u202e5",
    "rubbish",
)
NOTCHES = (+1, -1, +7, -7)
# What is shown, and its places in order: the settings, whose changes begin other runs, come last.
PLACES = {
    "iris": ("Boundary", "Data", "Evaluation", "Surface", "Demos", "run bar", "table", "set-up"),
    "drawn": ("gallery", "set-up"),
    "digits, a neuron behind a hidden layer": ("Draw", "set-up"),
}


def fields_of(root: QWidget) -> list[Any]:
    """The fields in which a person sets something; scroll bars are none."""
    kinds = QAbstractSpinBox | QComboBox | QAbstractSlider | QTabBar
    return [
        widget
        for widget in root.findChildren(QWidget)
        if isinstance(widget, kinds)
        and not isinstance(widget, QScrollBar)
        and widget.isVisibleTo(root)
    ]


def value_of(field: Any) -> Any:
    return field.currentIndex() if isinstance(field, QComboBox | QTabBar) else field.value()


def set_value(field: Any, value: Any) -> None:
    if isinstance(field, QComboBox | QTabBar):
        field.setCurrentIndex(value)
    else:
        field.setValue(value)


def ends_of(field: Any) -> list[Any]:
    if isinstance(field, QComboBox | QTabBar):
        return [0, field.count() - 1]
    return [field.minimum(), field.value(), field.maximum()]


def named(field: QWidget) -> str:
    return f"{type(field).__name__} “{field.accessibleName()}”"


@pytest.fixture(scope="module")
def table_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("table") / "points.csv"
    rows = [f"{x},{x * x % 7},{'ab'[x % 2]}" for x in range(24)]
    path.write_text("\n".join(("u,v,label", *rows)) + "\n", "utf-8")
    return path


@pytest.fixture
def window_on(qtbot, open_window):
    """Return a function that opens the window on what is to be shown, with all settings."""

    def window_on(shown: str) -> MainWindow:
        source: Any = shown.partition(",")[0]
        model = ModelConfig("binary", hidden=3) if "neuron" in shown else ModelConfig()
        config = RunConfig(
            DataConfig(source), model, TrainingConfig(epochs=2, optimiser="momentum")
        )
        window: MainWindow = open_window(config, wait=shown != "drawn")
        qtbot.waitUntil(lambda: window.controller.run is not None)
        return window

    return window_on


@pytest.fixture
def pages_of(qtbot, table_file):
    """Return a function that opens a place of a window and gives its fields, page by page."""

    def pages_of(window: MainWindow, place: str) -> Iterator[list[Any]]:
        if place == "set-up":
            window.columns.show_panel(True)
            yield fields_of(window.setup)
        elif place == "run bar":
            yield [*fields_of(window.run_bar), window.stage.tabs, *fields_of(window.history_bar)]
        elif place == "gallery":
            window.gallery.open()
            gallery = window.gallery.gallery
            assert gallery is not None
            yield fields_of(gallery)
            gallery.close()
        elif place == "table":
            window.csv.open_file(table_file)
            qtbot.waitUntil(lambda: window.csv.dialog is not None)
            dialog = window.csv.dialog
            assert dialog is not None
            yield fields_of(dialog)
            dialog.reject()
        else:
            window.stage.show_name(place)
            page: Any = window.views[window.stage.current]
            assert window.stage.current == place
            rows = getattr(page, "rows", None) or [page]
            for number, of_a_page in enumerate(rows):
                if of_a_page is None:
                    continue  # a heading among the demonstrations
                if of_a_page is not page:
                    page.titles.setCurrentRow(number)
                qtbot.waitUntil(lambda: page.is_at_rest, timeout=PATIENCE_MS)
                yield fields_of(page)

    return pages_of


def check(field: Any, what: str) -> None:
    if not isinstance(field, QComboBox | QTabBar):
        assert field.minimum() <= field.value() <= field.maximum(), f"{named(field)}: {what}"


def put_in(qtbot, field: QAbstractSpinBox, text: str, *, is_pasted: bool) -> None:
    field.selectAll()
    if is_pasted:
        QApplication.clipboard().setText(text)
        field.lineEdit().paste()
    elif text:
        qtbot.keyClicks(field, text)
    else:
        qtbot.keyClick(field, Qt.Key.Key_Delete)


def try_keys(qtbot, fields: list[Any], ends: list[list[Any]]) -> None:
    """Turn the wheel over each field, then press every key and turn it by every notch in it.

    ends : values of each field to do so at.
    """
    for field in fields:
        field.clearFocus()
        for notches in NOTCHES:
            before = value_of(field)
            turn_wheel(field, notches)
            assert value_of(field) == before, named(field)
            assert not field.hasFocus(), named(field)
    for field, values in zip(fields, ends, strict=True):
        field.setFocus()
        for value in values:
            for key in KEYS:
                set_value(field, value)
                qtbot.keyClick(field, key)
                check(field, f"{key} at {value}")
            field.setFocus()  # Return has given it away
            for notches in NOTCHES:
                set_value(field, value)
                turn_wheel(field, notches)
                check(field, f"{notches} notches at {value}")


def try_texts(qtbot, fields: list[Any]) -> None:
    """Put every text into each number field, which shows what it made of it."""
    for field in fields:
        if not isinstance(field, QAbstractSpinBox):
            continue
        for text in TEXTS:
            can_be_typed = text.isascii() and text.isprintable() and len(text) < 20
            for is_pasted in (False, True) if can_be_typed else (True,):
                put_in(qtbot, field, text, is_pasted=is_pasted)
                qtbot.keyClick(field, Qt.Key.Key_Return)
                field.interpretText()
                check(field, repr(text[:20]))
                shown = field.text()
                set_value(field, value_of(field))
                assert field.text() == shown, f"{named(field)}: {text[:20]!r}"
            for key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                put_in(qtbot, field, text, is_pasted=True)
                qtbot.keyClick(field, key)
                check(field, f"{text[:20]!r}, then {key}")


@pytest.mark.parametrize("shown", PLACES)
def test_a_field_takes_every_key_notch_and_text_at_every_value_but_no_wheel_without_the_focus(
    qtbot, window_on, pages_of, shown
):
    window = window_on(shown)
    for place in PLACES[shown]:
        count = 0
        for fields in pages_of(window, place):
            ends = [ends_of(field) for field in fields]
            try_texts(qtbot, fields)
            try_keys(qtbot, fields, ends)
            count += len(fields)
        assert count, place
