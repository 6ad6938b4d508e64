"""Failures during training, with messages for the user."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import LogitLabError
from core.language import tr
from core.out_of_memory import describe_shortage, is_shortage

RACE = 0  # in place of a run's number: the race has failed


@dataclass(frozen=True)
class Failure:
    """A failure: its message and the run it concerns, None for the session itself."""

    run: int | None
    message: str

    @property
    def is_of_race(self) -> bool:
        return self.run == RACE


def explain(error: Exception) -> str:
    """Return a message: what happened and what to do."""
    if isinstance(error, LogitLabError):
        return str(error)
    if is_shortage(error):
        return describe_shortage(error)
    return tr(
        "Training stopped by an unexpected error ({kind}: {reason}). Press Reset to start again.",
        kind=type(error).__name__,
        reason=first_line(error),
    )


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [tr("no further word")])[0]
