"""The model's answer in words, and the share of each class as a bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF
from PySide6.QtWidgets import QGraphicsRectItem

from core.explain.prediction import Reading
from core.model_family import DEFAULT_KIND, FAMILY
from gui.kit.canvas import LEFT, RIGHT, Words
from gui.kit.canvas_widgets import CanvasWidget
from gui.kit.theme import Theme

GAP = 6.0
TALLEST_BAR = 34.0
QUIET = 0.55  # opacity of the bars that are not the winner's


class _Bar(NamedTuple):
    name: Words
    track: QGraphicsRectItem
    fill: QGraphicsRectItem
    share: Words


class Shares(CanvasWidget):
    """The answer in words, and the share of each class as a bar."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "the model's answer")
        self._sentence = self._words()
        self._hint, self._doubt = self._words(), self._words()
        self._bars: list[_Bar] = []
        self._names: tuple[str, ...] = ()
        self._marks: tuple[int, ...] = ()
        self._kind: str = DEFAULT_KIND
        self._reading: Reading | None = None
        self._winner: int | None = None
        self.sentence = self.aside = ""

    def show_classes(self, kind: str, names: Sequence[str], marks: Sequence[int]) -> None:
        """Begin anew with these classes of a model of this kind."""
        self._kind = kind
        for bar in self._bars:
            for item in bar:
                self._canvas.scene().removeItem(item)
        self._names, self._marks = tuple(names), tuple(marks)
        self._bars = []
        for _ in names:
            track, fill = QGraphicsRectItem(), QGraphicsRectItem()
            for item in (track, fill):
                item.setPen(Qt.PenStyle.NoPen)
                self._canvas.add(item)
            self._bars.append(_Bar(self._words(), track, fill, self._words()))
        self._reading = None
        self._dress()

    def show_answer(self, reading: Reading | None, sentence: str, winner: int | None) -> None:
        """Show an answer or none, what it means, and which class is in front if one is."""
        self._reading = reading
        if sentence != self.sentence:
            self.sentence = sentence
            self.setAccessibleDescription(sentence)
            self._lay_out_sentence()
        if winner != self._winner:
            self._winner = winner
            self._emphasise()
        aside = "" if reading is None else reading.aside
        if aside != self.aside:
            self.aside = aside
            self._say(self._doubt, aside)
            self._say_hint()
        self._show_shares()

    @property
    def hint(self) -> str:
        """What is said about the answers of such a model."""
        return self._hint.text()

    @property
    def shares(self) -> list[str]:
        """The shares as they are said, "" where there is nothing to say."""
        return [bar.share.text() for bar in self._bars]

    def _show_shares(self) -> None:
        for k, bar in enumerate(self._bars):
            share = 0.0 if self._reading is None else self._reading.sizes[k]
            rect = bar.track.rect()
            rect.setWidth(share * rect.width())
            if rect != bar.fill.rect():
                bar.fill.setRect(rect)
            self._say(bar.share, "" if self._reading is None else self._reading.texts[k])

    def _lay_out(self) -> None:
        theme, width = self._theme, float(self.width())
        small = QFontMetricsF(self._small)
        line = small.height()
        head = QFontMetricsF(self._large).height() + 3
        foot = line + 3
        self._lay_out_sentence()
        self._hint.dress(self._small, theme.muted)
        self._hint.place(QRectF(0, self.height() - line, width, line), LEFT)
        self._say_hint()
        if not self._bars:
            return
        height = min((self.height() - head - foot) / len(self._bars), TALLEST_BAR)
        metrics = QFontMetricsF(self._bold)
        left = min(max(metrics.horizontalAdvance(name) for name in self._names), width / 3) + 8
        right = metrics.horizontalAdvance("100.0 %") + 4
        for k, bar in enumerate(self._bars):
            y = head + k * height
            bar.name.place(QRectF(0, y, left - 8, height), RIGHT)
            bar.name.say(metrics.elidedText(self._names[k], Qt.TextElideMode.ElideRight, left - 7))
            track = QRectF(left, y + 0.14 * height, width - left - right, 0.72 * height)
            bar.track.setRect(track)
            bar.track.setBrush(QColor(theme.chip))
            bar.fill.setRect(QRectF(track.topLeft(), track.bottomLeft()))
            bar.fill.setBrush(theme.class_colour(self._marks[k]))
            bar.share.place(QRectF(width - right, y, right, height), RIGHT)
        self._emphasise()
        self._show_shares()

    def _say_hint(self) -> None:
        """Say what is to be known about such answers, at the length that there is room for."""
        metrics = QFontMetricsF(self._small)
        hints = [h.format(self.aside or "Σ") for h in FAMILY[self._kind].hints]
        fitting = [hint for hint in hints if metrics.horizontalAdvance(hint) <= self.width()]
        self._say(self._hint, fitting[0] if fitting else "")

    def _lay_out_sentence(self) -> None:
        """Say the sentence as large as it fits, and what else there is where that leaves room."""
        font: QFont = self._small
        for font in (self._large, self._bold, self._small):
            if QFontMetricsF(font).horizontalAdvance(self.sentence) <= self.width():
                break
        self._sentence.dress(font, self._theme.ink)
        head = QRectF(0, 0, self.width(), QFontMetricsF(self._large).height())
        self._sentence.place(head, LEFT)
        self._say(self._sentence, self.sentence)
        used = QFontMetricsF(font).horizontalAdvance(self.sentence)
        needed = QFontMetricsF(self._small).horizontalAdvance("entropy 0.00 of 0.00 nats")
        self._doubt.dress(self._small, self._theme.muted)
        self._doubt.place(head, RIGHT)
        self._doubt.say(self.aside)
        self._doubt.setVisible(used + needed + GAP <= self.width())

    def _emphasise(self) -> None:
        height = self._bars[0].track.rect().height() if self._bars else 0.0
        is_low = height < 0.8 * QFontMetricsF(self._plain).height()
        for k, bar in enumerate(self._bars):
            is_winner = k == self._winner
            font = self._bold if is_winner else self._small if is_low else self._plain
            for words in (bar.name, bar.share):
                words.dress(font, self._theme.ink if is_winner else self._theme.muted)
                words.say(words.text())
            bar.fill.setOpacity(1.0 if is_winner or self._winner is None else QUIET)
