"""The run bar: what starts and stops training, how fast it goes, and the numbers that matter."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from core.number_format import format_rate
from core.train.snapshot import Snapshot, Status
from gui.control.run_controller import EPOCH_A_SECOND, FLAT_OUT
from gui.kit import theme as look
from gui.kit.fields.unscrolled import Slider
from gui.kit.training_sample import say_sample, sign_of
from gui.state.throttle import Reading, outruns_reading

SPEEDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, EPOCH_A_SECOND, FLAT_OUT)
DEFAULT_SPEED = 100
LOSS_TIP, ACCURACY_TIP = "Mean loss of an example", "Share put into its class"


class RunBar(QFrame):
    """Reset, train or pause, step, speed; then the counters and figures of the run."""

    reset = Signal()
    play_or_pause = Signal()
    step = Signal()
    step_back = Signal()
    speed_changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.reset_button = KeyButton("⟲", "Reset", "R", "Return to the same start")
        self.play_button = KeyButton("▶", "Train", "Space", "Train, or pause training")
        self.play_button.setProperty("primary", True)
        self.play_button.reserve("❚❚", "Pause")
        self.step_button = KeyButton("", "Step", "S", "Pause and make one update")
        self.back_button = KeyButton(
            "", "Back", "B", "Undo one update; press again to go further back"
        )
        self.reset_button.clicked.connect(self.reset)
        self.play_button.clicked.connect(self.play_or_pause)
        self.step_button.clicked.connect(self.step)
        self.back_button.clicked.connect(self.step_back)

        self._speed_label = QLabel("speed")
        self._speed_label.setProperty("muted", True)
        self.speed = Slider()
        self.speed.setRange(0, len(SPEEDS) - 1)
        self.speed.setPageStep(1)
        self.speed.setValue(SPEEDS.index(DEFAULT_SPEED))
        self.speed.setMinimumWidth(64)
        self.speed.setMaximumWidth(110)
        self.speed.setAccessibleName("speed")
        self.speed.valueChanged.connect(self._change_speed)
        self._speed_words = QLabel()
        self._speed_words.setProperty("small", True)

        self.epoch = _Counter("epoch", "000,000", "Passes over the training rows")
        self.step_counter = _Counter("step", "0,000,000", "Updates of the weights")
        self.loss = _Counter("loss · test", "≈0.0000 · 0.0000", LOSS_TIP)
        self.accuracy = _Counter("accuracy · test", "≈100.0 % · 100.0 %", ACCURACY_TIP)
        self.rate = _Counter("examples/s", "00.0 M", "Training examples a second")
        self.device = _Counter("device", "CUDA 0", "Where the model is trained")

        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 14, 7)
        row.setSpacing(8)
        self._keys = self.reset_button, self.play_button, self.step_button, self.back_button
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
        row.addLayout(column, 1)
        row.addStretch(1)
        self._counters = (
            self.epoch,
            self.step_counter,
            self.loss,
            self.accuracy,
            self.rate,
            self.device,
        )
        row.setSpacing(8)
        for counter in self._counters:
            row.addWidget(counter)
        self._reading = Reading()
        self._status: Status | None = None
        self.show_nothing()
        self._change_speed()

    def set_speed(self, position: int) -> None:
        self.speed.setValue(max(0, min(position, len(SPEEDS) - 1)))

    def change_speed(self, by: int) -> None:
        """Move the speed by so many notches."""
        self.set_speed(self.speed.value() + by)

    @property
    def chosen_speed(self) -> float:
        return SPEEDS[self.speed.value()]

    def _change_speed(self) -> None:
        speed = self.chosen_speed
        words = {FLAT_OUT: "flat out", EPOCH_A_SECOND: "1 epoch/s", 1: "1 step/s"}.get(
            speed, f"{speed:,.0f} steps/s"
        )
        self._speed_words.setText(words)
        self.speed.setToolTip(f"Speed: {words}. To go one step a press, use Step (S).")
        self.speed_changed.emit(speed)

    def show_task(self, task: Task) -> None:
        self.show_nothing()
        self.device.show_values(task.config.training.device.upper().replace(":", " "))
        for button in (self.play_button, self.step_button):
            button.setEnabled(not task.obstacle)
        for counter, tip in ((self.loss, LOSS_TIP), (self.accuracy, ACCURACY_TIP)):
            counter.setToolTip("\n".join(filter(None, (tip, say_sample(task)))))

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
        # The steps run by, so that it is seen how fast; the rest is there to be read.
        self.step_counter.show_values(
            f"{snapshot.step:07,}" if snapshot.step < 1e6 else f"{snapshot.step:,}"
        )
        if self._reading.is_due(is_live=outruns_reading(snapshot)):
            self._show_figures(snapshot)

    def _show_figures(self, snapshot: Snapshot) -> None:
        metrics = snapshot.metrics
        self.epoch.show_values(
            f"{snapshot.epoch:07,}" if snapshot.epoch < 1e6 else f"{snapshot.epoch:,}"
        )
        sign = sign_of(metrics)
        self.loss.show_values(sign + _loss(metrics.train_loss), _loss(metrics.test_loss))
        share = sign + _percent(metrics.train_accuracy)
        self.accuracy.show_values(share, _percent(metrics.test_accuracy))
        self.rate.show_values(
            format_rate(snapshot.pace.examples) if snapshot.pace.examples else "–"
        )
        self.device.show_values(snapshot.settings.device.upper().replace(":", " "))

    def _show_status(self, status: Status) -> None:
        if status is self._status:
            return
        self._status = status
        if status is Status.TRAINING:
            self.play_button.set_words("❚❚", "Pause")
        else:
            self.play_button.set_words("▶", "Train")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what matters least where the bar is narrow, so that nothing is cut."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        optional: list[QWidget] = [self.device, self._speed_label, self.rate]
        for widget in optional:
            widget.show()
        for button in self._keys:
            button.show_key(True)
        for widget in optional:
            if self._needed() <= self.width():
                return
            widget.hide()
        if self._needed() > self.width():
            for button in self._keys:
                button.show_key(False)

    def _needed(self) -> int:
        layout = self.layout()
        assert layout is not None
        layout.activate()
        return layout.minimumSize().width()

    def minimumSizeHint(self) -> QSize:
        return QSize(400, super().minimumSizeHint().height())


class KeyButton(QPushButton):
    """A button with a sign, a word and, muted, the key that does the same."""

    def __init__(self, sign: str, word: str, key: str, tip: str) -> None:
        super().__init__()
        self._sign, self._word, self._key = QLabel(sign), QLabel(word), QLabel(key)
        self._key.setProperty("small", True)
        self.setToolTip(f"{tip} ({key})")
        self.setAccessibleName(word)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(6)
        for label in (self._sign, self._word, self._key):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(label)
        self._sign.setVisible(bool(sign))
        self._word.setFont(look.scaled(self.font(), 1.0, bold=True))

    def reserve(self, sign: str, word: str) -> None:
        """Be wide enough for these words too, so that changing them moves nothing."""
        for label, text in ((self._sign, sign), (self._word, word)):
            width = QFontMetricsF(self._word.font()).horizontalAdvance(text)
            label.setMinimumWidth(max(label.sizeHint().width(), math.ceil(width)))

    def set_words(self, sign: str, word: str) -> None:
        self._sign.setText(sign)
        self._word.setText(word)
        self.setAccessibleName(word)

    def show_key(self, is_shown: bool) -> None:
        self._key.setVisible(is_shown)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


@dataclass(frozen=True)
class _Texts:
    main: str
    second: str


class _Counter(QWidget):
    """A label above a number, perhaps with a second one, of a fixed size.

    Were only its width fixed, each other number would have the whole window laid out again: that
    took a third of this thread's time while training.
    """

    def __init__(self, label: str, widest: str, tip: str) -> None:
        super().__init__()
        self.setToolTip(tip)
        self._shown = _Texts("", "")
        # In the colour of the card, so that nothing of that need be painted beneath it.
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._main, self._second, name = QLabel(self), QLabel(self), QLabel(label)
        name.setProperty("small", True)
        self._main.setFont(look.scaled(self.font(), look.LARGE, bold=True))
        self._main.setAccessibleName(label)
        self._widest = widest
        for figure in (self._main, self._second):
            figure.setTextFormat(Qt.TextFormat.PlainText)
        numbers = QHBoxLayout()
        numbers.setContentsMargins(0, 0, 0, 0)
        numbers.setSpacing(0)
        numbers.addWidget(self._main)
        numbers.addWidget(self._second)
        numbers.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 4, 0)
        column.setSpacing(0)
        column.addWidget(name)
        column.addLayout(numbers)
        main, _, second = widest.partition(" · ")
        width = QFontMetricsF(self._main.font()).horizontalAdvance(main)
        if second:
            width += QFontMetricsF(self.font()).horizontalAdvance(" · " + second)
        width = math.ceil(max(width, name.sizeHint().width()))
        self.setFixedWidth(width + 10)
        if not second:
            self._main.setFixedWidth(width)  # of a fixed size, too

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fix_height()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fix_height()

    def _fix_height(self) -> None:
        layout = self.layout()
        assert layout is not None
        self._main.setFixedHeight(self._main.sizeHint().height())
        self.setFixedHeight(layout.sizeHint().height())

    def show_values(self, main: str, second: str = "") -> None:
        if self._shown != (texts := _Texts(main, second)):
            self._shown = texts
            self._main.setText(main)
            self._second.setText(f" · {second}")
            self._second.setVisible(bool(second))


def _loss(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return f"{value:.4f}" if value < 100 else f"{value:.3g}"


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %") if math.isfinite(share) else ""
