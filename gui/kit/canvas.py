"""Pictures that change at display rate, painted by Qt's own items without Python; see plots."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsSimpleTextItem,
    QGraphicsView,
    QWidget,
)

from gui.kit import described

Item = TypeVar("Item", bound=QGraphicsItem)

LEFT, CENTRE, RIGHT = 0.0, 0.5, 1.0
RING, RING_LEVEL = 2, -1000  # width in px and z value: below words that reach the edge


class Canvas(QGraphicsView):
    """Covers its parent with items in the parent's coordinates; mouse events go to the parent.

    Opaque, so that Qt does not paint the parent beneath it.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setScene(scene)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setInteractive(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setBackgroundBrush(self.palette().base())  # until the owner sets another colour
        self._make_ring()
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def cover(self, area: QRect) -> None:
        """Cover this area, the rectangle of the parent."""
        self.setGeometry(area)
        self.setSceneRect(QRectF(area))
        self.ring.setRect(QRectF(area).adjusted(RING / 2, RING / 2, -RING / 2, -RING / 2))

    def add(self, item: Item) -> Item:
        self.scene().addItem(item)
        return item

    def clear(self) -> None:
        """Delete all items."""
        was_shown = self.ring.isVisible()
        self.scene().clear()
        self._make_ring()
        self.show_focus(was_shown)

    def _make_ring(self) -> None:
        # Not by `addRect`: of an item that Qt makes PySide miscounts the references in `clear`.
        self.ring = self.add(QGraphicsRectItem())
        self.ring.setZValue(RING_LEVEL)
        self.ring.hide()

    def show_focus(self, is_on: bool) -> None:
        """Show or hide the ring around all of it that marks the focus."""
        self.ring.setPen(QPen(self.palette().highlight(), RING))
        self.ring.setVisible(is_on)


class CanvasHolder(QWidget):
    """A widget that is covered by a canvas, which marks the focus of this widget."""

    heard_as = described.PICTURE
    _canvas: Canvas

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._canvas.show_focus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._canvas.show_focus(False)


class Words(QGraphicsSimpleTextItem):
    """One line of text in a rectangle, vertically centred."""

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF()
        self._align = LEFT
        self._font: QFont | None = None
        self._height = 0.0
        self._colour = ""

    def dress(self, font: QFont, colour: str) -> None:
        """Set font and colour."""
        if font is not self._font:  # comparing is cheaper than a new text layout
            self._font = font
            self.setFont(font)
            self._height = QFontMetricsF(font).height()  # the item's own is in whole pixels
            self._settle()
        if colour != self._colour:
            self._colour = colour
            self.setBrush(QColor(colour))

    def place(self, rect: QRectF, align: float) -> None:
        """Set the rectangle, and the alignment in it: LEFT, CENTRE or RIGHT."""
        self._rect, self._align = rect, align
        self._settle()

    def set_text(self, text: str) -> None:
        self.setText(text)
        self._settle()

    def _settle(self) -> None:
        rect = self._rect
        self.setPos(
            rect.left() + self._align * (rect.width() - self.boundingRect().width()),
            rect.top() + (rect.height() - self._height) / 2,
        )
