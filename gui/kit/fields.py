"""Fields for one value each, as the set-up column uses them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

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
    QSlider,
    QSpinBox,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:  # what is mixed in is no widget of its own
    from PySide6.QtWidgets import QAbstractSpinBox as SpinBox
    from PySide6.QtWidgets import QWidget as Widget
else:
    Widget = SpinBox = object

Number = Any  # float of some fields, int of others, as Qt has it

FULL = "full"
FIELD_DIGITS = 9
PERCENT_STEP = 5
UNFINISHED = re.compile(r"[+−-]?[0-9]*[.,]?[0-9]*(e[+−-]?[0-9]*)?")
CHOICE_CHARACTERS = 18


def notch_above(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50, … (times any power of ten) above a positive value."""
    power = 10.0 ** math.floor(math.log10(value))
    for digit in (1, 2, 5, 10, 20):
        if digit * power > value * (1 + 1e-9):
            return float(f"{digit * power:.12g}")
    raise AssertionError(value)


def notch_below(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50, … (times any power of ten) below a positive value."""
    power = 10.0 ** math.floor(math.log10(value))
    for digit in (5, 2, 1, 0.5):
        if digit * power < value * (1 - 1e-9):
            return float(f"{digit * power:.12g}")
    raise AssertionError(value)


class Unscrolled(Widget):
    """Takes the wheel only where it has the focus: what the pointer passes does not change.

    Its parents get the wheel instead, and scroll.
    """

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Combo(Unscrolled, QComboBox):
    """One of several words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel does not give it the focus


class Slider(Unscrolled, QSlider):
    """A horizontal slider."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class Tabs(Unscrolled, QTabBar):
    """A row of tabs."""


class _NumberField(Unscrolled, SpinBox):
    """What the fields for a number share.

    The word that stands for the least value (or, for “full”, the greatest) can be typed, too.
    What is no value of the field changes nothing. Arrows and wheel go from what is typed so far.
    """

    if TYPE_CHECKING:  # what both of Qt's fields have
        value: Callable[[], Number]
        setValue: Callable[[Number], None]
        minimum: Callable[[], Number]
        maximum: Callable[[], Number]
        suffix: Callable[[], str]

    def _dress(self) -> None:
        make_quiet(self)
        self.setLocale(QLocale.c())

    def _word(self) -> tuple[str, Number]:
        """Return the word that can be typed, "" for none, and the value that it stands for."""
        return self.specialValueText(), self.minimum()

    def _read(self, text: str) -> Number | None:
        """Return the number that a text says, whether or not it is a value of the field."""
        raise NotImplementedError

    def _beside(self, value: Number, *, up: bool) -> Number:
        """Return what an arrow makes of a value; it may lie beyond the ends."""
        raise NotImplementedError

    def _bare(self, text: str) -> str:
        return text.strip().removesuffix(self.suffix().strip()).strip().casefold()

    def _bounded(self, value: Number) -> Number:
        return max(self.minimum(), min(value, self.maximum()))

    def valueFromText(self, text: str) -> Number:
        word, meant = self._word()
        bare = self._bare(text)
        if bare and word.casefold().startswith(bare):
            return meant
        number = self._read(bare)
        return self.value() if number is None else self._bounded(number)

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        bare, word = self._bare(text), self._word()[0].casefold()
        number = self._read(bare)
        if (word and bare == word) or (number is not None and number == self._bounded(number)):
            return QValidator.State.Acceptable, text, pos
        # An unfinished number, such as "1e-", may yet become one; other letters never do.
        is_possible = word.startswith(bare) or UNFINISHED.fullmatch(bare) is not None
        state = QValidator.State.Intermediate if is_possible else QValidator.State.Invalid
        return state, text, pos

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        QTimer.singleShot(0, self.selectAll)  # after the click: typing replaces the value

    def stepBy(self, steps: int) -> None:
        self.interpretText()
        value = self.value()
        for _ in range(abs(steps)):
            value = self._bounded(self._beside(value, up=steps > 0))
        self.setValue(value)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        both = QAbstractSpinBox.StepEnabledFlag
        return both.StepUpEnabled | both.StepDownEnabled


class NotchField(_NumberField, QDoubleSpinBox):
    """A number on a logarithmic scale: arrows and wheel go 1, 2, 5, 10, …; any number can be typed.

    Where zero is allowed it lies below the smallest notch.
    """

    def __init__(self, smallest: float, largest: float, *, zero: bool = False) -> None:
        super().__init__()
        self._dress()
        self._smallest = smallest
        self.setDecimals(12)
        self.setRange(0.0 if zero else 1e-12, largest)

    def textFromValue(self, value: float) -> str:
        return f"{value:.6g}"

    def _read(self, text: str) -> float | None:
        return _parse(text)

    def _beside(self, value: Number, *, up: bool) -> Number:
        if up:
            return self._smallest if value < self._smallest else notch_above(value)
        if value > self._smallest:
            return notch_below(value)
        return self.minimum() if self.minimum() == 0 else self._smallest


class ShareField(_NumberField, QDoubleSpinBox):
    """A share in percent; arrows and wheel go to the multiples of 5 and to the ends."""

    def __init__(self) -> None:
        super().__init__()
        self._dress()
        self.setDecimals(2)
        self.setSuffix(" %")

    def textFromValue(self, value: float) -> str:
        return f"{value:g}"

    def _read(self, text: str) -> float | None:
        number = _parse(text)
        return None if number is None or number < 0 else number  # the least value is a word

    def _beside(self, value: Number, *, up: bool) -> Number:
        step = PERCENT_STEP
        if up:
            return max(step * math.floor(value / step + 1), 0)
        return step * math.ceil(value / step - 1) if value > 0 else self.minimum()


class CountField(_NumberField, QSpinBox):
    """A whole number; arrows and wheel go by 1, by powers of two, or by notches 1, 2, 5, 10, …"""

    def __init__(
        self, low: int, high: int, *, powers_of_two: bool = False, notches: bool = False
    ) -> None:
        super().__init__()
        self._dress()
        self._powers_of_two, self._notches = powers_of_two, notches
        self.setRange(low, high)

    def _read(self, text: str) -> int | None:
        number = _parse(text)
        return int(number) if number is not None and number.is_integer() else None

    def _beside(self, value: Number, *, up: bool) -> Number:
        whole = int(value)
        if self._powers_of_two:
            return _power_beside(whole, up=up)
        if not self._notches or whole < 1 or (whole == 1 and not up):
            return whole + (1 if up else -1)
        return int(notch_above(whole) if up else notch_below(whole))


class BatchField(CountField):
    """A batch size: 1, 2, 4, … up to the largest, which reads “full”."""

    def __init__(self) -> None:
        super().__init__(1, 2, powers_of_two=True)

    def textFromValue(self, value: int) -> str:
        return FULL if value == self.maximum() else str(value)

    def _word(self) -> tuple[str, Number]:
        return FULL, self.maximum()

    def _read(self, text: str) -> int | None:
        """Read a size; a larger one than there are rows is full, too."""
        size = super()._read(text)
        return None if size is None else min(size, self.maximum())


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
        values = [data for _, data in options]
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
        number = float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _power_beside(value: int, *, up: bool) -> int:
    if up:
        return int(2 ** value.bit_length())
    return max(1, int(2 ** ((value - 1).bit_length() - 1))) if value > 1 else 1
