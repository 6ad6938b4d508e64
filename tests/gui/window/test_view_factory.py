"""What views and dialogs need first is loaded before they are shown."""

import threading

import pytest
from PySide6.QtWidgets import QMenu

from core.language import tr
from gui.kit.maths import formula
from gui.window import view_registry
from gui.window.classroom import opening as class_opening
from gui.window.menus.action import RUN
from gui.window.opening import csv_opening


@pytest.mark.parametrize("module", [formula, view_registry], ids=["typesetter", "views"])
def test_what_is_shown_later_is_loaded_beside_the_window(open_window, qtbot, monkeypatch, module):
    threads: list[int] = []
    monkeypatch.setattr(module, "load", lambda: threads.append(threading.get_ident()))
    open_window()
    qtbot.waitUntil(lambda: bool(threads))
    assert threads[0] != threading.get_ident()


def test_each_lazy_view_is_among_those_that_are_loaded(window):
    lazy = {spec.name for spec in view_registry.TABS if spec.is_lazy}
    made = {type(window.views[name]) for name in window.stage.available if name in lazy}
    assert made <= set(view_registry.load())
    assert len(view_registry.load()) == len(lazy)


def test_a_menu_and_a_file_load_what_they_lead_to_beside_the_window(
    open_window, qtbot, monkeypatch, tmp_path
):
    threads: list[int] = []

    def noting(load):
        def note():
            threads.append(threading.get_ident())
            return load()

        return note

    for module in (class_opening, csv_opening):
        monkeypatch.setattr(module, "load", noting(module.load))
    window = open_window()
    (menu,) = (m for m in window.menuBar().findChildren(QMenu) if m.title() == tr(RUN))
    menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: len(threads) == 1)
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,x\n2,y\n3,x\n", encoding="utf-8")
    window.csv.open_file(path)
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=30_000)
    window.csv.dialog.reject()
    assert len(threads) == 3  # the last to show it
    assert threading.get_ident() not in threads[:2]
