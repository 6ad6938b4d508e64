"""What a model says of one picture and why, as bars and pictures; painted natively, see plots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainterPath,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsRectItem,
    QSizePolicy,
    QWidget,
)

from core.explain.prediction import Answer, Reading
from core.number_format import format_sum
from gui.kit import theme as look
from gui.kit.canvas import CENTRE, LEFT, RIGHT, Canvas, Words
from gui.kit.theme import Theme

Floats = NDArray[np.float32]
Table = NDArray[np.uint32]

OPAQUE = 0xFF000000
LEVELS = 256  # of colour, on either side of nothing
VISIBLE = 4  # levels: a smaller change of colour is not seen
SHRINK = 0.5  # the scale comes down once the largest evidence is below this share of it
GAP = 6.0
TALLEST_BAR = 34.0
LARGEST_PX = 84.0  # of the evidence for one class
QUIET = 0.55  # opacity of the bars that are not the winner's
HINTS = {  # what is to be known about the answers of a model, as long as there is room for
    "softmax": (
        "Shares always sum to 1: a scribble gets an answer, too.",
        "They always sum to 1, even for a scribble.",
        "They sum to 1 for scribbles, too.",
    ),
    "ovr": (
        "{}: each class is asked by itself, they need not sum to 1.",
        "{}: each by itself, they need not sum to 1.",
        "{}: they need not sum to 1.",
    ),
    "ovo": (
        "Each pair of classes has one vote; the sums of logits break ties.",
        "Each pair has a vote; logits break ties.",
        "Each pair has a vote.",
    ),
    "perceptron": (
        "A step has no shares: a scribble gets a yes or a no, too.",
        "A step has no shares: yes or no.",
        "Yes or no.",
    ),
    "adaline": (
        "A straight line has no shares: above ½ it says yes.",
        "No shares: above ½ it says yes.",
        "Above ½: yes.",
    ),
}


def ink_table(theme: Theme) -> Table:
    """Return the colours of 0 … 1 in 256 steps, (256,): ink on the panel's colour."""
    share = np.linspace(0, 1, 256)
    return _packed(look.mixed(look.rgb(theme.panel), look.rgb(theme.ink), share))


def _packed(rgb: NDArray[np.uint8]) -> Table:
    red, green, blue = rgb.astype(np.uint32).T
    return np.asarray(OPAQUE | red << 16 | green << 8 | blue, dtype=np.uint32)


def ink_pixmap(picture: Floats, table: Table) -> QPixmap:
    """Return a picture (rows, columns) of 0 … 1, a pixel for a pixel."""
    return _pixmap(table[np.rint(picture.clip(0, 1) * 255).astype(np.intp)])


def _pixmap(pixels: Table) -> QPixmap:
    rows, columns = pixels.shape
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    return QPixmap.fromImage(image.copy())  # a pixmap of the image itself would use its memory


class Shown(QWidget):
    """A widget that is all canvas: laid out at once, then changed item by item."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._canvas = Canvas(self)
        # Where Qt paints a neighbour before it has looked at what has moved, it takes the new
        # extent of an item for its old one, and what was longer leaves its end behind. Here much
        # changes at once and overlaps, so that the whole is painted.
        self._canvas.setViewportUpdateMode(Canvas.ViewportUpdateMode.FullViewportUpdate)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._take_font()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._dress()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._dress()  # whole zooms are others now
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_font()
            self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._dress()

    def _take_font(self) -> None:
        self._plain = self.font()
        self._small = look.scaled(self._plain, look.SMALL)
        self._bold = look.scaled(self._plain, 1.0, bold=True)
        self._large = look.scaled(self._plain, look.LARGE, bold=True)

    def _dress(self) -> None:
        self._canvas.cover(self.rect())
        self._canvas.setBackgroundBrush(QColor(self._theme.panel))
        self._lay_out()

    def _lay_out(self) -> None:
        """Put everything in its place, in today's colours and type, with what it shows."""
        raise NotImplementedError

    def _words(self) -> Words:
        return self._canvas.add(Words())

    def _say(self, words: Words, text: str) -> None:
        """Let the words say this, if they do not yet."""
        if text != words.text():
            words.say(text)

    def _fit(self, room: float, size: int) -> float:
        """Return the side of a picture of `size` pixels in so much room: whole zooms are crisp."""
        ratio = self.devicePixelRatioF()
        zoom = math.floor(room * ratio / size)
        return max(size * zoom / ratio if zoom >= 2 else room, 1.0)


