"""The past of the run that is shown: other steps of it, and playing it again."""

from __future__ import annotations

from collections.abc import Callable

from core.runs import commands
from core.runs.workspace import Command
from core.train.snapshot import Snapshot, Status


class Past:
    """Goes to other steps of the run that is shown, as the user wants.

    send : takes commands to the session. leave : holds the run at the step that is shown, and
    tells whether there is one. newest : gives its newest snapshot.
    """

    def __init__(
        self,
        send: Callable[[Command], None],
        leave: Callable[[], bool],
        newest: Callable[[], Snapshot | None],
    ) -> None:
        self._send, self._leave, self._newest = send, leave, newest

    def step_back(self) -> None:
        """Pause and undo one update."""
        if self._leave():
            self._send(commands.StepBack())

    def go_to(self, step: int) -> None:
        """Pause and show the run as it was after this step."""
        if self._leave():
            self._send(commands.GoTo(step))

    def go_live(self) -> None:
        """Show the newest step of the run again."""
        if self._leave():
            self._send(commands.GoLive())

    def replay_or_pause(self) -> None:
        """Play what is on record again, from here or, at its end, from its start; or pause that."""
        snapshot = self._newest()
        if snapshot is None:
            return
        if snapshot.status is Status.TRAINING:
            self._send(commands.Pause())
        elif self._leave():
            if not snapshot.is_past:
                self._send(commands.GoTo(snapshot.oldest_step))
            self._send(commands.Replay())
