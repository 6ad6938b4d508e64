"""A sheet of formulae with live numbers: typeset once, then only numbers and pictures change.

All is painted by Qt's own items. Every number has a slot of fixed width, so nothing moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QGraphicsRectItem, QSizePolicy, QToolTip

from core.language import tr
from gui.kit import zoom
from gui.kit.canvas import Canvas, CanvasHolder
from gui.kit.canvas_widgets import signed_pixmap, signed_table
from gui.kit.maths.boxes import Frame, Slot, Spot
from gui.kit.maths.fitting import Fitting
from gui.kit.maths.formula import copy_menu
from gui.kit.maths.live_numbers import LiveNumbers
from gui.kit.maths.notation import Key, Line, to_csv, to_latex, to_text, whole
from gui.kit.maths.sheet_layout import LINE_GAP, LinedBySheet, SheetLayout
from gui.kit.maths.typesetter import Typesetter
from gui.kit.plain_text import as_tip
from gui.kit.theme import Theme

DIMMED = 0.28


class Sheet(CanvasHolder, LinedBySheet):
    """Lines of formulae, each with a title. The number under the pointer is lit everywhere.

    A covered number shows a question mark everywhere until it is revealed.
    """

    covered_changed = Signal(object, bool)  # keys of numbers; whether they are covered now
    STEPS = (Qt.Key.Key_Left, Qt.Key.Key_Right)  # go from number to number: back, and on
    pointed = Signal(object)  # key of the number under the pointer, or None
    size_changed = Signal()

    def __init__(self, theme: Theme, *, has_titles: bool = True, scale: float = 1.0) -> None:
        super().__init__()
        self._theme, self._scale = theme, scale
        self._size_of: Callable[[int], float | None] = lambda _: 1.0  # see `Typesetter.line`
        self._fitting = Fitting()
        self._has_titles = has_titles
        self._lines: tuple[Line, ...] = ()
        self._roots: list[QGraphicsRectItem] = []  # by line, the parent of its items
        self._layout = SheetLayout()
        self.numbers = LiveNumbers()
        self._pictures: dict[Key, tuple[NDArray[np.float64], float]] = {}
        self._image_shape: tuple[int, int] | None = None
        self._meaning: Mapping[Key, str] = {}
        self._lit: Key | None = None
        self._part: int | None = None
        self.is_covering = False  # whether a click covers a number
        self._height = 0
        self._canvas = Canvas(self)
        self._typeset()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Derivation with the numbers of this step"))

    # What is shown --------------------------------------------------------------------------------

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys of the numbers and terms on the sheet, in reading order."""
        return tuple(self._typesetter.spots)

    @property
    def lit(self) -> Key | None:
        """The key of the number that is lit, or None."""
        return self._lit

    def spots(self, key: Key) -> tuple[Slot, ...]:
        """Return the slots of a number, and of the term that it is the number of."""
        return tuple(self._typesetter.spots.get(key, ()))

    def frames(self, key: Key) -> tuple[Frame, ...]:
        """Return the frames of a picture."""
        return tuple(self._typesetter.frames.get(key, ()))

    @property
    def lit_parts(self) -> set[int]:
        """The parts of an update whose lines are not dimmed."""
        pairs = zip(self._lines, self._roots, strict=True)
        return {line.part for line, root in pairs if root.opacity() == 1}

    def middle_of_line(self, number: int) -> QPointF:
        """Return a point on a line, halfway between its upper and lower end."""
        line = self._layout.lines[number]
        return QPointF(line.left, (line.top + line.bottom) / 2)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._fitting.forget()
        self._typeset()
        self._lay_out()

    def fit(self, height: float, *, is_shrunk: bool = True, or_stay: bool = False) -> bool:
        """Set the lines close enough to fit in this height, in px; return whether they do.

        is_shrunk : whether they may be set in smaller type for that.
        or_stay : whether they stay as they are where they are known not to fit.
        """
        if or_stay and not self._fitting.may_fit(self.width(), height, is_shrunk=is_shrunk):
            return False
        if self._fitting.limit(height, is_shrunk=is_shrunk):
            self._lay_out()
        return self._height <= height

    def show_lines(
        self,
        lines: tuple[Line, ...],
        image_shape: tuple[int, int] | None,
        meaning: Mapping[Key, str],
    ) -> None:
        """Show these lines; `show_numbers` sets their numbers."""
        self._lines, self._image_shape, self._meaning = lines, image_shape, meaning
        self.numbers.set_lines(lines)
        self._pictures = {}
        self._fitting.forget()
        self._typeset()
        self._lay_out()

    def show_numbers(
        self,
        values: Mapping[Key, float | str],
        pictures: Mapping[Key, tuple[NDArray[np.float64], float]] | None = None,
    ) -> None:
        """Show these numbers, and these pictures, each with its largest absolute value."""
        for key, value in values.items():
            if self.numbers.set_value(key, value):
                for spot in self.spots(key):
                    spot.set_text(self.numbers.text_of(key))
        for key, (pixels, largest) in (pictures or {}).items():
            known = self._pictures.get(key)
            self._pictures[key] = pixels, largest
            if known is None or known[1] != largest or not np.array_equal(known[0], pixels):
                self._paint_picture(key)

    def light(self, part: int | None) -> None:
        """Dim all lines except those of this part of an update; None dims none."""
        self._part = part
        for line, root in zip(self._lines, self._roots, strict=True):
            root.setOpacity(1.0 if part in (None, line.part) else DIMMED)

    def span_of(self, part: int) -> tuple[int, int]:
        """Return the upper and lower end of the lines of this part, in px from the top."""
        return self._layout.span_of(part)

    # Hide and reveal ------------------------------------------------------------------------------

    def cover(self, keys: Iterable[Key], is_covered: bool) -> None:
        """Cover or reveal these numbers wherever they appear."""
        changed = self.numbers.cover(keys, is_covered)
        if not changed:
            return
        for spot in chain.from_iterable(map(self.spots, changed)):
            spot.set_text(self.numbers.text_of(spot.key))
            self._style(spot)
        self.covered_changed.emit(changed, is_covered)

    def reveal_all(self) -> None:
        self.cover(list(self.numbers.covered), False)

    # Building -------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(300, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self._height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()
        else:
            self._canvas.cover(self.rect())

    def _typeset(self) -> None:
        """Typeset all lines again in the current colours and font, with the known numbers."""
        scale = self._scale * self._fitting.scale
        self._canvas.clear()
        self._canvas.setBackgroundBrush(QColor(self._theme.panel))
        setter = Typesetter(self._theme, zoom.font(), scale, self.devicePixelRatioF())
        self._typesetter = setter
        self._picture_colours = signed_table(self._theme)
        make = partial(setter.line, has_title=self._has_titles)
        self._roots, placed = [], []
        for number, line in enumerate(self._lines):
            root = self._canvas.add(QGraphicsRectItem())
            root.setPen(Qt.PenStyle.NoPen)
            placed.append(make(line, root, self._size_of(number)))
            self._roots.append(root)
        for spot in chain.from_iterable(setter.spots.values()):
            spot.set_text(self.numbers.text_of(spot.key))
            self._style(spot)
        self._layout = SheetLayout(placed, scale * zoom.factor())
        for key in self._pictures:
            self._paint_picture(key)
        self.light(self._part)

    def _lay_out(self) -> None:
        """Place the lines within the current width, and as they fit the height."""
        width, height = self.width(), 0
        for way in self._fitting.ways(width):
            if self._fitting.rescale(way.scale):
                self._typeset()
            height = self._layout.place(float(width), is_dense=way.is_dense)
            if self._fitting.accepts(height, width, way):
                break
        if height != self._height:
            self._height = height
            self.setFixedHeight(height)
            self.updateGeometry()
            self.size_changed.emit()
        self._canvas.cover(self.rect())

    def _paint_picture(self, key: Key) -> None:
        frames = self.frames(key)
        if not frames or self._image_shape is None or key not in self._pictures:
            return
        pixels, largest = self._pictures[key]
        shown = signed_pixmap(pixels.reshape(self._image_shape), largest, self._picture_colours)
        for frame in frames:
            frame.show(shown)

    def _style(self, spot: Slot) -> None:
        """Colour a number or term: lit, covered, marked or plain."""
        is_lit, is_covered = spot.key == self._lit, spot.key in self.numbers.covered
        theme = self._theme
        has_ground = (is_covered and isinstance(spot, Spot)) or spot.is_marked
        ground = theme.accent if is_lit else theme.chip if has_ground else None
        ink = theme.counter_accent if spot.is_marked else theme.ink
        spot.dress(
            None if ground is None else QColor(ground),
            QColor(theme.on_accent if is_lit else ink),
        )

    # Pointer and keys -----------------------------------------------------------------------------

    def key_at(self, place: QPointF) -> Key | None:
        """Return the key of the number at this point, or None."""
        if self._layout.line_at(place.x(), place.y()) is None:
            return None
        for key, spots in self._typesetter.spots.items():
            if any(spot.rect.contains(place) for spot in spots):
                return key
        return None

    def highlight(self, key: Key | None) -> None:
        """Light this number wherever it appears."""
        if key == self._lit:
            return
        before, self._lit = self._lit, key
        for changed in (before, key):
            for spot in self.spots(changed) if changed is not None else ():
                self._style(spot)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        key = self.key_at(event.position())
        self.setCursor(
            Qt.CursorShape.PointingHandCursor
            if key is not None and (self.is_covering or key in self.numbers.covered)
            else Qt.CursorShape.ArrowCursor
        )
        if key != self._lit:
            self._point_at(key)
            QToolTip.showText(
                event.globalPosition().toPoint(),
                as_tip(self.numbers.words_of(key, self._meaning)),
                self,
            )

    def leaveEvent(self, event: object) -> None:
        self._point_at(None)

    def _point_at(self, key: Key | None) -> None:
        self.highlight(key)
        self.pointed.emit(key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        key = self.key_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and key is not None:
            is_covered = key in self.numbers.covered
            if is_covered or self.is_covering:
                self.cover([key], not is_covered)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = self.keys
        back, on = self.STEPS
        step = {on: 1, back: -1}.get(Qt.Key(event.key()))
        if step is not None and keys:
            at = keys.index(self._lit) if self._lit in keys else (-1 if step > 0 else 0)
            key = keys[(at + step) % len(keys)]
            self._point_at(key)
            below = self.mapToGlobal(self.spots(key)[0].rect.bottomLeft().toPoint())
            self.setAccessibleDescription(self.numbers.words_of(key, self._meaning))
            QToolTip.showText(below, as_tip(self.numbers.words_of(key, self._meaning)), self)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._lit is not None:
            self.cover([self._lit], self._lit not in self.numbers.covered)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        number = self._layout.line_at(event.pos().x(), event.pos().y(), LINE_GAP / 2)
        key = self.key_at(QPointF(event.pos()))
        node = None if number is None else whole(self._lines[number])
        menu = copy_menu(
            self,
            to_latex(node, self.numbers.text_of) if node else self.numbers.latex(),
            to_text(node, self.numbers.text_of) if node else self.numbers.text(),
            to_csv(node, self.numbers.text_of) if node else "",
        )
        menu.addSeparator()
        if key is not None:
            is_covered = key in self.numbers.covered
            menu.addAction(
                tr("&Reveal this number") if is_covered else tr("&Cover this number"),
                partial(self.cover, [key], not is_covered),
            )
        menu.addAction(tr("Cover all &results"), partial(self.cover, self.numbers.results(), True))
        menu.addAction(tr("Reveal &all"), self.reveal_all)
        menu.popup(event.globalPos())
