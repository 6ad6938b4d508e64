"""Loss and accuracy against the step, of the training and of the test rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout

from core.data.shown_task import training_rows
from core.data.task import Task
from core.language import localised, tr
from core.model_family import FAMILY, guessing
from core.number_format import format_integer
from core.runs.run_record import Record, same_data
from core.train.history import SAMPLE, Curves, Floats, Mark
from core.train.outcome import Fall
from core.train.snapshot import Metrics, Snapshot, Status
from gui.kit import described, plots, zoom
from gui.kit import theme as look
from gui.kit.answer.plot_layer import AnswerLayer, layer_over
from gui.kit.axes import StepAxis, ValueAxis
from gui.kit.described import point_out
from gui.kit.fields import kept
from gui.kit.layouts import add_layout
from gui.kit.theme import Theme
from gui.kit.view import CardView
from gui.stage.curves.annotations import EditMarks, GuessLine
from gui.stage.curves.divergence_curve import FallCurve
from gui.stage.curves.expected_curve import ExpectedCurve
from gui.stage.curves.kept_curves import KeptCurves
from gui.stage.curves.line_key import LineKey
from gui.stage.curves.navigation import StepNavigation
from gui.stage.curves.quantity import Quantity
from gui.stage.curves.readout import Readout, format_values
from gui.stage.curves.series import Series
from gui.stage.curves.value_scale import ValueScale

COLUMNS = 300  # stroking 1,000 noisy points took 20 ms, 300 took 4 ms
NOTICEABLE_PX = 1.0  # least growth of a curve for it to be drawn again


class CurveView(CardView):
    """One quantity of training (solid), test (dashed) and validation rows (dotted) by the step.

    The axes grow by doubling, so that nothing creeps. The divergence of a run stays visible,
    above a break of the axis where the loss is too large for it.
    """

    def __init__(self, theme: Theme, quantity: Quantity) -> None:
        super().__init__(theme, tr(quantity.title))
        self.setAccessibleName(tr(quantity.title))
        self.quantity = self._quantity = quantity
        self._curves: Curves | None = None
        # What is drawn: metrics, marks, status, and the newest step.
        self._drawn: tuple[Metrics, tuple[Mark, ...], Status] | None = None
        self._drawn_step = 0
        self._axes: object = None  # the current settings of the axes
        self._scale = ValueScale(quantity)
        self._read_at = 0.0
        self.key = LineKey()
        self.log_button = QPushButton(tr("log"))
        self.log_button.setProperty("quiet", True)
        self.log_button.setToolTip(tr("Logarithmic loss axis: equal factors take equal heights"))
        self.log_button.setCheckable(True)
        self.log_button.setAccessibleName(tr("Logarithmic loss axis"))
        self.log_button.toggled.connect(self._set_log)
        if not quantity.is_loss:
            self.log_button.hide()
        axes = {"left": ValueAxis(is_share=not quantity.is_loss), "bottom": StepAxis()}
        self.plot = plots.make_plot(theme, moves_below=False, axes=axes)
        self.plot.setAccessibleName(tr("{quantity} against the step", quantity=tr(quantity.title)))
        self.plot.getPlotItem().showGrid(y=True, alpha=0.35)
        self.navigation = StepNavigation(self.plot)
        self.navigation.changed.connect(self._draw)
        self.navigation.pointed.connect(self._read_out)
        self.reading = Readout(self)
        self.navigation.left.connect(self._end_reading)
        self.test, self.validation, self.train = (Series(self.plot) for _ in range(3))
        # The shown step, if the run went on after it.
        self.step_line = pg.InfiniteLine(angle=90)
        self.step_line.hide()
        self.plot.addItem(self.step_line, ignoreBounds=True)
        self.fall = FallCurve(self.plot)
        self.guess = GuessLine(self.plot)
        self.marks = EditMarks(self.plot, has_words=quantity.is_loss)
        self.kept = KeptCurves(self.plot, quantity)
        self._answer_layer: AnswerLayer | None = None
        self.expected = ExpectedCurve(self.plot)
        self._lay_out()
        self.show_theme()

    @property
    def kept_choices(self) -> dict[str, kept.Kept]:
        log = {"log": kept.switch(self.log_button)} if self._quantity.is_loss else {}
        return {**log, "steps": kept.Kept(self.navigation.describe, self.navigation.show)}

    def _lay_out(self) -> None:
        self.header.addStretch(1)
        self.header.addWidget(self.key)
        self.header.addWidget(self.log_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 6)
        layout.setSpacing(2)
        add_layout(layout, self.header)
        layout.addWidget(self.plot, 1)
        self.setMinimumHeight(96)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_key()

    def _place_key(self) -> None:
        """Put the key into the header if it fits there, else below it."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        margins, is_there = layout.contentsMargins(), self.header.indexOf(self.key) >= 0
        self.header.invalidate()  # a layout within another keeps the size of earlier texts
        needed = self.header.sizeHint().width()
        if not is_there:
            needed += self.header.spacing() + self.key.sizeHint().width()
        is_above = needed <= self.width() - margins.left() - margins.right()
        if is_above == is_there:
            return
        (layout if is_above else self.header).removeWidget(self.key)
        if is_above:
            self.header.insertWidget(2, self.key)  # after title and stretch
        else:
            layout.insertWidget(1, self.key)

    def present(self, is_on: bool) -> None:
        self.log_button.setVisible(self._quantity.is_loss and not is_on)
        if self._answer_layer is not None:
            self._answer_layer.present(is_on)

    def show_theme(self) -> None:
        theme, self._drawn, self._axes = self.theme, None, None
        plots.paint(self.plot, theme)
        self.train.set_colour(theme.accent, Qt.PenStyle.SolidLine)
        self.test.set_colour(theme.counter_accent, Qt.PenStyle.DashLine)
        self.validation.set_colour(theme.ink, Qt.PenStyle.DotLine)
        self.step_line.setPen(plots.pen(self.plot, theme.ink, 1.4))
        self.fall.set_theme(theme)
        font = zoom.font(look.SMALL)
        self.guess.set_theme(theme, font)
        self.marks.set_theme(theme, font)
        self.reading.set_theme(theme)
        self.navigation.set_theme(theme)
        self.expected.set_theme(theme)
        if self._answer_layer is not None:
            self._answer_layer.set_theme(theme)
        self._show_key()

    def show_kept(self, records: Sequence[Record]) -> None:
        """Draw these runs as thin lines beside the shown one."""
        self.kept.set_records(records)
        self._axes = None
        self._show_key()
        self._follow(self._drawn_step)
        self._draw()

    def show_task(self, task: Task) -> None:
        self._curves = self._drawn = None
        self.step_line.setVisible(False)
        self.fall.clear()
        if self.snapshot is None:  # else the same run in other colours or sizes
            self._drawn_step = 0
            self.expected.set(0, None)
            self.navigation.restart()
        # Before the axis is made: runs on other data would stretch it.
        self.kept.set_records([r for r in self.kept.records if same_data(r.task, task)])
        self._follow(self._drawn_step)
        if self._quantity.is_loss:
            kind = FAMILY[task.config.model.kind]
            loss = tr(kind.loss)
            if kind.is_log_likelihood:
                loss = tr("Loss ({unit})", unit=tr(kind.unit))
            self.title.setText(f"{loss[:1].upper()}{loss[1:]}")
            known = guessing(kind.name, task.dataset.h)
            self._scale.guess = known[0] if known else None
            self.guess.label.setText(tr("{loss}, guessing", loss=known[1]) if known else "")
            self._axes = None
        self._scale.classes = task.dataset.h
        for series in (self.train, self.test, self.validation):
            series.clear()
        self.marks.clear()
        self._show_key()
        self.reading.hide()
        self._draw()

    def show_points(self, task: Task) -> None:
        self._scale.classes = task.dataset.h

    def show_snapshot(self, snapshot: Snapshot) -> None:
        curves = snapshot.curves
        if snapshot.is_past or self.step_line.isVisible():
            self.step_line.setVisible(snapshot.is_past)
            self.step_line.setPos(snapshot.step)
        content = snapshot.metrics, curves.marks, snapshot.status
        if content == self._drawn:
            return  # nothing has been measured since
        newest = max(curves.last_step, 0)
        low, high = self.navigation.steps_in_sight
        grown = (newest - self._drawn_step) * self.plot.width() / (high - low)
        is_same = self._drawn is not None and self._drawn[1:] == content[1:]
        is_training = snapshot.status is Status.TRAINING
        if is_training and is_same and 0 <= grown < NOTICEABLE_PX:
            return
        if self.navigation.has_begun_again(self._drawn_step, newest):
            self.navigation.restart()
        before, self._drawn_step = self._drawn_step, newest
        self._curves, self._drawn = curves, content
        self._follow(before)
        self._draw()
        if not is_training and self.reading.isVisible():
            self._read_out(self._read_at)  # at rest the metrics are exact

    def _follow(self, before: int) -> None:
        """Extend the step axis to hold all runs; `before` was the newest step until now."""
        furthest = self._curves.furthest_step if self._curves else 0
        others = self.kept.last_step, self.expected.last_step
        self.navigation.follow(before, self._drawn_step, max(furthest, *others))

    def _draw(self) -> None:
        """Draw the visible part of the curves."""
        curves, quantity, sight = self._curves, self._quantity, self.navigation.steps_in_sight
        if curves is None:
            self._fit(np.array([]), None)
        else:
            shown = {quantity.train: self.train, quantity.test: self.test}
            if self.task is not None and len(self.task.validation_rows):
                shown[quantity.validation] = self.validation
            strips = curves.strips(tuple(shown), *sight, COLUMNS)
            seen = np.concatenate([part for strip in strips for part in (strip.low, strip.high)])
            self._fit(seen, curves.fall)
            for series, strip in zip(shown.values(), strips, strict=True):
                series.show(strip, self._scale.place)
            self._show_fall(curves.fall)
            others = self.guess.label, self.fall.words
            self.marks.show(curves.marks, sight, self._scale.range, others)
        self.kept.draw(self.theme, sight, self._scale.place, self._scale.is_log)
        self.expected.draw(self._scale.place)

    @property
    def answer_layer(self) -> AnswerLayer:
        """The layer on which a person answers; made when it is first asked for."""
        if self._answer_layer is None:
            self._answer_layer = layer_over(self.plot, self.theme, self.layout())
            self._answer_layer.present(self.is_presented)
        return self._answer_layer

    def expect(self, last_step: int, drawn: Floats | None = None) -> None:
        """Make room for so many steps; draw the curve (n, 2) that a person expects, if any."""
        self.expected.set(last_step, drawn)
        self._axes = None
        self._follow(self._drawn_step)
        self._draw()

    def positions_of(self, values: Floats) -> Floats:
        """Return values of the quantity, (n,), as heights of the plot."""
        return self._scale.place(values)

    def values_at(self, positions: Floats) -> Floats:
        """Return heights of the plot, (n,), as values of the quantity."""
        return np.power(10.0, positions) if self._scale.is_log else positions

    def _fit(self, seen: Floats, fall: Fall | None) -> None:
        """Fit the axes to the visible values."""
        sight, is_part = self.navigation.steps_in_sight, self.navigation.shows_part
        scale = self._scale
        fallen = None
        if fall is not None:
            is_in_sight = (sight[0] <= fall.steps) & (fall.steps <= sight[1])
            names = self._quantity.train, self._quantity.test
            fallen = np.concatenate([fall.series[name][is_in_sight] for name in names])
        scale.fit(seen, self.kept.values(sight), fallen, is_part=is_part)
        axes = sight, scale.range, scale.broken_at, scale.is_log, scale.guess
        if axes == self._axes:
            return
        self._axes = axes
        self.plot.setRange(xRange=sight, yRange=scale.range, padding=0)
        axis, first = self.plot.getPlotItem().getAxis("left"), scale.first_tick
        axis.set_break(scale.broken_at)
        axis.setLogMode(scale.is_log)
        levels = None if first is None or is_part else [((1 - first) / 2, first)]
        axis.setTickSpacing(levels=levels)
        if self._quantity.is_loss:
            is_known = scale.guess is not None
            y = float(scale.place(np.array([scale.guess]))[0]) if is_known else None
            self.guess.show(y, sight, scale.range)

    def _show_fall(self, fall: Fall | None) -> None:
        if fall is None:
            self.fall.clear()
            return
        quantity, sight = self._quantity, self.navigation.steps_in_sight
        train, test = fall.series[quantity.train], fall.series[quantity.test]
        is_finite = np.isfinite(train[-1])
        loss = localised(f"{train[-1]:.3g}") if is_finite else tr("no number")
        text = tr("step {step}: {loss}", step=format_integer(fall.failed), loss=loss)
        text = text if quantity.is_loss else ""
        self.fall.show(fall, train, test, self._scale.place, sight, text)
        self.fall.show_break(self._scale.broken_at, sight)

    def _set_log(self, is_log: bool) -> None:
        self._scale.is_log, self._drawn = is_log, None
        if self.snapshot:
            self.show_snapshot(self.snapshot)
        else:
            self._draw()

    def _show_key(self) -> None:
        self.key.show_lines(self.theme, self.task, self.kept.records)
        self._place_key()

    def _read_out(self, step: float) -> None:
        """Show the values of the measured step nearest to the pointer."""
        self._read_at = step
        if self._curves is None or self._curves.last_step < 0:
            return
        is_sampled = self.task is not None and training_rows(self.task) > SAMPLE
        metrics = self.snapshot.metrics if self.snapshot else None
        lines = format_values(self._curves, self._quantity, step, metrics, is_sampled=is_sampled)
        kept = self.kept.readings(self.theme, step)
        if described.is_covered(self):
            lines, kept = [lines[0], *map(described.covered, lines[1:])], []
        # On the side away from the pointer, and above rather than on the curves.
        at_left = step > sum(self.navigation.steps_in_sight) / 2
        self.reading.show_lines(lines, kept, at_left=at_left)
        point_out(self.plot, ", ".join(lines))

    def _end_reading(self) -> None:
        self.reading.hide()
        point_out(self.plot, "")
