"""Nested layouts, and layouts that wait for the end of a change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import ClassVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QBoxLayout,
    QLayout,
    QLayoutItem,
    QWidget,
)


def add_layout(outer: QBoxLayout, inner: QLayout, stretch: int = 0) -> None:
    """Add a layout to another one, as `outer.addLayout(inner, stretch)` does.

    PySide 6.11 also makes wrappers of the inner layout's items and keeps them for as long as the
    outer layout lives, but Qt deletes an item when its widget is moved or deleted. An object that
    is then allocated at the item's address, such as an undo command, is mistaken for the item, and
    the program crashes. So these wrappers are dropped at once.
    """
    outer.addLayout(inner, stretch)
    _drop_wrappers(inner)


def _drop_wrappers(layout: QLayout) -> None:
    with items_of(layout) as items:
        for item in items:
            if (nested := item.layout()) is not None:
                _drop_wrappers(nested)


@contextmanager
def items_of(layout: QLayout) -> Iterator[list[QLayoutItem]]:
    """Lend the items of a layout; what PySide makes to hold them is dropped at the exit.

    Kept, it would be mistaken for another object: see `add_layout`.
    """
    found = [item for i in range(layout.count()) if (item := layout.itemAt(i)) is not None]
    try:
        yield found
    finally:
        for item in found:
            if not isinstance(item, QLayout):
                shiboken6.invalidate(item)


@contextmanager
def paused(*windows: QWidget) -> Iterator[None]:
    """Lay out windows and their children once, in the event loop after the exit.

    Otherwise Qt lays them out whenever a widget in them is shown or hidden.
    """
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    inside = chain.from_iterable(w.findChildren(QWidget, options=direct) for w in windows)
    widgets = *windows, *inside
    layouts = [layout for widget in widgets if (layout := widget.layout()) is not None]
    for layout in layouts:
        layout.setEnabled(False)
    try:
        yield
    finally:
        for layout in layouts:
            layout.setEnabled(True)
            layout.update()


@contextmanager
def held(part: QWidget | None) -> Iterator[None]:
    """Show or hide what is in this part of a window, if any; lay it out once, in the event loop.

    Qt lays out all that is around a widget, up to the window, before the widget appears. Amid a
    layout, as where a part is told of its size, that is the whole window each time.
    """
    layouts, around = [], part
    while around is not None:
        layout = around.layout()
        if layout is not None and layout.isEnabled():
            layout.setEnabled(False)
            layouts.append(layout)
        around = None if around.isWindow() else around.parentWidget()
    try:
        yield
    finally:
        for layout in layouts:
            layout.setEnabled(True)


@contextmanager
def unpainted(windows: Sequence[QWidget]) -> Iterator[None]:
    """Paint nothing of the windows until the exit, as between two layouts of one change."""
    held = [window for window in windows if window.updatesEnabled()]
    for window in held:
        window.setUpdatesEnabled(False)
    try:
        yield
    finally:
        for window in held:
            window.setUpdatesEnabled(True)


class PaintedLater(QObject):
    """Paints windows in a turn of the event loop of its own, after that of a change of them.

    Between the two, what the user does meanwhile is heard.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._asking: list[QWidget] = []  # what Qt wanted to paint
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._ask)

    def hold(self, windows: Sequence[QWidget]) -> None:
        """Paint each window later, the next time that Qt wants to."""
        for window in windows:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.UpdateRequest or not isinstance(watched, QWidget):
            return False
        watched.removeEventFilter(self)
        self._asking.append(watched)
        self._next.start(0)
        return True

    def _ask(self) -> None:
        """Post what was held back: timers may fire in the turn that started them."""
        asking, self._asking = self._asking, []
        for window in filter(shiboken6.isValid, asking):
            request, low = QEvent(QEvent.Type.UpdateRequest), Qt.EventPriority.LowEventPriority
            QCoreApplication.postEvent(window, request, low.value)


class Arrangement:
    """What a part does once its size is known, as dividing its room: once for each change.

    Amid a change of the whole window a part has sizes that no one will see.
    """

    pending: ClassVar[dict[Arrangement, None] | None] = None  # at the end of `arranged_once`

    def __init__(self, arrange: Callable[[], None]) -> None:
        self._arrange = arrange

    def __call__(self) -> None:
        """Do it now, or at the end of `arranged_once`."""
        if Arrangement.pending is None:
            self._arrange()
        else:
            Arrangement.pending[self] = None


@contextmanager
def arranged_once() -> Iterator[None]:
    """Lay out at the exit, then make each arrangement once, however often it was asked for."""
    Arrangement.pending = {}
    try:
        yield
        finish()
    finally:
        pending, Arrangement.pending = Arrangement.pending, None
        for arrange in pending:
            arrange()


def finish() -> None:
    """Lay out at once what the event loop would lay out next."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
