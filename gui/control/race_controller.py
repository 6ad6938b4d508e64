"""A race of runs, as the person begins, watches, pauses and ends it; the shown run waits."""

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
from gui.state.background_tasks import Background, Queue

SNAPSHOT_SECONDS = 0.1  # between two looks at a race: nobody reads faster


class RaceController(QObject):
    """The race that the session holds: its number, its newest snapshot, whether it is watched."""

    begun = Signal(int, object)  # its number, and the tasks of the entries
    changed = Signal(object)  # RaceSnapshot, while it is watched
    failed = Signal(str)  # words for the person

    def __init__(self, session: Session, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._background = background
        self._is_watched = False
        self._races = 0
        self._snapshot: RaceSnapshot | None = None
        self._seen_at = 0.0

    @property
    def has_play_key(self) -> bool:
        """Whether Play and Pause are the race's: it is watched, and some entry still trains."""
        return (
            self._is_watched
            and self._snapshot is not None
            and self._snapshot.status is not Status.FINISHED
        )

    def begin(self, entries: Sequence[tuple[Task, RunConfig]]) -> None:
        """Train these configs at once, each on the data of its task."""

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
            self._session.send(commands.RunRace())

        def failed(error: BaseException) -> None:
            self.failed.emit(str(error))

        self._background.ask("race tasks", work, answer, failed, Queue.READS)

    def run(self, is_running: bool) -> None:
        """Go on with the race, or pause it."""
        self._session.send(commands.RunRace() if is_running else commands.PauseRace())

    def play_or_pause(self) -> None:
        if self._snapshot is not None:
            self.run(self._snapshot.status is not Status.TRAINING)

    def end(self) -> None:
        self._snapshot = None
        self._session.send(commands.EndRace())

    def watch(self, is_watched: bool) -> None:
        """Hand on where the entries stand from now on, or no longer."""
        self._is_watched = is_watched

    def poll(self) -> None:
        """Hand on the newest snapshot, ten times a second at most."""
        now = time.monotonic()
        if self._is_watched and now - self._seen_at >= SNAPSHOT_SECONDS:
            snapshot = self._session.outbox.races.take()
            if snapshot is not None and snapshot.number == self._races:
                self._snapshot, self._seen_at = snapshot, now
                self.changed.emit(snapshot)

    def fail(self, message: str) -> None:
        """The session could not go on with the race."""
        self._snapshot = None
        self.failed.emit(message)
