"""The whole state of the shown run, asked of the training thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.runs import commands
from core.runs.session import Session

if TYPE_CHECKING:
    from core.runs.run_state import RunState

Answer = Callable[["RunState | None"], None]


class Captures:
    """Passes on each answer once it has come; `poll` does it, on the thread that calls it.

    A state of None: the run is no longer loaded, or an error kept it, which is reported elsewhere.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._answers: dict[int, Answer] = {}
        self._asked = 0

    @property
    def is_idle(self) -> bool:
        return not self._answers

    def ask(self, run: int, answer: Answer) -> None:
        """Ask for the state of the run with this number; None if another one is loaded."""
        self._asked += 1
        self._answers[self._asked] = answer
        self._session.send(commands.Capture(run, self._asked))

    def poll(self) -> None:
        """Pass on what has come."""
        states = self._session.outbox.states
        while states:
            number, state = states.popleft()
            self._answers.pop(number)(state)
