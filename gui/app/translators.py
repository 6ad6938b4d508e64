"""The texts that Qt itself brings, as on buttons of dialogs, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from core import language


def speak(code: str, application: QApplication) -> None:
    """Speak this language: our texts, Qt's own, and the order of names in lists."""
    language.speak(code)
    for translator in application.findChildren(QTranslator):
        application.removeTranslator(translator)
        translator.deleteLater()
    locale = QLocale(language.current().code)
    translator = QTranslator(application)
    where = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language.current() is not language.ENGLISH and translator.load(locale, "qtbase", "_", where):
        application.installTranslator(translator)
