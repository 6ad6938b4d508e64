"""The next run's task, prepared in the background while the shown run continues."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from core.config import RunConfig
from core.data.task import Task
from core.errors import LogitLabError
from core.language import tr
from core.out_of_memory import describe_shortage, is_shortage
from gui.control.run_controller import LOAD, RunController
from gui.state.background_tasks import Queue

Found = TypeVar("Found")


class NextTask(QObject):
    """Prepares one task at a time: the newest that was requested.

    config : config of the task being prepared; None if there is none or a file determines it.
    """

    busy_changed = Signal(str)  # message while loading, "" when done
    refused = Signal(object, bool)  # Task that stays; whether another folder could help
    settled = Signal()  # the shown run changed or the request failed; no task is being prepared

    def __init__(self, controller: RunController, parent: QObject) -> None:
        super().__init__(parent)
        self.config: RunConfig | None = None
        self._controller = controller
        self._busy_with = ""
        for changed in (controller.task_changed, controller.points_changed):
            changed.connect(lambda _: self._settle())

    @property
    def is_busy(self) -> bool:
        """Whether a task is being prepared."""
        return self._controller.background.is_busy(LOAD)

    def replace(
        self,
        make: Callable[[], Found],
        show: Callable[[Found], None],
        config: RunConfig | None = None,
        *,
        busy_with: str = "",
        refuse: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Prepare this task instead of any other; then `show` begins a run with it.

        busy_with : message shown meanwhile. refuse : called with the error on failure.
        """
        self.config = config
        self.announce_loading(busy_with)
        self._controller.background.ask(LOAD, make, show, refuse or self.refuse, Queue.READS)

    def forget(self) -> None:
        """Cancel the preparation of a task."""
        self._controller.background.forget(LOAD)
        self.config = None

    def refuse(self, error: BaseException, *, may_lie_elsewhere: bool = False) -> None:
        """Report why there is no new task; the shown run stays as it is."""
        controller = self._controller
        self._settle()
        controller.plays_next = controller.is_training
        if isinstance(error, LogitLabError):
            controller.failed.emit(str(error))
        elif is_shortage(error):
            controller.failed.emit(describe_shortage(error))
        else:
            controller.failed.emit(
                tr(
                    "The data could not be loaded ({error}).",
                    error=f"{type(error).__name__}: {error}",
                )
            )
        self.keep_shown(may_lie_elsewhere=may_lie_elsewhere)

    def keep_shown(self, *, may_lie_elsewhere: bool = False) -> None:
        """Tell that the shown run stays, so that fields show its settings again."""
        controller = self._controller
        task: Task | None = controller.run.task if controller.run else None
        self.refused.emit(task, may_lie_elsewhere)
        controller.settings_changed.emit(controller.settings)

    def announce_loading(self, text: str) -> None:
        """Announce what is being loaded, "" for nothing."""
        if text != self._busy_with:
            self._busy_with = text
            self.busy_changed.emit(text)

    def _settle(self) -> None:
        """Clear the request once its task is shown or has failed, unless a newer one is pending."""
        if not self.is_busy:
            self.announce_loading("")
            self.config = None
            self.settled.emit()
