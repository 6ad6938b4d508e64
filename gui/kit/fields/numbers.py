"""Fields for a number."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QLocale, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDoubleSpinBox,
    QMainWindow,
    QSizePolicy,
    QSpinBox,
)

from core.language import localised, mark, tr
from gui.kit.fields.menus import menu_of
from gui.kit.fields.notches import notch_above, notch_below, power_beside
from gui.kit.fields.unscrolled import Unscrolled

if TYPE_CHECKING:  # at run time the mixin is not a widget
    from PySide6.QtWidgets import QAbstractSpinBox as SpinBox
else:
    SpinBox = object

Number = Any  # float for some fields, int for others, as in Qt

FULL = mark("full")
GIVEN = -1.0  # percent: stands for the share that the data come with
WIDEST = 9 * "0"  # the width of most fields, with their borders
PERCENT_STEP = 5
UNFINISHED = re.compile(r"[+−-]?[0-9]*[.,]?[0-9]*(e[+−-]?[0-9]*)?")


class _NumberField(Unscrolled, SpinBox):
    """The common base of the fields for a number.

    The word that stands for the least value (or, for “full”, the greatest) can be typed, too.
    Invalid input changes nothing. Arrows and wheel start from the text typed so far.
    """

    chosen = Signal(object)  # the value that the entered number stands for

    if TYPE_CHECKING:  # members that both of Qt's fields have
        valueChanged: ClassVar[Signal]
        value: Callable[[], Number]
        setValue: Callable[[Number], None]
        minimum: Callable[[], Number]
        maximum: Callable[[], Number]
        suffix: Callable[[], str]

    def _dress(self, widest: str) -> None:
        """Align the text right, and signal a change only when typing is finished.

        widest : the field with its borders is as wide as these characters.

        The style sheet makes the arrow buttons 0 wide; NoButtons would leave the text no width.
        """
        self._widest = widest
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setLocale(QLocale.c())
        self.valueChanged.connect(lambda number: self.chosen.emit(self._meaning(number)))

    def sizeHint(self) -> QSize:
        """Return a width that follows the font: when it changes, the layout asks again."""
        width = sum(map(self.fontMetrics().horizontalAdvance, self._widest))
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_value(self, value: Any) -> None:
        """Show a value of the kind that `chosen` emits, without emitting it."""
        with QSignalBlocker(self):
            self.setValue(value)

    def _meaning(self, number: Number) -> Any:
        """Return the value that a number in the field stands for."""
        return number

    def _word(self) -> tuple[str, Number]:
        """Return the word that can be typed, "" for none, and the number that it stands for."""
        return self.specialValueText(), self.minimum()

    def _read(self, text: str) -> Number | None:
        """Return the number in a text, also if out of range; None if it is no number."""
        raise NotImplementedError

    def _beside(self, value: Number, *, up: bool) -> Number:
        """Return the value one arrow press from this one; it may be out of range."""
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
        # An unfinished number, such as "1e-", may still become valid; other letters cannot.
        is_possible = word.startswith(bare) or UNFINISHED.fullmatch(bare) is not None
        state = QValidator.State.Intermediate if is_possible else QValidator.State.Invalid
        return state, text, pos

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        QTimer.singleShot(0, self.selectAll)  # after the click: typing replaces the value

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if isinstance(self.window(), QMainWindow):  # its parts add to the menu
            event.ignore()
        else:
            menu_of(self, self).popup(event.globalPos())

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

    Zero, if allowed, is below the smallest notch.
    """

    def __init__(
        self, smallest: float, largest: float, *, zero: bool = False, widest: str = WIDEST
    ) -> None:
        super().__init__()
        self._dress(widest)
        self._smallest = smallest
        self.setDecimals(12)
        self.setRange(0.0 if zero else 1e-12, largest)

    def textFromValue(self, value: float) -> str:
        return localised(f"{value:.6g}")

    def _read(self, text: str) -> float | None:
        return _parse(text)

    def _beside(self, value: Number, *, up: bool) -> Number:
        if up:
            return self._smallest if value < self._smallest else notch_above(value)
        if value > self._smallest:
            return notch_below(value)
        return self.minimum() if self.minimum() == 0 else self._smallest


class ShareField(_NumberField, QDoubleSpinBox):
    """A share in percent, 0 … 1 to callers; arrows and wheel go to multiples of 5 and to the ends.

    The word for the share that the data come with is below 0 % and stands for None.
    """

    def __init__(self, most: float, *, widest: str = WIDEST) -> None:
        super().__init__()
        self._dress(widest)
        self._most = most
        self.setDecimals(2)
        self.setSuffix(" %")
        self.set_given(False)

    def set_given(self, is_given: bool) -> None:
        """Set whether the data come with a share, which can then be chosen by a word."""
        with QSignalBlocker(self):
            self.setRange(GIVEN if is_given else 0, 100 * self._most)
            self.setSpecialValueText(tr("as given") if is_given else tr("none"))

    def show_value(self, value: float | None) -> None:
        super().show_value(GIVEN if value is None else 100 * value)

    def _meaning(self, number: Number) -> float | None:
        return None if number == GIVEN else round(number / 100, 4)

    def textFromValue(self, value: float) -> str:
        return localised(f"{value:g}")

    def _read(self, text: str) -> float | None:
        number = _parse(text)
        return None if number is None or number < 0 else number  # the minimum is a word

    def _beside(self, value: Number, *, up: bool) -> Number:
        step = PERCENT_STEP
        if up:
            return max(step * math.floor(value / step + 1), 0)
        return step * math.ceil(value / step - 1) if value > 0 else self.minimum()


class CountField(_NumberField, QSpinBox):
    """A whole number; arrows and wheel go by 1, by powers of two, or by notches 1, 2, 5, 10, …"""

    def __init__(
        self,
        low: int,
        high: int,
        *,
        powers_of_two: bool = False,
        notches: bool = False,
        widest: str = WIDEST,
    ) -> None:
        super().__init__()
        self._dress(widest)
        self._powers_of_two, self._notches = powers_of_two, notches
        self.setRange(low, high)

    def _read(self, text: str) -> int | None:
        number = _parse(text)
        return int(number) if number is not None and number.is_integer() else None

    def _beside(self, value: Number, *, up: bool) -> Number:
        whole = int(value)
        if self._powers_of_two:
            return power_beside(whole, up=up)
        if not self._notches or whole < 1 or (whole == 1 and not up):
            return whole + (1 if up else -1)
        return int(notch_above(whole) if up else notch_below(whole))


class BatchField(CountField):
    """A batch size: 1, 2, 4, … up to the largest, which reads “full” and stands for None."""

    def __init__(self) -> None:
        super().__init__(1, 2, powers_of_two=True)

    def set_rows(self, count: int) -> None:
        """Set the number of rows at which a batch is full."""
        with QSignalBlocker(self):
            self.setMaximum(max(count, 2))

    def show_value(self, value: int | None) -> None:
        super().show_value(self.maximum() if value is None else value)

    def _meaning(self, number: Number) -> int | None:
        return None if number == self.maximum() else number

    def textFromValue(self, value: int) -> str:
        return tr(FULL) if value == self.maximum() else str(value)

    def _word(self) -> tuple[str, Number]:
        return tr(FULL), self.maximum()

    def _read(self, text: str) -> int | None:
        """Read a size; one larger than the number of rows is full, too."""
        size = super()._read(text)
        return None if size is None else min(size, self.maximum())


def _parse(text: str) -> float | None:
    try:
        number = float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
