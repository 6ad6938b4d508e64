"""Whether the numbers of the window are covered, so that a class can say them first."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Covers(QObject):
    """Covers all numbers, or reveals all; whoever shows numbers reveals one at a time itself."""

    changed = Signal(bool)  # cover them now, or reveal them

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_on = False

    def set(self, is_on: bool) -> None:
        """Cover all numbers, also those that were revealed since; or reveal all."""
        self.is_on = is_on
        self.changed.emit(is_on)

    def toggle(self) -> None:
        self.set(not self.is_on)
