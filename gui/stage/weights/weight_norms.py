"""The norms of the weights over the steps, and the noise of the next gradient."""

from __future__ import annotations

import math
import time

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.data.task import Task
from core.explain.coefficients import output_names
from core.language import tr
from core.model_family import FAMILY
from core.number_format import format_count, format_fixed, format_integer, format_plain
from core.train.snapshot import Snapshot, Status
from gui.kit import plots
from gui.kit.covers.figures import FigureLabel
from gui.kit.fields.choices import Segments
from gui.kit.layouts import add_layout
from gui.kit.plain_text import html, short
from gui.kit.theme import Theme
from gui.state.background_tasks import Background, Queue

SECONDS, NOISE_SECONDS = 0.1, 0.5
FIRST_STEPS, CLOSE_TICKS = 16, 2_000
MOST_LINES = 12  # outputs that have a line of their own


class Norms(QWidget):
    """‖W‖ and the ‖w‖ of each output against the step; ‖W‖ of the optimum as a dashed line."""

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__()
        self._theme, self._background = theme, background
        self._task: Task | None = None
        self._snapshot: Snapshot | None = None
        self._lowest: tuple[object, float | None, str] = (None, None, "")  # key; ‖W‖; text
        self.plot = plots.make_plot(theme, moves_below=False)
        self.plot.setAccessibleName(tr("Length of the weights against the step"))
        self.plot.getPlotItem().getViewBox().setMouseEnabled(False, False)
        self.plot.getPlotItem().setLabel("bottom", tr("step"))
        self.plot.getPlotItem().setLabel("left", tr("length"))
        self.whole = plots.Line(self.plot)
        self.lines: list[plots.Line] = []
        self.optimum_line = pg.InfiniteLine(angle=0)
        self.plot.addItem(self.optimum_line)
        self.optimum_line.hide()
        self.scale = Segments(
            (
                (tr("linear"), False, tr("Steps at equal distances")),
                (tr("log"), True, tr("Factors of steps")),
            )
        )
        self.scale.choose(False)
        self.scale.chosen.connect(self._choose_scale)
        self._is_log = False
        self._axes: object = None  # current settings of the axes
        self._key = QLabel()
        self._key.setTextFormat(Qt.TextFormat.RichText)
        self._key.setWordWrap(True)
        self.length = FigureLabel()
        self.words, self.noise_words = FigureLabel(), FigureLabel()
        for label in (self.words, self.noise_words):
            label.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(self.length)
        top.addWidget(self._key, 1)
        top.addWidget(QLabel(tr("steps")))
        top.addWidget(self.scale)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        add_layout(layout, top)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.words)
        layout.addWidget(self.noise_words)
        self._shown_at = self._asked_at = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show)

    def show_task(self, task: Task, theme: Theme) -> None:
        """Clear the lines of the previous run."""
        self._task, self._snapshot, self._theme = task, None, theme
        self._later.stop()
        self._background.forget("noise")
        plots.paint(self.plot, theme)
        self.whole.setPen(plots.pen(self.plot, theme.ink, 2))
        self.optimum_line.setPen(plots.pen(self.plot, theme.muted, 1, Qt.PenStyle.DashLine))
        names = () if task.config.model.hidden else output_names(task)[:MOST_LINES]
        marks = task.dataset.class_marks
        if task.is_neuron:
            names = ()  # its only w is all of W
        while len(self.lines) < len(names):
            self.lines.append(plots.Line(self.plot))
        words = []
        for line in (*self.lines, self.whole):
            line.setData([], [])
        for k, name in enumerate(names):
            mark = k if FAMILY[task.config.model.kind].is_pairwise else marks[k]
            colour = theme.class_colour(mark).name()
            self.lines[k].setPen(plots.pen(self.plot, colour, 1.2))
            ink = theme.class_text(mark).name()
            words.append(f"<span style='color:{ink}'>■</span>&nbsp;{html(short(name))}")
        self._show_length(None)
        self._key.setText(" &nbsp; ".join(words))
        if self._lowest_of is not task:  # what is still being computed of it is forgotten
            self._lowest = None, None, ""
        self._show_lowest()
        self.noise_words.setText("")

    @property
    def _lowest_of(self) -> object:
        """The task whose optimum is known."""
        key, _, words = self._lowest
        return key[0] if isinstance(key, tuple) and words else None

    def _show_lowest(self) -> None:
        _, length, words = self._lowest
        self.words.setText(words)
        self.optimum_line.setVisible(length is not None)
        if length is not None:
            self.optimum_line.setValue(length)

    def _show_length(self, value: float | None) -> None:
        self.length.setText(f"‖W‖ = {'–' if value is None else format_plain(value, 3)}")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the path up to this snapshot, at most ten times a second."""
        self._snapshot = snapshot
        wait = self._shown_at + SECONDS - time.monotonic()
        if wait <= 0:
            self._show()
        elif not self._later.isActive():
            self._later.start(max(1, int(1000 * wait)))

    def _show(self) -> None:
        task, snapshot = self._task, self._snapshot
        if task is None or snapshot is None:
            return
        self._shown_at = time.monotonic()
        path = snapshot.path
        steps = path.steps.astype(np.float64)
        squares = np.square(path.W, dtype=np.float64).sum(axis=2)  # (points, outputs)
        is_seen = is_finite = np.isfinite(squares).all(axis=1)
        if self._is_log:  # which has no place for step 0
            is_seen = is_finite & (steps > 0)
        x = np.log10(steps[is_seen]) if self._is_log else steps[is_seen]
        whole = np.sqrt(squares[is_seen].sum(axis=1))
        self.whole.setData(x, whole)
        if squares.shape[1] > 1 and not task.config.model.hidden:
            for line, column in zip(self.lines, squares[is_seen].T, strict=False):
                line.setData(x, np.sqrt(column))
        newest = squares[is_finite][-1:]
        self._show_length(float(np.sqrt(newest.sum())) if len(newest) else None)
        self._ask_for_lowest(task, snapshot)
        self._ask_for_noise(task, snapshot)
        top = max(float(whole.max(initial=0.0)), 1e-3)
        lowest = self._lowest[1]
        if lowest is not None and lowest < 4 * top:
            top = max(top, lowest)
        self._fit(float(steps[-1]), _round_above(1.05 * top))

    def _fit(self, step: float, top: float) -> None:
        """Set axes that hold this step and this norm; they grow in jumps, and rarely."""
        last = FIRST_STEPS * 2 ** max(0, math.ceil(math.log2(max(step, 1) / FIRST_STEPS)))
        axes = last, top, self._is_log
        if axes == self._axes:
            return
        self._axes = axes
        right = math.log10(last) if self._is_log else last
        self.plot.setRange(xRange=(0, right), yRange=(0, top), padding=0)
        ticks = None
        if self._is_log:
            digits = (1, 2, 5) if last < CLOSE_TICKS else (1,)
            values = [d * 10**p for p in range(math.ceil(right)) for d in digits]
            ticks = [[(math.log10(n), format_integer(n)) for n in values if n <= last], []]
        self.plot.getPlotItem().getAxis("bottom").setTicks(ticks)

    def _ask_for_lowest(self, task: Task, snapshot: Snapshot) -> None:
        """Request ‖W‖ at the optimum, once per task and penalties."""
        settings = snapshot.settings
        wanted = task, settings.l2, settings.l1
        if self._lowest[0] == wanted:
            return
        if task.config.model.hidden:
            self._lowest = wanted, None, tr("With a hidden layer there is no one optimum.")
            self._show_lowest()
            return
        self._lowest = wanted, None, ""
        self._show_lowest()

        def work() -> tuple[float | None, str]:
            from core.explain.optimum import optimum

            found = optimum(task, settings.l2, settings.l1)
            if found.params is None:
                return None, found.words
            length = float(np.sqrt(np.square(found.params.W, dtype=np.float64).sum()))
            return length, tr(
                "Dashed: ‖W‖ = {length} at the lowest point of the loss.",
                length=format_plain(length, 3),
            )

        def answer(found: tuple[float | None, str]) -> None:
            self._lowest = (wanted, *found)
            self._show_lowest()

        self._background.ask("lowest norm", work, answer, queue=Queue.STUDIES)

    def _ask_for_noise(self, task: Task, snapshot: Snapshot) -> None:
        """Compare the gradient of the next batch with that of all rows, at most twice a second."""
        is_early = time.monotonic() < self._asked_at + NOISE_SECONDS
        if snapshot.status is Status.TRAINING and (is_early or self._background.is_busy("noise")):
            return
        rows, params = snapshot.batch, snapshot.params
        if not len(rows) or rows.max() >= task.dataset.n:
            return
        if len(rows) == len(task.train_rows) or snapshot.settings.rule.is_second_order:
            self.noise_words.setText(
                tr("Full batch: each step follows the whole gradient, no noise.")
            )
            return
        self._asked_at = time.monotonic()

        def work() -> str:
            from core.explain import curvature

            found = curvature.noise(task, params, rows)
            if found is None:
                return tr("Gradient noise: one of the gradients is zero.")
            full = tr("the full one")
            if found.sampled < len(task.train_rows):
                full = tr("the full one (of {rows})", rows=format_count(found.sampled, "row"))
            return tr(
                "Gradient noise: the gradient of the next batch of {examples} points {degrees}° "
                "away from {full} and is {ratio} times as long. Signal-to-noise {signal}: the full "
                "gradient over the usual distance of such a batch's from it.",
                examples=format_count(found.rows, "example"),
                degrees=format_fixed(found.degrees, 0),
                full=full,
                ratio=format_fixed(found.ratio, 2),
                signal=format_plain(found.signal, 2),
            )

        self._background.ask("noise", work, self.noise_words.setText, queue=Queue.STUDIES)

    def _choose_scale(self, is_log: object) -> None:
        self._is_log = bool(is_log)
        self._show()


def _round_above(value: float) -> float:
    """Round up to 1, 1.5, 2, 3, 5 or 7 times a power of ten, so that the axis does not creep."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(d * power for d in (1, 1.5, 2, 3, 5, 7, 10) if d * power >= value))
