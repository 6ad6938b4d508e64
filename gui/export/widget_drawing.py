"""Widgets as drawings: everything in them is painted again, as shapes instead of pixels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QRegion
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QPushButton,
    QSplitterHandle,
    QToolButton,
    QWidget,
)

from gui.export.drawing import Drawing
from gui.export.recorder import Recorder
from gui.kit import zoom
from gui.kit.plots import Plot

OWN = QWidget.RenderFlag(0)  # a widget alone, without its children
EDGE_PX = 8
TITLE_SCALE = 1.1


MARKS = ("quiet", "segments")  # properties of buttons
LEGEND = "marker"  # of those that name the classes
CONTROLS = (
    QAbstractSlider,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QSplitterHandle,
    QToolButton,
)


def draw(widget: QWidget, ground: str, ink: str, title: str = "", *, controls: bool) -> Drawing:
    """Return a visible widget as a drawing, without the mark of the focus.

    ground, ink : colours behind it and of the title. title : above it; "" for none.
    controls : whether its fields and buttons are drawn, too.
    """
    edge, font = zoom.px(EDGE_PX), zoom.font(TITLE_SCALE, bold=True)
    size = widget.size() + QSize(2 * edge, 2 * edge)
    recorder = Recorder(size)
    painter = QPainter(recorder)
    painter.setFont(font)
    words = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, widget.width())
    head = painter.fontMetrics().height() + edge // 2 if title else 0
    painter.end()
    recorder = Recorder(size + QSize(0, head))
    painter = QPainter(recorder)
    painter.fillRect(QRect(QPoint(), size + QSize(0, head)), QColor(ground))
    if title:
        painter.setPen(QColor(ink))
        painter.setFont(font)
        line = QRect(2 * edge, edge, widget.width() - edge, head)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
    with _without_focus(widget):
        corner = QPoint(edge, edge + head)
        _paint(widget, painter, corner, QRect(corner, widget.size()), controls=controls)
    painter.end()
    return recorder.drawing


def _paint(
    widget: QWidget, painter: QPainter, corner: QPoint, room: QRect, *, controls: bool
) -> None:
    """Paint a widget, then those in it, as far as they lie in the room that their parent leaves."""
    seen = QRect(corner, widget.size()) & room
    if seen.isEmpty() or (_is_control(widget) and not controls):
        return
    painter.save()
    painter.setClipRect(seen)
    if isinstance(widget, Plot):
        painter.translate(corner)
        widget.paint_shapes(painter)
        painter.restore()
        faces = widget.faces
    else:
        QWidget.render(widget, painter, corner, QRegion(), OWN)  # a scene has another `render`
        painter.restore()
        faces = ()
    for child in _children(widget):
        if child in faces:
            for inner in _children(child):
                if inner not in faces:
                    at = corner + child.pos() + inner.pos()
                    _paint(inner, painter, at, seen, controls=controls)
        else:
            _paint(child, painter, corner + child.pos(), seen, controls=controls)


def _is_control(widget: QWidget) -> bool:
    is_plain_button = type(widget) is QPushButton and not widget.property(LEGEND)
    return is_plain_button or isinstance(widget, CONTROLS) or any(map(widget.property, MARKS))


def _children(widget: QWidget) -> list[QWidget]:
    """Return what is visible in a widget, from back to front."""
    return [
        child
        for child in widget.children()
        if isinstance(child, QWidget) and not child.isWindow() and child.isVisibleTo(widget)
    ]


@contextmanager
def _without_focus(widget: QWidget) -> Iterator[None]:
    """Take the focus away from a widget for a moment, whose mark would be painted."""
    focused = QApplication.focusWidget()
    is_inside = focused is not None and (focused is widget or widget.isAncestorOf(focused))
    if focused is None or not is_inside:
        yield
        return
    focused.clearFocus()
    try:
        yield
    finally:
        focused.setFocus(Qt.FocusReason.OtherFocusReason)
