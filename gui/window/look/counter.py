"""A number of the run with its name above it, of a fixed size; it can be covered."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.language import tr
from gui.kit import described, zoom
from gui.kit import theme as look
from gui.kit.layouts import add_layout
from gui.kit.shortcuts import RETURN

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
BETWEEN = 8  # px, least gap between the left and the right number


class _Figure(QLabel):
    heard_as = described.TEXT


@dataclass(frozen=True)
class _Texts:
    main: str
    second: str
    third: str


class Counter(QWidget):
    """A label above a number, optionally with a second and a third one; of a fixed size.

    With only the width fixed, each new number would trigger a layout of the whole window: that
    took a third of the GUI thread's time while training.

    With a third number the label names the first one only; the other two are stacked at the
    right, each after its name, so that three numbers need no more space than two.
    """

    def __init__(self, label: str, widest: str, tip: str, third: str = "") -> None:
        super().__init__()
        self.setToolTip(tip)
        self._label, self._third_name, self._widest = label, third, widest
        self._has_third = self.is_covered = False
        self._shown = _Texts("", "", "")
        # Filled with the card's colour, so that the card beneath need not be repainted.
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._main, self._second, self._third = _Figure(self), _Figure(self), _Figure(self)
        self._name = QLabel(label, self)
        for small in (self._name, self._third):
            zoom.set_type(small, look.SMALL)
            small.setProperty("small", True)
        zoom.set_type(self._main, look.LARGE, bold=True)
        self._main.setAccessibleName(label)
        for figure in (self._main, self._second, self._third):
            figure.setTextFormat(Qt.TextFormat.PlainText)
        self._third.setAlignment(RIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 4, 0)
        column.setSpacing(0)
        for left, right in ((self._name, self._third), (self._main, self._second)):
            row = QHBoxLayout()
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(0)
            row.addWidget(left)
            row.addWidget(right, 1)
            add_layout(column, row)
        self._fix_size()
        self.show_third(False)

    def _needed_width(self) -> int:
        """Return the width of the widest numbers in either arrangement, in pixels."""
        main, _, second = self._widest.partition(" · ")
        bold = QFontMetricsF(zoom.font(look.LARGE, bold=True))
        plain, small = QFontMetricsF(zoom.font()), QFontMetricsF(zoom.font(look.SMALL))
        first = bold.horizontalAdvance(main)
        widths = [first, small.horizontalAdvance(self._label)]
        if second:
            widths.append(first + plain.horizontalAdvance(" · " + second))
        if self._third_name:
            name, _, second_name = self._label.partition(" · ")
            third = small.horizontalAdvance(f"{self._third_name} {second}")
            widths.append(small.horizontalAdvance(name) + third + zoom.px(BETWEEN))
            widths.append(
                first + plain.horizontalAdvance(f"{second_name} {second}") + zoom.px(BETWEEN)
            )
        return math.ceil(max(widths))

    def show_third(self, is_shown: bool) -> None:
        """Arrange three numbers, or two."""
        self._has_third = is_shown
        self._third.setVisible(is_shown)
        self._name.setText(self._label.partition(" · ")[0] if is_shown else self._label)
        self._second.setAlignment(RIGHT if is_shown else LEFT)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fix_size()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fix_size()

    def _fix_size(self) -> None:
        """Fix the size at that of the widest numbers at the current zoom."""
        width = self._needed_width()
        large = QFontMetricsF(zoom.font(look.LARGE, bold=True)).height()
        small = QFontMetricsF(zoom.font(look.SMALL)).height()
        size = QSize(width + zoom.px(10), math.ceil(large) + math.ceil(small))
        if size == self.minimumSize():
            return
        self.setFixedSize(size)
        self._main.setFixedHeight(math.ceil(large))
        if " · " not in self._widest:
            self._main.setFixedWidth(width)  # so the label is of a fixed size too

    def cover(self, is_on: bool) -> None:
        """Paint blocks over the numbers, of their size; a press or Return reveals them."""
        self.is_covered = is_on
        for figure in (self._main, self._second, self._third):
            figure.setProperty("covered", is_on)
            figure.style().polish(figure)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_on else Qt.FocusPolicy.NoFocus)
        covered = tr("{what}, covered; Return reveals it", what=self._label)
        self.setAccessibleName(covered if is_on else "")
        shape = Qt.CursorShape.PointingHandCursor if is_on else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.is_covered:
            self.cover(False)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.is_covered and event.key() in RETURN:
            self.cover(False)
        else:
            super().keyPressEvent(event)

    def show_values(self, main: str, second: str = "", third: str = "") -> None:
        if self._shown == (texts := _Texts(main, second, third)):
            return
        self._shown = texts
        self._main.setText(main)
        second_name = self._label.partition(" · ")[2] + " " if self._has_third else " · "
        self._second.setText(second_name + second)
        self._second.setVisible(bool(second))
        self._third.setText(f"{self._third_name} {third}" if third else "")
