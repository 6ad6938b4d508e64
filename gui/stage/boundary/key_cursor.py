"""The pointer of those who have no mouse: a cross on the plane that arrow keys move."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from gui.kit import plots
from gui.kit.shortcuts import RETURN, direction
from gui.kit.theme import Theme
from gui.stage.boundary.geometry import Coords, PlotGeometry

STEP_PX, FINE_PX = 10, 1  # per press of an arrow key, the latter with Shift
CROSS_PX = 17


class KeyCursor(QObject):
    """Arrow keys move the cross, Return presses where it is, Escape takes it away.

    It appears in the middle at the first arrow key, and goes with the focus.
    """

    moved = Signal()  # or shown, or taken away
    pressed = Signal(float, float)  # x and y, in the units of the axes

    def __init__(self, plot: plots.Plot, geometry: PlotGeometry) -> None:
        super().__init__(plot)
        self._plot, self._geometry = plot, geometry
        self.coords: Coords | None = None
        self._cross = plots.Spots(symbol="+")
        self._cross.setZValue(31)
        plot.addItem(self._cross, ignoreBounds=True)
        plot.installEventFilter(self)

    def set_theme(self, theme: Theme) -> None:
        self._cross.setSize(plots.marker_px(CROSS_PX))
        self._cross.setPen(plots.pen(self._plot, theme.panel, 1))
        self._cross.setBrush(pg.mkBrush(theme.ink))

    def show_at(self, coords: Coords | None) -> None:
        """Move the cross to these coordinates, or take it away."""
        if coords != self.coords:
            self.coords = coords
            at = () if coords is None else (coords,)
            self._cross.setData(x=[x for x, _ in at], y=[y for _, y in at])
            self.moved.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                return self._press_key(event)
            is_ours = self.coords is not None and event.key() == Qt.Key.Key_Escape
            if is_ours and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # before it is a shortcut of the window
            return is_ours
        if event.type() == QEvent.Type.FocusOut:
            self.show_at(None)
        return super().eventFilter(watched, event)

    def _press_key(self, event: QKeyEvent) -> bool:
        by = direction(event)
        if by is not None:
            is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._move(by, FINE_PX if is_fine else STEP_PX)
        elif self.coords is not None and event.key() in RETURN:
            self.pressed.emit(*self.coords)
        elif self.coords is not None and event.key() == Qt.Key.Key_Escape:
            self.show_at(None)
        else:
            return False
        return True

    def _move(self, by: tuple[int, int], pixels: int) -> None:
        (x0, x1), (y0, y1) = self._plot.getPlotItem().getViewBox().viewRange()
        if self.coords is None:
            self.show_at(((x0 + x1) / 2, (y0 + y1) / 2))
            return
        (x, y), (dx, dy) = self.coords, self._geometry.to_data_size(pixels)
        self.show_at((min(max(x + by[0] * dx, x0), x1), min(max(y - by[1] * dy, y0), y1)))
