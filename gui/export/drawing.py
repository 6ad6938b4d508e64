"""A drawing as a value: what was painted, as shapes that can be painted again at any scale."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QTransform

Clip = QPainterPath | None


@dataclass(frozen=True, eq=False)
class Fill:
    """An area in one colour. clip : confines it; None if it lies inside."""

    path: QPainterPath
    colour: QColor
    clip: Clip = None


@dataclass(frozen=True, eq=False)
class Stroke:
    """A line. pen : solid colour, its width in the units of the drawing."""

    path: QPainterPath
    pen: QPen
    clip: Clip = None


@dataclass(frozen=True, eq=False)
class Picture:
    """An image of pixels. place : maps its pixels to the drawing; is_smooth : whether interpolated.

    opacity : 0 … 1.
    """

    image: QImage
    place: QTransform
    is_smooth: bool
    opacity: float = 1.0
    clip: Clip = None

    @property
    def bounds(self) -> QRectF:
        return self.place.mapRect(QRectF(self.image.rect()))


Shape = Fill | Stroke | Picture
COVER = 0.8  # of the drawing; what is as large lies behind everything


def bounds_of(shape: Shape) -> QRectF:
    """Return the rectangle around what is seen of a shape."""
    bounds = shape.bounds if isinstance(shape, Picture) else shape.path.boundingRect()
    return bounds if shape.clip is None else bounds & shape.clip.boundingRect()


@dataclass(frozen=True, eq=False)
class Drawing:
    """Shapes from back to front. size : in logical pixels, 96 to the inch."""

    size: QSize
    shapes: tuple[Shape, ...]

    def without_empty_foot(self, edge: int) -> Drawing:
        """Return the drawing without what is empty at its lower end, but for an edge."""
        width, height = self.size.toTuple()
        bounds = (bounds_of(shape) for shape in self.shapes)
        ends = (b.bottom() for b in bounds if b.width() * b.height() < COVER * width * height)
        height = min(height, round(max(ends, default=height)) + edge)
        return Drawing(QSize(self.size.width(), height), self.shapes)

    def paint(self, painter: QPainter) -> None:
        """Paint all shapes, in units of the painter."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shape in self.shapes:
            painter.save()
            if shape.clip is not None:
                painter.setClipPath(shape.clip, Qt.ClipOperation.IntersectClip)
            _paint(shape, painter)
            painter.restore()

    def image(self, scale: float) -> QImage:
        """Return the drawing as pixels; raise MemoryError if there is no memory for them."""
        image = QImage(self.size * scale, QImage.Format.Format_ARGB32_Premultiplied)
        if image.isNull():
            raise MemoryError
        image.fill(Qt.GlobalColor.transparent)
        inch = 0.0254
        for set_dots in (image.setDotsPerMeterX, image.setDotsPerMeterY):
            set_dots(round(96 * scale / inch))
        painter = QPainter(image)
        painter.scale(image.width() / self.size.width(), image.height() / self.size.height())
        self.paint(painter)
        painter.end()
        return image


def _paint(shape: Shape, painter: QPainter) -> None:
    if isinstance(shape, Fill):
        painter.fillPath(shape.path, QBrush(shape.colour))
    elif isinstance(shape, Stroke):
        painter.strokePath(shape.path, shape.pen)
    else:
        painter.setOpacity(shape.opacity)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shape.is_smooth)
        painter.setTransform(shape.place, True)
        painter.drawImage(0, 0, shape.image)
