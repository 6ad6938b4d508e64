"""Lists of the rows of a task, as a table or as a gallery of pictures: their common parts."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QListView,
    QPlainTextEdit,
    QTableView,
)

from core.data.shown_names import shown_features
from core.data.task import Task
from core.language import localised, mark, tr
from gui.kit.covers.covering import Covering
from gui.kit.fields.menus import leave_menu
from gui.kit.plain_text import as_tip, beginning, paragraphs, wrapped

Index = QModelIndex | QPersistentModelIndex
MAX_FEATURE_COLUMNS = 64
TEXT = mark("text")
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowTableModel(QAbstractTableModel):
    """Columns with these headings, then the features of the rows, unless they are pixels.

    Rows that are documents have one more column, of their beginnings.
    """

    def __init__(self, headings: tuple[str, ...]) -> None:
        super().__init__()
        self._headings = headings
        self.task: Task | None = None
        self.covering = Covering()  # of the model's answers, by rows of the data set

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        if parent.isValid() or self.task is None:
            return 0
        return len(self._headings) + len(self._further)

    def show_figures(self) -> None:
        """Show the model's answers anew, since they are covered or revealed."""
        if self.rowCount():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    @property
    def _further(self) -> tuple[str, ...]:
        """The headings of the columns that depend on the data."""
        assert self.task is not None
        dataset = self.task.dataset
        if dataset.is_text:
            return (tr(TEXT),)
        return shown_features(dataset)[:MAX_FEATURE_COLUMNS] if dataset.is_measured else ()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        if section < len(self._headings):
            return self._headings[section]
        return self._further[section - len(self._headings)]

    def further_text(self, row: int, column: int) -> str:
        """Return the text of a cell after the headings given, of a row of the data set."""
        assert self.task is not None
        dataset, j = self.task.dataset, column - len(self._headings)
        if dataset.documents is not None:
            return beginning(dataset.documents.texts[row])
        return localised(f"{dataset.X[row, j]:.6g}")

    def is_of_text(self, column: int) -> bool:
        """Return whether a column shows documents."""
        assert self.task is not None
        return self.task.dataset.is_text and column >= len(self._headings)

    def tip(self, row: int, summary: str) -> str:
        """Return a row's tool tip, which shows more of a document."""
        assert self.task is not None
        documents = self.task.dataset.documents
        return as_tip(
            summary if documents is None else f"{summary}\n{wrapped(documents.texts[row])}"
        )


class DocumentPane(QPlainTextEdit):
    """A whole document to read, whose text can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        leave_menu(self)
        self.setTabChangesFocus(True)
        self.setProperty("pad", True)
        self.setAccessibleName(tr("the chosen document"))
        self.setPlaceholderText(tr("Choose a row to read its text."))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_row(self, task: Task | None, row: int) -> None:
        """Show the document in this row of the data set, or nothing for other data."""
        documents = None if task is None else task.dataset.documents
        text = "" if documents is None else paragraphs(documents.texts[row])
        if text != self.toPlainText():
            self.setPlainText(text)


def make_table(model: RowTableModel, name: str) -> QTableView:
    """Return a table of whole rows, one of which can be selected; name : for screen readers."""
    table = QTableView()
    table.setTabKeyNavigation(False)  # Tab leaves the table; arrows move inside
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


def give_texts_the_room(table: QTableView, task: Task) -> None:
    """Let the last column take all the room that is left if it shows documents."""
    table.horizontalHeader().setStretchLastSection(task.dataset.is_text)
