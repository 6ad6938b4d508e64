"""A slider for the learning rate, with a mark at the limit of a stable rate."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStyle, QStyleOptionSlider, QWidget

from core.config import TrainingConfig
from core.data.task import Task
from core.language import localised, tr
from core.number_format import format_integer, format_shortest
from core.train.snapshot import Snapshot, Status
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.fields.unscrolled import Slider
from gui.kit.theme import Theme
from gui.setup.curvature_search import CurvatureSearch
from gui.state.background_tasks import Background

LEAST, MOST = -4, 2  # exponents of ten
NOTCHES = 30  # per power of ten
SLIDER_PX = 90
GAP = 4  # beside the slider
FACE_PX = 4.0  # half the width of the mark
MARK_PX, HANDLE_PX = 6.0, 14.0  # heights of the mark and of the handle


class _Slider(Slider):
    """A logarithmic slider with a triangle at a limit."""

    def __init__(self) -> None:
        super().__init__()
        self.setRange(LEAST * NOTCHES, MOST * NOTCHES)
        self.setPageStep(NOTCHES // 3)
        self.limit: float | None = None
        self.theme = look.theme_of(self.palette()) or look.LIGHT

    def place(self, rate: float) -> float:
        """Return the position of a rate on the slider, in pixels from the left."""
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
        half, foot = zoom.px(FACE_PX), self.height()
        x, top = self.place(self.limit), foot - zoom.px(MARK_PX)
        painter.drawPolygon(
            QPolygonF([QPointF(x, top), QPointF(x - half, foot), QPointF(x + half, foot)])
        )
        painter.end()

    def sizeHint(self) -> QSize:
        """Add height below the handle for the mark, and as much above: the groove is centred."""
        height = zoom.px(HANDLE_PX) + 2 * zoom.px(MARK_PX)
        return QSize(self.minimumWidth(), max(super().sizeHint().height(), height))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())


class RateSlider(QWidget):
    """The learning rate on a logarithmic slider; ▲ marks the limit of a stable rate.

    That limit is 2/λ_max of the loss's Hessian, or its variant for the optimiser.

    least : width of the slider in pixels at a zoom of 100 %, which it is never below.
    """

    chosen = Signal(float)

    def __init__(self, least: int = SLIDER_PX) -> None:
        super().__init__()
        self._least = least
        self.slider = _Slider()
        self.slider.setAccessibleName(tr("learning rate on a logarithmic scale"))
        self.slider.valueChanged.connect(self._choose)
        self.limit_words = QLabel()
        zoom.set_type(self.limit_words, look.SMALL)
        self.limit_words.setProperty("small", True)
        self.limit_words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.slider, 1)
        row.addWidget(self.limit_words)
        settings = TrainingConfig()
        self._rate, self._rule, self._momentum = 0.1, settings.rule, settings.momentum
        self._fit()
        self._task: Task | None = None
        self._bends = CurvatureSearch(self._show_bend)
        self._shown: object = None  # inputs of the shown limit
        self.background: Background | None = None
        self._describe_limit()

    def _fit(self) -> None:
        """Fix the widths at those of the widest numbers at the current zoom."""
        self.slider.setMinimumWidth(zoom.px(self._least))
        metrics = QFontMetrics(zoom.font(look.SMALL))
        self.limit_words.setFixedWidth(metrics.horizontalAdvance("▲ ≈0.00000"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        if (theme := look.new_theme(self, event)) and theme is not self.slider.theme:
            self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self.slider.theme = theme
        self._describe_limit()

    def shorten(self, least: int, *, has_words: bool) -> None:
        """Let the slider be as short as this, with or without the limit in words beside it.

        least : in pixels at a zoom of 100 %.
        """
        self._least = least
        self.slider.setMinimumWidth(zoom.px(least))
        self.limit_words.setVisible(has_words)

    def needed(self, least: int, *, has_words: bool) -> int:
        """Return the width in pixels that it needs once it is shortened to this."""
        words = self.limit_words.minimumWidth() + GAP if has_words else 0
        return zoom.px(least) + words

    def focus(self) -> None:
        """Give the slider the keyboard focus, as Tab does."""
        self.slider.setFocus(Qt.FocusReason.TabFocusReason)

    def show_rate(self, rate: float) -> None:
        """Show this rate, without emitting `chosen`."""
        self._rate = rate
        position = round(NOTCHES * min(max(math.log10(rate), LEAST), MOST))
        with QSignalBlocker(self.slider):
            self.slider.setValue(position)
        self._describe_limit()

    def show_task(self, task: Task) -> None:
        """Take a new task and drop the previous limit."""
        self._task = task
        self._bends.forget(self.background)
        self._shown = None
        self._set_limit(None)

    def show_points(self, task: Task) -> None:
        """Take a task in which only a few points differ; the limit stays until one is found."""
        self._task = task

    def receive_snapshot(self, snapshot: Snapshot) -> None:
        """Search for the limit at the run's parameters; none if the curvature is not defined."""
        task, background = self._task, self.background
        if task is None or background is None or not self.isVisible():
            return
        settings = snapshot.settings
        self._rule, self._momentum = settings.rule, settings.momentum
        if not self._rule.stable_rate or task.config.model.hidden or task.obstacle:
            self._bends.forget(background)
        else:
            is_still = snapshot.status is not Status.TRAINING
            self._bends.look(background, task, snapshot.params, settings.weight_decay, is_still)
        self._show_bend()

    def _show_bend(self) -> None:
        """Mark the limit that follows from λ_max, the optimiser and the momentum."""
        bend, limit = self._bends.found, None
        about = bend, self._rule, self._momentum
        if about == self._shown:
            return
        self._shown = about
        if bend is not None and self._rule.stable_rate:
            from core.explain import curvature  # already imported by the search

            limit = curvature.stable_rate(bend.value, self._rule.name, self._momentum)
        self._set_limit(limit)

    @property
    def limit(self) -> float | None:
        """Limit of a stable rate; None if not known."""
        return self.slider.limit

    def _set_limit(self, limit: float | None) -> None:
        self.slider.limit = limit
        self.slider.update()
        self._describe_limit()

    def _choose(self, position: int) -> None:
        rate = float(f"{10 ** (position / NOTCHES):.2g}")
        self._rate = rate
        self._describe_limit()
        self.chosen.emit(rate)

    def _describe_limit(self) -> None:
        limit = self.slider.limit
        tip = tr("Step size of gradient descent, from 0.0001 to 100; applies while it runs.")
        colour = self.slider.theme.muted
        text = ""
        if limit is not None:
            bend = self._bends.found
            about = "≈" if bend is not None and bend.is_sampled else ""
            text = f"▲ {about}{in_full(limit, 2)}"
            name = self._rule.stable_rate
            which = tr("the training rows")
            if bend is not None and about:
                which = tr(
                    "a sample of {rows} of the {total} training rows",
                    rows=format_integer(bend.rows),
                    total=format_integer(bend.total),
                )
            is_limit = f"{name} {about or '='} {in_full(limit, 3)}"
            told = tr(
                "▲ is {bound}, λ_max the largest curvature of the mean loss over {rows}, here:\n"
                "with a larger η, steps on all rows overshoot and grow along that direction.",
                bound=is_limit,
                rows=which,
            )
            tip += f"\n{told}"
            if self._rate > limit:
                colour = self.slider.theme.counter_accent
                told = tr(
                    "η = {rate} is above {bound}: steps overshoot.",
                    rate=localised(f"{self._rate:g}"),
                    bound=f"{name} = {in_full(limit, 2)}",
                )
                tip += f"\n{told}"
        if text != self.limit_words.text():
            self.limit_words.setText(text)
        self.limit_words.setStyleSheet(f"color: {colour};")
        for widget in (self.slider, self.limit_words):
            widget.setToolTip(tip)


def in_full(rate: float, digits: int) -> str:
    """Format a rate with so many significant digits, a large one without a power of ten: 130."""
    return localised(format_shortest(float(f"{rate:.{digits}g}")))
