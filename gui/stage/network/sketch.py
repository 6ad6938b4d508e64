"""The right half of the sketch, from the logits to the loss; the left half is for subclasses."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from core.data.task import Task
from core.model_family import output_names, pairs
from core.number_format import format_three_digits
from gui.kit.canvas import CENTRE, LEFT, RIGHT, Words
from gui.kit.canvas_widgets import CanvasWidget
from gui.kit.theme import Theme
from gui.stage.network.pairs import drawn_pairs, pair_name, vote_words
from gui.stage.network.parts import WIRE, Node, Signals, Strand, scale_for
from gui.stage.network.rows import FADED, ClassRow, Place
from gui.stage.network.words import SAYINGS, loss_words, said_of, size_of

MOST_CLASSES = 10
TALLEST_NODE = 46.0
WIDE = 560  # px of the whole, for headings in full
TALLEST_ROW = 120.0


class Mark(NamedTuple):
    """What is pointed at: an input, an output, or with both the edge between them."""

    input: int | None = None
    output: int | None = None


NOTHING = Mark()


class Sketch(CanvasWidget):
    """Logits, activation, probabilities, target and loss of one example.

    Of many classes the most probable ones are drawn, and the example's own.
    """

    pointed = Signal(object)  # Mark

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scale = 0.0
        self.left_width = 0.0  # of the left half
        self.mark = NOTHING
        self.task: Task | None = None
        self.signals: Signals | None = None
        self.classes: list[int] = []  # those that are drawn
        self.pairs: list[int] = []  # of the neurons that are pairs', those that are drawn
        self.logits: list[Node] = []
        self.names: list[Words] = []  # of pairs, over their logits
        self.rows: list[ClassRow] = []
        self.heads = [self._words() for _ in range(5)]
        self.loss = self._words()
        self._wires: list[Strand] = []
        self._box = self._canvas.add(QGraphicsPathItem())
        self._activation = self._words()

    # What is shown ------------------------------------------------------------------------------

    def show_task(self, task: Task | None) -> None:
        """Draw the model of this task, without numbers yet."""
        self._clear()
        self.task, self.signals, self.scale, self.mark = task, None, 0.0, NOTHING
        self.classes = [] if task is None else list(range(min(task.dataset.h, MOST_CLASSES)))
        self.pairs = []
        if task is not None and self.kind == "ovo":
            self.pairs = drawn_pairs(task.dataset.h, 0, MOST_CLASSES)
        self._make()
        self._dress()

    def show_signals(self, signals: Signals | None, *, may_choose: bool = True) -> None:
        """Show these numbers; may_choose : of many classes, others may be drawn now."""
        self.signals = signals
        if may_choose and signals and self.task and self.task.dataset.h > MOST_CLASSES:
            self._choose_classes(signals)
        if may_choose and signals and self.kind == "ovo":
            self._choose_pairs(signals)
        self._show_values()

    @property
    def kind(self) -> str:
        return self.task.config.model.kind if self.task else "softmax"

    @property
    def is_neuron(self) -> bool:
        """Whether one neuron says yes or no."""
        return self.task is not None and self.task.config.model.is_neuron

    @property
    def outputs(self) -> list[int]:
        """The rows of W that are drawn."""
        if self.kind == "ovo":
            return self.pairs
        return [0] if self.is_neuron else self.classes

    def name_of(self, output: int) -> str:
        """Name what a row of W speaks for."""
        assert self.task
        return output_names(self.kind, self.task.dataset.class_names)[output]

    def _vote_words(self, output: int) -> str:
        """Say of a pair's neuron whom it votes for, and what it should say."""
        if self.task is None or self.signals is None or not self.pairs:
            return ""
        return vote_words(self.task, self.signals, output)

    def _choose_pairs(self, signals: Signals) -> None:
        assert self.task
        about = signals.answer.decided if signals.label is None else signals.label
        chosen = drawn_pairs(self.task.dataset.h, about, MOST_CLASSES)
        if chosen != self.pairs:
            self.pairs = chosen
            if self.mark.output not in (None, *chosen):
                self.mark = NOTHING
            self._dress()

    def _choose_classes(self, signals: Signals) -> None:
        answer = signals.answer
        a = (answer.votes if len(answer.votes) else answer.probabilities).tolist()
        order = sorted(range(len(a)), key=lambda k: (k != signals.label, -a[k]))
        best = sorted(order[:MOST_CLASSES])
        if best != self.classes:
            self.classes = best
            if self.mark.output not in (None, *best):
                self.mark = NOTHING
            self._dress()

    # Items --------------------------------------------------------------------------------------

    def _clear(self) -> None:
        """Let go of the items of the old task."""
        scene = self._canvas.scene()
        fixed = {*self.heads, self.loss, self._box, self._activation}
        for item in scene.items():
            if item not in fixed:
                scene.removeItem(item)
        self.logits, self.names, self.rows, self._wires = [], [], [], []

    def _make(self) -> None:
        """Make the items that the task needs."""
        canvas = self._canvas
        for _ in self.outputs:
            self.logits.append(Node(canvas))
            self._wires.append(Strand(canvas))
        self.names = [self._words() for _ in self.pairs]
        self.rows = [ClassRow(canvas) for _ in self.classes]

    # Places -------------------------------------------------------------------------------------

    def _line(self) -> float:
        return QFontMetricsF(self._plain).height()

    def _width_of(self, text: str) -> float:
        return QFontMetricsF(self._plain).horizontalAdvance(text)

    def _body(self) -> QRectF:
        """Return where rows may stand, between headings and foot."""
        line = self._line()
        return QRectF(self.rect()).adjusted(1, line * 1.4, -1, -line * 1.9)

    def _node_width(self) -> float:
        return self._width_of("−00.0") + (16 if self._is_wide() else 8)

    def _is_wide(self) -> bool:
        return self.width() >= WIDE

    def _row_height(self, count: int) -> float:
        return min(self._body().height() / max(count, 1), TALLEST_ROW)

    def _row(self, i: int, count: int) -> float:
        """Return how far down the middle of row i of so many is."""
        body = self._body()
        return body.center().y() + (i - (count - 1) / 2) * self._row_height(count)

    def _node_rect(self, left: float, middle: float, row: float, width: float) -> QRectF:
        height = min(row * 0.82, TALLEST_NODE, max(width, self._line() * 1.5))
        return QRectF(left, middle - height / 2, width, height)

    def _logit_rect(self, left: float, middle: float, row: float, width: float) -> QRectF:
        """Return where a logit stands: a pair's has its name above."""
        if not self.pairs:
            return self._node_rect(left, middle, row, width)
        line = self._line() * 0.95
        height = min(row - line - 3, TALLEST_NODE, max(width, self._line() * 1.5))
        return QRectF(left, middle - (height + line) / 2 + line, width, height)

    def _place_name(self, words: Words, output: int, rect: QRectF, gap: float) -> None:
        """Name a pair over its logit."""
        assert self.task
        room, line = rect.width() + 2 * gap, self._line()
        words.dress(self._small, self._theme.muted)
        words.place(QRectF(rect.center().x() - room / 2, rect.top() - line, room, line), CENTRE)
        words.say(pair_name(self.task, output, QFontMetricsF(self._small), room))

    def _lay_out(self) -> None:
        if self.task is None:
            return
        self.setMinimumHeight(self.minimum_height())
        width, node = float(self.width()), self._node_width()
        gap = min(max(width * 0.026, 9.0), 26.0)
        target = self._line() * 1.5
        shares = min(max(width * 0.24, self._width_of("0.000") + 58), 260.0)
        box = min(max(width * 0.05, self._line() * 1.4), 40.0)
        x = width - 1 - target
        target_x, x = x, x - gap * 0.6 - shares
        self._shares = QRectF(x, 0, shares, 0)
        x -= gap + box
        box_x = x
        x -= gap + node
        self.left_width = x
        theme = self._theme
        classes, outputs = self.classes, self.outputs
        for i, node_item in enumerate(self.logits):
            middle = self._row(i, len(outputs))
            rect = self._logit_rect(x, middle, self._row_height(len(outputs)), node)
            if self.names:
                self._place_name(self.names[i], outputs[i], rect, gap)
            node_item.place(rect, self._plain, ink=theme.ink, line=theme.muted, fill=theme.panel)
            self._wires[i].join(
                QPointF(rect.right(), rect.center().y()), QPointF(box_x, rect.center().y())
            )
            self._wires[i].show_value(WIRE, theme.muted)
        ends = [
            (self._row(i, count) + sign * self._row_height(count) * 0.42)
            for count in (len(classes), len(outputs) if self.names else len(classes))
            for i, sign in ((0, -1), (count - 1, 1))
        ]
        self._place_box(QRectF(box_x, min(ends), box, max(ends) - min(ends)))
        self._place_rows(box_x + box, target_x)
        self._lay_out_heads(x, node, target_x)
        self._lay_out_left()
        self._show_values()

    def _place_box(self, rect: QRectF) -> None:
        assert self.task
        path = QPainterPath()
        path.addRoundedRect(rect, 6, 6)
        self._box.setPath(path)
        self._box.setPen(QPen(QColor(self._theme.line), 1.2))
        self._box.setBrush(QColor(self._theme.chip))
        words = self._activation
        words.dress(self._plain, self._theme.ink)
        words.setZValue(2)
        text = SAYINGS[self.kind].activation
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

    def _place_rows(self, from_x: float, target_x: float) -> None:
        """Put the classes below each other."""
        assert self.task
        dataset, count = self.task.dataset, len(self.classes)
        row, shares = self._row_height(count), self._shares
        saying = SAYINGS[self.kind]
        symbols = (saying.no, saying.yes) if self.is_neuron else [""] * dataset.h
        names = {k: symbols[k] + dataset.class_names[k] for k in self.classes}
        widest = max(self._width_of(name) for name in names.values())
        for i, (parts, k) in enumerate(zip(self.rows, self.classes, strict=True)):
            area = QRectF(shares.left(), self._row(i, count) - row / 2, shares.width(), row)
            place = Place(area, from_x, target_x, widest, self._plain, self._bold)
            parts.place(self._theme, place, k, names[k], dataset.class_marks[k])
            parts.target.set_visible(not self.is_neuron or k == 1)  # a neuron has one target

    def _lay_out_heads(self, logit_x: float, node: float, target_x: float) -> None:
        height = self._line() * 1.2
        wide = self._is_wide()
        texts = self._left_heads()
        saying, target = SAYINGS[self.kind], "" if self.pairs else "y"
        heads = (
            (texts[0], QRectF(0, 0, logit_x / 2, height), LEFT),
            (texts[1], QRectF(logit_x * 0.3, 0, logit_x * 0.6, height), CENTRE),
            ("logits z" if wide else "z", QRectF(logit_x - 20, 0, node + 40, height), CENTRE),
            (
                saying.output if wide else saying.short,
                QRectF(self._shares.left(), 0, self._shares.width(), height),
                LEFT,
            ),
            (
                ("true class" if self.pairs else "target y") if wide else target,
                QRectF(target_x - 80, 0, self.width() - target_x + 80, height),
                RIGHT,
            ),
        )
        for words, (text, rect, align) in zip(self.heads, heads, strict=True):
            words.dress(self._small, self._theme.muted)
            words.place(rect, align)
            words.say(text)
        self.loss.dress(self._bold, self._theme.ink)
        foot = self._foot()
        self.loss.place(foot, RIGHT)

    def _foot(self) -> QRectF:
        line = self._line()
        return QRectF(1, self.height() - line * 1.5, self.width() - 2, line * 1.4)

    def minimum_height(self) -> int:
        """Return how low it may be, with everything still readable."""
        raise NotImplementedError

    def _left_heads(self) -> tuple[str, str]:
        """Return the headings of the left half's two columns."""
        raise NotImplementedError

    def _lay_out_left(self) -> None:
        """Put what leads to the logits into its place, 0 … left_width."""
        raise NotImplementedError

    # Numbers ------------------------------------------------------------------------------------

    def _show_values(self) -> None:
        if self.task is None:
            return
        s = self.signals
        for node, k in zip(self.logits, self.outputs, strict=True):
            node.say(format_three_digits(float(s.answer.logits[k])) if s else "–")
        for parts, k in zip(self.rows, self.classes, strict=True):
            size, text = (size_of(s, self.kind, k), said_of(s, self.kind, k)) if s else (0.0, "–")
            parts.show(size, text, s.label if s else None, has_target=not self.pairs)
        self._say(self.loss, self._loss_words())
        if s:
            self.scale = scale_for(self._largest(s), self.scale)
        self._show_left()
        self._emphasise()

    def _loss_words(self) -> str:
        s = self.signals
        if self.task is None or s is None or s.label is None or s.loss is None:
            return ""
        whole, brief = loss_words(self.task, s)
        is_room = QFontMetricsF(self._bold).horizontalAdvance(whole) < self.width() * 0.55
        return whole if is_room else brief

    def _largest(self, signals: Signals) -> float:
        """Return the largest size of what the left half shows on its scale."""
        raise NotImplementedError

    def _show_left(self) -> None:
        """Show the numbers of the left half."""
        raise NotImplementedError

    # Pointing -----------------------------------------------------------------------------------

    def point(self, mark: Mark) -> None:
        """Bring this to the fore; NOTHING brings everything back."""
        if mark != self.mark:
            self.mark = mark
            self._emphasise()
            self.pointed.emit(mark)

    def _emphasise(self) -> None:
        """Let what is not pointed at step back."""
        output = self.mark.output
        for node, k in zip(self.logits, self.outputs, strict=True):
            node.set_opacity(1.0 if output in (None, k) else FADED)
        for words, k in zip(self.names, self.pairs, strict=True):
            words.setOpacity(1.0 if output in (None, k) else FADED)
        concerned: tuple[int, ...] = () if output is None else (output,)
        if self.pairs and self.task and output is not None:
            concerned = pairs(self.task.dataset.h)[output]
        for parts, k in zip(self.rows, self.classes, strict=True):
            parts.emphasise(self.is_neuron or output is None or k in concerned)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.point(self._found(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.point(NOTHING)

    def _found(self, place: QPointF) -> Mark:
        """Return what is at this place."""
        for node, k in zip(self.logits, self.outputs, strict=True):
            if node.rect.adjusted(-4, -4, 4, 4).contains(place):
                return Mark(output=k)
        if place.x() > self.left_width and not self.pairs:
            row = self._row_height(len(self.classes))
            for i, k in enumerate(self.classes):
                if abs(place.y() - self._row(i, len(self.classes))) < row / 2:
                    return Mark(output=0 if self.outputs == [0] else k)
        return NOTHING
