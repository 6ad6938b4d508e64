"""Navigation in the shown run's history: going to earlier steps and replaying."""

from __future__ import annotations

from collections.abc import Callable

from core.runs import commands
from core.runs.workspace import Command
from core.train.snapshot import Snapshot
from gui.control.play_key import PlayKey


class Past:
    """Goes to other steps of the shown run and replays it.

    send : sends a command to the session. leave : stops training on from the shown step and
    returns whether there is a run to do so. key : what the run was last asked to do.
    newest : returns the run's newest snapshot.
    """

    def __init__(
        self,
        send: Callable[[Command], None],
        leave: Callable[[], bool],
        key: PlayKey,
        newest: Callable[[], Snapshot | None],
    ) -> None:
        self._send, self._leave, self._key, self._newest = send, leave, key, newest

    def step_back(self) -> None:
        """Pause and undo one update."""
        if self._leave():
            self._send(commands.StepBack())

    def go_to(self, step: int) -> None:
        """Pause and show the state of the run after this step."""
        if self._leave():
            self._send(commands.GoTo(step))

    def go_live(self) -> None:
        """Show the newest step of the run again."""
        if self._leave():
            self._send(commands.GoLive())

    def replay_or_pause(self) -> None:
        """Replay from the shown step or, at the newest one, from the oldest; pause if playing."""
        snapshot = self._newest()
        if snapshot is None:
            return
        if self._key.is_training(snapshot.status):
            self._key.ask(False)
            self._send(commands.Pause())
        elif self._leave():
            if not snapshot.is_past:
                self._send(commands.GoTo(snapshot.oldest_step))
            self._key.ask(True)
            self._send(commands.Replay())
