"""Python's garbage is collected on the window's thread, between two events.

Python collects cycles of objects whenever some thread makes many: also the one that trains, and
also while Qt walks through widgets. A timer that another thread deletes makes Qt crash at its next
tick ("Timers cannot be stopped from another thread"); so does a widget that goes while Qt has it
in hand.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 100  # between two looks at how much there may be
OLDEST = 2  # of Python's three generations of objects


class GarbageCollector(QObject):
    """Takes over Python's cyclic garbage collector, on the thread that makes this."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._has_started_up = False
        gc.disable()
        look = QTimer(self)
        look.timeout.connect(self._collect)
        look.start(LOOK_MS)

    def _collect(self) -> None:
        """Collect what Python would by its own rule: the oldest generation that is due."""
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [age for age, (count, threshold) in enumerate(counts) if count > threshold]
        if 0 not in due:
            return
        gc.collect(due[-1])
        if due[-1] == OLDEST and not self._has_started_up:
            # Modules and classes stay to the end; to look through them again takes 30 ms.
            gc.freeze()
            self._has_started_up = True
