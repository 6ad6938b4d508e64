"""No text is cut at 1366 × 768, in any tab, at 100 and at 150 %."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

from core.config import DataConfig, RunConfig
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.labels import Elided

# What may give way: names of features and classes, which can be of any length.
OF_DATA = ("parameter across", "parameter up")
SLOW = ("Lasso",)  # what it seeks for images takes longer than its layout
NARROW = ("Trace",)  # the name of the row gives way to the buttons of its line


def lack(widget: QWidget) -> object:
    """Return what of the widget's text has no room, in words or pixels; nothing where all has."""
    metrics = widget.fontMetrics()
    if isinstance(widget, QLabel):
        if isinstance(widget, Elided) or not widget.text():
            return None  # an elided one has its whole text in the tip
        if widget.wordWrap():
            high = widget.heightForWidth(widget.width())
            return (widget.height(), high) if widget.height() + 1 < high else None
        needed = widget.sizeHint()
        is_cut = widget.width() + 1 < needed.width() or widget.height() + 2 < metrics.height()
        return (widget.size(), needed) if is_cut else None
    if isinstance(widget, QAbstractButton):
        needed = metrics.size(Qt.TextFlag.TextShowMnemonic, widget.text())
        is_cut = widget.width() < needed.width() or widget.height() < metrics.height()
        return (widget.size(), needed) if widget.text() and is_cut else None
    if isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = widget.style().subControlRect(control, option, part, widget).width()
        wide = metrics.horizontalAdvance(widget.currentText())
        return (room, wide) if room < wide else None
    if isinstance(widget, QAbstractSpinBox):
        room, wide = widget.lineEdit().width(), metrics.horizontalAdvance(widget.text())
        return (room, wide) if room < wide else None
    assert isinstance(widget, QTabBar)
    return [
        widget.tabText(i)
        for i in range(widget.count())
        if widget.tabRect(i).right() > widget.width()
    ]


@pytest.fixture
def usual_type(dressed):
    yield
    dressed.setFont(look.base_font())


@pytest.mark.usefixtures("usual_type")
@pytest.mark.parametrize(("source", "theme"), [("iris", "light"), ("digits", "dark")])
@pytest.mark.parametrize("level", [1.0, 1.5], ids=["100 %", "150 %"])
def test_no_text_is_cut_in_any_tab(qtbot, open_window, source, theme, level):
    config = RunConfig(data=DataConfig(source=source))
    window = open_window(config, size=(1366, 768), theme=theme)
    qtbot.keyClick(window, "s")
    qtbot.waitUntil(lambda: window.controller.snapshot.step >= 1)
    window.appearance.set_zoom(level)
    cut: list[tuple[object, ...]] = []
    for name in window.stage.available:
        window.stage.show_name(name)
        if name not in SLOW:
            qtbot.waitUntil(lambda: window.is_at_rest, timeout=30_000)
        try:  # layouts follow a zoom by and by
            qtbot.waitUntil(lambda name=name: not lacks(window, name, level), timeout=2000)
        except qtbot.TimeoutError:
            cut += lacks(window, name, level)
        assert (window.width(), window.height()) == (1366, 768)
    assert zoom.factor() == level
    assert cut == []


LINES = ("red,Cork,1.5,10,alpha", "blue,Bergen,2.5,20,beta", "green,Cork,3.5,30,alpha") * 4
TABLE = "\n".join(("colour,harbour,weight in kg,price,species", *LINES))


@pytest.mark.usefixtures("usual_type")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("level", [1.0, 1.5], ids=["100 %", "150 %"])
def test_no_text_is_cut_in_the_preview_of_a_table(qtbot, open_window, tmp_path, theme, level):
    path = tmp_path / "harbours.csv"
    path.write_text(TABLE)
    window = open_window(size=(1366, 768), theme=theme)
    window.appearance.set_zoom(level)
    window.csv.open_file(path)
    qtbot.waitUntil(lambda: window.csv.dialog is not None, timeout=30_000)
    dialog = window.csv.dialog
    qtbot.waitExposed(dialog)
    kinds = QLabel | QAbstractButton | QComboBox | QAbstractSpinBox

    def cut():
        seen = (w for w in dialog.findChildren(QWidget) if isinstance(w, kinds) and w.isVisible())
        return [(type(w).__name__, w.accessibleName(), lacked) for w in seen if (lacked := lack(w))]

    try:
        qtbot.waitUntil(lambda: not cut(), timeout=2000)
    except qtbot.TimeoutError:
        assert cut() == []
    assert dialog.width() <= 1366 and dialog.height() <= 768
    dialog.reject()


def lacks(window, name, level) -> list[tuple[object, ...]]:
    """Return what is cut in sight while the view of this name is shown."""
    kinds = QLabel | QAbstractButton | QComboBox | QAbstractSpinBox | QTabBar
    view = window.views[name]
    cut: list[tuple[object, ...]] = []
    for widget in window.findChildren(QWidget):
        if not (isinstance(widget, kinds) and widget.isVisible()):
            continue
        is_excused = name in NARROW
        if widget.accessibleName() in OF_DATA or (is_excused and view.isAncestorOf(widget)):
            continue
        if lacked := lack(widget):
            cut.append((name, type(widget).__name__, widget.accessibleName(), lacked))
    return cut
