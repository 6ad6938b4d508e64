"""Horizontal bar chart with a number beside each bar."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.number_format import format_fixed
from gui.kit import described, zoom
from gui.kit.theme import Theme
from gui.stage.demos.parts import GAP

BAR = 0.62  # bar height as a fraction of the row height
FEW = 5  # bars; with more, their rows are closer together
LOOSE, CLOSE = 1.3, 1.1  # heights of a row, in lines


class Bars(QWidget):
    """One row per value: name, bar from zero, number; NaN and ±inf have the warning colour."""

    heard_as = described.PICTURE

    def __init__(
        self,
        theme: Theme,
        names: Sequence[str],
        name: str,
        *,
        low: float = 0.0,
        high: float = 1.0,
        digits: int = 4,
    ) -> None:
        super().__init__()
        self._theme, self._name = theme, name
        self._names, self._low, self._high, self._digits = tuple(names), low, high, digits
        self._values: tuple[float, ...] = ()
        self._lit: int | None = None
        self._is_slide = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    @property
    def texts(self) -> tuple[str, ...]:
        """The numbers as displayed."""
        return tuple(format_fixed(value, self._digits) for value in self._values)

    def set_names(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self.updateGeometry()
        self.update()

    def set_range(self, low: float, high: float) -> None:
        """Set the range of the bars, low ≤ 0 ≤ high; longer bars are clipped."""
        self._low, self._high = low, high
        self.update()

    def present(self, is_on: bool) -> None:
        """Take less height, as a slide has less room in its type, or the usual one."""
        self._is_slide = is_on
        self.updateGeometry()
        self.update()

    def show_values(self, values: Sequence[float], lit: int | None = None) -> None:
        """Show the values; the name in row `lit` is bold."""
        self._values, self._lit = tuple(float(value) for value in values), lit
        said = ", ".join(f"{n} {t}" for n, t in zip(self._names, self.texts, strict=False))
        self.setAccessibleDescription(said)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, max(1, len(self._names)) * self._row_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    @property
    def _row_height(self) -> int:
        spacing = CLOSE if self._is_slide or len(self._names) > FEW else LOOSE
        return round(self.fontMetrics().height() * spacing)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plain, bold = self.font(), zoom.font(1.0, bold=True)
        metrics = QFontMetricsF(bold)
        height, width = self._row_height, float(self.width())
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=0.0)
        left = min(widest, 0.4 * width) + GAP
        said = self.texts
        right = width - GAP - max((metrics.horizontalAdvance(text) for text in said), default=0.0)
        right = min(right, width - GAP - metrics.horizontalAdvance(format_fixed(-1, self._digits)))
        span = (right - left) / ((self._high - self._low) or 1.0)
        zero = left - self._low * span
        for i, (name, value) in enumerate(zip(self._names, self._values, strict=False)):
            top = i * height
            painter.setFont(bold if i == self._lit else plain)
            painter.setPen(QColor(self._theme.ink))
            elided = metrics.elidedText(name, Qt.TextElideMode.ElideRight, left - GAP)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, top, left, height), middle, elided)
            is_number = math.isfinite(value)
            if is_number:
                end = zero + min(max(value, self._low), self._high) * span
                bar = QRectF(zero, top + height * (1 - BAR) / 2, end - zero, height * BAR)
                sign = self._theme.accent if value >= 0 else self._theme.counter_accent
                painter.fillRect(bar.normalized(), QColor(sign))
            else:
                painter.setPen(QColor(self._theme.counter_accent))
            area = QRectF(0, top, width, height)
            painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, said[i])
        painter.setPen(QColor(self._theme.muted))
        painter.drawLine(QPoint(round(zero), 0), QPoint(round(zero), height * len(self._values)))
        painter.end()
