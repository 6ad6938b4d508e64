"""Read a text: the model's answer on every key, and what each word adds to the score of a label."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.explain import prediction
from core.explain.prediction import Answer
from core.explain.word_evidence import TextFeatures, label_weights
from core.language import mark, tr
from core.number_format import format_count, format_integer, format_signed
from core.train.snapshot import Params, Snapshot, Status
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.answer.shares import Shares
from gui.kit.answer.teaching import TeachingRow
from gui.kit.areas.scrolling import scrolled
from gui.kit.described import said
from gui.kit.fields.choices import Choice
from gui.kit.labels import Readout
from gui.kit.picture_grid import nice_above
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.read.layout import NOTE_LINES, Parts, ReadLayout, Toolbar
from gui.stage.read.nearest_texts import NearestTexts
from gui.stage.read.picker import TextPicker
from gui.stage.read.scale_bar import ScaleBar
from gui.stage.read.sum_bars import SumBars, Term
from gui.stage.read.text_pad import TextPad
from gui.state.background_tasks import Background

Floats = NDArray[np.float32]

MOST_CLASSES = 10  # that have a button to teach by
LETTERS = 64  # of the names of all of these
BLANK = mark("The answer appears here.")
UNTRAINED = mark("All labels tie: train first (Space).")
NOT_READY = mark("The model is not ready yet.")
HIDDEN = mark("With a hidden layer no word speaks for a label by itself.")
SHOWN_EVERY = 0.06  # s while it trains
RANKED_EVERY = 0.7  # s while it trains: words that change places all the time cannot be read
SHRINK = 0.5  # the scale of the shades shrinks once the largest is below this share of it
ANSWER = -1  # stands for the label that the model decides for


class ReadView(View):
    """A pad for text, the model's answer to it, and the score of a label as a sum of words.

    features : of the text on the pad, None without one. answer : the model's answer to it.
    """

    taught = Signal(str, int)  # text, index of its true label
    pictured = Signal(object, object, int)  # Task; features (m,) of the text; row, −1: own text

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme)
        self.features: TextFeatures | None = None
        self.answer: Answer | None = None
        self._asked: tuple[Params, TextFeatures, int] | None = None
        self._note = ""
        self._order: tuple[TextFeatures, int, NDArray[np.intp]] | None = None
        self._ranked_at = 0.0
        self._scale = 0.0
        self._look_again = QTimer(self)  # joins the keys that are pressed before Qt is idle
        self._look_again.setSingleShot(True)
        self._look_again.timeout.connect(self.read_pad)
        self._shown_at = 0.0
        self._later = QTimer(self)  # joins snapshots that come faster than can be read
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._answer)
        self.pad, self.shares, self.sum = TextPad(theme), Shares(theme), SumBars(theme)
        self.label, self.note, self.scale = Choice(), Readout(NOTE_LINES), ScaleBar(theme)
        self.note.setProperty("small", True)
        zoom.set_type(self.note, look.SMALL)
        self.label.setAccessibleName(tr("label whose score is shown"))
        self.label.setToolTip(
            tr("Whose score the shades add up to; a click on a bar chooses it too")
        )
        self.toolbar, self.teaching = Toolbar(), TeachingRow(MOST_CLASSES, letters=LETTERS)
        self.picker = TextPicker(self, background)
        self._turned = 0  # texts that page keys have put on the pad
        self.nearest = NearestTexts(self.toolbar.nearest, background)
        self._layout = ReadLayout(
            Parts(
                self.pad,
                self.shares,
                self.label,
                self.sum,
                self.note,
                self.scale,
                self.toolbar,
                self.teaching,
            )
        )
        self._build()
        self._connect()
        self.show_theme()

    def _build(self) -> None:
        """Lay out the parts."""
        self._area = scrolled(self._layout)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self._area)

    def _connect(self) -> None:
        toolbar, pad = self.toolbar, self.pad
        pad.edited.connect(self._note_edit)
        self.picker.picked.connect(self._take)
        self.label.chosen.connect(self._answer_again)
        self.shares.clicked.connect(self._choose_label)
        self.teaching.chosen.connect(lambda label: self.taught.emit(pad.text, label))
        toolbar.random.clicked.connect(self.picker.pick_any)
        toolbar.mistake.clicked.connect(self.picker.pick_mistake)
        toolbar.fooling.clicked.connect(self.picker.pick_fooling)
        toolbar.nearest.clicked.connect(self._ask_nearest)
        self.nearest.chosen.connect(self.picker.show_row)
        toolbar.undo.clicked.connect(pad.undo)
        toolbar.clear.clicked.connect(lambda: pad.put(""))
        toolbar.undo.setEnabled(False)

    # Values in --------------------------------------------------------------------------------

    @staticmethod
    def applies_to(task: Task) -> bool:
        """Return whether the data are texts."""
        return task.dataset.is_text

    def receive_task(self, task: Task) -> None:
        self.features = None  # made again from the text: the old ones are of other words
        if self.applies_to(task):
            super().receive_task(task)
        else:
            self.task = self.snapshot = None
            self._look_again.stop()

    def receive_snapshot(self, snapshot: Snapshot) -> None:
        if self.task is not None:
            super().receive_snapshot(snapshot)

    def show_theme(self) -> None:
        for part in (self.pad, self.shares, self.sum, self.scale):
            part.set_theme(self.theme)

    def show_task(self, task: Task) -> None:
        self._turned = 0
        names = shown_classes(task.dataset)
        self.shares.show_classes(task.config.model.kind, names, task.dataset.class_marks)
        chosen = self.label.value()
        options = [(tr("the answer"), ANSWER), *((name, k) for k, name in enumerate(names))]
        is_there = isinstance(chosen, int) and chosen < len(names)
        self.label.set_options(options, chosen if is_there else ANSWER)
        self.teaching.show_classes(shown_classes(task.source)[:MOST_CLASSES])
        self.toolbar.fooling.setVisible(self.picker.can_fool)
        self.picker.show_task()
        if self.picker.row >= 0:
            self._note = self.picker.note
        self._asked = self._order = None
        self._show_no_answer()
        self._note_change()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        wait = self._shown_at + SHOWN_EVERY - time.monotonic()
        if snapshot.status is not Status.TRAINING or wait <= 0:
            self._answer()
        elif not self._later.isActive():
            self._later.start(round(1000 * wait) + 1)

    def turn(self, by: int) -> bool:
        """Put a text on the pad (+1): any of the test texts, a misclassified one, a fooling one."""
        picks = [self.picker.pick_any, self.picker.pick_mistake]
        picks += [self.picker.pick_fooling] * self.picker.can_fool
        if by < 0 or self._turned >= len(picks):
            return False
        picks[self._turned]()
        self._turned += 1
        return True

    def present(self, is_on: bool) -> None:
        self._layout.present(is_on, self._area.size())
        self._show_note()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout.fit(self._area.size())
        self._look_again.start(0)  # once the sum knows how many rows there is room for

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._note_change()

    # The text ---------------------------------------------------------------------------------

    def _take(self, text: str, note: str) -> None:
        """Put a text that was picked on the pad."""
        row, picked = self.picker.row, text
        self.pad.put(text)
        self.picker.row, self.picker.text = row, picked  # edits forget them, and this is none
        self._note = note
        self._note_change()

    def _note_edit(self) -> None:
        self._note = ""
        self.picker.forget()
        self._note_change()

    def _note_change(self) -> None:
        """Read the text once Qt has nothing more urgent to do."""
        self.features = None
        self.nearest.drop()
        if self.isVisible() and not self._look_again.isActive():
            self._look_again.start(0)

    def _ask_nearest(self) -> None:
        if self.task is not None and self.features is not None:
            self.nearest.ask(self.task, self.features, self.picker.row)

    def read_pad(self) -> None:
        """Find the features of the text, and ask the model."""
        task, text = self.task, self.pad.text
        is_text = bool(text.strip())
        self.teaching.set_possible(is_text)
        self.toolbar.nearest.setEnabled(is_text)
        self.toolbar.clear.setEnabled(bool(text))
        self.toolbar.undo.setEnabled(self.pad.document().isUndoAvailable())
        if task is None or task.dataset.vocabulary is None or not is_text:
            self.features = None
        elif self.features is None:
            self.features = TextFeatures.of(text, task.dataset.vocabulary)
            self.pictured.emit(task, self.features.dense(), self.picker.row)
        self._show_note()
        self._answer_again()

    def _show_note(self) -> None:
        """Say which text it is and, but for a slide, how many of its words the model knows."""
        found = self.features
        if found is None:
            self.note.setText("")
            return
        self.note.setText(_note_of(self._note, None if self.is_presented else found))

    # The model's answer -----------------------------------------------------------------------

    def _answer_again(self, *_: object) -> None:
        self._asked = None
        self._answer()

    def _choose_label(self, k: int) -> None:
        self.label.show_value(k)
        self._answer_again()

    def _answer(self) -> None:
        """Show the newest model's answer to the text, if either is new."""
        task, snapshot, found = self.task, self.snapshot, self.features
        if not self.isVisible():
            self._is_stale = True
            return
        if task is None or snapshot is None or found is None:
            self._show_no_answer()
            return
        wanted = self.label.value()
        assert isinstance(wanted, int)
        asked = snapshot.params, found, wanted
        if self._asked is not None and all(a is b for a, b in zip(asked, self._asked, strict=True)):
            return
        self._asked, self._shown_at = asked, time.monotonic()
        self._later.stop()
        kind, names = task.config.model.kind, shown_classes(task.dataset)
        self.answer = answer = prediction.ask(task, snapshot.params, found.dense())
        is_tied = not any(array.any() for array in snapshot.params.arrays)
        sentence = tr(UNTRAINED) if is_tied else prediction.describe(kind, answer, names)
        winner = None if is_tied else answer.decided
        self.shares.show_answer(prediction.read(kind, answer), sentence, winner)
        label = answer.decided if wanted == ANSWER else wanted
        if task.config.model.hidden:
            self._show_no_reason(HIDDEN)
        else:
            self._explain(task, snapshot, found, label)

    def _explain(self, task: Task, snapshot: Snapshot, found: TextFeatures, label: int) -> None:
        """Shade the words by what they add to the score of a label, and show their sum."""
        h = task.dataset.h
        W, b = label_weights(task.config.model.kind, snapshot.params, h)
        evidence = found.evidence(W[label])
        spans, parts = found.by_place(evidence)
        largest = float(np.abs(parts).max(initial=0.0))
        if not SHRINK * self._scale < largest <= self._scale:
            self._scale = nice_above(largest) if largest > 0 else 0.0
        self.scale.show_scale(self._scale)
        name = shown_classes(task.dataset)[label]

        def tell(i: int) -> str:
            start, end = spans[i].tolist()
            word = self.pad.text[start:end]
            added = said(self, format_signed(float(parts[i]), 2))
            return tr(
                "“{word}” adds {added} to the score of {name}", word=word, added=added, name=name
            )

        self.pad.shade(spans, parts, self._scale, found.words, tell)
        is_live = snapshot.status is Status.TRAINING
        order = self._ranked(found, label, evidence, is_live=is_live)
        self.sum.show_terms(self._terms(found, evidence, float(b[label]), order))

    def _ranked(
        self, found: TextFeatures, label: int, evidence: Floats, *, is_live: bool
    ) -> Sequence[int]:
        """Return the features by what they add, from the most on; in training seldom anew."""
        known, now = self._order, time.monotonic()
        is_known = known is not None and known[0] is found and known[1] == label
        if not (is_live and is_known and now - self._ranked_at < RANKED_EVERY):
            self._ranked_at = now
            self._order = known = found, label, np.argsort(-np.abs(evidence), kind="stable")
        assert known is not None
        return [int(i) for i in known[2]]

    def _terms(
        self, found: TextFeatures, evidence: Floats, b: float, order: Sequence[int]
    ) -> list[Term]:
        """Return bias, the words that there is room for, all others as one, and the sum."""
        room = self.sum.rows - 3
        shown = order[: room if len(order) > room + 1 else len(order)]
        terms = [Term(tr("bias b"), b)]
        words = found.vocabulary.words
        for i in shown:
            count = int(found.counts[i])
            name = words[found.features[i]]
            terms.append(Term(f"{name} × {count}" if count > 1 else name, float(evidence[i])))
        rest = order[len(shown) :]
        if rest:
            others = float(evidence[list(rest)].sum())
            terms.append(Term(format_count(len(rest), "other word"), others))
        return [*terms, Term(tr("= score"), sum(term.value for term in terms))]

    def _show_no_answer(self) -> None:
        self._asked = self.answer = None
        self.shares.show_answer(None, tr(BLANK if self.features is None else NOT_READY), None)
        self._show_no_reason("")

    def _show_no_reason(self, why: str) -> None:
        self.pad.clear_shades()
        self.sum.show_terms(())
        self.scale.show_scale(0.0)
        if why:
            self.note.setText(tr(why))


def _note_of(name: str, found: TextFeatures | None) -> str:
    """Return which text it is, "" the user's own, and how many of its words the model knows."""
    name = name or tr("Your own text")
    name = f"{name[:1].upper()}{name[1:]}"
    if found is None:
        return tr("{name}.", name=name)
    grey = tr("{unknown} unknown (grey)", unknown=format_integer(found.unknown))
    return tr(
        "{name}. {words}, {known}.",
        name=name,
        words=format_count(len(found.words), "word"),
        known=grey if found.unknown else tr("all known"),
    )
