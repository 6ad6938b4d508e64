"""Tabs of single views, and of groups whose menu offers them."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from gui.kit.view import View
from gui.window.stage.tabs import StageTabs
from gui.window.view_registry import keys_of
from gui.window.view_spec import ViewSpec


def never_made(_: object) -> View:
    raise AssertionError


def spec(name, group=""):
    return ViewSpec(name, never_made, group=group)


def menu_of(qtbot) -> QMenu:
    """Return the menu that is open."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


SPECS = [spec("Boundary"), spec("Data"), spec("Trace", "Explain"), spec("Surface", "Explain")]
NAMES = tuple(s.name for s in SPECS)


@pytest.fixture
def tabs(qtbot, dressed):
    tabs = StageTabs(SPECS)
    qtbot.addWidget(tabs)
    tabs.resize(600, 40)
    tabs.set_views(NAMES, keys_of(NAMES), "Boundary")
    tabs.show()
    qtbot.waitExposed(tabs)
    return tabs


def texts(tabs):
    return [tabs.tabText(i) for i in range(tabs.count())]


def test_views_of_a_group_share_a_tab(tabs):
    assert texts(tabs) == ["Boundary", "Data", "Explain ▾"]


def test_the_tab_of_a_group_bears_the_name_of_its_view_that_is_shown(tabs, qtbot):
    with qtbot.waitSignal(tabs.chosen) as chosen:
        tabs.show_name("Surface")
    assert chosen.args == ["Surface"]
    assert texts(tabs) == ["Boundary", "Data", "Surface ▾"]
    tabs.show_name("Data")
    assert texts(tabs) == ["Boundary", "Data", "Explain ▾"]


def test_going_from_one_view_of_a_group_to_another_says_so(tabs, qtbot):
    tabs.show_name("Surface")
    with qtbot.waitSignal(tabs.chosen) as chosen:
        tabs.show_name("Trace")
    assert chosen.args == ["Trace"]
    assert tabs.current == "Trace"


def test_a_press_on_a_group_opens_its_menu(tabs, qtbot):
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(2).center())
    menu = menu_of(qtbot)
    names = [action.text().partition("\t") for action in menu.actions()]
    assert [(name, key) for name, _, key in names] == [("Trace", "3"), ("Surface", "4")]
    menu.actions()[1].trigger()
    menu.close()
    assert tabs.current == "Surface"


def test_a_press_on_a_single_view_shows_it(tabs):
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(1).center())
    assert tabs.current == "Data"


def test_the_keyboard_opens_the_menu_of_a_group(tabs, qtbot):
    tabs.show_name("Trace")
    tabs.setFocus()
    QTest.keyClick(tabs, Qt.Key.Key_Down)
    menu_of(qtbot).close()


def test_where_there_is_no_room_one_menu_offers_all(tabs):
    tabs.resize(120, 40)
    assert texts(tabs) == ["Boundary ▾"]
    tabs.show_name("Data")
    assert texts(tabs) == ["Data ▾"]
    tabs.resize(600, 40)
    assert texts(tabs) == ["Boundary", "Data", "Explain ▾"]
    assert tabs.current == "Data"


def test_views_that_are_not_offered_have_no_tab(tabs):
    tabs.set_views(("Data", "Trace"), keys_of(("Data", "Trace")), "Data")
    assert texts(tabs) == ["Data", "Trace"]
    assert tabs.available == ("Data", "Trace")
    tabs.show_name("Boundary")
    assert tabs.current == "Data"


def test_no_tab_lies_outside(tabs):
    last = tabs.tabRect(tabs.count() - 1)
    assert tabs.rect().contains(last.center())
    assert tabs.tabAt(QPoint(-1, 5)) == -1
