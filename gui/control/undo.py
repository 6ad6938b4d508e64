"""Undo of changes that replaced one run by another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from core.language import tr
from core.number_format import format_integer
from gui.kit.plain_text import unmarked

if TYPE_CHECKING:
    from core.config import RunConfig
    from core.data.points import Points
    from core.data.task import Task
    from core.teach.lesson import Place

OF_A_FIELD, OF_NO_FIELD = 1, -1  # Qt tries to merge commands of equal id, but never of id −1


@dataclass(frozen=True, eq=False)
class Run:
    """A run that the window can show: its number, its task, and the drawn points if any.

    place : the step of a lesson that set it up; is_modified : whether it was changed since.
    """

    number: int
    task: Task
    points: Points
    place: Place | None = None
    is_modified: bool = False

    @property
    def shown(self) -> Task:
        """What the views show of the task, and what its snapshots are of: see `shown_task`."""
        from core.data.shown_task import shown

        return shown(self.task)

    @property
    def lesson_config(self) -> RunConfig | None:
        """The config as the lesson has set it up; None outside a lesson."""
        base = self.place.base if self.place else None
        return base.step.setup.config if base and base.step.setup else None


def describe_reset(text: str, steps: int) -> str:
    """Return the message that this change reset the run and that undo restores its steps."""
    return tr(
        "Reset by the {change}. Ctrl+Z brings step {step} back.",
        change=text,
        step=format_integer(steps),
    )


class Change(QUndoCommand):
    """A change from one run to the next; undo restores the previous run with its weights.

    Successive changes of one field, with no training in between, are merged into one: text being
    typed, notches of the wheel, an arrow key held down.

    show : shows a run. steps : number of steps of the previous run.
    field : the setting that was changed, "" if the change was not made by a field.
    """

    def __init__(
        self,
        show: Callable[[Run], None],
        text: str,
        before: Run,
        after: Run,
        *,
        steps: int = 0,
        field: str = "",
    ) -> None:
        super().__init__(unmarked(text))  # for the menu
        self._words = text
        self._show = show
        self.before, self.after, self.steps, self.field = before, after, steps, field
        self._is_first = True

    @property
    def loss(self) -> str:
        """Message about the lost steps, "" if the previous run had none."""
        return describe_reset(self._words, self.steps) if self.steps else ""

    def goes_on(self, field: str, before: Run | None, steps: int) -> bool:
        """Return whether a change of this field from the run `before` is merged with this one.

        steps : steps trained by that run.
        """
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
        if self._is_first:  # push() calls redo(), but the change has already been made
            self._is_first = False
            return
        self._show(self.after)

    def undo(self) -> None:
        self._show(self.before)


class Changes(QUndoStack):
    """Undo stack that can tell whether a new change will be merged with the newest one."""

    def __init__(self, parent: QObject, limit: int) -> None:
        super().__init__(parent)
        self.setUndoLimit(limit)

    def is_continued(self, field: str, before: Run | None, steps: int) -> bool:
        """Return whether a change of this field from this run will be merged with the newest."""
        newest = self.command(self.index() - 1)
        return isinstance(newest, Change) and newest.goes_on(field, before, steps)

    def note(self, change: Change) -> str:
        """Push a change that has been made; return `Change.loss` of the newest command.

        If the change was merged, that is the message of the first change of the field.
        """
        self.push(change)  # may merge it with the previous command
        newest = self.command(self.index() - 1)
        assert isinstance(newest, Change)
        return newest.loss
