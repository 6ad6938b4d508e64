"""Colours of the whole application: the palette, and a style sheet that speaks of its roles.

A new style sheet takes Qt 0.35 ms a widget, most of it for events and layouts that nothing wants:
0.7 s for the whole window. So the sheet never changes. Its colours are roles of the palette, which
Qt looks up when a widget is polished; a new palette needs no more than that, 0.06 ms a widget.
What paints in colours of its own follows the event of the new palette: see `theme.new_theme`.
"""

from __future__ import annotations

import time
from collections import deque

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from gui.kit import theme as look
from gui.kit.theme import Theme
from gui.kit.view import View

THEMES = ("system", "light", "dark")
SLICE_SECONDS = 0.02  # of the window's thread, for widgets that nobody sees yet


class Appearance(QObject):
    """The theme of the application: a chosen one, or that of the system.

    choice : one of THEMES.
    """

    def __init__(self, choice: str, parent: QObject) -> None:
        super().__init__(parent)
        self.choice = choice
        self._colours = Colours(self)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.apply)

    @property
    def theme(self) -> Theme:
        if self.choice == "system":
            is_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        else:
            is_dark = self.choice == "dark"
        return look.DARK if is_dark else look.LIGHT

    def choose(self, choice: str) -> None:
        """Take one of THEMES."""
        self.choice = choice
        self.apply()

    def apply(self) -> None:
        """Give the application the colours of the theme."""
        self._colours.show(self.theme)


class Colours(QObject):
    """Gives the application a theme: what is in sight at once, the rest in slices."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[QWidget] = deque()
        self._next = QTimer(self)
        self._next.setInterval(0)
        self._next.timeout.connect(self._polish_some)

    def show(self, theme: Theme) -> None:
        """Take the theme's colours."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setPalette(look.palette(theme))
        if application.styleSheet() != (sheet := look.style_sheet()):
            application.setStyleSheet(sheet)  # which polishes all that is there
            return
        # One that was never shown is polished when it is.
        polished = Qt.WidgetAttribute.WA_WState_Polished
        widgets = [w for w in application.allWidgets() if w.testAttribute(polished)]
        self._waiting = deque()
        for widget in widgets:
            if not shiboken6.isValid(widget):
                continue  # Python has collected its parent meanwhile
            # A view comes into sight in its colours however soon that is.
            if widget.isVisible() or isinstance(widget, View):
                _polish(widget)
            else:
                self._waiting.append(widget)
        self._next.start()

    def _polish_some(self) -> None:
        end = time.perf_counter() + SLICE_SECONDS
        while self._waiting and time.perf_counter() < end:
            widget = self._waiting.popleft()
            if shiboken6.isValid(widget):
                _polish(widget)
        if not self._waiting:
            self._next.stop()


def _polish(widget: QWidget) -> None:
    """Let the style look the colours of the palette up again for this widget."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
