"""A right click on a card offers to export its view; where points are drawn it takes one away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from core.config import DataConfig, RunConfig
from tests.gui.conftest import PATIENCE_MS


def click_right(widget) -> QMenu | None:
    """The menu that a right click in the middle of a widget opens."""
    middle = QPoint(widget.width() // 2, widget.height() // 2)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(widget, QContextMenuEvent(reason, middle, widget.mapToGlobal(middle)))
    menu = QApplication.activePopupWidget()
    assert menu is None or isinstance(menu, QMenu)
    return menu


def chosen(menu: QMenu | None, text: str) -> None:
    assert menu is not None
    (action,) = (action for action in menu.actions() if action.text() == text)
    action.trigger()
    menu.close()


@pytest.mark.parametrize("name", ["Boundary", "Loss"])
def test_the_menu_of_a_card_exports_its_view(qtbot, window, name):
    view = window.views[name]
    chosen(click_right(view.plot.viewport()), "Export as a picture…")
    dialog = window.exports.pictures.dialog
    assert dialog.isVisible() and dialog.view == name
    qtbot.waitUntil(lambda: dialog.drawing is not None, timeout=PATIENCE_MS)
    dialog.reject()


def test_the_menu_of_the_stage_offers_an_animation(window):
    chosen(click_right(window.stage), "Export as an animation…")
    dialog = window.exports.animations.dialog
    assert dialog.isVisible() and dialog.view == window.stage.current
    dialog.reject()


def test_where_points_are_drawn_a_right_click_opens_no_menu(qtbot, open_window):
    window = open_window(RunConfig(DataConfig("drawn")), wait=False)
    qtbot.waitUntil(lambda: window.controller.run is not None, timeout=PATIENCE_MS)
    view = window.views["Boundary"]
    assert click_right(view.plot.viewport()) is None
