"""A slider for the learning rate, with a mark where steps begin to overshoot."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QStyle, QStyleOptionSlider, QWidget

from core.snapshot import Snapshot, Status
from core.task import Task
from gui import look
from gui.background import Background
from gui.look import Theme

LEAST, MOST = -4, 2  # powers of ten
NOTCHES = 30  # of a power
SECONDS = 1.0
SHARE = 50  # it waits so many times as long as finding the limit took
FACE_PX = 4.0
LIMITS = {  # of the rules that have one; see `curvature.stable_rate`
    "sgd": "2/λ_max",
    "momentum": "2(1 + μ)/λ_max",
    "nesterov": "2(1 + μ)/((1 + 2μ) λ_max)",
}


class _Slider(QSlider):
    """A slider over powers of ten with a triangle at a limit."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(LEAST * NOTCHES, MOST * NOTCHES)
        self.setPageStep(NOTCHES // 3)
        self.setMinimumWidth(90)
        self.limit: float | None = None
        self.theme: Theme = look.LIGHT

    def place(self, rate: float) -> float:
        """Return where on the slider a rate is, in pixels from the left."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style, control = self.style(), QStyle.ComplexControl.CC_Slider
        handle = style.subControlRect(control, option, QStyle.SubControl.SC_SliderHandle, self)
        half = handle.width() / 2
        share = (math.log10(rate) - LEAST) / (MOST - LEAST)
        return half + min(max(share, 0.0), 1.0) * (self.width() - 2 * half)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.limit is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.counter_accent))
        x, top = self.place(self.limit), self.height() / 2 + 5
        painter.drawPolygon(
            QPolygonF(
                [QPointF(x, top), QPointF(x - FACE_PX, top + 6), QPointF(x + FACE_PX, top + 6)]
            )
        )
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Scrolling the column must not change what the pointer happens to pass.
        event.ignore()


class RateSlider(QWidget):
    """The learning rate on a logarithmic slider; ▲ marks 2/λ_max of the loss's Hessian."""

    chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.slider = _Slider()
        self.slider.setAccessibleName("learning rate on a logarithmic scale")
        self.slider.valueChanged.connect(self._choose)
        self.limit_words = QLabel()
        self.limit_words.setProperty("small", True)
        width = self.limit_words.fontMetrics().horizontalAdvance("▲ 0.0000")
        self.limit_words.setFixedWidth(width)
        self.limit_words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.slider, 1)
        row.addWidget(self.limit_words)
        self._rate, self._rule = 0.1, "sgd"
        self._task: Task | None = None
        self._next_at = 0.0
        self.background: Background | None = None
        self._say()

    def set_theme(self, theme: Theme) -> None:
        self.slider.theme = theme
        self._say()

    def show_rate(self, rate: float) -> None:
        """Stand where this rate is."""
        self._rate = rate
        position = round(NOTCHES * min(max(math.log10(rate), LEAST), MOST))
        before = self.slider.blockSignals(True)
        self.slider.setValue(position)
        self.slider.blockSignals(before)
        self._say()

    def show_task(self, task: Task) -> None:
        """Forget the limit of another run."""
        self._task, self._next_at = task, 0.0
        self._set_limit(None)

    def offer_snapshot(self, snapshot: Snapshot) -> None:
        """Find the limit anew, now and then; nothing where the curvature is not known."""
        task, background = self._task, self.background
        if task is None or background is None or not self.isVisible():
            return
        settings = snapshot.settings
        is_still = snapshot.status is not Status.TRAINING
        if background.is_busy("curvature") or (time.monotonic() < self._next_at and not is_still):
            return
        self._rule = settings.optimiser
        if self._rule not in LIMITS or task.config.model.hidden or task.obstacle:
            background.forget("curvature")
            self._set_limit(None)
            return
        params = snapshot.params
        self._next_at = time.monotonic() + SECONDS

        def work() -> tuple[float | None, float]:
            from core import curvature

            begun = time.monotonic()
            found = None
            if curvature.has_curvature(task):
                bend = curvature.largest(task, params, settings.weight_decay)
                found = curvature.stable_rate(bend, settings.optimiser, settings.momentum)
            return found, time.monotonic() - begun

        def answer(found: tuple[float | None, float]) -> None:
            if self._task is task:
                self._next_at = time.monotonic() + max(SECONDS, SHARE * found[1])
                self._set_limit(found[0])

        background.ask("curvature", work, answer, _raise)

    @property
    def limit(self) -> float | None:
        """2/λ_max, where it is known."""
        return self.slider.limit

    def _set_limit(self, limit: float | None) -> None:
        self.slider.limit = limit
        self.slider.update()
        self._say()

    def _choose(self, position: int) -> None:
        rate = float(f"{10 ** (position / NOTCHES):.2g}")
        self._rate = rate
        self._say()
        self.chosen.emit(rate)

    def _say(self) -> None:
        limit = self.slider.limit
        tip = "Step size of gradient descent, from 0.0001 to 100; applies while it runs."
        colour = self.slider.theme.muted
        words = ""
        if limit is not None:
            words = f"▲ {limit:.2g}"
            name = LIMITS[self._rule]
            tip += (
                f"\n▲ is {name} = {limit:.3g}, λ_max the largest curvature of the mean loss over "
                "the training rows, here:\nwith a larger η, steps on all rows overshoot and grow "
                "along that direction."
            )
            if self._rate > limit:
                colour = self.slider.theme.counter_accent
                tip += f"\nη = {self._rate:g} is above {name} = {limit:.2g}: steps overshoot."
        if words != self.limit_words.text():
            self.limit_words.setText(words)
        self.limit_words.setStyleSheet(f"color: {colour};")
        for widget in (self.slider, self.limit_words):
            widget.setToolTip(tip)


def _raise(error: BaseException) -> None:
    raise error
