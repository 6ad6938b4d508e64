"""The sketch of a model with few inputs: each weight is drawn as an edge."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent

from core.data.shown_names import shown_inputs
from core.language import tr
from core.number_format import (
    format_fixed,
    format_plain,
    format_spaced,
    format_terms,
    format_three_digits,
)
from gui.kit import zoom
from gui.kit.canvas import LEFT, RIGHT, Words
from gui.kit.shortcuts import direction
from gui.kit.theme import Theme
from gui.stage.network.parts import (
    FAINT,
    Chip,
    Node,
    Signals,
    Strand,
)
from gui.stage.network.rows import FADED
from gui.stage.network.sketch import NOTHING, Mark, Sketch
from gui.stage.network.words import vote_words

MOST_INPUTS = 12
THICKEST = 11.0  # px at 100 %: width of an edge at the end of the scale
REACH = 5.0  # px at 100 %: tolerance for pointing at an edge


class Edges(Sketch):
    """Inputs and a bias unit on the left, an edge to each logit; its width is that of |w|."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Sketch of the model"))
        self.inputs: list[Node] = []
        self._names: list[Words] = []
        self.edges: dict[tuple[int, int], Strand] = {}  # by (input, output); bias last
        self.chips: list[Chip] = []
        self._samples: list[Strand] = []
        self._scale_words: list[Words] = []

    @property
    def count(self) -> int:
        """The number of inputs, plus 1 for the bias unit if there is one."""
        return self.task.m + self.task.config.model.has_bias if self.task else 0

    def is_bias(self, j: int) -> bool:
        """Return whether j is the bias unit, which comes after the inputs."""
        return self.task is not None and j == self.task.m

    def _make(self) -> None:
        self.inputs, self._names, self.edges, self.chips = [], [], {}, []
        self._samples, self._scale_words = [], []
        if self.task is None:
            return
        for j in range(self.count):
            for i in range(len(self.drawn.outputs)):
                self.edges[j, i] = Strand(self._canvas)
            self.inputs.append(Node(self._canvas))
            self._names.append(self._words())
        super()._make()
        self.chips = [Chip(self._canvas) for _ in range(max(self.count, len(self.drawn.outputs)))]
        self._samples = [Strand(self._canvas) for _ in range(2)]
        self._scale_words = [self._words() for _ in range(2)]

    # Layout -------------------------------------------------------------------------------------

    def minimum_height(self) -> int:
        rows = max(self.count * 1.25, len(self.drawn.classes) * 1.35, len(self.drawn.pairs) * 2.6)
        return int(self.grid.line * (rows + 3.4))

    def _left_heads(self) -> tuple[str, str]:
        return tr("inputs x"), tr("weights w")

    def _lay_out_left(self) -> None:
        assert self.task
        theme, line = self._theme, self.grid.line
        row, node = self.grid.row_height(self.count), self.grid.node_width
        names = [*shown_inputs(self.task), *[tr("bias")][: self.count - self.task.m]]
        font = self._plain if self.grid.is_wide else self._small
        metrics = QFontMetricsF(font)
        widest = max(metrics.horizontalAdvance(name) for name in names)
        stacked = row >= line * 2.7
        if stacked:  # the name is above its number
            column = max(node, min(widest + 1, self.grid.columns.logit * 0.46))
            x, name_width = column - node, column
        else:
            name_width = min(widest + 6, self.grid.columns.logit * 0.36)
            x = name_width
        for j, (item, words) in enumerate(zip(self.inputs, self._names, strict=True)):
            middle = self.grid.row(j, self.count)
            if stacked:
                available = row - line * 1.45
                down = 0.0 if row > line * 4.2 else line * 0.62
                rect = self.grid.node_rect(x, middle + down, available / 0.82, node)
                place = QRectF(0, rect.top() - line * 1.25, name_width, line * 1.2)
            else:
                place = QRectF(0, middle - line * 0.6, name_width - 5, line * 1.2)
                rect = self.grid.node_rect(x, middle, row, node)
            item.place(rect, self._plain, ink=theme.ink, line=theme.muted, fill=theme.panel)
            words.dress(font, theme.muted)
            words.place(place, RIGHT)
            words.set_text(
                metrics.elidedText(names[j], Qt.TextElideMode.ElideRight, place.width() + 1)
            )
        for (j, i), edge in self.edges.items():
            start, end = self.inputs[j].rect, self.logits[i].rect
            edge.join(
                QPointF(start.right(), start.center().y()), QPointF(end.left(), end.center().y())
            )
        for chip in self.chips:
            chip.dress(self._plain, ink=theme.ink, line=theme.line, fill=theme.panel)
        self._lay_out_scale()

    def _lay_out_scale(self) -> None:
        """Lay out the legend: an edge of largest width for each sign."""
        foot, theme = self.grid.foot, self._theme
        width = self.grid.width_of("w = −0.00 ")
        x = foot.left()
        for sample, words, colour in zip(
            self._samples, self._scale_words, (theme.counter_accent, theme.accent), strict=True
        ):
            sample.join(QPointF(x, foot.center().y()), QPointF(x + zoom.px(22), foot.center().y()))
            sample.show_value(THICKEST * zoom.factor(), colour)
            words.dress(self._small, theme.muted)
            words.place(QRectF(x + zoom.px(27), foot.top(), width, foot.height()), LEFT)
            x += zoom.px(27) + width

    # Values -------------------------------------------------------------------------------------

    def weight(self, j: int, i: int) -> float:
        """Return the weight from input j to the i-th drawn output; for the bias unit, b."""
        assert self.signals
        k, params = self.drawn.outputs[i], self.signals.params
        return float(params.b[k] if self.is_bias(j) else params.W[k, j])

    def value(self, j: int) -> float:
        """Return the value of input j; 1 for the bias unit."""
        assert self.signals
        return 1.0 if self.is_bias(j) else float(self.signals.answer.x[j])

    def terms(self, i: int) -> list[str]:
        """Format the contributions of each input and of the bias to the i-th drawn logit."""
        assert self.signals
        parts = [self.weight(j, i) * self.value(j) for j in range(self.count)]
        return format_terms(parts, float(self.signals.answer.logits[self.drawn.outputs[i]]))

    def _largest(self, signals: Signals) -> float:
        W, b = signals.params.W, signals.params.b
        return float(max(abs(W).max(initial=0.0), abs(b).max(initial=0.0)))

    def _show_left(self) -> None:
        s, theme = self.signals, self._theme
        for j, item in enumerate(self.inputs):
            text = "1" if self.is_bias(j) else format_three_digits(self.value(j)) if s else "–"
            item.set_text(text)
        for (j, i), edge in self.edges.items():
            w = self.weight(j, i) if s else 0.0
            colour = theme.accent if w > 0 else theme.counter_accent if w < 0 else theme.line
            edge.show_value(THICKEST * zoom.factor() * abs(w) / self.scale if s else 0.0, colour)
        for words, sign in zip(self._scale_words, "−+", strict=True):
            self._set_text(
                words,
                f"w = {sign}{format_plain(self.scale, 6)}" if s and not self.covering.is_on else "",
            )
        for sample in self._samples:
            sample.setVisible(s is not None)

    # Pointer and keys ---------------------------------------------------------------------------

    def _emphasise(self) -> None:
        super()._emphasise()
        mark = self.mark
        marked = []
        for (j, i), edge in self.edges.items():
            is_on = mark.input in (None, j) and mark.output in (None, self.drawn.outputs[i])
            edge.setOpacity(1.0 if is_on else FAINT)
            edge.setZValue(1 if is_on else 0)
            if is_on and mark != NOTHING:
                marked.append((j, i))
        for j, (item, words) in enumerate(zip(self.inputs, self._names, strict=True)):
            opacity = 1.0 if mark.input in (None, j) else FADED
            item.set_opacity(opacity)
            words.setOpacity(opacity)
        self._label(marked)

    def _label(self, marked: list[tuple[int, int]]) -> None:
        """Label each of these edges with its contribution."""
        is_one = len(marked) == 1
        mark = self.mark
        t = 0.5 if is_one else 0.3 if mark.input is None else 0.68
        available = self.edges[0, 0].line().dx() if self.edges else 0.0
        for chip in self.chips:
            chip.hide()
        if self.signals is None:
            return
        for chip, (j, i) in zip(self.chips, marked, strict=False):
            w, x = self.weight(j, i), self.value(j)
            text = self.terms(i)[j]
            if is_one or available > 2.2 * self.grid.width_of("0.00 · 0.00 = 0.00"):
                text = f"{format_fixed(w, 2)} · {format_fixed(x, 2)} = {format_fixed(w * x, 2)}"
            text = self.covering.number(text, mark)
            chip.show(text, self.edges[j, i].line().pointAt(t), self.grid.body)

    def _mark_at(self, position: QPointF) -> Mark:
        for j, item in enumerate(self.inputs):
            if item.rect.adjusted(-3, -3, 3, 3).contains(position):
                return Mark(input=j)
        best, nearest = NOTHING, 0.0
        for (j, i), edge in self.edges.items():
            off = edge.distance(position) - edge.width / 2 - REACH * zoom.factor()
            if off < nearest:
                best, nearest = Mark(j, self.drawn.outputs[i]), off
        return super()._mark_at(position) if best == NOTHING else best

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the mark: Up and Down over inputs, Left and Right over outputs; Escape clears it."""
        by = direction(event)
        if event.key() == Qt.Key.Key_Escape and self.mark != NOTHING:
            self.point(NOTHING)
        elif by is not None and self.task:
            di, dj = by
            j, k = self.mark.input, self.mark.output
            i = self.drawn.outputs.index(k) if k in self.drawn.outputs else None
            j = 0 if j is None else min(max(j + dj, 0), self.count - 1)
            i = 0 if i is None else min(max(i + di, 0), len(self.drawn.outputs) - 1)
            self.point(Mark(j, self.drawn.outputs[i]))
        else:
            super().keyPressEvent(event)

    # Text ---------------------------------------------------------------------------------------

    def words(self) -> str:
        """Return a text about the mark, "" without one."""
        task, s, (j, k, _) = self.task, self.signals, self.mark
        if task is None or s is None or self.mark == NOTHING:
            return ""
        title = self.drawn.name_of(k) if k is not None else ""
        if j is not None and k is not None:
            i = self.drawn.outputs.index(k)
            w, x = self.weight(j, i), self.value(j)
            if self.is_bias(j):
                b = format_fixed(w, 2)
                return tr(
                    "b[{title}] = {b}: the bias contributes {b} whatever x is", title=title, b=b
                )
            name = shown_inputs(task)[j]
            weight, value, product = (format_fixed(each, 2) for each in (w, x, w * x))
            said = tr("contributes {product}", product=product)
            return f"w[{title}, {name}] = {weight} · x = {value} → {said}"
        if j is not None:
            if self.is_bias(j):
                return tr("The bias unit always hands on 1; its weights are the biases b.")
            return self._input_words(j)
        assert k is not None
        first, *rest = self.terms(self.drawn.outputs.index(k))
        parts = " ".join([first.removeprefix("+"), *map(format_spaced, rest)])
        logit = format_fixed(float(s.answer.logits[k]), 2)
        return f"z[{title}] = {parts} = {logit}{vote_words(task, s, k)}"

    def _input_words(self, j: int) -> str:
        assert self.task
        task = self.task
        name, x = shown_inputs(task)[j], format_fixed(self.value(j), 2)
        mean, std = task.standardiser.mean[j], task.standardiser.std[j]
        if task.standardiser.is_identity:
            return f"{name}: x = {x}"
        unit = task.dataset.unit_of(j) if task.feature_map.is_identity else ""
        unit = f" {unit}" if unit else ""
        raw = mean + std * self.value(j)
        said, mid, spread = (format_plain(each, 4) for each in (raw, mean, std))
        formula = f"x = ({said} − {mid}) / {spread} = {x}"
        return tr(
            "{name} {value}, standardised: {formula}",
            name=name,
            value=f"{said}{unit}",
            formula=formula,
        )
