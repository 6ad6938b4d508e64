"""The layout of the view: the pad and its answer first, the other parts on demand."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from core.language import tr
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.answer.shares import LEAST_WIDTH, Shares
from gui.kit.answer.teaching import TeachingRow
from gui.kit.layouts import add_layout
from gui.stage.draw.evidence import Evidence
from gui.stage.draw.nearest_digits import NEAREST, NearestDigits
from gui.stage.draw.pad import Pad
from gui.stage.draw.reason import UNBOUNDED, Reason
from gui.stage.draw.recipe_steps import RecipeSteps
from gui.stage.draw.toolbar import Toolbar

NARROW_PX = 600
PAD_PX = 320  # side of the pad that the answer beside it leaves, where there is room
LARGER_ANSWER = 24  # px of height beyond the least, for an answer below the pad
SMALLEST_PX = 280  # minimum width; below it the view scrolls
GAP, NARROW_GAP = 6, 3
BETWEEN = 12  # px, between parts side by side
PAD, ANSWER = 57, 43  # shares of the width, while the pad is no wider than high
REASON, DIGITS = 61, 39


@dataclass(frozen=True)
class Parts:
    """The parts, in the order of the Tab key; steps and all after them appear on demand."""

    pad: Pad
    shares: Shares
    toolbar: Toolbar
    teaching: TeachingRow
    steps: RecipeSteps
    evidence: Evidence
    reason: Reason
    nearest: NearestDigits


class Fold(QToolButton):
    """Opens and closes a part; its arrow shows the state."""

    def __init__(self, title: str, tip: str) -> None:
        super().__init__()
        self.setText(title)
        self.setToolTip(tip)
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setArrowType(Qt.ArrowType.RightArrow)
        self.toggled.connect(self._turn_arrow)

    def _turn_arrow(self, is_open: bool) -> None:
        self.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)


class DrawLayout(QWidget):
    """Holds the parts; the pad at the top takes all height that those below leave.

    The answer is beside the pad, or below it where the pad is larger so.
    Sizes depend on the available space, the font and the open parts, not on the content, with one
    exception: if one reason is enough (`set_brief`), it takes the space of the evidence for all
    classes, and the nearest digits are below its sentences.

    reading : opens the steps of the recipe. why : opens evidence, reason and nearest digits.
    """

    narrowed = Signal(bool)
    opened = Signal(object)  # the part that is now shown and laid out

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.is_narrow = self._is_brief = self._is_bare = False
        self._area = QSize()  # what is seen of this widget at once
        self._parts = parts
        self.reading = Fold(
            tr("How it is read"), tr("The steps from the drawing to what the model sees")
        )
        self.why = Fold(
            tr("Why"), tr("What each pixel says for each class, and the nearest digits")
        )
        self._folds = QWidget()
        row = QHBoxLayout(self._folds)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.reading)
        row.addWidget(self.why)
        row.addStretch(1)
        self._top, self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight), QHBoxLayout()
        self._top.setSpacing(BETWEEN)
        self._top.addWidget(parts.pad, PAD)
        self._top.addWidget(parts.shares, ANSWER)
        self._foot.setSpacing(BETWEEN)
        self._foot.addWidget(parts.reason, REASON)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        add_layout(self._column, self._top, 1)
        for part in (parts.toolbar, parts.teaching, self._folds, parts.steps, parts.evidence):
            self._column.addWidget(part)
        add_layout(self._column, self._foot)
        for fold, part in ((self.reading, parts.steps), (self.why, parts.reason)):
            fold.toggled.connect(lambda is_open, part=part: self._open(part, is_open))
        self._arrange()
        self._show_parts()

    def set_brief(self, is_brief: bool) -> None:
        """Show only one reason, or also the evidence for all classes above it."""
        self._is_brief = is_brief
        self._arrange()
        self._show_parts()

    def bare(self, is_on: bool) -> None:
        """Hide all but the pad and the answer, or show the rest again."""
        if is_on != self._is_bare:
            self._is_bare = is_on
            self._show_parts()

    def _open(self, part: QWidget, is_open: bool) -> None:
        self._show_parts()
        if is_open:  # reported once Qt has laid it out
            QTimer.singleShot(0, part, lambda: self.opened.emit(part))

    def _show_parts(self) -> None:
        parts, is_whole = self._parts, not self._is_bare
        for part in (parts.toolbar, parts.teaching, self._folds):
            part.setVisible(is_whole)
        parts.steps.setVisible(is_whole and self.reading.isChecked())
        is_why = is_whole and self.why.isChecked()
        parts.evidence.setVisible(is_why and not self._is_brief)
        parts.reason.setVisible(is_why)
        parts.nearest.setVisible(is_why)
        self._share()

    def fit(self, area: QSize) -> None:
        """Lay out wide or narrow, by the area's size, which no scroll bar changes."""
        self._area = area
        if self.is_narrow is not (area.width() < zoom.px(NARROW_PX)):
            self.is_narrow = not self.is_narrow
            self._arrange()
            self.narrowed.emit(self.is_narrow)
        self._share()

    def _share(self) -> None:
        """Give the pad the room at the top: all but the least of the answer, in little width."""
        parts, pad, shares = self._parts, self._parts.pad, self._parts.shares
        width, height, gap = self._area.width(), self._area.height(), self._column.spacing()
        fixed = parts.toolbar, parts.teaching, self._folds
        for part in (*fixed, parts.steps, parts.evidence, parts.reason):
            if not part.isHidden():
                height -= max(part.heightForWidth(width), part.sizeHint().height()) + gap
        answer = shares.sizeHint().height() + zoom.px(LARGER_ANSWER)
        beside = min(height, width - BETWEEN - zoom.px(LEAST_WIDTH))
        under = min(height - BETWEEN - answer, width)
        is_under = under > beside
        directions = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._top.setDirection(directions[is_under])
        self._top.setStretch(1, 0 if is_under else ANSWER)
        shares.setMinimumHeight(answer if is_under else 0)
        pad.set_least(0 if is_under else min(beside, zoom.px(PAD_PX)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._arrange()

    def _arrange(self) -> None:
        parts, is_narrow = self._parts, self.is_narrow
        gap = NARROW_GAP if is_narrow else GAP
        self.setMinimumWidth(zoom.px(SMALLEST_PX))
        self._column.setSpacing(gap)
        parts.toolbar.set_narrow(is_narrow)
        parts.teaching.set_narrow(is_narrow)
        parts.steps.set_title_shown(not is_narrow)
        parts.reason.set_compact(is_narrow)
        if self._is_brief:
            self._foot.removeWidget(parts.nearest)
            parts.reason.set_above(lambda width: parts.evidence.heightForWidth(width) + gap)
            parts.reason.put_below(parts.nearest)
        else:
            parts.reason.set_above(None)
            self._foot.addWidget(parts.nearest, DIGITS)
            parts.nearest.setMaximumWidth(NEAREST * self._tile())
            parts.nearest.setMinimumHeight(0)
            parts.nearest.setMaximumHeight(UNBOUNDED)

    def _tile(self) -> int:
        """Return the width of a picture that is as high as the foot allows."""
        small = QFontMetrics(zoom.font(look.SMALL)).height()
        return max(self._parts.reason.sizeHint().height() - 2 * small - 4, 1)
