"""A sheet of formulae whose numbers live: typeset once, then only numbers and pictures change.

All is painted by Qt's own items. Every number has a place of fixed width, so nothing moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsRectItem,
    QSizePolicy,
    QToolTip,
    QWidget,
)

from core.number_format import format_cell
from gui.kit import theme as look
from gui.kit.canvas import Canvas
from gui.kit.maths.boxes import Box, Bracketed, Fraction, Frame, Side, Spot, Symbol, Text
from gui.kit.maths.formula import copy_menu
from gui.kit.maths.notation import (
    Flow,
    Frac,
    Key,
    Line,
    Matrix,
    Node,
    Num,
    Pic,
    Row,
    Sym,
    Word,
    to_csv,
    to_latex,
    to_text,
    walk,
)
from gui.kit.plain_text import as_tip
from gui.kit.theme import Theme

SYMBOL_PX = 17.0
NUMBER_SCALE = 1.08
WIDEST, WIDEST_TERM = "−00.00", "(−0.000)"

LINE_GAP = 9.0
PICTURE_PX = 46.0
TITLE_SHARE, TITLE_MOST = 0.2, 92.0
COVERED = "?"
DIMMED = 0.28


class Sheet(QWidget):
    """Lines of formulae, each with a title. Numbers under the pointer light up wherever they are.

    A covered number shows a question mark everywhere until it is revealed.
    """

    covered_changed = Signal(object, bool)  # keys of numbers; whether they are covered now
    pointed = Signal(object)  # key of the number under the pointer, or None
    size_changed = Signal()

    def __init__(self, theme: Theme, *, has_titles: bool = True, scale: float = 1.0) -> None:
        super().__init__()
        self._theme, self._scale = theme, scale
        self._has_titles = has_titles
        self._lines: tuple[Line, ...] = ()
        self._rows: list[_Placed] = []
        self._spots: dict[Key, list[Spot]] = {}
        self._frames: dict[Key, list[Frame]] = {}
        self._values: dict[Key, str] = {}
        self._pictures: dict[Key, tuple[NDArray[np.float64], float]] = {}
        self._image_shape: tuple[int, int] | None = None
        self._meaning: Mapping[Key, str] = {}
        self._lit: Key | None = None
        self._part: int | None = None
        self.covered: set[Key] = set()
        self.is_covering = False  # a click covers a number
        self._height = 0
        self._canvas = Canvas(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Derivation with the numbers of this step")

    # What is shown --------------------------------------------------------------------------------

    @property
    def lines(self) -> tuple[Line, ...]:
        return self._lines

    @staticmethod
    def symbols(
        lines: Iterable[Line], theme: Theme, scale: float = 1.0
    ) -> list[tuple[str, float, str]]:
        """Return what must be typeset for these lines, as `formula.outlines` takes it."""
        found = {
            node.latex: None
            for line in lines
            for node in (line.title, *walk(line.node))
            if isinstance(node, Sym)
        }
        return [(latex, SYMBOL_PX * scale, theme.ink) for latex in found]

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._build()

    def show_lines(
        self,
        lines: tuple[Line, ...],
        image_shape: tuple[int, int] | None,
        meaning: Mapping[Key, str],
    ) -> None:
        """Show these lines; their numbers come by `show_numbers`."""
        self._lines, self._image_shape, self._meaning = lines, image_shape, meaning
        known = {node.key for line in lines for node in walk(line.node) if isinstance(node, Num)}
        self.covered &= known
        self._values = {}
        self._pictures = {}
        self._build()

    def show_numbers(
        self,
        values: Mapping[Key, float | str],
        pictures: Mapping[Key, tuple[NDArray[np.float64], float]] | None = None,
    ) -> None:
        """Put these numbers into the lines, and these pictures, each with its largest size."""
        for key, value in values.items():
            words = value if isinstance(value, str) else format_cell(value)
            if self._values.get(key) != words:
                self._values[key] = words
                for spot in self._spots.get(key, ()):
                    spot.say(COVERED if key in self.covered else words)
        for key, (pixels, largest) in (pictures or {}).items():
            known = self._pictures.get(key)
            self._pictures[key] = pixels, largest
            if known is None or known[1] != largest or not np.array_equal(known[0], pixels):
                self._paint_picture(key)

    def light(self, part: int | None) -> None:
        """Light the lines of this part of an update and dim the others; None lights all."""
        self._part = part
        for placed in self._rows:
            is_lit = part is None or placed.line.part == part
            placed.root.setOpacity(1.0 if is_lit else DIMMED)

    def top_of(self, part: int) -> tuple[int, int]:
        """Return where the lines of this part begin and end."""
        inside = [placed for placed in self._rows if placed.line.part == part]
        if not inside:
            return 0, 0
        return int(inside[0].top), int(inside[-1].top + inside[-1].height)

    def say(self, key: Key) -> str:
        """Return the number as it is shown now."""
        return COVERED if key in self.covered else self._values.get(key, "…")

    def text(self) -> str:
        """Return all lines in plain characters."""
        return "\n".join(
            f"{line.title.text}: {to_text(line.node, self.say)}" for line in self._lines
        )

    def latex(self) -> str:
        """Return all lines as LaTeX."""
        rows = (
            rf"&\text{{{line.title.text}}} & & {to_latex(line.node, self.say)}"
            for line in self._lines
        )
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"

    # Hide and reveal ------------------------------------------------------------------------------

    def cover(self, keys: Iterable[Key], is_covered: bool) -> None:
        """Cover these numbers wherever they stand, or reveal them."""
        changed = [key for key in keys if (key in self.covered) is not is_covered]
        if not changed:
            return
        (self.covered.update if is_covered else self.covered.difference_update)(changed)
        for key in changed:
            for spot in self._spots.get(key, ()):
                spot.say(self.say(key))
                self._dress(spot)
        self.covered_changed.emit(changed, is_covered)

    def results(self) -> list[Key]:
        """Return the numbers that the lines lead to: the last of each, but for the input."""
        found = []
        for line in self._lines:
            inside = [node.key for node in walk(line.node) if isinstance(node, Num)]
            if inside and inside[-1][0] not in ("x", "own", "n", "y"):
                last = inside[-1][0]
                found += [key for key in inside if key[0] == last]
        return list(dict.fromkeys(found))

    # Building -------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(300, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self._height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place()
        else:
            self._canvas.cover(self.rect())

    def _build(self) -> None:
        self._canvas.scene().clear()
        self._canvas.setBackgroundBrush(QColor(self._theme.panel))
        self._spots, self._frames, self._rows = {}, {}, []
        font = look.scaled(self.font(), NUMBER_SCALE * self._scale)
        self._number_font, metrics = font, QFontMetricsF(font)
        self._slot = metrics.horizontalAdvance(WIDEST)
        self._term_slot = metrics.horizontalAdvance(WIDEST_TERM)
        self._above, self._below = metrics.ascent(), metrics.descent()
        self._small = look.scaled(self.font(), look.SMALL * self._scale)
        for line in self._lines:
            root = QGraphicsRectItem()
            root.setPen(Qt.PenStyle.NoPen)
            self._canvas.add(root)
            title = self._make(line.title, root) if self._has_titles else None
            self._rows.append(_Placed(line, root, title, self._make(line.node, root)))
        self._place()
        for key in self._pictures:
            self._paint_picture(key)
        self.light(self._part)

    @staticmethod
    def _titled(word: Word) -> str:
        return (
            word.text
            if word.mark is None
            else f"{look.GLYPHS[word.mark % len(look.GLYPHS)]} {word.text}"
        )

    def _make(self, node: Node, root: QGraphicsItem) -> Box:
        match node:
            case Sym(latex):
                return Symbol(
                    latex, SYMBOL_PX * self._scale, self._theme.ink, self.devicePixelRatioF(), root
                )
            case Num(key, is_term, is_marked):
                slot = self._term_slot if is_term else self._slot
                spot = Spot(key, root, self._number_font, slot, self._above, self._below)
                spot.is_term, spot.is_marked = is_term, is_marked
                self._spots.setdefault(key, []).append(spot)
                spot.say(self.say(key))
                self._dress(spot)
                return spot
            case Word(_, mark):
                colour = self._theme.muted if mark is None else self._theme.class_colour(mark)
                return Text(self._titled(node), self._small, QColor(colour), root)
            case Pic(key):
                frame = Frame(PICTURE_PX * self._scale, QColor(self._theme.line), root)
                self._frames.setdefault(key, []).append(frame)
                return frame
            case Frac(top, bottom):
                return Fraction(
                    self._make(top, root), self._make(bottom, root), QColor(self._theme.ink), root
                )
            case Row(parts) | Flow(parts):
                return Side(
                    [self._make(part, root) for part in parts], wraps=isinstance(node, Flow)
                )
            case Matrix(rows):
                cells = [[self._make(cell, root) for cell in cells] for cells in rows]
                return Bracketed(cells, QColor(self._theme.ink), root)

    def _place(self) -> None:
        """Lay the lines out in the width there is."""
        width = float(self.width())
        left = min(TITLE_MOST * self._scale, TITLE_SHARE * width) if self._has_titles else 0.0
        y = 4.0
        part = None
        for placed in self._rows:
            if part is not None and placed.line.part != part:
                y += LINE_GAP
            part = placed.line.part
            placed.box.measure(max(width - left - 4, 60.0))
            placed.top, placed.height = y, placed.box.above + placed.box.below
            if placed.title is not None:
                placed.title.measure(left - 10)
                placed.title.place(0, y + placed.box.above)
            placed.box.place(left, y + placed.box.above)
            y += placed.height + LINE_GAP * self._scale
        height = int(y) + 4
        if height != self._height:
            self._height = height
            self.setFixedHeight(height)
            self.updateGeometry()
            self.size_changed.emit()
        self._canvas.cover(self.rect())

    def _paint_picture(self, key: Key) -> None:
        frames = self._frames.get(key)
        if not frames or self._image_shape is None or key not in self._pictures:
            return
        pixels, largest = self._pictures[key]
        rows, columns = self._image_shape
        colours = look.signed_map(self._theme)
        middle = len(colours) // 2
        coloured = colours[look.signed_levels(pixels, largest, middle) + middle]
        image = np.ascontiguousarray(coloured.reshape(rows, columns, 3))
        shown = QImage(image.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        for frame in frames:
            frame.show(QPixmap.fromImage(shown))

    def _dress(self, spot: Spot) -> None:
        is_lit, is_covered = spot.key == self._lit, spot.key in self.covered
        theme = self._theme
        has_ground = is_covered or spot.is_marked
        ground = theme.accent if is_lit else theme.chip if has_ground else None
        ink = theme.counter_accent if spot.is_marked else theme.ink
        spot.dress(
            None if ground is None else QColor(ground),
            QColor(theme.on_accent if is_lit else ink),
        )

    # Pointer and keys -----------------------------------------------------------------------------

    def key_at(self, place: QPointF) -> Key | None:
        """Return which number is under this point."""
        for placed in self._rows:
            if placed.top <= place.y() <= placed.top + placed.height:
                for key, spots in self._spots.items():
                    if any(spot.rect.contains(place) for spot in spots):
                        return key
        return None

    def highlight(self, key: Key | None) -> None:
        """Light this number wherever it stands."""
        if key == self._lit:
            return
        before, self._lit = self._lit, key
        for changed in (before, key):
            for spot in self._spots.get(changed, ()) if changed is not None else ():
                self._dress(spot)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        key = self.key_at(event.position())
        self.setCursor(
            Qt.CursorShape.PointingHandCursor
            if key is not None and (self.is_covering or key in self.covered)
            else Qt.CursorShape.ArrowCursor
        )
        if key != self._lit:
            self._point_at(key)
            words = "" if key is None else f"{self._meaning.get(key, '')}: {self.say(key)}"
            QToolTip.showText(event.globalPosition().toPoint(), as_tip(words), self)

    def leaveEvent(self, event: object) -> None:
        self._point_at(None)

    def _point_at(self, key: Key | None) -> None:
        self.highlight(key)
        self.pointed.emit(key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        key = self.key_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and key is not None:
            self.toggle(key)

    def toggle(self, key: Key) -> None:
        """Reveal a covered number; cover one where that is what a click does."""
        if key in self.covered:
            self.cover([key], False)
        elif self.is_covering:
            self.cover([key], True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = list(self._spots)
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step is not None and keys:
            at = keys.index(self._lit) if self._lit in self._spots else (-1 if step > 0 else 0)
            self._point_at(keys[(at + step) % len(keys)])
            self.setAccessibleDescription(
                f"{self._meaning.get(self._lit or (), '')}: {self.say(self._lit or ())}"
            )
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._lit is not None:
            self.cover([self._lit], self._lit not in self.covered)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        y = event.pos().y()
        inside = [
            p for p in self._rows if p.top - LINE_GAP / 2 <= y <= p.top + p.height + LINE_GAP / 2
        ]
        key = self.key_at(QPointF(event.pos()))
        node = inside[0].line.node if inside else None
        menu = copy_menu(
            self,
            to_latex(node, self.say) if node else self.latex(),
            to_text(node, self.say) if node else self.text(),
            to_csv(node, self.say) if node else "",
        )
        menu.addSeparator()
        if key is not None:
            is_covered = key in self.covered
            menu.addAction(
                "&Reveal this number" if is_covered else "&Cover this number",
                partial(self.cover, [key], not is_covered),
            )
        menu.addAction("Cover all &results", partial(self.cover, self.results(), True))
        menu.addAction("Reveal &all", lambda: self.cover(list(self.covered), False))
        menu.popup(event.globalPos())


class _Placed:
    """A line on the sheet."""

    def __init__(self, line: Line, root: QGraphicsRectItem, title: Box | None, box: Box) -> None:
        self.line, self.root, self.title, self.box = line, root, title, box
        self.top = self.height = 0.0
