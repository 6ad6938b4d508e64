"""An address as a QR code, which phones read from the wall."""

from __future__ import annotations

import segno
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.language import tr
from gui.kit import zoom

QUIET_ZONE = 4  # modules of white around the code, as the standard asks
SIDE = 240  # px
DARK, LIGHT = QColor("#000000"), QColor("#ffffff")  # in either theme: cameras need the contrast


class QrCode(QWidget):
    """Shows a text as a QR code as large as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._modules: tuple[tuple[int, ...], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_text(self, text: str) -> None:
        """Show this text; "" shows nothing."""
        self._modules = ()
        if text:
            code = segno.make(text, micro=False, error="m")
            self._modules = tuple(tuple(row) for row in code.matrix)
        self.setAccessibleName(
            tr("QR code of {address}", address=text) if text else tr("no QR code")
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(zoom.px(SIDE), zoom.px(SIDE))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint() / 2

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._modules:
            return
        painter = QPainter(self)
        count = len(self._modules) + 2 * QUIET_ZONE
        module = max(min(self.width(), self.height()) // count, 1)  # whole pixels: no grey edges
        side = module * count
        left, top = (self.width() - side) // 2, (self.height() - side) // 2
        painter.fillRect(left, top, side, side, LIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(DARK)
        for i, row in enumerate(self._modules, start=QUIET_ZONE):
            for j, is_dark in enumerate(row, start=QUIET_ZONE):
                if is_dark:
                    painter.drawRect(QRectF(left + j * module, top + i * module, module, module))
        painter.end()
