"""The digits that a class has sent, with what the model says of each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QIcon
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
Index = QModelIndex | QPersistentModelIndex


class DigitModel(QAbstractListModel):
    """The digits, the newest first."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.digits: list[ClassDigit] = []
        self._names: tuple[str, ...] = ()
        self._icons: dict[int, QIcon] = {}  # by number of their digit
        self._inks = ink_table(theme)

    def set_theme(self, theme: Theme) -> None:
        self._inks = ink_table(theme)
        self._icons = {}

    def show_digits(self, digits: Sequence[ClassDigit], names: tuple[str, ...]) -> None:
        """Show these digits, the oldest first, and keep those that are chosen."""
        newest = list(reversed(digits))
        kept = {each.number for each in newest}
        gone = [row for row, each in enumerate(self.digits) if each.number not in kept]
        while gone:
            first = last = gone.pop()
            while gone and gone[-1] == first - 1:
                first = gone.pop()
            self.beginRemoveRows(QModelIndex(), first, last)
            for digit in self.digits[first : last + 1]:
                self._icons.pop(digit.number, None)
            del self.digits[first : last + 1]
            self.endRemoveRows()
        before, self._names = self.digits, names
        fresh = len(newest) - len(before)
        if fresh:
            self.beginInsertRows(QModelIndex(), 0, fresh - 1)
            self.digits = newest
            self.endInsertRows()
        self.digits = newest
        pairs = zip(newest[fresh:], before, strict=True)
        others = [row for row, (new, old) in enumerate(pairs, start=fresh) if new is not old]
        if others:
            self.dataChanged.emit(self.index(others[0]), self.index(others[-1]))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.digits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        digit = self.digits[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            mark = "✓" if digit.is_right else "≠"
            said = f"{self._name(digit.label)} {mark} {self._name(digit.decided)}"
            return f"{said}\n{short(digit.name, MOST_NAME)}"
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            sentence = tr(
                "{who} drew {label}. The model says {decided} ({share}).",
                who=digit.name or tr("phone {number}", number=digit.phone),
                label=self._name(digit.label),
                decided=self._name(digit.decided),
                share=format_percent(digit.share),
            )
            return as_tip(sentence) if role == Qt.ItemDataRole.ToolTipRole else sentence
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(digit)
        return None

    def _name(self, label: int) -> str:
        return self._names[label] if 0 <= label < len(self._names) else "?"

    def _icon(self, digit: ClassDigit) -> QIcon:
        if digit.number not in self._icons:
            side = zoom.px(PICTURE)
            pixmap = ink_pixmap(digit.picture, self._inks).scaled(side, side)
            self._icons[digit.number] = QIcon(pixmap)
        return self._icons[digit.number]


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
