"""Base class of the sketches: the right half, from logits to loss; subclasses add the left."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.language import tr
from core.model_family import FAMILY
from core.number_format import format_three_digits
from gui.kit import zoom
from gui.kit.canvas import CENTRE, LEFT, RIGHT, Words
from gui.kit.canvas_widgets import CanvasWidget
from gui.kit.covers.covering import Coverable
from gui.kit.described import HIDDEN
from gui.kit.shortcuts import RETURN
from gui.kit.theme import Theme
from gui.stage.network.drawn_outputs import DrawnOutputs
from gui.stage.network.parts import WIRE, Node, Signals, Strand, scale_for
from gui.stage.network.rows import FADED, ClassRow, RowGeometry
from gui.stage.network.sketch_grid import TWO_LINES, SketchGrid
from gui.stage.network.words import loss_words, said_of, size_of


class Mark(NamedTuple):
    """The part marked by pointer or keys: an input, a hidden unit, an output; with two, an edge."""

    input: int | None = None
    output: int | None = None
    unit: int | None = None


NOTHING, LOSS = Mark(), Mark(output=-1)


class Sketch(Coverable, CanvasWidget):
    """Logits, activation, probabilities, target and loss of one example.

    drawn : outputs and classes that are drawn. grid : their geometry. mark : the marked part.
    """

    pointed = Signal(object)  # Mark

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scale = 0.0
        self.mark = NOTHING
        self.task: Task | None = None
        self.signals: Signals | None = None
        self.drawn = DrawnOutputs(None)
        self.grid = SketchGrid(self.width(), self.height(), self._plain)
        self.logits: list[Node] = []
        self.names: list[Words] = []  # of pairs, above their logits
        self.rows: list[ClassRow] = []
        self.heads = [self._words() for _ in range(5)]
        self.loss = self._words()
        self._wires: list[Strand] = []
        self._box = self._canvas.add(QGraphicsPathItem())
        self.activation = self._words()

    # Content ------------------------------------------------------------------------------------

    def show_task(self, task: Task | None) -> None:
        """Draw the model of this task, without numbers."""
        self._clear()
        self.task, self.signals, self.scale, self.mark = task, None, 0.0, NOTHING
        self.drawn = DrawnOutputs(task)
        self._make()
        self._dress()

    def show_signals(self, signals: Signals | None, *, may_choose: bool = True) -> None:
        """Show these numbers; with `may_choose`, other classes may be drawn from now on."""
        self.signals = signals
        if may_choose and signals and self.drawn.choose(signals):
            if self.mark.output not in (None, *self.drawn.outputs):
                self.mark = NOTHING
            self._dress()
        self._show_values()

    # Items --------------------------------------------------------------------------------------

    def _clear(self) -> None:
        """Remove the graphics items of the old task."""
        scene = self._canvas.scene()
        fixed = {*self.heads, self.loss, self._box, self.activation, self._canvas.ring}
        for item in scene.items():
            if item not in fixed:
                scene.removeItem(item)
        self.logits, self.names, self.rows, self._wires = [], [], [], []

    def _make(self) -> None:
        """Create the graphics items for the task."""
        canvas = self._canvas
        for _ in self.drawn.outputs:
            self.logits.append(Node(canvas))
            self._wires.append(Strand(canvas))
        self.names = [self._words() for _ in self.drawn.pairs]
        self.rows = [ClassRow(canvas) for _ in self.drawn.classes]

    # Layout -------------------------------------------------------------------------------------

    def _place_name(self, words: Words, output: int, rect: QRectF) -> None:
        """Place the name of a pair above its logit."""
        available, line = rect.width() + 2 * self.grid.columns.gap, self.grid.line
        words.dress(self._small, self._theme.muted)
        words.place(
            QRectF(rect.center().x() - available / 2, rect.top() - line, available, line), CENTRE
        )
        words.set_text(self.drawn.pair_name(output, QFontMetricsF(self._small), available))

    def _lay_out(self) -> None:
        if self.task is None:
            return
        room = self.width(), self.height(), self._plain
        self.grid = grid = SketchGrid(*room)
        if grid.row_height(len(self.drawn.classes)) < TWO_LINES * grid.line:
            self.grid = SketchGrid(
                *room, grid.line + max(map(grid.width_of, _class_names(self.task, self.drawn)))
            )
        self.setMinimumHeight(self.minimum_height())
        self._place_logits()
        self._place_box()
        self._place_rows()
        self._lay_out_heads()
        self._lay_out_left()
        self._show_values()

    def _place_logits(self) -> None:
        """Place the outputs below each other, each with a wire to the activation."""
        theme, grid, outputs = self._theme, self.grid, self.drawn.outputs
        columns, row = grid.columns, grid.row_height(len(outputs))
        node_rect = grid.named_node_rect if self.names else grid.node_rect
        for i, (node, wire) in enumerate(zip(self.logits, self._wires, strict=True)):
            rect = node_rect(columns.logit, grid.row(i, len(outputs)), row, columns.node)
            if self.names:
                self._place_name(self.names[i], outputs[i], rect)
            node.place(rect, self._plain, ink=theme.ink, line=theme.muted, fill=theme.panel)
            middle = rect.center().y()
            wire.join(QPointF(rect.right(), middle), QPointF(columns.box, middle))
            wire.show_value(WIRE * zoom.factor(), theme.muted)

    def _place_box(self) -> None:
        """Place the activation so that it spans all rows of outputs and of classes."""
        grid, columns = self.grid, self.grid.columns
        classes = len(self.drawn.classes)
        ends = [
            grid.row(i, count) + sign * grid.row_height(count) * 0.42
            for count in (classes, len(self.drawn.outputs) if self.names else classes)
            for i, sign in ((0, -1), (count - 1, 1))
        ]
        rect = QRectF(columns.box, min(ends), columns.box_width, max(ends) - min(ends))
        path = QPainterPath()
        path.addRoundedRect(rect, 6, 6)
        self._box.setPath(path)
        self._box.setPen(QPen(QColor(self._theme.line), 1.2 * zoom.factor()))
        self._box.setBrush(QColor(self._theme.chip))
        words = self.activation
        words.dress(self._plain, self._theme.ink)
        words.setZValue(2)
        label = FAMILY[self.drawn.kind].activation_label
        text = tr("step", "activation") if label == "step" else tr(label)
        words.setText(text)
        size = words.boundingRect()
        is_level = size.width() <= rect.width()
        words.setRotation(0 if is_level else -90)
        if is_level:
            words.setPos(rect.center() - size.center())
        else:
            words.setPos(
                rect.center().x() - size.height() / 2, rect.center().y() + size.width() / 2
            )

    def _place_rows(self) -> None:
        """Place the classes below each other."""
        assert self.task
        dataset, classes = self.task.dataset, self.drawn.classes
        grid, columns, row = self.grid, self.grid.columns, self.grid.row_height(len(classes))
        names = _class_names(self.task, self.drawn)
        widest = max(map(grid.width_of, names))
        for i, (parts, k, name) in enumerate(zip(self.rows, classes, names, strict=True)):
            top = grid.row(i, len(classes)) - row / 2
            area = QRectF(columns.shares, top, columns.shares_width, row)
            wire_x = columns.box + columns.box_width
            geometry = RowGeometry(area, wire_x, columns.target, widest, self._plain, self._bold)
            parts.place(self._theme, geometry, k, name, dataset.class_marks[k])
            parts.target.set_visible(not self.drawn.is_neuron or k == 1)  # a neuron has one target

    def _lay_out_heads(self) -> None:
        columns, height, wide = self.grid.columns, self.grid.line * 1.2, self.grid.is_wide
        logit_x, node = columns.logit, columns.node
        texts = self._left_heads()
        model, target = FAMILY[self.drawn.kind], "" if self.drawn.pairs else "y"
        heads = (
            (texts[0], QRectF(0, 0, logit_x / 2, height), LEFT),
            (texts[1], QRectF(logit_x * 0.3, 0, logit_x * 0.6, height), CENTRE),
            (
                tr("logits z") if wide else "z",
                QRectF(logit_x - zoom.px(20), 0, node + zoom.px(40), height),
                CENTRE,
            ),
            (
                tr(model.output_heading if wide else model.output_short),
                QRectF(columns.shares, 0, columns.shares_width, height),
                LEFT,
            ),
            (
                (tr("true class") if self.drawn.pairs else tr("target y")) if wide else target,
                QRectF(0, 0, self.width(), height),
                RIGHT,
            ),
        )
        for words, (text, rect, align) in zip(self.heads, heads, strict=True):
            words.dress(self._small, self._theme.muted)
            words.place(rect, align)
            words.set_text(text)
        self.loss.dress(self._bold, self._theme.ink)
        self.loss.place(self.grid.foot, RIGHT)

    def minimum_height(self) -> int:
        """Return the smallest height in pixels at which everything is readable."""
        raise NotImplementedError

    def _left_heads(self) -> tuple[str, str]:
        """Return the headings of the two columns in the left half."""
        raise NotImplementedError

    def _lay_out_left(self) -> None:
        """Lay out the left half, from x = 0 to the logits."""
        raise NotImplementedError

    # Values -------------------------------------------------------------------------------------

    def _show_values(self) -> None:
        if self.task is None:
            return
        s, kind = self.signals, self.drawn.kind
        for node, k in zip(self.logits, self.drawn.outputs, strict=True):
            text = format_three_digits(float(s.answer.logits[k])) if s else ""
            node.set_text(self.covering.number(text, Mark(output=k)) if s else "–")
        for parts, k in zip(self.rows, self.drawn.classes, strict=True):
            size, text = (size_of(s, kind, k), said_of(s, kind, k)) if s else (0.0, "–")
            if s and self.covering.hides(self._mark_of(k)):
                size, text = 0.0, HIDDEN
            parts.show(size, text, s.label if s else None, has_target=not self.drawn.pairs)
        self._set_text(self.loss, self._loss_words())
        if s:
            self.scale = scale_for(self._largest(s), self.scale)
        self._show_left()
        self._emphasise()

    def _loss_words(self) -> str:
        s = self.signals
        if self.task is None or s is None or s.label is None or s.loss is None:
            return ""
        whole, brief = loss_words(self.task, s)
        fits = QFontMetricsF(self._bold).horizontalAdvance(whole) < self.width() * 0.55
        return self.covering.words(whole if fits else brief, LOSS)

    # Covered numbers ------------------------------------------------------------------------------

    def show_figures(self) -> None:
        """Show the numbers; the inputs are never covered."""
        self._show_values()

    def _mark_of(self, k: int) -> Mark:
        """Return the part that a class belongs to."""
        return Mark(output=0 if self.drawn.outputs == [0] else k)

    def _reveal(self, mark: Mark) -> None:
        if mark != NOTHING and self.uncover(mark):
            self.pointed.emit(self.mark)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        mark = self._mark_at(event.position())
        is_loss = self.grid.foot.contains(event.position()) and bool(self.loss.text())
        self._reveal(LOSS if mark == NOTHING and is_loss else mark)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in RETURN and self.covering.is_on:
            self._reveal(self.mark if self.mark != NOTHING else LOSS)
        else:
            super().keyPressEvent(event)

    def _largest(self, signals: Signals) -> float:
        """Return the largest absolute value that the left half shows on its scale."""
        raise NotImplementedError

    def _show_left(self) -> None:
        """Show the numbers of the left half."""
        raise NotImplementedError

    # Pointer ------------------------------------------------------------------------------------

    def point(self, mark: Mark) -> None:
        """Highlight a part by fading the others; NOTHING ends the highlight."""
        if mark != self.mark:
            self.mark = mark
            self._emphasise()
            self.pointed.emit(mark)

    def _emphasise(self) -> None:
        """Fade everything that is not marked."""
        output = self.mark.output
        for node, k in zip(self.logits, self.drawn.outputs, strict=True):
            node.set_opacity(1.0 if output in (None, k) else FADED)
        for words, k in zip(self.names, self.drawn.pairs, strict=True):
            words.setOpacity(1.0 if output in (None, k) else FADED)
        concerned = () if output is None else self.drawn.classes_of(output)
        for parts, k in zip(self.rows, self.drawn.classes, strict=True):
            parts.emphasise(self.drawn.is_neuron or output is None or k in concerned)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.point(self._mark_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.point(NOTHING)

    def _mark_at(self, position: QPointF) -> Mark:
        """Return the part at a position, or NOTHING."""
        for node, k in zip(self.logits, self.drawn.outputs, strict=True):
            if node.rect.adjusted(-4, -4, 4, 4).contains(position):
                return Mark(output=k)
        if position.x() > self.grid.columns.logit and not self.drawn.pairs:
            classes = self.drawn.classes
            row = self.grid.row_height(len(classes))
            for i, k in enumerate(classes):
                if abs(position.y() - self.grid.row(i, len(classes))) < row / 2:
                    return self._mark_of(k)
        return NOTHING


def _class_names(task: Task, drawn: DrawnOutputs) -> list[str]:
    """Return the names of the classes that are drawn, from top to bottom."""
    dataset, model = task.dataset, FAMILY[drawn.kind]
    symbols = (model.no_label, model.yes_label) if drawn.is_neuron else [""] * dataset.h
    return [symbols[k] + shown_classes(dataset)[k] for k in drawn.classes]
