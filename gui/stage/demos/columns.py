"""The layout of a demonstration: one column, or two where one would be scrolled; pictures grow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QLayout, QLayoutItem, QSizePolicy, QVBoxLayout, QWidget

from gui.kit import layouts, zoom
from gui.stage.demos.grid import Grid
from gui.stage.demos.parts import GAP, NOTE, Wrapped

FOLDS = "folds"  # property of a demonstration
BETWEEN = 3 * GAP  # px between the columns
SHARES = (
    1 / 2,
    3 / 5,
    2 / 5,
    2 / 3,
    1 / 3,
)  # of the width, for the first column; the best that fits first
MOST_ZOOM = 1.25  # up to which the least height of a picture follows
UNBOUNDED = 2**24 - 1  # Qt's QWIDGETSIZE_MAX
VERTICAL = Qt.Orientation.Vertical


class Broken(NamedTuple):
    """Items across the width, and two columns below them.

    widths : of the columns, height : of all; in pixels. left_out : notes without a place.
    """

    across: list[QLayoutItem]
    columns: tuple[list[QLayoutItem], list[QLayoutItem]]
    widths: tuple[int, int]
    height: int
    left_out: Sequence[QLayoutItem] = ()


class Columns(QVBoxLayout):
    """A column that breaks into two where the page is too low for it and wide enough for both.

    The items keep their order: down the first column and then down the second, after those across
    both, up to the last that is too wide for one. A caption of the next item ends no column. The
    columns are equally wide unless everything is in sight only with others. If the demonstration
    has the property `FOLDS`, its notes are left out where all else is in sight only without them.
    """

    def __init__(self, demo: QWidget) -> None:
        super().__init__(demo)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(GAP)

    def hasHeightForWidth(self) -> bool:
        super().hasHeightForWidth()  # which prepares what Qt's `heightForWidth` counts on
        return True

    def heightForWidth(self, width: int) -> int:
        with layouts.items_of(self) as items:
            if (broken := self._broken(items, width)) is not None:
                return broken.height
        return super().heightForWidth(width)

    def setGeometry(self, rect: QRect) -> None:
        with layouts.items_of(self) as items:
            if (broken := self._broken(items, rect.width())) is not None:
                QLayout.setGeometry(self, rect)
                for item in broken.left_out:
                    item.setGeometry(QRect(rect.topLeft(), QSize(0, 0)))
                across = broken.across
                head = self._height(across, rect.width()) + self.spacing() if across else 0
                self._lay(across, QRect(rect.left(), rect.top(), rect.width(), 0))
                below = rect.adjusted(0, head, 0, 0)
                for column, width, x in zip(
                    broken.columns,
                    broken.widths,
                    (below.left(), below.right() + 1 - broken.widths[1]),
                    strict=True,
                ):
                    self._lay(column, QRect(x, below.top(), width, below.height()))
                return
        super().setGeometry(rect)

    @property
    def _room(self) -> int:
        """The height that is in sight of the page below what is above the demonstration, px."""
        demo = self.parentWidget()
        page = demo.parentWidget() if demo is not None else None
        frame = page.parentWidget() if page is not None else None
        if demo is None or page is None or frame is None:
            return UNBOUNDED
        around = page.layout()
        below = around.contentsMargins().bottom() if around is not None else 0
        return frame.height() - demo.y() - below

    def _broken(self, items: list[QLayoutItem], width: int) -> Broken | None:
        """Return the items in two columns, or None for one: it fits, or nothing can be broken."""
        items = [item for item in items if not item.isEmpty()]
        if super().heightForWidth(width) <= self._room:
            return None
        lowest = self._lowest(items, width)
        if (lowest is not None and lowest.height <= self._room) or not self._folds:
            return lowest
        notes = [item for item in items if _is_note(item)]
        rest = [item for item in items if not _is_note(item)]
        height = self._height(rest, width)
        if height <= self._room:
            return Broken(rest, ([], []), (0, 0), height, notes)
        shorter = self._lowest(rest, width)
        if shorter is None or shorter.height > self._room:
            return lowest
        return shorter._replace(left_out=notes)

    @property
    def _folds(self) -> bool:
        demo = self.parentWidget()
        return demo is not None and bool(demo.property(FOLDS))

    def _lowest(self, items: list[QLayoutItem], width: int) -> Broken | None:
        """Return the items in two columns, as low as they can be; None if nothing can be broken."""
        lowest: Broken | None = None
        for share in SHARES:
            first = int((width - BETWEEN) * share)
            for broken in self._breaks(items, width, (first, width - BETWEEN - first)):
                if lowest is None or broken.height < lowest.height:
                    lowest = broken
            if lowest is not None and lowest.height <= self._room:
                break
        return lowest

    def _breaks(
        self, items: list[QLayoutItem], width: int, widths: tuple[int, int]
    ) -> Iterator[Broken]:
        """Yield the ways to break into columns of these widths, with the fewest items across."""
        needed = [_width_of(item) for item in items]
        starts_second = [i > 0 and not _is_heading(items[i - 1]) for i in range(len(items))]
        for first in range(len(items)):
            ends = [
                end
                for end in range(first + 1, len(items))
                if starts_second[end]
                and max(needed[first:end]) <= widths[0]
                and max(needed[end:]) <= widths[1]
            ]
            for end in ends:
                across, columns = items[:first], (items[first:end], items[end:])
                below = max(map(self._height, columns, widths))
                head = self._height(across, width) + self.spacing() * bool(across)
                yield Broken(across, columns, widths, head + below)
            if ends:
                return

    def _height(self, items: Sequence[QLayoutItem], width: int) -> int:
        return sum(_height_of(item, width) for item in items) + self.spacing() * max(
            len(items) - 1, 0
        )

    def _lay(self, items: Sequence[QLayoutItem], rect: QRect) -> None:
        """Lay a column out; what can grow shares the height that is left."""
        growing = [item for item in items if item.expandingDirections() & VERTICAL]
        left = max(rect.height() - self._height(items, rect.width()), 0)
        y = rect.top()
        for item in items:
            height = _height_of(item, rect.width())
            if item in growing:
                height = min(height + left // len(growing), item.maximumSize().height())
            item.setGeometry(QRect(rect.left(), y, rect.width(), height))
            y += height + self.spacing()


def _width_of(item: QLayoutItem) -> int:
    """Return the least width of an item in which nothing of it is cut."""
    widget = item.widget()
    least = item.minimumSize().width()
    return max(widget.whole_width, least) if isinstance(widget, Grid | Shaped) else least


def _height_of(item: QLayoutItem, width: int) -> int:
    """Return the least height of an item at this width, its usual one if it cannot grow."""
    widget = item.widget()
    if isinstance(widget, Wrapped):
        return widget.height_at(width)
    if item.hasHeightForWidth():
        return item.heightForWidth(width)
    can_grow = bool(item.expandingDirections() & VERTICAL)
    return (item.minimumSize() if can_grow else item.sizeHint()).height()


def _is_note(item: QLayoutItem) -> bool:
    widget = item.widget()
    return widget is not None and bool(widget.property(NOTE))


def _is_heading(item: QLayoutItem) -> bool:
    """Whether this is a caption, or a row that begins with one."""
    row, widget = item.layout(), item.widget()
    if row is not None:
        with layouts.items_of(row) as inner:
            widget = inner[0].widget() if inner else None
    return isinstance(widget, QLabel) and bool(widget.property("title"))


class Shaped(QWidget):
    """Give the picture all available height, from `low` to `high` pixels at 100 %.

    whole_width : returns the width in px in which nothing of the picture is cut; None: any has it.
    There is no layout: Qt would take the size hints from it instead of from this widget.
    """

    def __init__(
        self,
        picture: QWidget,
        *,
        low: int,
        high: int,
        whole_width: Callable[[], int] | None = None,
    ) -> None:
        super().__init__()
        self._whole_width = whole_width
        self._picture, self._low, self._high = picture, low, high
        picture.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._fit()

    def set_low(self, low: int) -> None:
        """Set the least height, in pixels at 100 %."""
        self._low = low
        self._fit()

    @property
    def whole_width(self) -> int:
        """The width in pixels in which nothing of the picture is cut."""
        return self._whole_width() if self._whole_width is not None else self.minimumWidth()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._picture.setGeometry(self.rect())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        # In larger type it keeps to what is in sight: figures and sliders need the room more.
        self.setMinimumHeight(round(self._low * min(zoom.factor(), MOST_ZOOM)))
        self.setMaximumHeight(zoom.px(self._high))

    def sizeHint(self) -> QSize:
        return QSize(400, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight())
