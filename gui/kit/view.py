"""What every view of the training state is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.data.task import Task
from core.train.snapshot import Snapshot
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.rest import awaits_timer
from gui.kit.theme import Theme


class View(QWidget):
    """Shows one side of a task and of its newest snapshot; a hidden view does no work.

    `snapshot` is always of `task`: with another task it is None until that task's first one comes.
    The theme is that of the application's palette: a view follows the event that a new one sends.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._zoom = zoom.factor()
        self.task: Task | None = None
        self.snapshot: Snapshot | None = None
        self._is_stale = self._has_old_colours = False

    @property
    def is_at_rest(self) -> bool:
        """Whether all that was offered is shown, but for what a background still has to answer."""
        return not self._is_stale and not awaits_timer(self)

    def offer_task(self, task: Task) -> None:
        """Forget the old run and show the new one's data."""
        self.task, self.snapshot, self._is_stale = task, None, False
        self.show_task(task)

    def offer_points(self, task: Task) -> None:
        """Show a few other points; what was learnt stays in sight until newer is known."""
        self.task, self.snapshot, self._is_stale = task, None, False
        self.show_points(task)

    def offer_snapshot(self, snapshot: Snapshot) -> None:
        """Show the snapshot now, or once the view is seen; one of another task is dropped."""
        if snapshot.task is not self.task:
            return
        self.snapshot = snapshot
        self._is_stale = not self.isVisible()
        if not self._is_stale:
            self.show_snapshot(snapshot)

    def offer_theme(self, theme: Theme) -> None:
        """Draw everything again in other colours or sizes, now or once the view is seen."""
        self.theme = theme
        self._has_old_colours = not self.isVisible()
        if not self._has_old_colours:
            self._show_in_colours()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        theme = look.new_theme(self, event) or self.theme
        if theme is not self.theme or self._zoom != zoom.factor():
            self._zoom = zoom.factor()
            # A fault would come out where the palette was set, and keep it from other widgets.
            tell_all((self,), lambda view: view.offer_theme(theme))

    def _show_in_colours(self) -> None:
        self.show_theme()
        if self.task:
            self.show_task(self.task)
        if self.snapshot:
            self.show_snapshot(self.snapshot)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._has_old_colours:
            self._has_old_colours = self._is_stale = False
            self._show_in_colours()
        elif self._is_stale and self.snapshot:
            self._is_stale = False
            self.show_snapshot(self.snapshot)

    def hideEvent(self, event: QHideEvent) -> None:
        """Catch up when it is seen again: what rings unseen is not followed."""
        super().hideEvent(event)
        self._is_stale |= self.snapshot is not None and awaits_timer(self)

    def turn(self, by: int) -> bool:
        """Show the next part (+1) of what it shows in parts, or the one before (−1), if any."""
        return False

    def present(self, is_on: bool) -> None:
        """Show only what a hall can read, or all of it again: presenter mode comes or goes."""

    def end_threads(self) -> None:
        """End the threads that the view has of its own, and wait for them: the window closes."""

    def show_task(self, task: Task) -> None:
        """Show a new run's data, before any training."""
        raise NotImplementedError

    def show_points(self, task: Task) -> None:
        """Show the points of the task, where the view shows points."""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the run at this moment."""
        raise NotImplementedError

    def show_theme(self) -> None:
        """Take the colours of `self.theme`, and type, lengths and pens at the zoom of now."""


class CardView(View):
    """A view that can stand on a card beside the stage, under a line with its title.

    title : hidden where a tab says the same. header : the line, to whose end a card adds a button.
    """

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__(theme)
        self.title = QLabel(title)
        self.title.setProperty("title", True)
        self.header = QHBoxLayout()
        self.header.setSpacing(6)
        self.header.addWidget(self.title)


def tell_all(views: Iterable[View], tell: Callable[[View], None]) -> None:
    """Tell each view; where one fails, the fault is reported and the others are told all the same.

    Qt does the same for the slots of a signal.
    """
    for view in views:
        try:
            tell(view)
        except Exception:
            sys.excepthook(*sys.exc_info())
