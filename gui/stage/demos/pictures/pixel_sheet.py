"""A picture as matrix, planes, batch and long vector on one sheet, to point at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent

from core.data.dataset import Looks
from core.language import tr
from core.number_format import format_fixed
from core.teach.pixels import PixelOrder
from gui.kit import zoom
from gui.kit.canvas_widgets import OPAQUE, CanvasWidget, Table, ink_table
from gui.kit.shortcuts import direction
from gui.kit.theme import Theme
from gui.stage.demos.pictures import motion
from gui.stage.demos.pictures.geometry import Geometry, arrange
from gui.stage.demos.pictures.matrix import Matrix, Planes, Stack
from gui.stage.demos.pictures.strip import FLIGHT, Places, Strip, place_name

ROW_MS, LONGEST_MS = 160, 4_000  # of the animation


@dataclass(frozen=True, eq=False)
class Pixels:
    """What the sheet shows of a picture.

    shares : (m,) in 0 … 1, for the colours. numbers : (m,), written with so many digits.
    batch : (n, m) shares of the first pictures of a batch, whose `shape` is said above it.
    """

    order: PixelOrder
    looks: Looks
    shares: NDArray[np.float64]
    numbers: NDArray[np.float64]
    digits: int
    batch: NDArray[np.floating]
    shape: str


class PixelSheet(CanvasWidget):
    """Points at one pixel wherever it stands; keys and the mouse choose another.

    Arrow keys go by one place of the vector, or by one row of the picture; Home and End to its
    first and last pixel. Dragging moves the part that the matrix shows.
    """

    chosen = Signal(int)  # place in the vector

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Picture as numbers"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.k = 0
        self.rows = 0  # of the picture that are in the vector
        self._pixels: Pixels | None = None
        self._colours: Table = np.empty(0, dtype=np.uint32)
        self._first = (0, 0)  # row and column of the first pixel of the matrix
        self._grip: tuple[QPointF, tuple[int, int]] | None = None  # where dragging began
        self._geometry: Geometry | None = None
        self.matrix, self.planes = Matrix(self._canvas), Planes(self._canvas)
        self.strip, self.places = Strip(self._canvas), Places(self._canvas)
        self.stack = Stack(self._canvas)
        self._way = QVariantAnimation(self)
        self._way.valueChanged.connect(self._move_rows)

    @property
    def is_moving(self) -> bool:
        """Whether rows are on their way."""
        return self._way.state() is QVariantAnimation.State.Running

    @property
    def part(self) -> tuple[range, range]:
        """Rows and columns whose numbers are written in the matrix."""
        n = self._geometry.n if self._geometry else (0, 0)
        (i, j), (rows, columns) = self._first, n
        return range(i, i + rows), range(j, j + columns)

    def show_pixels(self, pixels: Pixels) -> None:
        """Show this picture with the same place chosen; of another size with its lightest one."""
        is_other = self._pixels is None or self._pixels.order != pixels.order
        self._pixels = pixels
        if is_other:
            order = pixels.order
            self._end_moving()
            self.k = int(pixels.shares.argmax())
            self.rows = order.C * order.H
            self._first = (order.H, order.W)  # beyond it, so that it comes into sight
        self._lay_out()
        if is_other:
            self.chosen.emit(self.k)

    def choose(self, k: int) -> None:
        """Choose the pixel at this place of the vector, and bring it into sight."""
        if self._pixels is None or not 0 <= k < self._pixels.order.m or k == self.k:
            return
        self._settle(k)

    def _settle(self, k: int) -> None:
        """Choose this pixel, and show it and the numbers around it."""
        self.k = k
        self._bring_into_sight()
        self._show_matrix()
        self._show_place()
        self.chosen.emit(k)

    def unfold(self, rows: int, *, from_row: int = 0) -> None:
        """Let the rows up to this number go into the vector, one after the other."""
        self._end_moving()
        self.rows = rows
        if rows <= from_row or not motion.is_wanted(self) or not self.isVisible():
            self._move_rows(rows + FLIGHT)
            return
        self._way.setStartValue(float(from_row))
        self._way.setEndValue(rows + FLIGHT)
        self._way.setDuration(min(round(ROW_MS * (rows - from_row + FLIGHT)), LONGEST_MS))
        self._way.start()

    def sizeHint(self) -> QSize:
        return QSize(zoom.px(420), zoom.px(260))

    # What is shown --------------------------------------------------------------------------------

    def _channel(self, k: int) -> int:
        assert self._pixels is not None
        return self._pixels.order.place(k)[0]

    def _end_moving(self) -> None:
        self._way.stop()
        self._move_rows(self.rows + FLIGHT)

    def _move_rows(self, way: float) -> None:
        self.strip.unfold(self.rows, way)

    def _lay_out(self) -> None:
        pixels = self._pixels
        if pixels is None:
            return
        metrics = QFontMetricsF(self._small)
        widest = max(map(metrics.horizontalAdvance, self._extremes(pixels)))
        named = metrics.horizontalAdvance(place_name(pixels.order.m - 1))
        self._geometry = geometry = arrange(
            pixels.order,
            self.width(),
            self.height(),
            metrics.height(),
            metrics.horizontalAdvance(str(pixels.order.H)),
            widest,
            max(widest, named),
        )
        self._colours = self._colours_of(pixels.shares)
        self._bring_into_sight()
        caption, theme, font = geometry.caption, self._theme, self._small
        self.planes.show(geometry.planes, pixels.order, self._colours, caption, theme, font)
        batch = [self._colours_of(shares) for shares in pixels.batch[: Stack.MOST]]
        self.stack.show(geometry.stack, pixels.order, batch, pixels.shape, caption, theme, font)
        self._show_matrix()
        self.strip.show(geometry.strip, pixels.order, self._colours, self._sources(), theme)
        if not self.is_moving:
            self._move_rows(self.rows + FLIGHT)
        self._show_place()

    def _extremes(self, pixels: Pixels) -> list[str]:
        ends = (pixels.numbers.min(initial=0), pixels.numbers.max(initial=0))
        return [format_fixed(float(end), pixels.digits) for end in ends]

    def _colours_of(self, shares: NDArray[np.floating]) -> Table:
        """Return the colour of each pixel (m,); those of a channel are in its own colour."""
        assert self._pixels is not None
        levels = np.rint(shares.clip(0, 1) * 255).astype(np.uint32)
        if self._pixels.looks == "ink":
            return np.asarray(ink_table(self._theme)[levels], dtype=np.uint32)
        if self._pixels.looks == "grey":
            return np.asarray(OPAQUE | levels << 16 | levels << 8 | levels, dtype=np.uint32)
        planes = levels.reshape(3, -1) << np.array([[16], [8], [0]], dtype=np.uint32)
        return np.asarray(OPAQUE | planes.ravel(), dtype=np.uint32)

    def _sources(self) -> list[QRectF]:
        """Return where each row of the picture stands as a whole."""
        assert self._pixels is not None and self._geometry is not None
        order, geometry = self._pixels.order, self._geometry
        return [
            QRectF(plane.left(), plane.top() + i * height, plane.width(), height)
            for plane in geometry.planes or (geometry.matrix,)
            for height in (plane.height() / order.H,)
            for i in range(order.H)
        ]

    def _bring_into_sight(self) -> None:
        """Move the part that the matrix shows as little as needed for the chosen pixel."""
        if self._pixels is None or self._geometry is None:
            return
        order, n = self._pixels.order, self._geometry.n
        _, i, j = order.place(self.k)
        is_new = self._first == (order.H, order.W)
        wanted = (i - n[0] // 2, j - n[1] // 2) if is_new else self._first
        first = [min(max(wanted[a], (i, j)[a] - n[a] + 1), (i, j)[a]) for a in range(2)]
        self._show_from(first[0], first[1])

    def _show_from(self, i: int, j: int) -> None:
        """Let the matrix begin at this row and column, as far as the picture reaches."""
        assert self._pixels is not None and self._geometry is not None
        order, n = self._pixels.order, self._geometry.n
        self._first = min(max(i, 0), order.H - n[0]), min(max(j, 0), order.W - n[1])

    def _show_matrix(self) -> None:
        assert self._pixels is not None and self._geometry is not None
        pixels, geometry = self._pixels, self._geometry
        shape = pixels.order.C, pixels.order.H, pixels.order.W
        rows, columns = self.part
        part = np.ix_([self._channel(self.k)], rows, columns)
        self.matrix.show(
            geometry.matrix,
            self._first,
            self._colours.reshape(shape)[part][0],
            pixels.numbers.reshape(shape)[part][0],
            pixels.digits,
            self._theme,
            self._small,
        )

    def _show_place(self) -> None:
        """Mark the chosen pixel in all parts."""
        assert self._pixels is not None and self._geometry is not None
        pixels, geometry = self._pixels, self._geometry
        _, i, j = pixels.order.place(self.k)
        side = geometry.cell
        y, x = i - self._first[0], j - self._first[1]
        rect = geometry.matrix
        corner = QPointF(rect.left() + x * side.width(), rect.top() + y * side.height())
        self.matrix.mark.place(QRectF(corner, side))
        self.matrix.row.place(QRectF(rect.left(), corner.y(), rect.width(), side.height()))
        is_seen = 0 <= y < geometry.n[0]
        self.matrix.row.show(is_seen)
        self.matrix.mark.show(is_seen and 0 <= x < geometry.n[1])
        for mark in (self.matrix.mark, self.planes.mark):
            mark.dress(self._theme.panel, self._theme.counter_accent)
        self.matrix.row.dress(self._theme.panel, self._theme.accent)
        self.planes.point(pixels.order, self.k, self._first, geometry.n)
        self.strip.point(self.k)
        self.places.show(
            geometry.places,
            geometry.count,
            self.k,
            self._colours,
            lambda k: format_fixed(float(pixels.numbers[k]), pixels.digits),
            geometry.below,
            self._theme,
            self._small,
        )
        part = self.strip.rect_of(self.places.first, self.places.count)
        self.places.fan_from(part, self._theme)

    # Mouse and keys -------------------------------------------------------------------------------

    def place_of(self, k: int) -> QPointF | None:
        """Return the middle of pixel k in the matrix, if it is in sight there."""
        if self._pixels is None or self._geometry is None:
            return None
        c, i, j = self._pixels.order.place(k)
        rows, columns = self.part
        if c != self._channel(self.k) or i not in rows or j not in columns:
            return None
        rect, side = self._geometry.matrix, self._geometry.cell
        x, y = columns.index(j) + 0.5, rows.index(i) + 0.5
        return QPointF(rect.left() + x * side.width(), rect.top() + y * side.height())

    def _under(self, position: QPointF) -> int | None:
        """Return which pixel is at a position of the matrix, the strip or the places."""
        if self._pixels is None or self._geometry is None:
            return None
        rect, side = self._geometry.matrix, self._geometry.cell
        if rect.contains(position):
            rows, columns = self.part
            i = min(int((position.y() - rect.top()) / side.height()), len(rows) - 1)
            j = min(int((position.x() - rect.left()) / side.width()), len(columns) - 1)
            return self._pixels.order.index(self._channel(self.k), rows[i], columns[j])
        found = self.strip.under(position)
        return self.places.under(position) if found is None else found

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        if self._grip is not None:
            self._drag(position)
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self._point_in_plane(position)
        elif (k := self._under(position)) is not None:
            self.choose(k)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._geometry is None:
            super().mousePressEvent(event)
            return
        if self._geometry.matrix.contains(event.position()):
            self._grip = event.position(), self._first
        self._point_in_plane(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None

    def _drag(self, position: QPointF) -> None:
        """Move the part that the matrix shows with the mouse, and with it the chosen pixel."""
        assert self._grip is not None and self._geometry is not None and self._pixels is not None
        start, (i, j) = self._grip
        side = self._geometry.cell
        before = self._first
        self._show_from(
            i - round((position.y() - start.y()) / side.height()),
            j - round((position.x() - start.x()) / side.width()),
        )
        if self._first == before:
            return
        c, y, x = self._pixels.order.place(self.k)
        rows, columns = self.part
        y, x = min(max(y, rows[0]), rows[-1]), min(max(x, columns[0]), columns[-1])
        self._settle(self._pixels.order.index(c, y, x))

    def _point_in_plane(self, position: QPointF) -> None:
        """Show the part of the whole picture at a position, if there is one."""
        if self._pixels is None or self._geometry is None or self._grip is not None:
            return
        k = self.planes.under(self._pixels.order, position)
        if k is not None:
            _, i, j = self._pixels.order.place(k)
            n = self._geometry.n
            self._show_from(i - n[0] // 2, j - n[1] // 2)
            self._settle(k)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by, pixels = direction(event), self._pixels
        if pixels is None:
            super().keyPressEvent(event)
        elif by is not None:
            self.choose(self.k + by[0] + pixels.order.W * by[1])
        elif event.key() == Qt.Key.Key_Home:
            self.choose(0)
        elif event.key() == Qt.Key.Key_End:
            self.choose(pixels.order.m - 1)
        else:
            super().keyPressEvent(event)
