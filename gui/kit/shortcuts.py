"""The effect of single keys: of arrows in pictures, of others in fields and on buttons."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QToolButton,
    QWidget,
)

HOLDS_WORDS = "holds_words"  # the property of a field in which Space types a space
RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
DIRECTIONS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def direction(event: QKeyEvent) -> tuple[int, int] | None:
    """Return the direction of an arrow key, across and down, each −1, 0 or 1; else None."""
    return DIRECTIONS.get(Qt.Key(event.key()))


class Keys(QObject):
    """Reserves single keys for the window, whatever has the focus.

    Space trains. In number fields the other keys keep their meaning, Ctrl+Z and its opposite as
    long as there is typing to undo, and Return and Escape move the focus to `rest`, if that is in
    the same window. Return also presses the button that has the focus, which Space cannot do.
    A key of an action that does not repeat does nothing more while it is held, wherever the focus.

    Only the focused widget has the event filter: a filter on the application would be called for
    every event of every widget, about 30 a frame, each of which takes the GIL from the training
    thread.
    """

    def __init__(self, parent: QWidget, rest: QWidget, application: QApplication) -> None:
        super().__init__(parent)
        self._window, self._rest = parent, rest
        self._watched: QWidget | None = None
        application.focusChanged.connect(self._turn_to)

    def _turn_to(self, _: QWidget | None, focused: QWidget | None) -> None:
        if self._watched is not None and shiboken6.isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = focused
        if focused is not None:
            focused.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            if isinstance(watched, QAbstractSpinBox) and _is_of_the_run(watched, event):
                return True
            is_typing = isinstance(watched, QLineEdit | QAbstractSpinBox)
            is_typing = is_typing and not watched.property(HOLDS_WORDS)
            return is_typing and event.key() == Qt.Key.Key_Space  # no number has a space
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.isAutoRepeat() and not _is_text(watched, event):
            key = QKeySequence(event.keyCombination())
            once = [a for a in self._window.actions() if a.isEnabled() and not a.autoRepeat()]
            if any(key in action.shortcuts() for action in once):
                return True
        if isinstance(watched, QAbstractSpinBox):
            if event.key() not in (*RETURN, Qt.Key.Key_Escape):
                return False
            watched.interpretText()
            if watched.window() is not self._rest.window():
                return False  # a dialog ends with both
            self._rest.setFocus()
            return True
        return event.key() in RETURN and _press(watched)


def _is_text(watched: QObject, event: QKeyEvent) -> bool:
    """Whether a widget takes this key as text: words have spaces, numbers have none."""
    if not isinstance(watched, QWidget) or not event.text():
        return False
    takes_text = watched.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    has_spaces = bool(watched.property(HOLDS_WORDS))
    return takes_text and (has_spaces or event.key() != Qt.Key.Key_Space)


def _is_of_the_run(field: QAbstractSpinBox, event: QKeyEvent) -> bool:
    """Whether this is an undo or redo that the field itself has nothing to do for."""
    line = field.lineEdit()
    return (event.matches(QKeySequence.StandardKey.Undo) and not line.isUndoAvailable()) or (
        event.matches(QKeySequence.StandardKey.Redo) and not line.isRedoAvailable()
    )


def _press(widget: QObject) -> bool:
    """Do what a click on the widget would do; return whether it reacts to clicks."""
    popup = QToolButton.ToolButtonPopupMode.InstantPopup
    if isinstance(widget, QToolButton) and widget.popupMode() == popup:
        widget.menu().popup(widget.mapToGlobal(widget.rect().bottomLeft()))
    elif isinstance(widget, QAbstractButton):
        widget.click()
    elif isinstance(widget, QComboBox):
        widget.showPopup()
    else:
        return False
    return True
