"""The exports of what is seen, as the menus offer them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.window.export.animations import Animations
from gui.window.export.card_menu import CardMenu
from gui.window.export.exposure import Exposure
from gui.window.export.pictures import Pictures
from gui.window.export.reports import Reports
from gui.window.export.subjects import Parts, Subjects
from gui.window.look.theming import Appearance
from gui.window.settings import Settings


class Exports(QObject):
    """Pictures of views, animations and reports of runs."""

    remarked = Signal(str)  # message for the user

    def __init__(
        self, window: QWidget, parts: Parts, appearance: Appearance, settings: Settings
    ) -> None:
        super().__init__(window)
        subjects = Subjects(parts)
        exposure = Exposure(parts.controller, appearance, self)
        writes = parts.controller.writes
        self.pictures = Pictures(window, subjects, exposure, writes, settings)
        self.reports = Reports(window, subjects, exposure, parts.controller, settings)
        controller = parts.controller
        self.animations = Animations(window, subjects, controller, appearance, settings)
        for part in (self.pictures, self.reports, self.animations):
            part.said.connect(self.remarked)
        menu = CardMenu(
            (
                ("Copy as a picture", self.pictures.copy),
                ("Export as a picture…", self.pictures.open),
                ("Export as an animation…", self.animations.open),
            ),
            self,
        )
        menu.join(parts.stage, lambda: parts.stage.current)
        for card in parts.side_panel.cards:
            menu.join(card, partial(getattr, card, "current"))

    def close(self) -> None:
        """End what is being drawn: the window closes."""
        self.reports.end()
        self.animations.end()
