"""The strongest words of each label as bars, in type that is read from afar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetricsF, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGraphicsRectItem

from core.language import tr
from core.number_format import format_plain, format_signed
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas import LEFT, RIGHT, Words
from gui.kit.canvas_widgets import CanvasWidget
from gui.kit.covers.covering import Coverable
from gui.kit.picture_grid import nice_above
from gui.kit.plain_text import short
from gui.kit.shortcuts import direction
from gui.kit.theme import Theme

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

TYPE = 1.25  # times the application's type
ROW = 1.4  # height of a row, in line heights
TITLE = 1.25  # type of a title, relative to that of the rows
LEAST_ROWS, MOST_ROWS = 3, 12
LEAST_WIDTH = 10  # of a panel, in line heights
GAP = 20.0
WORD_SHARE = 0.46  # the largest part of a panel's width that words take
LETTERS = 40
WIDEST_NUMBER = "−0.00"
SHRINK = 0.5  # the scale shrinks once the largest weight is below this share of it


class _Row(NamedTuple):
    word: Words
    fill: QGraphicsRectItem
    number: Words


class _Panel(NamedTuple):
    glyph: Words
    title: Words
    rows: list[_Row]


class WordBars(Coverable, CanvasWidget):
    """A panel for each label: words, the strongest first, with a bar and a number for each weight.

    The mouse points at a word, and so do arrow keys. All bars have one scale. Blue speaks for the
    label, orange against it.
    """

    pointed = Signal(object)  # the feature that is pointed at, None where there is no word

    def __init__(self, theme: Theme) -> None:
        self._scale = TYPE
        super().__init__(theme, tr("the strongest words of each label"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scale = 0.0
        self._labels: tuple[tuple[str, int], ...] = ()
        self._vocabulary: Sequence[str] = ()
        self._panels: list[_Panel] = []
        self._order: Numbers = np.empty((0, 0), dtype=np.int64)
        self._weights: Floats | None = None
        self._lit: int | None = None
        self._pointer: QPointF | None = None
        self._place_of_keys: tuple[int, int] | None = None  # label and row that keys point at
        self._foot = self._words()
        self._columns = self._rows = 1
        self._row_height = self._bar_left = self._bar_width = 1.0

    def present(self, is_on: bool) -> None:
        """Set the type for a slide, which is large itself, or for the window."""
        self._scale = 1.0 if is_on else TYPE
        self._dress()

    def show_labels(self, labels: Sequence[tuple[str, int]], vocabulary: Sequence[str]) -> None:
        """Start again with these labels, each with its mark, and words of the features."""
        for panel in self._panels:
            for item in (panel.glyph, panel.title, *(part for row in panel.rows for part in row)):
                self._canvas.scene().removeItem(item)
        self._labels, self._vocabulary = tuple(labels), vocabulary
        self._place_of_keys = None
        self._panels = [_Panel(self._words(), self._words(), []) for _ in labels]
        self._weights, self.scale = None, 0.0
        self._order = np.empty((len(labels), 0), dtype=np.int64)
        self._dress()

    def show_weights(self, weights: Floats, order: Numbers) -> None:
        """Show weights (labels, m) of the features `order` (labels, rows), in this order."""
        is_other = not np.array_equal(order, self._order)
        self._weights, self._order = weights, order
        shown = np.take_along_axis(weights, order, axis=1)
        largest = float(np.abs(shown).max(initial=0.0))
        if not SHRINK * self.scale < largest <= self.scale:
            self.scale = nice_above(largest)
            is_other = True
        if is_other:
            self._show_words()
        self.show_figures()

    @property
    def rows(self) -> int:
        """How many words of each label there is room for."""
        return self._rows

    @property
    def words(self) -> list[list[str]]:
        """The words as shown, by label."""
        return [[row.word.text() for row in p.rows if row.word.isVisible()] for p in self._panels]

    @property
    def numbers(self) -> list[list[str]]:
        """The weights as shown, by label."""
        return [[row.number.text() for row in p.rows if row.word.isVisible()] for p in self._panels]

    @property
    def point_size(self) -> float:
        """The size of the words' type, in points."""
        return self._type().pointSizeF()

    def place_of(self, panel: int, row: int) -> QPointF:
        """Return the middle of a row."""
        x, y, width = self._place(panel)
        return QPointF(x + width / 2, y + (row + 0.5) * self._row_height)

    def capacity(self) -> int:
        """Return how many labels there is room for."""
        least = self._line() * (TITLE * ROW + LEAST_ROWS * ROW) + GAP
        rows = max(1, int((self.height() - self._foot_height()) // least))
        return max(1, self._most_columns() * rows)

    def sizeHint(self) -> QSize:
        return QSize(zoom.px(320), zoom.px(240))

    def _type(self) -> QFont:
        return zoom.scaled(self._plain, self._scale)

    def _line(self) -> float:
        return QFontMetricsF(self._type()).height()

    def _most_columns(self) -> int:
        return max(1, int((self.width() + GAP) // (LEAST_WIDTH * self._line() + GAP)))

    def _foot_height(self) -> float:
        return QFontMetricsF(self._small).height()

    def _arrange(self) -> None:
        """Choose the number of columns that shows most words; of as many, the fewest columns."""
        count, line = max(len(self._labels), 1), self._line()
        best = 0
        for columns in range(1, min(self._most_columns(), count) + 1):
            height = (self.height() - self._foot_height()) / math.ceil(count / columns) - GAP / 2
            fitting = int((height - TITLE * ROW * line) // (ROW * line))
            if min(fitting, MOST_ROWS) > best:
                best, self._columns = min(fitting, MOST_ROWS), columns
        self._rows = max(best, 1)

    def _place(self, k: int) -> tuple[float, float, float]:
        """Return x and y of the first row of a panel, and the panel's width."""
        rows = math.ceil(max(len(self._labels), 1) / self._columns)
        width = (self.width() - GAP * (self._columns - 1)) / self._columns
        height = (self.height() - self._foot_height()) / rows
        title = TITLE * ROW * self._line()
        return (k % self._columns) * (width + GAP), (k // self._columns) * height + title, width

    def _lay_out(self) -> None:
        self._arrange()
        theme, line = self._theme, self._line()
        rows = math.ceil(max(len(self._labels), 1) / self._columns)
        height = (self.height() - self._foot_height()) / rows - GAP / 2 - TITLE * ROW * line
        self._row_height = min(max(height / self._rows, line), 2 * line)
        title = zoom.scaled(self._plain, self._scale * TITLE, bold=True)
        metrics = QFontMetricsF(title)
        for k, ((name, mark), panel) in enumerate(zip(self._labels, self._panels, strict=True)):
            x, y, width = self._place(k)
            glyph = look.GLYPHS[mark % len(look.GLYPHS)] if mark >= 0 else "●"
            panel.glyph.dress(title, theme.class_colour(mark).name())
            panel.title.dress(title, theme.ink)
            left = metrics.horizontalAdvance("● ")
            above = QRectF(x, y - TITLE * ROW * line, width, TITLE * ROW * line)
            panel.glyph.place(above, LEFT)
            panel.glyph.set_text(glyph)
            panel.title.place(above.adjusted(left, 0, 0, 0), LEFT)
            panel.title.set_text(
                metrics.elidedText(name, Qt.TextElideMode.ElideRight, width - left)
            )
        self._foot.dress(self._small, theme.muted)
        foot = QRectF(0, self.height() - self._foot_height(), self.width(), self._foot_height())
        self._foot.place(foot, LEFT)
        self._place_rows()
        self._show_words()
        self.show_figures()

    def _place_rows(self) -> None:
        """Make as many rows as there is room for, and place them."""
        font = self._type()
        numbers = zoom.scaled(self._plain, self._scale * look.SMALL)
        word_width = self._word_width(font)
        number_width = QFontMetricsF(numbers).horizontalAdvance(WIDEST_NUMBER) + 4
        for k, panel in enumerate(self._panels):
            x, y, width = self._place(k)
            while len(panel.rows) < self._rows:
                fill = self._canvas.add(QGraphicsRectItem())
                fill.setPen(Qt.PenStyle.NoPen)
                panel.rows.append(_Row(self._words(), fill, self._words()))
            self._bar_left = word_width + 8
            self._bar_width = max(width - self._bar_left - number_width - 4, 1.0)
            for i, row in enumerate(panel.rows):
                top = y + i * self._row_height
                row.word.dress(font, self._theme.ink)
                row.word.place(QRectF(x, top, word_width, self._row_height), RIGHT)
                row.number.dress(numbers, self._theme.muted)
                row.number.place(QRectF(x, top, width, self._row_height), RIGHT)

    def _word_width(self, font: QFont) -> float:
        _, _, width = self._place(0)
        metrics = QFontMetricsF(font)
        shown = {self._vocabulary[j] for j in self._order.ravel().tolist()}
        longest = max((metrics.horizontalAdvance(short(w, LETTERS)) for w in shown), default=0.0)
        return min(max(longest, metrics.horizontalAdvance("mmmmmmm")), WORD_SHARE * width)

    def _show_words(self) -> None:
        """Show the words in their order, and hide the rows that have none."""
        self._place_rows()
        metrics, width = QFontMetricsF(self._type()), self._bar_left - 8
        for panel, order in zip(self._panels, self._order, strict=True):
            for i, row in enumerate(panel.rows):
                is_there = i < min(len(order), self._rows)
                for item in row:
                    item.setVisible(is_there)
                if is_there:
                    word = short(self._vocabulary[order[i]], LETTERS)
                    word = metrics.elidedText(word, Qt.TextElideMode.ElideRight, width)
                    self._set_text(row.word, word)
        self._emphasise()
        self._point()

    def show_figures(self) -> None:
        if self._weights is None:
            self._set_text(self._foot, "")
            return
        self._set_text(
            self._foot,
            self.covering.words(tr("the longest bar: {scale}", scale=format_plain(self.scale, 6))),
        )
        for k, (panel, order) in enumerate(zip(self._panels, self._order, strict=True)):
            x, y, _ = self._place(k)
            values = self._weights[k, order[: self._rows]].tolist()
            for i, (row, value) in enumerate(zip(panel.rows, values, strict=False)):
                feature = int(order[i])
                share = abs(value) / self.scale if self.scale and math.isfinite(value) else 0.0
                length = min(share, 1.0) * self._bar_width
                top = y + i * self._row_height + 0.2 * self._row_height
                bar = QRectF(x + self._bar_left, top, length, 0.6 * self._row_height)
                if bar != row.fill.rect():
                    row.fill.setRect(bar)
                colour = self._theme.accent if value > 0 else self._theme.counter_accent
                if row.fill.brush().color() != QColor(colour):
                    row.fill.setBrush(QColor(colour))
                said = self.covering.number(format_signed(value, 2), feature)
                self._set_text(row.number, said)

    # The pointer ------------------------------------------------------------------------------

    def feature_at(self, point: QPointF) -> int | None:
        """Return the word at this point, None where there is none."""
        for k, order in enumerate(self._order):
            x, y, width = self._place(k)
            row = int((point.y() - y) // self._row_height)
            if x <= point.x() < x + width and 0 <= row < min(len(order), self._rows):
                return int(order[row])
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.uncover(self.feature_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer, self._place_of_keys = event.position(), None
        self._point()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by, rows = direction(event), min(self._order.shape[1], self._rows)
        if by is None or not rows or not len(self._labels):
            super().keyPressEvent(event)
            return
        k, i = self._place_of_keys or (-by[0], -by[1])  # the first key points at the first word
        k = min(max(k + by[0], 0), len(self._labels) - 1)
        i = min(max(i + by[1], 0), rows - 1)
        self._pointer, self._place_of_keys = None, (k, i)
        self._point()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._place_of_keys = None
        self._point()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer = None
        self._point()

    def _point(self) -> None:
        """Tell which word is pointed at, if that has changed."""
        feature = None if self._pointer is None else self.feature_at(self._pointer)
        if self._place_of_keys is not None:
            k, i = self._place_of_keys
            is_there = i < min(self._order.shape[1], self._rows)
            feature = int(self._order[k, i]) if is_there else None
        if feature != self._lit:
            self._lit = feature
            self._emphasise()
            self.pointed.emit(feature)

    def _emphasise(self) -> None:
        """Make the word that is pointed at bold, wherever it is."""
        plain, bold = self._type(), zoom.scaled(self._plain, TYPE, bold=True)
        for panel, order in zip(self._panels, self._order, strict=True):
            for row, feature in zip(panel.rows, order, strict=False):
                font = bold if feature == self._lit else plain
                if row.word.font() != font:
                    row.word.dress(font, self._theme.ink)
                    row.word.set_text(row.word.text())
