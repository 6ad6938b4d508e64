"""The texts that Qt itself brings, as on buttons of dialogs, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from core import language

# What Qt's own catalogue of a language lacks, by the English text.
LACKING = {
    "zh_CN": {
        "&Look in:": "查找范围(&L)：",
        "Files of &type:": "文件类型(&T)：",
        "Folder": "文件夹",
        "Drive": "驱动器",
        "%1 File": "%1 文件",
    }
}


class Lacking(QTranslator):
    """Translates what Qt's own catalogue of a language lacks."""

    def __init__(self, texts: dict[str, str], parent: QObject) -> None:
        super().__init__(parent)
        self._texts = texts

    def isEmpty(self) -> bool:
        return not self._texts

    def translate(self, _context: str, text: str, *_others: object) -> str | None:
        """Return a text, or None where another translator is to be asked."""
        return self._texts.get(text)


def speak(code: str, application: QApplication) -> None:
    """Speak this language: our texts, Qt's own, and the order of names in lists."""
    language.speak(code)
    for translator in application.findChildren(QTranslator):
        application.removeTranslator(translator)
        translator.deleteLater()
    locale = QLocale(language.current().code)
    if texts := LACKING.get(language.current().code):
        application.installTranslator(Lacking(texts, application))  # is asked after the next one
    translator = QTranslator(application)
    where = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language.current() is not language.ENGLISH and translator.load(locale, "qtbase", "_", where):
        application.installTranslator(translator)
