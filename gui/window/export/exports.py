"""The exports of what is seen, as the menus offer them; each is imported when first wanted."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.language import tr
from gui.window.export.card_menu import CardMenu
from gui.window.export.subjects import Parts, Subjects
from gui.window.look.theming import Appearance
from gui.window.settings import Settings

if TYPE_CHECKING:
    from gui.window.export.animations import Animations
    from gui.window.export.exposure import Exposure
    from gui.window.export.pictures import Pictures
    from gui.window.export.reports import Reports


class Exports(QObject):
    """Pictures of views, animations and reports of runs."""

    remarked = Signal(str)  # message for the user

    def __init__(
        self, window: QWidget, parts: Parts, appearance: Appearance, settings: Settings
    ) -> None:
        super().__init__(window)
        self._window, self._parts = window, parts
        self._appearance, self._settings = appearance, settings
        self._subjects = Subjects(parts)
        self._made: list[Reports | Animations] = []  # that may be at work
        self.card_menu = menu = CardMenu(
            (
                (tr("Copy as a picture"), self.copy_picture),
                (tr("Export as a picture…"), self.open_picture),
                (tr("Export as an animation…"), self.open_animation),
            ),
            self,
        )
        menu.join(parts.stage, lambda: parts.stage.current)
        for card in parts.side_panel.cards:
            menu.join(card, partial(getattr, card, "current"))

    def copy_picture(self, name: str = "") -> None:
        """Copy this view, or the one on the stage, to the clipboard."""
        self.pictures.copy(name)

    def open_picture(self, name: str = "") -> None:
        """Open the dialog for a picture of this view, or of the one on the stage."""
        self.pictures.open(name)

    def open_animation(self, name: str = "") -> None:
        """Open the dialog for an animation of this view, or of the one on the stage."""
        self.animations.open(name)

    def make_report(self) -> None:
        """Ask where to write a report, and write it."""
        self.reports.make()

    @cached_property
    def pictures(self) -> Pictures:
        from gui.window.export.pictures import Pictures

        writes = self._parts.controller.writes
        made = Pictures(self._window, self._subjects, self._exposure, writes, self._settings)
        made.said.connect(self.remarked)
        return made

    @cached_property
    def reports(self) -> Reports:
        from gui.window.export.reports import Reports

        controller, covers = self._parts.controller, self._parts.views.covers
        parts = self._window, self._subjects, self._exposure, controller, covers
        made = Reports(*parts, self._settings)
        made.said.connect(self.remarked)
        self._made.append(made)
        return made

    @cached_property
    def animations(self) -> Animations:
        from gui.window.export.animations import Animations

        shown = self._window, self._subjects, self._parts.controller
        made = Animations(*shown, self._appearance, self._settings)
        made.said.connect(self.remarked)
        self._made.append(made)
        return made

    @cached_property
    def _exposure(self) -> Exposure:
        from gui.window.export.exposure import Exposure

        return Exposure(self._parts.controller, self._appearance, self)

    def close(self) -> None:
        """End what is being drawn: the window closes."""
        for made in self._made:
            made.end()
