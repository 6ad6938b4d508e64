"""The parts of the window that a key goes to, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget

from gui.kit.view import View


class Panes:
    """Gives the focus to the next part of the window in which something can have it.

    Of a part with views it goes into the first view, past the tabs above it.
    """

    def __init__(self, panes: Sequence[QWidget]) -> None:
        self._panes = panes

    def go(self, by: int) -> None:
        """Go to the next part for +1, to the one before for −1."""
        focused, count = QApplication.focusWidget(), len(self._panes)
        here = next((i for i, pane in enumerate(self._panes) if _holds(pane, focused)), None)
        start = (0 if by > 0 else count - 1) if here is None else here + by
        if here is not None and focused is self._panes[here]:
            start = here  # the part itself has the focus: go into it
        for k in range(count):
            widget = _first_in(self._panes[(start + by * k) % count])
            if widget is not None:
                widget.setFocus(Qt.FocusReason.TabFocusReason)
                return


def _holds(pane: QWidget, widget: QWidget | None) -> bool:
    return widget is not None and (widget is pane or pane.isAncestorOf(widget))


def _first_in(pane: QWidget) -> QWidget | None:
    """Return the upper left widget that Tab reaches in a part, of its first view if it has any."""
    # Not by `nextInFocusChain`: PySide takes what it returns for a child, which is invalid when
    # the parent's wrapper goes.
    views = [view for view in pane.findChildren(View) if view.isVisible()]
    for root in (*views[:1], pane):
        reached = [widget for widget in root.findChildren(QWidget) if _is_reached(widget)]
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
    beside = [i for i, place in enumerate(places) if place.top() <= upper.center().y()]
    return widgets[min(beside, key=lambda i: places[i].left())]
