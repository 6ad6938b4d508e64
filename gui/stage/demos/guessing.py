"""The loss of an untrained model: at zero weights it is the log of the number of classes."""

from __future__ import annotations

import math
from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.data.shown_names import shown_name
from core.data.task import Task
from core.language import mark, tr
from core.model_family import FAMILY
from core.number_format import format_fixed, format_integer, format_plain
from core.train.history import SAMPLE
from core.train.snapshot import Snapshot
from gui.kit import plots, zoom
from gui.kit.flow_layout import FlowLayout
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.theme import Theme
from gui.kit.training_sample import sign_of
from gui.stage.demos.bars import Bars
from gui.stage.demos.columns import Columns, Shaped
from gui.stage.demos.demo import Demo
from gui.stage.demos.parts import Figure, ValueSlider, caption, note, row

FEWEST, MOST = 2, 20
START = 3
NEAR = 0.005  # nats: a first loss this close to ln h is a guess, also from small random weights
GUESSED = mark("The run began at {loss}: it guessed.")
NOT_FROM_ZERO = mark("The run began at {loss}, so not from zero weights.")
MOST_SAID = 13.8  # nats, about a million classes: beyond it exp(loss) is not shown


class GuessingDemo(Demo):
    """The probabilities 1/h, their loss ln h, and the first loss of the run for comparison."""

    title = mark("Pure guessing")
    watch = mark(
        "Choose a number of classes. With all weights at zero every class gets 1/h, "
        "and the loss is ln h: the number that a run starts from, and the one to beat."
    )
    stops = (("classes", 2.0), ("classes", 10.0))

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._task: Task | None = None
        self._snapshot: Snapshot | None = None
        self.classes = ValueSlider(
            tr("classes <i>h</i>"),
            FEWEST,
            MOST,
            START,
            name=tr("number of classes"),
            tip=tr("How many classes there are to guess among"),
            steps=MOST - FEWEST,
            shown=lambda h: format_fixed(h, 0),
            widest="00",
        )
        self.share, self.guess = (
            Figure(theme, tr("each class")),
            Figure(theme, tr("guessing costs")),
        )
        self.first, self.now = (
            Figure(theme, tr("run, step {step}", step=0)),
            Figure(theme, tr("run, now")),
        )
        self.bars = Bars(theme, (), tr("Probability of each class"), high=0.5, digits=3)
        self.plot = plots.make_plot(theme, moves_below=False)
        self.plot.setAccessibleName(tr("Loss of guessing against the number of classes"))
        self.plot.setMouseEnabled(False, False)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._curve = plots.Line(self.plot)
        self._drop = plots.Line(self.plot)
        self._spot = pg.ScatterPlotItem(pxMode=True)
        self.plot.addItem(self._spot)
        self.verdict = note("")
        self._lay_out(theme)
        self.show_theme(theme)
        self.classes.changed.connect(lambda _: self._show())
        self._show()

    def _lay_out(self, theme: Theme) -> None:
        h = np.linspace(FEWEST, MOST, 200)
        self._curve.setData(h, np.log(h))
        self.plot.setRange(xRange=(FEWEST - 0.5, MOST + 0.5), yRange=(0, 3.2), padding=0)
        self.plot.setLabel("bottom", tr("classes h"))
        self.plot.setLabel("left", tr("loss ln h (nats)"))
        formulae = row(
            Formula(theme, r"a_j = \frac{1}{h}", tr("a j is one over h")),
            Formula(
                theme,
                r"L = -\log \frac{1}{h} = \log h",
                tr("L is minus log of one over h, which is log h"),
            ),
            None,
            gap=28,
        )
        figures = QWidget()
        flow = FlowLayout(figures, 14, 4)
        for figure in (self.share, self.guess, self.first, self.now):
            flow.addWidget(figure)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(caption(tr("Loss of guessing")))
        left.addWidget(Shaped(self.plot, low=170, high=480), 1)
        right.addWidget(caption(tr("Probabilities")))
        right.addWidget(self.bars)
        right.addStretch(1)
        pictures = QHBoxLayout()
        pictures.setSpacing(20)
        add_layout(pictures, left, 3)
        add_layout(pictures, right, 2)
        layout = Columns(self)
        layout.setSpacing(10)
        add_layout(layout, formulae)
        layout.addWidget(self.classes)
        layout.addWidget(figures)
        layout.addWidget(self.verdict)
        add_layout(layout, pictures, 1)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        plots.paint(self.plot, theme)
        self._curve.setPen(plots.pen(self.plot, theme.accent, 2))
        self._drop.setPen(plots.pen(self.plot, theme.muted, 1, Qt.PenStyle.DashLine))
        self._spot.setSize(zoom.px(11))
        self._spot.setPen(plots.pen(self.plot, theme.panel, 1))
        self._spot.setBrush(pg.mkBrush(theme.counter_accent))

    def show_run(self, task: Task, snapshot: Snapshot) -> None:
        is_other = self._task is None or self._task.dataset.h != task.dataset.h
        self._task, self._snapshot = task, snapshot
        if is_other and FEWEST <= task.dataset.h <= MOST:
            self.classes.set_value(task.dataset.h)
        self._show_loss()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.show_theme(self.theme)

    @property
    def h(self) -> int:
        return round(self.classes.value())

    def _show(self) -> None:
        h = self.h
        self.share.show_text(f"1/{h} = {format_fixed(1 / h, 4)}")
        self.guess.show_text(f"ln {h} = {format_fixed(math.log(h), 4)}")
        self.bars.set_names([str(k) for k in range(h)])
        self.bars.show_values([1 / h] * h)
        self._spot.setData([h], [math.log(h)])
        self._drop.setData([FEWEST - 1, h, h], [math.log(h), math.log(h), 0])
        self._show_loss()

    def _show_loss(self) -> None:
        """Compare the run's loss, at its start and now, with ln h of its own classes."""
        task, snapshot = self._task, self._snapshot
        if task is None or snapshot is None or not snapshot.curves.table.shape[1]:
            self.verdict.setText("")
            return
        kind = FAMILY[task.config.model.kind]
        if not (kind.is_log_likelihood and kind.outputs_sum_to_one):
            self.first.show_text("–")
            self.now.show_text("–")
            self.verdict.setText(tr("The loss of this model is no −log of a probability."))
            return
        h, name = task.dataset.h, escape(shown_name(task.dataset))
        guess, step = math.log(h), int(snapshot.curves.step[0])
        first, now = float(snapshot.curves.train_loss[0]), snapshot.metrics.train_loss
        self.first.set_caption(tr("run, step {step}", step=format_integer(step)))
        some = "≈" if len(task.train_rows) > SAMPLE else ""  # the curve is measured on a sample
        self.first.show_text(some + format_fixed(first, 4), warns=not math.isfinite(first))
        self.now.set_caption(tr("step {step}", step=format_integer(snapshot.metrics.step)))
        sign = sign_of(snapshot.metrics)
        self.now.show_text(sign + format_fixed(now, 4), warns=not math.isfinite(now))
        about = tr(
            "<b>{name}</b> has {h} classes: ln {h} = {guess}.",
            name=name,
            h=h,
            guess=format_fixed(guess, 4),
        )
        begun = GUESSED if abs(first - guess) < NEAR else NOT_FROM_ZERO
        began = tr(begun, loss=format_fixed(first, 4))
        self.verdict.setText(f"{about} {began} {_judge(now, guess)}")


def _judge(loss: float, guess: float) -> str:
    """Return a sentence that compares a mean loss with that of guessing, both in nats."""
    if not math.isfinite(loss):
        return tr("Now it is no number: training has diverged.")
    if abs(loss - guess) < NEAR:
        return tr("At {loss} it knows nothing yet.", loss=format_fixed(loss, 4))
    alike = format_plain(math.exp(loss), 3) if loss < MOST_SAID else tr("countless")
    if loss < guess:
        return tr(
            "At {loss} it is as unsure as a guess among {alike} classes.",
            loss=format_fixed(loss, 4),
            alike=alike,
        )
    return tr(
        "At {loss} it is <b>worse than guessing</b>: it is sure of wrong classes, and gives the "
        "true one as little as a guess among {alike}.",
        loss=format_fixed(loss, 4),
        alike=alike,
    )
