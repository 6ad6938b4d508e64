"""The words of a document in the place of the picture of its inputs, one below the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from gui.kit.canvas import LEFT, Words

MOST_WORDS = 30
ROW_LINES = 1.05  # height of a row, in lines of text
INSET = 4.0  # px between the frame and a word


class WordList:
    """Rows of words within a rectangle; as many as there is room for."""

    def __init__(self, make: Callable[[], Words]) -> None:
        self.rect = QRectF()
        self.texts: list[str] = []  # of the rows shown
        self._words = [make() for _ in range(MOST_WORDS)]
        self._metrics: QFontMetricsF | None = None

    def place(self, rect: QRectF, font: QFont, colour: str) -> None:
        """Set the rectangle of the list, and the type of its words."""
        self.rect, self._metrics = rect, QFontMetricsF(font)
        for i, words in enumerate(self._words):
            words.dress(font, colour)
            words.place(self._row(i).adjusted(INSET, 0, -INSET, 0), LEFT)
        self.show(self.texts)

    @property
    def room(self) -> int:
        """How many words there is room for."""
        if self._metrics is None:
            return 0
        return min(int(self.rect.height() / self._height), MOST_WORDS)

    @property
    def _height(self) -> float:
        assert self._metrics is not None
        return self._metrics.height() * ROW_LINES

    def _row(self, i: int) -> QRectF:
        rect, height = self.rect, self._height
        return QRectF(rect.left(), rect.top() + i * height, rect.width(), height)

    def show(self, texts: Sequence[str]) -> None:
        """Show the first of these words, each elided where it is too long."""
        self.texts = list(texts[: self.room])
        for i, words in enumerate(self._words):
            text = self.texts[i] if i < len(self.texts) else ""
            if self._metrics is not None:
                available = self.rect.width() - 2 * INSET
                text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, available)
            if text != words.text():
                words.set_text(text)

    def row_at(self, position: QPointF) -> int | None:
        """Return the row at a position; None where there is no word."""
        if not self.rect.contains(position):
            return None
        i = int((position.y() - self.rect.top()) / self._height)
        return i if i < len(self.texts) else None
