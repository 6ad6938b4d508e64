"""Control of a race of runs: begin, watch, pause, end; the shown run waits meanwhile."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from core.config import RunConfig
from core.data.task import Task, prepare
from core.runs import commands
from core.runs.race import RaceSnapshot
from core.runs.session import Session
from core.train.snapshot import Status
from gui.control.play_key import PlayKey
from gui.state.background_tasks import Background, Queue

TASKS = "race-tasks"  # key in the background
SNAPSHOT_SECONDS = 0.1  # between two snapshots of a race: nobody reads faster


class RaceController(QObject):
    """Controls the session's race: its number, its newest snapshot, whether it is watched."""

    begun = Signal(int, object)  # its number, and the tasks of the entries
    changed = Signal(object)  # RaceSnapshot, while it is watched
    failed = Signal(str)  # message for the user

    def __init__(self, session: Session, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._background = background
        self._is_watched = False
        self._races = 0
        self._snapshot: RaceSnapshot | None = None
        self._seen_at = 0.0
        self._key = PlayKey()

    @property
    def has_play_key(self) -> bool:
        """Whether Play and Pause act on the race: it is watched and not finished."""
        return (
            self._is_watched
            and self._snapshot is not None
            and self._snapshot.status is not Status.FINISHED
        )

    def begin(self, entries: Sequence[tuple[Task, RunConfig]]) -> None:
        """Train these configs side by side, each on the data of its task."""

        def work() -> tuple[Task, ...]:
            return tuple(
                replace(task, config=config)
                if (task.config.data, task.config.model) == (config.data, config.model)
                else prepare(task.source, config)
                for task, config in entries
            )

        def answer(tasks: tuple[Task, ...]) -> None:
            self._races += 1
            self._snapshot = None
            self.begun.emit(self._races, tasks)
            self._session.send(commands.BeginRace(self._races, tasks))
            self.run(True)

        def failed(error: BaseException) -> None:
            self.failed.emit(str(error))

        self._background.ask(TASKS, work, answer, failed, Queue.READS)

    def run(self, is_running: bool) -> None:
        """Continue the race, or pause it."""
        self._key.ask(is_running)
        self._session.send(commands.RunRace() if is_running else commands.PauseRace())

    def play_or_pause(self) -> None:
        if self._snapshot is not None:
            self.run(not self._key.is_training(self._snapshot.status))

    def end(self) -> None:
        """End the race, also one that is still being prepared."""
        self._background.forget(TASKS)
        self._snapshot = None
        self._key.forget()
        self._session.send(commands.EndRace())

    def watch(self, is_watched: bool) -> None:
        """Set whether snapshots of the race are passed on."""
        self._is_watched = is_watched

    def poll(self) -> None:
        """Pass on the newest snapshot, at most ten times a second."""
        now = time.monotonic()
        if self._is_watched and now - self._seen_at >= SNAPSHOT_SECONDS:
            is_answered = self._session.has_obeyed  # read first: then the snapshot is as new
            snapshot = self._session.outbox.races.take()
            if snapshot is not None and snapshot.number == self._races:
                before = self._snapshot.status if self._snapshot else None
                self._key.note(before, snapshot.status, is_playing=False, is_answered=is_answered)
                self._snapshot, self._seen_at = snapshot, now
                self.changed.emit(snapshot)

    def fail(self, message: str) -> None:
        """Report that the session could not continue the race."""
        self._snapshot = None
        self._key.forget()
        self.failed.emit(message)
