"""The digits that a class has sent, with what the model says of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QIcon, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from core.language import tr
from core.number_format import format_percent
from gui.control.classroom import ClassDigit
from gui.kit import zoom
from gui.kit.canvas_widgets import ink_pixmap, ink_table
from gui.kit.plain_text import as_tip, short
from gui.kit.theme import Theme

PICTURE = 72  # px
MOST_NAME = 12  # characters of a name
Role = Qt.ItemDataRole


class DigitModel(QStandardItemModel):
    """The digits, the newest first.

    Qt holds what is painted of them: a model in Python is called seven times for each digit that is
    painted, and each call waits for Python's lock, which other threads hold while the class sends.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(0, 1, parent)
        self.digits: list[ClassDigit] = []
        self._names: tuple[str, ...] = ()
        self._inks = ink_table(theme)
        item = QStandardItem()
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        self.setItemPrototype(item)

    def set_theme(self, theme: Theme) -> None:
        self._inks = ink_table(theme)
        self._fill({row: self._picture(digit) for row, digit in enumerate(self.digits)})

    def show_digits(self, digits: Sequence[ClassDigit], names: tuple[str, ...]) -> None:
        """Show these digits, the oldest first, and keep those that are chosen."""
        newest = list(reversed(digits))
        kept = {each.number for each in newest}
        gone = [row for row, each in enumerate(self.digits) if each.number not in kept]
        while gone:
            first = last = gone.pop()
            while gone and gone[-1] == first - 1:
                first = gone.pop()
            del self.digits[first : last + 1]
            self.removeRows(first, last - first + 1)
        before, are_renamed = self.digits, names != self._names
        self.digits, self._names = newest, names
        fresh = len(newest) - len(before)
        if fresh:
            self.insertRows(0, fresh)
        told = {row: self._words(each) for row, each in enumerate(newest[:fresh])}
        told = {row: words | self._picture(newest[row]) for row, words in told.items()}
        for row, (new, old) in enumerate(zip(newest[fresh:], before, strict=True), start=fresh):
            if are_renamed or (new is not old and _said(new) != _said(old)):
                told[row] = self._words(new)
        self._fill(told)

    def _fill(self, told: Mapping[int, dict[int, object]]) -> None:
        """Set what is shown of these rows, and tell of it once."""
        if not told:
            return
        with QSignalBlocker(self):
            for row, values in told.items():
                self.setItemData(self.index(row, 0), values)
        self.dataChanged.emit(self.index(min(told), 0), self.index(max(told), 0))

    def _words(self, digit: ClassDigit) -> dict[int, object]:
        mark = "✓" if digit.is_right else "≠"
        said = f"{self._name(digit.label)} {mark} {self._name(digit.decided)}"
        sentence = tr(
            "{who} drew {label}. The model says {decided} ({share}).",
            who=digit.name or tr("phone {number}", number=digit.phone),
            label=self._name(digit.label),
            decided=self._name(digit.decided),
            share=format_percent(digit.share),
        )
        return {
            Role.DisplayRole: f"{said}\n{short(digit.name, MOST_NAME)}",
            Role.ToolTipRole: as_tip(sentence),
            Role.AccessibleTextRole: sentence,
        }

    def _name(self, label: int) -> str:
        return self._names[label] if 0 <= label < len(self._names) else "?"

    def _picture(self, digit: ClassDigit) -> dict[int, object]:
        side = zoom.px(PICTURE)
        pixmap = ink_pixmap(digit.picture, self._inks).scaled(side, side)
        return {Role.DecorationRole: QIcon(pixmap)}


def _said(digit: ClassDigit) -> tuple[int, str]:
    """Return what the model says of a digit, as far as it is shown."""
    return digit.decided, format_percent(digit.share)


class DigitGallery(QListView):
    """Pictures of the digits; several can be chosen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.shown = DigitModel(theme, self)
        self.setModel(self.shown)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAccessibleName(tr("digits of the class"))
        self._fit()

    @property
    def chosen(self) -> list[ClassDigit]:
        rows = sorted({index.row() for index in self.selectedIndexes()})
        return [self.shown.digits[row] for row in rows]

    def _fit(self) -> None:
        side, line = zoom.px(PICTURE), self.fontMetrics().lineSpacing()
        self.setIconSize(QSize(side, side))
        self.setGridSize(QSize(side + 3 * line, side + 3 * line))
