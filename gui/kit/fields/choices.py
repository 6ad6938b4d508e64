"""Fields for one of several words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton

from gui.kit.fields.unscrolled import Combo

CHOICE_CHARACTERS = 18


class Choice(Combo):
    """One of several words, each standing for a value."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def sizeHint(self) -> QSize:
        """Be as wide as the words, up to a limit: names of classes can be as long as they like."""
        widest = CHOICE_CHARACTERS * self.fontMetrics().averageCharWidth()
        return super().sizeHint().boundedTo(QSize(widest, 1000))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def offer(self, options: Sequence[tuple[str, object]], value: object) -> None:
        """Show these words with their values, and choose one."""
        self.clear()
        for words, data in options:
            self.addItem(words, data)
        self._point_at(value)

    def show_value(self, value: object) -> None:
        """Show the words for this value, the first ones where there are none for it."""
        self._point_at(value)

    def _point_at(self, value: object) -> None:
        values = [self.itemData(i) for i in range(self.count())]
        self.setCurrentIndex(values.index(value) if value in values else 0)

    def value(self) -> object:
        """Return what the chosen words stand for."""
        return self.currentData()


class Toggle(QPushButton):
    """On or off, in words."""

    def __init__(self) -> None:
        super().__init__("off")
        self.setCheckable(True)
        self.toggled.connect(self._say)

    def _say(self, is_on: bool) -> None:
        self.setText("on" if is_on else "off")


class Segments(QFrame):
    """A few exclusive words side by side."""

    chosen = Signal(object)

    def __init__(self, options: Sequence[tuple[str, object, str]]) -> None:
        super().__init__()
        self.setProperty("segments", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        self._buttons: dict[object, QPushButton] = {}
        for words, value, tip in options:
            button = QPushButton(words)
            button.setProperty("segment", True)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setToolTip(tip)
            button.clicked.connect(lambda _=False, v=value: self.chosen.emit(v))
            row.addWidget(button, 1)
            self._buttons[value] = button

    def button(self, value: object) -> QPushButton:
        return self._buttons[value]

    def choose(self, value: object) -> None:
        self._buttons[value].setChecked(True)