class _Picture:
    """A picture with a thin frame somewhere on a canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self._pixels = canvas.add(QGraphicsPixmapItem())
        self._frame = canvas.add(QGraphicsPathItem())
        self._rect = QRectF()

    def place(self, rect: QRectF, pen: QPen) -> None:
        self._rect = rect
        shape = QPainterPath()
        shape.addRoundedRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5), 3, 3)
        self._frame.setPath(shape)
        self._frame.setPen(pen)
        self._settle()

    def show(self, pixmap: QPixmap) -> None:
        is_other = pixmap.size() != self._pixels.pixmap().size()
        self._pixels.setPixmap(pixmap)
        if is_other:
            self._settle()

    def clear(self) -> None:
        self._pixels.setPixmap(QPixmap())

    def remove(self) -> None:
        for item in (self._pixels, self._frame):
            item.scene().removeItem(item)

    def set_opacity(self, opacity: float) -> None:
        self._pixels.setOpacity(opacity)

    def _settle(self) -> None:
        self._pixels.setPos(self._rect.topLeft())
        size = self._pixels.pixmap().width()
        if size:
            self._pixels.setScale(self._rect.width() / size)


class _Bar(NamedTuple):
    name: Words
    track: QGraphicsRectItem
    fill: QGraphicsRectItem
    share: Words


class Shares(Shown):
    """The answer in words, and the share of each class as a bar."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "the model's answer")
        self._sentence = self._words()
        self._hint, self._doubt = self._words(), self._words()
        self._bars: list[_Bar] = []
        self._names: tuple[str, ...] = ()
        self._marks: tuple[int, ...] = ()
        self._kind = "softmax"
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
        hints = [h.format(self.aside or "Σ") for h in HINTS.get(self._kind, HINTS["softmax"])]
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


class _Column(NamedTuple):
    name: Words
    picture: _Picture
    numbers: tuple[Words, Words, Words]


class _Levels:
    """Signed pictures as levels of colour, all on one scale; says which are seen to differ."""

    def __init__(self) -> None:
        self.scale = 0.0
        self._shown: NDArray[np.intp] | None = None

    def forget(self) -> None:
        self._shown = None

    def take(self, parts: Floats, largest: float) -> tuple[NDArray[np.intp], list[int]]:
        """Return the levels (n, m), of 0 … 2·LEVELS, and the numbers of those to paint anew."""
        largest = max(largest, float(np.abs(parts).max(initial=0.0)))
        if not SHRINK * self.scale < largest <= self.scale:
            # Up to the next half power of two: the colours stay while the weights grow a little.
            self.scale = 2 ** (math.ceil(2 * math.log2(largest)) / 2) if largest > 1e-30 else 0.0
            self._shown = None
        levels = look.signed_levels(parts, self.scale, LEVELS) + LEVELS
        if self._shown is None or self._shown.shape != levels.shape:
            self._shown = levels
            return levels, list(range(len(levels)))
        away = np.abs(levels - self._shown).max(axis=1) >= VISIBLE
        changed: list[int] = np.flatnonzero(away).tolist()
        self._shown[changed] = levels[changed]
        return levels, changed


