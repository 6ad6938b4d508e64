"""Whether a widget is at rest: nothing that can be seen of it is put off."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget


def awaits_timer(widget: QWidget) -> bool:
    """Return whether a timer is to ring once in the widget or in a part of it that is seen with it.

    What is put off in this program is put off by such a timer.
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
