"""The history bar: the whole run as a time line on which any recorded step can be shown again."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractSlider,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolTip,
    QWidget,
)

from core.data.task import Task
from core.language import mark, tr
from core.number_format import format_integer
from core.train.history import Mark
from core.train.settings_history import mark_words
from core.train.snapshot import Snapshot, Status
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.plain_text import Plain, as_tip
from gui.kit.theme import Theme

HEIGHT = 26  # px, with or without a history, so that nothing moves when one begins
PAUSE, REPLAY = mark("❚❚ pause"), mark("▶ replay")
BUTTON_RIM = 18  # px, horizontal padding of a button's text in total
INTERVAL = 0.1  # s between updates: nobody reads numbers faster
PATIENCE_MS = 1500  # a requested step that has not arrived by then will not arrive
HANDLE, GROOVE = 6.0, 4.0  # radius and thickness
MARK_REACH = 4.0  # px from a mark within which the tool tip shows its text
TIP = mark(
    "Go back to any step of the run: drag, or ← → by one step, Page Up and Page Down by one epoch, "
    "Home and End.\nTrain (Space) and Step (S) go on from there. What was recorded after it is "
    "then dropped; unless you change a setting, the same comes again."
)


class TimeLine(QAbstractSlider):
    """A line from step 0 to the newest, a handle at the shown step, ticks where settings changed.

    Steps before the oldest recorded one cannot be reached.
    """

    step_wanted = Signal(object)  # int

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.step = self.oldest = self.newest = 0
        self.steps_per_epoch = 1
        self.is_dragged = False
        self._marks: tuple[Mark, ...] = ()
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("history"))
        self.setToolTip(tr(TIP))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(zoom.px(300), zoom.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(90, zoom.px(HEIGHT))

    def show_run(self, oldest: int, newest: int, marks: tuple[Mark, ...]) -> None:
        if (oldest, newest, marks) != (self.oldest, self.newest, self._marks):
            self.oldest, self.newest, self._marks = oldest, newest, marks
            self._tell_values()
            self.update()

    def show_step(self, step: int) -> None:
        if step != self.step:
            self.step = step
            self._tell_values()
            self.update()

    def _tell_values(self) -> None:
        """Set the range and value of the QAbstractSlider, in units of steps that fit below 2³¹."""
        unit = self.newest // 2**30 + 1
        self.setRange(self.oldest // unit, self.newest // unit)
        self.setValue(self.step // unit)

    # Mouse and keys -------------------------------------------------------------------------------

    def _want(self, step: int) -> None:
        step = min(max(step, self.oldest), self.newest)
        if step != self.step:
            self.show_step(step)
            self.step_wanted.emit(step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.is_dragged = True
            self._want(self._step_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.is_dragged:
            self._want(self._step_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.is_dragged = False

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            self._want(self.step + (1 if event.angleDelta().y() > 0 else -1))
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Down:
                self._want(self.step - 1)
            case Qt.Key.Key_Right | Qt.Key.Key_Up:
                self._want(self.step + 1)
            case Qt.Key.Key_PageDown:
                self._want(self.step - self.steps_per_epoch)
            case Qt.Key.Key_PageUp:
                self._want(self.step + self.steps_per_epoch)
            case Qt.Key.Key_Home:
                self._want(self.oldest)
            case Qt.Key.Key_End:
                self._want(self.newest)
            case _:
                event.ignore()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            x = event.pos().x()
            told = [m for m in self._marks if abs(self.x_of(m.step) - x) <= MARK_REACH]
            if told:
                text = "\n".join(map(_told, told[-6:]))
                QToolTip.showText(event.globalPos(), as_tip(text), self)
                return True
        return super().event(event)

    # Drawing --------------------------------------------------------------------------------------

    @property
    def _span(self) -> tuple[float, float]:
        """Ends of the groove in px, inset so that the handle stays within the widget."""
        reach = zoom.px(HANDLE) + 2
        return reach, self.width() - reach

    def x_of(self, step: float) -> float:
        """Return the position of a step on the line, in px from the left."""
        left, right = self._span
        return left + (right - left) * step / max(self.newest, 1)

    def _step_at(self, x: float) -> int:
        left, right = self._span
        return round((x - left) / max(right - left, 1.0) * self.newest)

    def paintEvent(self, _: QPaintEvent) -> None:
        theme, painter = self.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, (left, right) = self.height() / 2, self._span
        here, oldest = self.x_of(self.step), self.x_of(self.oldest)

        def groove(begin: float, end: float, colour: str, thickness: float = GROOVE) -> None:
            pen = QPen(QColor(colour), thickness * zoom.factor())
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(QPointF(begin, middle), QPointF(end, middle))

        if self.oldest:
            groove(left, oldest, theme.line, 1)  # cannot be reached
        groove(oldest, right, theme.line)
        groove(oldest, here, theme.accent)
        painter.setPen(QPen(QColor(theme.muted), 1.5 * zoom.factor()))
        top, foot = middle + zoom.px(4), middle + zoom.px(9)
        for x in sorted({round(self.x_of(edit.step)) for edit in self._marks}):
            painter.drawLine(QPointF(x, top), QPointF(x, foot))
        ring = theme.ink if self.hasFocus() else theme.accent
        painter.setPen(QPen(QColor(ring), 2))
        painter.setBrush(QColor(theme.accent))
        radius = zoom.px(HANDLE)
        painter.drawEllipse(QPointF(here, middle), radius, radius)


class HistoryBar(QWidget):
    """The time line, the number of the shown step, and buttons for replay and the newest step."""

    step_wanted = Signal(object)  # int
    live_wanted = Signal()
    replay_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._snapshot: Snapshot | None = None
        self._wanted: int | None = None  # requested step, not yet shown by a snapshot
        self._shown_at = 0.0
        self._n = 1
        self._has_history = False  # the run has been trained, even if it is at its start again
        self._digits = 0, 0  # of the newest step and epoch, for which the words are wide enough
        self._name = QLabel(tr("history"))
        self.line = TimeLine(theme)
        self.words = Plain()
        self.words.setAccessibleName(tr("shown step"))
        for label in (self._name, self.words):
            zoom.set_type(label, look.SMALL)
            label.setProperty("small", True)
        self.replay_button = _quiet_button()
        self.live_button = _quiet_button(tr("live"))
        self.live_button.setCheckable(True)
        self.live_button.setToolTip(tr("Return to the newest step (End, on the line)"))
        self.live_button.setAccessibleName(tr("live: return to the newest step"))
        self._show_replay(is_replaying=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 6, 0)
        row.setSpacing(8)
        for widget in (self._name, self.line, self.words, self.replay_button, self.live_button):
            row.addWidget(widget, 1 if widget is self.line else 0)
        self._parts = self._name, self.line, self.words, self.replay_button, self.live_button
        self.line.step_wanted.connect(self._want)
        self.replay_button.clicked.connect(self.replay_wanted)
        self.live_button.clicked.connect(self._want_live)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show)
        self._give_up = QTimer(self)
        self._give_up.setSingleShot(True)
        self._give_up.setInterval(PATIENCE_MS)
        self._give_up.timeout.connect(self._forget_wish)
        self._fit()
        self._show_parts(False)

    def _fit(self) -> None:
        """Fix the sizes at the current zoom, so that new texts do not trigger a layout."""
        height = zoom.px(HEIGHT)
        self.setFixedHeight(height)
        for part in (self.words, self.replay_button, self.live_button):
            part.setFixedHeight(height - 4)
        metrics = QFontMetrics(zoom.font(look.SMALL, bold=True))
        words = max(map(metrics.horizontalAdvance, (tr(PAUSE), tr(REPLAY))))
        self.replay_button.setFixedWidth(words + zoom.px(BUTTON_RIM))
        self.words.setFixedWidth(0)
        if self._snapshot is not None and self._has_history:
            self._show_step_text()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        if (theme := look.new_theme(self, event)) and theme is not self.line.theme:
            self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self.line.theme = theme
        self.line.update()

    def show_task(self, task: Task) -> None:
        self._snapshot = self._wanted = None
        self._n = max(len(task.train_rows), 1)
        self._has_history = False
        self.words.setFixedWidth(0)
        if task.obstacle:
            self._show_parts(False)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the run's position; while it trains, move the line at most ten times a second.

        The words change with every frame, as the step counter of the run bar does.
        """
        before, self._snapshot = self._snapshot, snapshot
        if snapshot.step == self._wanted:
            self._wanted = None
        goes_on = before is not None and before.status is snapshot.status is Status.TRAINING
        wait = self._shown_at + INTERVAL - time.monotonic() if goes_on else 0.0
        if wait <= 0:
            self._show()
            return
        if self._has_history:
            self._show_step_text()
        if not self._later.isActive():
            self._later.start(math.ceil(1000 * wait))

    def _show(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        self._shown_at = time.monotonic()
        self._has_history |= snapshot.newest_step > snapshot.oldest_step
        self._show_parts(self._has_history)
        if not self._has_history:
            return
        self.line.steps_per_epoch = math.ceil(self._n / self._batch_size(snapshot))
        self.line.show_run(snapshot.oldest_step, snapshot.newest_step, snapshot.curves.marks)
        if self._wanted is None and not self.line.is_dragged:
            self.line.show_step(snapshot.step)
        is_training = snapshot.status is Status.TRAINING
        self._show_step_text()
        self._show_replay(is_replaying=is_training and snapshot.is_past)
        has_past = snapshot.newest_step > snapshot.oldest_step
        self.replay_button.setEnabled(snapshot.is_past or (has_past and not is_training))
        self.live_button.setChecked(not snapshot.is_past)

    def _batch_size(self, snapshot: Snapshot) -> int:
        return min(snapshot.settings.batch_size or self._n, self._n)

    def _show_parts(self, are_shown: bool) -> None:
        for part in self._parts:
            if not are_shown:
                part.clearFocus()  # else hiding it would pass the focus to the next widget
            part.setVisible(are_shown)

    def _show_step_text(self) -> None:
        """Show the step's number, with its epoch unless the step is still being sought."""
        snapshot = self._snapshot
        assert snapshot is not None
        is_sought = self._wanted is not None or self.line.is_dragged
        step = self.line.step if is_sought else snapshot.step
        newest, epoch = format_integer(snapshot.newest_step), format_integer(snapshot.epoch)
        here = format_integer(step)
        if step >= snapshot.newest_step:
            text = tr("step {step}", step=here)
        else:
            text = tr("step {step} of {newest}", step=here, newest=newest)
        if step == snapshot.step:
            text += " · " + tr("epoch {epoch}", epoch=epoch)
        self.words.setText(text)
        digits = len(newest), len(epoch)  # of figures of one width
        if digits != self._digits or not self.words.minimumWidth():
            self._digits = digits
            widest = " · ".join(
                (
                    tr("step {step} of {newest}", step=newest, newest=newest),
                    tr("epoch {epoch}", epoch=epoch),
                )
            )
            metrics = QFontMetrics(zoom.font(look.SMALL))
            width = metrics.horizontalAdvance(widest) + 4
            if width > self.words.minimumWidth():
                self.words.setFixedWidth(width)

    def _show_replay(self, *, is_replaying: bool) -> None:
        words = tr(PAUSE if is_replaying else REPLAY)
        if self.replay_button.text() == words:
            return
        self.replay_button.setText(words)
        self.replay_button.setAccessibleName(
            tr("Pause the replay") if is_replaying else tr("Replay")
        )
        self.replay_button.setToolTip(
            tr("Hold the replay here (Space)")
            if is_replaying
            else tr(
                "Play what is on record again, from here to the newest step, at the chosen speed; "
                "at the newest step, from the start"
            )
        )

    # Requests of the user -------------------------------------------------------------------------

    def _want(self, step: int) -> None:
        self._wanted = step
        self._give_up.start()
        if self._snapshot is not None:
            self._show_step_text()
        self.step_wanted.emit(step)

    def _want_live(self) -> None:
        self.live_button.setChecked(self._snapshot is None or not self._snapshot.is_past)
        self._wanted = None
        self.live_wanted.emit()

    def _forget_wish(self) -> None:
        if self.line.is_dragged:
            self._give_up.start()
        elif self._wanted is not None:
            self._wanted = None
            self._show()


def _told(edit: Mark) -> str:
    return tr("step {step}: {what}", step=format_integer(edit.step), what=mark_words(edit.text))


def _quiet_button(text: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setProperty("quiet", True)
    zoom.set_type(button, look.SMALL)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
