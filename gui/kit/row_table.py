"""Lists of the rows of a task, as a table or as a gallery of pictures: their common parts."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QListView, QTableView

from core.data.task import Task

Index = QModelIndex | QPersistentModelIndex
MAX_FEATURE_COLUMNS = 64
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowTableModel(QAbstractTableModel):
    """Columns with these headings, then the features of the rows, unless they are pixels."""

    def __init__(self, headings: tuple[str, ...]) -> None:
        super().__init__()
        self._headings = headings
        self.task: Task | None = None

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        if parent.isValid() or self.task is None:
            return 0
        is_image = self.task.dataset.image_shape is not None
        features = 0 if is_image else min(self.task.dataset.m, MAX_FEATURE_COLUMNS)
        return len(self._headings) + features

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        if section < len(self._headings):
            return self._headings[section]
        assert self.task is not None
        return self.task.dataset.feature_names[section - len(self._headings)]


def make_table(model: RowTableModel, name: str) -> QTableView:
    """Return a table of whole rows, one of which can be selected; name : for screen readers."""
    table = QTableView()
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.verticalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    _finish(table, model, name)
    return table


def make_gallery(model: RowTableModel, name: str, picture_px: int) -> QListView:
    """Return a list of pictures side by side, one of which can be selected."""
    gallery = QListView()
    gallery.setViewMode(QListView.ViewMode.IconMode)
    gallery.setUniformItemSizes(True)
    gallery.setResizeMode(QListView.ResizeMode.Adjust)
    gallery.setMovement(QListView.Movement.Static)
    gallery.setIconSize(QSize(picture_px, picture_px))
    _finish(gallery, model, name)
    return gallery


def _finish(view: QTableView | QListView, model: RowTableModel, name: str) -> None:
    view.setModel(model)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setFrameShape(view.Shape.NoFrame)
    view.setAccessibleName(name)
