"""The likelihood as a product, which underflows, and as a sum of logs, which does not."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QWidget

from core.data.task import Task
from core.language import in_a_row, mark, tr
from core.number_format import format_fixed, format_integer, format_superscript
from core.teach import illustrations
from core.teach.illustrations import Likelihood, Product
from core.train.snapshot import Params, Snapshot
from gui.kit import plots, zoom
from gui.kit import theme as look
from gui.kit.fields.choices import Segments
from gui.kit.flow_layout import FlowLayout
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.maths.notation import worded
from gui.kit.theme import Theme
from gui.stage.demos.columns import Columns, Shaped
from gui.stage.demos.demo import Demo, no_shares
from gui.stage.demos.parts import Figure, ValueSlider, Wrapped, caption, note, row

MOST = 5000
START_N, START_P = 500, 0.5
SOURCES = (
    (mark("equal p"), False, mark("Every example has the same probability, chosen below")),
    (mark("this run's"), True, mark("What the model gives the true class of its training rows")),
)
FLOORS = ((illustrations.SMALLEST_32, "float32"), (illustrations.SMALLEST_64, "float64"))
OF_SUCH = mark("The likelihood of {n} such examples is {likelihood}.")
OF_ALL = mark("The likelihood of all {n} training rows is {likelihood}.")
OF_FIRST = mark("The likelihood of the first {n} training rows is {likelihood}.")
HEADROOM = 55.0  # smallest range in powers of ten, so that float32's smallest number is in view


class LikelihoodDemo(Demo):
    """The product of n probabilities in float32 and in float64, and the sum of their logs."""

    title = mark("Product or log-sum")
    watch = mark(
        "Raise n. The product of the probabilities soon is smaller than floats can be; "
        "the sum of the logs is an ordinary number, and its mean, with a minus, is the loss."
    )
    stops = (("n_slider", 200.0), ("n_slider", 1000.0))

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._task: Task | None = None
        self._X: NDArray[np.float32] | None = None  # inputs of the first training rows
        self._y: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._params: Params | None = None
        self._run: NDArray[np.float64] = np.empty(0)  # log probabilities of the true classes
        self.likelihood: Likelihood
        self.source = Segments([(tr(words), is_run, tr(tip)) for words, is_run, tip in SOURCES])
        self.source.choose(False)
        self._is_run = False
        self.n_slider = ValueSlider(
            tr("examples <i>n</i>"),
            1,
            MOST,
            START_N,
            name=tr("number of examples"),
            tip=tr("How many probabilities are multiplied"),
            steps=200,
            logarithmic=True,
            shown=format_integer,
            widest="0,000",
        )
        self.p_slider = ValueSlider(
            tr("each <i>p</i>"),
            0.05,
            0.99,
            START_P,
            name=tr("probability of each"),
            tip=tr("The probability of the true class, the same for every example"),
            steps=94,
            widest="0.00",
        )
        self.single, self.double = (
            Figure(theme, tr("product, float32")),
            Figure(theme, tr("product, float64")),
        )
        self.sum, self.loss = Figure(theme, tr("sum of logs")), Figure(theme, tr("mean loss"))
        self.plot = plots.make_plot(theme, moves_below=False)
        self.plot.setAccessibleName(
            tr("Likelihood against the number of examples, in powers of ten")
        )
        self.plot.setMouseEnabled(False, False)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lines = [plots.Line(self.plot) for _ in range(3)]
        self._floors = [pg.InfiniteLine(angle=0, movable=False) for _ in FLOORS]
        self._floor_words = [pg.TextItem(anchor=(1, 0)) for _ in FLOORS]
        self._ends = pg.ScatterPlotItem(symbol="x", pxMode=True)
        self.verdict, self.key = note(""), note("")
        self._lay_out(theme)
        self.source.chosen.connect(self._choose_source)
        self.n_slider.changed.connect(lambda _: self._show())
        self.p_slider.changed.connect(lambda _: self._show())
        self.show_theme(theme)

    def _lay_out(self, theme: Theme) -> None:
        for item in (*self._floors, *self._floor_words, self._ends):
            self.plot.addItem(item, ignoreBounds=True)
        self.plot.getViewBox().sigResized.connect(lambda _: self._name_floors())
        self.plot.setLabel("bottom", tr("examples so far"))
        self.plot.setLabel("left", tr("likelihood"))
        self.plot.getPlotItem().getAxis("left").tickStrings = lambda values, *_: [
            _power_of_ten(value) for value in values
        ]
        above = QWidget()
        formulae = FlowLayout(above, 28, 4)
        for latex, spoken in FORMULAE:
            formulae.addWidget(Formula(theme, worded(latex), tr(spoken)))
        figures = QWidget()
        flow = FlowLayout(figures, 24, 4)
        for figure in (self.single, self.double, self.sum, self.loss):
            flow.addWidget(figure)
        layout = Columns(self)
        layout.setSpacing(8)
        layout.addWidget(above)
        add_layout(layout, row(caption(tr("Probabilities")), self.source, None))
        layout.addWidget(Wrapped(self.n_slider, self.p_slider))
        layout.addWidget(figures)
        layout.addWidget(self.verdict)
        layout.addWidget(Shaped(self.plot, low=170, high=520), 1)
        layout.addWidget(self.key)

    @property
    def n(self) -> int:
        """The number of examples whose probabilities are multiplied."""
        return min(round(self.n_slider.value()), len(self._run) if self._is_run else MOST)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        plots.paint(self.plot, theme)
        styles = (
            (theme.muted, 1.5, Qt.PenStyle.DashLine),
            (theme.accent, 2.5, Qt.PenStyle.SolidLine),
            (theme.counter_accent, 2.5, Qt.PenStyle.SolidLine),
        )
        for line, (colour, width, dash) in zip(self._lines, styles, strict=True):
            line.setPen(plots.pen(self.plot, colour, width, dash))
        for floor, words, colour in zip(
            self._floors, self._floor_words, (theme.counter_accent, theme.accent), strict=True
        ):
            floor.setPen(plots.pen(self.plot, colour, 1, Qt.PenStyle.DotLine))
            words.setColor(colour)
            words.setFont(zoom.font(look.SMALL))
        self._ends.setSize(zoom.px(12))
        self.key.setText(
            "&nbsp;&nbsp; ".join(
                f'<span style="color:{colour}">{dash}</span>&nbsp;{words}'
                for colour, dash, words in (
                    (theme.counter_accent, "━━", "float32"),
                    (theme.accent, "━━", "float64"),
                    (theme.muted, "╺╸╺╸", tr("exact, by the sum of logs")),
                )
            )
        )
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.show_theme(self.theme)

    def show_run(self, task: Task, snapshot: Snapshot) -> None:
        if task is not self._task:
            self._task = task
            self._X = None
        self._params = snapshot.params
        if self._is_run:
            self._ask_run()
            self._show()

    def _ask_run(self) -> None:
        """Compute the probabilities from the newest parameters of the run."""
        task, params = self._task, self._params
        if task is None or params is None:
            return
        if self._X is None:
            rows = task.train_rows[:MOST]
            self._X = task.inputs(task.dataset.values(rows))
            self._y = task.dataset.y[rows]
        log_a = illustrations.log_probabilities(self._X, params, task.config.model.kind)
        if log_a is None and no_shares(task):
            self._run = self._run[:0]
        elif log_a is not None and log_a.shape[1] == task.dataset.h:
            self._run = log_a[np.arange(len(self._y)), self._y]

    def _choose_source(self, is_run: object) -> None:
        self._is_run = bool(is_run)
        if self._is_run:
            self._ask_run()
        self.p_slider.setEnabled(not self._is_run)
        self._show()

    def _show(self) -> None:
        n = self.n
        if n < 1:
            missing = "" if self._task is None else no_shares(self._task)
            self.verdict.setText(missing or tr("There is no run to take probabilities from yet."))
            return
        log_p = self._run[:n] if self._is_run else np.full(n, math.log(self.p_slider.value()))
        self.likelihood = result = illustrations.likelihood(np.exp(log_p), log_p)
        for figure, product in ((self.single, result.single), (self.double, result.double)):
            figure.show_text(format_product(product), warns=product.value == 0)
        self.sum.show_number(float(result.log_sum[-1]), 2)
        self.loss.show_number(result.loss)
        self._describe(result)
        self._draw(result)

    def _describe(self, result: Likelihood) -> None:
        d, k = illustrations.power_of_ten(float(result.log_sum[-1]))
        whose = OF_SUCH
        if self._is_run:
            whose = OF_ALL if result.n == len(self._run) else OF_FIRST
        words = [tr(whose, n=format_integer(result.n), likelihood=format_power(d, k))]
        for name, product in (("float32", result.single), ("float64", result.double)):
            if product.zero_at is not None:
                words.append(
                    tr(
                        "In {name} it is 0 from n = {n} on.",
                        name=name,
                        n=format_integer(product.zero_at),
                    )
                )
            elif product.wrong_at is not None:
                words.append(
                    tr(
                        "In {name} it is wrong from n = {n} on, where digits are lost; rounding "
                        "holds it at {product}.",
                        name=name,
                        n=format_integer(product.wrong_at),
                        product=format_product(product),
                    )
                )
        if result.single.wrong_at is None and result.double.wrong_at is None:
            words.append(tr("Both floats still hold it."))
        self.verdict.setText(in_a_row(*words))

    def _draw(self, result: Likelihood) -> None:
        n = result.n
        x = np.arange(1, n + 1)
        exact = result.log_sum / math.log(10)
        low = min(float(exact[-1]), -HEADROOM) * 1.06
        self._lines[0].setData(x, exact)
        ends = []
        for line, product in zip(self._lines[1:], (result.double, result.single), strict=True):
            kept = np.where(np.isfinite(product.log10), product.log10, np.nan)
            line.setData(x, kept)
            if product.zero_at is not None and product.zero_at > 1:
                ends.append((product.zero_at - 1, kept[product.zero_at - 2], line))
        self._ends.setData(
            [{"pos": (i, level), "pen": line.pen(), "brush": None} for i, level, line in ends]
        )
        for (smallest, _), floor, words in zip(
            FLOORS, self._floors, self._floor_words, strict=True
        ):
            level = math.log10(smallest) if smallest > 1e-320 else -323.306
            is_seen = level > low
            floor.setVisible(is_seen)
            words.setVisible(is_seen)
            floor.setPos(level)
            words.setPos(max(n, 2), level)
        self.plot.setRange(xRange=(1, max(n, 2)), yRange=(low, -low * 0.02), padding=0)
        self._name_floors()

    def _name_floors(self) -> None:
        """Say at each floor what it is, or its value alone where the plot is too narrow."""
        room = self.plot.getViewBox().width()
        for (_, name), words in zip(FLOORS, self._floor_words, strict=True):
            value = format_power(*_smallest(name))
            words.setText(tr("smallest {name}, {value}", name=name, value=value))
            if words.textItem.boundingRect().width() > room:
                words.setText(value)


FORMULAE = (
    (
        mark(r"$\prod_{i=1}^{n} a_{y_i} \quad \text{product}$"),
        mark("the likelihood is the product of the probabilities of the true classes"),
    ),
    (
        mark(r"$\sum_{i=1}^{n} \log a_{y_i} \quad \text{sum}$"),
        mark("its log is the sum of their logs"),
    ),
    (
        r"L = -\frac{1}{n} \sum_{i=1}^{n} \log a_{y_i}",
        mark("the loss is minus the mean of the logs"),
    ),
)


def _smallest(name: str) -> tuple[float, int]:
    return (1.4, -45) if name == "float32" else (4.9, -324)


def _power_of_ten(exponent: float) -> str:
    k = round(exponent)
    return "1" if k == 0 else f"10{format_superscript(k)}"


def format_power(d: float, k: int) -> str:
    """Format d · 10ᵏ, as a plain decimal for −3 ≤ k ≤ 0."""
    if -3 <= k <= 0:
        return format_fixed(d * 10.0**k, 4)
    return f"{format_fixed(d, 1)} · 10{format_superscript(k)}"


def format_product(product: Product) -> str:
    """Format the last value of a running product."""
    if product.value == 0:
        return "0"
    return format_power(*illustrations.power_of_ten(float(product.log10[-1]) * math.log(10)))