class Evidence(Shown):
    """For each class the picture of w ⊙ x, its sum, the bias, and the logit that they make."""

    HEADS = ("w ⊙ x", "Σ", "+ b", "= z")

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "evidence for each class")
        self._heads = [self._words() for _ in self.HEADS]
        self._columns: list[_Column] = []
        self._names: tuple[str, ...] = ()
        self._size = 1
        self._winner: int | None = None
        self._answer: tuple[Answer, Floats, float] | None = None
        self.levels = _Levels()
        self._table = _packed(look.signed_map(theme))
        self.painted = 0  # pictures, for whoever asks what a frame costs

    def show_classes(self, names: Sequence[str], size: int) -> None:
        """Begin anew with a column for each of these classes, pictures of size × size pixels."""
        for column in self._columns:
            column.picture.remove()
            for words in (column.name, *column.numbers):
                self._canvas.scene().removeItem(words)
        self._names, self._size, self._answer = tuple(names), size, None
        self._columns = [
            _Column(
                self._words(),
                _Picture(self._canvas),
                (self._words(), self._words(), self._words()),
            )
            for _ in names
        ]
        self._dress()

    def rename(self, names: Sequence[str]) -> None:
        """Call the columns, as many as there are, by other names."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self._lay_out()

    def set_theme(self, theme: Theme) -> None:
        self._table = _packed(look.signed_map(theme))
        super().set_theme(theme)

    def show_answer(
        self, answer: Answer | None, b: Floats, winner: int | None, largest: float = 0.0
    ) -> None:
        """Show the evidence (classes, m) of an answer, and its sums with biases b (classes,).

        largest : other evidence that is shown on the same scale goes up to this.
        """
        self._answer = None if answer is None else (answer, b, largest)
        if winner != self._winner:
            self._winner = winner
            self._emphasise()
        self._show_values()

    @property
    def numbers(self) -> list[tuple[str, ...]]:
        """Σ, bias and logit of each class, as they are said."""
        return [tuple(words.text() for words in column.numbers) for column in self._columns]

    def _show_values(self) -> None:
        if self._answer is None:
            self.levels.forget()
            for column in self._columns:
                column.picture.clear()
                for words in column.numbers:
                    self._say(words, "")
            return
        answer, b, largest = self._answer
        digits = 2 if self._step() >= 44 and float(np.abs(answer.logits).max()) < 100 else 1
        for k, column in enumerate(self._columns):
            said = format_sum(float(answer.logits[k]), float(b[k]), digits)
            if digits < 2:
                said = said[0], said[1].replace(" ", ""), said[2]
            for words, text in zip(column.numbers, said, strict=True):
                self._say(words, text)
        levels, changed = self.levels.take(answer.evidence, largest)
        for k in changed:
            self.painted += 1
            panel = levels[k].reshape(self._size, self._size)
            self._columns[k].picture.show(_pixmap(self._table[panel]))

    def heightForWidth(self, width: int) -> int:
        """Return the height that pictures as wide as their columns need."""
        line, title = (QFontMetricsF(font).height() for font in (self._small, self._bold))
        step = (width - self._head_width()) / max(len(self._columns), 10)
        return math.ceil(title + min(step - 4, LARGEST_PX) + 3 * line + 5)

    def _step(self) -> float:
        return (self.width() - self._head_width()) / max(len(self._columns), 1)

    def _head_width(self) -> float:
        return QFontMetricsF(self._small).horizontalAdvance(self.HEADS[0]) + GAP

    def _lay_out(self) -> None:
        theme = self._theme
        line, title = (QFontMetricsF(font).height() for font in (self._small, self._bold))
        left, step = self._head_width(), self._step()
        room = max(min(step - 4, self.height() - title - 3 * line - 4), 1.0)
        side = self._fit(room, self._size)
        tops = [title + 1, *(title + side + 4 + i * line for i in range(3))]
        for i, (words, text) in enumerate(zip(self._heads, self.HEADS, strict=True)):
            words.dress(self._small, theme.muted)
            height = side if i == 0 else line
            words.place(QRectF(0, tops[i], left, height), LEFT)
            words.say(text)
        pen = QPen(QColor(theme.line), 1)
        metrics = QFontMetricsF(self._bold)
        for k, column in enumerate(self._columns):
            x = left + k * step
            column.name.place(QRectF(x, 0, step, title), CENTRE)
            column.name.say(metrics.elidedText(self._names[k], Qt.TextElideMode.ElideRight, step))
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
            column.name.say(column.name.text())
            for words in column.numbers[:2]:
                words.dress(self._small, self._theme.muted)
            column.numbers[2].dress(
                look.scaled(self._plain, look.SMALL, bold=is_winner), self._theme.ink
            )
            for words in column.numbers:
                words.say(words.text())


class Reason(Shown):
    """One signed picture and the sentences that belong to it, to its right."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self._picture = _Picture(self._canvas)
        self._lines: list[Words] = []
        self._texts: tuple[str, ...] = ()
        self._panel: NDArray[np.intp] | None = None  # levels
        self._table = _packed(look.signed_map(theme))
        self.head = 0  # px above the sentences, for what others put there
        self.has_picture = True

    def set_theme(self, theme: Theme) -> None:
        self._table = _packed(look.signed_map(theme))
        super().set_theme(theme)

    @property
    def texts(self) -> tuple[str, ...]:
        return self._texts

    @property
    def left(self) -> float:
        """Where the sentences begin."""
        return self.height() + GAP + 2 if self.has_picture else 0.0

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
        self._picture.show(_pixmap(self._table[panel]))

    def _lay_out(self) -> None:
        side = max(self.height() - 3.0, 1.0) if self.has_picture else 0.0
        self._picture.place(QRectF(1.5, 1.5, side, side), QPen(QColor(self._theme.line), 1))
        if self._panel is not None:
            self._picture.show(_pixmap(self._table[self._panel]))
        self._lay_out_lines()

    def _lay_out_lines(self) -> None:
        for words in self._lines:
            self._canvas.scene().removeItem(words)
        self._lines = [self._words() for _ in self._texts]
        line = QFontMetricsF(self._small).height()
        for i, (words, text) in enumerate(zip(self._lines, self._texts, strict=True)):
            is_last = i == len(self._lines) - 1
            words.dress(self._small, self._theme.ink if is_last else self._theme.muted)
            words.place(QRectF(self.left, self.head + i * line, self.width(), line), LEFT)
            words.say(text)


