"""The visible steps of a run, and how mouse and keys change them."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QSinglePointEvent, QWheelEvent
from PySide6.QtWidgets import QPushButton

from core.language import tr
from gui.kit import plots
from gui.kit.fields import kept
from gui.kit.shortcuts import direction
from gui.kit.theme import Theme

FIRST_STEPS = 16
LEAST_SPAN = 8  # steps: the closest zoom
ZOOM = 1.25  # per notch of the wheel
MOVE = 0.25  # of the visible steps, per press of an arrow key
READ = 0.02  # of the visible steps, per press of an arrow key with Shift


class StepNavigation(QObject):
    """Zooms and pans the step axis of a plot; the axis of a whole run grows by doubling.

    At first the whole run is visible. The wheel zooms, a drag moves, a double click or the button
    on the plot shows the whole run. The pointer points at a step, and so do arrow keys with Shift.
    """

    changed = Signal()  # other steps are visible
    pointed = Signal(float)  # this step is pointed at
    left = Signal()  # no step is pointed at any more

    def __init__(self, plot: plots.Plot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._viewport = plot.viewport()  # kept: must not be requested while the plot is destroyed
        self._end = FIRST_STEPS  # of the axis of the whole run
        self.newest = 0  # step
        self._part: tuple[float, float] | None = None
        self._dragged_from: tuple[float, tuple[float, float]] | None = None
        self._read_line = pg.InfiniteLine(angle=90)  # at the step that keys point at
        self._read_line.hide()
        plot.addItem(self._read_line, ignoreBounds=True)
        self.whole_button = QPushButton(tr("all"), plot)  # on the plot, so that nothing moves
        self.whole_button.setProperty("quiet", True)
        self.whole_button.setToolTip(tr("Show the whole run again (Home, double click)"))
        self.whole_button.setAccessibleName(tr("all: show the whole run"))
        self.whole_button.clicked.connect(lambda: self.zoom(None))
        self.whole_button.hide()
        plot.getPlotItem().getViewBox().setMouseEnabled(False, False)
        plot.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        plot.setMouseTracking(True)
        for watched in (plot, self._viewport):
            watched.installEventFilter(self)

    @property
    def steps_in_sight(self) -> tuple[float, float]:
        return self._part or (0.0, float(self._end))

    @property
    def shows_part(self) -> bool:
        """Whether the axis is zoomed into a part of the run."""
        return self._part is not None

    def zoom(self, steps: tuple[float, float] | None) -> None:
        """Show these steps, or the whole run as it grows for None."""
        if steps is not None:
            span = max(steps[1] - steps[0], LEAST_SPAN)
            if span >= self._end:
                steps = None
            else:
                low = min(max(steps[0], 0.0), self._end - span)
                steps = low, low + span
        self._set_part(steps)
        self.changed.emit()

    def describe(self) -> str:
        """Return the steps that are zoomed into, as “20.5 84”; "" for the whole run."""
        return "" if self._part is None else kept.written(self._part)

    def show(self, words: str) -> None:
        """Zoom into these steps, in the form of `describe`; words of another form do nothing."""
        if found := kept.ends(words, 1):
            self.zoom(found[0])

    def restart(self) -> None:
        """Show the whole of a new run."""
        self._end = FIRST_STEPS
        self._read_line.hide()
        self._set_part(None)

    def has_begun_again(self, before: int, newest: int) -> bool:
        """Return whether a run whose newest step was `before` seems to have been restarted."""
        return newest < min(self._end / 4, before)

    def follow(self, before: int, newest: int, furthest: int) -> None:
        """Extend the axis to the furthest step; follow the newest by leaps if it was visible.

        before : the step that was the newest until now.
        """
        self.newest = newest
        while self._end < max(newest, furthest):
            self._end *= 2
        if self._part is None:
            return
        low, high = self._part
        if low <= before <= high < newest:
            half = (high - low) / 2
            leap = math.ceil((newest - high) / half) * half
            self._part = low + leap, high + leap

    def _set_part(self, steps: tuple[float, float] | None) -> None:
        self._part = steps
        self.whole_button.setVisible(steps is not None)
        self._place_button()

    def _place_button(self) -> None:
        button = self.whole_button
        button.adjustSize()
        button.move(self._plot.width() - button.width() - 10, 8)
        button.raise_()

    def _zoom_by(self, factor: float, at: float) -> None:
        """Show fewer (factor < 1) or more steps around the step `at`, which stays in place."""
        low, high = self.steps_in_sight
        factor = max(factor, LEAST_SPAN / (high - low))
        self.zoom((at - (at - low) * factor, at + (high - at) * factor))

    def set_theme(self, theme: Theme) -> None:
        self._read_line.setPen(plots.pen(self._plot, theme.muted, 1, Qt.PenStyle.DashLine))

    def _read_by(self, share: float) -> None:
        """Point at the newest step, or this share of the visible ones away from the last such."""
        low, high = self.steps_in_sight
        line, by = self._read_line, share * (high - low)
        by = math.copysign(max(abs(by), 1.0), by)
        step = line.value() + by if line.isVisible() else min(self.newest, high)
        step = min(max(round(step), 0), self.newest)
        if not low <= step <= high:
            self.zoom((low + by, high + by))
        line.setPos(step)
        line.show()
        self.pointed.emit(float(step))

    def _end_reading(self) -> None:
        self._read_line.hide()
        self.left.emit()

    def _move_by(self, share: float) -> None:
        low, high = self.steps_in_sight
        by = share * (high - low)
        if self._part is not None:
            self.zoom((low + by, high + by))

    # Mouse and keys ---------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._plot and isinstance(event, QKeyEvent):
            return kind == QEvent.Type.KeyPress and self._press_key(event)
        if watched is self._plot and kind == QEvent.Type.FocusOut:
            self._end_reading()
        if watched is self._plot and kind == QEvent.Type.Resize:
            self._place_button()
        if watched is self._viewport:
            if isinstance(event, QWheelEvent):
                self._zoom_by(ZOOM ** (-event.angleDelta().y() / 120), self._step_at(event))
                return True
            if kind == QEvent.Type.Leave:
                self.left.emit()
            elif isinstance(event, QMouseEvent):
                return self._use_mouse(event)
        return super().eventFilter(watched, event)

    def _use_mouse(self, event: QMouseEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseButtonDblClick:
                self.zoom(None)
            case QEvent.Type.MouseButtonPress:
                self._dragged_from = event.position().x(), self.steps_in_sight
            case QEvent.Type.MouseButtonRelease:
                self._dragged_from = None
            case QEvent.Type.MouseMove:
                self._read_line.hide()
                self.pointed.emit(self._step_at(event))
                if self._dragged_from is not None and self._part is not None:
                    x, (low, high) = self._dragged_from
                    width = self._plot.getPlotItem().getViewBox().width()
                    by = (x - event.position().x()) * (high - low) / width
                    self.zoom((low + by, high + by))
        return event.type() != QEvent.Type.MouseMove

    def _press_key(self, event: QKeyEvent) -> bool:
        low, high = self.steps_in_sight
        by = direction(event)
        if by is not None and by[0] and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._read_by(by[0] * READ)
            return True
        match event.key():
            case Qt.Key.Key_Up:
                self._zoom_by(1 / ZOOM, (low + high) / 2)
            case Qt.Key.Key_Down:
                self._zoom_by(ZOOM, (low + high) / 2)
            case Qt.Key.Key_Left:
                self._move_by(-MOVE)
            case Qt.Key.Key_Right:
                self._move_by(MOVE)
            case Qt.Key.Key_Home:
                self.zoom(None)
            case _:
                return False
        return True

    def _step_at(self, event: QSinglePointEvent) -> float:
        """Return the step under the pointer."""
        scene = self._plot.mapToScene(event.position().toPoint())
        return float(self._plot.getPlotItem().getViewBox().mapSceneToView(scene).x())
