"""Correction of a file's detected format: encoding, separator, decimal mark, header."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.config import CsvOptions
from core.data.csv import dialect, text_file
from core.data.csv.dialect import TableFormat
from core.data.csv.table import Table
from gui.kit.fields.choices import Choice
from gui.kit.labels import muted_label

HEADERS = {True: "with header", False: "no header"}
KNOWN: dict[str, dict[Any, str]] = {  # field of CsvOptions: its possible values and their names
    "encoding": text_file.ENCODINGS,
    "separator": dialect.SEPARATORS,
    "decimal": dialect.DECIMALS,
    "has_header": HEADERS,
}


class FormatRow(QWidget):
    """Shows the detected format of a file, and emits the options to read it with instead.

    choices : the fields, by the names in KNOWN.
    """

    corrected = Signal(object)  # CsvOptions

    def __init__(self, reading: CsvOptions) -> None:
        super().__init__()
        self._reading = reading
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(muted_label("Not right?"))
        self.choices: dict[str, Choice] = {}
        for name, options in KNOWN.items():
            choice, words = Choice(), name.replace("has_", "")
            choice.offer([(text, value) for value, text in options.items()], None)
            choice.setAccessibleName(words)
            choice.setToolTip(f"Correct the {words} and read the file again")
            choice.chosen.connect(lambda value, n=name: self._correct(n, value))
            row.addWidget(choice)
            self.choices[name] = choice
        row.addStretch(1)

    def _correct(self, name: str, value: object) -> None:
        self._reading = replace(self._reading, **{name: value})  # type: ignore[arg-type]
        self.corrected.emit(self._reading)

    def choose_meaning(self, word: str, table: Table, *, is_missing: bool) -> None:
        """Request the file read again with a word that means a missing value, or does not."""
        words = self._reading.na
        if words is None:  # as they were read by themselves
            kept = {name for column in table.columns for name in column.words}
            words = tuple(name for name in dialect.MISSING if name and name not in kept)
        changed = {*words, word} if is_missing else {*words} - {word}
        self._reading = replace(self._reading, na=tuple(sorted(changed)))
        self.corrected.emit(self._reading)

    def show_format(self, form: TableFormat) -> None:
        """Show the detected format."""
        for name, value in _values(form).items():
            self.choices[name].show_value(value)

    def take_back(self, form: TableFormat) -> None:
        """Return to the last format that could be read, after a correction has failed."""
        self._reading = replace(self._reading, **_values(form))
        self.show_format(form)

    def set_busy(self, is_busy: bool) -> None:
        """Disable the choices while the file is being read again."""
        for choice in self.choices.values():
            choice.setEnabled(not is_busy)


def _values(form: TableFormat) -> dict[str, Any]:
    return {
        "encoding": form.encoding,
        "separator": form.separator,
        "decimal": form.decimal,
        "has_header": form.header_line is not None,
    }
