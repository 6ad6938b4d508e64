"""The evidence of each pixel for and against each class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from core.explain.prediction import Answer
from core.language import tr
from core.number_format import format_sum
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas import CENTRE, LEFT, Words
from gui.kit.canvas_widgets import CanvasWidget, FramedPicture, pixmap_of, signed_table
from gui.kit.covers.covering import Coverable
from gui.kit.theme import Theme
from gui.stage.draw.signed_levels import SignedLevels

Floats = NDArray[np.float32]

GAP = 6.0
LARGEST_PX = 84.0  # of the evidence for one class


class _Column(NamedTuple):
    name: Words
    picture: FramedPicture
    numbers: tuple[Words, Words, Words]


class Evidence(Coverable, CanvasWidget):
    """For each class the picture of w ⊙ x, its sum, the bias, and their sum, the logit.

    Through a hidden layer: integrated gradients, their sum, the logit of x = 0, and their sum.
    """

    HEADS = ("w ⊙ x", "Σ", "+ b", "= z")
    HEADS_OF_UNITS = ("IG", "Σ", "+ z(0)", "= z")

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("evidence for each class"))
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._titles = self.HEADS
        self._heads = [self._words() for _ in self.HEADS]
        self._columns: list[_Column] = []
        self._names: tuple[str, ...] = ()
        self._size = 1
        self._winner: int | None = None
        self._answer: tuple[Answer, float] | None = None
        self.levels = SignedLevels()
        self._table = signed_table(theme)
        self.painted = 0  # number of pictures painted; one that looks the same is not

    def show_classes(self, names: Sequence[str], size: int, *, has_units: bool = False) -> None:
        """Start again with a column for each of these classes, pictures of size × size pixels.

        has_units : whether there is a hidden layer.
        """
        self._titles = self.HEADS_OF_UNITS if has_units else self.HEADS
        for column in self._columns:
            column.picture.remove()
            for words in (column.name, *column.numbers):
                self._canvas.scene().removeItem(words)
        self._names, self._size, self._answer = tuple(names), size, None
        self._columns = [
            _Column(
                self._words(),
                FramedPicture(self._canvas),
                (self._words(), self._words(), self._words()),
            )
            for _ in names
        ]
        self._dress()

    def rename(self, names: Sequence[str]) -> None:
        """Set the names of the columns, as many as there are."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self._lay_out()

    def set_theme(self, theme: Theme) -> None:
        self._table = signed_table(theme)
        super().set_theme(theme)

    def show_answer(self, answer: Answer | None, winner: int | None, largest: float = 0.0) -> None:
        """Show the evidence (classes, m) of an answer, and its sums with the base (classes,).

        largest : the largest magnitude of other evidence that is shown on the same scale.
        """
        self._answer = None if answer is None else (answer, largest)
        if winner != self._winner:
            self._winner = winner
            self._emphasise()
        self._show_values()

    @property
    def names(self) -> list[str]:
        """The names of the columns as shown, elided to fit."""
        return [column.name.text() for column in self._columns]

    @property
    def numbers(self) -> list[tuple[str, ...]]:
        """Σ, bias and logit of each class, as shown."""
        return [tuple(words.text() for words in column.numbers) for column in self._columns]

    def _show_values(self) -> None:
        if self._answer is None:
            self.levels.forget()
            for column in self._columns:
                column.picture.clear()
                for words in column.numbers:
                    self._set_text(words, "")
            return
        answer, largest = self._answer
        digits = 2 if self._step() >= 44 and float(np.abs(answer.logits).max()) < 100 else 1
        for k, column in enumerate(self._columns):
            said = format_sum(float(answer.logits[k]), float(answer.base[k]), digits)
            if digits < 2:
                said = said[0], said[1].replace(" ", ""), said[2]
            for words, text in zip(column.numbers, said, strict=True):
                self._set_text(words, self.covering.number(text, k))
        levels, changed = self.levels.take(answer.evidence, largest)
        for k in changed:
            self.painted += 1
            panel = levels[k].reshape(self._size, self._size)
            self._columns[k].picture.show(pixmap_of(self._table[panel]))

    def show_figures(self) -> None:
        self._show_values()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.uncover(int((event.position().x() - self._head_width()) // self._step()))

    def heightForWidth(self, width: int) -> int:
        """Return the height for pictures as wide as their columns."""
        line, title = (QFontMetricsF(font).height() for font in (self._small, self._bold))
        step = (width - self._head_width()) / max(len(self._columns), 10)
        return math.ceil(title + min(step - 4, LARGEST_PX) + 3 * line + 5)

    def sizeHint(self) -> QSize:
        return QSize(300, self.heightForWidth(300))

    def _step(self) -> float:
        return (self.width() - self._head_width()) / max(len(self._columns), 1)

    def _head_width(self) -> float:
        metrics = QFontMetricsF(self._small)
        return max(map(metrics.horizontalAdvance, self._titles)) + GAP

    def _lay_out(self) -> None:
        theme = self._theme
        line, title = (QFontMetricsF(font).height() for font in (self._small, self._bold))
        left, step = self._head_width(), self._step()
        available = max(min(step - 4, self.height() - title - 3 * line - 4), 1.0)
        side = self._fit(available, self._size)
        tops = [title + 1, *(title + side + 4 + i * line for i in range(3))]
        for i, (words, text) in enumerate(zip(self._heads, self._titles, strict=True)):
            words.dress(self._small, theme.muted)
            height = side if i == 0 else line
            words.place(QRectF(0, tops[i], left, height), LEFT)
            words.set_text(text)
        pen = QPen(QColor(theme.line), 1)
        metrics = QFontMetricsF(self._bold)
        for k, column in enumerate(self._columns):
            x = left + k * step
            column.name.place(QRectF(x, 0, step, title), CENTRE)
            column.name.set_text(
                metrics.elidedText(self._names[k], Qt.TextElideMode.ElideRight, step)
            )
            column.picture.place(QRectF(x + (step - side) / 2, tops[0], side, side), pen)
            for i, words in enumerate(column.numbers):
                words.place(QRectF(x, tops[i + 1], step, line), CENTRE)
        self._emphasise()
        self.levels.forget()
        self._show_values()

    def _emphasise(self) -> None:
        for k, column in enumerate(self._columns):
            is_winner = k == self._winner
            ink = self._theme.ink if is_winner else self._theme.muted
            column.name.dress(self._bold if is_winner else self._small, ink)
            column.name.set_text(column.name.text())
            for words in column.numbers[:2]:
                words.dress(self._small, self._theme.muted)
            column.numbers[2].dress(
                zoom.scaled(self._plain, look.SMALL, bold=is_winner), self._theme.ink
            )
            for words in column.numbers:
                words.set_text(words.text())
