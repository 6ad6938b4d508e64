"""The sketch of a model with many inputs: its evidence summed up in two strands per class."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsPixmapItem

from core.data.shown_names import shown_inputs
from core.language import tr
from core.number_format import (
    format_count,
    format_fixed,
    format_integer,
    format_spaced,
    format_terms,
)
from gui.kit import zoom
from gui.kit.canvas import LEFT, RIGHT, Words
from gui.kit.canvas_widgets import grey_pixmap, ink_pixmap, ink_table, signed_pixmap, signed_table
from gui.kit.theme import Theme
from gui.stage.network.parts import FAINT, Signals, Strand, scale_for
from gui.stage.network.sketch import NOTHING, Mark, Sketch
from gui.stage.network.word_list import WordList
from gui.stage.network.words import added_words, sum_words


class Sums(NamedTuple):
    """The sums of the positive and of the negative evidence w ⊙ x of one class, and its bias."""

    positive: float
    negative: float
    bias: float


class _Bundle(NamedTuple):
    """The graphics items of one class, left of its logit."""

    fan: QGraphicsPathItem
    weights: QGraphicsPixmapItem
    frame: QGraphicsPathItem
    strands: tuple[Strand, Strand, Strand]
    words: tuple[Words, Words, Words]


class Bundles(Sketch):
    """The inputs as one block; for each class its weights as a picture and its sums of w ⊙ x.

    Of a document the block is a list of its words, and the weights are those of the listed ones.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Sketch of the model, summed up"))
        self.bundles: list[_Bundle] = []
        self.sums: list[Sums] = []  # of the drawn outputs
        self.weight_scale = 0.0
        self._places: list[QRectF] = []
        self._block_rect = QRectF()
        self.word_list: WordList | None = None
        self._listed: NDArray[np.int64] = np.empty(0, dtype=np.int64)  # the inputs in the list

    def _make(self) -> None:
        self.bundles, self.sums, self.weight_scale = [], [], 0.0
        if self.task is None:
            return
        canvas = self._canvas
        for _ in self.drawn.outputs:
            self.bundles.append(
                _Bundle(
                    canvas.add(QGraphicsPathItem()),
                    canvas.add(QGraphicsPixmapItem()),
                    canvas.add(QGraphicsPathItem()),
                    (Strand(canvas), Strand(canvas), Strand(canvas)),
                    (self._words(), self._words(), self._words()),
                )
            )
        super()._make()
        self.block = canvas.add(QGraphicsPixmapItem())
        self._block_frame = canvas.add(QGraphicsPathItem())
        self.block_words = self._words()
        self.word_list = WordList(self._words) if self.task.dataset.is_text else None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the picture of the inputs; (m, 1) for data without images."""
        assert self.task
        if self.word_list is not None:
            return max(len(self._listed), 1), 1
        return self.task.dataset.image_shape or (self.task.m, 1)

    # Layout -------------------------------------------------------------------------------------

    def minimum_height(self) -> int:
        rows = max(
            len(self.drawn.outputs) * (2.6 if self.drawn.pairs else 1.65),
            len(self.drawn.classes) * 1.35,
        )
        return int(self.grid.line * (rows + 3.4))

    def _left_heads(self) -> tuple[str, str]:
        return (
            (tr("inputs x"), tr("w, and the sums of w ⊙ x"))
            if self.grid.is_wide
            else ("x", "w, Σ w·x")
        )

    def _lay_out_left(self) -> None:
        assert self.task
        theme, line, body = self._theme, self.grid.line, self.grid.body
        rows, columns = self.shape
        is_image = self.task.dataset.image_shape is not None
        row = self.grid.row_height(len(self.drawn.outputs))
        side = self.grid.columns.logit * (0.27 if self.grid.is_wide else 0.24)
        if is_image:
            side = self._fit(min(side, body.height() * 0.5), max(rows, columns))
            width, height = side * columns / max(rows, columns), side * rows / max(rows, columns)
        elif self.word_list is not None:
            width, height = side, body.height() - 2 * line
        else:
            width, height = (
                min(side * 0.5, 36.0 * zoom.factor()),
                min(body.height() * 0.8, rows * line),
            )
        self._block_rect = QRectF(1, body.center().y() - height / 2, width, height)
        self._put(self.block, self._block_frame, self._block_rect, (rows, columns))
        if self.word_list is not None:
            self.word_list.place(self._block_rect, self._small, theme.ink)
        self.block_words.dress(self._small, theme.muted)
        self.block_words.place(
            QRectF(0, self._block_rect.bottom() + 3, max(width, line * 5), line * 1.1), LEFT
        )
        if self.word_list is None:
            self.block_words.set_text(
                format_count(self.task.m, "pixel")
                if is_image
                else format_count(self.task.m, "input")
            )
        thumb_side = min(row - 6, self.grid.columns.logit * 0.16, 96.0 * zoom.factor())
        if is_image:
            thumb_side = self._fit(thumb_side, max(rows, columns))
            thumb = QRectF(
                0,
                0,
                thumb_side * columns / max(rows, columns),
                thumb_side * rows / max(rows, columns),
            )
        else:
            thumb = QRectF(0, 0, self.grid.columns.logit * 0.2, min(row * 0.4, line))
        numbers = QFontMetricsF(self._small).horizontalAdvance("b +0.00") + 2
        thumb_x = self._block_rect.right() + max(self.grid.columns.logit * 0.13, 10)
        self._thickest = min(row * 0.3, 15.0 * zoom.factor())
        self._has_bias = row >= line * 3.0 and self.task.config.model.has_bias
        self._places = []
        for i, bundle in enumerate(self.bundles):
            middle = self.grid.row(i, len(self.drawn.outputs))
            rect = QRectF(
                thumb_x, round(middle - thumb.height() / 2), thumb.width(), thumb.height()
            )
            self._places.append(rect)
            self._put(
                bundle.weights, bundle.frame, rect, (rows, columns) if is_image else (1, rows)
            )
            self._lay_out_fan(bundle.fan, rect)
            self._lay_out_strands(i, bundle, rect.right() + 5, numbers, row)

    def _put(
        self,
        pixels: QGraphicsPixmapItem,
        frame: QGraphicsPathItem,
        rect: QRectF,
        shape: tuple[int, int],
    ) -> None:
        pixels.setPos(rect.topLeft())
        pixels.setTransform(
            pixels.transform().fromScale(rect.width() / shape[1], rect.height() / shape[0])
        )
        path = QPainterPath()
        path.addRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
        frame.setPath(path)
        frame.setPen(QPen(QColor(self._theme.line), 1))

    def _lay_out_fan(self, fan: QGraphicsPathItem, thumb: QRectF) -> None:
        """Shape the fan from the edge of the block to the picture: all inputs reach each class."""
        block = self._block_rect
        path = QPainterPath()
        path.addPolygon(
            QPolygonF([block.topRight(), thumb.topLeft(), thumb.bottomLeft(), block.bottomRight()])
        )
        path.closeSubpath()
        fan.setPath(path)
        fan.setPen(Qt.PenStyle.NoPen)
        colour = QColor(self._theme.muted)
        colour.setAlphaF(0.09)
        fan.setBrush(colour)
        fan.setZValue(-2)

    def _lay_out_strands(
        self, i: int, bundle: _Bundle, x: float, numbers: float, row: float
    ) -> None:
        theme, line = self._theme, self.grid.line
        node = self.logits[i].rect
        lanes = (-1.0, 0.0, 1.0) if self._has_bias else (-0.5, 0.5, 0.5)
        step = min(row * (0.3 if self._has_bias else 0.44), line * 1.5)
        colours = (theme.accent, theme.counter_accent, theme.muted)
        for n, (strand, words, lane, colour) in enumerate(
            zip(bundle.strands, bundle.words, lanes, colours, strict=True)
        ):
            y = node.center().y() + lane * step
            words.dress(self._small, colour)
            words.place(QRectF(x, y - line / 2, numbers, line), RIGHT)
            inset = (
                node.height() / 2
                - (node.height() ** 2 / 4 - min(abs(lane * step), node.height() / 2) ** 2) ** 0.5
            )
            strand.join(QPointF(x + numbers + 4, y), QPointF(node.left() + inset, y))
            for item in (strand, words):
                item.setVisible(n < 2 or self._has_bias)

    # Values -------------------------------------------------------------------------------------

    def _largest(self, signals: Signals) -> float:
        evidence, b = signals.answer.evidence, signals.params.b
        self.sums = [
            Sums(
                float(evidence[k][evidence[k] > 0].sum()),
                float(evidence[k][evidence[k] < 0].sum()),
                float(b[k]),
            )
            for k in self.drawn.outputs
        ]
        return max(max(abs(part) for part in sums) for sums in self.sums)

    def _show_left(self) -> None:
        s = self.signals
        if s is None:
            self.sums = []
        else:
            W = s.params.W[self.drawn.outputs]
            self.weight_scale = scale_for(float(abs(W).max(initial=0.0)), self.weight_scale)
            self._show_pictures(s, W)
        for i, bundle in enumerate(self.bundles):
            bundle.weights.setVisible(s is not None)
            terms = self.terms(i) if s else ["", "", ""]
            mark = Mark(output=self.drawn.outputs[i])
            terms = [self.covering.number(term, mark) if term else "" for term in terms]
            for n, (strand, words) in enumerate(zip(bundle.strands, bundle.words, strict=True)):
                part = self.sums[i][n] if s else 0.0
                colour = self._theme.accent if part > 0 else self._theme.counter_accent
                strand.show_value(
                    self._thickest * abs(part) / self.scale if s else 0.0,
                    colour if part else self._theme.line,
                )
                self._set_text(words, ("b " if s and n == 2 else "") + terms[n])

    def terms(self, i: int) -> list[str]:
        """Format the positive sum, the negative sum and the bias of the i-th drawn output."""
        assert self.signals
        return format_terms(self.sums[i], float(self.signals.answer.logits[self.drawn.outputs[i]]))

    def _list_words(self, s: Signals, W: NDArray[np.float32]) -> None:
        """List the words that are there, and show their weights."""
        assert self.task and self.task.dataset.vocabulary and self.word_list
        vocabulary, table = self.task.dataset.vocabulary, signed_table(self._theme)
        there = vocabulary.telling(s.answer.x)
        self._listed = there[: self.word_list.room]
        self.word_list.show([vocabulary.words[j] for j in self._listed])
        self._set_text(
            self.block_words,
            tr(
                "{some} of {all} words",
                some=format_integer(len(there)),
                all=format_integer(self.task.m),
            ),
        )
        for i, (bundle, w) in enumerate(zip(self.bundles, W, strict=True)):
            picture = w[self._listed] if len(self._listed) else np.zeros(1, dtype=w.dtype)
            self._put(bundle.weights, bundle.frame, self._places[i], (1, len(picture)))
            bundle.weights.setPixmap(signed_pixmap(picture[None], self.weight_scale, table))

    def _show_pictures(self, s: Signals, W: NDArray[np.float32]) -> None:
        assert self.task
        if self.word_list is not None:
            self._list_words(s, W)
            return
        x = s.answer.x.reshape(self.shape)
        table = signed_table(self._theme)
        is_image = self.task.dataset.image_shape is not None
        if is_image and self.task.standardiser.is_identity:
            ink = self.task.dataset.looks == "ink"
            self.block.setPixmap(ink_pixmap(x, ink_table(self._theme)) if ink else grey_pixmap(x))
        else:
            self.block.setPixmap(signed_pixmap(x, float(abs(x).max(initial=0.0)), table))
        for bundle, w in zip(self.bundles, W, strict=True):
            picture = w.reshape(self.shape if is_image else (1, -1))
            bundle.weights.setPixmap(signed_pixmap(picture, self.weight_scale, table))

    # Pointer and keys ---------------------------------------------------------------------------

    def _emphasise(self) -> None:
        super()._emphasise()
        for bundle, k in zip(self.bundles, self.drawn.outputs, strict=True):
            opacity = 1.0 if self.mark.output in (None, k) else 2 * FAINT
            for item in (bundle.fan, bundle.weights, bundle.frame, *bundle.strands, *bundle.words):
                item.setOpacity(opacity)

    def _mark_at(self, position: QPointF) -> Mark:
        if self.word_list is not None and self._block_rect.contains(position):
            at = self.word_list.row_at(position)
            return NOTHING if at is None else Mark(input=int(self._listed[at]))
        if self.task and self._block_rect.contains(position):
            rows, columns = self.shape
            i = int((position.y() - self._block_rect.top()) / self._block_rect.height() * rows)
            j = int((position.x() - self._block_rect.left()) / self._block_rect.width() * columns)
            return Mark(input=min(i, rows - 1) * columns + min(j, columns - 1))
        row = self.grid.row_height(len(self.drawn.outputs))
        if self._places and self._places[0].left() - 6 < position.x() < self.grid.columns.logit:
            for i, k in enumerate(self.drawn.outputs):
                if abs(position.y() - self.grid.row(i, len(self.drawn.outputs))) < row / 2:
                    return Mark(output=k)
        return super()._mark_at(position)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the mark over the drawn outputs with Up and Down; Escape clears it."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self.mark != NOTHING:
            self.point(NOTHING)
        elif step and self.drawn.outputs:
            k = self.mark.output
            i = 0 if k not in self.drawn.outputs else self.drawn.outputs.index(k) + step
            self.point(Mark(output=self.drawn.outputs[min(max(i, 0), len(self.drawn.outputs) - 1)]))
        else:
            super().keyPressEvent(event)

    def words(self) -> str:
        """Return a text about the mark, "" without one."""
        task, s, (j, k, _) = self.task, self.signals, self.mark
        if task is not None and s is not None and j is not None:
            if self.word_list is not None:
                return added_words(task, s, j, self.drawn.outputs)
            return f"{shown_inputs(task)[j]}: x = {format_fixed(float(s.answer.x[j]), 2)}"
        if task is None or s is None or k is None or k not in self.drawn.outputs:
            return ""
        terms = [format_spaced(term) for term in self.terms(self.drawn.outputs.index(k))]
        return sum_words(task, s, k, self.drawn.name_of(k), terms)
