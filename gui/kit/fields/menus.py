"""The menu of a field by a right click, to which the part of the window that it is in adds."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QMenu, QPlainTextEdit, QWidget

from core.language import tr


def leave_menu(field: QLineEdit | QPlainTextEdit) -> None:
    """Leave the field's menu to the part of the window around it, which begins with `menu_of`."""
    field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)


def menu_of(clicked: QWidget, parent: QWidget) -> QMenu:
    """Return a menu that begins as a field's own: undo, cut, copy, paste, and a number's steps.

    clicked : the field, or the part of it under the pointer; for all else the menu is empty.
    It is deleted once it is hidden.
    """
    menu = _standard(clicked) or _standard(clicked.parentWidget()) or QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    if not menu.isEmpty():
        menu.addSeparator()
    return menu


def _standard(widget: QWidget | None) -> QMenu | None:
    if isinstance(widget, QAbstractSpinBox):
        menu = widget.lineEdit().createStandardContextMenu()
        menu.addSeparator()
        steps = widget.stepEnabled()
        for words, step, flag in (
            (tr("&Step up"), widget.stepUp, QAbstractSpinBox.StepEnabledFlag.StepUpEnabled),
            (tr("Step &down"), widget.stepDown, QAbstractSpinBox.StepEnabledFlag.StepDownEnabled),
        ):
            menu.addAction(words, step).setEnabled(bool(steps & flag))
        return menu
    if isinstance(widget, QLineEdit) and not isinstance(widget.parentWidget(), QAbstractSpinBox):
        return widget.createStandardContextMenu()
    return widget.createStandardContextMenu() if isinstance(widget, QPlainTextEdit) else None
