"""The mouse over the plane, or the cross that keys move over it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Signal
from PySide6.QtGui import QMouseEvent

from gui.kit import plots
from gui.stage.boundary.geometry import Coords, PlotGeometry
from gui.stage.boundary.key_cursor import KeyCursor


class Pointer(QObject):
    """Tracks the pointer over the plot, and reports presses between the axes.

    cursor : what arrow keys move; it is the pointer until the mouse moves again.
    """

    moved = Signal()  # over the plot, or off it
    pressed = Signal(float, float)  # x and y, in the units of the axes

    def __init__(self, plot: plots.Plot, geometry: PlotGeometry) -> None:
        super().__init__(plot)
        self._viewport, self._geometry = plot.viewport(), geometry
        self._position: QPointF | None = None  # in pixels, since the axes may change under it
        plot.setMouseTracking(True)
        self._viewport.installEventFilter(self)
        self.cursor = KeyCursor(plot, geometry)
        self.cursor.moved.connect(self._use_keys)
        self.cursor.pressed.connect(self.pressed)

    @property
    def is_over(self) -> bool:
        """Whether it is over the plot."""
        return self._position is not None or self.cursor.coords is not None

    @property
    def coords(self) -> Coords | None:
        """The coordinates under the pointer now, None if it is outside the axes."""
        if self._position is None:
            return self.cursor.coords
        return self._geometry.coords_between_axes(self._position)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._viewport:
            if isinstance(event, QMouseEvent):
                self._take(event)
            elif event.type() == QEvent.Type.Leave:
                self._position = None
                self.moved.emit()
        return super().eventFilter(watched, event)

    def _use_keys(self) -> None:
        if self.cursor.coords is not None:
            self._position = None
        self.moved.emit()

    def _take(self, event: QMouseEvent) -> None:
        if event.type() == QEvent.Type.MouseMove:
            self._position = event.position()
            self.cursor.show_at(None)
            self.moved.emit()
        elif event.type() == QEvent.Type.MouseButtonPress:
            coords = self._geometry.coords_between_axes(event.position())
            if coords is not None:
                self.pressed.emit(*coords)
