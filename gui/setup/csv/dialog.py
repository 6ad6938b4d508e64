"""The dialog for a CSV file: its parts, from top to bottom, and their connections."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QDialog, QFrame, QVBoxLayout, QWidget

from core.config import CsvOptions, Missing
from core.data.csv.table import Table
from core.language import tr, tr_n
from core.number_format import format_count
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.plain_text import Plain, as_tip
from gui.kit.theme import Theme
from gui.setup.csv.foot import Foot
from gui.setup.csv.format_row import FormatRow
from gui.setup.csv.gaps_box import GapsBox
from gui.setup.csv.label_row import LabelRow
from gui.setup.csv.preview import ROLE_ROW, Preview, PreviewView
from gui.setup.csv.remarks_box import RemarksBox
from gui.setup.csv.selection import Selection

LEAST_SIZE = (860, 620)  # px at a zoom of 100 %, unless the window is smaller
SHARE = 0.8  # of the window's width and height
RIM_PX = 32  # of the window that stays in sight around it
MAX_NOTES = 6


class CsvDialog(QDialog):
    """Preview of one table; emits `chosen` to load it, `reread` to read it in another format."""

    chosen = Signal(object, object)  # Table, DataConfig without how the file is written
    reread = Signal(object, object)  # path, CsvOptions

    def __init__(self, theme: Theme, table: Table, reading: CsvOptions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Open a table"))
        self._theme = theme
        self.selection = Selection(table)
        self.head = Head()
        self.format = FormatRow(reading)
        self.format.corrected.connect(self._correct)
        self.label = LabelRow()
        self.label.chosen.connect(self._choose_label)
        self.label.text_chosen.connect(self._choose_text)
        self.label.all_wanted.connect(self._take_all)
        self.label.none_wanted.connect(self._take_none)
        self.remarks = RemarksBox()
        self.remarks.merge_wanted.connect(self._merge)
        self.remarks.missing_category_wanted.connect(self._choose_missing_category)
        self.remarks.totals_wanted.connect(self._keep_totals)
        self.remarks.class_wanted.connect(self._choose_meaning)
        self.preview = Preview(theme, self)
        self.view = PreviewView(self.preview)
        self.view.toggled.connect(self._toggle)
        self.gaps = GapsBox()
        self.gaps.chosen.connect(self._choose_missing)
        self.foot = Foot(theme)
        self.foot.load_wanted.connect(self._load)
        self.foot.cancelled.connect(self.reject)
        self._arrange()
        self.setMinimumSize(640, 460)
        space, least = parent.size(), QSize(*map(zoom.px, LEAST_SIZE))
        rim = QSize(RIM_PX, RIM_PX)
        self.resize(least.expandedTo(space * SHARE).boundedTo(space - rim))
        self._show_table()
        self.foot.load_button.setFocus()

    def _arrange(self) -> None:
        card = QFrame()
        card.setProperty("card", True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(4, 4, 4, 4)
        inside.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(self.head)
        layout.addWidget(self.format)
        layout.addWidget(self.label)
        layout.addWidget(self.remarks)
        layout.addWidget(card, 1)
        layout.addWidget(self.gaps)
        layout.addWidget(self.foot)

    @property
    def table(self) -> Table:
        return self.selection.table

    # Actions of the user ------------------------------------------------------------------------

    def _correct(self, reading: CsvOptions) -> None:
        self._set_busy(True)
        self.reread.emit(self.table.path, reading)

    def _choose_label(self, label: int) -> None:
        self.selection.choose_label(label)
        self._show_selection()

    def _choose_text(self, column: int | None) -> None:
        self.selection.choose_text(column)
        self._show_selection()
        self.view.fit_columns()

    def _toggle(self, column: int) -> None:
        self.selection.toggle(column)
        self._show_selection()

    def _take_all(self) -> None:
        self.selection.take_all()
        self._show_selection()

    def _take_none(self) -> None:
        self.selection.take_none()
        self._show_selection()

    def _choose_missing(self, missing: Missing) -> None:
        self.selection.missing = missing
        self._show_selection()

    def _merge(self, is_merged: bool) -> None:
        self.selection.merge_case = is_merged
        self._show_selection()

    def _choose_missing_category(self, is_category: bool) -> None:
        self.selection.missing_category = is_category
        self._show_selection()

    def _keep_totals(self, are_kept: bool) -> None:
        self.selection.keep_totals = are_kept
        self._show_selection()

    def _choose_meaning(self, word: str, is_class: bool) -> None:
        """Read the file again with this word as a class, or as a missing value."""
        self.format.choose_meaning(word, self.table, is_missing=not is_class)

    def _load(self) -> None:
        self.chosen.emit(self.table, self.selection.config)
        self.accept()

    # Showing ------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if (theme := look.new_theme(self, event)) and theme is not self._theme:
            self._theme = theme
            self.preview.set_theme(theme)
            self.foot.set_theme(theme)

    def show_failure(self, text: str) -> None:
        """Show why the corrected format could not be read; the previous preview stays."""
        self.format.take_back(self.table.format)
        self._set_busy(False)
        self._show_selection()
        self.foot.show_message(text, is_trouble=True)

    def show_table(self, table: Table) -> None:
        """Show the file after it was read again."""
        self.selection = self.selection.of_table(table)
        self._set_busy(False)
        self._show_table()

    def _set_busy(self, is_busy: bool) -> None:
        self.format.set_busy(is_busy)
        self.remarks.set_busy(is_busy)
        self.foot.set_busy(is_busy)

    def _show_table(self) -> None:
        table = self.table
        self.head.show_table(table)
        self.format.show_format(table.format)
        self.label.show_table(table, self.selection.label)
        self.preview.set_table(table)
        self._show_selection()
        self.view.fit_columns()
        self.view.setCurrentIndex(self.preview.index(ROLE_ROW, 0))

    def _show_selection(self) -> None:
        """Show the selection and its outcome."""
        selection, outcome = self.selection, self.selection.outcome()
        said = "  ·  ".join(each for each in (outcome.classes, selection.label_reason) if each)
        self.label.show_selection(selection, said)
        self.remarks.show_selection(selection, outcome)
        self.gaps.show_gaps(outcome.gaps, selection.missing)
        self.preview.set_roles(selection.roles, is_pictures=selection.is_pictures)
        trouble = outcome.obstacle or outcome.question
        self.foot.show_message(trouble or outcome.summary, is_trouble=bool(trouble))
        self.foot.set_possible(not outcome.obstacle, is_doubtful=bool(outcome.question))


class Head(QWidget):
    """Name, size and detected format of the file."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.understood, self.notes = Plain(), Plain(), Plain()
        zoom.set_type(self.title, 1.2, bold=True)
        self.notes.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        for label in (self.understood, self.notes):
            label.setWordWrap(True)
            column.addWidget(label)

    def show_table(self, table: Table) -> None:
        """Show the file's name, size and format, and notes on what else was noticed."""
        size = f"{format_count(table.n, 'row')} × {format_count(len(table.columns), 'column')}"
        self.title.setText(table.path.name)
        self.title.setToolTip(as_tip(str(table.path)))
        self.understood.setText(f"{size}  ·  {table.format}")
        notes = [str(note) for note in table.format.notes]
        if table.ragged_count:
            notes.append(
                tr_n(
                    "{n} line left out for the number of values",
                    "{n} lines left out for the number of values",
                    table.ragged_count,
                )
            )
        shown = "; ".join(notes[:MAX_NOTES]) + ("; …" if len(notes) > MAX_NOTES else "")
        self.notes.setText(shown[:1].upper() + shown[1:])
        self.notes.setVisible(bool(notes))
