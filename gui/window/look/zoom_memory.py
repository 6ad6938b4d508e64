"""Zoom of each screen, as chosen by the user."""

from __future__ import annotations

import re

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QWidget

from gui.kit import zoom
from gui.window.look.theming import Appearance
from gui.window.settings import Settings

LARGE = QSize(1900, 1000)  # least size of a screen on which the default zoom is larger
LARGE_PERCENT, PERCENT = 120, 100
MOST = round(100 * zoom.LEVELS[-1])


class ZoomMemory(QObject):
    """Applies the zoom of the window's screen, and stores the user's choice for it.

    While it is paused, as in presenter mode, changes are not stored, nor is a screen followed.
    """

    def __init__(self, window: QWidget, settings: Settings, appearance: Appearance) -> None:
        super().__init__(window)
        self._window, self._settings, self._appearance = window, settings, appearance
        self.is_paused = False
        appearance.zoomed.connect(self._note)

    def restore(self) -> None:
        """Apply the stored or default zoom of the screen."""
        screen = self._window.screen()
        percent = self._settings.number(_name(screen), _default(screen), MOST)
        self._appearance.set_zoom(max(percent, round(100 * zoom.LEVELS[0])) / 100)

    def follow(self) -> None:
        """Apply the zoom of each screen that the window comes to; call once it is shown."""
        handle = self._window.windowHandle()
        handle.screenChanged.connect(lambda _: self._apply())
        self._apply()

    def _apply(self) -> None:
        if not self.is_paused:
            self.restore()

    def reset(self) -> None:
        """Apply the screen's default zoom."""
        self._appearance.set_zoom(_default(self._window.screen()) / 100)

    @property
    def shown(self) -> int | None:
        """The zoom in percent; None while it is not the user's choice."""
        return None if self.is_paused else round(100 * self._appearance.zoom)

    def show(self, percent: int) -> None:
        """Apply a zoom that the user has chosen elsewhere; the screen's own stays stored."""
        before, self.is_paused = self.is_paused, True
        least = round(100 * zoom.LEVELS[0])
        self._appearance.set_zoom(min(max(percent, least), MOST) / 100)
        self.is_paused = before

    def _note(self, value: float) -> None:
        if not self.is_paused:
            self._settings.set(_name(self._window.screen()), round(100 * value))


def _name(screen: QScreen) -> str:
    """Return the name of the screen's setting: an identifier, whatever the screen is called."""
    size = screen.size()
    return f"zoom_{re.sub(r'[^0-9A-Za-z]', '_', screen.name())}_{size.width()}x{size.height()}"


def _default(screen: QScreen) -> int:
    available = screen.availableSize()
    return LARGE_PERCENT if available.boundedTo(LARGE) == LARGE else PERCENT
