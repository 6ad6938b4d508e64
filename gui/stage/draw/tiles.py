"""A row of small pictures in ink: the steps of a recipe, or the nearest digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPen

from gui.kit.canvas import CENTRE, LEFT
from gui.kit.canvas_widgets import CanvasWidget, FramedPicture, ink_pixmap, ink_table
from gui.kit.theme import Theme

Floats = NDArray[np.float32]

FAINT = 0.55  # opacity of the picture of a skipped step


class Tiles(CanvasWidget):
    """A row of small pictures in ink, below a title, each with space for a caption."""

    def __init__(
        self, theme: Theme, name: str, title: str, count: int, columns: int | None = None
    ) -> None:
        """Make `count` tiles, with room for `columns` in the row if that is more."""
        super().__init__(theme, name)
        self._columns = columns or count
        self._title = self._words()
        self.title = title
        self._tiles = [(FramedPicture(self._canvas), self._words()) for _ in range(count)]
        self._pictures: list[Floats | None] = [None] * count
        self._captions = [""] * count
        self._is_faint = [False] * count
        self._table = ink_table(theme)
        self.framed: int | None = None  # index of the emphasised one

    def set_theme(self, theme: Theme) -> None:
        self._table = ink_table(theme)
        super().set_theme(theme)

    @property
    def rects(self) -> list[QRectF]:
        """The rectangles of the pictures."""
        line = QFontMetricsF(self._small).height()
        top = round(line) + 2.5 if self.title else 1.5
        step = self.width() / self._columns
        side = max(min(step - 4, self.height() - line - 4 - top), 1.0)
        return [QRectF(round(k * step) + 1.5, top, side, side) for k in range(len(self._tiles))]

    @property
    def captions(self) -> list[str]:
        return self._captions

    @property
    def pictures(self) -> list[Floats | None]:
        return self._pictures

    def show_tile(
        self, k: int, picture: Floats | None, caption: str = "", *, faint: bool = False
    ) -> None:
        """Show a picture (size, size) of 0 … 1 at index k, or nothing."""
        tile, words = self._tiles[k]
        if caption != self._captions[k]:
            self._captions[k] = caption
            self._set_text(words, caption)
        if faint != self._is_faint[k]:
            self._is_faint[k] = faint
            tile.set_opacity(FAINT if faint else 1.0)
        before, self._pictures[k] = self._pictures[k], picture
        if picture is None:
            tile.clear()
        elif before is None or not np.array_equal(before, picture):
            tile.show(ink_pixmap(picture, self._table))

    def _lay_out(self) -> None:
        theme = self._theme
        line = QFontMetricsF(self._small).height()
        self._title.dress(self._small, theme.muted)
        self._title.place(QRectF(0, 0, self.width(), line), LEFT)
        self._title.set_text(self.title)
        for k, ((tile, words), rect) in enumerate(zip(self._tiles, self.rects, strict=True)):
            is_framed = k == self.framed
            colour = QColor(theme.accent if is_framed else theme.line)
            tile.place(rect, QPen(colour, 2 if is_framed else 1))
            words.dress(self._small, theme.ink)
            words.place(QRectF(rect.left(), rect.bottom() + 2, rect.width(), line), CENTRE)
            words.set_text(self._captions[k])
            picture = self._pictures[k]
            if picture is not None:
                tile.show(ink_pixmap(picture, self._table))
