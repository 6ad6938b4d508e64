"""The run bar: controls that start and stop training, its speed, and the key figures."""

from __future__ import annotations

import math
from itertools import chain

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from core.language import localised, mark, tr, tr_n
from core.number_format import format_fixed, format_percent, format_plain, format_rate
from core.train.snapshot import Snapshot, Status
from gui.control.run_controller import EPOCH_A_SECOND, FLAT_OUT
from gui.kit import described, layouts, zoom
from gui.kit import theme as look
from gui.kit.buttons import RowButton
from gui.kit.fields.unscrolled import Slider
from gui.kit.layouts import add_layout
from gui.kit.training_sample import describe_sample, sign_of
from gui.state.throttle import Reading, outruns_reading
from gui.window.look.counter import Counter
from gui.window.sizes import FLAT_PX

SPEEDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, EPOCH_A_SECOND, FLAT_OUT)
DEFAULT_SPEED = 100
LOSS_TIP, ACCURACY_TIP = mark("Mean loss of an example"), mark("Share put into its class")
OF_THREE_PARTS = mark("Large: of the training rows; small: of the validation and of the test rows.")
MARGIN, FLAT_MARGIN = 7, 2  # above and below the buttons, in pixels


class RunBar(QFrame):
    """Reset, train or pause, step, back, speed; then the counters and figures of the run."""

    reset = Signal()
    play_or_pause = Signal()
    step = Signal()
    step_back = Signal()
    speed_changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Run bar"))
        self.setProperty("card", True)
        self._make_keys()
        self._make_speed()
        self.epoch = Counter(tr("epoch"), "000,000", tr("Passes over the training rows"))
        self.step_counter = Counter(tr("step"), "0,000,000", tr("Updates of the weights"))
        self.loss = Counter(tr("loss · test"), "≈0.0000 · 0.0000", tr(LOSS_TIP), tr("validation"))
        self.accuracy = Counter(
            tr("accuracy · test"), "≈100.0 % · 100.0 %", tr(ACCURACY_TIP), tr("validation")
        )
        self.rate = Counter(tr("examples/s"), "00.0 M", tr("Training examples a second"))
        self.device = Counter(tr("device"), "CUDA 0", tr("Where the model is trained"))
        self._counters = (
            self.epoch,
            self.step_counter,
            self.loss,
            self.accuracy,
            self.rate,
            self.device,
        )
        self._arrange()
        self._reading = Reading()
        self._status: Status | None = None
        self._fitted = (-1, -1)  # width, and that which the shown parts need
        self.show_nothing()
        self._change_speed()

    def _make_keys(self) -> None:
        self.reset_button = KeyButton(
            "⟲", tr("Reset", "button"), "R", tr("Return to the same start")
        )
        self.play_button = KeyButton(
            "▶", tr("Train", "button"), tr("Space"), tr("Train, or pause training")
        )
        self.play_button.setProperty("primary", True)
        self.play_button.reserve("❚❚", tr("Pause", "button"))
        self.step_button = KeyButton("", tr("Step", "button"), "S", tr("Pause and make one update"))
        self.back_button = KeyButton(
            "", tr("Back", "button"), "B", tr("Undo one update; press again to go further back")
        )
        self.reset_button.clicked.connect(self.reset)
        self.play_button.clicked.connect(self.play_or_pause)
        self.step_button.clicked.connect(self.step)
        self.back_button.clicked.connect(self.step_back)
        self._keys = self.reset_button, self.play_button, self.step_button, self.back_button

    def _make_speed(self) -> None:
        self._speed_label = QLabel(tr("speed"))
        self._speed_label.setProperty("muted", True)
        self.speed = Slider()
        self.speed.setRange(0, len(SPEEDS) - 1)
        self.speed.setPageStep(1)
        self.speed.setValue(SPEEDS.index(DEFAULT_SPEED))
        self.speed.setMinimumWidth(64)
        self.speed.setMaximumWidth(110)
        self.speed.setAccessibleName(tr("speed"))
        self.speed.valueChanged.connect(self._change_speed)
        self._speed_words = QLabel()
        zoom.set_type(self._speed_words, look.SMALL)
        self._speed_words.setProperty("small", True)

    def _arrange(self) -> None:
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, MARGIN, 14, MARGIN)
        row.setSpacing(8)
        for button in self._keys:
            row.addWidget(button)
        row.addSpacing(4)
        row.addWidget(self._speed_label)
        column = QVBoxLayout()
        column.setSpacing(1)
        column.addStretch(1)
        column.addWidget(self.speed)
        column.addWidget(self._speed_words)
        column.addStretch(1)
        add_layout(row, column, 1)
        row.addStretch(1)
        for counter in self._counters:
            row.addWidget(counter)

    def cover(self, is_on: bool) -> None:
        """Cover the figures, each until it is pressed; or reveal them."""
        for counter in (self.loss, self.accuracy):
            counter.cover(is_on)

    def set_speed(self, position: int) -> None:
        self.speed.setValue(max(0, min(position, len(SPEEDS) - 1)))

    def change_speed(self, by: int) -> None:
        """Move the speed slider by this number of notches."""
        self.set_speed(self.speed.value() + by)

    @property
    def chosen_speed(self) -> float:
        return SPEEDS[self.speed.value()]

    def _change_speed(self) -> None:
        speed = self.chosen_speed
        words = _speed_in_words(speed)
        self._speed_words.setText(words)
        described.announce(self.speed, words)  # a slider tells its notch only
        self.speed.setToolTip(
            tr("Speed: {speed}. To go one step a press, use Step (S).", speed=words)
        )
        self.speed_changed.emit(speed)

    def show_task(self, task: Task) -> None:
        self.show_nothing()
        self.device.show_values(task.config.training.device.upper().replace(":", " "))
        for button in (self.play_button, self.step_button):
            button.setEnabled(not task.obstacle)
        has_validation = bool(len(task.validation_rows))
        parts = tr(OF_THREE_PARTS) if has_validation else ""
        for counter, tip in ((self.loss, LOSS_TIP), (self.accuracy, ACCURACY_TIP)):
            counter.setToolTip("\n".join(filter(None, (tr(tip), parts, describe_sample(task)))))
            counter.show_third(has_validation)

    def show_nothing(self) -> None:
        """Show that there are no numbers yet."""
        self._reading.forget()
        self.back_button.setEnabled(False)
        self._show_status(Status.READY)
        for counter in self._counters:
            counter.show_values("–")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._show_status(snapshot.status)
        self.back_button.setEnabled(snapshot.step > snapshot.oldest_step)
        # Step and epoch change with every frame, to show the speed; the rest is there to be read.
        for counter, count in ((self.step_counter, snapshot.step), (self.epoch, snapshot.epoch)):
            counter.show_values(localised(f"{count:07,}" if count < 1e6 else f"{count:,}"))
        if self._reading.is_due(is_live=outruns_reading(snapshot)):
            self._show_figures(snapshot)

    def _show_figures(self, snapshot: Snapshot) -> None:
        metrics = snapshot.metrics
        sign = sign_of(metrics)
        self.loss.show_values(
            sign + _loss(metrics.train_loss),
            _loss(metrics.test_loss),
            _loss(metrics.validation_loss),
        )
        self.accuracy.show_values(
            sign + _percent(metrics.train_accuracy),
            _percent(metrics.test_accuracy),
            _percent(metrics.validation_accuracy),
        )
        self.rate.show_values(
            format_rate(snapshot.pace.examples) if snapshot.pace.examples else "–"
        )
        self.device.show_values(snapshot.settings.device.upper().replace(":", " "))

    def _show_status(self, status: Status) -> None:
        if status is self._status:
            return
        self._status = status
        if status is Status.TRAINING:
            self.play_button.set_words("❚❚", tr("Pause", "button"))
        else:
            self.play_button.set_words("▶", tr("Train", "button"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.fit)  # the parts take their type when they are shown

    def fit(self) -> None:
        """Hide what matters least if the bar is narrow, so that nothing is clipped."""
        margin = FLAT_MARGIN if self.window().height() < zoom.px(FLAT_PX) else MARGIN
        self._row.setContentsMargins(12, margin, 14, margin)
        if (self.width(), self._needed()) != self._fitted:
            with layouts.held(self.parentWidget()):
                self._show_what_fits()
            self._fitted = self.width(), self._needed()

    def _show_what_fits(self) -> None:
        optional: list[QWidget] = [self.device, self._speed_label, self.rate]
        speed: tuple[QWidget, ...] = self.speed, self._speed_words
        steps: tuple[QWidget, ...] = self.step_button, self.back_button
        last = speed, (self.accuracy,), steps  # menus, keys and a card have these as well
        for widget in (*optional, self.epoch, self.step_counter, *chain(*last)):
            widget.show()
        for button in self._keys:
            button.show_key(True)
        self.reset_button.show_word(True)
        for widget in optional:
            if self._needed() <= self.width():
                return
            widget.hide()
        if self._needed() > self.width():
            for button in self._keys:
                button.show_key(False)
        for counter in (self.epoch, self.step_counter):  # the history bar shows both
            counter.setVisible(self._needed() <= self.width())
        self.reset_button.show_word(self._needed() <= self.width())  # its sign says it
        for parts in last:
            if self._needed() > self.width():
                for part in parts:
                    part.hide()

    def _needed(self) -> int:
        layout = self.layout()
        assert layout is not None
        layout.activate()
        return layout.minimumSize().width()

    def minimumSizeHint(self) -> QSize:
        return QSize(400, super().minimumSizeHint().height())


class KeyButton(RowButton):
    """A button with a glyph, a word and, muted, its keyboard shortcut."""

    def __init__(self, sign: str, word: str, key: str, tip: str) -> None:
        super().__init__()
        self._reserved: tuple[tuple[str, str], ...] = ()
        self._sign, self._word, self._key = QLabel(sign), QLabel(word), QLabel(key)
        zoom.set_type(self._key, look.SMALL)
        self._key.setProperty("small", True)
        self.setToolTip(f"{tip} ({key})")
        self.setAccessibleName(word)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.row.setContentsMargins(12, 7, 12, 7)
        self.row.setSpacing(6)
        self.add(self._sign, self._word, self._key)
        self._sign.setVisible(bool(sign))
        zoom.set_type(self._word, 1.0, bold=True)

    def reserve(self, sign: str, word: str) -> None:
        """Be wide enough for these texts too, so that switching between them moves nothing."""
        self._reserved = (sign, self._sign.text()), (word, self._word.text())
        self._keep_room()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._keep_room()

    def _keep_room(self) -> None:
        metrics = QFontMetricsF(zoom.font(bold=True))
        for label, texts in zip((self._sign, self._word), self._reserved, strict=False):
            label.setMinimumWidth(math.ceil(max(map(metrics.horizontalAdvance, texts))))
            label.setIndent(label.indent())  # drops Qt's hints, which hold the width set before

    def set_words(self, sign: str, word: str) -> None:
        self._sign.setText(sign)
        self._word.setText(word)
        self.setAccessibleName(word)

    def show_key(self, is_shown: bool) -> None:
        self._key.setVisible(is_shown)
        self.updateGeometry()  # at once: the bar asks for the new width next

    def show_word(self, is_shown: bool) -> None:
        """Show the word beside the sign, or the sign alone."""
        self._word.setVisible(is_shown)
        self.updateGeometry()


def _speed_in_words(speed: float) -> str:
    if speed in (FLAT_OUT, EPOCH_A_SECOND):
        return tr("flat out") if speed == FLAT_OUT else tr("1 epoch/s")
    return tr_n("{n} step/s", "{n} steps/s", round(speed))


def _loss(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return format_fixed(value, 4) if value < 100 else format_plain(value, 3)


def _percent(share: float) -> str:
    return format_percent(share) if math.isfinite(share) else ""
