"""Loss and accuracy against the step, of the training and of the test rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from core.snapshot import Curves, Floats, Snapshot
from core.task import Task
from gui import look, plots
from gui.look import Theme
from gui.view import View

MARKS_WITH_WORDS = 2
SHOWN_MARKS = 40
DRAWN_POINTS = 400
FIRST_STEPS = 16
LOSS_FLOOR = 1e-12
ACCURACY_FLOORS = (0.0, 0.2, 0.4, 0.5, 0.6, 0.8)


@dataclass(frozen=True)
class Quantity:
    """What a curve view shows, and how."""

    title: str
    train: Callable[[Curves], Floats]
    test: Callable[[Curves], Floats]
    is_loss: bool

    def say(self, value: float) -> str:
        return f"{value:.4f}" if self.is_loss else f"{value:.1%}"


LOSS = Quantity("Loss (nats)", lambda c: c.train_loss, lambda c: c.test_loss, is_loss=True)
ACCURACY = Quantity(
    "Accuracy", lambda c: c.train_accuracy, lambda c: c.test_accuracy, is_loss=False
)


class CurveView(View):
    """One quantity of the training (solid) and the test rows (dashed) against the step.

    The axes grow by doubling, so that nothing creeps.
    """

    def __init__(self, theme: Theme, quantity: Quantity) -> None:
        super().__init__(theme)
        self._quantity = quantity
        self._curves: Curves | None = None
        self._drawn: object = None  # what the axes and colours as they are were drawn for
        self._x_max = FIRST_STEPS
        self._y_range = (0.0, 1.0)
        title = QLabel(quantity.title)
        title.setProperty("title", True)
        self._key = QLabel()
        self._key.setProperty("small", True)
        self._key.setTextFormat(Qt.TextFormat.RichText)
        header = QHBoxLayout()
        header.setSpacing(6)
        header.addWidget(title)
        header.addStretch(1)
        header.addWidget(self._key)
        self.log_button = QPushButton("log")
        self.log_button.setProperty("quiet", True)
        self.log_button.setCheckable(True)
        self.log_button.setToolTip("Logarithmic loss axis: equal factors take equal heights")
        self.log_button.setAccessibleName("Logarithmic loss axis")
        self.log_button.toggled.connect(self._set_log)
        self.log_button.setVisible(quantity.is_loss)
        header.addWidget(self.log_button)

        self.plot = plots.make_plot(theme, moves_below=False)
        self.plot.setAccessibleName(f"{quantity.title} against the step")
        self.plot.getPlotItem().getViewBox().setMouseEnabled(False, False)
        self.plot.getPlotItem().showGrid(y=True, alpha=0.35)
        self.plot.viewport().installEventFilter(self)
        self.plot.setMouseTracking(True)
        self.test_curve = pg.PlotCurveItem(connect="finite")
        self.train_curve = pg.PlotCurveItem(connect="finite")
        self._guess = pg.PlotCurveItem()
        self._guess_label = pg.TextItem(anchor=(1, 0))
        self._mark_lines = pg.PlotCurveItem(connect="pairs")
        self._mark_labels = [pg.TextItem(anchor=(0, 0)) for _ in range(MARKS_WITH_WORDS)]
        for item in (self._guess, self._mark_lines, self.test_curve, self.train_curve):
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
        self.train_curve.setPen(plots.pen(self.plot, theme.accent, 1.6))
        self.test_curve.setPen(
            plots.pen(self.plot, theme.counter_accent, 1.6, Qt.PenStyle.DashLine)
        )
        self._guess.setPen(plots.pen(self.plot, theme.muted, 1, Qt.PenStyle.DotLine))
        self._mark_lines.setPen(plots.pen(self.plot, theme.muted, 1, Qt.PenStyle.DashLine))
        for label in (self._guess_label, *self._mark_labels):
            label.setFont(look.scaled(self.font(), look.SMALL))
            label.setColor(theme.muted)
        self._show_key()

    def show_task(self, task: Task) -> None:
        self._curves = self._drawn = None
        self._x_max = FIRST_STEPS
        if self._quantity.is_loss:
            self._guess_label.setText(f"ln {task.dataset.h}, guessing")
        for curve in (self.train_curve, self.test_curve, self._mark_lines):
            curve.setData([], [])
        for label in self._mark_labels:
            label.setVisible(False)
        self._show_key()
        self._fit()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        curves = snapshot.curves
        content = snapshot.metrics, curves.marks
        if content == self._drawn:
            return  # nothing has been measured since
        self._curves, self._drawn = curves, content
        if len(curves.step) and curves.step[-1] < self._x_max / 4:
            self._x_max = FIRST_STEPS
        self._fit()
        shown = _evenly(len(curves.step))
        step = curves.step[shown]
        self.train_curve.setData(step, self._y(self._quantity.train(curves)[shown]))
        test = self._y(self._quantity.test(curves)[shown])
        if np.isnan(test).any():  # no test rows
            self.test_curve.setData([], [])
        else:
            self.test_curve.setData(step, test)
        self._show_marks(curves)

    @property
    def is_log(self) -> bool:
        return self.log_button.isChecked()

    def _y(self, values: Floats) -> NDArray[np.float64]:
        """Return where the values are on the axis."""
        return np.log10(np.maximum(values, LOSS_FLOOR)) if self.is_log else values

    def _set_log(self, is_log: bool) -> None:
        self._drawn = None
        if self.snapshot:
            self.show_snapshot(self.snapshot)
        else:
            self._fit()

    def _fit(self) -> None:
        """Let the axes hold all points; they grow by doubling and by decades."""
        curves = self._curves
        last = int(curves.step[-1]) if curves is not None and len(curves.step) else 0
        while self._x_max < last:
            self._x_max *= 2
        guess = math.log(self.task.dataset.h) if self.task else 1.0
        values = np.array([guess])
        if curves is not None:
            both = [self._quantity.train(curves), self._quantity.test(curves)]
            values = (
                np.concatenate([values, *both]) if self._quantity.is_loss else np.concatenate(both)
            )
            values = values[np.isfinite(values)]
        elif not self._quantity.is_loss:
            values = np.zeros(1)
        self._y_range = self._range_for(values)
        self.plot.setRange(xRange=(0, self._x_max), yRange=self._y_range, padding=0)
        item = self.plot.getPlotItem()
        item.getAxis("bottom").setTicks([_step_ticks(self._x_max), []])
        item.getAxis("left").setTicks([self._value_ticks(), []])
        if self._quantity.is_loss:
            y = float(self._y(np.array([guess]))[0])
            self._guess.setData([0, self._x_max], [y, y])
            self._guess_label.setPos(self._x_max, y)

    def _range_for(self, values: NDArray[np.float64]) -> tuple[float, float]:
        low, high = float(values.min()), float(values.max())
        if not self._quantity.is_loss:
            floor = max(floor for floor in ACCURACY_FLOORS if floor <= low)
            return floor - 0.06, 1.06
        if self.is_log:
            bottom = math.floor(math.log10(max(low, LOSS_FLOOR)) - 1e-9)
            return bottom, max(math.ceil(math.log10(high) * 2) / 2 + 0.25, bottom + 1)
        top = 1.25 * math.log(self.task.dataset.h if self.task else 2)
        while top < high:
            top *= 2
        return -0.06 * top, top

    def _value_ticks(self) -> list[tuple[float, str]]:
        """Return three or so places on the value axis with their labels."""
        low, high = self._y_range
        if not self._quantity.is_loss:
            return [(share, f"{share:.0%}") for share in (low + 0.06, (low + 1.06) / 2, 1.0)]
        if self.is_log:
            stride = max(1, math.ceil((high - low) / 4))
            powers = range(math.ceil(low), math.floor(high) + 1, stride)
            return [(power, f"{10.0**power:g}") for power in powers]
        spacing = 10 ** math.floor(math.log10(high / 2))
        while high / spacing > 4:
            spacing *= 2 if round(spacing / 10 ** math.floor(math.log10(spacing))) != 2 else 2.5
        return [(k * spacing, f"{k * spacing:g}") for k in range(int(high / spacing) + 1)]

    def _show_marks(self, curves: Curves) -> None:
        marks = curves.marks[-SHOWN_MARKS:]
        bottom, top = self._y_range
        x = np.repeat([float(mark.step) for mark in marks], 2)
        self._mark_lines.setData(x, np.tile([bottom, top], len(marks)))
        if not self._quantity.is_loss:
            return
        height = top - bottom
        for i, label in enumerate(self._mark_labels):
            label.setVisible(i < len(marks))
            if i < len(marks):
                mark = marks[-1 - i]
                right_half = mark.step > self._x_max / 2
                label.setAnchor((1 if right_half else 0, 0))
                label.setText(mark.text)
                label.setPos(mark.step, top - height * (0.36 + 0.15 * i))

    def _show_key(self, words: str = "") -> None:
        theme = self.theme
        has_test = self.task is None or len(self.task.test_rows) > 0
        test = (
            f' &nbsp;<span style="color:{theme.counter_accent}">╌╌</span> test' if has_test else ""
        )
        self._key.setText(words or f'<span style="color:{theme.accent}">━━</span> train{test}')

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.plot.viewport():
            if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
                self._read_out(event)
            elif event.type() == QEvent.Type.Leave:
                self._show_key()
        return super().eventFilter(watched, event)

    def _read_out(self, event: QMouseEvent) -> None:
        """Say the values of the measured step nearest to the pointer."""
        curves = self._curves
        if curves is None or not len(curves.step):
            return
        scene = self.plot.mapToScene(event.position().toPoint())
        step = self.plot.getPlotItem().getViewBox().mapSceneToView(scene).x()
        i = int(np.abs(curves.step - step).argmin())
        quantity = self._quantity
        words = f"step {curves.step[i]:,} · train {quantity.say(quantity.train(curves)[i])}"
        test = quantity.test(curves)[i]
        if math.isfinite(test):
            words += f" · test {quantity.say(test)}"
        self._show_key(words)


def _evenly(count: int) -> NDArray[np.int64]:
    """Return at most DRAWN_POINTS of `count` indices, first and last among them.

    Stroking 1,000 noisy points took 20 ms, 300 took 4 ms.
    """
    return np.unique(np.linspace(0, count - 1, min(count, DRAWN_POINTS)).astype(np.int64))


def _step_ticks(last: int) -> list[tuple[float, str]]:
    """Return the quarters of the step axis; the last one names the unit."""
    quarters = [(last * k / 4, f"{last * k // 4:,}") for k in range(4)]
    return [*quarters[:3], (quarters[3][0], f"{quarters[3][1]} steps")]
