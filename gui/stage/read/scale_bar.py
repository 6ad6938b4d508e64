"""The scale of the shades of a text."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.language import mark, tr
from core.number_format import format_plain, format_signed
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.covers.covering import Coverable
from gui.kit.theme import Theme
from gui.stage.read.text_pad import shades

WIDTH, HEIGHT = 90, 9  # px of the coloured bar
GAP = 6
UNIT = mark("added to the score")


class ScaleBar(Coverable, QWidget):
    """A ramp from −scale to +scale, with both numbers, and what they are where there is room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self.scale, self._has_unit = theme, 0.0, True
        zoom.set_type(self, look.SMALL)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("scale of the shades"))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_unit_shown(self, is_shown: bool) -> None:
        """Show what the numbers are, or leave that to the tool tip."""
        if is_shown is not self._has_unit:
            self._has_unit = is_shown
            self.updateGeometry()
            self.update()

    def show_scale(self, scale: float) -> None:
        """Show this scale; 0 hides it, without taking its place away."""
        if scale != self.scale:
            self.scale = scale
            self.show_figures()

    def show_figures(self) -> None:
        most = format_plain(self.scale, 6)
        tip = tr("A word is shaded by what it adds to the score: at most {most}", most=most)
        self.setToolTip(self.covering.words(tip))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.uncover()

    @property
    def texts(self) -> tuple[str, str]:
        """The numbers at both ends."""
        digits = 2 if self.scale < 1 else 1
        low, high = format_signed(-self.scale, digits), format_signed(self.scale, digits)
        return self.covering.number(low), self.covering.number(high)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        text = metrics.horizontalAdvance("−00.00") + GAP
        unit = metrics.horizontalAdvance(tr(UNIT)) + GAP if self._has_unit else 0
        return QSize(unit + zoom.px(WIDTH) + 2 * text, metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.scale:
            return
        painter, theme = QPainter(self), self._theme
        bar = QRectF(0, 0, zoom.px(WIDTH), zoom.px(HEIGHT))
        rest = QRectF(self.rect())
        if self._has_unit:
            unit = self.fontMetrics().horizontalAdvance(tr(UNIT))
            painter.setPen(QColor(theme.muted))
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, tr(UNIT))
            rest.setLeft(rest.left() + unit + GAP)
        bar.moveCenter(rest.center())
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        colours = shades(theme)
        for i, colour in enumerate(colours):
            ramp.setColorAt(i / (len(colours) - 1), colour)
        painter.setPen(QColor(theme.edge))
        painter.setBrush(ramp)
        painter.drawRect(bar)
        painter.setPen(QColor(theme.muted))
        low, high = self.texts
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(0, 0, bar.left() - GAP, rest.height()), middle | right, low)
        rest.setLeft(bar.right() + GAP)
        painter.drawText(rest, middle, high)
        painter.end()
