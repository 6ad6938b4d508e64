"""What seems odd about a table, what is not used of it, and the switches that change it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from core.data.csv.table import Column
from core.language import in_a_row, tr
from gui.kit.flow_layout import FlowLayout
from gui.kit.plain_text import paragraph, sentence_case, short, unmarked
from gui.setup.csv.selection import Outcome, Selection

MOST_WORDS = 3  # for missing values, each with a box
MOST_REMARKS = 4


class RemarksBox(QWidget):
    """Remarks and unused columns as text; boxes for how words are to be read."""

    merge_wanted = Signal(bool)  # classes that differ only in case or blanks are one
    missing_category_wanted = Signal(bool)  # a missing word is a category of its own
    totals_wanted = Signal(bool)  # rows that seem to be totals stay
    class_wanted = Signal(str, bool)  # this word, such as “NA”, is a class

    def __init__(self) -> None:
        super().__init__()
        self.words = paragraph()
        self.merge_box = _box(
            tr("Merge spellings"), tr("Take names that differ only in case for one")
        )
        self.merge_box.clicked.connect(self.merge_wanted)
        self.category_box = _box(
            tr("Missing words are a category"),
            tr("Rows without a word stay, with a category of their own"),
        )
        self.category_box.clicked.connect(self.missing_category_wanted)
        self.totals_box = _box(
            tr("Keep totals"),
            tr("Rows named a total or a mean, or like the header, are data as others"),
        )
        self.totals_box.clicked.connect(self.totals_wanted)
        self.class_boxes = [
            _box("", tr("Else it means that the label is missing")) for _ in range(MOST_WORDS)
        ]
        self._words: list[str] = []
        for index, box in enumerate(self.class_boxes):
            box.clicked.connect(
                lambda is_on, k=index: self.class_wanted.emit(self._words[k], is_on)
            )
        self._switches = QWidget()
        row = FlowLayout(self._switches, 12, 2)
        for box in (self.merge_box, self.category_box, self.totals_box, *self.class_boxes):
            row.addWidget(box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.words)
        column.addWidget(self._switches)

    def show_selection(self, selection: Selection, outcome: Outcome) -> None:
        """Show what is odd about a selection, and what can be changed."""
        remarks = [_sentence(str(remark.text)) for remark in outcome.remarks]
        more = len(remarks) - MOST_REMARKS
        said = remarks[:MOST_REMARKS] + ([tr("{n} more like these.", n=more)] if more > 0 else [])
        lines = [in_a_row(*said), selection.describe_unused()]
        self.words.setText("\n".join(line for line in lines if line))
        self.words.setVisible(any(lines))
        self.merge_box.setVisible(selection.has_spellings)
        self.merge_box.setChecked(selection.merge_case)
        self.category_box.setVisible(selection.has_missing_words)
        self.category_box.setChecked(selection.missing_category)
        self.totals_box.setVisible(selection.has_totals)
        self.totals_box.setChecked(selection.keep_totals)
        self._show_words(selection.table.columns[selection.label])
        boxes = (self.merge_box, self.category_box, self.totals_box, *self.class_boxes)
        self._switches.setVisible(any(not box.isHidden() for box in boxes))
        self.setVisible(any(lines) or not self._switches.isHidden())

    def _show_words(self, label: Column) -> None:
        self._words = [word for word, _ in label.na_words][:MOST_WORDS]
        for box in self.class_boxes[len(self._words) :]:
            box.hide()
        for box, word in zip(self.class_boxes, self._words, strict=False):
            box.setText(unmarked(tr("“{word}” is a class", word=short(word))))
            box.setChecked(word in label.words)
            box.show()

    def set_busy(self, is_busy: bool) -> None:
        """Disable the boxes while the file is being read again."""
        for box in self.class_boxes:
            box.setEnabled(not is_busy)


def _box(text: str, tip: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setToolTip(tip)
    box.hide()
    return box


def _sentence(text: str) -> str:
    return tr("{words}.", words=sentence_case(text))
