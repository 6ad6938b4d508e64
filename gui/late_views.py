"""Views that are made when their tab is first shown: a start does not wait for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from gui.stage import Stage
from gui.view import View


class LateViews(QObject):
    """Makes the view behind a tab when a person first wants to see it."""

    made = Signal(str, object)  # the tab's name, its view

    def __init__(self, stage: Stage, makers: Mapping[str, Callable[[], View]]) -> None:
        super().__init__(stage)
        self._stage = stage
        self._makers = dict(makers)
        stage.tabs.currentChanged.connect(lambda _: self.make(stage.current))

    def make(self, name: str) -> None:
        """Make the view of this name unless it is there."""
        maker = self._makers.pop(name, None)
        if maker is not None:
            view = maker()
            self.made.emit(name, view)  # it is filled before it is seen
            self._stage.replace(name, view)
