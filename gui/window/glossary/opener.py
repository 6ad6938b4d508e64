"""Opens the glossary at a term: by F1, by a right click, or from the Help menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, SignalInstance
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QWidget

from core.language import mark, tr
from gui.kit.fields.menus import menu_of
from gui.window.glossary.finder import entry_about
from gui.window.look.theming import Appearance
from gui.window.stage.stage import Stage
from gui.window.view_factory import ViewFactory

if TYPE_CHECKING:  # the dialog is imported when it is first needed
    from core.teach.glossary import Entry
    from gui.window.glossary.dialog import Glossary

WHAT = mark("What is this?")


class GlossaryOpener(QObject):
    """Shows the page of a widget; one window, which stays open while training goes on.

    asked : emitted with a widget that is to be explained.
    show_help : shows what can be done and all keys, for what has no page.
    """

    def __init__(
        self,
        window: QMainWindow,
        views: ViewFactory,
        stage: Stage,
        appearance: Appearance,
        asked: SignalInstance,
        show_help: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._window, self._views, self._stage = window, views, stage
        self._appearance, self._help = appearance, show_help
        self.dialog: Glossary | None = None
        asked.connect(self.explain)
        window.installEventFilter(self)  # it gets what no widget has taken

    def entry_about(self, widget: QWidget) -> Entry | None:
        """Return the entry about a widget of the window, or None."""
        return entry_about(widget, self._views.named)

    def explain_focus(self) -> None:
        """Show the page of what has the focus, or else the help."""
        self.explain(QApplication.focusWidget())

    def explain(self, widget: QWidget | None) -> None:
        """Show the page of a widget, or else the help."""
        entry = self.entry_about(widget) if widget is not None else None
        if entry is None:
            self._help()
        else:
            self.open(entry)

    def open(self, entry: Entry | None = None) -> None:
        """Show the glossary, at an entry or where it was left."""
        if self.dialog is None:
            from gui.window.glossary.dialog import Glossary

            self.dialog = Glossary(self._appearance.theme, self._window)
            self.dialog.help_wanted.connect(self._help)
            self.dialog.page.view_wanted.connect(self._show_view)
            self.dialog.page.demo_wanted.connect(self._show_demo)
        self.dialog.open_at(entry, self._window.size())

    def close(self) -> None:
        """Close the glossary with its window."""
        if self.dialog is not None:
            self.dialog.close()

    def _show_view(self, name: str) -> None:
        if name in self._stage.names:
            self._stage.show_name(name)
        self._window.activateWindow()

    def _show_demo(self, title: str) -> None:
        self._show_view("Demos")
        self._views.context.demo_wanted.emit(title)

    # Right clicks ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ContextMenu or not isinstance(event, QContextMenuEvent):
            return False
        widget = self._window.childAt(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            widget = QApplication.focusWidget()
        if widget is None or self.entry_about(widget) is None:
            return False
        self._menu(widget).popup(event.globalPos())
        return True

    def _menu(self, widget: QWidget) -> QMenu:
        """Return the menu of a widget: a field's own entries, and its page."""
        menu = menu_of(widget, self._window)
        menu.addAction(tr(WHAT)).triggered.connect(lambda: self.explain(widget))
        return menu
