"""Colours and size of the whole application: palette, font and style sheet.

Applying a new style sheet takes Qt 0.35 ms per widget, mostly for unneeded events and layouts:
0.7 s for the whole window. So the sheet never changes. Its colours are palette roles and its
lengths are multiples of the font height, which Qt resolves when a widget is polished; a new
palette or font needs only that, 0.06 ms per widget. Widgets that paint with colours and sizes of
their own handle the change event of palette or font: see `View.changeEvent`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from gui.kit import layouts, zoom
from gui.kit import theme as look
from gui.kit.theme import Theme
from gui.kit.view import View, drawn_once
from gui.window.look.theme_names import SYSTEM

CHOSEN = {
    "light": look.LIGHT,
    "dark": look.DARK,
    "white-on-black": look.WHITE_ON_BLACK,
    "black-on-white": look.BLACK_ON_WHITE,
}
SLICE_SECONDS = 0.02  # time slice on the GUI thread for widgets that are not visible
PAINTED_MS = 100  # until the visible ones are painted, which the others wait for


class Appearance(QObject):
    """Theme and zoom of the application; the theme is chosen or follows the system.

    choice : one of `theme_names.THEMES`. is_changing : amid a change, at whose end `dressed` comes.
    """

    begun = Signal()  # a change of all widgets
    dressed = Signal()  # all visible widgets have taken it, and are laid out next
    zoomed = Signal(float)
    settled = Signal()  # all widgets have taken it, also those that are not visible

    def __init__(self, choice: str, parent: QObject) -> None:
        super().__init__(parent)
        self.choice = choice
        self._lent: Theme | None = None
        self.is_changing = False
        self._colours = Colours(self)
        self._painting = layouts.PaintedLater(self)
        self._colours.settled.connect(self.settled)
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self.apply)
        hints.accessibility().contrastPreferenceChanged.connect(self.apply)

    @property
    def theme(self) -> Theme:
        if self._lent is not None:
            return self._lent
        return _of_system() if self.choice == SYSTEM else CHOSEN[self.choice]

    def choose(self, choice: str) -> None:
        """Choose one of `theme_names.THEMES` and apply it."""
        self.choice = choice
        self.apply()

    def lend(self, theme: Theme | None) -> None:
        """Show this theme for a moment, whatever is chosen; None: show the chosen one again."""
        if theme is not self._lent:
            before, self._lent = self.theme, theme
            if self.theme is not before:
                self.apply()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Make one change of many widgets: views are drawn, laid out and painted once, at the end.

        Otherwise what is half done would be laid out and painted, each time for as long.
        """
        if self.is_changing:
            yield
            return
        self.is_changing = True
        self.begun.emit()
        windows = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
        try:
            with layouts.unpainted(windows):
                with layouts.arranged_once():
                    with drawn_once():
                        yield
                    self._colours.catch_up()
                    with layouts.paused(*windows):
                        self.dressed.emit()
                    layouts.finish()
                    self._colours.catch_up()  # another zoom has other parts in sight
                self._colours.dress_rest()  # so may what was arranged
                layouts.finish()
        finally:
            self.is_changing = False
            self._painting.hold(windows)

    def apply(self) -> None:
        """Apply the colours of the theme to the application."""
        with self.changing():
            self._colours.show(self.theme)

    @property
    def zoom(self) -> float:
        return zoom.factor()

    def set_zoom(self, value: float) -> None:
        """Set the zoom factor; 1.0 is 100 %."""
        if value == self.zoom:
            return
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        font = application.font()
        font.setPointSizeF(zoom.BASE_POINT_SIZE * value)
        with self.changing():
            application.setFont(font)
            _tell_unpolished()
            self._colours.show(self.theme)
            self.zoomed.emit(value)

    def zoom_in(self) -> None:
        self.set_zoom(zoom.level_above(self.zoom))

    def zoom_out(self) -> None:
        self.set_zoom(zoom.level_below(self.zoom))


class Colours(QObject):
    """Applies palette and style sheet: to visible widgets at once, to the rest in time slices."""

    settled = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[QWidget] = deque()
        self._next = QTimer(self)
        self._next.timeout.connect(self._polish_some)

    def show(self, theme: Theme) -> None:
        """Apply the theme's colours and the size of the application's font."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setPalette(look.palette(theme))
        if application.styleSheet() != (sheet := look.style_sheet()):
            application.setStyleSheet(sheet)  # this polishes all existing widgets
            return
        polished = Qt.WidgetAttribute.WA_WState_Polished
        widgets = []
        for widget in application.allWidgets():
            if widget.testAttribute(polished):
                widgets.append(widget)
                continue
            zoom.follow(widget)  # the style polishes it when it is first shown
            if isinstance(widget, QComboBox):
                _measure_again(widget)
        self._waiting = deque()
        for widget in widgets:
            if not shiboken6.isValid(widget):
                continue  # its parent has been garbage-collected meanwhile
            # Views are polished at once: they may become visible before their turn.
            if widget.isVisible() or isinstance(widget, View):
                _polish(widget)
            else:
                self._waiting.append(widget)
        for widget in self._waiting:  # they may be shown before their turn
            if shiboken6.isValid(widget):
                zoom.follow(widget)

    def dress_rest(self) -> None:
        """Apply them to the rest too, once what is visible has been painted."""
        self.catch_up()
        self._next.start(PAINTED_MS)

    def catch_up(self) -> None:
        """Apply them at once to those of the rest that have become visible."""
        seen = [each for each in self._waiting if shiboken6.isValid(each) and each.isVisible()]
        if seen:
            their_turn = set(seen)
            self._waiting = deque(each for each in self._waiting if each not in their_turn)
        for widget in seen:
            _polish(widget)

    def _polish_some(self) -> None:
        self.catch_up()  # the layouts have shown some: another zoom has other parts in sight
        end = time.perf_counter() + SLICE_SECONDS
        while self._waiting and time.perf_counter() < end:
            widget = self._waiting.popleft()
            if shiboken6.isValid(widget):
                _polish(widget)
        if not self._waiting:
            self._next.stop()
            self.settled.emit()
        else:
            self._next.setInterval(0)


def _of_system() -> Theme:
    """Return the theme for the platform's colour scheme and its wish for contrast."""
    hints = QGuiApplication.styleHints()
    is_dark = hints.colorScheme() is Qt.ColorScheme.Dark
    if hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast:
        return look.WHITE_ON_BLACK if is_dark else look.BLACK_ON_WHITE
    return look.DARK if is_dark else look.LIGHT


def _tell_unpolished() -> None:
    """Tell widgets that have not been shown of the application's font: Qt itself does not."""
    polished = Qt.WidgetAttribute.WA_WState_Polished
    for widget in QApplication.allWidgets():
        if not widget.testAttribute(polished):
            QApplication.sendEvent(widget, QEvent(QEvent.Type.ApplicationFontChange))


def _polish(widget: QWidget) -> None:
    """Make the style resolve this widget's colours and font again."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    zoom.follow(widget)
    if isinstance(widget, QComboBox):
        _measure_again(widget)
    widget.update()


def _measure_again(box: QComboBox) -> None:
    """Make a combo box forget its size, which it may have taken by the sheet of another type."""
    box.ensurePolished()
    QApplication.sendEvent(box, QEvent(QEvent.Type.StyleChange))
