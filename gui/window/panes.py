"""The parts of the window that a key goes to, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from gui.kit.areas.grips import Grip
from gui.kit.view import View

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class Panes:
    """Gives the focus to what the eye meets next: by Tab, or from part to part.

    panes : the parts of the window, from the upper left to the lower right.
    """

    def __init__(self, panes: Sequence[QWidget]) -> None:
        self._panes = panes

    def tab(self, by: int) -> bool:
        """Go to the next widget for +1, to the one before for −1; return whether there is one.

        Qt's own order has what was made later, as most views are, last of all.
        """
        reached = [widget for pane in self._panes for widget in _reached_with(pane)]
        focused = QApplication.focusWidget()
        if focused not in reached:
            return False
        reason = Qt.FocusReason.TabFocusReason if by > 0 else Qt.FocusReason.BacktabFocusReason
        reached[(reached.index(focused) + by) % len(reached)].setFocus(reason)
        return True

    def go(self, by: int) -> None:
        """Go to the next part for +1, to the one before for −1.

        Of a part with views it goes into the first view, past the tabs above it.
        """
        focused, count = QApplication.focusWidget(), len(self._panes)
        here = next((i for i, pane in enumerate(self._panes) if _holds(pane, focused)), None)
        start = (0 if by > 0 else count - 1) if here is None else here + by
        if here is not None and (focused is self._panes[here] or isinstance(focused, Grip)):
            start = here  # the part itself has the focus, or a grip: go into it
        for k in range(count):
            widget = _first_in(self._panes[(start + by * k) % count])
            if widget is not None:
                widget.setFocus(Qt.FocusReason.TabFocusReason)
                return


def _reached_in(widget: QWidget) -> Iterator[QWidget]:
    """Yield this widget and those in it that Tab reaches, as they were put there."""
    if not widget.isVisible():
        return
    if _is_reached(widget):
        yield widget
    if isinstance(widget, QSplitter):  # which has its children in reverse
        numbers = range(widget.count())
        each = chain.from_iterable((widget.handle(i), widget.widget(i)) for i in numbers)
        inside = [child for child in each if child is not None]
    else:
        inside = widget.findChildren(QWidget, options=DIRECT)
    for child in inside:
        if not child.isWindow():
            yield from _reached_in(child)


def _reached_with(pane: QWidget) -> Iterator[QWidget]:
    """Yield what Tab reaches in a part of the window, after the grips before it."""
    yield from filter(_is_reached, _grips_before(pane))
    yield from _reached_in(pane)


def _grips_before(pane: QWidget) -> list[QWidget]:
    """Return the grips between the part and those before it."""
    found: list[QWidget] = []
    around = pane.parentWidget()
    while isinstance(around, QSplitter):
        if (grip := around.handle(around.indexOf(pane))) is not None:
            found.append(grip)
        pane, around = around, around.parentWidget()
    return found


def _holds(pane: QWidget, widget: QWidget | None) -> bool:
    """Return whether the focus is in the part, or on the grip before it."""
    is_inside = widget is not None and (widget is pane or pane.isAncestorOf(widget))
    return is_inside or widget in _grips_before(pane)


def _first_in(pane: QWidget) -> QWidget | None:
    """Return the upper left widget that Tab reaches in a part, of its first view if it has any."""
    # Not by `nextInFocusChain`: PySide takes what it returns for a child, which is invalid when
    # the parent's wrapper goes.
    views = [view for view in pane.findChildren(View) if view.isVisible()]
    corners = {view: view.mapTo(pane, QPoint()) for view in views}
    views.sort(key=lambda view: (corners[view].y(), corners[view].x()))
    for root in (*views[:1], pane):
        inside = root.findChildren(QWidget)
        reached = [w for w in inside if _is_reached(w) and not isinstance(w, Grip)]
        if reached:
            return _upper_left(reached, pane)
    return None


def _is_reached(widget: QWidget) -> bool:
    can = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
    return can and widget.isVisible() and widget.isEnabled()


def _upper_left(widgets: Sequence[QWidget], pane: QWidget) -> QWidget:
    """Return the left one of those that stand beside the uppermost."""
    places = [QRect(widget.mapTo(pane, QPoint()), widget.size()) for widget in widgets]
    upper = min(places, key=QRect.top)
    beside = [i for i, place in enumerate(places) if place.top() <= upper.bottom()]
    return widgets[min(beside, key=lambda i: places[i].left())]
