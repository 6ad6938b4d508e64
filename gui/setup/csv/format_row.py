"""Correction of a file's detected format: encoding, separator, marks of numbers, quotes, header."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.config import CsvOptions
from core.data.csv import dialect, encodings, numbers
from core.data.csv.dialect import TableFormat
from core.data.csv.table import Table
from core.invisible_characters import visible
from core.language import mark, tr
from gui.kit.fields.choices import CHOICE_CHARACTERS, Choice
from gui.kit.flow_layout import FlowLayout
from gui.kit.labels import muted_label
from gui.kit.plain_text import Plain, as_tip

HEADERS = {True: mark("with header"), False: mark("no header")}
KNOWN: dict[str, dict[Any, str]] = {  # field of CsvOptions: its possible values and their names
    "encoding": encodings.ENCODINGS,
    "separator": dialect.SEPARATORS,
    "decimal": numbers.DECIMALS,
    "thousands": numbers.THOUSANDS,
    "quote": dialect.QUOTES,
    "has_header": HEADERS,
}
SAMPLE_CHARACTERS = 32
WIDEST = 34  # characters of a choice but for encodings, which show words of the file
OF_PLAIN_TABLES = ("separator", "has_header")  # other layouts leave no choice of these


PARTS = {
    "encoding": mark("encoding"),
    "separator": mark("separator"),
    "decimal": mark("decimal"),
    "thousands": mark("thousands"),
    "quote": mark("quote"),
    "has_header": mark("header"),
}


class FormatRow(QWidget):
    """Shows the detected format of a file, and emits the options to read it with instead.

    choices : the fields, by the names in KNOWN. sample : words of the file as they were decoded, to
        check the encoding by eye; each encoding's entry shows them as it would read them.
    """

    corrected = Signal(object)  # CsvOptions

    def __init__(self, reading: CsvOptions) -> None:
        super().__init__()
        self._reading = reading
        row = FlowLayout(self, 8, 4)
        self._has_layout = False
        row.addWidget(muted_label(tr("Not right?")))
        self.choices: dict[str, Choice] = {}
        for name, options in KNOWN.items():
            width = CHOICE_CHARACTERS if name == "encoding" else WIDEST
            choice, words = Choice(width), tr(PARTS[name])
            choice.set_options([(tr(text), value) for value, text in options.items()], None)
            choice.setAccessibleName(words)
            choice.setToolTip(tr("Correct the {part} and read the file again", part=words))
            choice.chosen.connect(lambda value, n=name: self._correct(n, value))
            row.addWidget(choice)
            self.choices[name] = choice
        self.sample = Plain()
        self.sample.setProperty("muted", True)
        self.sample.setAccessibleName(tr("sample of the encoding"))
        row.addWidget(self.sample)

    def _correct(self, name: str, value: object) -> None:
        other = {"decimal": "thousands", "thousands": "decimal"}.get(name)
        settings = {name: value}
        if other and getattr(self._reading, other) == value:
            settings[other] = None  # one mark cannot be both: the other one is found anew
        self._reading = replace(self._reading, **settings)  # type: ignore[arg-type]
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
        self._has_layout = form.layout is not None
        self.setVisible(form.layout is None or form.layout.is_text)
        self._show_sample(form)
        for name, value in _values(form).items():
            self.choices[name].show_value(value)
        self.set_busy(False)

    def _show_sample(self, form: TableFormat) -> None:
        words = _sample(form, form.encoding)
        self.sample.setText(tr("reads “{words}”", words=words) if words else "")
        self.sample.setToolTip(as_tip(words))
        self.sample.setVisible(bool(words))
        choice = self.choices["encoding"]
        choice.set_options(
            [
                (f"{tr(name)}  {_sample(form, encoding)}".rstrip(), encoding)
                for encoding, name in encodings.ENCODINGS.items()
            ],
            form.encoding,
        )
        choice.view().setMinimumWidth(choice.view().sizeHintForColumn(0))

    def take_back(self, form: TableFormat) -> None:
        """Return to the last format that could be read, after a correction has failed."""
        self._reading = replace(self._reading, **_values(form))
        self.show_format(form)

    def set_busy(self, is_busy: bool) -> None:
        """Disable the choices while the file is being read again."""
        for name, choice in self.choices.items():
            is_fixed = self._has_layout and name in OF_PLAIN_TABLES
            choice.setEnabled(not is_busy and not is_fixed)


def _sample(form: TableFormat, encoding: str) -> str:
    if not form.unusual:
        return ""
    return visible(" ".join(encodings.show(form.unusual, encoding).split()))[:SAMPLE_CHARACTERS]


def _values(form: TableFormat) -> dict[str, Any]:
    return {
        "encoding": form.encoding,
        "separator": form.separator,
        "decimal": form.decimal,
        "thousands": form.thousands,
        "quote": form.quote,
        "has_header": form.header_line is not None,
    }
