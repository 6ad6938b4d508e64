"""Whether a widget is at rest: no visible update of it is deferred."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget


def awaits_timer(widget: QWidget) -> bool:
    """Return whether a single-shot timer is active in the widget or in a visible part of it.

    Whatever this program defers, it defers by such a timer.
    """
    return any(
        timer.isActive() and timer.isSingleShot() and _is_seen(timer, widget)
        for timer in widget.findChildren(QTimer)
    )


def _is_seen(timer: QTimer, widget: QWidget) -> bool:
    owner: QObject | None = timer.parent()
    while owner is not None and not isinstance(owner, QWidget):
        owner = owner.parent()
    return isinstance(owner, QWidget) and (owner is widget or owner.isVisibleTo(widget))
