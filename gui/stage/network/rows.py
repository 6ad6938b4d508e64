"""The row of one class in the sketch: marker, name, probability as a bar, target."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF
from PySide6.QtWidgets import QGraphicsRectItem

from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas import LEFT, RIGHT, Canvas, Words
from gui.kit.theme import Theme
from gui.stage.network.parts import WIRE, Node, Strand
from gui.stage.network.sketch_grid import TWO_LINES

FADED = 0.4  # opacity of a class that is not marked
LEAST_BAR = 40  # px at 100 % that a name leaves the bar beside it


class RowGeometry(NamedTuple):
    """Geometry and fonts of the row of a class, in pixels.

    area : of name, bar and number. from_x : start of the wire. target_x : left edge of the target.
    name_width : width of the names if they are beside their bars.
    """

    area: QRectF
    from_x: float
    target_x: float
    name_width: float
    plain: QFont
    bold: QFont


class ClassRow:
    """The graphics items of one class, right of the activation."""

    def __init__(self, canvas: Canvas) -> None:
        self.track, self.bar = QGraphicsRectItem(), QGraphicsRectItem()
        for item in (self.track, self.bar):
            item.setPen(Qt.PenStyle.NoPen)
            canvas.add(item)
        self._glyph = canvas.add(Words())
        self.name, self.share = canvas.add(Words()), canvas.add(Words())
        self.target = Node(canvas)
        self._wire = Strand(canvas)
        self._label: int | None = None
        self._k = 0

    def place(self, theme: Theme, geometry: RowGeometry, k: int, name: str, mark: int) -> None:
        """Lay out the row for class k with this name and marker number."""
        self._theme, self._geometry, self._k = theme, geometry, k
        self._colour = theme.class_colour(mark).name()
        metrics, area = QFontMetricsF(geometry.plain), geometry.area
        line, middle = metrics.height(), area.center().y()
        glyph_width, number_width = line * 0.95, metrics.horizontalAdvance("0.000") + 6
        if area.height() >= line * TWO_LINES:  # the name is above its bar
            title = QRectF(area.left(), middle - line * 1.1, area.width(), line * 1.1)
            low = QRectF(area.left(), middle, area.width(), line * 1.1)
        else:
            most = max(area.width() * 0.4, area.width() - number_width - zoom.px(LEAST_BAR))
            width = min(glyph_width + geometry.name_width, most)
            title = QRectF(area.left(), middle - line * 0.55, width, line * 1.1)
            low = QRectF(title.right() + 4, title.top(), area.width() - width - 4, line * 1.1)
        self._glyph.dress(geometry.bold, theme.class_text(mark).name())
        self._glyph.place(QRectF(title.left(), title.top(), glyph_width, title.height()), LEFT)
        self._glyph.set_text(look.GLYPHS[mark % len(look.GLYPHS)] if mark >= 0 else "●")
        title.setLeft(title.left() + glyph_width)
        self.name.dress(geometry.plain, theme.ink)
        self.name.place(title, LEFT)
        self.name.set_text(metrics.elidedText(name, Qt.TextElideMode.ElideRight, title.width()))
        track = QRectF(low.left(), middle, low.width() - number_width, line * 0.56)
        track.moveTop(low.center().y() - line * 0.28)
        self.track.setRect(track)
        self.track.setBrush(QColor(theme.chip))
        self.bar.setBrush(QColor(self._colour))
        self.share.dress(geometry.plain, theme.ink)
        self.share.place(QRectF(track.right(), low.top(), number_width, low.height()), RIGHT)
        self._wire.join(QPointF(geometry.from_x, middle), QPointF(area.left() - 3, middle))
        self._wire.show_value(WIRE * zoom.factor(), theme.muted)
        self._place_target()

    def _place_target(self) -> None:
        theme, geometry, is_own = self._theme, self._geometry, self._label == self._k
        line = QFontMetricsF(geometry.plain).height() * 1.4
        size = min(line, geometry.area.height() * 0.86)
        self.target.place(
            QRectF(geometry.target_x, geometry.area.center().y() - size / 2, line, size),
            geometry.bold if is_own else geometry.plain,
            ink=theme.ink if is_own else theme.muted,
            line=self._colour if is_own else theme.line,
            fill=theme.panel,
        )

    def show(self, size: float, text: str, label: int | None, *, has_target: bool = True) -> None:
        """Show a bar of relative length `size`, 0 … 1, its text, and the target.

        label : true class of the example, None if unknown.
        has_target : whether the target is 0 or 1; if not, the true class has a tick.
        """
        track = self.track.rect()
        track.setWidth(track.width() * size)
        self.bar.setRect(track)
        if text != self.share.text():
            self.share.set_text(text)
        if label != self._label:
            self._label = label
            self._place_target()
        is_own = label == self._k
        target = str(int(is_own)) if has_target else "✓" if is_own else ""
        self.target.set_text("–" if label is None else target)

    def emphasise(self, is_on: bool) -> None:
        """Set full opacity, or FADED if not `is_on`."""
        for item in (self._glyph, self.name, self.track, self.bar, self.share):
            item.setOpacity(1.0 if is_on else FADED)
