"""How an update moves the weights of a document's words: a column for each label."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsLineItem, QGraphicsRectItem

from core.language import tr
from core.number_format import format_signed
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas import CENTRE, RIGHT, Words
from gui.kit.canvas_widgets import CanvasWidget
from gui.kit.picture_grid import nice_above
from gui.kit.theme import Theme

ROW = 1.35  # height of a row, in line heights
MOST_ROWS = 12
HEADS = 3  # rows above the words
GAP = 10.0
NAMES = 0.25  # of the width at most, for the words
BAR_PX = 40  # of a label's column at least, for its bars
WIDEST_MOVE, WIDEST_SCORE = "−0.0000", "−00.00 → −00.00"


class Column(NamedTuple):
    """A label's name and mark; its push, and how that changes its score, as texts."""

    name: str
    mark: int
    push: str
    score: str


class _Cell(NamedTuple):
    bar: QGraphicsRectItem
    number: Words


class PushChart(CanvasWidget):
    """Words from top to bottom; for each label a bar by which the word’s weight moves.

    Blue to the right: the weight rises; orange to the left: it falls. All bars have one scale.
    """

    room_changed = Signal()  # `rows` is another number
    width_changed = Signal()  # `whole_width` is another

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("moves of the weights of words"))
        self._columns: tuple[Column, ...] = ()
        self._words_shown: tuple[str, ...] = ()
        self._moves: NDArray[np.float64] = np.empty((0, 0))
        self._heads: list[tuple[Words, Words, Words]] = []
        self._names: list[Words] = []
        self._cells: list[list[_Cell]] = []
        self._zeros: list[QGraphicsLineItem] = []
        self.scale = 0.0
        self._room = self.rows

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.rows != self._room:
            self._room = self.rows
            self.room_changed.emit()

    @property
    def rows(self) -> int:
        """How many words there is room for."""
        return max(1, min(int(self.height() // self._row_height()) - HEADS, MOST_ROWS))

    @property
    def numbers(self) -> list[list[str]]:
        """The moves as shown, by word and label."""
        columns = len(self._columns)
        return [
            [cell.number.text() for cell in row[:columns]]
            for row in self._cells[: len(self._words_shown)]
        ]

    @property
    def words(self) -> tuple[str, ...]:
        return self._words_shown

    def show_moves(
        self, columns: Sequence[Column], words: Sequence[str], moves: NDArray[np.float64]
    ) -> None:
        """Show the moves (words, labels); none at all clears the chart."""
        is_as_wide = len(columns) == len(self._columns)
        self._columns, self._words_shown, self._moves = tuple(columns), tuple(words), moves
        if not is_as_wide:
            self.width_changed.emit()
        largest = float(np.abs(moves).max(initial=0.0))
        self.scale = nice_above(largest) if largest > 0 else 0.0
        said = "; ".join(f"{c.name} {c.push}, {tr('score {z}', z=c.score)}" for c in columns)
        self.setAccessibleDescription(said or tr("There is nothing to show."))
        self._lay_out()

    def sizeHint(self) -> QSize:
        return QSize(zoom.px(300), math.ceil((HEADS + 5) * self._row_height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(zoom.px(200), math.ceil((HEADS + 3) * self._row_height()))

    def whole_width(self) -> int:
        """Return the width in px in which no number touches that of another label."""
        width = QFontMetricsF(self._small).horizontalAdvance
        column = max(width(WIDEST_SCORE), width(WIDEST_MOVE) + 4 + zoom.px(BAR_PX)) + GAP
        return math.ceil((len(self._columns) * column + GAP) / (1 - NAMES))

    def _row_height(self) -> float:
        return ROW * QFontMetricsF(self._plain).height()

    def _make_items(self) -> None:
        """Make the items that are missing; those that are too many are hidden."""
        rows, columns = len(self._words_shown), len(self._columns)
        while len(self._heads) < columns:
            self._heads.append((self._words(), self._words(), self._words()))
            self._zeros.append(self._canvas.add(QGraphicsLineItem()))
        while len(self._names) < rows:
            self._names.append(self._words())
            self._cells.append([])
        for row in self._cells:
            while len(row) < columns:
                bar = self._canvas.add(QGraphicsRectItem())
                bar.setPen(Qt.PenStyle.NoPen)
                row.append(_Cell(bar, self._words()))
        for i, name in enumerate(self._names):
            name.setVisible(i < rows)
            for j, cell in enumerate(self._cells[i]):
                for item in cell:
                    item.setVisible(i < rows and j < columns)
        for j, head in enumerate(self._heads):
            for part in (*head, self._zeros[j]):
                part.setVisible(j < columns)

    def _lay_out(self) -> None:
        self._make_items()
        height, theme = self._row_height(), self._theme
        metrics = QFontMetricsF(self._plain)
        widest = max((metrics.horizontalAdvance(word) for word in self._words_shown), default=0.0)
        left = min(widest, NAMES * self.width()) + GAP
        width = (self.width() - left) / max(len(self._columns), 1)
        for i, word in enumerate(self._words_shown):
            name = self._names[i]
            name.dress(self._plain, theme.ink)
            name.place(QRectF(0, (HEADS + i) * height, left - GAP, height), RIGHT)
            name.set_text(metrics.elidedText(word, Qt.TextElideMode.ElideRight, left - GAP))
        for j, column in enumerate(self._columns):
            self._show_column(j, column, left + j * width, width)

    def _show_column(self, j: int, column: Column, x: float, width: float) -> None:
        theme, height = self._theme, self._row_height()
        metrics = QFontMetricsF(self._bold)
        glyph = look.GLYPHS[column.mark % len(look.GLYPHS)] if column.mark >= 0 else "●"
        ink = theme.class_text(column.mark).name()
        score = tr("score {z}", z=column.score)
        if QFontMetricsF(self._small).horizontalAdvance(score) > width - 4:
            score = column.score
        texts = (f"{glyph} {column.name}", column.push, score)
        fonts = (self._bold, self._bold, self._small)
        colours = (ink, theme.ink, theme.muted)
        for k, (words, text) in enumerate(zip(self._heads[j], texts, strict=True)):
            words.dress(fonts[k], colours[k])
            words.place(QRectF(x, k * height, width, height), CENTRE)
            elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - 4)
            words.set_text(elided if k == 0 else text)
        number_width = QFontMetricsF(self._small).horizontalAdvance(WIDEST_MOVE) + 4
        zone = max(width - number_width - GAP, 4.0)
        middle = x + zone / 2
        for i in range(len(self._words_shown)):
            value, top = float(self._moves[i, j]), (HEADS + i) * height
            cell = self._cells[i][j]
            share = value / self.scale if self.scale and math.isfinite(value) else 0.0
            bar = QRectF(middle, top + 0.2 * height, share * zone / 2, 0.6 * height)
            cell.bar.setRect(bar.normalized())
            cell.bar.setBrush(QColor(theme.accent if value > 0 else theme.counter_accent))
            cell.number.dress(self._small, theme.ink)
            cell.number.place(QRectF(x, top, width - GAP, height), RIGHT)
            cell.number.set_text(format_signed(value, 4))
        self._zeros[j].setPen(QPen(QColor(theme.muted), 1))
        bottom = (HEADS + len(self._words_shown)) * height
        self._zeros[j].setLine(QLineF(middle, HEADS * height, middle, bottom))
