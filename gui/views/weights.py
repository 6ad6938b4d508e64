"""The weights: a signed picture for each class, or signed bars where inputs are no picture."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.snapshot import Params, Snapshot
from core.task import Task
from gui import look
from gui.fields import Segments
from gui.look import Theme
from gui.view import View

GAP = 16.0
SCROLL_BAR_PX = 10
WHOLE_ZOOM = 4
SCALE_DIGITS = (1, 1.5, 2, 3, 5, 7, 10)
SHRINK = 0.45  # the scale comes down once the largest weight is below this share of it
MIN_ROW = 1.7  # height of a bar's row in heights of the type
MAX_ROW = 2.6


class WeightsView(View):
    """A panel for each row of W, all on one symmetric scale: blue positive, orange negative."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.canvas = _Canvas(theme)
        self.canvas.hovered.connect(self._say)
        self._readout = QLabel()
        self._readout.setProperty("small", True)
        self.units = Segments(
            (
                ("standardised", False, "Weights of inputs scaled to mean 0 and spread 1"),
                ("original units", True, "Weights of inputs in their own units"),
            )
        )
        self.units.choose(False)
        self.units.chosen.connect(self._choose_units)
        self._in_original_units = False
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(self.canvas)
        area.viewport().setAutoFillBackground(False)
        self.canvas.setAutoFillBackground(False)
        area.setStyleSheet("background: transparent;")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(6)
        layout.addWidget(area, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._readout, 1)
        foot.addWidget(self.units)
        layout.addLayout(foot)
        self._hint = ""

    def show_theme(self) -> None:
        self.canvas.set_theme(self.theme)

    def show_task(self, task: Task) -> None:
        has_two_units = bool(task.config.data.standardise) and task.dataset.image_shape is None
        self.units.setVisible(has_two_units)
        scaled = ""
        if task.config.data.standardise and not has_two_units:
            scaled = "Weights act on standardised pixels."
        if task.outputs == 1:
            no, yes = task.dataset.class_names
            scaled = f"Blue speaks for {yes}, orange for {no}. {scaled}"
        self._hint = scaled
        self._say("")
        self.canvas.show_task(task)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        params = snapshot.params
        if self._in_original_units and self.task and self.task.dataset.image_shape is None:
            W, b = self.task.standardiser.unscale(params.W, params.b)
            params = Params(W.astype(np.float32), b.astype(np.float32))
        self.canvas.show_params(params)

    def _choose_units(self, are_original: object) -> None:
        self._in_original_units = bool(are_original)
        if self.snapshot:
            self.show_snapshot(self.snapshot)

    def _say(self, words: str) -> None:
        self._readout.setText(words or self._hint)


class _Grid(NamedTuple):
    """Panels in rows and columns, and the size of one panel's picture."""

    columns: int
    rows: int
    width: float
    height: float