class Tiles(Shown):
    """A row of small pictures in ink, under a title, with room for a word below each."""

    def __init__(self, theme: Theme, name: str, title: str, count: int) -> None:
        super().__init__(theme, name)
        self._title = self._words()
        self.title = title
        self._tiles = [(_Picture(self._canvas), self._words()) for _ in range(count)]
        self._pictures: list[Floats | None] = [None] * count
        self._captions = [""] * count
        self._is_faint = [False] * count
        self._table = ink_table(theme)
        self.framed: int | None = None  # the one that matters

    def set_theme(self, theme: Theme) -> None:
        self._table = ink_table(theme)
        super().set_theme(theme)

    @property
    def places(self) -> list[QRectF]:
        """Where the pictures are."""
        line = QFontMetricsF(self._small).height()
        top = round(line) + 2.5 if self.title else 1.5
        step = self.width() / len(self._tiles)
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
        """Show a picture (size, size) of 0 … 1 at place k, or nothing."""
        tile, words = self._tiles[k]
        if caption != self._captions[k]:
            self._captions[k] = caption
            self._say(words, caption)
        if faint != self._is_faint[k]:
            self._is_faint[k] = faint
            tile.set_opacity(QUIET if faint else 1.0)
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
        self._title.say(self.title)
        for k, ((tile, words), rect) in enumerate(zip(self._tiles, self.places, strict=True)):
            is_framed = k == self.framed
            colour = QColor(theme.accent if is_framed else theme.line)
            tile.place(rect, QPen(colour, 2 if is_framed else 1))
            words.dress(self._small, theme.ink)
            words.place(QRectF(rect.left(), rect.bottom() + 2, rect.width(), line), CENTRE)
            words.say(self._captions[k])
            picture = self._pictures[k]
            if picture is not None:
                tile.show(ink_pixmap(picture, self._table))
