"""The drawing board: the drawn points during editing, and the selection."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.data.points import Points, spray
from core.errors import DataError
from core.language import tr
from gui.stage.boundary.geometry import Coords, PlotGeometry

JITTER_PX = 8


class Board(QObject):
    """Edits `points`; each edit is one step of undo.

    An edit is immediate, or lasts from `begin_edit` to `end_edit`, as a drag does.

    selected : indices of the selected points.
    """

    edited = Signal(object, str, bool)  # Points, text for undo, whether the edit is finished
    refused = Signal(str)
    changed = Signal()  # points, selection, or whether they are edited here

    def __init__(self, geometry: PlotGeometry) -> None:
        super().__init__()
        self._geometry = geometry
        self.points = Points()
        self.is_active = False
        self.chosen_class = 0
        self.selected: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._before: Points | None = None  # at the begin of the current edit
        self._text = ""
        self._seed = 0

    def set_points(self, points: Points, *, is_active: bool) -> None:
        """Set the points that are shown; ignored during an edit, when the board's are newer."""
        self.is_active = is_active
        if self._before is None:
            self._take(points)
        self.changed.emit()

    # Classes and selection --------------------------------------------------------------------

    @property
    def class_name(self) -> str:
        return self.points.class_names[self.chosen_class]

    def choose_class(self, k: int) -> None:
        """Choose the class of points to draw; selected points are relabelled to it."""
        self.chosen_class = k
        if len(self.selected):
            self._finish(self.points.relabel(self.selected, k), tr("relabel points"))

    def add_class(self) -> None:
        self._try(self.points.with_class, tr("add a class"))

    def rename_class(self, k: int, name: str) -> None:
        self._try(lambda: self.points.rename_class(k, name), tr("rename a class"))

    def remove_class(self, k: int) -> None:
        self._try(lambda: self.points.remove_class(k), tr("remove a class"))

    def select(self, rows: NDArray[np.int64]) -> None:
        self.selected = rows
        self.changed.emit()

    def select_all(self) -> None:
        self.select(np.arange(len(self.points)))

    def select_none(self) -> None:
        self.select(np.empty(0, dtype=np.int64))

    @property
    def selected_xy(self) -> NDArray[np.float64]:
        """The coordinates of the selected points, (n, 2); none if points are not edited here."""
        rows = self.selected if self.is_active else self.selected[:0]
        return self.points.xy[rows[rows < len(self.points)]]

    # Immediate edits ----------------------------------------------------------------------------

    def put_point(self, coords: Coords) -> None:
        """Add a point of the chosen class."""
        k = self.chosen_class
        self._try(
            lambda: self.points.with_point(*coords, k),
            tr("draw a point of {name}", name=self.class_name),
        )

    def erase_point(self, row: int) -> None:
        self._finish(self.points.without_point(row), tr("erase a point"))

    def erase_selected(self) -> None:
        if len(self.selected):
            self._finish(self.points.erase(self.selected), tr("erase points"))

    def jitter(self) -> None:
        """Shift the selected points, or all, a little at random."""
        rows = self.selected if len(self.selected) else np.arange(len(self.points))
        if len(rows):
            self._seed += 1
            spread = self._geometry.to_data_size(JITTER_PX)
            self._finish(self.points.jitter(rows, spread, self._seed), tr("jitter points"))

    def clear(self) -> None:
        self._finish(self.points.clear(), tr("clear all points"))

    # Continuous edits ---------------------------------------------------------------------------

    def begin_edit(self, text: str) -> None:
        """Begin an edit; `text` is its name for undo."""
        self._before, self._text = self.points, text

    def move_selected(self, by: tuple[float, float]) -> None:
        """Shift the selected points by this much from their positions at the begin of the edit."""
        before = self.points if self._before is None else self._before
        self._edit(before.move(self.selected, by))

    def spray(self, coords: Coords, radius_px: int, count: int) -> None:
        """Add `count` points of the chosen class at random within the radius."""
        self._seed += 1
        radius = self._geometry.to_data_size(radius_px)
        drops = spray(coords, radius, count, self._seed)
        try:
            self._edit(self.points.put(drops, self.chosen_class))
        except DataError as error:
            self.refused.emit(str(error))

    def relabel(self, rows: NDArray[np.int64]) -> None:
        """Give these points the chosen class."""
        if (self.points.labels[rows] != self.chosen_class).any():
            self._edit(self.points.relabel(rows, self.chosen_class))

    def erase(self, rows: NDArray[np.int64]) -> None:
        if len(rows):
            self._edit(self.points.erase(rows))

    def end_edit(self) -> None:
        """End the current edit, if any; one that changed nothing is dropped."""
        before, self._before = self._before, None
        if before is not None and self.points is not before:
            self.edited.emit(self.points, self._text, True)

    # --------------------------------------------------------------------------------------------

    def _edit(self, points: Points) -> None:
        """Set the points during a continuous edit."""
        self.points = points
        self.edited.emit(points, self._text, False)
        self.changed.emit()

    def _finish(self, points: Points, text: str) -> None:
        """Set the points of an immediate edit."""
        self._take(points)
        self.edited.emit(points, text, True)
        self.changed.emit()

    def _take(self, points: Points) -> None:
        """Set the points; if their number changes, deselect; leave a class that is gone."""
        if len(points) != len(self.points):
            self.selected = self.selected[:0]
        self.points = points
        self.chosen_class = min(self.chosen_class, len(points.class_names) - 1)

    def _try(self, edit: Callable[[], Points], text: str) -> None:
        try:
            self._finish(edit(), text)
        except DataError as error:
            self.refused.emit(str(error))
