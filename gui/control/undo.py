"""What Ctrl+Z takes back: the step from one run to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from gui.kit.plain_text import unmarked

if TYPE_CHECKING:
    from core.data.points import Points
    from core.data.task import Task
    from core.teach.lesson import Preset

OF_A_FIELD, OF_NO_FIELD = 1, -1  # Qt offers commands of one id to each other, −1 to none


@dataclass(frozen=True, eq=False)
class Run:
    """A run that the window can show: its number, its task, and the drawn points if any.

    preset : the lesson that it comes from; strays, whether it was changed since.
    """

    number: int
    task: Task
    points: Points
    preset: Preset | None = None
    strays: bool = False


def say_loss(words: str, steps: int) -> str:
    """Say that the run was reset by this, and that its steps can be had back."""
    return f"Reset by the {words}. Ctrl+Z brings step {steps:,} back."


class Change(QUndoCommand):
    """From one run to the next, and back with the weights it had.

    Changes of one field in a row, as long as nothing is trained in between, are one: all that is
    typed, every notch of the wheel, an arrow key that is held.

    show : shows a run. steps : of the run before, which the change took off the screen.
    field : whose value was changed, "" where it was no field's.
    """

    def __init__(
        self,
        show: Callable[[Run], None],
        words: str,
        before: Run,
        after: Run,
        *,
        steps: int = 0,
        field: str = "",
    ) -> None:
        super().__init__(unmarked(words))  # for the menu
        self._words = words
        self._show = show
        self.before, self.after, self.steps, self.field = before, after, steps, field
        self._is_first = True

    @property
    def loss(self) -> str:
        """What a person should know of what is gone, "" where nothing was trained."""
        return say_loss(self._words, self.steps) if self.steps else ""

    def goes_on(self, field: str, before: Run | None, steps: int) -> bool:
        """Whether another change of this field, away from such a run, is one with this."""
        return bool(field) and field == self.field and before is self.after and not steps

    def id(self) -> int:
        return OF_A_FIELD if self.field else OF_NO_FIELD

    def mergeWith(self, other: QUndoCommand) -> bool:
        assert isinstance(other, Change)
        if not self.goes_on(other.field, other.before, other.steps):
            return False
        self.after = other.after
        return True

    def redo(self) -> None:
        if self._is_first:  # pushed when it has been done
            self._is_first = False
            return
        self._show(self.after)

    def undo(self) -> None:
        self._show(self.before)


class Changes(QUndoStack):
    """What Ctrl+Z takes back, and what that has to do with a change that is being made."""

    def __init__(self, parent: QObject, limit: int) -> None:
        super().__init__(parent)
        self.setUndoLimit(limit)

    def is_continued(self, field: str, before: Run | None, steps: int) -> bool:
        """Whether a change of this field, away from this run, will be one with the newest."""
        newest = self.command(self.index() - 1)
        return isinstance(newest, Change) and newest.goes_on(field, before, steps)

    def note(self, change: Change) -> str:
        """Let a change that has been made be undone; return its loss, with that of the same field.

        See `Change.loss`.
        """
        self.push(change)  # which may make it one with the one before
        newest = self.command(self.index() - 1)
        assert isinstance(newest, Change)
        return newest.loss
