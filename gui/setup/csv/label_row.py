"""Choice of the label column, and of all or none of the others as features."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from core.data.csv.table import Table
from gui.kit.fields.choices import Choice
from gui.kit.labels import muted_label
from gui.kit.plain_text import paragraph


class LabelRow(QWidget):
    """The label column with its classes; buttons that choose all features or none."""

    chosen = Signal(object)  # index of the label column
    all_wanted = Signal()
    none_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice = Choice()
        self.choice.setAccessibleName("label column")
        self.choice.setToolTip("The column that says which class each row belongs to")
        self.choice.setMaximumWidth(260)
        self.choice.chosen.connect(self.chosen)
        self.classes = paragraph()
        self.all_button, self.none_button = QPushButton("All features"), QPushButton("None")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(muted_label("Label"))
        row.addWidget(self.choice)
        row.addWidget(self.classes, 1)
        for button, wanted in (
            (self.all_button, self.all_wanted),
            (self.none_button, self.none_wanted),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(wanted)
            row.addWidget(button)

    def show_table(self, table: Table, label: int) -> None:
        """Offer the columns of a table, and select the one with index `label`."""
        self.choice.set_options([(name, j) for j, name in enumerate(table.names)], label)

    def show_classes(self, text: str, *, is_pictures: bool) -> None:
        """Show the classes in the label column; pictures have no choice of features."""
        self.classes.setText(text)
        for button in (self.all_button, self.none_button):
            button.setVisible(not is_pictures)
