"""Widgets that consist of a canvas, and pixel pictures on them; painted natively, see plots."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QColor, QImage, QPainterPath, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsPixmapItem, QSizePolicy

from core.data.dataset import Looks
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas import Canvas, CanvasHolder, Words
from gui.kit.theme import Theme

Floats = NDArray[np.float32]
Table = NDArray[np.uint32]

OPAQUE = 0xFF000000


def ink_table(theme: Theme) -> Table:
    """Return the colours of 0 … 1 in 256 steps, (256,), from the panel's colour to ink."""
    share = np.linspace(0, 1, 256)
    return _packed(look.mixed(look.rgb(theme.panel), look.rgb(theme.ink), share))


def _packed(rgb: NDArray[np.uint8]) -> Table:
    red, green, blue = rgb.astype(np.uint32).T
    return np.asarray(OPAQUE | red << 16 | green << 8 | blue, dtype=np.uint32)


def ink_pixmap(picture: Floats, table: Table) -> QPixmap:
    """Return the pixmap of a picture (rows, columns) of 0 … 1, one pixel per value."""
    return pixmap_of(table[np.rint(picture.clip(0, 1) * 255).astype(np.intp)])


def grey_pixmap(picture: Floats) -> QPixmap:
    """Return the pixmap of grey values (rows, columns) in 0 (black) … 1 (white)."""
    grey = np.rint(picture.clip(0, 1) * 255).astype(np.uint32)
    return pixmap_of(OPAQUE | grey << 16 | grey << 8 | grey)


def picture_pixmap(
    shares: NDArray[np.float32], shape: tuple[int, int], looks: Looks, inks: Table
) -> QPixmap:
    """Return the pixmap of pixels (rows · columns,) of 0 … 1, one pixel per value or colour.

    shape, looks : as of a `Dataset`. inks : colours of ink, see `ink_table`.
    """
    if looks == "ink":
        return ink_pixmap(shares.reshape(shape), inks)
    if looks == "grey":
        return grey_pixmap(shares.reshape(shape))
    levels = np.rint(shares.clip(0, 1) * 255).astype(np.uint32)
    red, green, blue = levels.reshape(3, shape[0] // 3, shape[1])
    return pixmap_of(OPAQUE | red << 16 | green << 8 | blue)


def pixmap_of(pixels: Table) -> QPixmap:
    rows, columns = pixels.shape
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    return QPixmap.fromImage(image.copy())  # without a copy the pixmap would use the array's memory


def signed_table(theme: Theme) -> Table:
    """Return the colours of −1 … +1 in an odd number of steps: orange-red, neutral, blue."""
    return _packed(look.signed_map(theme))


def signed_pixmap(values: NDArray[np.floating], scale: float, table: Table) -> QPixmap:
    """Return the pixmap of values (rows, columns), −scale … +scale, one pixel per value."""
    middle = len(table) // 2
    return pixmap_of(table[look.signed_levels(values, scale, middle) + middle])


class CanvasWidget(CanvasHolder):
    """A widget that consists of a canvas: laid out as a whole, then updated item by item."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._canvas = Canvas(self)
        # With minimal updates, if Qt repaints a neighbour before it processes a moved item, it
        # takes the item's new extent for the old one, and the end of a longer item stays on
        # screen. Here many overlapping items change at once, so the whole viewport is painted.
        self._canvas.setViewportUpdateMode(Canvas.ViewportUpdateMode.FullViewportUpdate)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._take_font()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._dress()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._dress()  # integer scales depend on the ratio
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_font()
            self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._dress()

    def _take_font(self) -> None:
        self._plain = self.font()
        self._small = zoom.scaled(self._plain, look.SMALL)
        self._bold = zoom.scaled(self._plain, 1.0, bold=True)

    def _dress(self) -> None:
        self._canvas.cover(self.rect())
        self._canvas.setBackgroundBrush(QColor(self._theme.panel))
        self._lay_out()

    def _lay_out(self) -> None:
        """Position all items in the current colours and fonts, with their content."""
        raise NotImplementedError

    def _words(self) -> Words:
        return self._canvas.add(Words())

    def _set_text(self, words: Words, text: str) -> None:
        """Set the text if it differs."""
        if text != words.text():
            words.set_text(text)

    def _fit(self, available: float, size: int) -> float:
        """Return the side of `size` pixels shown within `available`: integer scales are crisp."""
        ratio = self.devicePixelRatioF()
        zoom = math.floor(available * ratio / size)
        return max(size * zoom / ratio if zoom >= 2 else available, 1.0)


class FramedPicture:
    """A picture with a thin frame on a canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self._pixels = canvas.add(QGraphicsPixmapItem())
        self._frame = canvas.add(QGraphicsPathItem())
        self._rect = QRectF()

    def place(self, rect: QRectF, pen: QPen) -> None:
        self._rect = rect
        shape = QPainterPath()
        shape.addRoundedRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5), 3, 3)
        self._frame.setPath(shape)
        self._frame.setPen(pen)
        self._settle()

    def show(self, pixmap: QPixmap) -> None:
        is_other = pixmap.size() != self._pixels.pixmap().size()
        self._pixels.setPixmap(pixmap)
        if is_other:
            self._settle()

    def clear(self) -> None:
        self._pixels.setPixmap(QPixmap())

    def remove(self) -> None:
        for item in (self._pixels, self._frame):
            item.scene().removeItem(item)

    def set_opacity(self, opacity: float) -> None:
        self._pixels.setOpacity(opacity)

    def _settle(self) -> None:
        self._pixels.setPos(self._rect.topLeft())
        size = self._pixels.pixmap().width()
        if size:
            self._pixels.setScale(self._rect.width() / size)
