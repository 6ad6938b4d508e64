"""The set-up as a short text: copied, pasted, and given at the start."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from core import files
from core.config import RunConfig
from core.errors import DataError
from core.language import tr
from core.number_format import format_integer
from gui.control.data_editor import DataEditor
from gui.control.data_loader import DataLoader
from gui.control.run_controller import RunController


class SetupActions(QObject):
    """Puts the set-up of the shown run on the clipboard, and begins a run with one from there."""

    def __init__(
        self, controller: RunController, loader: DataLoader, editor: DataEditor, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._controller, self._loader, self._editor = controller, loader, editor

    def copy(self) -> None:
        """Copy the set-up of the shown run: what differs from the defaults, and drawn points."""
        from core.projects.setup_text import to_text

        run = self._controller.run
        try:
            text = to_text(self._controller.config, run.points if run else None)
        except DataError as error:
            self._controller.failed.emit(str(error))
            return
        QGuiApplication.clipboard().setText(text)
        count = len(text)
        self._controller.remarked.emit(
            tr("Copied the set-up as text: {count} characters.", count=format_integer(count))
        )

    def paste(self) -> bool:
        """Begin a run with the set-up on the clipboard; return whether it holds one."""
        from core.projects.setup_text import is_setup

        text = QGuiApplication.clipboard().text()
        if not is_setup(text):
            return False
        self.apply(text)
        return True

    def paste_or_say(self) -> None:
        """Begin a run with the set-up on the clipboard, or say that there is none."""
        if not self.paste():
            self._controller.failed.emit(
                tr("The clipboard holds no set-up; copy one that begins with logitlab:.")
            )

    def open_file(self, path: Path) -> None:
        """Begin a run with the set-up that a file holds."""
        from core.projects.setup_text import MOST_TEXT

        try:
            data = files.contents(path, tr("a set-up"), 2 * MOST_TEXT)
        except DataError as error:
            self._controller.failed.emit(str(error))
        else:
            self.apply(
                data.decode("utf-8-sig", "replace").strip(), tr("opening of {file}", file=path.name)
            )

    def apply(self, text: str, words: str = "") -> None:
        """Begin a run with this set-up; words : of the change, which can be undone;
        "" for a paste.
        """
        try:
            config = self.take(text)
        except DataError as error:
            self._controller.failed.emit(str(error))
            return
        self._loader.load(config, words or tr("paste of a set-up"))

    def take(self, text: str) -> RunConfig:
        """Return the config of a set-up; if it has points, they are drawn from now on.

        Raises DataError for a text that is no set-up.
        """
        from core.projects.setup_text import from_text

        config, points = from_text(text)
        if points is not None:
            self._editor.points = points
        return config
