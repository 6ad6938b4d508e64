"""Test whether a window is at rest: all visible parts show the newest snapshot of the run."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from gui.control.run_controller import RunController
from gui.kit.rest import awaits_timer
from gui.kit.view import View


def is_at_rest(window: QWidget, controller: RunController, views: Iterable[View]) -> bool:
    """Return whether nothing is pending that would change what the window shows.

    The run must be at rest, not over: a paused one qualifies. Events that Qt has posted for its
    next event loop iteration, such as layout requests, are not seen; check again after one.
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
