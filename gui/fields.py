"""Fields for one value each, as the set-up column uses them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QLocale, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

FULL = "full"
FIELD_DIGITS = 9
CHOICE_CHARACTERS = 18


def notch_above(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50, … (times any power of ten) above the value."""
    power = 10.0 ** math.floor(math.log10(value))
    for digit in (1, 2, 5, 10, 20):
        if digit * power > value * (1 + 1e-9):
            return float(f"{digit * power:.12g}")
    raise AssertionError(value)


def notch_below(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50, … (times any power of ten) below the value."""
    power = 10.0 ** math.floor(math.log10(value))
    for digit in (5, 2, 1, 0.5):
        if digit * power < value * (1 - 1e-9):
            return float(f"{digit * power:.12g}")
    raise AssertionError(value)


class NotchField(QDoubleSpinBox):
    """A number on a logarithmic scale: arrows and wheel go 1, 2, 5, 10, …; any number can be typed.

    Where zero is allowed it lies below the smallest notch.
    """

    def __init__(self, smallest: float, largest: float, *, zero: bool = False) -> None:
        super().__init__()
        make_quiet(self)
        self._smallest = smallest
        self.setDecimals(12)
        self.setRange(0.0 if zero else 1e-12, largest)
        self.setLocale(QLocale.c())

    def textFromValue(self, value: float) -> str:
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        number = _parse(text)
        return self.value() if number is None else number

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        number = _parse(text)
        if number is not None and self.minimum() <= number <= self.maximum():
            return QValidator.State.Acceptable, text, pos
        # An unfinished number, such as "1e-", may yet become one; letters never do.
        is_possible = all(character in "0123456789.,eE+-" for character in text)
        state = QValidator.State.Intermediate if is_possible else QValidator.State.Invalid
        return state, text, pos

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        QTimer.singleShot(0, self.selectAll)  # after the click: typing replaces the value

    def stepBy(self, steps: int) -> None:
        value = self.value()
        for _ in range(abs(steps)):
            if steps > 0:
                value = self._smallest if value < self._smallest else notch_above(value)
            elif value > self._smallest:
                value = notch_below(value)
            else:
                value = self.minimum() if self.minimum() == 0 else self._smallest
        self.setValue(min(value, self.maximum()))

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        both = QAbstractSpinBox.StepEnabledFlag
        return both.StepUpEnabled | both.StepDownEnabled

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Scrolling the column must not change what the pointer happens to pass.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class CountField(QSpinBox):
    """A whole number; arrows and wheel go by 1, by powers of two, or by notches 1, 2, 5, 10, …"""

    def __init__(
        self, low: int, high: int, *, powers_of_two: bool = False, notches: bool = False
    ) -> None:
        super().__init__()
        make_quiet(self)
        self._powers_of_two, self._notches = powers_of_two, notches
        self.setRange(low, high)
        self.setLocale(QLocale.c())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        QTimer.singleShot(0, self.selectAll)  # after the click: typing replaces the value

    def stepBy(self, steps: int) -> None:
        value = self.value()
        for _ in range(abs(steps)):
            if self._powers_of_two:
                value = _power_beside(value, up=steps > 0)
            elif self._notches:
                value = int(notch_above(value) if steps > 0 else max(notch_below(value), 1))
            else:
                value += 1 if steps > 0 else -1
        self.setValue(max(self.minimum(), min(value, self.maximum())))

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        both = QAbstractSpinBox.StepEnabledFlag
        return both.StepUpEnabled | both.StepDownEnabled

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Scrolling the column must not change what the pointer happens to pass.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class BatchField(CountField):
    """A batch size: 1, 2, 4, … up to the largest, which reads “full”."""

    def __init__(self) -> None:
        super().__init__(1, 2, powers_of_two=True)

    def textFromValue(self, value: int) -> str:
        return FULL if value == self.maximum() else str(value)

    def valueFromText(self, text: str) -> int:
        if FULL.startswith(text.strip().lower()[:1] or "-"):
            return self.maximum()
        digits = "".join(character for character in text if character.isdigit())
        return min(int(digits), self.maximum()) if digits else self.value()

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        plain = text.strip().lower()
        if plain == FULL or (plain.isascii() and plain.isdigit() and int(plain) >= 1):
            return QValidator.State.Acceptable, text, pos
        is_possible = FULL.startswith(plain)
        state = QValidator.State.Intermediate if is_possible else QValidator.State.Invalid
        return state, text, pos


class Choice(QComboBox):
    """One of several words, each standing for a value; the wheel does not change it by accident."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
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
        values = [data for _, data in options]
        self.setCurrentIndex(values.index(value) if value in values else 0)

    def value(self) -> object:
        """Return what the chosen words stand for."""
        return self.currentData()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Scrolling the column must not change what the pointer happens to pass.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Toggle(QPushButton):
    """On or off, in words."""

    def __init__(self) -> None:
        super().__init__("off")
        self.setCheckable(True)
        self.toggled.connect(self._say)

    def setChecked(self, is_on: bool) -> None:
        super().setChecked(is_on)
        self._say(is_on)  # also while signals are blocked

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


class Card(QFrame):
    """A titled panel of labelled fields."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 7, 12, 8)
        self.column.setSpacing(2)
        heading = QLabel(title)
        heading.setProperty("title", True)
        self.column.addWidget(heading)

    def add_row(self, label: str, field: QWidget, tip: str) -> QWidget:
        """Add a field under a muted label; both say `tip`. Return the row, to hide it."""
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(_label(label, field, tip), 1)
        line.addWidget(field)
        self.column.addWidget(row)
        return row

    def add_pair(self, *fields: tuple[str, QWidget, str]) -> QWidget:
        """Add several short fields, each with label and tip, in one row; return the row."""
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for i, (label, field, tip) in enumerate(fields):
            line.addWidget(_label(label, field, tip), 1 if i == 0 else 0)
            line.addWidget(field)
        self.column.addWidget(row)
        return row


def _label(label: str, field: QWidget, tip: str) -> QLabel:
    """Return a muted label for the field, and give the field its name and tip."""
    words = QLabel(label)
    words.setProperty("muted", True)
    words.setBuddy(field)
    field.setAccessibleName(label.replace("<i>", "").replace("</i>", ""))
    for widget in (words, field):
        widget.setToolTip(tip)
    return words


def make_quiet(field: QAbstractSpinBox) -> None:
    """Numbers on the right, and a value only when it is typed to its end.

    The style sheet makes the arrow buttons 0 wide; NoButtons would leave the text no width.
    """
    field.setAlignment(Qt.AlignmentFlag.AlignRight)
    field.setKeyboardTracking(False)
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.setFixedWidth(field.fontMetrics().horizontalAdvance("0") * FIELD_DIGITS)


def _parse(text: str) -> float | None:
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _power_beside(value: int, *, up: bool) -> int:
    if up:
        return int(2 ** value.bit_length())
    return max(1, int(2 ** ((value - 1).bit_length() - 1))) if value > 1 else 1
