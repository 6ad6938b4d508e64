"""Weights of tabular data: a signed bar for each weight and each bias."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)

from core.data.shown_names import shown_inputs
from core.language import tr
from core.number_format import format_signed
from core.train.snapshot import Params
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.picture_grid import GAP, SCALE_LINES, TITLE_LINES, Grid, Panels
from gui.kit.theme import SMALL

MIN_ROW = 1.7  # height of a bar's row, in line heights
MAX_ROW = 2.6
SLIDE_ROW = 1.1  # as MIN_ROW, on a slide
SLIDE_TYPE = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)  # sizes of the type on a slide: the first that fits
LEAST_LINES = 14  # the least width of a panel, in line heights


class Bars(Panels):
    """Weights and bias of each class as bars from the middle: blue to the right, orange left."""

    breadth = 2.5
    _type, _is_slide = 1.0, False
    _seen: tuple[float, bytes, bytes] | None = None  # scale, lengths and numbers last painted

    def _lay_out(self) -> None:
        self._fit_height()
        self._seen = None
        self.update()

    def _show_values(self) -> None:
        """Repaint if the end of a bar moves by half a pixel or a number changes."""
        assert self._params is not None
        values = np.column_stack((self._params.W, self._params.b))
        lengths = np.rint(values * (self.width() / self.scale)).astype(np.int64)
        seen = self.scale, lengths.tobytes(), np.rint(values * 1000).tobytes()
        if seen != self._seen:
            self._seen = seen
            self.update()

    def _largest(self, params: Params) -> float:
        return max(super()._largest(params), float(np.abs(params.b).max(initial=0.0)))

    def present(self, is_on: bool) -> None:
        """Show all bars at once for a slide, in smaller type if needed, or let them scroll."""
        self._is_slide = is_on
        self._lay_out()

    def _take_font(self) -> None:
        super()._take_font()
        self._bold, self._small = zoom.font(self._type, bold=True), zoom.font(self._type * SMALL)
        self._plain = zoom.font(self._type)
        self._bold_metrics = QFontMetricsF(self._bold)
        self._metrics = QFontMetricsF(self._plain)

    def _fit_height(self) -> None:
        """Set the minimum height at which the bars are readable; on a slide, the type's size."""
        sizes = iter(SLIDE_TYPE if self._is_slide else (1.0,))
        least = self._needed_in(next(sizes))
        for size in sizes:
            if least <= self.height():
                break
            least = self._needed_in(size)
        self.setMinimumHeight(0 if self._is_slide else least)

    def _needed_in(self, size: float) -> int:
        """Take type of this size, in sizes of the application's; return the height needed."""
        self._type = size
        self._take_font()
        return int(self._needed(self._most_columns)) if self._task else 0

    @property
    def _least_row(self) -> float:
        return SLIDE_ROW if self._is_slide else MIN_ROW

    @property
    def _most_columns(self) -> int:
        """The number of panels that are wide enough side by side."""
        fitting = int(self.width() // (LEAST_LINES * self._line()))
        return max(1, min(len(self._names()), fitting))

    def _needed(self, columns: int) -> float:
        """Return the height that so many columns of panels need, with the scale below them."""
        assert self._task
        rows = math.ceil(len(self._names()) / columns)
        panel = self._line() * (TITLE_LINES + self._least_row * (self._task.m + 1))
        return rows * (panel + GAP) + self._line() * SCALE_LINES

    def _grid(self) -> Grid:
        """Return the arrangement with the largest panels, of those that fit the height."""
        best = super()._grid()
        if self._needed(best.columns) <= self.height():
            return best
        return self._arranged(self._most_columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    # Painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._task is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bottom = self._paint_bars(painter, self._grid())
        if self._params is not None:
            self._paint_scale(painter, bottom)
        painter.end()

    def _text(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        font: QFont,
        colour: str = "",
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour or self._theme.ink))
        painter.drawText(rect, align | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_bars(self, painter: QPainter, grid: Grid) -> float:
        assert self._task
        line = self._line()
        labels = [*shown_inputs(self._task), tr("bias b")]
        row = (grid.height - GAP / 2) / len(labels)
        row = min(max(row, self._least_row * line), MAX_ROW * line)
        metrics = self._metrics
        label_width = min(
            max(metrics.horizontalAdvance(text) for text in labels) + 8, grid.width * 0.42
        )
        number_width = metrics.horizontalAdvance("−00.000") + 6
        bottom = 0.0
        for k, (name, mark) in enumerate(self._names()):
            column, panel_row = k % grid.columns, k // grid.columns
            x = column * (grid.width + GAP)
            y = panel_row * (row * len(labels) + line * TITLE_LINES + GAP)
            colour = self._theme.class_text(mark).name()
            glyph = look.GLYPHS[mark % len(look.GLYPHS)] if mark >= 0 else "●"
            self._text(painter, QRectF(x, y, line * 1.4, line * 1.4), glyph, self._bold, colour)
            title = self._bold_metrics.elidedText(
                name, Qt.TextElideMode.ElideRight, grid.width - line * 1.4
            )
            self._text(
                painter, QRectF(x + line * 1.2, y, grid.width, line * 1.4), title, self._bold
            )
            zone = QRectF(
                x + label_width,
                y + line * TITLE_LINES,
                grid.width - label_width - number_width,
                row * len(labels),
            )
            self._paint_panel(painter, zone, k, labels, row, number_width, x)
            bottom = max(bottom, zone.bottom())
        return bottom

    def _paint_panel(
        self,
        painter: QPainter,
        zone: QRectF,
        k: int,
        labels: list[str],
        row: float,
        number_width: float,
        left: float,
    ) -> None:
        """Paint the bars of one class: names on the left, numbers on the right."""
        theme, metrics = self._theme, self._metrics
        values = (
            [None] * len(labels)
            if self._params is None
            else [*self._params.W[k].tolist(), float(self._params.b[k])]
        )
        for j, (label, value) in enumerate(zip(labels, values, strict=True)):
            y = zone.top() + j * row
            text = metrics.elidedText(label, Qt.TextElideMode.ElideRight, zone.left() - left - 8)
            name_rect = QRectF(left, y, zone.left() - left - 8, row)
            self._text(painter, name_rect, text, self._plain, theme.muted)
            track = QRectF(zone.left(), y + row * 0.2, zone.width(), row * 0.6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.chip))
            painter.drawRoundedRect(track, 3, 3)
            if value is None:
                continue
            length = value / (self.scale or 1.0) * track.width() / 2
            bar = QRectF(track.center().x(), track.top(), length, track.height()).normalized()
            painter.setBrush(QColor(theme.accent if value > 0 else theme.counter_accent))
            painter.drawRoundedRect(bar, 2, 2)
            number = QRectF(zone.right() + 4, y, number_width - 4, row)
            text = self.covering.number(format_signed(value, 3))
            self._text(painter, number, text, self._plain, align=Qt.AlignmentFlag.AlignRight)
        painter.setPen(QPen(QColor(theme.muted), 1))
        middle = round(zone.center().x()) + 0.5
        painter.drawLine(QPointF(middle, zone.top()), QPointF(middle, zone.bottom()))

    def _paint_scale(self, painter: QPainter, top: float) -> None:
        """Paint the common scale of all panels: −scale … 0 … +scale."""
        bar = self._scale_bar(top)
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.setBrush(self._ramp(bar))
        painter.drawRoundedRect(bar, 3, 3)
        alignments = (
            Qt.AlignmentFlag.AlignLeft,
            Qt.AlignmentFlag.AlignHCenter,
            Qt.AlignmentFlag.AlignRight,
        )
        for text, align in zip(self._scale_words(), alignments, strict=True):
            self._text(painter, self._below(bar), text, self._small, self._theme.muted, align)
