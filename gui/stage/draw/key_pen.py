"""A pen that keys move over the pad, for those who have neither mouse nor pen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from core.language import localised, tr
from gui.kit.shortcuts import RETURN, direction
from gui.stage.draw.drawing import Drawing

STEP, FINE = 0.03, 0.01  # of the side, per press of an arrow key, the latter with Shift

Place = tuple[float, float]


class KeyPen:
    """Arrow keys move it, Return puts it down and lifts it, Escape takes it away.

    place : in shares of the pad's side, y down; None until the first arrow key.
    """

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self.place: Place | None = None

    @property
    def is_down(self) -> bool:
        return self.place is not None and self._drawing.is_under_way

    @property
    def words(self) -> str:
        """Where it is, and whether it is down; "" without one."""
        if self.place is None:
            return ""
        x, y = self.place
        across, down = localised(f"{x:.0%}"), localised(f"{y:.0%}")
        if self.is_down:
            return tr("Pen down at {across} across, {down} down", across=across, down=down)
        return tr("Pen up at {across} across, {down} down", across=across, down=down)

    def uses(self, event: QKeyEvent) -> bool:
        """Return whether the key is one of the pen's."""
        if self.place is not None and event.key() in (*RETURN, Qt.Key.Key_Escape):
            return True
        return direction(event) is not None

    def press(self, event: QKeyEvent, *, erases: bool) -> None:
        """Do what a key of the pen's says."""
        by = direction(event)
        if by is not None:
            is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._move(by, FINE if is_fine else STEP)
        elif event.key() == Qt.Key.Key_Escape:
            self.take_away()
        elif self.is_down:
            self._drawing.end()
        elif self.place is not None:
            self._drawing.begin(self.place, erases=erases)

    def take_away(self) -> None:
        """Lift the pen, and show none."""
        if self.is_down:
            self._drawing.end()
        self.place = None

    def _move(self, by: tuple[int, int], step: float) -> None:
        if self.place is None:
            self.place = 0.5, 0.5
            return
        x, y = (min(max(at + step * d, 0.0), 1.0) for at, d in zip(self.place, by, strict=True))
        self.place = x, y
        if self.is_down:
            self._drawing.go_on(self.place)
