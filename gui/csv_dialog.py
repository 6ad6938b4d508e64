"""What was understood of a CSV file, to correct and to choose from before it is loaded."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core import dialect
from core.config import Reading
from core.errors import DataError
from core.table import Gaps, Table, say
from gui.fields import Choice, Segments
from gui.look import SMALL, Theme, scaled

SIZE = (860, 620)
ROLE_ROW, FACT_ROW, FIRST_ROW = 0, 1, 2
MAX_LISTED = 200
LIST_LINES = 4
MAX_NAMED = 6
NARROWEST_PX, WIDEST_PX = 84, 200
MEASURED_COLUMNS = 60  # the widths of more would take too long to measure
Parent = QModelIndex()


class Role(Enum):
    """What a column is for."""

    LABEL = auto()
    FEATURE = auto()
    UNUSED = auto()
    UNUSABLE = auto()


class CsvDialog(QDialog):
    """Preview of one table; says `chosen` when the person loads it, `reread` to correct it."""

    chosen = Signal(object, str, object, str)  # Table, label, names of features, “skip” or “fill”
    reread = Signal(object, object)  # path, Reading

    def __init__(self, theme: Theme, table: Table, reading: Reading, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open CSV")
        self._theme = theme
        self._reading = reading
        self.table = table
        self.label = -1
        self.features: set[int] = set()
        self.missing = "skip"
        self.title, self.understood, self.notes = QLabel(), QLabel(), QLabel()
        self.summary, self.class_words = QLabel(), QLabel()
        self.corrections = self._make_corrections()
        self.label_choice = Choice()
        self.label_choice.setAccessibleName("label column")
        self.label_choice.setToolTip("The column that says which class each row belongs to")
        self.label_choice.setMaximumWidth(260)
        self.label_choice.chosen.connect(self._choose_label)
        self.all_button, self.none_button = QPushButton("All features"), QPushButton("None")
        for button, is_all in ((self.all_button, True), (self.none_button, False)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, a=is_all: self._tick_all(is_all=a))
        self.preview = _Preview(theme, self)
        self.view = _PreviewView(self.preview)
        self.view.toggled.connect(self._toggle)
        self.gap_choice = Segments(
            (
                ("Skip the rows", "skip", "Leave rows out that lack a number"),
                ("Fill in the mean", "fill", "Put the feature's mean over the training rows there"),
            )
        )
        self.gap_choice.chosen.connect(self._choose_missing)
        self.gap_words = QLabel()
        self.gap_list = QListWidget()
        self.busy = QProgressBar()
        self.load_button, self.cancel_button = QPushButton("Load"), QPushButton("Cancel")
        self._arrange(parent)
        self._show_table()
        self.load_button.setFocus()

    # Building -----------------------------------------------------------------------------------

    def _arrange(self, parent: QWidget) -> None:
        self.title.setFont(scaled(self.font(), 1.2, bold=True))
        for label in (self.understood, self.notes, self.class_words, self.summary):
            label.setWordWrap(True)
        for label in (self.notes, self.gap_words):
            label.setProperty("muted", True)
        self.gap_words.setWordWrap(True)
        for label in (self.class_words, self.summary, self.gap_words):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.class_words.setProperty("muted", True)
        self.gap_list.setAccessibleName("rows that lack something")
        self.gap_list.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.gap_list.setFixedHeight(self.fontMetrics().lineSpacing() * LIST_LINES + 12)
        self.busy.setRange(0, 1000)
        self.busy.setFixedSize(96, 6)
        self.busy.setTextVisible(False)
        self.busy.hide()
        self.load_button.setProperty("primary", True)
        self.load_button.setDefault(True)
        self.load_button.setToolTip("Train on this table; Undo brings the old data back")
        self.load_button.clicked.connect(self._load)
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.setToolTip("Close; data and model stay as they are")
        self.cancel_button.clicked.connect(self.reject)

        label_row = QHBoxLayout()
        label_row.setSpacing(8)
        label_row.addWidget(_muted("Label"))
        label_row.addWidget(self.label_choice)
        label_row.addWidget(self.class_words, 1)
        label_row.addWidget(self.all_button)
        label_row.addWidget(self.none_button)
        card = QFrame()
        card.setProperty("card", True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(4, 4, 4, 4)
        inside.addWidget(self.view)
        self.gap_box = QWidget()
        gap_row = QHBoxLayout()
        gap_row.setSpacing(12)
        gap_row.addWidget(self.gap_words, 1)
        gap_row.addWidget(self.gap_choice)
        gaps = QVBoxLayout(self.gap_box)
        gaps.setContentsMargins(0, 0, 0, 0)
        gaps.setSpacing(6)
        gaps.addLayout(gap_row)
        gaps.addWidget(self.gap_list)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.summary, 1)
        foot.addWidget(self.busy)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.load_button)
        head = QVBoxLayout()
        head.setSpacing(2)
        for label in (self.title, self.understood, self.notes):
            head.addWidget(label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addLayout(self._correction_row)
        layout.addLayout(label_row)
        layout.addWidget(card, 1)
        layout.addWidget(self.gap_box)
        layout.addLayout(foot)
        self.setMinimumSize(640, 460)
        space = parent.size()
        self.resize(min(SIZE[0], space.width() - 32), min(SIZE[1], space.height() - 32))

    def _make_corrections(self) -> dict[str, Choice]:
        self._correction_row = QHBoxLayout()
        self._correction_row.setSpacing(8)
        self._correction_row.addWidget(_muted("Not right?"))
        headers = {True: "with header", False: "no header"}
        known: dict[str, dict[Any, str]] = {
            "encoding": dialect.ENCODINGS,
            "separator": dialect.SEPARATORS,
            "decimal": dialect.DECIMALS,
            "has_header": headers,
        }
        choices = {}
        for name, options in known.items():
            choice = Choice()
            choice.offer([(words, value) for value, words in options.items()], None)
            choice.setAccessibleName(name.replace("has_", ""))
            choice.setToolTip(f"Correct the {name.replace('has_', '')} and read the file again")
            choice.chosen.connect(lambda value, n=name: self._correct(n, value))
            self._correction_row.addWidget(choice)
            choices[name] = choice
        self._correction_row.addStretch(1)
        return choices

    # What the person does -----------------------------------------------------------------------

    def _correct(self, name: str, value: object) -> None:
        self._reading = replace(self._reading, **{name: value})  # type: ignore[arg-type]
        self._set_busy(is_busy=True)
        self.reread.emit(self.table.path, self._reading)

    def _choose_label(self, label: object) -> None:
        if isinstance(label, int) and label != self.label:
            old, self.label = self.label, label
            self.features.discard(label)
            if old in self.table.usable(label) and not self.table.columns[old].doubt:
                self.features.add(old)
            self.features &= set(self.table.usable(label))
            self._show_choice()

    def _toggle(self, column: int) -> None:
        if column in self.table.usable(self.label) and not self._is_pictures:
            self.features ^= {column}
            self._show_choice()

    def _tick_all(self, *, is_all: bool) -> None:
        self.features = set(self.table.usable(self.label)) if is_all else set()
        self._show_choice()

    def _choose_missing(self, missing: object) -> None:
        self.missing = str(missing)
        self._show_choice()

    def _load(self) -> None:
        names = tuple(self.table.names[j] for j in sorted(self.features))
        is_all = self._is_pictures or len(names) == len(self.table.usable(self.label))
        features = ("all",) if is_all else names
        self.chosen.emit(self.table, self.table.names[self.label], features, self.missing)
        self.accept()

    # Showing ------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.preview.set_theme(theme)
        self._show_choice()

    def show_progress(self, words: str, share: float) -> None:
        """Show how far the file is read again."""
        self.busy.setToolTip(words)
        self.busy.setValue(round(1000 * share))

    def show_failure(self, words: str) -> None:
        """Say why it could not be read as corrected; what was there before stays."""
        form = self.table.format
        self._reading = Reading(
            form.encoding, form.separator, form.decimal, form.header_line is not None
        )
        self._set_busy(is_busy=False)
        self._show_format()
        self._show_choice()
        self._say(words, is_trouble=True)

    def show_table(self, table: Table) -> None:
        """Show the file as it was read again."""
        self.table = table
        self._set_busy(is_busy=False)
        self._show_table()

    def _set_busy(self, *, is_busy: bool) -> None:
        self.busy.setValue(0)
        self.busy.setVisible(is_busy)
        for choice in self.corrections.values():
            choice.setEnabled(not is_busy)
        self.load_button.setEnabled(not is_busy)

    @property
    def reading(self) -> Reading:
        """What the person has said about how the file is written."""
        return self._reading

    @property
    def _is_pictures(self) -> bool:
        return self.table.image_shape(self.label) is not None

    def _show_format(self) -> None:
        form = self.table.format
        for name, value in (
            ("encoding", form.encoding),
            ("separator", form.separator),
            ("decimal", form.decimal),
            ("has_header", form.header_line is not None),
        ):
            choice = self.corrections[name]
            choice.setCurrentIndex(choice.findData(value))

    def _show_table(self) -> None:
        table = self.table
        size = f"{table.n:,} rows × {len(table.columns):,} columns"
        self.title.setText(table.path.name)
        self.title.setToolTip(str(table.path))
        self.understood.setText(f"{size}  ·  {table.format}")
        notes = list(table.format.notes)
        if table.ragged_count:
            notes.append(
                f"{table.ragged_count:,} line{'s' if table.ragged_count > 1 else ''} left out for "
                "the number of values"
            )
        shown = "; ".join(notes[:MAX_NAMED]) + ("; …" if len(notes) > MAX_NAMED else "")
        self.notes.setText(shown[:1].upper() + shown[1:])
        self.notes.setVisible(bool(notes))
        self._show_format()
        self.label = table.default_label
        self.label_choice.offer([(name, j) for j, name in enumerate(table.names)], self.label)
        usable = table.usable(self.label)
        self.features = {j for j in usable if not table.columns[j].doubt} or set(usable)
        self.preview.set_table(table)
        self._show_choice()
        self.view.fit_columns()
        self.view.setCurrentIndex(self.preview.index(ROLE_ROW, 0))

    def _show_choice(self) -> None:
        """Show what the choices come to."""
        table = self.table
        obstacle = ""
        try:
            names, _ = table.columns[self.label].classes
            shown = ", ".join(names[:MAX_NAMED]) + (", …" if len(names) > MAX_NAMED else "")
            count = f"{len(names):,} class{'es' if len(names) != 1 else ''}"
            self.class_words.setText(f"{count}: {shown}")
        except DataError as error:
            names = ()
            obstacle = str(error)
            self.class_words.setText("")
        features = sorted(self.features)
        gaps = table.gaps(self.label, features)
        rows = table.n - int(gaps.no_label.sum())
        if self.missing == "skip":
            rows -= int(gaps.incomplete.sum())
        if not obstacle:
            obstacle = self._obstacle(rows, len(names))
        self._show_gaps(gaps)
        self.preview.set_roles(
            [self._role(j) for j in range(len(table.columns))], is_pictures=self._is_pictures
        )
        for button in (self.all_button, self.none_button):
            button.setVisible(not self._is_pictures)
        if obstacle:
            self._say(obstacle, is_trouble=True)
        else:
            shape = table.image_shape(self.label)
            what = (
                f"pictures of {shape[0]} × {shape[1]} pixels"
                if shape
                else f"rows × {len(features):,} feature{'s' if len(features) != 1 else ''}"
            )
            one = "  ·  one class only: nothing to tell apart" if len(names) == 1 else ""
            self._say(f"Loads {rows:,} {what}{one}", is_trouble=False)
        self.load_button.setEnabled(not obstacle and not self.busy.isVisible())

    def _obstacle(self, rows: int, classes: int) -> str:
        if not self.table.n:
            return "The file has no rows below its header."
        if not self.table.usable(self.label):
            return (
                "No column beside the label holds numbers that differ; a feature must. "
                "Is the separator right?"
            )
        if not self.features:
            return "Tick at least one feature."
        if not rows:
            return "Each row lacks something; fill in the mean, or untick the emptiest features."
        return ""

    def _role(self, j: int) -> Role:
        if j == self.label:
            return Role.LABEL
        if j not in self.table.usable(self.label):
            return Role.UNUSABLE
        return Role.FEATURE if j in self.features else Role.UNUSED

    def _show_gaps(self, gaps: Gaps) -> None:
        no_label, incomplete = int(gaps.no_label.sum()), int(gaps.incomplete.sum())
        parts = []
        if incomplete:
            cells = sum(gaps.cells.values())
            rows = f"{incomplete:,} row{'s' if incomplete > 1 else ''}"
            parts.append(f"{rows} with a missing number ({cells:,} in all)")
        if no_label:
            parts.append(f"{no_label:,} without a label, left out")
        if self.table.ragged_count:
            parts.append(f"{self.table.ragged_count:,} with too few or too many values, left out")
        self.gap_box.setVisible(bool(parts))
        self.gap_choice.setVisible(bool(incomplete))
        self.gap_choice.choose(self.missing)
        self.gap_words.setText("; ".join(parts))
        self.gap_list.clear()
        listed = gaps.listed(MAX_LISTED)
        for line, words in listed:
            self.gap_list.addItem(f"line {line:,}: {words}")
        more = no_label + incomplete + self.table.ragged_count - len(listed)
        if more > 0:
            self.gap_list.addItem(f"… and {more:,} more")

    def _say(self, words: str, *, is_trouble: bool) -> None:
        colour = self._theme.counter_accent if is_trouble else self._theme.ink
        self.summary.setText(words)
        self.summary.setStyleSheet(f"color: {colour};")


class _Preview(QAbstractTableModel):
    """The first rows as they were parsed, below what each column is for and what it holds."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._table: Table | None = None
        self._roles: list[Role] = []
        self._is_pictures = False
        self._bold = scaled(parent.font(), SMALL, bold=True)
        self._small = scaled(parent.font(), SMALL)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._refresh()

    def set_table(self, table: Table) -> None:
        self.beginResetModel()
        self._table, self._roles = table, []
        self.endResetModel()

    def set_roles(self, roles: list[Role], *, is_pictures: bool) -> None:
        self._roles, self._is_pictures = roles, is_pictures
        self._refresh()

    def _refresh(self) -> None:
        if self._table:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Any = Parent) -> int:
        if self._table is None or parent.isValid():
            return 0
        return FIRST_ROW + max((len(column.head) for column in self._table.columns), default=0)

    def columnCount(self, parent: Any = Parent) -> int:
        return 0 if self._table is None or parent.isValid() else len(self._table.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if self._table is None:
            return None
        if orientation is Qt.Orientation.Horizontal:
            name = self._table.names[section]
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                return name
        elif role == Qt.ItemDataRole.DisplayRole:
            if section == ROLE_ROW:
                return "use as"
            if section == FACT_ROW:
                return "holds"
            return f"line {self._table.lines[section - FIRST_ROW]:,}"
        return None

    def data(self, index: Any, role: int = 0) -> Any:
        if self._table is None or not self._roles:
            return None
        j = index.column()
        use = self._roles[j]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._words(index.row(), j)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(j)
            case Qt.ItemDataRole.CheckStateRole:
                is_choice = index.row() == ROLE_ROW and not self._is_pictures
                if not is_choice or use not in (Role.FEATURE, Role.UNUSED):
                    return None
                is_on = use is Role.FEATURE
                return Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.TextAlignmentRole:
                is_number = index.row() > FACT_ROW and self._table.columns[j].is_number
                side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.FontRole:
                return self._font(index.row())
            case Qt.ItemDataRole.ForegroundRole:
                return QBrush(QColor(self._ink(index.row(), j)))
            case Qt.ItemDataRole.BackgroundRole:
                if use is Role.LABEL:
                    return QBrush(QColor(self._theme.selected))
                if index.row() <= FACT_ROW:
                    return QBrush(QColor(self._theme.chip))
        return None

    def _words(self, row: int, j: int) -> str:
        assert self._table is not None
        column = self._table.columns[j]
        if row == ROLE_ROW:
            match self._roles[j]:
                case Role.LABEL:
                    return "label"
                case Role.UNUSABLE:
                    return column.obstacle.partition(":")[0] or "not used"
                case _:
                    return "pixel" if self._is_pictures else column.doubt or "feature"
        if row == FACT_ROW:
            parts = []
            if column.is_number and column.low <= column.high:
                parts.append(f"{say(column.low)} … {say(column.high)}")
            elif column.kind == "text":
                count = f"{len(column.words):,}" if column.codes is not None else "many"
                parts.append(f"{count} words")
            if column.gaps:
                parts.append(f"{column.gaps:,} missing")
            return " · ".join(parts)
        cell = self._cell(row, j)
        if cell is None:
            return "–"
        return cell if isinstance(cell, str) else say(cell)

    def _cell(self, row: int, j: int) -> float | str | None:
        assert self._table is not None
        head = self._table.columns[j].head
        return head[row - FIRST_ROW] if row - FIRST_ROW < len(head) else None

    def _tip(self, j: int) -> str:
        assert self._table is not None
        column = self._table.columns[j]
        reason = column.doubt if self._roles[j] in (Role.FEATURE, Role.UNUSED) else column.obstacle
        if self._roles[j] is Role.LABEL or self._is_pictures:
            reason = ""
        return f"{column.name}: {column.kind}" + (f" ({reason})" if reason else "")

    def _font(self, row: int) -> QFont | None:
        if row == ROLE_ROW:
            return self._bold
        return self._small if row == FACT_ROW else None

    def _ink(self, row: int, j: int) -> str:
        assert self._table is not None
        use = self._roles[j]
        if row > FACT_ROW:
            cell = self._cell(row, j)
            is_slip = self._table.columns[j].is_number and (
                isinstance(cell, str) or (isinstance(cell, float) and abs(cell) == float("inf"))
            )
            if is_slip:
                return self._theme.counter_accent
            if cell is None:
                return self._theme.muted
        if use is Role.LABEL and row == ROLE_ROW:
            return self._theme.accent
        if row == FACT_ROW or use in (Role.UNUSABLE, Role.UNUSED):
            return self._theme.muted
        return self._theme.ink


class _PreviewView(QTableView):
    """The preview; a click in its first row, or Space, ticks a column."""

    toggled = Signal(int)

    def __init__(self, model: _Preview) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName("preview")
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        height = self.fontMetrics().height() + 8
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalHeader().setMinimumSectionSize(height)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.setStyleSheet(
            "QTableView::item { padding: 0 6px; }"
            "QHeaderView::section:vertical { border: none; font-weight: 400; }"
        )
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setHighlightSections(False)
        self.clicked.connect(self._click)

    def fit_columns(self) -> None:
        """Make each column as wide as its words, within limits."""
        count = self.model().columnCount()
        for j in range(count):
            if j < MEASURED_COLUMNS:
                hint = max(self.sizeHintForColumn(j), self.horizontalHeader().sectionSizeHint(j))
                width = min(max(hint + 12, NARROWEST_PX), WIDEST_PX)
            else:
                width = NARROWEST_PX
            self.setColumnWidth(j, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self.toggled.emit(self.currentIndex().column())
            return
        super().keyPressEvent(event)

    def _click(self, index: QModelIndex) -> None:
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        if index.row() == ROLE_ROW:
            self.toggled.emit(index.column())


def _muted(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("muted", True)
    return label
