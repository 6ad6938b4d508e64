"""Loss and accuracy against the step, of the training and of the test rows."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QSinglePointEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from core.data.task import Task
from core.model_family import FAMILY, guessing
from core.runs.run_record import Record
from core.train.divergence import Fall
from core.train.history import SAMPLE, Curves, Floats, Mark, Strip
from core.train.snapshot import Metrics, Snapshot, Status
from gui.kit import plots
from gui.kit import theme as look
from gui.kit.broken_axis import BAND, Break, find_break
from gui.kit.plain_text import as_tip
from gui.kit.theme import Theme
from gui.kit.training_sample import say_sample, sign_of
from gui.kit.view import View
from gui.stage.curves.divergence_curve import FallCurve
from gui.state.kept_runs import colour_of

MARKS_WITH_WORDS = 2
SHOWN_MARKS = 40
COLUMNS = 300  # stroking 1,000 noisy points took 20 ms, 300 took 4 ms
NOTICEABLE_PX = 1.0  # what a curve must have grown by to be drawn again
BAND_ALPHA = 56
KEPT_PX = 1.0  # wider or smoothed lines cost ten times as much on noisy curves
READ_RUNS = 6  # kept runs whose values are told at the pointer
FIRST_STEPS = 16
LEAST_SPAN = 8  # steps, and no closer
ZOOM = 1.25  # a notch of the wheel
LOSS_FLOOR = 1e-12
LOW = 0.3  # of the height: words have no room below a line that lies lower
ACCURACY_FLOORS = (0.0, 0.2, 0.4, 0.5, 0.6, 0.8)


@dataclass(frozen=True)
class Quantity:
    """What a curve view shows, and how."""

    title: str
    train: str
    test: str
    validation: str
    is_loss: bool

    def say(self, value: float) -> str:
        if math.isinf(value):
            return "no number"
        if self.is_loss:
            return f"{value:.4f}" if value < 1e4 else f"{value:.3g}"
        return f"{value:.1%}"


LOSS = Quantity("Loss (nats)", "train_loss", "test_loss", "validation_loss", is_loss=True)
ACCURACY = Quantity(
    "Accuracy", "train_accuracy", "test_accuracy", "validation_accuracy", is_loss=False
)


class _Series:
    """A curve: the mean line, and behind it a band from the lowest to the highest value."""

    def __init__(self, plot: plots.Plot) -> None:
        self.band = plots.Band(plot)
        self.line = plots.Line(plot)

    def set_colour(self, plot: plots.Plot, colour: str, style: Qt.PenStyle) -> None:
        self.line.setPen(plots.pen(plot, colour, 1.6, style))
        faint = QColor(colour)
        faint.setAlpha(BAND_ALPHA)
        self.band.setBrush(faint)

    def show(self, strip: Strip, y: Callable[[Floats], Floats]) -> None:
        """Draw the strip; what has no figures is not there."""
        has_figures = np.isfinite(strip.mean)
        if not has_figures.any():
            self.clear()
            return
        self.line.setData(strip.step, y(strip.mean))
        step, low, high = (a[has_figures] for a in (strip.step, y(strip.low), y(strip.high)))
        if np.array_equal(low, high):
            self.band.clear()
        else:
            self.band.show_between(step, low, high)

    def clear(self) -> None:
        self.line.setData([], [])
        self.band.clear()


class CurveView(View):
    """One quantity of training (solid), test (dashed) and validation rows (dotted) by the step.

    The axes grow by doubling, so that nothing creeps. The wheel zooms into the steps, a drag
    moves along them, a double click shows the whole run again. How a run diverged stays in sight,
    above a break of the axis where the loss became too large for it.
    """

    def __init__(self, theme: Theme, quantity: Quantity) -> None:
        super().__init__(theme)
        self._quantity = quantity
        self._curves: Curves | None = None
        # What is drawn: the figures, the marks, the status, and the newest step.
        self._drawn: tuple[Metrics, tuple[Mark, ...], Status] | None = None
        self._drawn_step = 0
        self._furthest_step = 0  # of the run and of its falls
        self._break: Break | None = None
        self._endless = 1.0  # where a logarithmic axis has what is no number
        self._x_max = FIRST_STEPS
        self._zoom: tuple[float, float] | None = None  # steps in sight, if not the whole run
        self._dragged_from: tuple[float, tuple[float, float]] | None = None
        self._axes: object = None  # what the axes are set to
        self._marked: object = None  # marks that are shown, and on which axes
        self._y_range = (0.0, 1.0)
        self._kept: tuple[Record, ...] = ()
        self._kept_curves: list[pg.PlotCurveItem] = []
        self._kept_drawn: object = None  # what is drawn of them
        self._kept_seen: tuple[object, list[Floats]] = (None, [])
        self._title = title = QLabel(quantity.title)
        title.setProperty("title", True)
        self._guessing: tuple[float, str] | None = None
        self._key = QLabel()
        self._key.setProperty("small", True)
        self._key.setTextFormat(Qt.TextFormat.RichText)
        header = QHBoxLayout()
        header.setSpacing(6)
        header.addWidget(title)
        header.addStretch(1)
        header.addWidget(self._key)
        self.whole_button = _quiet_button("all", "Show the whole run again (Home, double click)")
        self.whole_button.setAccessibleName("Show the whole run")
        self.whole_button.clicked.connect(lambda: self.zoom(None))
        self.whole_button.hide()
        self.log_button = _quiet_button(
            "log", "Logarithmic loss axis: equal factors take equal heights"
        )
        self.log_button.setCheckable(True)
        self.log_button.setAccessibleName("Logarithmic loss axis")
        self.log_button.toggled.connect(self._set_log)
        if not quantity.is_loss:
            self.log_button.hide()
        header.addWidget(self.log_button)

        self.plot = plots.make_plot(theme, moves_below=False)
        self.plot.setAccessibleName(f"{quantity.title} against the step")
        self.plot.setAccessibleDescription(
            "Wheel or arrow keys up and down zoom, left and right move, Home shows the whole run"
        )
        self.plot.getPlotItem().getViewBox().setMouseEnabled(False, False)
        self.plot.getPlotItem().showGrid(y=True, alpha=0.35)
        self.plot.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.whole_button.setParent(self.plot)  # it lies on the plot, so that nothing moves
        self._reading = QLabel(self)  # over the header, in which it would need more room
        self._reading.setMargin(4)
        self._reading.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._reading.hide()
        self._read_at = 0.0
        for watched in (self.plot, self.plot.viewport()):
            watched.installEventFilter(self)
        self.plot.setMouseTracking(True)
        self._test, self._validation, self._train = (_Series(self.plot) for _ in range(3))
        self.test_curve, self.train_curve = self._test.line, self._train.line
        self.validation_curve = self._validation.line
        self._guess = pg.PlotCurveItem()
        self._guess_label = pg.TextItem(anchor=(1, 0))
        self._mark_lines = pg.PlotCurveItem(connect="pairs")
        self._cursor = pg.InfiniteLine(angle=90)  # the shown step, where the run went on after it
        self._cursor.hide()
        self.plot.addItem(self._cursor, ignoreBounds=True)
        self._mark_labels = [pg.TextItem(anchor=(0, 0)) for _ in range(MARKS_WITH_WORDS)]
        self.fall = FallCurve(self.plot)
        for item in (self._guess, self._mark_lines):
            self.plot.addItem(item)
        for label in (self._guess_label, *self._mark_labels):
            self.plot.addItem(label, ignoreBounds=True)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 6)
        layout.setSpacing(2)
        layout.addLayout(header)
        layout.addWidget(self.plot, 1)
        self.setMinimumHeight(96)
        self.show_theme()

    def show_theme(self) -> None:
        theme, self._drawn = self.theme, None
        plots.paint(self.plot, theme)
        self._axes = self._marked = None
        self._train.set_colour(self.plot, theme.accent, Qt.PenStyle.SolidLine)
        self._test.set_colour(self.plot, theme.counter_accent, Qt.PenStyle.DashLine)
        self._validation.set_colour(self.plot, theme.ink, Qt.PenStyle.DotLine)
        self._guess.setPen(plots.pen(self.plot, theme.muted, 1, Qt.PenStyle.DotLine))
        self._cursor.setPen(plots.pen(self.plot, theme.ink, 1.4))
        self.fall.set_theme(theme)
        self._mark_lines.setPen(plots.pen(self.plot, theme.muted, 1, Qt.PenStyle.DashLine))
        for label in (self._guess_label, *self._mark_labels):
            label.setFont(look.scaled(self.font(), look.SMALL))
            label.setColor(theme.muted)
        self._reading.setFont(look.scaled(self.font(), look.SMALL))
        metrics = self._reading.fontMetrics()
        self._letter_px, self._line_px = metrics.horizontalAdvance("0"), 1.5 * metrics.height()
        self._reading.setStyleSheet(
            f"color: {theme.ink}; background: {theme.panel};"
            f"border: 1px solid {theme.line}; border-radius: 4px"
        )
        self._show_key()

    def show_kept(self, records: Sequence[Record]) -> None:
        """Draw these runs as thin lines beside the one that is shown."""
        self._kept = tuple(records)
        self._axes = self._kept_drawn = None
        self._show_key()
        self._follow(self._drawn_step, self._drawn_step)
        self._draw()

    def show_task(self, task: Task) -> None:
        self._curves = self._drawn = self._break = None
        self._drawn_step = self._furthest_step = 0
        self._x_max = FIRST_STEPS
        self._cursor.setVisible(False)
        self.fall.clear()
        self._follow(0, 0)
        if self._quantity.is_loss:
            kind = FAMILY[task.config.model.kind]
            self._title.setText(
                f"Loss ({kind.unit})" if kind.unit == "nats" else kind.loss.capitalize()
            )
            self._guessing = guessing(kind.name, task.dataset.h)
            self._guess_label.setText(f"{self._guessing[1]}, guessing" if self._guessing else "")
            self._axes = None
        self._train.clear()
        self._test.clear()
        self._validation.clear()
        self._marked = None
        self._mark_lines.setData([], [])
        for label in self._mark_labels:
            label.setVisible(False)
        self._show_key()
        self._reading.hide()
        self.zoom(None)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        curves = snapshot.curves
        if snapshot.is_past or self._cursor.isVisible():
            self._cursor.setVisible(snapshot.is_past)
            self._cursor.setPos(snapshot.step)
        content = snapshot.metrics, curves.marks, snapshot.status
        if content == self._drawn:
            return  # nothing has been measured since
        newest = max(curves.last_step, 0)
        low, high = self.steps_in_sight
        grown = (newest - self._drawn_step) * self.plot.width() / (high - low)
        same = (curves.marks, snapshot.status)
        is_training = snapshot.status is Status.TRAINING
        if (
            is_training
            and self._drawn is not None
            and same == self._drawn[1:]
            and 0 <= grown < NOTICEABLE_PX
        ):
            return
        if newest < min(self._x_max / 4, self._drawn_step):  # it begins again
            self._x_max = FIRST_STEPS
            self.zoom(None)
        self._furthest_step = curves.furthest_step
        self._follow(self._drawn_step, newest)
        self._curves, self._drawn, self._drawn_step = curves, content, newest
        self._draw()
        if snapshot.status is not Status.TRAINING and self._reading.isVisible():
            self._read_out(self._read_at)  # at rest the figures are better

    def _draw(self) -> None:
        """Draw what is in sight of the curves."""
        curves, quantity = self._curves, self._quantity
        if curves is None:
            self._fit(np.array([]))
            self._draw_kept()
            return
        shown = {quantity.train: self._train, quantity.test: self._test}
        if self.task is not None and len(self.task.validation_rows):
            shown[quantity.validation] = self._validation
        strips = curves.strips(tuple(shown), *self.steps_in_sight, COLUMNS)
        seen = np.concatenate([part for strip in strips for part in (strip.low, strip.high)])
        self._fit(self._with_fall(curves.fall, seen))
        for series, strip in zip(shown.values(), strips, strict=True):
            series.show(strip, self._y)
        self._show_fall(curves.fall)
        self._show_marks(curves.marks)
        self._draw_kept()

    def _with_fall(self, fall: Fall | None, seen: Floats) -> Floats:
        """Return all values for the axis to hold, and break it below those that are too large."""
        self._break = None
        if fall is None:
            return seen
        low, high = self.steps_in_sight
        is_in_sight = (low <= fall.steps) & (fall.steps <= high)
        names = self._quantity.train, self._quantity.test
        fallen = np.concatenate([fall.series[name][is_in_sight] for name in names])
        if not self._quantity.is_loss or not len(fallen):
            return np.append(seen, fallen)
        usual = np.concatenate([seen, *self._kept_values()])
        usual = np.append(usual[np.isfinite(usual)], self._guessing[0] if self._guessing else 0.0)
        if self.is_log:
            finite = np.append(seen, fallen[np.isfinite(fallen)])
            self._endless = 10 * float(np.nanmax(np.append(finite, usual)))
            return np.append(finite, self._endless) if np.isinf(fallen).any() else finite
        held, self._break = find_break(self._range_for(usual)[1], fallen)
        return np.append(seen, held)

    def _show_fall(self, fall: Fall | None) -> None:
        if fall is None:
            self.fall.clear()
            return
        quantity, sight = self._quantity, self.steps_in_sight
        train, test = fall.series[quantity.train], fall.series[quantity.test]
        loss = f"{train[-1]:.3g}" if np.isfinite(train[-1]) else "no number"
        words = f"step {fall.failed:,}: {loss}" if quantity.is_loss else ""
        self.fall.show(fall, train, test, self._y, sight, words)
        self.fall.show_break(self._break, sight)

    def _draw_kept(self) -> None:
        """Draw what is in sight of the kept runs, once; it is part of what does not move."""
        about = self.steps_in_sight, self.is_log, self._kept, self.theme
        if about == self._kept_drawn:
            return
        self._kept_drawn = about
        while len(self._kept_curves) < 2 * len(self._kept):
            item = pg.PlotCurveItem(antialias=False, connect="finite")
            item.setZValue(-5)
            self.plot.addItem(item, ignoreBounds=True)
            self._kept_curves.append(item)
        for item in self._kept_curves[2 * len(self._kept) :]:
            item.setData([], [])
        for k, record in enumerate(self._kept):
            colour = colour_of(self.theme, record.colour)
            strips = self._kept_strips(record)
            styles = Qt.PenStyle.SolidLine, Qt.PenStyle.DotLine
            for i, (strip, style) in enumerate(zip(strips, styles, strict=True)):
                item = self._kept_curves[2 * k + i]
                item.setPen(plots.pen(self.plot, colour, KEPT_PX, style))
                is_figure = np.isfinite(strip.mean)
                item.setData(strip.step[is_figure], self._y(strip.mean[is_figure]))

    def _kept_strips(self, record: Record) -> list[Strip]:
        names = self._quantity.train, self._quantity.test
        return record.curves.strips(names, *self.steps_in_sight, COLUMNS)

    def _kept_values(self) -> list[Floats]:
        """Return the values in sight of the kept runs."""
        about = self._kept, self.steps_in_sight
        if about != self._kept_seen[0]:
            values = [strip.mean for record in self._kept for strip in self._kept_strips(record)]
            self._kept_seen = about, values
        return self._kept_seen[1]

    # Which steps are in sight -----------------------------------------------------------------

    @property
    def steps_in_sight(self) -> tuple[float, float]:
        return self._zoom or (0.0, float(self._x_max))

    def zoom(self, steps: tuple[float, float] | None) -> None:
        """Show these steps, or None for the whole run as it grows."""
        if steps is not None:
            span = max(steps[1] - steps[0], LEAST_SPAN)
            if span >= self._x_max:
                steps = None
            else:
                low = min(max(steps[0], 0.0), self._x_max - span)
                steps = low, low + span
        self._zoom = steps
        self.whole_button.setVisible(steps is not None)
        self._place_button()
        self._draw()

    def _zoom_by(self, factor: float, at: float) -> None:
        """Show fewer (factor < 1) or more steps around the one that stays where it is."""
        low, high = self.steps_in_sight
        factor = max(factor, LEAST_SPAN / (high - low))
        self.zoom((at - (at - low) * factor, at + (high - at) * factor))

    def _move_by(self, share: float) -> None:
        low, high = self.steps_in_sight
        by = share * (high - low)
        if self._zoom is not None:
            self.zoom((low + by, high + by))

    def _follow(self, before: int, newest: int) -> None:
        """Let the axis hold the newest step; where it was in sight, follow it by leaps."""
        longest = max((record.curves.last_step for record in self._kept), default=0)
        while self._x_max < max(newest, longest, self._furthest_step):
            self._x_max *= 2
        if self._zoom is None:
            return
        low, high = self._zoom
        if low <= before <= high < newest:
            half = (high - low) / 2
            leap = math.ceil((newest - high) / half) * half
            self._zoom = low + leap, high + leap

    @property
    def is_log(self) -> bool:
        return self.log_button.isChecked()

    def _y(self, values: Floats) -> NDArray[np.float64]:
        """Return where the values are on the axis."""
        if self.is_log:
            values = np.where(np.isinf(values), self._endless, values)
            return np.log10(np.maximum(values, LOSS_FLOOR))
        return self._break.place(values) if self._break else values

    def _set_log(self, is_log: bool) -> None:
        self._drawn = None
        if self.snapshot:
            self.show_snapshot(self.snapshot)
        else:
            self._draw()

    def _fit(self, seen: Floats) -> None:
        """Let the axes hold the values in sight; for the whole run they grow by doubling."""
        low, high = self.steps_in_sight
        seen = np.concatenate([seen, *self._kept_values()])
        seen = seen[np.isfinite(seen)]
        guess = self._guessing[0] if self._guessing else 1.0
        if self._zoom is not None and len(seen):
            self._y_range = self._close_range(self._y(seen))
        elif self._quantity.is_loss:
            is_held = self._guessing is not None or not len(seen)
            self._y_range = self._range_for(np.append(seen, guess) if is_held else seen)
        else:
            self._y_range = self._range_for(seen if len(seen) else np.zeros(1))
        if self._break is not None:
            self._y_range = self._y_range[0], self._break.top
        letters = self.plot.width() // self._letter_px
        axes = low, high, self._y_range, self._break, self._lines, self.is_log, guess, letters
        if axes == self._axes:
            return
        self._axes = axes
        self.plot.setRange(xRange=(low, high), yRange=self._y_range, padding=0)
        item = self.plot.getPlotItem()
        item.getAxis("bottom").setTicks([_step_ticks(low, high, letters), []])
        item.getAxis("left").setTicks([self._value_ticks(), []])
        if self._quantity.is_loss:
            y = float(self._y(np.array([guess]))[0])
            is_in_sight = self._y_range[0] <= y <= self._y_range[1]
            is_there = self._guessing is not None
            self._guess.setData([low, high] if is_there else [], [y, y] if is_there else [])
            self._guess_label.setVisible(is_in_sight and is_there)
            is_low = y < self._y_range[0] + LOW * (self._y_range[1] - self._y_range[0])
            self._guess_label.setAnchor((1, 1 if is_low else 0))
            self._guess_label.setPos(high, y)

    def _close_range(self, values: NDArray[np.float64]) -> tuple[float, float]:
        """Return a range around the values of the part that is zoomed into."""
        low, high = float(values.min()), float(values.max())
        margin = 0.08 * (high - low) or 0.01 * max(abs(high), 1e-6)
        return low - margin, high + margin

    def _range_for(self, values: NDArray[np.float64]) -> tuple[float, float]:
        low, high = float(values.min()), float(values.max())
        if not self._quantity.is_loss:
            floor = max(floor for floor in ACCURACY_FLOORS if floor <= low)
            return floor - 0.06, 1.06
        if self.is_log:
            bottom = math.floor(math.log10(max(low, LOSS_FLOOR)) - 1e-9)
            top = math.ceil(math.log10(max(high, LOSS_FLOOR)) * 2) / 2 + 0.25
            return bottom, max(top, bottom + 1)
        # Data of a single class has no loss to show, and ln 1 would never double past one.
        top = 1.25 * math.log(max(self.task.dataset.h, 2) if self.task else 2)
        while top < high:
            top *= 2
        return -0.06 * top, top

    def _value_ticks(self) -> list[tuple[float, str]]:
        """Return three or so places on the value axis with their labels."""
        low, high = self._y_range
        if self._break is not None:
            whole = self._zoom is None
            ticks = (self._linear_ticks if whole else self._close_ticks)(low, self._break.start)
            every = math.ceil(len(ticks) / self._lines)
            return self._break.ticks(ticks[::-1][::every])
        if self._zoom is not None:
            return self._close_ticks(low, high)
        if not self._quantity.is_loss:
            return [(share, f"{share:.0%}") for share in (low + 0.06, (low + 1.06) / 2, 1.0)]
        if self.is_log:
            stride = max(1, math.ceil((high - low) / 4))
            powers = range(math.ceil(low), math.floor(high) + 1, stride)
            return [(power, f"{10.0**power:g}") for power in powers]
        return self._linear_ticks(low, high)

    @property
    def _lines(self) -> int:
        """How many lines of words have room beside an axis below its break."""
        height = self.plot.getPlotItem().getViewBox().height() / (1 + BAND)
        return max(1, int(height / self._line_px))

    def _linear_ticks(self, _: float, high: float) -> list[tuple[float, str]]:
        return [(place, f"{place:g}") for place in _round_places(0.0, high)]

    def _close_ticks(self, low: float, high: float) -> list[tuple[float, str]]:
        """Return round places between the ends, with as many digits as tell them apart."""
        places = _round_places(low, high)
        if self.is_log:
            return [(place, f"{10.0**place:.3g}") for place in places]
        spacing = places[1] - places[0] if len(places) > 1 else high - low
        digits = max(0, math.ceil(-math.log10(spacing) - 1e-9))
        if not self._quantity.is_loss:
            return [(place, f"{place:.{max(digits - 2, 0)}%}") for place in places]
        return [(place, f"{place:.{digits}f}") for place in places]

    def _show_marks(self, marks: tuple[Mark, ...]) -> None:
        if (marks, self._axes) == self._marked:
            return
        self._marked = marks, self._axes
        marks = marks[-SHOWN_MARKS:]
        bottom, top = self._y_range
        x = np.repeat([float(mark.step) for mark in marks], 2)
        self._mark_lines.setData(x, np.tile([bottom, top], len(marks)))
        if not self._quantity.is_loss:
            return
        height = top - bottom
        texts: dict[int, list[str]] = {}
        for mark in marks:
            texts.setdefault(mark.step, []).append(mark.text)
        newest = list(texts.items())[::-1]
        for i, label in enumerate(self._mark_labels):
            label.setVisible(i < len(newest))
            if i < len(newest):
                step, here = newest[i]
                right_half = step > sum(self.steps_in_sight) / 2
                label.setAnchor((1 if right_half else 0, 0))
                label.setText(", ".join(here[-MARKS_WITH_WORDS:]))
                label.setPos(step, top - height * (0.36 + 0.15 * i))

    def _show_key(self) -> None:
        theme = self.theme
        has_test = self.task is None or len(self.task.test_rows) > 0
        test = (
            f' &nbsp;<span style="color:{theme.counter_accent}">╌╌</span> test' if has_test else ""
        )
        if self.task is not None and len(self.task.validation_rows):
            test = f' &nbsp;<span style="color:{theme.ink}">┈┈</span> validation{test}'
        sample = say_sample(self.task) if self.task else ""
        train = "train ≈" if sample else "train"
        count = len(self._kept)
        colours = "".join(
            f'<span style="color:{colour_of(theme, r.colour)}">━</span>' for r in self._kept[:4]
        )
        kept = f" &nbsp;{colours}&nbsp;+{count}" if count else ""  # their names are at the pointer
        self._key.setText(f'<span style="color:{theme.accent}">━━</span> {train}{test}{kept}')
        names = (record.name for record in self._kept)
        self._key.setToolTip(as_tip("\n".join(filter(None, (sample, *names)))))

    # Mouse and keys ---------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self.plot and isinstance(event, QKeyEvent):
            return kind == QEvent.Type.KeyPress and self._press_key(event.key())
        if watched is self.plot and kind == QEvent.Type.Resize:
            self._place_button()
            self._draw()  # other labels may fit below the axis
        if watched is self.plot.viewport():
            if isinstance(event, QWheelEvent):
                self._zoom_by(ZOOM ** (-event.angleDelta().y() / 120), self._step_at(event))
                return True
            if kind == QEvent.Type.Leave:
                self._reading.hide()
            elif isinstance(event, QMouseEvent):
                return self._use_mouse(event)
        return super().eventFilter(watched, event)

    def _place_button(self) -> None:
        button = self.whole_button
        button.adjustSize()
        button.move(self.plot.width() - button.width() - 10, 8)
        button.raise_()

    def _use_mouse(self, event: QMouseEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseButtonDblClick:
                self.zoom(None)
            case QEvent.Type.MouseButtonPress:
                self._dragged_from = event.position().x(), self.steps_in_sight
            case QEvent.Type.MouseButtonRelease:
                self._dragged_from = None
            case QEvent.Type.MouseMove:
                self._read_out(self._step_at(event))
                if self._dragged_from is not None and self._zoom is not None:
                    x, (low, high) = self._dragged_from
                    width = self.plot.getPlotItem().getViewBox().width()
                    by = (x - event.position().x()) * (high - low) / width
                    self.zoom((low + by, high + by))
        return event.type() != QEvent.Type.MouseMove

    def _press_key(self, key: int) -> bool:
        low, high = self.steps_in_sight
        match key:
            case Qt.Key.Key_Up:
                self._zoom_by(1 / ZOOM, (low + high) / 2)
            case Qt.Key.Key_Down:
                self._zoom_by(ZOOM, (low + high) / 2)
            case Qt.Key.Key_Left:
                self._move_by(-0.25)
            case Qt.Key.Key_Right:
                self._move_by(0.25)
            case Qt.Key.Key_Home:
                self.zoom(None)
            case _:
                return False
        return True

    def _step_at(self, event: QSinglePointEvent) -> float:
        """Return the step under the pointer."""
        scene = self.plot.mapToScene(event.position().toPoint())
        return float(self.plot.getPlotItem().getViewBox().mapSceneToView(scene).x())

    def _read_out(self, step: float) -> None:
        """Say the values of the measured step nearest to the pointer."""
        curves, self._read_at = self._curves, step
        if curves is None or curves.last_step < 0:
            return
        quantity, say = self._quantity, self._quantity.say
        names = quantity.train, quantity.validation, quantity.test
        here = curves.strips(names, step, step, 8)
        i = int(np.abs(here[0].step - step).argmin())
        first, last = int(here[0].first[i]), int(here[0].last[i])
        lines = [f"step {last:,}" if first == last else f"steps {first:,}–{last:,}"]
        metrics = self.snapshot.metrics if self.snapshot else None
        for name, strip in zip(names, here, strict=True):
            kind = name.partition("_")[0]
            sign = "≈" if kind == "train" and self._is_sampled else ""
            low, mean, high = (float(a[i]) for a in (strip.low, strip.mean, strip.high))
            if metrics is not None and first == last == metrics.step:  # at rest these are exact
                low = mean = high = getattr(metrics, name)
                sign = sign and sign_of(metrics)
            if low < high:
                lines.append(f"{kind} mean {sign}{say(mean)} ({say(low)} … {say(high)})")
            elif math.isfinite(mean):
                lines.append(f"{kind} {sign}{say(mean)}")
        self._reading.setText(self._with_kept(lines, step) if self._kept else "\n".join(lines))
        self._reading.adjustSize()
        # On the side that the pointer is not on, and above rather than on the curves.
        is_left = step > sum(self.steps_in_sight) / 2
        self._reading.move(8 if is_left else self.width() - self._reading.width() - 8, 4)
        self._reading.raise_()
        self._reading.show()

    @property
    def _is_sampled(self) -> bool:
        """Whether the points of the training curve are of a sample of the rows."""
        return self.task is not None and len(self.task.train_rows) > SAMPLE

    def _with_kept(self, lines: list[str], step: float) -> str:
        """Return the lines, and below them the values of the kept runs at this step, as HTML."""
        words = [html.escape(line) for line in lines]
        for record in self._kept[:READ_RUNS]:
            here = record.curves.strips((self._quantity.train, self._quantity.test), step, step, 8)
            i = int(np.abs(here[0].step - step).argmin())
            figures = [float(strip.mean[i]) for strip in here]
            sign = "≈" if len(record.task.train_rows) > SAMPLE else ""
            metrics = record.metrics
            if here[0].first[i] == here[0].last[i] == metrics.step:
                figures = [
                    getattr(metrics, self._quantity.train),
                    getattr(metrics, self._quantity.test),
                ]
                sign = sign and sign_of(metrics)
            known = [self._quantity.say(v) for v in figures if math.isfinite(v)]
            said = sign + " / ".join(known)
            line = f'<span style="color:{colour_of(self.theme, record.colour)}">━━</span>'
            words.append(f"{line} {html.escape(record.name)}: {said}")
        if len(self._kept) > READ_RUNS:
            words.append(f"and {len(self._kept) - READ_RUNS} more")
        return "<br>".join(words)


def _quiet_button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("quiet", True)
    button.setToolTip(tip)
    return button


def _step_ticks(low: float, high: float, letters: int) -> list[tuple[float, str]]:
    """Return up to four places on the step axis, which is so long; the last one names the unit."""
    if low <= 0:
        places = [high * k / 4 for k in range(4)]
    else:
        places = [step for step in _round_places(low, high) if step == int(step)]
    letter = (high - low) / max(letters, 1)  # in steps
    width = (len(f"{high:,.0f}") + 2) * letter
    while len(places) > 2 and places[1] - places[0] < width:
        places = places[::2]
    unit = " steps"
    while len(places) > 1 and places[-1] + (width + len(unit) * letter) / 2 > high:
        places.pop()
    words = [f"{step:,.0f}" for step in places]
    words[-1] += unit
    return list(zip(places, words, strict=True))


def _round_places(low: float, high: float) -> list[float]:
    """Return two to five multiples of 1, 2 or 5 times a power of ten between the ends."""
    spacing = 10.0 ** math.floor(math.log10((high - low) / 2))
    while (high - low) / spacing > 4:
        spacing *= 2 if round(spacing / 10 ** math.floor(math.log10(spacing))) != 2 else 2.5
    count = range(math.ceil(low / spacing), math.floor(high / spacing) + 1)
    return [k * spacing for k in count]
