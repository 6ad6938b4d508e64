"""Rows of a table with missing values, and the choice of how to treat them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from core.config import Missing
from core.data.csv.gaps import Gaps
from core.invisible_characters import visible
from core.language import tr, tr_n
from core.number_format import format_integer
from gui.kit.fields.choices import Segments
from gui.kit.layouts import add_layout
from gui.kit.plain_text import paragraph

MAX_LISTED = 200
LIST_LINES = 4


class GapsBox(QWidget):
    """Counts and lists the rows with gaps; emits whether to skip or fill them."""

    chosen = Signal(object)  # “skip” or “fill”

    def __init__(self) -> None:
        super().__init__()
        self.words = paragraph()
        self.choice = Segments(
            (
                (tr("Skip the rows"), "skip", tr("Leave rows out that lack a number")),
                (
                    tr("Fill in the mean"),
                    "fill",
                    tr("Put the feature's mean over the training rows there"),
                ),
            )
        )
        self.choice.chosen.connect(self.chosen)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("rows that lack something"))
        self.list.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.list.setFixedHeight(self.fontMetrics().lineSpacing() * LIST_LINES + 12)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        row.addWidget(self.choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        add_layout(column, row)
        column.addWidget(self.list)

    def show_gaps(self, gaps: Gaps, missing: Missing) -> None:
        """Show what the rows lack, and how those that lack a number are treated."""
        no_label, incomplete = int(gaps.no_label.sum()), int(gaps.incomplete.sum())
        ragged = gaps.table.ragged_count
        parts = []
        if incomplete:
            cells = sum(gaps.cells.values())
            parts.append(
                tr_n(
                    "{n} row with a missing number ({cells} in all)",
                    "{n} rows with a missing number ({cells} in all)",
                    incomplete,
                    cells=format_integer(cells),
                )
            )
        if no_label:
            parts.append(tr("{n} without a label, left out", n=format_integer(no_label)))
        if ragged:
            parts.append(
                tr("{n} with too few or too many values, left out", n=format_integer(ragged))
            )
        self.setVisible(bool(parts))
        self.choice.setVisible(bool(incomplete))
        self.choice.choose(missing)
        self.words.setText("; ".join(parts))
        self.list.clear()
        listed = gaps.listed(MAX_LISTED)
        for line, words in listed:
            self.list.addItem(
                visible(tr("line {line}: {words}", line=format_integer(line), words=words))
            )
        more = no_label + incomplete + ragged - len(listed)
        if more > 0:
            self.list.addItem(tr("… and {n} more", n=format_integer(more)))
