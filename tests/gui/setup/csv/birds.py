"""Two tables of birds, and what the preview of a table says."""

from __future__ import annotations

from PySide6.QtCore import Qt

from gui.setup.csv.preview import ROLE_ROW

CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked
ROWS = 40
BIRDS = "id;bill;depth;city;kind\n" + "".join(
    f"{k};{30 + k % 7 + 9 * (k % 2)},5;{20 - k % 5},25;X;{('Adelie', 'Gentoo')[k % 2]}\n"
    for k in range(ROWS)
)
GAPS = BIRDS + "40;?;19,5;X;Adelie\n41;31,5;inf;X;Gentoo\n42;31,5;19;X;\n43;31\n"


def said(dialog, row, name, role=Qt.ItemDataRole.DisplayRole):
    return dialog.preview.data(dialog.preview.index(row, dialog.table.column(name)), role)


def tick(dialog, name):
    return said(dialog, ROLE_ROW, name, Qt.ItemDataRole.CheckStateRole)


def choose(qtbot, combo, value):
    """Choose from a combo box by its keys, as a person does."""
    combo.setFocus()
    here, there = combo.currentIndex(), combo.findData(value)
    key = Qt.Key.Key_Down if there > here else Qt.Key.Key_Up
    for _ in range(abs(there - here)):
        qtbot.keyClick(combo, key)
