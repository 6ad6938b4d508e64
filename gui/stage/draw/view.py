"""Draw a digit: the model's input, its answer, and the reasons for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.explain import prediction
from core.explain.prediction import Answer
from core.language import in_a_row, mark, tr
from core.model_family import DEFAULT_KIND, FAMILY
from core.train.snapshot import Params, Snapshot
from gui.kit.answer.shares import Shares
from gui.kit.answer.teaching import TeachingRow
from gui.kit.areas.scrolling import scrolled
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.draw.comparison import Comparison
from gui.stage.draw.evidence import Evidence
from gui.stage.draw.explanation import Why, of_classes, of_neuron, of_winner
from gui.stage.draw.layout import DrawLayout, Parts
from gui.stage.draw.nearest_digits import NearestDigits
from gui.stage.draw.pad import Pad
from gui.stage.draw.photo_reader import PhotoReader
from gui.stage.draw.picker import DigitPicker
from gui.stage.draw.reason import Reason
from gui.stage.draw.recipe_steps import RecipeSteps
from gui.stage.draw.toolbar import Toolbar
from gui.state.background_tasks import Background

Picture = NDArray[np.float32]

MOST_CLASSES = 10
BLANK = mark("The answer: here.")
UNTRAINED = mark("All classes tie: train first (Space).")
NOT_READY = mark("The model is not ready yet.")
EVIDENCE = mark(
    "w ⊙ x pixel by pixel, all classes on one scale: blue speaks for the class, orange against "
    "it. Summed up, and with the bias, it is the logit z."
)
EVIDENCE_OF_PAIRS = mark(
    "w ⊙ x pixel by pixel, of the neurons of the chosen class against each other one: blue speaks "
    "for the chosen class, orange for the other. Where z > 0 it has the pair’s vote."
)
THROUGH_UNITS = mark(
    "Through the hidden layer the place of w ⊙ x is taken by integrated gradients (IG): each pixel "
    "times the mean slope of the logit on the way from the input x = 0 to this one. With z(0), the "
    "logit of x = 0, they add up to the logit exactly; for a linear map they are w ⊙ x."
)


class DrawView(View):
    """The pad, the answer, and on demand the recipe step by step, and the evidence for each class.

    Parts that are not open are not computed.
    picture : the model's input, None for an empty pad. answer : the model's answer to it.
    """

    taught = Signal(object, int)  # (size, size) picture in 0 … 1, index of its true class
    pictured = Signal(object, object, int)  # Task; its model's input; row, −1: a drawing

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme)
        self.picture: Picture | None = None
        self.answer: Answer | None = None
        self._told: Picture | None = None  # the picture that was last announced
        self._asked: tuple[Params, Picture] | None = None
        self._folder = ""  # of the last picture file
        self._look_again = QTimer(self)  # joins all pending moves of the pen
        self._look_again.setSingleShot(True)
        self._look_again.timeout.connect(self.read_pad)

        self.pad = Pad(theme)
        self.picker = DigitPicker(self, self.pad.drawing, background)
        self.photos = PhotoReader(self.pad.drawing, background, self)
        self.steps = RecipeSteps(theme)
        self.shares = Shares(theme)
        self.toolbar = Toolbar(self.pad, self.picker)
        self.teaching = TeachingRow(MOST_CLASSES)
        self.evidence = Evidence(theme)
        self.evidence.setToolTip(tr(EVIDENCE))
        self.comparison = Comparison()
        self.reason = Reason(theme, tr("difference of evidence"), self.comparison)
        self.nearest = NearestDigits(theme, background)
        self._layout = DrawLayout(
            Parts(
                self.pad,
                self.shares,
                self.toolbar,
                self.teaching,
                self.steps,
                self.evidence,
                self.reason,
                self.nearest,
            )
        )
        self.how_it_is_read, self.why = self._layout.reading, self._layout.why
        self._layout.narrowed.connect(self._answer_again)
        self.why.toggled.connect(self._open_why)
        self._layout.opened.connect(lambda part: self._area.ensureWidgetVisible(part, 0, 0))
        self._build()
        self.pad.drawing.changed.connect(self._note_change)
        self.steps.changed.connect(self._note_change)
        self.photos.read.connect(self._note_change)
        self.pad.picture_given.connect(self._take_picture)
        self.toolbar.picture_wanted.connect(self._choose_picture)
        self.toolbar.pen_changed.connect(self._change_pen)
        self.teaching.chosen.connect(self._teach)
        self.comparison.chosen.connect(self._answer_again)
        self.shares.answer_uncovered.connect(self._answer_again)
        self.show_theme()

    def _build(self) -> None:
        """Lay out the parts."""
        self._area = scrolled(self._layout)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self._area)

    @property
    def _kind(self) -> str:
        return DEFAULT_KIND if self.task is None else self.task.config.model.kind

    @property
    def _is_brief(self) -> bool:
        """Whether one reason is enough: for one neuron."""
        return self.task is not None and FAMILY[self._kind].is_neuron

    # Values in --------------------------------------------------------------------------------

    @staticmethod
    def applies_to(task: Task) -> bool:
        """Return whether the data are square pictures in ink of at most MOST_CLASSES classes."""
        data = task.dataset
        return data.is_square and data.looks == "ink" and task.source.h <= MOST_CLASSES

    def receive_task(self, task: Task) -> None:
        self.nearest.clear()
        self.picture = None  # made again from the pad: the old one has other inputs
        if not self.applies_to(task):
            self.task = self.snapshot = None
            self._look_again.stop()
            return
        super().receive_task(task)

    def receive_snapshot(self, snapshot: Snapshot) -> None:
        if self.task is not None:
            super().receive_snapshot(snapshot)

    def show_theme(self) -> None:
        self.pad.set_theme(self.theme)
        self.steps.set_theme(self.theme)
        for part in (self.shares, self.evidence, self.reason, self.nearest):
            part.set_theme(self.theme)

    def show_task(self, task: Task) -> None:
        assert task.dataset.image_shape
        size, names = task.dataset.image_shape[0], shown_classes(task.dataset)
        self.picker.show_task()
        self.steps.show_data(size, is_deskewed=task.config.data.deskew)
        self._change_pen()
        self.shares.show_classes(self._kind, names, task.dataset.class_marks)
        columns = names[1:] if FAMILY[self._kind].is_pairwise else names
        has_units = task.config.model.hidden > 0
        self.evidence.show_classes(() if self._is_brief else columns, size, has_units=has_units)
        said = tr(EVIDENCE_OF_PAIRS if FAMILY[self._kind].is_pairwise else EVIDENCE)
        self.evidence.setToolTip(f"{tr(THROUGH_UNITS)}\n{said}" if has_units else said)
        self.reason.setToolTip(tr(THROUGH_UNITS) if has_units else "")
        self._layout.set_brief(self._is_brief)
        self.comparison.show_classes(names)
        self.teaching.show_classes(shown_classes(task.source))
        self._show_no_answer()
        self._answer()
        self._note_change()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._answer()

    @property
    def may_fold(self) -> bool:
        """Whether there is anything but the pad and its answer."""
        return True

    def cover_numbers(self, is_on: bool) -> None:
        super().cover_numbers(is_on)
        self._answer_again()

    def fold(self) -> None:
        super().fold()
        self._layout.bare(self.is_folded or self.is_presented)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout.fit(self._area.size())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._note_change()

    # The content of the pad -------------------------------------------------------------------

    def _change_pen(self) -> None:
        self.steps.set_pen(self.toolbar.pen_factor)
        self.pad.set_pen(self.steps.pen_share)

    def _note_change(self) -> None:
        """Read the pad once Qt has nothing more urgent to do."""
        if self.isVisible() and not self._look_again.isActive():
            self._look_again.start(0)

    def read_pad(self) -> None:
        """Make the model's input from the content of the pad, and ask the model."""
        content = self.pad.drawing.content
        picked = content.picture
        if content.photo is None:
            self.pad.show_reading(None, "")
        if picked is not None:
            picture = self.steps.take_picture(picked)
        elif content.photo is not None:
            picture = self._read_photo(content.photo)
        else:
            strokes = [stroke[:, :2] for stroke in self.pad.strokes]
            picture = self.steps.take_strokes(strokes, self.pad.frame)
        self.teaching.set_possible(picture is not None)
        told = self._told
        is_other = picture is None or told is None or not np.array_equal(picture, told)
        if is_other or self.picture is None:
            self.picture = picture
        if is_other:
            self.nearest.drop()
            self._told = picture
            if picture is not None and self.task is not None:
                self.pictured.emit(self.task, picture, -1 if picked is None else self.picker.row)
        self._answer()
        if not self.pad.drawing.is_under_way:
            self._show_nearest()

    def _read_photo(self, photo: Picture) -> Picture | None:
        """Show how the photo on the pad is read; return the model's input if that is known."""
        reading = self.photos.reading(photo, self.steps.recipe, self.steps.cleaning)
        if reading is None:
            self.pad.show_reading(None, "")
        else:
            self.pad.show_reading(reading.box, in_a_row(*reading.doubts, *reading.notes))
        return self.steps.take_photo(reading)

    def _take_picture(self, mime: QMimeData, name: str) -> None:
        """Put a picture that was dropped or pasted on the pad, and show how it is read."""
        if self.photos.take(mime, name):
            self.how_it_is_read.setChecked(True)

    def _choose_picture(self) -> None:
        """Ask for a picture file."""
        path, _ = QFileDialog.getOpenFileName(self, tr("Open a picture of a digit"), self._folder)
        if path:
            self._folder = str(Path(path).parent)
            self.photos.open(Path(path))
            self.how_it_is_read.setChecked(True)

    def _show_nearest(self) -> None:
        if self.task is None or self.picture is None or not self.why.isChecked():
            self.nearest.clear()
        else:
            self.nearest.ask(self.task, self.picture)

    def _teach(self, label: int) -> None:
        if self.picture is not None:
            self.taught.emit(self.picture, label)

    # The model's answer -----------------------------------------------------------------------

    def _answer(self) -> None:
        """Show the newest model's answer to the picture, if either is new."""
        task, snapshot, picture = self.task, self.snapshot, self.picture
        if not self.isVisible():
            self._is_stale = True
            return
        if task is None or snapshot is None or picture is None:
            self._show_no_answer()
            return
        asked = self._asked
        if asked and asked[0] is snapshot.params and asked[1] is picture:
            return
        self._asked = snapshot.params, picture
        self.answer = found = prediction.ask(task, snapshot.params, picture.ravel())
        is_tied = not any(array.any() for array in snapshot.params.arrays)
        names, kind = shown_classes(task.dataset), self._kind
        winner = None if is_tied else found.decided
        sentence = tr(UNTRAINED) if is_tied else prediction.describe(kind, found, names)
        self.shares.show_answer(prediction.read(kind, found), sentence, winner)
        if self.why.isChecked():
            self._explain(found, names, winner)

    def _show_no_answer(self) -> None:
        self._asked = self.answer = None
        self.shares.show_answer(None, tr(BLANK) if self.picture is None else tr(NOT_READY), None)
        self.evidence.show_answer(None, None)
        self.reason.show_reason(None, 0.0, ())

    def _open_why(self, is_open: bool) -> None:
        """Compute the parts that were not visible so far."""
        if is_open:
            self._answer_again()
            if not self.pad.drawing.is_under_way:
                self._show_nearest()

    def _answer_again(self, *_: object) -> None:
        self._asked = None
        self._answer()

    def _explain(self, found: Answer, names: tuple[str, ...], winner: int | None) -> None:
        """Show the reasons for the answer, in the form that suits the model."""
        if self._is_brief:
            self._show_why(of_neuron(self._kind, found, names))
        else:
            self._show_all(found, names, winner)

    def _show_all(self, found: Answer, names: tuple[str, ...], winner: int | None) -> None:
        """Show the evidence of each class and the difference of two, on one scale."""
        is_hidden = self.shares.hides_answer
        pair = self.comparison.pair_for(None if is_hidden else found)
        why = of_classes(self._kind, found, names, *pair)
        largest = _largest(why)
        if FAMILY[self._kind].is_pairwise:
            turned, others = of_winner(found, pair[0] if is_hidden else found.decided)
            self.evidence.rename([tr("not {name}", name=names[j]) for j in others])
            self.evidence.show_answer(turned, None, largest)
        else:
            self.evidence.show_answer(found, None if is_hidden else winner, largest)
        # In the narrow layout, the evidence above shows the first figures.
        self._show_why(Why(why.part, why.texts[1:] if self._layout.is_narrow else why.texts))

    def _show_why(self, why: Why) -> None:
        scale = _largest(why) if self._is_brief else self.evidence.levels.scale
        self.reason.show_reason(why.part, scale, why.texts)


def _largest(why: Why) -> float:
    """Return the largest magnitude of the evidence shown."""
    return 0.0 if why.part is None else float(np.abs(why.part).max(initial=0.0))
