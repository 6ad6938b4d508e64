"""Opening a CSV file: file dialog, preview dialog, and a run on the chosen columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from core.config import CsvOptions, DataConfig
from core.errors import LogitLabError
from core.language import tr
from core.library.file_kind import TABLE_ENDINGS
from gui.control.data_loader import DataLoader
from gui.control.next_config import on_other_data
from gui.control.run_controller import RunController
from gui.window.look.theming import Appearance
from gui.window.opening.csv_reading import CsvReader, StreamReader
from gui.window.opening.opener import Opener
from gui.window.opening.pasting import pasted_file
from gui.window.settings import Settings

if TYPE_CHECKING:  # the dialog is imported when first needed
    from core.data.csv.table import Table
    from core.data.dataset import Dataset
    from gui.setup.csv.dialog import CsvDialog

TABLE_PATTERNS = " ".join(f"*{ending}" for ending in TABLE_ENDINGS)
TABLE_FOLDER = "table_folder"  # setting: folder of the last CSV file


def load() -> type[CsvDialog]:
    """Import the dialog and return its class; on any thread."""
    from gui.setup.csv.dialog import CsvDialog

    return CsvDialog


class CsvOpener(Opener):
    """Asks for a file, reads it, shows it in a dialog and loads what is chosen there.

    open_any : opens a file that a person has chosen, which may turn out to be no table.
    """

    def __init__(
        self,
        window: QWidget,
        controller: RunController,
        loader: DataLoader,
        settings: Settings,
        appearance: Appearance,
    ) -> None:
        super().__init__(window, controller, loader, settings, appearance)
        self.open_any: Callable[[Path], None] = self.open_file
        self.dialog: CsvDialog | None = None  # while it is open
        self._reading = CsvOptions()
        self._reader = CsvReader(controller.background, self, load)
        self._reader.opened.connect(self._show_table)
        self._reader.failed.connect(self._show_failure)
        self._reader.progressed.connect(self._show_progress)
        self._streamed = DataConfig()  # what is opened to be read from disk
        self._streams = StreamReader(controller.background, self)
        self._streams.opened.connect(self._load_streamed)
        self._streams.failed.connect(self._show_failure)
        self._streams.progressed.connect(self._show_progress)

    def choose_file(self) -> None:
        """Ask for a file with a table; training continues meanwhile."""
        self._keep_task()
        start = self._settings.text(TABLE_FOLDER) or str(Path.home())
        chooser = QFileDialog(self._window, tr("Open a table"), start)
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.setNameFilters([f"{tr('Tables')} ({TABLE_PATTERNS})", tr("All files (*)")])
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(lambda name: self.open_any(Path(str(name))))
        chooser.open()

    def open_file(self, path: Path) -> None:
        """Read a CSV file and show the preview; the run stays until the user loads the table."""
        self._settings.set(TABLE_FOLDER, str(path.parent))
        if self.dialog:
            self.dialog.reject()
        from core.data.streamed.opening import found_at  # not at the top: see `CsvReader`

        if streamed := found_at(path):
            self._streamed = streamed
            self._streams.open(streamed)
        else:
            self._read(path, CsvOptions())

    def paste(self) -> None:
        """Open the table that is on the clipboard."""
        try:
            path = pasted_file(QGuiApplication.clipboard().mimeData())
        except LogitLabError as error:
            self.remarked.emit(str(error))
        except OSError as error:
            why = error.strerror
            self.remarked.emit(tr("The table could not be kept to be opened: {why}.", why=why))
        else:
            self.open_any(path)

    def call_off(self) -> None:
        """Cancel reading and report it."""
        self._call_off(self._streams if self._streams.is_busy else self._reader)

    def close(self) -> None:
        """Cancel reading because the window closes."""
        self._reader.cancel()
        self._streams.cancel()

    def _read(self, path: Path, reading: CsvOptions) -> None:
        self._reading = reading
        self._reader.open(path, reading)

    def _show_table(self, table: Table) -> None:
        if self.dialog:
            self.dialog.show_table(table)
            return
        dialog = load()(self._appearance.theme, table, self._reading, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.reread.connect(self._read)
        dialog.chosen.connect(self._load)
        dialog.finished.connect(self._forget_dialog)
        self.dialog = dialog
        dialog.open()

    def _forget_dialog(self) -> None:
        self._reader.cancel()
        self.dialog = None
        self.closed.emit()

    def _show_failure(self, text: str) -> None:
        self._show_failure_in(self.dialog, text)

    def _show_progress(self, text: str, share: float) -> None:
        if self.dialog:
            self.dialog.foot.show_progress(text, share)
            text = ""
        self.progressed.emit(text, share)

    def _load_streamed(self, dataset: Dataset) -> None:
        config = on_other_data(self._controller.config, self._streamed, self._controller.run)
        self._loader.load(config, tr("change to {data}", data=dataset.name), opened=dataset)

    def _load(self, table: Table, data: DataConfig) -> None:
        data = replace(data, reading=self._reading)
        config = on_other_data(self._controller.config, data, self._controller.run)
        words = tr("change to {data}", data=table.path.name)
        self._loader.load(config, words, opened=table)
