"""A titled panel of labelled fields."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget


class Card(QFrame):
    """A titled panel of labelled fields."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 7, 12, 8)
        self.column.setSpacing(2)
        heading = QLabel(title)
        heading.setProperty("title", True)
        self.column.addWidget(heading)

    def add_row(self, label: str, field: QWidget, tip: str, *before: QWidget) -> QWidget:
        """Add a muted label with a field beside it, both with this tool tip; return the row.

        before : small widgets between the two.
        """
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(_label(label, field, tip), 1)
        for widget in (*before, field):
            line.addWidget(widget)
        self.column.addWidget(row)
        return row

    def add_pair(self, *fields: tuple[str, QWidget, str]) -> QWidget:
        """Add several short fields, each with label and tip, in one row; return the row."""
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for i, (label, field, tip) in enumerate(fields):
            line.addWidget(_label(label, field, tip), 1 if i == 0 else 0)
            line.addWidget(field)
        self.column.addWidget(row)
        return row


def _label(label: str, field: QWidget, tip: str) -> QLabel:
    """Return a muted label for the field, and give the field its name and tip."""
    words = QLabel(label)
    words.setProperty("muted", True)
    words.setBuddy(field)
    field.setAccessibleName(label.replace("<i>", "").replace("</i>", ""))
    for widget in (words, field):
        widget.setToolTip(tip)
    return words