class _Canvas(QWidget):
    hovered = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Weights")
        self._theme = theme
        self._map = look.signed_map(theme)
        self._task: Task | None = None
        self._params: Params | None = None
        self.scale = 0.0
        self._take_font()

    # Values in -------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self._theme, self._map = theme, look.signed_map(theme)
        self.update()

    def show_task(self, task: Task) -> None:
        self._task, self._params, self.scale = task, None, 0.0
        self._fit_height()
        self.update()

    def show_params(self, params: Params) -> None:
        """Draw these weights; the scale goes up and down by SCALE_DIGITS."""
        self._params = params
        largest = float(np.abs(params.W).max(initial=0.0))
        if self._task and not self._task.dataset.image_shape:
            largest = max(largest, float(np.abs(params.b).max(initial=0.0)))
        if not SHRINK * self.scale < largest <= self.scale:
            self.scale = _nice_above(largest)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_font()

    def _take_font(self) -> None:
        """Measure the type once: the canvas is painted at display rate."""
        self._bold = look.scaled(self.font(), 1.0, bold=True)
        self._small = look.scaled(self.font(), look.SMALL)
        self._bold_metrics, self._small_metrics = (
            QFontMetricsF(self._bold),
            QFontMetricsF(self._small),
        )
        self._metrics = QFontMetricsF(self.font())

    # Geometry ---------------------------------------------------------------------------------

    def _names(self) -> list[tuple[str, int]]:
        """Return title and class mark of each panel."""
        if self._task is None:
            return []
        names, marks = self._task.dataset.class_names, self._task.dataset.class_marks
        pairs = list(zip(names, marks, strict=True))
        return pairs[1:] if self._task.outputs == 1 else pairs

    def _line(self) -> float:
        return self._metrics.height()

    def _grid(self) -> _Grid:
        """Return the arrangement whose panels are largest."""
        count = max(len(self._names()), 1)
        title, scale_bar = self._line() * 1.5, self._line() * 2.2
        best = _Grid(1, count, 0, 0)
        best_size = -1.0
        for columns in range(1, count + 1):
            rows = math.ceil(count / columns)
            width = (self.width() - SCROLL_BAR_PX - GAP * (columns - 1)) / columns
            height = (self.height() - scale_bar) / rows - title - GAP / 2
            size = min(width, height) if self._is_image else min(width, 2.5 * height)
            if size > best_size:
                best, best_size = _Grid(columns, rows, width, height), size
        return best

    @property
    def _is_image(self) -> bool:
        return self._task is not None and self._task.dataset.image_shape is not None

    def _fit_height(self) -> None:
        """Ask for the height that bars need to be readable; pictures take what there is."""
        height = 0.0
        if self._task and not self._is_image:
            panels = len(self._names())
            columns = max(1, min(panels, int(self.width() // (14 * self._line())) or 1))
            rows = math.ceil(panels / columns)
            panel = self._line() * (1.5 + MIN_ROW * (self._task.m + 1)) + GAP / 2
            height = rows * panel + self._line() * 2.2
        self.setMinimumHeight(int(height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def sizeHint(self) -> QSize:
        return QSize(320, 240)

    def _image_rect(self, grid: _Grid, k: int) -> QRectF:
        """Return where picture k is."""
        assert self._task and self._task.dataset.image_shape
        rows, columns = self._task.dataset.image_shape
        ratio = self.devicePixelRatioF()
        zoom = min(grid.width / columns, grid.height / rows)
        if zoom * ratio >= WHOLE_ZOOM:  # all pixels of one size; below that it costs too much
            zoom = math.floor(zoom * ratio) / ratio
        width, height = columns * zoom, rows * zoom
        title = self._line() * 1.5
        column, row = k % grid.columns, k // grid.columns
        used = grid.columns * (width + GAP) - GAP
        x = (self.width() - used) / 2 + column * (width + GAP)
        return QRectF(round(x), 1 + round(row * (height + title + GAP / 2)), width, height)

    # Painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._task is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        grid = self._grid()
        if self._is_image:
            bottom = self._paint_images(painter, grid)
        else:
            bottom = self._paint_bars(painter, grid)
        if self._params is not None:
            self._paint_scale(painter, bottom)
        painter.end()

    def _paint_images(self, painter: QPainter, grid: _Grid) -> float:
        assert self._task
        bottom = 0.0
        for k, (name, _) in enumerate(self._names()):
            rect = self._image_rect(grid, k)
            if self._params is not None:
                painter.drawImage(rect, self._image(self._params.W[k]))
            painter.setPen(QPen(QColor(self._theme.line), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5), 4, 4)
            title = QRectF(rect.left(), rect.bottom() + 2, rect.width(), self._line() * 1.3)
            norm = (
                f"‖w‖ {np.linalg.norm(self._params.W[k]):.2f}" if self._params is not None else ""
            )
            self._paint_title(painter, title, name, norm)
            bottom = title.bottom()
        return bottom

    def _paint_title(self, painter: QPainter, rect: QRectF, name: str, detail: str) -> None:
        name_width = self._bold_metrics.horizontalAdvance(name + "  ")
        detail_width = self._small_metrics.horizontalAdvance(detail)
        if name_width + detail_width > rect.width():
            detail, detail_width = "", 0.0
        x = rect.left() + max(rect.width() - name_width - detail_width, 0) / 2
        self._text(painter, QRectF(x, rect.top(), rect.width(), rect.height()), name, self._bold)
        rest = QRectF(x + name_width, rect.top(), detail_width + 4, rect.height())
        self._text(painter, rest, detail, self._small, self._theme.muted)

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

    def _image(self, w: NDArray[np.float32]) -> QImage:
        """Colour the weights of one class, −scale … +scale."""
        assert self._task and self._task.dataset.image_shape
        middle = len(self._map) // 2
        level = np.rint(w / (self.scale or 1.0) * middle).astype(np.int64) + middle
        colours = self._map[level].reshape(*self._task.dataset.image_shape, 3)
        opaque = np.full((*colours.shape[:2], 4), 255, dtype=np.uint8)
        opaque[..., :3] = colours
        rows, columns = colours.shape[:2]
        return QImage(opaque.data, columns, rows, QImage.Format.Format_RGBX8888).copy()

    def _paint_bars(self, painter: QPainter, grid: _Grid) -> float:
        assert self._task
        line = self._line()
        labels = [*self._task.input_names, "bias b"]
        row = min(max((grid.height - 4) / len(labels), MIN_ROW * line), MAX_ROW * line)
        metrics = self._metrics
        label_width = min(
            max(metrics.horizontalAdvance(text) for text in labels) + 8, grid.width * 0.42
        )
        number_width = metrics.horizontalAdvance("−00.000") + 6
        bottom = 0.0
        for k, (name, mark) in enumerate(self._names()):
            column, panel_row = k % grid.columns, k // grid.columns
            x = column * (grid.width + GAP)
            y = panel_row * (row * len(labels) + line * 1.5 + GAP)
            colour = self._theme.class_colour(mark).name()
            glyph = look.GLYPHS[mark % len(look.GLYPHS)] if mark >= 0 else "●"
            self._text(painter, QRectF(x, y, 24, line * 1.4), glyph, self._bold, colour)
            title = self._bold_metrics.elidedText(
                name, Qt.TextElideMode.ElideRight, grid.width - line * 1.4
            )
            self._text(
                painter, QRectF(x + line * 1.2, y, grid.width, line * 1.4), title, self._bold
            )
            zone = QRectF(
                x + label_width,
                y + line * 1.5,
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
            self._text(painter, name_rect, text, self.font(), theme.muted)
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
            self._text(
                painter, number, _signed(value), self.font(), align=Qt.AlignmentFlag.AlignRight
            )
        painter.setPen(QPen(QColor(theme.muted), 1))
        middle = round(zone.center().x()) + 0.5
        painter.drawLine(QPointF(middle, zone.top()), QPointF(middle, zone.bottom()))

    def _paint_scale(self, painter: QPainter, top: float) -> None:
        """Paint the one scale of all panels: −scale … 0 … +scale."""
        line, width = self._line(), min(280.0, self.width() * 0.6)
        y = min(top + line * 0.5, self.height() - line * 1.8)
        bar = QRectF((self.width() - width) / 2, y, width, line * 0.5)
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        for i in range(17):
            colour = self._map[round(i / 16 * (len(self._map) - 1))]
            ramp.setColorAt(i / 16, QColor(*(int(part) for part in colour)))
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.setBrush(ramp)
        painter.drawRoundedRect(bar, 3, 3)
        below = QRectF(bar.left() - 40, bar.bottom() + 1, bar.width() + 80, line * 1.1)
        for text, align in (
            (f"−{self.scale:g}", Qt.AlignmentFlag.AlignLeft),
            ("weight 0", Qt.AlignmentFlag.AlignHCenter),
            (f"+{self.scale:g}", Qt.AlignmentFlag.AlignRight),
        ):
            self._text(painter, below, text, self._small, self._theme.muted, align)

    # Mouse --------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hovered.emit(self._under(event.position()) if self._is_image else "")

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit("")

    def _under(self, position: QPointF) -> str:
        """Say which pixel's weight is under the pointer."""
        if self._task is None or self._params is None or not self._task.dataset.image_shape:
            return ""
        rows, columns = self._task.dataset.image_shape
        grid = self._grid()
        for k, (name, _) in enumerate(self._names()):
            rect = self._image_rect(grid, k)
            if rect.contains(position):
                i = min(int((position.y() - rect.top()) / rect.height() * rows), rows - 1)
                j = min(int((position.x() - rect.left()) / rect.width() * columns), columns - 1)
                weight = float(self._params.W[k, i * columns + j])
                bias = float(self._params.b[k])
                return (
                    f"class {name} · pixel in row {i}, column {j} · w = {_signed(weight, 4)} "
                    f"· bias b = {_signed(bias, 4)}"
                )
        return ""


def _nice_above(value: float) -> float:
    """Return the smallest of SCALE_DIGITS times a power of ten that is not below the value."""
    if not value > 0:
        return 0.01
    power = 10.0 ** math.floor(math.log10(value))
    for digit in SCALE_DIGITS:
        if digit * power >= value * (1 - 1e-9):
            return digit * power
    return 10 * power


def _signed(value: float, digits: int = 3) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")
