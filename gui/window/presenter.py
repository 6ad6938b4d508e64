"""Presenter mode: only stage, curves and the key figures, large enough for a lecture hall."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from core.config import TrainingConfig
from core.data.shown_names import shown_name
from core.data.task import Task
from core.language import localised, tr
from core.model_family import FAMILY
from core.number_format import format_fixed, format_integer, format_percent
from core.train.snapshot import Snapshot, Status
from gui.kit import layouts, zoom
from gui.kit.labels import Elided
from gui.kit.training_sample import sign_of
from gui.setup.rate_slider import RateSlider
from gui.window.look.theming import Appearance
from gui.window.run_bar import KeyButton

CAP_HEIGHT = 0.727 * 4 / 3  # cap height of Inter in pixels per point at 96 dpi
CAP_SHARE = 0.025  # cap height as a share of the window's height, legible from the back row
LEAST_ZOOM = 1.25
FULL = Qt.WindowState.WindowFullScreen
FOLLOW_MS = 16  # between two reads of the pointer's position
RING_PX = 44
GAP_PX = 12  # between the figures
TITLE_SHARE = 0.26  # of the width that other things leave to the title if it needs that
SLIDER_PX = 56  # of the learning rate: the title needs the room


class Figure(QWidget):
    """A label and a number, as wide as the widest number."""

    def __init__(self, word: str, widest: str, name: str = "") -> None:
        super().__init__()
        self._widest, self.is_covered = widest, False
        word_label, self._number = QLabel(word), QLabel()
        word_label.setProperty("muted", True)
        self._number.setTextFormat(Qt.TextFormat.PlainText)
        self._number.setAccessibleName(name or word)
        zoom.set_type(self._number, 1.0, bold=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for label in (word_label, self._number):
            row.addWidget(label)

    def fit(self) -> None:
        """Fix the width at that of the widest number at the current zoom."""
        metrics = QFontMetricsF(zoom.font(bold=True))
        self._number.setFixedWidth(math.ceil(metrics.horizontalAdvance(self._widest)))

    @property
    def text(self) -> str:
        return self._number.text()

    def show_number(self, text: str) -> None:
        if text != self._number.text():
            self._number.setText(text)

    def cover(self, is_on: bool) -> None:
        """Paint a block over the number, of its size, until it is pressed; or reveal it."""
        self.is_covered = is_on
        self._number.setProperty("covered", is_on)
        self._number.style().polish(self._number)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.is_covered:
            self.cover(False)
        super().mousePressEvent(event)


class PresenterBar(QFrame):
    """Model and data, step, loss, accuracy and learning rate, with a play button."""

    play_or_pause = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.play_button = KeyButton("▶", "", "", tr("Train, or pause training"))
        self.play_button.setAccessibleName(tr("Train or pause"))
        self.play_button.setProperty("primary", True)
        self.play_button.clicked.connect(self.play_or_pause)
        self._title = Elided(Qt.TextElideMode.ElideRight)
        zoom.set_type(self._title, 1.0, bold=True)
        self.step = Figure(tr("step"), "000,000")
        self.loss = Figure(tr("loss"), "≈0.00")
        self.right = Figure(tr("right"), "≈100 %")
        eta = QLabel("<i>η</i>")
        self.rate = RateSlider(SLIDER_PX)
        self.rate.limit_words.hide()
        # As wide as it needs: the title takes the rest.
        self.rate.slider.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._rate = Figure("", "0.0001", tr("learning rate"))
        self._snapshot: Snapshot | None = None
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.addWidget(self.play_button)
        row.addWidget(self._title, 1)
        self.figures = self.step, self.loss, self.right, self._rate
        for widget in (self.step, self.loss, self.right, eta):
            row.addWidget(widget)
        row.addWidget(self.rate)
        row.addWidget(self._rate)
        self.hide()

    def fit(self) -> None:
        """Adapt spacing and widths to the current zoom."""
        self._row.setSpacing(zoom.px(GAP_PX))
        for figure in self.figures:
            figure.fit()
        self._give_way()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_way()

    def _give_way(self) -> None:
        """Leave out the step, and then the slider of the rate, where the title needs the room."""
        rooms = {
            widget: widget.minimumSizeHint().width() + self._row.spacing()
            for widget in (self.step, self.rate)
        }
        taken = sum(room for widget, room in rooms.items() if not widget.isHidden())
        title = min(self._title.sizeHint().width(), int(TITLE_SHARE * self.width()))
        room = self.width() - (self._row.minimumSize().width() - taken) - title
        self.step.setVisible(sum(rooms.values()) <= room)
        self.rate.setVisible(rooms[self.rate] <= room)

    def show_task(self, task: Task) -> None:
        self._snapshot = None
        model, data = tr(FAMILY[task.config.model.kind].title), shown_name(task.source)
        self._title.setText(tr("{model} on {data}", model=model, data=data))
        self._give_way()
        for figure in (self.step, self.loss, self.right):
            figure.show_number("–")

    def show_settings(self, settings: TrainingConfig) -> None:
        self.rate.show_rate(settings.learning_rate)
        self._rate.show_number(localised(f"{settings.learning_rate:.4g}"))

    def cover(self, is_on: bool) -> None:
        """Cover loss and accuracy, each until it is pressed; or reveal them."""
        for figure in (self.loss, self.right):
            figure.cover(is_on)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the run's figures, now or when the bar becomes visible."""
        self._snapshot = snapshot
        if self.isVisible():
            self._show(snapshot)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._snapshot is not None:
            self._show(self._snapshot)

    def _show(self, snapshot: Snapshot) -> None:
        metrics = snapshot.metrics
        sign = "❚❚" if snapshot.status is Status.TRAINING else "▶"
        self.play_button.set_words(sign, "")
        self.play_button.setAccessibleName(tr("Train or pause"))
        self.step.show_number(format_integer(snapshot.step))
        about = sign_of(metrics)
        if math.isfinite(metrics.train_loss):
            self.loss.show_number(f"{about}{format_fixed(metrics.train_loss, 2)}")
        if math.isfinite(metrics.train_accuracy):
            self.right.show_number(f"{about}{format_percent(metrics.train_accuracy, 0)}")


