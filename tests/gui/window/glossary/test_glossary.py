"""The page of what has the focus or is clicked, and the glossary by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QTextBrowser, QWidget

from core.config import DataConfig, RunConfig
from core.teach import glossary
from gui.window.view_registry import SIDE, TABS
from tests.gui.conftest import PATIENCE_MS


@pytest.fixture(scope="module")
def window_of_all(open_for_all):
    """A window in which each test opens pages."""
    return open_for_all()


@pytest.fixture
def window(window_of_all, qtbot, new_run):
    """The window with Iris, its first view and no page, whatever the test before has left."""
    window = window_of_all
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE_MS)
    window.columns.show_panel(False)
    window.stage.show_name("Boundary")
    window.stage.setFocus()
    yield window
    if window.controller.config != RunConfig():
        with new_run(window):
            window.loader.load(RunConfig(), "back")
    if window.glossary.dialog is not None:
        window.glossary.dialog.close()


def title_of(window, widget: QWidget) -> str:
    entry = window.glossary.entry_about(widget)
    return entry.title if entry is not None else ""


def focusable(window) -> list[QWidget]:
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.window() is window
    ]


def test_everything_that_takes_the_focus_has_a_page(window) -> None:
    for name in window.stage.names:
        window.views[name]
    assert len(focusable(window)) > 150
    assert [w for w in focusable(window) if not title_of(window, w)] == []
    setup, bar = window.setup, window.run_bar
    expected = {
        setup.training.learning_rate: "Learning rate η",
        window.knobs.learning_rate: "Learning rate η",
        setup.training.momentum: "Momentum μ",
        setup.training.weight_decay: "Weight decay λ",
        setup.training.patience: "Early stopping",
        setup.data.standardise: "Standardise",
        bar.speed: "Run bar",
        window.history_bar: "Time line",
        window.stage: "Boundary",
    }
    assert {w: title_of(window, w) for w in expected} == expected


def test_every_view_has_a_page_of_its_own() -> None:
    for spec in (*TABS, *SIDE):
        assert glossary.part(spec.name) is not None, spec.name


def test_f1_opens_the_page_of_what_has_the_focus_and_training_goes_on(qtbot, window) -> None:
    field = window.setup.training.momentum
    window.columns.show_panel(True)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_F1)
    dialog = window.glossary.dialog
    assert dialog.page.entry.title == "Momentum μ"
    assert not dialog.isModal()
    qtbot.waitUntil(dialog.search.hasFocus)
    dialog.page.links["SGD"].click()
    assert dialog.page.entry.title == "SGD"
    qtbot.keyClick(dialog, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert dialog.page.entry.title == "Momentum μ"
    qtbot.keyClicks(dialog.search, "entropy")
    assert dialog.page.entry.title == "Entropy" and "Momentum μ" not in dialog.shown
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.page.entry.title != "Entropy"
    qtbot.keyClick(dialog, Qt.Key.Key_F1)
    (keys,) = window.findChildren(QTextBrowser)
    keys.window().close()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_page_keys_go_through_all_pages_in_order(qtbot, window) -> None:
    window.glossary.open(glossary.entries()[0])
    dialog = window.glossary.dialog
    seen = [dialog.page.entry.title]
    for _ in glossary.entries()[1:]:
        qtbot.keyClick(dialog.search, Qt.Key.Key_PageDown)
        seen.append(dialog.page.entry.title)
    assert seen == [entry.title for entry in glossary.entries()]
    qtbot.keyClick(dialog.search, Qt.Key.Key_PageUp)
    assert dialog.page.entry.title == seen[-2]


def chosen_in_menu(qtbot, window, widget: QWidget) -> None:
    """Right-click a widget and choose the entry that explains it."""
    at = widget.rect().center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    (action,) = [each for each in menu.actions() if each.text() == "What is this?"]
    action.trigger()
    menu.close()


def test_a_right_click_leads_to_the_page(qtbot, window) -> None:
    labels = window.run_bar.findChildren(QLabel)
    epoch = next(label for label in labels if label.text() == "epoch" and label.isVisible())
    field, card = window.knobs.learning_rate, window.views["Loss"]
    for widget, title in ((epoch, "Epoch"), (field, "Learning rate η"), (card, "Loss")):
        chosen_in_menu(qtbot, window, widget)
        assert window.glossary.dialog.page.entry.title == title


def test_a_page_leads_to_its_view_and_to_its_demonstration(qtbot, window) -> None:
    window.glossary.open(glossary.entry_of("Jacobian"))
    page = window.glossary.dialog.page
    page.view_wanted.emit(page.entry.view)
    assert window.stage.current == "Trace"
    window.glossary.open(glossary.entry_of("Temperature"))
    page.demo_wanted.emit(page.entry.demo)
    assert window.stage.current == "Demos"
    assert window.views["Demos"].demo.title == "Temperature"


@pytest.mark.parametrize(
    "data", [DataConfig("digits", None), DataConfig("genres", None)], ids=["digits", "genres"]
)
def test_what_other_data_show_has_a_page_too(window, new_run, data: DataConfig) -> None:
    with new_run(window):
        window.loader.load(RunConfig(data=data), "other data")
    for name in window.stage.names:
        window.views[name]
    assert [w for w in focusable(window) if not title_of(window, w)] == []


def test_every_page_fits_the_colours_and_the_zoom(window, qtbot) -> None:
    window.glossary.open(glossary.entry_of("Softmax"))
    dialog = window.glossary.dialog
    before = dialog.page.widget()
    window.appearance.set_zoom(1.5)
    assert dialog.page.widget() is not before and dialog.page.entry.title == "Softmax"
    window.appearance.set_zoom(1.0)
