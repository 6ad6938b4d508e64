"""Whether a window is at rest: all that can be seen of it shows the newest snapshot of the run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from gui.control.run_controller import Hub
    from gui.kit.view import View


def is_at_rest(window: QWidget, hub: Hub, views: Iterable[View]) -> bool:
    """Return whether nothing is on its way that would change what the window shows.

    The run has to rest, not to be over: a paused one will do. What Qt has put off until the next
    turn of its loop, as layouts are, is not known here; ask again after such a turn.
    """
    return (
        hub.is_at_rest
        and not awaits_timer(window)
        and all(
            view.is_at_rest and view.snapshot is hub.snapshot for view in views if view.isVisible()
        )
    )


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
