"""The frames of an animation: the run is played through its past, and a view is painted each time.

What is painted on the window's thread is one frame, between two events; the window goes on.
"""

from __future__ import annotations

import time
from collections import deque

import numpy as np
from PySide6.QtCore import QObject, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from core.language import tr
from core.number_format import format_integer
from core.train.snapshot import Snapshot
from gui.control.run_controller import RunController
from gui.export.animation import FRAME_FORMAT
from gui.kit import zoom
from gui.kit.view import View

LOOK_MS = 5
PATIENCE_SECONDS = 30.0  # for one step
PARTS = QWidget.RenderFlag.DrawChildren
HEAD_PX = 24  # of the line above the view


def steps_to_show(snapshot: Snapshot, most: int) -> list[int]:
    """Return the kept steps of a run, at most so many, from the first to the newest."""
    kept = snapshot.trajectory.steps
    kept = kept[(kept >= snapshot.oldest_step) & (kept < snapshot.newest_step)]
    steps = [*kept.tolist(), snapshot.newest_step]
    if len(steps) <= most:
        return steps
    chosen = np.linspace(0, len(steps) - 1, most).round().astype(int)
    return [steps[i] for i in chosen]


def frame_size(view: QWidget, width: int) -> QSize:
    """Return the size of a frame that is so wide, in pixels; both sides are even."""
    height = (view.height() + zoom.px(HEAD_PX)) * width / max(1, view.width())
    return QSize(width // 2 * 2, max(2, round(height) // 2 * 2))


class Recording(QObject):
    """Paints a view at one step after the other; then the run is at the step where it was."""

    progressed = Signal(int, int)  # frames painted, of how many
    finished = Signal(object)  # deque of QImage, once the run is back
    failed = Signal(str)  # message for the user, once the run is back

    def __init__(self, controller: RunController, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        self._view: View | None = None
        self._width, self._size = 0, QSize()
        self._steps: deque[int] = deque()
        self._frames: deque[QImage] = deque()
        self._most = self._count = self._run = self._back_to = 0
        self._goes_on = self._is_returning = False
        self._message = ""
        self._until = 0.0
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._go_on)

    @property
    def is_busy(self) -> bool:
        return self._look.isActive()

    def start(self, view: View, width: int, most: int) -> None:
        """Pause the run and record its kept steps, at most so many; `finished` or `failed` follows.

        There is a snapshot.
        """
        controller = self._controller
        assert controller.snapshot is not None
        self._view, self._width, self._most = view, width, most
        self._steps, self._frames, self._count = deque(), deque(), 0
        self._run, self._goes_on = controller.snapshot.run, controller.is_training
        self._is_returning, self._message = False, ""
        controller.pause()
        self._until = time.perf_counter() + PATIENCE_SECONDS
        self._look.start()

    def _begin(self, snapshot: Snapshot) -> None:
        """Go to the first step, now that the run is at rest."""
        self._back_to = snapshot.step if snapshot.is_past else snapshot.newest_step
        self._steps = deque(steps_to_show(snapshot, self._most))
        self._count = len(self._steps)
        if self._view is not None:
            self._size = frame_size(self._view, self._width)
        self._seek(self._steps[0])

    def cancel(self) -> None:
        """Stop recording: the run returns, and `failed` follows."""
        if self.is_busy and not self._is_returning:
            message = tr("The animation was called off; nothing was written.")
            if self._steps:
                self._return(message)
            else:
                self._end(message)

    def end(self) -> None:
        """Stop at once and forget all frames, as the window closes."""
        self._look.stop()
        self._frames.clear()

    def _seek(self, step: int) -> None:
        self._until = time.perf_counter() + PATIENCE_SECONDS
        self._controller.past.go_to(step)

    def _go_on(self) -> None:
        """Paint the step that is shown, if it is the wanted one, and go to the next."""
        snapshot, view = self._controller.snapshot, self._view
        run = self._controller.run
        if run is None or view is None or run.number != self._run:
            self._end(tr("The animation was called off: another run is shown."))
        elif time.perf_counter() > self._until:
            if self._is_returning:
                self._end(self._message or tr("The run could not be shown at its step again."))
            else:
                self._return(tr("The animation was called off: a step of the run was not found."))
        elif snapshot is None or not self._controller.is_at_rest:
            return
        elif self._is_returning:
            if snapshot.step == self._back_to:
                self._end(self._message)
        elif not self._steps:
            self._begin(snapshot)
        elif self._shows(view, snapshot):
            self._take(view, snapshot)

    def _shows(self, view: View, snapshot: Snapshot) -> bool:
        is_there = snapshot.step == self._steps[0]
        return is_there and view.snapshot is snapshot and view.is_at_rest

    def _take(self, view: View, snapshot: Snapshot) -> None:
        try:
            self._frames.append(painted(view, self._size, snapshot))
        except MemoryError:
            self._return(tr("There is not enough free memory for the animation: fewer or smaller."))
            return
        self._steps.popleft()
        self.progressed.emit(len(self._frames), self._count)
        if self._steps:
            self._seek(self._steps[0])
        else:
            self._return("")

    def _return(self, message: str) -> None:
        """Go back to the step that was shown; message : why no frames are handed on, "" if so."""
        self._is_returning, self._message = True, message
        self._seek(self._back_to)

    def _end(self, message: str) -> None:
        self._look.stop()
        frames, self._frames, self._view = self._frames, deque(), None
        if self._goes_on and self._controller.run and self._controller.run.number == self._run:
            self._controller.play_or_pause()
        if message:
            self.failed.emit(message)
        else:
            self.finished.emit(frames)


def painted(view: View, size: QSize, snapshot: Snapshot) -> QImage:
    """Return the view below a line that names the step; raise MemoryError for lack of memory."""
    image = QImage(size, FRAME_FORMAT)
    if image.isNull():
        raise MemoryError
    image.fill(QColor(view.theme.panel))
    head = zoom.px(HEAD_PX)
    painter = QPainter(image)
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    painter.scale(size.width() / max(1, view.width()), size.height() / max(1, view.height() + head))
    painter.setFont(zoom.font(bold=True))
    painter.setPen(QColor(view.theme.ink))
    line = QRectF(head / 2, 0, view.width() - head, head)
    step, epoch = format_integer(snapshot.step), format_integer(snapshot.epoch)
    words = tr("step {step}", step=step) + " · " + tr("epoch {epoch}", epoch=epoch)
    painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)
    view.render(painter, QPoint(0, head), QRegion(), PARTS)
    painter.end()
    return image
