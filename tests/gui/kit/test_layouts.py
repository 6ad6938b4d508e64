"""A layout within a layout leaves nothing behind that outlives its items."""

import ast
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayoutItem, QVBoxLayout, QWidget

import gui
from gui.kit.layouts import PaintedLater, add_layout, held, paused


def items_known_to_python() -> int:
    return sum(isinstance(each, QLayoutItem) for each in shiboken6.getAllValidWrappers())


def row_of(*widgets) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row


def test_the_items_of_a_nested_layout_have_no_wrappers(qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    outer, inner, innermost = QVBoxLayout(host), QVBoxLayout(), row_of(QLabel(), QLabel())
    before = items_known_to_python()
    add_layout(inner, innermost)
    add_layout(outer, inner)
    assert items_known_to_python() == before


def test_the_widgets_are_laid_out_as_ever(qtbot):
    host, first, second = QWidget(), QLabel("first"), QLabel("second")
    qtbot.addWidget(host)
    add_layout(QVBoxLayout(host), row_of(first, second))
    host.resize(300, 100)
    host.show()
    assert first.parentWidget() is host
    assert first.geometry().right() < second.geometry().left()


def test_a_paused_layout_moves_its_widgets_once(qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    inner = QWidget(host)
    QVBoxLayout(host).addWidget(inner)
    widgets = [QLabel("one"), QLabel("two"), QLabel("three")]
    column = QVBoxLayout(inner)
    for widget in widgets:
        column.addWidget(widget, 1)
    host.resize(200, 300)
    host.show()
    qtbot.waitExposed(host)
    before = widgets[2].geometry()
    with paused(host):
        widgets[0].hide()
        widgets[1].hide()
        assert widgets[2].geometry() == before
    qtbot.waitUntil(
        lambda: widgets[2].geometry() == inner.contentsRect().adjusted(*margins(column))
    )


def test_what_is_held_is_laid_out_once_though_several_parts_appear(qtbot, paintings):
    host, inner = QWidget(), QWidget()
    qtbot.addWidget(host)
    shown, *later = [QLabel(word) for word in ("one", "two", "three", "four")]
    column = QVBoxLayout(host)
    column.addWidget(inner, 1)
    column.addWidget(QLabel("below"), 1)
    rows = QVBoxLayout(inner)
    for label in (shown, *later):
        rows.addWidget(label)
        label.setHidden(label is not shown)
    host.show()
    qtbot.waitExposed(host)
    moved = paintings(shown, QEvent.Type.Move)
    resized = paintings(shown, QEvent.Type.Resize)
    with held(inner):
        for label in later:
            label.show()
    assert moved == resized == []
    qtbot.waitUntil(lambda: later[-1].geometry().top() > later[0].geometry().bottom())
    assert len(resized) == 1
    assert all(layout.isEnabled() for layout in (column, rows))


class _Noted(QLabel):
    """Takes down when it is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[str] = []

    def paintEvent(self, _) -> None:
        self.order.append("painted")


def test_windows_are_painted_after_what_the_user_did_meanwhile(qtbot):
    window = _Noted()
    qtbot.addWidget(window)
    painter = PaintedLater(window)
    window.show()
    qtbot.waitExposed(window)
    window.order.clear()
    heard = QTimer(window)
    heard.setSingleShot(True)
    heard.timeout.connect(lambda: window.order.append("heard"))
    heard.start(0)
    window.update()
    painter.hold([window])
    qtbot.waitUntil(lambda: "painted" in window.order)
    assert window.order[0] == "heard"


def margins(layout) -> tuple[int, int, int, int]:
    sides = layout.contentsMargins()
    return sides.left(), sides.top(), -sides.right(), -sides.bottom()


@pytest.mark.parametrize("name", ["addLayout", "insertLayout", "itemAt"])
def test_nothing_else_makes_wrappers_of_items(name):
    folder = Path(gui.__file__).parent
    callers = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == name
    }
    assert callers <= {"kit/layouts.py"}
