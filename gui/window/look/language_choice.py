"""The language of the window, as chosen by the user."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QObject, Signal

from core import language
from gui.window.settings import Settings

LANGUAGE = "language"  # setting: its code
SYSTEM = "system"  # while none was chosen


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
    """Return the code of the language that was chosen, else of the system's."""
    code = settings.choice(LANGUAGE, (SYSTEM, *language.LANGUAGES))
    return best_of(QLocale.system().uiLanguages()) if code == SYSTEM else code


def best_of(wanted: Sequence[str]) -> str:
    """Return the code of the first language that we speak, of names such as “de-AT”; else English.

    Chinese is spoken where it is written in simplified characters.
    """
    codes = {_spoken(code): code for code in language.LANGUAGES}
    known = [codes[_spoken(name)] for name in wanted if _spoken(name) in codes]
    return known[0] if known else language.ENGLISH.code


def _spoken(name: str) -> tuple[QLocale.Language, QLocale.Script]:
    locale = QLocale(name)
    return locale.language(), locale.script()
