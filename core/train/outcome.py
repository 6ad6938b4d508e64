"""The analysis of a run that is over, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Epilogue:
    """What the user should know about the end of a run.

    converged : whether it came to rest at a local minimum of the loss; None if that is unknown.
    notes : sentences.
    rate : a learning rate that has learnt in a trial, where the run's own does not learn.
    is_from_start : whether `rate` learns only from the oldest point on record, not from the
        current one.
    """

    converged: bool | None = None
    notes: tuple[str, ...] = ()
    rate: float | None = None
    is_from_start: bool = False

    @property
    def words(self) -> str:
        return " ".join(self.notes)
