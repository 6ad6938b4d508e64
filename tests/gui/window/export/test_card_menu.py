"""A right click on a card offers to export its view; where points are drawn it takes one away."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

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


def test_the_menu_of_a_card_exports_its_view_but_where_points_are_drawn_there_is_none(
    qtbot, window, new_run
):
    for name in ("Boundary", "Loss"):
        view = window.views[name]
        chosen(click_right(view.plot.viewport()), "Export as a picture…")
        dialog = window.exports.pictures.dialog
        assert dialog.isVisible() and dialog.view == name
        qtbot.waitUntil(lambda d=dialog: d.drawing is not None, timeout=PATIENCE_MS)
        dialog.reject()
    chosen(click_right(window.stage), "Export as an animation…")
    dialog = window.exports.animations.dialog
    assert dialog.isVisible() and dialog.view == window.stage.current
    dialog.reject()

    with new_run(window):
        qtbot.mouseClick(window.rail.source.button("drawn"), Qt.MouseButton.LeftButton)
    view = window.views["Boundary"]
    assert view.plot.isVisible()
    assert click_right(view.plot.viewport()) is None


def test_fields_on_the_stage_and_on_the_rail_keep_their_own_entries(window):
    window.stage.show_name("Demos")
    demos = window.views["Demos"]
    demos.choose_title("One-hot rows")
    number = demos.demo.example
    for field, more in ((number, {"Step up"}), (window.rail.search, set())):
        menu = click_right(field)
        assert menu is not None
        words = {action.text().replace("&", "").split("\t")[0] for action in menu.actions()}
        assert {"Undo", "Copy", "Paste", "What is this?"} | more <= words
        menu.close()
    menu = click_right(demos.demo)
    assert menu is not None and "Copy" not in {action.text() for action in menu.actions()}
    menu.close()
