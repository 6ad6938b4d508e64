"""Cyclic garbage collection on the GUI thread only, between two events.

Python collects reference cycles whenever a thread allocates many objects: also on the training
thread, and also while Qt walks through widgets. A timer deleted by another thread makes Qt crash
at its next tick ("Timers cannot be stopped from another thread"); so does a widget deleted while
Qt is using it.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 100  # between two checks of the allocation counts
OLDEST = 2  # index of the oldest of Python's three generations


class GarbageCollector(QObject):
    """Replaces Python's automatic cyclic garbage collection; runs on the thread that creates it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._has_started_up = False
        gc.disable()
        look = QTimer(self)
        look.timeout.connect(self._collect)
        look.start(LOOK_MS)

    def end_start_up(self) -> None:
        """Exempt everything that exists from all later collections; at the first call alone.

        Modules and classes live to the end: there are 300,000 such objects once torch has been
        imported, and one look at all of them stops the window for 0.3 s. About 200 of them
        are garbage, which is kept as well.
        """
        if not self._has_started_up:
            gc.collect(OLDEST - 1)
            gc.freeze()
            self._has_started_up = True

    def _collect(self) -> None:
        """Collect as Python would by its own rule: the oldest generation above its threshold."""
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [age for age, (count, threshold) in enumerate(counts) if count > threshold]
        if 0 in due:
            gc.collect(due[-1])
