"""A read-only table of numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QSizePolicy,
    QStyle,
    QTableWidget,
    QTableWidgetItem,
)

from core.data.csv.spreadsheet import to_text
from core.language import tr
from core.number_format import format_fixed
from gui.kit import zoom
from gui.kit.theme import Theme

GAP = 8  # px beside the widest number of a column
MANY = 8  # rows, which are closer together, as on a slide
LOOSE, CLOSE, TIGHT = 1.45, 1.3, 1.15  # heights of a row, in lines; the last of many on a slide


class Grid(QTableWidget):
    """Read-only numbers with headings; Ctrl+C or a right click copies all of it as CSV.

    widest : the widest number that is shown in it.
    """

    widest = "−0.0000"

    def __init__(
        self, theme: Theme, name: str, rows: Sequence[str], columns: Sequence[str]
    ) -> None:
        super().__init__(len(rows), len(columns))
        self._theme = theme
        self._exact: dict[tuple[int, int], str] = {}
        self._is_slide = False
        self._fixed: dict[int, str] = {}
        self.setAccessibleName(name)
        self.setToolTip(tr("Ctrl+C copies the table as CSV"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionsClickable(False)
            header.setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        # Its type changes after the table's own.
        self.horizontalHeader().geometriesChanged.connect(self._fit)
        self.set_headings(rows, columns)

    def set_headings(self, rows: Sequence[str], columns: Sequence[str]) -> None:
        self._rows, self._columns = tuple(rows), tuple(columns)
        self.setRowCount(len(rows))
        self.setColumnCount(len(columns))
        self.setHorizontalHeaderLabels(list(columns))
        self.setVerticalHeaderLabels(list(rows))
        self._fit()

    def fix_columns(self, widest: Mapping[int, str]) -> None:
        """Make each of these columns as wide as its heading and widest number, at any zoom."""
        self._fixed = dict(widest)
        for j in self._fixed:
            self.horizontalHeader().setSectionResizeMode(j, QHeaderView.ResizeMode.Fixed)
        self._fit()

    def present(self, is_on: bool) -> None:
        """Take less height, as a slide has less room in its type, or the usual one."""
        self._is_slide = is_on
        self._fit()

    def show_text(
        self,
        i: int,
        j: int,
        text: str,
        *,
        warns: bool = False,
        is_bold: bool = False,
        exact: str = "",
    ) -> None:
        """Show the text in row i, column j; `exact`, if given, is copied instead."""
        item = self.item(i, j)
        if item is None:
            item = QTableWidgetItem()
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(i, j, item)
        item.setText(text)
        item.setFont(zoom.font(1.0, bold=is_bold))
        item.setData(Qt.ItemDataRole.UserRole, warns)
        item.setForeground(QColor(self._theme.counter_accent if warns else self._theme.ink))
        self._exact[i, j] = exact or text

    def show_number(self, i: int, j: int, value: float, digits: int = 4) -> None:
        """Show a number in row i, column j; it is copied with 9 significant digits."""
        exact = format_fixed(value, 4) if not math.isfinite(value) else f"{value:.9g}"
        text = format_fixed(value, digits)
        self.show_text(i, j, text, warns=not math.isfinite(value), exact=exact)

    def text(self, i: int, j: int) -> str:
        item = self.item(i, j)
        return item.text() if item else ""

    @property
    def least_width(self) -> int:
        """The width in pixels in which no heading is cut, and no column below its least width."""
        header = self.horizontalHeader()
        least = self.verticalHeader().sizeHint().width() + self._frame
        for j in range(self.columnCount()):
            is_fixed = header.sectionResizeMode(j) is QHeaderView.ResizeMode.Fixed
            hint = max(header.sectionSizeHint(j), header.minimumSectionSize())
            least += self.columnWidth(j) if is_fixed else hint
        return least

    @property
    def whole_width(self) -> int:
        """The width in pixels in which neither a heading nor the number `widest` is cut."""
        header = self.horizontalHeader()
        margin = self.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, self) + 1
        number = self.fontMetrics().horizontalAdvance(self.widest) + 2 * margin + 1
        whole = self.verticalHeader().sizeHint().width() + self._frame
        for j in range(self.columnCount()):
            is_fixed = header.sectionResizeMode(j) is QHeaderView.ResizeMode.Fixed
            whole += self.columnWidth(j) if is_fixed else max(header.sectionSizeHint(j), number)
        return whole

    @property
    def _frame(self) -> int:
        """The width in pixels of what the style leaves free on both sides."""
        margins = self.contentsMargins()
        return margins.left() + margins.right()

    def csv(self) -> str:
        """Return the table with its headings as CSV."""
        lines = [["", *self._columns]]
        for i in range(self.rowCount()):
            cells = [self._exact.get((i, j), "") for j in range(self.columnCount())]
            lines.append([self._rows[i].replace("\n", ""), *cells])
        return to_text([cell.replace("−", "-") for cell in line] for line in lines)

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.csv())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for item in self._items():
            warns = item.data(Qt.ItemDataRole.UserRole)
            item.setForeground(QColor(theme.counter_accent if warns else theme.ink))

    def _items(self) -> Iterator[QTableWidgetItem]:
        for i in range(self.rowCount()):
            for j in range(self.columnCount()):
                if item := self.item(i, j):
                    yield item

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(
            tr("Copy table as &CSV"), lambda: QGuiApplication.clipboard().setText(self.csv())
        )
        menu.exec(event.globalPos())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            for item in self._items():
                item.setFont(zoom.font(bold=item.font().bold()))
            self._fit()

    def _fit(self) -> None:
        """Fit the height to all rows; each is as high as the lines of its heading."""
        width = QFontMetrics(zoom.scaled(self.font(), 1.0, bold=True)).horizontalAdvance
        for j, widest in self._fixed.items():
            named = self.horizontalHeader().sectionSizeHint(j)
            self.setColumnWidth(j, max(width(widest) + GAP, named))
        line = self.fontMetrics().height()
        one = (LOOSE, CLOSE, TIGHT)[self._is_slide + (len(self._rows) >= MANY)]
        for i, heading in enumerate(self._rows):
            self.setRowHeight(i, round(line * (one + heading.count("\n"))))
        head = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(head + self.verticalHeader().length() + 2)
