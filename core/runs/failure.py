"""What goes wrong while models train, in words for the person."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import LogitLabError
from core.out_of_memory import is_shortage, say_shortage

RACE = 0  # in place of the number of a run: the race has failed


@dataclass(frozen=True)
class Failure:
    """What went wrong, in words, and with which run; None is the session itself."""

    run: int | None
    message: str

    @property
    def is_of_race(self) -> bool:
        return self.run == RACE


def explain(error: Exception) -> str:
    """Return what happened and what to do, in words."""
    if isinstance(error, LogitLabError):
        return str(error)
    if is_shortage(error):
        return say_shortage(error)
    return (
        f"Training stopped by an unexpected error ({type(error).__name__}: {first_line(error)}). "
        "Press Reset to start again."
    )


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no further word"])[0]
