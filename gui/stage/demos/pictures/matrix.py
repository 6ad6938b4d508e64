"""Pixels with their numbers written in, and the whole picture beside them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPen
from PySide6.QtWidgets import QGraphicsPixmapItem, QGraphicsRectItem

from core.language import mark, tr
from core.number_format import format_fixed
from core.teach.pixels import PixelOrder
from gui.kit.canvas import CENTRE, LEFT, RIGHT, Canvas, Words
from gui.kit.canvas_widgets import FramedPicture, Table, pixmap_of
from gui.kit.theme import Theme

Colours = Table  # (m,) of the pixels
MIDDLE = 0.18  # luminance on which black and white are read alike
CHANNELS = (mark("red"), mark("green"), mark("blue"))
MARK_PX, HALO_PX, FRAME_PX = 2, 5, 1.5


def plane_of(colours: Colours, order: PixelOrder, c: int) -> Colours:
    """Return the colours of a channel, (H, W)."""
    return np.ascontiguousarray(colours.reshape(order.C, order.H, order.W)[c])


def ink_on(colour: int, theme: Theme) -> str:
    """Return the colour of the theme in which a number is read best on this one."""
    dark, light = sorted((theme.ink, theme.panel), key=lambda name: QColor(name).lightnessF())
    shares = np.array([colour >> 16 & 255, colour >> 8 & 255, colour & 255]) / 255
    luminance = float((shares**2.2) @ (0.2126, 0.7152, 0.0722))
    return dark if luminance > MIDDLE else light


class Mark:
    """A frame around something, seen on every colour: a line within a wider one."""

    def __init__(self, canvas: Canvas, level: float = 3.0) -> None:
        self._lines = [canvas.add(QGraphicsRectItem()) for _ in range(2)]
        for item in self._lines:
            item.setZValue(level)

    def dress(self, halo: str, colour: str) -> None:
        for item, name, width in zip(self._lines, (halo, colour), (HALO_PX, MARK_PX), strict=True):
            item.setPen(QPen(QColor(name), width))

    def place(self, rect: QRectF) -> None:
        for item in self._lines:
            item.setRect(rect)

    def show(self, is_on: bool) -> None:
        for item in self._lines:
            item.setVisible(is_on)


class Matrix:
    """A part of a channel: pixels, their numbers, the indices of rows and columns."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._pixels = FramedPicture(canvas)
        self._numbers: list[Words] = []
        self._indices: list[Words] = []
        self.row, self.mark = Mark(canvas, 1.0), Mark(canvas)

    @property
    def texts(self) -> list[str]:
        """The numbers that are shown, row by row."""
        return [words.text() for words in self._numbers if words.isVisible()]

    def show(
        self,
        rect: QRectF,
        first: tuple[int, int],
        colours: Colours,
        numbers: NDArray[np.float64],
        digits: int,
        theme: Theme,
        font: QFont,
    ) -> None:
        """Show pixels (rows, columns) with their numbers, from row and column `first` on."""
        rows, columns = numbers.shape
        self._pixels.place(rect, QPen(QColor(theme.edge), 1))
        self._pixels.show(pixmap_of(np.ascontiguousarray(colours)))
        side = rect.width() / columns
        for place in range(max(numbers.size, len(self._numbers))):
            if place == len(self._numbers):
                self._numbers.append(self._canvas.add(Words()))
            words = self._numbers[place]
            words.setVisible(place < numbers.size)
            if place < numbers.size:
                i, j = divmod(place, columns)
                words.dress(font, ink_on(int(colours[i, j]), theme))
                words.place(
                    QRectF(rect.left() + j * side, rect.top() + i * side, side, side), CENTRE
                )
                words.set_text(format_fixed(float(numbers[i, j]), digits))
        self._show_indices(rect, first, (rows, columns), theme, font)

    def _show_indices(
        self,
        rect: QRectF,
        first: tuple[int, int],
        n: tuple[int, int],
        theme: Theme,
        font: QFont,
    ) -> None:
        rows, columns = n
        while len(self._indices) < rows + columns:
            self._indices.append(self._canvas.add(Words()))
        side = rect.width() / columns
        for place, words in enumerate(self._indices):
            words.setVisible(place < rows + columns)
            words.dress(font, theme.muted)
            if place < rows:
                words.place(QRectF(0, rect.top() + place * side, rect.left() - 4, side), RIGHT)
                words.set_text(str(first[0] + place))
            elif place < rows + columns:
                j = place - rows
                words.place(QRectF(rect.left() + j * side, 0, side, rect.top()), CENTRE)
                words.set_text(str(first[1] + j))


