"""The sketch of a model with a hidden layer: inputs, hidden units, and what each hands on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsPixmapItem

from core.data.shown_names import shown_inputs
from core.language import tr
from core.number_format import (
    format_count,
    format_fixed,
    format_integer,
    format_signed,
    format_three_digits,
)
from gui.kit import zoom
from gui.kit.canvas import CENTRE, LEFT, Words
from gui.kit.canvas_widgets import grey_pixmap, ink_pixmap, ink_table
from gui.kit.shortcuts import direction
from gui.kit.theme import Theme
from gui.stage.network.edges import MOST_INPUTS, REACH, THICKEST
from gui.stage.network.parts import FAINT, Node, Signals, Strand, scale_for
from gui.stage.network.rows import FADED
from gui.stage.network.sketch import NOTHING, Mark, Sketch
from gui.stage.network.words import unit_words, vote_words

MOST_UNITS = 8  # hidden units that are drawn: those that add most to the logits
UNITS_AT = 0.58  # of the left half: where the units stand


class Layers(Sketch):
    """Edges as wide as |weight × value|, from inputs to hidden units and on to the logits.

    Many inputs are one block, from which two strands lead to each unit: all w·x > 0, all w·x < 0.
    units : numbers of the drawn hidden units.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Sketch of the model with its hidden layer"))
        self.units: list[int] = []
        self.inputs: list[Node] = []
        self.nodes: list[Node] = []
        self.into: dict[tuple[int, int], Strand] = {}  # by (input or sign, place of a unit)
        self.edges: dict[tuple[int, int], Strand] = {}  # by (place of a unit, place of an output)
        self.below = 0.0  # the end of the scale of the edges into the units
        self._names: list[Words] = []
        self._unit_names: list[Words] = []
        self._block_rect = QRectF()

    @property
    def is_block(self) -> bool:
        """Whether the inputs are drawn as one block."""
        data = self.task.dataset if self.task else None
        return self.task is not None and (
            self.task.m > MOST_INPUTS or (data is not None and data.image_shape is not None)
        )

    @property
    def sources(self) -> int:
        """How many edges lead to a unit: one from each input, or two from a block."""
        return 2 if self.is_block else self.task.m if self.task else 0

    def _make(self) -> None:
        self.inputs, self.nodes, self.into, self.edges = [], [], {}, {}
        self._names, self._unit_names, self.below = [], [], 0.0
        if self.task is None:
            self.units = []
            return
        canvas = self._canvas
        self.units = list(range(min(self.task.config.model.hidden, MOST_UNITS)))
        for j in range(len(self.units)):
            self.into.update({(i, j): Strand(canvas) for i in range(self.sources)})
            self.edges.update({(j, k): Strand(canvas) for k in range(len(self.drawn.outputs))})
        self.nodes = [Node(canvas) for _ in self.units]
        self._unit_names = [self._words() for _ in self.units]
        if not self.is_block:
            self.inputs = [Node(canvas) for _ in range(self.task.m)]
            self._names = [self._words() for _ in self.inputs]
        super()._make()
        self._block = canvas.add(QGraphicsPixmapItem())
        self._frame = canvas.add(QGraphicsPathItem())
        self._rest = self._words()
        self._block_words = self._words()

    def show_signals(self, signals: Signals | None, *, may_choose: bool = True) -> None:
        """Show these numbers; with `may_choose`, other units and classes may be drawn now."""
        if may_choose and signals is not None and self.task is not None:
            size = np.linalg.norm(signals.answer.by_units, axis=0)
            order = np.argsort(-size, kind="stable")[: len(self.nodes)]
            self.units = sorted(int(j) for j in order)
            if self.mark.unit not in (None, *self.units):
                self.mark = NOTHING
        super().show_signals(signals, may_choose=may_choose)

    # Layout -------------------------------------------------------------------------------------

    def minimum_height(self) -> int:
        rows = max(len(self.nodes) * 2.2, len(self.inputs) * 2.2, len(self.drawn.classes) * 1.35)
        return int(self.grid.line * (max(rows, len(self.drawn.pairs) * 2.6) + 3.4))

    def _left_heads(self) -> tuple[str, str]:
        return tr("inputs x"), tr("hidden units")

    def _lay_out_left(self) -> None:
        assert self.task
        grid, count = self.grid, len(self.nodes)
        middle = grid.columns.logit * UNITS_AT
        for j, (node, name) in enumerate(zip(self.nodes, self._unit_names, strict=True)):
            rect = grid.named_node_rect(
                middle - grid.node_width / 2,
                grid.row(j, count),
                grid.row_height(count),
                grid.node_width,
            )
            self._place(node, name, rect)
        if self.is_block:
            self._lay_out_block()
        else:
            self._lay_out_inputs()
        for (j, k), edge in self.edges.items():
            start, end = self.nodes[j].rect, self.logits[k].rect
            edge.join(_right(start), _left(end))
        self._rest.dress(self._small, self._theme.muted)
        self._rest.place(grid.foot, LEFT)
        more = self.task.config.model.hidden - count
        self._rest.set_text(
            tr("… {more} more hidden units", more=format_integer(more)) if more else ""
        )

    def _place(self, node: Node, name: Words, rect: QRectF) -> None:
        """Place a node with its name above."""
        theme, line = self._theme, self.grid.line
        node.place(rect, self._plain, ink=theme.ink, line=theme.muted, fill=theme.panel)
        name.dress(self._small, theme.muted)
        width = max(rect.width(), self.grid.columns.logit * 0.34)
        left = max(rect.center().x() - width / 2, 0.0)
        name.place(QRectF(left, rect.top() - line, width, line), CENTRE)

    def _lay_out_inputs(self) -> None:
        assert self.task
        grid, count = self.grid, len(self.inputs)
        metrics = QFontMetricsF(self._small)
        for i, (node, name) in enumerate(zip(self.inputs, self._names, strict=True)):
            rect = grid.named_node_rect(
                1, grid.row(i, count), grid.row_height(count), grid.node_width
            )
            self._place(node, name, rect)
            width = grid.columns.logit * 0.34
            name.place(QRectF(1, rect.top() - grid.line, width, grid.line), LEFT)
            text = shown_inputs(self.task)[i]
            name.set_text(metrics.elidedText(text, Qt.TextElideMode.ElideRight, width))
        for (i, j), edge in self.into.items():
            edge.join(_right(self.inputs[i].rect), _left(self.nodes[j].rect))

    def _lay_out_block(self) -> None:
        assert self.task
        grid, shape = self.grid, self.task.dataset.image_shape
        rows, columns = shape or (4, 1)
        side = min(grid.columns.logit * 0.28, grid.body.height() * 0.5)
        side = self._fit(side, max(rows, columns))
        width, height = side * columns / max(rows, columns), side * rows / max(rows, columns)
        rect = QRectF(1, grid.body.center().y() - height / 2, width, height)
        self._block_rect = rect
        self._block.setPos(rect.topLeft())
        self._block.setTransform(self._block.transform().fromScale(width / columns, height / rows))
        path = QPainterPath()
        path.addRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
        self._frame.setPath(path)
        self._frame.setPen(QPen(QColor(self._theme.line), 1))
        self._block_words.dress(self._small, self._theme.muted)
        self._block_words.place(
            QRectF(0, rect.bottom() + 3, grid.columns.logit * 0.4, grid.line * 1.1), LEFT
        )
        self._block_words.set_text(
            format_count(self.task.m, "pixel") if shape else format_count(self.task.m, "input")
        )
        apart = THICKEST * zoom.factor() * 0.5
        for (sign, j), edge in self.into.items():
            by = QPointF(0, apart * (2 * sign - 1))
            y = rect.top() + rect.height() * (j + 0.5) / len(self.nodes)
            edge.join(QPointF(rect.right() + 2, y) + by / 2, _left(self.nodes[j].rect) + by)

    # Values -------------------------------------------------------------------------------------

    def _largest(self, signals: Signals) -> float:
        return float(np.abs(signals.answer.by_units).max(initial=0.0))

    def parts_into(self, unit: int) -> NDArray[np.float64]:
        """Return w·x of each input to a unit, or the sums of those above and of those below 0."""
        assert self.signals and self.signals.params.hidden
        weights = self.signals.params.hidden.V[unit].astype(np.float64)
        products: NDArray[np.float64] = weights * self.signals.answer.x
        if not self.is_block:
            return products
        return np.array([products[products > 0].sum(), products[products < 0].sum()])

    def _show_left(self) -> None:
        s = self.signals
        into = np.array([self.parts_into(unit) for unit in self.units]) if s else None
        if into is not None:
            self.below = scale_for(float(np.abs(into).max(initial=0.0)), self.below)
        for (i, j), edge in self.into.items():
            self._show_edge(edge, float(into[j, i]) if into is not None else 0.0, self.below)
        for (j, at), edge in self.edges.items():
            k = self.drawn.outputs[at]
            part = float(s.answer.by_units[k, self.units[j]]) if s else 0.0
            self._show_edge(edge, part, self.scale)
        for j, (node, name) in enumerate(zip(self.nodes, self._unit_names, strict=True)):
            unit = self.units[j]
            text = format_three_digits(float(s.answer.hidden[unit])) if s else ""
            node.set_text(self.covering.number(text, Mark(unit=unit)) if s else "–")
            self._set_text(name, tr("unit {k}", k=unit + 1))
        for i, node in enumerate(self.inputs):
            node.set_text(format_three_digits(float(s.answer.x[i])) if s else "–")
        self._show_block(s)

    def _show_edge(self, edge: Strand, part: float, scale: float) -> None:
        theme = self._theme
        colour = theme.accent if part > 0 else theme.counter_accent if part < 0 else theme.line
        edge.show_value(THICKEST * zoom.factor() * abs(part) / scale if scale else 0.0, colour)

    def _show_block(self, s: Signals | None) -> None:
        shape = self.task.dataset.image_shape if self.task else None
        if self.task is None or not self.is_block:
            return
        self._block.setVisible(s is not None and shape is not None)
        if s is None or shape is None:
            return
        picture = s.answer.x.reshape(shape)
        low, high = float(picture.min()), float(picture.max())
        picture = (picture - low) / (high - low or 1.0)
        is_ink = self.task.dataset.looks == "ink"
        self._block.setPixmap(
            ink_pixmap(picture, ink_table(self._theme)) if is_ink else grey_pixmap(picture)
        )

    # Pointer and keys ---------------------------------------------------------------------------

    def _emphasise(self) -> None:
        super()._emphasise()
        mark = self.mark
        at = self.units.index(mark.unit) if mark.unit in self.units else None
        for (i, j), edge in self.into.items():
            is_on = at in (None, j) and (mark.input in (None, i) or self.is_block)
            is_on = is_on and (mark.output is None or at == j)
            edge.setOpacity(1.0 if is_on or mark == NOTHING else FAINT)
        for (j, k), edge in self.edges.items():
            is_on = at in (None, j) and mark.output in (None, self.drawn.outputs[k])
            edge.setOpacity(1.0 if is_on and (mark.input is None or at == j) else FAINT)
        for j, (node, name) in enumerate(zip(self.nodes, self._unit_names, strict=True)):
            opacity = 1.0 if at in (None, j) else FADED
            node.set_opacity(opacity)
            name.setOpacity(opacity)
        for i, node in enumerate(self.inputs):
            node.set_opacity(1.0 if mark.input in (None, i) else FADED)

    def _mark_at(self, position: QPointF) -> Mark:
        for j, node in enumerate(self.nodes):
            if node.rect.adjusted(-3, -3, 3, 3).contains(position):
                return Mark(unit=self.units[j])
        for i, node in enumerate(self.inputs):
            if node.rect.adjusted(-3, -3, 3, 3).contains(position):
                return Mark(input=i)
        best, nearest = NOTHING, 0.0
        for (j, k), edge in self.edges.items():
            off = edge.distance(position) - edge.width / 2 - REACH * zoom.factor()
            if off < nearest:
                best, nearest = Mark(unit=self.units[j], output=self.drawn.outputs[k]), off
        for (i, j), edge in self.into.items():
            off = edge.distance(position) - edge.width / 2 - REACH * zoom.factor()
            if off < nearest:
                source = None if self.is_block else i
                best, nearest = Mark(input=source, unit=self.units[j]), off
        return super()._mark_at(position) if best == NOTHING else best

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the mark: Up and Down over units, Left and Right over outputs; Escape clears it."""
        by = direction(event)
        if event.key() == Qt.Key.Key_Escape and self.mark != NOTHING:
            self.point(NOTHING)
        elif by is not None and self.units:
            across, down = by
            outputs = self.drawn.outputs
            j = self.units.index(self.mark.unit) + down if self.mark.unit in self.units else 0
            k = outputs.index(self.mark.output) + across if self.mark.output in outputs else 0
            unit = self.units[min(max(j, 0), len(self.units) - 1)]
            self.point(Mark(unit=unit, output=outputs[min(max(k, 0), len(outputs) - 1)]))
        else:
            super().keyPressEvent(event)

    # Text ---------------------------------------------------------------------------------------

    def words(self) -> str:
        """Return a text about the mark, "" without one."""
        task, s, mark = self.task, self.signals, self.mark
        if task is None or s is None or mark == NOTHING:
            return ""
        if mark.unit is not None:
            return unit_words(task, s, mark.unit, mark.input, mark.output)
        if mark.input is not None:
            name, x = shown_inputs(task)[mark.input], float(s.answer.x[mark.input])
            return f"{name}: x = {format_fixed(x, 2)}"
        k = mark.output
        assert k is not None
        parts, b = s.answer.by_units[k], float(s.params.b[k])
        shown = [
            f"{format_signed(float(parts[j]), 2)} {tr('(unit {k})', k=j + 1)}" for j in self.units
        ]
        rest = float(parts.sum() - parts[self.units].sum())
        more = f" {format_signed(rest, 2)} {tr('(others)')}" if len(self.units) < len(parts) else ""
        bias = f" {format_signed(b, 2)} {tr('(bias)')}" if task.config.model.has_bias else ""
        logit = format_fixed(float(s.answer.logits[k]), 2)
        return (
            f"z[{self.drawn.name_of(k)}] = {' '.join(shown)}{more}{bias} = {logit}"
            f"{vote_words(task, s, k)}"
        )


def _left(rect: QRectF) -> QPointF:
    return QPointF(rect.left(), rect.center().y())


def _right(rect: QRectF) -> QPointF:
    return QPointF(rect.right(), rect.center().y())
