"""The model's answer: in large type, as a sentence, and with the share of each class as a bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent
from PySide6.QtWidgets import QGraphicsRectItem

from core.explain.prediction import Reading
from core.language import mark, tr
from core.model_family import DEFAULT_KIND, FAMILY
from core.number_format import format_percent
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.canvas import LEFT, RIGHT, Words
from gui.kit.canvas_widgets import CanvasWidget
from gui.kit.covers.covering import Coverable
from gui.kit.described import tell
from gui.kit.theme import Theme

GAP = 6.0
ANSWER = 4.0  # times the font size: 40 pt at 100 %
SMALLEST_ANSWER = 2.0  # where there is little space
TWO_LINES = 1.2  # times larger the name is in a line of its own, where it gets one
WIDEST_SHARE = "100 %"
NO_ANSWER = "?"
ANSWERED = "answer"  # the part that says which class it is
COVERED = mark("Covered: a press reveals it.")
LOWEST_BAR = 0.68  # times the font size: the least font of a bar; also its height in lines
WIDTH, LEAST_WIDTH = 160, 130  # px
TALLEST_BAR = 34.0
QUIET = 0.55  # opacity of the bars that are not the winner's


class _Bar(NamedTuple):
    name: Words
    track: QGraphicsRectItem
    fill: QGraphicsRectItem
    share: Words


class Shares(Coverable, CanvasWidget):
    """The predicted class with its certainty, the answer as a sentence, and a bar for each class.

    clicked : with the number of the class whose bar it was; a press on what is covered reveals it.

    Everything is laid out before there is an answer: a change of the answer moves nothing.
    """

    clicked = Signal(int)
    answer_uncovered = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("the model's answer"))
        self._decided, self._surety = self._words(), self._words()
        self._sentence = self._words()
        self._hint, self._doubt = self._words(), self._words()
        self._bars: list[_Bar] = []
        self._names: tuple[str, ...] = ()
        self._marks: tuple[int, ...] = ()
        self._kind: str = DEFAULT_KIND
        self._reading: Reading | None = None
        self._winner: int | None = None
        self._large_type, self._surety_type = self._bold, self._plain
        self._bar_type = self._plain, self._bold
        self._has_hint = True  # whether there is space for it
        self._fitting: tuple[str, ...] = ()  # the names, elided to fit the answer
        self._sentence_top = 0.0
        self.sentence = self.aside = ""

    def show_classes(self, kind: str, names: Sequence[str], marks: Sequence[int]) -> None:
        """Start again with these classes of a model of this kind."""
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
        self.updateGeometry()
        self._dress()

    def show_answer(self, reading: Reading | None, sentence: str, winner: int | None) -> None:
        """Show an answer or none, its sentence, and the leading class if there is one."""
        self._reading = reading
        if sentence != self.sentence:
            self.sentence = sentence
            self._lay_out_sentence()
        if winner != self._winner:
            self._winner = winner
            self._emphasise()
        aside = "" if reading is None else reading.aside
        if aside != self.aside:
            self.aside = aside
            self._show_aside()
            self._show_hint()
        self._show_shares()
        self._show_decision()

    @property
    def answer(self) -> tuple[str, str]:
        """The predicted class, and its share if the model has shares."""
        return self._decided.text(), self._surety.text()

    @property
    def answer_point_size(self) -> float:
        return self._decided.font().pointSizeF()

    @property
    def is_blank(self) -> bool:
        """Whether no bar is visible, because there is no answer."""
        return not any(item.isVisible() for bar in self._bars for item in bar)

    @property
    def hint(self) -> str:
        """The hint about the answers of such a model."""
        return self._hint.text()

    @property
    def shown_aside(self) -> str:
        """As much of the aside as is shown, "" where there is no room."""
        return self._doubt.text() if self._doubt.isVisible() else ""

    @property
    def shares(self) -> list[str]:
        """The shares as shown, "" if there are none."""
        return [bar.share.text() for bar in self._bars]

    @property
    def hides_answer(self) -> bool:
        """Whether it covers which class it is."""
        return self.covering.hides(ANSWERED)

    def show_figures(self) -> None:
        self._show_shares()
        self._show_decision()
        self._lay_out_sentence()
        self._show_hint()
        self._emphasise()

    def place_of(self, k: int) -> QPointF:
        """Return the middle of the bar of a class."""
        return self._bars[k].track.rect().center()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        y = event.position().y()
        for k, bar in enumerate(self._bars):
            is_there = bar.track.rect().top() <= y <= bar.track.rect().bottom()
            if is_there and not self.uncover(k):
                self.clicked.emit(k)
        if self._reading and y < self._bars[0].track.rect().top() and self.uncover(ANSWERED):
            self.answer_uncovered.emit()

    def _show_decision(self) -> None:
        """Show the leading class, or that there is none yet."""
        k, reading = self._winner, self._reading
        if self.hides_answer:
            k = None
        is_said = reading is not None and k is not None
        self._decided.dress(self._large_type, self._theme.ink if is_said else self._theme.muted)
        self._surety.dress(self._surety_type, self._theme.muted)
        if reading is None or k is None:
            self._set_text(self._decided, NO_ANSWER)
            self._set_text(self._surety, "")
            return
        self._set_text(self._decided, self._fitting[k])
        self._set_text(self._surety, self._sureness(reading, k))

    def _sureness(self, reading: Reading, k: int) -> str:
        """Return the certainty of class k; in whole per cent, which do not flicker in training."""
        model = FAMILY[self._kind]
        if model.is_pairwise:
            return reading.texts[k]
        return format_percent(reading.sizes[k], 0) if model.has_probabilities else ""

    def _show_shares(self) -> None:
        is_answered = self._reading is not None
        self._hint.setVisible(is_answered and self._has_hint)
        for k, bar in enumerate(self._bars):
            for item in bar:
                item.setVisible(is_answered)
            is_hidden = self._reading is None or self.covering.hides(k)
            share = 0.0 if self._reading is None or is_hidden else self._reading.sizes[k]
            rect = bar.track.rect()
            rect.setWidth(share * rect.width())
            if rect != bar.fill.rect():
                bar.fill.setRect(rect)
            text = "" if self._reading is None else self._reading.texts[k]
            self._set_text(bar.share, self.covering.number(text, k))

    def _lay_out(self) -> None:
        theme, width = self._theme, float(self.width())
        line = QFontMetricsF(self._small).height()
        foot = line + 3
        self._has_hint = self.height() >= self.sizeHint().height() + foot
        foot = foot if self._has_hint else 0.0
        head = self._lay_out_answer(line, foot)
        self._hint.dress(self._small, theme.muted)
        self._hint.place(QRectF(0, self.height() - line, width, line), LEFT)
        self._show_hint()
        if not self._bars:
            return
        height = min((self.height() - head - foot) / len(self._bars), TALLEST_BAR)
        metrics = QFontMetricsF(self._bold)
        left = min(max(metrics.horizontalAdvance(name) for name in self._names), 0.4 * width) + 8
        right = metrics.horizontalAdvance("100.0 %") + 4
        for k, bar in enumerate(self._bars):
            y = head + k * height
            bar.name.place(QRectF(0, y, left - 8, height), RIGHT)
            bar.name.set_text(
                metrics.elidedText(self._names[k], Qt.TextElideMode.ElideRight, left - 7)
            )
            track = QRectF(left, y + 0.14 * height, width - left - right, 0.72 * height)
            bar.track.setRect(track)
            bar.track.setBrush(QColor(theme.chip))
            bar.fill.setRect(QRectF(track.topLeft(), track.bottomLeft()))
            bar.fill.setBrush(theme.class_colour(self._marks[k]))
            bar.share.place(QRectF(width - right, y, right, height), RIGHT)
        line = QFontMetricsF(self._plain).height()
        is_low = 0.72 * height < 0.8 * line
        scale = min(look.SMALL, max(height / line, LOWEST_BAR)) if is_low else 1.0
        self._bar_type = (
            zoom.scaled(self._plain, scale),
            zoom.scaled(self._plain, scale, bold=True),
        )
        self._emphasise()
        self._show_shares()

    def sizeHint(self) -> QSize:
        """Return the size for an answer, its sentence and bars, all in the smallest font."""
        smallest = QFontMetricsF(zoom.scaled(self._plain, SMALLEST_ANSWER, bold=True)).height()
        line = QFontMetricsF(self._plain).height()
        lines = 1 + LOWEST_BAR * len(self._bars)
        return QSize(zoom.px(WIDTH), math.ceil(smallest + lines * line + GAP))

    def minimumSizeHint(self) -> QSize:
        return QSize(zoom.px(LEAST_WIDTH), self.sizeHint().height())

    def _show_hint(self) -> None:
        """Show the hint about such answers, in the longest version that fits."""
        metrics = QFontMetricsF(self._small)
        aside = self.covering.words(self.aside, ANSWERED) or "Σ"
        hints = [tr(h).format(aside) for h in FAMILY[self._kind].hints]
        fitting = [hint for hint in hints if metrics.horizontalAdvance(hint) <= self.width()]
        self._set_text(self._hint, fitting[0] if fitting else "")

    def _lay_out_answer(self, line: float, foot: float) -> float:
        """Place the answer, as large as names, shares and bars allow; return its lower end in px.

        line, foot : px, the least height of a bar, and the height of the part below the bars.
        """
        said = QFontMetricsF(self._plain).height() + GAP
        available = self.height() - said - foot - len(self._bars) * line
        smallest = QFontMetricsF(zoom.scaled(self._plain, SMALLEST_ANSWER, bold=True)).height()
        self._doubt.setVisible(available - line >= smallest)
        if self._doubt.isVisible():
            said, available = said + line, available - line
        height = self._place_answer(available)
        self._show_decision()
        self._sentence_top = height
        self._lay_out_sentence()
        return height + said

    def _place_answer(self, available: float) -> float:
        """Place class and certainty, in one line or, where that is larger, in two; return its end.

        In two lines a long name is as large as fits, and the certainty in full size below it.
        """
        widest = max((*self._names, NO_ANSWER), key=len)
        full = QFontMetricsF(zoom.scaled(self._plain, ANSWER, bold=True))
        light = QFontMetricsF(zoom.scaled(self._plain, ANSWER))
        name, rest = full.horizontalAdvance(widest + " "), light.horizontalAdvance(WIDEST_SHARE)
        share = min(1.0, self.width() / (name + rest), available / full.height())
        scale = max(ANSWER * share, SMALLEST_ANSWER)
        own_line = min(1.0, self.width() / name)
        is_double = own_line > TWO_LINES * share and available >= (1 + own_line) * full.height()
        second = ANSWER if is_double else scale
        scale = max(ANSWER * own_line, SMALLEST_ANSWER) if is_double else scale
        self._large_type = zoom.scaled(self._plain, scale, bold=True)
        self._surety_type = zoom.scaled(self._plain, second)
        metrics, below = QFontMetricsF(self._large_type), QFontMetricsF(self._surety_type)
        width = float(self.width())
        room = max(width - below.horizontalAdvance(WIDEST_SHARE), width / 2)
        left = width if is_double else min(metrics.horizontalAdvance(widest + " "), room)
        self._fitting = tuple(
            metrics.elidedText(name, Qt.TextElideMode.ElideRight, left) for name in self._names
        )
        self._decided.place(QRectF(0, 0, width, metrics.height()), LEFT)
        if is_double:
            self._surety.place(QRectF(0, metrics.height(), width, below.height()), LEFT)
            return metrics.height() + below.height()
        self._surety.place(QRectF(left, 0, width - left, metrics.height()), LEFT)
        return metrics.height()

    def _lay_out_sentence(self) -> None:
        """Show the sentence in a font that fits, and the aside below it."""
        font: QFont = self._plain
        is_hidden = self._reading is not None and self.hides_answer
        sentence = tr(COVERED) if is_hidden else self.sentence
        tell(self, sentence)
        if QFontMetricsF(font).horizontalAdvance(sentence) > self.width():
            font = self._small
        self._sentence.dress(font, self._theme.ink)
        top, height = self._sentence_top, QFontMetricsF(self._plain).height()
        self._sentence.place(QRectF(0, top, self.width(), height), LEFT)
        fitting = QFontMetricsF(font).elidedText(
            sentence, Qt.TextElideMode.ElideRight, self.width()
        )
        self._set_text(self._sentence, fitting)
        line = QFontMetricsF(self._small).height()
        self._doubt.dress(self._small, self._theme.muted)
        self._doubt.place(QRectF(0, top + height, self.width(), line), LEFT)
        self._show_aside()

    def _show_aside(self) -> None:
        """Show the aside, or as much of its beginning as is said in whole and fits."""
        metrics = QFontMetricsF(self._small)
        versions = [] if self._reading is None else self._reading.asides
        said = [self.covering.words(words, ANSWERED) for words in versions]
        fitting = [words for words in said if metrics.horizontalAdvance(words) <= self.width()]
        self._set_text(self._doubt, fitting[0] if fitting else "")

    def _emphasise(self) -> None:
        plain, bold = self._bar_type
        winner = None if self.hides_answer else self._winner
        for k, bar in enumerate(self._bars):
            is_winner = k == winner
            font = bold if is_winner else plain
            for words in (bar.name, bar.share):
                words.dress(font, self._theme.ink if is_winner else self._theme.muted)
                words.set_text(words.text())
            bar.fill.setOpacity(1.0 if is_winner or winner is None else QUIET)
