"""How often each class is taken for each other one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.snapshot import Metrics, Snapshot
from core.task import Task
from gui import look
from gui.look import Theme
from gui.view import View

CELL_GAP = 3
MIN_TYPE = 0.85  # of the base type: nothing under 8.5 pt
MIN_CELL, MAX_CELL = 18, 44


class ConfusionView(View):
    """Counts of true class (row) against predicted class (column)."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._title = QLabel("Confusion, test")
        self._title.setProperty("title", True)
        self._key = QLabel()
        self._key.setProperty("small", True)
        header = QHBoxLayout()
        header.addWidget(self._title)
        header.addStretch(1)
        header.addWidget(self._key)
        self.matrix = _Matrix(theme)
        self.matrix.hovered.connect(self._say)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self.matrix, 1)
        self._say("")

    def show_theme(self) -> None:
        self.matrix.theme = self.theme
        self.matrix.update()

    def show_task(self, task: Task) -> None:
        self._title.setText("Confusion, test" if len(task.test_rows) else "Confusion, training")
        self.matrix.show_names(task.dataset.class_names)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self.matrix.metrics is not snapshot.metrics:
            self.matrix.metrics = snapshot.metrics
            self.matrix.update()

    def _say(self, words: str) -> None:
        self._key.setText(words or "rows true · columns predicted")


class _Matrix(QWidget):
    hovered = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.names: tuple[str, ...] = ()
        self.metrics: Metrics | None = None
        self.setMouseTracking(True)
        self.setAccessibleName("Confusion matrix")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_names(self, names: tuple[str, ...]) -> None:
        self.names, self.metrics = names, None
        self.setMinimumHeight((len(names) + 1) * MIN_CELL)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 180)

    def _geometry(self) -> tuple[float, float, float, float]:
        """Return left and top of the cells, and a cell's width and height."""
        metrics = QFontMetricsF(look.scaled(self.font(), look.SMALL))
        widest = max((metrics.horizontalAdvance(name) for name in self.names), default=0.0)
        left, top = min(widest + 10, self.width() * 0.3), metrics.height() + 3
        h = max(len(self.names), 1)
        cell_height = min((self.height() - top) / h, MAX_CELL)
        return left, top, (self.width() - left) / h, cell_height

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.names:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, top, width, height = self._geometry()
        small = look.scaled(self.font(), look.SMALL)
        label = QFontMetricsF(small)
        painter.setFont(small)
        painter.setPen(QColor(self.theme.muted))
        elide, centre = Qt.TextElideMode.ElideRight, Qt.AlignmentFlag.AlignCenter
        for k, name in enumerate(self.names):
            across = QRectF(left + k * width, 0, width, top - 2)
            painter.drawText(across, centre, label.elidedText(name, elide, width - 2))
            down = QRectF(0, top + k * height, left - 8, height - CELL_GAP)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(down, right, label.elidedText(name, elide, left - 8))
        for i in range(len(self.names)):
            for j in range(len(self.names)):
                self._paint_cell(painter, i, j, left, top, width, height)
        painter.end()

    def _paint_cell(
        self,
        painter: QPainter,
        i: int,
        j: int,
        left: float,
        top: float,
        width: float,
        height: float,
    ) -> None:
        gap = CELL_GAP if height > 16 else 1
        cell = QRectF(left + j * width, top + i * height, width - gap, height - gap)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.chip))
        painter.drawRoundedRect(cell, 4, 4)
        if self.metrics is None:
            return
        count = int(self.metrics.confusion[i, j])
        if count:
            colour = QColor(self.theme.accent if i == j else self.theme.counter_accent)
            share = count / max(int(self.metrics.confusion[i].sum()), 1)
            colour.setAlphaF(0.05 + 0.62 * share**0.6)
            painter.setBrush(colour)
            painter.drawRoundedRect(cell, 4, 4)
        text = f"{count:,}" if len(self.names) < 6 else str(count)
        font = look.scaled(self.font(), 1.0, bold=i == j)
        fit = (cell.width() - 1) / max(QFontMetricsF(font).horizontalAdvance(text), 1)
        if min(fit, cell.height() / QFontMetricsF(font).height()) < 1:
            font = look.scaled(self.font(), MIN_TYPE, bold=i == j)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.ink if count else self.theme.muted))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        left, top, width, height = self._geometry()
        j = int((event.position().x() - left) // width)
        i = int((event.position().y() - top) // height)
        h = len(self.names)
        if self.metrics is not None and 0 <= i < h and 0 <= j < h:
            count = int(self.metrics.confusion[i, j])
            self.hovered.emit(f"{count:,} × {self.names[i]} taken for {self.names[j]}")
        else:
            self.hovered.emit("")

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit("")
