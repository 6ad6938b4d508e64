"""Weights of image data: a signed picture for each class."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainterPath,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsPixmapItem, QGraphicsRectItem

from core.data.task import Task
from core.language import mark, tr
from core.number_format import format_fixed, format_signed
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas import CENTRE, LEFT, RIGHT, Canvas, Words
from gui.kit.described import point_out
from gui.kit.picture_grid import GAP, TITLE_LINES, WORDS_PX, Grid, Panels
from gui.kit.shortcuts import direction
from gui.kit.theme import Theme
from gui.state.throttle import Reading

CRISP = 0.9  # share of the size that whole device pixels per weight must keep
OPAQUE = 0xFF000000
NORM_SECONDS = 0.2  # between updates of the norms, which all change together
PLANES = (mark("red"), mark("green"), mark("blue"))
HAIR = 3  # of the 257 levels of a sign; a smaller or equal difference is invisible


class _Panel(NamedTuple):
    """The graphics items of one class."""

    picture: QGraphicsPixmapItem
    frame: QGraphicsPathItem
    name: Words
    norm: Words


class Pictures(Panels):
    """The weights of each class as a picture, blue positive and orange negative.

    The mouse points at a pixel, and so do arrow keys; with Shift, they go to the next picture.
    """

    may_fill_gap = True

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._canvas = Canvas(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pixel: tuple[int, int, int] | None = None  # picture, row, column that keys point at
        self._mark = self._canvas.add(QGraphicsRectItem())  # around it
        self._mark.setZValue(1)
        self._mark.hide()
        self._panels: list[_Panel] = []
        self._places: list[QRectF] = []
        self._bar = self._canvas.add(QGraphicsPathItem())
        self._bar_words = [self._canvas.add(Words()) for _ in range(3)]
        self._levels: NDArray[np.intp] | None = None
        self._norms: list[str] = []
        self._reading = Reading(NORM_SECONDS)
        self._pointer: QPointF | None = None  # the position that is pointed at
        self._shown_scale = 0.0

    def show_task(self, task: Task | None) -> None:
        for panel in self._panels:
            for item in panel:
                self._canvas.scene().removeItem(item)
        self._panels.clear()
        self._end_pointing()
        super().show_task(task)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._lay_out()  # the whole multiples of a device pixel have changed
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    # Layout -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._canvas.cover(self.rect())
        self._canvas.setBackgroundBrush(QColor(self._theme.panel))
        grid, names = self._grid(), self._names()
        self._places = [self._place(grid, k) for k in range(len(names))]
        self._mark.setPen(QPen(QColor(self._theme.ink), 2))
        if self._pixel is not None:
            self._place_mark(self._pixel)
        while len(self._panels) < len(names):
            parts = _Panel(QGraphicsPixmapItem(), QGraphicsPathItem(), Words(), Words())
            for part in parts:
                self._canvas.add(part)
            self._panels.append(parts)
        for panel, rect, (name, _) in zip(self._panels, self._places, names, strict=True):
            self._lay_out_panel(panel, rect, name)
        self._lay_out_scale(grid)
        # Invalidate all that is cached about the screen.
        middle = len(self._map) // 2
        red, green, blue = self._map.astype(np.uint32).T
        self._colours = np.roll(OPAQUE | red << 16 | green << 8 | blue, -middle)  # level −1 is last
        self._levels, self._norms, self._shown_scale = None, [""] * len(names), 0.0
        self._reading.forget()
        if self._params is not None:
            self._show_values()

    def _lay_out_panel(self, panel: _Panel, rect: QRectF, name: str) -> None:
        is_known = self._params is not None
        panel.picture.setPos(rect.topLeft())
        panel.picture.setScale(rect.width() / self._image_shape()[1])
        panel.picture.setVisible(is_known)
        frame = QPainterPath()
        frame.addRoundedRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5), 4, 4)
        panel.frame.setPath(frame)
        panel.frame.setPen(QPen(QColor(self._theme.line), zoom.factor()))
        panel.name.dress(self._bold, self._theme.ink)
        panel.name.set_text(
            self._bold_metrics.elidedText(name, Qt.TextElideMode.ElideRight, rect.width())
        )
        panel.norm.dress(self._small, self._theme.muted)
        self._place_title(panel, rect, "")

    def _place_title(self, panel: _Panel, rect: QRectF, norm: str) -> None:
        """Centre name and norm side by side; show the name alone if both do not fit."""
        name_width = self._bold_metrics.horizontalAdvance(panel.name.text() + "  ")
        norm_width = self._small_metrics.horizontalAdvance(norm)
        fits = name_width + norm_width <= rect.width()
        panel.norm.setVisible(fits)
        used = name_width + norm_width * fits
        title = QRectF(rect.left(), rect.bottom() + 2, rect.width(), self._line() * 1.3)
        title.setLeft(rect.left() + max(rect.width() - used, 0) / 2)
        panel.name.place(title, LEFT)
        panel.norm.place(title.adjusted(name_width, 0, 0, 0), LEFT)

    def _lay_out_scale(self, grid: Grid) -> None:
        line = self._line()
        last = self._places[-1] if self._places else QRectF()
        if grid.has_gap:
            right = self._places[grid.columns - 1].right()
            gap = QRectF(last.right() + GAP, last.top(), right - last.right() - GAP, last.height())
            wider = WORDS_PX * zoom.factor()
            middle = gap.center().y() - line * 0.8
            bar = QRectF(gap.left() + wider, middle, gap.width() - 2 * wider, line * 0.5)
        else:
            bar = self._scale_bar(last.bottom() + 2 + line * 1.3)
        shape = QPainterPath()
        shape.addRoundedRect(bar, 3, 3)
        self._bar.setPath(shape)
        self._bar.setPen(QPen(QColor(self._theme.line), 1))
        self._bar.setBrush(self._ramp(bar))
        self._bar.setVisible(self._params is not None)
        for words, align in zip(self._bar_words, (LEFT, CENTRE, RIGHT), strict=True):
            words.dress(self._small, self._theme.muted)
            words.setVisible(self._params is not None)
            words.place(self._below(bar), align)

    def _image_shape(self) -> tuple[int, int]:
        assert self._task and self._task.dataset.image_shape
        return self._task.dataset.image_shape

    def _place(self, grid: Grid, k: int) -> QRectF:
        """Return the rectangle of picture k."""
        rows, columns = self._image_shape()
        ratio = self.devicePixelRatioF()
        pixel = min(grid.width / columns, grid.height / rows)
        whole = math.floor(pixel * ratio) / ratio
        if whole >= CRISP * pixel:
            pixel = whole
        width, height = columns * pixel, rows * pixel
        title = self._line() * TITLE_LINES
        column, row = k % grid.columns, k // grid.columns
        used = grid.columns * (width + GAP) - GAP
        x = (self.width() - used) / 2 + column * (width + GAP)
        free = self.height() - grid.rows * (height + title + GAP / 2)
        free -= 0.0 if grid.has_gap else self._line() * 2.2
        y = max(free, 0.0) / 2 + row * (height + title + GAP / 2)
        return QRectF(round(x), 1 + round(y), width, height)

    # Values -----------------------------------------------------------------------------------

    def _show_values(self) -> None:
        assert self._params is not None
        W = self._params.W
        if self._shown_scale != self.scale:
            self._shown_scale = self.scale
            for words, text in zip(self._bar_words, self._scale_words(), strict=True):
                words.set_text(text)
        self._show_pictures(W)
        if not self._reading.is_due(is_live=self._is_live):
            return
        if self._pointer is not None:  # update the readout of the pixel under it
            self._tell(self._under(self._pointer))
        for k, norm in enumerate(np.sqrt(np.einsum("km,km->k", W, W)).tolist()):
            text = self.covering.words(self._norm_words(norm), k)
            if text != self._norms[k]:
                panel = self._panels[k]
                panel.norm.set_text(text)
                if len(text) != len(self._norms[k]):  # all digits have the same width
                    self._place_title(panel, self._places[k], text)
                self._norms[k] = text

    def _show_pictures(self, W: NDArray[np.float32]) -> None:
        """Colour the weights W (classes, pixels), −scale … +scale; replace changed pictures.

        While training, differences of up to HAIR levels count as unchanged.
        """
        rows, columns = self._image_shape()
        middle = len(self._map) // 2
        levels = look.signed_levels(W, self.scale, middle)
        if self._levels is None:
            self._levels = np.full_like(levels, 2 * middle)  # a level that no weight has
        off = np.abs(levels - self._levels).max(axis=1)
        hair = HAIR if self._is_live else 0
        changed = [k for k, most in enumerate(off.tolist()) if most > hair]
        if not changed:
            return
        self._levels[changed] = new = levels[changed]
        pixels = self._colours[new]
        sheet = QImage(pixels.data, columns, len(new) * rows, QImage.Format.Format_RGB32)
        for index, k in enumerate(changed):
            # Copy: a pixmap of the sheet itself would keep using its memory.
            picture = sheet.copy(0, index * rows, columns, rows)
            self._panels[k].picture.setPixmap(QPixmap.fromImage(picture))

    # Mouse and keys ---------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._end_pointing()
        self._pointer = event.position()
        self._tell(self._under(self._pointer))

    def leaveEvent(self, event: QEvent) -> None:
        if self._pixel is None:
            self._end_pointing()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._canvas.show_focus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._canvas.show_focus(False)
        self._end_pointing()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = direction(event)
        if by is None or self._params is None or not self._places:
            super().keyPressEvent(event)
            return
        rows, columns = self._image_shape()
        k, i, j = self._pixel or (0, rows // 2, columns // 2)
        if self._pixel is None:
            pass  # the first key points at the middle of the first picture
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            k = min(max(k + sum(by), 0), len(self._places) - 1)
        else:
            i, j = min(max(i + by[1], 0), rows - 1), min(max(j + by[0], 0), columns - 1)
        self._pixel = k, i, j
        self._place_mark(self._pixel)
        self._mark.show()
        self._tell(self._under(self._pointer) if self._pointer else "")

    def _place_mark(self, pixel: tuple[int, int, int]) -> None:
        (k, i, j), (rows, columns) = pixel, self._image_shape()
        place = self._places[k]
        width, height = place.width() / columns, place.height() / rows
        rect = QRectF(place.left() + j * width, place.top() + i * height, width, height)
        self._mark.setRect(rect.adjusted(-1, -1, 1, 1))
        self._pointer = rect.center()

    def _end_pointing(self) -> None:
        self._pixel = self._pointer = None
        self._mark.hide()
        self._tell("")

    def _tell(self, words: str) -> None:
        self.hovered.emit(words)
        point_out(self, words)

    def _part_at(self, position: QPointF) -> int | None:
        return next((k for k, rect in enumerate(self._places) if rect.contains(position)), None)

    def _under(self, position: QPointF) -> str:
        """Return a text on the weight of the pixel at a position; "" where there is none."""
        if self._params is None:
            return ""
        rows, columns = self._image_shape()
        for k, rect in enumerate(self._places):
            if rect.contains(position):
                i = min(int((position.y() - rect.top()) / rect.height() * rows), rows - 1)
                j = min(int((position.x() - rect.left()) / rect.width() * columns), columns - 1)
                weight = float(self._params.W[k, i * columns + j])
                bias = float(self._params.b[k])
                return (
                    f"{tr('class {name}', name=self._names()[k][0])} · {self._say_pixel(i, j)} "
                    f"· {self._value_words(weight, bias)}"
                )
        return ""

    def _say_pixel(self, i: int, j: int) -> str:
        """Return the place of a pixel; in colour the planes lie one below the other."""
        assert self._task
        rows = self._image_shape()[0]
        if self._task.dataset.looks != "colour":
            return tr("pixel in row {i}, column {j}", i=i, j=j)
        rows //= len(PLANES)
        colour = tr(PLANES[i // rows])
        return tr("{colour} in row {i}, column {j}", colour=colour, i=i % rows, j=j)

    def _norm_words(self, norm: float) -> str:
        return f"‖w‖ {format_fixed(norm, 2)}"

    def _value_words(self, weight: float, bias: float) -> str:
        w, b = format_signed(weight, 4), format_signed(bias, 4)
        return f"w = {w} · {tr('bias b')} = {b}"
