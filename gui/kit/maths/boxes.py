"""Boxes with a baseline, from which a sheet of formulae is laid out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainterPath, QPixmap
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsRectItem,
    QGraphicsSimpleTextItem,
)

from gui.kit import zoom
from gui.kit.maths.formula import Picture, picture
from gui.kit.maths.notation import Key, Terms, as_term, term_colour

GAP, CELL_GAP = 3.5, 11.0  # px at 100 %
TERM_RIM = 1.5  # px around a term that is lit
RISE = 0.62  # of a base's height, by which its exponent is raised
SUNK = 0.45  # of the height of an exponent that is beside a high base


class Box:
    """A box with a width and with heights `above` and `below` its baseline, in pixels."""

    width = above = below = 0.0

    def measure(self, available: float) -> None:
        """Compute the size for a line of width `available`."""

    def place(self, x: float, baseline: float) -> None:
        raise NotImplementedError


class Nothing(Box):
    """The box of what is not typeset."""

    def place(self, x: float, baseline: float) -> None:
        """Do nothing."""


class Symbol(Box):
    def __init__(
        self, latex: str, px: float, colour: str, ratio: float, root: QGraphicsItem
    ) -> None:
        shown = picture(latex, px, colour)
        self._item = QGraphicsPixmapItem(shown.pixmap(ratio), root)
        self.width = shown.size.width()
        self.above = shown.above
        self.below = shown.size.height() - shown.above

    def place(self, x: float, baseline: float) -> None:
        self._item.setPos(x, baseline - self.above)


class Slot(Protocol):
    """What lies at one place of a sheet under a key: a number, or a term of a formula."""

    key: Key
    rect: QRectF
    width: float
    is_marked: bool

    @property
    def text(self) -> str: ...

    @property
    def ground(self) -> QColor | None: ...

    @property
    def ink(self) -> QColor: ...

    def set_text(self, text: str) -> None: ...

    def dress(self, ground: QColor | None, ink: QColor) -> None: ...


class Term:
    """A term of a typeset formula, with a background that can be highlighted."""

    is_marked = False

    def __init__(self, formula: TypesetTerms, place: int, key: Key, root: QGraphicsItem) -> None:
        self.key, self.place = key, place
        self._formula = formula
        self._ground = QGraphicsRectItem(root)
        self._ground.setPen(Qt.PenStyle.NoPen)
        self._ink = QColor()
        self.rect, self.width = QRectF(), 0.0

    @property
    def text(self) -> str:
        """A term has no text: it is part of a picture."""
        return ""

    @property
    def ground(self) -> QColor | None:
        """The colour behind the term, or None."""
        brush = self._ground.brush()
        return None if brush.style() == Qt.BrushStyle.NoBrush else brush.color()

    @property
    def ink(self) -> QColor:
        return self._ink

    def set_text(self, text: str) -> None:
        """A term is a letter, whatever number it stands for."""

    def dress(self, ground: QColor | None, ink: QColor) -> None:
        self._ground.setBrush(Qt.BrushStyle.NoBrush if ground is None else ground)
        self._ink = ink
        self._formula.ink(self.place, ink)

    def put(self, rect: QRectF) -> None:
        self.rect, self.width = (
            rect.adjusted(-TERM_RIM, -TERM_RIM, TERM_RIM, TERM_RIM),
            rect.width(),
        )
        self._ground.setRect(self.rect)


class TypesetTerms(Box):
    """A formula that is typeset as a whole, with terms that can be pointed at."""

    def __init__(self, node: Terms, px: float, ink: str, ratio: float, root: QGraphicsItem) -> None:
        self._node, self._px, self._colour, self._ratio = node, px, ink, ratio
        self.terms = [Term(self, i, key, root) for i, key in enumerate(node.keys)]
        self._inks = {term_colour(i): ink for i in range(len(node.keys))}
        self._item = QGraphicsPixmapItem(root)
        shown = self._show()
        self.width, self.above = shown.size.width(), shown.above
        self.below = shown.size.height() - shown.above
        self._places = shown.places(node.marked)

    def ink(self, place: int, ink: QColor) -> None:
        """Write the term at this place of the keys in this colour."""
        colour = term_colour(place)
        if self._inks[colour] != ink.name():
            self._inks[colour] = ink.name()
            self._show()

    def place(self, x: float, baseline: float) -> None:
        corner = QPointF(x, baseline - self.above)
        self._item.setPos(corner)
        for term in self.terms:
            # A term without a part of its own, as where a bar lies over all of it, is never found.
            term.put(self._places.get(term_colour(term.place), QRectF()).translated(corner))

    def _show(self) -> Picture:
        shown = picture(self._node.marked, self._px, self._colour, tuple(self._inks.items()))
        self._item.setPixmap(shown.pixmap(self._ratio))
        return shown


class Text(Box):
    def __init__(self, text: str, font: QFont, colour: QColor, root: QGraphicsItem) -> None:
        self._item = QGraphicsSimpleTextItem(text, root)
        self._item.setFont(font)
        self._item.setBrush(colour)
        metrics = QFontMetricsF(self._item.font())
        self._text, self._metrics = text, metrics
        self.width = metrics.horizontalAdvance(text)
        self.above, self.below = metrics.ascent(), metrics.descent()

    def measure(self, available: float) -> None:
        words = self._metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, available)
        self._item.setText(words)
        self.width = self._metrics.horizontalAdvance(words)

    def place(self, x: float, baseline: float) -> None:
        self._item.setPos(x, baseline - self.above)


class Spot(Box):
    """The slot of a number, with a background that can be highlighted."""

    def __init__(
        self, key: Key, root: QGraphicsItem, font: QFont, width: float, above: float, below: float
    ) -> None:
        self.key = key
        self.is_term = self.is_marked = False
        self._ground = QGraphicsRectItem(root)
        self._ground.setPen(Qt.PenStyle.NoPen)
        self._item = QGraphicsSimpleTextItem(root)
        self._item.setFont(font)
        self.width, self.above, self.below = width, above, below
        self.rect = QRectF()

    @property
    def text(self) -> str:
        return self._item.text()

    @property
    def ground(self) -> QColor | None:
        """The colour behind the number, or None."""
        brush = self._ground.brush()
        return None if brush.style() == Qt.BrushStyle.NoBrush else brush.color()

    @property
    def ink(self) -> QColor:
        return self._item.brush().color()

    def set_text(self, text: str) -> None:
        self._item.setText(as_term(text) if self.is_term else text)
        self._settle()

    def dress(self, ground: QColor | None, ink: QColor) -> None:
        self._ground.setBrush(Qt.BrushStyle.NoBrush if ground is None else ground)
        self._item.setBrush(ink)

    def place(self, x: float, baseline: float) -> None:
        self.rect = QRectF(
            x - 2, baseline - self.above - 1, self.width + 4, self.above + self.below + 2
        )
        self._ground.setRect(self.rect)
        self._settle()

    def _settle(self) -> None:
        free = self.rect.width() - self._item.boundingRect().width()
        self._item.setPos(self.rect.left() + free / 2, self.rect.top() + 1)


class Frame(Box):
    """A picture with a border, vertically centred on the line."""

    def __init__(self, size: float, rim: QColor, root: QGraphicsItem) -> None:
        self.width = size
        self.above, self.below = 0.62 * size, 0.38 * size
        self._item = QGraphicsPixmapItem(root)
        self._rim = QGraphicsRectItem(root)
        self._rim.setPen(rim)

    @property
    def is_empty(self) -> bool:
        return self._item.pixmap().isNull()

    def show(self, pixels: QPixmap) -> None:
        self._item.setPixmap(pixels)
        self._item.setScale(self.width / max(pixels.width(), pixels.height(), 1))

    def place(self, x: float, baseline: float) -> None:
        self._item.setPos(x, baseline - self.above)
        self._rim.setRect(QRectF(x, baseline - self.above, self.width, self.width))


class Fraction(Box):
    def __init__(self, top: Box, bottom: Box, ink: QColor, root: QGraphicsItem) -> None:
        self._top, self._bottom = top, bottom
        self._bar = QGraphicsRectItem(root)
        self._bar.setPen(Qt.PenStyle.NoPen)
        self._bar.setBrush(ink)

    def measure(self, available: float) -> None:
        for part in (self._top, self._bottom):
            part.measure(available)
        self.width = max(self._top.width, self._bottom.width) + 8 * zoom.factor()
        self._axis = 6.0 * zoom.factor()  # the bar's height over the baseline
        self.above = self._axis + self._top.above + self._top.below + 2
        self.below = self._bottom.above + self._bottom.below + 2 - self._axis

    def place(self, x: float, baseline: float) -> None:
        bar = baseline - self._axis
        self._bar.setRect(QRectF(x, bar, self.width, 1.2 * zoom.factor()))
        self._top.place(x + (self.width - self._top.width) / 2, bar - 2 - self._top.below)
        self._bottom.place(x + (self.width - self._bottom.width) / 2, bar + 3 + self._bottom.above)


class Power(Box):
    """A base with a raised exponent."""

    def __init__(self, base: Box, exponent: Box) -> None:
        self._base, self._exponent = base, exponent

    def measure(self, available: float) -> None:
        for part in (self._base, self._exponent):
            part.measure(available)
        self._rise = max(RISE * self._base.above, self._base.above - SUNK * self._exponent.above)
        self.width = self._base.width + self._exponent.width + 1
        self.above = max(self._base.above, self._rise + self._exponent.above)
        self.below = max(self._base.below, self._exponent.below - self._rise)

    def place(self, x: float, baseline: float) -> None:
        self._base.place(x, baseline)
        self._exponent.place(x + self._base.width + 1, baseline - self._rise)


class Side(Box):
    """Boxes side by side, in several rows if they wrap."""

    def __init__(self, parts: Sequence[Box], *, wraps: bool) -> None:
        self._parts, self._wraps = parts, wraps
        self._rows: list[list[Box]] = []

    def measure(self, available: float) -> None:
        self._rows = [[]]
        self._gap = gap = GAP * zoom.factor()
        x = 0.0
        for part in self._parts:
            part.measure(available)
            if self._wraps and self._rows[-1] and x + part.width > available:
                self._rows.append([])
                x = 0.0
            self._rows[-1].append(part)
            x += part.width + gap
        self.width = max(
            (sum(p.width + gap for p in r) - gap for r in self._rows if r), default=0.0
        )
        tops = [max((p.above for p in r), default=0.0) for r in self._rows]
        depths = [max((p.below for p in r), default=0.0) for r in self._rows]
        self._steps = [0.0]
        for i in range(1, len(self._rows)):
            self._steps.append(self._steps[-1] + depths[i - 1] + 6 * zoom.factor() + tops[i])
        self.above, self.below = tops[0], self._steps[-1] + depths[-1]

    def place(self, x: float, baseline: float) -> None:
        for parts, step in zip(self._rows, self._steps, strict=True):
            at = x
            for part in parts:
                part.place(at, baseline + step)
                at += part.width + self._gap


class Bracketed(Box):
    """A matrix in brackets, vertically centred on the line."""

    def __init__(self, cells: Sequence[Sequence[Box]], ink: QColor, root: QGraphicsItem) -> None:
        self._cells = cells
        self._brackets = QGraphicsPathItem(root)
        self._brackets.setPen(ink)

    def measure(self, available: float) -> None:
        for cell in (cell for cells in self._cells for cell in cells):
            cell.measure(available)
        self._widths = [
            max(cells[j].width for cells in self._cells) for j in range(len(self._cells[0]))
        ]
        self._heights = [max(c.above + c.below for c in cells) + 3 for cells in self._cells]
        self.width = sum(self._widths) + CELL_GAP * zoom.factor() * (len(self._widths) + 1)
        height, middle = sum(self._heights), 5 * zoom.factor()  # of a bracket; above the baseline
        self.above = height / 2 + middle
        self.below = height / 2 - middle

    def place(self, x: float, baseline: float) -> None:
        y, gap = baseline - self.above, CELL_GAP * zoom.factor()
        for cells, height in zip(self._cells, self._heights, strict=True):
            at = x + gap
            for cell, width in zip(cells, self._widths, strict=True):
                cell.place(at + (width - cell.width) / 2, y + cell.above + 1.5)
                at += width + gap
            y += height
        path = QPainterPath()
        for side, inwards in ((x + 1, 4.0), (x + self.width - 1, -4.0)):
            path.moveTo(side + inwards, baseline - self.above)
            path.lineTo(side, baseline - self.above)
            path.lineTo(side, baseline + self.below)
            path.lineTo(side + inwards, baseline + self.below)
        self._brackets.setPath(path)
