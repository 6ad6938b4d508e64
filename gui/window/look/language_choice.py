"""The language of the window, as chosen by the user."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QObject, Signal
from PySide6.QtGui import QFontMetrics

from core import language
from core.language import tr
from gui.kit import theme
from gui.window.settings import Settings

LANGUAGE = "language"  # setting: its code
SYSTEM = "system"  # while none was chosen


class LanguageChoice(QObject):
    """Stores the language that the user has chosen; `chosen` asks for a window that speaks it.

    refused : tells why it cannot be shown now.
    """

    chosen = Signal(str)  # its code
    refused = Signal(str)

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings

    def choose(self, code: str) -> None:
        """Speak this language, now and in the starts to come."""
        self._settings.set(LANGUAGE, code)
        if not is_readable(code):
            self.refused.emit(no_font())
        elif code != language.current().code:
            self.chosen.emit(code)


def is_readable(code: str) -> bool:
    """Return whether some font here has the letters of a language, by its own name for itself."""
    known = language.LANGUAGES.get(code, language.ENGLISH)
    metrics = QFontMetrics(theme.base_font())
    return all(metrics.inFontUcs4(ord(letter)) for letter in known.name)


def no_font() -> str:
    """Say that Chinese would be boxes, and which fonts have it: the others need none."""
    return tr(
        "Chinese needs a font that is not installed here: each character would be a box. Install "
        "fonts-noto-cjk on Debian and Ubuntu, google-noto-sans-cjk-fonts on Fedora, "
        "noto-fonts-cjk on Arch, on Windows the optional feature “Chinese (Simplified) "
        "Supplemental Fonts”, then start the program again."
    )


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
