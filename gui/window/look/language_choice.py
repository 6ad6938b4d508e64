"""The language of the window, as chosen by the user."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core import language
from gui.window.settings import Settings

LANGUAGE = "language"  # setting: its code


class LanguageChoice(QObject):
    """Stores the language that the user has chosen; `chosen` asks for a window that speaks it."""

    chosen = Signal(str)  # its code

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings

    def choose(self, code: str) -> None:
        """Speak this language, now and in the starts to come."""
        self._settings.set(LANGUAGE, code)
        if code != language.current().code:
            self.chosen.emit(code)


def stored(settings: Settings) -> str:
    """Return the code of the language that was chosen, else of the first one, English."""
    return settings.choice(LANGUAGE, tuple(language.LANGUAGES))
