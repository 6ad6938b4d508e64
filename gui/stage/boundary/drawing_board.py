"""The drawing board: what mouse and keys do to drawn points, on the plot that shows them."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent

from core.data.points import Points, inside, spray
from core.errors import DataError
from gui.kit import plots
from gui.kit import theme as look
from gui.kit.theme import Theme

REACH_PX = 10
GHOST_OPACITY = 0.45
LASSO_PX = 4  # a new corner of the lasso every so many pixels
MAX_CORNERS = 400
CIRCLE = np.linspace(0, 2 * np.pi, 61)
JITTER_PX = 8


class Tool(Enum):
    """What a press on the board does: name, key, tip."""

    PUT = ("Put", "P", "Click to put a point; drag a point to move it")
    SPRAY = ("Spray", "Y", "Hold and move to spray points over the circle")
    SELECT = ("Select", "L", "Draw a lasso around points; drag the selected ones to move them")
    RELABEL = ("Relabel", "C", "Paint points with the chosen class")
    ERASE = ("Erase", "X", "Rub points out")

    def __init__(self, word: str, key: str, tip: str) -> None:
        self.word, self.key, self.tip = word, key, tip


class Board(QObject):
    """Edits `points` by mouse and keys on a plot; every gesture ends in one `edited`."""

    edited = Signal(object, str, bool)  # Points, words for undo, whether the gesture is over
    refused = Signal(str)
    class_wanted = Signal(int)  # a number key chose this class

    def __init__(self, plot: pg.PlotWidget, theme: Theme) -> None:
        super().__init__(plot)
        self._plot, self._theme = plot, theme
        self.points = Points()
        self.is_active = False
        self.tool = Tool.PUT
        self.chosen_class = 0
        self.radius_px = 40
        self.density = 6  # points for each event of the spray
        self.selected: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._gesture: Callable[[tuple[float, float]], None] | None = None
        self._words = ""
        self._start = self._last = (0.0, 0.0)
        self._before = self.points
        self._lasso: list[tuple[float, float]] = []
        self._seed = 0
        self._ghost = pg.ScatterPlotItem()
        self._ghost.setZValue(30)
        self._ghost.setOpacity(GHOST_OPACITY)
        self._circle = pg.PlotCurveItem()
        self._marked = pg.ScatterPlotItem(symbol="s", size=16)
        self._outline = pg.PlotCurveItem()
        for item in (self._circle, self._marked, self._outline):
            item.setZValue(29)
        for item in (self._ghost, self._circle, self._marked, self._outline):
            plot.addItem(item, ignoreBounds=True)
        plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plot.viewport().installEventFilter(self)
        plot.installEventFilter(self)
        self.set_theme(theme)

    # What the window sets ---------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        dashed = Qt.PenStyle.DashLine
        self._circle.setPen(plots.pen(self._plot, theme.ink, 1, dashed))
        self._outline.setPen(plots.pen(self._plot, theme.accent, 1.5, dashed))
        self._marked.setPen(plots.pen(self._plot, theme.accent, 1.5))
        self._marked.setBrush(None)

    def set_points(self, points: Points, *, is_active: bool) -> None:
        """Take the points that are shown now; while a gesture lasts it has newer ones itself."""
        self.is_active = is_active
        if self._gesture is None:
            self._take(points)
        if not is_active:
            self._hide_ghost()
        self._show_selected()

    def set_radius(self, pixels: int) -> None:
        self.radius_px = pixels

    def set_density(self, points: int) -> None:
        self.density = points

    def set_tool(self, tool: Tool) -> None:
        self.tool = tool
        self._hide_ghost()

    def choose_class(self, k: int) -> None:
        """Draw points of this class from now on; what is selected becomes of it."""
        self.chosen_class = k
        if len(self.selected):
            self._finish(self.points.relabel(self.selected, k), "relabel points")

    def jitter(self) -> None:
        """Shift the selected points, or all, a little at random."""
        rows = self.selected if len(self.selected) else np.arange(len(self.points))
        if len(rows):
            self._seed += 1
            spread = self._in_data(JITTER_PX)
            self._finish(self.points.jitter(rows, spread, self._seed), "jitter points")

    def clear(self) -> None:
        self._finish(self.points.clear(), "clear all points")

    def erase_selected(self) -> None:
        if len(self.selected):
            self._finish(self.points.erase(self.selected), "erase points")

    def add_class(self) -> None:
        self._try(self.points.with_class, "add a class")

    def rename_class(self, k: int, name: str) -> None:
        self._try(lambda: self.points.rename_class(k, name), "rename a class")

    def remove_class(self, k: int) -> None:
        self._try(lambda: self.points.remove_class(k), "remove a class")

    # Places -----------------------------------------------------------------------------------

    def _place(self, position: QPointF) -> tuple[float, float]:
        box = self._plot.getPlotItem().getViewBox()
        point = box.mapSceneToView(self._plot.mapToScene(position.toPoint()))
        return point.x(), point.y()

    def _is_on_board(self, position: QPointF) -> bool:
        box = self._plot.getPlotItem().getViewBox()
        return bool(box.sceneBoundingRect().contains(self._plot.mapToScene(position.toPoint())))

    def _in_data(self, pixels: float) -> tuple[float, float]:
        """Return the size of so many pixels along x and along y."""
        width, height = self._plot.getPlotItem().getViewBox().viewPixelSize()
        return pixels * width, pixels * height

    def _distances(self, place: tuple[float, float]) -> NDArray[np.float64]:
        """Return the distance of each point from the place, in pixels."""
        across = (self.points.xy - place) / self._in_data(1)
        return np.hypot(across[:, 0], across[:, 1])

    def _nearest(self, place: tuple[float, float]) -> int | None:
        if not len(self.points):
            return None
        distance = self._distances(place)
        row = int(distance.argmin())
        return row if distance[row] <= REACH_PX else None

    def _under_circle(self, place: tuple[float, float]) -> NDArray[np.int64]:
        return np.flatnonzero(self._distances(place) <= self.radius_px)

    # Gestures -----------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self.is_active:
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent):
            return self._key(event) or super().eventFilter(watched, event)
        if isinstance(event, QMouseEvent) and watched is self._plot.viewport():
            kind = event.type()
            if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
                return self._press(event)
            if kind == QEvent.Type.MouseMove:
                self._move(event)
            elif kind == QEvent.Type.MouseButtonRelease and self._gesture is not None:
                self._release()
                return True
        elif event.type() == QEvent.Type.Leave and watched is self._plot.viewport():
            self._hide_ghost()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        """Digits choose a class, Delete erases, Escape lets go, Ctrl+A selects all."""
        key, is_plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        digit = (key - Qt.Key.Key_1) % 10 if Qt.Key.Key_0 <= key <= Qt.Key.Key_9 else None
        is_ours = (is_plain and (digit is not None or key in _ERASING)) or key == Qt.Key.Key_Escape
        is_all = event.matches(QKeySequence.StandardKey.SelectAll)
        if not is_ours and not is_all:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # ours before it is a shortcut of the window
            return True
        if event.type() != QEvent.Type.KeyPress:
            return False
        if is_all:
            self._select(np.arange(len(self.points)))
        elif key in _ERASING:
            self.erase_selected()
        elif key == Qt.Key.Key_Escape:
            self._select(np.empty(0, dtype=np.int64))
        elif digit is not None and digit < len(self.points.class_names):
            self.class_wanted.emit(digit)
        return True

    def _press(self, event: QMouseEvent) -> bool:
        if not self._is_on_board(event.position()):
            return False
        place = self._place(event.position())
        row = self._nearest(place)
        if event.button() == Qt.MouseButton.RightButton:
            if row is not None:
                self._finish(self.points.without_point(row), "erase a point")
            return True
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        self._start = self._last = place
        self._before = self.points
        name = self.points.class_names[self.chosen_class]
        match self.tool:
            case Tool.PUT if row is None:
                k = self.chosen_class
                self._try(lambda: self.points.with_point(*place, k), f"draw a point of {name}")
            case Tool.PUT:
                self._begin(self._drag_points, "move a point")
                self.selected = np.array([row])
            case Tool.SELECT if row is not None:
                if row not in self.selected:
                    self._select(np.array([row]))
                self._begin(self._drag_points, "move points")
            case Tool.SELECT:
                self._lasso = [place]
                self._begin(self._draw_lasso, "select")
            case Tool.SPRAY:
                self._begin(self._spray, f"spray points of {name}")
                self._spray(place)
            case Tool.RELABEL:
                self._begin(self._relabel, f"relabel points to {name}")
                self._relabel(place)
            case Tool.ERASE:
                self._begin(self._erase, "erase points")
                self._erase(place)
        return True

    def _begin(self, gesture: Callable[[tuple[float, float]], None], words: str) -> None:
        self._gesture, self._words = gesture, words

    def _move(self, event: QMouseEvent) -> None:
        place = self._place(event.position())
        if self._gesture is not None:
            self._gesture(place)
            self._last = place
        self._show_ghost(place)

    def _release(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture == self._draw_lasso:
            corners = np.array(self._lasso)
            self._outline.setData([], [])
            self._select(np.flatnonzero(inside(self.points.xy, corners)))
        elif self.points is not self._before:
            self.edited.emit(self.points, self._words, True)
        if self.tool is Tool.PUT:
            self._select(np.empty(0, dtype=np.int64))

    def _drag_points(self, place: tuple[float, float]) -> None:
        by = place[0] - self._start[0], place[1] - self._start[1]
        self._edit(self._before.move(self.selected, by))

    def _draw_lasso(self, place: tuple[float, float]) -> None:
        last = self._lasso[-1]
        dx, dy = self._in_data(LASSO_PX)
        if abs(place[0] - last[0]) >= dx or abs(place[1] - last[1]) >= dy:
            self._lasso = [*self._lasso[-MAX_CORNERS:], place]
        closed = np.array([*self._lasso, self._lasso[0]])
        self._outline.setData(closed[:, 0], closed[:, 1])

    def _spray(self, place: tuple[float, float]) -> None:
        self._seed += 1
        drops = spray(place, self._in_data(self.radius_px), self.density, self._seed)
        try:
            self._edit(self.points.put(drops, self.chosen_class))
        except DataError as error:
            self.refused.emit(str(error))

    def _relabel(self, place: tuple[float, float]) -> None:
        rows = self._under_circle(place)
        if (self.points.labels[rows] != self.chosen_class).any():
            self._edit(self.points.relabel(rows, self.chosen_class))

    def _erase(self, place: tuple[float, float]) -> None:
        rows = self._under_circle(place)
        if len(rows):
            self._edit(self.points.erase(rows))

    def _edit(self, points: Points) -> None:
        """Show the points of a gesture that goes on."""
        self.points = points
        self.edited.emit(points, self._words, False)
        self._show_selected()

    def _finish(self, points: Points, words: str) -> None:
        """Show the points of a gesture that is over at once."""
        self._take(points)
        self.edited.emit(points, words, True)
        self._show_selected()

    def _take(self, points: Points) -> None:
        """Let go of rows that are others now, and of a class that is gone."""
        if len(points) != len(self.points):
            self.selected = self.selected[:0]
        self.points = points
        self.chosen_class = min(self.chosen_class, len(points.class_names) - 1)

    def _try(self, edit: Callable[[], Points], words: str) -> None:
        try:
            self._finish(edit(), words)
        except DataError as error:
            self.refused.emit(str(error))

    # What is shown ------------------------------------------------------------------------------

    def _select(self, rows: NDArray[np.int64]) -> None:
        self.selected = rows
        self._show_selected()

    def _show_selected(self) -> None:
        shown = self.selected if self.is_active else self.selected[:0]
        places = self.points.xy[shown[shown < len(self.points)]]
        self._marked.setData(x=places[:, 0], y=places[:, 1])

    def _show_ghost(self, place: tuple[float, float]) -> None:
        """Show faintly what a press here would do."""
        if self.tool in (Tool.SPRAY, Tool.RELABEL, Tool.ERASE):
            rx, ry = self._in_data(self.radius_px)
            self._circle.setData(place[0] + rx * np.cos(CIRCLE), place[1] + ry * np.sin(CIRCLE))
        if self.tool is Tool.PUT and self._gesture is None and self._nearest(place) is None:
            k = self.chosen_class
            self._ghost.setData(
                x=[place[0]],
                y=[place[1]],
                symbol=look.symbol(k),
                size=plots.POINT_PX * look.symbol_scale(k),
                brush=pg.mkBrush(self._theme.class_colour(k)),
                pen=plots.pen(self._plot, self._theme.panel, 1),
            )
        else:
            self._ghost.setData([], [])

    def _hide_ghost(self) -> None:
        self._ghost.setData([], [])
        self._circle.setData([], [])


_ERASING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
