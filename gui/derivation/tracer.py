"""Follows the chosen example through the newest snapshot, for all views that show its numbers.

An update can be taken in four parts: forward, loss, gradient, update. The numbers do not change
between them; the last part makes the step.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.data.task import Task
from core.train.snapshot import Snapshot, Status
from gui.derivation import numbers as trace_numbers
from gui.derivation.brief import chain_lines, gauge_lines
from gui.derivation.lines import PARTS
from gui.derivation.models import lines as derivation
from gui.derivation.shape import Shape, shape_of
from gui.kit.maths import formula
from gui.kit.maths.notation import Key, Line
from gui.kit.maths.typesetter import symbols
from gui.kit.view import View
from gui.state.background_tasks import Background
from gui.state.selected_example import Chosen, Example
from gui.state.throttle import outruns_reading

if TYPE_CHECKING:  # it imports PyTorch
    from core.explain.example_trace import Trace

INTERVAL_MS = 100  # between two traces
BLUR_MS = 200  # if steps are faster than that: no two numbers can be compared then anyway
LIVE_NUMBERS = 300_000  # rows × features: limit of a batch that is averaged during training
UPDATE = len(PARTS) - 1


@dataclass(frozen=True, eq=False)
class Followed:
    """A trace, ready to be shown: the lines of the stage and of the gauge, and the numbers.

    is_whole : whether it was made for a view of the whole update; else it has no batch.
    """

    task: Task
    example: Example
    snapshot: Snapshot
    trace: Trace
    shape: Shape
    lines: tuple[Line, ...]
    brief: tuple[Line, ...]
    is_whole: bool

    @property
    def values(self) -> dict[Key, float | str]:
        return trace_numbers.numbers(self.shape, self.trace, self.example.values)


class Tracer(QObject):
    """Traces while a view is visible, at most ten times a second; five if steps are a blur."""

    traced = Signal(object)  # Followed, or None if there is nothing to follow
    part_changed = Signal(object)  # index of the part that is lit, or None
    step_wanted = Signal()
    pause_wanted = Signal()

    def __init__(self, background: Background, chosen: Chosen) -> None:
        super().__init__(chosen)
        self.chosen = chosen
        self.part: int | None = None
        self.newest: Followed | None = None
        self._background = background
        self._task: Task | None = None
        self._snapshot: Snapshot | None = None
        self._held: Snapshot | None = None  # shown while an update is taken in parts
        self._waiting = 0  # presses for parts, until the run is where the first of them wants it
        self._label: int | None = None  # the user's choice for an example without a class
        self._watchers: list[View] = []
        self._formulae: tuple[str, ...] = ()
        self._whole: View | None = None  # shows the whole update
        self._asked_at = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._ask)
        chosen.changed.connect(self._turn_to)

    def watch(self, view: View, *, up_to_update: bool, formulae: tuple[str, ...] = ()) -> None:
        """Trace while this view is visible.

        up_to_update : whether it shows the batch's gradient, which is the most expensive part.
        formulae : what it shows beside the lines, as LaTeX, which is typeset before it is told.
        """
        self._watchers.append(view)
        self._formulae += formulae
        if up_to_update:
            self._whole = view

    def receive_task(self, task: Task) -> None:
        """Drop the old run; its numbers are cleared everywhere."""
        self._background.forget("trace")
        self._task, self._snapshot, self.newest = task, None, None
        self._set_part(None)
        self.traced.emit(None)

    def receive_points(self, task: Task) -> None:
        """Continue in a task with a few changed points; the last numbers stay until then."""
        self._task, self._snapshot = task, None
        self._set_part(None)

    def receive_snapshot(self, snapshot: Snapshot) -> None:
        """Set the newest snapshot; between the parts of an update the old one stays shown."""
        if snapshot.task is not self._task:
            return
        self._snapshot = snapshot
        if snapshot.status is Status.TRAINING:
            if not self._waiting:
                self._set_part(None)
        elif self._waiting:
            self._take_waiting()
        elif self._held is not None and self.part is not None:
            is_own = snapshot.step == self._held.step + (self.part == UPDATE)
            if snapshot.run != self._held.run or not (is_own or snapshot.step == self._held.step):
                self._set_part(None)
            elif snapshot.step == self._held.step and self.part != UPDATE:
                self._held = snapshot  # with other settings or weights at the same step
        self.refresh()

    @property
    def is_at_rest(self) -> bool:
        """Whether the visible views show the numbers of the newest snapshot, if it has any."""
        task, example, newest = self._task, self.chosen.example, self.newest
        if self._later.isActive():
            return False
        if not any(view.isVisible() for view in self._watchers):
            return True
        snapshot = self._held or self._snapshot
        if task is None or snapshot is None:
            return True
        if example is None or example.task is not task:
            return True
        if newest is None or newest.snapshot is not snapshot or newest.example is not example:
            return False
        return newest.is_whole or self._whole is None or not self._whole.isVisible()

    def set_label(self, label: int | None) -> None:
        """Set the class of an example whose class is unknown."""
        self._label = label
        self.refresh()

    def next_part(self) -> None:
        """Take the next part of an update; the last one makes the step."""
        snapshot = self._snapshot
        if snapshot is None or self._task is None:
            return
        self._waiting += 1
        if snapshot.status is not Status.TRAINING:
            self._take_waiting()
        elif self._waiting == 1:
            self.pause_wanted.emit()

    def _take_waiting(self) -> None:
        """Take as many parts as were asked for, up to a step that is not there yet."""
        while self._waiting and not self._is_step_on_its_way:
            self._waiting -= 1
            self._set_part(0 if self.part is None or self.part == UPDATE else self.part + 1)
            if self.part == UPDATE:
                self.step_wanted.emit()

    @property
    def _is_step_on_its_way(self) -> bool:
        held, newest = self._held, self._snapshot
        if self.part != UPDATE or held is None or newest is None:
            return False
        return (held.run, held.step) == (newest.run, newest.step)

    def refresh(self) -> None:
        """Schedule a new trace if a view is visible."""
        is_blur = self._snapshot is not None and outruns_reading(self._snapshot)
        if self._later.isActive() and (is_blur or self._later.interval() <= INTERVAL_MS):
            return
        if any(view.isVisible() for view in self._watchers):
            elapsed = 1000 * (time.monotonic() - self._asked_at)
            self._later.start(max(0, int((BLUR_MS if is_blur else INTERVAL_MS) - elapsed)))

    def _turn_to(self, _: Example | None) -> None:
        self._label = None
        self.refresh()

    def _set_part(self, part: int | None) -> None:
        if part is None:
            self._waiting = 0
        self._held = None if part is None else self._snapshot if part == 0 else self._held
        if part != self.part:
            self.part = part
            self.part_changed.emit(part)
        self.refresh()

    def _ask(self) -> None:
        task, example = self._task, self.chosen.example
        snapshot = self._held or self._snapshot
        if task is None or snapshot is None:
            return
        if example is None or example.task is not task:
            return
        self._asked_at = time.monotonic()
        label = example.label if example.label is not None else self._label
        is_live = snapshot.status is Status.TRAINING
        is_whole = self._whole is not None and self._whole.isVisible()
        is_small = len(snapshot.batch) * task.m <= LIVE_NUMBERS
        with_batch = is_whole and (is_small or not is_live)
        known = self.newest
        beside = self._formulae if is_whole else ()

        def work() -> Followed:
            from core.explain.example_trace import follow

            trace = follow(
                task, snapshot, example.values, label, example.row, with_batch=with_batch
            )
            is_same = known is not None and known.task is task and known.example is example
            units = known.shape.units if known is not None and is_same and is_live else None
            shape = shape_of(task, trace, example.text, units)
            if known is not None and known.shape == shape:
                lines, brief = known.lines, known.brief
            else:
                lines, brief = derivation(shape), gauge_lines(shape)
            shown = symbols((*lines, *chain_lines(shape)))  # those in brief are among these
            for latex in (*shown, *beside):  # here, so that the window does not wait for it
                formula.outlines(latex)
            return Followed(task, example, snapshot, trace, shape, lines, brief, is_whole)

        self._background.ask("trace", work, self._show)

    def _show(self, followed: Followed) -> None:
        if followed.task is not self._task or followed.example.task is not followed.task:
            return
        self.newest = followed
        self.traced.emit(followed)
