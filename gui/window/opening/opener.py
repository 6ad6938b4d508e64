"""What the ways of opening data of one's own have in common: requests, messages, one dialog."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.language import tr
from gui.control.data_loader import DataLoader
from gui.control.run_controller import RunController
from gui.window.look.theming import Appearance
from gui.window.opening.csv_reading import FileReader
from gui.window.settings import Settings


class _Preview(Protocol):
    """A dialog that shows what would be loaded."""

    def show_failure(self, text: str) -> None: ...


class Opener(QObject):
    """Reads what a user chooses, shows it in a dialog, and loads it.

    dialog : while it is open.
    """

    task_kept = Signal(object)  # Task that stays, so that a pressed source button is reset
    progressed = Signal(str, float)  # message, "" for none, and share read, without a dialog
    failed = Signal(str)  # message for the user
    remarked = Signal(str)  # message for the user
    closed = Signal()  # the dialog was closed

    def __init__(
        self,
        window: QWidget,
        controller: RunController,
        loader: DataLoader,
        settings: Settings,
        appearance: Appearance,
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._loader = window, controller, loader
        self._settings, self._appearance = settings, appearance

    def _keep_task(self) -> None:
        """Show the source of the run that stays while the user chooses."""
        if self._controller.run is not None:
            self.task_kept.emit(self._controller.run.task)

    def _call_off(self, reader: FileReader) -> None:
        """Cancel reading and report it."""
        if reader.cancel():
            self.remarked.emit(tr("Opening was called off; data and model are as they were."))

    def _show_failure_in(self, dialog: _Preview | None, text: str) -> None:
        """Show a failure in the dialog, or in the window if none is open."""
        if dialog is not None:
            dialog.show_failure(text)
        else:
            self.failed.emit(text)
