"""What was understood of a CSV file, to correct and to choose from before it is loaded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.config import Reading
from core.data.csv import dialect
from core.data.csv.table import Gaps, Table
from core.errors import DataError
from core.invisible_characters import visible
from gui.kit import theme as look
from gui.kit.fields import Choice, Segments
from gui.kit.plain_text import Plain, as_tip, short
from gui.kit.theme import Theme, scaled
from gui.setup.csv_preview import ROLE_ROW, Preview, PreviewView, Role

SIZE = (860, 620)
MAX_LISTED = 200
LIST_LINES = 4
MAX_NAMED = 6


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
        self.title, self.understood, self.notes = Plain(), Plain(), Plain()
        self.summary, self.class_words = Plain(), Plain()
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
        self.preview = Preview(theme, self)
        self.view = PreviewView(self.preview)
        self.view.toggled.connect(self._toggle)
        self.gap_choice = Segments(
            (
                ("Skip the rows", "skip", "Leave rows out that lack a number"),
                ("Fill in the mean", "fill", "Put the feature's mean over the training rows there"),
            )
        )
        self.gap_choice.chosen.connect(self._choose_missing)
        self.gap_words = Plain()
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

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if (theme := look.new_theme(self, event)) and theme is not self._theme:
            self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.preview.set_theme(theme)
        self._show_choice()

    def show_progress(self, words: str, share: float) -> None:
        """Show how far the file is read again."""
        self.busy.setToolTip(as_tip(words))
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
        self.title.setToolTip(as_tip(str(table.path)))
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
            shown = ", ".join(map(short, names[:MAX_NAMED]))
            shown += ", …" if len(names) > MAX_NAMED else ""
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
            self.gap_list.addItem(visible(f"line {line:,}: {words}"))
        more = no_label + incomplete + self.table.ragged_count - len(listed)
        if more > 0:
            self.gap_list.addItem(f"… and {more:,} more")

    def _say(self, words: str, *, is_trouble: bool) -> None:
        colour = self._theme.counter_accent if is_trouble else self._theme.ink
        self.summary.setText(words)
        self.summary.setStyleSheet(f"color: {colour};")


def _muted(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("muted", True)
    return label
