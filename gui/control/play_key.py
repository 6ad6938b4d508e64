"""The meaning of the play key: a press is the opposite of what the run was last asked to do."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer

from core.train.snapshot import Status

REST_MS = 500  # after the end of a run
OVER = (Status.FINISHED, Status.CONVERGED, Status.DIVERGED)


class PlayKey:
    """Tells what a press means, however quickly presses follow each other.

    The run shows some frames later that it has followed a press; until then, what was asked last
    counts. A press just after the end of a run was meant to pause it, and counts as that: only the
    next one trains on.
    """

    def __init__(self) -> None:
        self._asked: bool | None = None  # whether to train; None once the run has followed
        self._ended = QElapsedTimer()

    def ask(self, is_training: bool) -> None:
        """Record that the run has been asked to train, or to rest."""
        self._asked = is_training

    def note(
        self, before: Status | None, now: Status, *, is_playing: bool, is_answered: bool
    ) -> None:
        """Record a status of the shown run, and when a run that was playing has ended by itself.

        is_answered : whether all that was asked had been carried out before this status.
        """
        if before not in OVER and now in OVER and is_playing:
            self._ended.start()
        if is_answered and (now in OVER or self._asked is (now is Status.TRAINING)):
            self._asked = None

    def forget(self) -> None:
        self._asked = None
        self._ended.invalidate()

    def is_training(self, status: Status | None) -> bool:
        """Return whether a run with this status trains, or has been asked to."""
        return status is Status.TRAINING if self._asked is None else self._asked

    def takes_end(self, status: Status | None) -> bool:
        """Return whether a press now was meant to pause a run that has ended; one press is."""
        is_late = status in OVER and not self._asked and self._ended.isValid()
        is_late = is_late and not self._ended.hasExpired(REST_MS)
        self._ended.invalidate()
        return is_late
