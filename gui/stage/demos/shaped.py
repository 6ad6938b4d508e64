"""A container whose picture takes the remaining height."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.kit import zoom


class Shaped(QWidget):
    """Give the picture all available height, from `low` to `high` pixels at 100 %.

    There is no layout: Qt would take the size hints from it instead of from this widget.
    """

    def __init__(self, picture: QWidget, *, low: int, high: int) -> None:
        super().__init__()
        self._picture, self._low, self._high = picture, low, high
        picture.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._fit()

    def set_low(self, low: int) -> None:
        """Set the least height, in pixels at 100 %."""
        self._low = low
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._picture.setGeometry(self.rect())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.setMinimumHeight(zoom.px(self._low))
        self.setMaximumHeight(zoom.px(self._high))

    def sizeHint(self) -> QSize:
        return QSize(400, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight())
