"""Whether a window is at rest: all that can be seen of it shows the newest snapshot of the run."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from gui.control.run_controller import RunController
from gui.kit.rest import awaits_timer
from gui.kit.view import View


def is_at_rest(window: QWidget, controller: RunController, views: Iterable[View]) -> bool:
    """Return whether nothing is on its way that would change what the window shows.

    The run has to rest, not to be over: a paused one will do. What Qt has put off until the next
    turn of its loop, as layouts are, is not known here; ask again after such a turn.
    """
    return (
        controller.is_at_rest
        and not awaits_timer(window)
        and all(
            view.is_at_rest and view.snapshot is controller.snapshot
            for view in views
            if view.isVisible()
        )
    )
