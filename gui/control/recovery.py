"""Copies of what is unsaved, written while the window is used, and offered after a crash."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.data.shown_names import shown_name
from core.errors import LogitLabError
from core.language import tr
from core.model_family import FAMILY
from core.number_format import format_count, format_integer
from core.projects.recovery import ORIGINAL, SUMMARY, Leftover, Slot
from gui.control.projects import Mark, Projects
from gui.control.run_controller import RunController
from gui.state.background_tasks import Queue

if TYPE_CHECKING:
    from core.projects.project import Project

EDIT_MS = 2_000  # from the last edit to its copy
TRAINING_MS = 30_000  # between copies while it trains
LARGEST = 2**26  # bytes of own rows: larger ones are not copied again and again, but linked
KEY, PREPARATION = "recovery", "recovery-preparation"  # of the background


class Recovery(QObject):
    """Writes a copy of the project after each edit and every half minute of training.

    The newest wins: a copy replaces the one before. It is removed once nothing is unsaved.
    slot : where it is. Slots of crashed programs whose work was restored here are removed once this
    window has a copy of its own.
    """

    written = Signal()
    failed = Signal(str)  # message for the user, the first time that no copy can be written

    def __init__(
        self, controller: RunController, projects: Projects, slot: Slot, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.slot = slot
        self._held: list[Leftover] = []  # whose work is asked for
        self._adopted: list[Leftover] = []  # whose work is here
        self._has_failed = self._has_ended = False
        self._soon, self._regularly = QTimer(self), QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(EDIT_MS)
        self._soon.timeout.connect(self.copy)
        self._regularly.setInterval(TRAINING_MS)
        self._regularly.timeout.connect(self.copy)
        self._regularly.start()
        self.follow(controller, projects)

    def follow(self, controller: RunController, projects: Projects) -> None:
        """Copy from now on what this window holds; the copy of the one before it stays till then.

        The window before it is closed.
        """
        self._controller, self._projects = controller, projects
        self._written: Mark | None = None
        self.failed.connect(controller.failed)
        for edited in (
            controller.task_changed,
            controller.points_changed,
            controller.settings_changed,
            projects.changed,
            projects.edited,
        ):
            edited.connect(lambda *_: self._soon.start())

    def set_interval(self, milliseconds: int) -> None:
        """Set the time between copies while it trains."""
        self._regularly.setInterval(milliseconds)

    def copy(self) -> None:
        """Write a copy if something is unsaved that the last one does not hold."""
        if not self._projects.is_modified:
            if not self._adopted and not self._controller.background.is_busy(KEY):
                self.slot.clear()
            self._written = None
            return

        def prepare() -> None:
            from core.projects import project  # noqa: F401  takes two frames the first time

        def capture(_: None) -> None:
            if self._projects.is_modified and not self._has_ended:
                self._projects.capture(self._write)

        self._controller.background.ask(PREPARATION, prepare, capture, queue=Queue.COPIES)

    def adopt(self, left: Leftover) -> None:
        """Show what a crashed program has left; its slot stays until there is a copy here."""
        self._held.append(left)
        self._projects.open(
            left.copy,
            recovered_from=left.original or Path(),
            then=lambda: self._adopted.append(left),
        )

    def _write(self, project: Project, mark: Mark) -> None:
        if self._has_ended or (self._written is not None and mark.is_like(self._written)):
            return
        about = {SUMMARY: self._summary(project), ORIGINAL: str(self._projects.path or "")}
        is_linked = project.is_linked or self._projects.own_bytes > LARGEST
        place = self.slot.copy

        def work() -> None:
            from dataclasses import replace

            from core.projects.project import packed

            window = dict(project.window) | about
            packed(replace(project, window=window, is_linked=is_linked)).write(place)

        def end(_: None) -> None:
            self._written = mark
            while self._adopted:
                left = self._adopted.pop()
                self._held.remove(left)
                left.remove()
            self.written.emit()

        self._controller.background.ask(KEY, work, end, self._fail, Queue.COPIES)

    def _summary(self, project: Project) -> str:
        """Return what the copy holds, in a few words: “Iris, softmax, step 4,200”."""
        task = project.task
        parts = [shown_name(task.source), FAMILY[task.config.model.kind].title_in_text]
        if self._controller.steps:
            parts.append(tr("step {step}", step=format_integer(self._controller.steps)))
        if project.records:
            count = len(project.records)
            parts.append(format_count(count, "kept run"))
        name = f"{self._projects.title}: " if self._projects.title else ""
        return name + ", ".join(parts)

    def _fail(self, error: BaseException) -> None:
        """Say once why there is no copy: the work itself goes on."""
        if self._has_failed:
            return
        self._has_failed = True
        why = str(error) if isinstance(error, LogitLabError) else f"{type(error).__name__}: {error}"
        self.failed.emit(
            tr("No copy for a recovery can be kept: {why} Save your work yourself.", why=why)
        )

    def end(self, *, is_wanted: bool) -> None:
        """Stop; leave the copy to the next start if it is wanted, else remove it."""
        self._has_ended = True
        self._soon.stop()
        self._regularly.stop()
        self._controller.background.forget(KEY)  # a copy on its way finds no folder
        if is_wanted and self.slot.copy.exists():
            self.slot.release()
        else:
            self.slot.remove()
        for left in self._held:
            left.release()
