"""Where the parts of the view stand: in a wide and in a narrow arrangement of Qt's layouts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from gui.kit import theme as look
from gui.kit import zoom
from gui.stage.draw.evidence import Evidence
from gui.stage.draw.nearest_digits import NEAREST, NearestDigits
from gui.stage.draw.pad import Pad
from gui.stage.draw.reason import UNBOUNDED, Reason
from gui.stage.draw.recipe_steps import RecipeSteps
from gui.stage.draw.shares import Shares
from gui.stage.draw.toolbar import TeachingRow, Toolbar

SMALLEST = 372, 416  # px; with less room than this it scrolls
NARROW_PX = 540
GAP, NARROW_GAP = 6, 3
BETWEEN = 12  # px, of parts side by side
PAD, BESIDE = 19, 20  # shares of the width, as long as the pad is no wider than high
REASON, DIGITS = 61, 39


@dataclass(frozen=True)
class Parts:
    """What stands there, in the order of the Tab key."""

    pad: Pad
    steps: RecipeSteps
    shares: Shares
    toolbar: Toolbar
    teaching: TeachingRow
    evidence: Evidence
    reason: Reason
    nearest: NearestDigits


class Room(QWidget):
    """Holds the parts; the pad at the top is as large as what is below lets it be.

    Sizes follow from the room and the type, none from what is shown, but for one choice: where one
    reason says it all (`set_brief`) it takes the place of the evidence for all classes, and the
    nearest digits are under its sentences.
    """

    narrowed = Signal(bool)

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setMinimumSize(*SMALLEST)
        self.is_narrow = self._is_brief = False
        self._parts = parts
        for part in vars(parts).values():
            part.setParent(self)
        self._top, self._foot = QGridLayout(), QHBoxLayout()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._top.setHorizontalSpacing(BETWEEN)
        self._top.setColumnStretch(0, PAD)
        self._top.setColumnStretch(1, BESIDE)
        self._foot.setSpacing(BETWEEN)
        self._foot.addWidget(parts.reason, REASON)
        self._column.addLayout(self._top, 1)
        for part in (parts.toolbar, parts.teaching, parts.evidence):
            self._column.addWidget(part)
        self._column.addLayout(self._foot)
        self._arrange()

    def set_brief(self, is_brief: bool) -> None:
        """Let one reason say it all, or have the evidence for all classes above it."""
        self._is_brief = is_brief
        self._parts.evidence.setVisible(not is_brief)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_narrow is not (self.width() < NARROW_PX):
            self.is_narrow = not self.is_narrow
            self._arrange()
            self.narrowed.emit(self.is_narrow)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._arrange()

    def _arrange(self) -> None:
        parts, is_narrow = self._parts, self.is_narrow
        (self._arrange_narrow if is_narrow else self._arrange_wide)()
        gap = NARROW_GAP if is_narrow else GAP
        self._top.setVerticalSpacing(gap)
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
        """Return the width that a picture has which is as high as the foot lets it be."""
        small = QFontMetrics(zoom.font(look.SMALL)).height()
        return self._parts.reason.sizeHint().height() - 2 * small - 4

    def _arrange_wide(self) -> None:
        """Put the steps over the shares, both beside the pad."""
        parts = self._parts
        self._top.addWidget(parts.pad, 0, 0, 2, 1)
        self._top.addWidget(parts.steps, 0, 1)
        self._top.addWidget(parts.shares, 1, 1)

    def _arrange_narrow(self) -> None:
        """Put the steps in a row of their own, under pad and shares."""
        parts = self._parts
        self._top.addWidget(parts.pad, 0, 0)
        self._top.addWidget(parts.shares, 0, 1)
        self._top.addWidget(parts.steps, 1, 0, 1, 2)
