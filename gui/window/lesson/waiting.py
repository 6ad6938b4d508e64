"""Whether what a step waits for has happened; it stays so until the run goes back before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.data.points import Points
from core.language import tr
from core.train.snapshot import Snapshot
from gui.control.play_key import OVER

if TYPE_CHECKING:
    from core.teach.until import Until


class Waiting:
    """Follows a run on behalf of a step's condition."""

    def __init__(self, until: Until, points: Points | None) -> None:
        self._until, self._points = until, points
        self._is_moved = False
        self._met_at: int | None = None  # step of the run

    @property
    def is_met(self) -> bool:
        """Whether it has happened."""
        return self._met_at is not None

    def give_up(self, snapshot: Snapshot) -> None:
        """Take it as if it had happened now."""
        self._met_at = snapshot.step

    def note(self, snapshot: Snapshot, points: Points) -> None:
        """Look at the run as it is now."""
        if self._met_at is not None and snapshot.step < self._met_at and not self._is_moved:
            self._met_at = None
        if self._points is not None and points is not self._points:
            self._is_moved |= are_moved(self._points, points)
        is_over = snapshot.status in OVER
        if self._met_at is None and self._until.is_met(
            snapshot, is_over=is_over, is_moved=self._is_moved
        ):
            self._met_at = snapshot.step

    def describe(self, snapshot: Snapshot | None) -> str:
        """Say what is waited for, and how far that is; "" for the end of the run."""
        until = self._until
        if until.is_end:
            return ""
        if self.is_met:
            return f"✓ {until.text}"
        now = until.now(snapshot) if snapshot is not None else ""
        if now:
            return tr("until {what} · now {now}", what=until.text, now=now)
        return tr("until {what}", what=until.text)


def are_moved(before: Points, after: Points) -> bool:
    """Return whether these are the same points, some of them elsewhere."""
    return (
        len(before) == len(after) > 0
        and np.array_equal(before.labels, after.labels)
        and not np.array_equal(before.xy, after.xy)
    )