class Presenter(QObject):
    """Turns the window into a slide, on the whole screen, and back; leaves run and settings alone.

    hidden : widgets to hide; rearrange : adapts the rest of the window.
    """

    changed = Signal(bool)
    page_turned = Signal(int)  # to the next (+1) or the previous (−1) page

    def __init__(
        self,
        bar: PresenterBar,
        hidden: Sequence[QWidget],
        appearance: Appearance,
        rearrange: Callable[[bool], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._bar, self._hidden, self._appearance = bar, hidden, appearance
        self._rearrange, self._window = rearrange, parent
        self._zoom_before = 1.0
        self._shown_before: list[QWidget] = []
        self._took_screen, self._place_before = False, QRect()
        self.is_on = False
        self.blank = _Blank(parent)
        self.spotlight = Spotlight(parent)

    def toggle(self) -> None:
        self.turn(not self.is_on)

    def turn(self, is_on: bool) -> None:
        """Turn the mode on or off."""
        if is_on == self.is_on:
            return
        self.is_on = is_on
        with self._appearance.changing(), layouts.paused(self._window):
            self._turn(is_on)
        self.changed.emit(is_on)

    def _turn(self, is_on: bool) -> None:
        self.blank.hide()
        self.spotlight.turn(False)
        if is_on:
            self._zoom_before = self._appearance.zoom
            self._shown_before = [widget for widget in self._hidden if not widget.isHidden()]
            self._arrange(is_on)
            self._appearance.set_zoom(zoom_for(self._take_screen()))
            self._bar.fit()
        else:  # first the zoom: what there is room for is decided once
            self._appearance.set_zoom(self._zoom_before)
            self._arrange(is_on)
            if self._took_screen:
                self._give_screen_back()

    def _take_screen(self) -> int:
        """Fill the screen, unless the window is larger, as on two; return its height then."""
        window, size = self._window, self._window.screen().size()
        has_room = size.boundedTo(window.size()) == window.size()
        self._took_screen = has_room and not window.isFullScreen()
        if not self._took_screen:
            return window.height()
        self._place_before = window.geometry()
        window.setWindowState(window.windowState() | FULL)
        return size.height()

    def _give_screen_back(self) -> None:
        window = self._window
        window.setWindowState(window.windowState() & ~FULL)
        if not window.isMaximized():  # at once: its place may be written down as it closes
            window.setGeometry(self._place_before)

    def _arrange(self, is_on: bool) -> None:
        for widget in self._shown_before:
            widget.setVisible(not is_on)
        self._bar.setVisible(is_on)
        self._rearrange(is_on)


class _Blank(QWidget):
    """A black screen, so that the audience looks at the speaker."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAutoFillBackground(True)
        self.setPalette(QPalette(QColor("black")))
        self.setAccessibleName(tr("blank screen"))
        self.hide()

    def toggle(self) -> None:
        self.setGeometry(self.window().rect())
        self.raise_()
        self.setVisible(self.isHidden())


class Spotlight(QLabel):
    """A ring around the pointer that an audience can follow."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("ring around the pointer"))
        self._follow = QTimer(self)
        self._follow.setInterval(FOLLOW_MS)
        self._follow.timeout.connect(self._move)
        self.hide()

    def toggle(self) -> None:
        self.turn(self.isHidden())

    def turn(self, is_on: bool) -> None:
        """Show the ring, or hide it."""
        if is_on:
            self._paint()
            self._move()
            self.raise_()
            self._follow.start()
        else:
            self._follow.stop()
        self.setVisible(is_on)

    def _paint(self) -> None:
        size, width, ratio = zoom.px(RING_PX), zoom.px(3), self.devicePixelRatioF()
        ring = QPixmap(QSize(size, size) * ratio)
        ring.setDevicePixelRatio(ratio)
        ring.fill(Qt.GlobalColor.transparent)
        painter = QPainter(ring)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(self.palette().color(QPalette.ColorRole.Highlight))
        painter.setPen(QPen(colour, width))
        colour.setAlphaF(0.15)
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(width, width, size - 2 * width, size - 2 * width))
        painter.end()
        self.setPixmap(ring)
        self.adjustSize()

    def _move(self) -> None:
        middle = self.window().mapFromGlobal(QCursor.pos())
        self.move(middle - self.rect().center())


def zoom_for(height: int) -> float:
    """Return the zoom at which capitals are legible from the back row.

    height : of the window, in pixels. Rounded up to a multiple of 0.05, at least LEAST_ZOOM.
    """
    needed = CAP_SHARE * height / (CAP_HEIGHT * zoom.BASE_POINT_SIZE)
    return max(LEAST_ZOOM, math.ceil(needed * 20) / 20)
