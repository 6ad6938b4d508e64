"""Choice of the training data: a source, or a folder with files like MNIST's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileInfo, QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from core.config import DataConfig, Source
from core.data.task import Task
from core.language import tr
from gui.control.data_loader import DataLoader
from gui.control.next_config import on_other_data
from gui.control.run_controller import RunController
from gui.kit.plain_text import unmarked
from gui.window.settings import Settings

if TYPE_CHECKING:
    from core.data.mnist.progress import Progress

MNIST_FOLDER = "mnist_folder"  # setting: the last folder that contained MNIST itself
LAST_FOLDER = "last_folder"  # setting: where the folder dialog starts


class DataChoice(QObject):
    """Loads other data, and remembers their folders."""

    file_wanted = Signal()  # a CSV file
    pictures_wanted = Signal()  # a folder of pictures or texts
    folder_chosen = Signal(str)  # with files like MNIST's
    task_kept = Signal(object)  # Task that stays: the requested data are not available (yet)
    remarked = Signal(str)  # message for the user

    def __init__(
        self, window: QWidget, controller: RunController, loader: DataLoader, settings: Settings
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._loader = window, controller, loader
        self._settings = settings
        self.installed = QMenu(tr("I&nstalled"), window)  # what other packages bring
        self.installed.aboutToShow.connect(self._fill_installed)
        self._is_downloading = False

    def choose(self, source: Source) -> None:
        """Change to this source, unless it is shown already."""
        current, run = self._controller.config.data, self._controller.run
        if source == "csv":
            self.file_wanted.emit()
            return
        if source == "pictures":
            self.pictures_wanted.emit()
            return
        is_shown = run is not None and source == current.source
        if run is not None and is_shown and (source != "mnist" or run.task.source.name == "MNIST"):
            return
        folder = self.mnist_folder() if source == "mnist" else None
        self._change_to(DataConfig(source=source, folder=folder))

    def _fill_installed(self) -> None:
        """List the data sets of other packages as they are now."""
        from core.data import installed

        self.installed.clear()
        names = installed.names()
        for name in names:
            action = QAction(unmarked(name), self.installed)
            action.triggered.connect(lambda _=False, name=name: self.choose_installed(name))
            self.installed.addAction(action)
        if not names:
            self.installed.addAction(tr("No package brings any")).setEnabled(False)

    def choose_installed(self, name: str) -> None:
        """Change to a data set that an installed package brings."""
        self._change_to(DataConfig(source="installed", path=name))

    def mnist_folder(self) -> str | None:
        """Return the folder that MNIST was last found in, if it still exists."""
        folder = self._settings.text(MNIST_FOLDER)
        return folder if QFileInfo(folder).isDir() else None

    def choose_mnist_folder(self) -> None:
        """Ask for a folder; emit `folder_chosen` unless the user cancels."""
        start = self._settings.text(LAST_FOLDER) or str(Path.home())
        folder = QFileDialog.getExistingDirectory(
            self._window,
            tr("A folder with four IDX files: MNIST, Fashion-MNIST, or others like them"),
            start,
        )
        if folder:
            self._settings.set(LAST_FOLDER, folder)
            self.folder_chosen.emit(folder)

    def load_folder(self, folder: str) -> None:
        """Change to the data in this folder."""
        self._change_to(DataConfig(source="mnist", folder=folder))

    def _change_to(self, data: DataConfig) -> None:
        """Load these data, with the default settings for the current kind of model."""
        self._loader.load(on_other_data(self._controller.config, data, self._controller.run))

    def call_off_download(self) -> None:
        """Cancel the download and report it."""
        if self._loader.fetcher.stop():
            self.remarked.emit(
                tr("The download was called off. Choose MNIST again to go on where it stopped.")
            )

    # Results --------------------------------------------------------------------------------------

    def note_task(self, task: Task) -> None:
        """Remember where MNIST was found."""
        data = task.config.data
        if data.source == "mnist" and data.folder and task.source.name == "MNIST":
            self._settings.set(MNIST_FOLDER, data.folder)

    def note_refusal(self, task: Task | None, another_folder_may_help: bool) -> None:
        """Keep the shown task; forget a folder that did not contain MNIST."""
        if task is not None:
            self.task_kept.emit(task)
        if another_folder_may_help:
            self._settings.remove(MNIST_FOLDER)  # next time MNIST is downloaded

    def note_download(self, progress: Progress | None) -> None:
        """Keep the shown task while other data are downloaded."""
        has_begun = progress is not None and not self._is_downloading
        self._is_downloading = progress is not None
        if has_begun and self._controller.run is not None:
            self.task_kept.emit(self._controller.run.task)
