"""To be written at once: trace."""

from __future__ import annotations

from PySide6.QtCore import Signal

from gui.view import View


class TraceView(View):
    """A place for it."""

    moved = Signal(object)
    start_chosen = Signal(object)
    step_wanted = Signal()

    def __init__(self, theme, *_):  # type: ignore[no-untyped-def]
        super().__init__(theme)

    def show_task(self, task):  # type: ignore[no-untyped-def]
        pass

    def show_snapshot(self, snapshot):  # type: ignore[no-untyped-def]
        pass
