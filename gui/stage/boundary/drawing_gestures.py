"""Mouse and keys on the drawing board: each tool's gesture, as an edit of the board's points."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent

from core.data.points import inside
from core.language import mark, tr
from gui.kit import plots
from gui.kit.theme import Theme
from gui.stage.boundary.drawing_board import Board
from gui.stage.boundary.drawing_overlay import DrawingOverlay
from gui.stage.boundary.geometry import Coords, PlotGeometry
from gui.stage.boundary.key_cursor import KeyCursor

LASSO_PX = 4  # least distance between two corners of the lasso
MAX_CORNERS = 400
ERASING_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class Tool(Enum):
    """The action of a press on the board: name, key, tip."""

    PUT = (mark("Put"), "P", mark("Click or press Return to put a point; drag a point to move it"))
    SPRAY = (mark("Spray"), "Y", mark("Hold and move to spray points over the circle"))
    SELECT = (
        mark("Select"),
        "L",
        mark("Draw a lasso around points; drag the selected ones to move them"),
    )
    RELABEL = (mark("Relabel"), "C", mark("Paint points with the chosen class"))
    ERASE = (mark("Erase"), "X", mark("Rub points out"))

    def __init__(self, word: str, key: str, tip: str) -> None:
        self.word, self.key, self.tip = word, key, tip

    @property
    def is_wide(self) -> bool:
        """Whether it works over a circle."""
        return self in (Tool.SPRAY, Tool.RELABEL, Tool.ERASE)


class Gestures(QObject):
    """Translates mouse and key events on a plot into edits of the board, while it is active.

    cursor : what keys move: Return presses the tool there, and releases it again.
    radius_px : of the wide tools. density : points that the spray adds for each event.
    """

    class_wanted = Signal(int)  # a number key chose this class

    def __init__(
        self,
        plot: plots.Plot,
        geometry: PlotGeometry,
        board: Board,
        theme: Theme,
        cursor: KeyCursor,
    ) -> None:
        super().__init__(plot)
        self._viewport, self._geometry, self._board = plot.viewport(), geometry, board
        self._overlay = DrawingOverlay(plot, theme)
        self.tool = Tool.PUT
        self.radius_px = 40
        self.density = 6
        self._gesture: Callable[[Coords], None] | None = None
        self._start: Coords = (0.0, 0.0)
        self._lasso: list[Coords] = []
        self._cursor = cursor
        cursor.moved.connect(self._follow_cursor)
        cursor.pressed.connect(self._press_at_cursor)
        board.changed.connect(self._show_board)
        plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._viewport.installEventFilter(self)
        plot.installEventFilter(self)

    def set_theme(self, theme: Theme) -> None:
        self._overlay.set_theme(theme)

    def set_radius(self, pixels: int) -> None:
        self.radius_px = pixels

    def set_density(self, points: int) -> None:
        self.density = points

    def set_tool(self, tool: Tool) -> None:
        self.tool = tool
        self._overlay.hide_preview()

    # Events ---------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._board.is_active:
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent):
            return self._key(event) or super().eventFilter(watched, event)
        if isinstance(event, QMouseEvent) and watched is self._viewport:
            kind = event.type()
            if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
                return self._press(event)
            if kind == QEvent.Type.MouseMove:
                self._move(self._geometry.to_data_coords(event.position()))
            elif kind == QEvent.Type.MouseButtonRelease and self._gesture is not None:
                self._release()
                return True
        elif event.type() == QEvent.Type.Leave and watched is self._viewport:
            self._overlay.hide_preview()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        """Choose a class by a digit, erase by Delete, deselect by Escape, select all by Ctrl+A.

        Where Escape has nothing to end here, it is the window's.
        """
        key, is_plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        digit = (key - Qt.Key.Key_1) % 10 if Qt.Key.Key_0 <= key <= Qt.Key.Key_9 else None
        is_ours = is_plain and (digit is not None or key in ERASING_KEYS)
        has_any = len(self._board.selected) or self._gesture or self._cursor.coords
        is_ours = is_ours or (key == Qt.Key.Key_Escape and bool(has_any))
        is_all = event.matches(QKeySequence.StandardKey.SelectAll)
        if not is_ours and not is_all:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # before it is a shortcut of the window
            return True
        if event.type() != QEvent.Type.KeyPress:
            return False
        if is_all:
            self._board.select_all()
        elif key in ERASING_KEYS:
            self._erase_by_key()
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif digit is not None and digit < len(self._board.points.class_names):
            self.class_wanted.emit(digit)
        return True

    def _erase_by_key(self) -> None:
        """Erase what is selected, or the point at the cursor."""
        coords = self._cursor.coords
        row = None if coords is None else self._nearest(coords)
        if len(self._board.selected):
            self._board.erase_selected()
        elif row is not None:
            self._board.erase_point(row)

    def _escape(self) -> None:
        """End what is under way: first the gesture, then the selection, then the cursor."""
        if self._gesture is not None:
            self._release()
        elif len(self._board.selected):
            self._board.select_none()
        else:
            self._cursor.show_at(None)

    def _follow_cursor(self) -> None:
        if not self._board.is_active:
            return
        if self._cursor.coords is None:
            if self._gesture is not None:
                self._release()
            self._overlay.hide_preview()
        else:
            self._move(self._cursor.coords)

    def _press_at_cursor(self, x: float, y: float) -> None:
        if not self._board.is_active:
            return
        if self._gesture is not None:
            self._release()
        else:
            self._start = x, y
            self._begin((x, y), self._nearest((x, y)))

    def _press(self, event: QMouseEvent) -> bool:
        self._cursor.show_at(None)
        coords = self._geometry.coords_between_axes(event.position())
        if coords is None:
            return False
        row = self._nearest(coords)
        if event.button() == Qt.MouseButton.RightButton:
            if row is not None:
                self._board.erase_point(row)
            return True
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        self._start = coords
        self._begin(coords, row)
        return True

    def _begin(self, coords: Coords, row: int | None) -> None:
        """Begin the tool's gesture; row : the pressed point, if any."""
        board = self._board
        match self.tool:
            case Tool.PUT if row is None:
                board.put_point(coords)
            case Tool.PUT:
                board.begin_edit(tr("move a point"))
                board.selected = np.array([row])  # marked while it moves
                self._gesture = self._drag
            case Tool.SELECT if row is not None:
                if row not in board.selected:
                    board.select(np.array([row]))
                board.begin_edit(tr("move points"))
                self._gesture = self._drag
            case Tool.SELECT:
                self._lasso = [coords]
                self._gesture = self._draw_lasso
            case Tool.SPRAY:
                board.begin_edit(tr("spray points of {name}", name=board.class_name))
                self._gesture = self._spray
            case Tool.RELABEL:
                board.begin_edit(tr("relabel points to {name}", name=board.class_name))
                self._gesture = self._relabel
            case Tool.ERASE:
                board.begin_edit(tr("erase points"))
                self._gesture = self._erase
        if self.tool.is_wide and self._gesture is not None:
            self._gesture(coords)

    def _move(self, coords: Coords) -> None:
        if self._gesture is not None:
            self._gesture(coords)
        self._show_preview(coords)

    def _release(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture == self._draw_lasso:
            self._overlay.show_lasso([])
            corners = np.array(self._lasso)
            self._board.select(np.flatnonzero(inside(self._board.points.xy, corners)))
        else:
            self._board.end_edit()
        if self.tool is Tool.PUT:
            self._board.select_none()

    # Gestures -------------------------------------------------------------------------------------

    def _drag(self, coords: Coords) -> None:
        self._board.move_selected((coords[0] - self._start[0], coords[1] - self._start[1]))

    def _draw_lasso(self, coords: Coords) -> None:
        last = self._lasso[-1]
        dx, dy = self._geometry.to_data_size(LASSO_PX)
        if abs(coords[0] - last[0]) >= dx or abs(coords[1] - last[1]) >= dy:
            self._lasso = [*self._lasso[-MAX_CORNERS:], coords]
        self._overlay.show_lasso(self._lasso)

    def _spray(self, coords: Coords) -> None:
        self._board.spray(coords, self.radius_px, self.density)

    def _relabel(self, coords: Coords) -> None:
        self._board.relabel(self._under_circle(coords))

    def _erase(self, coords: Coords) -> None:
        self._board.erase(self._under_circle(coords))

    def _nearest(self, coords: Coords) -> int | None:
        x, y = self._board.points.xy.T
        return self._geometry.nearest(x, y, coords)

    def _under_circle(self, coords: Coords) -> NDArray[np.int64]:
        x, y = self._board.points.xy.T
        return np.flatnonzero(self._geometry.distances(x, y, coords) <= self.radius_px)

    # What is shown --------------------------------------------------------------------------------

    def _show_board(self) -> None:
        if not self._board.is_active:
            self._overlay.hide_preview()
        self._overlay.show_selection(self._board.selected_xy)

    def _show_preview(self, coords: Coords) -> None:
        """Show a faint preview of a press here."""
        if self.tool.is_wide:
            radius = self._geometry.to_data_size(self.radius_px)
            self._overlay.show_circle(coords, radius)
        puts = self.tool is Tool.PUT and self._gesture is None and self._nearest(coords) is None
        if puts:
            self._overlay.show_ghost(coords, self._board.chosen_class)
        else:
            self._overlay.hide_ghost()
