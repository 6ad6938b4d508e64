"""The layout of the view: the text, beside it the answer and its sum, below them what to do."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.language import tr
from gui.kit import zoom
from gui.kit.answer.shares import Shares
from gui.kit.answer.teaching import TeachingRow, unfocused_button
from gui.kit.fields.choices import Choice
from gui.kit.flow_layout import FlowLayout
from gui.kit.labels import Readout, small_label
from gui.kit.layouts import add_layout
from gui.stage.read.scale_bar import ScaleBar
from gui.stage.read.sum_bars import SumBars
from gui.stage.read.text_pad import TextPad

NARROW_PX = 520
BETWEEN = 16  # px, between text and answer
TEXT, ANSWER = 54, 46  # shares of the width
SHARES, SUM = 14, 9  # shares of the height beside the text
NOTE_LINES = 2
SLIDE_SHARE = 0.5  # of the height of a slide, for the answer below the text
UNBOUNDED = 16_777_215  # QWIDGETSIZE_MAX


@dataclass(frozen=True)
class Parts:
    """The parts, in the order of the Tab key."""

    pad: TextPad
    shares: Shares
    label: Choice
    sum: SumBars
    note: Readout
    scale: ScaleBar
    toolbar: Toolbar
    teaching: TeachingRow


class Toolbar(QWidget):
    """Buttons for texts to read."""

    def __init__(self) -> None:
        super().__init__()
        self.random = unfocused_button(
            tr("Random test text"), tr("Read a text of the test rows, any one")
        )
        self.mistake = unfocused_button(
            tr("Next misclassified"), tr("Read the next test text that the model gets wrong")
        )
        self.fooling = unfocused_button(
            tr("One that fools it"),
            tr("Read the next of the passages that are written in the words of another genre"),
        )
        self.nearest = unfocused_button(
            tr("Nearest…"),
            tr("List the training texts that are nearest to this one, by their angle"),
        )
        self.undo = unfocused_button(
            tr("Undo"), tr("Take back the last change of the text (Ctrl+Z in it)")
        )
        self.clear = unfocused_button(tr("Clear"), tr("Take the text away"))
        flow = FlowLayout(self, 4, 2)
        for button in self.buttons:
            flow.addWidget(button)

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        return self.random, self.mistake, self.fooling, self.nearest, self.undo, self.clear


class ReadLayout(QWidget):
    """Text and answer side by side; one below the other in little width."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts, self._is_presented = parts, False
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        title = small_label(tr("score of"))
        title.setBuddy(parts.label)
        head.addWidget(title)
        head.addWidget(parts.label)
        head.addWidget(small_label(tr("= b + words")))
        head.addStretch(1)
        answer = QVBoxLayout()
        answer.setSpacing(4)
        answer.addWidget(parts.shares, SHARES)
        answer.addWidget(self._head)
        answer.addWidget(parts.sum, SUM)
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.setSpacing(BETWEEN)
        self._top.addWidget(parts.pad, TEXT)
        add_layout(self._top, answer, ANSWER)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._below.addWidget(parts.note, 1)
        self._below.addWidget(parts.scale)
        add_layout(column, self._top, 1)
        add_layout(column, self._below)
        column.addWidget(parts.toolbar)
        column.addWidget(parts.teaching)

    def present(self, is_on: bool, area: QSize) -> None:
        """Hide all but the text and what it is, its answer and the sum, or show the rest again.

        area : as of `fit`.
        """
        self._is_presented = is_on
        self._parts.note.set_lines(1 if is_on else NOTE_LINES)
        for part in (self._parts.toolbar, self._parts.teaching):
            part.setVisible(not is_on)
        self.fit(area)

    def fit(self, area: QSize) -> None:
        """Lay out for an area of this size; what is below its end in little width, is scrolled to.

        One below the other, text and answer share what is seen at once; on a slide, all of it.
        """
        parts, is_narrow = self._parts, area.width() < zoom.px(NARROW_PX)
        directions = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._top.setDirection(directions[is_narrow])
        self._top.setSpacing(6 if is_narrow else BETWEEN)
        is_slide = is_narrow and self._is_presented
        self._below.setDirection(directions[is_slide])
        self._below.setSpacing(2 if is_slide else BETWEEN)
        self._head.setVisible(not is_slide)
        parts.sum.setVisible(not is_slide)
        parts.teaching.set_narrow(is_narrow)
        parts.scale.set_unit_shown(not is_narrow or self._is_presented)
        height = area.height()
        if is_slide:  # all of it is seen, what is below the answer too
            height -= self._below.sizeHint().height()
        answer = max(parts.shares.sizeHint().height(), round(SLIDE_SHARE * height * is_slide))
        text = max(height - answer - BETWEEN, parts.pad.minimumSizeHint().height())
        parts.pad.setMaximumHeight(text if is_narrow else UNBOUNDED)
        parts.shares.setMinimumHeight(answer if is_narrow else 0)
