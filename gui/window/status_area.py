"""The foot of the window: a lesson's strip above the notice, or instead of it in a low window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.train.snapshot import Snapshot, Status
from gui.kit import zoom
from gui.window.lesson.strip import LessonStrip
from gui.window.message import Notice
from gui.window.sizes import GAP, LOW_PX

BESIDE_PX = 1500  # px: in a narrower area the message needs all the space
SEEN = (QEvent.Type.ShowToParent, QEvent.Type.HideToParent)


class StatusArea(QWidget):
    """Strip and notice. In a low window the strip replaces the notice unless that is urgent.

    bars : progress bars of pending work, which is urgent; history : the history bar, before the
    notice; beside : widget next to the notice during training, if there is space.
    """

    def __init__(
        self,
        strip: LessonStrip,
        notice: Notice,
        bars: tuple[QWidget, ...],
        history: QWidget,
        beside: QWidget,
    ) -> None:
        super().__init__()
        self._strip, self._notice, self._bars, self._beside = strip, notice, bars, beside
        self._is_presenting = False
        self._line = QWidget()
        row = QHBoxLayout(self._line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(history, 1)
        row.addWidget(notice, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(strip)
        column.addWidget(self._line)
        for widget in (*bars, beside):
            row.addWidget(widget)
        beside.hide()
        for watched in (strip, *bars):
            watched.installEventFilter(self)
        notice.told.connect(self.share)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show or hide the widget beside the notice."""
        is_wide = self.width() >= zoom.px(BESIDE_PX)
        fits = is_wide and all(bar.isHidden() for bar in self._bars)
        self._beside.setVisible(fits and snapshot.status is Status.TRAINING)

    def present(self, is_on: bool) -> None:
        """Show only the lesson's strip, or everything again."""
        self._is_presenting = is_on
        self._strip.present(is_on)
        self.share()

    def share(self) -> None:
        """Hide the notice if the window is low, a lesson is shown and nothing is urgent."""
        is_low = self.window().height() < zoom.px(LOW_PX)
        is_needed = self._notice.is_trouble or not all(bar.isHidden() for bar in self._bars)
        fits = is_needed or self._strip.isHidden() or not is_low
        self._line.setVisible(fits and not self._is_presenting)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:  # a low window is one of large type, too
            self.share()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in SEEN:
            self.share()
        return False
