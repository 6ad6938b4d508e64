"""Why one class and not another: a signed picture and its sentences."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPen

from gui.kit import theme as look
from gui.kit.canvas import LEFT, Words
from gui.kit.canvas_widgets import CanvasWidget, FramedPicture, pixmap_of, signed_table
from gui.kit.theme import Theme
from gui.stage.draw.signed_levels import LEVELS, VISIBLE

Floats = NDArray[np.float32]

GAP = 6.0


class Reason(CanvasWidget):
    """One signed picture and the sentences that belong to it, to its right."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self._picture = FramedPicture(self._canvas)
        self._lines: list[Words] = []
        self._texts: tuple[str, ...] = ()
        self._panel: NDArray[np.intp] | None = None  # levels
        self._table = signed_table(theme)
        self.head = 0  # px above the sentences, for what others put there
        self.has_picture = True

    def set_theme(self, theme: Theme) -> None:
        self._table = signed_table(theme)
        super().set_theme(theme)

    @property
    def texts(self) -> tuple[str, ...]:
        return self._texts

    def text_left(self, height: int) -> float:
        """Return where the sentences begin when it is so high: right of the picture."""
        return height + GAP + 2 if self.has_picture else 0.0

    def show_reason(self, part: Floats | None, scale: float, texts: tuple[str, ...]) -> None:
        """Show a signed picture (m,) with full colour at ±scale, and sentences; or nothing."""
        if texts != self._texts:
            is_more = len(texts) != len(self._texts)
            self._texts = texts
            self.setAccessibleDescription(" ".join(texts))
            if is_more:
                self._lay_out_lines()
            else:
                for words, text in zip(self._lines, texts, strict=True):
                    self._say(words, text)
        if part is None:
            self._panel = None
            self._picture.clear()
            return
        size = math.isqrt(len(part))
        levels = look.signed_levels(part, scale, LEVELS) + LEVELS
        panel = levels.reshape(size, size)
        old = self._panel
        is_same = old is not None and old.shape == panel.shape
        if old is not None and is_same and np.abs(panel - old).max() < VISIBLE:
            return
        self._panel = panel
        self._picture.show(pixmap_of(self._table[panel]))

    def _lay_out(self) -> None:
        side = max(self.height() - 3.0, 1.0) if self.has_picture else 0.0
        self._picture.place(QRectF(1.5, 1.5, side, side), QPen(QColor(self._theme.line), 1))
        if self._panel is not None:
            self._picture.show(pixmap_of(self._table[self._panel]))
        self._lay_out_lines()

    def _lay_out_lines(self) -> None:
        for words in self._lines:
            self._canvas.scene().removeItem(words)
        self._lines = [self._words() for _ in self._texts]
        line, left = QFontMetricsF(self._small).height(), self.text_left(self.height())
        for i, (words, text) in enumerate(zip(self._lines, self._texts, strict=True)):
            is_last = i == len(self._lines) - 1
            words.dress(self._small, self._theme.ink if is_last else self._theme.muted)
            words.place(QRectF(left, self.head + i * line, self.width(), line), LEFT)
            words.say(text)
