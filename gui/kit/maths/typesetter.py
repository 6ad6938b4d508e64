"""Makes boxes of the nodes of a formula, in the colours of a theme and a font size."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QColor, QFont, QFontMetricsF
from PySide6.QtWidgets import QGraphicsItem

from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.maths.boxes import (
    Box,
    Bracketed,
    Fraction,
    Frame,
    Nothing,
    Power,
    Side,
    Slot,
    Spot,
    Symbol,
    Text,
    TypesetTerms,
)
from gui.kit.maths.notation import (
    Flow,
    Frac,
    Key,
    Line,
    Matrix,
    Node,
    Num,
    Pic,
    Raised,
    Row,
    Sym,
    Terms,
    Word,
    walk,
    whole,
)
from gui.kit.maths.sheet_layout import PlacedLine
from gui.kit.theme import Theme

SYMBOL_PX = 17.0
NUMBER_SCALE = 1.08
PICTURE_PX = 46.0
EXPONENT = 0.78  # of the size of its base
LEAST_TYPE = 0.85  # of words: 8.5 pt, or as large as the numbers beside them where they are zoomed
WIDEST, WIDEST_TERM = "−00.00", "(−0.000)"


def symbols(lines: Iterable[Line]) -> tuple[str, ...]:
    """Return the symbols to be typeset for these lines, each once, as LaTeX."""
    return symbols_of(node for line in lines for node in (line.title, whole(line)))


def symbols_of(nodes: Iterable[Node]) -> tuple[str, ...]:
    """Return the symbols to be typeset for these nodes, each once, as LaTeX."""
    found = {
        part.marked if isinstance(part, Terms) else part.latex: None
        for node in nodes
        for part in walk(node)
        if isinstance(part, Sym | Terms)
    }
    return tuple(found)


class Typesetter:
    """Makes boxes, and keeps those that numbers and pictures are put into.

    spots, frames : by the keys of numbers and of pictures, in reading order.
    ratio : device pixels per logical pixel.
    """

    def __init__(self, theme: Theme, font: QFont, scale: float, ratio: float) -> None:
        self._theme, self._ratio = theme, ratio
        self._font = font
        self._set_scale(scale)
        self.spots: dict[Key, list[Slot]] = {}
        self.frames: dict[Key, list[Frame]] = {}

    def _set_scale(self, scale: float) -> None:
        """Set what follows at this scale."""
        self._rescale(scale)
        beside = min(LEAST_TYPE, NUMBER_SCALE * scale)
        least = max(LEAST_TYPE / max(zoom.factor(), 1.0), beside)
        self._small = zoom.scaled(self._font, max(look.SMALL * scale, least))

    def _rescale(self, scale: float) -> None:
        """Take the sizes of symbols and numbers at this scale."""
        self._unzoomed, self._scale = scale, scale * zoom.factor()
        self._numbers = zoom.scaled(self._font, NUMBER_SCALE * scale)
        metrics = QFontMetricsF(self._numbers)
        self._width_of = metrics.horizontalAdvance
        self._above, self._below = metrics.ascent(), metrics.descent()

    def box(self, node: Node, root: QGraphicsItem) -> Box:
        """Return the box of a node; its items are children of the root."""
        theme = self._theme
        match node:
            case Sym(latex):
                return Symbol(latex, SYMBOL_PX * self._scale, theme.ink, self._ratio, root)
            case Terms():
                return self._terms(node, root)
            case Num():
                return self._spot(node, root)
            case Word(_, mark):
                colour = theme.muted if mark is None else theme.class_text(mark)
                return Text(_titled(node), self._small, QColor(colour), root)
            case Pic(key):
                frame = Frame(PICTURE_PX * self._scale, QColor(theme.line), root)
                self.frames.setdefault(key, []).append(frame)
                return frame
            case Frac(top, bottom):
                return Fraction(
                    self.box(top, root), self.box(bottom, root), QColor(theme.ink), root
                )
            case Raised(base, exponent):
                return Power(self.box(base, root), self._exponent(exponent, root))
            case Row(parts) | Flow(parts):
                return Side([self.box(part, root) for part in parts], wraps=isinstance(node, Flow))
            case Matrix(rows):
                cells = [[self.box(cell, root) for cell in cells] for cells in rows]
                return Bracketed(cells, QColor(theme.ink), root)

    def line(
        self, line: Line, root: QGraphicsItem, size: float | None = 1.0, *, has_title: bool
    ) -> PlacedLine:
        """Return the boxes of a line, to be placed.

        size : of all in it, relative to the scale; None leaves out all but what stands before it.
        """
        if size is None:
            lead = None if line.lead is None else self.box(line.lead, root)
            return PlacedLine(line.part, None, Nothing(), lead)
        scale = self._unzoomed
        self._set_scale(scale * size)
        title = self.box(line.title, root) if has_title else None
        lead, note = (
            None if node is None else self.box(node, root) for node in (line.lead, line.note)
        )
        placed = PlacedLine(line.part, title, self.box(line.node, root), lead, note)
        self._set_scale(scale)
        return placed

    def _exponent(self, node: Node, root: QGraphicsItem) -> Box:
        """Return the box of a node in the smaller size of an exponent."""
        scale = self._unzoomed
        self._rescale(scale * EXPONENT)
        box = self.box(node, root)
        self._rescale(scale)
        return box

    def _terms(self, node: Terms, root: QGraphicsItem) -> TypesetTerms:
        px = SYMBOL_PX * self._scale
        box = TypesetTerms(node, px, self._theme.ink, self._ratio, root)
        for term in box.terms:
            self.spots.setdefault(term.key, []).append(term)
        return box

    def _spot(self, node: Num, root: QGraphicsItem) -> Spot:
        slot = self._width_of(node.widest or (WIDEST_TERM if node.is_term else WIDEST))
        spot = Spot(node.key, root, self._numbers, slot, self._above, self._below)
        spot.is_term, spot.is_marked = node.is_term, node.is_marked
        self.spots.setdefault(node.key, []).append(spot)
        return spot


def _titled(word: Word) -> str:
    if word.mark is None:
        return word.text
    return f"{look.GLYPHS[word.mark % len(look.GLYPHS)]} {word.text}"
