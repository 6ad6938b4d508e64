"""Choice of the label column, of a column of texts, and of all or none as features."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from core.data.csv.table import Table
from core.language import mark, tr
from gui.kit.fields.choices import Choice
from gui.kit.labels import muted_label
from gui.kit.plain_text import paragraph
from gui.setup.csv.selection import Selection

NONE = mark("none")


class LabelRow(QWidget):
    """The label column with its classes; buttons that choose all features or none."""

    chosen = Signal(object)  # index of the label column
    text_chosen = Signal(object)  # index of the column of texts, None for none
    all_wanted = Signal()
    none_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice = Choice()
        self.choice.setAccessibleName(tr("label column"))
        self.choice.setToolTip(tr("The column that says which class each row belongs to"))
        self.choice.setMaximumWidth(260)
        self.choice.chosen.connect(self.chosen)
        self.text = Choice()
        self.text.setAccessibleName(tr("column of texts"))
        self.text.setToolTip(
            tr("The column of texts whose words are the features, if there is one")
        )
        self.text.setMaximumWidth(220)
        self.text.chosen.connect(self.text_chosen)
        self._text_words = muted_label(tr("Text"))
        self.classes = paragraph()
        self.all_button, self.none_button = QPushButton(tr("All features")), QPushButton(tr("None"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(muted_label(tr("Label")))
        row.addWidget(self.choice)
        row.addWidget(self._text_words)
        row.addWidget(self.text)
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

    def show_selection(self, selection: Selection, classes: str) -> None:
        """Show the classes in the label column, and which columns can be the texts.

        Pictures and texts have no choice of features.
        """
        self.classes.setText(classes)
        names, could_be = selection.table.names, selection.could_be_text
        self.text.set_options(
            [(tr(NONE), None), *((names[j], j) for j in could_be)], selection.text
        )
        for widget in (self._text_words, self.text):
            widget.setVisible(bool(could_be))
        for button in (self.all_button, self.none_button):
            button.setVisible(not (selection.is_pictures or selection.is_text))
