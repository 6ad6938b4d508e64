"""A paint device that records what is painted on it as a drawing.

Qt's own generator of SVG keeps text as text, of fonts that other machines lack, and rounds clips to
whole pixels. Here text is recorded as its outlines, and clips as the areas that they are.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPixmap,
    QPolygonF,
    QTransform,
)

from gui.export.drawing import Clip, Drawing, Fill, Picture, Shape, Stroke

DPI = 96
FINE = 4  # pixels a unit of areas that are no plain colour
HALF_A_PIXEL = 0.5
DEVICE_PIXELS = 65536  # what Qt counts the scale of a device in
Feature, Flag = QPaintEngine.PaintEngineFeature, QPaintEngine.DirtyFlag
Metric = QPaintDevice.PaintDeviceMetric


class Recorder(QPaintDevice):
    """Records what a QPainter paints. `drawing` has all of it, once that painter has ended."""

    def __init__(self, size: QSize) -> None:
        super().__init__()
        self._size, self._engine = size, _Engine()
        mm = 25.4 / DPI
        self._metrics = {
            Metric.PdmWidth: size.width(),
            Metric.PdmHeight: size.height(),
            Metric.PdmWidthMM: round(size.width() * mm),
            Metric.PdmHeightMM: round(size.height() * mm),
            Metric.PdmNumColors: 2**24,
            Metric.PdmDepth: 32,
            Metric.PdmDevicePixelRatio: 1,
            Metric.PdmDevicePixelRatioScaled: DEVICE_PIXELS,
        }

    @property
    def drawing(self) -> Drawing:
        return Drawing(self._size, tuple(self._engine.shapes))

    def paintEngine(self) -> QPaintEngine:
        return self._engine

    def devType(self) -> int:
        return 0

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        return self._metrics.get(metric, DPI)


class _Engine(QPaintEngine):
    """Turns Qt's calls into shapes; Qt itself turns text into its outlines, for lack of better."""

    def __init__(self) -> None:
        super().__init__(Feature.AllFeatures)
        self.shapes: list[Shape] = []
        self._pen, self._brush, self._opacity = QPen(), QBrush(), 1.0
        self._transform = QTransform()
        self._clip: Clip = None
        self._is_clipped = self._is_smooth = self._is_soft = False

    def begin(self, _: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: QPaintEngineState) -> None:
        changed = state.state()
        if changed & Flag.DirtyTransform:
            self._transform = QTransform(state.transform())
        if changed & Flag.DirtyClipPath:
            self._confine(state.clipPath(), state.clipOperation(), state.transform())
        if changed & Flag.DirtyClipRegion:
            region = QPainterPath()
            region.addRegion(state.clipRegion())
            self._confine(region, state.clipOperation(), state.transform())
        if changed & Flag.DirtyClipEnabled:
            self._is_clipped = state.isClipEnabled()
        if changed & Flag.DirtyPen:
            self._pen = QPen(state.pen())
        if changed & Flag.DirtyBrush:
            self._brush = QBrush(state.brush())
        if changed & Flag.DirtyOpacity:
            self._opacity = state.opacity()
        if changed & Flag.DirtyHints:
            hints = state.renderHints()
            self._is_smooth = bool(hints & QPainter.RenderHint.SmoothPixmapTransform)
            self._is_soft = bool(hints & QPainter.RenderHint.Antialiasing)

    def _confine(
        self, path: QPainterPath, operation: Qt.ClipOperation, transform: QTransform
    ) -> None:
        if operation is Qt.ClipOperation.NoClip:
            self._clip, self._is_clipped = None, False
            return
        placed = transform.map(path)
        is_further = operation is Qt.ClipOperation.IntersectClip and self._clip is not None
        self._clip = self._clip.intersected(placed) if is_further and self._clip else placed
        self._is_clipped = True

    # What is painted ------------------------------------------------------------------------------

    def drawPath(self, path: QPainterPath) -> None:
        self._fill(path)
        self._stroke(path)

    def drawPolygon(  # type: ignore[override]  # the stubs have C's arrays
        self, points: list[QPointF], mode: QPaintEngine.PolygonDrawMode
    ) -> None:
        path = QPainterPath()
        path.addPolygon(QPolygonF(points))
        if mode is not QPaintEngine.PolygonDrawMode.PolylineMode:
            path.closeSubpath()
            is_even = mode is QPaintEngine.PolygonDrawMode.OddEvenMode
            path.setFillRule(Qt.FillRule.OddEvenFill if is_even else Qt.FillRule.WindingFill)
            self._fill(path)
        self._stroke(path)

    def drawPixmap(  # type: ignore[override]  # as Qt calls it
        self, place: QRectF, pixmap: QPixmap, source: QRectF
    ) -> None:
        self.drawImage(place, pixmap.toImage(), source)

    def drawImage(  # type: ignore[override]  # as Qt calls it
        self,
        place: QRectF,
        image: QImage,
        source: QRectF,
        flags: Qt.ImageConversionFlag = Qt.ImageConversionFlag.AutoColor,
    ) -> None:
        part = image.copy(source.toAlignedRect())
        part.setDevicePixelRatio(1)
        if part.isNull() or place.isEmpty():
            return
        to_place = QTransform.fromTranslate(place.left(), place.top())
        to_place.scale(place.width() / part.width(), place.height() / part.height())
        self._add_picture(part, to_place * self._transform, is_smooth=self._is_smooth)

    def drawTiledPixmap(  # type: ignore[override]  # as Qt calls it
        self, rect: QRectF, pixmap: QPixmap, offset: QPointF
    ) -> None:
        path = QPainterPath()
        path.addRect(rect)
        brush = QBrush(pixmap)
        brush.setTransform(QTransform.fromTranslate(*(rect.topLeft() - offset).toTuple()))
        self._fill_finely(path, brush)

    # Shapes ---------------------------------------------------------------------------------------

    def _fill(self, path: QPainterPath) -> None:
        style = self._brush.style()
        if style is Qt.BrushStyle.SolidPattern:
            self._add_fill(self._transform.map(path), self._brush.color())
        elif style is not Qt.BrushStyle.NoBrush:
            self._fill_finely(path, self._brush)

    def _fill_finely(self, path: QPainterPath, brush: QBrush) -> None:
        """Record an area of a gradient or a pattern as an image."""
        bounds = self._transform.mapRect(path.boundingRect()).toAlignedRect()
        if self._is_clipped and self._clip is not None:
            bounds &= self._clip.boundingRect().toAlignedRect()
        if bounds.isEmpty():
            return
        image = QImage(bounds.size() * FINE, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(FINE, FINE)
        painter.translate(-QPointF(bounds.topLeft()))
        painter.setTransform(self._transform, True)
        painter.fillPath(path, brush)
        painter.end()
        place = QTransform.fromTranslate(bounds.left(), bounds.top())
        place.scale(1 / FINE, 1 / FINE)
        self._add_picture(image, place, is_smooth=True)

    def _stroke(self, path: QPainterPath) -> None:
        pen, transform = self._pen, self._transform
        if pen.style() is Qt.PenStyle.NoPen or pen.brush().style() is Qt.BrushStyle.NoBrush:
            return
        width = pen.widthF()
        if pen.isCosmetic():
            width = width or 1.0
        elif _is_even(transform):
            width *= math.sqrt(abs(transform.determinant()))
        else:
            outline = QPainterPathStroker(pen).createStroke(path)
            outline.setFillRule(Qt.FillRule.WindingFill)
            self._add_fill(transform.map(outline), pen.color())
            return
        own = QPen(pen)
        own.setCosmetic(False)
        own.setWidthF(width)
        own.setColor(self._faded(pen.color()))
        placed = transform.map(path)
        if not self._is_soft:  # Qt paints such lines on whole pixels
            placed.translate(HALF_A_PIXEL, HALF_A_PIXEL)
        half = own.widthF() / 2 * max(1.0, own.miterLimit())
        bounds = placed.boundingRect().adjusted(-half, -half, half, half)
        is_seen, clip = self._clip_for(bounds)
        if is_seen and own.color().alpha():
            self.shapes.append(Stroke(placed, own, clip))

    def _add_fill(self, placed: QPainterPath, colour: QColor) -> None:
        is_seen, clip = self._clip_for(placed.boundingRect())
        colour = self._faded(colour)
        if is_seen and colour.alpha():
            self.shapes.append(Fill(placed, colour, clip))

    def _add_picture(self, image: QImage, place: QTransform, *, is_smooth: bool) -> None:
        is_seen, clip = self._clip_for(place.mapRect(QRectF(image.rect())))
        if is_seen:
            self.shapes.append(Picture(image, place, is_smooth, self._opacity, clip))

    def _faded(self, colour: QColor) -> QColor:
        faded = QColor(colour)
        faded.setAlphaF(min(1.0, colour.alphaF() * self._opacity))
        return faded

    def _clip_for(self, bounds: QRectF) -> tuple[bool, Clip]:
        """Return whether anything within these bounds is seen, and what confines it, if need be."""
        if not self._is_clipped or self._clip is None:
            return True, None
        around = self._clip.boundingRect()
        if not around.adjusted(-1, -1, 1, 1).intersects(bounds):
            return False, None
        return True, None if self._clip.contains(bounds) else QPainterPath(self._clip)


def _is_even(transform: QTransform) -> bool:
    """Return whether a transform stretches alike in all directions."""
    t = transform
    return math.isclose(abs(t.m11()), abs(t.m22()), rel_tol=1e-6) and math.isclose(
        abs(t.m12()), abs(t.m21()), rel_tol=1e-6, abs_tol=1e-9
    )
