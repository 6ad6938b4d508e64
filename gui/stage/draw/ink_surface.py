"""The painting of the pad: finished ink is cached in a pixmap, a movement paints only its piece."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from core.language import mark, tr
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas_widgets import grey_pixmap, ink_pixmap, ink_table
from gui.kit.theme import Theme
from gui.stage.draw.key_pen import Place
from gui.stage.draw.strokes import Content, Point, bezier

LIGHTEST, HEAVIEST = 0.5, 1.3  # times the pen's width, by pressure
MARGIN = 1.5  # px around the square: its border
CORNER = 6  # px: radius of the border
EMPTY = mark("Draw a digit here")
BAND = 0.85  # opacity of the ground of words on a photo

Box = tuple[float, float, float, float]  # left, top, right, bottom


class InkSurface:
    """Content and the current stroke, in the largest square in the middle of a widget.

    The newest piece of the stroke is painted separately, since the next point will bend it.
    """

    def __init__(self, widget: QWidget, theme: Theme) -> None:
        self._widget = widget
        self.theme = theme
        self.pen_share = 0.09  # width of the pen as a share of the side
        self.box: Box | None = None  # what was read of a photo, in shares of its sides
        self.remark = ""  # on a photo: what is ambiguous about it
        self._finished = QPixmap()
        self._tail = QPainterPath()
        self._tail_pen = QPen()

    @property
    def square(self) -> QRectF:
        width, height = self._widget.width(), self._widget.height()
        side = max(min(width, height) - 2 * MARGIN, 1.0)
        return QRectF((width - side) / 2, (height - side) / 2, side, side)

    def to_shares(self, position: QPointF) -> tuple[float, float]:
        """Return a position of the widget, in pixels, as shares of the side."""
        square = self.square
        return (
            (position.x() - square.left()) / square.width(),
            (position.y() - square.top()) / square.width(),
        )

    # The current stroke -------------------------------------------------------------------------

    def start(self, points: Sequence[Point]) -> None:
        """Show the first point of a stroke."""
        self._set_tail(points)
        self._update(self._tail)

    def extend(self, points: Sequence[Point]) -> None:
        """Show one more point, which fixes the shape of the piece before the newest."""
        old = self._tail
        if len(points) > 2:
            self._finish_piece(points, len(points) - 3)
        self._set_tail(points)
        self._update(old, self._tail)

    def finish(self, points: Sequence[Point]) -> None:
        """Add the finished stroke to the pixmap."""
        self._finish_piece(points, max(len(points) - 2, 0))
        self._tail = QPainterPath()

    def _set_tail(self, points: Sequence[Point]) -> None:
        last = max(len(points) - 2, 0)
        self._tail, self._tail_pen = self._piece(points, last), self._pen_at(points, last)

    def _finish_piece(self, points: Sequence[Point], i: int) -> None:
        piece = self._piece(points, i)
        painter = QPainter(self._finished)
        self._clip(painter)
        painter.strokePath(piece, self._pen_at(points, i))
        painter.end()
        self._update(piece)

    def _update(self, *paths: QPainterPath) -> None:
        """Schedule a repaint of the area of these paths."""
        margin = HEAVIEST * self._pen_px() / 2 + 2
        for path in paths:
            if not path.isEmpty():
                area = path.boundingRect().adjusted(-margin, -margin, margin, margin)
                self._widget.update(area.toAlignedRect())

    # Pieces -------------------------------------------------------------------------------------

    def _pen_px(self) -> float:
        return max(self.pen_share * self.square.width(), 1.5)

    def _pen_at(self, points: Sequence[Point], i: int) -> QPen:
        """Return the pen from point i to the next, its width by their pressures."""
        pressures = [point[2] for point in points[i : i + 2] if len(point) == 3]
        share = sum(pressures) / len(pressures) if pressures else None
        factor = 1.0 if share is None else LIGHTEST + (HEAVIEST - LIGHTEST) * share
        return QPen(
            QColor(self.theme.ink),
            self._pen_px() * factor,
            Qt.PenStyle.SolidLine,
            Qt.PenCapStyle.RoundCap,
            Qt.PenJoinStyle.RoundJoin,
        )

    def _piece(self, points: Sequence[Point], i: int) -> QPainterPath:
        """Return the curve from point i to the next, in pixels; a dot for a single point."""
        square = self.square
        first = max(i - 1, 0)
        near = [
            complex(square.left() + x * square.width(), square.top() + y * square.width())
            for x, y, *_ in points[first : i + 3]
        ]
        path = QPainterPath()
        if len(points) == 1:
            path.moveTo(near[0].real, near[0].imag)
            path.lineTo(near[0].real + 0.01, near[0].imag)  # Qt does not draw a path of length 0
            return path
        start, c1, c2, end = bezier(near, i - first)
        path.moveTo(start.real, start.imag)
        path.cubicTo(c1.real, c1.imag, c2.real, c2.imag, end.real, end.imag)
        return path

    def _clip(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.square, Qt.ClipOperation.IntersectClip)

    # All of it ----------------------------------------------------------------------------------

    def paint_all(self, content: Content, growing: Sequence[Point]) -> None:
        """Paint everything again; growing : the current stroke, if any."""
        ratio, square = self._widget.devicePixelRatioF(), self.square
        self._finished = QPixmap(self._widget.size() * ratio)
        self._finished.setDevicePixelRatio(ratio)
        self._finished.fill(QColor(self.theme.panel))
        painter = QPainter(self._finished)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if content.picture is not None:
            painter.drawPixmap(square.toRect(), ink_pixmap(content.picture, ink_table(self.theme)))
        if content.photo is not None:
            self._paint_photo(painter, content)
        painter.setPen(QPen(QColor(self.theme.line), 1))
        painter.drawRoundedRect(square, CORNER, CORNER)
        self._write(painter, content, growing)
        self._clip(painter)
        for stroke in content.strokes:
            points = [tuple(point) for point in stroke.tolist()]
            for i in range(max(len(points) - 1, 1)):
                painter.strokePath(self._piece(points, i), self._pen_at(points, i))
        painter.end()
        if growing:
            for i in range(len(growing) - 2):
                self._finish_piece(growing, i)
            self._set_tail(growing)
        else:
            self._tail = QPainterPath()
        self._widget.update()

    def _paint_photo(self, painter: QPainter, content: Content) -> None:
        """Paint a photo as a whole, and a rectangle around what was read of it."""
        assert content.photo is not None
        rows, columns = content.photo.shape
        square = self.square
        scale = square.width() / max(rows, columns)
        bounds = QRectF(0, 0, columns * scale, rows * scale)
        bounds.moveCenter(square.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        pixmap = grey_pixmap(content.photo)
        painter.drawPixmap(bounds, pixmap, QRectF(pixmap.rect()))
        if self.box is not None:
            left, top, right, bottom = self.box
            corners = (left * columns, top * rows, right * columns, bottom * rows)
            x0, y0, x1, y1 = (scale * length for length in corners)
            around = QRectF(x0, y0, x1 - x0, y1 - y0).translated(bounds.topLeft())
            painter.setPen(QPen(QColor(self.theme.accent), 2))
            painter.drawRect(around.adjusted(-2, -2, 2, 2))

    def _write(self, painter: QPainter, content: Content, growing: Sequence[Point]) -> None:
        """Write the note of a picture, or the hint on an empty pad."""
        painter.setPen(QColor(self.theme.muted))
        if content.is_empty and not growing:
            painter.setFont(zoom.font(look.LARGE))
            painter.drawText(self.square, Qt.AlignmentFlag.AlignCenter, tr(EMPTY))
        elif content.photo is not None:
            self._write_on_photo(painter, content.note)
        elif content.note:
            painter.setFont(zoom.font(look.SMALL))
            inner = self.square.adjusted(8, 5, -8, -5)
            left_below = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            painter.drawText(inner, left_below, content.note)

    def _write_on_photo(self, painter: QPainter, note: str) -> None:
        """Write the note of a photo, and the remark on it, on a ground of the panel's colour.

        They are at the edge that is farther from what was read.
        """
        font = zoom.font(look.SMALL)
        painter.setFont(font)
        width = int(self.square.width()) - 16
        wrapped = Qt.TextFlag.TextWordWrap.value
        flags = Qt.AlignmentFlag.AlignLeft.value | Qt.AlignmentFlag.AlignTop.value | wrapped
        metrics = QFontMetrics(font)
        name = metrics.elidedText(note, Qt.TextElideMode.ElideMiddle, width)
        text = f"{name}\n{self.remark}" if self.remark else name
        text_rect = metrics.boundingRect(0, 0, width, int(self.square.height()), flags, text)
        band = QRectF(self.square)
        band.setHeight(min(text_rect.height() + 8.0, band.height()))
        is_read_below = self.box is not None and self.box[1] + self.box[3] > 1
        if not is_read_below:
            band.moveBottom(self.square.bottom())
        ground = QColor(self.theme.panel)
        ground.setAlphaF(BAND)
        painter.fillRect(band, ground)
        painter.setPen(QColor(self.theme.ink))
        painter.drawText(band.adjusted(8, 4, -8, -4), flags, text)

    def show(self, painter: QPainter, pen: Place | None = None, reach: float = 0.0) -> None:
        """Paint the widget: the pixmap, the newest piece, and the border if it has the focus.

        pen : where keys have moved the pen to, if they have. reach : of the eraser, 0 for a pen.
        """
        painter.drawPixmap(0, 0, self._finished)
        if not self._tail.isEmpty():
            self._clip(painter)
            painter.strokePath(self._tail, self._tail_pen)
        if self._widget.hasFocus():
            painter.setClipping(False)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self.theme.accent), 2))
            painter.drawRoundedRect(self.square, CORNER, CORNER)
            if pen is not None:
                self._paint_pen(painter, pen, reach)

    def _paint_pen(self, painter: QPainter, place: Place, reach: float) -> None:
        """Paint a ring as wide as the pen, or the eraser, and a dot in its middle."""
        square = self.square
        at = square.topLeft() + QPointF(*place) * square.width()
        radius = reach * square.width() if reach else self._pen_px() / 2
        painter.setPen(QPen(QColor(self.theme.counter_accent), 2))
        painter.drawEllipse(at, radius + 1, radius + 1)
        painter.drawPoint(at)
