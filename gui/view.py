"""What every view of the training state is."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from core.snapshot import Snapshot
from core.task import Task
from gui.look import Theme


class View(QWidget):
    """Shows one side of a task and of its newest snapshot; a hidden view does no work."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.task: Task | None = None
        self.snapshot: Snapshot | None = None
        self._is_stale = False

    def offer_task(self, task: Task) -> None:
        """Forget the old run and show the new one's data."""
        self.task, self.snapshot, self._is_stale = task, None, False
        self.show_task(task)

    def offer_points(self, task: Task) -> None:
        """Show a few other points; what was learnt stays in sight until newer is known."""
        self.task = task
        self.show_points(task)

    def offer_snapshot(self, snapshot: Snapshot) -> None:
        """Show the snapshot now, or once the view is seen."""
        self.snapshot = snapshot
        if self.isVisible():
            self.show_snapshot(snapshot)
        else:
            self._is_stale = True

    def offer_theme(self, theme: Theme) -> None:
        """Draw everything again in other colours."""
        self.theme = theme
        self.show_theme()
        if self.task:
            self.show_task(self.task)
        if self.snapshot:
            self.show_snapshot(self.snapshot)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale and self.snapshot:
            self._is_stale = False
            self.show_snapshot(self.snapshot)

    def show_task(self, task: Task) -> None:
        """Show a new run's data, before any training."""
        raise NotImplementedError

    def show_points(self, task: Task) -> None:
        """Show the points of the task, where the view shows points."""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the run at this moment."""
        raise NotImplementedError

    def show_theme(self) -> None:
        """Take the colours of `self.theme`."""
