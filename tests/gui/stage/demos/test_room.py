"""Demonstrations on the screen of a small laptop; that each is seen whole: window/test_room.py."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from gui.kit import layouts
from gui.kit import theme as look
from gui.stage.demos.batch_sheet import SheetView
from gui.stage.demos.demo import DemoPage
from gui.stage.demos.grid import Grid
from gui.stage.demos.neuron.two_classes import TwoClassesDemo
from gui.stage.demos.temperature import TemperatureDemo
from gui.stage.demos.view import GROUPS

DEMOS = [cls for _, classes in GROUPS for cls in classes]


@pytest.fixture
def usual_type(dressed):
    yield
    dressed.setFont(look.base_font())


def page_of(view) -> DemoPage:
    """The page of the demonstration in sight."""
    [page] = (page for page in view.findChildren(DemoPage) if page.isVisible())
    assert isinstance(page, DemoPage)
    return page


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


def overflow(page: DemoPage) -> int:
    """Return by how many pixels the demonstration can be scrolled."""
    return page.verticalScrollBar().maximum()


@pytest.mark.usefixtures("usual_type")
def test_a_slide_is_seen_whole_or_turned_to_its_end(open_window, qtbot):
    window = open_window(size=(1366, 768))
    window.stage.show_name("Demos")
    view = window.views["Demos"]
    qtbot.waitUntil(lambda: view.is_at_rest)
    view.choose_title("Overflow of exp")  # made in the usual type
    qtbot.waitUntil(lambda: view.is_at_rest)
    view.demo.scale.set_value(1000)
    for width, height in ((1366, 768), (1280, 800), (1024, 768)):
        window.resize(width, height)
        QTest.keyClick(window, Qt.Key.Key_F5)
        assert window.focusWidget() is window.stage  # no ring of focus on a slide
        turned = []
        for cls in DEMOS:
            view.choose_title(cls.title)
            qtbot.waitUntil(lambda: view.is_at_rest and window.is_at_rest)
            (page,) = (page for page in view.findChildren(DemoPage) if page.isVisible())
            qtbot.waitUntil(lambda page=page: page.horizontalScrollBar().maximum() == 0)
            for grid in page.findChildren(Grid):
                qtbot.waitUntil(lambda grid=grid: grid.verticalHeader().length() < grid.height())
                qtbot.waitUntil(lambda grid=grid: not cut_numbers(grid))
            if width > 1024:
                qtbot.waitUntil(lambda page=page: not overflow(page))
                continue
            layouts.finish()
            while page.verticalScrollBar().value() < overflow(page):
                assert view.turn_within(1)
                turned.append(cls.title)
        assert len(turned) < 10  # of which a clicker moves some sliders first
        window.presenter.turn(False)


def cut_numbers(grid: Grid) -> list[str]:
    """Return the texts of a table that are wider than their columns."""
    return [
        item.text()
        for i in range(grid.rowCount())
        for j in range(grid.columnCount())
        if (item := grid.item(i, j))
        and QFontMetrics(item.font()).horizontalAdvance(item.text()) > grid.columnWidth(j)
    ]


@pytest.mark.usefixtures("usual_type")
def test_in_the_largest_type_what_to_do_is_folded_and_a_demonstration_has_the_room(
    open_window, qtbot
):
    window = open_window(size=(1366, 736))
    window.appearance.set_zoom(2.0)
    window.stage.show_name("Demos")
    view = window.views["Demos"]
    qtbot.waitUntil(lambda: view.is_at_rest)
    assert view.combo.isVisible() and not view.isAncestorOf(view.combo)
    for demo in DEMOS:
        view.choose_title(demo.title)
        qtbot.waitUntil(lambda: view.is_at_rest)
        page = page_of(view)
        assert not page.watch.isVisible()
        # By one page at most: with the sentence, and the choice above, it was one and a half.
        qtbot.waitUntil(lambda p=page: p.verticalScrollBar().maximum() < p.viewport().height())
    qtbot.mouseClick(window.stage.more, Qt.MouseButton.LeftButton)
    page = page_of(view)
    assert page.watch.isVisible()
    qtbot.mouseClick(window.stage.more, Qt.MouseButton.LeftButton)
    window.appearance.set_zoom(1.0)
    qtbot.waitUntil(lambda: page.watch.isVisible() and not window.stage.more.isVisible())


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
