"""The settings of a bag of words: which words of the documents are features, and their numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel, QWidget

from core.config import MAX_COUNT, MAX_WORDS, BagOptions
from core.data.task import Task
from core.language import mark, tr
from core.number_format import format_integer
from gui.kit.fields.card import Card
from gui.kit.fields.choices import Choice
from gui.kit.fields.numbers import CountField
from gui.kit.labels import change_dot, small_label

DEFAULT = BagOptions()
COUNT = "0000000"  # a text that sets the width of the fields for a number
BagField = Choice | CountField


@dataclass(frozen=True)
class _Row:
    """One setting: its name in `BagOptions`, its label, its tip, and its options or largest number.

    options : each a text with its value; () for a number up to `most`.
    """

    name: str
    label: str
    tip: str
    options: tuple[tuple[str, object], ...] = ()
    most: int = 1

    def make(self) -> BagField:
        if not self.options:
            return CountField(1, self.most, notches=True, widest=COUNT)
        choice = Choice()
        choice.set_options([(tr(text), value) for text, value in self.options], self.default)
        return choice

    @property
    def default(self) -> object:
        return getattr(DEFAULT, self.name)

    @property
    def default_words(self) -> str:
        texts = {value: text for text, value in self.options}
        if texts:
            return tr(texts[self.default])
        assert isinstance(self.default, int)
        return format_integer(self.default)


ROWS = (
    _Row(
        "weighting",
        mark("weighting"),
        mark(
            "The number of a word in a document: how often it is there; 1 if it is there; or "
            "tf–idf, how often times how rare it is among the training documents, at length 1"
        ),
        ((mark("counts"), "counts"), (mark("presence"), "presence"), ("tf–idf", "tfidf")),
    ),
    _Row(
        "bigrams",
        mark("word pairs"),
        mark("Bigrams: pairs of neighbouring words are features too, such as “not good”"),
        ((mark("no"), False), (mark("too"), True)),
    ),
    _Row(
        "stop_words",
        mark("stop words"),
        mark("The most common words of English, such as “the”, which tell little of the content"),
        ((mark("kept"), False), (mark("left out"), True)),
    ),
    _Row(
        "keep_case",
        mark("capitals"),
        mark("Whether “Mars” and “mars” are one word or two"),
        ((mark("ignored"), False), (mark("kept"), True)),
    ),
    _Row(
        "min_documents",
        mark("least documents"),
        mark("A word is a feature if at least so many training documents hold it"),
        most=MAX_COUNT,
    ),
    _Row(
        "max_words",
        mark("most words"),
        mark(
            "Of the words, at most so many are features: those most frequent in the training "
            "documents"
        ),
        most=MAX_WORDS,
    ),
)


class BagRows(QObject):
    """Rows of a card; a dot marks each setting that is not at its default.

    fields : the field of each setting.
    """

    changed = Signal(object, str)  # BagOptions, what changes in them

    def __init__(self, card: Card) -> None:
        super().__init__(card)
        self._bag = DEFAULT
        self.fields: dict[str, BagField] = {}
        self.dots: dict[str, QLabel] = {}
        self._rows: list[QWidget] = []
        for row in ROWS:
            field = row.make()
            field.chosen.connect(lambda value, row=row: self._change(row, value))
            self.fields[row.name], self.dots[row.name] = field, change_dot()
            self._rows.append(card.add_row(tr(row.label), field, tr(row.tip), self.dots[row.name]))
        self.words = small_label(wraps=True)
        card.column.addWidget(self.words)

    def _change(self, row: _Row, value: Any) -> None:
        bag = replace(self._bag, **{row.name: value})
        if bag != self._bag:
            self.changed.emit(bag, tr(row.label))

    def show_task(self, task: Task) -> None:
        """Show the settings of a task's documents, and how many words they make features."""
        is_text = task.source.is_text
        for widget in (*self._rows, self.words):
            widget.setVisible(is_text)
        if not is_text:
            return
        self._bag = task.config.data.bag
        for row in ROWS:
            value, dot = getattr(self._bag, row.name), self.dots[row.name]
            self.fields[row.name].show_value(value)
            dot.setVisible(value != row.default)
            dot.setToolTip(tr("Default: {value}", value=row.default_words))
        said = (
            tr(
                "{n} words and pairs of words of {documents} training documents are the features, "
                "not standardised: a word that is not there stays 0.",
                n=format_integer(task.m),
                documents=format_integer(len(task.train_rows)),
            )
            if self._bag.bigrams
            else tr(
                "{n} words of {documents} training documents are the features, not standardised: a "
                "word that is not there stays 0.",
                n=format_integer(task.m),
                documents=format_integer(len(task.train_rows)),
            )
        )
        self.words.setText(said)
