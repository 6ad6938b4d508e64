"""Small multiples: pictures of equal size, one per run, each with lines and points.

The graphics items are created once and updated; Qt paints them without Python.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsPixmapItem, QGraphicsRectItem, QWidget

from core.data.task import Task
from core.explain.plane import Plane
from core.language import tr
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas import LEFT, Canvas, Words
from gui.kit.covers.covering import Coverable
from gui.kit.theme import Theme

GAP = 10
LEAST_PX = 96  # smallest picture; if not all fit, they scroll
MAX_POINTS = 500  # per picture
POINT_PX = 6.0
LINE_PX = 2.0

Lines = Sequence[NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Picture:
    """Content of one picture.

    brief : replaces the note if that is too wide.
    image : (rows, columns, 3) uint8, top row first, or None for an empty panel.
    lines : colours with lines, each (points, 2) in the units of the plane.
    """

    title: str
    note: str
    brief: str
    colour: str
    image: NDArray[np.uint8] | None = None
    lines: tuple[tuple[str, Lines], ...] = ()


class _Panel(NamedTuple):
    picture: QGraphicsPixmapItem
    points: QGraphicsPixmapItem
    clip: QGraphicsRectItem
    paths: list[QGraphicsPathItem]
    frame: QGraphicsPathItem
    bar: QGraphicsRectItem
    title: Words
    note: Words


class Multiples(Coverable, QWidget):
    """Pictures in a grid that fills the width; all show the same plane, or no plane."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._canvas = Canvas(self)
        self._panels: list[_Panel] = []
        self.pictures: tuple[Picture, ...] = ()
        self._plane: Plane | None = None
        self._aspect = 1.0  # width / height
        self._task: Task | None = None
        self._points_key: object = None
        self._points = QPixmap()
        self._shown: list[object] = []
        self.setAccessibleName(tr("Pictures of the runs"))

    def set_theme(self, theme: Theme) -> None:
        self._theme, self._points_key = theme, None
        self._lay_out()

    def show_pictures(
        self,
        pictures: Sequence[Picture],
        plane: Plane | None = None,
        task: Task | None = None,
        aspect: float = 1.25,
    ) -> None:
        """Show these pictures; with a plane, also their lines and the points of the task.

        aspect : width / height of a picture.
        """
        before = len(self.pictures), self._plane, self._aspect, self._title_height
        is_same_task = task is self._task
        self.pictures, self._plane, self._task, self._aspect = tuple(pictures), plane, task, aspect
        is_same_place = before == (len(pictures), plane, aspect, self._title_height)
        if is_same_place and is_same_task:
            self._show_contents()
        else:
            self._points_key = None
            self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def show_figures(self) -> None:
        self._show_contents()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for k, panel in enumerate(self._panels[: len(self.pictures)]):
            if panel.note.sceneBoundingRect().contains(event.position()):
                self.uncover(k)

    # Layout -----------------------------------------------------------------------------------

    @property
    def _title_height(self) -> int:
        if not any(picture.title for picture in self.pictures):
            return 2
        return round(self.fontMetrics().height() * 2.15)

    def height_for(self, width: int, available: int) -> int:
        """Return the height of the grid in pixels; more than `available` if it has to scroll."""
        count = max(len(self.pictures), 1)
        columns, side = self._best(width, available)
        rows = math.ceil(count / columns)
        return math.floor(rows * (side / self._aspect + self._title_height + GAP)) - GAP + 2

    def picture_size(self) -> tuple[float, float]:
        """Return the width and height of each picture in logical pixels."""
        _, side = self._best(self.width(), self.height())
        return side, side / self._aspect

    def _best(self, width: int, height: int) -> tuple[int, float]:
        """Return the number of columns and the width of a picture, as large as fits."""
        count, title = max(len(self.pictures), 1), self._title_height
        best = (1, 0.0)
        for columns in range(1, count + 1):
            rows = math.ceil(count / columns)
            side = min(
                (width - 2 - GAP * (columns - 1)) / columns,
                ((height - 2 - GAP * (rows - 1)) / rows - title) * self._aspect,
            )
            if side > best[1]:
                best = columns, side
        if best[1] < zoom.px(LEAST_PX) * min(self._aspect, 1.0):  # too small: scroll
            columns = max(1, min(count, int((width + GAP) // (zoom.px(LEAST_PX) + GAP))))
            best = columns, max((width - 2 - GAP * (columns - 1)) / columns, 1.0)
        return best

    def _lay_out(self) -> None:
        self._canvas.cover(self.rect())
        self._canvas.setBackgroundBrush(QColor(self._theme.panel))
        while len(self._panels) < len(self.pictures):
            self._panels.append(self._make_panel())
        columns, width = self._best(self.width(), self.height())
        height = width / self._aspect
        used = min(columns, max(len(self.pictures), 1)) * (width + GAP) - GAP
        left = max((self.width() - used) / 2, 0)
        step = height + self._title_height + GAP
        for k, panel in enumerate(self._panels):
            is_there = k < len(self.pictures)
            for item in (panel.clip, panel.frame):
                item.setVisible(is_there)
            has_title = is_there and bool(self.pictures[k].title)
            for part in (panel.bar, panel.title, panel.note):
                part.setVisible(has_title)
            panel.picture.setVisible(is_there)
            panel.points.setVisible(is_there and self._task is not None)
            if is_there:
                x = round(left + (k % columns) * (width + GAP))
                y = round((k // columns) * step)
                self._place(panel, QRectF(x + 1, y, width, height))
        self._shown = [None] * len(self.pictures)
        if width > 0:
            self._show_points(width, height)
            self._show_contents()

    def _make_panel(self) -> _Panel:
        add = self._canvas.add
        clip = add(QGraphicsRectItem())
        clip.setPen(Qt.PenStyle.NoPen)
        clip.setFlag(QGraphicsRectItem.GraphicsItemFlag.ItemClipsChildrenToShape)
        picture = QGraphicsPixmapItem(clip)
        points = QGraphicsPixmapItem(clip)
        points.setZValue(2)
        bar = add(QGraphicsRectItem())
        bar.setPen(Qt.PenStyle.NoPen)
        return _Panel(
            picture, points, clip, [], add(QGraphicsPathItem()), bar, add(Words()), add(Words())
        )

    def _place(self, panel: _Panel, rect: QRectF) -> None:
        line = self.fontMetrics().height()
        top = rect.translated(0, self._title_height)
        panel.clip.setPos(top.topLeft())
        panel.clip.setRect(QRectF(0, 0, rect.width(), rect.height()))
        frame = QPainterPath()
        frame.addRect(top)
        panel.frame.setPath(frame)
        panel.frame.setPen(QPen(QColor(self._theme.line), 1))
        panel.bar.setRect(QRectF(rect.left(), rect.top() + line * 0.45, 14, 4))
        bold = zoom.font(1.0, bold=True)
        panel.title.dress(bold, self._theme.ink)
        panel.title.place(QRectF(rect.left() + 20, rect.top(), rect.width() - 20, line * 1.1), LEFT)
        panel.note.dress(zoom.font(look.SMALL), self._theme.muted)
        panel.note.place(QRectF(rect.left(), rect.top() + line, rect.width(), line), LEFT)

    # Contents ---------------------------------------------------------------------------------

    def _show_contents(self) -> None:
        width, height = self.picture_size()
        small = QFontMetricsF(zoom.font(look.SMALL))
        for k, (panel, picture) in enumerate(zip(self._panels, self.pictures, strict=False)):
            metrics = self.fontMetrics()
            title = metrics.elidedText(
                picture.title, Qt.TextElideMode.ElideRight, max(int(width * 0.93) - 24, 10)
            )
            if panel.title.text() != title:
                panel.title.set_text(title)
            note = picture.note if small.horizontalAdvance(picture.note) <= width else picture.brief
            note = self.covering.words(note, k)
            if panel.note.text() != note:
                panel.note.set_text(note)
            panel.bar.setBrush(QColor(picture.colour))
            if self._shown[k] is picture:
                continue
            self._shown[k] = picture
            self._show_image(panel, picture, width, height)
            self._show_lines(panel, picture, width, height)

    def _show_image(self, panel: _Panel, picture: Picture, width: float, height: float) -> None:
        if picture.image is None:
            panel.picture.setPixmap(QPixmap())
            return
        pixels = np.ascontiguousarray(picture.image)
        rows, columns = pixels.shape[:2]
        image = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        panel.picture.setPixmap(QPixmap.fromImage(image))
        is_plane = self._plane is not None
        panel.picture.setTransformationMode(
            Qt.TransformationMode.SmoothTransformation
            if is_plane
            else Qt.TransformationMode.FastTransformation
        )
        transform = panel.picture.transform()
        transform.reset()
        transform.scale(width / columns, height / rows)
        panel.picture.setTransform(transform)

    def _show_lines(self, panel: _Panel, picture: Picture, width: float, height: float) -> None:
        while len(panel.paths) < len(picture.lines):
            path = QGraphicsPathItem(panel.clip)
            path.setZValue(1)
            panel.paths.append(path)
        for path in panel.paths[len(picture.lines) :]:
            path.setPath(QPainterPath())
        for path, (colour, lines) in zip(panel.paths, picture.lines, strict=False):
            path.setPen(QPen(QColor(colour), LINE_PX * zoom.factor()))
            path.setPath(self._path(lines, width, height))

    def _path(self, lines: Lines, width: float, height: float) -> QPainterPath:
        path, plane = QPainterPath(), self._plane
        if plane is None:
            return path
        for line in lines:
            x, y = self._to_pixels(plane, line[:, 0], line[:, 1], width, height)
            points = [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
            path.moveTo(points[0])
            for point in points[1:]:
                path.lineTo(point)
        return path

    @staticmethod
    def _to_pixels(
        plane: Plane,
        x: NDArray[np.floating],
        y: NDArray[np.floating],
        width: float,
        height: float,
    ) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        (left, right), (low, high) = plane.x_range, plane.y_range
        return (x - left) / (right - left) * width, (high - y) / (high - low) * height

    def _show_points(self, width: float, height: float) -> None:
        """Draw the points into one pixmap, shared by all pictures."""
        task, plane, ratio = self._task, self._plane, self.devicePixelRatioF()
        if task is None or plane is None:
            return
        key = task, plane, width, height, ratio, self._theme
        if key != self._points_key:
            self._points_key = key
            size = max(int(width * ratio), 1), max(int(height * ratio), 1)
            self._points = QPixmap(*size)
            self._points.setDevicePixelRatio(ratio)
            self._points.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._points)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_points(painter, task, plane, width, height)
            painter.end()
        for panel in self._panels[: len(self.pictures)]:
            panel.points.setPixmap(self._points)

    def _paint_points(
        self, painter: QPainter, task: Task, plane: Plane, width: float, height: float
    ) -> None:
        rows = task.train_rows[:: max(1, -(-len(task.train_rows) // MAX_POINTS))]
        values = task.dataset.values(rows)
        x, y = self._to_pixels(plane, values[:, plane.x], values[:, plane.y], width, height)
        side = zoom.factor() * POINT_PX * min(1.0, max(width / 320, 0.7))
        painter.setPen(QPen(QColor(self._theme.panel), 0.12))
        for k, mark in enumerate(task.dataset.class_marks):
            painter.setBrush(self._theme.class_colour(mark))
            shape, size = Symbols[look.symbol(mark)], side * look.symbol_scale(mark)
            for i in np.flatnonzero(task.dataset.y[rows] == k):
                painter.save()
                painter.translate(float(x[i]), float(y[i]))
                painter.scale(size, size)
                painter.drawPath(shape)
                painter.restore()
