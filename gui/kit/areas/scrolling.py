"""Scroll areas that stay where their reader is when their size or that of their type changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import shiboken6
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QWidget

from gui.kit import zoom

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


@runtime_checkable
class Lined(Protocol):
    """A widget that knows its lines: a spot on one is found again when their sizes change."""

    def spot_at(self, y: float) -> Any:
        """Return what is at this height, in px from the top; None if nothing is."""
        ...

    def height_of(self, spot: Any) -> float | None:
        """Return where the spot is now, in px from the top; None if it is not shown."""
        ...


@dataclass(frozen=True)
class _Place:
    """What is at the top of the room: a widget, and the spot on it.

    spot : for a `Lined` widget what it returned, else a share of the height. is_end : whether it
    is the end of what is scrolled. room : height and zoom that it was seen in.
    """

    widget: QWidget | None
    spot: Any
    is_end: bool
    room: tuple[int, float]


class Scrolled(QScrollArea):
    """A scroll area that keeps what is at its top there, or its end, until its reader scrolls.

    So it is after a slide, too, on which there may be nothing to scroll: what was seen before is
    seen again. Content that takes the place of other is shown from its beginning by `begin`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._place: _Place | None = None  # None: the top
        self._is_following = self._is_returning = False
        self._again = QTimer(self)  # as what is inside takes its places after it has its size
        self._again.setSingleShot(True)
        self._again.setInterval(0)
        self._again.timeout.connect(self._return)
        self.setVerticalScrollBar(_Bar(Qt.Orientation.Vertical))
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._note)
        bar.rangeChanged.connect(self._keep)

    def begin(self) -> None:
        """Show the beginning, as of other content."""
        self._is_following, self._place = False, None
        self.verticalScrollBar().setValue(0)

    def renew(self, content: QWidget) -> None:
        """Show the same content, made anew, at the place of the one before."""
        old = self.widget()
        place, before = self._place, [] if old is None else list(_parts(old))
        self.setWidget(content)
        if place is not None and place.widget in before:
            number, parts = before.index(place.widget), list(_parts(content))
            part = parts[number] if number < len(parts) else None
            self._place = replace(place, widget=part)
        self._keep()

    def follow_end(self) -> None:
        """Show the end, also when more comes, until its reader scrolls."""
        self._is_following = True
        self._keep()

    def _note(self) -> None:
        """Take note of what the reader has scrolled to."""
        if not self._is_returning:
            self._is_following, self._place = False, self._here()

    def _here(self) -> _Place | None:
        bar, content = self.verticalScrollBar(), self.widget()
        y = bar.value()
        if content is None or y <= bar.minimum():
            return None
        is_end, room = y == bar.maximum(), self._room
        tops = {part: part.mapTo(content, QPoint()).y() for part in _parts(content)}
        reaching = [part for part, top in tops.items() if top + part.height() > y]
        if not reaching:
            return _Place(None, None, is_end, room)
        part = min(reaching, key=lambda part: tops[part])
        within = y - tops[part]
        spot = part.spot_at(within) if isinstance(part, Lined) else within / part.height()
        return _Place(part, spot, is_end, room)

    @property
    def _room(self) -> tuple[int, float]:
        return self.viewport().height(), zoom.factor()

    def _keep(self) -> None:
        """Return to the place now, and once all that is inside has its place."""
        self._return()
        self._again.start()

    def _return(self) -> None:
        bar = self.verticalScrollBar()
        self._is_returning = True
        bar.setValue(self._height(bar))
        self._is_returning = False

    def _height(self, bar: QScrollBar) -> int:
        """Return where the place is now, in px of the content; what the bar has if it is gone."""
        place, content = self._place, self.widget()
        if self._is_following or (place is not None and place.is_end and place.room != self._room):
            return bar.maximum()
        if place is None:
            return bar.minimum()
        part = place.widget
        if content is None or part is None or place.spot is None or not shiboken6.isValid(part):
            return bar.value()
        if isinstance(part, Lined):
            within = part.height_of(place.spot)
        else:
            within = place.spot * part.height()
        if within is None or not content.isAncestorOf(part) or not part.isVisibleTo(content):
            return bar.value()
        return round(part.mapTo(content, QPoint()).y() + within)


class EndKeeper(Scrolled):
    """A scroll area that keeps the room of its bar also where there is none.

    What takes smaller type or other columns in the width beside a bar may be low enough to need
    none, in which case Qt would show and hide it without an end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)


class _Bar(QScrollBar):
    """A scroll bar that is not seen where there is nothing to scroll."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.maximum() > self.minimum():
            super().paintEvent(event)


def scrolled(content: QWidget) -> Scrolled:
    """Return a scroll area without a frame or ground of its own that shows this widget."""
    area = Scrolled()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    for widget in (area.viewport(), content):
        widget.setAutoFillBackground(False)
    area.setObjectName("room")
    area.setStyleSheet("#room { background: transparent; }")
    return area


def _parts(widget: QWidget) -> Iterator[QWidget]:
    """Yield what is shown in the widget and has nothing inside, in the order of its making."""
    children = widget.findChildren(QWidget, options=DIRECT)
    inside = [child for child in children if not (child.isHidden() or child.isWindow())]
    if isinstance(widget, Lined) or not inside:
        yield widget
        return
    for child in inside:
        yield from _parts(child)
