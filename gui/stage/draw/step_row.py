"""A row of pictures, one after each step, with the step's switch below."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from core.language import tr
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.theme import Theme
from gui.stage.draw.tiles import Tiles

Picture = NDArray[np.float32]
Words = tuple[str, str]  # label and tool tip of a switch


class StepRow(QWidget):
    """Shows the picture after each step; a switch below it leaves the step out.

    switches : by the names of the steps. tiles : the pictures.
    """

    switched = Signal(str, bool)  # name of a step, whether it is on

    def __init__(
        self, theme: Theme, name: str, title: str, steps: Mapping[str, Words], columns: int
    ) -> None:
        """Make a row of steps, given as name: (label, tip), with room for so many columns."""
        super().__init__()
        self._theme = theme
        self._title = title
        self._columns = columns
        self.tiles = Tiles(theme, name, title, len(steps), columns)
        self.tiles.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.switches: dict[str, QCheckBox] = {}
        for step, (label, tip) in steps.items():
            switch = QCheckBox(tr(label), self)
            zoom.set_type(switch, look.SMALL)
            switch.setProperty("small", True)
            switch.setToolTip(tr(tip))
            switch.setStyleSheet("QCheckBox { spacing: 3px; }")
            switch.setChecked(True)
            switch.toggled.connect(lambda is_on, n=step: self.switched.emit(n, is_on))
            self.switches[step] = switch

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.tiles.set_theme(theme)
        self._colour_switches()

    def show_steps(self, shown: Mapping[str, Picture], first: Picture | None) -> None:
        """Show the picture after each step; a skipped step shows its input, `first` at first."""
        picture = first
        for k, name in enumerate(self.switches):
            picture = shown.get(name, picture)
            is_left_out = picture is not None and name not in shown
            self.tiles.show_tile(k, picture, faint=is_left_out and k != self.tiles.framed)

    def set_title_shown(self, is_shown: bool) -> None:
        """Show the title, or hide it where there is little space."""
        self.tiles.title = self._title if is_shown else ""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the size for pictures, the switches below them, and the title if there is one."""
        small = QFontMetrics(zoom.font(look.SMALL)).height()
        height = 74 + 2 * small if self.tiles.title else 46 + small
        return QSize(self._columns * height // 2, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._colour_switches()  # the style sheet, applied by now, would have undone it

    def _lay_out(self) -> None:
        """Place each switch below its picture."""
        self.tiles.setGeometry(self.rect())
        font = zoom.font(look.SMALL)
        step = self.width() // self._columns
        for rect, switch in zip(self.tiles.rects, self.switches.values(), strict=True):
            switch.setFont(font)
            below = round(rect.bottom()) + 3
            switch.setGeometry(round(rect.left()) - 1, below, step, self.height() - below)

    def _colour_switches(self) -> None:
        """Fill the boxes: an empty one in the panel's own colour would be invisible."""
        colours = look.palette(self._theme)
        colours.setColor(QPalette.ColorRole.Base, QColor(self._theme.line))
        for switch in self.switches.values():
            switch.setPalette(colours)
