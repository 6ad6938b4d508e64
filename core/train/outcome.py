"""What is known of a run once it is over, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Epilogue:
    """What a person should know about the end of a run.

    converged : whether it came to rest where the loss is least nearby; None where nobody can tell.
    notes : sentences.
    rate : a learning rate that has been tried and learns, where the one of the run does not.
    is_from_start : whether it learns from the first point on record alone, and not from where the
        run is now.
    """

    converged: bool | None = None
    notes: tuple[str, ...] = ()
    rate: float | None = None
    is_from_start: bool = False

    @property
    def words(self) -> str:
        return " ".join(self.notes)
