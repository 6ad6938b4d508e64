"""A place for a picture that is to grow with the width it has."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class Shaped(QWidget):
    """Holds a picture as high as `ratio` of its width, within bounds in pixels.

    It has no layout: Qt would ask that for the height in its place.
    """

    def __init__(self, picture: QWidget, ratio: float, *, low: int, high: int) -> None:
        super().__init__()
        self._picture, self._ratio, self._low, self._high = picture, ratio, low, high
        picture.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_ratio(self, ratio: float) -> None:
        self._ratio = ratio
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._picture.setGeometry(self.rect())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return min(max(round(self._ratio * width), self._low), self._high)

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(400))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self._low)