class Planes:
    """Each channel as a whole, with a frame around the part that the matrix shows."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._pictures: list[FramedPicture] = []
        self._names: list[Words] = []
        self._part, self.mark = Mark(canvas, 1.0), Mark(canvas)
        self.rects: tuple[QRectF, ...] = ()

    def show(
        self,
        rects: tuple[QRectF, ...],
        order: PixelOrder,
        colours: Colours,
        caption: float,
        theme: Theme,
        font: QFont,
    ) -> None:
        """Show all channels, each in its place; without places show nothing."""
        self.rects = rects
        for picture in self._pictures:
            picture.remove()
        self._pictures = [FramedPicture(self._canvas) for _ in rects]
        while len(self._names) < len(rects):
            self._names.append(self._canvas.add(Words()))
        for c, words in enumerate(self._names):
            words.setVisible(c < len(rects))
        for c, (rect, picture) in enumerate(zip(rects, self._pictures, strict=True)):
            picture.place(rect, QPen(QColor(theme.edge), 1))
            picture.show(pixmap_of(plane_of(colours, order, c)))
            self._names[c].dress(font, theme.muted)
            self._names[c].place(QRectF(rect.left(), rect.top() - caption, 1, caption), LEFT)
            self._names[c].set_text(tr(CHANNELS[c]) if order.C > 1 else f"{order.H} × {order.W}")
        self._part.dress(theme.panel, theme.accent)
        for frame in (self._part, self.mark):
            frame.show(bool(rects))

    def point(self, order: PixelOrder, k: int, first: tuple[int, int], n: tuple[int, int]) -> None:
        """Frame the part that begins at row and column `first`, and mark pixel k."""
        if not self.rects:
            return
        c, i, j = order.place(k)
        rect = self.rects[c]
        side = rect.width() / order.W
        corner = rect.topLeft()
        left, top = corner.x() + first[1] * side, corner.y() + first[0] * side
        self._part.place(QRectF(left, top, n[1] * side, n[0] * side))
        self.mark.place(QRectF(corner.x() + j * side, corner.y() + i * side, side, side))

    def under(self, order: PixelOrder, position: QPointF) -> int | None:
        """Return which pixel is at a position, if one is."""
        for c, rect in enumerate(self.rects):
            if rect.contains(position):
                side = rect.width() / order.W
                i = min(int((position.y() - rect.top()) / side), order.H - 1)
                j = min(int((position.x() - rect.left()) / side), order.W - 1)
                return order.index(c, i, j)
        return None


class Stack:
    """The first pictures of a batch, one behind the other; channels side by side."""

    MOST = 5

    def __init__(self, canvas: Canvas) -> None:
        self._cards = [canvas.add(QGraphicsPixmapItem()) for _ in range(self.MOST)]
        self._frames = [canvas.add(QGraphicsRectItem()) for _ in range(self.MOST)]
        self._caption = canvas.add(Words())
        for depth, (card, frame) in enumerate(zip(self._cards, self._frames, strict=True)):
            card.setZValue(-depth)
            frame.setZValue(-depth)
            frame.setBrush(Qt.BrushStyle.NoBrush)

    @property
    def caption(self) -> str:
        return self._caption.text()

    @property
    def count(self) -> int:
        """How many pictures are shown."""
        return sum(card.isVisible() for card in self._cards)

    def show(
        self,
        rect: QRectF,
        order: PixelOrder,
        pictures: list[Colours],
        shape: str,
        caption: float,
        theme: Theme,
        font: QFont,
    ) -> None:
        """Show pictures (m,) of a batch of this shape, the first in front."""
        self._caption.dress(font, theme.muted)
        self._caption.place(QRectF(rect.left(), rect.top() - caption, rect.width(), caption), LEFT)
        self._caption.set_text(shape)
        shift = 10.0 * min(1.0, rect.width() / 200)
        behind = shift * (len(pictures) - 1)
        available = QRectF(rect).adjusted(0, 0, -behind, -behind - 2)
        side = max(min(available.width() / (order.C * order.W), available.height() / order.H), 0.1)
        for depth, (card, frame) in enumerate(zip(self._cards, self._frames, strict=True)):
            is_there = depth < len(pictures)
            card.setVisible(is_there)
            frame.setVisible(is_there)
            if not is_there:
                continue
            planes = [plane_of(pictures[depth], order, c) for c in range(order.C)]
            card.setPixmap(pixmap_of(np.ascontiguousarray(np.concatenate(planes, axis=1))))
            left = rect.left() + shift * depth
            top = rect.top() + behind - shift * depth
            card.setPos(left, top)
            card.setScale(side)
            frame.setPen(QPen(QColor(theme.edge), FRAME_PX))
            frame.setRect(QRectF(left, top, order.C * order.W * side, order.H * side))
