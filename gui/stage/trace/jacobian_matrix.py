"""The Jacobian as a heat map with numbers, and columns of the collapse beside it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainterPath,
    QPen,
    QPixmap,
    QTransform,
)
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsPixmapItem, QGraphicsRectItem, QSizePolicy

from core.language import tr
from gui.kit import theme as look
from gui.kit.canvas import CENTRE, LEFT, RIGHT, Words
from gui.kit.canvas_widgets import CanvasWidget
from gui.kit.shortcuts import direction
from gui.kit.theme import Theme
from gui.stage.trace.jacobian_words import Chain, decimals, titles

REACH = 0.25  # no derivative of a softmax or a sigmoid is larger
SHAPES = ((4, False), (3, False), (3, True), (2, True))  # decimals; whether a leading 0 goes
DIGITS = (4, 3, 2)  # decimals of sums and collapse: as many as leave cells readable
GAP = 6.0
AIR = 1.6  # px on either side of a number in its cell
WIDEST_CELL, LEAST_CELL = 5.5, 0.5  # in line heights
TALLEST_ROW, LEAST_ROW = 2.0, 1.15


class Matrix(CanvasWidget):
    """The matrix on one scale from −¼ to +¼, a column of row sums, and the collapse.

    Laid out once per set of classes; an answer replaces one pixmap and the changed numbers.
    """

    pointed = Signal(str)  # text about the cell under the pointer or at the arrow keys

    def __init__(self, theme: Theme) -> None:
        self.chain: Chain | None = None
        self._names: tuple[str, ...] = ()
        self._marks: tuple[int, ...] = ()
        self._has_collapse = False
        self._at: tuple[int, int] | None = None  # row and column pointed at
        self._numbers: list[list[Words]] = []
        self._headers: list[Words] = []
        self._labels: list[tuple[Words, Words, Words, Words]] = []
        self._area, self._sides, self._glyph = QRectF(), (1.0, 1.0), 0.0
        self._shape: tuple[int, bool] | None = SHAPES[0]
        self._digits = DIGITS[0]
        self._columns: tuple[float, ...] = ()  # px, widths of the columns after the matrix
        self._edges = [0.0]
        super().__init__(theme, tr("Jacobian of the probabilities by the logits"))
        self._map = look.signed_map(theme)
        self._cells = self._canvas.add(QGraphicsPixmapItem())
        self._lines = self._canvas.add(QGraphicsPathItem())
        self._corner = self._words()
        self._mark = self._canvas.add(QGraphicsRectItem())
        self._mark.setZValue(1)
        self._mark.hide()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def set_theme(self, theme: Theme) -> None:
        self._map = look.signed_map(theme)
        super().set_theme(theme)

    def show_classes(self, names: tuple[str, ...], marks: tuple[int, ...]) -> None:
        """Reset to these classes, unless they are already shown."""
        if (names, marks) == (self._names, self._marks):
            return
        old = [words for row in self._numbers for words in row] + self._headers
        old += [words for four in self._labels for words in four]
        for item in old:
            self._canvas.scene().removeItem(item)
        self._names, self._marks, self.chain = names, marks, None
        h = len(names)
        self._numbers = [[self._words() for _ in range(h + 4)] for _ in range(h)]
        self._labels = [
            (self._words(), self._words(), self._words(), self._words()) for _ in range(h)
        ]
        self._headers = [self._words() for _ in range(4)]
        self._point(None)
        self._dress()
        self.updateGeometry()

    def show_chain(self, chain: Chain) -> None:
        """Show an answer for the current classes."""
        self.chain = chain
        if self._has_collapse != (chain.collapse is not None):
            self._has_collapse = chain.collapse is not None
            self._lay_out()
        else:
            self._show_numbers()
            if self._at is not None:
                self.pointed.emit(chain.sentence(*self._at))

    def sizeHint(self) -> QSize:
        rows = len(self._names) + 1
        return QSize(420, round(rows * 1.6 * self._line() + self._line()))

    def minimumSizeHint(self) -> QSize:
        rows = len(self._names) + 1
        return QSize(200, round((rows * LEAST_ROW + 0.5) * self._line()))

    def _line(self) -> float:
        return QFontMetricsF(self._small).height()

    # Layout -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        h = len(self._names)
        if not h:
            return
        line, metrics = self._line(), QFontMetricsF(self._small)
        names = max(metrics.horizontalAdvance(name) for name in self._names)
        self._glyph = metrics.horizontalAdvance("⬢ ")
        label = self._glyph + min(names, 0.16 * self.width()) + GAP
        wish = max(self._glyph + names + 6, self._width_of(SHAPES[2], metrics))
        for self._digits in DIGITS:
            self._columns = self._column_widths(metrics)
            side = (self.width() - label - sum(self._columns)) / h
            if side >= wish:
                break
            wish = self._width_of(SHAPES[-1], metrics)  # drop names before numbers
        side = min(max(side, LEAST_CELL * line), WIDEST_CELL * line)
        if self._columns:
            spare = (self.width() - label - h * side - sum(self._columns)) / len(self._columns)
            self._columns = tuple(width + min(max(spare, 0), line) for width in self._columns)
        top = 1.4 * line
        tall = min(max((self.height() - top - 1) / h, LEAST_ROW * line), TALLEST_ROW * line)
        self._area = QRectF(label, top, side * h, tall * h)
        self._sides = side, tall
        self._shape = next((s for s in SHAPES if self._width_of(s, metrics) <= side), None)
        self._place_cells()
        self._place_labels(metrics)
        self._place_columns(metrics)
        self._mark.setPen(QPen(QColor(self._theme.ink), 1.5))
        self._show_numbers()
        self._point(self._at)

    def _width_of(self, shape: tuple[int, bool], metrics: QFontMetricsF) -> float:
        """Return the width of a cell whose numbers have this shape."""
        air = AIR if shape is not SHAPES[-1] else AIR / 2
        return metrics.horizontalAdvance(decimals(-REACH, shape)) + 2 * air

    def _column_widths(self, metrics: QFontMetricsF) -> tuple[float, ...]:
        """Return the widths (px) of the columns after the matrix: sums and collapse."""
        zero = f"{0:.{self._digits}f}"
        total = max(metrics.horizontalAdvance(text) + 6 for text in (zero, tr("Σ row")))
        sums = () if len(self._names) == 1 else (total,)
        if not self._has_collapse:
            return sums
        number = metrics.horizontalAdvance(f"−{zero}") + 4
        widths = [max(number, metrics.horizontalAdvance(text) + 4) for text in self._titles()]
        large = metrics.horizontalAdvance("−8·10³⁰⁸") + 2  # the magnitude that −1/a may reach
        return (*sums, max(widths[0], large), *widths[1:])

    def _titles(self) -> tuple[str, str, str]:
        return titles(len(self._names), is_narrow=self._digits != DIGITS[0])

    def _place_columns(self, metrics: QFontMetricsF) -> None:
        """Place the titles and numbers of the columns after the matrix."""
        theme, area, h = self._theme, self._area, len(self._names)
        sums = () if h == 1 else (tr("Σ row"),)
        over = (*sums, *(self._titles() if self._has_collapse else ()))
        left, self._edges = area.right(), [area.right()]
        for n, header in enumerate(self._headers):
            header.dress(self._small, theme.muted)
            if n >= len(over):
                self._set_text(header, "")
                for row in self._numbers:
                    self._set_text(row[h + n], "")
                continue
            width = self._columns[n] - 2
            header.place(QRectF(left, 0, width, area.top()), RIGHT)
            self._set_text(header, over[n])
            for i, row in enumerate(self._numbers):
                is_sum = n < len(sums)
                row[h + n].dress(self._small, theme.muted if is_sum else theme.ink)
                row[h + n].place(
                    QRectF(left, area.top() + i * self._sides[1], width, self._sides[1]), RIGHT
                )
            left += self._columns[n]
            self._edges.append(left)
        self._corner.dress(self._small, theme.muted)
        self._corner.place(QRectF(0, 0, area.left(), area.top()), LEFT)
        text = "∂a \\ ∂z" if h > 1 else "da/dz"
        fits = metrics.horizontalAdvance(text) + 6 < area.left()
        self._set_text(self._corner, text if fits else "")

    def _place_cells(self) -> None:
        (side, tall), area, h = self._sides, self._area, len(self._names)
        self._cells.setTransform(QTransform.fromScale(side, tall))
        self._cells.setPos(area.topLeft())
        grid = QPainterPath()
        for k in range(h + 1):
            grid.moveTo(area.left() + k * side, area.top())
            grid.lineTo(area.left() + k * side, area.bottom())
            grid.moveTo(area.left(), area.top() + k * tall)
            grid.lineTo(area.right(), area.top() + k * tall)
        self._lines.setPath(grid)
        self._lines.setPen(QPen(QColor(self._theme.line), 1))

    def _place_labels(self, metrics: QFontMetricsF) -> None:
        """Place marker and name before each row, and above each column where they fit."""
        area, glyph, (side, tall) = self._area, self._glyph, self._sides
        for i, (name, mark) in enumerate(zip(self._names, self._marks, strict=True)):
            marker, words, above, over = self._labels[i]
            colour = self._theme.class_text(mark).name()
            symbol = look.GLYPHS[mark % len(look.GLYPHS)] if mark >= 0 else "●"
            for item in (marker, above):
                item.dress(self._small, colour)
                self._set_text(item, symbol)
            for item in (words, over):
                item.dress(self._small, self._theme.ink)
            y, available = area.top() + i * tall, area.left() - glyph - 4
            marker.place(QRectF(0, y, glyph, tall), LEFT)
            words.place(QRectF(glyph, y, available, tall), LEFT)
            self._set_text(words, metrics.elidedText(name, Qt.TextElideMode.ElideRight, available))
            short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, side - glyph - 2)
            short = short if short == name or len(short) > 3 else ""
            width = glyph + metrics.horizontalAdvance(short) if short else glyph * 0.7
            left = area.left() + i * side + max((side - width) / 2, 0)
            above.place(QRectF(left, 0, glyph, area.top()), LEFT)
            over.place(QRectF(left + glyph, 0, side, area.top()), LEFT)
            self._set_text(over, short)
            for k in range(len(self._names)):
                place = QRectF(area.left() + k * side, y, side, tall)
                self._numbers[i][k].place(place, CENTRE)

    # Numbers ----------------------------------------------------------------------------------

    def _show_numbers(self) -> None:
        """Update what has changed since the last answer or layout."""
        chain = self.chain
        if chain is None:
            return
        h = len(self._names)
        middle = len(self._map) // 2
        colours = self._map[look.signed_levels(chain.J, REACH, middle) + middle]
        self._cells.setPixmap(_pixmap(colours))
        colour_of, shape, muted = inks(colours, self._theme), self._shape, self._theme.muted
        for i, values in enumerate(chain.J.tolist()):
            row = self._numbers[i]
            for k in range(h):
                text = "" if shape is None else decimals(values[k], shape)
                if text:
                    row[k].dress(self._small, muted if text == "0" else colour_of[i][k])
                self._set_text(row[k], text)
        for row, texts in zip(self._numbers, chain.beside(self._digits), strict=True):
            for words, text in zip(row[h:], texts, strict=False):
                self._set_text(words, text)

    # Pointer and keys -------------------------------------------------------------------------

    def _place_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return row and column under a point, or None; columns from h on are after the matrix."""
        h = len(self._names)
        if self.chain is None or not self._area.top() <= at.y() < self._area.bottom():
            return None
        i = int((at.y() - self._area.top()) // self._sides[1])
        if self._area.left() <= at.x() < self._area.right():
            return i, min(int((at.x() - self._area.left()) // self._sides[0]), h - 1)
        for n in range(len(self._columns)):
            if self._edges[n] <= at.x() < self._edges[n + 1]:
                return i, h + n
        return None

    def _point(self, at: tuple[int, int] | None) -> None:
        """Mark this cell and emit its description."""
        self._at = at
        self._mark.setVisible(at is not None)
        if at is None or self.chain is None:
            self.pointed.emit("")
            return
        self._mark.setRect(self.cell_rect(*at).adjusted(0.5, 0.5, -0.5, -0.5))
        self.pointed.emit(self.chain.sentence(*at))

    def cell_rect(self, i: int, k: int) -> QRectF:
        """Return the rectangle of row i, column k; columns from h on are after the matrix."""
        h, (side, tall) = len(self._names), self._sides
        y = self._area.top() + i * tall
        if k < h:
            return QRectF(self._area.left() + k * side, y, side, tall)
        return QRectF(self._edges[k - h] + 1, y, self._columns[k - h] + 1, tall)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._place_at(event.position())
        if at != self._at:
            self._point(at)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.underMouse():
            self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = direction(event)
        if move is None or self.chain is None:
            super().keyPressEvent(event)
            return
        if self._at is None:
            self._point((0, 0))
            return
        i = min(max(self._at[0] + move[1], 0), len(self._names) - 1)
        k = min(max(self._at[1] + move[0], 0), len(self._names) + len(self._columns) - 1)
        self._point((i, k))


def inks(colours: NDArray[np.uint8], theme: Theme) -> list[list[str]]:
    """Return for each cell of colours (h, h, 3) the text colour with the higher contrast."""
    dark, light = sorted((theme.ink, theme.panel), key=_luminance)
    is_bright = (_luminances(colours) + 0.05) ** 2 > (
        (_luminance(dark) + 0.05) * (_luminance(light) + 0.05)
    )
    return np.where(is_bright, dark, light).tolist()  # type: ignore[no-any-return]


def _pixmap(colours: NDArray[np.uint8]) -> QPixmap:
    h = len(colours)
    padded = np.full((h, h, 4), 255, dtype=np.uint8)
    padded[..., :3] = colours
    image = QImage(padded.data, h, h, 4 * h, QImage.Format.Format_RGBX8888)
    return QPixmap.fromImage(image.copy())


def _luminances(colours: NDArray[np.floating] | NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the relative luminance of colours (…, 3) in 0 … 255."""
    s = np.asarray(colours, dtype=np.float64) / 255
    linear = np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def _luminance(colour: str) -> float:
    return float(_luminances(look.rgb(colour)))
