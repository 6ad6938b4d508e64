"""Demonstrations on the screen of a small laptop; that each is seen whole: window/test_room.py."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from gui.kit import theme as look
from gui.stage.demos.batch_sheet import SheetView
from gui.stage.demos.neuron.two_classes import TwoClassesDemo
from gui.stage.demos.temperature import TemperatureDemo
from gui.stage.demos.view import GROUPS

DEMOS = [cls for _, classes in GROUPS for cls in classes]


@pytest.fixture
def usual_type(dressed):
    yield
    dressed.setFont(look.base_font())


@pytest.mark.usefixtures("usual_type")
def test_where_a_column_is_too_high_there_are_two_in_order(open_window, qtbot):
    window = open_window(size=(1366, 736))
    window.stage.show_name("Demos")
    view = window.views["Demos"]
    view.titles.setCurrentRow(view.rows.index(TemperatureDemo))
    qtbot.waitUntil(lambda: view.is_at_rest)

    def places() -> list[tuple[int, int]]:
        items = map(view.demo.layout().itemAt, range(view.demo.layout().count()))
        return [(at.left(), at.top()) for at in (item.geometry() for item in items)]

    assert len({left for left, _ in places()}) == 1
    window.appearance.set_zoom(1.5)
    qtbot.waitUntil(lambda: len({left for left, _ in places()}) == 2)
    assert places() == sorted(places())
    (area,) = (a for a in view.findChildren(QScrollArea) if a.isVisible())
    qtbot.waitUntil(lambda: not area.verticalScrollBar().maximum())


@pytest.mark.usefixtures("usual_type")
def test_in_large_type_the_choice_stands_beside_the_tabs(open_window, qtbot):
    window = open_window(size=(1366, 736))
    window.appearance.set_zoom(1.5)
    window.stage.show_name("Demos")
    view = window.views["Demos"]
    last = DEMOS[-1].title
    view.choose_title(last)
    qtbot.waitUntil(lambda: view.is_at_rest)
    assert view.combo.isVisible() and not view.isAncestorOf(view.combo)
    tabs = window.stage.tabs
    assert tabs.count() > 1 and tabs.geometry().right() < view.combo.parentWidget().parent().x()
    QTest.keyClick(view.combo, Qt.Key.Key_Up)
    assert view.combo.currentText() == view.demo.title != last
    window.stage.show_name("Data")
    assert not view.combo.isVisible()
    window.stage.split(True)
    window.stage.show_beside("Demos")  # too narrow for both
    qtbot.waitUntil(lambda: view.isAncestorOf(view.combo) and view.combo.isVisible())


@pytest.mark.usefixtures("usual_type")
def test_no_heading_of_the_worked_example_is_cut_in_any_type(open_window, qtbot):
    window = open_window(size=(1366, 736))
    window.stage.show_name("Demos")
    view = window.views["Demos"]
    qtbot.waitUntil(lambda: view.is_at_rest)
    shown = set()
    for scale in (1.0, 1.5, 2.0):
        window.appearance.set_zoom(scale)
        QApplication.processEvents()
        for table in view.findChildren(SheetView):
            shown.add(table.font().pointSizeF() < view.font().pointSizeF())
            rows, columns = table.verticalHeader(), table.horizontalHeader()
            assert rows.width() >= rows.sizeHint().width()
            for j in range(columns.count()):
                assert columns.sectionSize(j) >= columns.fontMetrics().horizontalAdvance(
                    str(table.model().headerData(j, Qt.Orientation.Horizontal))
                )
    assert shown == {False, True}  # smaller than other type where there is less room


@pytest.mark.usefixtures("usual_type")
def test_tables_and_titles_follow_the_zoom(open_window, qtbot):
    window = open_window(size=(1366, 1000))
    window.stage.show_name("Demos")
    view = window.views["Demos"]
    view.titles.setCurrentRow(view.rows.index(TwoClassesDemo))
    qtbot.waitUntil(lambda: view.is_at_rest)
    window.appearance.set_zoom(1.5)
    grid, titles = view.demo.grid, view.titles
    sizes = {
        grid.item(i, j).font().pointSizeF()
        for i in range(grid.rowCount())
        for j in range(grid.columnCount())
    }
    assert sizes == {15.0}
    qtbot.waitUntil(lambda: titles.viewport().width() >= titles.sizeHintForColumn(0))
